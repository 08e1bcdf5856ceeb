"""The rotation: its state from its log, and its turns from its state. What is shown ahead is what will be done.

Turns change at a local time every so many days, counted from the first handoff and never from the last turn, so that
clock changes leave no trace. Turns are half-open: the instant of a handoff is the next person's.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import NamedTuple, Self

from msgspec import Struct
from msgspec.structs import replace

from handrail.handbook.rotations import Rotation
from handrail.model.duty import NOBODY, Began, LogEntry, RosterSet, Turn, TurnBegan
from handrail.worktime.hours import DAY, HOUR, WEEKDAYS
from handrail.worktime.local_clock import LocalClock

Free = Callable[[str, datetime, datetime], bool]
"""Whether a person can take a turn from an instant to before another."""
_WEEK = 7


class Handoffs(NamedTuple):
    """When turns change: every ``days`` from the first handoff on, at a local time.

    Lengths of whole weeks keep the weekday; others begin on the first day itself.
    """

    clock: LocalClock
    days: int
    weekday: int
    """Monday 0 to Sunday 6."""
    seconds: int
    """After local midnight; a time that a clock change skips is when the gap ends, one shown twice is the first."""

    @classmethod
    def of(cls, rotation: Rotation, zone: str) -> Self:
        """As a handbook states them; ``zone`` is the team's, for a rotation that has none of its own."""
        hour, minute = map(int, rotation.handoff_time.split(":"))
        return cls(
            LocalClock(rotation.zone or zone),
            rotation.days,
            WEEKDAYS.index(rotation.handoff_day),
            hour * HOUR + minute * 60,
        )

    def first(self, day: date) -> datetime:
        """The first handoff of a rotation that begins on a day."""
        return self._at(self._anchor(day))

    def after(self, start: datetime, first: date) -> datetime:
        """The end of a turn that began at ``start``, in a rotation whose first day is ``first``.

        Where the length or the hour has changed since, it is the next handoff at which more than half a turn is over.
        """
        anchor = self._anchor(first)
        half = int(start.timestamp()) + self.days * DAY // 2
        count = (self.clock.day(half) - anchor) // self.days
        while int(self._at(anchor + count * self.days).timestamp()) <= half:
            count += 1
        return self._at(anchor + count * self.days)

    def _anchor(self, first: date) -> int:
        day = first.toordinal()
        return day + (self.weekday + 1 - day) % _WEEK if self.days % _WEEK == 0 else day

    def _at(self, day: int) -> datetime:
        return datetime.fromtimestamp(self.clock.reached(day, self.seconds), UTC)


class Turns(Struct, frozen=True):
    """A rotation's state: who has the turn since when, and who comes next."""

    first: date
    """The day on or after which the first turn begins."""
    order: tuple[str, ...]
    """Who waits for a turn, the next first; the holder is not among them."""
    holder: str = NOBODY
    start: datetime | None = None
    """Since when the holder has it; None before the first turn."""
    returns: bool = False
    """Whether the holder goes to the end of the list when their turn ends: not those who have left the roster."""

    @property
    def roster(self) -> tuple[str, ...]:
        """Everybody who takes turns, the next first."""
        return (*self.order, self.holder) if self.returns else self.order

    def begun(self, start: datetime, holder: str) -> Self:
        """After a turn has begun."""
        return replace(
            self,
            order=tuple(name for name in self.roster if name != holder),
            holder=holder,
            start=start,
            returns=holder in self.roster,
        )

    def listed(self, order: Iterable[str]) -> Self:
        """After the roster was edited: the holder stays the holder."""
        names = tuple(dict.fromkeys(order))
        return replace(self, order=tuple(name for name in names if name != self.holder), returns=self.holder in names)


def state(log: Iterable[LogEntry]) -> Turns | None:
    """What the log says now; None before the rotation was set up."""
    found: Turns | None = None
    for entry in log:
        match entry.what:
            case Began(first, order):
                found = Turns(first, tuple(dict.fromkeys(order)))
            case TurnBegan(start, holder) if found:
                found = found.begun(start, holder)
            case RosterSet(order) if found:
                found = found.listed(order)
            case _:
                pass
    return found


def all_turns(log: Sequence[LogEntry], handoffs: Handoffs, free: Free) -> Iterator[Turn]:
    """Every turn that the log has, then those that follow, without end; nothing before the rotation was set up."""
    begun = [entry.what for entry in log if isinstance(entry.what, TurnBegan)]
    yield from (Turn(one.start, other.start, one.holder) for one, other in pairwise(begun))
    now = state(log)
    if now is not None:
        yield from turns(now, handoffs, free)


def turns(now: Turns, handoffs: Handoffs, free: Free) -> Iterator[Turn]:
    """The turn that runs and all that follow, without end; the engine lets begin what the preview shows."""
    if now.start is None:
        now, coming = _next(now, handoffs.first(now.first), handoffs, free)
        yield coming
    else:
        coming = Turn(now.start, handoffs.after(now.start, now.first), now.holder)
        yield coming
    while True:
        now, coming = _next(now, coming.end, handoffs, free)
        yield coming


def _next(now: Turns, start: datetime, handoffs: Handoffs, free: Free) -> tuple[Turns, Turn]:
    """The first of the list who can takes it: nobody is picked who is not free, whatever is left of the list."""
    end = handoffs.after(start, now.first)
    passed: list[str] = []
    for name in now.roster:
        if free(name, start, end):
            return now.begun(start, name), Turn(start, end, name, tuple(passed))
        passed.append(name)
    return now.begun(start, NOBODY), Turn(start, end, NOBODY, tuple(passed))
