"""Commands and mentions in comments."""

import pytest

from handrail.gitlab.comments import LONGEST_COMMAND, commands, mentions


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
        ("~~@acme/build~~", False),
        ("@acme", False),
    ],
)
def test_mention(body: str, called: bool) -> None:
    assert mentions(body, "acme/build") is called


def test_a_team_without_a_name_is_never_mentioned() -> None:
    assert not mentions("@ everybody", "")


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
