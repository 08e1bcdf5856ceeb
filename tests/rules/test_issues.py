"""Issues in the queue: in progress, assigned, available, claimed, blocked, waiting for triage."""

from collections.abc import Mapping
from datetime import date

import pytest

from handrail.model.items import Claim, Item
from handrail.model.people import Person
from handrail.model.planning import Milestone
from handrail.model.queue import Reason
from handrail.rules.work_queue import WorkQueue
from handrail.testing import (
    MILESTONE,
    NOW,
    PEOPLE,
    a_claim,
    a_handbook,
    a_snapshot,
    an_issue,
    at,
    lines,
)

IN_DEV = "workflow::in dev"
P2 = ("priority::2", "Deliverable")
ENGINEERS = {"nadia", "mara", "ivo", "timo"}
MADE = at("2026-05-29 10:00")
ELSEWHERE = "gitlab-org/gitlab"


def decided(
    *items: Item,
    changes: Mapping[str, object] | None = None,
    people: Mapping[str, Person] = PEOPLE,
    milestones: tuple[Milestone, ...] = (),
    now: str = "",
) -> WorkQueue:
    book = a_handbook(changes, people)
    queue = WorkQueue(a_snapshot(*items, now=at(now) if now else NOW, handbook=book, milestones=milestones), book)
    queue.rank("")
    return queue


def who_has(queue: WorkQueue) -> dict[str, str]:
    """Who has something, and the row of their first entry."""
    return {name: queue.rank(name)[0].row for name in queue.snapshot.people if queue.rank(name)}


def parked(queue: WorkQueue) -> Reason | None:
    return queue.consider(queue.snapshot.items[0]).parked


# In progress and assigned ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", ["in dev", "in review", "verification"])
def test_an_issue_in_progress_is_worked_on_by_its_assignee(state: str) -> None:
    since = at("2026-05-21 09:00")
    labelled = an_issue(1, f"workflow::{state}", *P2, assignees=("nadia",), since=since)
    by_status = an_issue(1, *P2, assignees=("nadia",), status=state.capitalize(), status_since=since)
    for issue in (labelled, by_status):
        queue = decided(issue)
        assert who_has(queue) == {"nadia": "3-work-on"}
        [entry] = queue.rank("nadia")
        assert (entry.since, entry.reasons) == (since, (Reason("in-progress", at=since, names=(state,)),))


def test_since_when_it_is_in_progress_is_as_near_as_is_known() -> None:
    assigned, made = at("2026-05-25 09:00"), at("2026-05-18 09:00")
    with_assignment = an_issue(1, IN_DEV, *P2, assignees=("nadia",), assigned_since=assigned)
    assert [entry.since for entry in decided(with_assignment).rank("nadia")] == [assigned]
    bare = an_issue(1, IN_DEV, *P2, assignees=("nadia",), created_at=made)
    assert [entry.since for entry in decided(bare).rank("nadia")] == [made]


def test_every_member_among_the_assignees_has_it_managers_too() -> None:
    issue = an_issue(1, IN_DEV, *P2, assignees=("nadia", "paul", "outsider"))
    assert who_has(decided(issue)) == {"nadia": "3-work-on", "paul": "3-work-on"}


@pytest.mark.parametrize("milestone", [MILESTONE, "18.11"])
@pytest.mark.parametrize("label", ["workflow::ready for development", "workflow::complete", "weight-less"])
def test_an_assigned_issue_not_yet_started_is_picked_up_by_its_assignee_only(milestone: str, label: str) -> None:
    since = at("2026-05-25 09:00")
    queue = decided(an_issue(1, label, *P2, assignees=("nadia",), milestone=milestone, assigned_since=since))
    assert who_has(queue) == {"nadia": "5-pick-up"}
    [entry] = queue.rank("nadia")
    assert (entry.since, entry.reasons[0]) == (since, Reason("not-started", at=since, names=(milestone,)))


def test_assigned_work_of_a_later_milestone_waits_for_it() -> None:
    for milestone in ("19.2", "Backlog"):
        queue = decided(an_issue(1, *P2, assignees=("nadia",), milestone=milestone))
        assert (who_has(queue), queue.findings) == ({}, [])
        assert parked(queue) == Reason("planned-later", names=(milestone,))


def test_assigned_work_in_no_milestone_is_a_finding() -> None:
    queue = decided(an_issue(1, *P2, assignees=("nadia",)))
    assert [finding.lacks for finding in queue.findings] == [("a milestone",)]
    assert who_has(queue) == {}


def test_an_issue_of_somebody_outside_the_team_is_theirs() -> None:
    queue = decided(an_issue(1, *P2, assignees=("outsider",), milestone=MILESTONE))
    assert (who_has(queue), queue.findings) == ({}, [])
    assert parked(queue) == Reason("others-issue", names=("outsider",))


def test_another_groups_issue_enters_by_its_own_labels_only() -> None:
    deliverable = an_issue(1, IN_DEV, *P2, project=ELSEWHERE, assignees=("nadia",))
    assert who_has(decided(deliverable)) == {"nadia": "3-work-on"}
    for issue in (
        an_issue(1, IN_DEV, project=ELSEWHERE, assignees=("nadia",)),
        an_issue(1, project=ELSEWHERE, assignees=("nadia",)),
        an_issue(1, *P2, project=ELSEWHERE, milestone=MILESTONE),
    ):
        queue = decided(issue)
        assert (who_has(queue), queue.findings) == ({}, [])
        assert parked(queue) == Reason("elsewhere")


# Blocked --------------------------------------------------------------------------------------------------------------


def test_a_blocked_issue_is_shown_with_its_blocker_and_never_as_work() -> None:
    blocker = an_issue(2, project=ELSEWHERE)
    since = at("2026-05-28 09:00")
    by_label = an_issue(1, "workflow::blocked", *P2, assignees=("nadia",), since=since, blocked_by=(blocker.ref,))
    by_status = an_issue(1, *P2, assignees=("nadia",), status="Blocked", status_since=since, blocked_by=(blocker.ref,))
    by_link = an_issue(1, IN_DEV, *P2, assignees=("nadia",), since=since, blocked_by=(blocker.ref,))
    for issue in (by_label, by_status, by_link):
        queue = decided(issue, blocker)
        assert who_has(queue) == {}
        [waiting] = queue.waiting
        assert (waiting.people, waiting.on, waiting.since) == (("nadia",), (blocker.ref,), since)
        assert waiting.reason == Reason("blocked", at=since, names=(blocker.ref,))


def test_a_closed_blocker_no_longer_blocks() -> None:
    issue = an_issue(1, IN_DEV, *P2, assignees=("nadia",), blocked_by=(f"{ELSEWHERE}#2",))
    assert who_has(decided(issue)) == {"nadia": "3-work-on"}


def test_a_blocked_state_stands_even_where_its_blockers_are_closed() -> None:
    closed = f"{ELSEWHERE}#2"
    issue = an_issue(1, "workflow::blocked", *P2, assignees=("nadia", "outsider"), blocked_by=(closed,))
    [waiting] = decided(issue).waiting
    assert (waiting.people, waiting.on, waiting.since, waiting.reason.names) == (
        ("nadia",),
        (closed,),
        issue.created_at,
        (),
    )


def test_a_blocked_issue_that_nobody_has_is_not_available() -> None:
    for issue in (
        an_issue(1, "workflow::blocked", *P2, milestone=MILESTONE),
        an_issue(1, *P2, milestone=MILESTONE, blocked_by=(an_issue(2).ref,)),
    ):
        queue = decided(issue, an_issue(2))
        assert (who_has(queue), queue.waiting) == ({}, [])
        assert issue.ref not in [entry.item.ref for entry in queue.unassigned]


# Available ------------------------------------------------------------------------------------------------------------


def test_an_unassigned_deliverable_of_the_current_milestone_is_open_to_every_engineer() -> None:
    since = at("2026-05-20 09:00")
    queue = decided(an_issue(1, *P2, milestone=MILESTONE, since=since))
    assert who_has(queue) == dict.fromkeys(ENGINEERS, "5-pick-up")
    [entry] = queue.rank("nadia")
    assert (entry.since, entry.reasons) == (since, (Reason("free", names=(MILESTONE,)),))


def test_the_handbook_may_open_it_to_its_group_only() -> None:
    issue = an_issue(1, *P2, "group::distribution::deploy", milestone=MILESTONE)
    assert set(who_has(decided(issue))) == ENGINEERS
    assert set(who_has(decided(issue, changes={"work_queue.available.open_to": "group"}))) == {"ivo", "timo"}


def test_it_is_available_since_it_became_a_deliverable_or_unplanned() -> None:
    since, made = at("2026-05-20 09:00"), at("2026-05-18 09:00")
    for label in ("Deliverable", "Unplanned"):
        issue = an_issue(1, "priority::2", label, milestone=MILESTONE, label_since={label: since})
        assert [entry.since for entry in decided(issue).rank("nadia")] == [since]
    undated = an_issue(1, *P2, milestone=MILESTONE, created_at=made)
    assert [entry.since for entry in decided(undated).rank("nadia")] == [made]


@pytest.mark.parametrize("milestone", ["18.11", "19.2", "Backlog"])
def test_of_another_milestone_it_is_not_available_yet(milestone: str) -> None:
    issue = an_issue(1, *P2, milestone=milestone)
    assert who_has(decided(issue)) == {}
    assert parked(decided(issue)) == Reason("other-milestone", names=(milestone,))
    anywhere = decided(issue, changes={"work_queue.available.milestone": "any"})
    assert set(who_has(anywhere)) == ENGINEERS


def test_gitlabs_own_milestone_decides_which_is_current() -> None:
    sprint = Milestone("Sprint 7", date(2026, 6, 1), date(2026, 6, 14))
    issue = an_issue(1, *P2, milestone="Sprint 7")
    assert set(who_has(decided(issue, milestones=(sprint,)))) == ENGINEERS
    assert who_has(decided(issue, milestones=(sprint,), now="2026-06-15 09:00")) == {}


def test_the_state_it_needs_is_a_setting_and_none_by_default() -> None:
    issue = an_issue(1, "workflow::scheduling", *P2, milestone=MILESTONE)
    assert set(who_has(decided(issue))) == ENGINEERS
    strict = {"work_queue.available.states": ("ready for development",)}
    queue = decided(issue, changes=strict)
    assert who_has(queue) == {}
    assert parked(queue) == Reason("not-ready", names=("scheduling",))
    assert queue.unassigned == []
    developed = an_issue(1, "workflow::ready for development", *P2, milestone=MILESTONE)
    assert set(who_has(decided(developed, changes=strict))) == ENGINEERS


def test_work_in_progress_that_nobody_has_is_available() -> None:
    assert set(who_has(decided(an_issue(1, IN_DEV, *P2, milestone=MILESTONE)))) == ENGINEERS


@pytest.mark.parametrize(
    "labels", [("workflow::in dev", "workflow::blocked"), ("workflow::blocked", "workflow::in dev")]
)
def test_of_several_states_blocked_counts_in_any_order(labels: tuple[str, ...]) -> None:
    queue = decided(an_issue(1, *labels, *P2, assignees=("nadia",)))
    assert who_has(queue) == {}
    assert [waiting.people for waiting in queue.waiting] == [("nadia",)]


@pytest.mark.parametrize("states", [("refinement", "verification"), ("verification", "refinement"), ("own", "in dev")])
def test_of_several_states_the_furthest_counts(states: tuple[str, ...]) -> None:
    queue = decided(an_issue(1, *(f"workflow::{state}" for state in states), *P2, assignees=("nadia",)))
    assert [entry.do for entry in queue.rank("nadia")] == ["work on"]


# Claims ---------------------------------------------------------------------------------------------------------------


def test_a_claim_holds_the_issue_for_its_claimant() -> None:
    issue = an_issue(1, *P2, milestone=MILESTONE, claims=(a_claim("mara", "2026-06-05", MADE),))
    queue = decided(issue)
    assert who_has(queue) == {"mara": "5-pick-up"}
    [entry] = queue.rank("mara")
    assert entry.reasons == (Reason("claim-yours", at=MADE, until=date(2026, 6, 5)),)
    assert queue.unassigned == []


def test_a_claim_from_outside_the_team_holds_too() -> None:
    issue = an_issue(1, *P2, milestone=MILESTONE, claims=(a_claim("customer", "2026-06-05", MADE),))
    queue = decided(issue)
    assert who_has(queue) == {}
    assert parked(queue) == Reason("claimed", by="customer", until=date(2026, 6, 5))


def test_the_earliest_claim_that_still_holds_wins() -> None:
    lapsed = a_claim("ivo", "2026-06-01", at("2026-05-20 10:00"))
    first = a_claim("mara", "2026-06-10", at("2026-05-22 10:00"))
    second = a_claim("nadia", "2026-06-04", at("2026-05-23 10:00"))
    for claims in ((lapsed, first, second), (second, first, lapsed)):
        assert set(who_has(decided(an_issue(1, *P2, milestone=MILESTONE, claims=claims)))) == {"mara"}


def test_who_moves_their_day_keeps_their_place_until_it_is_over() -> None:
    first, other = a_claim("mara", "2026-06-03", at("2026-05-22 10:00")), a_claim("nadia", "2026-06-09", MADE)
    moved = a_claim("mara", "2026-06-08", at("2026-05-31 10:00"))
    too_late = a_claim("mara", "2026-06-08", at("2026-06-04 10:00"))
    earlier = a_claim("mara", "2026-06-02", at("2026-05-31 10:00"))

    def holder(*claims: Claim, now: str) -> set[str]:
        return set(who_has(decided(an_issue(1, *P2, milestone=MILESTONE, claims=claims), now=now)))

    assert holder(first, other, moved, now="2026-06-07 10:00") == {"mara"}
    assert holder(first, other, too_late, now="2026-06-07 10:00") == {"nadia"}
    assert holder(first, other, earlier, now="2026-06-02 10:00") == {"mara"}
    assert holder(first, other, earlier, now="2026-06-03 10:00") == {"nadia"}, "the old day counts no more"


@pytest.mark.parametrize(
    ("zone", "last_instant", "first_after"),
    [
        ("UTC", "2026-06-02 23:59:59", "2026-06-03 00:00:00"),
        ("America/Los_Angeles", "2026-06-03 06:59:59", "2026-06-03 07:00:00"),
        ("Pacific/Auckland", "2026-06-02 11:59:59", "2026-06-02 12:00:00"),
    ],
)
def test_a_claim_holds_through_the_end_of_its_day_in_the_claimants_zone(
    zone: str, last_instant: str, first_after: str
) -> None:
    people = {**PEOPLE, "mara": Person("Mara", zone=zone)}
    issue = an_issue(1, *P2, milestone=MILESTONE, claims=(a_claim("mara", "2026-06-02", MADE),))
    assert set(who_has(decided(issue, people=people, now=last_instant))) == {"mara"}
    assert set(who_has(decided(issue, people=people, now=first_after))) == ENGINEERS


def test_a_strangers_day_ends_in_the_teams_zone() -> None:
    issue = an_issue(1, *P2, milestone=MILESTONE, claims=(a_claim("customer", "2026-06-02", MADE),))
    changes = {"team.zone": "Pacific/Auckland"}
    assert who_has(decided(issue, changes=changes, now="2026-06-02 11:59")) == {}
    assert set(who_has(decided(issue, changes=changes, now="2026-06-02 12:00"))) == ENGINEERS


def test_a_lapsed_claim_leaves_it_free_and_says_so() -> None:
    claims = (a_claim("mara", "2026-05-31", MADE), a_claim("customer", "2026-05-20", MADE))
    [entry] = decided(an_issue(1, *P2, milestone=MILESTONE, claims=claims)).rank("nadia")
    assert entry.reasons[0] == Reason("claim-ended", by="mara", until=date(2026, 5, 31), names=(MILESTONE,))


def test_a_wish_without_a_date_holds_nothing_and_a_claim_with_one_wins() -> None:
    wish, claim = a_claim("ivo", None, at("2026-05-20 10:00")), a_claim("mara", "2026-06-10", MADE)
    assert set(who_has(decided(an_issue(1, *P2, milestone=MILESTONE, claims=(wish, claim))))) == {"mara"}
    [entry] = decided(an_issue(1, *P2, milestone=MILESTONE, claims=(wish,))).rank("nadia")
    assert entry.reasons[0] == Reason("free", names=(MILESTONE,))
    lapsed = a_claim("mara", "2026-05-31", MADE)
    [entry] = decided(an_issue(1, *P2, milestone=MILESTONE, claims=(lapsed, wish))).rank("nadia")
    assert entry.reasons[0] == Reason("claim-ended", by="mara", until=date(2026, 5, 31), names=(MILESTONE,))


def test_an_assignment_goes_before_any_claim() -> None:
    claims = (a_claim("mara", "2026-06-05", MADE),)
    issue = an_issue(1, *P2, milestone=MILESTONE, assignees=("ivo",), claims=claims)
    assert set(who_has(decided(issue))) == {"ivo"}


# Triage and the list of what nobody has -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("labels", "lacks"),
    [
        ((), ("a milestone", "a group label", "a priority label", "a type label")),
        (("priority::2", "type::bug"), ("a milestone", "a group label")),
        (("group::distribution::build", "priority::2", "type::bug"), ("a milestone",)),
    ],
)
def test_an_issue_in_the_triage_queue_says_what_triage_would_add(
    labels: tuple[str, ...], lacks: tuple[str, ...]
) -> None:
    queue = decided(an_issue(1, *labels))
    [finding] = queue.findings
    assert (finding.lacks, finding.clause) == (lacks, "duty.triage")
    assert who_has(queue) == {}


@pytest.mark.parametrize(
    "label",
    [
        "awaiting feedback",
        "For Scheduling",
        "maintainer-discussion",
        "Needs Investigation",
        "Seeking community contributions",
    ],
)
def test_the_states_between_are_out_of_the_triage_queue_in_any_capitals(label: str) -> None:
    queue = decided(an_issue(1, label))
    assert queue.findings == []
    assert parked(queue) == Reason("other-milestone", names=("",))


def test_the_list_of_what_nobody_has_asks_for_no_milestone_unless_the_handbook_does() -> None:
    items = [
        an_issue(1, *P2),
        an_issue(2, "priority::1", "Deliverable", milestone="19.2"),
        an_issue(3, *P2, milestone=MILESTONE),
        an_issue(4, *P2, milestone=MILESTONE, assignees=("nadia",)),
        an_issue(5, milestone=MILESTONE),
        an_issue(6, *P2, project=ELSEWHERE),
        an_issue(7, *P2, claims=(a_claim("outsider", "2026-06-05", MADE),)),
    ]
    queue = decided(*items)
    found = queue.unassigned
    assert lines(found) == [
        "1-pick-up omnibus-gitlab#2",
        "5-pick-up omnibus-gitlab#1",
        "5-pick-up omnibus-gitlab#3",
    ]
    assert [entry.reasons[0].names for entry in found] == [("19.2",), (), (MILESTONE,)]
    current = decided(*items, changes={"work_queue.available.unassigned_milestone": "current"})
    assert lines(current.unassigned) == ["5-pick-up omnibus-gitlab#3"]


def test_what_was_assumed_is_said() -> None:
    issue = an_issue(1, *P2, milestone=MILESTONE, assumed=("created_at", "milestone"))
    [entry] = decided(issue).rank("nadia")
    assert entry.reasons[-1] == Reason("assumed", names=("created at", "milestone"))
