"""What a milestone carries: each person's load against what they have room for, and what was committed at its start.

Room is business time: of the person's own hours in the milestone, without holidays and time off, less the weeks on
duty (clause dri.less-delivery) and the days that are reserved for planning. Load is the whole milestone's, done or
not, so that it does not grow heavier as days pass.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import chain
from typing import Annotated, ClassVar, Literal
from zoneinfo import ZoneInfo

from annotated_types import Ge, Gt, Le
from msgspec import Struct

from handrail.handbook.schema import Text
from handrail.model.derive import as_of
from handrail.model.history import Event
from handrail.model.items import Issue, Item
from handrail.model.planning import Milestone
from handrail.rules.desk import Desk
from handrail.worktime.calendar import BUSINESS_DAY

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
    """By milestone the business days that everybody keeps free for planning."""


class Load(Struct, frozen=True, gc=False):
    """A person's Deliverables in a milestone, in points, and their room. Days are business days of 8 hours."""

    person: str
    milestone: str
    points: float
    room: float
    issues: tuple[str, ...]
    """The references of the Deliverables, open and closed."""
    days: float
    """The days at work in the milestone, those on duty included."""
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
    for issue in _deliverables(milestone.title, desk):
        members = [name for name in issue.assignees if desk.is_member(name)]
        for name in members:
            points[name] = points.get(name, 0) + _points(issue, settings) / len(members)
            issues.setdefault(name, []).append(issue.ref)
    duties = list(shifts(desk))
    reserved = settings.reserved_days.get(milestone.title, 0)
    found = []
    for name, person in sorted(desk.snapshot.people.items()):
        if not person.is_engineer:
            continue
        between = desk.snapshot.calendars[name].between
        days = between(start, end) / BUSINESS_DAY
        on_duty = sum(between(max(since, start), min(until, end)) for who, since, until in duties if who == name)
        duty_days = on_duty / BUSINESS_DAY
        left = max(0.0, days - duty_days * (1 - settings.on_duty) - reserved)
        room = left * BUSINESS_DAY / WEEK * settings.points_per_week
        those = tuple(issues.get(name, ()))
        found.append(Load(name, milestone.title, points.get(name, 0), room, those, days, duty_days, reserved))
    return found


def _deliverables(title: str, desk: Desk) -> Iterator[Issue]:
    deliverable = desk.handbook.labels.deliverable
    ended = (item for item in desk.snapshot.closed if item.milestone == title and desk.read(item).ours)
    for item in chain(desk.in_milestone(title), ended):
        if isinstance(item, Issue) and deliverable in item.labels:
            yield item


def _points(issue: Issue, settings: Capacity) -> float:
    if settings.counts == "issues":
        return 1
    return settings.unweighted if issue.weight is None else issue.weight


def shifts(desk: Desk) -> Iterator[tuple[str, datetime, datetime]]:
    """Who is, was or will be on duty from when until when, by the rotation issues that are open or ended lately."""
    rotation = desk.handbook.rotation
    project = rotation.project + "#"
    handoff, zone = time.fromisoformat(rotation.handoff_time), ZoneInfo(desk.handbook.team.zone)
    for item in chain(desk.snapshot.items, desk.snapshot.closed):
        if item.assignees and item.ref.startswith(project):
            first = desk.terms.shift_of(item.title)
            if first is not None:
                start, until = (datetime.combine(day, handoff, zone) for day in (first, first + _length(desk)))
                yield item.assignees[0], start, until


def _length(desk: Desk) -> timedelta:
    return timedelta(days=desk.handbook.rotation.days)


def commitments(title: str, desk: Desk, histories: Mapping[str, Sequence[Event]] = {}) -> list[Item]:
    """The team's items that were Deliverable in a milestone when it started, open or ended lately, oldest first.

    Read off the history where ``histories`` has one by reference; else off what the item itself tells of its
    milestones and labels, which leaves out those whose label, or whose milestone without another, was taken off since.
    """
    start = desk.start_of(title)
    if start is None:
        return []
    found = [
        item
        for item in chain(desk.snapshot.items, desk.snapshot.closed)
        if item.created_at <= start
        and _was_committed(item, title, start, desk, histories.get(item.ref))
        and desk.read(item).ours
    ]
    return sorted(found, key=lambda item: (item.created_at, item.ref))


def _was_committed(item: Item, title: str, start: datetime, desk: Desk, events: Sequence[Event] | None) -> bool:
    deliverable = desk.handbook.labels.deliverable
    if events is not None:
        then = as_of(item, events, start)
        return then is not None and then.milestone == title and deliverable in then.labels
    if item.milestone is None or deliverable not in item.labels:
        return False
    if item.closed_at is not None and item.closed_at <= start:
        return False
    since = item.label_since.get(deliverable)
    if since is not None and since > start:
        return False
    before = [stay.title for stay in item.milestones if stay.since <= start]
    return (before[-1] if before else item.milestone if not item.milestones else "") == title
