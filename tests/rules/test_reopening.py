"""What was closed for its silence and has an answer since: it comes before a person, and our words promise that."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from msgspec import structs

from handrail.model.actions import Comment, Expectation
from handrail.model.derive import derived
from handrail.model.findings import Finding
from handrail.model.history import Event
from handrail.model.items import Item
from handrail.model.people import Away, Person
from handrail.rules.reopening import CLOSED_BY, IS_LOOKED_AT
from handrail.rules.triage import CLAUSES, FINDINGS
from handrail.testing import NOW, PEOPLE, a_handbook, a_merge_request, a_snapshot, an_epic, an_issue, check_rule, told

CLOSED, SPOKE = NOW - timedelta(days=3), NOW - timedelta(days=1)
OURS = ("group::distribution::build", "priority::4", "type::bug")


def closed(**facts: object) -> Item:
    known = {"closed_at": CLOSED, "closed_about": "triage unanswered 2026-05-12"}
    spoke = {"last_human_at": SPOKE, "last_human_by": "somebody"}
    return an_issue(1, *OURS, state="closed", **{**known, **spoke, **facts})  # type: ignore[arg-type]  # an issue's facts


def found(*items: Item, people: Mapping[str, Person] = PEOPLE) -> list[Finding]:
    book = a_handbook(people=people)
    return check_rule("triage", a_snapshot(*items, handbook=book), book)


def test_an_answer_to_what_was_closed_comes_before_whoever_is_on_duty() -> None:
    [one] = found(closed())
    assert (one.code, one.clause, one.who) == ("answered-since", "triage.timers", ("erin", "paul"))
    assert one.says == (
        "It was closed on Sat 30 May since nobody spoke, and @somebody has on Mon 1 Jun: open it again, or say why not."
    )
    [remedy] = one.remedies
    assert isinstance(remedy.change, Comment)
    assert remedy.change.to == ("erin", "paul")
    assert remedy.expects == (Expectation("state", "closed"), Expectation("quiet since", SPOKE.isoformat()))


def test_it_is_its_assignees_first_but_not_of_whoever_has_spoken() -> None:
    [one] = found(closed(assignees=("mara",)))
    assert one.who == ("mara",)
    [mine] = found(closed(author="mara", last_human_by="mara"))
    assert mine.who == ("erin", "paul")


def test_nobody_is_called_who_is_away() -> None:
    away = (Away(NOW.date() - timedelta(days=9), NOW.date() + timedelta(days=9)),)
    [one] = found(closed(assignees=("nadia",)), people={**PEOPLE, "nadia": Person("Nadia", away=away)})
    assert (one.who, one.remedies) == (("nadia",), ())


@pytest.mark.parametrize("code", CLOSED_BY)
def test_each_way_of_closing_for_silence_keeps_its_promise(code: str) -> None:
    about = f"triage {code} 2026-05-12"
    assert told(found(closed(closed_about=about))) == ["answered-since omnibus-gitlab#1"]
    assert code in FINDINGS
    assert CLOSED_BY[code] in CLAUSES
    review = a_merge_request(
        2, *OURS, state="closed", closed_at=CLOSED, closed_about=about, last_human_at=SPOKE, last_human_by="ramon"
    )
    assert told(found(review)) == ["answered-since omnibus-gitlab!2"]


@pytest.mark.parametrize(
    "facts",
    [
        {"closed_about": ""},
        {"closed_about": "triage answer-due"},
        {"closed_about": "spikes unanswered"},
        {"last_human_at": None},
        {"last_human_at": CLOSED},
        {"last_human_by": "mara"},
        {"closed_at": NOW - timedelta(days=60)},
    ],
)
def test_what_people_closed_said_before_or_settled_since_is_left_alone(facts: dict[str, object]) -> None:
    assert found(closed(**facts)) == []


def test_another_teams_issue_is_left_to_them() -> None:
    theirs = closed(project="gitlab-org/gitlab")
    assert found(structs.replace(theirs, labels=())) == []


def test_an_epic_is_never_closed_for_its_silence() -> None:
    assert found(an_epic(1, *OURS, state="closed", closed_at=CLOSED, closed_about="triage unanswered")) == []


def test_the_facts_of_a_history_tell_it() -> None:
    events = (
        Event(CLOSED, "handrail", "spoke_of", "triage unanswered 2026-05-12", bot=True),
        Event(CLOSED, "handrail", "closed", bot=True),
        Event(SPOKE, "somebody", "commented"),
    )
    read = derived(closed(closed_about="", last_human_at=None, last_human_by=""), events)
    assert told(found(read)) == ["answered-since omnibus-gitlab#1"]
    assert found(derived(read, events[:2])) == []


def test_our_last_words_promise_that_a_person_looks_and_no_more() -> None:
    assert "a month" in IS_LOOKED_AT
    assert "somebody of the team" in IS_LOOKED_AT
