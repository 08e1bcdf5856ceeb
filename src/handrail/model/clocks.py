"""A clock: business time used of a limit. The same type for reviews and, later, incidents, severities and support."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

ClockState = Literal["non-breaching", "near-breaching", "breaching"]


class Clock(Struct, frozen=True, gc=False):
    """Runs in the office hours of ``whose`` (a user name; empty for the team). Amounts are seconds of business time."""

    start: datetime
    used: int
    limit: int
    state: ClockState
    whose: str = ""

    @property
    def used_hours(self) -> float:
        """Business hours used, to a tenth."""
        return round(self.used / 3600, 1)

    @property
    def limit_hours(self) -> float:
        """Business hours allowed, to a tenth."""
        return round(self.limit / 3600, 1)
