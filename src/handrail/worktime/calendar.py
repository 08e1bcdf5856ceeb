"""Business time of one person or team: how long was it, when is it due, who is at work, and why not.

Instants are datetimes with a time zone, read to the whole second (fractions are dropped); results are in UTC.
Amounts are whole seconds. Days are local to the calendar's zone. Real seconds count: a night shift over a
clock change is an hour longer or shorter than on other nights.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from math import floor
from typing import Protocol

from msgspec import Struct

from handrail.worktime.hours import HOUR, WEEKDAYS, parse_days, parse_hours
from handrail.worktime.local_clock import LocalClock
from handrail.worktime.windows import NeverOpensError, Windows

__all__ = ["BUSINESS_DAY", "Away", "NeverOpensError", "Pause", "WorkCalendar"]

BUSINESS_DAY = 8 * HOUR
"""Seconds of business time that the handbook counts as one day, whatever a person's own hours are."""

_LONG = 366 * 24 * HOUR


class Away(Protocol):
    """Time off, whole local days, both ends included."""

    @property
    def first(self) -> date:
        """The first day off."""

    @property
    def last(self) -> date:
        """The last day off."""

    @property
    def why(self) -> str:
        """What to call it, to people."""


class Pause(Struct, frozen=True):
    """A stretch [start, end) in UTC in which business time stands still."""

    start: datetime
    end: datetime
    why: str
    """"night" (outside hours), "weekend" (no working day), a holiday's name, or the time off's `why`."""


class WorkCalendar:
    """Working hours in a zone, less public holidays and time off.

    `hours` are intervals of a day, `days` weekday names (see `hours`); hours past midnight belong to the day
    they start on, so a night shift runs on into a holiday, and the shift of a holiday is lost whole.
    `holidays` must hold the years that will be asked about. Raises ValueError for a zone, hours or days that
    cannot be read.

    Methods raise ValueError for instants without a zone or outside 1900 to 2199, and its subclass
    `NeverOpensError` when ten years pass without an opening or those years run out. Nothing is built before
    the first question; questions may come from several threads.
    """

    def __init__(
        self,
        zone: str,
        hours: Sequence[str] = ("09:00-17:00",),
        days: Sequence[str] = WEEKDAYS[:5],
        holidays: Mapping[date, str] = {},
        away: Sequence[Away] = (),
    ) -> None:
        self._clock = LocalClock(zone)
        self._weekdays = parse_days(days)
        self._holidays = {day.toordinal(): name for day, name in holidays.items()}
        self._away = [(off.first.toordinal(), off.last.toordinal(), off.why) for off in away]
        lost = [(day, day) for day in self._holidays] + [(first, last) for first, last, _ in self._away]
        pattern = parse_hours(hours)
        self._windows = Windows(self._clock, pattern, self._weekdays, lost)
        self._ordinary = Windows(self._clock, pattern, self._weekdays, ()) if lost else self._windows

    def between(self, start: datetime, end: datetime) -> int:
        """Business seconds from `start` to `end`; 0 when the end is not after the start."""
        return self._windows.between(_second(start), _second(end))

    def ordinarily(self, start: datetime, end: datetime) -> int:
        """The same as `between`, as if no holiday and no time off took anything away."""
        return self._ordinary.between(_second(start), _second(end))

    def after(self, start: datetime, seconds: int) -> datetime:
        """The instant at which `seconds` of business time have passed since `start`.

        The earliest such instant: a full day from Monday's opening ends at Monday's closing, not on Tuesday.
        With 0, `start` itself when open, else the next opening. Raises ValueError for a negative amount.
        """
        if seconds <= 0:
            if seconds < 0:
                raise ValueError(f"business time runs forward only, not by {seconds} seconds")
            return self.opens_after(start)
        return datetime.fromtimestamp(self._windows.after(_second(start), seconds), UTC)

    def is_open(self, at: datetime) -> bool:
        """Whether `at` lies within working hours; the opening instant does, the closing one does not."""
        return self._windows.is_open(_second(at))

    def opens_after(self, at: datetime) -> datetime:
        """`at` itself (in UTC) when open, else the next opening."""
        second = _second(at)
        opening = self._windows.opening(second)
        return at.astimezone(UTC) if opening == second else datetime.fromtimestamp(opening, UTC)

    def closes_after(self, at: datetime) -> datetime:
        """The first closing after `at`: of the running hours when open, else of the next ones."""
        return datetime.fromtimestamp(self._windows.closing(_second(at)), UTC)

    def away_at(self, at: datetime) -> bool:
        """Whether the local day is a holiday or time off, and no shift of the day before is still running."""
        second = _second(at)
        return self._off(self._clock.day(second)) is not None and not self._windows.is_open(second)

    def absent_for(self, at: datetime) -> int:
        """Ordinary business seconds that holidays and time off take away from `at` until the next opening.

        0 for somebody at work or merely outside hours. More than `BUSINESS_DAY` means away for more than a
        day. An absence without end counts as the year ahead.
        """
        second = _second(at)
        try:
            until = self._windows.opening(second)
        except NeverOpensError:
            until = second + _LONG
        return self._ordinary.between(second, until)

    def pauses(self, start: datetime, end: datetime) -> list[Pause]:
        """The gaps of [start, end), ascending; with `between`, they add up to the real time.

        A gap changes its cause at local midnight only. Where causes meet, time off comes before a holiday, a
        holiday before a weekend, a weekend before the night: a fortnight's leave is one pause, not three.
        """
        pauses: list[tuple[int, int, str]] = []
        for gap_start, gap_end in self._windows.gaps(_second(start), _second(end)):
            at = gap_start
            while at < gap_end:
                day = self._clock.day(at)
                until = min(gap_end, self._clock.reached(day + 1, 0))
                why = self._off(day) or ("night" if (day - 1) % 7 in self._weekdays else "weekend")
                if pauses and pauses[-1][1:] == (at, why):
                    pauses[-1] = (pauses[-1][0], until, why)
                else:
                    pauses.append((at, until, why))
                at = until
        return [
            Pause(datetime.fromtimestamp(first, UTC), datetime.fromtimestamp(last, UTC), why)
            for first, last, why in pauses
        ]

    def _off(self, day: int) -> str | None:
        for first, last, why in self._away:
            if first <= day <= last:
                return why
        return self._holidays.get(day)


def _second(at: datetime) -> int:
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone")
    return floor(at.timestamp())
