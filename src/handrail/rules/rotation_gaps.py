"""Weeks that nobody has (clause dri.weekly): the managers hear of them while somebody can still be found.

Asked of the rotations that are kept here, the DRI's and the others. For a turn in the weeks ahead for which nobody of
the list is available, nobody is picked: it is found, so that people find somebody. So is a turn of which its holder, or
whoever stands in, has time off for most of what is left, who falls ill in their week, say, or is not of the team any
more. And a swap that was offered is found where nobody took it by some days before; until it is taken, the turn is
whose it was.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, NamedTuple

from annotated_types import Gt, Le

from handrail.handbook.rotations import Rotation
from handrail.handbook.settings import RuleSettings
from handrail.model.actions import Comment, Evidence
from handrail.model.duty import NOBODY, KeptDuty, Shift, SwapOffered
from handrail.model.findings import TEAM, Finding, Remedy, Severity
from handrail.rules.desk import Desk

CLAUSES = ("dri.weekly",)
RULE = "rotation_gaps"
FINDINGS = {
    "nobody": "nobody is available for a turn in the weeks ahead",
    "away": "whoever has a turn, or stands in, is away for most of what is left of it, or not of the team any more",
    "offered": "a swap was offered, begins in a few days, and nobody has taken it",
}
"""When each of the rule's findings is made."""
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Settings(RuleSettings):
    """How far ahead it is said."""

    weeks: Annotated[int, Gt(0), Le(52)] = 4
    """Weeks ahead in which each turn is to have somebody."""
    offer_days: Annotated[int, Gt(0), Le(60)] = 5
    """Days before its begin by which an offered swap is to be taken."""


class Kept(NamedTuple):
    """A rotation that is kept here, and who is on duty in it."""

    rotation: Rotation
    duty: KeptDuty


def subjects(desk: Desk) -> Iterator[Kept]:
    """The rotations that are kept here."""
    for name, duty in desk.snapshot.rotations.items():
        yield Kept(desk.handbook.rotations[name], duty)


def decide(kept: Kept, desk: Desk, settings: Settings) -> Iterator[Finding]:
    """The turns that nobody has, and the swaps that nobody took."""
    now, duty = desk.snapshot.now, kept.duty
    for shift in duty.shifts(now, now + timedelta(weeks=settings.weeks)):
        code, says = "nobody", f"Nobody is available as {_stretch(kept, shift, desk)}"
        if shift.holder != NOBODY:
            gone = "away for most of what is left" if desk.is_member(shift.holder) else "not of the team any more"
            code, says = "away", f"{desk.voice.name(shift.holder)} is {_stretch(kept, shift, desk)}, and {gone}"
        if not desk.snapshot.calendars.is_there(shift.holder, max(shift.start, now), shift.end):
            says += ": please find somebody who covers it."
            evidence = (Evidence("it begins", shift.start), *_absences(shift, desk))
            soon = shift.start <= now + _WEEK
            alarm = _alarm(code, says, kept, shift, desk) if soon else ()
            yield _finding(code, says, evidence, "breach" if soon else "warning", desk.managers, shift, alarm)
    for number, offer in duty.offers(now).items():
        is_theirs = any(one.holder == offer.person for one in duty.shifts(offer.start, offer.end))
        if is_theirs and offer.start <= now + timedelta(days=settings.offer_days):
            whose = desk.voice.name(offer.person)
            says = f"{whose} would like to be replaced as {_stretch(kept, offer, desk)}, and nobody has taken it yet."
            who = (offer.person, *(name for name in desk.managers if name != offer.person))
            yield _finding("offered", says, (Evidence(f"swap {number} begins", offer.start),), "warning", who, offer)


def _finding(
    code: str,
    says: str,
    evidence: tuple[Evidence, ...],
    severity: Severity,
    who: tuple[str, ...],
    of: Shift | SwapOffered,
    remedies: tuple[Remedy, ...] = (),
) -> Finding:
    return Finding(RULE, CLAUSES[0], TEAM, code, says, evidence, severity, who, remedies, f"{of.start:%Y-%m-%d}")


def _alarm(code: str, says: str, kept: Kept, shift: Shift, desk: Desk) -> tuple[Remedy, ...]:
    """A word to the managers on the rotation's latest open issue, where there is one: they can find somebody."""
    told = ((desk.terms.shift_of(item, kept.rotation), item.ref) for item in desk.snapshot.items)
    issues = [(day, ref) for day, ref in told if day]
    if not issues or not desk.managers:
        return ()
    asks = f"{says} Until then every request stays with whoever has it."
    comment = Comment(f"{code}-{shift.start:%Y-%m-%d}", desk.managers, "thank you for looking after the rotation", asks)
    return (Remedy(comment, max(issues)[1]),)


def _stretch(kept: Kept, of: Shift | SwapOffered, desk: Desk) -> str:
    voice = desk.voice
    return f"{kept.rotation.name} from {voice.instant(of.start)} to {voice.instant(of.end)}"


def _absences(shift: Shift, desk: Desk) -> Iterator[Evidence]:
    """Who of the team has time off in it."""
    for name, person in sorted(desk.snapshot.people.items()):
        for off in person.off_between(shift.start, shift.end):
            yield Evidence(f"{desk.voice.name(name)} is away to {desk.voice.day(off.last)}: {off.why}")
