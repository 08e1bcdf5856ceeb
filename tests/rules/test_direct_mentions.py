"""Direct mentions: whose question goes to the group, when, in which words, and when nothing is said."""

from datetime import datetime
from typing import Any

import pytest

from handrail.engine.assemble import assemble
from handrail.model.actions import Comment, Expectation
from handrail.model.facts import Team
from handrail.model.findings import Finding
from handrail.model.history import Event
from handrail.model.items import Ask, Issue
from handrail.testing import NOW, PEOPLE, Told, a_handbook, a_snapshot, an_issue, at, check_rule, told

MONDAY, TODAY = at("2026-06-01 09:30"), at("2026-06-02 09:00")
ROTATION = a_handbook().rotation
ON_DUTY = an_issue(900, project=ROTATION.project, title=ROTATION.title.format(start="2026-06-01"), assignees=("ivo",))


def found(*items: Issue, now: datetime = NOW, **changes: object) -> list[Finding]:
    book = a_handbook({key.replace("__", "."): value for key, value in changes.items()})
    return check_rule("direct_mentions", a_snapshot(*items, now=now, handbook=book), book)


def asked(of: str = "nadia", at: datetime = MONDAY, by: str = "sam", *labels: str, **facts: Any) -> Issue:
    return an_issue(7, *labels, asks=(Ask(by, of, at),), **facts)


def test_what_nobody_answered_goes_to_the_group() -> None:
    (one,) = found(asked(last_human_at=MONDAY), ON_DUTY)
    assert told([one]) == ["not-answered omnibus-gitlab#7"]
    assert one.says == "@sam asked Nadia by name on Mon 1 Jun 09:30, and nobody of the team has answered."
    assert one.who == ("ivo", "nadia")
    (remedy,) = one.remedies
    assert isinstance(remedy.change, Comment)
    assert remedy.change.to == ("gitlab-org/distribution",)
    assert remedy.change.topic == "direct-mention-202606010930"
    assert remedy.change.asks.startswith("Nadia was asked something here by name. Could whoever is on duty answer it")
    assert remedy.expects == (Expectation("quiet since", MONDAY.isoformat()),)


def test_several_questions_are_one_comment() -> None:
    (one,) = found(an_issue(7, asks=(Ask("sam", "nadia", MONDAY), Ask("lena", "mara", MONDAY.replace(hour=11)))))
    assert "Nadia and Mara by name" in one.says
    assert one.who == ("nadia", "mara")
    comment = one.remedies[0].change
    assert isinstance(comment, Comment)
    assert comment.asks.startswith("Nadia and Mara were asked")
    assert one.remedies[0].expects == (Expectation("quiet since", MONDAY.replace(hour=11).isoformat()),)


@pytest.mark.parametrize(
    "issue",
    [
        asked(at=TODAY),
        asked(of="ivo"),
        asked(of="erin"),
        asked(of="somebody"),
        asked(by="mara"),
        asked(author="nadia"),
        asked(assignees=("nadia",)),
        asked("nadia", MONDAY, "sam", "Stuff that should Just Work"),
        asked(mentioned_since=MONDAY),
        asked(mentioned_since=TODAY),
        an_issue(7, asks=(Ask("sam", "nadia", MONDAY, ("mara",)),)),
        an_issue(7, project="acme/other", asks=(Ask("sam", "nadia", MONDAY),)),
    ],
    ids=["of today", "of the DRI", "of a manager", "of a stranger", "by a colleague", "its author's", "its assignee's",
         "just works", "with the group", "the group since", "answered", "not ours"],
)  # fmt: skip
def test_what_is_nobodys_to_redirect(issue: Issue) -> None:
    assert found(issue, ON_DUTY) == []


def test_another_outsiders_word_is_no_answer_and_an_older_call_of_the_group_is_not_about_it() -> None:
    assert told(found(an_issue(7, asks=(Ask("sam", "nadia", MONDAY, ("lena",)),)))) == ["not-answered omnibus-gitlab#7"]
    assert len(found(asked(mentioned_since=at("2026-05-29 10:00")))) == 1


def test_the_handbook_says_how_long_to_wait_and_where_mentions_go() -> None:
    assert len(found(asked(at=TODAY), rules__direct_mentions__wait_hours=5)) == 1
    assert found(asked(), rules__direct_mentions__mode="off") == []
    assert found(asked(), rotations__dri__redirects=()) == []
    assert found(asked(), team__mention="") == []


def event(hour: int, did: str, value: str = "", by: str = "sam", *, bot: bool = False) -> Event:
    return Event(MONDAY.replace(hour=hour), by, did, value, bot)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("events", "left"),
    [
        ((), [Ask("sam", "nadia", MONDAY.replace(hour=10))]),
        ((event(11, "asked", "nadia"), event(11, "commented")), [Ask("sam", "nadia", MONDAY.replace(hour=10))]),
        ((event(11, "commented", by="lena"), event(12, "commented", by="lena")),
         [Ask("sam", "nadia", MONDAY.replace(hour=10), ("lena",))]),
        ((event(11, "commented", by="gitlab-bot", bot=True),), [Ask("sam", "nadia", MONDAY.replace(hour=10))]),
        ((event(11, "commented", by="nadia"),), []),
        ((event(11, "approved", by="mara"),), []),
        ((event(11, "label_added", "bug", by="mara"),), [Ask("sam", "nadia", MONDAY.replace(hour=10))]),
    ],
)  # fmt: skip
def test_whoever_speaks_afterwards_answers(events: tuple[Event, ...], left: list[Ask]) -> None:
    history = (event(10, "commented"), event(10, "asked", "nadia"), event(10, "asked", "stranger"), *events)
    book = a_handbook()
    facts = Told(((an_issue(7), history),), Team(NOW, PEOPLE))
    (then,) = assemble(facts, book, at("2026-06-02 13:00")).items
    assert isinstance(then, Issue)
    assert list(then.asks) == left
