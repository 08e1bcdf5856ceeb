"""Reads a working pattern as people write it: `("09:00-12:30", "13:30-17:00")` on `("mon", "tue")`."""

import re
from collections.abc import Sequence

HOUR = 3600
DAY = 24 * HOUR
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_INTERVAL = re.compile(r"(\d{1,2}):([0-5]\d)\s*-\s*(\d{1,2}):([0-5]\d)")


def parse_hours(hours: Sequence[str]) -> tuple[tuple[int, int], ...]:
    """The intervals of one day as (start, end) seconds after local midnight, by start.

    `0 <= start < 24 h` and `start < end <= start + 24 h`: an end at or before its start lies on the next day,
    so "22:00-06:00" is (79200, 108000) and "09:00-09:00" a whole day. "24:00" is allowed as an end only.
    Overlaps are kept; they merge where windows are made, because they may also come from two different days.
    Raises ValueError naming the interval that cannot be read.
    """
    return tuple(sorted(_interval(text) for text in hours))


def parse_days(days: Sequence[str]) -> frozenset[int]:
    """Weekday numbers, Monday 0 to Sunday 6. Raises ValueError naming the day that is none of `WEEKDAYS`."""
    for day in days:
        if day not in WEEKDAYS:
            raise ValueError(f"{day!r} is not a day of the week; use {', '.join(WEEKDAYS)}")
    return frozenset(map(WEEKDAYS.index, days))


def _interval(text: str) -> tuple[int, int]:
    match = _INTERVAL.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not an interval of hours like '09:00-17:00'")
    start_hour, start_minute, end_hour, end_minute = map(int, match.groups())
    start = start_hour * HOUR + start_minute * 60
    end = end_hour * HOUR + end_minute * 60
    if start >= DAY or end > DAY:
        raise ValueError(f"{text!r} names an hour that no day has: start by 23:59, end by 24:00")
    return start, end if end > start else end + DAY
