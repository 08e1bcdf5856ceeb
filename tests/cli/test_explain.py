import json
from collections.abc import Callable
from itertools import pairwise

import pytest

from tests.cli.conftest import Run, issue


def test_every_row_is_shown_with_why_it_did_or_did_not_fit(run: Run) -> None:
    ran = run("--demo", "explain", "omnibus!7421", "--as", "nadia", "--json")
    rows = ran.json["rows"]
    assert len(rows) == 14
    assert [row["row"] for row in rows if row["decides"]] == ["1-unblock"]
    assert all(row["why"] for row in rows)
    assert next(row for row in rows if row["row"] == "1-work-on")["why"] == "for issues"


def test_the_entry_is_the_queues(run: Run) -> None:
    queue = run("--demo", "next", "--as", "nadia", "--json").json
    for row in queue[1:6]:
        assert run("--demo", "explain", row["ref"], "--as", "nadia", "--json").json["entry"] == row


def test_the_clock_is_drawn_with_its_pauses(run: Run) -> None:
    out = run("--demo", "explain", "omnibus!7421", "--as", "nadia").out
    assert "█ counted" in out
    assert "a author’s turn" in out
    assert "of 32 business hours: non-breaching, due" in out


def test_the_stretches_of_the_clock_follow_each_other_to_now(run: Run) -> None:
    clock = run("--demo", "explain", "omnibus!7421", "--as", "nadia", "--json").json["clock"]
    stretches = clock["stretches"]
    assert all(first["end"] == second["start"] for first, second in pairwise(stretches))
    assert stretches[-1]["end"] == "2026-06-02T14:12:00Z"


def test_somebody_elses_item_says_whose_it_is(run: Run) -> None:
    out = run("--demo", "explain", "charts#5112", "--as", "mara").out
    assert "In the queue of Timo: level 3, work on" in out
    assert "it is somebody else’s turn" in out


def test_without_a_person_it_is_explained_for_whoever_has_it(run: Run) -> None:
    assert run("--demo", "explain", "charts#5112", "--json").json["as"] == "timo"


@pytest.mark.parametrize(
    ("ref", "says"),
    [
        ("omnibus!1", "gitlab-org/omnibus-gitlab!1 is not open in these facts"),
        ("request 3", "request 3 is about no open item: “handrail"),
        ("omnibus", "is no reference: write project#1 for an issue"),
        ("omnibus@master", "is no red branch of which any rule finds anything"),
    ],
)
def test_a_reference_that_cannot_be_explained_is_a_clear_sentence(run: Run, ref: str, says: str) -> None:
    ran = run("--demo", "explain", ref)
    assert ran.code == 2
    assert says in ran.err
    assert "Traceback" not in ran.err


def test_a_red_default_branch_is_explained_by_its_incident(run: Run) -> None:
    entry = run("--demo", "explain", "operator@master", "--as", "nadia", "--json").json["entry"]
    assert entry == run("--demo", "next", "--as", "nadia", "--json").json[0]
    assert entry["level"] == 0


def test_a_red_default_branch_that_nobody_noted_is_a_sentence(run: Run, snapshot: Callable[..., str]) -> None:
    failed = '{"kind":"pipeline","project":"gitlab-org/omnibus-gitlab","id":7,"status":"failed",'
    file = snapshot(failed + '"finished_at":"2026-06-02T09:00:00Z"}')
    assert "before all other work" in run("--snapshot", file, "explain", "omnibus@main").out
    rows = run("--snapshot", file, "next", "--as", "ada", "--json").json
    assert [(row["level"], row["ref"]) for row in rows] == [(0, "gitlab-org/omnibus-gitlab@main")]


@pytest.mark.parametrize(
    "ref",
    [
        "omnibus!7421",
        "OMNIBUS!7421",
        "gitlab-org/omnibus-gitlab!7421",
        "https://gitlab.com/gitlab-org/omnibus-gitlab/-/merge_requests/7421#note_1",
    ],
)
def test_an_item_is_named_as_people_have_it_at_hand(run: Run, ref: str) -> None:
    assert run("--demo", "explain", ref, "--json").json["ref"] == "gitlab-org/omnibus-gitlab!7421"


def test_without_a_reader_nobody_is_addressed(run: Run) -> None:
    out = run("--demo", "explain", "omnibus!7433").out
    assert "In the queue of everyone it is open to: level 1" in out
    assert " you " not in out


def test_level_0_is_said_to_come_before_the_table(run: Run) -> None:
    out = run("--demo", "explain", "operator#2024", "--as", "nadia").out
    assert "Level 0 comes before the table" in out


def test_a_claims_day_is_told_like_every_other(run: Run) -> None:
    assert "Jesse said to start by Fri 5 Jun" in run("--demo", "explain", "charts#5124", "--as", "nadia").out
    assert "Wren would like to take it" in run("--demo", "explain", "omnibus#8862", "--as", "nadia").out


def test_a_number_that_there_is_not_is_none_of_another_item(run: Run) -> None:
    assert "Did you mean" not in run("--demo", "explain", "omnibus!99999").err
    assert "Did you mean gitlab-org/omnibus-gitlab!7421?" in run("--demo", "explain", "omnibus#7421").err


def test_what_findings_name_and_is_no_item_is_explained_by_them(run: Run) -> None:
    out = run("--demo", "explain", "cng@master").out
    assert out.startswith("The scheduled pipelines of master of cng have been red since")
    assert "Unplanned issues" in run("--demo", "explain", "milestone:19.1").out
    assert run("--demo", "explain", "cng@master", "--json").json[0]["code"] == "scheduled-red"
    ran = run("--demo", "explain", "cng@16-0-stable")
    assert (ran.code, "of which any rule finds anything" in ran.err) == (2, True)


def test_a_history_is_read_however_its_line_is_spaced(run: Run, snapshot: Callable[..., str]) -> None:
    history = {"events": [{"at": "2026-05-29T08:00:00Z", "by": "bo", "did": "commented"}], "kind": "history"}
    line = json.dumps({**history, "ref": "gitlab-org/omnibus-gitlab#1"})
    assert "commented" in run("--snapshot", snapshot(issue(1), line), "explain", "omnibus#1").out


def test_rows_are_listed_only_where_they_tell_something(run: Run) -> None:
    epic = run("--demo", "explain", "distribution&82").out
    assert epic.count("nothing that the table looks at") == 1
    assert "None of the table’s 14 rows fits" in epic
    before = run("--demo", "explain", "operator#2024").out
    assert "none of its rows is looked at" in before
    assert "for merge requests" not in before
