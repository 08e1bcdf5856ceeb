"""Every item's present facts follow from its history, whatever the size of the demo."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from handrail.demo import NOW, DemoTeam
from handrail.model.derive import as_of, derived
from handrail.model.history import Event
from handrail.model.items import Issue, Item, MergeRequest
from handrail.model.labels import scope_of

Told = tuple[Item, Sequence[Event]]
SIZES = ((300, 14), (600, 14), (1500, 50))


@cache
def everything(size: int, people: int) -> list[Told]:
    return list(DemoTeam(size, people).items(histories=True, closed=True))


@pytest.fixture(params=SIZES, ids=str)
def told(request: pytest.FixtureRequest) -> list[Told]:
    return everything(*request.param)


def replayed(events: Sequence[Event], added: str, removed: str) -> dict[str, None]:
    names: dict[str, None] = {}
    for event in events:
        if event.did == added:
            assert event.value not in names, (event, names)
            names[event.value] = None
        elif event.did == removed:
            del names[event.value]
    return names


def test_events_come_in_order_of_time_and_never_after_now(told: list[Told]) -> None:
    for item, events in told:
        instants = [item.created_at, *(event.at for event in events)]
        assert instants == sorted(instants), item.ref
        assert instants[-1] <= NOW
        assert all(at.microsecond == 0 and at.utcoffset() == timedelta() for at in instants)


def test_the_derived_fields_are_those_of_the_history(told: list[Told]) -> None:
    for item, events in told:
        assert derived(item, events) == item


def test_labels_assignees_and_milestone_replay_to_the_present(
    told: list[Told],
) -> None:
    for item, events in told:
        assert sorted(replayed(events, "label_added", "label_removed")) == list(item.labels), item.ref
        assert tuple(replayed(events, "assigned", "unassigned")) == item.assignees
        planned = [event.value for event in events if event.did == "milestone_set"]
        assert (planned[-1] if planned else None) == item.milestone


def test_no_item_ever_carries_two_labels_of_a_scope(told: list[Told]) -> None:
    for item, events in told:
        scopes: dict[str, str] = {}
        for event in events:
            scope = scope_of(event.value) if event.did.startswith("label_") else None
            if scope is None:
                continue
            if event.did == "label_added":
                assert scope not in scopes, (item.ref, event)
                scopes[scope] = event.value
            else:
                assert scopes.pop(scope) == event.value


def test_what_is_closed_says_so_at_its_end(told: list[Told]) -> None:
    for item, events in told:
        ends = [event for event in events if event.did in {"closed", "merged", "reopened"}]
        if item.state == "opened":
            assert item.closed_at is None
            assert not ends
        else:
            assert [(end.did, end.at) for end in ends] == [(item.state, item.closed_at)]
            assert events[-1] == ends[0]


def test_reviews_follow_requests(told: list[Told]) -> None:
    for item, events in told:
        if not isinstance(item, MergeRequest):
            continue
        assert len({reviewer.username for reviewer in item.reviewers}) == len(item.reviewers)
        asked: set[str] = set()
        for event in events:
            if event.did == "review_requested":
                assert event.value != item.author, item.ref
                asked.add(event.value)
            elif event.did in {"reviewed", "approved"}:
                assert event.by in asked, (item.ref, event)
        assert {reviewer.username for reviewer in item.reviewers} == asked
        for reviewer in item.reviewers:
            assert reviewer.requested_at is not None
            if reviewer.responded_at is not None:
                assert reviewer.requested_at <= reviewer.responded_at
            assert (reviewer.state != "unreviewed") <= (reviewer.responded_at is not None)
            assert (reviewer.state == "approved") <= (reviewer.username in item.approved_by)
        assert item.author not in item.approved_by
        open_threads = {event.value for event in events if event.did == "commented" and event.value and not event.bot}
        open_threads -= {event.value for event in events if event.did == "thread_resolved"}
        assert {thread.id for thread in item.threads} == open_threads


def test_a_merge_request_is_merged_by_somebody_who_has_approved_or_may(
    told: list[Told],
) -> None:
    for item, events in told:
        if item.state == "merged" and isinstance(item, MergeRequest):
            assert item.approved_by, item.ref
            assert not item.threads, item.ref
            assert not item.draft
            assert events[-1].by != item.author


def test_facts_can_be_taken_back(told: list[Told]) -> None:
    for item, events in told:
        assert as_of(item, events, item.created_at - timedelta(seconds=1)) is None
        if item.state != "opened":
            assert item.closed_at is not None
            assert as_of(item, events, item.closed_at) is None
            before = as_of(item, events, item.closed_at - timedelta(seconds=1))
            assert before is None or before.state == "opened"
        else:
            now = as_of(item, events, NOW)
            unknown = {"detailed_merge_status": ""} if isinstance(item, MergeRequest) else {}
            unknown |= {"part": ""} if isinstance(item, Issue) else {}
            assert now == replace(item, **unknown)


@given(st.sampled_from(SIZES), st.integers(0, 730), st.data())
def test_an_item_as_it_was_agrees_with_a_forward_replay(key: tuple[int, int], days: int, data: st.DataObject) -> None:
    moment = NOW - timedelta(days=days)
    items = everything(*key)
    for number in data.draw(st.lists(st.integers(0, len(items) - 1), min_size=5, max_size=20)):
        item, events = items[number]
        then = as_of(item, events, moment)
        past = [event for event in events if event.at <= moment]
        if then is None:
            assert item.created_at > moment or (item.closed_at is not None and item.closed_at <= moment)
            continue
        assert set(then.labels) == set(replayed(past, "label_added", "label_removed"))
        assert set(then.assignees) == set(replayed(past, "assigned", "unassigned"))
        if isinstance(then, MergeRequest):
            assert set(then.approved_by) == {e.by for e in past if e.did == "approved"}
        if isinstance(then, Issue):
            assert len(then.claims) == sum(e.did == "claimed" for e in past)


@pytest.mark.parametrize("days", [0, 1, 4, 30, 300, 600])
def test_reviewers_as_they_were_are_those_asked_by_then(days: int) -> None:
    moment = NOW - timedelta(days=days)
    for item, events in everything(1500, 50):
        then = as_of(item, events, moment)
        if isinstance(then, MergeRequest):
            asked = {event.value for event in events if event.did == "review_requested" and event.at <= moment}
            assert {reviewer.username for reviewer in then.reviewers} == asked, item.ref


def test_the_past_had_work_in_every_state() -> None:
    """Over a few days of each of two years, that is: one day alone need not have it all in a small team."""
    for days in ((3, 10, 17, 24), (150, 157, 164, 171), (500, 507, 514, 521)):
        moments = [NOW - timedelta(days=day) for day in days]
        then = [
            found
            for item, events in everything(1500, 50)
            for moment in moments
            if (found := as_of(item, events, moment)) is not None
        ]
        labels = {label for item in then for label in item.labels}
        assert {"workflow::ready for review", "workflow::in review", "workflow::in dev"} <= labels, days
        assert {"Deliverable", "group::distribution", "Distribution-DRI"} <= labels
