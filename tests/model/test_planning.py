from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.model.planning import Pipeline, Project, RedBranch, red_branches
from handrail.testing import NOW, at

A, B = Project("team/a"), Project("team/b", default_branch="master")


def run(status: str, finished: str | datetime, project: Project = A, number: int = 1) -> Pipeline:
    when = at(f"2026-06-{finished}") if isinstance(finished, str) else finished
    return Pipeline(project.path, number, status, when, f"https://ci.example.org/{number}")


def test_a_branch_whose_latest_finished_pipeline_failed_is_red() -> None:
    [red] = red_branches([A], [run("success", "01 10:00"), run("failed", "02 10:00", number=2)], NOW)
    assert red == RedBranch("team/a", "main", at("2026-06-02 10:00"), "https://ci.example.org/2")
    assert red.ref == "team/a@main"
    assert red.title == "main is red: its latest pipeline failed"


def test_it_is_red_since_the_first_failure_after_the_last_success() -> None:
    runs = [run("failed", "01 08:00"), run("success", "01 10:00"), run("failed", "01 12:00"), run("failed", "02 09:00")]
    assert [red.since for red in red_branches([A], runs, NOW)] == [at("2026-06-01 12:00")]


def test_it_is_red_since_the_first_that_is_known_where_none_ever_passed() -> None:
    runs = [run("failed", "01 08:00"), run("failed", "02 09:00")]
    assert [red.since for red in red_branches([A], runs, NOW)] == [at("2026-06-01 08:00")]


def test_a_later_success_makes_it_green() -> None:
    assert red_branches([A], [run("failed", "01 10:00"), run("success", "02 10:00")], NOW) == []


@pytest.mark.parametrize("status", ["canceled", "skipped", "running", "manual"])
def test_pipelines_that_did_not_finish_say_nothing(status: str) -> None:
    assert [r.project for r in red_branches([A], [run("failed", "01 10:00"), run(status, "02 10:00")], NOW)] == [A.path]
    assert red_branches([A], [run("success", "01 10:00"), run(status, "02 10:00")], NOW) == []


def test_pipelines_of_the_future_say_nothing_yet() -> None:
    runs = [run("success", "01 10:00"), run("failed", NOW + timedelta(seconds=1))]
    assert red_branches([A], runs, NOW) == []
    assert red_branches([A], runs, NOW + timedelta(seconds=1)) != []


def test_of_two_pipelines_of_one_instant_the_later_number_is_the_latest() -> None:
    runs = [run("success", "01 10:00", number=8), run("failed", "01 10:00", number=9)]
    assert len(red_branches([A], runs, NOW)) == 1
    assert red_branches([A], [run("failed", "01 10:00", number=8), run("success", "01 10:00", number=9)], NOW) == []


def test_every_red_branch_is_told_by_project_with_its_own_name() -> None:
    stranger = Project("team/c")
    runs = [run("failed", "01 10:00", B), run("failed", "01 10:00", stranger), run("failed", "01 10:00")]
    assert [red.ref for red in red_branches([A, B], runs, NOW)] == ["team/a@main", "team/b@master", "team/c@main"]


@given(
    st.lists(st.tuples(st.integers(0, 20), st.sampled_from(["success", "failed", "canceled"])), max_size=8),
    st.randoms(use_true_random=False),
)
def test_the_order_in_which_pipelines_are_told_does_not_matter(
    history: list[tuple[int, str]], shuffler: Random
) -> None:
    runs = [run(status, NOW - timedelta(hours=ago), number=n) for n, (ago, status) in enumerate(history)]
    shuffled = list(runs)
    shuffler.shuffle(shuffled)
    assert red_branches([A], shuffled, NOW) == red_branches([A], runs, NOW)


def test_pipelines_of_other_branches_say_nothing_of_the_default_branch() -> None:
    stated = [
        Pipeline("team/a", 1, "failed", NOW, ref="main"),
        Pipeline("team/a", 2, "success", NOW, ref="topic"),
    ]
    assert [red.ref for red in red_branches([A], stated, NOW)] == ["team/a@main"]
    assert red_branches([Project("team/a", "trunk")], stated, NOW) == []
    assert [red.ref for red in red_branches([], stated, NOW)] == ["team/a@main"]
