"""Logs of rotations only grow, and of two people who act at once one wins."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from threading import Barrier, Thread

import pytest

from handrail.duty.agreeing import taken
from handrail.errors import UserError
from handrail.model.duty import (
    Began,
    CameBack,
    Covered,
    Happened,
    LogEntry,
    RosterSet,
    Shift,
    SwapOffered,
    SwapTaken,
    SwapWithdrawn,
    TurnBegan,
    WentAway,
)
from handrail.store.database import Store
from handrail.testing import NOW

WEEK = timedelta(days=7)
EVERYTHING: tuple[Happened, ...] = (
    Began(date(2026, 6, 1), ("nadia", "ivo")),
    TurnBegan(NOW, "nadia"),
    RosterSet(("ivo", "mara")),
    Covered("mara", NOW, NOW + WEEK),
    SwapOffered("nadia", NOW, NOW + WEEK),
    SwapTaken(5, "ivo", NOW + WEEK, NOW + 2 * WEEK),
    SwapWithdrawn(5),
    WentAway("ivo", date(2026, 7, 1), date(2026, 7, 2), "a course"),
    CameBack(8),
)


def test_all_that_can_happen_is_kept_in_its_order(store: Store) -> None:
    for number, what in enumerate(EVERYTHING, 1):
        (added,) = store.duty.append("dri", NOW, "erin", lambda log: EVERYTHING[len(log) : len(log) + 1])
        assert added == LogEntry(number, NOW, "erin", what)
    store.duty.append("another", NOW, "", lambda log: EVERYTHING[:2] if not log else ())
    assert store.duty.append("another", NOW, "", lambda _: ()) == []
    assert [entry.what for entry in store.duty.log("dri")] == [*EVERYTHING]
    assert [(entry.number, entry.by) for entry in store.duty.log("another")] == [(1, ""), (2, "")]
    assert store.duty.log("unknown") == []


def test_what_is_refused_leaves_the_log_as_it_was(store: Store) -> None:
    store.duty.append("dri", NOW, "erin", lambda _: EVERYTHING[:1])

    def refuse(log: Sequence[LogEntry]) -> Iterator[Happened]:
        yield from EVERYTHING[1 : 1 + len(log)]
        raise UserError("No.")

    with pytest.raises(UserError):
        store.duty.append("dri", NOW, "erin", refuse)
    assert len(store.duty.log("dri")) == 1


def test_of_two_who_take_one_swap_at_once_one_has_it(where: str) -> None:
    with Store.open(where) as store:
        store.duty.append("dri", NOW, "nadia", lambda _: [SwapOffered("nadia", NOW, NOW + WEEK)])
    ready, said, held = Barrier(2), dict[str, str](), [Shift(NOW, NOW + WEEK, "nadia")]

    def take(name: str) -> None:
        with Store.open(where) as own:
            ready.wait()
            try:
                own.duty.append("dri", NOW, name, lambda log: [taken(log, 1, name, held, NOW)])
                said[name] = "taken"
            except UserError as error:
                said[name] = str(error)

    threads = [Thread(target=take, args=(name,)) for name in ("ivo", "mara")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (winner,) = [name for name, what in said.items() if what == "taken"]
    (loser,) = {*said} - {winner}
    assert f"@{winner} has taken swap 1 already" in said[loser]
    with Store.open(where) as store:
        assert [entry.what for entry in store.duty.log("dri")][1:] == [SwapTaken(1, winner)]
