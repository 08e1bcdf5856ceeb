"""The numbering: which project and number the n-th generated item has, and back.

A table of a thousand slots, shuffled once, holds each project and kind as often as ``fit.LINES`` says, and repeats. So
any item can be made on its own, and references are unique without remembering any.
"""

from random import Random
from typing import NamedTuple

from handrail.demo.fit import LINES

CAST_FLOOR = {
    "gitlab-org/omnibus-gitlab!": 7396,
    "gitlab-org/charts/gitlab!": 3296,
    "gitlab-org/build/CNG!": 2710,
    "gitlab-org/cloud-native/gitlab-operator!": 1190,
    "gitlab-org/gitlab!": 211_800,
    "gitlab-org/omnibus-gitlab#": 8830,
    "gitlab-org/charts/gitlab#": 5100,
    "gitlab-org/distribution&": 90,
}
"""Where the hand-written numbers begin, other lines' at 2000. Generated ones end below, or start above if many."""
_FLOOR, _ABOVE = 2000, 10_000


class Slot(NamedTuple):
    """The n-th item: its line ("gitlab-org/omnibus-gitlab!"), its number, and its rank among the line's."""

    line: str
    iid: int
    rank: int


class Slots:
    """The numbering of ``count`` generated items."""

    def __init__(self, count: int) -> None:
        self.count = count
        table = [line for line, share in LINES.items() for _ in range(share)]
        Random(1000).shuffle(table)
        self._size = len(table)
        self._table: list[tuple[str, int]] = []
        self._places: dict[str, list[int]] = {line: [] for line in LINES}
        for place, line in enumerate(table):
            self._table.append((line, len(self._places[line])))
            self._places[line].append(place)
        whole, rest = divmod(count, self._size)
        self._first: dict[str, int] = {}
        self.total: dict[str, int] = {}
        for line, places in self._places.items():
            total = whole * len(places) + sum(place < rest for place in places)
            floor = CAST_FLOOR.get(line, _FLOOR)
            self._first[line] = floor - total if total < floor else max(_ABOVE, floor + 1000)
            self.total[line] = total

    def slot(self, number: int) -> Slot:
        """The slot of the item ``number``, from 0."""
        block, place = divmod(number, self._size)
        line, rank = self._table[place]
        rank += block * len(self._places[line])
        return Slot(line, self._first[line] + rank, rank)

    def number(self, line: str, rank: int) -> int:
        """The item with that rank in its line."""
        places = self._places[line]
        block, at = divmod(rank, len(places))
        return block * self._size + places[at]

    def find(self, ref: str) -> int | None:
        """The number of the item with this reference, None for a reference that is not among them."""
        cut = max(ref.rfind("#"), ref.rfind("!"), ref.rfind("&")) + 1
        line, iid = ref[:cut], ref[cut:]
        if line not in self._places or not iid.isdecimal():
            return None
        rank = int(iid) - self._first[line]
        return self.number(line, rank) if 0 <= rank < self.total[line] else None

    def ref(self, line: str, rank: int) -> str:
        """The reference of the item with that rank in its line."""
        return f"{line}{self._first[line] + rank}"
