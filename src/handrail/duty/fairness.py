"""Whether a rotation is fair: how often each was on duty, on how many holidays, how long in one go, and when next."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec import Struct

from handrail.duty.rota import EVER, Rota
from handrail.model.duty import NOBODY, Shift, Turn
from handrail.model.people import Person
from handrail.model.snapshot import Holidays

_DAY = timedelta(days=1)


class Share(Struct, frozen=True):
    """One person's part."""

    person: str
    turns: int
    """How many of the turns were theirs by the list, whoever stood in."""
    days: float
    """On duty; a stand-in's days are the stand-in's."""
    holidays: tuple[date, ...]
    """Public holidays, where the person lives, on which they were on duty."""
    longest: float
    """Days on duty in one go."""
    next: datetime | None
    """When they are on duty next; None where that is further ahead than was looked."""


def shares(rota: Rota, now: datetime, weeks: int, team: Person) -> list[Share]:
    """The part of everybody who takes turns, has had one or will within so many weeks; ``team``: of who has left it."""
    turns, past = rota.turns(EVER, now), rota.shifts(EVER, now)
    coming = [one for one in rota.shifts(now, now + timedelta(weeks=weeks)) if one.start > now]
    names = {*rota.listed, *(one.holder for one in (*past, *coming)), *(one.holder for one in turns)}
    people = {name: rota.people.get(name, team) for name in sorted(names - {NOBODY})}
    return fairness(turns, past, coming, people, rota.holidays)


def fairness(
    turns: Iterable[Turn],
    past: Sequence[Shift],
    coming: Sequence[Shift],
    people: Mapping[str, Person],
    holidays: Holidays,
) -> list[Share]:
    """The part that each of ``people`` has had in turns and shifts of the past; who did most comes first."""
    owed = [turn.holder for turn in turns]
    found = []
    for name, person in people.items():
        theirs = [shift for shift in past if shift.holder == name]
        kept = holidays(person.country, person.subdivision) if person.country else {}
        days = {day for shift in theirs for day in _days(shift, ZoneInfo(person.zone))}
        found.append(
            Share(
                name,
                owed.count(name),
                _length(theirs),
                tuple(sorted(days & kept.keys())),
                max((_length(run) for run in _runs(theirs)), default=0.0),
                next((shift.start for shift in coming if shift.holder == name), None),
            )
        )
    return sorted(found, key=lambda share: (-share.days, share.person))


def _length(those: Iterable[Shift]) -> float:
    return sum((shift.end - shift.start for shift in those), timedelta()) / _DAY


def _days(shift: Shift, zone: ZoneInfo) -> Iterable[date]:
    first, last = shift.start.astimezone(zone).date(), (shift.end - timedelta(seconds=1)).astimezone(zone).date()
    return (first + number * _DAY for number in range((last - first).days + 1))


def _runs(those: Iterable[Shift]) -> list[list[Shift]]:
    runs: list[list[Shift]] = []
    for shift in those:
        if runs and runs[-1][-1].end == shift.start:
            runs[-1].append(shift)
        else:
            runs.append([shift])
    return runs
