"""What the work queue decides about one item."""

from msgspec import Struct
from msgspec.structs import replace

from handrail.model.queue import Entry, Reason, TriageFinding, Waiting
from handrail.rules.terms import Standing


class Place(Struct, frozen=True, gc=False):
    """An entry and who has it: ``people`` by name, or all of a ``pool`` (a group's key, "" the team) ``but`` some."""

    entry: Entry
    people: tuple[str, ...] = ()
    pool: str | None = None
    but: tuple[str, ...] = ()
    standing: Standing | None = None

    def is_for(self, person: str) -> bool:
        """Whether the person has it by name, or, in a pool of any kind, is not left out of it."""
        return person in self.people if self.pool is None else person not in self.but


class Verdict(Struct, frozen=True, gc=False):
    """Whose the item is next, what it waits for, what it lacks, or why it is nobody's; and what the rows looked at."""

    places: tuple[Place, ...] = ()
    waiting: Waiting | None = None
    finding: TriageFinding | None = None
    parked: Reason | None = None
    standing: Standing | None = None

    def without(self, person: str) -> "Verdict":
        """The same, but not for ``person``."""
        places = []
        for place in self.places:
            if place.pool is not None:
                places.append(replace(place, but=(*place.but, person)))
            else:
                others = tuple(name for name in place.people if name != person)
                if others:
                    places.append(replace(place, people=others))
        return replace(self, places=tuple(places))

    def with_place(self, place: Place) -> "Verdict":
        """The same with one more place, ahead of the others."""
        return replace(self, places=(place, *self.places))
