"""Whom to ask for a review: who is considered, who comes first, and when nobody is suggested."""

from collections import Counter
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.handbook.schema import Handbook
from handrail.model.actions import RequestReview
from handrail.model.findings import Finding
from handrail.model.items import Item, MergeRequest, Reviewer, Thread
from handrail.model.people import Away, Person
from handrail.model.planning import Project
from handrail.rules.desk import Desk
from handrail.rules.reviewers import Settings, Suggestion, suggest
from handrail.rules.shared_hours import shared_hours
from handrail.testing import (
    NOW,
    PEOPLE,
    PROJECT,
    a_handbook,
    a_merge_request,
    a_reviewer,
    a_snapshot,
    an_issue,
    at,
    check_rule,
    told,
)

READY, IN_REVIEW = "workflow::ready for review", "workflow::in review"
BUILD = "group::distribution::build"
SINCE = at("2026-05-26 09:30")
ABLE = Project(PROJECT, maintainers=("ivo", "mara", "outsider"))
AWAY = (Away(date(2026, 6, 1), date(2026, 6, 10)),)
FOUR = {name: Person(name.title(), groups=("build",)) for name in ("ada", "bo", "cy", "di")}


def found(*items: Item, people: dict[str, Person] | None = None, **changes: object) -> list[Finding]:
    book = _book(people, changes)
    return check_rule("reviewers", a_snapshot(*items, handbook=book, projects=[ABLE]), book)


def _book(people: dict[str, Person] | None, changes: dict[str, object]) -> Handbook:
    return a_handbook({f"rules.reviewers.{key}": value for key, value in changes.items()}, people or PEOPLE)


def suggested(mr: MergeRequest, *others: Item, people: dict[str, Person] | None = None, **changes: object) -> list[str]:
    return [one.username for one in _suggestions(mr, *others, people=people, **changes)]


def _suggestions(
    mr: MergeRequest, *others: Item, people: dict[str, Person] | None = None, **changes: object
) -> list[Suggestion]:
    book = _book(people, {})
    snapshot = a_snapshot(mr, *others, handbook=book, projects=[ABLE])
    return suggest(mr, Desk(snapshot, book), Settings(**changes))  # type: ignore[arg-type]


def reviewed_by(name: str, count: int, start: int = 100, **facts: object) -> list[MergeRequest]:
    return [
        a_merge_request(start + number, IN_REVIEW, reviewers=(a_reviewer(name, asked=SINCE),), **facts)  # type: ignore[arg-type]
        for number in range(count)
    ]


def ready(iid: int = 7, **facts: object) -> MergeRequest:
    return a_merge_request(iid, READY, since=SINCE, **{"author": "nadia", **facts})  # type: ignore[arg-type]


# --- nobody was asked --------------------------------------------------------------------------------------


def test_somebody_with_room_is_suggested_with_the_reason() -> None:
    one = found(ready())
    assert told(one) == ["no-reviewer omnibus-gitlab!7"]
    assert one[0].says == (
        "It has been ready for review since Tue 26 May 09:30, and nobody has been asked; "
        "Mara has no open review and shares 8 office hours with Nadia."
    )
    assert [remedy.change for remedy in one[0].remedies] == [RequestReview(("mara",))]
    assert one[0].who == ("nadia",)


def test_open_reviews_are_counted_and_the_ones_approved_are_not() -> None:
    approved = a_merge_request(90, IN_REVIEW, reviewers=(a_reviewer("mara", "approved"),), approved_by=("mara",))
    noted = a_merge_request(91, IN_REVIEW, reviewers=(a_reviewer("mara"),), approved_by=("mara",))
    own = a_merge_request(92, IN_REVIEW, author="mara", reviewers=(a_reviewer("mara"),))
    others = [*reviewed_by("mara", 1), *reviewed_by("mara", 3, start=200, draft=True), approved, noted, own]
    says = next(one.says for one in found(ready(), *others) if one.subject.endswith("!7"))
    assert "Mara has 1 open review and shares" in says


def test_under_review_without_a_reviewer_is_asked_for_too() -> None:
    assert told(found(a_merge_request(7, IN_REVIEW, author="nadia"))) == ["no-reviewer omnibus-gitlab!7"]
    says = found(a_merge_request(7, IN_REVIEW, author="nadia"))[0].says
    assert says.startswith("It has been ready for review, and nobody has been asked;")


def test_what_is_proposed_counts_for_the_next_so_that_not_all_is_one_persons() -> None:
    waiting = [a_merge_request(iid, READY, since=at(f"2026-05-{30 - iid} 09:00"), author="ada") for iid in range(1, 10)]
    asked = Counter(remedy.change for one in found(*waiting, people=FOUR, limit=3) for remedy in one.remedies)
    assert asked == {RequestReview((name,)): 3 for name in ("bo", "cy", "di")}
    ten = [*waiting, a_merge_request(10, READY, since=NOW, author="ada")]
    findings = found(*ten, people=FOUR, limit=3)
    assert told(findings)[-1] == "nobody-free omnibus-gitlab!10", "the last that became ready is the last in turn"
    assert found(*ten[::-1], people=FOUR, limit=3) == findings[::-1]
    assert any("has no open review and is proposed for 2 more" in one.says for one in findings)


def test_a_bot_and_the_author_are_no_reviewers() -> None:
    mr = ready(reviewers=(a_reviewer("gitlab-bot"), a_reviewer("nadia")))
    assert told(found(mr)) == ["no-reviewer omnibus-gitlab!7"]


@pytest.mark.parametrize(
    "item",
    [
        ready(reviewers=(a_reviewer("outsider"),)),
        ready(draft=True),
        a_merge_request(7, author="nadia"),
        a_merge_request(7, READY, project="gitlab-org/gitlab"),
        an_issue(7),
    ],
    ids=["asked", "draft", "not ready", "another team", "issue"],
)
def test_what_asks_for_nobody(item: Item) -> None:
    assert found(item) == []


def test_nobody_free_is_for_the_managers() -> None:
    one = found(ready(), people={**PEOPLE, "mara": Person("Mara", groups=("build",), away=AWAY)})
    assert told(one) == ["nobody-free omnibus-gitlab!7"]
    assert one[0].says.endswith("; nobody of the team who might be is there and has room for it.")
    assert (one[0].who, one[0].remedies, one[0].severity) == (("erin", "paul"), (), "warning")


def test_an_author_outside_the_team_leaves_it_to_the_one_suggested() -> None:
    one = found(a_merge_request(7, READY, BUILD, author="somebody"))
    assert one[0].who[0] in {"nadia", "mara"}
    assert "shares" not in one[0].says


# --- who is considered -------------------------------------------------------------------------------------


def test_the_authors_group_and_the_merge_requests_own_are_considered() -> None:
    assert suggested(ready()) == ["mara"]
    assert set(suggested(ready(labels=(READY, "group::distribution::deploy")))) == {"mara", "ivo", "timo"}
    assert set(suggested(ready(author="somebody"))) == {"nadia", "mara", "ivo", "timo"}


@pytest.mark.parametrize(
    "changes",
    [{"busy": ("mara",)}, {"limit": 1}, {"limits": {"mara": 1}}],
    ids=["busy", "at the limit", "at their own limit"],
)
def test_who_has_no_room_is_left_out(changes: dict[str, Any]) -> None:
    assert suggested(ready(), *reviewed_by("mara", 1), **changes) == []


def test_who_is_away_for_this_day_only_is_left_out() -> None:
    today = (Away(NOW.date(), NOW.date()),)
    people = {**PEOPLE, "mara": Person("Mara", groups=("build",), away=today)}
    assert suggested(ready(), people=people) == []


@pytest.mark.parametrize(
    ("first", "last", "asked"),
    [
        (date(2026, 6, 3), date(2026, 6, 19), False),
        (date(2026, 6, 8), date(2026, 6, 19), False),
        (date(2026, 6, 3), date(2026, 6, 4), False),
        (date(2026, 6, 3), date(2026, 6, 3), True),
        (date(2026, 6, 9), date(2026, 6, 19), True),
    ],
)
def test_who_will_be_away_before_the_reviews_time_is_over_is_left_out(first: date, last: date, asked: bool) -> None:
    people = {**PEOPLE, "mara": Person("Mara", groups=("build",), away=(Away(first, last),))}
    assert suggested(ready(), people=people) == ["mara"] * asked


def test_hungry_people_say_so() -> None:
    reasons = _suggestions(ready(), hungry=("mara",))[0].reasons
    assert reasons == ("has no open review", "shares 8 office hours with Nadia", "likes to have more reviews")


# --- approved ----------------------------------------------------------------------------------------------


def approved(*names: str, by: str = "timo", **facts: object) -> MergeRequest:
    reviewers = (a_reviewer(by, "approved", asked=SINCE, answered=at("2026-05-29 15:00")), *map(a_reviewer, names))
    return a_merge_request(7, IN_REVIEW, author="nadia", reviewers=reviewers, approved_by=(by,), **facts)  # type: ignore[arg-type]


def test_once_approved_a_maintainer_is_suggested() -> None:
    one = found(approved(), *reviewed_by("ivo", 4))
    mine = [finding for finding in one if finding.subject.endswith("!7")]
    assert told(mine) == ["no-maintainer omnibus-gitlab!7"]
    assert mine[0].says.startswith("Timo approved it on Fri 29 May 15:00, and no maintainer has been asked; ")
    assert mine[0].who == ("timo",)
    change = mine[0].remedies[0].change
    assert isinstance(change, RequestReview)
    assert change.usernames in {("ivo",), ("mara",)}


def test_an_approval_that_stands_in_the_state_alone_counts() -> None:
    mr = a_merge_request(7, IN_REVIEW, author="nadia", reviewers=(a_reviewer("timo", "approved"),))
    assert told(found(mr)) == ["no-maintainer omnibus-gitlab!7"]


def test_an_approval_from_outside_leaves_it_to_the_one_suggested() -> None:
    mr = a_merge_request(7, IN_REVIEW, author="nadia", approved_by=("stranger",))
    one = found(mr)
    assert one[0].says.startswith("@stranger approved it, and no maintainer has been asked; ")
    assert one[0].who[0] in {"ivo", "mara"}


def test_no_maintainer_with_room_is_said() -> None:
    assert told(found(approved(), busy=("ivo", "mara"))) == ["nobody-free omnibus-gitlab!7"]


@pytest.mark.parametrize(
    "mr",
    [
        approved("ivo"),
        approved(by="ivo"),
        approved(threads=(Thread("t", "timo", at("2026-05-29 15:10")),)),
        approved(project="gitlab-org/build/CNG"),
    ],
    ids=["asked", "approved by one", "the author's turn", "unknown who may merge"],
)
def test_what_asks_for_no_maintainer(mr: MergeRequest) -> None:
    assert [one for one in found(mr) if one.code == "no-maintainer"] == []


def test_another_projects_maintainers_are_not_guessed() -> None:
    mr = a_merge_request(7, IN_REVIEW, author="nadia", approved_by=("timo",), project="gitlab-org/build/CNG")
    assert found(mr) == []


# --- the order ---------------------------------------------------------------------------------------------

REFS = st.integers(1, 10_000)


def _score(iid: int, reviews: int, **changes: Any) -> float:
    return _suggestions(ready(iid), *reviewed_by("mara", reviews, start=20_000), **changes)[0].score


@given(REFS, st.integers(0, 3))
def test_one_more_review_lowers_the_score_and_hunger_doubles_it(iid: int, reviews: int) -> None:
    assert _score(iid, reviews) > _score(iid, reviews + 1)
    assert _score(iid, reviews, hungry=("mara",)) == pytest.approx(2 * _score(iid, reviews))


@given(REFS, st.permutations(list(FOUR)))
def test_the_order_of_people_does_not_matter(iid: int, names: list[str]) -> None:
    mr = a_merge_request(iid, READY, BUILD, author="somebody")
    people = {name: FOUR[name] for name in names}
    assert suggested(mr, people=people) == suggested(mr, people=FOUR)


@given(REFS, st.sampled_from(sorted(FOUR)))
def test_somebody_who_leaves_changes_nobody_elses_place(iid: int, leaver: str) -> None:
    mr = a_merge_request(iid, READY, BUILD, author="somebody")
    stay = {name: person for name, person in FOUR.items() if name != leaver}
    assert suggested(mr, people=stay) == [name for name in suggested(mr, people=FOUR) if name != leaver]


def _firsts(*others: Item, **changes: object) -> Counter[str]:
    book = a_handbook(people=FOUR)
    mrs = [a_merge_request(iid, READY, BUILD, author="somebody") for iid in range(1, 1001)]
    desk = Desk(a_snapshot(*mrs, *others, handbook=book), book)
    return Counter(suggest(mr, desk, Settings(**changes))[0].username for mr in mrs)  # type: ignore[arg-type]


def test_work_is_spread_evenly_and_the_hungry_get_about_double() -> None:
    even = _firsts()
    assert all(200 < even[name] < 300 for name in FOUR)
    hungry = _firsts(hungry=("ada",))
    assert 340 < hungry["ada"] < 460
    assert all(140 < hungry[name] < 260 for name in ("bo", "cy", "di"))


def test_who_has_reviews_open_is_seldom_first() -> None:
    busy = _firsts(*[mr for name in ("bo", "cy") for mr in reviewed_by(name, 3, start=len(name) * 5_000)])
    assert busy["bo"] + busy["cy"] < 100


# --- shared office hours -----------------------------------------------------------------------------------

VIENNA = Person("V", zone="Europe/Vienna")
TORONTO = Person("T", zone="America/Toronto")
AUCKLAND = Person("A", zone="Pacific/Auckland")


@pytest.mark.parametrize(
    ("one", "other", "hours"),
    [
        (VIENNA, VIENNA, 8),
        (VIENNA, TORONTO, 2),
        (VIENNA, AUCKLAND, 0),
        (Person("N", hours=("22:00-06:00",)), Person("M", hours=("04:00-12:00",)), 2),
        (Person("K", zone="Asia/Kathmandu"), Person("U"), 2.25),
    ],
)
def test_hours_are_shared_across_zones(one: Person, other: Person, hours: float) -> None:
    assert shared_hours(one, other, date(2026, 6, 2)) == hours
    assert shared_hours(other, one, date(2026, 6, 2)) == hours


def test_where_the_clocks_change_on_other_days_the_hours_do_too() -> None:
    assert shared_hours(VIENNA, TORONTO, date(2026, 3, 16)) == 3


def test_an_hour_is_said_in_the_singular() -> None:
    people = {"nadia": Person("Nadia", groups=("build",), hours=("09:00-10:00",)), "mara": PEOPLE["mara"]}
    assert "shares 1 office hour with Nadia" in _suggestions(ready(), people=people)[0].reasons


def test_no_hours_are_said_as_none() -> None:
    people = {"nadia": Person("Nadia", groups=("build",), hours=("20:00-23:00",)), "mara": PEOPLE["mara"]}
    assert "shares no office hours with Nadia" in _suggestions(ready(), people=people)[0].reasons


def test_a_reviewer_who_is_there_already_is_not_suggested_again() -> None:
    mr = ready(reviewers=(Reviewer("mara"),))
    assert suggested(mr) == []
