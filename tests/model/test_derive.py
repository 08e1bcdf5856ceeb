"""The instants that decisions read, off an item's history; and facts taken back, by example."""

from datetime import date, datetime

import pytest

from handrail.model.derive import as_of, derived
from handrail.model.history import Deed, Event
from handrail.model.items import (
    Claim,
    Command,
    Issue,
    Item,
    MergeRequest,
    Reviewer,
    ReviewState,
    Section,
    Stay,
    Thread,
    Version,
)
from handrail.testing import a_merge_request, a_reviewer, an_epic, an_issue, at

READY = "workflow::ready for review"


def day(number: int, hour: int = 12) -> datetime:
    return at(f"2026-05-{number:02} {hour:02}:00")


def event(number: int, did: Deed, value: str = "", by: str = "nadia", *, bot: bool = False) -> Event:
    return Event(day(number), by, did, value, bot)


def read(item: Item, *events: Event) -> Item:
    return derived(item, events)


def reviews(mr: MergeRequest, *events: Event) -> tuple[Reviewer, ...]:
    found = derived(mr, events)
    assert isinstance(found, MergeRequest)
    return found.reviewers


def then(item: Item, events: list[Event], moment: datetime) -> Item:
    found = as_of(item, events, moment)
    assert found is not None
    return found


def merge_request_then(item: MergeRequest, events: list[Event], moment: datetime) -> MergeRequest:
    found = then(item, events, moment)
    assert isinstance(found, MergeRequest)
    return found


def test_of_a_descriptions_versions_those_are_known_that_were_over_by_then() -> None:
    versions = tuple(Version(day(number), (Section("success criteria", total=number),)) for number in (2, 4, 6))
    issue = an_issue(1, created_at=day(1), versions=versions)
    found = as_of(issue, (), day(4))
    assert found is not None
    assert found.versions == versions[:2]


def test_a_label_counts_from_when_it_was_last_added() -> None:
    events = (event(18, "label_added", READY), event(19, "label_removed", READY), event(20, "label_added", READY))
    assert read(an_issue(1, READY), *events).label_since == {READY: day(20)}
    assert read(an_issue(1), *events).label_since == {}


def test_an_assignment_counts_from_the_last_one_of_somebody_who_still_has_it() -> None:
    events = (event(18, "assigned", "mara"), event(19, "assigned", "ivo"), event(20, "unassigned", "ivo"))
    assert read(an_issue(assignees=("mara",)), *events).assigned_since == day(18)
    assert read(an_issue(), *events).assigned_since is None


def test_a_status_counts_from_when_it_was_last_set() -> None:
    events = (event(18, "status_set", "In dev"), event(19, "status_set", "Blocked"), event(20, "status_set", "In dev"))
    issue = read(an_issue(status="In dev"), *events)
    assert isinstance(issue, Issue)
    assert issue.status_since == day(20)


def test_a_status_before_is_another_than_the_present_one() -> None:
    events = (event(18, "status_set", "In dev"), event(19, "status_set", "In review"), event(20, "status_set", ""))

    def before(issue: Issue, *events: Event) -> str | None:
        found = read(issue, *events)
        assert isinstance(found, Issue)
        return found.status_before

    assert before(an_issue(status="In review"), *events[:2]) == "In dev"
    assert before(an_issue(status="In review"), *events[:2], event(21, "status_set", "In review")) == "In dev"
    assert before(an_issue(), *events) == "In review"
    assert before(an_issue(status="In dev"), events[0]) is None


def test_what_an_issue_has_been_is_told_with_its_instants() -> None:
    dev, review = "workflow::in dev", "workflow::in review"
    events = (
        event(12, "label_added", "spike"),
        event(13, "label_added", dev),
        event(14, "label_removed", dev),
        event(14, "label_added", review),
        event(15, "label_removed", review),
        event(15, "label_added", dev),
        event(16, "status_set", "In dev"),
        event(17, "status_set", ""),
        event(18, "status_set", "In review"),
    )
    issue = read(an_issue(1, "spike", dev, status="In review"), *events)
    assert isinstance(issue, Issue)
    assert issue.been == (Stay(dev, day(13)), Stay(review, day(14)), Stay("In dev", day(16)))


def test_an_issue_is_in_its_epic_since_it_was_last_put_there() -> None:
    events = (event(18, "epic_set", "&1"), event(19, "epic_set", "&2"), event(20, "epic_set", ""))

    def since(issue: Issue, *events: Event) -> datetime | None:
        found = read(issue, *events)
        assert isinstance(found, Issue)
        return found.epic_since

    assert since(an_issue(epic="acme&2"), *events[:2]) == day(19)
    assert since(an_issue(epic="acme&2"), *events) is None
    assert since(an_issue(epic="acme&2")) is None
    assert since(an_issue(), *events[:2]) is None


def test_a_label_is_of_whoever_put_it_on_last() -> None:
    events = (
        event(18, "label_added", "Deliverable", by="mara"),
        event(19, "label_removed", "Deliverable", by="ivo"),
        event(20, "label_added", "Deliverable", by="nadia"),
        event(20, "label_added", "documentation", by="ivo"),
    )
    assert read(an_issue(1, "Deliverable"), *events).label_by == {"Deliverable": "nadia"}


def test_a_label_that_a_bot_put_on_is_nobodys() -> None:
    added = event(18, "label_added", "Deliverable", by="helper", bot=True)
    assert read(an_issue(1, "Deliverable"), added).label_by == {}


def test_a_scoped_label_knows_which_of_its_scope_came_before() -> None:
    events = (
        event(17, "label_removed", "group::build"),
        event(18, "label_added", "workflow::in dev"),
        event(19, "label_added", "workflow::blocked"),
        event(19, "label_removed", "workflow::in dev"),
        event(20, "label_removed", "plain"),
        event(21, "label_removed", "workflow::blocked"),
        event(22, "label_added", "workflow::blocked"),
    )
    blocked = an_issue(1, "workflow::blocked", "other plain one", "priority::1")
    assert read(blocked, *events).label_before == {"workflow::blocked": "workflow::in dev"}
    assert read(an_issue(1, "group::build"), *events).label_before == {}


def test_a_label_that_stood_beside_another_of_its_scope_knows_when_that_came_off() -> None:
    dev, review = "workflow::in dev", "workflow::in review"
    both = (event(18, "label_added", dev), event(19, "label_added", review), event(21, "label_removed", review))
    assert read(an_issue(1, dev), *both).label_freed == {dev: day(21)}
    swapped = (event(18, "label_added", review), event(19, "label_removed", review), event(19, "label_added", dev))
    assert read(an_issue(1, dev), *swapped).label_freed == {}
    assert read(an_issue(1, dev), event(21, "label_removed", review)).label_freed == {}


def test_the_milestones_of_an_item_stand_in_order() -> None:
    first, again, gone, second, third = (
        event(18, "milestone_set", "19.0"),
        event(19, "milestone_set", "19.0"),
        event(20, "milestone_set", ""),
        event(21, "milestone_set", "19.0"),
        event(22, "milestone_set", "19.1"),
    )
    stays = (Stay("19.0", day(18)), Stay("19.0", day(21)), Stay("19.1", day(22)))
    assert read(an_issue(milestone="19.1"), first, again, gone, second, third).milestones == stays
    assert read(an_issue(milestone="19.0"), first, again).milestones == (Stay("19.0", day(18)),)
    assert read(an_issue(), first, again, gone).milestones == ()


def test_an_assignee_acted_when_they_last_did_anything_but_push() -> None:
    events = (
        event(18, "label_added", "x", by="mara"),
        event(19, "milestone_set", "19.1", by="mara"),
        event(20, "pushed", by="mara"),
        event(20, "commented", by="mara", bot=True),
        event(21, "commented", by="ivo"),
    )
    assert read(an_issue(assignees=("mara", "timo")), *events).acted == {"mara": day(19)}
    assert read(an_issue(assignees=("timo",)), *events).others["mara"] == day(19)


def test_a_merge_request_was_pushed_to_when_a_person_last_did() -> None:
    events = (event(18, "pushed", by="mara"), event(19, "commented"), event(20, "pushed", by="rebaser", bot=True))
    assert read(a_merge_request(), *events) == read(a_merge_request(pushed_at=day(18)), *events)
    assert read(a_merge_request(pushed_at=day(18)), *events[1:]) == read(a_merge_request(), *events[1:])


def test_a_command_is_somebodys_word_on_an_item() -> None:
    events = (
        event(18, "commented", "t1", by="mara"),
        event(18, "commanded", "snooze until Friday", by="mara"),
        event(19, "commanded", "status", by="ivo"),
        event(20, "commanded", "status", by="gitlab-bot", bot=True),
    )
    commands = (Command("mara", day(18), "snooze until Friday", "t1"), Command("ivo", day(19), "status"))
    assert read(a_merge_request(), *events).commands == commands
    assert read(an_issue(state="closed", closed_at=day(21)), *events).commands == commands
    assert then(an_issue(created_at=day(1)), list(events), day(18)).commands == commands[:1]


def test_a_command_answers_our_comment_in_its_thread_or_else_our_last() -> None:
    events = (
        event(16, "commanded", "status", by="mara"),
        event(17, "commented", "t1", by="handrail", bot=True),
        event(17, "spoke_of", "triage idle", by="handrail", bot=True),
        event(18, "commented", by="handrail", bot=True),
        event(18, "spoke_of", "reviewers none", by="handrail", bot=True),
        event(19, "commented", "t1", by="mara"),
        event(19, "commanded", "status", by="mara"),
        event(20, "commented", "t2", by="mara"),
        event(20, "commanded", "status", by="mara"),
        event(21, "commanded", "status", by="mara"),
    )
    told = read(an_issue(), *events).commands
    assert [one.about for one in told] == ["", "triage idle", "reviewers none", "reviewers none"]


def test_what_is_closed_knows_of_what_we_spoke_last_before() -> None:
    told = (
        Event(day(17), "handrail", "spoke_of", "triage answer-due", bot=True),
        Event(day(18), "handrail", "spoke_of", "triage unanswered 2026-05-04", bot=True),
        Event(day(18), "handrail", "closed", bot=True),
        Event(day(19), "handrail", "spoke_of", "triage answered-since 2026-05-19", bot=True),
    )
    over = an_issue(state="closed", closed_at=day(18))
    assert read(over, *told).closed_about == "triage unanswered 2026-05-04"
    again = (*told, Event(day(20), "mara", "reopened"))
    assert read(an_issue(), *again).closed_about == ""
    assert read(over, *again, Event(day(21), "mara", "closed")).closed_about == "", "that was somebody else’s doing"


def test_a_command_is_kept_with_what_its_giver_was_when_they_gave_it() -> None:
    events = (
        event(17, "assigned", "mara"),
        event(17, "review_requested", "ivo"),
        event(18, "commanded", "status", by="mara"),
        event(18, "commanded", "status", by="ivo"),
        event(19, "unassigned", "mara"),
        event(19, "review_removed", "ivo"),
        event(20, "commanded", "status", by="mara"),
    )
    told = read(a_merge_request(), *events).commands
    assert [(one.by, one.was) for one in told] == [("mara", ("assignee",)), ("ivo", ("reviewer",)), ("mara", ())]


def test_claims_are_read_with_who_made_them_when() -> None:
    issue = read(an_issue(), event(18, "claimed", "2026-05-22", by="mara"), event(19, "claimed", by="ivo"))
    assert isinstance(issue, Issue)
    assert issue.claims == (Claim("mara", date(2026, 5, 22), day(18)), Claim("ivo", None, day(19)))


def test_a_day_that_there_is_not_claims_nothing() -> None:
    issue = read(
        an_issue(), event(18, "claimed", "2026-99-99", by="mara"), event(19, "claimed", "2026-05-30", by="ivo")
    )
    assert isinstance(issue, Issue)
    assert issue.claims == (Claim("ivo", date(2026, 5, 30), day(19)),)


def test_who_is_unassigned_claims_it_no_more_until_they_claim_it_again() -> None:
    told = [
        event(17, "claimed", "2026-05-30", by="mara"),
        event(17, "claimed", "2026-05-29", by="ivo"),
        event(18, "assigned", "mara", by="lena"),
        event(19, "unassigned", "mara", by="lena"),
    ]
    issue = read(an_issue(), *told)
    assert isinstance(issue, Issue)
    assert [claim.by for claim in issue.claims] == ["ivo"]
    anew = read(an_issue(), *told, event(20, "claimed", "2026-05-31", by="mara"))
    assert isinstance(anew, Issue)
    assert [claim.until for claim in anew.claims] == [date(2026, 5, 29), date(2026, 5, 31)]


def test_the_last_human_word_is_a_persons() -> None:
    said = read(an_epic(), event(18, "commented", by="mara"), event(19, "commented", bot=True), event(20, "pushed"))
    assert (said.last_human_at, said.last_human_by) == (day(18), "mara")
    assert said.spoke == {"mara": day(18)}


def test_everybodys_last_word_is_kept() -> None:
    events = (
        event(17, "commented", by="somebody"),
        event(18, "commented", by="mara"),
        event(19, "claimed", by="somebody"),
        event(20, "label_added", "x", by="ivo"),
    )
    assert read(an_issue(), *events).spoke == {"somebody": day(19), "mara": day(18)}


def test_a_mention_stands_until_somebody_else_answers() -> None:
    asked = event(18, "mentioned", "gitlab-org/distribution", by="customer")
    again = event(19, "mentioned", "gitlab-org/distribution", by="customer")
    own_word = event(20, "commented", by="customer")
    bots_word = event(20, "commented", by="triage-bot", bot=True)
    answer = event(21, "commented", by="ivo")
    assert read(an_issue(), asked, again, own_word, bots_word).mentioned_since == day(18)
    assert read(an_issue(), asked, again, answer).mentioned_since is None
    assert read(an_issue(), asked, again, answer).mentioned_last == day(19)
    assert read(an_issue(), asked, answer, event(22, "mentioned", "x", by="customer")).mentioned_since == day(22)
    by_a_bot = Event(day(19), "gitlab-bot", "mentioned", "gitlab-org/distribution", bot=True)
    assert read(an_issue(), by_a_bot).mentioned_since is None


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (event(20, "commented", by="mara"), "unreviewed"),
        (event(20, "reviewed", "requested_changes", by="mara"), "requested_changes"),
        (event(20, "reviewed", "review_started", by="mara"), "review_started"),
        (event(20, "approved", by="mara"), "approved"),
        (event(20, "unapproved", by="mara"), "unapproved"),
    ],
)
def test_a_review_is_answered_by_the_first_note_approval_or_change_of_state(answer: Event, state: ReviewState) -> None:
    mr = a_merge_request(reviewers=(a_reviewer("mara", state),))
    asked = event(18, "review_requested", "mara")
    later = event(22, "commented", by="mara")
    assert reviews(mr, asked, answer, later) == (Reviewer("mara", state, day(18), day(20)),)
    assert merge_request_then(mr, [asked, answer, later], day(21)).reviewers == reviews(mr, asked, answer)


def test_a_re_request_starts_a_new_round() -> None:
    mr = a_merge_request(reviewers=(a_reviewer("mara"),))
    rounds = (
        event(18, "review_requested", "mara"),
        event(19, "reviewed", "requested_changes", by="mara"),
        event(20, "review_requested", "mara"),
    )
    assert reviews(mr, *rounds) == (Reviewer("mara", "unreviewed", day(20), None, 2),)


def test_a_reviewer_who_was_removed_and_asked_again_starts_anew() -> None:
    mr = a_merge_request(reviewers=(a_reviewer("mara"),))
    rounds = (
        event(18, "review_requested", "mara"),
        event(19, "review_removed", "mara"),
        event(20, "review_requested", "mara"),
    )
    assert reviews(mr, *rounds) == (Reviewer("mara", "unreviewed", day(20), None, 1),)


def test_what_others_and_bots_say_answers_no_review() -> None:
    mr = a_merge_request(reviewers=(a_reviewer("mara"),))
    asked = event(18, "review_requested", "mara")
    noise = (event(19, "commented", by="ivo"), event(20, "commented", by="mara", bot=True), event(21, "pushed"))
    assert reviews(mr, asked, *noise) == reviews(mr, asked)


def test_a_reviewer_whom_no_event_mentions_stays_as_stated() -> None:
    stated = a_reviewer("mara", "approved", asked=day(18), answered=day(19))
    assert reviews(a_merge_request(reviewers=(stated,)), event(20, "pushed")) == (stated,)


def test_a_thread_is_open_with_its_last_human_word_until_it_is_resolved() -> None:
    found = read(
        a_merge_request(),
        event(18, "commented", "t1", by="mara"),
        event(19, "commented", "t2", by="mara"),
        event(20, "commented", "t1", by="nadia"),
        event(20, "commented", "t1", by="ci-bot", bot=True),
        event(21, "thread_resolved", "t2"),
        event(22, "commented", by="ivo"),
    )
    assert isinstance(found, MergeRequest)
    assert found.threads == (Thread("t1", "nadia", day(20)),)


def test_an_item_was_not_there_before_it_was_made() -> None:
    issue = an_issue(created_at=day(18))
    assert as_of(issue, (), day(18, 11)) is None
    assert as_of(issue, (), day(18)) == issue


def test_a_closed_item_was_open_before() -> None:
    issue = an_issue(created_at=day(18), state="closed", closed_at=day(25))
    events = [event(20, "closed"), event(22, "reopened"), event(25, "closed")]
    opened = an_issue(created_at=day(18))
    for moment, was_open in ((19, True), (20, False), (21, False), (22, True), (24, True), (25, False), (26, False)):
        assert (as_of(issue, events, day(moment)) is not None) is was_open, moment
    assert as_of(issue, (), day(24)) == opened
    assert as_of(issue, (), day(25)) is None


def test_what_ended_lately_is_told_with_its_end() -> None:
    mr = a_merge_request(1, "b", created_at=day(1), state="merged", closed_at=day(25))
    events = [event(18, "label_added", "b"), event(20, "closed"), event(22, "reopened"), event(25, "merged")]
    closed = as_of(mr, events, day(21), day(19))
    assert closed is not None
    assert (closed.state, closed.closed_at, closed.label_since) == ("closed", day(20), {"b": day(18)})
    assert as_of(mr, events, day(21), day(21)) is None
    again = as_of(mr, events, day(24), day(19))
    assert again is not None
    assert (again.state, again.closed_at) == ("opened", None)
    merged = as_of(mr, events, day(26), day(19))
    assert merged is not None
    assert (merged.state, merged.closed_at) == ("merged", day(25))
    assert as_of(mr, [], day(26), day(25)) == mr
    undated = a_merge_request(created_at=day(1), state="closed")
    assert as_of(undated, [], day(26), day(25)) == a_merge_request(created_at=day(1))


def test_labels_and_people_are_taken_back_event_by_event() -> None:
    issue = an_issue(1, "b", "c", created_at=day(1), assignees=("ivo",))
    events = [
        event(18, "label_added", "b"),
        event(19, "label_removed", "a"),
        event(20, "label_added", "c"),
        event(21, "unassigned", "mara"),
        event(22, "assigned", "ivo"),
    ]
    was = then(issue, events, day(18))
    assert set(was.labels) == {"a", "b"}
    assert was.assignees == ("mara",)
    assert then(issue, events, day(17)).labels == ("a",)
    assert then(issue, events, day(22)).assignees == ("ivo",)


def test_a_milestone_is_that_which_was_set_last() -> None:
    issue = an_issue(created_at=day(1), milestone="19.1")
    events = [event(18, "milestone_set", "19.0"), event(20, "milestone_set", ""), event(22, "milestone_set", "19.1")]
    planned = [then(issue, events, day(number)).milestone for number in (17, 18, 20, 22)]
    assert planned == [None, "19.0", None, "19.1"]
    assert then(issue, [event(18, "label_added", "x")], day(18)).milestone == "19.1"


def test_a_status_is_taken_back() -> None:
    issue = an_issue(created_at=day(1), status="In review")
    events = [event(18, "status_set", "In dev"), event(20, "status_set", "In review")]
    was = [then(issue, events, day(number)) for number in (17, 19, 21)]
    assert [one.status for one in was if isinstance(one, Issue)] == [None, "In dev", "In review"]


def test_a_draft_is_taken_back() -> None:
    mr = a_merge_request(created_at=day(1))
    events = [event(18, "undrafted"), event(20, "drafted"), event(22, "undrafted")]
    drafts = [merge_request_then(mr, events, day(number)).draft for number in (17, 18, 20, 22)]
    assert drafts == [True, False, True, False]


def test_whether_it_could_be_merged_is_not_known_of_the_past() -> None:
    mr = a_merge_request(created_at=day(1), detailed_merge_status="mergeable")
    assert merge_request_then(mr, [], day(20)).detailed_merge_status == ""


def test_a_re_requested_reviewer_was_a_reviewer_before() -> None:
    mr = a_merge_request(created_at=day(1), reviewers=(a_reviewer("mara", asked=day(20)),))
    events = [
        event(18, "review_requested", "mara"),
        event(19, "reviewed", "requested_changes", by="mara"),
        event(20, "review_requested", "mara"),
    ]
    was = merge_request_then(mr, events, day(19))
    assert was.reviewers == (Reviewer("mara", "requested_changes", day(18), day(19)),)


def test_a_second_approval_does_not_undo_the_first() -> None:
    mr = a_merge_request(created_at=day(1), approved_by=("mara",))
    events = [event(18, "approved", by="mara"), event(20, "approved", by="mara")]
    assert merge_request_then(mr, events, day(19)).approved_by == ("mara",)
    assert merge_request_then(mr, events, day(17)).approved_by == ()


def test_an_undated_request_is_kept_and_unanswered_before_its_answer() -> None:
    stated = a_reviewer("mara", "approved", asked=day(10), answered=day(20))
    mr = a_merge_request(created_at=day(1), reviewers=(stated,))
    assert merge_request_then(mr, [], day(20)).reviewers == (stated,)
    assert merge_request_then(mr, [], day(19)).reviewers == (Reviewer("mara", "unreviewed", day(10)),)


def test_a_reviewer_removed_since_is_there_again_unanswered() -> None:
    mr = a_merge_request(created_at=day(1))
    assert merge_request_then(mr, [event(20, "review_removed", "mara")], day(19)).reviewers == (a_reviewer("mara"),)


def test_nothing_that_came_later_shines_through() -> None:
    issue = an_issue(1, "b", created_at=day(1), assignees=("mara",))
    events = [
        event(18, "label_added", "b"),
        event(18, "assigned", "mara"),
        event(19, "claimed", "2026-05-22", by="mara"),
        event(20, "mentioned", "team", by="customer"),
    ]
    assert then(derived(issue, events), events, day(17)) == an_issue(created_at=day(1))


def test_what_is_stated_without_a_history_holds_at_every_moment() -> None:
    claim = Claim("mara", date(2026, 5, 22), day(18))
    issue = an_issue(1, "b", since=day(18), created_at=day(1), claims=(claim,))
    assert then(issue, [], day(20)) == issue


def test_an_epic_is_taken_back_like_any_item() -> None:
    epic = an_epic(1, "b", created_at=day(1))
    assert then(epic, [event(18, "label_added", "b")], day(17)).labels == ()
