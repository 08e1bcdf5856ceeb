"""A rotation's log: what happened to it, oldest first. Who is on duty, and who comes next, follows from it alone.

The log only grows. Nothing about a rotation is computed from a number of weeks and the length of a list, so that an
edit of the list never changes who is on duty now (``duty.rotation``).
"""

from collections.abc import Container, Mapping
from datetime import date, datetime
from typing import Protocol

from msgspec import Struct

NOBODY = ""
"""The holder of a turn for which nobody was available."""


class _Happened(Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True, tag_field="kind"):
    pass


class Began(_Happened, frozen=True, gc=False, tag="began"):
    """The rotation was set up: its first turn begins at the first handoff on or after a day."""

    first: date
    order: tuple[str, ...]
    """User names, the first turn's first."""


class TurnBegan(_Happened, frozen=True, gc=False, tag="turn"):
    """A turn began, as the rotation would have it or by hand; who had the one before goes to the end of the list."""

    start: datetime
    holder: str


class RosterSet(_Happened, frozen=True, gc=False, tag="roster"):
    """Who takes turns, the next first. A holder who is no longer named stays until their turn ends."""

    order: tuple[str, ...]


class Covered(_Happened, frozen=True, gc=False, tag="cover"):
    """Somebody is on duty from ``start`` to before ``end``, whoever's turn it is."""

    person: str
    start: datetime
    end: datetime


class SwapOffered(_Happened, frozen=True, gc=False, tag="offer"):
    """Somebody would like to be replaced from ``start`` to before ``end``; until that is taken nothing changes."""

    person: str
    start: datetime
    end: datetime


class SwapTaken(_Happened, frozen=True, gc=False, tag="taken"):
    """Somebody takes an offer, by its number in the log; in return the one who offered may take a stretch of theirs."""

    offer: int
    person: str
    start: datetime | None = None
    end: datetime | None = None
    """What is taken in return; both or neither."""


class SwapWithdrawn(_Happened, frozen=True, gc=False, tag="withdrawn"):
    """An offer that was not taken is no more, by its number in the log."""

    offer: int


class WentAway(_Happened, frozen=True, gc=False, tag="away"):
    """Somebody has time off, both days included, in their own zone."""

    person: str
    first: date
    last: date
    why: str = "time off"


class CameBack(_Happened, frozen=True, gc=False, tag="back"):
    """An absence does not take place after all, by its number in the log."""

    away: int


Happened = Began | TurnBegan | RosterSet | Covered | SwapOffered | SwapTaken | SwapWithdrawn | WentAway | CameBack


class LogEntry(Struct, frozen=True, gc=False):
    """One line of a rotation's log. ``number`` counts from 1 without holes."""

    number: int
    at: datetime
    by: str
    """A user name; empty for Handrail itself."""
    what: Happened


class Turn(Struct, frozen=True):
    """Whose turn it is from ``start`` to before ``end``."""

    start: datetime
    end: datetime
    holder: str
    passed: tuple[str, ...] = ()
    """Who came before the holder and was away for the turn; they keep their place."""


class Shift(Struct, frozen=True):
    """Who is on duty from ``start`` to before ``end``."""

    start: datetime
    end: datetime
    holder: str
    instead_of: str = ""
    """Whose turn it was, where somebody stands in for them."""
    agreed: int = 0
    """The log's number of what was agreed; 0: their own turn."""


class Duty(Protocol):
    """Who is on duty in a rotation, at any time; see ``duty.rota``."""

    def at(self, moment: datetime) -> Shift | None:
        """Whose shift it is: NOBODY's where nobody was available; None before the first turn."""
        ...

    def shifts(self, since: datetime, until: datetime) -> list[Shift]:
        """Who is on duty when, ascending; the first and the last reach over the ends."""
        ...


class KeptDuty(Duty, Protocol):
    """The same of a rotation that is kept here, by its log."""

    def offers(self, now: datetime) -> Mapping[int, SwapOffered]:
        """The swaps that somebody can still take, by their number in the log."""
        ...

    def turns(self, since: datetime, until: datetime) -> list[Turn]:
        """Whose turn it is when, ascending, whoever stands in; the first and the last reach over the ends."""
        ...


def on_duty(duty: Duty, moment: datetime, people: Container[str]) -> str:
    """Who of the people is on duty: NOBODY too where whoever has the turn is not among them any more."""
    shift = duty.at(moment)
    return shift.holder if shift and shift.holder in people else NOBODY
