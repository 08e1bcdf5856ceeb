from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from handrail.model.facts import Team
from handrail.model.history import Deed, Event
from handrail.testing import NOW, PROJECT, Told, a_merge_request, an_issue
from standin.notes import Discussion, discussions
from standin.world import World


def told(sigil: str, *events: Event, tier: str = "premium", synthetic: bool = True) -> tuple[World, list[Discussion]]:
    item = an_issue(1) if sigil == "#" else a_merge_request(1)
    world = World(Told(((item, events),), Team(NOW)), tier=tier)
    return world, discussions(world, world.entries[item.ref], synthetic=synthetic)


def words(found: Sequence[Discussion]) -> list[tuple[str | None, str]]:
    return [(note.action, note.body) for discussion in found for note in discussion.notes]


def event(did: Deed, value: str = "", by: str = "nadia", at: datetime = NOW) -> Event:
    return Event(at, by, did, value)


@pytest.mark.parametrize(
    ("happened", "action", "body"),
    [
        (event("review_requested", "ivo"), "reviewer", "requested review from @ivo"),
        (event("review_removed", "ivo"), "reviewer", "removed review request for @ivo"),
        (event("assigned", "ivo"), "assignee", "assigned to @ivo"),
        (event("unassigned", "ivo"), "assignee", "unassigned @ivo"),
        (event("approved"), "approved", "approved this merge request"),
        (event("unapproved"), "unapproved", "unapproved this merge request"),
        (event("reviewed", "requested_changes"), "requested_changes", "requested changes"),
        (event("reviewed", "reviewed"), "reviewed", "left review comments without approving"),
        (event("drafted"), "title", "marked this merge request as **draft**"),
        (event("undrafted"), "title", "marked this merge request as **ready**"),
    ],
)
def test_what_happens_to_a_merge_request(happened: Event, action: str, body: str) -> None:
    _, found = told("!", happened)
    assert words(found) == [(action, body)]
    assert not found[0].is_thread


def test_a_push_names_its_commits() -> None:
    _, found = told("!", event("pushed"))
    ((action, body),) = words(found)
    assert action == "commit"
    assert body.startswith("added 1 commit\n\n<ul><li>")
    assert "[Compare with previous version](/gitlab-org/omnibus-gitlab/-/merge_requests/1/diffs?diff_id=" in body


def test_what_one_person_did_at_once_is_one_note() -> None:
    _, found = told("!", *(event("review_requested", name) for name in ("ivo", "mara", "timo")))
    assert words(found) == [("reviewer", "requested review from @ivo, @mara, and @timo")]
    _, found = told("!", event("review_requested", "ivo"), event("review_removed", "mara"))
    assert words(found) == [("reviewer", "requested review from @ivo and removed review request for @mara")]
    _, found = told("#", event("assigned", "ivo"), event("assigned", "mara", at=NOW + timedelta(seconds=1)))
    assert words(found) == [("assignee", "assigned to @ivo"), ("assignee", "assigned to @mara")]


def test_labels_milestones_and_states_are_synthetic_notes_of_issues() -> None:
    events = (
        event("label_added", "bug"),
        event("label_added", "urgent"),
        event("label_removed", "old"),
        event("milestone_set", "19.1"),
        event("milestone_set"),
        event("closed"),
        event("reopened"),
    )
    world, found = told("#", *events)
    bug, urgent, old = (world.label(PROJECT, title).id for title in ("bug", "urgent", "old"))
    assert words(found) == [
        ("label", f"added ~{bug} ~{urgent} labels and removed ~{old} label"),
        ("milestone", 'changed milestone to %"19.1"'),
        ("milestone", "removed milestone"),
        ("closed", "closed"),
        ("opened", "reopened"),
    ]
    assert [d.notes[0].synthetic for d in found] == ["LabelNote", *["MilestoneNote"] * 2, *["StateNote"] * 2]
    for sigil in "#!":
        assert told(sigil, *events, synthetic=False)[1] == []


def test_status_is_premiums() -> None:
    assert words(told("#", event("status_set", "In dev"))[1]) == [("work_item_status", "set status to **In dev**")]
    assert told("#", event("status_set", "In dev"), tier="free")[1] == []


def test_an_epic_is_premiums() -> None:
    events = event("epic_set", "acme&9"), event("epic_set", "", at=NOW + timedelta(minutes=5))
    assert words(told("#", *events)[1]) == [
        ("issue_added_to_epic", "added to epic acme&9"),
        ("issue_removed_from_epic", "removed from epic acme&9"),
    ]
    assert told("#", *events, tier="free")[1] == []


def test_claims_and_mentions_are_in_the_comment() -> None:
    _, found = told("#", event("commented"), event("claimed", "2026-06-05"), event("mentioned", "gitlab-org/build"))
    ((action, body),) = words(found)
    assert action is None
    assert "2026-06-05" in body
    assert "@gitlab-org/build" in body


def test_a_thread_holds_its_replies_and_is_resolved_until_somebody_answers() -> None:
    hour = timedelta(hours=1)
    replies = event("commented", "t1"), event("commented", "t1", "ivo", NOW + hour)
    _, (thread, single) = told("!", *replies, event("thread_resolved", "t1", at=NOW + 2 * hour), event("commented"))
    assert (thread.id, thread.is_thread, len(thread.notes)) == ("t1", True, 2)
    assert (thread.resolved_by, thread.resolved_at) == ("nadia", NOW + 2 * hour)
    assert not single.is_thread
    _, (thread,) = told(
        "!", *replies, event("thread_resolved", "t1", at=NOW + 2 * hour), event("commented", "t1", at=NOW + 3 * hour)
    )
    assert thread.resolved_at is None


def test_numbers_of_notes_rise_with_time_and_stay() -> None:
    events = [event("commented", at=NOW + timedelta(hours=n)) for n in range(5)]
    numbers = [d.notes[0].id for d in told("#", *events)[1]]
    assert numbers == sorted(set(numbers))
    assert numbers[:3] == [d.notes[0].id for d in told("#", *events[:3])[1]]
