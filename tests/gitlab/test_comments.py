"""Commands and mentions in comments."""

import pytest

from handrail.gitlab.comments import LONGEST_COMMAND, asked, commands, mentions, own_words, spoken_of


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
        "@handrail snooze  until Friday\n  @Handrail: why `x`?\n"
        "    @handrail indented\n\t@handrail too\nhello @handrail no\n@handrail\n@handrail-bot not\n"
        "> @handrail quoted\n```\n@handrail code\n```\n<!-- \n@handrail hidden\n-->\n"
        f"@handrail {'x' * LONGEST_COMMAND}"
    )
    assert list(commands(body, "handrail")) == ["snooze until Friday", "why `x`?", "x" * LONGEST_COMMAND]
    assert list(commands("@acme.bot status", "acme.bot")) == ["status"]
    assert list(commands("@acmexbot status", "acme.bot")) == []
    assert list(commands("@ status", "")) == []


def test_a_long_command_stands_and_is_cut() -> None:
    [told] = commands(f"@handrail not-applicable because {'it waits ' * 100}", "handrail")
    assert told.startswith("not-applicable because it waits")
    assert (len(told), told[-1]) == (LONGEST_COMMAND, "…")


def test_a_suggestion_of_ours_is_a_command_where_somebody_pastes_it() -> None:
    suggestion = "`@handrail not-applicable test_plans because it is small`"
    assert list(commands(suggestion, "handrail")) == ["not-applicable test_plans because it is small"]
    assert list(commands(f"{suggestion} says so.\n<!-- handrail: 1 -->", "handrail")) == []


def test_code_that_nobody_closes_goes_on_to_the_end() -> None:
    for begin in ("```", "~~~text", "````", "<!--"):
        assert own_words(f"Before\n{begin}\nwithin\n\nwithin").split() == ["Before"]
    assert own_words("````\n```\nwithin\n````\nafter").split() == ["after"]
    assert own_words("```code``` after").split() == ["after"]
    assert own_words(">>> quoted\nafter\n>>>\nat the end").split() == ["after", "at", "the", "end"]


@pytest.mark.parametrize(
    "piece", ["<!--", "~~~x\n", "```\n", ">>> x\n", ">>>\n", "`", "@", "@a", "[](", " ", "\n", "§", "cc "]
)
def test_every_comment_is_read_in_one_pass(piece: str) -> None:
    """What looked for the end of each beginning anew would take minutes here."""
    body = piece * (200_000 // len(piece)) + "x"
    assert list(commands(body, "handrail")) == asked(body, "handrail") == []
    assert not mentions(body, "acme/build")
    assert spoken_of(body, "handrail") == ""


@pytest.mark.parametrize(
    ("body", "whom"),
    [
        ("@nadia could you have a look", ["nadia"]),
        ("Hi @nadia, @ivo: any idea?", ["nadia", "ivo"]),
        ("It fails on arm64.\n@nadia do you know why?", ["nadia"]),
        ("@nadia.k, please", ["nadia.k"]),
        ("@nadia please, @nadia!", ["nadia"]),
        ("Thanks @nadia!", []),
        ("As @nadia said.\n\nShould we do it?", []),
        ("Is this right? cc @nadia, @ivo and @mara", []),
        ("Is this right, @ivo? FYI: @nadia", ["ivo"]),
        ("> @nadia could you look?\n\nYes", []),
        ("`@nadia please`", []),
        ("@gitlab-org/distribution could you look?", []),
        ("mail nadia@example.com please", []),
        ("@handrail ask @nadia, please", []),
    ],
)
def test_who_is_asked_something(body: str, whom: list[str]) -> None:
    assert asked(body, "handrail") == whom


def test_without_a_name_of_its_own_nothing_is_a_command() -> None:
    assert asked("@handrail could @nadia look?", "") == ["handrail", "nadia"]
