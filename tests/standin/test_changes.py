"""One change of one item: what becomes of it, and which events tell of it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.model.facts import Team
from handrail.model.items import Issue, Item, MergeRequest
from handrail.model.labels import scope_of
from handrail.testing import NOW, Told, a_merge_request, a_reviewer, an_issue
from standin.access import READER
from standin.changes import Change
from standin.entries import Entry
from standin.world import World

LATER = NOW + timedelta(hours=1)


def a_world(item: Item, tier: str = "premium") -> tuple[World, Entry]:
    world = World(Told(((item, ()),), Team(NOW)), tier=tier)
    world.advance(LATER)
    return world, world.entries[item.ref]


def told(entry: Entry) -> list[tuple[str, str]]:
    assert all((event.at, event.by, event.bot) == (LATER, READER, True) for event in entry.events)
    return [(event.did, event.value) for event in entry.events]


def labelled(item: Item, *add: str, remove: tuple[str, ...] = (), tier: str = "premium") -> Entry:
    world, entry = a_world(item, tier)
    change = Change(world, entry, READER)
    change.label(None, add, remove)
    change.save()
    return entry


def test_a_label_of_a_scope_takes_the_others_of_it_off_on_premium() -> None:
    item = an_issue(1, "bug", "workflow::ready", "group::build")
    entry = labelled(item, "workflow::in dev")
    assert set(entry.item.labels) == {"bug", "group::build", "workflow::in dev"}
    assert told(entry) == [("label_added", "workflow::in dev"), ("label_removed", "workflow::ready")]
    assert set(labelled(item, "workflow::in dev", tier="free").item.labels) == {*item.labels, "workflow::in dev"}


def test_the_scope_ends_at_the_last_colons() -> None:
    item = an_issue(1, "group::distribution", "group::distribution::build")
    after = set(labelled(item, "group::distribution::deploy").item.labels)
    assert after == {"group::distribution", "group::distribution::deploy"}


def test_of_several_of_a_scope_the_last_stays_and_what_is_taken_off_at_once_counts_for_nothing() -> None:
    assert labelled(an_issue(1), "a::1", "a::2", "a::3").item.labels == ("a::3",)
    assert labelled(an_issue(1, "a::1"), "a::2", remove=("a::2",)).item.labels == ("a::1",)


TITLES = st.sampled_from(["a::1", "a::2", "a::b::1", "a::b::2", "c", "d"])


@given(st.sets(TITLES), st.lists(TITLES), st.lists(TITLES))
def test_labels_twice_are_labels_once(before: set[str], add: list[str], remove: list[str]) -> None:
    item = an_issue(1, *sorted({scope_of(title) or title: title for title in sorted(before)}.values()))
    world, entry = a_world(item)
    for count in range(2):
        change = Change(world, entry, READER)
        change.label(None, add, remove)
        changed = change.save()
        assert not (count and changed and not set(add) - set(remove))
    scopes = [scope for title in entry.item.labels if (scope := scope_of(title))]
    assert len(scopes) == len(set(scopes))
    assert not set(entry.item.labels) & set(remove)


def test_nothing_that_is_so_already_is_a_change() -> None:
    item = an_issue(1, "bug", title="Same", assignees=("nadia", "mara"), milestone="19.1", weight=2, status="In dev")
    world, entry = a_world(item)
    before = entry.updated_at
    change = Change(world, entry, READER)
    change.label(None, ["bug"], ["none"])
    change.label(["bug"], [], [])
    change.assign(["mara", "nadia"])
    change.plan("19.1")
    change.retitle("Same")
    change.describe("")
    change.hide(False)
    change.weigh(2)
    change.reopen()
    change.set_status("In dev")
    assert change.save() is False
    assert (entry.item, entry.events, entry.updated_at) == (item, (), before)


def test_what_changes_moves_updated_at_whether_or_not_an_event_tells_of_it() -> None:
    world, entry = a_world(an_issue(1))
    change = Change(world, entry, READER)
    change.weigh(3)
    assert change.save()
    assert (entry.updated_at, entry.events) == (LATER, ())


def test_people_come_and_go_and_free_has_one() -> None:
    item = an_issue(1, assignees=("nadia",))
    world, entry = a_world(item)
    change = Change(world, entry, READER)
    change.assign(["mara", "ivo"])
    change.save()
    assert entry.item.assignees == ("mara", "ivo")
    assert told(entry) == [("assigned", "mara"), ("assigned", "ivo"), ("unassigned", "nadia")]
    world, entry = a_world(item, "free")
    change = Change(world, entry, READER)
    change.assign(["mara", "ivo"])
    change.save()
    assert entry.item.assignees == ("mara",)


def test_a_reviewer_who_stays_keeps_the_state_and_one_who_comes_back_is_asked_again() -> None:
    world, entry = a_world(a_merge_request(1, reviewers=(a_reviewer("nadia", "approved"),)))
    for names in (["nadia", "mara"], ["nadia"], ["mara", "nadia"]):
        change = Change(world, entry, READER)
        change.ask(names)
        change.save()
    assert isinstance(entry.item, MergeRequest)
    mara, nadia = entry.item.reviewers
    assert (nadia.state, nadia.requests) == ("approved", 1)
    assert (mara.username, mara.state, mara.requested_at, mara.requests) == ("mara", "unreviewed", LATER, 2)
    assert told(entry) == [(did, "mara") for did in ("review_requested", "review_removed", "review_requested")]


@pytest.mark.parametrize(
    ("status", "state", "events"),
    [
        ("Done", "closed", ["status_set", "closed"]),
        ("won't do", "closed", ["status_set", "closed"]),
        ("In review", "opened", ["status_set"]),
    ],
)
def test_a_status_opens_and_closes(status: str, state: str, events: list[str]) -> None:
    world, entry = a_world(an_issue(1, status="In dev"))
    change = Change(world, entry, READER)
    change.set_status(status)
    change.save()
    assert (entry.item.state, [did for did, _ in told(entry)]) == (state, events)
    assert (entry.item.closed_at is not None) is (state == "closed")
    change = Change(world, entry, READER)
    change.set_status("In dev")
    change.save()
    assert entry.item.state == "opened"


def test_closing_and_reopening_take_the_status_along() -> None:
    world, entry = a_world(an_issue(1, status="In dev"))
    for act in (Change.close, Change.close, Change.reopen):
        change = Change(world, entry, READER)
        act(change)
        change.save()
    assert told(entry) == [("closed", ""), ("status_set", "Done"), ("reopened", ""), ("status_set", "To do")]
    assert isinstance(entry.item, Issue)
    assert (entry.item.state, entry.item.closed_at, entry.item.status) == ("opened", None, "To do")


def test_what_is_merged_stays_merged() -> None:
    world, entry = a_world(a_merge_request(1, state="merged", closed_at=NOW))
    change = Change(world, entry, READER)
    change.close()
    change.reopen()
    assert not change.save()


def test_a_merge_requests_title_says_whether_it_is_a_draft() -> None:
    world, entry = a_world(a_merge_request(1))
    for title in ("Draft: mend it", "[Draft] mend it all", "Mend it"):
        change = Change(world, entry, READER)
        change.retitle(title)
        change.save()
    assert [did for did, _ in told(entry)] == ["drafted", "undrafted"]
    assert isinstance(entry.item, MergeRequest)
    assert entry.item.draft is False


def test_the_clock_only_goes_forward() -> None:
    world, _ = a_world(an_issue(1))
    with pytest.raises(ValueError, match="already"):
        world.advance(NOW)
