"""Whole histories: what a page leaves out is asked for, and what became of an item since it was read last."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

import standin
from handrail.gitlab.histories import Team as Known
from handrail.gitlab.histories import in_order, instant, note_events, resource_events
from handrail.gitlab.sources import Source
from handrail.gitlab.system_notes import Names
from handrail.model.actions import Comment
from handrail.model.derive import derived
from handrail.model.facts import Team
from handrail.model.history import Event
from handrail.model.items import Item
from handrail.model.planning import Project
from handrail.model.reading import Page, Read
from handrail.plan.letters import letter
from handrail.testing import NOW, PROJECT, Told, a_handbook, a_merge_request, a_reviewer, an_epic, an_issue
from tests.gitlab.conftest import Reading

SOURCE = Source(PROJECT)
BEGAN = datetime(2026, 5, 18, 9, tzinfo=UTC)


def after(minutes: int) -> datetime:
    return BEGAN + timedelta(minutes=minutes)


def told(*items: tuple[Item, list[Event]]) -> Told:
    return Told(items, Team(NOW, {}, (Project(PROJECT, "main", ("mara",)),)))


def the_one(pages: Iterable[Page]) -> Read:
    (read,) = [read for page in pages for read in page.reads]
    return read


@pytest.mark.parametrize("count", [49, 50, 51, 100, 101, 260])
def test_every_comment_of_an_issue_is_read(count: int, read_from: Reading) -> None:
    events = [Event(after(number), "mara", "commented") for number in range(count)]
    with standin.running(told((an_issue(7), events))) as gitlab:
        reader, _ = read_from(gitlab)
        assert list(the_one(reader.pages(SOURCE, "issues")).events) == events
        more = [request for request in gitlab.requests if request.operation == "WorkItemDiscussions"]
        assert len(more) == max(0, -(-(count - 50) // 100))


def test_a_mention_in_a_description_is_its_authors_as_it_was_written(read_from: Reading) -> None:
    items = an_issue(7, author="sam"), a_merge_request(8, author="ada"), an_issue(9)
    with standin.running(told(*((item, []) for item in items))) as gitlab:
        for item, words in zip(
            items, ("@gitlab-org/distribution why?", "For @gitlab-org/distribution.", "x"), strict=True
        ):
            gitlab.world.entries[item.ref].description = words
        reader, _ = read_from(gitlab)
        reads = [
            read for kind in ("issues", "merge_requests") for page in reader.pages(SOURCE, kind) for read in page.reads
        ]
        mentioned = [(read.item.mentioned_by, read.item.mentioned_since) for read in reads]
        assert mentioned == [("sam", items[0].created_at), ("", None), ("ada", items[1].created_at)]


@pytest.mark.parametrize("count", [100, 101, 260])
def test_every_comment_of_a_merge_request_is_read(count: int, read_from: Reading) -> None:
    events = [Event(after(number), "mara", "commented") for number in range(count)]
    with standin.running(told((a_merge_request(7), events))) as gitlab:
        reader, _ = read_from(gitlab)
        assert list(the_one(reader.pages(SOURCE, "merge_requests")).events) == events


def test_every_answer_in_a_long_thread_is_read(read_from: Reading) -> None:
    events = [Event(after(number), ("mara", "nadia")[number % 2], "commented", "5c1e07aa") for number in range(130)]
    with standin.running(told((a_merge_request(7), events))) as gitlab:
        reader, _ = read_from(gitlab)
        read = the_one(reader.pages(SOURCE, "merge_requests"))
        assert list(read.events) == events


def test_an_answer_in_a_long_thread_may_be_nobodys(read_from: Reading, monkeypatch: pytest.MonkeyPatch) -> None:
    events = [Event(after(number), "mara", "commented", "5c1e07aa") for number in range(103)]
    with standin.running(told((a_merge_request(7), events))) as gitlab:
        reader, connection = read_from(gitlab)
        whole = connection.rest_one

        def without_authors(path: str) -> dict[str, Any]:
            return {"notes": [{**note, "author": None} for note in whole(path)["notes"]]}

        monkeypatch.setattr(connection, "rest_one", without_authors)
        read = the_one(reader.pages(SOURCE, "merge_requests"))
        assert [event.by for event in read.events[-3:]] == ["ghost"] * 3


def test_a_long_thread_of_an_epics_is_read_as_far_as_its_page_goes(read_from: Reading) -> None:
    events = [Event(after(number), "mara", "commented", "5c1e07aa") for number in range(130)]
    with standin.running(told((an_epic(5), events))) as gitlab:
        reader, _ = read_from(gitlab)
        group = Source(an_epic(5).project)
        assert "epics" in reader.kinds(group)
        assert list(the_one(reader.pages(group, "epics")).events) == events[:100]


def test_a_merge_request_that_ended_since_it_was_read_keeps_its_whole_history(read_from: Reading) -> None:
    events = [
        Event(after(0), "mara", "label_added", "workflow::ready for review"),
        Event(after(5), "mara", "milestone_set", "19.1"),
        Event(after(60), "nadia", "merged"),
    ]
    item = a_merge_request(7, "workflow::ready for review", milestone="19.1", state="merged", closed_at=after(60))
    with standin.running(told((item, events))) as gitlab:
        reader, _ = read_from(gitlab)
        assert the_one(reader.pages(SOURCE, "merge_requests", None, after(30))).events == tuple(events)
        first = the_one(reader.pages(SOURCE, "merge_requests"))
        assert (first.complete, first.events) == (False, tuple(events[2:]))


def test_a_listing_that_is_late_is_made_up_for_by_the_next_reading(read_from: Reading) -> None:
    before, changed = an_issue(7), an_issue(7, title="Changed")
    with standin.running(told((before, []))) as gitlab:
        reader, _ = read_from(gitlab)
        (page,) = reader.pages(SOURCE, "issues")
        gitlab.world.put(changed, (), NOW - timedelta(seconds=90))
        gitlab.fail("stale", "ProjectWorkItems")
        (late,) = reader.pages(SOURCE, "issues", None, page.until)
        assert [read.item.title for read in late.reads] == [before.title]
        (made_up,) = reader.pages(SOURCE, "issues", None, late.until)
        assert [read.item.title for read in made_up.reads] == ["Changed"]


def test_derived_instants_are_read_off_the_history(read_from: Reading) -> None:
    events = [
        Event(after(0), "mara", "label_added", "workflow::in review"),
        Event(after(1), "mara", "review_requested", "nadia"),
        Event(after(2), "nadia", "commented", "5c1e07aa"),
        Event(after(3), "nadia", "reviewed", "requested_changes"),
        Event(after(4), "mara", "commented", "5c1e07aa"),
        Event(after(5), "mara", "review_requested", "nadia"),
    ]
    item = a_merge_request(7, "workflow::in review", reviewers=(a_reviewer("nadia"),))
    with standin.running(told((item, events))) as gitlab:
        reader, _ = read_from(gitlab)
        found = the_one(reader.pages(SOURCE, "merge_requests")).item
    expected = derived(item, events)
    assert found.label_since == expected.label_since
    assert found.reviewers == expected.reviewers  # type: ignore[union-attr]
    assert found.threads == expected.threads  # type: ignore[union-attr]
    assert (found.last_human_at, found.last_human_by) == (after(4), "mara")


# --- without a GitLab ---------------------------------------------------------------------------------

NAMES = Names(lambda _: None, lambda _: None)


@pytest.mark.parametrize(
    "text",
    ["2026-06-02T14:00:00Z", "2026-06-02T16:00:00+02:00", "2026-06-02 16:00:00 +0200", "2026-06-02 14:00:00 UTC"],
)
def test_instants(text: str) -> None:
    assert instant(text) == datetime(2026, 6, 2, 14, tzinfo=UTC)


def test_an_instant_without_a_zone_is_none_of_gitlabs() -> None:
    with pytest.raises(ValueError, match="zone"):
        instant("2026-06-02T14:00:00")


def comment(body: str, author: dict[str, object] | None, at: str = "2026-06-02T21:30:00Z") -> dict[str, object]:
    return {"body": body, "system": False, "createdAt": at, "author": author}


def test_a_claim_is_meant_in_its_authors_zone() -> None:
    team = Known(zones={"ada": "Pacific/Auckland"}, zone="America/Toronto")
    word = "I'll start next Wednesday"
    for username, until in (("ada", "2026-06-10"), ("bo", "2026-06-03")):
        found = list(note_events(comment(word, {"username": username, "bot": False}), "", NAMES, team, claims=True))
        assert [(event.did, event.value) for event in found] == [("commented", ""), ("claimed", until)]


def test_a_wish_without_a_date_is_an_empty_claim_and_the_authors_question_is_none() -> None:
    ada = {"username": "ada", "bot": False}

    def claims(body: str, author: str) -> list[str]:
        told = note_events(comment(body, ada), "", NAMES, Known(), claims=True, author=author)
        return [event.value for event in told if event.did == "claimed"]

    assert claims("I'd like to work on this", "bo") == [""]
    assert claims("I'd like to work on this from 2026-06-05", "bo") == ["2026-06-05"]
    assert claims("Can I take this?", "bo") == [""]
    assert claims("Can I take this?", "ada") == []


def test_each_command_of_a_comment_is_an_event_after_it() -> None:
    body = "@handrail not-applicable type\n@handrail snooze 3 days\nThank you"
    for claims in (True, False):
        told = note_events(comment(body, {"username": "ada", "bot": False}), "t1", NAMES, Known(), claims=claims)
        assert [(event.did, event.value) for event in told] == [
            ("commented", "t1"),
            ("commanded", "not-applicable type"),
            ("commanded", "snooze 3 days"),
        ]


def test_of_a_comment_of_ours_it_is_kept_what_it_is_about() -> None:
    words = Comment("hello", ("nadia",), "thank you", "Could you look at it?")
    ours = letter(words, "milestone_planning", "milestone.rollover", a_handbook(), "no-news", "Sprint 7")
    bot = {"username": "handrail", "bot": True}
    told = [(one.did, one.value) for one in note_events(comment(ours, bot), "t1", NAMES, Known(), claims=True)]
    assert told == [("commented", "t1"), ("spoke_of", "milestone_planning no-news Sprint 7")]
    quoted = "".join(f"> {line}\n" for line in ours.splitlines())
    for body in (quoted, "`@handrail not-applicable triage because …`"):
        assert [one.did for one in note_events(comment(body, bot), "", NAMES, Known(), claims=True)] == ["commented"]


def test_bots_and_deleted_users_claim_and_command_nothing() -> None:
    team = Known(bots=frozenset({"triage-ops"}))
    for author in ({"username": "x", "bot": True}, {"username": "triage-ops", "bot": False}, None):
        (event,) = note_events(comment("@handrail status\nI start on 2026-06-05", author), "", NAMES, team, claims=True)
        name = author["username"] if author else "ghost"
        assert (event.did, event.bot, event.by) == ("commented", author is not None, name)


def test_a_date_is_no_claim_on_a_merge_request() -> None:
    (event,) = note_events(
        comment("I start by 2026-06-05", {"username": "x", "bot": False}), "t", NAMES, Known(), claims=False
    )
    assert (event.did, event.value) == ("commented", "t")


def test_resource_events_of_what_was_deleted_since() -> None:
    user = {"username": "ada"}
    at = "2026-06-02T14:00:00.123Z"
    listed: list[dict[str, Any]] = [
        {"user": user, "created_at": at, "action": "add", "label": None},
        {"user": None, "created_at": at, "action": "add", "label": {"name": "type::bug"}},
        {"user": user, "created_at": at, "action": "remove", "milestone": {"title": "19.1"}},
    ]
    found = list(resource_events(listed, Known(), {"ada": True}))
    assert [(event.by, event.did, event.value, event.bot) for event in found] == [
        ("ghost", "label_added", "type::bug", False),
        ("ada", "milestone_set", "", True),
    ]


def test_events_of_one_instant_stay_as_told() -> None:
    first, second, third = (Event(after(minute), "ada", "commented", str(minute)) for minute in (1, 2, 2))
    assert in_order([second], [third, first]) == (first, second, third)
