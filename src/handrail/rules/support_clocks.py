"""Support clocks (clauses support.*): what came out upstream has one issue, kept up to date until proof ends it.

A release that has to be supported and is not yet gets its issue once, in the milestone that is aimed at; so many a
week, the most pressing first, so that a first look at all that there is opens no flood. The issue is known again, one
that somebody else opened by its title. What we wrote in its description is kept up to date. It moves with the date
where nobody has planned it otherwise, asks for somebody as the date nears, is the managers' once that is over, and is
closed when one of our releases is shown to have it.

What else people have to know is said beside it: dates that changed upstream, releases without one, vendors' ends, holds
that end, and products of which nothing is known. Where nobody reads what comes out upstream, nothing is said at all.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import partial
from itertools import chain
from typing import Annotated, ClassVar, Literal

from annotated_types import Ge, Gt
from msgspec import Struct, convert

from handrail.handbook.settings import RuleSettings, Text
from handrail.model.actions import (
    AddLabels,
    Change,
    CloseItem,
    Comment,
    CreateItem,
    EditDescription,
    Evidence,
    RemoveLabels,
    SetMilestone,
)
from handrail.model.findings import TEAM, Finding, Remedy, Severity
from handrail.model.items import Issue
from handrail.model.markdown import between_marks, brought_up_to_date, differing, harmless, quiet
from handrail.model.support import RULE, SupportClass, SupportClock
from handrail.rules.desk import Desk, marked
from handrail.rules.opened_issues import completed, likely_issue
from handrail.rules.reminders import reminder
from handrail.rules.rollover import RULE as ROLLOVER
from handrail.rules.support_notices import PRESSING, Tracked, as_known, by_release, clause_of, named, notices
from handrail.support.evidence import topic
from handrail.support.own_releases import own_release

CLAUSES = (
    "support.dependencies",
    "support.kubernetes-policy",
    "support.kubernetes-months",
    "support.ubuntu",
    "support.rhel",
    "support.debian",
    "support.other-minor",
    "support.other-major",
)
FINDINGS = {
    "to-open": "a release has to be supported, none of ours has it yet, and it has no issue",
    "later": "the same, and no issue is opened now: there were as many this week as may be, or no project is read",
    "plan": "a release's open issue is not in the milestone that is aimed at, and nobody has planned it otherwise",
    "out-of-date": "our part of the description of an issue that we opened says what does not hold any more",
    "due-soon": "a release's issue is open, and few of our releases come before it is due",
    "overdue": "a release's issue is open after the day on which it was due",
    "in-time-again": "a release's open issue has a label that says overdue, and it is not, or no longer",
    "supported": "a release's issue is open, and one of our releases is shown to have it",
    "not-needed": "an issue that we opened for a release is open, and nobody has to support that any more",
    "date-changed": "a date changed upstream within days, of a release or of the end of its support",
    "undated": "a release is there upstream, and nobody says when it came out",
    "ends-soon": "the vendor's support of what our releases have ends within the notice that is to be given",
    "ended": "the vendor's support of what our releases have is over",
    "gone": "what our releases have is not there any more upstream",
    "hold": "a hold ends within days, or has ended, and none of our releases has what waited",
    "unknown": "of one of the handbook's products nothing came out as far as is known, though of others it did",
}
"""When each of the rule's findings is made."""
_SEVERITIES: Mapping[str, Severity] = {"overdue": "breach", "due-soon": "warning", "open": "note"}
_NOT_NOW = " Others come first: as many were opened this week as the handbook has it."
_NOWHERE = " The handbook names no project that is read, in which one could be opened."
_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Kind:
    """What is particular to the issues of one class of releases."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    project: str = ""
    """The source, by name or path, in which they are opened, if it is another."""
    labels: tuple[Text, ...] = ()
    """What they carry besides."""


@dataclass(frozen=True)
class Settings(RuleSettings):
    """What a release's issue looks like and where it is opened, how many at once, and what is said ahead."""

    title: Text = "Support {product} {release}"
    """The issue's title, by which it is known; `{product}` and `{release}` stand for those."""
    description: Text = "- [ ] It is built, tested and documented"
    """What it says below its dates, kept up to date; `{product}`, `{release}` and `{ends}`, its vendor's, stand for
    those."""
    project: str = ""
    """The source, by name or path, in which it is opened; empty: none is."""
    labels: tuple[Text, ...] = ()
    """What it carries beside the required labels."""
    kinds: dict[SupportClass, Kind] = field(default_factory=dict)
    """What is particular to a class of releases."""
    milestone: Literal["target", "due"] = "target"
    """Whether it is planned for the milestone that is aimed at, or for the last one that is in time."""
    overdue_labels: tuple[Text, ...] = ()
    """What it carries once the day is over."""
    most_a_week: Annotated[int, Gt(0)] = 5
    """So many of them are opened within a week."""
    changed_days: Annotated[int, Gt(0)] = 30
    """Days for which it is said that a date changed upstream."""
    hold_days: Annotated[int, Ge(0)] = 14
    """Days before a hold ends on which it is said."""


class _Case(Struct, frozen=True):
    """A clock, the issue about it, and who of the team answers for it: its issue's group, else its product's."""

    clock: SupportClock
    issue: Issue | None
    """The open one, else one that ended lately."""
    had_one: bool
    """Whether there is one, or we opened one and it has ended since."""
    group: tuple[str, ...]
    wrote: str
    """What we wrote last in the issue's description, where it is kept up to date."""

    @property
    def is_stood_for(self) -> bool:
        """Whether a newer release of the product is as good."""
        return self.clock.upstream.kind == "dependency"

    @property
    def name(self) -> str:
        return named((self.clock.upstream.product, self.clock.upstream.release))


def subjects(desk: Desk) -> Iterable[str]:
    """The team as a whole."""
    return (TEAM,)


def decide(team: str, desk: Desk, settings: Settings) -> Iterator[Finding]:
    """What is to be opened, what becomes of the issues that are there, and what else people have to know."""
    clocks, find = by_release(desk.snapshot, desk.handbook), _Found(desk, settings)
    group = partial(_group, desk=desk, settings=settings)
    cases = {release: find.case(clock, group(release[0]), desk) for release, clock in clocks.items()}
    issues = {release: one.issue for release, one in cases.items() if one.issue and one.issue.state == "opened"}
    for release, issue in issues.items():
        yield from _about(issue, cases[release], desk, settings)
    yield from _without(tuple(cases.values()), desk, settings)
    yield from notices(Tracked(clocks, issues, group), settings.changed_days, settings.hold_days, desk)


def tracked(clocks: Iterable[SupportClock], desk: Desk) -> dict[tuple[str, str], str]:
    """The reference of each release's issue, by product and release, where there is one."""
    settings = convert(desk.handbook.rules.get(RULE, {}), Settings)
    found = desk.once("issues of releases", lambda: _Found(desk, settings))
    cases = ((one.upstream.product, one.upstream.release, found.case(one, (), desk).issue) for one in clocks)
    return {(product, release): issue.ref for product, release, issue in cases if issue}


# --- which issue, where, and whose ---------------------------------------------------------------------------


class _Found:
    """The issues about releases: those that we opened, whatever they are called by now, and others by their titles."""

    def __init__(self, desk: Desk, settings: Settings) -> None:
        self._settings, self._open = settings, desk.snapshot.by_ref
        self._ours = {one.topic: one for one in desk.snapshot.tracking}
        self._titled = {
            _folded(item.title): item
            for item in chain(desk.snapshot.closed, desk.snapshot.items)  # an open one rather than one that ended
            if isinstance(item, Issue) and desk.read(item).ours
        }

    def case(self, clock: SupportClock, group: tuple[str, ...], desk: Desk) -> _Case:
        """A release's clock with its issue; ``group`` answers for its product."""
        ours = self._ours.get(topic(clock.upstream.product, clock.upstream.release))
        item = self._open.get(ours.ref) if ours else None
        issue = item if isinstance(item, Issue) else self._titled.get(_folded(_title(clock, self._settings)))
        wrote = ours.wrote if ours and issue is item else ""
        return _Case(clock, issue, bool(ours or issue), (issue and _members(issue, desk)) or group, wrote)


def _folded(title: str) -> str:
    return " ".join(title.split()).casefold()


def _is_ours(issue: Issue, desk: Desk) -> bool:
    """Whether we opened it: as is known, or as its author tells."""
    return issue.author == desk.handbook.team.handle or any(issue.ref == one.ref for one in desk.snapshot.tracking)


def _title(clock: SupportClock, settings: Settings) -> str:
    """As the handbook has it; product and release are in it, so that no two releases share one."""
    marks = {"{product}": clock.upstream.product, "{release}": clock.upstream.release}
    title = settings.title if all(mark in settings.title for mark in marks) else f"{settings.title} {' '.join(marks)}"
    return _filled(title, marks)


def _filled(text: str, marks: Mapping[str, str]) -> str:
    return re.sub("|".join(map(re.escape, marks)), lambda mark: marks[mark[0]], text)


def _project(kind: SupportClass, desk: Desk, settings: Settings) -> str:
    """The path of the project in which its issues are opened; empty where none of that name is read."""
    name = settings.kinds.get(kind, Kind()).project or settings.project
    source = desk.handbook.sources.get(name)
    path = source.path if source else name
    return path if desk.terms.is_source(path) else ""


def _labels(kind: SupportClass, settings: Settings) -> tuple[str, ...]:
    return (*settings.labels, *settings.kinds.get(kind, Kind()).labels)


def _group(product: str, desk: Desk, settings: Settings) -> tuple[str, ...]:
    """The members of the group that answers for a product: the one whose label its issues get."""

    def members() -> tuple[str, ...]:
        kind = desk.handbook.support.products[product].kind
        project = _project(kind, desk, settings)
        if not project:
            return ()
        change = completed(CreateItem(product, f"Support {product}", "", _labels(kind, settings)), RULE, project, desk)
        return _members(likely_issue(change, project, desk), desk)

    return desk.once(f"{RULE}: group", members, product)


def _members(issue: Issue, desk: Desk) -> tuple[str, ...]:
    key = desk.read(issue).group
    return tuple(sorted(name for name, person in desk.snapshot.people.items() if key in person.groups))


def _milestone(clock: SupportClock, desk: Desk, settings: Settings) -> str | None:
    """Where it is planned, as long as GitLab has that milestone and it runs on: what is open on its last day moves."""
    aim, title = _aim(clock, desk, settings), clock.due_milestone
    if aim != clock.due:
        own = (own_release(one) for one in desk.snapshot.milestones.values())
        title = next((one.title for one in own if one and one.released == aim), None)
    due = desk.due_of(title) if title and title in desk.snapshot.milestones else None
    return title if due and due > desk.snapshot.today else None


def _aim(clock: SupportClock, desk: Desk, settings: Settings) -> date | None:
    """The day of the release that it is planned for: the target, and once that is over the last one in time."""
    is_ahead = clock.target is not None and clock.target >= desk.snapshot.today
    return clock.target if settings.milestone == "target" and is_ahead else clock.due


# --- what is to be opened ------------------------------------------------------------------------------------


def _without(cases: Sequence[_Case], desk: Desk, settings: Settings) -> Iterator[Finding]:
    """Those without an issue: the most pressing are opened, as many as may be within a week.

    Of a dependency the newest alone, since it stands for the older ones, and what follows by itself needs none.
    """
    since = desk.snapshot.now - _WEEK
    opened = {one.ref for one in desk.snapshot.tracking if one.at > since}
    opened |= {
        one.issue.ref for one in cases if one.issue and one.issue.created_at > since and _is_ours(one.issue, desk)
    }
    room = settings.most_a_week - len(opened)
    waiting = [case for case in cases if case.clock.verdict in PRESSING and not case.clock.follows]
    newest = {case.clock.upstream.product: case for case in waiting}  # they come by version
    without = [case for case in waiting if not case.had_one and (case in newest.values() or not case.is_stood_for)]
    for case in sorted(without, key=lambda case: (PRESSING.index(case.clock.verdict), case.clock.due)):
        project = _project(case.clock.upstream.kind, desk, settings)
        is_opened = bool(project) and room > 0
        room -= is_opened
        yield _to_open(case, project, desk, settings, is_opened=is_opened)


def _to_open(case: _Case, project: str, desk: Desk, settings: Settings, *, is_opened: bool) -> Finding:
    clock, day = case.clock, desk.voice.day
    late = clock.verdict == "overdue"
    says = (
        f"{case.name} came out on {day(clock.upstream.released)}, has no issue, and {'was' if late else 'is'} to be "
        f"supported {clock.policy}, by {day(_last(clock, desk))}: {clock.why}."
    )
    if not is_opened:
        says += _NOT_NOW if project else _NOWHERE
    return Finding(
        RULE,
        clock.clause,
        project or TEAM,
        "to-open" if is_opened else "later",
        says,
        _evidence(case, desk),
        _SEVERITIES[clock.verdict],
        case.group,
        (Remedy(_opened(case, desk, settings)),) if is_opened else (),
        case.name,
    )


def _opened(case: _Case, desk: Desk, settings: Settings) -> CreateItem:
    clock, upstream = case.clock, case.clock.upstream
    aim = _aim(clock, desk, settings)
    milestone = _milestone(clock, desk, settings)
    if milestone is None and aim and aim > desk.snapshot.today:  # GitLab does not have it yet
        undated = desk.handbook.planning.undated_milestones
        milestone = next((title for title in undated if title in desk.snapshot.milestones), None)
    return CreateItem(
        topic(upstream.product, upstream.release),
        _title(clock, settings),
        between_marks(_text(case, desk, settings)),
        _labels(upstream.kind, settings),
        milestone=milestone,
    )


def _text(case: _Case, desk: Desk, settings: Settings) -> str:
    """What its description says: the dates, by what policy or hold, and the checklist."""
    clock, upstream = case.clock, case.clock.upstream
    target = f"aimed at {clock.target} and " if clock.target != clock.due else ""
    is_now = clock.why if clock.verdict == "held" else f"{target}due by {_last(clock, desk)}"
    about = f"{case.name} came out on {upstream.released} and is to be supported {clock.policy}.\nIt is {is_now}."
    ends = f"{upstream.ends}" if upstream.ends else "not known yet"
    marks = {"{product}": upstream.product, "{release}": upstream.release, "{ends}": ends}
    return harmless(quiet(f"{about}\n\n{_filled(settings.description.strip(), marks)}"))


# --- what becomes of an open issue ---------------------------------------------------------------------------


def _about(issue: Issue, case: _Case, desk: Desk, settings: Settings) -> Iterator[Finding]:
    verdict = case.clock.verdict
    if verdict in {"met", "missed"}:
        yield _supported(issue, case, desk)
        return
    if verdict == "out-of-scope":
        if _is_ours(issue, desk):
            yield _not_needed(issue, case, desk)
        return
    worn = tuple(label for label in settings.overdue_labels if label in issue.labels)
    if verdict == "overdue":
        yield _overdue(issue, case, desk, settings)
    elif worn:
        says = f"It has {marked(worn)}, and {case.name} is not overdue: {case.clock.why}."
        yield _found(issue, case, "in-time-again", says, desk, (Remedy(RemoveLabels(worn)),))
    yield from _out_of_date(issue, case, desk, settings)
    if verdict == "due-soon":
        yield _due_soon(issue, case, desk)
    if verdict != "held":
        yield from _other_milestone(issue, case, desk, settings)


def _other_milestone(issue: Issue, case: _Case, desk: Desk, settings: Settings) -> Iterator[Finding]:
    """It moves where nobody has planned it, or where the dates changed that it was planned by."""
    clock, upstream = case.clock, case.clock.upstream
    wanted = _milestone(clock, desk, settings)
    if wanted is None or wanted == issue.milestone:
        return
    planned = max((stay.since for stay in issue.milestones), default=issue.created_at)
    then = as_known((upstream.product, upstream.release), planned, desk)
    if desk.is_unscheduled(issue) or (then and _milestone(then, desk, settings) == issue.milestone):
        aim = _aim(clock, desk, settings)
        assert aim is not None
        says = (
            f"It is in {issue.milestone or 'no milestone'}, and {case.name} is planned for {wanted}, which is released "
            f"by {desk.voice.day(aim)}."
        )
        yield _found(issue, case, "plan", says, desk, (Remedy(SetMilestone(wanted)),))


def _out_of_date(issue: Issue, case: _Case, desk: Desk, settings: Settings) -> Iterator[Finding]:
    """What we wrote in its description holds no more, and stands there still."""
    wanted = _text(case, desk, settings)
    gone, come = (" ".join(lines).strip(" .") for lines in differing(case.wrote, wanted))
    part = brought_up_to_date(issue.part, case.wrote, wanted)
    if issue.part and case.wrote and part != issue.part and (gone or come):
        says = f"Its description still says “{gone}”" if gone else "Its description does not say yet"
        says += f"{', and not' if gone else ''} “{come}”." if come else "."
        yield _found(issue, case, "out-of-date", says, desk, (Remedy(EditDescription(part, wanted, case.wrote)),))


def _due_soon(issue: Issue, case: _Case, desk: Desk) -> Finding:
    clock, due = case.clock, desk.voice.day(_last(case.clock, desk))
    says = f"{case.name} is due by {due}; {clock.why}."
    asks = f"{case.name} is to be supported {clock.policy}, by {due}. "
    if issue.assignees:
        asks += "Could you write down how it stands? If it has to wait, EM and PM can agree on a hold until a day."
    else:
        asks += "Nobody is assigned yet. Could one of you take it, or say what keeps it?"
    to = desk.reachable(issue.assignees or case.group or desk.otherwise)
    comment = Comment("due-soon", to, "thank you for looking after what we support", asks)
    return _found(issue, case, "due-soon", says, desk, (Remedy(comment),) if to else ())


def _overdue(issue: Issue, case: _Case, desk: Desk, settings: Settings) -> Finding:
    clock, last = case.clock, _last(case.clock, desk)
    says = f"{case.name} was due by {desk.voice.day(last)}; {clock.why}."
    whose = desk.voice.names(issue.assignees) + (" has it" if len(issue.assignees) == 1 else " have it")
    asks = (
        f"{case.name} was to be supported {clock.policy}, by {desk.voice.day(last)}, and none of our releases has it "
        f"yet; {whose if issue.assignees else 'nobody is assigned'}. Could you decide what becomes of it: which "
        "release it goes into, or a hold until a day, with the reason?"
    )
    since = desk.midnight(last + timedelta(days=1))
    thanks = "thank you for looking after what we support"
    comment = reminder(desk, "overdue", since, desk.managers, thanks, asks)
    lacking = tuple(label for label in settings.overdue_labels if label not in issue.labels)
    changes: list[Change] = [AddLabels(lacking)] if lacking else []
    changes += [comment] if comment else []
    return _found(issue, case, "overdue", says, desk, tuple(map(Remedy, changes)), desk.managers)


def _supported(issue: Issue, case: _Case, desk: Desk) -> Finding:
    """Closed with the proof, by which people can see that it is so."""
    clock = case.clock
    proof = f" (shown by {clock.proof})" if clock.proof else ""
    says = f"{case.name} is supported since {clock.supported_in}: {clock.why}{proof}."
    asks = f"{says} So this can be closed; what is left of its list may have an issue of its own."
    return _closed(issue, case, "supported", says, asks, desk)


def _not_needed(issue: Issue, case: _Case, desk: Desk) -> Finding:
    says = f"Nobody has to support {case.name} any more: {case.clock.why}."
    return _closed(issue, case, "not-needed", says, f"{says} So this can be closed.", desk)


def _closed(issue: Issue, case: _Case, code: str, says: str, asks: str, desk: Desk) -> Finding:
    due = desk.due_of(issue.milestone) if issue.milestone else None
    if due is not None and due <= desk.snapshot.today and desk.asks(ROLLOVER):  # what moves on is closed where it goes
        return _found(issue, case, code, says, desk, ())
    to = desk.reachable(desk.owners(issue)) or desk.otherwise
    comment = Comment(code, to, "thank you for looking after this release", asks, last=True)
    remedies = (Remedy(comment), Remedy(CloseItem())) if to else (Remedy(CloseItem()),)
    return _found(issue, case, code, says, desk, remedies)


def _found(
    issue: Issue,
    case: _Case,
    code: str,
    says: str,
    desk: Desk,
    remedies: tuple[Remedy, ...],
    also: tuple[str, ...] = (),
) -> Finding:
    """About an open issue: whoever has it can act on it, else the group that answers for it."""
    has = tuple(name for name in issue.assignees if desk.is_member(name))
    who = tuple(dict.fromkeys((*(has or case.group), *also)))
    severity = _SEVERITIES.get(code, "note")
    clause = case.clock.clause or clause_of(case.clock.upstream.product, desk)
    return Finding(RULE, clause, issue.ref, code, says, _evidence(case, desk), severity, who, remedies)


def _evidence(case: _Case, desk: Desk) -> tuple[Evidence, ...]:
    clock = case.clock
    came = Evidence(f"{case.name} came out", desk.midnight(clock.upstream.released))
    return (came, Evidence(f"it is due {clock.policy}", desk.midnight(clock.due))) if clock.due else (came,)


def _last(clock: SupportClock, desk: Desk) -> date:
    """The last day on which it is in time, as it was agreed on: a hold may be longer than the policy."""
    assert clock.days_left is not None
    return desk.snapshot.today + timedelta(days=clock.days_left)
