"""What people have to know of upstream releases beside their clocks: dates that changed, ends, holds, and gaps."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace as with_fields

from handrail.handbook.schema import Handbook
from handrail.model.actions import Comment, Evidence
from handrail.model.findings import TEAM, Finding, Remedy, Severity
from handrail.model.items import Issue
from handrail.model.snapshot import Snapshot
from handrail.model.support import RULE, SupportClock, Verdict
from handrail.rules.desk import Desk
from handrail.support.clocks import clocks_of
from handrail.support.published import Change, changes, known, undated

Release = tuple[str, str]
"""A product and its version."""
_NO_POLICY = "support.dependencies"
"""The clause for what the handbook has taken the policy of away: it says the least of all."""
_DATES = {"released": "the day of its release", "ends": "the end of its vendor’s support"}
_ENDS = frozenset({"ends-soon", "ended", "gone"})
PRESSING: tuple[Verdict, ...] = ("overdue", "due-soon", "open")
"""Verdicts of what asks for work, the most pressing first."""


class Tracked(Struct, frozen=True):
    """The clocks and the open issues by release, and who of the team answers for a product."""

    clocks: Mapping[Release, SupportClock]
    issues: Mapping[Release, Issue]
    group: Callable[[str], tuple[str, ...]]


def notices(tracked: Tracked, changed_days: int, hold_days: int, desk: Desk) -> Iterator[Finding]:
    """All of it."""
    yield from _changed(tracked, changed_days, desk)
    yield from _undated(tracked, desk)
    yield from _ends(tracked, desk)
    yield from _gone(tracked, desk)
    yield from _holds(tracked, hold_days, desk)
    yield from _unknown(tracked, desk)


def by_release(snapshot: Snapshot, handbook: Handbook) -> dict[Release, SupportClock]:
    """The clocks of what the team looks after."""
    found = clocks_of(snapshot, handbook.support)
    return {(one.upstream.product, one.upstream.release): one for one in found}


def as_known(release: Release, then: datetime, desk: Desk) -> SupportClock | None:
    """The clock of a release by the dates that were known at a moment; None where it has not begun by those."""

    def clocks() -> dict[Release, SupportClock]:
        told = (one for one in known(desk.snapshot.published, then).values() if one.product == release[0])
        return by_release(replace(desk.snapshot, published=tuple(told)), desk.handbook)

    return desk.once(f"{RULE}: as known", clocks, (release[0], then)).get(release)


def named(release: Release) -> str:
    """A product and its version, as people write them."""
    return " ".join(release)


def clause_of(product: str, desk: Desk, code: str = "") -> str:
    """The clause that says by when a product's releases are supported, or until when those of Kubernetes are."""
    policies = desk.handbook.support
    stated = policies.products[product]
    if stated.kind == "kubernetes" and code in _ENDS:
        return "support.kubernetes-policy"
    policy = policies.policies.get(stated.policy or stated.kind)
    return policy.clause if policy else _NO_POLICY


def _changed(tracked: Tracked, days: int, desk: Desk) -> Iterator[Finding]:
    """Dates that changed lately."""
    snapshot, lately = desk.snapshot, desk.snapshot.now - timedelta(days=days)
    told = [
        one
        for one in changes(snapshot.published, snapshot.now)
        if one.what in _DATES and one.since > lately and one.product in desk.handbook.support.products
    ]
    told.sort(key=lambda one: (one.product, one.release, one.since))
    for release, those in groupby(told, key=lambda one: (one.product, one.release)):
        yield _date_changed(release, tuple(those), tracked, desk)


def _date_changed(release: Release, those: tuple[Change, ...], tracked: Tracked, desk: Desk) -> Finding:
    """On its open issue it is said to whoever has that, once, and edited when the dates change again."""
    says = "; ".join(_other_date(one, desk) for one in those)
    says = f"Of {named(release)} {says}{_effect(release, those[0].since, tracked, desk)}."
    evidence = tuple(Evidence(f"{_DATES[one.what]} was seen to be another", one.since) for one in those)
    issue = tracked.issues.get(release)
    if issue is None:
        return _notice("date-changed", release, says, tracked, desk, evidence)
    who = desk.owners(issue) if issue.assignees else tracked.group(release[0])
    to = desk.reachable(issue.assignees or who)
    remedies = (Remedy(Comment("dates", to, "thank you for looking after this release", says)),) if to else ()
    return Finding(
        RULE, clause_of(release[0], desk), issue.ref, "date-changed", says, evidence, who=who, remedies=remedies
    )


def _other_date(one: Change, desk: Desk) -> str:
    day = desk.voice.day
    new, old = (day(told) if isinstance(told, date) else "not given any more" for told in (one.new, one.old))
    before = f", and was {old}" if one.old else ""
    return f"{_DATES[one.what]} is {new}, as was seen on {day(desk.date_of(one.since))}{before}"


def _effect(release: Release, since: datetime, tracked: Tracked, desk: Desk) -> str:
    now, then = tracked.clocks.get(release), as_known(release, since - timedelta(microseconds=1), desk)
    if now is None or now.due is None or now.supported_in:
        return ""
    due = f"; it is due on {desk.voice.day(now.due)}"
    if then is None or then.due is None:
        return due
    return f"{due}, as before" if then.due == now.due else f"{due} instead of {desk.voice.day(then.due)}"


def _undated(tracked: Tracked, desk: Desk) -> Iterator[Finding]:
    snapshot = desk.snapshot
    for one in undated(snapshot.published, desk.handbook.support, snapshot.now, snapshot.today):
        release = one.product, one.release
        says = (
            f"Of {named(release)} nobody says when it came out, so that its clock does not run: a file of the "
            "team’s (`file` of the product) can say so."
        )
        yield _notice("undated", release, says, tracked, desk, (Evidence("it was first seen", one.seen),))


def _ends(tracked: Tracked, desk: Desk) -> Iterator[Finding]:
    """What our releases have whose vendor ends it: said within the notice that is to be given, and after."""
    for release, clock in tracked.clocks.items():
        ends = clock.upstream.ends
        if not clock.notice or ends is None:
            continue
        is_over = ends <= desk.snapshot.today
        says = f"{named(release)}: {clock.notice}"
        says += "; drop it, or keep it and say until when." if is_over else "."
        evidence = (Evidence("its vendor’s support ends", desk.midnight(ends)),)
        yield _notice(
            "ended" if is_over else "ends-soon", release, says, tracked, desk, evidence,
            "warning" if is_over else "note",
        )  # fmt: skip


def _gone(tracked: Tracked, desk: Desk) -> Iterator[Finding]:
    """What our releases have as if it were still there upstream."""
    latest = known(desk.snapshot.published, desk.snapshot.now)
    gone = {release: one for release, one in latest.items() if one.gone and one.seen <= desk.snapshot.now}
    there = tuple(with_fields(one, gone=False) for one in gone.values())
    for release, clock in by_release(replace(desk.snapshot, published=there), desk.handbook).items():
        if clock.verdict in {"met", "missed"}:
            since = gone[release].seen
            says = (
                f"{named(release)} is not there any more upstream, as was seen on "
                f"{desk.voice.day(desk.date_of(since))}, and our releases have it since {clock.supported_in}: what "
                "comes next can be looked for, and its drop be announced."
            )
            yield _notice("gone", release, says, tracked, desk, (Evidence("it was gone", since),), "warning")


def _holds(tracked: Tracked, days: int, desk: Desk) -> Iterator[Finding]:
    """Holds that end soon, or have ended and left the release undone."""
    today, day = desk.snapshot.today, desk.voice.day
    for hold in desk.handbook.support.holds:
        release = hold.product, hold.release
        clock = tracked.clocks.get(release)
        if clock is None:
            continue
        ends_soon = clock.verdict == "held" and hold.until <= today + timedelta(days=days)
        has_ended = clock.verdict in PRESSING and hold.until < today
        if ends_soon or has_ended:
            says = (
                f"The hold of {named(release)} {'ended' if has_ended else 'ends'} on {day(hold.until)} "
                f"(“{hold.because}”), and none of our releases has it: it can be taken up, or be held until another "
                "day, with the reason."
            )
            evidence = (Evidence("the hold ends", desk.midnight(hold.until)),)
            yield _notice("hold", release, says, tracked, desk, evidence, "warning" if has_ended else "note")


def _unknown(tracked: Tracked, desk: Desk) -> Iterator[Finding]:
    """Products without any release, where somebody reads releases at all."""
    there = {one.product for one in desk.snapshot.published if one.seen <= desk.snapshot.now}
    for product in desk.handbook.support.products if there else ():
        if product not in there:
            says = (
                f"Of {product} no release is known, so that it has no clocks: the handbook can give the name that it "
                "has upstream, or a file of the team’s."
            )
            yield _notice("unknown", (product, ""), says, tracked, desk)


def _notice(
    code: str,
    release: Release,
    says: str,
    tracked: Tracked,
    desk: Desk,
    evidence: tuple[Evidence, ...] = (),
    severity: Severity = "note",
) -> Finding:
    who = tracked.group(release[0])
    clause = clause_of(release[0], desk, code)
    return Finding(RULE, clause, TEAM, code, says, evidence, severity, who, period=named(release).strip())
