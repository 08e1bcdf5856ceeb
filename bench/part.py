"""A part of other facts: just so many issues and merge requests of some projects, and nothing else."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from handrail.gitlab.sources import Source
from handrail.model.facts import Facts, Team, is_wanted
from handrail.model.history import Event
from handrail.model.items import Item

Told = tuple[Item, Sequence[Event]]


class Part:
    """At most ``each`` issues and ``each`` merge requests of the sources, taken evenly from the oldest to the newest.

    Implements ``model.facts.Facts``.
    """

    def __init__(self, facts: Facts, sources: Iterable[Source], each: int) -> None:
        self._facts = facts
        self._items: dict[str, Told] = {}
        by_kind: dict[str, list[Told]] = {"#": [], "!": []}
        wanted = tuple(sources)
        for item, events in facts.items(histories=True, closed=True):
            if item.sigil in by_kind and any(source.holds(item.ref) for source in wanted):
                by_kind[item.sigil].append((item, events))
        for found in by_kind.values():
            count = min(each, len(found))
            for place in range(count):
                item, events = found[place * len(found) // count]
                self._items[item.ref] = item, events

    def team(self) -> Team:
        """All of the team."""
        return self._facts.team()

    def items(self, *, histories: bool, closed: bool, closed_since: datetime | None = None) -> Iterator[Told]:
        """Every item of the part once; see ``Facts``."""
        for item, events in self._items.values():
            if is_wanted(item, closed=closed, closed_since=closed_since):
                yield item, events if histories else ()

    def history(self, ref: str) -> Sequence[Event]:
        """One item's events."""
        return self._items[ref][1] if ref in self._items else ()
