"""A reading may be killed at any moment: the next one goes on after the last page that was written whole."""

import signal
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from handrail.demo import NOW
from handrail.store.database import Store
from tests.store.demo_pages import KIND, SOURCE, go_on

SIZE = 300
ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("seed", [1, 2])
def test_a_reading_killed_again_and_again_ends_like_an_undisturbed_one(where: str, tmp_path: Path, seed: int) -> None:
    chance = Random(seed)
    kills = 0
    for _ in range(3):
        killed = subprocess.run(
            [sys.executable, "-m", "tests.store.demo_pages", where, str(SIZE), str(chance.randint(2, 40))],
            cwd=ROOT,
            check=False,
        )
        assert killed.returncode in {0, -signal.SIGKILL}
        kills += killed.returncode != 0
    assert kills >= 2
    with Store.open(where) as disturbed, Store.open(tmp_path / "undisturbed.db") as undisturbed:
        go_on(disturbed, SIZE)
        go_on(undisturbed, SIZE)
        assert _all(disturbed) == _all(undisturbed)


def _all(store: Store) -> object:
    facts = store.facts(NOW)
    found = {item.ref: (item, events) for item, events in facts.items(histories=True, closed=True)}
    return found, store.progress(SOURCE, KIND), store.open_refs(SOURCE), store.known_since()
