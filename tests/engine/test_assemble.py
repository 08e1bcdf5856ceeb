"""What a snapshot keeps of the facts: what rules may ask for, and no more than that."""

from datetime import timedelta
from pathlib import Path

import pytest

from handrail.engine.assemble import ENDED_WITHIN, assemble
from handrail.model.facts import Team
from handrail.model.history import Event
from handrail.model.items import Command, Item, MergeRequest, Reviewer, Section, Stay, Thread
from handrail.model.snapshot import Snapshot
from handrail.store.snapshot_file import SnapshotFile, write
from handrail.testing import NOW, Told, a_handbook, a_merge_request, a_snapshot, an_issue

DAY = timedelta(days=1)
IN_REVIEW = "workflow::in review"
IN_DEV, READY = "workflow::in dev", "workflow::ready for development"


def only(snapshot: Snapshot) -> Item:
    (item,) = snapshot.items
    return item


def test_sections_with_checkboxes_and_those_of_watched_headings_are_kept() -> None:
    plan, boxes, prose = Section("the test plan", 12), Section("tasks", 9, 1, 2), Section("background", 80)
    told = an_issue(sections=(prose, plan, boxes))
    assert only(a_snapshot(told)).sections == (plan, boxes)
    book = a_handbook({"rules.test_plans.titles": ("background",)})
    other = assemble(Told(((told, ()),), Team(NOW)), book)
    assert only(other).sections == (prose, boxes)


def test_what_stands_below_a_watched_heading_is_kept_and_of_others_so_much_that_nothing_seems_to() -> None:
    plan, below = Section("test plan"), Section("on ubuntu", 12, level=3)
    other, boxes = Section("tasks"), Section("frontend", 9, 1, 2, level=3)
    told = an_issue(sections=(plan, below, Section("background"), Section("why", 9, level=3), other, boxes))
    assert only(a_snapshot(told)).sections == (plan, below, other, boxes)


def test_who_put_a_label_on_and_what_was_before_is_kept_of_watched_labels() -> None:
    told = an_issue(
        1,
        IN_DEV,
        "backend",
        since=NOW,
        label_by={IN_DEV: "mara", "backend": "ivo"},
        label_before={IN_DEV: READY, "area::ui": "area::api"},
    )
    kept = only(a_snapshot(told))
    assert (kept.label_by, kept.label_before, list(kept.label_since)) == ({IN_DEV: "mara"}, {IN_DEV: READY}, [IN_DEV])


def test_since_when_two_labels_exclude_each_other_is_kept() -> None:
    since = {"area::ui": NOW - DAY, "area::api": NOW, "backend": NOW}
    kept = only(a_snapshot(an_issue(1, *since, label_since=since)))
    assert kept.label_since == {"area::ui": NOW - DAY, "area::api": NOW}


def test_of_everybody_else_is_kept_what_managers_did_on_deliverables() -> None:
    others = {"erin": NOW, "sue": NOW}
    assert only(a_snapshot(an_issue(1, "Deliverable", others=others))).others == {"erin": NOW}
    assert only(a_snapshot(an_issue(1, others=others))).others == {}


def test_what_an_item_has_been_through_is_kept() -> None:
    stays = (Stay("19.0", NOW - 30 * DAY), Stay("19.1", NOW - DAY))
    commands = (Command("mara", NOW, "status"),)
    kept = only(a_snapshot(an_issue(milestones=stays, acted={"mara": NOW}, commands=commands)))
    assert (kept.milestones, kept.acted, kept.commands) == (stays, {"mara": NOW}, commands)


def test_who_said_what_is_kept_of_what_waits_for_an_answer() -> None:
    spoke = {"mara": NOW}
    assert only(a_snapshot(an_issue(1, "Awaiting Feedback", spoke=spoke))).spoke == spoke
    assert only(a_snapshot(an_issue(1, "backend", spoke=spoke))).spoke == {}


@pytest.mark.parametrize(
    ("title", "days", "kept"), [("19.1", 30, False), ("19.1", 1, True), ("19.3", 1, False), ("Backlog", 1, False)]
)
def test_of_an_only_milestone_it_is_kept_that_it_was_set_late(title: str, days: int, kept: bool) -> None:
    stays = (Stay(title, NOW - days * DAY),)
    assert only(a_snapshot(an_issue(milestone=title, milestones=stays))).milestones == (stays if kept else ())


def test_what_ended_lately_stands_apart_when_it_is_asked_for() -> None:
    late = an_issue(2, state="closed", closed_at=NOW - ENDED_WITHIN)
    early = an_issue(3, state="closed", closed_at=NOW - ENDED_WITHIN - DAY)
    undated = an_issue(4, state="closed")
    facts = Told(tuple((item, ()) for item in (an_issue(1), late, early, undated)), Team(NOW))
    with_closed, without = assemble(facts, a_handbook(), closed=True), assemble(facts, a_handbook())
    assert (with_closed.items, with_closed.closed) == ((an_issue(1),), (late,))
    assert (without.items, without.closed) == ((an_issue(1),), ())
    assert with_closed.by_ref.keys() == {an_issue(1).ref}


def test_at_a_past_moment_the_ended_ones_are_those_of_then() -> None:
    merged = a_merge_request(1, state="merged", closed_at=NOW - 5 * DAY, created_at=NOW - 60 * DAY)
    reopened = a_merge_request(2, created_at=NOW - 60 * DAY)
    turns = [Event(NOW - 20 * DAY, "ivo", "closed"), Event(NOW - 2 * DAY, "ivo", "reopened")]
    facts = Told(((merged, [Event(NOW - 5 * DAY, "ivo", "merged")]), (reopened, turns)), Team(NOW))
    then = assemble(facts, a_handbook(), NOW - 10 * DAY, closed=True)
    assert [item.iid for item in then.items] == [1]
    assert [(item.iid, item.state, item.closed_at) for item in then.closed] == [(2, "closed", NOW - 20 * DAY)]
    before = assemble(facts, a_handbook(), NOW - 30 * DAY)
    assert ([item.iid for item in before.items], before.closed) == ([1, 2], ())


def test_what_several_items_say_alike_stands_in_memory_once(tmp_path: Path) -> None:
    reviews = tuple(
        a_merge_request(
            number,
            IN_REVIEW,
            since=NOW - DAY,
            created_at=NOW - DAY,
            assigned_since=NOW - DAY,
            label_by={IN_REVIEW: "mara"},
            reviewers=(Reviewer("ivo"),),
            threads=(Thread(f"t{number}", "mara", NOW),),
            approved_by=("mara",),
            changed_paths=("doc/index.md",),
            target_branch="master",
        )
        for number in (1, 2)
    )
    write(tmp_path / "facts.jsonl", Told(tuple((review, ()) for review in reviews), Team(NOW)))
    kept = assemble(SnapshotFile(tmp_path / "facts.jsonl"), a_handbook()).items
    assert kept == reviews
    one, other = kept
    assert isinstance(one, MergeRequest)
    assert isinstance(other, MergeRequest)
    assert one.labels is other.labels
    assert one.label_by is other.label_by
    assert one.approved_by is other.approved_by
    assert one.changed_paths is other.changed_paths
    assert one.target_branch is other.target_branch
    assert one.reviewers[0].username is other.reviewers[0].username
    assert one.threads[0].last_by is one.approved_by[0]
    assert one.assigned_since is one.label_since[IN_REVIEW] is one.created_at
