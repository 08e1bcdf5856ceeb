"""Claims (clauses claims.*): who holds an issue until when, and what claimants hear when that begins, ends or is open.

A claim is a comment with the day on which its author will start. It holds through the end of that day in their zone,
the earliest made first, and may be moved (``rules.issue_work``); on that day they are assigned. A claim
on a day that is too far away ends before it, and those who plan are told. Each claimant is told a thing once.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated

from annotated_types import Gt

from handrail.handbook.settings import RuleSettings
from handrail.model.actions import Assign, Comment, Evidence, Expectation
from handrail.model.findings import Finding, Remedy
from handrail.model.items import Claim, Issue
from handrail.rules.desk import Desk
from handrail.rules.issue_work import MOST_DAYS, end_of, last_day, last_days, live_claim

CLAUSES = ("claims.first", "claims.day-comes", "claims.expiry", "claims.without-a-day")
RULE = "date_claims"
FINDINGS = {
    "held": "somebody has said by when they will start, and that day is still to come",
    "far-away": "somebody holds it, and the day that they named is further away than a claim holds",
    "day-comes": "it is the day that somebody has named, and nobody is assigned",
    "taken": "somebody would like an issue that another person holds",
    "free-again": "the day that somebody named has passed, and nobody has started",
    "without-a-day": "somebody would like a free issue and names no day",
}
"""When each of the rule's findings is made."""


@dataclass(frozen=True)
class Settings(RuleSettings):
    """What becomes of a claim whose day comes, and for how long a claim is worth an answer."""

    assign_on_date: bool = True
    """Whether the claimant is assigned when the day comes that they have named."""
    answer_within_days: Annotated[int, Gt(0)] = 14
    """Claims that were made, or ended, longer ago are answered no more."""
    most_days: Annotated[int, Gt(0)] = MOST_DAYS
    """For so many days after it was made a claim holds at most, however far away the day is that it names."""


def subjects(desk: Desk) -> Iterable[Issue]:
    """The team's open issues that somebody claims."""
    return (issue for issue in desk.ours_of(Issue) if issue.claims)


def decide(issue: Issue, desk: Desk, settings: Settings) -> Iterator[Finding]:
    """Who holds it, and what each claimant should hear.

    Of an issue that is somebody's nothing is said; of one that is begun, no more than who holds it.
    """
    if not issue.claims or issue.assignees:
        return
    last = {claim.by: claim for claim in sorted(issue.claims, key=_made) if claim.by not in desk.terms.bots}
    held = live_claim(issue, desk)
    if held is not None:
        yield _held(issue, held, desk, settings)
        for claim in last.values():
            if claim.by != held.by and _is_fresh(claim, desk, settings):
                yield _taken(issue, claim, held, desk)
        return
    is_begun = desk.read(issue).state in desk.terms.in_progress
    if is_begun or any(linked.state == "opened" for linked in issue.merge_requests):
        return
    ended = [claim for _, _, claim in last_days(issue, desk) if claim.by in last]
    if ended:
        lasted = max(ended, key=lambda claim: (last_day(claim, desk), claim.made_at, claim.by))
        yield from _free_again(issue, lasted, last, desk, settings)
    for claim in last.values():
        if claim.until is None and _is_fresh(claim, desk, settings):
            yield _without_a_day(issue, claim, desk)


def _made(claim: Claim) -> tuple[object, str]:
    return claim.made_at, claim.by


def _is_fresh(claim: Claim, desk: Desk, settings: Settings) -> bool:
    """Whether an answer still helps: made lately, or, by a day that is still to come, at any time."""
    if claim.until and end_of(claim.by, last_day(claim, desk), desk) > desk.snapshot.now:
        return True
    return claim.until is None and desk.snapshot.now - claim.made_at <= timedelta(days=settings.answer_within_days)


def _said(claim: Claim, desk: Desk) -> tuple[Evidence, ...]:
    day = f"the day {desk.voice.day(claim.until)}" if claim.until else "no day"
    return (Evidence(f"{desk.voice.name(claim.by)} named {day}", claim.made_at),)


def _held(issue: Issue, claim: Claim, desk: Desk, settings: Settings) -> Finding:
    """Who holds it; once the day has begun where they are, it is theirs."""
    assert claim.until is not None  # a claim that holds has a day
    if last_day(claim, desk) < claim.until:
        return _far_away(issue, claim, claim.until, desk, settings)
    name, day = desk.voice.name(claim.by), desk.voice.day(claim.until)
    begun = end_of(claim.by, claim.until - timedelta(days=1), desk) <= desk.snapshot.now
    if not begun or not settings.assign_on_date or not desk.reachable((claim.by,)):
        says = f"{name} holds it through {day}, the day on which they would like to start."
        return Finding(RULE, "claims.first", issue.ref, "held", says, _said(claim, desk), who=(claim.by,))
    return Finding(
        RULE,
        "claims.day-comes",
        issue.ref,
        "day-comes",
        f"{name} has named {day} as the day on which they start, and nobody is assigned.",
        _said(claim, desk),
        who=(claim.by,),
        remedies=(Remedy(Assign((claim.by,)), expects=(Expectation("unassigned"),)),),
        period=claim.until.isoformat(),
    )


def _far_away(issue: Issue, claim: Claim, until: date, desk: Desk, settings: Settings) -> Finding:
    """They can name a nearer day, and those who plan can give it to somebody."""
    name, day, end = desk.voice.name(claim.by), desk.voice.day(until), desk.voice.day(last_day(claim, desk))
    says = f"{name} named {day}, more than {settings.most_days} days away, and holds it through {end}, no longer."
    asks = (
        f"{day} is a long time from now, so the issue is yours through {end}, and then open to everybody again. If a "
        "nearer day suits you, a comment with it is all it takes."
    )
    who = tuple(dict.fromkeys((claim.by, *desk.managers)))
    remedies = _once(f"far-{claim.by}-{until}", claim, asks, desk)
    return Finding(RULE, "claims.expiry", issue.ref, "far-away", says, _said(claim, desk), who=who, remedies=remedies)


def _taken(issue: Issue, claim: Claim, held: Claim, desk: Desk) -> Finding:
    until = last_day(held, desk)
    name, holder, day = desk.voice.name(claim.by), desk.voice.name(held.by), desk.voice.day(until)
    then = "a comment with the day on which you would start holds it for you"
    if claim.until and last_day(claim, desk) > until:
        then = f"your word holds it for you through {desk.voice.day(last_day(claim, desk))}"
    asks = (
        f"{holder} was the first to name a day and holds it through {day}. If nobody is assigned by then, {then}. "
        f"If you would rather work on it together, a word to {holder} here is all it takes."
    )
    says = f"{name} would like it too; {holder} holds it through {day}."
    evidence = (*_said(held, desk), *_said(claim, desk))
    remedies = _once(f"held-{claim.by}", claim, asks, desk)
    return Finding(RULE, "claims.first", issue.ref, "taken", says, evidence, who=(claim.by,), remedies=remedies)


def _free_again(
    issue: Issue, claim: Claim, last: dict[str, Claim], desk: Desk, settings: Settings
) -> Iterator[Finding]:
    """The one who held it last hears that anybody may take it; who has since written anew hears of that instead."""
    assert claim.until is not None  # only a claim with a day ends
    until = last_day(claim, desk)
    ended = end_of(claim.by, until, desk)
    if desk.snapshot.now - ended > timedelta(days=settings.answer_within_days) or last[claim.by].until is None:
        return
    name, day = desk.voice.name(claim.by), desk.voice.day(claim.until)
    says = f"{name} meant to start by {day}; that day has passed, nobody is assigned, and it is free again."
    passed = f"The day that you named, {day}, has passed"
    if until < claim.until:
        passed = f"You named {day} {settings.most_days} days ago"
        says = f"{name} meant to start by {day}; they said so {settings.most_days} days ago, and it is free again."
    asks = (
        f"{passed} and nobody is assigned, so the issue is open to everybody again. "
        "If you would still like it, a comment with a new day holds it for you, and so does assigning yourself: then "
        "the others know that it is in good hands."
    )
    remedies = _once(f"free-{claim.by}-{claim.until}", claim, asks, desk)
    yield Finding(
        RULE, "claims.expiry", issue.ref, "free-again", says, _said(claim, desk), who=(claim.by,), remedies=remedies
    )


def _without_a_day(issue: Issue, claim: Claim, desk: Desk) -> Finding:
    says = f"{desk.voice.name(claim.by)} would like it and has named no day, which holds nothing."
    asks = (
        "Could you add the day on which you would start, as in `2026-07-14`, in a comment? It holds the issue for you "
        "through that day, and until there is one anybody may take it."
    )
    evidence, remedies = _said(claim, desk), _once(f"day-{claim.by}", claim, asks, desk)
    return Finding(
        RULE,
        "claims.without-a-day",
        issue.ref,
        "without-a-day",
        says,
        evidence,
        who=(claim.by,),
        remedies=remedies,
    )


def _once(topic: str, claim: Claim, asks: str, desk: Desk) -> tuple[Remedy, ...]:
    """The comment that tells a claimant, unless they are away."""
    to = desk.reachable((claim.by,))
    comment = Comment(topic, to, "thank you for offering to take this on", asks)
    return (Remedy(comment, expects=(Expectation("unassigned"),)),) if to else ()
