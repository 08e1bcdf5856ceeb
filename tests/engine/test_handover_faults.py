"""A handover that is killed at any point and run again ends with one issue for the week, and loses no request."""

from datetime import timedelta
from pathlib import Path
from random import Random

from bench.deaths import Run, Steps, begin_anew, die_here, each, read_into
from bench.handover_faults import (
    BOOK,
    FACTS,
    HANDOFF,
    QUICK_SEEDS,
    STEPS,
    fill,
    finish,
    one_round,
    problems,
    runs,
    serving,
    template,
)
from handrail.model.duty import TurnBegan
from handrail.store.database import Store
from standin import StandIn


def test_an_undisturbed_handover_has_about_as_many_steps_as_are_tried(tmp_path: Path) -> None:
    steps = Steps()
    with serving() as gitlab:
        where = template(gitlab, tmp_path)
        assert one_round(gitlab.url, where, 0, steps, timeout=5, reads=False) == 5
        assert STEPS * 0.8 < steps.count < STEPS * 1.2
        finish(gitlab, where, 0)
        with Store.open(where) as store:
            assert problems(gitlab.world, store) == []
        assert one_round(gitlab.url, where, 600, Steps(), timeout=5) == 0


def test_deaths_and_outages_leave_one_issue_for_the_week_and_lose_no_request() -> None:
    found = list(runs(range(1, QUICK_SEEDS + 1)))
    assert [run for run in found if run.problems] == []
    assert sum(run.deaths for run in found) >= 24
    assert sum(run.struck for run in found) >= 15


def test_who_hands_over_again_after_a_death_need_read_nothing_anew() -> None:
    def go(run: Run, _: Random, gitlab: StandIn, where: Path) -> None:
        begin_anew(gitlab, FACTS)
        assert one_round(gitlab.url, where, 0, Steps(run.seed, die_here), timeout=5, reads=False) is None
        finish(gitlab, where, 0, reads=False)
        with Store.open(where) as store:
            run.problems = problems(gitlab.world, store)

    assert [run for run in each(range(60, STEPS, 13), serving, template, go) if run.problems] == []


def test_the_turn_changes_on_time_although_gitlab_is_down(tmp_path: Path) -> None:
    with serving() as gitlab:
        where = template(gitlab, tmp_path)
        gitlab.fail("status", "", times=None, status=503)
        assert one_round(gitlab.url, where, 0, Steps()) is None
        with Store.open(where) as store:
            assert [one.owner for one in store.asked.all()] == ["nadia", "ivo", "ivo", "nadia"]
            assert store.duty.log(BOOK.first_rotation)[-1].what == TurnBegan(HANDOFF, "nadia")
            assert store.journal.records() == []
        gitlab.heal()
        finish(gitlab, where, 60)
        with Store.open(where) as store:
            assert problems(gitlab.world, store) == []


def test_after_weeks_without_a_run_there_is_one_issue_and_the_right_person(tmp_path: Path) -> None:
    late = int(timedelta(weeks=3) / timedelta(minutes=1))
    with serving() as gitlab:
        where = template(gitlab, tmp_path)
        assert one_round(gitlab.url, where, late, Steps(), timeout=5)
        finish(gitlab, where, late)
        with Store.open(where) as store:
            turns = [one.what for one in store.duty.log(BOOK.first_rotation) if isinstance(one.what, TurnBegan)]
            assert [turn.holder for turn in turns] == ["ivo", "nadia", "mara", "ivo", "nadia"]
            assert [turn.start for turn in turns][1:] == [HANDOFF + timedelta(weeks=number) for number in range(4)]
            # Ivo had another turn meanwhile, for whose end nobody decided anything.
            asked = store.asked.all()
            assert [one.owner for one in asked] == ["nadia"] * 4
            assert [sum(step.did == "passed" for step in one.steps) for one in asked] == [1] * 4
        opened = {
            entry.item.title: entry.item.assignees
            for entry in gitlab.world.entries.values()
            if entry.item.state == "opened" and "rotation" in entry.item.title
        }
        assert opened == {BOOK.rotation.title.format(start="2026-06-29"): ("nadia",)}
        assert sum("rotation week" in entry.item.title for entry in gitlab.world.entries.values()) == 2


def test_a_handover_is_the_same_on_postgresql(postgresql: str) -> None:
    with serving() as gitlab:
        with Store.open(postgresql) as store:
            read_into(gitlab.url, store)
            fill(store)
        finish(gitlab, postgresql, 0)
        with Store.open(postgresql) as store:
            assert problems(gitlab.world, store) == []
