"""This quarter's objectives, and below them their key results; the last one is nobody's yet."""

from collections.abc import Iterator
from typing import NamedTuple

from msgspec import structs

from handrail.demo.calendar import BACKLOG
from handrail.demo.cast_reviews import utc
from handrail.demo.projects import CHARTS, OMNIBUS, OPERATOR, TASKS
from handrail.demo.story import Story, Told
from handrail.model.items import Health, Issue


class _Okr(NamedTuple):
    ref: str
    title: str
    group: str
    who: str
    progress: int
    health: Health | None = None
    objective: str | None = None
    scoped_by: tuple[str, ...] = ()


_SMALLER, _GATEWAY = f"{TASKS}#2212", f"{TASKS}#2213"
_OKRS = (
    _Okr(_SMALLER, "Packages that download in half the time", "build", "mara", 40, "needs_attention"),
    _Okr(
        f"{OMNIBUS}#8867", "The ARM package is a fifth smaller", "build", "nadia", 40, "needs_attention", _SMALLER,
        (f"{OMNIBUS}#8842", f"{OMNIBUS}#8848"),
    ),
    _Okr(_GATEWAY, "Clusters that need no Ingress", "deploy", "henrik", 38, "on_track"),
    _Okr(
        f"{CHARTS}#5135", "Half of the test clusters run on the Gateway API", "deploy", "jesse", 75, "on_track",
        _GATEWAY, (f"{CHARTS}#5112", f"{OPERATOR}#2028"),
    ),
    _Okr(f"{OPERATOR}#2029", "The Operator sets up a gateway by itself", "deploy", "", 0, None, _GATEWAY),
)  # fmt: skip


def okrs() -> Iterator[Told]:
    """All of them."""
    for number, one in enumerate(_OKRS):
        born = utc("04-27 12:00") + number * 600
        story = Story(one.ref, one.title, "pilar", born)
        story.label(born, "pilar", "group::distribution", f"group::distribution::{one.group}", "type::feature")
        story.label(born, "pilar", "priority::3", "OKR", "FY27::Q2")
        story.plan(born + 60, "pilar", BACKLOG)
        if one.who:
            story.assign(utc("04-30 13:00"), "odile", one.who)
            story.comment(utc("06-01 12:40"), one.who)
        item, events = story.issue(epic=one.objective)
        assert isinstance(item, Issue)
        yield structs.replace(item, health=one.health, progress=one.progress, related=one.scoped_by), events
