"""The whole way: a GitLab is read into a store, and every queue comes out as it would from the facts themselves."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from msgspec import structs

import standin
from handrail.demo.team import DemoTeam
from handrail.engine.assemble import assemble
from handrail.engine.sync import Report, Step, sync
from handrail.errors import UserError
from handrail.gitlab.connection import Connection, Pace
from handrail.gitlab.histories import Team
from handrail.gitlab.reader import Reader
from handrail.gitlab.sources import ELSEWHERE, Source, sources
from handrail.model.facts import Facts
from handrail.model.items import Section, Version
from handrail.rules.work_queue import WorkQueue
from handrail.store.database import Store
from handrail.testing import bundled

DEMO = DemoTeam(500)
PEOPLE = DEMO.team().people
BOOK = replace(bundled(), people=dict(PEOPLE))
OWN = sources(BOOK.sources.values())
OMNIBUS = Source("gitlab-org/omnibus-gitlab")


@pytest.fixture
def gitlab() -> Iterator[standin.StandIn]:
    with standin.running(DEMO) as found:
        yield found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "facts.sqlite") as found:
        yield found


def run(
    gitlab: standin.StandIn,
    store: Store,
    own: tuple[Source, ...] = OWN,
    people: tuple[str, ...] = tuple(PEOPLE),
    steps: list[Step] | None = None,
) -> Report:
    connection = Connection(gitlab.url, standin.READ_TOKEN, Pace(lambda _: None, lambda: 1.0))
    try:
        reader = Reader(connection, Team(mention="gitlab-org/distribution"))
        return sync(reader, store, own, people, (steps if steps is not None else []).append)
    finally:
        connection.close()


def queues(facts: Facts) -> dict[str, list[object]]:
    work = WorkQueue(assemble(facts, BOOK), BOOK)
    return {
        person: [
            (entry.level, entry.row, entry.item.ref, entry.since, entry.reasons, entry.clock)
            for entry in work.rank(person)
        ]
        for person in PEOPLE
    }


def test_every_queue_is_the_one_of_the_facts_themselves(gitlab: standin.StandIn, store: Store) -> None:
    for one in DEMO.team().asked:  # what no GitLab tells
        store.asked.add(one)
    report = run(gitlab, store)
    assert report.problems == ()
    assert queues(store.facts(DEMO.team().now)) == queues(DEMO)


def test_a_second_reading_reads_what_changed_and_nothing_else(gitlab: standin.StandIn, store: Store) -> None:
    run(gitlab, store)
    later = DEMO.team().now + timedelta(hours=1)
    set_clock(gitlab, later)
    gitlab.requests.clear()
    again = run(gitlab, store)
    listings = [r for r in gitlab.requests if r.operation.endswith(("WorkItems", "MergeRequests"))]
    assert len(listings) <= 2 * len(OWN)
    assert again.items < 10
    item, events = next(
        pair for pair in DEMO.items(histories=True, closed=False) if pair[0].ref.startswith(f"{OMNIBUS.path}#")
    )
    other = structs.replace(item, title="Another title", sections=(Section("success criteria", 2, 0, 1),))
    gitlab.world.put(other, tuple(events), later)
    set_clock(gitlab, later + timedelta(hours=1))
    run(gitlab, store)
    found = {item.ref: item for item, _ in store.facts(later).items(histories=False, closed=False)}
    assert (found[item.ref].title, found[item.ref].versions) == ("Another title", ())
    latest = later + timedelta(hours=2)
    gitlab.world.put(structs.replace(other, sections=(Section("success criteria", 2, 1, 3),)), tuple(events), latest)
    set_clock(gitlab, latest + timedelta(hours=1))
    run(gitlab, store)
    found = {item.ref: item for item, _ in store.facts(latest).items(histories=False, closed=False)}
    assert found[item.ref].versions == (Version(latest, (Section("success criteria", total=1),)),)


def set_clock(gitlab: standin.StandIn, now: datetime) -> None:
    gitlab.world.now = now


def test_a_reading_that_broke_goes_on_and_ends_like_an_undisturbed_one(
    gitlab: standin.StandIn, store: Store, tmp_path: Path
) -> None:
    with Store.open(tmp_path / "undisturbed.sqlite") as other:
        run(gitlab, other)
        expected = everything(other)
    gitlab.fail("status", "ProjectMergeRequests", skip=1, times=None, status=401)
    with pytest.raises(UserError, match="token"):
        run(gitlab, store)
    gitlab.heal()
    assert run(gitlab, store).problems == ()
    assert everything(store) == expected


def everything(store: Store) -> dict[str, object]:
    facts = store.facts(DEMO.team().now)
    return {item.ref: (item, tuple(events)) for item, events in facts.items(histories=True, closed=True)}


def test_one_lost_source_is_named_and_the_rest_is_read(gitlab: standin.StandIn, store: Store) -> None:
    gitlab.world.lose(OMNIBUS.path)
    report = run(gitlab, store)
    assert len(report.problems) == 1
    assert OMNIBUS.path in report.problems[0]
    assert report.items > 100
    assert Source("gitlab-org/charts/gitlab").name in store.sources()
    assert report.unread == (OMNIBUS,)
    for subject, unread in (
        (OMNIBUS.path, True),
        (f"{OMNIBUS.path}#1", True),
        (f"{OMNIBUS.path}-other#1", False),
        ("gitlab-org/charts/gitlab!1", False),
        ("19.1", False),
    ):
        assert report.is_unread(subject) is unread, subject
    group = Report(read=(OMNIBUS,), unread=(Source("gitlab-org", "group::distribution"), Source("acme", "", True)))
    inside = (f"{OMNIBUS.path}#1", "gitlab-org/build#1", "gitlab-org&1", "acme&1", "acme/app#1")
    assert [group.is_unread(one) for one in inside] == [False, True, True, True, False]


def test_once_a_day_what_is_gone_is_forgotten(gitlab: standin.StandIn, store: Store) -> None:
    own = (OMNIBUS, Source("gitlab-org/charts/gitlab"))
    run(gitlab, store, own, ())
    opened = sorted(ref for ref in store.open_refs(OMNIBUS.name) if "#" in ref)
    deleted, moved = opened[0], opened[1]
    later = DEMO.team().now + timedelta(hours=2)
    gitlab.world.forget(deleted)
    there = gitlab.world.move_issue(moved, "gitlab-org/charts/gitlab", later)
    set_clock(gitlab, later)
    assert run(gitlab, store, own, ()).forgotten == ()
    set_clock(gitlab, later + timedelta(days=1))
    assert run(gitlab, store, own, ()).forgotten == (deleted,)
    assert {deleted, moved} & store.open_refs(OMNIBUS.name) == set()
    assert there in store.open_refs("gitlab-org/charts/gitlab")


def test_elsewhere_are_the_teams_own_items_only(gitlab: standin.StandIn, store: Store) -> None:
    run(gitlab, store)
    found = store.open_refs(ELSEWHERE)
    assert found
    assert not {ref for ref in found if any(source.holds(ref) for source in OWN)}
    by_ref = {item.ref: item for item, _ in store.facts(DEMO.team().now).items(histories=False, closed=False)}
    for ref in found:
        item = by_ref[ref]
        people = {item.author, *item.assignees, *(r.username for r in getattr(item, "reviewers", ()))}
        assert people & PEOPLE.keys()


def test_a_label_narrows_a_source(gitlab: standin.StandIn, store: Store) -> None:
    narrowed = Source("gitlab-org", "group::distribution::build")
    run(gitlab, store, (narrowed,), ())
    items = [item for item, _ in store.facts(DEMO.team().now).items(histories=False, closed=True)]
    assert items
    assert all(narrowed.label in item.labels for item in items)


def test_a_source_that_is_no_longer_named_is_forgotten(gitlab: standin.StandIn, store: Store) -> None:
    run(gitlab, store, (OMNIBUS, Source("gitlab-org/gitlab-exporter")), ())
    report = run(gitlab, store, (OMNIBUS,), ())
    assert {ref.rpartition("/")[2].partition("#")[0].partition("!")[0] for ref in report.forgotten} == {
        "gitlab-exporter"
    }


def test_every_page_is_told(gitlab: standin.StandIn, store: Store) -> None:
    steps: list[Step] = []
    report = run(gitlab, store, (OMNIBUS,), (), steps)
    assert [step.items for step in steps if step.kind == "issues"][-1] <= report.items
    assert [step.kind for step in steps if step.done] == ["issues", "merge_requests"]
