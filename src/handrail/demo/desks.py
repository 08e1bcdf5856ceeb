"""When a person is at their desk: office hours without weekends and time off, as sorted seconds.

Only for dating what the simulated people do. Decisions read ``worktime``, which knows every public holiday; here the
days between the years that most countries keep are enough.
"""

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handrail.demo.calendar import DAY, DAYS, FIRST_DAY, instant, seconds
from handrail.model.people import Person

_KEPT = frozenset({(1, 1), (5, 1), (12, 24), (12, 25), (12, 26), (12, 31)})
_MARGIN = 45
"""Days beyond the present for which desks are known, so that what comes next has a time, which is then cut off."""


class Desk:
    """Intervals at work, with the office seconds worked before each."""

    def __init__(self, person: Person) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._worked: list[int] = []
        zone = ZoneInfo(person.zone)
        spans = [_span(hours) for hours in person.hours]
        days = {("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(day) for day in person.days}
        off = {a.first + timedelta(days=n) for a in person.away for n in range((a.last - a.first).days + 1)}
        first = instant(FIRST_DAY).date() - timedelta(days=10)
        worked = 0
        for number in range(DAYS + _MARGIN):
            day = first + timedelta(days=number)
            if day.weekday() not in days or day in off or (day.month, day.day) in _KEPT:
                continue
            offset = _offset(zone, day)
            midnight = seconds(day) - offset
            for start, end in spans:
                self._starts.append(midnight + start)
                self._ends.append(midnight + end)
                self._worked.append(worked)
                worked += end - start

    def holds(self, at: int) -> bool:
        """Whether the person is at work."""
        index = bisect_right(self._starts, at) - 1
        return index >= 0 and at < self._ends[index]

    def after(self, at: int, work: int) -> int:
        """The instant by which ``work`` office seconds have passed since ``at``; in office hours."""
        index = bisect_right(self._starts, at) - 1
        if index < 0:
            return self._starts[0] + work % 3600
        start = self._starts[index]
        total = self._worked[index] + min(at, self._ends[index]) - start + work
        index = bisect_right(self._worked, total) - 1
        return self._starts[index] + total - self._worked[index]


class OpenDesk(Desk):
    """Somebody whose hours the team does not know: any day, from early to late in UTC."""

    def __init__(self) -> None:
        pass

    def holds(self, at: int) -> bool:
        """Whether it is neither night nor early morning."""
        return at % DAY > 6 * 3600

    def after(self, at: int, work: int) -> int:
        """``work`` seconds later, or the next morning."""
        then = at + work
        return then if self.holds(then) else then - then % DAY + 7 * 3600 + then % 3600


def _span(hours: str) -> tuple[int, int]:
    first, last = (time.fromisoformat(part) for part in hours.split("-"))
    start, end = (clock.hour * 3600 + clock.minute * 60 for clock in (first, last))
    return start, end if end > start else end + DAY


def _offset(zone: ZoneInfo, day: date) -> int:
    """Seconds east of UTC at noon of the day."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return int((noon.astimezone(zone).utcoffset() or timedelta()).total_seconds())
