"""Comments and issues of ours: in whose words, why, how to disagree, and the marker by which they are found again."""

import re

from handrail.model.actions import Comment, CreateItem
from handrail.plan.letters import because, letter, marked, marker, opened
from handrail.testing import a_handbook

BOOK = a_handbook()


def written(*to: str, thanks: str = "thank you for offering", group: str = "") -> str:
    comment = Comment("expired", to, thanks, "Would you like to name another date?", group)
    return letter(comment, "date_claims", "milestone.claim-ends", BOOK)


def test_a_comment_thanks_asks_tells_why_and_how_to_disagree() -> None:
    thanks, asks, why, end = written("ada", "bo").strip().split("\n\n")
    assert thanks == "@ada @bo, thank you for offering."
    assert asks == "Would you like to name another date?"
    assert why.startswith(
        "*Why: Without a date, or once the date has passed, the issue is free again. ([Milestone planning]("
    )
    assert "/workflow/#milestone-planning)" in why
    assert why.endswith("answer `@handrail not-applicable date_claims because …`, and that settles it.*")
    assert end == "<!-- handrail:date_claims:expired -->"


def test_who_disagrees_settles_what_was_found_and_nothing_else_of_the_rule() -> None:
    comment = Comment("expired", ("ada",), "thank you", "Would you?")
    for code, period, about in (
        ("expired", "2026-06-01", " expired 2026-06-01"),
        ("expired", "", " expired"),
        ("", "19.1", ""),
    ):
        text = letter(comment, "date_claims", "milestone.claim-ends", BOOK, code, period)
        assert f"answer `@handrail not-applicable date_claims{about} because …`" in text


def test_whom_a_comment_names_or_quotes_it_does_not_call() -> None:
    quoted = Comment("hello", ("nadia",), "thank you, @ivo", "@mara wrote “ask @gus”; answer `@handrail take`.")
    told = letter(quoted, "triage", "duty.triage", BOOK)
    assert re.findall(r"@\w+", told)[:1] == ["@nadia"]
    assert set(re.findall(r"@\w+", told)) == {"@nadia", "@handrail"}


def test_a_group_is_addressed_where_nobody_is_named() -> None:
    assert written(group="gitlab-org/distribution").startswith("@gitlab-org/distribution, thank you for offering.")


def test_nobody_addressed_is_a_sentence_all_the_same() -> None:
    assert written(thanks="thanks to all who looked!").startswith("Thanks to all who looked!\n")


def test_a_marker_is_found_again_and_nobody_elses_words_are_ours() -> None:
    assert marked(written("ada")) == ("date_claims", "expired")
    assert marked("no words of ours") is None
    assert marked(f"quoted: {marker('rule', 'topic-2')}") == ("rule", "topic-2")


def test_an_issue_of_ours_tells_why_and_carries_its_marker() -> None:
    text = opened(CreateItem("19.1", "A title", "What to do."), "recurring_duties", "labels.team", BOOK)
    assert re.fullmatch(r"What to do\.\n\n\*Why: .*\*\n\n<!-- handrail:recurring_duties:19\.1 -->\n", text)


def test_without_a_page_the_clause_stands_alone() -> None:
    assert because("labels.team", a_handbook({"links": {}})) == BOOK.clauses["labels.team"].says
