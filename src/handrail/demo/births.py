"""When items come into being, and which of them are still open.

Closed items are spread over two years. Open ones are as old as what is open at any moment under the fitted lead times:
their age has the density of what outlives it. Days follow the weekly rhythm, hours the daily one.
"""

from bisect import bisect_right
from collections.abc import Callable
from itertools import accumulate
from math import exp

from handrail.demo.calendar import DAY, DAYS, END, FIRST_DAY
from handrail.demo.fit import WEEKDAYS
from handrail.demo.rhythm import second_of_day

Outlives = Callable[[float], float]
"""The share of items that are open longer than so many days."""


class Births:
    """Of one kind of item; ``opened`` is the share of all that is open now, ``size`` the number of items of all kinds.

    A small demo cannot be busy for two years: about half of what it has closed is from the last months, so that these
    look like a team's. The more items, the more evenly they are spread.
    """

    def __init__(self, outlives: Outlives, opened: float, size: int) -> None:
        today = END - FIRST_DAY - (DAYS - 1) * DAY
        rhythm = [WEEKDAYS[(FIRST_DAY // DAY + 3 + day) % 7] for day in range(DAYS)]
        rhythm[-1] *= today / DAY
        alive = [outlives(DAYS - 0.5 - day) for day in range(DAYS)]
        still = [r * a for r, a in zip(rhythm, alive, strict=True)]
        lately = 12 * min(1.0, 1000 / size)
        gone = []
        for day, (rate, living) in enumerate(zip(rhythm, alive, strict=True)):
            evenly = 0.6 + 0.8 * day / DAYS
            gone.append(rate * (1 - living) * (evenly + lately * exp((day - DAYS) / 60)))
        scale_still, scale_gone = opened / sum(still), (1 - opened) / sum(gone)
        self._opened = [
            s * scale_still / ((s * scale_still + g * scale_gone) or 1) for s, g in zip(still, gone, strict=True)
        ]
        self._passed = [
            0.0,
            *accumulate(s * scale_still + g * scale_gone for s, g in zip(still, gone, strict=True)),
        ]
        self._today = today

    def at(self, share: float) -> tuple[int, float]:
        """The instant by which ``share`` of all have been born, and how likely one born then is still open."""
        day = min(bisect_right(self._passed, share) - 1, DAYS - 1)
        part = (share - self._passed[day]) / (self._passed[day + 1] - self._passed[day])
        second = second_of_day(part)
        if day == DAYS - 1:
            second = int(second * self._today / DAY * 0.98)
        return FIRST_DAY + day * DAY + second, self._opened[day]
