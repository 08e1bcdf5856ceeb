"""Level 0: a red default branch, and the duties of whoever is on duty."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from msgspec import structs

from handrail.model.items import Item
from handrail.model.people import Away
from handrail.model.planning import Pipeline
from handrail.model.queue import Reason
from handrail.rules.work_queue import WorkQueue
from handrail.testing import (
    MILESTONE,
    NOW,
    PEOPLE,
    PROJECT,
    a_handbook,
    a_merge_request,
    a_red_branch,
    a_reviewer,
    a_snapshot,
    an_epic,
    an_issue,
    at,
    lines,
)
from tests.rules.worlds import rotation_issue

SINCE = at("2026-06-02 11:00")
RED = a_red_branch(since=SINCE)
BOOK = a_handbook()
WORK = an_issue(50, "priority::1", "Deliverable", milestone=MILESTONE)


def decided(*items: Item, red: tuple[Pipeline, ...] = (), now: datetime = NOW) -> WorkQueue:
    return WorkQueue(a_snapshot(*items, now=now, handbook=BOOK, pipelines=red), BOOK)


def incident(iid: int = 1, *assignees: str, created_at: datetime = SINCE) -> Item:
    return an_issue(iid, "master:broken", assignees=assignees, created_at=created_at)


# A red default branch -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("person", PEOPLE)
def test_a_red_default_branch_comes_first_for_everybody_until_a_resolver_is_assigned(person: str) -> None:
    bare = decided(WORK, red=(RED,)).rank(person)
    assert (bare[0].level, bare[0].row, bare[0].item.ref, bare[0].since) == (
        0,
        "red-default-branch",
        f"{PROJECT}@main",
        SINCE,
    )
    assert bare[0].reasons == (Reason("red", at=SINCE, names=("main",)),)
    assert bare[0].clause == "summary.red-branch"
    with_incident = decided(WORK, incident(), red=(RED,)).rank(person)
    assert (with_incident[0].level, with_incident[0].item.ref) == (0, f"{PROJECT}#1")


def test_once_assigned_it_is_the_resolvers_only_and_a_banner_for_the_others() -> None:
    queue = decided(WORK, incident(1, "ivo"), red=(RED,))
    assert lines(queue.rank("ivo")) == ["red-default-branch omnibus-gitlab#1", "1-pick-up omnibus-gitlab#50"]
    assert lines(queue.rank("nadia")) == ["1-pick-up omnibus-gitlab#50"]
    assert queue.rank("ivo")[0].reasons[0].code == "red-yours"
    [(red, about)] = queue.red_branches()
    assert (red.ref, about) == (f"{PROJECT}@main", incident(1, "ivo"))


def test_it_is_known_who_has_it_and_by_when_something_is_to_happen() -> None:
    hour = timedelta(hours=1)
    opened = SINCE + hour
    for items, people, until in (
        ((), (), SINCE + 4 * hour),
        ((incident(1, created_at=opened),), (), opened + 4 * hour),
        ((incident(1, "ivo", created_at=opened),), ("ivo",), opened + 4 * hour),
        ((structs.replace(incident(1, "ivo"), assigned_since=opened + hour),), ("ivo",), opened + 5 * hour),
        ((a_merge_request(2, "master:broken", author="mara"),), ("mara",), SINCE + 4 * hour),
    ):
        queue = decided(*items, red=(RED,))
        [red] = queue.red_branches()
        assert queue.red_turn(*red) == (people, until)


def test_a_resolver_outside_the_team_has_it_too() -> None:
    queue = decided(WORK, incident(1, "outsider"), red=(RED,))
    assert lines(queue.rank("nadia")) == ["1-pick-up omnibus-gitlab#50"]
    assert lines(queue.rank("outsider")) == []


@pytest.mark.parametrize("name", ["gitlab-bot", "mara"])
def test_a_bot_or_somebody_away_leaves_it_to_everybody(name: str) -> None:
    away = {"people.mara": replace(PEOPLE["mara"], away=(Away(date(2026, 6, 1), date(2026, 6, 20)),))}
    book = a_handbook(away)
    queue = WorkQueue(a_snapshot(WORK, incident(1, name), handbook=book, pipelines=(RED,)), book)
    assert queue.rank("nadia")[0].item.ref == f"{PROJECT}#1"
    fix = a_merge_request(7, "master:broken", author=name)
    queue = WorkQueue(a_snapshot(WORK, fix, handbook=book, pipelines=(RED,)), book)
    assert queue.rank("nadia")[0].item.ref == f"{PROJECT}@main"


def test_an_incident_about_another_branch_is_ordinary_work() -> None:
    stable = structs.replace(incident(1, "ivo"), title="19-0-stable is red")
    queue = decided(WORK, stable, red=(RED,))
    assert queue.rank("nadia")[0].item.ref == f"{PROJECT}@main"
    assert queue.red_branches()[0][1] is None
    kept = structs.replace(stable, ref="gitlab-org/distribution/team-tasks#9", title="main of omnibus is red")
    assert decided(WORK, kept, red=(RED,)).rank("ivo")[0].item == kept


def test_the_oldest_incident_counts_and_stands_in_no_row_of_the_table() -> None:
    old, new = incident(2, "ivo", created_at=at("2026-06-02 10:00")), incident(1, "nadia")
    for items in ((old, new), (new, old)):
        queue = decided(*items, red=(RED,))
        assert [entry.item for entry in queue.rank("ivo")] == [old]
        [place] = queue.consider(old).places
        assert (place.entry, place.people) == (queue.rank("ivo")[0], ("ivo",))


def test_an_incident_of_a_green_branch_is_ordinary_work() -> None:
    broken = an_issue(1, "master:broken", "priority::1", "Deliverable", milestone=MILESTONE)
    queue = decided(broken)
    assert lines(queue.rank("nadia")) == ["1-pick-up omnibus-gitlab#1"]
    assert queue.red_branches() == []
    elsewhere = decided(broken, red=(a_red_branch("gitlab-org/charts/gitlab", SINCE),))
    assert lines(elsewhere.rank("nadia")) == ["red-default-branch gitlab@main", "1-pick-up omnibus-gitlab#1"]


def test_an_epic_is_no_incident() -> None:
    queue = decided(an_epic(1, "master:broken", group=PROJECT), red=(RED,))
    assert [entry.item.ref for entry in queue.rank("nadia")] == [f"{PROJECT}@main"]


def test_several_red_branches_come_oldest_first() -> None:
    charts = a_red_branch("gitlab-org/charts/gitlab", at("2026-06-02 09:00"))
    assert lines(decided(red=(RED, charts)).rank("paul")) == [
        "red-default-branch gitlab@main",
        "red-default-branch omnibus-gitlab@main",
    ]


# Who is on duty -------------------------------------------------------------------------------------------------------


def test_the_assignee_of_the_open_rotation_issue_is_on_duty() -> None:
    issue = rotation_issue("ivo")
    on_duty = decided(issue).on_duty
    assert on_duty is not None
    assert (on_duty.holder, on_duty.end) == ("ivo", at("2026-06-08 09:00"))
    assert decided(issue).consider(issue).parked == Reason("rotation-issue")


def test_of_several_open_rotation_issues_the_shift_that_began_last_counts() -> None:
    shifts = [
        rotation_issue("ivo", "2026-05-25", 1),
        rotation_issue("nadia", "2026-06-01", 2),
        rotation_issue("mara", "2026-06-08", 3),
    ]
    for items in (shifts, shifts[::-1]):
        on_duty = decided(*items).on_duty
        assert on_duty is not None
        assert on_duty.holder == "nadia"


def test_rotation_issues_of_other_weeks_are_no_work_either() -> None:
    others = (
        rotation_issue("nadia", "2026-05-25", 1),
        rotation_issue("mara", "2026-06-08", 3),
        an_issue(4, project="gitlab-org/distribution/team-tasks", title="Distribution DRI rotation week of 2026-06-15"),
    )
    queue = decided(rotation_issue("ivo"), *others)
    assert [queue.consider(issue).parked for issue in others] == [Reason("rotation-issue")] * 3
    assert {name: queue.rank(name) for name in PEOPLE} == {name: [] for name in PEOPLE}
    assert (queue.findings, queue.waiting) == ([], [])


@pytest.mark.parametrize(
    "issue",
    [
        an_issue(1, project="gitlab-org/distribution/team-tasks", title="Distribution DRI rotation week of 2026-06-01"),
        an_issue(1, title="Distribution DRI rotation week of 2026-06-01", assignees=("ivo",)),
        an_issue(1, project="gitlab-org/distribution/team-tasks", title="Retrospective", assignees=("ivo",)),
        rotation_issue("ivo", "2026-06-08"),
    ],
)
def test_without_a_rotation_issue_that_somebody_has_nobody_is_on_duty(issue: Item) -> None:
    assert decided(issue).on_duty is None


# Duties ---------------------------------------------------------------------------------------------------------------

INCIDENT = an_issue(1, "incident", "group::distribution", created_at=at("2026-05-30 10:00"))
CUSTOMER = an_issue(2, "customer", "group::distribution", created_at=at("2026-05-20 10:00"))
UNTRIAGED = an_issue(3, created_at=at("2026-05-10 10:00"))
MENTION = a_merge_request(4, author="outsider", project="gitlab-org/gitlab", mentioned_since=at("2026-05-01 10:00"))
DUTIES = (UNTRIAGED, MENTION, CUSTOMER, INCIDENT)


def test_whoever_is_on_duty_sees_the_duties_in_order_and_then_the_ordinary_queue() -> None:
    queue = decided(WORK, *DUTIES, rotation_issue("ivo"), red=(RED,))
    assert lines(queue.rank("ivo")) == [
        "red-default-branch omnibus-gitlab@main",
        "duty-incidents omnibus-gitlab#1",
        "duty-customers omnibus-gitlab#2",
        "duty-triage omnibus-gitlab#3",
        "duty-mentions gitlab!4",
        "1-pick-up omnibus-gitlab#50",
    ]
    assert {entry.level for entry in queue.rank("ivo")[:-1]} == {0}
    assert [entry.clause for entry in queue.rank("ivo")[1:5]] == [
        "duty.incidents",
        "duty.customers",
        "duty.triage",
        "duty.mentions",
    ]
    assert queue.rank("ivo")[4].since == at("2026-05-01 10:00")


def test_nobody_else_sees_the_duties() -> None:
    queue = decided(WORK, *DUTIES, rotation_issue("ivo"))
    assert lines(queue.rank("nadia")) == ["1-pick-up omnibus-gitlab#50"]
    assert lines(decided(WORK, *DUTIES).rank("ivo")) == ["1-pick-up omnibus-gitlab#50"]


def test_an_item_on_several_duties_stands_at_the_first() -> None:
    both = an_issue(1, "customer", "incident", mentioned_since=SINCE)
    assert lines(decided(both, rotation_issue("ivo")).rank("ivo")) == ["duty-incidents omnibus-gitlab#1"]


def test_a_mention_takes_the_item_out_of_the_holders_own_rows_only() -> None:
    mr = a_merge_request(
        1,
        "workflow::in review",
        author="outsider",
        reviewers=(a_reviewer("ivo", asked=SINCE), a_reviewer("nadia", asked=SINCE)),
        mentioned_since=SINCE,
    )
    queue = decided(mr, rotation_issue("ivo"))
    assert lines(queue.rank("ivo")) == ["duty-mentions omnibus-gitlab!1"]
    assert lines(queue.rank("nadia")) == ["2-unblock omnibus-gitlab!1"]
    alone = a_merge_request(
        1, "workflow::in review", author="outsider", reviewers=(a_reviewer("ivo", asked=SINCE),), mentioned_since=SINCE
    )
    assert lines(decided(alone, rotation_issue("ivo")).rank("ivo")) == ["duty-mentions omnibus-gitlab!1"]
    free = an_issue(1, "priority::2", "Deliverable", milestone=MILESTONE, mentioned_since=SINCE)
    queue = decided(free, rotation_issue("ivo"))
    assert lines(queue.rank("ivo")) == ["duty-mentions omnibus-gitlab#1"]
    assert lines(queue.rank("nadia")) == ["5-pick-up omnibus-gitlab#1"]


def test_a_mention_in_an_epic_is_answered_too() -> None:
    epic = an_epic(9, mentioned_since=SINCE)
    queue = decided(epic, rotation_issue("ivo"))
    assert lines(queue.rank("ivo")) == ["duty-mentions gitlab-org&9"]
    assert decided(an_epic(9), rotation_issue("ivo")).rank("ivo") == []
    assert queue.consider(an_epic(9)).parked == Reason("epic")


def test_a_request_that_somebody_else_has_is_no_longer_the_holders() -> None:
    taken = an_issue(1, "incident", assignees=("nadia",))
    own = an_issue(2, "incident", assignees=("ivo", "nadia"), milestone=MILESTONE)
    queue = decided(taken, own, rotation_issue("ivo"))
    assert lines(queue.rank("ivo")) == ["duty-incidents omnibus-gitlab#2"]


def test_a_request_that_is_scheduled_is_the_tables() -> None:
    scheduled = an_issue(1, "customer", "priority::2", "Deliverable", milestone=MILESTONE)
    assert lines(decided(scheduled, rotation_issue("ivo")).rank("ivo")) == ["5-pick-up omnibus-gitlab#1"]


def test_triage_remains_a_finding_for_everybody() -> None:
    queue = decided(UNTRIAGED, rotation_issue("ivo"))
    queue.rank("ivo")
    assert [finding.item for finding in queue.findings] == [UNTRIAGED]


def test_another_groups_untriaged_issue_is_not_the_holders() -> None:
    assert decided(an_issue(1, project="gitlab-org/gitlab"), rotation_issue("ivo")).rank("ivo") == []


def test_whoever_writes_the_fix_has_taken_the_red_branch_and_its_review_stays_in_the_queue() -> None:
    fix = a_merge_request(
        7, "master:broken", "workflow::ready for review", "priority::1", author="ivo", reviewers=(a_reviewer("nadia"),)
    )
    also = a_merge_request(8, "master:broken", author="timo", assignees=("ivo",))
    for items in ((fix,), (fix, also), (fix, incident())):
        queue = decided(*items, red=(RED,))
        assert queue.rank("ivo")[0].reasons[0].code == "red-yours"
        assert lines(queue.rank("nadia")) == ["1-review omnibus-gitlab!7"]


def test_a_shift_begins_at_its_hour_and_the_old_one_holds_until_then() -> None:
    old, new = rotation_issue("ivo", "2026-05-25", 1), rotation_issue("nadia", "2026-06-01", 2)
    before = decided(old, new, now=at("2026-06-01 08:59")).on_duty
    after = decided(old, new, now=at("2026-06-01 09:00")).on_duty
    assert before is not None
    assert after is not None
    assert (before.holder, before.end) == ("ivo", at("2026-06-01 09:00"))
    assert (after.holder, after.end) == ("nadia", at("2026-06-08 09:00"))
