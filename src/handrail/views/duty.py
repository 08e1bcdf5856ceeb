"""A rotation in words: who is on duty until when, in whose hours, what its log says, and what a change comes to."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from handrail.duty.preview import Row
from handrail.duty.rota import Rota
from handrail.duty.shifts import Agreed, agreements
from handrail.handbook.schema import Handbook
from handrail.model.duty import (
    Began,
    CameBack,
    Covered,
    LogEntry,
    RosterSet,
    SwapOffered,
    SwapTaken,
    SwapWithdrawn,
    TurnBegan,
    WentAway,
)
from handrail.model.people import Person
from handrail.model.snapshot import Snapshot
from handrail.rules.desk import Desk
from handrail.rules.queue_words import Voice
from handrail.worktime.calendar import NeverOpensError, WorkCalendar


class OnDuty(NamedTuple):
    """Who is on duty, each part as a sentence, or empty."""

    says: str
    hours: str = ""
    """Whether they are at work, and if not, when they are back and where urgent requests go until then."""
    following: str = ""
    """Who comes next."""
    is_missing: bool = False
    """Whether somebody has to be found: nobody is available, or whoever it is has left the team."""


def zone_of(handbook: Handbook, rotation: str) -> str:
    """The zone in which a rotation's handoffs are, and its days and times are read and shown to everybody."""
    return handbook.rotations[rotation].zone or handbook.team.zone


def voice_of(snapshot: Snapshot, handbook: Handbook, rotation: str) -> Voice:
    """What names people and days to everybody, in the rotation's zone."""
    return Voice(snapshot.people, snapshot.now, "", zone_of(handbook, rotation))


def on_duty(desk: Desk, rotation: str, voice: Voice) -> OnDuty | None:
    """Who is on duty in a rotation now; None where nobody is, and nobody will be."""
    snapshot, now = desk.snapshot, desk.snapshot.now
    is_first = rotation == desk.handbook.first_rotation
    found = desk.duty if is_first else snapshot.rotations.get(rotation)
    shift = found.at(now) if found else None
    if found is None or shift is None:
        ahead = found.shifts(now, now + timedelta(weeks=54)) if found else []
        if not ahead:
            return None
        first = voice.name(ahead[0].holder) if ahead[0].holder else "nobody"
        return OnDuty(f"Nobody is on duty yet: turns begin {voice.instant(ahead[0].start)}, with {first}.")
    next_ones = [one for one in found.shifts(shift.end, shift.end + timedelta(weeks=1)) if one.start >= shift.end]
    following = ""
    if next_ones:
        name = voice.name(next_ones[0].holder) if next_ones[0].holder else "nobody"
        following = f"Next: {name}, from {voice.instant(next_ones[0].start)}."
    until = voice.instant(shift.end)
    if shift.holder not in snapshot.people:
        left = shift.holder and f"{voice.name(shift.holder)} is on duty, and not of the team any more,"
        says = f"{left or 'Nobody is available'} until {until}: please find somebody."
        return OnDuty(says, following=following, is_missing=True)
    for_whom = f" for {voice.name(shift.instead_of)}" if shift.instead_of else ""
    word = "until" if shift.end > now else "still, handover due since"
    calendar, on_call = snapshot.calendars[shift.holder], desk.handbook.on_call if is_first else ""
    says = f"{voice.name(shift.holder)} is on duty{for_whom} {word} {until}."
    return OnDuty(says, hours(calendar, now, voice, on_call), following)


def hours(calendar: WorkCalendar, now: datetime, voice: Voice, on_call: str) -> str:
    """Whether somebody is at work; if not, when they are again, and where urgent requests go until then."""
    if calendar.is_open(now):
        return f"At work now, until {voice.instant(calendar.closes_after(now))}."
    return f"Not at work now, {back(calendar, now, voice, on_call)}."


def back(calendar: WorkCalendar, now: datetime, voice: Voice, on_call: str) -> str:
    """When somebody who is not at work is there again, and where urgent requests go until then, if anywhere."""
    urgent = f": urgent requests go to {on_call}" if on_call else ""
    try:
        there = voice.instant(calendar.opens_after(now))
    except NeverOpensError:
        return f"away until further notice{urgent}"
    return f"back {there}{urgent} until then" if urgent else f"back {there}"


def told(entry: LogEntry, voice: Voice) -> str:
    """One line of a rotation's log."""

    def stretch(start: datetime, end: datetime) -> str:
        return f"{voice.instant(start)} to {voice.instant(end)}"

    says = ""
    match entry.what:
        case Began(first, order):
            says = f"the rotation begins on or after {voice.day(first)}: {voice.names(order)}"
        case TurnBegan(start, holder):
            says = f"the turn of {voice.name(holder) if holder else 'nobody'} begins on {voice.instant(start)}"
        case RosterSet(order):
            says = f"turns are taken by {voice.names(order)}"
        case Covered(person, start, end):
            says = f"{voice.name(person)} is on duty, {stretch(start, end)}"
        case SwapOffered(person, start, end):
            says = f"{voice.name(person)} would like to be replaced, {stretch(start, end)}"
        case SwapTaken(offer, person, start, end):
            says = f"{voice.name(person)} takes swap {offer}"
            if start and end:
                says += f", in return for {stretch(start, end)}"
        case SwapWithdrawn(offer):
            says = f"swap {offer} is withdrawn"
        case WentAway(person, begins, ends, why):
            says = f"{voice.name(person)} is away, {voice.day(begins)} to {voice.day(ends)} ({why})"
        case CameBack(number):
            says = f"absence {number} does not take place"
    return says + (f" · {voice.name(entry.by)}" if entry.by else "")


def at_work(row: Row, rota: Rota) -> str:
    """How long the holder of a stretch is at work in it, and in which hours; empty of nobody."""
    person = rota.people.get(row.holder)
    if person is None:
        return ""
    worked = sum((end - start for start, end in row.office_hours), timedelta()) / timedelta(hours=1)
    return f"{worked:.3g} h at work ({', '.join(person.hours)} {person.zone})"


def gaps(row: Row, voice: Voice) -> str:
    """When nobody is at work in a stretch, and why."""
    return "; ".join(f"{voice.instant(gap.start)} to {voice.instant(gap.end)}: {gap.why}" for gap in row.gaps)


def compared(before: Sequence[Row], after: Sequence[Row]) -> list[tuple[datetime, str, str]]:
    """Who is on duty from when, before and after a change of the roster; user names, nobody is ""."""
    first, second = ({row.start: row.holder for row in rows} for rows in (before, after))
    return [(start, first.get(start, ""), second.get(start, "")) for start in sorted({*first, *second})]


def remarks(rota: Rota, new: Collection[int], now: datetime, voice: Voice, team: Person) -> Iterator[str]:
    """What to know about the ``new`` entries of a rotation's log, as it is with them.

    Who stands in while they have time off, and which swaps nothing is left of.
    """
    before = rota.with_log([entry for entry in rota.log if entry.number not in new])
    those = [entry.what for entry in rota.log if entry.number in new]
    away = {what.person for what in those if isinstance(what, WentAway)}
    for one in agreements(rota.log):
        if one.number in new or (one.person in away and one.end > now and _holds(one, rota)):
            yield from _time_off(one, rota.people.get(one.person, team), voice)
    if any(isinstance(what, WentAway | CameBack) for what in those):
        yield from lost(before, rota, now, voice)


def _time_off(one: Agreed, person: Person, voice: Voice) -> Iterator[str]:
    """Where whoever stands in has time off then: they may do so all the same."""
    for off in person.off_between(one.start, one.end):
        days = f"{voice.day(off.first)} to {voice.day(off.last)}"
        yield f"{voice.name(one.person)} is away then, {days} ({off.why}), and on duty all the same."


def lost(before: Rota, after: Rota, now: datetime, voice: Voice) -> Iterator[str]:
    """A sentence for each part of a swap that a change of whose turns are when leaves nothing of."""
    for one in agreements(before.log):
        if one.instead_of and one.end > now and _holds(one, before) and not _holds(one, after):
            whose, stretch = voice.name(one.instead_of), f"{voice.instant(one.start)} to {voice.instant(one.end)}"
            yield (
                f"{voice.name(one.person)} no longer stands in for {whose}, {stretch}, which is no turn of {whose} "
                "after this: agree anew."
            )


def _holds(one: Agreed, rota: Rota) -> bool:
    """Whether somebody stands in by what was agreed, in some of the stretch at least."""
    shifts = rota.shifts(one.start, one.end)
    return any((shift.agreed, shift.holder) == (one.number, one.person) for shift in shifts)
