"""Recurring duties (clause groups.standing-tasks): what a group does every release, month or quarter has an issue.

Each task is opened once for each period, some days ahead, under its group's label; one that was closed is not opened
again. One that nobody has near its end, and one that is open after the day it was due, are said to those who can act.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain
from typing import Annotated, ClassVar

from annotated_types import Ge, Gt, Le
from msgspec import Struct

from handrail.handbook.schema import Group
from handrail.handbook.settings import RuleSettings, Text
from handrail.model.actions import CreateItem, Evidence
from handrail.model.findings import TEAM, Finding, Remedy
from handrail.model.items import Issue
from handrail.rules.desk import Desk
from handrail.rules.reminders import reminder
from handrail.rules.standing_periods import Every, Period, ended_before, period_on

CLAUSES = ("groups.standing-tasks",)
RULE = "recurring_duties"
FINDINGS = {
    "to-open": "a period has come near, and a standing task has no issue for it",
    "nobody": "a standing task's issue is due within days, and nobody is assigned",
    "still-open": "a standing task's issue is open after the day it was due",
    "unplaced": "a standing task names a group or a project that the handbook does not have",
}
"""When each of the rule's findings is made."""
_IN_SIGHT = timedelta(days=40)
"""How long a closed issue is surely still seen: what a longer period opens later than that might be there already."""
_LOOK_BACK = 6
"""Periods of which an issue that is still open is said."""


@dataclass(frozen=True)
class Task:
    """A standing task of a group."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    group: Text
    """The key of the group that answers for it."""
    every: Every
    """How often it comes."""
    title: Text
    """The issue's title; `{milestone}`, `{month}`, `{quarter}` or `{week}` stands for the period."""
    project: Text
    """The source, by name or path, in which it is opened."""
    description: Text
    """What is to be done, and how one sees that it is."""
    labels: tuple[Text, ...] = ()
    """What it carries beside the team's, the group's and the quarter's label."""
    lead_days: Annotated[int, Ge(0), Le(60)] = 3
    """Days before its period begins on which it is opened."""
    due_days: Annotated[int, Ge(0), Le(366)] | None = None
    """Days after its period begins on which it is due; nothing: on the period's last day."""


@dataclass(frozen=True)
class Settings(RuleSettings):
    """The groups' standing tasks."""

    near_days: Annotated[int, Gt(0), Le(60)] = 4
    """Days before it is due on which somebody should have it."""
    tasks: dict[Text, Task] = field(default_factory=dict)
    """The tasks, each by a short name that stays: what was opened is known by it."""


class _Duty(Struct, frozen=True):
    """A task and its issue in one period."""

    name: str
    task: Task
    group: Group
    project: str
    period: Period
    is_newest: bool

    @property
    def title(self) -> str:
        return self.period.titled(self.task.title)

    @property
    def opens_until(self) -> date:
        """The last day on which it is opened: it is not due yet, and one that was closed at once would be seen."""
        return min(self.due, self.period.first + _IN_SIGHT - timedelta(days=self.task.lead_days + 1))

    @property
    def due(self) -> date:
        if self.task.due_days is None:
            return self.period.last
        return self.period.first + timedelta(days=self.task.due_days)


def subjects(desk: Desk) -> Iterable[str]:
    """The team as a whole."""
    return (TEAM,)


def decide(team: str, desk: Desk, settings: Settings) -> Iterator[Finding]:
    """What is to be opened, what nobody has, what is still open, and which task has no place."""
    duties: list[_Duty] = []
    for name, task in settings.tasks.items():
        if not desk.handbook.groups:
            continue  # a team without groups has none of their tasks
        group, project = desk.handbook.groups.get(task.group), _path(task.project, desk)
        if group is None or project is None:
            yield _unplaced(name, task, group, desk)
            continue
        periods = list(_periods(task, desk))
        duties += [_Duty(name, task, group, project, one, one is periods[0]) for one in periods]
    opened = _opened({duty.title for duty in duties}, desk)
    for duty in duties:
        item = opened.get((duty.project, duty.title))
        if item is not None and item.state == "opened":
            yield from _about(item, duty, desk, settings)
        elif item is None and duty.is_newest and desk.snapshot.today <= duty.opens_until:
            yield _to_open(duty, desk)


def _path(project: str, desk: Desk) -> str | None:
    source = desk.handbook.sources.get(project)
    if source is not None:
        return source.path
    return project if desk.terms.is_source(project) or desk.source_name(project) != project else None


def _periods(task: Task, desk: Desk) -> Iterator[Period]:
    """The period that is opened now, then those before it."""
    today = desk.snapshot.today
    period = period_on(task.every, today + timedelta(days=task.lead_days), desk)
    if period is None:  # the next milestone is not there yet
        period = period_on(task.every, today, desk) or ended_before(task.every, today, desk)
    for _ in range(_LOOK_BACK):
        if period is None:
            return
        yield period
        period = ended_before(task.every, period.first, desk)


def _opened(titles: set[str], desk: Desk) -> Mapping[tuple[str, str], Issue]:
    """The issues of these titles by project and title: an open one rather than one that ended lately."""
    found: dict[tuple[str, str], Issue] = {}
    for item in chain(desk.snapshot.closed, desk.snapshot.items):
        if item.title in titles and isinstance(item, Issue):
            found[item.project, item.title] = item
    return found


def _to_open(duty: _Duty, desk: Desk) -> Finding:
    task, period, day = duty.task, duty.period, desk.voice.day
    quarter = desk.quarter_of(period.milestone) if period.milestone else None
    milestone = period.milestone if period.milestone in desk.snapshot.milestones else None  # computed, not on GitLab
    labels = (desk.handbook.labels.team, duty.group.label, *task.labels, quarter or desk.quarter_label(duty.due))
    about = f"A standing task of {duty.group.name} for {period.name}, due by {duty.due.isoformat()}."
    change = CreateItem(
        f"{_slug(duty.name)}-{period.key}",
        duty.title,
        f"{task.description.strip()}\n\n{about}",
        tuple(dict.fromkeys(labels)),
        milestone=milestone,
    )
    began = desk.midnight(period.first)
    begins = "began" if period.first <= desk.snapshot.today else "begins"
    return Finding(
        RULE,
        "groups.standing-tasks",
        duty.project,
        "to-open",
        f"“{duty.title}” is a standing task of {duty.group.name} every {task.every}, due by {day(duty.due)}, "
        "and has no issue yet.",
        (Evidence(f"{period.name} {begins} on {day(period.first)}", began),),
        who=desk.managers,
        remedies=(Remedy(change),),
    )


def _slug(name: str) -> str:
    return "-".join(name.split())


def _about(item: Issue, duty: _Duty, desk: Desk, settings: Settings) -> Iterator[Finding]:
    """What is to be said of the open issue of a task."""
    today, day = desk.snapshot.today, desk.voice.day
    near = duty.due - timedelta(days=settings.near_days)
    topic = f"{_slug(duty.name)}-{duty.period.key}"
    evidence = (
        Evidence(f"it is due by {day(duty.due)}", desk.midnight(duty.due)),
        Evidence("it was opened", item.created_at, item.ref),
    )
    if today > duty.due:
        since = duty.due + timedelta(days=1)
        to = desk.reachable(item.assignees) or desk.managers
        asks = (
            f"This task of {duty.group.name} for {duty.period.name} was due on {day(duty.due)} and is still open. "
            "Could you close it if it is done, or write down what is left? Then the next one starts from what is known."
        )
        remedies = _asked(desk, f"{topic}-open", since, to, asks)
        whose = desk.voice.names(item.assignees) or "nobody"
        says = f"The standing task “{item.title}” was due on {day(duty.due)} and is still open; {whose} has it."
        who = desk.owners(item) if item.assignees else desk.managers
        yield _found(item, "still-open", says, evidence, who, remedies)
    elif today >= near and not item.assignees:
        asks = (
            f"This task of {duty.group.name} for {duty.period.name} is due by {day(duty.due)}, and nobody is assigned "
            "yet. Could you find somebody for it? Then it is done before the next one comes."
        )
        remedies = _asked(desk, f"{topic}-nobody", near, desk.managers, asks)
        says = f"The standing task “{item.title}” is due by {day(duty.due)}, and nobody is assigned."
        yield _found(item, "nobody", says, evidence, desk.managers, remedies)


def _asked(desk: Desk, topic: str, since: date, to: tuple[str, ...], asks: str) -> tuple[Remedy, ...]:
    thanks = "thank you for looking after the team’s standing tasks"
    comment = reminder(desk, topic, desk.midnight(since), to, thanks, asks)
    return (Remedy(comment),) if comment else ()


def _found(
    item: Issue,
    code: str,
    says: str,
    evidence: tuple[Evidence, ...],
    who: tuple[str, ...],
    remedies: tuple[Remedy, ...],
) -> Finding:
    return Finding(RULE, "groups.standing-tasks", item.ref, code, says, evidence, "warning", who, remedies)


def _unplaced(name: str, task: Task, group: Group | None, desk: Desk) -> Finding:
    lacks = f"of the group “{task.group}”" if group is None else f"in “{task.project}”"
    says = f"The standing task “{name}” is {lacks}, which the handbook does not have."
    return Finding(RULE, "groups.standing-tasks", TEAM, "unplaced", says, (), "warning", desk.managers)
