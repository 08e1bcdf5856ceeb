"""A command that is printed runs as it is printed: on the same facts, by the same handbook, with the same view."""

import shlex
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Run, issue, merge_request

Snapshot = Callable[..., str]


@pytest.fixture
def book(tmp_path: Path) -> str:
    """A handbook in a folder whose name a shell would take apart."""
    folder = tmp_path / "our team"
    folder.mkdir()
    file = folder / "team.yml"
    file.write_text("work_queue: {}\n")
    return str(file)


def hinted(out: str, after: str) -> list[str]:
    """The command that stands after some words, as a shell would hand it on."""
    return shlex.split(out.partition(after)[2].partition("\n")[0].partition(" · ")[0])


def test_global_options_that_were_typed_are_typed_again(run: Run, snapshot: Snapshot, book: str) -> None:
    chosen = ("--snapshot", snapshot(), "--handbook", book)
    out = run(*chosen, "next", "--as", "ada").out
    assert hinted(out, "See what is free: ") == ["handrail", *chosen, "next", "--unassigned"]
    out = run("--demo", "--size", "400", "--people", "16", "next", "--as", "nadia").out
    assert hinted(out, "why: ")[:6] == ["handrail", "--demo", "--size", "400", "--people", "16"]


def test_what_stands_in_the_environment_stands_there_still(
    run: Run, snapshot: Snapshot, book: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HANDRAIL_HANDBOOK", book)
    assert "--handbook" not in run("--snapshot", snapshot(), "next", "--as", "ada").out


def test_a_password_is_not_shown_again(run: Run, snapshot: Snapshot) -> None:
    place = "postgresql://ada:secret@localhost/handrail"
    out = run("--store", place, "--snapshot", snapshot(), "next", "--as", "ada").out
    assert "--store postgresql://ada:…@localhost/handrail" in out.replace("'", "")
    assert "secret" not in out


def test_a_program_that_is_on_no_path_is_named_as_it_was_called(
    run: Run, snapshot: Snapshot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handrail.cli.chosen.sys.argv", ["bin/handrail"])
    ran = run("--snapshot", snapshot(), "next", "--as", "ada")
    assert hinted(ran.out, "See what is free: ")[0] == "handrail"


def test_a_queue_hints_at_the_same_view(run: Run, snapshot: Snapshot) -> None:
    file = snapshot(*(merge_request(number) for number in range(1, 15)))
    view = ["--as", "ada", "--at", "2026-06-02 10:00"]
    out = run("--snapshot", file, "next", *view).out
    assert "explain 'omnibus!1' " in out
    assert hinted(out, "why: ") == ["handrail", "--snapshot", file, "explain", "omnibus!1", *view]
    assert hinted(out, "2 more (2 in level 6): ") == ["handrail", "--snapshot", file, "next", "--all", *view]
    assert f"next --as ada{shlex.join(['', *view[2:]])[2:]}" in run("--snapshot", file, "next", "--team", *view[2:]).out


def test_a_reference_that_a_shell_takes_as_it_is_stays_so(run: Run, snapshot: Snapshot) -> None:
    assert "explain omnibus#1 --as ada" in run("--snapshot", snapshot(issue(1)), "next", "--as", "ada").out


def test_what_waits_and_what_lacks_is_hinted_for_the_same_person(run: Run, snapshot: Snapshot) -> None:
    assert hinted(run("--demo", "next", "--as", "nadia").out, "for others: ")[2:] == ["waiting", "--as", "nadia"]
    out = run("--snapshot", snapshot(issue(2, labels=["workflow::in dev"])), "next", "--as", "ada").out
    assert hinted(out, "1 of yours fits no row: ")[-3:] == ["triage", "--as", "ada"]


def test_findings_hint_at_the_plan_of_the_same_rules(run: Run, snapshot: Snapshot) -> None:
    out = run("--snapshot", snapshot(issue(1)), "findings", "--rule", "required_labels", "--at", "2026-06-02").out
    assert hinted(out, "can be mended: ")[3:] == ["plan", "--rule", "required_labels", "--at", "2026-06-02"]


def test_a_plan_hints_at_the_findings_of_the_same_rules(run: Run, snapshot: Snapshot, book: str) -> None:
    asked = ("--rule", "required_labels", "--rule", "workflow_states", "--at", "2026-06-02")
    out = run("--snapshot", snapshot(issue(1)), "plan", *asked, "--handbook", book).out
    assert hinted(out, "only people can mend: ")[3:] == ["--handbook", book, "findings", *asked]
    assert f"{book} plans the same as today’s handbook.\n" in out
