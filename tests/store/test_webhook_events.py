"""Histories that come in parts: what a bulk page leaves out, and what webhooks told since."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from handrail.model.derive import derived
from handrail.model.history import Event
from handrail.model.items import Issue, Item, MergeRequest
from handrail.model.reading import Page, Read, Told
from handrail.store.database import Store
from handrail.testing import NOW, a_merge_request, a_reviewer, an_issue

SOURCE = "gitlab-org/omnibus-gitlab"
REVIEW = a_merge_request(1, "workflow::ready for review", reviewers=(a_reviewer("nadia"),))
ISSUE = an_issue(2, "priority::1")


def minutes(count: float) -> datetime:
    return NOW + timedelta(minutes=count)


LABELLED = Event(minutes(-60), "ivo", "label_added", "workflow::ready for review")
ASKED = Event(minutes(-50), "ivo", "review_requested", "nadia")
ANSWERED = Event(minutes(-40), "nadia", "commented")
LATER = Event(minutes(5), "nadia", "commented")


def write(
    store: Store, item: Item, *events: Event, updated: float = 0, until: float | None = None, complete: bool = True
) -> None:
    read = Read(derived(item, events), events, minutes(updated), complete)
    store.write_page(Page(SOURCE, "all", (read,), None, minutes(updated if until is None else until)))


def stored(store: Store, ref: str) -> Item:
    return next(item for item, _ in store.facts(NOW).items(histories=False, closed=True) if item.ref == ref)


def test_a_page_that_is_not_complete_keeps_the_labels_that_are_known(store: Store) -> None:
    write(store, REVIEW, LABELLED, ASKED)
    assert store.lacking_history() == set()
    write(store, REVIEW, ASKED, ANSWERED, updated=1, complete=False)
    assert store.facts(NOW).history(REVIEW.ref) == (LABELLED, ASKED, ANSWERED)
    assert store.lacking_history() == {REVIEW.ref}
    item = stored(store, REVIEW.ref)
    assert isinstance(item, MergeRequest)
    assert item.label_since == {LABELLED.value: LABELLED.at}
    assert item.reviewers[0].responded_at == ANSWERED.at


def test_a_complete_page_replaces_everything(store: Store) -> None:
    write(store, REVIEW, LABELLED, ASKED, ANSWERED)
    write(store, REVIEW, ASKED, updated=1)
    assert store.facts(NOW).history(REVIEW.ref) == (ASKED,)
    assert stored(store, REVIEW.ref).label_since == {}


def test_a_history_read_alone_gives_the_instants_that_follow(store: Store) -> None:
    write(store, REVIEW, ASKED, complete=False)
    store.add_provisional(Told(REVIEW.ref, (LATER,)))
    store.replace_history(REVIEW.ref, (LABELLED, ASKED))
    assert store.facts(NOW).history(REVIEW.ref) == (LABELLED, ASKED)
    assert stored(store, REVIEW.ref).label_since == {LABELLED.value: LABELLED.at}
    assert store.lacking_history() == set()
    store.replace_history("gitlab-org/never#1", (LABELLED,))
    assert store.facts(NOW).history("gitlab-org/never#1") == ()


def test_a_webhook_counts_at_once_and_once(store: Store) -> None:
    write(store, REVIEW, LABELLED, ASKED)
    for _ in range(2):  # GitLab delivers again what was not answered in time
        store.add_provisional(Told(REVIEW.ref, (LATER,)))
    assert store.facts(NOW).history(REVIEW.ref) == (LABELLED, ASKED, LATER)
    item = stored(store, REVIEW.ref)
    assert isinstance(item, MergeRequest)
    assert item.reviewers[0].responded_at == LATER.at
    found = {item.ref: events for item, events in store.facts(NOW).items(histories=True, closed=False)}
    assert found == {REVIEW.ref: (LABELLED, ASKED, LATER)}


def test_what_a_page_knows_already_is_no_second_event(store: Store) -> None:
    write(store, REVIEW, LABELLED, ASKED, LATER)  # as a page does that is read after the round began
    echo = Event(LATER.at + timedelta(seconds=1), "nadia", "commented")
    assert store.add_provisional(Told(REVIEW.ref, (echo,))) == ()
    assert store.facts(NOW).history(REVIEW.ref) == (LABELLED, ASKED, LATER)


def test_a_webhook_that_comes_late_tells_nothing_that_a_page_can_have_known(store: Store) -> None:
    write(store, REVIEW, LABELLED, ASKED, until=3)
    early, late = Event(minutes(3), "timo", "commented"), Event(minutes(4), "timo", "commented")
    renamed = replace(stored(store, REVIEW.ref), title="As it once was")
    assert store.add_provisional(Told(REVIEW.ref, (early,), renamed, minutes(2))) == ()
    assert store.facts(NOW).history(REVIEW.ref) == (LABELLED, ASKED)
    assert stored(store, REVIEW.ref).title == REVIEW.title
    assert store.add_provisional(Told(REVIEW.ref, (late,), renamed, minutes(4))) == (REVIEW.ref,)
    assert store.facts(NOW).history(REVIEW.ref) == (LABELLED, ASKED, late)
    assert stored(store, REVIEW.ref).title == "As it once was"


def test_a_page_replaces_what_webhooks_told_before_it_and_keeps_what_it_cannot_know(store: Store) -> None:
    write(store, REVIEW, LABELLED, ASKED)
    early, late = Event(minutes(3), "mara", "commented"), Event(minutes(10), "timo", "commented")
    store.add_provisional(Told(REVIEW.ref, (early, late)))
    write(store, REVIEW, LABELLED, ASKED, ANSWERED, updated=0, until=5)
    assert store.facts(NOW).history(REVIEW.ref) == (LABELLED, ASKED, ANSWERED, late)
    item = stored(store, REVIEW.ref)
    assert (item.last_human_by, item.last_human_at) == ("timo", late.at)
    write(store, REVIEW, LABELLED, ASKED, ANSWERED, updated=11)
    assert store.facts(NOW).history(REVIEW.ref) == (LABELLED, ASKED, ANSWERED)
    assert stored(store, REVIEW.ref).last_human_by == "nadia"


def test_a_webhook_may_come_before_its_item(store: Store) -> None:
    store.add_provisional(Told(ISSUE.ref, (Event(minutes(5), "mara", "commented"),)))
    assert [*store.facts(NOW).items(histories=True, closed=True)] == []
    write(store, ISSUE, updated=0)
    assert stored(store, ISSUE.ref).last_human_by == "mara"


def test_a_webhook_of_the_same_instant_does_not_beat_a_page(store: Store) -> None:
    added = Event(minutes(-30), "mara", "label_added", "priority::1")
    write(store, ISSUE, added)
    closed = an_issue(2, "priority::1", state="closed", closed_at=NOW)
    store.add_provisional(Told(ISSUE.ref, (), closed, NOW))
    assert stored(store, ISSUE.ref).state == "opened"
    store.add_provisional(Told(ISSUE.ref, (Event(minutes(1), "mara", "closed"),), closed, minutes(1)))
    item = stored(store, ISSUE.ref)
    assert isinstance(item, Issue)
    assert item.state == "closed"
    assert item.label_since == {"priority::1": added.at}
    assert store.concerning(ISSUE.author) == set()
    write(store, ISSUE, added, updated=1)
    assert stored(store, ISSUE.ref).state == "opened"


def test_what_ended_since_then_is_known(store: Store) -> None:
    write(store, ISSUE)
    write(store, replace(REVIEW, state="closed", closed_at=minutes(-9)), updated=-9)
    closed = replace(ISSUE, state="closed", closed_at=minutes(5))
    store.add_provisional(Told(ISSUE.ref, (), closed, minutes(5)))
    assert store.ended_since(SOURCE, NOW) == {ISSUE.ref}
    assert store.ended_since(SOURCE, minutes(5)) == set()
    assert store.ended_since("another", NOW) == set()
