"""GitLab's rate limit: so many requests a minute for each caller, told in headers."""

from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import format_datetime


class RateLimit:
    """Counts the requests of the running minute. ``clock`` gives seconds that only go up."""

    def __init__(self, per_minute: int, clock: Callable[[], float]) -> None:
        self.per_minute, self._clock = per_minute, clock
        self._minute, self._seen = -1, 0

    def count(self) -> bool:
        """Count one request: whether it is still within the limit."""
        minute = int(self._clock() // 60)
        if minute != self._minute:
            self._minute, self._seen = minute, 0
        self._seen += 1
        return self._seen <= self.per_minute

    @property
    def seconds_left(self) -> int:
        """Until the minute is over."""
        return 60 - int(self._clock() % 60)

    def headers(self, now: datetime) -> dict[str, str]:
        """What GitLab says of the limit with every answer."""
        reset = now + timedelta(seconds=self.seconds_left)
        return {
            "RateLimit-Limit": str(self.per_minute),
            "RateLimit-Name": "throttle_authenticated_api",
            "RateLimit-Observed": str(self._seen),
            "RateLimit-Remaining": str(max(0, self.per_minute - self._seen)),
            "RateLimit-Reset": str(int(reset.timestamp())),
            "RateLimit-ResetTime": format_datetime(reset, usegmt=True),
        }
