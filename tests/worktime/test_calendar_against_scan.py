"""Business time against a scan of every minute, and the laws it keeps.

The scan knows one thing about clocks: the latest time that the wall clock has shown so far. It asks the zone
about every minute in turn, and shares no code, no arithmetic and no data structure with what it checks.
"""

from bisect import bisect_left
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import accumulate, groupby, pairwise
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handrail.worktime.calendar import Pause, WorkCalendar

# With every line measured it would take twice as long, and all of it is covered elsewhere.
pytestmark = pytest.mark.no_cover

DAYS = 9
MINUTES = DAYS * 24 * 60
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

# Each with the days around a clock change, or around the new year where a zone has none.
SCENES = [
    ("Europe/Amsterdam", date(2026, 3, 25)),
    ("Europe/Amsterdam", date(2026, 10, 21)),
    ("America/New_York", date(2026, 3, 4)),
    ("America/New_York", date(2026, 10, 28)),
    ("Australia/Lord_Howe", date(2026, 4, 1)),  # by half an hour
    ("Australia/Lord_Howe", date(2026, 9, 30)),
    ("Pacific/Auckland", date(2026, 4, 1)),
    ("Pacific/Auckland", date(2026, 9, 23)),
    ("America/Sao_Paulo", date(2018, 10, 31)),  # skips midnight
    ("America/Sao_Paulo", date(2018, 2, 14)),  # falls back at midnight
    ("America/St_Johns", date(2010, 11, 3)),  # falls back over midnight
    ("Pacific/Apia", date(2011, 12, 26)),  # skips a day
    ("Asia/Kolkata", date(2026, 12, 27)),
    ("Asia/Kathmandu", date(1985, 12, 28)),  # moves by a quarter of an hour
]


class TimeOff(NamedTuple):
    first: date
    last: date
    why: str


class Shape(NamedTuple):
    """What a calendar is made from; hours as minutes, an end at or before its start lying on the next day."""

    zone: str
    first: date
    hours: tuple[tuple[int, int], ...]
    days: tuple[str, ...]
    holidays: dict[date, str]
    away: tuple[TimeOff, ...]

    def calendar(self) -> WorkCalendar:
        hours = [f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in self.hours]
        return WorkCalendar(self.zone, hours, self.days, self.holidays, self.away)

    def off(self, day: date) -> str | None:
        for span in self.away:
            if span.first <= day <= span.last:
                return span.why
        return self.holidays.get(day)

    def instant(self, second: int) -> datetime:
        return datetime(self.first.year, self.first.month, self.first.day, tzinfo=UTC) + timedelta(seconds=second)


@cache
def latest_shown(zone: str, first: date) -> list[tuple[date, int]]:
    """The latest wall time shown by each UTC minute from `first` on, as (day, minute of the day)."""
    start = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(days=2)
    wall_clock = (
        (start + timedelta(minutes=minute)).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        for minute in range(MINUTES + 2 * 24 * 60)
    )
    latest = list(accumulate(wall_clock, max))[2 * 24 * 60 :]
    return [(wall.date(), wall.hour * 60 + wall.minute) for wall in latest]


class Scan:
    """Whether each minute is open, and so on, found by looking at each minute."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.shown = latest_shown(shape.zone, shape.first)
        today, tonight = [False] * 1440, [False] * 1440
        for start, end in shape.hours:
            for minute in range(start, end if end > start else end + 1440):
                (today if minute < 1440 else tonight)[minute % 1440] = True
        days = sorted({day for day, _ in self.shown})
        days += [day - timedelta(days=1) for day in days]
        ordinary = {day: WEEK[day.weekday()] in shape.days for day in days}
        actual = {day: ordinary[day] and shape.off(day) is None for day in days}
        before = {day: day - timedelta(days=1) for day, _ in self.shown}
        self.open, self.ordinary = (
            [(works[day] and today[m]) or (works[before[day]] and tonight[m]) for day, m in self.shown]
            for works in (actual, ordinary)
        )
        self.sums = list(accumulate((60 * is_open for is_open in self.open), initial=0))

    def until(self, second: int) -> int:
        """Open seconds of the scene before `second`."""
        minute, rest = divmod(second, 60)
        return self.sums[minute] + (rest if rest and self.open[minute] else 0)

    def ordinary_between(self, start: int, end: int) -> int:
        """Seconds that would be open without holidays and time off; `end` is `start` or a full minute."""
        if start == end:
            return 0
        return 60 * sum(self.ordinary[start // 60 : end // 60]) - start % 60 * self.ordinary[start // 60]

    def reach(self, total: int) -> int | None:
        """The first second before which `total` > 0 open seconds lie."""
        minute = bisect_left(self.sums, total)
        return minute * 60 - (self.sums[minute] - total) if minute < len(self.sums) else None

    def next(self, second: int, open_: bool) -> int | None:
        """The first second from `second` on that is open, or is not."""
        if self.open[second // 60] == open_:
            return second
        later = (minute for minute in range(second // 60, MINUTES) if self.open[minute] == open_)
        minute = next(later, None)
        return None if minute is None else minute * 60

    def why(self, minute: int) -> str | None:
        day, _ = self.shown[minute]
        if self.open[minute]:
            return None
        return self.shape.off(day) or ("night" if WEEK[day.weekday()] in self.shape.days else "weekend")


def _hours() -> st.SearchStrategy[tuple[tuple[int, int], ...]]:
    grid = st.integers(0, 95).map(lambda quarter: quarter * 15)
    minute = st.one_of(grid, st.integers(0, 1439))
    interval = st.tuples(minute, st.one_of(minute, st.just(1440)))
    usual = st.sampled_from([((540, 1020),), ((540, 750), (810, 1020)), ((1320, 360),), ((0, 1440),)])
    return st.one_of(usual, st.lists(interval, min_size=1, max_size=3).map(tuple))


@st.composite
def shapes(draw: st.DrawFn) -> Shape:
    zone, first = draw(st.sampled_from(SCENES))
    day = st.integers(-1, DAYS).map(lambda offset: first + timedelta(days=offset))
    spans = st.tuples(day, st.integers(0, 4)).map(
        lambda span: TimeOff(span[0], span[0] + timedelta(days=span[1]), "Leave")
    )
    return Shape(
        zone,
        first,
        draw(_hours()),
        tuple(draw(st.one_of(st.just(WEEK[:5]), st.just(WEEK), st.sets(st.sampled_from(WEEK))))),
        draw(st.dictionaries(day, st.sampled_from(["Spring Day", "Harvest Day"]), max_size=2)),
        tuple(draw(st.lists(spans, max_size=2))),
    )


_seconds = st.integers(0, MINUTES * 60 - 1)


@settings(max_examples=200)
@given(shapes(), st.lists(_seconds, min_size=2, max_size=6), st.integers(1, 4 * 24 * 3600))
def test_agrees_with_a_scan_of_every_minute(shape: Shape, seconds: Sequence[int], amount: int) -> None:
    calendar, scan = shape.calendar(), Scan(shape)
    for second in seconds:
        moment = shape.instant(second)
        day, _ = scan.shown[second // 60]
        is_open = scan.open[second // 60]
        assert calendar.is_open(moment) == is_open
        assert calendar.away_at(moment) == (shape.off(day) is not None and not is_open)
        expected = max(0, scan.until(second) - scan.until(seconds[0]))
        assert calendar.between(shape.instant(seconds[0]), moment) == expected
        due = scan.reach(scan.until(second) + amount)
        if due is not None:
            assert calendar.after(moment, amount) == shape.instant(due)
        opening = scan.next(second, open_=True)
        if opening is not None:
            assert calendar.opens_after(moment) == calendar.after(moment, 0) == shape.instant(opening)
            assert calendar.absent_for(moment) == scan.ordinary_between(second, opening)
            closing = scan.next(opening, open_=False)
            if closing is not None:
                assert calendar.closes_after(moment) == shape.instant(closing)


@settings(max_examples=60)
@given(shapes(), st.integers(0, MINUTES - 1), st.integers(0, MINUTES - 1))
def test_pauses_agree_with_a_scan(shape: Shape, first: int, last: int) -> None:
    scan = Scan(shape)
    expected, minute = [], first
    for why, run in groupby(range(first, last), scan.why):
        stop = minute + len(list(run))
        if why is not None:
            expected.append(Pause(shape.instant(minute * 60), shape.instant(stop * 60), why))
        minute = stop
    assert shape.calendar().pauses(shape.instant(first * 60), shape.instant(last * 60)) == expected


# The laws, over years instead of days.

_zones = st.sampled_from(sorted({zone for zone, _ in SCENES}))
_instants = st.datetimes(datetime(2019, 1, 1), datetime(2031, 1, 1)).map(  # noqa: DTZ001 (made UTC next)
    lambda wall: wall.replace(microsecond=0, tzinfo=UTC)
)
_amounts = st.integers(0, 3 * 365 * 24 * 3600)


@st.composite
def calendars(draw: st.DrawFn) -> WorkCalendar:
    """Calendars that open, each made anew, with leave and holidays somewhere in the years of `_instants`."""
    day = st.dates(date(2019, 1, 1), date(2031, 1, 1))
    spans = st.tuples(day, st.integers(0, 400)).map(
        lambda span: TimeOff(span[0], span[0] + timedelta(days=span[1]), "Leave")
    )
    shape = Shape(
        draw(_zones),
        date(2019, 1, 1),
        draw(_hours()),
        tuple(draw(st.sets(st.sampled_from(WEEK), min_size=1))),
        draw(st.dictionaries(day, st.just("Holiday"), max_size=5)),
        tuple(draw(st.lists(spans, max_size=3))),
    )
    return shape.calendar()


@given(calendars(), _instants, _instants, _instants)
def test_between_adds_up_and_never_exceeds_real_time(
    calendar: WorkCalendar, a: datetime, b: datetime, c: datetime
) -> None:
    a, b, c = sorted((a, b, c))
    assert calendar.between(a, b) + calendar.between(b, c) == calendar.between(a, c)
    assert 0 <= calendar.between(a, b) <= (b - a).total_seconds()


@given(calendars(), _instants, _amounts)
def test_after_undoes_between(calendar: WorkCalendar, start: datetime, amount: int) -> None:
    due = calendar.after(start, amount)
    assert due >= start
    assert calendar.between(start, due) == amount
    if amount:
        assert calendar.between(start, due - timedelta(seconds=1)) == amount - 1


@given(calendars(), _instants, _instants, _amounts, _amounts)
def test_later_starts_and_larger_amounts_are_never_due_earlier(
    calendar: WorkCalendar, start: datetime, other: datetime, amount: int, more: int
) -> None:
    assert calendar.after(start, amount) <= calendar.after(start, amount + more)
    first, second = sorted((start, other))
    assert calendar.after(first, amount) <= calendar.after(second, amount)


@given(calendars(), _instants, _amounts, _amounts)
def test_waiting_twice_is_waiting_for_the_sum(calendar: WorkCalendar, start: datetime, first: int, second: int) -> None:
    total = first + second
    if second:  # with 0 the answer is an opening, which is not the closing that `first` may have ended at
        assert calendar.after(calendar.after(start, first), second) == calendar.after(start, total)


@settings(max_examples=50)
@given(calendars(), _instants, st.integers(0, 90 * 24 * 3600))
def test_pauses_and_business_time_fill_the_real_time(calendar: WorkCalendar, start: datetime, length: int) -> None:
    end = start + timedelta(seconds=length)
    pauses = calendar.pauses(start, end)
    paused = sum((pause.end - pause.start for pause in pauses), timedelta())
    assert calendar.between(start, end) == length - paused.total_seconds()
    for pause in pauses:
        assert start <= pause.start < pause.end <= end
        assert calendar.between(pause.start, pause.end) == 0
    for before, after in pairwise(pauses):
        assert before.end < after.start or (before.end == after.start and before.why != after.why)


@settings(max_examples=40)
@given(st.data(), _hours(), st.lists(_instants, min_size=2, max_size=5))
def test_answers_do_not_depend_on_earlier_questions(
    data: st.DataObject, hours: tuple[tuple[int, int], ...], moments: Sequence[datetime]
) -> None:
    shape = Shape(data.draw(_zones), date(2019, 1, 1), hours, ("mon", "thu", "sun"), {}, ())
    asked_before = shape.calendar()
    for moment in moments:
        fresh = shape.calendar()
        assert asked_before.is_open(moment) == fresh.is_open(moment)
        assert asked_before.closes_after(moment) == fresh.closes_after(moment)
        assert asked_before.after(moment, 10**6) == fresh.after(moment, 10**6)
        assert asked_before.between(moments[0], moment) == fresh.between(moments[0], moment)


@given(_zones, st.integers(1987, 2198))
def test_the_turn_of_any_year_is_like_every_other_night(zone: str, year: int) -> None:
    calendar = WorkCalendar(zone, ["22:00-06:00"], WEEK)
    eve = datetime(year, 12, 31, 12, tzinfo=ZoneInfo(zone))
    assert calendar.between(eve, eve + timedelta(days=1)) == 8 * 3600
