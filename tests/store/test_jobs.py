"""How jobs stand: one has a job in hand, whoever dies is taken over from, and nothing that woke it is lost."""

from datetime import timedelta

import pytest

from handrail.store.database import Store
from handrail.store.jobs import Standing
from handrail.testing import NOW

LEASE = timedelta(seconds=30)
LATER = NOW + timedelta(minutes=10)
NEW = Standing("sweep")


def take(store: Store, seen: Standing = NEW, run: str = "one", after: timedelta = timedelta(0)) -> bool:
    return store.jobs.take(seen, run, NOW + after, NOW + after + LEASE)


def standing(store: Store, name: str = "sweep") -> Standing:
    return store.jobs.all()[name]


def test_of_two_who_see_the_same_one_has_it(store: Store) -> None:
    assert [take(store), take(store, run="two")] == [True, False]
    held = standing(store)
    assert (held.run, held.started_at, held.lease_until, held.due_at) == ("one", NOW, NOW + LEASE, None)
    assert [held.is_held(at) for at in (NOW, NOW + LEASE)] == [True, False]
    store.jobs.done("sweep", "one", NOW, 1.5, LATER, note="all")
    assert not take(store, held, "two"), "it has run since it was seen"
    assert standing(store) == Standing("sweep", LATER, NOW, NOW, 1.5, note="all")
    assert take(store, standing(store), "two")


def test_whoever_dies_is_taken_over_from_and_has_nothing_to_say_any_more(store: Store) -> None:
    take(store)
    assert take(store, standing(store), "two", LEASE)
    taken = standing(store)
    assert (taken.run, taken.attempts, "it was killed" in taken.error) == ("two", 1, True)
    assert store.jobs.renew("one", ["sweep"], LATER) == set()
    store.jobs.done("sweep", "one", NOW, 1.0, LATER, wakes=["evaluate"])
    store.jobs.failed("sweep", "one", NOW, 1.0, LATER, error="It failed.")
    store.jobs.hand_back("sweep", "one", NOW)
    assert standing(store) == taken
    assert store.jobs.renew("two", ["sweep", "evaluate"], LATER) == {"sweep"}
    assert standing(store).lease_until == LATER


def test_what_is_woken_while_it_runs_runs_once_more(store: Store) -> None:
    take(store)
    store.jobs.wake(["sweep"], NOW + LEASE)
    store.jobs.done("sweep", "one", NOW + LEASE, 1.0, LATER)
    assert standing(store).due_at == NOW + LEASE


def test_what_follows_is_woken_with_the_end(store: Store) -> None:
    for name in ("sweep", "evaluate"):
        take(store, Standing(name))
    store.jobs.done("evaluate", "one", NOW, 1.0, LATER)
    store.jobs.done("sweep", "one", NOW, 1.0, LATER, wakes=["evaluate", "unheard of"])
    assert (standing(store, "evaluate").due_at, standing(store).due_at) == (NOW, LATER)
    assert store.jobs.all().keys() == {"sweep", "evaluate"}


@pytest.mark.parametrize("while_it_runs", [True, False])
def test_what_failed_keeps_to_its_hour_whoever_wakes_it(store: Store, *, while_it_runs: bool) -> None:
    take(store)
    if while_it_runs:
        store.jobs.wake(["sweep"], NOW)
    store.jobs.failed("sweep", "one", NOW, 1.0, LATER, error="It failed.")
    store.jobs.wake(["sweep"], NOW)
    assert standing(store) == Standing("sweep", LATER, NOW, NOW, 1.0, 1, "It failed.")
    take(store, standing(store))
    store.jobs.done("sweep", "one", LATER, 1.0, LATER, error="A part of it.")
    assert (standing(store).attempts, standing(store).error) == (0, "A part of it.")


def test_what_is_handed_back_is_due_at_once(store: Store) -> None:
    take(store)
    store.jobs.hand_back("sweep", "one", NOW + LEASE)
    found = standing(store)
    assert (found.run, found.due_at, found.attempts, found.ended_at) == ("", NOW + LEASE, 0, None)
