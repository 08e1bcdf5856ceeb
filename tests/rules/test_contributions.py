"""Contributions that have gone quiet: who hears of it, when they are called stale, and when they are closed."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.model.actions import AddLabels, CloseItem, Comment, Expectation, RemoveLabels
from handrail.model.findings import Finding
from handrail.model.items import MergeRequest, Stay
from handrail.model.people import Away, Person
from handrail.rules.activity import last_touched
from handrail.rules.desk import Desk
from handrail.testing import (
    NOW,
    PEOPLE,
    MergeRequestFacts,
    a_claim,
    a_handbook,
    a_merge_request,
    a_reviewer,
    a_snapshot,
    an_epic,
    an_issue,
    check_rule,
    told,
)

COMMUNITY, READY, IN_REVIEW = "Community contribution", "workflow::ready for review", "workflow::in review"
CLOSE: Mapping[str, object] = {"rules.triage.community.stale_then": "close"}


def ago(days: float) -> datetime:
    return NOW - timedelta(days=days)


def a_contribution(*labels: str, quiet: float, **facts: object) -> MergeRequest:
    """A community merge request that nobody has touched for so many days."""
    made = {"created_at": ago(quiet), "author": "outsider", **facts}
    return a_merge_request(1, COMMUNITY, *labels, **made)  # type: ignore[arg-type]  # a merge request's facts


def found(
    mr: MergeRequest, changes: Mapping[str, object] | None = None, people: Mapping[str, Person] = PEOPLE
) -> list[Finding]:
    book = a_handbook(changes, people)
    return check_rule("triage", a_snapshot(mr, handbook=book), book)


def codes(mr: MergeRequest, changes: Mapping[str, object] | None = None) -> list[str]:
    return [line.partition(" ")[0] for line in told(found(mr, changes))]


def comment_of(finding: Finding) -> Comment:
    [comment] = [remedy.change for remedy in finding.remedies if isinstance(remedy.change, Comment)]
    return comment


# Idle and stale -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "code"), [(27.9, []), (28, ["idle"]), (119.9, ["idle"]), (120, ["stale"]), (500, ["stale"])]
)
def test_a_contribution_goes_quiet_step_by_step(days: float, code: list[str]) -> None:
    assert codes(a_contribution(READY, quiet=days)) == code


def test_a_team_members_merge_request_has_the_review_slo_instead() -> None:
    assert codes(a_merge_request(1, READY, created_at=ago(500))) == []


def test_the_author_is_asked_when_it_is_their_turn() -> None:
    asked = a_reviewer("mara", "requested_changes", asked=ago(40), answered=ago(30))
    for mr in (
        a_contribution(IN_REVIEW, quiet=30, reviewers=(asked,)),
        a_contribution(READY, quiet=30, draft=True),
        a_contribution(quiet=30),
    ):
        [finding] = found(mr)
        assert finding.says == "Nobody has touched this contribution since Sun 3 May; it waits for @outsider."
        assert finding.who == ("outsider",)
        [remedy] = finding.remedies
        assert remedy.expects == (Expectation("quiet since", ago(30).isoformat()),)
        comment = comment_of(finding)
        assert (comment.topic, comment.to) == ("idle-2026-05-03", ("outsider",))
        assert comment.thanks == "thank you for your contribution"


def test_the_reviewer_is_asked_when_it_is_theirs() -> None:
    for reviewer, who in (("mara", "Mara"), ("customer", "@customer")):
        mr = a_contribution(READY, quiet=50, reviewers=(a_reviewer(reviewer, asked=ago(30)),))
        [finding] = found(mr)
        assert finding.says == f"Nobody has touched this contribution since Sun 3 May; it waits for {who}."
        assert comment_of(finding).to == (reviewer,)
        assert comment_of(finding).thanks == "thank you for helping a contributor"


def test_the_managers_are_asked_for_somebody_where_nobody_is() -> None:
    [finding] = found(a_contribution(READY, quiet=30))
    assert finding.who == comment_of(finding).to == ("erin", "paul")
    assert "nobody is asked to review it" in comment_of(finding).asks


def test_it_is_the_authors_where_it_is_nobodys_of_the_team() -> None:
    mr = a_contribution(
        IN_REVIEW,
        quiet=60,
        reviewers=(a_reviewer("customer", "approved", asked=ago(40), answered=ago(30)),),
        approved_by=("customer",),
    )
    assert found(mr)[0].who == ("customer",)
    bot = a_contribution(READY, quiet=30, reviewers=(a_reviewer("gitlab-bot", asked=ago(30)),))
    assert found(bot)[0].who == ("erin", "paul")


def test_reminders_come_in_rounds_and_to_those_who_are_there() -> None:
    assert comment_of(found(a_contribution(quiet=34.9))[0]).topic == "idle-2026-04-28"
    assert comment_of(found(a_contribution(quiet=35))[0]).topic == "idle-2026-04-28-2"
    away = {name: Person(one.name, one.zone, roles=one.roles) for name, one in PEOPLE.items()}
    gone = (Away(date(2026, 5, 1), date(2026, 6, 30)),)
    away |= {name: Person(name, roles=PEOPLE[name].roles, away=gone) for name in ("erin", "paul")}
    [finding] = found(a_contribution(READY, quiet=30), people=away)
    assert (finding.code, finding.remedies) == ("idle", ())


def test_who_wrote_what_is_stale_is_told_before_anything_happens() -> None:
    [finding] = found(a_contribution(READY, quiet=130), CLOSE)
    assert finding.says == "Nobody has touched this contribution since Fri 23 Jan."
    assert (finding.severity, finding.period) == ("warning", "2026-01-23")
    comment, label = finding.remedies
    assert comment_of(finding).to == ("outsider",)
    assert label.change == AddLabels(("stale",))
    assert comment.expects == label.expects == (Expectation("quiet since", ago(130).isoformat()),)


def test_without_a_stale_label_there_are_words_only() -> None:
    [finding] = found(a_contribution(READY, quiet=130), {"triage.stale_label": "", **CLOSE})
    assert [type(remedy.change) for remedy in finding.remedies] == [Comment]


def test_who_is_away_is_not_let_go() -> None:
    people = {**PEOPLE, "nadia": Person("Nadia", away=(Away(date(2026, 5, 1), date(2026, 6, 30)),))}
    [finding] = found(a_contribution(READY, quiet=130, author="nadia"), people=people)
    assert (finding.code, finding.remedies) == ("stale", ())
    [finding] = found(a_contribution(READY, quiet=130, author="gitlab-bot"))
    assert (finding.code, finding.remedies) == ("stale", ())


# Marked as stale ------------------------------------------------------------------------------------------------------


def stale(since: float | None, **facts: object) -> MergeRequest:
    """A contribution that has been quiet for 140 days and stale for so many."""
    dated = {} if since is None else {"stale": ago(since)}
    return a_contribution("stale", quiet=140, **{"label_since": dated, **facts})


def test_what_is_stale_is_closed_after_a_time_where_the_handbook_says_so() -> None:
    assert codes(stale(13.9), CLOSE) == []
    assert codes(stale(None), CLOSE) == []
    [finding] = found(stale(14), CLOSE)
    assert (finding.code, finding.severity) == ("stale-for-long", "warning")
    assert finding.says == "It has had ~stale since Tue 19 May, and nobody has touched it."
    comment, close = finding.remedies
    assert close.change == CloseItem()
    still = (Expectation("quiet since", ago(140).isoformat()), Expectation("label", "stale"))
    assert comment.expects == close.expects == still
    assert comment_of(finding).to == ("outsider",)


def test_what_stays_quiet_is_found_where_nothing_is_closed_too() -> None:
    assert codes(stale(13.9)) == []
    [finding] = found(stale(14))
    assert (finding.code, finding.remedies) == ("stale-for-long", ())


def test_a_bots_contribution_is_closed_without_a_word() -> None:
    [finding] = found(stale(20, author="gitlab-bot"), CLOSE)
    assert [remedy.change for remedy in finding.remedies] == [CloseItem()]


def test_an_absent_persons_contribution_waits_for_them() -> None:
    people = {**PEOPLE, "nadia": Person("Nadia", away=(Away(date(2026, 5, 1), date(2026, 6, 30)),))}
    [finding] = found(stale(20, author="nadia"), CLOSE, people)
    assert (finding.code, finding.remedies) == ("stale-for-long", ())


def test_the_label_goes_when_somebody_comes_back() -> None:
    for changes in (None, CLOSE):
        [finding] = found(stale(20, last_human_at=ago(2), last_human_by="outsider"), changes)
        assert finding.code == "awake"
        assert finding.says == "Somebody has been at it on Sun 31 May, and it still has ~stale."
        [remedy] = finding.remedies
        assert remedy.change == RemoveLabels(("stale",))
        assert finding.period == "2026-05-13", "what falls asleep once more may wake once more"


@given(st.integers(0, 200), st.integers(0, 200), st.integers(1, 30))
def test_nothing_is_closed_that_was_not_called_stale_before(quiet: int, since: int, patience: int) -> None:
    changes = {**CLOSE, "rules.triage.community.close_after_days": patience}
    dated = a_contribution("stale", quiet=quiet, label_since={"stale": ago(since)})
    for mr, may_close in ((dated, since >= patience and quiet >= since), (a_contribution(READY, quiet=quiet), False)):
        closes = [remedy for one in found(mr, changes) for remedy in one.remedies if remedy.change == CloseItem()]
        assert bool(closes) is may_close


# When a person last touched something ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "facts",
    [
        {"last_human_at": ago(3)},
        {"assigned_since": ago(3)},
        {"acted": {"outsider": ago(3)}},
        {"label_since": {COMMUNITY: ago(3)}},
        {"reviewers": (a_reviewer("mara", asked=ago(3)),)},
        {"reviewers": (a_reviewer("mara", asked=ago(9), answered=ago(3)),)},
    ],
)
def test_words_labels_people_and_reviews_touch_a_merge_request(facts: MergeRequestFacts) -> None:
    assert touched(a_contribution(quiet=50, **facts)) == ago(3)


@pytest.mark.parametrize(
    "facts",
    [
        {"label_since": {COMMUNITY: ago(3)}, "label_by": {COMMUNITY: "gitlab-bot"}},
        {"label_since": {COMMUNITY: ago(3)}, "label_by": {COMMUNITY: "handrail"}},
        {"reviewers": (a_reviewer("GitLabDuo", asked=ago(3)),)},
        {"milestones": (Stay("19.1", ago(3)),)},
        {"label_since": {"stale": ago(3)}},
    ],
)
def test_bots_the_rollover_and_our_own_label_do_not(facts: MergeRequestFacts) -> None:
    assert touched(a_contribution(quiet=50, **facts), "stale") == ago(50)


def test_claims_states_and_milestones_touch_an_issue_and_an_epic_has_less() -> None:
    made = ago(50)
    assert touched(an_issue(1, created_at=made, claims=(a_claim("mara", None, ago(3)),))) == ago(3)
    assert touched(an_issue(1, created_at=made, claims=(a_claim("gitlab-bot", None, ago(3)),))) == made
    assert touched(an_issue(1, created_at=made, status="In dev", status_since=ago(3))) == ago(3)
    assert touched(an_issue(1, created_at=made, milestones=(Stay("Backlog", ago(3)),))) == ago(3)
    assert touched(an_epic(1, created_at=made)) == made


def test_a_push_keeps_a_contribution_awake() -> None:
    assert codes(a_contribution(READY, quiet=130, pushed_at=ago(7))) == []
    stale = a_contribution(READY, "stale", quiet=200, pushed_at=ago(7), label_since={"stale": ago(10)})
    assert codes(stale) == ["awake"]


def touched(item: object, besides: str = "") -> datetime:
    book = a_handbook()
    return last_touched(item, Desk(a_snapshot(handbook=book), book), besides)  # type: ignore[arg-type]  # any item
