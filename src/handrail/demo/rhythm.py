"""The daily and the weekly rhythm: what happens at some time of a day happens when people are at work somewhere."""

from bisect import bisect_right
from itertools import accumulate
from random import Random

from handrail.demo.calendar import DAY, END
from handrail.demo.fit import HOURS

_PASSED = (0.0, *accumulate(hour / sum(HOURS) for hour in HOURS))


def second_of_day(part: float) -> int:
    """The second by which ``part`` of a day's deeds are done, UTC."""
    hour = bisect_right(_PASSED, min(max(part, 0.0), 0.999999)) - 1
    return int((hour + (part - _PASSED[hour]) / (_PASSED[hour + 1] - _PASSED[hour])) * 3600)


def paced(rng: Random, born: int, until: int) -> int:
    """An end at least a day after the beginning, moved within its day to when people work, and mostly off weekends.

    What lies before the present stays before it, what lies after it after.
    """
    if until - born < DAY:
        return until
    day = until // DAY
    weekday = (day + 3) % 7
    if weekday >= 5 and rng.random() < 0.92:
        # Over the days beside the weekend; Monday has enough of what waited for it.
        part = int(rng.random() * 4)
        day += 2 + part if weekday == 6 else -1 - part
    then = day * DAY + second_of_day(rng.random())
    return then if then > born and (then > END) == (until > END) else until
