from collections.abc import Callable

from tests.cli.conftest import Run, issue, merge_request


def test_an_item_that_fits_no_row_is_listed_with_what_it_lacks(run: Run, snapshot: Callable[..., str]) -> None:
    file = snapshot(issue(1, labels=["Deliverable", "workflow::in dev"]), issue(2, assignees=[], labels=[]))
    rows = run("--snapshot", file, "triage", "--json").json
    assert [(row["ref"][-2:], row["lacks"]) for row in rows] == [
        ("#1", ["a priority label"]),
        ("#2", ["a milestone", "a group label", "a priority label", "a type label"]),
    ]
    out = run("--snapshot", file, "triage").out
    assert "it lacks a priority label" in out
    assert out.endswith("2 items\n")


def test_a_person_sees_their_own(run: Run, snapshot: Callable[..., str]) -> None:
    file = snapshot(issue(1, labels=["workflow::in dev"]), issue(2, assignees=["bo"], labels=["workflow::in dev"]))
    rows = run("--snapshot", file, "triage", "--as", "ada", "--json").json
    assert [row["ref"][-2:] for row in rows] == ["#1"]


def test_none_is_said(run: Run, snapshot: Callable[..., str]) -> None:
    assert run("--snapshot", snapshot(issue()), "triage").out == "Every item fits a row.\n"


def test_waiting_says_for_whom(run: Run, snapshot: Callable[..., str]) -> None:
    reviewed = [{"username": "ada", "state": "requested_changes", "responded_at": "2026-06-01T08:00:00Z"}]
    file = snapshot(merge_request(labels=["workflow::in review"], reviewers=reviewed))
    rows = run("--snapshot", file, "waiting", "--json").json
    assert [(row["people"], row["on"]) for row in rows] == [(["ada"], ["bo"])]
    assert "Waits for Bo; you asked for changes" in run("--snapshot", file, "waiting", "--as", "ada").out
    assert run("--snapshot", file, "waiting", "--as", "bo").out == "Nothing waits.\n"
