"""What ended lately, from each place that facts come from, and facts of every sort through a snapshot file."""

from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs

from handrail.demo import NOW as DEMO_NOW
from handrail.demo import DemoTeam
from handrail.engine.assemble import assemble
from handrail.errors import UserError
from handrail.model.facts import Facts, Team
from handrail.model.history import Event
from handrail.model.items import Ask, Command, Item, LinkedMergeRequest, Reviewer, Section, Stay, Thread, Version
from handrail.model.planning import Pipeline
from handrail.store.database import Store
from handrail.store.snapshot_file import SnapshotFile, write
from handrail.testing import NOW, Told, a_claim, a_handbook, a_merge_request, an_issue
from tests.store.demo_pages import pages, reads

DEMO = DemoTeam(400, 14)
SINCE = DEMO_NOW - timedelta(days=40)


def lately(facts: Facts, *, histories: bool = False) -> dict[str, Item]:
    return {item.ref: item for item, _ in facts.items(histories=histories, closed=True, closed_since=SINCE)}


def expected() -> dict[str, Item]:
    everything = [item for item, _ in DEMO.items(histories=False, closed=True)]
    wanted = {i.ref: i for i in everything if i.state == "opened" or (i.closed_at and i.closed_at >= SINCE)}
    assert any(item.state != "opened" for item in wanted.values())
    assert len(wanted) < len(everything)
    return wanted


def test_the_demo_team_gives_what_ended_lately() -> None:
    assert lately(DEMO) == expected()


def test_a_snapshot_file_gives_what_ended_lately(tmp_path: Path) -> None:
    file = tmp_path / "demo.jsonl"
    write(file, DEMO)
    for histories in (False, True):
        assert lately(SnapshotFile(file), histories=histories) == expected()


def test_a_store_gives_what_ended_lately(store: Store) -> None:
    for page in pages(reads(400)):
        store.write_page(page)
    wanted = expected()
    for histories in (False, True):
        found = lately(store.facts(DEMO_NOW), histories=histories)
        assert found == {read.item.ref: read.item for read in reads(400) if read.item.ref in wanted}


@pytest.mark.parametrize("days", [0, 30])
def test_snapshots_with_what_ended_are_the_same_from_everywhere(days: int, store: Store, tmp_path: Path) -> None:
    for page in pages(reads(400)):
        store.write_page(page)
    write(tmp_path / "demo.jsonl", DEMO)
    handbook, moment = a_handbook(people=DEMO.team().people), DEMO_NOW - timedelta(days=days)
    told, *others = (
        assemble(facts, handbook, moment, closed=True)
        for facts in (DEMO, SnapshotFile(tmp_path / "demo.jsonl"), store.facts(DEMO_NOW))
    )
    assert told.closed
    for other in others:
        for one, two in ((told.items, other.items), (told.closed, other.closed)):
            assert {item.ref: item for item in one} == {item.ref: item for item in two}


def test_a_line_that_ended_in_another_zone_is_not_passed_over(tmp_path: Path) -> None:
    file = tmp_path / "one.jsonl"
    head = '{"kind":"snapshot","version":1,"now":"2026-06-02T14:00:00Z"}\n'
    ended = '"state":"closed","closed_at":"2026-06-01T00:30:00+02:00"'
    line = f'{{"kind":"issue","ref":"a/b#1","title":"t","author":"x","created_at":"2026-05-01T00:00:00Z",{ended}}}\n'
    file.write_text(head + line, "utf-8")
    since = NOW.replace(month=5, day=31, hour=22, minute=0)
    assert [item.iid for item, _ in SnapshotFile(file).items(histories=False, closed=True, closed_since=since)] == [1]
    later = since.replace(hour=23)
    assert not [*SnapshotFile(file).items(histories=False, closed=True, closed_since=later)]


FULL = an_issue(
    1,
    sections=(Section("", 4), Section("test plan", 12, 1, 3)),
    versions=(Version(NOW, (Section("test plan", total=2),)),),
    label_by={"Deliverable": "mara"},
    label_before={"workflow::in dev": "workflow::blocked"},
    label_freed={"workflow::in dev": NOW},
    milestones=(Stay("19.0", NOW), Stay("19.1", NOW)),
    acted={"mara": NOW},
    commands=(Command("mara", NOW, "status", "t1"),),
    claims=(a_claim("mara", None, NOW), a_claim("ivo", "2026-06-05", NOW)),
    status="In dev",
    status_before="Blocked",
    been=(Stay("Blocked", NOW),),
    asks=(Ask("sam", "ivo", NOW),),
    health="at_risk",
    progress=40,
    blocks=("a/b#2",),
    related=("a/b#3",),
    merge_requests=(LinkedMergeRequest("a/b!4", "merged"),),
)
CHANGES = a_merge_request(2, changed_paths=("a.rb",), changed_paths_cut=True, merge_commit="beef")
OF_AN_ISSUE = (
    *("created_at", "closed_at", "assigned_since", "last_human_at", "mentioned_since", "mentioned_last"),
    *("status_since", "epic_since"),
)
PIPELINE = Pipeline("a/b", 1, "failed", NOW, None, "main", "beef", "schedule", ("rspec",))


def test_every_fact_goes_through_a_snapshot_file(tmp_path: Path) -> None:
    file = tmp_path / "facts.jsonl"
    write(file, Told(((FULL, ()), (CHANGES, ())), Team(NOW, pipelines=(PIPELINE,))))
    kept = SnapshotFile(file)
    assert [item for item, _ in kept.items(histories=False, closed=False)] == [FULL, CHANGES]
    assert kept.team().pipelines == (PIPELINE,)
    assert [*kept.problems()] == []


def test_a_claim_without_a_date_and_a_command_are_events_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "facts.jsonl"
    events = (Event(NOW, "mara", "claimed"), Event(NOW, "mara", "commanded", "status"))
    write(file, Told(((an_issue(1), events),), Team(NOW)))
    assert SnapshotFile(file).history(an_issue(1).ref) == events


@pytest.mark.parametrize(
    ("item", "says"),
    [
        (an_issue(1, milestones=(Stay("19.0", NOW + timedelta(1)),)), "in 19.0"),
        (an_issue(1, acted={"mara": NOW + timedelta(1)}), "mara's last act"),
        (an_issue(1, versions=(Version(NOW + timedelta(1), ()),)), "had other checkboxes"),
        (an_issue(1, commands=(Command("mara", NOW + timedelta(1), "x"),)), "mara's command"),
        *((structs.replace(an_issue(1), **{name: NOW + timedelta(1)}), name) for name in OF_AN_ISSUE),
        (an_issue(1, label_since={"backend": NOW + timedelta(1)}), "carries backend"),
        (an_issue(1, spoke={"mara": NOW + timedelta(1)}), "mara's last word"),
        (an_issue(1, others={"mara": NOW + timedelta(1)}), "mara's last act"),
        (an_issue(1, claims=(a_claim("mara", None, NOW + timedelta(1)),)), "mara's claim"),
        (an_issue(1, asks=(Ask("mara", "ivo", NOW + timedelta(1)),)), "mara's question"),
        (a_merge_request(1, pushed_at=NOW + timedelta(1)), "pushed_at"),
        (a_merge_request(1, reviewers=(Reviewer("ivo", requested_at=NOW + timedelta(1)),)), "ivo's review"),
        (a_merge_request(1, reviewers=(Reviewer("ivo", responded_at=NOW + timedelta(1)),)), "ivo's answer"),
        (a_merge_request(1, threads=(Thread("t1", "ivo", NOW + timedelta(1)),)), "thread t1"),
    ],
)
def test_an_instant_after_now_is_refused(item: Item, says: str, tmp_path: Path) -> None:
    file = tmp_path / "facts.jsonl"
    write(file, Told(((item, ()),), Team(NOW)))
    with pytest.raises(UserError, match=says):
        [*SnapshotFile(file).items(histories=False, closed=False)]
