"""Iteration breakers: how long an iteration has gone on, what that calls for, and what hides it."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from handrail.handbook.work import Breaker
from handrail.model.actions import Comment, CreateItem, LinkItems
from handrail.model.findings import Finding
from handrail.model.items import Epic, Issue, Item, Section, Stay, Version
from handrail.model.people import Away, Person
from handrail.model.planning import Milestone
from handrail.rules.desk import Desk
from handrail.rules.timebox import Timebox, timebox
from handrail.testing import (
    NOW,
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

TEAM = "group::distribution"
TASKS = "gitlab-org/distribution/team-tasks"
EPIC = "gitlab-org&3"
RETRO = "Retrospective: Smaller images (gitlab-org/omnibus-gitlab#1)"
EVALUATION = "Evaluation with section leaders: Smaller images (gitlab-org/omnibus-gitlab#1)"


def found(*items: Item, people: dict[str, Person] | None = None, now: datetime = NOW, **changes: Any) -> list[Finding]:
    book = a_handbook({key.replace("__", "."): value for key, value in changes.items()}, people or PEOPLE)
    return check_rule("iteration_breakers", a_snapshot(*items, handbook=book, now=now), book)


def criteria(done: int, total: int) -> tuple[Section, ...]:
    return (Section("our success criteria", 20, done, total),)


def in_milestones(*titles: str) -> tuple[Stay, ...]:
    """One after the other, each from its own start."""
    starts = {"18.10": "02-14", "18.11": "03-14", "19.0": "04-11", "19.1": "05-16"}
    return tuple(Stay(title, at(f"2026-{starts[title]} 10:00")) for title in titles)


def an_mvc(*titles: str, done: int = 3, total: int = 5, **facts: Any) -> Issue:
    whole: dict[str, Any] = {
        "title": "Smaller images",
        "author": "nadia",
        "created_at": at("2026-01-05 09:00"),
        "milestone": titles[-1] if titles else None,
        "milestones": in_milestones(*titles) if len(titles) > 1 else (),
        "sections": criteria(done, total),
    }
    return an_issue(1, "MVC", **{**whole, **facts})


# --- the breakers ------------------------------------------------------------------------------------------


def test_two_milestones_warn_and_ask_those_who_have_it() -> None:
    one = found(an_mvc("18.11", "19.0", "19.1"))
    assert told(one) == ["early omnibus-gitlab#1"]
    assert one[0].says == (
        "2 milestones (18.11 and 19.0) have ended without its success criteria met: "
        "3 of its 5 success criteria are met and 2 are not."
    )
    assert (one[0].severity, one[0].clause, one[0].who) == ("warning", "iteration.two", ("nadia",))
    assert [fact.what for fact in one[0].evidence] == [
        "it began with 18.11",
        "18.11 ended",
        "19.0 ended",
        "3 of its 5 success criteria are met and 2 are not",
    ]
    comment = one[0].remedies[0].change
    assert isinstance(comment, Comment)
    assert comment.to == ("nadia",)
    assert "After 3 milestones a larger evaluation with the section's leaders follows" in comment.asks


def test_an_iteration_of_nobodys_is_asked_of_the_managers() -> None:
    one = found(an_mvc("18.11", "19.1", author="somebody"))
    comment = one[0].remedies[0].change
    assert isinstance(comment, Comment)
    assert comment.to == ("erin", "paul")


def test_nobody_there_is_not_written_to() -> None:
    away = Person("Nadia", groups=("build",), away=(Away(date(2026, 5, 25), date(2026, 6, 12)),))
    assert found(an_mvc("18.11", "19.1"), people={**PEOPLE, "nadia": away})[0].remedies == ()


def test_three_milestones_open_the_retrospective_and_the_evaluation() -> None:
    one = found(an_mvc("18.10", "18.11", "19.1", confidential=True))
    assert told(one) == ["evaluate omnibus-gitlab#1"]
    assert one[0].says == (
        "3 milestones (18.10, 18.11 and 19.0) have ended without its success criteria met: 3 of its 5 success criteria "
        "are met and 2 are not; that calls for a larger evaluation with the section's leaders."
    )
    assert (one[0].severity, one[0].clause, one[0].who) == ("breach", "iteration.three", ("erin", "paul"))
    retrospective, evaluation = (remedy.change for remedy in one[0].remedies)
    assert isinstance(retrospective, CreateItem)
    assert isinstance(evaluation, CreateItem)
    assert {remedy.subject for remedy in one[0].remedies} == {TASKS}
    assert (retrospective.title, evaluation.title) == (RETRO, EVALUATION)
    assert retrospective.topic == "retrospective-gitlab-org/omnibus-gitlab#1"
    assert evaluation.topic == "evaluation-gitlab-org/omnibus-gitlab#1"
    words = (
        "gitlab-org/omnibus-gitlab#1 has gone through 18.10, 18.11 and 19.0, and 3 of its 5 success criteria are met"
    )
    assert words in retrospective.description
    assert words in evaluation.description
    assert retrospective.confidential
    assert evaluation.labels == ("retrospective",)


def test_words_of_a_title_that_look_like_a_placeholder_stay() -> None:
    change = found(an_mvc("18.10", "19.1", title="Say {ref}"))[0].remedies[0].change
    assert isinstance(change, CreateItem)
    assert change.title == "Retrospective: Say {ref} (gitlab-org/omnibus-gitlab#1)"


def test_what_was_opened_is_linked_once_and_not_opened_again() -> None:
    opened = an_issue(90, project=TASKS, title=RETRO)
    one = found(an_mvc("18.10", "19.1"), opened, a_merge_request(91, project=TASKS, title=EVALUATION))
    changes = [(type(remedy.change).__name__, remedy.subject) for remedy in one[0].remedies]
    assert changes == [("LinkItems", opened.ref), ("CreateItem", TASKS)]
    assert one[0].remedies[0].change == LinkItems("gitlab-org/omnibus-gitlab#1")
    both = (opened, an_issue(91, project=TASKS, title=EVALUATION, state="closed", closed_at=at("2026-05-30 10:00")))
    linked = an_mvc("18.10", "19.1", related=(both[0].ref, both[1].ref))
    assert [(remedy.subject, remedy.change) for remedy in found(linked, *both)[0].remedies] == [
        (both[1].ref, LinkItems(opened.ref))
    ]
    knowing = (replace(opened, related=(both[1].ref,)), both[1])
    assert found(linked, *knowing)[0].remedies == ()


def test_only_the_two_that_are_missing_a_link_get_one() -> None:
    retro = an_issue(90, project=TASKS, title=RETRO, related=(f"{TASKS}#91",))
    both = (retro, an_issue(91, project=TASKS, title=EVALUATION))
    one = found(an_mvc("18.10", "19.1", related=(both[0].ref,)), *both)
    assert [remedy.subject for remedy in one[0].remedies] == [both[1].ref]


def test_an_epics_two_are_linked_to_each_other_since_issues_are_not_linked_to_epics() -> None:
    epic = an_epic(3, TEAM, title="Smaller images", sections=criteria(1, 2))
    child = an_issue(5, epic=EPIC, milestones=in_milestones("18.10", "19.1"), created_at=at("2026-02-01 09:00"))
    retro = an_issue(90, project=TASKS, title="Retrospective: Smaller images (gitlab-org&3)")
    one = found(epic, child, retro)
    assert told(one) == ["evaluate gitlab-org&3"]
    assert [type(remedy.change) for remedy in one[0].remedies] == [CreateItem]
    evaluation = an_issue(91, project=TASKS, title="Evaluation with section leaders: Smaller images (gitlab-org&3)")
    (link,) = found(epic, child, retro, evaluation)[0].remedies
    assert (link.subject, link.change) == (evaluation.ref, LinkItems(retro.ref))


def test_without_a_project_it_is_only_said() -> None:
    one = found(an_mvc("18.10", "19.1"), rules__iteration_breakers__project="")
    assert told(one) == ["evaluate omnibus-gitlab#1"]
    assert one[0].remedies == ()


def test_a_projects_path_names_it_too() -> None:
    one = found(an_mvc("18.10", "19.1"), rules__iteration_breakers__project="acme/tasks")
    assert one[0].remedies[0].subject == "acme/tasks"


def test_a_handbook_may_have_other_breakers() -> None:
    one = (Breaker(1, "a look", "iteration.two"),)
    assert told(found(an_mvc("19.0"), breakers=one)) == ["evaluate omnibus-gitlab#1"]
    assert found(an_mvc("19.0"), breakers=one)[0].says.startswith("1 milestone (19.0) has ended without")
    assert found(an_mvc("18.10", "19.1"), breakers=()) == []


@pytest.mark.parametrize(
    "item",
    [
        an_mvc("19.0", "19.1"),
        an_mvc("19.1"),
        an_mvc("18.10", "19.1", done=5),
        an_mvc(),
        an_mvc("Backlog"),
        an_mvc("18.10", "19.1", labels=("Deliverable",)),
        a_merge_request(1, "MVC", sections=criteria(0, 3)),
        an_epic(3, TEAM),
        an_epic(3, TEAM, sections=(Section("tasks", 3, 0, 3),)),
        an_epic(3, TEAM, "OKR", sections=criteria(0, 3)),
        an_epic(3, "MVC", sections=criteria(0, 3)),
    ],
    ids=[
        "one",
        "none",
        "met",
        "no milestone",
        "undated",
        "no iteration",
        "mr",
        "epic",
        "no criteria",
        "okr",
        "elsewhere",
    ],
)
def test_what_is_left_alone(item: Item) -> None:
    assert found(item) == []


def test_another_teams_is_left_alone() -> None:
    assert found(an_issue(1, "MVC", project="gitlab-org/gitlab")) == []


# --- the checklist -----------------------------------------------------------------------------------------


def test_no_criteria_are_asked_for() -> None:
    one = found(an_mvc("19.1", sections=()))
    assert told(one) == ["no-checklist omnibus-gitlab#1"]
    assert one[0].says == "It has no success criteria, so nobody can see when the iteration is done."
    comment = one[0].remedies[0].change
    assert isinstance(comment, Comment)
    assert "under “Success criteria” in the description" in comment.asks


def test_criteria_in_prose_cannot_be_ticked() -> None:
    one = found(an_mvc(sections=(Section("acceptance criteria", 30),), author="somebody"))
    assert one[0].says.startswith("Its success criteria are no checklist, so nobody can see")
    assert one[0].remedies == ()


def test_an_iteration_without_a_checklist_still_trips_the_breakers() -> None:
    unwritten = found(an_mvc("18.11", "19.1", sections=()))
    assert told(unwritten) == ["no-checklist omnibus-gitlab#1", "early omnibus-gitlab#1"]
    assert unwritten[1].says.endswith("it has no success criteria written down, so nothing shows what was met.")
    prose = found(an_mvc("18.11", "19.1", sections=(Section("success criteria", 30),)))
    assert prose[1].says.endswith("its success criteria are no checklist, so nothing shows what was met.")


def test_an_epic_that_has_begun_needs_criteria_before_its_milestones_count() -> None:
    child = an_issue(5, epic=EPIC, milestones=in_milestones("18.10", "19.1"), created_at=at("2026-02-01 09:00"))
    bare, prose = an_epic(3, TEAM, author="ivo"), an_epic(3, TEAM, sections=(Section("success criteria", 30),))
    one = found(bare, child)
    assert told(one) == ["no-checklist gitlab-org&3"]
    assert one[0].who == ("ivo",)
    assert told(found(prose, child)) == ["no-checklist gitlab-org&3", "evaluate gitlab-org&3"]
    assert told(found(an_epic(3, TEAM, "OKR"), child)) == []
    assert told(found(bare, an_issue(5, epic=EPIC, milestone="19.2"))) == []


def test_boxes_below_a_heading_of_the_criteria_count() -> None:
    must, tasks = Section("must", 12, 1, 3, level=3), Section("tasks", 9, 0, 5)
    one = found(an_mvc("18.11", "19.1", sections=(Section("success criteria", 20), must, tasks)))
    assert told(one) == ["early omnibus-gitlab#1"]
    assert one[0].says.endswith("1 of its 3 success criteria is met and 2 are not.")


def test_one_is_said_in_the_singular() -> None:
    says = found(an_mvc("18.11", "19.1", done=1, total=2))[0].says
    assert says.endswith("1 of its 2 success criteria is met and 1 is not.")


# --- growing scope -----------------------------------------------------------------------------------------


def grown(count: int) -> list[Finding]:
    epic = an_epic(3, TEAM, author="ivo", sections=criteria(1, 2))
    first = an_issue(5, epic=EPIC, milestone="19.1", created_at=at("2026-05-10 09:00"))
    added = [an_issue(10 + n, epic=EPIC, created_at=at(f"2026-05-{18 + n} 09:00")) for n in range(count)]
    return found(epic, first, *added)


def test_issues_that_were_added_after_the_start_are_said() -> None:
    one = grown(1)
    assert told(one) == ["scope-grew gitlab-org&3"]
    assert one[0].says == (
        "1 of its 2 issues was added after it had begun with 19.1 on Sat 16 May: gitlab-org/omnibus-gitlab#10."
    )
    assert one[0].who == ("ivo",)


def test_an_issue_counts_from_when_it_came_to_the_epic() -> None:
    epic = an_epic(3, TEAM, author="ivo", sections=criteria(1, 2))
    long_ago = at("2026-02-20 09:00")
    first = an_issue(5, epic=EPIC, milestone="19.1", created_at=at("2026-05-10 09:00"))
    late = an_issue(6, epic=EPIC, milestone="18.10", created_at=long_ago, epic_since=at("2026-05-28 15:00"))
    (one,) = found(epic, first, late)
    assert (one.code, one.evidence[0].link, one.evidence[0].at) == ("scope-grew", late.ref, at("2026-05-28 15:00"))
    early = replace(late, epic_since=at("2026-05-11 15:00"))
    assert found(epic, first, early) == []


def test_issues_of_the_day_on_which_an_epic_begins_are_no_growth() -> None:
    epic = an_epic(3, TEAM, sections=criteria(1, 2), created_at=at("2026-05-26 08:00"))
    parts = [an_issue(10 + n, epic=EPIC, milestone="19.1", created_at=at(f"2026-05-26 {10 + n}:00")) for n in range(3)]
    assert found(epic, *parts) == found(replace(epic, start=date(2026, 5, 16)), *parts) == []


def shorter(until: str, *totals: int, title: str = "our success criteria") -> Version:
    """The description until then: a checklist of criteria for each total, each in a part of its own."""
    parts = (Section(f"part {number}", total=total, level=3) for number, total in enumerate(totals))
    return Version(at(until), (Section(title), *parts))


def test_criteria_that_were_added_after_the_start_are_said() -> None:
    versions = (shorter("2026-05-01 10:00", 1), shorter("2026-05-20 10:00", 2, 1), shorter("2026-05-27 10:00", 4))
    one = found(an_mvc("19.1", versions=versions, milestones=in_milestones("19.1")))
    assert told(one) == ["criteria-grew omnibus-gitlab#1"]
    assert one[0].says == (
        "It had 3 success criteria until Wed 20 May, after it had begun with 19.1 on Sat 16 May, and has 5 now."
    )
    assert (one[0].severity, one[0].who, one[0].remedies) == ("note", ("nadia",), ())
    assert [(fact.what, fact.at) for fact in one[0].evidence] == [
        ("it had 3 success criteria until then", versions[1].until),
        ("it had 4 success criteria until then", versions[2].until),
    ]
    assert found(an_mvc("19.1", versions=versions), rules__iteration_breakers__least_added=3) == []
    single = found(an_mvc("19.1", versions=(shorter("2026-05-20 10:00", 1),)))
    assert single[0].says.startswith("It had 1 success criterion until Wed 20 May, after")
    late = (shorter("2026-05-20 10:00"), shorter("2026-05-27 10:00", 3))
    assert found(an_mvc("19.1", versions=late))[0].says.startswith("It had 3 success criteria until Wed 27 May, after")


@pytest.mark.parametrize(
    "version",
    [
        shorter("2026-05-16 18:00", 3),
        shorter("2026-05-20 10:00", 5),
        shorter("2026-05-20 10:00", 6),
        shorter("2026-05-20 10:00"),
        shorter("2026-05-20 10:00", 3, title="to test"),
    ],
)
def test_criteria_that_were_there_at_the_start_went_or_were_first_written_down_are_no_growth(version: Version) -> None:
    assert found(an_mvc("19.1", versions=(version,), milestones=in_milestones("19.1"))) == []


def test_an_epics_criteria_may_grow_too() -> None:
    epic = an_epic(
        3, TEAM, sections=criteria(1, 5), start=date(2026, 5, 16), versions=(shorter("2026-05-20 10:00", 4),)
    )
    assert told(found(epic)) == ["criteria-grew gitlab-org&3"]


def test_of_many_a_few_are_named() -> None:
    says = grown(7)[0].says
    assert says.startswith("7 of its 8 issues were added")
    assert says.endswith("gitlab-org/omnibus-gitlab#14 and 2 more.")


def test_a_handbook_may_allow_some() -> None:
    assert grown(0) == []
    epic = an_epic(3, TEAM, sections=criteria(1, 2))
    first = an_issue(5, epic=EPIC, milestone="19.1", created_at=at("2026-05-10 09:00"))
    added = an_issue(10, epic=EPIC, created_at=at("2026-05-20 09:00"))
    assert found(epic, first, added, rules__iteration_breakers__least_added=2) == []


# --- the time box ------------------------------------------------------------------------------------------


def box(
    item: Issue | Epic, *others: Item, now: datetime = NOW, milestones: tuple[Milestone, ...] = ()
) -> Timebox | None:
    book = a_handbook()
    return timebox(item, Desk(a_snapshot(item, *others, now=now, handbook=book, milestones=milestones), book))


def ended(*stays: Stay, **facts: Any) -> tuple[str, ...] | None:
    one = box(an_mvc(milestones=stays, **facts))
    return one.ended if one else None


def test_a_milestone_that_it_left_before_that_ran_does_not_begin_the_box() -> None:
    planned_early = (Stay("18.11", at("2026-02-01 09:00")), Stay("19.0", at("2026-03-01 09:00")))
    assert ended(*planned_early) == ("19.0",)


def test_a_milestone_that_it_was_put_into_afterwards_does_not_either() -> None:
    after = (Stay("18.10", at("2026-04-01 09:00")), Stay("19.0", at("2026-04-20 09:00")))
    assert ended(*after) == ("19.0",)


def test_what_was_put_off_goes_on_counting() -> None:
    parked = (Stay("18.11", at("2026-03-20 09:00")), Stay("Backlog", at("2026-04-02 09:00")))
    assert ended(*parked) == ("18.11", "19.0")


def test_the_last_day_is_part_of_the_milestone() -> None:
    mvc = an_mvc("19.0")
    on_it = box(mvc, now=at("2026-05-15 23:59"))
    after = box(mvc, now=at("2026-05-16 00:00"))
    assert on_it is not None
    assert after is not None
    assert (on_it.ended, after.ended) == ((), ("19.0",))


def test_what_is_planned_later_has_not_begun() -> None:
    assert box(an_mvc("19.2")) is None


def test_an_epic_begins_with_the_first_of_its_issues_even_one_that_is_done() -> None:
    epic = an_epic(3, TEAM)
    done = an_issue(
        5,
        epic=EPIC,
        milestone="18.11",
        created_at=at("2026-03-20 09:00"),
        state="closed",
        closed_at=at("2026-05-01 09:00"),
    )
    later = an_issue(6, epic=EPIC, milestone="19.1")
    one = box(epic, later, done)
    assert one is not None
    assert (one.first, one.start, one.ended) == ("18.11", at("2026-03-20 09:00"), ("18.11", "19.0"))
    assert box(epic) is None


def test_an_epic_has_begun_at_its_start_date_whatever_became_of_the_issues_of_that_time() -> None:
    later = an_issue(6, epic=EPIC, milestone="19.1")
    one = box(an_epic(3, TEAM, start=date(2026, 2, 20), created_at=at("2026-01-05 09:00")), later)
    assert one is not None
    assert (one.first, one.start, one.ended) == ("18.10", at("2026-02-20 00:00"), ("18.10", "18.11", "19.0"))
    assert box(an_epic(3, TEAM, start=date(2026, 6, 20))) is None
    made_later = box(an_epic(3, TEAM, start=date(2026, 5, 16), created_at=at("2026-05-27 09:00")))
    assert made_later is not None
    assert (made_later.first, made_later.start) == ("19.1", at("2026-05-27 09:00"))
    sprint = Milestone("Sprint 1", date(2026, 4, 1), date(2026, 4, 14))
    assert box(an_epic(3, TEAM, start=date(2026, 4, 20)), milestones=(sprint,)) is None


def test_gitlabs_own_dates_win_and_other_series_keep_to_themselves() -> None:
    milestones = (
        Milestone("19.0", date(2026, 4, 11), date(2026, 6, 5)),
        Milestone("Sprint 1", date(2026, 4, 1), date(2026, 4, 14)),
        Milestone("Sprint 2", date(2026, 4, 15), date(2026, 4, 28)),
        Milestone("Sprint 3", date(2026, 5, 25), date(2026, 6, 7)),
        Milestone("Backlog"),
    )
    versions = box(an_mvc("18.11", "19.0"), milestones=milestones)
    sprints = box(an_mvc("Sprint 1", created_at=at("2026-04-02 09:00")), milestones=milestones)
    assert versions is not None
    assert sprints is not None
    assert versions.ended == ("18.11",)
    assert sprints.ended == ("Sprint 1", "Sprint 2")


@given(st.integers(0, 400), st.integers(0, 120))
def test_time_only_adds_milestones(day: int, more: int) -> None:
    mvc, began = an_mvc("18.9"), at("2026-01-11 00:00")
    early = box(mvc, now=began + timedelta(days=day))
    late = box(mvc, now=began + timedelta(days=day + more))
    assert early is not None
    assert late is not None
    assert late.ended[: len(early.ended)] == early.ended
