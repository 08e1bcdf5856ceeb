"""The opening windows of one working pattern, as sorted whole seconds, built as far as anybody has asked.

All instants here are whole UTC seconds since 1970, all amounts whole seconds, days `date.toordinal()`
numbers. Sums are looked up by bisection, so that a question costs the same wherever it points.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import accumulate, chain
from operator import sub

from handrail.worktime.hours import DAY
from handrail.worktime.local_clock import LocalClock

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Instants outside these years are refused: they are mistakes in the data, not waits."""

PATIENCE = 10 * 366 * DAY
"""A pattern without a window for this long never opens."""

_SLACK = 3 * DAY  # hours of one day last into the next, and zones differ from UTC by less than a day


class NeverOpensError(ValueError):
    """What is asked for does not come: no working days, an absence without end, too many hours."""


class _Span:
    """The windows of whole years: [opens[i], closes[i]) with `before[i]` business seconds ahead of the i-th.

    Disjoint, ascending, never touching; true for all instants in [low, high). Never changed once made, so
    that threads may share it while another one is being made.
    """

    __slots__ = ("before", "closes", "high", "known", "low", "opens", "years")

    def __init__(self, years: range, windows: Iterable[tuple[int, int]]) -> None:
        self.years = years
        self.low = _new_year(years.start) + _SLACK
        self.high = _new_year(years.stop) - _SLACK
        self.opens, self.closes = starts, ends = list[int](), list[int]()
        for opens, closes in windows:
            if ends and opens <= ends[-1]:
                ends[-1] = max(closes, ends[-1])
            elif opens < closes:  # hours that a clock change skipped whole are no window
                starts.append(opens)
                ends.append(closes)
        self.before: list[int] = list(accumulate(map(sub, ends, starts), initial=0))
        self.known = self.elapsed(self.high)

    def elapsed(self, at: int) -> int:
        """Business seconds from the first window to `at`."""
        i = bisect_right(self.opens, at) - 1
        if i < 0:
            return 0
        closes = self.closes[i]
        return self.before[i] + min(at, closes) - self.opens[i]


class Windows:
    """When hours on given weekdays are open, apart from lost days.

    `pattern`: (start, end) seconds after midnight, by start (see `hours.parse_hours`); `weekdays`: Monday is
    0; `lost`: (first, last) days without hours. A window belongs to the day it starts on, wherever it ends.
    Every method raises ValueError for instants too far outside `FIRST_YEAR`..`LAST_YEAR`.
    """

    def __init__(
        self,
        clock: LocalClock,
        pattern: tuple[tuple[int, int], ...],
        weekdays: frozenset[int],
        lost: Sequence[tuple[int, int]],
    ) -> None:
        self._clock = clock
        self._pattern = pattern
        self._weekdays = weekdays
        self._lost = lost
        self._span: _Span | None = None

    def between(self, start: int, end: int) -> int:
        """Open seconds in [start, end); 0 when the end is not after the start."""
        if end <= start:
            return 0
        span = self._covering(start, end)
        return span.elapsed(end) - span.elapsed(start)

    def after(self, start: int, seconds: int) -> int:
        """The first instant at which `seconds` > 0 have been open since `start`. Raises NeverOpensError."""
        span = self._covering(start, start)
        total = span.elapsed(start) + seconds
        while total > span.known:
            span = self._later(span, start)
            total = span.elapsed(start) + seconds
        i = bisect_left(span.before, total) - 1
        return span.opens[i] + total - span.before[i]

    def is_open(self, at: int) -> bool:
        """Whether `at` lies in a window, its first second included."""
        span = self._covering(at, at)
        i = bisect_right(span.opens, at) - 1
        return i >= 0 and at < span.closes[i]

    def opening(self, at: int) -> int:
        """`at` itself when open, else the next opening. Raises NeverOpensError."""
        span = self._covering(at, at)
        while (i := bisect_right(span.closes, at)) == len(span.closes):
            span = self._later(span, at)
        return max(at, span.opens[i])

    def closing(self, at: int) -> int:
        """The first closing after `at`. Raises NeverOpensError, also when what is open never closes."""
        span = self._covering(at, at)
        # The last window of a span may yet be prolonged by hours of the year after it.
        while (i := bisect_right(span.closes, at)) == len(span.closes) or span.closes[i] >= span.high:
            span = self._later(span, at)
        return span.closes[i]

    def gaps(self, start: int, end: int) -> Iterator[tuple[int, int]]:
        """The parts of [start, end) that are not open, ascending."""
        if end <= start:
            return
        span = self._covering(start, end)
        at = start
        for i in range(bisect_right(span.closes, start), bisect_left(span.opens, end)):
            if at < span.opens[i]:
                yield at, span.opens[i]
            at = span.closes[i]
        if at < end:
            yield at, end

    def _covering(self, start: int, end: int) -> _Span:
        span = self._span
        if span is None or start < span.low or end > span.high:
            span = self._span = self._grown(span, start, end)
        return span

    def _later(self, span: _Span, since: int) -> _Span:
        """A span that reaches further, unless waiting since `since` has become pointless."""
        waiting_since = max([since, *span.closes[-1:]])
        if span.high - waiting_since > PATIENCE or span.years.stop > LAST_YEAR:
            raise NeverOpensError("these working hours never open, or never close, for as long as asked")
        return self._covering(since, span.high + 1)

    def _grown(self, span: _Span | None, start: int, end: int) -> _Span:
        if start < _new_year(FIRST_YEAR) + _SLACK or end > _new_year(LAST_YEAR + 1) - _SLACK:
            raise ValueError(f"business time is known from {FIRST_YEAR} to {LAST_YEAR} only")
        years = range(_year(start - _SLACK), _year(end + _SLACK) + 1)
        if span is None:
            return _Span(years, self._of(years))
        # Growing by half of what is there keeps a walk through many years linear.
        known, room = span.years, len(span.years) // 2
        first = known.start if years.start >= known.start else min(years.start, known.start - room)
        stop = known.stop if years.stop <= known.stop else max(years.stop, known.stop + room)
        years = range(max(first, FIRST_YEAR), min(stop, LAST_YEAR + 1))
        return _Span(
            years,
            chain(
                self._of(range(years.start, known.start)),
                zip(span.opens, span.closes, strict=True),
                self._of(range(known.stop, years.stop)),
            ),
        )

    def _of(self, years: range) -> Iterator[tuple[int, int]]:
        """The raw windows of the days of these years: ascending, but they may touch, overlap or be empty."""
        first, stop = date(years.start, 1, 1).toordinal(), date(years.stop, 1, 1).toordinal()
        lost: set[int] = set()
        for away_first, away_last in self._lost:
            lost.update(range(max(away_first, first), min(away_last + 1, stop)))
        for year in years:
            for day, opens, closes in _ordinary(self._clock.zone.key, self._pattern, self._weekdays, year):
                if day not in lost:
                    yield opens, closes


@lru_cache(maxsize=64)
def _ordinary(
    zone: str, pattern: tuple[tuple[int, int], ...], weekdays: frozenset[int], year: int
) -> Sequence[tuple[int, int, int]]:
    """(day, opens, closes) of each day of a year, none lost: worked out once for all who share zone, hours and days."""
    clock = LocalClock(zone)
    found: list[tuple[int, int, int]] = []
    for day, midnight in clock.midnights(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()):
        if (day - 1) % 7 not in weekdays:  # ordinal 1 was a Monday
            continue
        for start, end in pattern:
            if midnight is None:
                found.append((day, clock.reached(day, start), clock.reached(day, end)))
            else:
                found.append((day, midnight + start, midnight + end))
    return found


def _new_year(year: int) -> int:
    return int(datetime(year, 1, 1, tzinfo=UTC).timestamp())


def _year(at: int) -> int:
    return datetime.fromtimestamp(at, UTC).year
