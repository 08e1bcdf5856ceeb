"""Turns change on time: written once, and what nobody decided about passes once, to whoever is on duty then."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest

from bench.handover_faults import BOOK, HANDOFF, fill
from handrail.engine.assemble import assemble
from handrail.engine.handover import OnTime, as_passed, on_time
from handrail.errors import UserError
from handrail.model.duty import Began, TurnBegan, WentAway
from handrail.model.people import Person
from handrail.store.database import Store
from handrail.testing import a_handbook

DRI = BOOK.first_rotation
WEEK = timedelta(weeks=1)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.sqlite") as opened:
        fill(opened)
        yield opened


def go(store: Store, now: datetime = HANDOFF) -> OnTime:
    return on_time(store, BOOK, now, lambda *_: {})


def owners(store: Store) -> list[str]:
    return [one.owner for one in store.asked.all(over=True)]


def test_before_the_handoff_nothing_changes(store: Store) -> None:
    assert go(store, HANDOFF - timedelta(seconds=1)) == OnTime()
    assert len(store.duty.log(DRI)) == 2


def test_at_the_handoff_the_turn_is_written_and_what_is_undecided_passes_once(store: Store) -> None:
    found = go(store)
    assert found.begun == ((DRI, TurnBegan(HANDOFF, "nadia")),)
    assert [(one.id, one.owner, one.steps[-1].by) for one in found.passed] == [(1, "nadia", ""), (5, "nadia", "")]
    assert owners(store) == ["nadia", "ivo", "ivo", "ivo", "nadia"]
    assert go(store, HANDOFF + timedelta(minutes=1)) == OnTime()
    assert store.duty.log(DRI)[2:][0].by == ""
    assert len(store.duty.log(DRI)) == 3


def test_late_turns_are_written_at_their_own_instants(store: Store) -> None:
    found = go(store, HANDOFF + WEEK + timedelta(days=2))
    assert [turn for _, turn in found.begun] == [TurnBegan(HANDOFF, "nadia"), TurnBegan(HANDOFF + WEEK, "mara")]
    assert {one.owner for one in found.passed} == {"mara"}


def test_other_rotations_have_their_turns_and_no_requests(store: Store) -> None:
    book = a_handbook({"rotations": {**BOOK.rotations, "release": BOOK.rotation}}, base=BOOK, people=dict(BOOK.people))
    store.duty.append("release", HANDOFF, "erin", lambda _: [Began(HANDOFF.date(), ("mara", "ivo"))])
    found = on_time(store, book, HANDOFF + WEEK, lambda *_: {})
    assert [(name, turn.holder) for name, turn in found.begun] == [
        (DRI, "nadia"), (DRI, "mara"), ("release", "mara"), ("release", "ivo"),
    ]  # fmt: skip
    assert {one.owner for one in found.passed} == {"mara"}


def test_where_nobody_is_available_the_requests_stay(store: Store) -> None:
    gone = [WentAway(name, HANDOFF.date(), (HANDOFF + WEEK).date()) for name in ("ivo", "nadia", "mara")]
    store.duty.append(DRI, HANDOFF - WEEK, "erin", lambda _: gone)
    assert [turn.holder for _, turn in go(store).begun] == [""]
    assert owners(store) == ["ivo"] * 5
    found = go(store, HANDOFF + WEEK)
    assert (len(found.passed), {one.owner for one in found.passed}) == (2, {"nadia"})


def test_without_a_log_there_is_nothing_to_do_and_nobody_takes_turns_in_a_team_of_nobody(tmp_path: Path) -> None:
    with Store.open(tmp_path / "empty.sqlite") as empty:
        assert go(empty) == OnTime()
        empty.duty.append("another", HANDOFF, "erin", lambda _: [Began(HANDOFF.date(), ("ivo",))])
        assert go(empty) == OnTime()
        with pytest.raises(UserError, match="The team is empty"):
            on_time(empty, a_handbook(people={}), HANDOFF, lambda *_: {})


def test_a_preview_has_passed_what_is_due(store: Store) -> None:
    snapshot = assemble(store.facts(HANDOFF), BOOK, None, lambda *_: {})
    assert [one.owner for one in as_passed(snapshot).asked] == ["nadia", "ivo", "ivo", "ivo", "nadia"]
    assert owners(store) == ["ivo"] * 5
    bare = assemble(store.facts(HANDOFF), a_handbook({"rotations": {"other": BOOK.rotation}}), None, lambda *_: {})
    assert as_passed(bare) is bare
    assert BOOK.people["ivo"] == Person("Ivo")


@pytest.mark.parametrize("place", ["sqlite", "postgresql"])
def test_of_two_runs_at_once_one_writes_the_turn_and_passes_each_request(
    place: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    where = request.getfixturevalue("postgresql") if place == "postgresql" else str(tmp_path / "both.sqlite")
    with Store.open(where) as opened:
        fill(opened)
    ready = Barrier(2)

    def run() -> None:
        with Store.open(where) as own:
            ready.wait()
            go(own)

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Store.open(where) as opened:
        turns = [entry.what for entry in opened.duty.log(DRI) if isinstance(entry.what, TurnBegan)]
        assert turns[1:] == [TurnBegan(HANDOFF, "nadia")]
        assert [sum(step.did == "passed" for step in one.steps) for one in opened.asked.all(over=True)] == [
            1,
            0,
            0,
            0,
            1,
        ]
