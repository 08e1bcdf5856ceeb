"""Unplanned work: how urgent a request is, what becomes of it, what would give way, and what a milestone took in."""

from datetime import date, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from handrail.duty.handover import closed
from handrail.model.actions import (
    AddLabels,
    Assign,
    Change,
    Comment,
    CreateItem,
    Expectation,
    RemoveLabels,
    SetMilestone,
)
from handrail.model.asked import Asked, Step, after
from handrail.model.findings import Finding
from handrail.model.items import Issue, Item, Stay
from handrail.model.people import Away, Person
from handrail.model.planning import Milestone
from handrail.model.requests import URGENCIES, Answer, Criterion, RequestSource, UnplannedRequest, Urgency
from handrail.model.snapshot import Snapshot
from handrail.rules import unplanned_answers
from handrail.rules.catalogue import rules, settings_of
from handrail.rules.desk import Desk
from handrail.rules.unplanned_request import Assessment, Judgement, Settings, Signs, Slip, assess, would_slip
from handrail.rules.unplanned_work import request_of
from handrail.testing import (
    MILESTONE,
    NOW,
    PEOPLE,
    PROJECT,
    a_claim,
    a_handbook,
    a_merge_request,
    a_snapshot,
    an_epic,
    an_issue,
    assert_kind,
    at,
    check_rule,
    told,
)

TEAM = "group::distribution"
WHOLE = (TEAM, f"{TEAM}::build", "type::bug", "priority::2", "FY27::Q2")
BOOK = a_handbook()


def settings() -> Settings:
    found = settings_of(BOOK, rules()["unplanned_work"])
    assert isinstance(found, Settings)
    return found


SETTINGS = settings()


def found(*items: Item, changes: dict[str, object] | None = None) -> list[Finding]:
    book = a_handbook(changes)
    return check_rule("unplanned_work", a_snapshot(*items, handbook=book), book)


def changes_of(findings: list[Finding]) -> list[Change]:
    return [remedy.change for one in findings for remedy in one.remedies]


def desk(*items: Item, milestones: tuple[Milestone, ...] = (), requests: tuple[UnplannedRequest, ...] = ()) -> Desk:
    return Desk(a_snapshot(*items, milestones=milestones, requests=requests, handbook=BOOK), BOOK)


def a_request(
    ref: str = "", by: str | None = None, source: RequestSource = "customer", **holds: Answer
) -> UnplannedRequest:
    criteria = tuple(
        Criterion(name, holds[name.replace(" ", "_")], f"somebody said so of the {name}")
        for name in URGENCIES
        if name.replace(" ", "_") in holds
    )
    day = date.fromisoformat(by) if by else None
    return UnplannedRequest(
        "Please help",
        source,
        NOW,
        asked_by="ada",
        ref=ref,
        deadline=day,
        criteria=criteria,
    )


def weighed(request: UnplannedRequest, *items: Item, milestones: tuple[Milestone, ...] = ()) -> Assessment:
    return assess(request, desk(*items, milestones=milestones), SETTINGS)


def answer(assessment: Assessment, name: Urgency) -> tuple[Answer, str]:
    one = next(one for one in assessment.criteria if one.name == name)
    return one.holds, one.evidence


# --- the rule: requests that nobody has decided on ---------------------------------------------------


def test_what_the_table_calls_reasonable_is_proposed_as_unplanned_work() -> None:
    findings = found(an_issue(1, "incident", *WHOLE))
    (one,) = findings
    assert (one.code, one.clause, one.severity, one.who) == ("take", "unplanned.take", "warning", ("erin", "paul"))
    assert one.says == (
        "Nobody has decided on this request (incident, from @somebody on Mon 18 May): it is Unplanned work, since an "
        "incident is active (it has ~incident); nothing would have to give way."
    )
    assert [each.what for each in one.evidence] == ["@somebody asked", "incident: yes, it has ~incident"]
    assert changes_of(findings) == [AddLabels(("Unplanned",)), SetMilestone(MILESTONE)]
    assert all(remedy.expects == (Expectation("no label", "Deliverable"),) for remedy in one.remedies)


def test_a_red_branchs_incident_is_no_request() -> None:
    assert found(an_issue(1, "incident", "master:broken", *WHOLE)) == []


def test_what_was_closed_with_the_rest_in_another_issue_is_no_request_until_it_is_asked_anew() -> None:
    issue = an_issue(1, "incident", *WHOLE)
    asked = after(Asked("Down", "incident", "sam", NOW, ref=issue.ref, id=1), Step(NOW, "sam", "came", "ivo"))
    gone = closed(asked, "ivo", NOW, "made room", "Buy disks")

    def codes(*those: Asked) -> list[str]:
        return [one.code for one in check_rule("unplanned_work", a_snapshot(issue, handbook=BOOK, asked=those), BOOK)]

    assert codes(asked) == ["take"]
    assert codes(gone) == []
    assert codes(gone, structs.replace(asked, id=2)) == ["take"]


def test_what_is_taken_gets_the_other_required_labels_too() -> None:
    findings = found(an_issue(1, "incident", "severity::1", "FY26::Q1"))
    assert changes_of(findings) == [
        AddLabels(("Unplanned",)),
        SetMilestone(MILESTONE),
        AddLabels((TEAM,)),
        AddLabels((f"{TEAM}::build",)),
        AddLabels(("FY27::Q2",)),
        RemoveLabels(("FY26::Q1",)),
        AddLabels(("priority::1",)),
    ]
    without = found(an_issue(1, "incident"), changes={"rules.required_labels.mode": "off"})
    assert changes_of(without) == [AddLabels(("Unplanned",)), SetMilestone(MILESTONE), AddLabels(("priority::1",))]


def test_a_priority_comes_from_a_person_else_from_labels_else_from_the_tables_row() -> None:
    def labels(issue: Issue, *named: str) -> tuple[str, ...]:
        at_desk = desk(issue)
        remedies = unplanned_answers.taking(issue, at_desk, "nadia", named, "priority::1")
        return unplanned_answers.wearing(issue.labels, remedies)

    def ranks(*told: str) -> list[str]:
        return [label for label in told if label.startswith("priority::")]

    bare = an_issue(1, TEAM, f"{TEAM}::build", "type::bug", "FY27::Q2")
    assert ranks(*labels(bare)) == ["priority::1"]
    assert ranks(*labels(structs.replace(bare, labels=(*bare.labels, "severity::3")))) == ["priority::3"]
    has = structs.replace(bare, labels=(*bare.labels, "priority::2"))
    assert ranks(*labels(has)) == ["priority::2"]
    assert ranks(*labels(has, "priority::4")) == ["priority::4"]
    assert "type::feature" in labels(has, "type::feature")
    assert "type::bug" not in labels(has, "type::feature")


def test_what_no_row_gives_a_priority_is_said_to_be_in_nobodys_queue() -> None:
    table: dict[str, object] = {"rules.unplanned_work.table": [{"row": "all", "result": "take", "says": "it is asked"}]}
    (one,) = found(an_issue(1, "incident", TEAM, f"{TEAM}::build", "FY27::Q2"), changes=table)
    assert one.says.endswith("give way; it has no priority and no type, so that it is in nobody’s queue yet.")
    (typed,) = found(an_issue(1, "incident", TEAM, f"{TEAM}::build", "FY27::Q2", "priority::2"), changes=table)
    assert typed.says.endswith("give way; it has no type.")


def test_a_request_that_the_team_keeps_is_weighed_as_people_said() -> None:
    issue = an_issue(1, "customer", *WHOLE)
    kept = structs.replace(a_request(issue.ref, incident="yes", source="other team"), id=1)
    (one,) = check_rule("unplanned_work", a_snapshot(issue, handbook=BOOK, requests=(kept,)), BOOK)
    assert one.code == "take"
    assert "(other team, from @ada on Tue 2 Jun)" in one.says
    taken = structs.replace(kept, state="taken")
    assert check_rule("unplanned_work", a_snapshot(issue, handbook=BOOK, requests=(taken,)), BOOK) == []


def test_what_is_not_known_is_asked_once_of_whoever_asks() -> None:
    findings = found(an_issue(1, "customer", created_at=at("2026-05-18 09:00")))
    (one,) = findings
    assert (one.code, one.clause, one.severity, one.who) == ("ask", "unplanned.ask", "note", ("erin", "paul"))
    assert one.says == (
        "Nobody has decided on this request (customer, from @somebody on Mon 18 May): how urgent it is has to be "
        "asked, since what is known does not decide it; not known: incident, internal impact, sla, policy and deadline."
    )
    (comment,) = changes_of(findings)
    assert isinstance(comment, Comment)
    assert (comment.topic, comment.to) == ("unplanned-question", ("somebody",))
    assert "- Is an incident active?\n- Does it keep another team" in comment.asks
    assert "users or customers" not in comment.asks


@pytest.mark.parametrize(
    "facts", [{"author": "gitlab-bot"}, {"author": "nadia"}, {"created_at": at("2026-04-01 09:00")}]
)
def test_bots_the_absent_and_those_who_asked_long_ago_are_not_asked(facts: dict[str, object]) -> None:
    away = Person("Nadia", groups=("build",), away=(Away(date(2026, 6, 1), date(2026, 7, 31)),))
    book = a_handbook(people={**PEOPLE, "nadia": away})
    issue = an_issue(1, "customer", **facts)  # type: ignore[arg-type]
    (one,) = check_rule("unplanned_work", a_snapshot(issue, handbook=book), book)
    assert (one.code, one.remedies) == ("ask", ())


def test_where_all_is_known_and_no_row_fits_nobody_is_asked() -> None:
    every = Signs(incident="no", internal_impact="no", external_impact="yes", sla="no", policy="no", deadline="no")
    changes: dict[str, object] = {"rules.unplanned_work.table": (), "rules.unplanned_work.shows": {"customer": every}}
    (one,) = found(an_issue(1, "customer"), changes=changes)
    assert one.says.endswith("has to be asked, since no row of the table fits what is known of it.")
    assert one.remedies == ()


def test_nothing_is_declined_by_itself() -> None:
    (one,) = found(an_issue(1, "customer", "severity::4", "priority::4", since=at("2026-06-01 09:00")))
    assert (one.code, one.clause, one.severity, one.who) == ("decline", "unplanned.decline", "note", ("erin", "paul"))
    assert one.says == (
        "Nobody has decided on this request (customer, from @somebody on Mon 18 May): it could be planned instead, "
        "since no time limit runs out before the next milestone (~severity::4 asks for it by Tue 29 Sep and it has "
        "~priority::4); EM and PM decide."
    )
    assert one.remedies == ()


def test_a_mention_of_the_team_is_a_request_of_whoever_wrote_last() -> None:
    then = at("2026-06-01 10:00")
    issue = an_issue(1, mentioned_since=then, last_human_at=then, last_human_by="ada")
    request = request_of(issue, desk(issue), SETTINGS)
    assert request == UnplannedRequest(issue.title, "mention", then, asked_by="ada", ref=issue.ref)
    later = an_issue(1, mentioned_since=then, last_human_at=at("2026-06-01 11:00"), last_human_by="ada")
    assert told(found(later)) == ["ask omnibus-gitlab#1"]
    request = request_of(later, desk(later), SETTINGS)
    assert request is not None
    assert request.asked_by == "somebody"


def test_a_label_that_asks_and_tells_no_source_counts_as_a_mention() -> None:
    issue = an_issue(1, "help")
    (one,) = found(issue, changes={"rules.unplanned_work.asks_by": ("help",)})
    assert "(mention, from @somebody" in one.says


@pytest.mark.parametrize(
    "item",
    [
        an_issue(1),
        an_issue(1, "incident", "Unplanned"),
        an_issue(1, "incident", "Deliverable"),
        an_issue(1, "incident", milestone="Backlog"),
        an_issue(1, "incident", assignees=("nadia",)),
        an_issue(1, "incident", "awaiting feedback"),
        an_issue(1, "incident", project="gitlab-org/gitlab"),
        an_issue(1, "incident", state="closed", closed_at=NOW - timedelta(days=1)),
        a_merge_request(1, "incident"),
        an_epic(1, "incident", TEAM),
    ],
)
def test_what_is_no_request_or_was_decided_is_left_alone(item: Item) -> None:
    assert found(item) == []


# --- how urgent it is --------------------------------------------------------------------------------


def test_of_a_request_without_an_issue_only_what_people_said_is_known() -> None:
    assessment = weighed(a_request(incident="yes"))
    assert (assessment.result, assessment.row) == ("take", "incident")
    assert assessment.why == "an incident is active (somebody said so of the incident)"
    assert assessment.unknown == ("internal impact", "external impact", "sla", "policy", "deadline")
    assert weighed(a_request()).result == "ask"


def test_what_people_said_wins_over_the_labels() -> None:
    issue = an_issue(1, "incident")
    assert answer(weighed(a_request(issue.ref), issue), "incident") == ("yes", "it has ~incident")
    assert weighed(a_request(issue.ref, incident="no"), issue).result == "ask"
    unsure = weighed(a_request(issue.ref, incident="unknown"), issue)
    assert answer(unsure, "incident") == ("yes", "it has ~incident")
    nothing = weighed(a_request(incident="unknown"))
    assert answer(nothing, "incident") == ("unknown", "somebody said so of the incident")


def test_what_speaks_for_urgency_counts_before_what_speaks_against_it() -> None:
    issue = an_issue(1, "severity::4", "customer")
    assert answer(weighed(a_request(issue.ref), issue), "external impact") == ("yes", "it has ~customer")


def test_a_severitys_time_is_weighed_against_the_milestones_end() -> None:
    since = at("2026-05-01 09:00")
    issue = an_issue(1, "severity::1", since=since)
    assert answer(weighed(a_request(issue.ref), issue), "sla") == ("yes", "~severity::1 asks for it by Sun 31 May")
    later = an_issue(1, "severity::3", since=since)
    assert answer(weighed(a_request(later.ref), later), "sla") == ("no", "~severity::3 asks for it by Thu 30 Jul")
    undated = an_issue(1, "severity::2")
    assert answer(weighed(a_request(undated.ref), undated), "sla")[1] == "~severity::2 asks for it by Fri 17 Jul"
    book = a_handbook({"severities": {"severity::1": BOOK.severities["severity::1"].__class__(1)}})
    assert answer(assess(a_request(issue.ref), Desk(a_snapshot(issue, handbook=book), book), SETTINGS), "sla") == (
        "unknown",
        "",
    )


def test_a_deadline_is_weighed_against_the_milestones_end() -> None:
    assert answer(weighed(a_request(by="2026-06-12")), "deadline") == ("yes", "it is needed by Fri 12 Jun")
    assert answer(weighed(a_request(by="2026-06-13")), "deadline")[0] == "no"
    over = (Milestone("19.0", date(2026, 4, 1), date(2026, 5, 1)),)
    assert answer(weighed(a_request(by="2026-06-12"), milestones=over), "deadline")[0] == "unknown"


def test_a_milestone_and_what_it_blocks_tell_too() -> None:
    running = an_issue(1, milestone=MILESTONE, blocks=(f"{PROJECT}#2",))
    assessment = weighed(a_request(running.ref), running)
    assert answer(assessment, "deadline") == ("yes", "it is in 19.1, until Fri 12 Jun")
    assert answer(assessment, "internal impact") == ("yes", f"it blocks {PROJECT}#2")
    assert (assessment.result, assessment.row) == ("take", "team-deadline")
    later = an_issue(1, milestone="19.2")
    assert answer(weighed(a_request(later.ref), later), "deadline")[0] == "no"
    backlog = an_issue(1, milestone="Backlog")
    assert answer(weighed(a_request(backlog.ref), backlog), "deadline")[0] == "unknown"
    request = a_merge_request(1)
    assert answer(weighed(a_request(request.ref), request), "internal impact")[0] == "unknown"


def test_a_row_may_ask_for_a_source() -> None:
    table = (Judgement(row="debt", result="decline", says="technical debt is planned", source="technical debt"),)
    debts = Settings(table=table)
    assert assess(a_request(source="technical debt"), desk(), debts).why == "technical debt is planned"
    assert assess(a_request(source="customer"), desk(), debts).result == "ask"


ANSWERS = st.sampled_from(get_args(Answer))


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(URGENCIES, ANSWERS)))
def test_the_bundled_table_decides_always_and_by_the_first_row_that_fits(holds: dict[Urgency, Answer]) -> None:
    criteria = tuple(Criterion(name, holds[name]) for name in URGENCIES if name in holds)
    assessment = weighed(structs.replace(a_request(), criteria=criteria))
    assert [one.name for one in assessment.criteria] == list(URGENCIES)
    fitting = [
        row for row in SETTINGS.table if all(row.of(name) in {None, holds.get(name, "unknown")} for name in URGENCIES)
    ]
    assert (assessment.row, assessment.result) == (fitting[0].row, fitting[0].result)
    if holds.get("incident") == "yes":
        assert assessment.result == "take"


# --- what would slip ---------------------------------------------------------------------------------


def a_deliverable(iid: int, priority: int | None = 3, weight: int | None = 1, *labels: str, **facts: object) -> Item:
    ranked = (f"priority::{priority}",) if priority else ()
    return an_issue(
        iid,
        "Deliverable",
        *ranked,
        *labels,
        weight=weight,
        milestone=MILESTONE,
        **facts,  # type: ignore[arg-type]
    )


def slips(
    request: UnplannedRequest,
    *items: Item,
    taker: str = "",
    label: str = "priority::1",
    requests: tuple[UnplannedRequest, ...] = (),
) -> list[Slip]:
    return would_slip(request, desk(*items, requests=requests), SETTINGS, (label,), taker)


def numbers(found: list[Slip]) -> list[int]:
    return [one.item.iid for one in found]


def test_the_least_important_that_nobody_has_begun_gives_way() -> None:
    items = (
        a_deliverable(1, 2),
        a_deliverable(2, 4, 1, "workflow::in dev"),
        a_deliverable(3, 4, 1, "workflow::blocked"),
        a_deliverable(4, 4),
        a_deliverable(5, 3),
        an_issue(6, "priority::4", milestone=MILESTONE),
        an_issue(7, "Deliverable", "priority::4", milestone="19.2"),
        a_merge_request(8, "Deliverable", "priority::4", milestone=MILESTONE),
    )
    (one,) = slips(a_request(), *items)
    assert (one.item.iid, one.why) == (4, "~priority::4, weight 1, not started, nobody’s yet")


def test_as_many_give_way_as_the_request_weighs_and_few_rather_than_many() -> None:
    request = an_issue(9, "customer", weight=4)
    items = (request, a_deliverable(1, 4, 1), a_deliverable(2, 4, 2), a_deliverable(3, 3, 8), a_deliverable(4, 3, 1))
    assert numbers(slips(a_request(request.ref), *items)) == [2, 1, 4]
    assert numbers(slips(a_request(), *items)) == [1]
    assert numbers(slips(a_request(), a_deliverable(1, None, None), a_deliverable(2, 4))) == [1]
    heavy = an_issue(9, "customer", weight=100)
    assert numbers(slips(a_request(heavy.ref), heavy, *items[1:])) == [2, 1, 3, 4]


def test_nothing_more_important_than_the_request_gives_way() -> None:
    third = "priority::3"
    assert numbers(slips(a_request(), a_deliverable(1, 2), label=third)) == []
    assert numbers(slips(a_request(), a_deliverable(1, 2), a_deliverable(2, 3), label=third)) == [2]
    own = a_deliverable(9, 3)
    assert numbers(slips(a_request(own.ref), own)) == []


def test_what_has_no_priority_displaces_nothing_that_has_one() -> None:
    assert numbers(slips(a_request(), a_deliverable(1, 1), a_deliverable(2, 4), label="")) == []
    assert numbers(slips(a_request(), a_deliverable(1, 4), a_deliverable(2, None), label="")) == [2]


@pytest.mark.parametrize(
    ("facts", "gives_way"),
    [
        ({"milestone": MILESTONE}, [2]),
        ({}, [2]),
        ({"milestone": "19.0"}, [1]),
        ({"milestone": MILESTONE, "state": "closed", "closed_at": NOW}, [2]),
    ],
)
def test_one_deliverable_does_not_give_way_twice(facts: dict[str, object], gives_way: list[int]) -> None:
    earlier = an_issue(9, "Unplanned", **facts)  # type: ignore[arg-type]
    items = (earlier, a_deliverable(1, 4), a_deliverable(2, 3))
    taken = structs.replace(a_request(earlier.ref), id=1, state="taken", displaced=(f"{PROJECT}#1",))
    assert numbers(slips(a_request(), *items, requests=(taken,))) == gives_way
    declined = structs.replace(taken, state="declined")
    assert numbers(slips(a_request(), *items, requests=(declined,))) == [1]


def test_what_waits_to_be_opened_displaces_too_and_what_is_long_over_does_not() -> None:
    taken = structs.replace(a_request(), id=1, state="taken", displaced=(f"{PROJECT}#1",))
    items = (a_deliverable(1, 4), a_deliverable(2, 3))
    assert numbers(slips(a_request(), *items, requests=(taken,))) == [2]
    over = structs.replace(taken, ref=f"{PROJECT}#8")
    assert numbers(slips(a_request(), *items, requests=(over,))) == [1]


def test_the_takers_own_give_way_first() -> None:
    items = (a_deliverable(1, 4), a_deliverable(2, 3, None, assignees=("nadia",)))
    (one,) = slips(a_request(), *items, taker="nadia")
    assert (one.item.iid, one.why) == (2, "~priority::3, no weight, not started, assigned to Nadia")
    assert numbers(slips(a_request(), *items, taker="mara")) == [1]
    (none,) = slips(a_request(), a_deliverable(3, None))
    assert none.why.startswith("no priority, ")


def test_where_no_milestone_runs_nothing_gives_way() -> None:
    over = (Milestone("19.0", date(2026, 4, 1), date(2026, 5, 1)),)
    assert would_slip(a_request(), desk(a_deliverable(1), milestones=over), SETTINGS, ("priority::1",)) == []


@given(
    st.permutations(range(1, 7)),
    st.lists(st.tuples(st.integers(1, 4), st.integers(1, 8)), min_size=6, max_size=6),
    st.integers(1, 20),
)
def test_what_gives_way_is_the_least_important_and_never_more_than_needed(
    order: list[int], facts: list[tuple[int, int]], weight: int
) -> None:
    items = {iid: a_deliverable(iid, *facts[iid - 1]) for iid in order}
    request = an_issue(90, "customer", weight=weight)
    chosen = numbers(slips(a_request(request.ref), request, *items.values()))
    assert chosen == numbers(slips(a_request(request.ref), request, *(items[iid] for iid in sorted(order))))
    ranks = [facts[iid - 1][0] for iid in chosen]
    assert ranks == sorted(ranks, reverse=True)
    assert all(facts[iid - 1][0] <= min(ranks) for iid in items if iid not in chosen)
    weights = [facts[iid - 1][1] for iid in chosen]
    assert sum(weights) >= min(weight, sum(each for _, each in facts))
    assert sum(weights[:-1]) < weight


# --- the answers -------------------------------------------------------------------------------------


def comments(one: Finding) -> list[Comment]:
    for remedy in one.remedies:
        assert isinstance(remedy.change, Comment)
        assert_kind(remedy.change)
    return [remedy.change for remedy in one.remedies if isinstance(remedy.change, Comment)]


def test_somebody_may_take_a_request_whatever_the_table_says() -> None:
    issue = an_issue(1, "customer", *WHOLE)
    request = a_request(issue.ref)
    at_desk = desk(issue)
    one = unplanned_answers.take(request, issue, at_desk, assess(request, at_desk, SETTINGS), "nadia")
    assert one.says == "Nadia takes this request (customer, from @ada on Tue 2 Jun) as Unplanned work."
    assert one.who == ("nadia",)
    assert [remedy.change for remedy in one.remedies] == [
        AddLabels(("Unplanned",)),
        SetMilestone(MILESTONE),
        Assign(("nadia",)),
    ]


def test_a_request_without_an_issue_is_opened_as_unplanned_work() -> None:
    request = structs.replace(a_request(), id=3, note="seen on two clusters")
    one = unplanned_answers.opening(request, PROJECT, desk(), weighed(request), "nadia")
    assert (one.code, one.subject) == ("take", PROJECT)
    assert one.says.endswith(
        "as Unplanned work; it has no issue yet; it has no priority and no type, so that it is in nobody’s queue yet."
    )
    assert [remedy.change for remedy in one.remedies] == [
        CreateItem(
            "request-3",
            "Please help",
            "A request that nobody planned (customer, from @ada on Tue 2 Jun). seen on two clusters.",
            ("Unplanned", TEAM, f"{TEAM}::build", "FY27::Q2"),
            ("nadia",),
            MILESTONE,
        )
    ]
    urgent = weighed(a_request(incident="yes"))
    plain = unplanned_answers.opening(a_request(), PROJECT, desk(), urgent, "nadia", ("type::bug",)).remedies[0].change
    assert isinstance(plain, CreateItem)
    assert {"priority::1", "type::bug"} <= set(plain.labels)
    assert plain.description == "A request that nobody planned (customer, from @ada on Tue 2 Jun)."


def test_what_is_there_already_is_not_done_again() -> None:
    issue = an_issue(1, "Unplanned", *WHOLE, milestone=MILESTONE, assignees=("nadia",))
    assert unplanned_answers.taking(issue, desk(issue), "nadia") == ()
    over = (Milestone("19.0", date(2026, 4, 1), date(2026, 5, 1)),)
    new = an_issue(1, *WHOLE)
    remedies = unplanned_answers.taking(new, desk(new, milestones=over))
    assert [remedy.change for remedy in remedies] == [AddLabels(("Unplanned",))]


def test_declining_says_why_and_what_else_may_help() -> None:
    request = a_request(f"{PROJECT}#1")
    one = unplanned_answers.decline(request, desk(), "it would delay\n 19.1", "The workaround in the docs!")
    assert (one.code, one.clause) == ("decline", "unplanned.decline")
    assert one.says == "This request (customer, from @ada on Tue 2 Jun) is declined: it would delay 19.1."
    (comment,) = comments(unplanned_answers.decline(request, desk(), "it would delay 19.1", "see the docs"))
    assert (comment.topic, comment.to) == ("unplanned-declined", ("ada",))
    assert comment.asks == (
        "We have weighed how urgent it is, and it does not go into the running milestone: it would delay 19.1. What "
        "may help instead: see the docs."
    )


def test_declining_can_tell_the_managers() -> None:
    one = unplanned_answers.decline(a_request(f"{PROJECT}#1"), desk(), "it would delay 19.1", escalate=True)
    first, second = comments(one)
    assert "What may help instead" not in first.asks
    assert (second.topic, second.to) == ("unplanned-escalated", ("erin", "paul"))
    assert "from @ada" in second.asks
    assert "propose not to take it into the running milestone: it would delay 19.1. EM and PM have" in first.asks
    assert one.says.endswith("is to be declined, if EM and PM see it the same way: it would delay 19.1.")


def test_asking_puts_the_question_and_can_seek_advice() -> None:
    request = a_request(f"{PROJECT}#1")
    (comment,) = comments(unplanned_answers.ask(request, desk(), "How many users are hit"))
    assert (comment.topic, comment.to) == ("unplanned-asked", ("ada",))
    assert "How many users are hit?" in comment.asks
    one = unplanned_answers.ask(request, desk(), "How many users are hit?", advice=True)
    assert one.says.endswith("waits for an answer: How many users are hit?")
    assert comments(one)[1].to == ("erin", "paul")


def asked_about(ref: str, **facts: object) -> UnplannedRequest:
    known = {"id": 1, "state": "asked", "note": "For when?", "decided_at": NOW - timedelta(days=2)}
    asked = structs.replace(a_request(ref), asked_at=NOW - timedelta(days=3))
    return structs.replace(asked, **{**known, **facts})


def test_a_request_that_was_asked_about_comes_back_with_the_answer() -> None:
    then = NOW - timedelta(days=1)
    issue = an_issue(1, "customer", last_human_at=then, last_human_by="ada")
    (one,) = check_rule("unplanned_work", a_snapshot(issue, handbook=BOOK, requests=(asked_about(issue.ref),)), BOOK)
    assert (one.code, one.clause, one.who, one.remedies) == ("answered", "unplanned.ask", ("erin", "paul"), ())
    assert one.says == (
        "@ada was asked about this request (customer, from @ada on Sat 30 May) and has spoken on Mon 1 Jun: take it "
        "in, decline it or ask once more."
    )


@pytest.mark.parametrize(
    ("facts", "said", "code"),
    [
        ({"last_human_at": NOW - timedelta(days=2), "last_human_by": "ada"}, {}, "ask"),
        ({"last_human_at": NOW, "last_human_by": "mara"}, {}, "ask"),
        ({"last_human_at": NOW, "last_human_by": "mara", "spoke": {"ada": NOW, "mara": NOW}}, {}, "answered"),
        ({"last_human_at": NOW - timedelta(days=2.5), "last_human_by": "ada"}, {"decided_at": None}, "answered"),
        ({"last_human_at": NOW, "last_human_by": "ada"}, {"state": "open"}, "ask"),
    ],
)
def test_an_answer_is_what_the_one_asked_says_after_it(
    facts: dict[str, object], said: dict[str, object], code: str
) -> None:
    issue = an_issue(1, "customer", **facts)  # type: ignore[arg-type]  # an issue's facts
    asked = asked_about(issue.ref, **said)
    assert told(check_rule("unplanned_work", a_snapshot(issue, handbook=BOOK, requests=(asked,)), BOOK)) == [
        f"{code} omnibus-gitlab#1"
    ]
    assert unplanned_answers.answer_to(asked, desk()) is None, "of an issue that is over nothing is asked"


DUE = at("2026-06-12 12:00")
NEXT = (Milestone("19.1", date(2026, 5, 16), DUE.date()), Milestone("19.2", date(2026, 6, 13), date(2026, 7, 10)))


@pytest.mark.parametrize(
    ("now", "milestones", "into"),
    [
        (DUE - timedelta(days=1), NEXT, "19.1"),
        (DUE, NEXT, "19.2"),
        (DUE, (), "19.2"),
        (DUE, NEXT[:1], "19.1"),
        (DUE + timedelta(days=1), NEXT, "19.2"),
    ],
)
def test_what_comes_in_on_the_last_day_is_for_the_next_milestone(
    now: datetime, milestones: tuple[Milestone, ...], into: str
) -> None:
    issue = an_issue(1, "incident", *WHOLE)
    own = structs.replace(an_issue(2, "Deliverable", "priority::4", assignees=("nadia",)), milestone=into)
    other = structs.replace(own, ref=f"{PROJECT}#3", milestone="19.1" if into == "19.2" else "19.2")
    items = (issue, own, other)
    at_desk = Desk(a_snapshot(*items, now=now, milestones=milestones, handbook=BOOK), BOOK)
    taken = [remedy.change for remedy in unplanned_answers.taking(issue, at_desk, "nadia")]
    assert SetMilestone(into) in taken
    opened = unplanned_answers.opening(a_request(), PROJECT, at_desk, weighed(a_request()), "nadia").remedies[0].change
    assert isinstance(opened, CreateItem)
    assert opened.milestone == into
    gives_way = would_slip(a_request(issue.ref), at_desk, SETTINGS, ("priority::1",), "nadia")
    assert numbers(gives_way) == [2], "what gives way makes room where it comes in"


def test_what_our_own_taking_made_is_no_reason_for_it() -> None:
    issue = an_issue(1, "customer", milestone=MILESTONE)
    taken = structs.replace(a_request(issue.ref), state="taken")
    assert answer(weighed(taken, issue), "deadline") == ("unknown", "")
    assert answer(weighed(structs.replace(taken, deadline=date(2026, 6, 12)), issue), "deadline")[0] == "yes"


def test_what_was_known_when_it_was_decided_stays_so() -> None:
    issue = an_issue(1, "customer", "incident", milestone=MILESTONE)
    criteria = (Criterion("incident", "unknown"), Criterion("external impact", "yes", "it has ~customer"))
    kept = structs.replace(a_request(issue.ref), criteria=criteria, state="declined")
    assert answer(weighed(kept, issue), "incident") == ("unknown", "")
    assert answer(weighed(structs.replace(kept, state="open"), issue), "incident") == ("yes", "it has ~incident")


def test_somebody_who_holds_it_by_a_claim_is_told_who_takes_it() -> None:
    def taking(by: str) -> list[Comment]:
        issue = an_issue(1, "customer", *WHOLE, claims=(a_claim(by, "2026-06-10", NOW - timedelta(days=1)),))
        at_desk, request = desk(issue), a_request(issue.ref)
        taken = unplanned_answers.take(request, issue, at_desk, weighed(request, issue), "nadia")
        return [change for change in changes_of([taken]) if isinstance(change, Comment)]

    (comment,) = taking("timo")
    assert (comment.topic, comment.to) == ("unplanned-claimed", ("timo",))
    assert comment.asks.startswith("Nadia starts on it now as Unplanned work")
    assert_kind(comment)
    assert taking("nadia") == []


def test_a_request_of_nobodys_is_somebodys() -> None:
    request = UnplannedRequest("Please help", "customer", NOW, ref=f"{PROJECT}#1")
    one = unplanned_answers.ask(request, desk(), "Who asks?")
    assert "(customer, from somebody on Tue 2 Jun)" in one.says
    assert one.remedies == ()


# --- what a milestone took in ------------------------------------------------------------------------


def taken(iid: int, *labels: str, **facts: object) -> Item:
    return an_issue(iid, "Unplanned", *labels, milestone=MILESTONE, assignees=("nadia",), **facts)  # type: ignore[arg-type]


def test_what_a_running_milestone_took_in_is_told_by_source() -> None:
    ended = taken(4, "incident", state="closed", closed_at=NOW - timedelta(days=1))
    foreign = taken(5, project="gitlab-org/gitlab", state="closed", closed_at=NOW - timedelta(days=1))
    elsewhere = an_issue(6, "Unplanned", milestone="19.0", state="closed", closed_at=NOW - timedelta(days=1))
    (one,) = found(
        taken(1, "customer", weight=3, since=at("2026-05-20 09:00")),
        taken(2, "customer"),
        taken(3),
        ended,
        foreign,
        elsewhere,
        a_merge_request(7, "Unplanned", milestone=MILESTONE),
    )
    assert (one.code, one.subject, one.clause, one.period) == ("taken-in", "milestone:19.1", "unplanned.take", "19.1")
    assert one.says == ("19.1 took in 4 Unplanned issues (2 customer, 1 incident and 1 without a source; weight 6).")
    assert one.evidence[0].at == at("2026-05-20 09:00")
    assert one.who == ("erin", "paul")


def test_what_moved_out_since_is_told_with_it_and_not_what_rolled_over() -> None:
    began, came, moved = at("2026-05-10 09:00"), at("2026-05-20 09:00"), at("2026-05-25 09:00")

    def left(iid: int, when: datetime, *labels: str, **facts: object) -> Item:
        stays = (Stay("19.1", began), Stay("19.2", when))
        return an_issue(iid, *labels, milestone="19.2", milestones=stays, **facts)  # type: ignore[arg-type]

    items = (
        left(2, moved, "Deliverable"),
        left(3, came - timedelta(days=1), "Deliverable"),
        left(4, began, "Deliverable"),
        left(5, moved),
        left(6, moved, "Deliverable", project="gitlab-org/gitlab"),
        left(7, moved - timedelta(days=1), "Deliverable", state="closed", closed_at=NOW),
        an_issue(8, "Deliverable", milestones=(Stay("19.0", began), Stay("19.1", began))),
        an_issue(9, "Deliverable", milestone="19.2", milestones=(Stay("19.0", began), Stay("19.2", moved))),
        an_issue(10, "Deliverable", milestone=MILESTONE, milestones=(Stay("19.0", began), Stay("19.1", moved))),
        an_issue(11, "Deliverable", "missed:19.1", milestone="19.2"),
    )
    (one,) = found(taken(1, since=came), *items)
    assert one.says == (
        "19.1 took in 1 Unplanned issue (1 without a source; weight 1), and since the first of them 2 of its "
        f"Deliverables left it: {PROJECT}#7 and {PROJECT}#2."
    )
    assert [each.at for each in one.evidence[1:]] == [moved - timedelta(days=1), moved]
    (undated,) = found(taken(1), *items)
    assert undated.says.endswith("weight 1).")


def test_the_source_that_people_state_stays_with_what_was_taken() -> None:
    request = structs.replace(a_request(f"{PROJECT}#1", source="technical debt"), id=1, state="taken")
    snapshot = a_snapshot(taken(1, "customer"), taken(2), handbook=BOOK, requests=(request,))
    (one,) = check_rule("unplanned_work", snapshot, BOOK)
    assert "(1 technical debt and 1 without a source;" in one.says


def test_what_was_to_give_way_and_left_in_whichever_way_is_told_too() -> None:
    refs = tuple(f"{PROJECT}#{number}" for number in range(2, 7))
    request = structs.replace(a_request(f"{PROJECT}#1"), id=1, state="taken", displaced=refs)
    items = (
        taken(1),
        an_issue(2, "Deliverable"),
        an_issue(3, milestone=MILESTONE),
        a_deliverable(4),
        a_deliverable(5, state="closed", closed_at=NOW),
        an_issue(7, "Deliverable"),
    )
    (one,) = check_rule("unplanned_work", a_snapshot(*items, handbook=BOOK, requests=(request,)), BOOK)
    assert one.says.endswith(f"2 of its Deliverables left it: {refs[0]} and {refs[1]}.")


def test_what_moves_on_the_last_day_rolls_over() -> None:
    stays = (Stay("19.1", at("2026-05-10 09:00")), Stay("19.2", at("2026-06-12 09:00")))
    items = (
        taken(1, since=at("2026-05-20 09:00")),
        an_issue(2, "Deliverable", milestone="19.2", milestones=stays),
    )
    book = a_handbook()
    (one,) = check_rule("unplanned_work", a_snapshot(*items, now=at("2026-06-12 10:00"), handbook=book), book)
    assert one.says.endswith("weight 1).")


def test_a_plan_says_what_would_give_way_before_anybody_takes_it() -> None:
    first, *_ = found(an_issue(1, "incident", *WHOLE), a_deliverable(2, 4), a_deliverable(3, 3))
    assert first.says.endswith(
        f"(it has ~incident); what would give way is {PROJECT}#2 (~priority::4, weight 1, not started, nobody’s yet)."
    )


def test_what_another_team_opens_or_mentions_us_in_is_its_request() -> None:
    teams: dict[str, object] = {"rules.unplanned_work.other_teams": {"Support": ("ramon",), "Geo": ("lena",)}}
    (opened,) = found(an_issue(1, author="ramon"), changes=teams)
    assert "(other team, from @ramon" in opened.says
    then = at("2026-06-01 10:00")
    (mentioned,) = found(an_issue(1, mentioned_since=then, last_human_at=then, last_human_by="lena"), changes=teams)
    assert "(other team, from @lena" in mentioned.says
    (labelled,) = found(an_issue(1, "regression", author="ramon"), changes=teams)
    assert "(regression, from @ramon" in labelled.says
    (took,) = found(taken(1, author="lena"), taken(2), changes=teams)
    assert "(1 other team and 1 without a source;" in took.says
    assert found(an_issue(1, author="ramon")) == []


def test_labels_of_debt_and_of_other_teams_are_requests() -> None:
    (debt,) = found(an_issue(1, "technical debt"))
    assert "(technical debt, from @somebody" in debt.says
    (other,) = found(an_issue(1, "infradev"))
    assert "(other team, from @somebody" in other.says


def test_a_milestone_that_took_in_nothing_is_not_spoken_of() -> None:
    assert found(a_deliverable(1)) == []


def test_every_finding_has_its_example() -> None:
    snapshot: Snapshot = a_snapshot(
        an_issue(1, "incident"),
        an_issue(2, "customer"),
        an_issue(3, "customer", "severity::4", "priority::4"),
        taken(4),
        an_issue(5, "customer", last_human_at=NOW, last_human_by="ada"),
        requests=(asked_about(f"{PROJECT}#5"),),
    )
    assert {one.code for one in check_rule("unplanned_work", snapshot)} == set(rules()["unplanned_work"].codes)
