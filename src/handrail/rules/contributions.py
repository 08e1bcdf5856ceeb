"""Contributions that have gone quiet: a part of the rule ``triage`` (clause community.quiet).

Whoever's turn it is hears of it after some weeks. After some months the author is told and the stale label put on;
only what has had that label for a while, and stayed quiet, is closed, where the handbook says so.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, ClassVar, Literal

from annotated_types import Gt, Le

from handrail.model.actions import AddLabels, Comment, Evidence, Expectation, RemoveLabels
from handrail.model.findings import Finding, Remedy
from handrail.model.items import MergeRequest
from handrail.rules import review_work
from handrail.rules.activity import last_touched
from handrail.rules.closing import closing, hears
from handrail.rules.desk import Desk, marked
from handrail.rules.reminders import reminder
from handrail.rules.reopening import IS_LOOKED_AT

RULE, CLAUSE = "triage", "community.quiet"
_GRATEFUL = "thank you for your contribution"


@dataclass(frozen=True)
class Community:
    """When a contribution has been quiet for long, in days without a person's doing, and what follows."""

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    idle_days: Annotated[int, Gt(0), Le(3660)] = 28
    """After these whoever's turn it is is reminded."""
    stale_days: Annotated[int, Gt(0), Le(3660)] = 120
    """After these its author is told, and it gets the stale label."""
    stale_then: Literal["label", "close"] = "label"
    """Whether what stays quiet is left to people then, or closed."""
    close_after_days: Annotated[int, Gt(0), Le(3660)] = 14
    """How long it has the stale label before that."""


def gone_quiet(mr: MergeRequest, desk: Desk, settings: Community) -> Iterator[Finding]:
    """What a contribution that nobody touches calls for; nothing while somebody does."""
    stale = desk.handbook.triage.stale_label
    touched = last_touched(mr, desk, stale)
    quiet = desk.snapshot.now - touched
    if stale and stale in mr.labels:
        yield from _labelled(mr, stale, touched, desk, settings)
    elif quiet >= timedelta(days=settings.stale_days):
        yield _stale(mr, stale, touched, desk)
    elif quiet >= timedelta(days=settings.idle_days):
        yield _idle(mr, touched, desk, settings)


def _labelled(mr: MergeRequest, stale: str, touched: datetime, desk: Desk, settings: Community) -> Iterator[Finding]:
    """Somebody came back, or the time is over that the label gave."""
    since = mr.label_since.get(stale)
    if since is None:
        return
    evidence = (Evidence(f"{marked((stale,))} was put on", since), _evidence(touched))
    if touched > since:
        says = f"Somebody has been at it on {_day(touched, desk)}, and it still has {marked((stale,))}."
        remedies: tuple[Remedy, ...] = (Remedy(RemoveLabels((stale,))),)
        # It comes off once for each time that it was put on.
        period, who = desk.date_of(since).isoformat(), desk.owners(mr)
        yield Finding(RULE, CLAUSE, mr.ref, "awake", says, evidence, who=who, remedies=remedies, period=period)
    elif since + timedelta(days=settings.close_after_days) <= desk.snapshot.now:
        says = f"It has had {marked((stale,))} since {_day(since, desk)}, and nobody has touched it."
        asks = (
            f"Nobody has been at it since {_day(touched, desk)}, so it is closed for now; your work is kept. If you "
            f"would like to go on, please say so. {IS_LOOKED_AT}"
        )
        still = (Expectation("quiet since", touched.isoformat()), Expectation("label", stale))
        remedies = ()
        if settings.stale_then == "close":
            remedies = closing(mr, desk, f"closed-{desk.date_of(touched)}", _GRATEFUL, asks, still)
        yield Finding(
            RULE,
            CLAUSE,
            mr.ref,
            "stale-for-long",
            says,
            evidence,
            "warning",
            desk.owners(mr),
            remedies,
            period=desk.date_of(touched).isoformat(),
        )


def _stale(mr: MergeRequest, stale: str, touched: datetime, desk: Desk) -> Finding:
    """The author is told before anything else happens; while they cannot be told, nothing does."""
    says = f"Nobody has touched this contribution since {_day(touched, desk)}."
    asks = (
        f"Nobody has been at it since {_day(touched, desk)}. Would you like to go on with it? A word on what is left, "
        "or that somebody else may take it over, helps the team to help you."
    )
    still = (Expectation("quiet since", touched.isoformat()),)
    remedies: tuple[Remedy, ...] = ()
    if hears(mr.author, desk):
        day = desk.date_of(touched)
        remedies = (Remedy(Comment(f"stale-{day}", (mr.author,), _GRATEFUL, asks), expects=still),)
        if stale:
            remedies = (*remedies, Remedy(AddLabels((stale,)), expects=still))
    return Finding(
        RULE,
        CLAUSE,
        mr.ref,
        "stale",
        says,
        (_evidence(touched),),
        "warning",
        desk.owners(mr),
        remedies,
        period=desk.date_of(touched).isoformat(),
    )


def _idle(mr: MergeRequest, touched: datetime, desk: Desk, settings: Community) -> Finding:
    day = _day(touched, desk)
    who, thanks, asks = _whose(mr, day, desk)
    start = touched + timedelta(days=settings.idle_days)
    comment = reminder(desk, f"idle-{desk.date_of(touched)}", start, who, thanks, asks)
    still = (Expectation("quiet since", touched.isoformat()),)
    remedies = (Remedy(comment, expects=still),) if comment else ()
    names = desk.voice.names(who)
    says = f"Nobody has touched this contribution since {day}; it waits for {names}."
    return Finding(RULE, CLAUSE, mr.ref, "idle", says, (_evidence(touched),), who=who, remedies=remedies)


def _whose(mr: MergeRequest, day: str, desk: Desk) -> tuple[tuple[str, ...], str, str]:
    """Whom it waits for, and the words for them: the work queue knows whose turn it is."""
    verdict = review_work.consider(mr, desk.read(mr), desk)
    named = tuple(dict.fromkeys(name for place in verdict.places for name in place.people))
    if not named and verdict.places:
        asks = (
            f"It has been quiet since {day}, and nobody is asked to review it. Could you find somebody who does? Then "
            "the contributor knows that their work is seen."
        )
        return desk.managers, "thank you for looking after contributions", asks
    if not named and verdict.waiting is not None:
        named = tuple(name for name in verdict.waiting.on if name not in desk.terms.bots)
    if not named or named == (mr.author,):
        asks = (
            f"It has been quiet since {day}, and the next step is yours. Could you say how you would like to go on, or "
            "what you need for it? If your time is short, somebody else may gladly finish it."
        )
        return (mr.author,), _GRATEFUL, asks
    asks = (
        f"It has been quiet since {day}, and the next step is yours. Could you take a look, or say when you can? A "
        "word is enough for the contributor to know that it goes on."
    )
    return named, "thank you for helping a contributor", asks


def _evidence(touched: datetime) -> Evidence:
    return Evidence("a person last did something about it", touched)


def _day(instant: datetime, desk: Desk) -> str:
    return desk.voice.day(desk.date_of(instant))
