"""Triage: what an issue lacks, how long it may wait for what, and by when it is due."""

from collections.abc import Mapping
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.model.actions import CloseItem, Comment, Expectation, RemoveLabels
from handrail.model.findings import Finding
from handrail.model.items import Item, LinkedMergeRequest
from handrail.model.people import Away, Person
from handrail.model.planning import Project
from handrail.rules.triage import FINDINGS
from handrail.testing import (
    NOW,
    PEOPLE,
    PROJECT,
    a_handbook,
    a_merge_request,
    a_snapshot,
    an_epic,
    an_issue,
    at,
    check_rule,
    told,
)
from tests.rules.worlds import items

BUILD = "group::distribution::build"
WHOLE = (BUILD, "priority::4", "type::bug")
AWAITING, DISCUSSION, INVESTIGATION = "Awaiting Feedback", "maintainer-discussion", "Needs investigation"
SOME_TIME = timedelta(seconds=1)
AWAY = {**PEOPLE, "nadia": Person("Nadia", away=(Away(date(2026, 5, 1), date(2026, 6, 30)),))}


def found(
    *given: Item,
    changes: Mapping[str, object] | None = None,
    people: Mapping[str, Person] = PEOPLE,
    maintainers: tuple[str, ...] = (),
) -> list[Finding]:
    book = a_handbook(changes, people)
    projects = (Project(PROJECT, maintainers=maintainers),)
    return check_rule("triage", a_snapshot(*given, handbook=book, projects=projects), book)


def codes(*given: Item, changes: Mapping[str, object] | None = None) -> list[str]:
    return [line.partition(" ")[0] for line in told(found(*given, changes=changes))]


def comment_of(finding: Finding) -> Comment:
    [comment] = [remedy.change for remedy in finding.remedies if isinstance(remedy.change, Comment)]
    return comment


# What it lacks --------------------------------------------------------------------------------------------------------


def test_an_issue_in_the_triage_queue_is_untriaged() -> None:
    [finding] = found(an_issue(1, "priority::4", author="nadia"))
    assert told([finding]) == ["untriaged omnibus-gitlab#1"]
    assert (
        finding.says == "Nobody has triaged it yet; full triage would add a milestone, a group label and a type label."
    )
    assert (finding.severity, finding.who, finding.remedies) == ("note", ("nadia",), ())
    [whole_but_one] = found(an_issue(1, *WHOLE))
    assert whole_but_one.says == "Nobody has triaged it yet; full triage would add a milestone."


def test_full_triage_asks_a_team_without_groups_for_none() -> None:
    (finding,) = found(an_issue(1), changes={"groups": {}})
    assert finding.says.endswith("would add a milestone, a priority label and a type label.")


def test_full_triage_asks_for_the_handbooks_own_types_and_priorities() -> None:
    own: dict[str, object] = {"rules.required_labels.types": ("kind/bug", "kind/chore")}
    (finding,) = found(an_issue(1, *WHOLE), changes=own)
    assert finding.says.endswith("would add a milestone and a type label.")
    (finding,) = found(an_issue(1, *WHOLE, "kind/chore"), changes=own)
    assert finding.says.endswith("would add a milestone.")
    none: dict[str, object] = {"rules.required_labels.types": (), "priorities": {}}
    (finding,) = found(an_issue(1, BUILD), changes=none)
    assert finding.says.endswith("would add a milestone.")


@pytest.mark.parametrize("label", ["For Scheduling", "for scheduling"])
def test_what_waits_for_scheduling_is_triaged_in_part(label: str) -> None:
    [finding] = found(an_issue(1, label, BUILD, milestone="19.2", since=NOW))
    assert finding.code == "partly-triaged"
    assert finding.says == (
        f'It has ~"{label}" and is triaged in part; full triage would add a priority label and a type label.'
    )
    assert finding.evidence[0].at == NOW


def test_what_waits_for_a_milestone_too_is_in_the_managers_list_instead() -> None:
    waits = (an_issue(1, "For Scheduling", since=NOW), an_issue(2, "For Scheduling", milestone="Backlog", since=NOW))
    assert codes(*waits) == []
    assert codes(*waits, changes={"rules.milestone_planning.mode": "off"}) == ["partly-triaged", "partly-triaged"]


def test_an_issue_that_waits_for_an_answer_is_triaged_in_part() -> None:
    assert codes(an_issue(1, AWAITING, *WHOLE, since=NOW)) == ["partly-triaged"]


def test_of_what_is_triaged_nothing_is_said() -> None:
    for item in (
        an_issue(1, *WHOLE, milestone="Backlog"),
        an_issue(1, *WHOLE, "For Scheduling", milestone="19.2"),
        an_issue(1, milestone="19.1"),
        an_issue(1, assignees=("nadia",)),
        an_issue(1, DISCUSSION, since=NOW),
        an_issue(1, "Seeking community contributions"),
        an_issue(1, project="gitlab-org/gitlab"),
        a_merge_request(1),
        an_epic(1, BUILD),
    ):
        assert codes(item, item) == []


# Waiting for an answer ------------------------------------------------------------------------------------------------


def awaiting(days: float, **facts: object) -> Item:
    """An issue that has awaited feedback for so many days."""
    return an_issue(1, AWAITING, *WHOLE, milestone="Backlog", since=NOW - timedelta(days=days), **facts)  # type: ignore[arg-type]  # an issue's facts


@pytest.mark.parametrize(
    ("days", "code"),
    [(6.9, []), (7, ["answer-due"]), (13.9, ["answer-due"]), (14, ["unanswered"]), (90, ["unanswered"])],
)
def test_an_answer_may_take_its_time(days: float, code: list[str]) -> None:
    assert codes(awaiting(days)) == code


def test_at_half_time_the_author_is_reminded() -> None:
    [finding] = found(awaiting(8, author="outsider"))
    assert finding.says == "It has waited for an answer since Mon 25 May and is closed on Mon 8 Jun without one."
    [remedy] = finding.remedies
    assert remedy.expects == (Expectation("label", AWAITING),)
    comment = comment_of(finding)
    assert (comment.topic, comment.to, finding.who) == ("answer-2026-05-25", ("outsider",), ("outsider",))
    assert finding.says in comment.asks
    assert [(one.what, one.at) for one in finding.evidence] == [
        ('~"Awaiting Feedback" was put on', NOW - timedelta(days=8))
    ]


def test_nobody_is_reminded_who_is_away_or_no_person() -> None:
    for author in ("nadia", "gitlab-bot"):
        [finding] = found(awaiting(8, author=author), people=AWAY)
        assert (finding.code, finding.remedies) == ("answer-due", ())


def test_without_an_answer_it_is_closed_with_a_word() -> None:
    [finding] = found(awaiting(14, author="outsider"))
    assert finding.says == "It has waited for an answer since Tue 19 May, longer than 14 days."
    assert (finding.severity, finding.period) == ("warning", "2026-05-19")
    comment, close = finding.remedies
    quiet = Expectation("quiet since", (NOW - timedelta(days=14)).isoformat())
    assert comment.expects == close.expects == (quiet, Expectation("label", AWAITING), Expectation("unassigned"))
    assert close.change == CloseItem()
    assert comment_of(finding).to == ("outsider",)


def test_a_bots_issue_is_closed_without_a_word_and_an_absent_persons_is_not() -> None:
    [finding] = found(awaiting(14, author="gitlab-bot"))
    assert [remedy.change for remedy in finding.remedies] == [CloseItem()]
    [finding] = found(awaiting(14, author="nadia"), people=AWAY)
    assert finding.remedies == ()


def test_a_word_of_somebody_else_starts_the_time_anew() -> None:
    spoke = NOW - timedelta(days=6)
    assert codes(awaiting(20, last_human_by="mara", last_human_at=spoke)) == []
    [finding] = found(awaiting(40, last_human_by="mara", last_human_at=NOW - timedelta(days=15)))
    assert finding.says.startswith("It has waited for an answer since Mon 18 May")
    earlier = awaiting(14, last_human_by="somebody", last_human_at=NOW - timedelta(days=15))
    assert codes(earlier) == ["unanswered"]


def test_an_answer_takes_the_label_off() -> None:
    spoke = NOW - timedelta(days=1)
    [finding] = found(awaiting(20, last_human_by="somebody", last_human_at=spoke, assignees=("mara",)))
    assert (finding.code, finding.who) == ("answered", ("mara",))
    assert finding.says == (
        '@somebody, who wrote it, has said something on Mon 1 Jun, and it still has ~"Awaiting Feedback".'
    )
    [remedy] = finding.remedies
    assert remedy.change == RemoveLabels((AWAITING,))
    assert finding.period == "2026-05-13", "what is asked anew later is answered anew"


def test_an_answer_is_one_whoever_speaks_after_it() -> None:
    asked, replied = NOW - timedelta(days=32), NOW - timedelta(days=30)
    later = {"last_human_by": "mara", "last_human_at": NOW - timedelta(days=29), "label_by": {AWAITING: "mara"}}
    [finding] = found(awaiting(32, spoke={"somebody": replied, "mara": NOW - timedelta(days=29)}, **later))
    assert (finding.code, finding.evidence[1].at) == ("answered", replied)
    assert codes(awaiting(32, spoke={"somebody": asked}, **later)) == ["unanswered"], "a word before the question"


def test_somebody_outside_the_team_may_answer_in_the_authors_place() -> None:
    spoke = {"customer": NOW - timedelta(days=1)}
    [finding] = found(awaiting(20, spoke=spoke))
    assert finding.says.startswith("@customer has said something on Mon 1 Jun, and it still has")
    assert codes(awaiting(20, spoke=spoke, label_by={AWAITING: "customer"})) == ["unanswered"], "it is they who ask"


@pytest.mark.parametrize(("who", "code"), [("mara", "unanswered"), ("timo", "answered"), ("customer", "answered")])
def test_an_author_who_asks_is_answered_by_anybody_else(who: str, code: str) -> None:
    facts = {"author": "mara", "label_by": {AWAITING: "mara"}, "spoke": {who: NOW - timedelta(days=19)}}
    assert codes(awaiting(20, **facts)) == [code]


@pytest.mark.parametrize(
    "facts",
    [{"assignees": ("mara",)}, {"merge_requests": (LinkedMergeRequest(f"{PROJECT}!1"),)}],
)
def test_what_somebody_has_begun_stays_open_without_an_answer(facts: Mapping[str, object]) -> None:
    assert codes(awaiting(8, **facts)) == []
    [finding] = found(awaiting(40, **facts))
    assert (finding.code, finding.remedies) == ("unanswered", ())
    closed = (LinkedMergeRequest(f"{PROJECT}!1", "closed"),)
    assert found(awaiting(40, merge_requests=closed))[0].remedies


def test_without_the_labels_instant_nothing_is_closed_that_its_author_spoke_in_last() -> None:
    spoke = NOW - timedelta(days=300)
    facts = {"milestone": "Backlog", "created_at": NOW - timedelta(days=400)}
    [finding] = found(an_issue(1, AWAITING, *WHOLE, last_human_by="somebody", last_human_at=spoke, **facts))  # type: ignore[arg-type]  # an issue's facts
    assert (finding.code, finding.remedies) == ("answered", ())
    assert finding.evidence[0].what == 'since when it has ~"Awaiting Feedback" is not known; it was opened'
    [finding] = found(an_issue(1, AWAITING, *WHOLE, **facts))  # type: ignore[arg-type]  # an issue's facts
    assert finding.code == "unanswered"


@given(st.integers(0, 60), st.integers(0, 60))
def test_the_longer_it_is_quiet_the_nearer_its_end(one: int, other: int) -> None:
    order: list[list[str]] = [[], ["answer-due"], ["unanswered"]]
    shorter, longer = sorted((one, other))
    assert order.index(codes(awaiting(shorter))) <= order.index(codes(awaiting(longer)))


# Discussions and investigations ---------------------------------------------------------------------------------------


def waiting(label: str, days: float, **facts: object) -> Item:
    return an_issue(1, label, *WHOLE, milestone="Backlog", since=NOW - timedelta(days=days), **facts)  # type: ignore[arg-type]  # an issue's facts


@pytest.mark.parametrize(("label", "days"), [(DISCUSSION, 14), (INVESTIGATION, 28)])
def test_a_discussion_or_an_investigation_has_its_days(label: str, days: int) -> None:
    assert codes(waiting(label, days - 0.1)) == []
    [finding] = found(waiting(label, days))
    assert (finding.code, finding.severity) == ("decision-due", "warning")
    assert finding.says.endswith(f", longer than {days} days.")
    assert comment_of(finding).to == finding.who == ("erin", "paul")


def test_maintainers_are_asked_what_became_of_a_discussion() -> None:
    issue = waiting(DISCUSSION, 15)
    assert found(issue, maintainers=("ivo", "mara", "outsider"))[0].who == ("mara",)
    assert found(issue, maintainers=("ivo", "outsider"))[0].who == ("ivo",)
    assert found(issue, maintainers=("outsider",))[0].who == ("erin", "paul")
    [finding] = found(issue, maintainers=("mara",))
    comment = comment_of(finding)
    assert (comment.topic, comment.to) == ("maintainer-discussion-2026-05-18", ("mara",))
    [remedy] = finding.remedies
    assert remedy.expects == (Expectation("label", DISCUSSION),)


def test_reminders_of_a_decision_come_in_rounds() -> None:
    topics = [comment_of(found(waiting(DISCUSSION, days))[0]).topic[-2:] for days in (14, 20.9, 21, 35, 63)]
    assert topics == ["19", "12", "-2", "-3", "-4"]


def test_who_looks_into_an_issue_is_asked_what_they_found() -> None:
    [finding] = found(waiting(INVESTIGATION, 30, assignees=("mara",)), maintainers=("ivo",))
    assert finding.who == ("mara",)
    assert comment_of(finding).topic == "needs-investigation-2026-05-03"
    [away] = found(waiting(INVESTIGATION, 30, assignees=("nadia",)), people=AWAY)
    assert (away.who, away.remedies) == (("nadia",), ())


def test_a_label_whose_instant_nobody_knows_counts_from_the_issues_beginning() -> None:
    issue = an_issue(1, DISCUSSION, created_at=at("2026-05-04 10:00"))
    [finding] = found(issue)
    assert (
        finding.says == "It has had ~maintainer-discussion, as far as is known, since Mon 4 May, longer than 14 days."
    )


def test_a_teams_own_timer_ends_in_a_decision() -> None:
    changes = {"triage.timers_days": {"on ice": 3}}
    assert codes(waiting("On Ice", 3), changes=changes) == ["decision-due"]
    assert codes(waiting("On Ice", 2), changes=changes) == []


# Days of priorities and severities ------------------------------------------------------------------------------------


def due(label: str, days: float, *labels: str) -> Item:
    return an_issue(1, label, *labels, milestone="19.1", since=NOW - timedelta(days=days), assignees=("mara",))


@pytest.mark.parametrize(("label", "days"), [("priority::1", 30), ("priority::2", 60), ("priority::3", 120)])
def test_a_priority_gives_days_from_when_it_was_put_on(label: str, days: int) -> None:
    soon = days * 0.75
    assert codes(due(label, soon - 0.01)) == []
    assert codes(due(label, soon)) == codes(due(label, days - 0.01)) == ["due-soon"]
    assert codes(due(label, days)) == ["overdue"]


def test_the_lowest_priority_gives_none() -> None:
    assert codes(due("priority::4", 4000)) == []


def test_what_is_due_soon_and_what_is_over_say_until_when() -> None:
    [soon] = found(due("priority::1", 25))
    assert soon.says == "It has had ~priority::1 since Fri 8 May: its 30 days end on Sun 7 Jun."
    assert (soon.severity, soon.who, soon.remedies, soon.clause) == ("warning", ("mara",), (), "priority.open")
    assert [(one.what, one.at) for one in soon.evidence] == [("~priority::1 was put on", NOW - timedelta(days=25))]
    [over] = found(due("priority::1", 35))
    assert over.says == "It has had ~priority::1 since Tue 28 Apr: its 30 days ended on Thu 28 May."
    assert over.severity == "breach"


def test_the_issues_age_stands_in_for_a_labels_and_is_said_to() -> None:
    [finding] = found(an_issue(1, "priority::1", milestone="19.1", created_at=at("2026-05-08 10:00")))
    assert finding.says == (
        "It has ~priority::1, since when is not known, and was opened on Fri 8 May: its 30 days end on Sun 7 Jun."
    )
    assert finding.evidence[0].what == "it was opened; since when it has ~priority::1 is not known"


def test_a_severity_gives_days_to_bugs() -> None:
    assert codes(due("severity::1", 31)) == []
    assert codes(due("severity::1", 31, "type::bug")) == ["overdue"]
    assert codes(due("severity::4", 100, "type::bug")) == ["due-soon"]
    assert codes(due("severity::2", 46, "type::bug", "priority::1")) == ["overdue", "due-soon"]


def test_of_several_priorities_the_highest_counts() -> None:
    [finding] = found(due("priority::3", 40, "priority::1"))
    assert finding.says.startswith("It has had ~priority::1")


def test_from_when_on_something_is_due_soon_is_the_handbooks() -> None:
    assert codes(due("priority::1", 20), changes={"rules.triage.near": 0.5}) == ["due-soon"]


@given(items(1))
def test_whatever_an_item_is_like_there_are_words_for_it(item: Item) -> None:
    assert {one.code for one in found(item)} <= FINDINGS.keys()
