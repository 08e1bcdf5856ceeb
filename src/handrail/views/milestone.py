"""What there is to say of a milestone: who has how much, what was committed and what became of it, what came in."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any, get_args
from urllib.parse import urlencode

from handrail.errors import UserError
from handrail.model.findings import Finding, Severity
from handrail.model.items import Issue, url_of
from handrail.model.planning import Milestone
from handrail.plan.words import counted
from handrail.rules.catalogue import findings, rules, settings_of
from handrail.rules.desk import Desk
from handrail.rules.issue_work import last_day, live_claim
from handrail.rules.milestone_commitments import Became, Commitment, commitments
from handrail.rules.milestone_load import Load, deliverables, loads, work
from handrail.rules.milestone_planning import Settings
from handrail.rules.unplanned_request import Settings as Requests
from handrail.rules.unplanned_work import NO_SOURCE, source_of, taken_in
from handrail.worktime import release_calendar

DeskAt = Callable[..., Desk]
"""Gives the desk of a past moment; with ``closed=True`` with what had ended lately then."""
WHOSE = {"to-schedule": "Ready to be scheduled", "deliverable-by": "Deliverables that neither EM nor PM has confirmed"}
"""The managers' lists, by the code of the rule's finding."""
SLIPS = ("left-over", "no-news", "over-capacity")
"""The codes of what says that something of a milestone slips, or may."""


@dataclass(frozen=True)
class Look:
    """What there is to say of a milestone, as of the desk's moment."""

    desk: Desk
    milestone: Milestone
    loads: Sequence[Load]
    left_out: Sequence[str]
    """The members who have no load, since they are no engineers."""
    theirs: int
    """How many of the issues that would be their load are assigned to them."""
    nobodys: Sequence[Issue]
    """Open Deliverables that nobody of the team is assigned to."""
    committed: Sequence[Commitment] | None
    """None where the facts do not tell: it has not begun, or they have no past, or nothing of it."""
    added: Sequence[Issue]
    """Deliverables since the start."""
    unplanned: Sequence[tuple[Issue, str]]
    """With where each comes from."""
    findings: Sequence[Finding]
    is_known: bool
    """Whether it is not over yet, or the facts have anything of it: of one long ago they may not."""

    @property
    def when(self) -> str:
        """Which moment of it is shown."""
        today, due = self.desk.snapshot.today, self.milestone.due
        assert self.milestone.start is not None
        assert due is not None
        if self.desk.snapshot.now < self.desk.midnight(self.milestone.start):
            return "not begun"
        if today > due:
            return "over"
        left = (due - today).days
        return "its last day" if left == 0 else f"{left} more day{'s' if left > 1 else ''}"

    @property
    def days(self) -> str:
        """From when to when it is."""
        start, due, day = self.milestone.start, self.milestone.due, self.desk.voice.day
        assert start is not None
        assert due is not None
        year = f" {due.year}"
        return f"{day(start)} to {day(due).removesuffix(year)}{year}"

    @property
    def unknown(self) -> str:
        """Why nobody can tell what was committed, and what else, as a sentence; nothing where it is known."""
        if self.committed is not None:
            return ""
        start = self.milestone.start
        begun = start is not None and start <= self.desk.snapshot.today
        why = "it has not begun"
        if begun:
            why = "these facts have no past" if self.is_known else "these facts know nothing of it"
        what = "What was committed at its start is" if self.is_known else "Who had what, and what was committed, are"
        return f"{what} not known: {why}."

    @property
    def outcome(self) -> str:
        """How many were committed, and what became of them."""
        became = sorted((one.became for one in self.committed or ()), key=get_args(Became).index)
        return " · ".join([f"{len(became)}", *(f"{count} {one}" for one, count in Counter(became).items())])

    @property
    def dates_from(self) -> str:
        """A word on whose dates these are, where GitLab has no such milestone."""
        known = self.milestone.title in self.desk.snapshot.milestones
        return "" if known else "These facts have no milestone of that title: the dates are the release calendar’s."

    @property
    def others(self) -> str:
        """Who has no row, and whether they have work that so stands in none; nothing where everybody has one."""
        if not self.left_out:
            return ""
        has = f", with {counted(self.theirs, 'issue')}" if self.theirs else ""
        return f"not in the table, which is of engineers: {self.desk.voice.names(tuple(self.left_out))}{has}"


def points(number: float) -> str:
    """To a tenth: nobody plans more finely."""
    return f"{round(number, 1):g}"


def over_words(load: Load) -> str:
    """A person's points against their room."""
    over = f", {points(load.points - load.room)} too many" if load.is_over else ""
    return f"{points(load.points)} of {points(load.room)}{over}"


def became_words(one: Commitment) -> str:
    """What became of what was committed."""
    return f"moved to {one.to}" if one.to else one.became


def look_at(title: str | None, desk: Desk, then: DeskAt, now: datetime, *, has_past: bool, is_past: bool) -> Look:
    """The milestone of that title, or the running one, at a desk that has what ended lately.

    ``then`` gives the desk of another moment, ``now`` is the facts' own, ``has_past`` whether they tell of any other.
    A milestone that is over is shown as it was at its end, unless ``is_past``: the desk's moment was asked for.
    Raises UserError where none runs, or none of that title has dates.
    """
    found, handbook = dated(title, desk), desk.handbook
    assert found.start is not None
    assert found.due is not None
    start, end = desk.midnight(found.start), desk.midnight(found.due + timedelta(days=1))
    if has_past and not is_past and end < desk.snapshot.now:
        desk = then(end, closed=True)
    settings, requests = (settings_of(handbook, rules()[name]) for name in ("milestone_planning", "unplanned_work"))
    assert isinstance(settings, Settings)
    assert isinstance(requests, Requests)
    planned = list(deliverables(found.title, desk))
    left_out = [name for name, person in sorted(desk.snapshot.people.items()) if not person.is_engineer]
    committed = None
    if has_past and start <= desk.snapshot.now:
        committed = commitments(found.title, then(start), desk)
    items = (*desk.snapshot.items, *desk.snapshot.closed)
    is_known = now < end or bool(committed) or any(one.milestone == found.title for one in items)
    if not is_known:
        committed = None
    before = {one.issue.ref for one in committed or ()}
    return Look(
        desk,
        found,
        loads(found, desk, settings.capacity) if is_known else [],
        left_out,
        sum(not {*left_out}.isdisjoint(one.assignees) for one in work(found.title, desk)),
        [one for one in planned if one.state == "opened" and not any(desk.is_member(name) for name in one.assignees)],
        committed,
        [one for one in planned if committed is not None and one.ref not in before],
        [(one, source_of(one, desk, requests) or NO_SOURCE) for one in taken_in(found.title, desk)],
        [
            one
            for one in _planning(desk)
            if one.code == "to-schedule" or (one.code == "deliverable-by" and one.period in {"", found.title})
        ],
        is_known,
    )


def _planning(desk: Desk) -> list[Finding]:
    return desk.once("milestone: planning", lambda: findings(desk, ["milestone_planning"]))


def slips(look: Look) -> list[Finding]:
    """What of the milestone slips or may, each with who can say so; the gravest first."""
    title = look.milestone.title
    those = [one for one in _planning(look.desk) if one.code in SLIPS and one.period == title]
    return sorted(those, key=lambda one: (SLIPS.index(one.code), one.subject))


def breakers(desk: Desk) -> list[Finding]:
    """The iterations that go on longer than they should, or of which nobody can tell; the gravest first."""
    found = desk.once("milestone: breakers", lambda: findings(desk, ["iteration_breakers"]))
    return sorted(found, key=lambda one: (-get_args(Severity).index(one.severity), one.subject))


def claimed(look: Look) -> list[tuple[Issue, str]]:
    """The milestone's issues that somebody holds by a claim, and a word on who and how long."""
    title = look.milestone.title
    return look.desk.once("milestone: claimed", lambda: list(_claimed(title, look.desk)), title)


def _claimed(title: str, desk: Desk) -> Iterator[tuple[Issue, str]]:
    for item in desk.in_milestone(title):
        claim = live_claim(item, desk) if isinstance(item, Issue) else None
        if claim is not None and isinstance(item, Issue):
            until = desk.voice.day(last_day(claim, desk))
            yield item, f"{desk.voice.name(claim.by)} would like to start, and holds it through {until}"


def neighbours(look: Look) -> tuple[str | None, str | None]:
    """The milestones with dates before and after."""
    known = sorted((one.start, one.title) for one in look.desk.snapshot.milestones.values() if one.start and one.due)
    titles = [title for _, title in known]
    if look.milestone.title not in titles:
        return None, None
    at = titles.index(look.milestone.title)
    return titles[at - 1] if at else None, titles[at + 1] if at + 1 < len(titles) else None


def dashboards(look: Look) -> dict[str, str]:
    """Addresses by name: on GitLab the milestone's board and merge requests of the team; the handbook's own boards.

    The former are those of the group that all sources are in, with GitLab's parameters of lists and boards.
    """
    desk, handbook = look.desk, look.desk.handbook
    those = {name: url for name, url in handbook.links.items() if "board" in name.casefold()}
    group = _common([source.path for source in handbook.sources.values()])
    if group in desk.snapshot.projects:
        group = group.rpartition("/")[0]
    item = next((one for one in desk.snapshot.items if one.sigil != "&"), None)
    site = url_of(item).partition(f"/{item.project}/-/")[0] if item else ""
    if group and site:
        which = urlencode({"milestone_title": look.milestone.title, "label_name[]": handbook.labels.team})
        lists = {"board": "boards", "merge requests": "merge_requests"}
        those = {f"{name} on GitLab": f"{site}/groups/{group}/-/{page}?{which}" for name, page in lists.items()} | those
    return those


def _common(paths: Sequence[str]) -> str:
    """The group that all of these are in, or are; empty where there is none."""
    parts = [path.split("/") for path in paths]
    return "/".join(each[0] for each in takewhile(lambda each: len(set(each)) == 1, zip(*parts, strict=False)))


def dated(title: str | None, desk: Desk) -> Milestone:
    """The milestone that is meant, with its dates. Raises UserError where none runs, or none of that title is dated."""
    wanted = title or desk.milestone_on(desk.snapshot.today)
    if wanted is None:
        raise UserError(f"No milestone runs on {desk.snapshot.today}: name one, such as 19.2.")
    known = desk.snapshot.milestones.get(wanted) or release_calendar.milestone(wanted)
    if known is None or known.start is None or known.due is None:
        those = sorted((one.start, one.title) for one in desk.snapshot.milestones.values() if one.start)
        names = f": {', '.join(one for _, one in those[-8:])}" if those else "."
        raise UserError(f"“{wanted}” is no milestone with dates. GitLab has these{names}")
    return Milestone(wanted, known.start, known.due)


def as_milestone(look: Look) -> dict[str, Any]:
    """A milestone as JSON holds it."""

    def issue(one: Issue, **more: object) -> dict[str, Any]:
        return {"ref": one.ref, "title": one.title, "assignees": one.assignees, "weight": one.weight, **more}

    return {
        "milestone": look.milestone.title,
        "start": look.milestone.start,
        "due": look.milestone.due,
        "at": look.desk.snapshot.now,
        "people": [
            {
                "person": one.person,
                "points": one.points,
                "room": one.room,
                "over": one.is_over,
                "days": one.days,
                "days_on_duty": one.days_on_duty,
                "days_off": one.days_off,
                "days_reserved": one.days_reserved,
                "issues": one.issues,
            }
            for one in look.loads
        ],
        "left_out": look.left_out,
        "unassigned": [issue(one) for one in look.nobodys],
        "committed": None
        if look.committed is None
        else [issue(one.issue, became=one.became, to=one.to or None) for one in look.committed],
        "added": [issue(one) for one in look.added],
        "unplanned": [issue(one, source=source) for one, source in look.unplanned],
        "findings": look.findings,
    }
