"""The weeks ahead: who has them, when they are at work, what lies between, and what to know about it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import takewhile

from msgspec import Struct

from handrail.duty.presence import Gap, ceremony, gaps
from handrail.duty.rotation import Free, Handoffs, Turn, all_turns
from handrail.duty.shifts import Shift, agreements, shifts
from handrail.model.duty import NOBODY, LogEntry
from handrail.model.people import Person
from handrail.model.snapshot import Calendars


class Row(Struct, frozen=True):
    """One stretch of the preview, as in its JSON: instants in UTC."""

    start: datetime
    end: datetime
    holder: str
    office_hours: tuple[tuple[datetime, datetime], ...]
    """When the holder is at work in it."""
    gaps: tuple[Gap, ...]
    note: str


def between(log: Sequence[LogEntry], handoffs: Handoffs, free: Free, since: datetime, until: datetime) -> list[Turn]:
    """The turns that end after ``since`` and begin before ``until``, past and to come."""
    found = takewhile(lambda turn: turn.start < until, all_turns(log, handoffs, free))
    return [turn for turn in found if turn.end > since]


def preview(
    log: Sequence[LogEntry],
    handoffs: Handoffs,
    free: Free,
    people: Mapping[str, Person],
    calendars: Calendars,
    now: datetime,
    weeks: int,
) -> list[Row]:
    """Who is on duty from now on for some weeks, as the engine will have it."""
    coming = between(log, handoffs, free, now, now + timedelta(weeks=weeks))
    rows, before = [], NOBODY
    for shift in shifts(coming, agreements(log)):
        if shift.end > now:
            passed = next((turn.passed for turn in coming if turn.start == shift.start), ())
            rows.append(_row(shift, before, passed, people, calendars))
        before = shift.holder
    return rows


def on_duty(log: Sequence[LogEntry], handoffs: Handoffs, free: Free, at: datetime) -> Shift | None:
    """Whose shift it is; its holder is NOBODY where nobody was available, and before the first turn there is none."""
    coming = between(log, handoffs, free, at, at + timedelta(seconds=1))
    return next((one for one in shifts(coming, agreements(log)) if one.start <= at < one.end), None)


def _row(shift: Shift, before: str, passed: Iterable[str], people: Mapping[str, Person], calendars: Calendars) -> Row:
    open_hours: list[tuple[datetime, datetime]] = []
    if shift.holder != NOBODY:
        left = shift.start
        for pause in calendars[shift.holder].pauses(shift.start, shift.end):
            if left < pause.start:
                open_hours.append((left, pause.start))
            left = pause.end
        if left < shift.end:
            open_hours.append((left, shift.end))
    note = "; ".join(_notes(shift, passed, people, calendars))
    return Row(shift.start, shift.end, shift.holder, tuple(open_hours), tuple(gaps(shift, before, calendars)), note)


def _notes(shift: Shift, passed: Iterable[str], people: Mapping[str, Person], calendars: Calendars) -> Iterator[str]:
    def named(name: str) -> str:
        return people[name].name if name in people else f"@{name}"

    for name in passed:
        yield f"{named(name)} is away and keeps their place"
    if shift.holder == NOBODY:
        yield "nobody is available: please find somebody"
        return
    if shift.instead_of:
        yield f"{named(shift.holder)} stands in for {named(shift.instead_of)}"
    if calendars[shift.holder].away_at(shift.start):
        day = ceremony(shift, calendars)
        (why, *_) = (pause.why for pause in calendars[shift.holder].pauses(shift.start, day))
        yield f"handed over on {day:%a} {day.day} {day:%b}, after {why}"
