"""Webhooks: whatever becomes of them, a sweep makes it true."""

from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import standin
from bench.figures import Figure
from bench.webhook_trials import KINDS, Came, Course, Step, Trials, facts

ORDERS, EACH = 2_000, 5


def webhooks(say: Callable[[str], None], *, quick: bool) -> Iterator[Figure]:
    """Orders that are tried."""
    count, wrong, tried = ORDERS // 10 if quick else ORDERS, 0, 0
    say(f"webhooks: {count:,} orders")
    with TemporaryDirectory() as name, standin.running(facts(), per_minute=None) as gitlab:
        trials = Trials(gitlab, Path(name))
        for seed in range(count // EACH):
            found = trials.differences(course(Random(seed)))
            tried += EACH
            wrong += bool(found)
            for line in found[:2]:
                say(f"webhooks: seed {seed}: {line}")
            if tried % 500 == 0:
                say(f"webhooks: {tried:,} orders, {wrong} courses with a difference")
    group = f"Webhooks lost, doubled and out of order, and one sweep, {tried:,} orders"
    yield Figure(
        group, "courses that end with another store, queue or plan", wrong, "", 0, f"{trials.heard:,} deliveries"
    )


def course(chance: Random) -> Course:
    """One of a seed."""

    def steps() -> list[Step]:
        return [
            Step(
                chance.randrange(KINDS),
                chance.randrange(6),
                chance.randrange(10),
                chance.randrange(20),
                chance.choice((0, 1, 30, 200)),
            )
            for _ in range(chance.randint(1, 9))
        ]

    def some() -> list[int]:
        return [chance.randrange(40) for _ in range(chance.randrange(15))]

    came = [Came(some(), some(), chance.random() < 0.5) for _ in range(EACH)]
    return Course(steps(), steps(), came, chance.random() < 0.5)
