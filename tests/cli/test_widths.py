"""How screens use the width that they have: nothing is cut that has room, and narrow ones put one below the other."""

from collections.abc import Callable
from io import StringIO

import pytest
from rich.console import Console

from handrail.cli import plan as plan_screen
from handrail.handbook.load import load
from handrail.model.actions import Action, AddLabels, Comment
from handrail.views.refs import Refs
from tests.cli.conftest import Run

WHY = "Nobody has decided on this request since Monday."
WHERE = "gitlab-org/omnibus-gitlab#1"
ACTIONS = [
    Action("triage", "c", WHERE, AddLabels(("stale",)), WHY, touches=("ada", "bo")),
    Action("triage", "c", WHERE, AddLabels(("spike",)), f"{WHY} It lacks ~spike.", touches=("ada", "bo")),
    Action("triage", "c", WHERE, Comment("t", ("ada",), "thanks", "More?\n\n- When?"), WHY, touches=("ada", "bo")),
]


def shown(width: int) -> list[str]:
    out = StringIO()
    plan_screen.print_actions(Console(file=out, width=width), ACTIONS, Refs(load(None)), load(None))
    return [line.rstrip() for line in out.getvalue().splitlines()]


def test_a_plan_says_once_why_and_whom_of_an_item() -> None:
    text = "\n".join(shown(150))
    assert (text.count(WHY), text.count("It lacks ~spike."), text.count("@ada @bo")) == (1, 1, 1)
    assert [line for line in shown(150) if line.strip() == "- When?"] != []


def test_a_narrow_plan_puts_why_below_what() -> None:
    lines = [line.strip() for line in shown(80)]
    what = next(number for number, line in enumerate(lines) if line.endswith("add ~stale"))
    assert lines[what + 1 : what + 3] == [WHY, "@ada @bo"]


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    return lambda width: monkeypatch.setattr("handrail.cli.screen.PIPE_WIDTH", width)


@pytest.mark.parametrize("command", ["triage", "waiting", "okr"])
def test_a_narrow_list_cuts_no_title(run: Run, narrow: Callable[[int], None], command: str) -> None:
    narrow(80)
    out = run("--demo", command).out
    assert max(map(len, out.splitlines())) <= 80
    assert "…" not in out


def test_a_narrow_list_of_requests_puts_whose_they_are_below(run: Run, narrow: Callable[[int], None]) -> None:
    narrow(80)
    lines = [line.rstrip() for line in run("--demo", "request", "list").out.splitlines()]
    assert lines[:3] == [
        "3  Which key signs the packages for SLES 15.6?",
        "   channel message, from @registry-suvi on Thu 21 May",
        "   Wren, handed over to Ivo, who has not taken it yet; asked: Mara",
    ]


def test_titles_have_the_room_that_reasons_leave(run: Run) -> None:
    assert "Rotate the package signing key before 30 June" in run("--demo", "next", "--unassigned").out
    assert "…" not in run("--demo", "next", "--as", "nadia").out
