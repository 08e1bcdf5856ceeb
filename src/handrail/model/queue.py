"""What a person's queue holds: entries in handbook order, what waits for others, and items that fit no row."""

from datetime import date, datetime

from msgspec import Struct

from handrail.model.asked import Asked
from handrail.model.clocks import Clock
from handrail.model.items import Item
from handrail.model.planning import RedBranch


class Reason(Struct, frozen=True, gc=False, omit_defaults=True):
    """Why, as evidence: a code that is put into words in the reader's zone, and the facts that go into them."""

    code: str
    by: str = ""
    at: datetime | None = None
    until: date | None = None
    count: int = 0
    names: tuple[str, ...] = ()
    due: datetime | None = None
    """By when somebody is to answer."""


class Kept(Struct, frozen=True, gc=False):
    """A request that is about no open item, as queues have it."""

    asked: Asked
    project: str = ""
    labels: tuple[str, ...] = ()

    @property
    def ref(self) -> str:
        """What it is called in place of a reference: ``request 7``."""
        return f"request {self.asked.id}"

    @property
    def title(self) -> str:
        """What is asked for."""
        return self.asked.title

    @property
    def web_url(self) -> str | None:
        """Where it was asked, if somebody kept that."""
        return next(iter(self.asked.links), None)


Subject = Item | RedBranch | Kept
"""What a row of a queue is about."""


class Entry(Struct, frozen=True, gc=False):
    """One row of a queue: what to do with which item, since when, on which clock, and why.

    ``order`` is the row's place in its table; with the level, ``since`` and the reference it orders every queue.
    """

    level: int
    order: int
    row: str
    do: str
    clause: str
    item: Subject
    since: datetime
    reasons: tuple[Reason, ...]
    clock: Clock | None = None


class Waiting(Struct, frozen=True, gc=False):
    """Work of ``people`` that somebody else must move first: ``on`` are the user names or references it waits for."""

    item: Item
    people: tuple[str, ...]
    on: tuple[str, ...]
    since: datetime
    reason: Reason


class TriageFinding(Struct, frozen=True, gc=False):
    """An item that asks for work but fits no row of the table, and what it lacks."""

    item: Item
    lacks: tuple[str, ...]
    clause: str

    def concerns(self, username: str) -> bool:
        """Whether the item is this person's: assigned to them, or written by them."""
        return username == self.item.author or username in self.item.assignees
