"""Standing tasks: the issues that the groups open every release, month and quarter, and some that went wrong."""

from datetime import date, timedelta
from typing import NamedTuple

from handrail.demo.planted.days import RELEASES
from handrail.demo.planted.lives import Life
from handrail.demo.planted.world import OF_GROUP, TEAM, World, after
from handrail.demo.projects import CHARTS, OMNIBUS, OPERATOR, TASKS

RULE = "recurring_duties"
_NEAR = timedelta(days=4)
_IN_SIGHT = timedelta(days=35)
"""How long an issue that was closed at once would still be known: later nobody can say that there was none."""


class Task(NamedTuple):
    """What a group does once in each period. ``due``: days after its first one; None: on its last."""

    title: str
    group: str
    project: str
    due: int | None
    lead: int = 3


_RELEASE = (
    Task("Review dependencies for {}", "build", OMNIBUS, None, 5),
    Task("Patch known vulnerabilities for {}", "build", OMNIBUS, 14),
    Task("Submit {} to the partners", "build", TASKS, None),
    Task("Try the upgrade paths to {}", "deploy", CHARTS, None),
)
_MONTH = (Task("Look after the team's pipelines in {}", "build", TASKS, 20),)
_QUARTER = (
    Task("Review the licences of what we ship, {}", "build", OMNIBUS, 60),
    Task("Review the team's infrastructure and access, {}", "build", TASKS, 45),
    Task("Review the secure defaults of charts and Operator, {}", "deploy", CHARTS, 60),
    Task("Review the Kubernetes and cloud versions that we test on, {}", "deploy", OPERATOR, 30),
)
_MONTHS = {
    "May 2026": (date(2026, 5, 1), date(2026, 5, 31)),
    "June 2026": (date(2026, 6, 1), date(2026, 6, 30)),
    "July 2026": (date(2026, 7, 1), date(2026, 7, 31)),
    "August 2026": (date(2026, 8, 1), date(2026, 8, 31)),
}
_QUARTERS = {
    "FY27 Q1": (date(2026, 2, 1), date(2026, 4, 30)),
    "FY27 Q2": (date(2026, 5, 1), date(2026, 7, 31)),
    "FY27 Q3": (date(2026, 8, 1), date(2026, 10, 31)),
}


class Due(NamedTuple):
    """A task in one period: when it may be opened, and by when it is to be done."""

    task: Task
    title: str
    opens: date
    due: date
    milestone: str


def duties(world: World) -> None:
    """Every task has had its issue; a few have none, nobody, or are still open."""
    wrong = {"to-open": 0, "nobody": 0, "still-open": 0}
    for one in world.rng.sample(_known(world), len(_known(world))):
        here = world.day.today
        if one.due < here:
            if wrong["still-open"] < 2 and world.rng.random() < 0.5:
                wrong["still-open"] += 1
                _still_open(world, one)
            else:
                _done(world, one, here - one.due)
        elif one.due - here <= _NEAR:
            if wrong["nobody"] < 2 and not world.day.is_last and world.rng.random() < 0.7:
                wrong["nobody"] += 1
                world.plant(RULE, "nobody", _opened(world, one))
            else:
                _done(world, one, timedelta())
        elif wrong["to-open"] < 2 and here <= one.opens + _IN_SIGHT and world.rng.random() < 0.5:
            wrong["to-open"] += 1
            world.plant(RULE, "to-open", one.task.project, mendable=True)
        else:
            _opened(world, one)


def _known(world: World) -> list[Due]:
    """The tasks of the periods that have begun, or will within the days on which their tasks are opened."""
    releases = {title: (r.start, r.due) for title, r in RELEASES.items() if title not in world.day.lacks}
    found = []
    for tasks, periods in ((_RELEASE, releases), (_MONTH, _MONTHS), (_QUARTER, _QUARTERS)):
        for task in tasks:
            for name, (first, last) in periods.items():
                due = last if task.due is None else first + timedelta(days=task.due)
                one = Due(task, task.title.format(name), first - timedelta(days=task.lead), due, "")
                if one.opens <= world.day.today <= due + timedelta(days=35):
                    found.append(one._replace(milestone=name if name in RELEASES else ""))
    return found


def _opened(world: World, one: Due) -> Life:
    """Opened in time by one of the group, and nobody's yet."""
    task = one.task
    author = world.turn(OF_GROUP[task.group])
    days = max((world.day.today - one.opens).days, 0) + 0.1
    life = world.begin(f"{task.project}#{world.number()}", author, world.ago(days), one.title)
    life.label(life.born, author, TEAM, f"{TEAM}::{task.group}", "type::maintenance", "priority::4")
    milestone = one.milestone if world.day.calm == one.milestone else "Backlog"
    life.plan(after(life, 1), world.lead(), milestone)
    if milestone in RELEASES:
        life.label(after(life, 1), author, RELEASES[milestone].quarter)
    life.facts["weight"] = 1
    return life


def _still_open(world: World, one: Due) -> None:
    """Somebody has it, and the day it was due is over."""
    life = _opened(world, one)
    who = world.turn(OF_GROUP[one.task.group])
    life.assign(world.ago(1.5), who, who)
    life.say(world.ago(hours=2), who)
    world.plant(RULE, "still-open", life)


def _done(world: World, one: Due, since: timedelta) -> None:
    """Done in time."""
    life = _opened(world, one)
    life.events = [event for event in life.events if event.at < world.ago(since.days, 2)]
    world.closed(life, since.days + 0.01)
