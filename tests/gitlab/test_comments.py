"""Claims, wishes, commands and mentions in comments."""

from datetime import date

import pytest

from handrail.gitlab.comments import LONGEST_COMMAND, claimed_until, commands, mentions, would_take

TUESDAY = date(2026, 6, 2)


@pytest.mark.parametrize(
    ("body", "until"),
    [
        ("I'll start by 2026-06-05.", date(2026, 6, 5)),
        ("today: 2026-06-02", TUESDAY),
        ("by 12 July", date(2026, 7, 12)),
        ("on 3rd Jan", date(2027, 1, 3)),
        ("I can begin July 12", date(2026, 7, 12)),
        ("July 12th works", date(2026, 7, 12)),
        ("next Monday", date(2026, 6, 8)),
        ("Next tuesday it is", date(2026, 6, 9)),
        ("2026-06-01 is over, so 2026-06-09", date(2026, 6, 9)),
        ("2026-06-05 or next Monday", date(2026, 6, 5)),
        ("it broke on 2026-05-30", None),
        ("I may look at it", None),
        ("in May 3 of 4 failed", date(2027, 5, 3)),
        ("> by 2026-06-05\n\nGood luck!", None),
        ("> could you?\n\nYes, by 2026-06-05.", date(2026, 6, 5)),
        ("`2026-06-05`", None),
        ("```\n2026-06-05 12:00 error\n```\nSee above", None),
        ("https://example.org/2026-06-05/log", None),
        ("release-2026-06-05.1", None),
        ("2026-13-45", None),
        ("by 31 February", None),
        ("", None),
    ],
)
def test_claim(body: str, until: date | None) -> None:
    assert claimed_until(body, TUESDAY) == until


@pytest.mark.parametrize(
    ("body", "called"),
    [
        ("@acme/build please look", True),
        ("(cc @acme/build)", True),
        ("Thanks, @ACME/Build.", True),
        ("@acme/build/tools", False),
        ("@acme/builders", False),
        ("me@acme/build", False),
        ("> @acme/build please look", False),
        ("`@acme/build`", False),
        ("@acme", False),
    ],
)
def test_mention(body: str, called: bool) -> None:
    assert mentions(body, "acme/build") is called


def test_a_team_without_a_name_is_never_mentioned() -> None:
    assert not mentions("@ everybody", "")


@pytest.mark.parametrize(
    "body",
    [
        "I'd like to work on this",
        "Hi @mara, I’d love to work on this issue!",
        "I can take this",
        "I'll pick this up next week.",
        "Thanks! I will take it over.",
        "I want to pick up the issue",
        "I'm interested in picking this up",
        "I am working on this.",
        "This hits us too, I can fix it",
        "I'll take a stab at this",
        "I'd be happy to take this on",
        "let me take this one",
        "assign this to me please",
        "@gitlab-bot assign me",
        "Can I work on this?",
        "Could I be assigned?",
        "Could you please assign it to me?",
        "> who could take it?\n\nI can take it",
    ],
)
def test_a_wish_to_take_the_issue(body: str) -> None:
    assert would_take(body, author=False)
    assert would_take(body, author=True) is not body.endswith("?")


@pytest.mark.parametrize(
    "body",
    [
        "I can't take this",
        "I will not work on this",
        "I don't think I can take this",
        "I can take a look",
        "I can review this",
        "If nobody else wants it I'll take it",
        "I'd like to work on this but have no time",
        "I was working on this until last week",
        "I'll take this up with Mara",
        "I can take this to the team",
        "I will take this into account",
        "I'll fix the documentation",
        "> I can take this",
        "`I can take this`",
        "Would you like to work on this?",
        "Who can take this?",
        "You could take this",
        "We will work on this",
        "",
    ],
)
def test_no_wish_to_take_the_issue(body: str) -> None:
    assert not would_take(body, author=False)


def test_commands_are_what_lines_that_begin_with_the_handle_say() -> None:
    body = (
        "@handrail snooze  until Friday\n  @Handrail: why `x`?\nhello @handrail no\n@handrail\n@handrail-bot not\n"
        "> @handrail quoted\n```\n@handrail code\n```\n<!-- \n@handrail hidden\n-->\n"
        f"@handrail {'x' * (LONGEST_COMMAND + 1)}"
    )
    assert list(commands(body, "handrail")) == ["snooze until Friday", "why `x`?"]
    assert list(commands("@acme.bot status", "acme.bot")) == ["status"]
    assert list(commands("@acmexbot status", "acme.bot")) == []
    assert list(commands("@ status", "")) == []
