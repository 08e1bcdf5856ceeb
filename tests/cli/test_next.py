from pathlib import Path

import pytest

from handrail.cli.screen import team_line
from handrail.rules.work_queue import WorkQueue
from handrail.store.database import Store
from handrail.testing import a_handbook, a_red_branch, a_snapshot, an_issue, at
from tests.cli.conftest import Run, issue, merge_request


def test_the_header_names_the_persons_group(run: Run) -> None:
    ran = run("--demo", "next", "--as", "nadia")
    assert ran.code == 0
    assert ran.out.startswith("Nadia · Build · Tue 2 Jun 2026 10:12 in Toronto, at work until 17:00")


def test_the_header_says_who_is_on_duty_and_what_is_red(run: Run) -> None:
    second = run("--demo", "next", "--as", "nadia").out.splitlines()[1]
    assert second == (
        "RED: operator@master (nobody has it, somebody is to take it by Tue 2 Jun 11:52) · on duty: Ivo until Mon 8 Jun"
    )


@pytest.mark.parametrize(
    ("now", "assignees", "said"),
    [
        ("14:00", (), "nobody has it, somebody is to take it by Tue 2 Jun 15:00"),
        ("15:00", (), "nobody has it, somebody was to take it by Tue 2 Jun 15:00"),
        ("14:00", ("ivo",), "Ivo took it, it is to be green by Tue 2 Jun 15:00"),
        ("16:00", ("ivo", "mara"), "Ivo and Mara took it, it was to be green by Tue 2 Jun 15:00"),
    ],
)
def test_the_header_says_who_has_a_red_branch_and_until_when(now: str, assignees: tuple[str, ...], said: str) -> None:
    book, since = a_handbook(), at("2026-06-02 11:00")
    incident = an_issue(1, "master:broken", assignees=assignees, created_at=since)
    snapshot = a_snapshot(incident, now=at(f"2026-06-02 {now}"), handbook=book, pipelines=(a_red_branch(since=since),))
    assert str(team_line(WorkQueue(snapshot, book))) == f"RED: omnibus@main ({said}) · times in UTC"


def test_a_row_says_what_to_do_with_which_item_and_why(run: Run) -> None:
    out = run("--demo", "next", "--as", "nadia").out
    row = next(line for line in out.splitlines() if "omnibus!7421" in line)
    assert row.split()[:2] == ["1", "unblock"]
    assert "Sign SLES 15.6 repositories" in row
    assert "Mara asked you again" in row


def test_the_order_is_the_handbooks(run: Run) -> None:
    rows = run("--demo", "next", "--as", "nadia", "--json").json
    levels = [row["level"] for row in rows]
    assert levels == sorted(levels)
    assert len({row["ref"] for row in rows}) == len(rows)


def test_json_has_the_documented_fields_and_none_is_empty(run: Run) -> None:
    queues = run("--demo", "next", "--team", "--json").json
    rows = [row for queue in queues.values() for row in queue]
    assert len(queues) == 14
    assert len(rows) > 50
    for row in rows:
        assert list(row) == ["level", "row", "do", "ref", "title", "url", "since", "slo", "why", "clause"]
        assert 0 <= row["level"] <= 7
        assert all(row[name] for name in ("row", "do", "ref", "title", "why", "clause", "since"))
        if row["slo"] is not None:
            assert set(row["slo"]) == {"state", "used_hours", "limit_hours"}
    assert {row["level"] for row in rows} == set(range(8))


def test_every_row_of_the_table_occurs_in_the_demo(run: Run) -> None:
    table = {row["row"] for row in run("handbook", "--json").json["work_queue"]["table"]}
    queues = run("--demo", "next", "--team", "--json").json
    assert table <= {row["row"] for queue in queues.values() for row in queue}


def test_the_user_can_come_from_the_environment(run: Run, monkeypatch: object) -> None:
    monkeypatch.setenv("HANDRAIL_USER", "@nadia")  # type: ignore[attr-defined]
    assert run("--demo", "next").out.startswith("Nadia · Build")


def test_unassigned_lists_what_is_free_in_any_milestone(run: Run, snapshot: object) -> None:
    file = snapshot(  # type: ignore[operator]
        issue(1, assignees=[], milestone="19.1", labels=["priority::3", "Deliverable"]),
        issue(2, assignees=[], milestone="19.9", labels=["priority::2", "Deliverable"]),
        issue(3, labels=["priority::1", "Deliverable"]),
    )
    rows = run("--snapshot", file, "next", "--unassigned", "--json").json
    assert [row["ref"].rpartition("#")[2] for row in rows] == ["2", "1"]


def test_as_of_another_moment_the_clock_stands_elsewhere(run: Run, snapshot: object) -> None:
    file = snapshot(merge_request())  # type: ignore[operator]
    then = run("--snapshot", file, "next", "--as", "ada", "--at", "2026-06-04T17:00", "--json").json
    assert then[0]["slo"] == {"state": "breaching", "used_hours": 40.0, "limit_hours": 32.0}
    assert then[0]["level"] == 3


def test_decisions_on_a_snapshot_of_the_demo_are_the_demos(run: Run, tmp_path: object) -> None:
    file = str(tmp_path / "demo.jsonl")  # type: ignore[operator]
    assert run("--demo", "snapshot", "export", file).out == f"600 items written to {file}\n"
    assert run("--snapshot", file, "next", "--team", "--json").out == run("--demo", "next", "--team", "--json").out
    past = ("next", "--team", "--json", "--at", "2026-03-10T09:00")
    assert run("--snapshot", file, *past).out == run("--demo", *past).out
    assert run("snapshot", "check", file).code == 0


def test_nothing_to_do_is_said_with_where_to_look(run: Run, snapshot: object) -> None:
    ran = run("--snapshot", snapshot(), "next", "--as", "ada")  # type: ignore[operator]
    assert "Nothing waits for you" in ran.out


@pytest.mark.parametrize(
    "command", [("next", "--as", "ada"), ("waiting",), ("triage",), ("findings",), ("plan",), ("milestone",)]
)
def test_before_anything_was_read_nothing_is_said_to_wait(run: Run, tmp_path: Path, command: tuple[str, ...]) -> None:
    Store.open(tmp_path / "s.sqlite").close()
    ran = run("--store", str(tmp_path / "s.sqlite"), *command)
    assert (ran.code, ran.out) == (2, "")
    assert "Nothing was read into" in ran.err
    assert f"“handrail --store {tmp_path / 's.sqlite'} sync” reads your GitLab" in ran.err


def test_a_long_queue_says_what_it_hides(run: Run) -> None:
    ran = run("--demo", "next", "--as", "nadia")
    assert " more (" in ran.out
    assert "--all" in ran.out
    hidden = run("--demo", "next", "--as", "nadia", "--all").out
    assert " more (" not in hidden
    assert len(hidden.splitlines()) > len(ran.out.splitlines())


def test_lines_through_a_pipe_have_no_trailing_spaces_or_colours(run: Run) -> None:
    out = run("--demo", "next", "--team").out
    assert "\x1b" not in out
    assert [line for line in out.splitlines() if line != line.rstrip()] == []
