"""The weeks ahead: who has them, when they are at work, what lies between, and what to know about it."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from handrail.duty.presence import Gap, gaps
from handrail.duty.rota import Rota
from handrail.duty.shifts import agreements, shifts
from handrail.model.duty import NOBODY, Shift
from handrail.model.handover import ceremony


class Row(Struct, frozen=True):
    """One stretch of the preview, as in its JSON: instants in UTC."""

    start: datetime
    end: datetime
    holder: str
    office_hours: tuple[tuple[datetime, datetime], ...]
    """When the holder is at work in it."""
    gaps: tuple[Gap, ...]
    note: str


def preview(rota: Rota, now: datetime, weeks: int) -> list[Row]:
    """Who is on duty from now on for some weeks, as the engine will have it."""
    turns = rota.turns(now, now + timedelta(weeks=weeks))
    rows, before = [], NOBODY
    for shift in shifts(turns, agreements(rota.log)):
        if shift.end > now:
            passed = next((turn.passed for turn in turns if turn.start == shift.start), ())
            rows.append(_row(shift, before, passed, rota))
        before = shift.holder
    return rows


def _row(shift: Shift, before: str, passed: Iterable[str], rota: Rota) -> Row:
    calendars = rota.calendars
    open_hours: list[tuple[datetime, datetime]] = []
    if shift.holder in calendars:
        left = shift.start
        for pause in calendars[shift.holder].pauses(shift.start, shift.end):
            if left < pause.start:
                open_hours.append((left, pause.start))
            left = pause.end
        if left < shift.end:
            open_hours.append((left, shift.end))
    note = "; ".join(_notes(shift, passed, rota))
    return Row(shift.start, shift.end, shift.holder, tuple(open_hours), tuple(gaps(shift, before, calendars)), note)


def _notes(shift: Shift, passed: Iterable[str], rota: Rota) -> Iterator[str]:
    people, calendars = rota.people, rota.calendars

    def named(name: str) -> str:
        return people[name].name if name in people else f"@{name}"

    for name in passed:
        why = (
            "is away and keeps their place"
            if name in people
            else "is not of the team any more, so that turns pass over them"
        )
        yield f"{named(name)} {why}"
    if shift.holder not in people:
        whose = (
            "nobody is available" if shift.holder == NOBODY else f"{named(shift.holder)} is not of the team any more"
        )
        yield f"{whose}: please find somebody"
        return
    if shift.instead_of:
        yield f"{named(shift.holder)} stands in for {named(shift.instead_of)}"
    if calendars[shift.holder].away_at(shift.start):
        day = ceremony(shift.holder, shift.start, shift.end, calendars)
        (why, *_) = (pause.why for pause in calendars[shift.holder].pauses(shift.start, day))
        yield f"handed over on {day:%a} {day.day} {day:%b}, after {why}"
