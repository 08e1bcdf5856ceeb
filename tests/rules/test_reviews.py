"""Merge requests in the queue: the SLO's clock, hand-backs, stand-ins, the community, and other groups."""

from collections.abc import Mapping
from dataclasses import replace as with_
from datetime import date, datetime, timedelta

import pytest
from msgspec.structs import replace

from handrail.model.items import MergeRequest, Reviewer, Thread
from handrail.model.people import Away, Person
from handrail.model.planning import Project
from handrail.model.queue import Entry, Waiting
from handrail.model.snapshot import Snapshot
from handrail.rules.queue_words import Voice
from handrail.rules.work_queue import WorkQueue
from handrail.testing import (
    NOW,
    PEOPLE,
    PROJECT,
    a_handbook,
    a_merge_request,
    a_reviewer,
    a_snapshot,
    at,
    lines,
)

READY, IN_REVIEW = "workflow::ready for review", "workflow::in review"
OMNIBUS = Project(PROJECT, maintainers=("mara", "timo"))
MONDAY = at("2026-06-01 09:00")
"""13 business hours before now."""
ELSEWHERE = "gitlab-org/gitlab"


def decided(
    mr: MergeRequest,
    changes: Mapping[str, object] | None = None,
    *,
    now: datetime = NOW,
    people: Mapping[str, Person] = PEOPLE,
) -> WorkQueue:
    book = a_handbook(changes, people)
    queue = WorkQueue(a_snapshot(mr, now=now, handbook=book, projects=[OMNIBUS]), book)
    queue.rank("")
    return queue


def who_has(queue: WorkQueue) -> dict[str, Entry]:
    return {name: queue.rank(name)[0] for name in queue.snapshot.people if queue.rank(name)}


def ready(
    *reviewers: Reviewer, since: datetime = MONDAY, author: str = "ivo", labels: tuple[str, ...] = ()
) -> MergeRequest:
    return a_merge_request(1, READY, *labels, since=since, author=author, reviewers=reviewers)


def in_review(*reviewers: Reviewer, approved_by: tuple[str, ...] = (), author: str = "ivo") -> MergeRequest:
    return a_merge_request(1, IN_REVIEW, since=MONDAY, author=author, reviewers=reviewers, approved_by=approved_by)


def away(name: str, first: str, last: str) -> dict[str, Person]:
    off = (Away(date.fromisoformat(first), date.fromisoformat(last)),)
    return {**PEOPLE, name: with_(PEOPLE[name], away=off)}


def why(entry: Entry, snapshot: Snapshot, reader: str) -> str:
    return Voice(snapshot.people, snapshot.now, reader).why(entry)


# The clock ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("since", "state", "row"),
    [
        ("2026-05-27 14:00:00", "breaching", "3-review"),  # exactly 32 of 32 hours
        ("2026-05-27 14:00:01", "near-breaching", "4-review"),
        ("2026-05-28 14:00:00", "near-breaching", "4-review"),  # exactly 24 of 32: 75 %
        ("2026-05-28 14:00:01", "non-breaching", "6-review"),
        ("2026-06-02 13:59:59", "non-breaching", "6-review"),
    ],
)
def test_the_slo_is_near_breaching_from_75_percent_and_breaching_at_100(since: str, state: str, row: str) -> None:
    [entry] = decided(ready(a_reviewer("nadia"), since=at(since))).rank("nadia")
    assert entry.clock is not None
    assert (entry.clock.state, entry.row, entry.clock.limit) == (state, row, 32 * 3600)


def test_the_clock_starts_at_the_later_of_ready_and_requested() -> None:
    later = at("2026-06-02 10:00")
    for mr in (ready(a_reviewer("nadia", asked=later)), ready(a_reviewer("nadia", asked=MONDAY), since=later)):
        [entry] = decided(mr).rank("nadia")
        assert entry.clock is not None
        assert (entry.clock.start, entry.clock.used, entry.since) == (later, 4 * 3600, later)


def test_the_clock_restarts_when_the_review_is_requested_again() -> None:
    again = a_reviewer("nadia", asked=at("2026-06-02 12:00"), answered=at("2026-06-01 15:00"), requests=2)
    [entry] = decided(ready(again, since=at("2026-05-18 09:00"))).rank("nadia")
    assert entry.clock is not None
    assert (entry.clock.used, entry.row) == (2 * 3600, "6-review")


def test_the_clock_starts_with_the_merge_request_where_neither_is_known() -> None:
    mr = a_merge_request(1, READY, author="ivo", reviewers=(a_reviewer("nadia"),), created_at=MONDAY)
    [entry] = decided(mr).rank("nadia")
    assert entry.since == MONDAY


def test_the_clock_runs_in_the_reviewers_own_hours() -> None:
    people = {
        **PEOPLE,
        "nadia": Person("Nadia", zone="America/Toronto", groups=("build",)),  # Monday 09:00 UTC is before hours
    }
    queue = decided(ready(a_reviewer("nadia"), a_reviewer("paul")), people=people)
    used = {name: entry.clock.used // 3600 for name, entry in who_has(queue).items() if entry.clock}
    assert used == {"nadia": 9, "paul": 13}  # 8 on Monday and 1 of today's; 8 and 5


def test_holidays_and_time_off_of_the_reviewer_do_not_count() -> None:
    german = {**PEOPLE, "nadia": with_(PEOPLE["nadia"], country="DE")}
    since = at("2026-05-22 09:00")  # Whit Monday, the 25th, lies between
    [plain] = decided(ready(a_reviewer("nadia"), since=since), now=at("2026-05-26 10:00")).rank("nadia")
    [kept] = decided(ready(a_reviewer("nadia"), since=since), now=at("2026-05-26 10:00"), people=german).rank("nadia")
    assert plain.clock is not None
    assert kept.clock is not None
    assert plain.clock.used - kept.clock.used == 8 * 3600


def test_nobodys_review_is_timed_in_the_teams_hours_and_open_to_all_but_its_author() -> None:
    queue = decided(ready(author="nadia"))
    found = who_has(queue)
    assert set(found) == {"mara", "ivo", "timo"}
    assert {entry.clock.whose for entry in found.values() if entry.clock} == {""}
    assert [reason.code for reason in found["mara"].reasons] == ["on-slo", "nobody-asked"]


def test_the_handbook_may_open_reviews_to_the_group_only() -> None:
    mr = ready(labels=("group::distribution::build",), author="outsider")
    assert set(who_has(decided(mr))) == {"nadia", "mara", "ivo", "timo"}
    assert set(who_has(decided(mr, {"work_queue.available.open_to": "group"}))) == {"nadia", "mara"}


def test_the_slo_and_its_warning_are_settings() -> None:
    changed = {"work_queue.review_slo.business_days": 2, "work_queue.review_slo.near": 0.5}
    [entry] = decided(ready(a_reviewer("nadia")), changed).rank("nadia")
    assert entry.clock is not None
    assert (entry.clock.limit, entry.clock.state) == (16 * 3600, "near-breaching")


# Who is asked ---------------------------------------------------------------------------------------------------------


def test_only_those_who_were_asked_see_it() -> None:
    assert set(who_has(decided(ready(a_reviewer("nadia"), a_reviewer("outsider"))))) == {"nadia"}


def test_a_maintainer_waits_for_the_reviewer_until_the_slo_is_at_risk() -> None:
    both = (a_reviewer("nadia"), a_reviewer("mara"))
    assert set(who_has(decided(ready(*both)))) == {"nadia"}
    at_risk = ready(*both, since=at("2026-05-28 14:00"))
    assert set(who_has(decided(at_risk))) == {"nadia", "mara"}


def test_in_review_a_maintainer_is_called_when_the_reviewers_clock_is_at_risk_whenever_the_review_began() -> None:
    asked = at("2026-05-28 14:00")
    mr = in_review(a_reviewer("nadia", asked=asked), a_reviewer("mara", asked=asked))
    assert set(who_has(decided(mr))) == {"nadia", "mara"}
    fresh = in_review(a_reviewer("nadia", asked=MONDAY), a_reviewer("mara", asked=asked))
    assert set(who_has(decided(fresh))) == {"nadia"}


def test_the_community_never_puts_the_slo_at_risk() -> None:
    mr = ready(
        a_reviewer("nadia"), a_reviewer("mara"), since=at("2026-05-01 09:00"), labels=("Community contribution",)
    )
    assert set(who_has(decided(mr))) == {"nadia"}


def test_a_review_outside_the_team_is_waited_for() -> None:
    queue = decided(ready(a_reviewer("outsider", asked=at("2026-06-02 09:00"))))
    assert who_has(queue) == {}
    [waiting] = queue.waiting
    assert (waiting.people, waiting.on, waiting.since) == (("ivo",), ("outsider",), at("2026-06-02 09:00"))
    assert decided(ready(a_reviewer("outsider"))).waiting[0].since == MONDAY
    undated = a_merge_request(1, READY, author="ivo", reviewers=(a_reviewer("outsider"),))
    assert decided(undated).waiting[0].since == undated.created_at


def test_an_answered_review_is_in_review_whatever_its_label() -> None:
    answered = a_reviewer("nadia", "requested_changes", asked=MONDAY, answered=at("2026-06-01 12:00"))
    queue = decided(ready(answered))
    assert {name: entry.row for name, entry in who_has(queue).items()} == {"ivo": "2-unblock"}


def test_a_draft_is_its_authors_own_affair_until_it_is_under_review() -> None:
    draft = a_merge_request(1, READY, author="ivo", draft=True)
    queue = decided(draft)
    assert (queue.findings, queue.waiting, who_has(queue)) == ([], [], {})
    parked = queue.consider(draft).parked
    assert parked is not None
    assert (parked.code, parked.by) == ("still-draft", "ivo")
    under_review = a_merge_request(1, IN_REVIEW, author="ivo", draft=True, reviewers=(a_reviewer("nadia"),))
    assert set(who_has(decided(under_review))) == {"ivo"}


@pytest.mark.parametrize("nobody", ["ivo", "gitlab-bot"])
def test_a_bot_or_the_author_among_the_reviewers_is_nobody_asked(nobody: str) -> None:
    bots = {"team.bots": ("gitlab-bot",)}
    alone = decided(ready(a_reviewer(nobody, asked=MONDAY)), bots)
    assert set(who_has(alone)) == {"nadia", "mara", "timo"}
    beside = decided(ready(a_reviewer(nobody, asked=MONDAY), a_reviewer("nadia", asked=MONDAY)), bots)
    assert set(who_has(beside)) == {"nadia"}


# In review ------------------------------------------------------------------------------------------------------------


def test_those_who_wait_see_for_whom() -> None:
    queue = decided(in_review(a_reviewer("nadia", asked=MONDAY)))
    assert set(who_has(queue)) == {"nadia"}
    [waiting] = queue.waiting
    assert (waiting.people, waiting.on, waiting.reason.code) == (("ivo",), ("nadia",), "asked")


def test_what_waits_is_listed_oldest_first() -> None:
    book = a_handbook()
    new, old = (
        a_merge_request(iid, IN_REVIEW, author="ivo", reviewers=(a_reviewer("nadia", asked=asked),))
        for iid, asked in ((1, at("2026-06-02 10:00")), (2, MONDAY))
    )
    queue = WorkQueue(a_snapshot(new, old), book)
    queue.rank("ivo")
    assert [waiting.item for waiting in queue.waiting] == [old, new]


def test_nobody_waits_where_no_member_is_concerned_but_the_actor() -> None:
    queue = decided(in_review(a_reviewer("nadia", asked=MONDAY), author="customer"))
    assert set(who_has(queue)) == {"nadia"}
    assert queue.waiting == []


def test_a_requested_review_is_on_the_clock_and_the_authors_turn_is_not() -> None:
    assert who_has(decided(in_review(a_reviewer("nadia", asked=MONDAY))))["nadia"].clock is not None
    changes = a_reviewer("nadia", "requested_changes", asked=MONDAY, answered=at("2026-06-01 12:00"))
    assert who_has(decided(in_review(changes)))["ivo"].clock is None


def test_while_gitlab_works_it_out_nobody_has_it_and_everybody_concerned_waits() -> None:
    approved = a_reviewer("mara", "approved", asked=MONDAY, answered=at("2026-06-01 12:00"))
    mr = a_merge_request(
        1, IN_REVIEW, author="ivo", reviewers=(approved,), approved_by=("mara",), detailed_merge_status="checking"
    )
    queue = decided(mr)
    assert who_has(queue) == {}
    [waiting] = queue.waiting
    assert (waiting.people, waiting.on, waiting.reason.code) == (("ivo", "mara"), (), "transient")


def test_a_community_authors_turn_shows_to_the_reviewer_as_waiting() -> None:
    changes = a_reviewer("nadia", "requested_changes", asked=MONDAY, answered=at("2026-06-01 12:00"))
    mr = a_merge_request(1, IN_REVIEW, "Community contribution", author="customer", reviewers=(changes,))
    queue = decided(mr)
    assert who_has(queue) == {}
    assert queue.waiting == [
        Waiting(mr, ("nadia",), ("customer",), at("2026-06-01 12:00"), queue.waiting[0].reason),
    ]


@pytest.mark.parametrize("since", [MONDAY, at("2026-04-01 09:00")])
def test_the_communitys_merge_requests_have_no_clock_and_rank_as_non_breaching(since: datetime) -> None:
    for mr in (
        ready(a_reviewer("nadia"), since=since, author="customer", labels=("Community contribution",)),
        ready(since=since, author="customer", labels=("Community contribution",)),
    ):
        [entry] = decided(mr).rank("nadia")
        assert (entry.row, entry.clock) == ("6-review", None)
    asked = a_reviewer("nadia", asked=since)
    mr = a_merge_request(1, IN_REVIEW, "Community contribution", author="customer", reviewers=(asked,))
    [entry] = decided(mr).rank("nadia")
    assert entry.clock is None


# Absence --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "absent"),
    [
        ("2026-06-02", False),  # the rest of today
        ("2026-06-03", True),  # three hours of today and tomorrow: more than a day
    ],
)
def test_a_turn_passes_on_after_more_than_one_business_day(last: str, absent: bool) -> None:
    people = away("nadia", "2026-06-02", last)
    queue = decided(in_review(a_reviewer("nadia", asked=MONDAY)), people=people)
    assert set(who_has(queue)) == ({"nadia"} if not absent else {"mara", "timo"})


def test_exactly_one_business_day_away_is_not_yet_absent() -> None:
    people = away("nadia", "2026-06-02", "2026-06-02")
    at_opening = decided(in_review(a_reviewer("nadia", asked=MONDAY)), people=people, now=at("2026-06-02 09:00"))
    assert set(who_has(at_opening)) == {"nadia"}


AWAY = ("2026-06-02", "2026-06-05")


def test_an_absent_reviewers_turn_passes_to_the_group_but_not_to_the_author() -> None:
    labelled = a_merge_request(
        1,
        IN_REVIEW,
        "group::distribution::build",
        author="mara",
        reviewers=(a_reviewer("nadia", asked=MONDAY),),
    )
    people = {**away("nadia", *AWAY), "nora": Person("Nora", groups=("build",))}
    queue = decided(labelled, people=people)
    [(name, entry)] = who_has(queue).items()
    assert (name, entry.do, entry.reasons[0].code) == ("nora", "unblock", "stand-in")
    assert entry.reasons[0].until == date(2026, 6, 8)
    assert entry.clock is not None
    assert why(entry, queue.snapshot, "nora") == (
        "Nadia is away until Mon 8 Jun: you stand in; Mara asked Nadia to review it on Mon 1 Jun; "
        "13 of 32 business hours used"
    )


def test_the_whole_team_stands_in_where_the_item_has_no_group_or_the_handbook_says_so() -> None:
    people = away("nadia", *AWAY)
    ungrouped = ready(a_reviewer("nadia", asked=MONDAY))
    assert set(who_has(decided(ungrouped, people=people))) == {"mara", "timo"}
    grouped = ready(a_reviewer("nadia", asked=MONDAY), labels=("group::distribution::build",))
    assert set(who_has(decided(grouped, people=people))) == {"mara"}
    by_team = decided(grouped, {"work_queue.stand_ins.reviewer": "team"}, people=people)
    assert set(who_has(by_team)) == {"mara", "timo"}


def test_an_absent_reviewers_pick_up_says_who_asked_whom() -> None:
    queue = decided(ready(a_reviewer("nadia", asked=MONDAY)), people=away("nadia", *AWAY))
    entry = who_has(queue)["timo"]
    assert (entry.row, entry.do) == ("6-review", "pick up for review")
    assert why(entry, queue.snapshot, "timo").startswith(
        "Nadia is away until Mon 8 Jun: you stand in; Ivo asked Nadia to review it on Mon 1 Jun"
    )


def test_a_present_reviewer_keeps_the_turn_that_an_absent_one_shares() -> None:
    people = away("nadia", *AWAY)
    both = (a_reviewer("nadia", asked=MONDAY), a_reviewer("erin", asked=MONDAY))
    assert set(who_has(decided(ready(*both), people=people))) == {"erin"}
    assert set(who_has(decided(in_review(*both), people=people))) == {"erin"}


def test_an_absent_authors_turn_passes_to_the_reviewers() -> None:
    changes = a_reviewer("nadia", "requested_changes", asked=MONDAY, answered=at("2026-06-01 12:00"))
    queue = decided(in_review(changes), people=away("ivo", *AWAY))
    [(name, entry)] = who_has(queue).items()
    assert name == "nadia"
    assert [reason.code for reason in entry.reasons] == ["stand-in", "changes-requested"]
    by_group = decided(in_review(changes), {"work_queue.stand_ins.author": "group"}, people=away("ivo", *AWAY))
    assert set(who_has(by_group)) == {"nadia", "mara", "timo"}


def test_an_absent_maintainers_turn_passes_to_the_projects_other_maintainers() -> None:
    approved = a_reviewer("nadia", "approved", asked=MONDAY, answered=at("2026-06-01 12:00"))
    mr = in_review(approved, a_reviewer("mara", asked=at("2026-06-01 12:00")), approved_by=("nadia",))
    queue = decided(mr, people=away("mara", *AWAY))
    assert set(who_has(queue)) == {"timo"}


def test_where_nobody_can_stand_in_those_concerned_wait() -> None:
    approved = a_reviewer("nadia", "approved", asked=MONDAY, answered=at("2026-06-01 12:00"))
    mr = in_review(approved, a_reviewer("mara", asked=at("2026-06-01 12:00")), approved_by=("nadia",), author="timo")
    queue = decided(mr, people=away("mara", *AWAY))
    assert who_has(queue) == {}
    [waiting] = queue.waiting
    assert (waiting.people, waiting.on) == (("timo", "nadia"), ("mara",))
    voice = Voice(queue.snapshot.people, queue.snapshot.now, "timo")
    assert voice.waits(waiting) == "Waits for Mara; Mara is away until Mon 8 Jun, and nobody is there to stand in"


def test_somebody_away_without_end_passes_their_turn_too() -> None:
    people = away("nadia", "2026-06-02", "9999-12-31")
    queue = decided(in_review(a_reviewer("nadia", asked=MONDAY)), people=people)
    entry = who_has(queue)["timo"]
    assert why(entry, queue.snapshot, "timo").startswith("Nadia is away until further notice: you stand in")


def test_the_community_has_no_clock_with_a_stand_in_either() -> None:
    mr = ready(a_reviewer("nadia"), author="customer", labels=("Community contribution",))
    queue = decided(mr, people=away("nadia", *AWAY))
    assert {entry.row for entry in who_has(queue).values()} == {"6-review"}
    assert {entry.clock for entry in who_has(queue).values()} == {None}


# Other groups' --------------------------------------------------------------------------------------------------------


def elsewhere(*labels: str, author: str = "outsider", reviewers: tuple[Reviewer, ...] = ()) -> MergeRequest:
    return a_merge_request(1, *labels, project=ELSEWHERE, author=author, reviewers=reviewers)


def test_another_groups_merge_request_that_waits_for_a_member_has_the_two_day_slo() -> None:
    for labels in ((), (READY,)):
        [entry] = decided(elsewhere(*labels, reviewers=(a_reviewer("nadia", asked=MONDAY),))).rank("nadia")
        assert entry.clock is not None
        assert (entry.clock.limit, entry.clock.state, entry.row) == (16 * 3600, "near-breaching", "4-review")
        assert entry.reasons[-1].code == "other-group"


def test_another_groups_merge_request_comes_back_to_a_member() -> None:
    changes = a_reviewer("outsider", "requested_changes", asked=MONDAY, answered=at("2026-06-01 12:00"))
    [entry] = decided(elsewhere(author="nadia", reviewers=(changes,))).rank("nadia")
    assert (entry.row, [reason.code for reason in entry.reasons]) == ("2-unblock", ["changes-requested", "other-group"])
    waits = decided(elsewhere(author="nadia", reviewers=(a_reviewer("outsider", asked=MONDAY),)))
    assert [(one.people, one.on) for one in waits.waiting] == [(("nadia",), ("outsider",))]


@pytest.mark.parametrize("mr", [elsewhere(READY), elsewhere(IN_REVIEW), elsewhere(author="nadia")])
def test_another_groups_merge_request_that_waits_for_nobody_here_is_left_alone(mr: MergeRequest) -> None:
    queue = decided(mr)
    assert (who_has(queue), queue.findings, queue.waiting) == ({}, [], [])
    parked = queue.consider(mr).parked
    assert parked is not None
    assert parked.code == "elsewhere"


def test_a_team_label_makes_another_projects_merge_request_the_teams() -> None:
    mr = elsewhere(READY, "group::distribution", reviewers=(a_reviewer("nadia", asked=MONDAY),))
    [entry] = decided(mr).rank("nadia")
    assert entry.clock is not None
    assert entry.clock.limit == 32 * 3600


def test_a_thread_with_the_reviewers_word_last_is_the_authors_turn() -> None:
    answered = a_reviewer("nadia", "reviewed", asked=MONDAY, answered=NOW - timedelta(hours=3))
    for last_by, actor in (("nadia", "ivo"), ("ivo", "nadia")):
        thread = Thread("t", last_by, NOW - timedelta(hours=2))
        mr = a_merge_request(1, IN_REVIEW, author="ivo", reviewers=(answered,), threads=(thread,))
        assert lines(decided(mr).rank(actor)) == ["2-unblock omnibus-gitlab!1"]


def test_a_table_without_a_row_for_reviews_makes_findings_of_them() -> None:
    book = a_handbook()
    unblocks = tuple(row for row in book.work_queue.table if row.do == "unblock")
    for mr in (ready(a_reviewer("nadia")), ready()):
        queue = decided(mr, {"work_queue.table": unblocks})
        assert [finding.lacks for finding in queue.findings] == [("a row for merge requests ready for review",)]
        assert who_has(queue) == {}


# What a label forgets -------------------------------------------------------------------------------------------------


def test_whoever_was_asked_has_it_though_the_label_was_forgotten() -> None:
    asked = a_merge_request(1, author="ivo", reviewers=(a_reviewer("nadia", asked=MONDAY),))
    assert {name: entry.row for name, entry in who_has(decided(asked)).items()} == {"nadia": "6-review"}
    changes = a_reviewer("nadia", "requested_changes", asked=MONDAY, answered=MONDAY)
    assert {name: entry.row for name, entry in who_has(decided(with_reviewers(asked, changes))).items()} == {
        "ivo": "2-unblock"
    }


def test_a_review_that_began_is_unblocked_and_its_clock_has_stopped() -> None:
    began = a_reviewer("nadia", "review_started", asked=MONDAY, answered=MONDAY)
    entry = who_has(decided(ready(began)))["nadia"]
    assert (entry.row, entry.clock, entry.reasons[0].code) == ("2-unblock", None, "review-began")


def test_each_of_several_reviewers_has_the_clock_of_their_own_request() -> None:
    later = MONDAY + timedelta(hours=3)
    both = in_review(a_reviewer("nadia", asked=MONDAY), a_reviewer("timo", asked=later))
    queue = decided(both, {"labels.team": "group::distribution"}, people=PEOPLE)
    clocks = {name: entry.clock for name, entry in who_has(queue).items()}
    assert {name: (clock.start, clock.whose) for name, clock in clocks.items() if clock} == {"nadia": (MONDAY, "nadia")}
    no_maintainer = WorkQueue(a_snapshot(both, handbook=queue.handbook), queue.handbook)
    starts = {name: entry.clock.start for name, entry in who_has(no_maintainer).items() if entry.clock}
    assert starts == {"nadia": MONDAY, "timo": later}


def test_a_reviewer_whose_state_is_approved_approved() -> None:
    entry = who_has(decided(in_review(a_reviewer("nadia", "approved", asked=MONDAY, answered=MONDAY))))["nadia"]
    assert entry.reasons[0].code == "ask-maintainer"


def test_an_outsiders_merge_request_in_review_without_a_reviewer_is_open_to_all() -> None:
    found = who_has(decided(in_review(author="outsider")))
    assert {entry.row for entry in found.values()} == {"6-review"}
    assert "nadia" in found


def test_a_members_merge_request_elsewhere_that_nobody_was_asked_to_review_is_left_alone() -> None:
    assert who_has(decided(a_merge_request(1, READY, project=ELSEWHERE, author="ivo"))) == {}


def with_reviewers(mr: MergeRequest, *reviewers: Reviewer) -> MergeRequest:
    return replace(mr, reviewers=reviewers)
