"""When does a clock on the wall show something? Wall time to instants, with clock changes decided once.

Instants are whole UTC seconds since 1970. Days are proleptic ordinals (`date.toordinal()`). Wall time is
written as a day and seconds after its midnight, which may run past the end of that day.

The one rule: wall time W is *reached* at the first instant at which the local clock shows W or later. So a
time inside a skipped hour is reached when the gap ends, a time shown twice is reached the first time, and a
day begins the first time its midnight is reached, even where the clock then falls back into the evening
before.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from zoneinfo import ZoneInfo, available_timezones

from handrail.worktime.hours import DAY

_EPOCH_DAY = datetime(1970, 1, 1, tzinfo=UTC).toordinal()
_SECOND = timedelta(seconds=1)


class LocalClock:
    """The wall clock of one IANA time zone. Raises ValueError for an unknown zone, naming near ones."""

    def __init__(self, zone: str) -> None:
        try:
            self.zone = ZoneInfo(zone)
        except (KeyError, ValueError, OSError) as error:  # unknown; malformed; a folder such as "Europe"
            near = get_close_matches(zone, sorted(available_timezones()), n=3)
            hint = f"; did you mean {' or '.join(near)}?" if near else ""
            raise ValueError(f"{zone!r} is not a time zone{hint}") from error

    def reached(self, day: int, seconds: int) -> int:
        """The first instant at which this clock shows `seconds` after the midnight of `day`, or later."""
        wall = datetime.fromordinal(day) + timedelta(seconds=seconds)
        utc = (day - _EPOCH_DAY) * DAY + seconds
        before, after = self._offset(wall), self._offset(wall.replace(fold=1))
        if before >= after:
            return utc - before
        # `wall` is skipped: the jump happens somewhere in (utc - after, utc - before].
        low, high = utc - after, utc - before
        while high - low > 1:
            middle = (low + high) // 2
            if self._offset_at(middle) == before:
                low = middle
            else:
                high = middle
        return high

    def midnights(self, first: int, stop: int) -> Iterator[tuple[int, int | None]]:
        """Each day from `first` to before `stop` with its midnight, or None where the clock jumps nearby.

        With an instant, wall time and real time run evenly for the 48 hours after it, the longest that hours
        of one day can last; that two jumps cancel out within them has not happened in any zone since 1900.
        This is what makes building a year cheap: one look at the zone a day.
        """
        offset, next_offset = (self._offset(datetime.fromordinal(day)) for day in (first, first + 1))
        for day in range(first, stop):
            last_offset = self._offset(datetime.fromordinal(day + 2))
            yield day, (day - _EPOCH_DAY) * DAY - offset if offset == last_offset else None
            offset, next_offset = next_offset, last_offset

    def day(self, at: int) -> int:
        """The day that the instant belongs to."""
        shown = datetime.fromtimestamp(at, self.zone).toordinal()
        # Falling back over midnight shows the old date again; the new day has begun all the same.
        return shown + 1 if self.reached(shown + 1, 0) <= at else shown

    def _offset(self, wall: datetime) -> int:
        offset = self.zone.utcoffset(wall)
        assert offset is not None  # only for a missing datetime
        return offset // _SECOND

    def _offset_at(self, at: int) -> int:
        return self._offset(datetime.fromtimestamp(at, self.zone))
