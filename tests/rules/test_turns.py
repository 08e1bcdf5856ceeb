"""Whose turn a merge request in review is."""

import re
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from handrail.model.items import MergeRequest, Reviewer, ReviewState, Thread
from handrail.rules.turns import due_first, outstanding, whose_turn
from handrail.testing import NOW, a_merge_request, a_reviewer
from tests.rules.worlds import merge_requests

H = timedelta(hours=1)
SINCE = NOW - 48 * H
MAINTAINERS = frozenset({"mara"})

STATUSES = {
    # Something only the author can mend.
    "ci_must_pass": ("author", "pipeline-failed"),
    "conflict": ("author", "conflict"),
    "broken_status": ("author", "conflict"),
    "need_rebase": ("author", "rebase"),
    "draft_status": ("author", "draft"),
    "commits_status": ("author", "no-commits"),
    "title_not_matching": ("author", "title"),
    "title_regex": ("author", "title"),
    "jira_association": ("author", "jira"),
    "jira_association_missing": ("author", "jira"),
    "blocked_status": ("author", "blocked-merge"),
    "merge_request_blocked": ("author", "blocked-merge"),
    "security_policies_violations": ("author", "policy"),
    "security_policy_violations": ("author", "policy"),
    "external_status_checks": ("author", "checks-failed"),
    "status_checks_must_pass": ("author", "checks-failed"),
    "locked_paths": ("author", "locked"),
    "locked_lfs_files": ("author", "locked"),
    # It lacks an approval.
    "not_approved": ("reviewer", "more-approvals"),
    # Approved and mergeable.
    "mergeable": ("maintainer", "merge"),
    # GitLab has not made up its mind.
    "unchecked": ("nobody", "transient"),
    "checking": ("nobody", "transient"),
    "preparing": ("nobody", "transient"),
    "approvals_syncing": ("nobody", "transient"),
    "ci_still_running": ("nobody", "transient"),
    "merge_time": ("nobody", "transient"),
    "security_policy_pipeline_check": ("nobody", "transient"),
    # What people said is known better from the people; who approved last looks at what GitLab still holds against it.
    "requested_changes": ("maintainer", "merge-held"),
    "discussions_not_resolved": ("maintainer", "merge-held"),
    "not_open": ("maintainer", "merge-held"),
}
UNKNOWN = ("", "can_be_merged", "policies_denied", "invented_in_gitlab_99")


def mr(*reviewers: Reviewer, status: str = "", approved_by: tuple[str, ...] = (), **more: object) -> MergeRequest:
    found = a_merge_request(
        1,
        author="ivo",
        reviewers=reviewers,
        approved_by=approved_by,
        detailed_merge_status=status,
        target_branch="main",
    )
    return replace(found, **more)


def turn(found: MergeRequest, *, slo_at_risk: bool = False) -> tuple[str, tuple[str, ...], str, datetime]:
    whose = whose_turn(found, SINCE, MAINTAINERS, slo_at_risk=slo_at_risk)
    return whose.part, whose.people, whose.reason.code, whose.since


def asked(username: str, hours: float = 10, *, requests: int = 1) -> Reviewer:
    return a_reviewer(username, asked=NOW - hours * H, requests=requests)


def answered(username: str, state: ReviewState, hours: float = 5) -> Reviewer:
    return a_reviewer(username, state, asked=NOW - 20 * H, answered=NOW - hours * H)


@pytest.mark.parametrize("status", [*STATUSES, *UNKNOWN])
def test_every_merge_status_of_an_approved_merge_request_names_an_actor_or_nobody_yet(status: str) -> None:
    part, people, code, _ = turn(mr(answered("mara", "approved"), status=status, approved_by=("mara",)))
    default = ("maintainer", "merge-held" if status else "merge")
    assert (part, code) == STATUSES.get(status, default)
    assert people == {"author": ("ivo",), "reviewer": ("mara",), "maintainer": ("mara",), "nobody": ()}[part]


@pytest.mark.parametrize("status", [*STATUSES, *UNKNOWN])
def test_a_reviewer_who_was_asked_reviews_unless_the_author_has_to_mend_something(status: str) -> None:
    part, people, code, since = turn(mr(asked("nadia"), status=status))
    if STATUSES.get(status, ("", ""))[0] == "author":
        assert (part, people) == ("author", ("ivo",))
    else:
        assert (part, people, code, since) == ("reviewer", ("nadia",), "asked", NOW - 10 * H)


def test_every_status_of_gitlabs_schema_is_among_them(shared: Path) -> None:
    schema = (shared / "gitlab/graphql/gitlab-18.8.graphql").read_text(encoding="utf-8")
    block = re.search(r"enum DetailedMergeStatus \{(.*?)\n\}", schema, re.DOTALL)
    assert block is not None
    stated = {word.lower() for word in re.findall(r"^  ([A-Z_]+)$", block[1], re.MULTILINE)}
    assert len(stated) > 20
    assert stated <= STATUSES.keys()


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (mr(asked("nadia"), draft=True), ("author", ("ivo",), "draft", SINCE)),
        (mr(answered("nadia", "requested_changes")), ("author", ("ivo",), "changes-requested", NOW - 5 * H)),
        (mr(answered("nadia", "reviewed")), ("author", ("ivo",), "commented", NOW - 5 * H)),
        (mr(answered("nadia", "unreviewed")), ("author", ("ivo",), "commented", NOW - 5 * H)),
        (
            mr(answered("nadia", "reviewed"), threads=(Thread("t", "nadia", NOW - 4 * H),)),
            ("author", ("ivo",), "thread", NOW - 4 * H),
        ),
        (
            mr(answered("nadia", "reviewed"), threads=(Thread("t", "ivo", NOW - 4 * H),)),
            ("reviewer", ("nadia",), "answered", NOW - 4 * H),
        ),
        (
            mr(answered("nadia", "reviewed"), last_human_by="ivo", last_human_at=NOW - 3 * H),
            ("reviewer", ("nadia",), "answered", NOW - 3 * H),
        ),
        (
            mr(answered("nadia", "reviewed"), last_human_by="ivo", last_human_at=NOW - 6 * H),
            ("author", ("ivo",), "commented", NOW - 5 * H),
        ),
        (
            mr(answered("nadia", "reviewed"), status="not_approved"),
            ("reviewer", ("nadia",), "not-approved", NOW - 5 * H),
        ),
        (mr(asked("nadia")), ("reviewer", ("nadia",), "asked", NOW - 10 * H)),
        (mr(a_reviewer("nadia")), ("reviewer", ("nadia",), "asked", SINCE)),
        (mr(asked("nadia", requests=2)), ("reviewer", ("nadia",), "asked-again", NOW - 10 * H)),
        (
            mr(a_reviewer("nadia", "unreviewed", asked=NOW - 2 * H, answered=NOW - 9 * H, requests=2)),
            ("reviewer", ("nadia",), "asked-again", NOW - 2 * H),
        ),
        (mr(answered("nadia", "review_started")), ("reviewer", ("nadia",), "review-began", NOW - 5 * H)),
        (mr(answered("nadia", "unapproved")), ("reviewer", ("nadia",), "took-back", NOW - 5 * H)),
        (
            mr(answered("nadia", "approved"), approved_by=("nadia",)),
            ("reviewer", ("nadia",), "ask-maintainer", NOW - 5 * H),
        ),
        (mr(approved_by=("nadia",)), ("reviewer", ("nadia",), "ask-maintainer", SINCE)),
        (
            mr(answered("nadia", "approved"), asked("mara"), approved_by=("nadia",)),
            ("maintainer", ("mara",), "maintainer-asked", NOW - 10 * H),
        ),
        (
            mr(answered("nadia", "approved"), answered("mara", "reviewed", 3), approved_by=("nadia",)),
            ("author", ("ivo",), "commented", NOW - 3 * H),
        ),
        (
            mr(answered("mara", "approved"), asked("timo"), approved_by=("mara",), status="mergeable"),
            ("maintainer", ("mara",), "merge", NOW - 5 * H),
        ),
        (
            mr(answered("mara", "approved"), asked("timo"), approved_by=("mara",), status="not_approved"),
            ("reviewer", ("timo",), "asked", NOW - 10 * H),
        ),
        (
            mr(a_reviewer("nadia", "requested_changes", asked=NOW - 2 * H, answered=NOW - 9 * H)),
            ("reviewer", ("nadia",), "asked", NOW - 2 * H),
        ),
        (mr(answered("nadia", "reviewed"), asked("mara")), ("author", ("ivo",), "commented", NOW - 5 * H)),
        (mr(), ("author", ("ivo",), "no-reviewer", SINCE)),
        (mr(asked("ivo")), ("author", ("ivo",), "no-reviewer", SINCE)),
    ],
)
def test_the_next_actor_is_named_at_each_step(
    found: MergeRequest, expected: tuple[str, tuple[str, ...], str, datetime]
) -> None:
    assert turn(found) == expected


def test_the_oldest_of_several_threads_tells_since_when_and_the_newest_who() -> None:
    threads = (Thread("a", "nadia", NOW - 6 * H), Thread("b", "mara", NOW - 2 * H), Thread("c", "ivo", NOW - 1 * H))
    found = whose_turn(mr(asked("timo"), threads=threads), SINCE, MAINTAINERS)
    assert (found.part, found.since) == ("author", NOW - 6 * H)
    assert (found.reason.by, found.reason.at, found.reason.count) == ("mara", NOW - 2 * H, 2)


def test_a_re_request_hands_the_reviewers_own_threads_back_to_them() -> None:
    earlier = (Thread("t", "nadia", NOW - 12 * H),)
    assert turn(mr(asked("nadia", requests=2), threads=earlier))[:2] == ("reviewer", ("nadia",))
    anew = (Thread("t", "nadia", NOW - 1 * H),)
    assert turn(mr(asked("nadia", requests=2), threads=anew))[:3] == ("author", ("ivo",), "thread")


def test_a_re_request_hands_a_bystanders_threads_back_too() -> None:
    assert turn(mr(asked("nadia", 2), threads=(Thread("t", "paul", NOW - 40 * H),)))[:2] == ("reviewer", ("nadia",))
    since_then = (Thread("t", "paul", NOW - 1 * H),)
    assert turn(mr(asked("nadia", 2), threads=since_then))[:3] == ("author", ("ivo",), "thread")


def test_a_maintainer_waits_while_a_reviewers_answer_waits_for_the_author() -> None:
    found = mr(answered("nadia", "reviewed"), asked("mara"))
    assert turn(found)[:2] == ("author", ("ivo",))
    assert turn(found, slo_at_risk=True)[:2] == ("reviewer", ("mara",))


def test_a_maintainer_waits_for_the_reviewer_unless_the_slo_is_at_risk() -> None:
    both = mr(asked("nadia"), asked("mara"))
    assert turn(both)[:2] == ("reviewer", ("nadia",))
    assert turn(both, slo_at_risk=True)[:2] == ("reviewer", ("nadia", "mara"))
    assert turn(mr(asked("mara")))[:2] == ("reviewer", ("mara",))


def test_several_reviewers_each_have_a_turn() -> None:
    assert turn(mr(asked("nadia", 10), asked("timo", 12))) == ("reviewer", ("nadia", "timo"), "asked", NOW - 12 * H)


@pytest.mark.parametrize("state", ["unreviewed", "review_started", "reviewed", "requested_changes", "approved"])
def test_a_note_answers_a_request_whatever_the_state_says(state: ReviewState) -> None:
    reviewer = answered("nadia", state)
    assert (reviewer in outstanding(mr(reviewer))) is (state == "review_started")


def test_an_answer_of_the_same_instant_answers_the_request() -> None:
    reviewer = a_reviewer("nadia", asked=NOW - H, answered=NOW - H)
    assert outstanding(mr(reviewer)) == ()


def test_maintainers_come_second_only_where_somebody_comes_first() -> None:
    nadia, mara = asked("nadia"), asked("mara")
    assert due_first((nadia, mara), MAINTAINERS, slo_at_risk=False) == (nadia,)
    assert due_first((nadia, mara), MAINTAINERS, slo_at_risk=True) == (nadia, mara)
    assert due_first((mara,), MAINTAINERS, slo_at_risk=False) == (mara,)
    assert due_first((), MAINTAINERS, slo_at_risk=False) == ()


@given(merge_requests(), st.booleans())
def test_every_merge_request_in_review_has_exactly_one_part_whose_turn_it_is(
    found: MergeRequest, slo_at_risk: bool
) -> None:
    maintainers = frozenset({"mara", "timo"})
    whose = whose_turn(found, SINCE, maintainers, slo_at_risk=slo_at_risk)
    reviewers = {reviewer.username for reviewer in found.reviewers}
    match whose.part:
        case "author":
            assert whose.people == (found.author,)
        case "reviewer":
            assert whose.people
            assert reviewers | {*found.approved_by} >= {*whose.people}
            if found.author not in found.approved_by:
                assert found.author not in whose.people
        case "maintainer":
            assert whose.people
            assert maintainers >= {*whose.people}
        case "nobody":
            assert whose.people == ()
            assert whose.reason.code == "transient"
    assert len(set(whose.people)) == len(whose.people)
    assert whose.since <= NOW


@given(merge_requests())
def test_an_unknown_status_decides_like_none_at_all(found: MergeRequest) -> None:
    turns = [
        whose_turn(replace(found, detailed_merge_status=status), SINCE, MAINTAINERS) for status in ("", "of_gitlab_99")
    ]
    assert (turns[0].part, turns[0].people, turns[0].since) == (turns[1].part, turns[1].people, turns[1].since)
