"""What of a view not everybody may see: where to ask GitLab, and about which items."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from handrail.model.hidden import linked, named_by, place_of
from handrail.model.items import Item
from handrail.model.snapshot import Snapshot

Stored = Callable[[Collection[str]], Mapping[str, Item]]
"""Gives those of these items that are stored."""

_AT_ONCE = 500
"""Items that are asked for at a time."""


@dataclass(frozen=True)
class Guarded:
    """The places ("projects/a/b", "groups/a") of a view's items and of all that they name, and what is confidential."""

    places: frozenset[str] = frozenset()
    confidential: Mapping[str, Item] = field(default_factory=dict)
    stored: Stored = lambda _: {}

    @classmethod
    def of(cls, snapshot: Snapshot, stored: Stored) -> "Guarded":
        """What is to be guarded of a snapshot: what ended lately, and what is only named, included."""
        projects = frozenset(f"projects/{path}" for path in snapshot.projects)
        return _with(cls(projects, {}, stored), (*snapshot.items, *snapshot.closed), named_by(snapshot))

    def with_items(self, changed: Mapping[str, Item | None]) -> "Guarded":
        """The same once these items are so (None: it is gone). Where one was that is gone, others may be still."""
        still = {ref: one for ref, one in self.confidential.items() if ref not in changed}
        there = [one for one in changed.values() if one]
        named = {ref for one in there for ref in linked(one)}
        return _with(Guarded(self.places, still, self.stored), there, named)


def _with(known: Guarded, items: Iterable[Item], named: Collection[str]) -> Guarded:
    here = {one.ref: one for one in items}
    rest = sorted({*named} - here.keys() - known.confidential.keys())
    elsewhere = [known.stored(rest[start : start + _AT_ONCE]) for start in range(0, len(rest), _AT_ONCE)]
    found = {ref: one for those in (here, *elsewhere) for ref, one in those.items() if one.confidential}
    places = known.places | {place_of(ref) for ref in (*here, *named)}
    return Guarded(places, {**known.confidential, **found}, known.stored)
