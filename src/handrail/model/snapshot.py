"""Everything that a decision reads, ``now`` included: built once, indexed, never changed."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from handrail.model.asked import Asked
from handrail.model.duty import KeptDuty
from handrail.model.items import Item
from handrail.model.people import Person
from handrail.model.planning import Milestone, Pipeline, Project, RedBranch
from handrail.model.requests import UnplannedRequest
from handrail.model.support import Published, Support, Tracking
from handrail.worktime import release_calendar
from handrail.worktime.calendar import WorkCalendar

Holidays = Callable[[str, str | None], Mapping[date, str]]
"""The public holidays of a country and subdivision, by date."""


class Calendars:
    """Each person's business time, worked out when it is first asked for; the team's under the empty name."""

    def __init__(self, people: Mapping[str, Person], team: Person, holidays: Holidays) -> None:
        self._people = {**people, "": team}
        self.holidays = holidays
        self._calendars: dict[str, WorkCalendar] = {}

    def __contains__(self, username: object) -> bool:
        """Whether ``username`` is somebody whom the team knows."""
        return username != "" and username in self._people

    def __getitem__(self, username: str) -> WorkCalendar:
        """The calendar of ``username``; somebody the team does not know works the team's hours."""
        if username not in self._people:
            username = ""
        found = self._calendars.get(username)
        if found is None:
            person = self._people[username]
            kept = self.holidays(person.country, person.subdivision) if person.country else {}
            found = WorkCalendar(person.zone, person.hours, person.days, kept, person.away)
            self._calendars[username] = found
        return found

    def is_there(
        self, username: str, start: datetime, end: datetime, but: Sequence[tuple[datetime, datetime]] = ()
    ) -> bool:
        """Whether a member has time off for at most half of the hours that they would be at work from then to then.

        Public holidays are no reason to do without anybody. Whom the team does not know is not there.

        ``but``: stretches of it, apart from each other, in which they need not be.
        """
        present, whole = self[username], self._without_time_off[username]

        def missing(since: datetime, until: datetime) -> int:
            return whole.between(since, until) - present.between(since, until)

        left = missing(start, end) - sum(missing(*part) for part in but)
        return username in self and left * 2 <= whole.between(start, end)

    @cached_property
    def _without_time_off(self) -> "Calendars":
        people = {name: replace(one, away=()) for name, one in self._people.items()}
        return Calendars(people, people[""], self.holidays)


@dataclass(frozen=True)
class Snapshot:
    """The facts at ``now``: the open items, each once. ``team`` stands for everybody where nobody is named.

    ``closed`` are the items that ended in the last weeks, where somebody asked for them (``engine.assemble``).
    """

    now: datetime
    team: Person
    people: Mapping[str, Person]
    calendars: Calendars
    projects: Mapping[str, Project] = field(default_factory=dict)
    milestones: Mapping[str, Milestone] = field(default_factory=dict)
    red: tuple[RedBranch, ...] = ()
    runs: Mapping[str, tuple[Pipeline, ...]] = field(default_factory=dict)
    """By project the pipelines of any branch that succeeded or failed, oldest first, as far back as facts tell."""
    duty: KeptDuty | None = None
    """Who is on duty when; None for a team whose rotation is not kept here."""
    rotations: Mapping[str, KeptDuty] = field(default_factory=dict)
    """The same of every rotation that is kept here, the DRI's included, by short name."""
    requests: tuple[UnplannedRequest, ...] = ()
    """What nobody planned, as the team keeps it: with what people said of it and what became of it up to today."""
    asked: tuple[Asked, ...] = ()
    """What was asked of whoever is on duty, what is over included, as it stood at ``now``."""
    published: tuple[Published, ...] = ()
    """What came out upstream, with what was said of it earlier; what was first seen later, too."""
    support: tuple[Support, ...] = ()
    """From which milestones on what of it is there."""
    tracking: tuple[Tracking, ...] = ()
    """The issues that we had opened for it by then."""
    items: tuple[Item, ...] = ()
    closed: tuple[Item, ...] = ()

    @cached_property
    def by_ref(self) -> Mapping[str, Item]:
        """The open items by reference."""
        return {item.ref: item for item in self.items}

    def with_items(self, changed: Mapping[str, Item | None]) -> "Snapshot":
        """The same with these items as they are now, by reference; None: it is gone."""
        still = {**self.by_ref}
        ended = {item.ref: item for item in self.closed}
        for ref, item in changed.items():
            still.pop(ref, None)
            ended.pop(ref, None)
            if item is not None:
                (still if item.state == "opened" else ended)[ref] = item
        return replace(self, items=tuple(still.values()), closed=tuple(ended.values()))

    def unlike(self, other: "Snapshot") -> set[str] | None:
        """The references of the open items in which it differs from another; None where it does in more than items."""
        names = (one.name for one in fields(self) if one.name not in {"items", "closed"})
        if any(getattr(self, name) != getattr(other, name) for name in names):
            return None
        mine, theirs = self.by_ref, other.by_ref
        return {ref for ref in {**mine, **theirs} if mine.get(ref) is not theirs.get(ref)}

    @cached_property
    def today(self) -> date:
        """The date in the team's zone."""
        return self.now.astimezone(ZoneInfo(self.team.zone)).date()

    @cached_property
    def current_milestones(self) -> frozenset[str]:
        """The titles of the milestones that are running: GitLab's own where any has dates, else the computed one's."""
        dated = [(m.title, m.start, m.due) for m in self.milestones.values() if m.start and m.due]
        if dated:
            return frozenset(title for title, start, due in dated if start <= self.today <= due)
        computed = release_calendar.milestone_on(self.today)
        return frozenset({computed.title} if computed else ())

    def has_begun(self, title: str) -> bool:
        """Whether the milestone runs now or ended; one without dates, here and computed, never begins."""
        known = self.milestones.get(title)
        if known is None or known.start is None:
            computed = release_calendar.milestone(title)
            return computed is not None and computed.start <= self.today
        return known.start <= self.today

    def may_merge(self, project: str) -> frozenset[str]:
        """Who may merge into the project, as far as is known."""
        return self._maintainers.get(project, frozenset())

    @cached_property
    def _maintainers(self) -> Mapping[str, frozenset[str]]:
        return {path: frozenset(project.maintainers) for path, project in self.projects.items()}


def first_of_each(milestones: Iterable[Milestone]) -> dict[str, Milestone]:
    """By title; of several of one title (a group's and a project's), the first that has dates."""
    found: dict[str, Milestone] = {}
    for milestone in milestones:
        known = found.get(milestone.title)
        if known is None or (known.start is None and milestone.start is not None):
            found[milestone.title] = milestone
    return found
