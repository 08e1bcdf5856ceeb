"""How many requests a reading takes, counted at the stand-in."""

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta

import pytest

import standin
from handrail.demo.team import DemoTeam
from handrail.gitlab.documents import AT_ONCE
from handrail.gitlab.reader import OVERLAP, Kind
from handrail.gitlab.sources import Source
from handrail.model.reading import Page
from tests.gitlab.conftest import Reading

GROUP = Source("gitlab-org")
"""Everything of the demo team's."""


@pytest.fixture(scope="module")
def gitlab() -> Iterator[standin.StandIn]:
    with standin.running(DemoTeam(2500)) as found:
        yield found


def read(gitlab: standin.StandIn, read_from: Reading, kind: Kind) -> tuple[list[Page], Counter[str]]:
    reader, _ = read_from(gitlab)
    reader.surroundings(GROUP)
    reader.kinds(GROUP)
    gitlab.requests.clear()
    pages = list(reader.pages(GROUP, kind))
    return pages, Counter(request.operation or request.path.rpartition("/")[2] for request in gitlab.requests)


def test_budget_of_issues(gitlab: standin.StandIn, read_from: Reading) -> None:
    pages, asked = read(gitlab, read_from, "issues")
    issues = sum(len(page.reads) for page in pages)
    assert issues > 900
    assert asked.total() <= 0.02 * issues


def test_budget_of_merge_requests(gitlab: standin.StandIn, read_from: Reading) -> None:
    pages, asked = read(gitlab, read_from, "merge_requests")
    reads = [read for page in pages for read in page.reads]
    opened = sum(read.item.state == "opened" for read in reads)
    assert len(reads) > 900
    # Two REST requests for each open one: its label and its milestone history.
    assert asked.pop("resource_label_events") == asked.pop("resource_milestone_events") == opened
    assert asked.total() <= 0.04 * len(reads)


@pytest.mark.parametrize("kind", ["issues", "merge_requests", "epics"])
def test_budget_of_a_repeated_reading_is_one_request_when_nothing_changed(
    kind: Kind, gitlab: standin.StandIn, read_from: Reading
) -> None:
    reader, _ = read_from(gitlab)
    until = reader.surroundings(GROUP).at
    reader.kinds(GROUP)
    gitlab.requests.clear()
    (page,) = reader.pages(GROUP, kind, None, until + OVERLAP + timedelta(seconds=1))
    assert (page.reads, page.cursor, page.until) == ((), None, until)
    assert len(gitlab.requests) == 1


def test_budget_of_surroundings(gitlab: standin.StandIn, read_from: Reading) -> None:
    reader, _ = read_from(gitlab)
    gitlab.requests.clear()
    found = reader.surroundings(Source("gitlab-org/omnibus-gitlab"))
    assert len(gitlab.requests) == 2
    assert {run.ref for run in found.pipelines} == {"master", "18-11-stable", "19-0-stable"}


def test_budget_of_a_groups_surroundings(gitlab: standin.StandIn, read_from: Reading) -> None:
    reader, _ = read_from(gitlab)
    gitlab.requests.clear()
    found = reader.surroundings(GROUP)
    asked = Counter(request.operation or request.path for request in gitlab.requests)
    # Of each project the default branch's and the schedules' list, and those of its stable branches; twelve a request.
    stable = {(run.project, run.ref) for run in found.pipelines if "stable" in run.ref}
    lists = 2 * len(found.projects) + len(stable)
    assert (len(found.projects), len(stable)) == (9, 3)
    assert asked == {
        "ProjectSurroundings": 1,
        "GroupSurroundings": 1,
        "/api/v4/groups/gitlab-org/members": 1,
        "LatestPipelines": -(-lists // AT_ONCE),
    }


def test_budget_of_complexity_is_kept_on_every_request(gitlab: standin.StandIn, read_from: Reading) -> None:
    reader, _ = read_from(gitlab)
    gitlab.requests.clear()
    reader.surroundings(GROUP)
    for kind in reader.kinds(GROUP):
        next(reader.pages(GROUP, kind))
        list(reader.open_refs(GROUP, kind))
    reader.elsewhere_refs([f"person-{number}" for number in range(20)], ())
    costs = [request.cost for request in gitlab.requests if request.operation]
    assert max(costs) < 250
