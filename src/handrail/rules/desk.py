"""What the decisions about single items share: the handbook's terms, clocks, who is there, and filing under a row."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from datetime import date, datetime, time
from functools import cached_property
from itertools import chain
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from handrail.handbook.schema import Handbook
from handrail.model.asked import Asked
from handrail.model.clocks import Clock, ClockState
from handrail.model.duty import Duty, on_duty
from handrail.model.items import Epic, Issue, Item, MergeRequest
from handrail.model.people import Role
from handrail.model.queue import Entry, Reason, TriageFinding
from handrail.model.snapshot import Snapshot
from handrail.rules.queue_words import Voice
from handrail.rules.rotation_issues import RotationIssues
from handrail.rules.terms import Says, Standing, Terms
from handrail.rules.verdict import Place, Verdict
from handrail.worktime import release_calendar
from handrail.worktime.calendar import BUSINESS_DAY, NeverOpensError
from handrail.worktime.fiscal import FiscalQuarter

_T = TypeVar("_T")
_Kind = TypeVar("_Kind", Issue, MergeRequest, Epic)
NO_ROW = "queue.no-row"
"""The clause that what fits no row is said, not queued."""


_OF_ITEMS = ("confidential", "ours", "open_reviews", "_by_epic", "_by_milestone", "_closers")
"""What a desk works out from all items."""


class Desk:
    """A snapshot and a handbook, with what is worked out once for all items."""

    def __init__(self, snapshot: Snapshot, handbook: Handbook) -> None:
        self.snapshot = snapshot
        self.handbook = handbook
        self.terms = Terms(handbook)
        self.read = self.terms.read
        slo = handbook.work_queue.review_slo
        self._limits = {
            True: round(slo.business_days * BUSINESS_DAY),
            False: round(slo.elsewhere_business_days * BUSINESS_DAY),
        }
        self._near = slo.near
        self._absent: dict[str, bool] = {}
        self._quarters: dict[str, str | None] = {}
        self._once: dict[tuple[str, object], Any] = {}
        self._starts: dict[str, datetime | None] = {}
        self._dues: dict[str, date | None] = {}

    def once(self, name: str, work_out: Callable[[], _T], of: Hashable = None) -> _T:
        """What the rule of that name works out once for all items, or ``of`` what many have in common: their labels."""
        found: _T | None = self._once.get((name, of))
        if found is None:
            found = self._once[name, of] = work_out()
        return found

    def knows(self, name: str) -> bool:
        """Whether that is worked out already."""
        return (name, None) in self._once

    def asks(self, rule: str) -> bool:
        """Whether the handbook has the rule of that name asked: another may leave to it what both would find."""
        return bool(self.handbook.rules.get(rule, {}).get("mode") != "off")

    def is_member(self, username: str) -> bool:
        """Whether the person is of the team."""
        return username in self.snapshot.people

    def is_absent(self, username: str) -> bool:
        """Whether a member is away for longer than the handbook leaves a turn with them."""
        known = self._absent.get(username)
        if known is None:
            patience = self.handbook.work_queue.stand_ins.after_business_days * BUSINESS_DAY
            known = self.snapshot.calendars[username].absent_for(self.snapshot.now) > patience
            self._absent[username] = known
        return known

    def is_available(self, username: str) -> bool:
        """Whether somebody is of the team, and not away for so long."""
        return self.is_member(username) and not self.is_absent(username)

    @cached_property
    def open_reviews(self) -> Mapping[str, int]:
        """By user name the open merge requests that somebody reviews and has not approved, drafts left out."""
        return Counter(
            reviewer.username
            for item in self.snapshot.items
            if isinstance(item, MergeRequest) and not item.draft
            for reviewer in item.reviewers
            if reviewer.username != item.author
            and reviewer.state != "approved"
            and reviewer.username not in item.approved_by
        )

    def back_on(self, username: str) -> date | None:
        """The date, in their zone, on which an absent member is back; None where no end is known."""
        person = self.snapshot.people[username]
        try:
            back = self.snapshot.calendars[username].opens_after(self.snapshot.now)
        except NeverOpensError:
            return None
        return back.astimezone(ZoneInfo(person.zone)).date()

    def clock(self, start: datetime, whose: str, *, ours: bool) -> Clock:
        """The review SLO's clock: runs in the reviewer's business time, in the team's where there is none."""
        used = self.snapshot.calendars[whose].between(start, self.snapshot.now)
        limit = self._limits[ours]
        state: ClockState = "non-breaching"
        if used >= limit:
            state = "breaching"
        elif used >= limit * self._near:
            state = "near-breaching"
        return Clock(start, used, limit, state, whose)

    def is_untriaged(self, issue: Issue) -> bool:
        """Whether one of the team's issues waits for triage."""
        return self.terms.waits_for_triage(issue) and self.terms.read(issue).ours

    def pool(self, says: Says) -> str:
        """The pool that an item is open to: the whole team's, or its group's where the handbook says so."""
        return says.group if self.handbook.work_queue.available.open_to == "group" else ""

    def file(
        self,
        item: Item,
        standing: Standing,
        since: datetime,
        reasons: tuple[Reason, ...],
        clock: Clock | None = None,
    ) -> Entry | None:
        """The entry under the row that decides; None where no row fits."""
        found = self.terms.row_for(standing)
        if found is None:
            return None
        order, row = found
        if item.assumed:
            said = tuple(field.replace("_", " ") for field in item.assumed)
            reasons = (*reasons, Reason("assumed", names=said))
        return Entry(row.level, order, row.row, row.do, row.clause, item, since, reasons, clock)

    def verdict(
        self,
        standing: Standing,
        item: Item,
        entry: Entry | None,
        *,
        people: tuple[str, ...] = (),
        pool: str | None = None,
        but: tuple[str, ...] = (),
    ) -> Verdict:
        """The entry in the queues it belongs to, or what the item lacks for a row."""
        if entry is None:
            return Verdict(finding=TriageFinding(item, self._lacks(standing), NO_ROW), standing=standing)
        return Verdict(places=(Place(entry, people, pool, but, standing),), standing=standing)

    @cached_property
    def ours(self) -> tuple[Item, ...]:
        """The team's open items: what most rules are asked about."""
        return tuple(item for item in self.snapshot.items if self.read(item).ours)

    def ours_of(self, kind: type[_Kind]) -> tuple[_Kind, ...]:
        """Those of one kind."""
        return self.once("ours", lambda: tuple(item for item in self.ours if isinstance(item, kind)), kind)

    @cached_property
    def confidential(self) -> frozenset[str]:
        """What is named nowhere but on itself, by reference."""
        items = chain(self.snapshot.items, self.snapshot.closed)
        return frozenset(item.ref for item in items if item.confidential)

    def alone_with(self, item: Item) -> "Desk":
        """The same desk with one item on it, and nothing remembered of the others."""
        return self.on(replace(self.snapshot, items=(item,), closed=()))

    def on(self, snapshot: Snapshot) -> "Desk":
        """The same desk with a snapshot that differs in its items alone, and nothing remembered of those."""
        view = copy(self)
        vars(view).update(snapshot=snapshot, _once={})
        for name in _OF_ITEMS:
            view.__dict__.pop(name, None)
        return view

    @cached_property
    def duty(self) -> Duty:
        """Who is on duty when: by the rotation's log, or else by its issues."""
        return self.snapshot.duty or RotationIssues(self.snapshot, self.handbook, self.terms)

    @cached_property
    def holder(self) -> str:
        """Who of the team is on duty now."""
        return on_duty(self.duty, self.snapshot.now, self.snapshot.people)

    def asked_about(self, ref: str) -> Sequence[Asked]:
        """The requests to whoever is on duty that are about an item, what is over included."""
        return self._asked_about.get(ref, ())

    def goes_on_elsewhere(self, ref: str) -> bool:
        """Whether the last request about an item was closed with what is left of it in another one."""
        return any(step.follow_up for one in self.asked_about(ref)[-1:] for step in one.steps)

    @cached_property
    def _asked_about(self) -> Mapping[str, Sequence[Asked]]:
        found: dict[str, list[Asked]] = {}
        for one in self.snapshot.asked:
            found.setdefault(one.ref, []).append(one)
        return found

    # --- whose, and when ---------------------------------------------------------------------------------

    @cached_property
    def voice(self) -> Voice:
        """What names people and days to the whole team, in its zone."""
        return Voice(self.snapshot.people, self.snapshot.now, "", self.handbook.team.zone)

    def with_role(self, *roles: Role) -> tuple[str, ...]:
        """The members who have one of the roles, by user name."""
        return tuple(sorted(name for name, person in self.snapshot.people.items() if set(roles) & {*person.roles}))

    @cached_property
    def managers(self) -> tuple[str, ...]:
        """EM and PM."""
        return self.with_role("engineering_manager", "product_manager")

    @cached_property
    def otherwise(self) -> tuple[str, ...]:
        """Who acts on what is nobody's: whoever is on duty now and there, else EM and PM."""
        return (self.holder,) if self.is_available(self.holder) else self.managers

    def owners(self, item: Item) -> tuple[str, ...]:
        """Who of the team can act on an item first: its assignees, else its author; nobody else is known to."""
        assigned = tuple(name for name in item.assignees if self.is_member(name))
        return assigned or ((item.author,) if self.is_member(item.author) else ())

    def reachable(self, usernames: Iterable[str]) -> tuple[str, ...]:
        """Those who can be spoken to: no bots, and of the team nobody who is away."""
        return tuple(
            name
            for name in usernames
            if name not in self.terms.bots and not (self.is_member(name) and self.is_absent(name))
        )

    def source_name(self, project: str) -> str:
        """What the handbook calls the source of that path; the path itself where it names none."""
        return self._sources.get(project, project)

    @cached_property
    def _sources(self) -> Mapping[str, str]:
        return {source.path: name for name, source in self.handbook.sources.items()}

    def closed_by_merging(self, ref: str) -> tuple[Issue, ...]:
        """The open issues that a merge request closes."""
        return self._closers.get(ref, ())

    @cached_property
    def _closers(self) -> Mapping[str, tuple[Issue, ...]]:
        found: dict[str, tuple[Issue, ...]] = {}
        for item in self.snapshot.items:
            if isinstance(item, Issue):
                for linked in item.merge_requests:
                    found[linked.ref] = (*found.get(linked.ref, ()), item)
        return found

    # --- milestones and quarters --------------------------------------------------------------------------

    def start_of(self, title: str) -> datetime | None:
        """The instant at which a milestone began in the team's zone; None for one without dates."""
        if title not in self._starts:
            known = self.snapshot.milestones.get(title) or release_calendar.milestone(title)
            self._starts[title] = self.midnight(known.start) if known and known.start else None
        return self._starts[title]

    def due_of(self, title: str) -> date | None:
        """A milestone's last day; None for one without dates."""
        if title not in self._dues:
            known = self.snapshot.milestones.get(title) or release_calendar.milestone(title)
            self._dues[title] = known.due if known else None
        return self._dues[title]

    def milestone_on(self, day: date) -> str | None:
        """The milestone that runs on a day: GitLab's where any has dates, a release's first; else the computed one."""
        dated = [(one.title, one.start, one.due) for one in self.snapshot.milestones.values() if one.start and one.due]
        if not dated:
            computed = release_calendar.milestone_on(day)
            return computed.title if computed else None
        running = [(start, title) for title, start, due in dated if start <= day <= due]
        releases = [one for one in running if release_calendar.milestone(one[1])]
        return max(releases or running)[1] if running else None

    def is_unscheduled(self, item: Item) -> bool:
        """Whether an item has no milestone, or one that by the handbook has no dates."""
        return item.milestone is None or item.milestone in self.handbook.planning.undated_milestones

    def in_milestone(self, title: str) -> Sequence[Item]:
        """The team's open items in a milestone, oldest first."""
        return self.once("in milestone", lambda: sorted(self._by_milestone.get(title, ()), key=_age), title)

    @property
    def milestones(self) -> Sequence[str]:
        """The titles of the milestones that open items of the team are in."""
        return sorted(self._by_milestone)

    @cached_property
    def _by_milestone(self) -> Mapping[str, Sequence[Item]]:
        found: dict[str, list[Item]] = {}
        for item in self.ours:
            if item.milestone is not None:
                found.setdefault(item.milestone, []).append(item)
        return found

    def in_epic(self, ref: str) -> Sequence[Issue]:
        """The issues of an epic that are open or ended lately, oldest first."""
        return self._by_epic.get(ref, ())

    @cached_property
    def _by_epic(self) -> Mapping[str, Sequence[Issue]]:
        found: dict[str, list[Issue]] = {}
        for item in chain(self.snapshot.items, self.snapshot.closed):
            if isinstance(item, Issue) and item.epic:
                found.setdefault(item.epic, []).append(item)
        return {ref: sorted(those, key=_age) for ref, those in found.items()}

    def midnight(self, day: date) -> datetime:
        """The first instant of a day in the team's zone."""
        return datetime.combine(day, time(), ZoneInfo(self.handbook.team.zone))

    def date_of(self, instant: datetime) -> date:
        """The date of an instant in the team's zone."""
        return instant.astimezone(ZoneInfo(self.handbook.team.zone)).date()

    def quarter_of(self, title: str) -> str | None:
        """The label of the fiscal quarter in which a milestone's release falls; None where no date is known."""
        if title not in self._quarters:
            computed, day = release_calendar.milestone(title), self.due_of(title)
            if computed and day:  # GitLab's own dates win: the release follows its last day as by the calendar
                day += computed.release - computed.due
            self._quarters[title] = self.quarter_label(day) if day else None
        return self._quarters[title]

    def quarter_label(self, day: date) -> str:
        """The label of the fiscal quarter that a day lies in."""
        planning = self.handbook.planning
        quarter = FiscalQuarter.of(day, planning.fiscal_year_starts)
        return planning.quarter_label.format(year=f"{quarter.year % 100:02}", quarter=quarter.number)

    def is_quarter(self, label: str) -> bool:
        """Whether a label names a fiscal quarter, of whichever year."""
        return self.terms.is_quarter(label)

    def _lacks(self, standing: Standing) -> tuple[str, ...]:
        """What keeps the item from the row that it is closest to."""
        rows = [
            row for row in self.handbook.work_queue.table if (row.kind, row.stage) == (standing.kind, standing.stage)
        ]
        misfits = [self.terms.misfits(row, standing) for row in rows]
        if not misfits:
            return (f"a row for {standing.kind}s {standing.stage}",)
        nearest = min(misfits, key=len)
        scope = next(iter(self.handbook.priorities), "priority::1").rpartition("::")[0]
        words = {"priority": f"a {scope} label"}
        return tuple(dict.fromkeys(words.get(misfit.field, misfit.wants) for misfit in nearest))


def _age(item: Item) -> tuple[datetime, str]:
    return item.created_at, item.ref


def are_linked(one: Issue, other: Issue) -> bool:
    """Whether a link of any kind is between two issues, as either of them tells: not both may have been read since."""
    return any(a.ref in (*b.related, *b.blocks, *b.blocked_by) for a, b in ((one, other), (other, one)))


def marked(labels: Iterable[str]) -> str:
    """Labels as GitLab shows them in text: ~one and ~two."""
    return " and ".join(f"~{label}" if " " not in label else f'~"{label}"' for label in labels)


def listed(words: Sequence[str]) -> str:
    """Words in a sentence: one, two and three."""
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)
