"""Which pipelines are read: those of the default branch, of the latest stable branches, and those of schedules."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest
from msgspec import structs

import standin
from handrail.gitlab.sources import Source
from handrail.model.facts import Team
from handrail.model.planning import Pipeline, Project
from handrail.testing import NOW, PROJECT, Told
from tests.gitlab.conftest import Reading

DAY = timedelta(days=1)


def run(number: int, ended: datetime, status: str = "success", ref: str = "main", source: str = "push") -> Pipeline:
    jobs = ("spec",) if status == "failed" else ()
    return Pipeline(PROJECT, number, status, ended, ref=ref, sha=f"{number:x}", source=source, failed_jobs=jobs)


def every(step: timedelta, statuses: Iterable[str], **facts: str) -> list[Pipeline]:
    """One pipeline after the other, the last one now."""
    those = [*statuses]
    return [run(number, NOW - step * (len(those) - number), status, **facts) for number, status in enumerate(those, 1)]


def asked_of(
    read_from: Reading, runs: Iterable[Pipeline], source: str = PROJECT, *projects: str
) -> tuple[list[Pipeline], list[str]]:
    """The pipelines as they were read, oldest first and without their addresses, and the questions that took it."""
    team = Team(NOW, projects=tuple(map(Project, (PROJECT, *projects))), pipelines=tuple(runs))
    with standin.running(Told((), team)) as gitlab:
        reader, _ = read_from(gitlab)
        found = reader.surroundings(Source(source)).pipelines
        asked = [request.operation for request in gitlab.requests if request.operation]
    return sorted((structs.replace(one, web_url=None) for one in found), key=lambda one: (one.project, one.id)), asked


def pages(asked: list[str]) -> int:
    return asked.count("LatestPipelines")


def test_a_page_of_the_default_branch_is_read_beyond_its_success(read_from: Reading) -> None:
    runs = every(DAY / 8, ["failed", "success"] * 5)
    assert asked_of(read_from, runs) == (runs, ["ProjectSurroundings", "LatestPipelines"])


def test_stable_branches_and_schedules_take_no_further_request(read_from: Reading) -> None:
    nightly = run(5, NOW - DAY, "failed", source="schedule")
    tried = run(6, NOW - DAY, "failed", "a-feature", "schedule")
    runs = [
        run(1, NOW - 9 * DAY), run(2, NOW - 2 * DAY, "success", "19-0-stable"),
        run(3, NOW - DAY, "failed", "19-0-stable"), nightly, tried, run(7, NOW - DAY / 2),
    ]  # fmt: skip
    beside = [run(4, NOW, "failed", "a-feature"), run(8, NOW, "failed", "unstable")]
    assert asked_of(read_from, [*runs, *beside]) == (runs, ["ProjectSurroundings", "LatestPipelines"])


def test_of_stable_branches_those_of_the_latest_releases_are_read(read_from: Reading) -> None:
    names = ("stable", "9-5-stable", "stable-18-2", "18-10-stable-ee", "18-9-stable", "18-1-stable")
    runs = [run(number, NOW, "failed", name) for number, name in enumerate(names, 1)]
    found, _ = asked_of(read_from, runs)
    assert [one.ref for one in found] == ["stable-18-2", "18-10-stable-ee", "18-9-stable"]


def test_a_default_branch_that_is_called_like_a_stable_one_is_asked_for_once(read_from: Reading) -> None:
    team = Team(NOW, projects=(Project(PROJECT, "1-stable"),), pipelines=(run(1, NOW, ref="1-stable"),))
    with standin.running(Told((), team)) as gitlab:
        reader, _ = read_from(gitlab)
        assert len(reader.surroundings(Source(PROJECT)).pipelines) == 1
        (asked,) = (request.variables for request in gitlab.requests if request.operation == "LatestPipelines")
    assert (asked["r0"], asked["s0"], asked["r1"], asked["s1"]) == ("1-stable", None, None, "schedule")
    assert "p2" not in asked


@pytest.mark.parametrize(
    ("step", "statuses", "read", "questions"),
    [
        (DAY, ["success"] * 50, 20, 1),
        (DAY, ["success", *["failed"] * 49], 50, 3),
        (DAY, ["success", *["failed"] * 199], 100, 5),
        (DAY / 30, ["success"] * 50, 40, 2),
        (DAY / 16, ["success"] * 50, 20, 1),
        (DAY / 1000, ["success"] * 200, 100, 5),
    ],
    ids=["green", "red for long", "red for ever", "busy", "a day on one page", "very busy"],
)
def test_a_default_branch_is_read_on_while_it_is_red_and_for_a_day(
    step: timedelta, statuses: list[str], read: int, questions: int, read_from: Reading
) -> None:
    runs = every(step, statuses)
    found, asked = asked_of(read_from, runs)
    assert found == runs[-read:]
    assert pages(asked) == questions


@pytest.mark.parametrize("facts", [{"ref": "19-0-stable"}, {"source": "schedule", "ref": "a-feature"}])
def test_of_what_is_beside_one_page_is_read_even_if_it_is_red(facts: dict[str, str], read_from: Reading) -> None:
    runs = every(DAY, ["failed"] * 30, **facts)
    found, asked = asked_of(read_from, runs)
    assert found == runs[-20:]
    assert pages(asked) == 1


def test_lists_of_several_projects_go_twelve_to_a_request(read_from: Reading) -> None:
    projects = [f"gitlab-org/app-{number}" for number in range(5)]
    runs = [structs.replace(one, project=path) for path in (PROJECT, *projects) for one in every(DAY, ["failed"] * 21)]
    found, asked = asked_of(read_from, runs, "gitlab-org", *projects)
    assert len(found) == 6 * 21
    # First a default branch's and the schedules' list of each project, then the second pages of the six that are red.
    assert asked.count("GroupSurroundings") == 1
    assert pages(asked) == 2
