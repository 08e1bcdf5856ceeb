"""This quarter's key results, below the epics that are its objectives; the last one is nobody's yet."""

from collections.abc import Iterator
from typing import NamedTuple

from msgspec import structs

from handrail.demo.calendar import BACKLOG
from handrail.demo.cast_reviews import utc
from handrail.demo.projects import CHARTS, EPICS, OMNIBUS, OPERATOR
from handrail.demo.story import Story, Told
from handrail.model.items import Health, Issue


class _KeyResult(NamedTuple):
    ref: str
    title: str
    objective: str
    group: str
    who: str
    health: Health | None
    progress: int | None
    scoped_by: tuple[str, ...]


_KEY_RESULTS = (
    _KeyResult(
        f"{OMNIBUS}#8867", "The ARM package is a fifth smaller", f"{EPICS}&91", "build", "nadia",
        "needs_attention", 40, (f"{OMNIBUS}#8842", f"{OMNIBUS}#8848"),
    ),
    _KeyResult(
        f"{CHARTS}#5135", "Half of the test clusters run on the Gateway API", f"{EPICS}&92", "deploy", "jesse",
        "on_track", 75, (f"{CHARTS}#5112", f"{OPERATOR}#2028"),
    ),
    _KeyResult(
        f"{OPERATOR}#2029", "The Operator sets up a gateway by itself", f"{EPICS}&92", "deploy", "", None, None, (),
    ),
)  # fmt: skip


def key_results() -> Iterator[Told]:
    """All of them."""
    for number, one in enumerate(_KEY_RESULTS):
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
