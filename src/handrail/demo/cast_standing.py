"""The groups' standing tasks of these weeks: most have their issue, some are done, three nobody has opened yet."""

from collections.abc import Iterator
from typing import NamedTuple

from handrail.demo.calendar import BACKLOG, CURRENT
from handrail.demo.cast_reviews import utc
from handrail.demo.projects import OMNIBUS, OPERATOR, TASKS
from handrail.demo.story import Story, Told


class _Task(NamedTuple):
    ref: str
    title: str
    group: str
    born: str
    labels: tuple[str, ...]
    milestone: str
    who: str
    done: str = ""


_RELEASE = ("priority::2", "Deliverable")
_TASKS = (
    _Task(
        f"{OMNIBUS}#8864", f"Review dependencies for {CURRENT}", "build", "05-12 08:00",
        ("maintenance::dependency", *_RELEASE), CURRENT, "mara",
    ),
    _Task(
        f"{OMNIBUS}#8865", f"Patch known vulnerabilities for {CURRENT}", "build", "05-13 08:10",
        ("security", "priority::1", "Deliverable"), CURRENT, "selma", "05-28 13:20",
    ),
    _Task(f"{TASKS}#2210", f"Submit {CURRENT} to the partners", "build", "05-13 08:20", _RELEASE, CURRENT, "nadia"),
    _Task(
        f"{OMNIBUS}#8866", "Review the licences of what we ship, FY27 Q2", "build", "04-28 08:00",
        ("priority::3",), BACKLOG, "asha",
    ),
    _Task(
        f"{TASKS}#2211", "Review the team's infrastructure and access, FY27 Q2", "build", "04-28 08:05",
        ("priority::3",), BACKLOG, "selma",
    ),
    _Task(
        f"{OPERATOR}#2028", "Review the Kubernetes and cloud versions that we test on, FY27 Q2", "deploy",
        "04-28 08:10", ("priority::3",), BACKLOG, "rohan", "05-27 12:30",
    ),
)  # fmt: skip


def standing_tasks() -> Iterator[Told]:
    """All of them. Nobody opened June's pipelines, 19.1's upgrade paths and the quarter's secure defaults."""
    for task in _TASKS:
        born = utc(task.born)
        story = Story(task.ref, task.title, "pilar", born, ends=bool(task.done))
        story.label(born, "pilar", "group::distribution", f"group::distribution::{task.group}", "type::maintenance")
        story.label(born, "pilar", *task.labels)
        story.plan(born + 60, "pilar", task.milestone)
        story.assign(utc("05-20 13:00"), "odile", task.who)
        if task.done:
            story.end(utc(task.done), task.who)
        else:
            story.comment(utc("06-01 13:30"), task.who)
        yield story.issue(weight=1)
