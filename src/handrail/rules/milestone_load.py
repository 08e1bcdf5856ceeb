"""What a milestone carries: each person's load against what they have room for.

Room is business time: of the person's own hours in the milestone, without holidays and time off, less the weeks on
duty (clause dri.less-delivery) and the days that are reserved for planning (clause quarter.reserve-days). Load is
Deliverables and what counts as such (Unplanned work), the whole milestone's, done or not, so that it does not grow
heavier as days pass.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import chain
from typing import Annotated, ClassVar, Literal

from annotated_types import Ge, Gt, Le
from msgspec import Struct

from handrail.handbook.settings import Text
from handrail.model.items import Issue
from handrail.model.planning import Milestone
from handrail.rules.desk import Desk
from handrail.worktime.calendar import BUSINESS_DAY
from handrail.worktime.fiscal import FiscalQuarter

WEEK = 5 * BUSINESS_DAY
Days = Annotated[float, Ge(0)]


@dataclass(frozen=True)
class Capacity:
    """What a person has room for in a milestone, and what counts against it."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    counts: Literal["weight", "issues"] = "weight"
    """What the points of a Deliverable are: its weight, or one each."""
    unweighted: Annotated[float, Ge(0)] = 1
    """The points of a Deliverable that has no weight."""
    points_per_week: Annotated[float, Gt(0)] = 3
    """What a person delivers in a week of 40 business hours."""
    on_duty: Annotated[float, Ge(0), Le(1)] = 0
    """The share of it that is expected in a week on duty."""
    reserved_days: dict[Text, Days] = field(default_factory=dict)
    """By milestone the business days that everybody keeps free for planning; it wins over what labels say."""
    planning_days: dict[Text, Days] = field(default_factory=dict)
    """By label of a quarter's planning issue (it carries the quarter's label too) the business days that everybody
    keeps free for planning, in the milestone in which the quarter before it ends."""


class Load(Struct, frozen=True, gc=False):
    """A person's work in a milestone, in points, and their room. Days are business days of 8 hours."""

    person: str
    milestone: str
    points: float
    room: float
    issues: tuple[str, ...]
    """The references of the Deliverables and what counts as such, open and closed."""
    days: float
    """The days at work in the milestone, those on duty included."""
    days_off: float
    """What holidays and time off take of it."""
    days_on_duty: float
    days_reserved: float

    @property
    def is_over(self) -> bool:
        """Whether there is more of it than room."""
        return self.points > self.room


def loads(milestone: Milestone, desk: Desk, settings: Capacity) -> list[Load]:
    """The load of every engineer of the team in a milestone with dates, by user name."""
    assert milestone.start is not None
    assert milestone.due is not None
    start, end = desk.midnight(milestone.start), desk.midnight(milestone.due + timedelta(days=1))
    points: dict[str, float] = {}
    issues: dict[str, list[str]] = {}
    for issue in work(milestone.title, desk):
        members = [name for name in issue.assignees if desk.is_member(name)]
        for name in members:
            points[name] = points.get(name, 0) + points_of(issue, settings) / len(members)
            issues.setdefault(name, []).append(issue.ref)
    shifts = desk.duty.shifts(start, end)
    reserved = _reserved(milestone, desk, settings)
    found = []
    for name, person in sorted(desk.snapshot.people.items()):
        if not person.is_engineer:
            continue
        calendar = desk.snapshot.calendars[name]
        days, whole = calendar.between(start, end) / BUSINESS_DAY, calendar.ordinarily(start, end) / BUSINESS_DAY
        theirs = (shift for shift in shifts if shift.holder == name)
        on_duty = sum(calendar.between(max(shift.start, start), min(shift.end, end)) for shift in theirs)
        duty_days = on_duty / BUSINESS_DAY
        left = max(0.0, days - duty_days * (1 - settings.on_duty) - reserved)
        room = left * BUSINESS_DAY / WEEK * settings.points_per_week
        those = tuple(issues.get(name, ()))
        load = points.get(name, 0)
        found.append(Load(name, milestone.title, load, room, those, days, whole - days, duty_days, reserved))
    return found


def _reserved(milestone: Milestone, desk: Desk, settings: Capacity) -> float:
    """The days that the handbook reserves in a milestone with dates, else those that were decided on for a quarter."""
    assert milestone.start is not None
    assert milestone.due is not None
    stated = settings.reserved_days.get(milestone.title)
    if stated is not None or not settings.planning_days:
        return stated or 0
    ends = FiscalQuarter.of(milestone.start, desk.handbook.planning.fiscal_year_starts)
    if ends.last > milestone.due:
        return 0
    planned = desk.quarter_label(ends.next.first)
    decided = (
        settings.planning_days.get(label, 0)
        for item in chain(desk.snapshot.items, desk.snapshot.closed)
        if planned in item.labels
        for label in item.labels
    )
    return max(decided, default=0)


def work(title: str, desk: Desk) -> Iterator[Issue]:
    """The team's Deliverables in a milestone and what counts as such, open and ended lately."""
    deliverable = desk.handbook.labels.deliverable
    ended = (item for item in desk.snapshot.closed if item.milestone == title and desk.read(item).ours)
    for item in chain(desk.in_milestone(title), ended):
        if isinstance(item, Issue) and desk.terms.carries(item.labels, deliverable):
            yield item


def deliverables(title: str, desk: Desk) -> Iterator[Issue]:
    """The team's Deliverables in a milestone, open and ended lately."""
    return (issue for issue in work(title, desk) if desk.handbook.labels.deliverable in issue.labels)


def points_of(issue: Issue, settings: Capacity) -> float:
    """What an issue counts for in a milestone."""
    if settings.counts == "issues":
        return 1
    return settings.unweighted if issue.weight is None else issue.weight
