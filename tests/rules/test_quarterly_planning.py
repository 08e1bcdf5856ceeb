"""Quarterly planning: the issue that plans, its ticks, who is reminded, and OKRs that lack something."""

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from handrail.gitlab.descriptions import sections_of
from handrail.handbook.work import QuarterStep
from handrail.model.actions import Comment, CreateItem, EditItem
from handrail.model.findings import Finding
from handrail.model.items import Issue, Item, Section
from handrail.model.people import Away, Person
from handrail.model.plans import Known, Plan
from handrail.plan.planner import make_plan
from handrail.rules.desk import Desk
from handrail.rules.okr_gaps import lacks
from handrail.rules.okrs import Okr, okrs
from handrail.rules.quarter_steps import last_business_day
from handrail.rules.quarterly_planning import Settings, steps_to_next
from handrail.testing import (
    PEOPLE,
    a_handbook,
    a_merge_request,
    a_snapshot,
    an_epic,
    an_issue,
    at,
    check_rule,
    told,
)
from handrail.worktime.fiscal import FiscalQuarter

TASKS = "gitlab-org/distribution/team-tasks"
NEXT = "FY27::Q3"
"""July 2026 is the third month of FY27's second quarter."""
EARLY, SECOND_WEEK, LATE, LAST = (at(f"2026-07-{day} 10:00") for day in ("02", "08", "29", "31"))
STEPS = (
    "PM, EM and Staff Engineer: draft the next quarter's OKRs (Wed 1 Jul to Tue 7 Jul)",
    "OKR DRI: take an OKR and scope it with the others it needs (Wed 8 Jul to Fri 31 Jul)",
    "every engineer: contribute to the scoping that interests them (Wed 8 Jul to Fri 31 Jul)",
    "EM: decide whether planning days are reserved (Wed 8 Jul to Tue 14 Jul)",
    "everyone: OKRs and their scoping are final (Wed 15 Jul to Fri 31 Jul)",
)
LEADS = {**PEOPLE, "sten": Person("Sten", roles=("staff_engineer",))}


def the_issue(
    *labels: str, ticked: int = 0, which: tuple[int, ...] = (), lines: tuple[str, ...] = STEPS, **facts: str
) -> Issue:
    left = tuple(line for number, line in enumerate(lines) if number not in (which or range(ticked)))
    sections = (Section("", 20), Section("steps", 40, len(lines) - len(left), len(lines), left))
    issue = an_issue(40, *labels, project=TASKS, title="Quarterly planning FY27 Q3", sections=sections)
    return replace(issue, **facts)


def an_okr(iid: int, *labels: str, **facts: object) -> Issue:
    return replace(an_issue(iid, "OKR", NEXT, *labels, title=f"Objective {iid}"), **facts)


def a_draft(iid: int, **facts: object) -> Issue:
    """An OKR that the EM wrote."""
    return an_okr(iid, **{"author": "erin", **facts})


def found(
    *items: Item,
    now: datetime = EARLY,
    changes: dict[str, object] | None = None,
    people: Mapping[str, Person] = PEOPLE,
) -> list[Finding]:
    book = a_handbook(changes, people)
    return check_rule("quarterly_planning", a_snapshot(*items, now=now, handbook=book), book)


def comments(findings: list[Finding]) -> list[Comment]:
    changes = [remedy.change for one in findings for remedy in one.remedies]
    return [change for change in changes if isinstance(change, Comment)]


def ticks(findings: list[Finding]) -> tuple[str, ...]:
    changes = [remedy.change for one in findings for remedy in one.remedies]
    return next((change.tick for change in changes if isinstance(change, EditItem)), ())


def done_by(code: str, *items: Item, now: datetime = SECOND_WEEK) -> list[Finding]:
    return [one for one in found(*items, now=now) if one.code == code]


# --- the planning issue -----------------------------------------------------------------------------------


def test_in_the_third_month_an_issue_is_opened_that_plans_the_next_quarter() -> None:
    one = found()
    assert told(one) == ["no-issue team"]
    assert one[0].says == "No issue plans FY27 Q3 yet, and its OKRs are to be final by Fri 31 Jul."
    assert (one[0].who, one[0].severity, one[0].period) == (("erin", "paul"), "warning", NEXT)
    (remedy,) = one[0].remedies
    assert remedy.subject == TASKS
    change = remedy.change
    assert isinstance(change, CreateItem)
    assert (change.topic, change.title) == ("quarterly-planning-FY27-Q3", "Quarterly planning FY27 Q3")
    assert (change.labels, change.assignees) == (("group::distribution", NEXT), ("erin",))
    assert change.description.startswith(
        "Here the OKRs of FY27 Q3 are planned. An OKR is an item of the team’s with ~OKR"
    )
    assert sections_of(change.description)[-1].unticked == STEPS


def test_another_project_and_title_may_be_chosen() -> None:
    changes: dict[str, object] = {
        "rules.quarterly_planning.project": "gitlab-org/plans",
        "rules.quarterly_planning.title": "OKRs for {quarter}",
    }
    (remedy,) = found(changes=changes)[0].remedies
    assert isinstance(remedy.change, CreateItem)
    assert (remedy.subject, remedy.change.title) == ("gitlab-org/plans", "OKRs for FY27 Q3")
    theirs = an_issue(1, project="gitlab-org/plans", title=" OKRS for FY27 Q3")
    assert found(theirs, changes=changes) == []


def test_the_issue_is_found_again_open_or_closed() -> None:
    assert found(the_issue()) == []
    closed = replace(the_issue(), state="closed", closed_at=EARLY)
    assert found(closed) == []
    elsewhere = an_issue(1, title="Quarterly planning FY27 Q3")
    others = an_issue(2, project=TASKS, title="Quarterly planning FY27 Q2")
    request = a_merge_request(3, project=TASKS, title="Quarterly planning FY27 Q3")
    assert told(found(elsewhere, others, request)) == ["no-issue team"]
    second = replace(the_issue("planning-days::no"), ref=f"{TASKS}#41")
    assert told(found(closed, second)) == ["step-done team-tasks#41"]


def test_in_other_months_and_without_steps_nothing_is_said() -> None:
    assert found(now=at("2026-06-30 12:00")) == []
    assert found(now=at("2026-08-01 12:00")) == []
    assert found(changes={"planning.quarterly": ()}) == []


@given(st.integers(0, 800))
def test_every_quarter_is_planned_in_the_month_before_it(days: int) -> None:
    now = at("2026-01-01 12:00") + timedelta(days=days)
    one = found(now=now)
    assert bool(one) == (now.month in {1, 4, 7, 10})
    if one:
        first_of_next = (now.replace(day=1) + timedelta(days=31)).date().replace(day=1)
        quarter = FiscalQuarter.of(first_of_next)
        assert (quarter.first, one[0].period) == (first_of_next, quarter.label)


# --- ticks ------------------------------------------------------------------------------------------------


SCOPING = "gitlab-org/omnibus-gitlab#7"


def whole(iid: int, **facts: object) -> Issue:
    """An OKR of Nadia's that one issue scopes."""
    return a_draft(iid, **{"assignees": ("nadia",), "related": (SCOPING,), **facts})


def test_steps_are_ticked_as_the_facts_say_that_they_are_done() -> None:
    scoping = an_issue(7, author="mara", assignees=("nadia",), created_at=SECOND_WEEK - timedelta(hours=1))
    one = done_by("step-done", the_issue("planning-days::no"), whole(1), whole(2), scoping)
    assert ticks(one) == STEPS[:4]
    assert one[0].says == (
        "4 of the steps to FY27 Q3 can be ticked: FY27 Q3 has 2 OKRs, every OKR of FY27 Q3 has an owner and "
        "issues that scope it, Mara took part in the scoping and this issue has ~planning-days::no."
    )
    assert ticks(done_by("step-done", the_issue(), whole(1), whole(2), scoping, now=LAST)) == (*STEPS[:3], STEPS[4])


def test_what_is_ticked_already_is_left_alone() -> None:
    assert ticks(found(the_issue(ticked=1), a_draft(1), a_draft(2))) == ()
    assert ticks(found(replace(the_issue(), sections=()), a_draft(1), a_draft(2))) == ()
    assert ticks(found(the_issue(which=(3,)), whole(1), whole(2))) == STEPS[:2]
    assert ticks(found(the_issue(which=(1, 3)), whole(1), whole(2))) == STEPS[:1]


def test_people_may_add_lines_reword_and_untick() -> None:
    owners = STEPS[1].replace("OKR DRI", "OKR owners").replace("Fri 31 Jul", "the 30th")
    lines = ("Ask the board first", STEPS[0], owners, "someone: draft the talk (in May)")
    book = a_handbook()

    def plan(issue: Issue, known: Known) -> Plan:
        snapshot = a_snapshot(issue, whole(1), whole(2), now=SECOND_WEEK, handbook=book)
        return make_plan(check_rule("quarterly_planning", snapshot, book), snapshot, book, known=known)

    (both,) = plan(the_issue(lines=lines), Known()).actions
    assert both.change == EditItem(tick=(STEPS[0], owners))
    # The last word is theirs: what was ticked once and is not any more stays so when the next step is done.
    known = Known(effects={both.effects[0]: EARLY})
    (rest,) = plan(the_issue(lines=lines), known).actions
    assert rest.change == EditItem(tick=(owners,))
    assert plan(the_issue(lines=lines[:2]), known).actions == ()
    assert done_by("step-done", the_issue(lines=("my draft", "scope the OKRs")), whole(1), whole(2)) == []


def test_each_step_to_the_next_quarter_says_why_it_is_done() -> None:
    own = QuarterStep("PM", "ask the customers", "milestone.available", 31)
    book = a_handbook({"planning.quarterly": (*a_handbook().planning.quarterly, own)})

    def done(*items: Item) -> list[str]:
        desk = Desk(a_snapshot(*items, now=SECOND_WEEK, handbook=book), book)
        return [step.clause for step, why in steps_to_next(desk, Settings()) if why]

    over = a_draft(3, state="closed", closed_at=EARLY)
    assert done(a_draft(1), over) == []
    assert done(whole(1), whole(2)) == ["quarter.draft", "quarter.scope"]
    assert done(the_issue(lines=(STEPS[0],))) == ["milestone.available"]
    assert done(the_issue(lines=("PM: ask the customers (in July)",))) == []


def test_okrs_are_drafted_once_there_are_several_of_those_who_draft() -> None:
    def drafted(*items: Item, drafts: int = 2, people: Mapping[str, Person] = PEOPLE) -> bool:
        changes: dict[str, object] = {"rules.quarterly_planning.drafts": drafts}
        return bool(ticks(found(the_issue(), *items, changes=changes, people=people)))

    assert not drafted(a_draft(1))
    assert drafted(a_draft(1), drafts=1)
    assert drafted(a_draft(1), a_draft(2, author="paul"))
    assert not drafted(a_draft(1), a_draft(2, author="mara"))
    nobody_drafts = {name: dataclasses.replace(person, roles=()) for name, person in PEOPLE.items()}
    assert drafted(a_draft(1, author="mara"), a_draft(2, author="mara"), people=nobody_drafts)


@pytest.mark.parametrize(
    ("facts", "took_part"),
    [
        ({"author": "mara", "created_at": SECOND_WEEK}, True),
        ({"author": "mara", "created_at": EARLY}, False),
        ({"author": "nadia", "created_at": SECOND_WEEK}, False),
        ({"author": "erin", "created_at": SECOND_WEEK}, False),
        ({"author": "outsider", "created_at": SECOND_WEEK}, False),
        ({"last_human_by": "mara", "last_human_at": SECOND_WEEK}, True),
        ({"last_human_by": "mara", "last_human_at": EARLY}, False),
        ({"assignees": ("mara",), "assigned_since": SECOND_WEEK}, True),
        ({"assignees": ("mara",), "assigned_since": EARLY}, False),
        ({"assignees": ("mara",)}, False),
        ({"assignees": ("mara",), "acted": {"mara": SECOND_WEEK}}, True),
    ],
)
def test_engineers_contribute_who_take_part_in_anothers_okr_once_scoping_has_begun(
    facts: dict[str, object], took_part: bool
) -> None:
    changed = {"author": "nadia", "created_at": EARLY, **facts}
    for okr, scoping in ((whole(1), replace(an_issue(7), **changed)), (whole(1, **facts), an_issue(8))):
        changes = ticks(found(the_issue(ticked=2), okr, whole(2), scoping, now=at("2026-07-09 10:00")))
        assert changes == STEPS[2:3] * took_part
        if "author" in facts or "assignees" in facts:
            break  # who marked it, and whose it is, are other tests


def test_no_okr_or_one_that_lacks_something_ticks_nothing_more() -> None:
    assert ticks(found(the_issue("planning-days::maybe"), now=LAST)) == ()
    assert ticks(found(the_issue(), whole(1), a_draft(2), now=LAST)) == STEPS[:1]
    assert ticks(found(the_issue(), whole(1), now=LAST)) == ()
    over = a_draft(3, state="closed", closed_at=EARLY)
    assert ticks(found(the_issue(), whole(1), whole(2), over, now=LAST)) == (*STEPS[:2], STEPS[4])


def test_a_step_of_a_teams_own_is_for_people_to_tick() -> None:
    step = QuarterStep("PM", "ask the customers", "milestone.available", 31)
    changes: dict[str, object] = {
        "planning.quarterly": (step,),
        "rules.quarterly_planning.asks": {"milestone.available": ("product_manager",)},
    }
    book = a_handbook(changes)
    line = "PM: ask the customers (Fri 31 Jul to Fri 31 Jul)"
    snapshot = a_snapshot(the_issue(lines=(line,)), an_okr(1), now=LAST, handbook=book)
    one = check_rule("quarterly_planning", snapshot, book)
    assert told(one) == ["step-due team-tasks#40"]
    assert comments(one)[0].to == ("paul",)
    assert comments(one)[0].asks == "Fri 31 Jul is the last day to ask the customers."
    ticked = a_snapshot(the_issue(lines=(line,), ticked=1), an_okr(1), now=LAST, handbook=book)
    assert check_rule("quarterly_planning", ticked, book) == []


# --- who is reminded --------------------------------------------------------------------------------------


def test_a_steps_people_are_reminded_when_its_last_day_is_near() -> None:
    assert found(the_issue(), now=at("2026-07-04 23:00"), people=LEADS) == []
    one = found(the_issue(), now=at("2026-07-05 10:00"), people=LEADS)
    assert told(one) == ["step-due team-tasks#40"]
    assert one[0].says == (
        "This step to FY27 Q3 is due on Tue 7 Jul and is not done yet: draft the next quarter's OKRs."
    )
    assert (one[0].severity, one[0].who, one[0].clause) == ("note", ("erin", "paul", "sten"), "quarter.draft")
    (comment,) = comments(one)
    assert (comment.to, comment.topic) == (("erin", "paul", "sten"), "quarter.draft-FY27-Q3")
    assert comment.thanks == "thank you for planning FY27 Q3"
    assert comment.asks == (
        "Tue 7 Jul is the last day to draft the next quarter's OKRs. A draft with a title and the quarter’s label is "
        "enough: whoever scopes it can then begin."
    )


def test_a_step_that_is_over_is_told_louder_and_a_done_one_not_at_all() -> None:
    one = found(the_issue(ticked=1), now=SECOND_WEEK)
    assert [finding.severity for finding in one] == ["warning"]
    assert "was due on Tue 7 Jul" in one[0].says
    assert found(the_issue(ticked=2), whole(1), whole(2), now=EARLY) == []
    for day, says in (("13", "Tue 14 Jul is the last day to"), ("31", "Tue 14 Jul was the last day to")):
        every = found(the_issue(), now=at(f"2026-07-{day} 10:00"))
        (comment,) = comments([one for one in every if one.clause == "quarter.reserve-days"])
        assert comment.to == ("erin",)
        assert comment.asks.startswith(f"{says} decide whether planning days are reserved.")
    assert "quarter.reserve-days" not in {
        one.clause for one in found(the_issue("planning-days::yes", which=(0, 3)), now=LATE) if one.code == "step-due"
    }


def test_who_is_away_is_not_written_to() -> None:
    away = (Away(date(2026, 7, 1), date(2026, 7, 20)),)
    people = {name: replace_away(person, away) for name, person in PEOPLE.items()}
    one = found(the_issue(), now=at("2026-07-06 10:00"), people=people)
    assert told(one) == ["step-due team-tasks#40"]
    assert comments(one) == []


def replace_away(person: Person, away: tuple[Away, ...]) -> Person:
    return dataclasses.replace(person, away=away)


def final_word(
    *items: Item, changes: dict[str, object] | None = None, people: Mapping[str, Person] = PEOPLE
) -> list[Comment]:
    every = found(the_issue("planning-days::no", ticked=5), *items, now=LATE, changes=changes, people=people)
    return comments([one for one in every if one.clause == "quarter.final" and one.code == "step-due"])


def test_everyone_is_addressed_once_through_the_teams_group() -> None:
    theirs = an_okr(1, assignees=("nadia",))
    nobodys = an_okr(2)
    secret = an_okr(3, confidential=True)
    whole = an_okr(4, assignees=("nadia",), related=("a/b#1",))
    (comment,) = final_word(theirs, nobodys, secret, whole)
    assert (comment.group, comment.to, comment.topic) == ("", ("gitlab-org/distribution",), "everyone-FY27-Q3")
    assert comment.asks.splitlines() == [
        "The OKRs of FY27 Q3 and their scoping become final on Fri 31 Jul; what you add until then counts.",
        "",
        "These can use a hand:",
        "",
        "- gitlab-org/omnibus-gitlab#1+: no issue scopes it yet",
        "- gitlab-org/omnibus-gitlab#2+: it looks for an owner",
    ]
    assert final_word(whole)[0].asks.endswith("what you add until then counts.")
    book = a_handbook({"planning.quarterly": (QuarterStep("all", "be done", "quarter.final", 1, 7),)})
    over = check_rule("quarterly_planning", a_snapshot(the_issue(), now=SECOND_WEEK, handbook=book), book)
    assert (told(over), comments(over)) == (["step-due team-tasks#40"], [])


def test_a_team_without_a_group_is_addressed_by_name() -> None:
    changes: dict[str, object] = {"team.mention": ""}
    away = replace_away(PEOPLE["ivo"], (Away(date(2026, 7, 20), date(2026, 8, 7)),))
    (comment,) = final_word(changes=changes, people={**PEOPLE, "ivo": away})
    assert comment.to == ("erin", "mara", "nadia", "paul", "timo")
    nobody = {name: replace_away(person, away.away) for name, person in PEOPLE.items()}
    assert final_word(changes=changes, people=nobody) == []


def test_a_plan_opens_the_issue_once_and_reminds_once_a_quarter() -> None:
    book = a_handbook()
    opening = a_snapshot(now=EARLY, handbook=book)
    plan = make_plan(check_rule("quarterly_planning", opening, book), opening, book)
    assert [(action.kind, action.subject) for action in plan.actions] == [("create_item", TASKS)]
    due = a_snapshot(the_issue(), now=at("2026-07-06 10:00"), handbook=book)
    plan = make_plan(check_rule("quarterly_planning", due, book), due, book)
    assert [(action.kind, action.touches) for action in plan.actions] == [("comment", ("erin", "paul"))]


# --- OKRs that lack something -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "severity", "clause", "asked"),
    [
        (SECOND_WEEK, "note", "quarter.scope", 0),
        (at("2026-07-28 23:00"), "note", "quarter.scope", 0),
        (LATE, "warning", "quarter.final", 2),
        (LAST, "breach", "quarter.final", 2),
    ],
)
def test_an_okr_without_owner_or_scope_is_found_ever_louder(
    now: datetime, severity: str, clause: str, asked: int
) -> None:
    closed = replace(the_issue(), state="closed", closed_at=EARLY)
    one = found(closed, an_okr(1, assignees=("nadia",)), an_okr(2, assignees=("outsider",)), now=now)
    assert told(one) == ["unscoped omnibus-gitlab#1", "no-owner omnibus-gitlab#2"]
    assert {(finding.severity, finding.clause) for finding in one} == {(severity, clause)}
    assert [finding.who for finding in one] == [("nadia",), ("erin", "paul")]
    assert one[0].says == "No issue scopes the OKR “Objective 1” of FY27 Q3 yet; scoping is final on Fri 31 Jul."
    assert (
        one[1].says == "Nobody of the team owns the OKR “Objective 2” of FY27 Q3 yet; scoping is final on Fri 31 Jul."
    )
    assert [comment.to for comment in comments(one)] == [("nadia",), ("erin", "paul")][:asked]
    assert [comment.topic for comment in comments(one)] == ["unscoped-FY27-Q3", "no-owner-FY27-Q3"][:asked]


def test_an_okr_that_is_not_scoped_stays_found_until_its_quarter_ends() -> None:
    okr = an_okr(1, assignees=("nadia",))
    for day in ("2026-08-01 10:00", "2026-09-15 10:00", "2026-10-31 22:00"):
        one = [finding for finding in found(okr, now=at(day)) if finding.subject == okr.ref]
        assert [(finding.code, finding.severity, finding.clause) for finding in one] == [
            ("unscoped", "breach", "quarter.final")
        ]
        assert one[0].says == "No issue scopes the OKR “Objective 1” of FY27 Q3 yet; scoping was final on Fri 31 Jul."
        assert comments(one)[0].asks.startswith("Could you link the issues that scope it? One for each piece")
        assert found(whole(1), now=at("2026-08-01 10:00")) == []
    nobodys = found(an_okr(1), now=at("2026-08-01 10:00"))
    assert comments(nobodys)[0].asks.startswith("Could you find somebody who takes it? ")
    assert told(found(okr, now=at("2026-11-01 10:00"))) == []


def test_other_okrs_are_left_alone() -> None:
    closed = replace(the_issue(), state="closed", closed_at=EARLY)
    items = (
        an_okr(1, assignees=("nadia",), related=("a/b#1",)),
        replace(an_okr(2), state="closed", closed_at=EARLY),
        an_issue(3, "OKR", "FY27::Q1"),
        an_issue(4, "OKR"),
        an_issue(5, NEXT),
        an_issue(6, "OKR", NEXT, project="gitlab-org/gitlab"),
    )
    assert found(closed, *items, now=LAST) == []
    assert found(closed, an_okr(1), now=at("2026-07-07 23:00")) == []
    no_scoping: dict[str, object] = {"planning.quarterly": (QuarterStep("all", "be done", "quarter.final", 1),)}
    assert found(closed, an_okr(1), now=LAST, changes=no_scoping) == []


def test_the_month_ends_on_its_last_business_day() -> None:
    def last(quarter: FiscalQuarter, **team: object) -> date:
        book = a_handbook({f"team.{key}": value for key, value in team.items()})
        return last_business_day(Desk(a_snapshot(handbook=book), book), quarter)

    assert last(FiscalQuarter(2027, 2)) == date(2026, 7, 31)
    assert last(FiscalQuarter(2027, 4)) == date(2027, 1, 29)
    assert last(FiscalQuarter(2027, 2), country="CH", days=("sat",)) == date(2026, 7, 25)
    assert last(FiscalQuarter(2027, 2), days=()) == date(2026, 7, 31)


# --- the view of all OKRs ---------------------------------------------------------------------------------


def seen(*items: Item) -> list[Okr]:
    book = a_handbook()
    return okrs(Desk(a_snapshot(*items, handbook=book), book), "OKR")


def test_an_okr_shows_whose_it_is_what_scopes_it_and_who_took_part() -> None:
    open_one = an_issue(7, author="mara", assignees=("ivo", "outsider"))
    done = an_issue(8, author="outsider", state="closed", closed_at=at("2026-06-01 09:00"), last_human_by="timo")
    refs = tuple(f"gitlab-org/omnibus-gitlab#{n}" for n in (7, 8, 9, 2))
    okr = an_okr(
        1,
        assignees=("outsider", "nadia"),
        related=refs,
        blocks=("gitlab-com/elsewhere#3", refs[0]),
        health="at_risk",
        acted={"nadia": at("2026-06-01 09:00")},
    )
    other = an_okr(2)
    (one, two) = seen(open_one, done, other, okr)
    assert (one.ref, one.title, one.quarter, one.owner, one.health) == (
        okr.ref,
        "Objective 1",
        NEXT,
        "nadia",
        "at_risk",
    )
    assert one.scoping == (*refs[:3], "gitlab-com/elsewhere#3")
    assert one.contributors == ("ivo", "mara", "timo")
    assert one.score == pytest.approx(2 / 3)
    assert one.is_scoped
    assert (one.done, one.counted, one.objective) == (2, 3, "")
    assert (two.owner, two.scoping, two.score, two.health) == ("", (), None, "")
    assert (two.done, two.counted) == (0, 0)


def test_an_issue_that_plans_or_looks_back_scopes_no_okr() -> None:
    back = an_issue(41, "type::ignore", project=TASKS, title="Looking back")
    last = an_issue(42, project=TASKS, title="quarterly planning FY27 Q2")
    beside = (the_issue(which=(0,)), back, last)
    okr = an_okr(1, assignees=("nadia",), related=tuple(one.ref for one in beside))
    one = found(*beside, okr, now=SECOND_WEEK)
    assert "unscoped omnibus-gitlab#1" in told(one)
    with_a_part = replace(okr, related=(*okr.related, SCOPING))
    assert "unscoped omnibus-gitlab#1" not in told(found(*beside, with_a_part, now=SECOND_WEEK))


def test_an_epic_is_scoped_by_its_issues_and_a_stated_progress_wins() -> None:
    epic = an_epic(3, "group::distribution", "OKR", NEXT, assignees=("nadia",))
    issue = an_issue(7, epic=epic.ref)
    stated = an_okr(1, progress=40, related=(issue.ref,))
    (first, second) = seen(epic, issue, stated)
    assert (first.ref, first.scoping, first.score, first.health) == (epic.ref, (issue.ref,), 0, "")
    assert second.score == 0.4
    assert seen(a_merge_request(1, "OKR", NEXT)) == []
    assert [okr.quarter for okr in seen(an_issue(1, "OKR"))] == [""]
    assert [okr.is_open for okr in seen(replace(an_okr(1), state="closed", closed_at=at("2026-06-01 09:00")))] == [
        False
    ]


def test_what_scopes_the_key_results_scopes_the_objective() -> None:
    objective = an_epic(3, "group::distribution", "OKR", NEXT, assignees=("nadia",), health="on_track")
    issue = an_issue(7, assignees=("timo",))
    first = an_okr(1, epic=objective.ref, related=(issue.ref, "gitlab-org/omnibus-gitlab#8"), assignees=("ivo",))
    second = an_okr(2, epic=objective.ref, related=(issue.ref,))
    (whole, one, two) = seen(objective, issue, first, second)
    assert (whole.scoping, whole.done, whole.counted, whole.score) == (first.related, 1, 2, 0.5)
    assert (whole.is_scoped, whole.health, whole.contributors) == (True, "on_track", ("ivo", "timo"))
    assert (one.objective, two.objective, one.score, two.score) == (objective.ref, objective.ref, 0.5, 0)
    stated = [replace(first, progress=20), replace(second, progress=60)]
    assert [okr.score for okr in seen(objective, issue, *stated)] == [0.4, 0.2, 0.6]
    assert seen(objective, issue, stated[0], second)[0].score == 0.2


def test_an_okr_is_no_key_result_of_itself_or_of_what_is_none() -> None:
    lone = an_okr(1)
    assert [okr.objective for okr in seen(replace(lone, epic=lone.ref))] == [""]
    assert [okr.objective for okr in seen(replace(lone, epic="gitlab-org&9"), an_epic(9))] == [""]
    (one, two) = seen(lone, an_okr(2, epic=lone.ref))
    assert (one.objective, two.objective) == ("", lone.ref)


def test_what_an_okr_lacks_is_said() -> None:
    scoped: dict[str, object] = {"assignees": ("nadia",), "related": ("gitlab-org/omnibus-gitlab#9",)}
    cases: list[tuple[dict[str, object], str]] = [
        (scoped, ""),
        ({**scoped, "assignees": ()}, "nobody owns it"),
        ({**scoped, "related": ()}, "no issue scopes it"),
        ({}, "nobody owns it, no issue scopes it"),
        ({"state": "closed", "closed_at": at("2026-06-01 09:00")}, ""),
    ]
    for facts, words in cases:
        assert [lacks(okr) for okr in seen(an_okr(1, **facts))] == [words]


@given(st.permutations([an_okr(1), an_okr(2), an_okr(3, related=("gitlab-org/omnibus-gitlab#9",)), an_issue(9)]))
def test_the_view_does_not_depend_on_the_order_of_facts(items: list[Item]) -> None:
    assert [okr.ref[-1] for okr in seen(*items)] == ["1", "2", "3"]
    assert seen(*items) == seen(*sorted(items, key=lambda item: item.ref))
