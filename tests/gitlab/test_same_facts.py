"""What is read from a GitLab is what the GitLab was made of, but for what its pages do not tell."""

from collections import Counter
from collections.abc import Iterator, Sequence

import pytest
from msgspec import structs

import standin
from handrail.demo.team import DemoTeam
from handrail.gitlab.reader import Reader
from handrail.gitlab.sources import Source, sources
from handrail.model.history import Event
from handrail.model.items import Item, MergeRequest
from handrail.model.planning import red_branches
from handrail.model.reading import BY_RESOURCE, Read, Surroundings
from handrail.testing import bundled
from tests.gitlab.conftest import Reading

DEMO = DemoTeam(400)
OWN = sources(bundled().sources.values())
"""The bundled handbook's sources."""
AROUND = (*(source for source in OWN if not source.only_epics), Source("gitlab-org/distribution"))
"""Its projects, and a group."""
Facts = dict[str, tuple[Item, Sequence[Event]]]


@pytest.fixture(scope="module")
def gitlab() -> Iterator[standin.StandIn]:
    with standin.running(DEMO) as found:
        yield found


@pytest.fixture(scope="module")
def told() -> Facts:
    return {item.ref: (item, events) for item, events in DEMO.items(histories=True, closed=True)}


def everything(reader: Reader) -> dict[str, Read]:
    pages = [page for source in OWN for kind in reader.kinds(source) for page in reader.pages(source, kind)]
    pages += reader.elsewhere(sorted(DEMO.team().people), OWN)
    return {read.item.ref: read for page in pages for read in page.reads}


def test_the_demo_teams_facts_come_back(gitlab: standin.StandIn, told: Facts, read_from: Reading) -> None:
    reader, _ = read_from(gitlab)
    found = everything(reader)
    # Of items outside the sources only the open ones that are the team's are read.
    lost = {ref for ref in told if ref not in found}
    assert {told[ref][0].project for ref in lost} <= {"gitlab-org/gitlab"}
    assert "opened" not in {told[ref][0].state for ref in lost}
    assert not found.keys() - told.keys()
    for ref, read in found.items():
        item, events = told[ref]
        assert read.complete is (item.state == "opened" or not isinstance(item, MergeRequest)), ref
        assert as_paged_item(as_read(read.item), read) == as_paged_item(item, read), ref
        assert Counter(read.events) == Counter(as_paged(item, events, complete=read.complete)), ref
        assert list(read.events) == sorted(read.events, key=lambda event: event.at)


def as_read(item: Item) -> Item:
    """Every GitLab has its own addresses."""
    assert item.web_url is not None
    assert item.web_url.startswith("http://127.0.0.1:")
    return structs.replace(item, web_url=None)


def as_paged_item(item: Item, read: Read) -> Item:
    """A closed merge request's page has no label and milestone events, nor what follows from them."""
    if read.complete:
        return item
    item = structs.replace(item, label_since={}, label_by={}, label_before={}, label_freed={})
    return structs.replace(item, milestones=(), acted={}, others={})


def as_paged(item: Item, events: Sequence[Event], *, complete: bool) -> Sequence[Event]:
    """A merge request's page tells neither label and milestone events nor who closed it."""
    kept = [event for event in events if complete or event.did not in BY_RESOURCE]
    if isinstance(item, MergeRequest):
        kept = [Event(event.at, "", "closed") if event.did == "closed" else event for event in kept]
    return kept


def test_the_surroundings_come_back(gitlab: standin.StandIn, read_from: Reading) -> None:
    reader, _ = read_from(gitlab)
    team = DEMO.team()
    found: list[Surroundings] = [reader.surroundings(source) for source in AROUND]
    projects = {project.path: project for surroundings in found for project in surroundings.projects}
    assert {path: (p.default_branch, set(p.maintainers)) for path, p in projects.items()} == {
        p.path: (p.default_branch, set(p.maintainers)) for p in team.projects
    }
    for surroundings in found:
        assert set(surroundings.milestones) == set(team.milestones)
    runs = [run for surroundings in found for run in surroundings.pipelines]
    branches = {project.path: project.default_branch for project in team.projects}
    known = {
        structs.replace(run, web_url=None, sha="", source=run.source or "push", ref=run.ref or branches[run.project])
        for run in team.pipelines
    }
    assert {structs.replace(run, web_url=None, sha="") for run in runs} < known
    assert {run for run in known if run.source == "schedule" or run.ref != branches[run.project]} < {
        structs.replace(run, web_url=None, sha="") for run in runs
    }
    red = red_branches(projects.values(), runs, team.now)
    assert [(r.project, r.branch, r.since) for r in red] == [
        (r.project, r.branch, r.since) for r in red_branches(team.projects, team.pipelines, team.now)
    ]
