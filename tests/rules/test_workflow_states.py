"""Workflow states: going back, two at once, unknown ones, and what the other facts say against them."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.model.actions import AddLabels, Comment, Expectation, RemoveLabels, SetStatus
from handrail.model.findings import Finding
from handrail.model.items import Item, LinkedMergeRequest
from handrail.model.people import Away, Person
from handrail.rules.desk import marked
from handrail.rules.workflow_states import FINDINGS
from handrail.testing import (
    NOW,
    PEOPLE,
    PROJECT,
    a_handbook,
    a_merge_request,
    a_reviewer,
    a_snapshot,
    an_epic,
    an_issue,
    at,
    bundled,
    check_rule,
    told,
)
from tests.rules.worlds import items

IN_DEV, IN_REVIEW, BLOCKED = "workflow::in dev", "workflow::in review", "workflow::blocked"
READY = "workflow::ready for development"
SINCE = at("2026-05-28 10:00")
STATES = [state for state in bundled().workflow.states if state != "blocked"]
LATE = {"refinement": 6}
"""Scheduling and refinement share a place."""


def found(
    *given: Item, changes: Mapping[str, object] | None = None, people: Mapping[str, Person] = PEOPLE
) -> list[Finding]:
    book = a_handbook(changes, people)
    return check_rule("workflow_states", a_snapshot(*given, handbook=book), book)


def codes(*given: Item) -> list[str]:
    return [line.partition(" ")[0] for line in told(found(*given))]


def test_what_is_in_one_state_that_fits_says_nothing() -> None:
    reviewed = (a_reviewer("mara"),)
    for item in (
        an_issue(1),
        an_issue(1, "priority::1", IN_DEV, since=SINCE),
        an_issue(1, status="In dev", status_since=SINCE),
        an_issue(1, IN_DEV, label_before={IN_DEV: READY}),
        an_issue(1, IN_DEV, status="In dev"),
        an_issue(1, "workflow::verification"),
        an_issue(1, BLOCKED, blocked_by=("gitlab-org/gitlab#2",)),
        an_issue(1, READY, "type::bug", weight=2),
        an_issue(1, status="To do"),
        an_issue(1, IN_DEV, status="To do", since=SINCE),
        an_issue(1, IN_DEV, "workflow::complete", project="gitlab-org/gitlab"),
        a_merge_request(1),
        a_merge_request(1, "workflow::ready for review"),
        a_merge_request(1, IN_REVIEW, reviewers=reviewed),
        a_merge_request(1, IN_REVIEW, approved_by=("mara",)),
        an_epic(1, "group::distribution", IN_DEV, "workflow::complete"),
    ):
        assert codes(item, item) == []


# Going back -----------------------------------------------------------------------------------------------------------


def test_going_back_is_found_with_both_states_and_the_day() -> None:
    by_label = an_issue(1, IN_DEV, since=SINCE, label_before={IN_DEV: IN_REVIEW}, assignees=("nadia",))
    by_status = an_issue(1, status="In dev", status_since=SINCE, status_before="In review", assignees=("nadia",))
    for issue, evidence in ((by_label, '~"workflow::in dev"'), (by_status, "In dev")):
        [finding] = found(issue)
        assert told([finding]) == ["went-back omnibus-gitlab#1"]
        assert finding.says == "It went back from “in review” to “in dev” on Thu 28 May."
        assert (finding.who, finding.remedies) == (("nadia",), ())
        assert finding.evidence[0].what.endswith(evidence)
        assert finding.evidence[0].at == SINCE
    [undated] = found(an_issue(1, status="In dev", status_before="Complete"))
    assert undated.says == "It went back from “complete” to “in dev”."


def test_of_two_states_that_stood_together_the_day_is_that_on_which_one_came_off() -> None:
    freed = SINCE + timedelta(days=4)
    issue = an_issue(1, IN_DEV, since=SINCE, label_before={IN_DEV: IN_REVIEW}, label_freed={IN_DEV: freed})
    [finding] = found(issue)
    assert finding.says == "It went back from “in review” to “in dev” on Mon 1 Jun."
    assert finding.evidence[0].at == SINCE


def test_a_merge_request_that_is_being_reviewed_stays_in_review() -> None:
    ready = "workflow::ready for review"
    reviewed = (a_reviewer("mara"),)
    back = a_merge_request(1, ready, since=SINCE, label_before={ready: IN_REVIEW}, author="nadia", reviewers=reviewed)
    [finding] = found(back)
    assert told([finding]) == ["went-back omnibus-gitlab!1"]
    assert finding.says == "It went back from “in review” to “ready for review” on Thu 28 May."
    assert (finding.clause, finding.who, finding.remedies) == ("flow.principle", ("nadia",), ())
    free = a_merge_request(1, ready, since=SINCE, label_before={ready: IN_REVIEW}, author="nadia")
    on = a_merge_request(1, IN_REVIEW, label_before={IN_REVIEW: ready}, author="nadia", reviewers=reviewed)
    first = a_merge_request(1, ready, label_before={ready: "workflow::in dev"}, author="nadia", reviewers=reviewed)
    assert [found(one) for one in (free, on, first)] == [[], [], []]


@given(st.sampled_from(STATES), st.sampled_from(STATES))
def test_forward_is_fine_with_or_without_what_is_between_and_back_is_not(before: str, now: str) -> None:
    issue = an_issue(
        1, "type::bug", f"workflow::{now}", weight=1, label_before={f"workflow::{now}": f"workflow::{before}"}
    )
    places = {state: place for place, state in enumerate(STATES)} | LATE
    assert ("went-back" in codes(issue)) is (places[before] > places[now])


@pytest.mark.parametrize("state", STATES)
def test_to_and_from_blocked_everything_goes(state: str) -> None:
    label = f"workflow::{state}"
    assert "went-back" not in codes(an_issue(1, BLOCKED, label_before={BLOCKED: label}))
    assert "went-back" not in codes(an_issue(1, label, label_before={label: BLOCKED}))


def test_from_a_state_outside_the_order_there_is_no_way_back() -> None:
    assert codes(an_issue(1, status="In dev", status_before="Duplicate")) == []


def test_states_that_take_each_others_place_are_the_handbooks() -> None:
    issue = an_issue(1, "workflow::scheduling", label_before={"workflow::scheduling": "workflow::refinement"})
    assert codes(issue) == []
    for alike in ((), (("of tomorrow", "of yesterday"),)):
        assert told(found(issue, changes={"rules.workflow_states.alike": alike})) == ["went-back omnibus-gitlab#1"]


# Two at once ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("other", [BLOCKED, IN_REVIEW])
def test_of_two_states_the_one_that_came_last_stays(other: str) -> None:
    dated = {IN_DEV: SINCE, other: SINCE + timedelta(hours=1)}
    given: list[Item] = [an_issue(1, IN_DEV, other, label_since=dated, assignees=("nadia",))]
    if other == IN_REVIEW:
        given.append(
            a_merge_request(1, IN_DEV, other, label_since=dated, author="nadia", reviewers=(a_reviewer("mara"),))
        )
    for item in given:
        [finding] = found(item)
        assert (finding.code, finding.severity, finding.who) == ("several-states", "warning", ("nadia",))
        assert finding.says.endswith(f"and can be in one state only. {marked((other,))} came last.")
        [remedy] = finding.remedies
        assert remedy.change == RemoveLabels((IN_DEV,))
        assert remedy.expects == (Expectation("label", other),)
        assert finding.period == (SINCE + timedelta(hours=1)).isoformat()  # two at once another day are mended again


def test_which_came_last_is_not_guessed() -> None:
    unknown = an_issue(1, IN_DEV, IN_REVIEW, label_since={IN_DEV: SINCE})
    same = an_issue(1, IN_DEV, IN_REVIEW, since=SINCE)
    for issue in (unknown, same):
        [finding] = found(issue)
        assert (finding.code, finding.remedies) == ("several-states", ())


def test_a_status_counts_and_an_older_label_goes() -> None:
    issue = an_issue(1, IN_DEV, since=SINCE, status="Verification", status_since=SINCE + timedelta(days=1))
    [finding] = found(issue)
    assert finding.code == "status-and-label"
    assert finding.says == 'Its Status is Verification, and it still has ~"workflow::in dev"; the Status counts.'
    [remedy] = finding.remedies
    assert remedy.change == RemoveLabels((IN_DEV,))
    assert remedy.expects == (Expectation("status", "Verification"),)
    assert finding.period == (SINCE + timedelta(days=1)).isoformat()


def test_a_label_that_may_be_newer_than_the_status_stays() -> None:
    newer = an_issue(1, IN_DEV, since=SINCE, status="Verification", status_since=SINCE - timedelta(days=1))
    undated = an_issue(1, IN_DEV, status="Verification", status_since=SINCE)
    unknown = an_issue(1, IN_DEV, since=SINCE, status="Verification")
    for issue in (newer, undated, unknown):
        [finding] = found(issue)
        assert (finding.code, finding.remedies) == ("status-and-label", ())


# What the other facts say ---------------------------------------------------------------------------------------------


def test_a_state_that_the_handbook_does_not_have() -> None:
    for issue in (an_issue(1, "workflow::waiting"), an_issue(1, status="Waiting")):
        [finding] = found(issue)
        assert finding.code == "unknown-state"
        assert finding.says.casefold() == "its state, “waiting”, is none of those that the handbook has."


@pytest.mark.parametrize("state", ["foo", "in dev", "verification"])
def test_a_merge_request_has_states_of_its_own(state: str) -> None:
    [finding] = found(a_merge_request(1, f"workflow::{state}", since=SINCE, author="nadia"))
    assert told([finding]) == ["unknown-state omnibus-gitlab!1"]
    assert finding.says == f"Its state, “{state}”, is none of those that the handbook has for merge requests."
    assert (finding.who, finding.evidence[0].at) == (("nadia",), SINCE)
    assert codes(a_merge_request(1, BLOCKED)) == []
    also = {"rules.workflow_states.also": ("foo", "in dev", "verification")}
    assert found(a_merge_request(1, f"workflow::{state}"), changes=also) == []


def test_a_draft_is_not_ready_for_review() -> None:
    ready = "workflow::ready for review"
    [finding] = found(a_merge_request(1, ready, since=SINCE, author="nadia", draft=True))
    assert told([finding]) == ["draft-ready omnibus-gitlab!1"]
    assert finding.says == (
        'It is a draft, and has ~"workflow::ready for review": until it is marked as ready, nobody picks it up.'
    )
    assert (finding.who, finding.remedies) == (("nadia",), ())
    assert codes(a_merge_request(1, draft=True)) == []


def test_what_is_done_is_not_open() -> None:
    for issue in (
        an_issue(1, status="Complete", status_since=SINCE, assignees=("nadia",)),
        an_issue(1, "workflow::complete", since=SINCE, assignees=("nadia",)),
    ):
        [finding] = found(issue)
        assert told([finding]) == ["done-and-open omnibus-gitlab#1"]
        assert finding.says == "Its state is “complete”, and it is still open."
        assert (finding.severity, finding.who, finding.remedies) == ("warning", ("nadia",), ())
        assert finding.evidence[0].at == SINCE
    assert codes(an_issue(1, status="Duplicate")) == codes(an_issue(1, status="Won't do")) == ["done-and-open"]
    assert found(an_issue(1, status="Complete"), changes={"rules.workflow_states.done": ()}) == []


@pytest.mark.parametrize("state", ["in dev", "in review"])
def test_what_is_merged_is_verified_next(state: str) -> None:
    merged = LinkedMergeRequest(f"{PROJECT}!7", "merged")
    closed = LinkedMergeRequest(f"{PROJECT}!8", "closed")
    label = f"workflow::{state}"
    [finding] = found(an_issue(1, label, merge_requests=(merged, closed), assignees=("mara",)))
    assert told([finding]) == ["merged-already omnibus-gitlab#1"]
    assert finding.says == f"{PROJECT}!7 is merged, and it is still “{state}”."
    [remedy] = finding.remedies
    assert remedy.change == AddLabels(("workflow::verification",))
    assert remedy.expects == (Expectation("label", label),)
    [finding] = found(an_issue(1, status=state.capitalize(), merge_requests=(merged, merged)))
    assert finding.says.startswith(f"{PROJECT}!7 and {PROJECT}!7 are merged")
    [remedy] = finding.remedies
    assert remedy.change == SetStatus("Verification")
    assert remedy.expects == (Expectation("status", state.capitalize()),)


def test_what_is_merged_later_is_found_anew() -> None:
    first, second = (LinkedMergeRequest(f"{PROJECT}!{number}", "merged") for number in (7, 9))
    [once] = found(an_issue(1, IN_DEV, merge_requests=(first,)))
    for linked in ((first, second), (second, first)):
        [again] = found(an_issue(1, IN_DEV, merge_requests=linked))
        assert (once.period, again.period) == (first.ref, f"{first.ref},{second.ref}")


def test_what_is_left_to_merge_keeps_it_where_it_is() -> None:
    merged, opened, closed = (LinkedMergeRequest(f"{PROJECT}!7", state) for state in ("merged", "opened", "closed"))
    for linked in ((merged, opened), (closed,)):
        assert codes(an_issue(1, IN_DEV, merge_requests=linked)) == []
    assert codes(an_issue(1, "workflow::verification", merge_requests=(merged,))) == []


def test_a_team_may_leave_the_next_state_to_its_people() -> None:
    issue = an_issue(1, IN_DEV, merge_requests=(LinkedMergeRequest(f"{PROJECT}!7", "merged"),))
    [finding] = found(issue, changes={"rules.workflow_states.after_merge": ""})
    assert (finding.code, finding.remedies) == ("merged-already", ())


def test_whoever_has_what_is_blocked_is_asked_what_it_waits_for() -> None:
    [finding] = found(an_issue(1, BLOCKED, since=SINCE, assignees=("nadia", "gitlab-bot")))
    assert told([finding]) == ["blocked-by-nothing omnibus-gitlab#1"]
    [remedy] = finding.remedies
    assert isinstance(remedy.change, Comment)
    assert (remedy.change.topic, remedy.change.to) == ("blocker-2026-05-28", ("nadia",))
    assert remedy.expects == (Expectation("label", BLOCKED),)
    [finding] = found(an_issue(1, status="Blocked", assignees=("outsider",)))
    [remedy] = finding.remedies
    assert isinstance(remedy.change, Comment)
    assert (remedy.change.topic, remedy.change.to) == ("blocker", ("outsider",))


def test_nobody_is_asked_about_what_nobody_there_has() -> None:
    away = {**PEOPLE, "nadia": Person("Nadia", away=(Away(date(2026, 6, 1), date(2026, 6, 12)),))}
    for issue in (an_issue(1, BLOCKED), an_issue(1, BLOCKED, assignees=("nadia",))):
        [finding] = found(issue, people=away)
        assert (finding.code, finding.remedies) == ("blocked-by-nothing", ())


def test_what_is_blocked_by_closed_issues_alone_is_free() -> None:
    closed, still = an_issue(2, state="closed", closed_at=SINCE), an_issue(3)
    [finding] = found(an_issue(1, BLOCKED, since=SINCE, assignees=("nadia",), blocked_by=(closed.ref,)), closed, still)
    assert finding.code == "blocked-by-nothing"
    assert finding.says == "It is blocked, and what is linked as blocking it is closed (gitlab-org/omnibus-gitlab#2)."
    [remedy] = finding.remedies
    assert isinstance(remedy.change, Comment)
    assert remedy.change.topic == "blocker-2026-05-28-closed"
    assert remedy.change.asks.startswith("It is blocked, and what is linked as blocking it is closed. Could you go on")
    assert found(an_issue(1, BLOCKED, blocked_by=(closed.ref, still.ref)), closed, still) == []


def test_the_scope_of_types_is_the_handbooks() -> None:
    scope = {"rules.workflow_states.type_scope": "kind"}
    [finding] = found(an_issue(1, READY, "type::bug", weight=1), changes=scope)
    assert finding.says.endswith("asks for a type label.")
    assert found(an_issue(1, READY, "kind::bug", weight=1), changes=scope) == []


def test_a_state_may_ask_for_a_type_and_a_weight() -> None:
    for issue, lacks in (
        (an_issue(1, READY), "a type label and a weight"),
        (an_issue(1, READY, "type::bug"), "a weight"),
        (an_issue(1, status="Ready for development", weight=0), "a type label"),
    ):
        [finding] = found(issue)
        assert finding.code == "not-ready"
        assert finding.says == f"It is “ready for development”, which asks for {lacks}."
    needs = {"rules.workflow_states.needs": {"In dev": ("weight",)}}
    assert told(found(an_issue(1, READY), an_issue(2, IN_DEV), changes=needs)) == ["not-ready omnibus-gitlab#2"]


@pytest.mark.parametrize("reviewers", [(), ("author",), ("gitlab-bot",)])
def test_in_review_somebody_reviews(reviewers: tuple[str, ...]) -> None:
    those = tuple(map(a_reviewer, reviewers))
    mr = a_merge_request(1, IN_REVIEW, since=SINCE, author="author", reviewers=those)
    assert found(mr) == [], "the rule of reviewers says so, and whom to ask"
    draft = a_merge_request(1, IN_REVIEW, since=SINCE, author="author", reviewers=those, draft=True)
    [finding] = found(mr, changes={"rules.reviewers.mode": "off"})
    assert found(draft) == [finding]
    assert (finding.code, finding.severity, finding.remedies) == ("no-reviewer", "warning", ())
    assert finding.who == ("erin", "paul")
    assert finding.says == 'It has ~"workflow::in review", and nobody is asked to review it.'
    assert finding.evidence[0].at == SINCE


def test_a_draft_in_review_that_somebody_reviews_or_approved_says_nothing() -> None:
    reviewed = a_merge_request(1, IN_REVIEW, author="author", draft=True, reviewers=(a_reviewer("nadia"),))
    approved = a_merge_request(2, IN_REVIEW, author="author", draft=True, approved_by=("nadia",))
    assert found(reviewed, approved) == []


@given(items(1))
def test_whatever_an_item_is_like_there_are_words_for_it(item: Item) -> None:
    assert {one.code for one in found(item)} <= FINDINGS.keys()
    assert all(one.at is None or one.at <= NOW for finding in found(item) for one in finding.evidence)
