"""A queue in which some items changed is the queue that is made of them anew."""

from collections import Counter
from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from handrail.demo import DemoTeam
from handrail.engine.assemble import assemble
from handrail.model.items import Item
from handrail.model.snapshot import Snapshot
from handrail.rules.catalogue import decide_again, decisions, decisions_about, findings
from handrail.rules.desk import Desk
from handrail.rules.work_queue import WorkQueue
from handrail.testing import MILESTONE, NOW, a_handbook, a_snapshot, an_issue

COPIED = ("labels", "assignees", "milestone", "blocked_by", "label_since", "assigned_since", "title", "confidential")


@cache
def team() -> tuple[Snapshot, WorkQueue]:
    facts = DemoTeam(300)
    book = a_handbook()
    snapshot = assemble(facts, book, closed=True)
    return snapshot, WorkQueue(snapshot, book)


@st.composite
def changes(draw: st.DrawFn) -> dict[str, Item | None]:
    """Some items with parts of others, some closed, some gone, some new."""
    items = team()[0].items
    changed: dict[str, Item | None] = {}
    for _ in range(draw(st.integers(1, 4))):
        item, other = draw(st.sampled_from(items)), draw(st.sampled_from(items))
        names = draw(st.sets(st.sampled_from(COPIED)))
        parts = {name: getattr(other, name) for name in names if hasattr(item, name) and hasattr(other, name)}
        match draw(st.integers(0, 9)):
            case 0:
                changed[item.ref] = None
            case 1:
                changed[item.ref] = replace(item, state="closed", closed_at=team()[0].now)
            case 2:
                new = replace(item, ref=f"{item.ref}9999", **parts)
                changed[new.ref] = new
            case _:
                changed[item.ref] = replace(item, **parts)
    return changed


@settings(max_examples=60)
@given(changes())
def test_changing_some_items_is_as_making_it_anew(changed: dict[str, Item | None]) -> None:
    snapshot, queue = team()
    queue.levels("nadia")
    assert queue.unassigned
    after = queue.with_items(changed)
    if after is None:
        return
    anew = WorkQueue(snapshot.with_items(changed), queue.handbook)
    for person in snapshot.people:
        assert after.rank(person) == anew.rank(person)
        assert after.levels(person) == anew.levels(person)
    assert after.unassigned == anew.unassigned
    assert after.waiting == anew.waiting
    assert after.findings == anew.findings
    for ref in changed.keys() & anew.snapshot.by_ref.keys():
        item = anew.snapshot.by_ref[ref]
        about = [one for one in decisions(anew.desk) if one.ref == ref]
        assert decisions_about(item, after.desk) == about


@settings(max_examples=10)
@given(changes())
def test_of_a_changed_item_the_rules_find_what_they_would_anew(changed: dict[str, Item | None]) -> None:
    _, queue = team()
    before = Desk(queue.snapshot, queue.handbook)
    after = before.on(queue.snapshot.with_items(changed))
    decide_again(after, before, changed)
    assert not after.knows("decisions")
    decisions(before)
    decide_again(after, before, changed)
    found = decisions(after)
    assert [one for one in found if one.ref in changed] == [
        one
        for order in sorted({one.order for one in found})
        for ref in changed
        if ref in after.snapshot.by_ref
        for one in decisions_about(after.snapshot.by_ref[ref], after)
        if one.order == order
    ]
    assert [one for one in found if one.ref not in changed] == [
        one for one in decisions(before) if one.ref not in changed
    ]


def test_what_some_rules_find_is_taken_from_what_all_do() -> None:
    _, queue = team()
    desk, other = Desk(queue.snapshot, queue.handbook), Desk(queue.snapshot, queue.handbook)
    names = ["milestone_planning", "iteration_breakers"]
    alone = findings(desk, names)
    assert not desk.knows("decisions")
    assert {one.rule for one in alone} <= {*names}
    assert len(findings(other)) > len(alone) > 0
    assert findings(other, names) == alone


def test_most_changes_need_nothing_anew() -> None:
    snapshot, queue = team()
    alone = [queue.with_items({item.ref: item}) is not None for item in snapshot.items]
    assert sum(alone) > 0.9 * len(alone)


def test_what_others_depend_on_is_made_anew() -> None:
    book = a_handbook()
    red, other = an_issue(1, book.labels.red_branch), an_issue(2)
    queue = WorkQueue(a_snapshot(red, other, handbook=book), book)
    assert queue.with_items({red.ref: None}) is None
    assert queue.with_items({other.ref: replace(other, labels=red.labels)}) is None
    assert queue.with_items({other.ref: None}) is not None


def test_an_issue_is_free_when_what_blocked_it_is_over() -> None:
    blocker = an_issue(1)
    blocked = an_issue(7, "priority::2", "Deliverable", milestone=MILESTONE, blocked_by=(blocker.ref,))
    book = a_handbook()
    queue = WorkQueue(a_snapshot(blocker, blocked, handbook=book), book)
    assert blocked.ref not in [one.item.ref for one in queue.rank("nadia")]
    after = queue.with_items({blocker.ref: replace(blocker, state="closed", closed_at=NOW)})
    assert after is not None
    assert blocked.ref in [one.item.ref for one in after.rank("nadia")]
    assert [one.ref for one in after.snapshot.closed] == [blocker.ref]


def test_the_first_rows_and_the_counts_are_the_whole_queues() -> None:
    snapshot, queue = team()
    for person in (*snapshot.people, "nobody"):
        ranked = queue.rank(person)
        assert queue.first(person, 5) == ranked[:5]
        assert queue.first(person, 10_000) == ranked
        assert queue.levels(person) == Counter(entry.level for entry in ranked)
