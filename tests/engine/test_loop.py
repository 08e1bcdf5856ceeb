"""The loop: what is due runs, in order and in one place at a time, whatever fails, dies or is stopped."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.engine.jobs import Job, Ran
from handrail.engine.loop import LEASE, Loop
from handrail.errors import UserError
from handrail.store.database import Store
from handrail.store.jobs import Standing
from handrail.testing import NOW
from tests.engine.looping import EVERY, Looped, a_job

ROOT = Path(__file__).resolve().parents[2]
MOMENT = timedelta(seconds=1)
LONG = 10.0
"""Seconds after which a test gives up waiting for another thread."""


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    return str(tmp_path / "store.sqlite") if request.param == "sqlite" else request.getfixturevalue("postgresql")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.sqlite") as opened:
        yield opened


class Ledger:
    """Jobs that note that they ran."""

    def __init__(self, store: Store) -> None:
        self.store, self.ran = store, list[str]()

    def job(self, name: str, came_to: Ran | Exception | None = None, **more: object) -> Job:
        def does(_: Callable[[], None]) -> Ran:
            self.ran.append(name)
            if isinstance(came_to, Exception):
                raise came_to
            return came_to or Ran()

        return a_job(name, does, **more)  # type: ignore[arg-type]


# --- when ----------------------------------------------------------------------------------------------


def test_what_is_due_runs_in_order_and_again_when_its_time_has_come(store: Store) -> None:
    notes = Ledger(store)
    looped = Looped(
        store, (notes.job("b"), notes.job("a"), notes.job("slow", lane="reading"), notes.job("c", every=3 * EVERY))
    )
    assert looped.later(timedelta(0))
    assert notes.ran == ["b", "a", "c"]
    assert not looped.later(EVERY - MOMENT)
    assert looped.later(MOMENT)
    assert notes.ran[3:] == ["b", "a"]
    assert looped.loop.turn("reading")
    assert notes.ran[5:] == ["slow"]


def test_what_was_missed_is_caught_up_with_once(store: Store) -> None:
    notes = Ledger(store)
    looped = Looped(store, (notes.job("first"), notes.job("second")))
    looped.later(timedelta(0))
    assert looped.later(timedelta(days=3))
    assert not looped.later(timedelta(0))
    assert notes.ran == ["first", "second"] * 2
    assert store.jobs.all()["first"].due_at == looped.clock() + EVERY


@given(ended=st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  # as asked for
def test_a_mark_is_ahead_and_near_and_the_same_for_everybody(ended: datetime) -> None:
    every = timedelta(minutes=5)
    found = a_job("handover", lambda _: None, at_marks=True, every=every).after(ended)
    assert ended < found <= ended + every
    assert (found.minute % 5, found.second, found.microsecond) == (0, 0, 0)


def test_what_is_woken_runs_at_once_and_wakes_what_follows(store: Store) -> None:
    notes = Ledger(store)
    changed = notes.job("inbox", Ran(changed=True), then=("evaluate",))
    looped = Looped(store, (changed, notes.job("evaluate")))
    looped.later(timedelta(0))
    looped.later(timedelta(0))
    notes.ran.clear()
    looped.loop.wake("inbox")
    assert looped.later(MOMENT)
    assert notes.ran == ["inbox", "evaluate"]
    assert not looped.later(MOMENT)
    assert looped.changes == [NOW, NOW + MOMENT]


def test_what_is_woken_while_it_runs_runs_once_more(store: Store) -> None:
    ran: list[str] = []

    def does(_: Callable[[], None]) -> None:
        ran.append("inbox")
        if len(ran) == 1:
            looped.loop.wake("inbox")

    looped = Looped(store, (a_job("inbox", does),))
    assert [looped.later(timedelta(0)) for _ in range(3)] == [True, True, False]


@pytest.mark.parametrize(("took", "rests"), [(60.0, 4), (3600.0, 10)])
def test_what_took_long_rests_however_often_it_is_woken(store: Store, took: float, rests: int) -> None:
    notes = Ledger(store)
    looped = Looped(store, (notes.job("evaluate", rests=4),))
    store.jobs.take(Standing("evaluate"), "it", NOW, NOW + LEASE)
    store.jobs.done("evaluate", "it", NOW, took, NOW + EVERY)
    looped.loop.wake("evaluate")
    assert not looped.later(timedelta(minutes=rests) - MOMENT)
    assert looped.later(MOMENT)


# --- what goes wrong -----------------------------------------------------------------------------------


def test_what_fails_is_tried_again_after_ever_longer_waits_and_the_others_go_on(store: Store) -> None:
    notes = Ledger(store)
    looped = Looped(store, (notes.job("sweep", UserError("GitLab is away:", "wait.")), notes.job("handover")))
    looped.later(timedelta(0))
    failed = [store.jobs.all()["sweep"]]
    for _ in range(6):
        looped.loop.wake("sweep")
        looped.later(due(failed[-1]) - looped.clock() - MOMENT)
        assert notes.ran.count("sweep") == len(failed), "waking makes nothing well"
        looped.later(MOMENT)
        failed.append(store.jobs.all()["sweep"])
    assert [(due(one) - (one.ended_at or NOW)).total_seconds() for one in failed] == [30, 60, 120, 240, 480, 600, 600]
    assert [one.attempts for one in failed] == [1, 2, 3, 4, 5, 6, 7]
    assert {one.error for one in failed} == {"GitLab is away: wait."}
    assert looped.said[0] == "sweep: GitLab is away: wait. It is tried again at 14:00:30 UTC."
    assert notes.ran.count("handover") == 3, "every ten minutes of these 25"


def due(one: Standing) -> datetime:
    assert one.due_at is not None
    return one.due_at


def test_what_goes_well_again_is_told_and_forgotten(store: Store) -> None:
    failing = True

    def does(_: Callable[[], None]) -> None:
        if failing:
            raise UserError("It failed.")

    looped = Looped(store, (a_job("sweep", does),))
    looped.later(timedelta(0))
    failing = False
    assert looped.later(timedelta(seconds=30))
    found = store.jobs.all()["sweep"]
    assert (found.attempts, found.error, found.due_at) == (0, "", looped.clock() + EVERY)
    assert looped.said[-1] == "sweep: all is well again"


def test_a_fault_is_told_by_its_place_and_without_what_it_says(store: Store) -> None:
    def does(_: Callable[[], None]) -> None:
        Store.open("nowhere://with-a-secret")

    looped = Looped(store, (a_job("sweep", does), a_job("other", lambda _: dict[str, Ran]()["a secret"])))
    looped.later(timedelta(0))
    found = store.jobs.all()
    assert "No store can be kept there" in found["sweep"].error
    assert found["other"].error.startswith("This is a fault of Handrail’s (KeyError in engine/loop.py, line ")
    assert "secret" not in found["other"].error
    assert any(line.startswith("Traceback") for line in looped.said)


def test_what_a_run_left_out_is_kept_and_is_no_failure(store: Store) -> None:
    notes = Ledger(store)
    looped = Looped(store, (notes.job("sweep", Ran(says=("3 items changed",), problems=("No acme/app.", "Nor b."))),))
    looped.later(timedelta(0))
    found = store.jobs.all()["sweep"]
    assert (found.error, found.attempts, found.due_at) == ("No acme/app. Nor b.", 0, NOW + EVERY)
    looped.later()
    changed = "sweep: 3 items changed"
    assert looped.said == [changed, "sweep: No acme/app.", "sweep: Nor b.", changed], "what stays wrong is told once"


def test_a_lane_outlives_a_store_that_is_out_of_reach(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handrail.engine.loop.POLL", 0.01)
    ran, away = Event(), Event()

    class Heard(list[str]):
        def append(self, line: str) -> None:
            super().append(line)
            away.set()

    looped = Looped(store, (a_job("sweep", lambda _: ran.set()),), said=Heard())
    with store._writing() as connection:
        connection.exec_driver_sql("ALTER TABLE jobs RENAME TO away")
    with looped.loop:
        assert away.wait(LONG)
        assert not ran.is_set()
        with store._writing() as connection:
            connection.exec_driver_sql("ALTER TABLE away RENAME TO jobs")
        assert ran.wait(LONG)
    assert looped.said[0].startswith("at once: This is a fault of Handrail’s (OperationalError")


# --- others --------------------------------------------------------------------------------------------


def test_a_killed_process_is_taken_over_from(where: str) -> None:
    dead = subprocess.run([sys.executable, "-m", "tests.engine.looping", where], cwd=ROOT, check=False)
    assert dead.returncode == -signal.SIGKILL
    with Store.open(where) as opened:
        notes = Ledger(opened)
        looped = Looped(opened, (notes.job("sweep"),))
        assert not looped.later(LEASE - MOMENT), "it may still be at it"
        assert looped.later(MOMENT)
        assert notes.ran == ["sweep"]
        found = opened.jobs.all()["sweep"]
        assert (found.attempts, found.run, found.error) == (0, "", "")
        assert looped.said == ["sweep: all is well again"]


def test_of_two_loops_one_runs_a_job_at_a_time(where: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handrail.engine.loop.POLL", 0.01)
    inside, together, runs, enough = [], [], list[int](), Event()

    def deliver(number: int) -> Callable[[Callable[[], None]], Ran]:
        def does(_: Callable[[], None]) -> Ran:
            inside.append(number)
            together.append(len(inside))
            runs.append(number)
            loops[1 - number].loop.wake("evaluate")
            inside.remove(number)
            if len(runs) >= 20:
                enough.set()
            return Ran()

        return does

    with Store.open(where) as one, Store.open(where) as two:
        loops = [Looped(store, (a_job("evaluate", deliver(number)),)) for number, store in enumerate((one, two))]
        with loops[0].loop, loops[1].loop:
            assert enough.wait(LONG)
    assert set(together) == {1}
    assert set(runs) == {0, 1}


def test_a_job_that_others_took_over_stops_half_way(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handrail.engine.loop.RENEWED", 0.01)
    begun, left = Event(), Event()

    def does(check: Callable[[], None]) -> None:
        begun.set()
        try:
            for _ in range(int(LONG * 100)):
                check()
                left.wait(0.01)
        finally:
            left.set()

    slept = Looped(store, (a_job("sweep", does),))
    with slept.loop:
        assert begun.wait(LONG)
        with store._writing() as connection:  # a fault while leases are renewed ends no renewing
            connection.exec_driver_sql("ALTER TABLE jobs RENAME TO away")
        left.wait(0.1)
        with store._writing() as connection:
            connection.exec_driver_sql("ALTER TABLE away RENAME TO jobs")
        held = store.jobs.all()["sweep"]
        store.jobs.take(held, "another", NOW + LEASE, NOW + 2 * LEASE)
        assert left.wait(LONG)
    assert store.jobs.all()["sweep"].run == "another"


# --- stopping ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("waits", ["works", "pauses"])
def test_what_is_half_way_is_handed_back(store: Store, waits: str) -> None:
    begun, ended = Event(), Event()

    def does(check: Callable[[], None]) -> None:
        begun.set()
        while waits == "works":
            check()
        looped.loop.stopping.pause(LONG)
        ended.set()

    looped = Looped(store, (a_job("sweep", does),))
    with looped.loop:
        assert begun.wait(LONG)
    assert not ended.is_set()
    found = store.jobs.all()["sweep"]
    assert (found.run, found.due_at, found.attempts) == ("", NOW, 0)
    notes = Ledger(store)
    assert Looped(store, (notes.job("sweep"),)).later(timedelta(0))


def test_what_does_not_look_is_left_to_its_lease_and_nothing_new_begins(store: Store) -> None:
    begun, go_on = Event(), Event()
    notes = Ledger(store)

    def does(_: Callable[[], None]) -> None:
        begun.set()
        go_on.wait(LONG)

    looped = Looped(store, (a_job("sweep", does), notes.job("after")))
    looped.loop.start()
    assert begun.wait(LONG)
    looped.loop.stop(patience=0.05)
    assert store.jobs.all()["sweep"].is_held(NOW)
    go_on.set()
    looped.loop.stop()
    assert (store.jobs.all()["sweep"].due_at, notes.ran) == (NOW + EVERY, [])


def test_waking_ends_the_wait(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handrail.engine.loop.POLL", LONG)
    runs = [Event(), Event()]

    def does(_: Callable[[], None]) -> None:
        next(one for one in runs if not one.is_set()).set()

    loop: Loop = Looped(store, (a_job("inbox", does),)).loop
    with loop:
        assert runs[0].wait(LONG)
        loop.wake("inbox")
        assert runs[1].wait(LONG / 2)
