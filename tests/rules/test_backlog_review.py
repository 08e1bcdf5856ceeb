"""The quarter's backlog review: which issues are kept, scheduled or closed, and only when it is time."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.model.actions import AddLabels, CloseItem, Comment, Expectation
from handrail.model.findings import Finding
from handrail.model.items import Issue, LinkedMergeRequest
from handrail.model.people import Away, Person
from handrail.testing import PEOPLE, PROJECT, a_handbook, a_merge_request, a_snapshot, an_issue, at, check_rule, told

JULY = at("2026-07-14 10:00")
"""The third month of the second quarter of the fiscal year 2027."""
WHOLE = ("group::distribution::build", "priority::4", "type::feature")


def ago(days: float) -> datetime:
    return JULY - timedelta(days=days)


def lying(days: float, *labels: str, iid: int = 1, **facts: object) -> Issue:
    """An issue of the backlog that nobody has touched for so many days."""
    made = {"created_at": ago(days), "milestone": "Backlog", **facts}
    return an_issue(iid, *WHOLE, *labels, **made)  # type: ignore[arg-type]  # an issue's facts


def found(
    *issues: Issue,
    now: datetime = JULY,
    changes: Mapping[str, object] | None = None,
    people: Mapping[str, Person] = PEOPLE,
) -> list[Finding]:
    """What triage finds, the team's list last."""
    book = a_handbook(changes, people)
    return sorted(
        check_rule("triage", a_snapshot(*issues, now=now, handbook=book), book), key=lambda one: one.subject == "team"
    )


def reviewed(*issues: Issue, now: datetime = JULY, changes: Mapping[str, object] | None = None) -> list[str]:
    """What the review says, of the items alone."""
    lines = told(found(*issues, now=now, changes=changes))
    return [line.partition(" ")[0].removeprefix("backlog-") for line in lines if line.startswith("backlog-")]


def test_a_quarter_reviews_each_issue_and_counts_them_for_the_managers() -> None:
    old, urgent, recent = lying(366), lying(366, "customer", iid=2), lying(100, iid=3)
    close, schedule, keep, counts = found(old, urgent, recent)
    assert [one.code for one in (close, schedule, keep)] == ["backlog-close", "backlog-schedule", "backlog-keep"]
    assert counts.subject == "team"
    assert counts.says == (
        "The backlog review of FY27 Q2 has 3 issues that nobody has touched for 90 days: "
        "1 to schedule (gitlab-org/omnibus-gitlab#2), 1 to close (gitlab-org/omnibus-gitlab#1), "
        "1 to keep (gitlab-org/omnibus-gitlab#3)."
    )
    assert [(one.what, one.at, one.link) for one in counts.evidence] == [
        (f"to {what}: {issue.ref}, last touched", issue.created_at, issue.ref)
        for what, issue in (("schedule", urgent), ("close", old), ("keep", recent))
    ]
    for one in (close, schedule, keep, counts):
        assert (one.who, one.period, one.severity, one.clause) == (
            ("erin", "paul"),
            "FY27::Q2",
            "note",
            "backlog.review",
        )
    assert schedule.says == (
        "It is in Backlog and nobody has touched it since Sun 13 Jul 2025; ~customer speaks for scheduling it."
    )
    assert keep.says == (
        "It is in Backlog and nobody has touched it since Sun 5 Apr; nothing speaks for closing or scheduling it."
    )
    assert keep.remedies == counts.remedies == ()
    [remedy] = schedule.remedies
    assert remedy.change == AddLabels(("For Scheduling",))
    assert remedy.expects == (Expectation("quiet since", ago(366).isoformat()), Expectation("milestone", "Backlog"))


def test_what_is_before_the_managers_is_reviewed_no_more_and_without_a_label_people_put_it_there() -> None:
    assert reviewed(lying(366, "customer", "for scheduling")) == []
    none: Mapping[str, object] = {"rules.triage.review.schedule_with": ""}
    schedule, _ = found(lying(366, "customer"), changes=none)
    assert (schedule.code, schedule.remedies) == ("backlog-schedule", ())


def test_the_list_names_of_each_sort_what_lies_longest() -> None:
    *_, listed = found(*(lying(100 + iid, iid=iid) for iid in range(1, 6)))
    refs = ", ".join(f"gitlab-org/omnibus-gitlab#{iid}" for iid in (5, 4, 3))
    assert listed.says.endswith(f"0 to schedule, 0 to close, 5 to keep ({refs}, …).")
    assert [one.link[-2:] for one in listed.evidence] == ["#5", "#4", "#3", "#2", "#1"]


def test_one_issue_is_one_issue() -> None:
    *_, counts = found(lying(100))
    assert "has 1 issue that" in counts.says


@pytest.mark.parametrize("month", range(1, 13))
def test_the_review_is_in_the_third_month_only(month: int) -> None:
    issue = an_issue(1, *WHOLE, milestone="Backlog", created_at=at("2024-01-01 10:00"))
    there = reviewed(issue, now=at(f"2026-{month:02}-10 10:00"))
    assert there == (["close", "review"] if month in {1, 4, 7, 10} else [])


def test_what_is_old_and_nobodys_is_closed_with_a_word() -> None:
    close, _ = found(lying(366, author="outsider", milestone=None, labels=WHOLE, assignees=()), now=JULY)[-2:]
    assert close.says == (
        "It is in no milestone, nobody has it, and nobody has touched it since Sun 13 Jul 2025; it may be closed."
    )
    comment, closing = close.remedies
    still = (
        Expectation("quiet since", ago(366).isoformat()),
        Expectation("milestone", ""),
        Expectation("unassigned"),
    )
    assert comment.expects == closing.expects == still
    assert closing.change == CloseItem()
    assert isinstance(comment.change, Comment)
    assert (comment.change.topic, comment.change.to) == ("backlog-2025-07-13", ("outsider",))


def test_a_bots_issue_is_closed_without_a_word_and_an_absent_persons_is_not() -> None:
    [close, _] = found(lying(366, author="gitlab-bot"))
    assert [remedy.change for remedy in close.remedies] == [CloseItem()]
    away = {**PEOPLE, "nadia": Person("Nadia", away=(Away(date(2026, 7, 1), date(2026, 7, 31)),))}
    [close, _] = found(lying(366, author="nadia"), people=away)
    assert (close.code, close.remedies) == ("backlog-close", ())


def test_a_member_is_told_of_it_at_work_so_that_nothing_is_closed_without_a_word() -> None:
    night = at("2026-07-14 22:00")
    [close, _] = found(lying(366, author="nadia"), now=night)
    assert close.remedies == ()
    [close, _] = found(lying(366, author="nadia"))
    assert len(close.remedies) == 2
    quiet = replace(a_handbook().acting.noise, office_hours=False)
    [close, _] = found(lying(366, author="nadia"), now=night, changes={"acting.noise": quiet})
    assert len(close.remedies) == 2


@pytest.mark.parametrize(
    "issue",
    [
        lying(366, assignees=("mara",)),
        lying(366, confidential=True),
        lying(366, merge_requests=(LinkedMergeRequest(f"{PROJECT}!1"),)),
        lying(366, "Security"),
        lying(366, "Seeking community contributions"),
        lying(364.9),
    ],
)
def test_what_is_somebodys_secret_sought_or_not_so_old_is_kept(issue: Issue) -> None:
    assert reviewed(issue) == ["keep", "review"]


def test_what_open_work_waits_for_is_kept() -> None:
    waiting = an_issue(2, *WHOLE, milestone="19.2", blocked_by=(f"{PROJECT}#1",))
    assert reviewed(lying(366, blocks=(waiting.ref,)), waiting) == ["keep", "review"]
    assert reviewed(lying(366, blocks=(waiting.ref,))) == ["close", "review"], "it is closed, or not the team's"
    merged = (LinkedMergeRequest(f"{PROJECT}!1", "merged"),)
    assert reviewed(lying(366, merge_requests=merged)) == ["close", "review"]


@pytest.mark.parametrize("label", ["priority::1", "priority::2", "severity::1", "severity::2", "Customer"])
def test_what_is_urgent_is_scheduled(label: str) -> None:
    issue = an_issue(1, label, created_at=ago(100), milestone="Next 1-3 releases")
    assert reviewed(issue) == ["schedule", "review"]
    assert reviewed(issue, changes={"rules.triage.review.schedule_ranks": 0}) == (
        ["schedule" if label == "Customer" else "keep", "review"]
    )


def test_what_is_planned_touched_or_waits_for_something_else_is_left_alone() -> None:
    for issue in (
        lying(366, milestone="19.2"),
        lying(89.9),
        lying(366, last_human_at=ago(20)),
        lying(366, "Awaiting Feedback"),
        lying(366, "maintainer-discussion"),
        lying(366, project="gitlab-org/gitlab", labels=()),
    ):
        assert reviewed(issue) == []
    book = a_handbook()
    assert check_rule("triage", a_snapshot(a_merge_request(1), now=JULY, handbook=book), book) == []


@given(st.lists(st.tuples(st.integers(0, 500), st.sampled_from(["", "customer", "security"])), max_size=6))
def test_the_counts_are_those_of_the_issues(backlog: list[tuple[int, str]]) -> None:
    issues = [lying(days, *([label] if label else []), iid=iid) for iid, (days, label) in enumerate(backlog, 1)]
    findings = found(*issues)
    each = [one.code.removeprefix("backlog-") for one in findings if one.subject != "team"]
    counts = [re.sub(r" \([^)]*\)", "", one.says.partition("days: ")[2]) for one in findings if one.subject == "team"]
    if each:
        assert counts == [", ".join(f"{each.count(what)} to {what}" for what in ("schedule", "close", "keep")) + "."]
    else:
        assert counts == []
