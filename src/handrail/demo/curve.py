"""A distribution as a few of its quantiles, straight between them in the logarithm of the value."""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from math import exp, log


class Curve:
    """``quantiles``: (share, value) pairs, shares from 0 to 1, values above 0, both rising."""

    def __init__(self, quantiles: Sequence[tuple[float, float]]) -> None:
        self._shares = [share for share, _ in quantiles]
        self._logs = [log(value) for _, value in quantiles]

    def value(self, share: float) -> float:
        """The value that ``share`` of all stay below."""
        at = min(max(bisect_right(self._shares, share), 1), len(self._shares) - 1)
        low, high = self._shares[at - 1], self._shares[at]
        part = (share - low) / (high - low)
        return exp(self._logs[at - 1] + part * (self._logs[at] - self._logs[at - 1]))

    def share(self, value: float) -> float:
        """How many stay below ``value``."""
        if value <= 0:
            return 0.0
        wanted = log(value)
        if wanted <= self._logs[0]:
            return 0.0
        if wanted >= self._logs[-1]:
            return 1.0
        at = bisect_left(self._logs, wanted)
        low, high = self._logs[at - 1], self._logs[at]
        return self._shares[at - 1] + (wanted - low) / (high - low) * (self._shares[at] - self._shares[at - 1])
