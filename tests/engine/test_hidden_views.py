"""The view of whoever may not see all is the one that is made anew of what they may see."""

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from handrail.demo import DemoTeam
from handrail.engine.assemble import assemble
from handrail.engine.live import View
from handrail.model.hidden import Hidden, without
from handrail.model.items import Item
from handrail.model.plans import Known
from handrail.rules.catalogue import decisions
from handrail.rules.desk import Desk
from handrail.rules.work_queue import WorkQueue
from handrail.testing import MILESTONE, a_handbook, a_snapshot, an_issue


@cache
def team() -> View:
    book = a_handbook()
    return View(1, WorkQueue(assemble(DemoTeam(300), book, closed=True), book), Known())


def all_items() -> list[Item]:
    return [*team().snapshot.items, *team().snapshot.closed]


hidden_sets = st.builds(
    Hidden,
    st.frozensets(st.sampled_from([one.ref for one in all_items()]), min_size=1, max_size=30),
    st.one_of(st.just(frozenset[str]()), st.frozensets(st.sampled_from([*team().snapshot.projects]), max_size=2)),
)


@settings(max_examples=40)
@given(hidden_sets)
def test_it_is_as_one_that_is_made_of_what_they_may_see(hidden: Hidden) -> None:
    view = team().without(hidden)
    snapshot = without(team().snapshot, hidden)
    anew = WorkQueue(snapshot, team().handbook)
    assert view.snapshot == snapshot
    for person in snapshot.people:
        assert view.queue.rank(person) == anew.rank(person)
        assert view.queue.levels(person) == anew.levels(person)
    assert view.queue.waiting == anew.waiting
    assert view.queue.findings == anew.findings
    assert view.queue.unassigned == anew.unassigned


@settings(max_examples=8)
@given(hidden_sets)
def test_the_rules_are_asked_anew_about_what_they_may_see(hidden: Hidden) -> None:
    team().decided  # noqa: B018
    assert team().without(hidden).decided == decisions(Desk(without(team().snapshot, hidden), team().handbook))


def test_most_that_is_hidden_needs_no_queue_anew() -> None:
    whole, kept = team().snapshot, 0
    for item in all_items():
        snapshot = without(whole, Hidden(frozenset({item.ref})))
        unlike = snapshot.unlike(whole)
        kept += unlike is not None and team().queue.on(snapshot, unlike) is not None
    assert kept > 0.9 * len(all_items())


def test_what_a_hidden_issue_blocks_is_free_for_them() -> None:
    blocker = an_issue(1)
    blocked = an_issue(7, "priority::2", "Deliverable", milestone=MILESTONE, blocked_by=(blocker.ref,))
    book = a_handbook()
    whole = View(1, WorkQueue(a_snapshot(replace(blocker, confidential=True), blocked, handbook=book), book), Known())
    assert blocked.ref not in [one.item.ref for one in whole.queue.rank("nadia")]
    less = whole.without(Hidden(frozenset({blocker.ref})))
    assert blocked.ref in [one.item.ref for one in less.queue.rank("nadia")]
    assert not [one for one in less.queue.waiting if one.item.ref == blocked.ref]
