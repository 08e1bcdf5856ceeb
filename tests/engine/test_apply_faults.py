"""Whatever happens to a run, the next one does what is left, and nothing is done twice."""

import signal
import subprocess
import sys
from pathlib import Path
from random import Random

import pytest

from bench.apply_faults import QUICK_SEEDS, STEPS, apply_once, problems, runs, serving
from bench.deaths import LEASE, Steps, die_here, make_template, read_into
from handrail.store.database import Store
from handrail.testing import NOW

ROOT = Path(__file__).resolve().parents[2]


def test_an_undisturbed_run_has_about_as_many_steps_as_are_tried(tmp_path: Path) -> None:
    steps = Steps()
    with serving() as gitlab:
        where = make_template(gitlab, tmp_path)
        assert apply_once(gitlab.url, where, NOW, steps, timeout=5)
        with Store.open(where) as store:
            assert problems(gitlab.world, store) == []
    assert STEPS * 0.8 < steps.count < STEPS * 1.2


def test_deaths_and_faults_leave_nothing_undone_and_nothing_done_twice() -> None:
    found = list(runs(range(1, QUICK_SEEDS + 1)))
    assert [run for run in found if run.problems] == []
    assert sum(run.deaths for run in found) >= 20
    assert sum(run.struck for run in found) >= 20


def test_what_a_dead_run_had_in_hand_is_free_after_its_lease(tmp_path: Path) -> None:
    with serving() as gitlab:
        where = make_template(gitlab, tmp_path)
        assert apply_once(gitlab.url, where, NOW, Steps(STEPS // 2, die_here), timeout=5) is None
        at_once = apply_once(gitlab.url, where, NOW, Steps(), timeout=5)
        assert at_once is not None
        assert at_once.of("in other hands")
        later = apply_once(gitlab.url, where, NOW + LEASE, Steps(), timeout=5)
        assert later is not None
        assert {one.fate for one in later.outcomes} == {"done", "done before"}
        with Store.open(where) as store:
            assert problems(gitlab.world, store) == []


@pytest.mark.parametrize("place", ["sqlite", "postgresql"])
def test_a_killed_process_is_taken_over_from(place: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    chance = Random(place)
    with serving() as gitlab:
        where = str(make_template(gitlab, tmp_path))
        if place == "postgresql":
            where = request.getfixturevalue("postgresql")
            with Store.open(where) as store:
                read_into(gitlab.url, store)
        for _ in range(2):
            killed = subprocess.run(
                [sys.executable, "-m", "tests.engine.killed", gitlab.url, where, str(chance.randint(10, STEPS - 60))],
                cwd=ROOT,
                check=False,
            )
            assert killed.returncode in {0, -signal.SIGKILL}
        assert apply_once(gitlab.url, where, NOW + LEASE, Steps(), timeout=5)
        with Store.open(where) as store:
            assert problems(gitlab.world, store) == []
