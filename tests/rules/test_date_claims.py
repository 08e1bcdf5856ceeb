"""Claims: who holds an issue, what each claimant hears once, and the day on which it becomes theirs."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from handrail.model.actions import Assign, Comment, Expectation
from handrail.model.findings import Finding
from handrail.model.items import Claim, Item, LinkedMergeRequest
from handrail.model.people import Away, Person
from handrail.plan.planner import make_plan
from handrail.rules.date_claims import FINDINGS
from handrail.testing import (
    NOW,
    PEOPLE,
    PROJECT,
    IssueFacts,
    a_claim,
    a_handbook,
    a_merge_request,
    a_snapshot,
    an_issue,
    at,
    check_rule,
    told,
)
from tests.rules.worlds import claims

MADE = at("2026-05-29 10:00")
LATER = at("2026-05-30 10:00")


def found(
    *items: Item,
    now: datetime = NOW,
    changes: Mapping[str, object] | None = None,
    people: Mapping[str, Person] = PEOPLE,
) -> list[Finding]:
    book = a_handbook(changes, people)
    return check_rule("date_claims", a_snapshot(*items, now=now, handbook=book), book)


def codes(*items: Item, now: datetime = NOW) -> list[str]:
    return [line.partition(" ")[0] for line in told(found(*items, now=now))]


def comment_of(finding: Finding) -> Comment:
    [remedy] = finding.remedies
    assert isinstance(remedy.change, Comment)
    assert remedy.expects == (Expectation("unassigned"),)
    return remedy.change


# Who holds it ---------------------------------------------------------------------------------------------------------


def test_who_holds_an_issue_is_shown_and_nothing_is_done() -> None:
    for by, name in (("nadia", "Nadia"), ("outsider", "@outsider")):
        [finding] = found(an_issue(1, claims=(a_claim(by, "2026-06-05", MADE),)))
        assert told([finding]) == ["held omnibus-gitlab#1"]
        assert finding.says == f"{name} holds it through Fri 5 Jun, the day on which they would like to start."
        assert (finding.severity, finding.who, finding.remedies) == ("note", (by,), ())
        assert [(one.what, one.at) for one in finding.evidence] == [(f"{name} named the day Fri 5 Jun", MADE)]


def test_the_later_claimant_hears_once_who_holds_it() -> None:
    issue = an_issue(1, claims=(a_claim("mara", "2026-06-05", LATER), a_claim("nadia", "2026-06-05", MADE)))
    held, taken = found(issue)
    assert (held.code, held.who, taken.code, taken.who) == ("held", ("nadia",), "taken", ("mara",))
    assert taken.says == "Mara would like it too; Nadia holds it through Fri 5 Jun."
    comment = comment_of(taken)
    assert (comment.topic, comment.to) == ("held-mara", ("mara",))
    assert "Nadia was the first to name a day and holds it through Fri 5 Jun." in comment.asks
    assert "a comment with the day on which you would start holds it for you" in comment.asks


def test_a_later_day_of_the_second_claimant_comes_next() -> None:
    issue = an_issue(1, claims=(a_claim("nadia", "2026-06-05", MADE), a_claim("mara", "2026-06-09", LATER)))
    _, taken = found(issue)
    assert "your word holds it for you through Tue 9 Jun" in comment_of(taken).asks
    assert codes(issue, now=at("2026-06-06 10:00")) == ["held"]
    [then] = found(issue, now=at("2026-06-06 10:00"))
    assert then.who == ("mara",)


def test_who_names_no_day_while_another_holds_it_hears_of_that_and_nothing_else() -> None:
    issue = an_issue(1, claims=(a_claim("nadia", "2026-06-05", MADE), a_claim("outsider", None, LATER)))
    assert codes(issue) == ["held", "taken"]
    long_ago = an_issue(1, claims=(a_claim("outsider", None, NOW - timedelta(days=15)),))
    assert codes(long_ago) == []
    over = an_issue(1, claims=(a_claim("nadia", "2026-06-05", MADE), a_claim("mara", "2026-06-01", LATER)))
    assert codes(over) == ["held"]


def test_a_day_that_is_too_far_away_holds_no_longer_than_the_handbook_lets_it() -> None:
    issue = an_issue(1, claims=(a_claim("nadia", "2099-01-01", MADE), a_claim("mara", None, LATER)))
    far, taken = found(issue)
    assert (far.code, far.who, taken.code) == ("far-away", ("nadia", "erin", "paul"), "taken")
    assert far.says.endswith("more than 90 days away, and holds it through Thu 27 Aug, no longer.")
    assert (comment_of(far).topic, comment_of(far).to) == ("far-nadia-2099-01-01", ("nadia",))
    assert "the issue is yours through Thu 27 Aug" in comment_of(far).asks
    assert "Nadia was the first to name a day and holds it through Thu 27 Aug." in comment_of(taken).asks
    assert codes(issue, now=at("2026-08-27 12:00")) == ["far-away"]
    [then] = found(issue, now=at("2026-08-28 12:00"))
    assert then.code == "free-again"
    assert then.says.endswith("they said so 90 days ago, and it is free again.")
    assert "ago and nobody is assigned, so the issue is open to everybody again." in comment_of(then).asks


def test_how_far_away_a_day_may_be_is_the_handbooks_to_say() -> None:
    issue = an_issue(1, claims=(a_claim("nadia", "2026-06-12", MADE), a_claim("mara", "2099-01-01", LATER)))
    far, taken = found(issue, changes={"rules.date_claims.most_days": 5})
    assert (far.code, taken.code) == ("far-away", "taken")
    assert "your word holds it for you through Thu 4 Jun" in comment_of(taken).asks
    assert codes(an_issue(1, claims=(a_claim("nadia", "2026-08-27", MADE),))) == ["held"]


def test_a_claim_holds_what_is_said_to_be_in_dev_and_is_nobodys() -> None:
    issue = an_issue(1, "workflow::in dev", claims=(a_claim("nadia", "2026-06-05", MADE), a_claim("mara", None, MADE)))
    assert codes(issue) == ["held", "taken"]
    assert codes(structs.replace(issue, claims=(a_claim("nadia", "2026-06-02", MADE),))) == ["day-comes"]


# The day comes --------------------------------------------------------------------------------------------------------


def test_on_the_day_the_claimant_is_assigned() -> None:
    [finding] = found(an_issue(1, claims=(a_claim("outsider", "2026-06-02", MADE),)))
    assert told([finding]) == ["day-comes omnibus-gitlab#1"]
    assert finding.says == "@outsider has named Tue 2 Jun as the day on which they start, and nobody is assigned."
    [remedy] = finding.remedies
    assert remedy.change == Assign(("outsider",))
    assert remedy.expects == (Expectation("unassigned"),)
    assert finding.period == "2026-06-02"


def test_the_day_is_the_claimants_own() -> None:
    people = {
        **PEOPLE,
        "nadia": Person("Nadia", zone="Pacific/Auckland"),
        "mara": Person("Mara", zone="Pacific/Honolulu"),
    }
    for by, begins, ends in (
        ("nadia", "2026-06-03 12:00", "2026-06-04 12:00"),
        ("mara", "2026-06-04 10:00", "2026-06-05 10:00"),
        ("outsider", "2026-06-04 00:00", "2026-06-05 00:00"),
    ):
        issue = an_issue(1, claims=(a_claim(by, "2026-06-04", MADE),))
        second = timedelta(seconds=1)
        moments = (at(begins) - second, at(begins), at(ends) - second, at(ends))
        codes = [found(issue, now=moment, people=people)[0].code for moment in moments]
        assert codes == ["held", "day-comes", "day-comes", "free-again"]


def test_who_moves_their_day_is_assigned_on_the_new_one() -> None:
    today, later = a_claim("mara", "2026-06-02", MADE), a_claim("mara", "2026-06-20", LATER)
    [finding] = found(an_issue(1, claims=(today, later)))
    assert (finding.code, finding.remedies) == ("held", ())
    assert finding.says == "Mara holds it through Sat 20 Jun, the day on which they would like to start."
    [finding] = found(an_issue(1, claims=(a_claim("mara", "2026-06-20", MADE), a_claim("mara", "2026-06-02", LATER))))
    assert finding.code == "day-comes"


def test_a_day_that_was_moved_forward_is_over_when_the_new_one_is() -> None:
    [finding] = found(an_issue(1, claims=(a_claim("mara", "2026-06-20", MADE), a_claim("mara", "2026-06-01", LATER))))
    assert finding.says.startswith("Mara meant to start by Mon 1 Jun")


def test_a_team_may_leave_assigning_to_its_people() -> None:
    issue = an_issue(1, claims=(a_claim("nadia", "2026-06-02", MADE),))
    [finding] = found(issue, changes={"rules.date_claims.assign_on_date": False})
    assert (finding.code, finding.remedies) == ("held", ())


def test_nobody_is_assigned_who_is_away() -> None:
    away = Person("Nadia", away=(Away(date(2026, 6, 1), date(2026, 6, 12)),))
    [finding] = found(an_issue(1, claims=(a_claim("nadia", "2026-06-02", MADE),)), people={**PEOPLE, "nadia": away})
    assert (finding.code, finding.remedies) == ("held", ())


# Free again -----------------------------------------------------------------------------------------------------------


def test_when_the_day_has_passed_the_claimant_hears_that_it_is_free() -> None:
    issue = an_issue(1, claims=(a_claim("mara", "2026-05-30", MADE), a_claim("nadia", "2026-06-01", LATER)))
    [finding] = found(issue)
    assert told([finding]) == ["free-again omnibus-gitlab#1"]
    assert (
        finding.says
        == "Nadia meant to start by Mon 1 Jun; that day has passed, nobody is assigned, and it is free again."
    )
    comment = comment_of(finding)
    assert (comment.topic, comment.to) == ("free-nadia-2026-06-01", ("nadia",))
    assert comment.thanks == "thank you for offering to take this on"


@pytest.mark.parametrize(
    "begun",
    [
        {"assignees": ("nadia",)},
        {"assignees": ("mara",)},
        {"status": "In dev"},
        {"merge_requests": (LinkedMergeRequest(f"{PROJECT}!2"),)},
    ],
)
def test_nothing_is_said_of_what_somebody_has_or_has_begun(begun: IssueFacts) -> None:
    for claim in (a_claim("nadia", "2026-06-01", MADE), a_claim("nadia", None, MADE)):
        assert codes(structs.replace(an_issue(1, **begun), claims=(claim,))) == []
        assert codes(an_issue(1, "workflow::in dev", claims=(claim,))) == []


def test_a_merge_request_that_was_closed_began_nothing() -> None:
    closed = LinkedMergeRequest(f"{PROJECT}!2", "closed")
    assert codes(an_issue(1, claims=(a_claim("nadia", "2026-06-01", MADE),), merge_requests=(closed,))) == [
        "free-again"
    ]


def test_a_claim_that_ended_long_ago_is_let_be() -> None:
    issue = an_issue(1, claims=(a_claim("nadia", "2026-06-01", MADE),))
    end = at("2026-06-02 00:00")
    assert codes(issue, now=end + timedelta(days=14)) == ["free-again"]
    assert codes(issue, now=end + timedelta(days=14, seconds=1)) == []


def test_who_is_away_hears_when_they_are_back() -> None:
    away = Person("Nadia", away=(Away(date(2026, 6, 1), date(2026, 6, 12)),))
    people = {**PEOPLE, "nadia": away}
    [finding] = found(an_issue(1, claims=(a_claim("nadia", "2026-06-01", MADE),)), people=people)
    assert (finding.code, finding.remedies) == ("free-again", ())
    back = at("2026-06-15 10:00")
    [finding] = found(an_issue(1, claims=(a_claim("nadia", "2026-06-01", MADE),)), people=people, now=back)
    assert comment_of(finding).to == ("nadia",)


def test_a_bot_claims_nothing() -> None:
    assert (
        codes(an_issue(1, claims=(a_claim("gitlab-bot", None, MADE), a_claim("gitlab-bot", "2026-06-01", MADE)))) == []
    )


# No day ---------------------------------------------------------------------------------------------------------------


def test_who_names_no_day_is_told_once_what_to_add() -> None:
    issue = an_issue(
        1, claims=(a_claim("nadia", None, MADE), a_claim("nadia", None, LATER), a_claim("mara", None, MADE))
    )
    findings = found(issue)
    assert told(findings) == ["without-a-day omnibus-gitlab#1"] * 2
    assert findings[0].says == "Mara would like it and has named no day, which holds nothing."
    assert [comment_of(one).topic for one in findings] == ["day-mara", "day-nadia"]
    assert findings[1].evidence[0].what == "Nadia named no day"


def test_who_adds_a_day_is_told_nothing_more() -> None:
    assert codes(an_issue(1, claims=(a_claim("nadia", None, MADE), a_claim("nadia", "2026-06-05", LATER)))) == ["held"]
    again = an_issue(1, claims=(a_claim("nadia", "2026-06-01", MADE), a_claim("nadia", None, NOW)))
    assert codes(again) == ["without-a-day"]


# All of it ------------------------------------------------------------------------------------------------------------


def test_only_the_teams_issues_are_looked_at() -> None:
    claimed = (a_claim("nadia", None, MADE),)
    assert codes(an_issue(1, project="gitlab-org/gitlab", claims=claimed), a_merge_request(2), an_issue(3)) == []


@given(claims(), st.integers(0, 6 * 24))
def test_at_any_moment_one_at_the_most_holds_it_and_nobody_is_told_twice(
    claimed: tuple[Claim, ...], hours: int
) -> None:
    issue = an_issue(1, claims=claimed)
    findings = found(issue, now=NOW + timedelta(hours=hours))
    assert {one.code for one in findings} <= FINDINGS.keys()
    assert sum(one.code in {"held", "day-comes"} for one in findings) <= 1
    people = [one.who for one in findings]
    assert len(people) == len(set(people))


def test_what_is_planned_is_the_same_whenever_it_is_looked_at() -> None:
    issue = an_issue(1, claims=(a_claim("nadia", "2026-06-01", MADE),))
    book = a_handbook()
    keys = set()
    for hour in (10, 15):
        snapshot = a_snapshot(issue, now=at(f"2026-06-03 {hour}:00"), handbook=book)
        [action] = make_plan(check_rule("date_claims", snapshot, book), snapshot, book).actions
        keys.add((action.key, action.change))
    assert len(keys) == 1
