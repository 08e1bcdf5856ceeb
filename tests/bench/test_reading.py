"""What the bench of reading counts: each request once, and as what it was for."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench import perceval
from bench.asked import (
    AROUND,
    COMPARISON,
    ELSEWHERE,
    EPICS,
    HISTORIES,
    ISSUES,
    MERGE_REQUESTS,
    Asked,
    asked,
    what_for,
)
from bench.figures import Figure, as_text, table
from bench.part import Part
from bench.reading import read_once, team_file
from bench.served import Served, Serving, facts, served, serving
from handrail.demo import DemoTeam
from handrail.gitlab.sources import Source
from standin.app import Logged

SERVED = serving(300, 80)
OMNIBUS = "gitlab-org/omnibus-gitlab"
LABELS = "/api/v4/projects/1/merge_requests/7/resource_label_events"
MILESTONES = "/api/v4/projects/1/merge_requests/7/resource_milestone_events"


@pytest.fixture
def gitlab() -> Iterator[Served]:
    with served(SERVED) as found:
        yield found


def items_of(what: Serving) -> Counter[str]:
    """What is served: items by kind, and as "opened" the open merge requests."""
    counts: Counter[str] = Counter()
    for told in facts(what).items(histories=False, closed=True):
        item = told[0]
        counts[ISSUES if item.sigil == "#" else MERGE_REQUESTS] += 1
        counts["opened"] += item.sigil == "!" and item.state == "opened"
    return counts


def test_a_reading_is_counted_whole_and_so_are_its_items(gitlab: Served, tmp_path: Path) -> None:
    store, handbook = str(tmp_path / "store.sqlite"), team_file(tmp_path)
    there = items_of(SERVED)
    first = read_once(gitlab, store, handbook=handbook)
    assert first.cost.items == {kind: there[kind] for kind in (ISSUES, MERGE_REQUESTS, EPICS)}
    assert there[ISSUES] == 80
    assert first.cost.requests == first.asked.total()
    assert first.opened == there["opened"] > 10
    assert first.of(HISTORIES) == 2 * first.opened
    assert first.of(ISSUES) >= first.cost.sources  # a page of each source, and what the pages left out
    assert first.each(ISSUES) == first.of(ISSUES) / 80
    assert first.of(AROUND) == 1 + 2 * first.cost.sources
    assert first.cost.seconds > 0 < first.cost.computing
    assert first.cost.peak_mib > 10
    gitlab.later()
    again = read_once(gitlab, store, handbook=handbook)
    assert (again.most, again.of(HISTORIES)) == (1, 0)
    assert again.of(ISSUES) == again.of(MERGE_REQUESTS) == again.cost.sources
    assert again.of(EPICS) == 2
    assert set(again.cost.items.values()) == {0}
    assert gitlab.asked() == []


def test_one_project_alone_is_read_in_place_of_the_sources(tmp_path: Path) -> None:
    with served(serving(300, 20, OMNIBUS)) as gitlab:
        read = read_once(gitlab, str(tmp_path / "store.sqlite"), group=OMNIBUS)
    assert read.cost.sources == 1
    assert read.cost.items == {ISSUES: 20, MERGE_REQUESTS: 20}
    assert read.of(ELSEWHERE) == 0  # the bundled handbook names nobody


def test_what_a_listing_leaves_out_belongs_to_it_and_histories_are_apart() -> None:
    place = "acme/app"
    counts = what_for(
        [
            Asked("Instance"),
            Asked("ProjectSurroundings", place=place),
            Asked("LatestPipelines"),
            Asked("ProjectWorkItems", place=place),
            Asked("WorkItemDiscussions"),
            Asked(path="/api/v4/projects/1/labels/3"),
            Asked("ProjectMergeRequests", place=place),
            Asked(path=LABELS),
            Asked(path=MILESTONES),
            Asked("Accounts"),
            Asked("ProjectMergeRequests", place=place),
            Asked("GroupWorkItems", place="acme", epics=True),
            Asked("ProjectOpenWorkItems", place=place),
            Asked("ProjectWorkItems", place=place, by_number=True),
            Asked("Elsewhere"),
            Asked("ProjectMergeRequests", place="other/app", by_number=True),
            Asked(path=LABELS),
        ]
    )
    assert counts == {
        ("", AROUND): 1,
        (place, AROUND): 2,
        (place, ISSUES): 3,
        (place, MERGE_REQUESTS): 3,
        (place, HISTORIES): 2,
        ("acme", EPICS): 1,
        (place, COMPARISON): 1,
        ("", ELSEWHERE): 4,
    }


def test_of_a_request_only_what_counts_is_kept() -> None:
    listing = Logged("POST", "/api/graphql", {}, 200, "GroupWorkItems", 9, {"path": "acme", "types": ["EPIC"]})
    assert asked(listing) == Asked("GroupWorkItems", place="acme", epics=True)
    some = Logged("POST", "/api/graphql", {}, 200, "ProjectMergeRequests", 9, {"path": "acme/app", "iids": ["7"]})
    assert asked(some) == Asked("ProjectMergeRequests", place="acme/app", by_number=True)
    assert asked(Logged("GET", LABELS, {"page": "1"}, 200)) == Asked(path=LABELS)


def test_a_part_is_taken_evenly_and_holds_nothing_else() -> None:
    team = DemoTeam(600)
    part = Part(team, [Source(OMNIBUS)], 10)
    kept = [item for item, _ in part.items(histories=False, closed=True)]
    all_of = [item for item, _ in team.items(histories=False, closed=True) if item.project == OMNIBUS]
    for sigil in "#!":
        found = [item for item in all_of if item.sigil == sigil]
        assert [item for item in kept if item.sigil == sigil] == [found[n * len(found) // 10] for n in range(10)]
    assert len(kept) == 20
    assert {item.ref for item, _ in part.items(histories=False, closed=False)} == {
        item.ref for item in kept if item.state == "opened"
    }
    assert part.history(kept[0].ref) == team.history(kept[0].ref)
    assert part.history("acme/app#1") == ()


def test_what_each_note_and_each_version_takes_perceval_is_counted_apart() -> None:
    item = "/api/v4/projects/acme%2Fapp/merge_requests/7"
    paths = ["", "/notes", "/award_emoji", "/versions", "/notes/12/award_emoji", "/versions/3"]
    assert perceval.single([Asked(path=f"{item}{path}") for path in paths]) == 2


def test_where_perceval_cannot_be_installed_that_is_said_and_nothing_is_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(perceval, "PLACE", tmp_path / "file" / "perceval")
    said: list[str] = []
    (figure,) = perceval.perceval(said.append, quick=True)
    assert figure.value is None
    assert "could not be installed" in figure.note
    assert "it could not be installed, so it is not measured" in said[-1]
    assert "not measured" in as_text(table([figure]))


def test_counts_are_shown_whole_and_small_figures_with_what_tells_them_apart() -> None:
    shown = as_text(table([Figure("Group", "requests", 57, "", 60), Figure("Group", "each", 0.0109, "", 0.01)]))
    rows = [line.split() for line in shown.splitlines()]
    assert ["requests", "57", "≤", "60", "met"] in rows
    assert ["each", "0.011", "≤", "0.010", "MISSED"] in rows


def test_the_demo_team_is_never_smaller_than_it_can_be() -> None:
    assert serving(10, 5) == Serving(300, 5)
    assert datetime(2020, 1, 1, tzinfo=UTC) < facts(serving(10, 5)).team().now
