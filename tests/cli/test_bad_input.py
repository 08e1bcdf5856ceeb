"""Each mistake gives one clear sentence and what to do, exits with 2, and never shows a traceback."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import HEADER, Run, issue, merge_request

Snapshot = Callable[..., str]


def refused(run: Run, *arguments: str) -> str:
    ran = run(*arguments)
    assert ran.code == 2, ran
    assert "Traceback" not in ran.err
    assert ran.out == ""
    return ran.err


def request(**changes: object) -> str:
    came = {"at": "2026-05-02T10:00:00Z", "by": "sam", "did": "came", "whom": "ada"}
    one = {
        "id": 1, "title": "t", "way": "other", "asked_by": "sam", "asked_at": came["at"], "owner": "ada",
        "steps": [came],
    }  # fmt: skip
    return json.dumps({"kind": "asked", "asked": [one | changes]}) + "\n"


def test_no_facts(run: Run) -> None:
    assert "--demo" in refused(run, "next", "--as", "ada")


def test_two_sources_of_facts(run: Run, snapshot: Snapshot) -> None:
    assert "leave one of them away" in refused(run, "--demo", "--snapshot", snapshot(), "next", "--as", "ada")


def test_nobody_named(run: Run, snapshot: Snapshot) -> None:
    assert refused(run, "--snapshot", snapshot(), "next") == (
        "Who are you? Say --as USER, or set HANDRAIL_USER. The team: ada, bo.\n"
    )


def test_an_unknown_person(run: Run) -> None:
    assert refused(run, "--demo", "next", "--as", "nadja") == (
        "Nobody of the team is called “nadja”: did you mean nadia?\n"
    )
    assert "the team: " in refused(run, "--demo", "next", "--as", "zzzzzz")


@pytest.mark.parametrize("name", ["tim", "timoo"])
def test_an_unknown_person_everywhere(run: Run, name: str) -> None:
    for command in ("next", "waiting", "triage"):
        assert "did you mean timo?" in refused(run, "--demo", command, "--as", name)


def test_a_label_with_an_invisible_character(run: Run, snapshot: Snapshot) -> None:
    file = snapshot(issue(labels=["priority::1\u200b", "Deliverable"]))
    said = refused(run, "--snapshot", file, "next", "--as", "ada")
    assert "reads like “priority::1” but holds ZERO WIDTH SPACE" in said


def test_a_label_in_another_width(run: Run, snapshot: Snapshot) -> None:
    file = snapshot(issue(labels=["priority::\uff11", "Deliverable"]))
    assert "FULLWIDTH DIGIT ONE" in refused(run, "--snapshot", file, "next", "--as", "ada")


def test_labels_in_any_script_are_labels(run: Run, snapshot: Snapshot) -> None:
    file = snapshot(issue(labels=["priority::2", "Deliverable", "workflow::in dev", "日本語", "Zażółć::gęślą", "🚀"]))
    assert [row["level"] for row in run("--snapshot", file, "next", "--as", "ada", "--json").json] == [3]


def test_a_milestone_without_dates(run: Run, snapshot: Snapshot) -> None:
    said = refused(run, "--snapshot", snapshot('{"kind":"milestone","title":"Q3 work"}'), "next", "--as", "ada")
    assert "“Q3 work” lacks a date" in said
    assert "planning.undated_milestones" in said
    half = snapshot('{"kind":"milestone","title":"Backlog","start":"2026-05-01"}')
    assert "“Backlog” lacks a date" in refused(run, "--snapshot", half, "next", "--as", "ada")


def test_a_version_without_dates_has_the_computed_ones(run: Run, snapshot: Snapshot) -> None:
    free = issue(assignees=[], milestone="19.1", labels=["priority::2", "Deliverable"])
    file = snapshot('{"kind":"milestone","title":"19.1"}', '{"kind":"milestone","title":"Backlog"}', free)
    assert len(run("--snapshot", file, "next", "--as", "ada", "--json").json) == 1


def test_an_item_twice(run: Run, snapshot: Snapshot) -> None:
    file = snapshot(issue(7), issue(8), issue(7))
    assert f"{file}:6: gitlab-org/omnibus-gitlab#7 stands here a second time" in refused(
        run, "--snapshot", file, "next", "--as", "ada"
    )
    assert "stands on line 4 already" in refused(run, "snapshot", "check", file)


def history(*days: int, ref: str = "gitlab-org/omnibus-gitlab#1") -> str:
    events = ",".join(f'{{"at":"2026-05-{day:02}T09:00:00Z","by":"bo","did":"commented"}}' for day in days)
    return f'{{"kind":"history","ref":"{ref}","events":[{events}]}}'


def test_a_history_out_of_order(run: Run, snapshot: Snapshot) -> None:
    file = snapshot(issue(), history(5, 4))
    for command in (("next", "--as", "ada", "--at", "2026-05-20"), ("explain", "omnibus#1")):
        said = refused(run, "--snapshot", file, *command)
        assert (
            f"{file}:5: gitlab-org/omnibus-gitlab#1: the event of 2026-05-04T09:00:00Z stands after a later one" in said
        )
    assert "order the events by time" in refused(run, "snapshot", "check", file)


def test_a_history_of_another_item(run: Run, snapshot: Snapshot) -> None:
    file = snapshot(issue(), history(5, ref="gitlab-org/omnibus-gitlab#2"))
    assert "does not follow its item's line" in refused(run, "snapshot", "check", file)


def test_clocks_in_the_future(run: Run, snapshot: Snapshot) -> None:
    late = [{"username": "ada", "requested_at": "2026-06-03T08:00:00Z"}]
    file = snapshot(merge_request(reviewers=late))
    said = refused(run, "--snapshot", file, "next", "--as", "ada")
    assert "ada's review was requested is 2026-06-03T08:00:00Z, later than the snapshot's now" in said
    born = snapshot(issue(created_at="2027-01-01T00:00:00Z"))
    assert "created_at is 2027-01-01T00:00:00Z" in refused(run, "--snapshot", born, "next", "--as", "ada")


def test_a_time_without_a_zone(run: Run, snapshot: Snapshot) -> None:
    file = snapshot(issue(created_at="2026-05-01T00:00:00"))
    assert "created_at has no zone" in refused(run, "--snapshot", file, "next", "--as", "ada")


def test_a_snapshot_of_a_newer_version(run: Run, snapshot: Snapshot) -> None:
    file = snapshot(header=HEADER.replace('"version":1', '"version":2'))
    assert "upgrade Handrail" in refused(run, "--snapshot", file, "next", "--as", "ada")


def test_a_cut_off_file(run: Run, tmp_path: Path) -> None:
    whole = tmp_path / "demo.jsonl"
    run("--demo", "snapshot", "export", str(whole))
    cut = tmp_path / "cut.jsonl"
    cut.write_bytes(whole.read_bytes()[:-100])
    said = refused(run, "snapshot", "check", str(cut))
    assert "it was cut off; copy or export it again" in said


def test_a_file_is_checked_whole_in_the_order_of_its_lines(run: Run, snapshot: Snapshot) -> None:
    ref = "gitlab-org/omnibus-gitlab#"
    file = snapshot(
        '{"kind":"project"',
        '{"kind":"milestone","title":"Spring","start":"2026-13-01"}',
        issue(1, state="opend"),
        issue(2, milestone="Sprng"),
        issue(3, closed_at="2026-05-02T08:00:00Z"),
        f'{{"kind":"history","ref":"{ref}3","events":[{{"at":"2026-05-02T09:00:00Z"}}]}}',
        issue(4, milestone="19.1", created_at="May"),
    )
    assert [line.removeprefix(f"{file}:") for line in refused(run, "snapshot", "check", file).splitlines()] == [
        "4: not a line of JSON",
        "5: start: has to be a date like 2026-07-01",
        "6: state: Invalid enum value “opend”: did you mean “opened”?",
        f"7: {ref}2: no line has its milestone, “Sprng”, which is no version either: add one, or correct its name",
        f"8: {ref}3: it is open, and has a closed_at: correct one of the two",
        "9: events[0]: Object missing required field “by”",
        "10: created_at: has to be a time like 2026-06-02T14:12:00Z",
    ]


def test_a_command_that_there_is_not_is_told_with_the_nearest(run: Run) -> None:
    assert "No such command 'findngs'. Did you mean 'findings'?" in refused(run, "findngs")
    assert "No such command 'xyzzy'" in refused(run, "xyzzy")


def test_an_empty_team(run: Run, snapshot: Snapshot) -> None:
    file = snapshot(people='{"kind":"people","people":{}}')
    assert "The team is empty: name the handbook that has its people with --handbook, or add people" in refused(
        run, "--snapshot", file, "next", "--as", "ada"
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("{}", "missing required field “kind”"),
        ("hello\n", "not a line of JSON"),
        (
            '{"kind":"issue","ref":"a/b#1","title":"t","author":"a","created_at":"2026-01-01T00:00:00Z"}\n',
            "no snapshot header",
        ),
        ('{"kind":"snapshot","version":1,"now":"2026-01-01T00:00:00"}\n', "“now” has no zone"),
        (HEADER + "\n" + HEADER + "\n", "a second header"),
        (HEADER + '\n{"kind":"projekt","path":"a/b"}\n', "projekt"),
        (HEADER + "\n" + issue(titel="x") + "\n", "titel"),
        (
            HEADER + "\n" + issue(ref="gitlab-org/x!1") + "\n",
            "the reference names a merge request, the line says issue",
        ),
        (HEADER + "\n" + issue(ref="nothing") + "\n", "is no reference"),
        (HEADER + "\n" + issue() + '\n{"kind":"milestone","title":"19.1"}\n', "come before the items"),
        (HEADER + "\n" + request(id=0), "has no number (id) of its own"),
        (HEADER + "\n" + request() + request(), "has no number (id) of its own"),
        (HEADER + "\n" + request(steps=[]), "begins with no step “came”"),
        (HEADER + "\n" + request(answer_due="2026-05-02T10:00:00"), "a time without a zone"),
        (HEADER + "\n" + request(asked_at="2027-05-02T10:00:00Z"), "goes on after the snapshot's now"),
        (HEADER + "\n" + request(owner="bo"), "is open and bo's, its steps say open and ada's"),
        (HEADER + "\n" + request(passing_to="bo"), "is open and ada's, passing to bo, its steps say open and ada's"),
    ],
)
def test_a_file_that_is_no_snapshot(run: Run, tmp_path: Path, text: str, says: str) -> None:
    file = tmp_path / "case.jsonl"
    file.write_text(text)
    assert says in refused(run, "snapshot", "check", str(file))


def test_a_file_that_is_not_there(run: Run) -> None:
    assert "cannot be read: No such file" in refused(run, "--snapshot", "nowhere.jsonl", "next", "--as", "ada")


def test_export_writes_over_nothing(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "kept.jsonl"
    file.write_text("mine")
    assert "--force" in refused(run, "--demo", "snapshot", "export", str(file))
    assert file.read_text() == "mine"
    assert run("--demo", "snapshot", "export", "--force", str(file)).code == 0
    assert "cannot be written" in refused(run, "--demo", "snapshot", "export", str(tmp_path / "no" / "folder.jsonl"))


def test_a_moment_that_is_none(run: Run) -> None:
    assert "“yesterday” is no moment: write 2026-06-02" in refused(run, "--demo", "next", "--team", "--at", "yesterday")


def test_a_demo_of_no_size(run: Run) -> None:
    assert "300 to 1,000,000 items" in refused(run, "--demo", "--size", "3", "next", "--team")


def test_an_unknown_command_and_option(run: Run) -> None:
    assert "nxt" in refused(run, "nxt")
    assert "--tem" in refused(run, "--demo", "next", "--tem")


def test_instants_that_do_not_follow_from_the_history(run: Run, snapshot: Snapshot) -> None:
    file = snapshot(issue(last_human_at="2026-05-02T00:00:00Z", last_human_by="bo"), history(5))
    assert "instants do not follow from its history" in refused(run, "snapshot", "check", file)


def test_a_fault_of_ours_says_so_and_exits_with_1(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handrail.cli.chosen.Chosen.queue", lambda *_: 1 // 0)
    ran = run("--demo", "next", "--team")
    assert ran.code == 1
    assert "fault of Handrail's, not yours" in ran.err
    assert "ZeroDivisionError" in ran.err


@pytest.mark.parametrize(
    ("did", "value", "says"),
    [
        ("claimed", "next Monday", "a claim's value is its last date (2026-07-01) or empty, not “next Monday”"),
        ("reviewed", "nonsense", "“nonsense” is no review's state: one of unreviewed"),
    ],
)
def test_an_event_whose_value_cannot_be(run: Run, snapshot: Snapshot, did: str, value: str, says: str) -> None:
    events = f'[{{"at":"2026-05-05T09:00:00Z","by":"bo","did":"{did}","value":"{value}"}}]'
    file = snapshot(issue(), f'{{"kind":"history","ref":"gitlab-org/omnibus-gitlab#1","events":{events}}}')
    assert says in refused(run, "snapshot", "check", file)


def test_somebody_away_without_end_is_shown(run: Run, snapshot: Snapshot) -> None:
    away = '{"kind":"people","people":{"ada":{"name":"Ada","away":[{"first":"2026-06-01","last":"9999-12-31"}]}}}'
    assert "away until further notice" in run("--snapshot", snapshot(people=away), "next", "--as", "ada").out


def test_an_overdue_handover_is_said(run: Run, snapshot: Snapshot) -> None:
    ref = "gitlab-org/distribution/team-tasks#1"
    title = "Distribution DRI rotation week of 2026-05-04"
    out = run("--snapshot", snapshot(issue(ref=ref, title=title)), "next", "--as", "bo").out
    assert "on duty: Ada still, handover due since Mon 11 May" in out


# What people write is shown as they wrote it --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "title", ["Fix [/etc/gitlab] permissions", "[omnibus] drop [stable] :lock: repos", "[bold]x[/]"]
)
def test_a_title_is_no_markup(run: Run, snapshot: Snapshot, title: str) -> None:
    file = snapshot(issue(title=title))
    for command in (("next", "--as", "ada"), ("explain", "omnibus#1"), ("next", "--team")):
        ran = run("--snapshot", file, *command)
        assert ran.code == 0
        assert title in ran.out
    unfit = snapshot(issue(title=title, labels=["workflow::in dev"]))
    assert title in run("--snapshot", unfit, "triage").out


def test_a_title_cannot_steer_the_terminal(run: Run, snapshot: Snapshot) -> None:
    file = snapshot(issue(title="\x1b[2J\x1b]0;mine\x07 harmless \u202e txt"))
    for command in (("next", "--as", "ada"), ("explain", "omnibus#1")):
        out = run("--snapshot", file, *command).out
        assert "harmless" in out
        assert not {"\x1b", "\x07", "\u202e"} & set(out)


# Moments, people and files that cannot be -----------------------------------------------------------------------------


@pytest.mark.parametrize("at", ["0001-01-01", "1900-01-01", "2200-01-01", "9999-12-31"])
def test_a_moment_out_of_reach(run: Run, at: str) -> None:
    assert "name a moment from 1970 to 2100" in refused(run, "--demo", "next", "--team", "--at", at)


@pytest.mark.parametrize("at", ["1975-01-01", "2040-01-01", "2099-12-31"])
def test_a_moment_far_away_is_still_a_moment(run: Run, at: str) -> None:
    assert run("--demo", "next", "--team", "--at", at).code == 0


@pytest.mark.parametrize(
    ("stated", "says"),
    [
        ('"hours":["9-17"]', "9-17"),
        ('"zone":"Europe/Viena"', "Europe/Vienna"),
        ('"away":[{"first":"2026-06-02","last":"2026-06-01"}]', "cannot end"),
        ('"zon":"UTC"', "did you mean “zone”?"),
    ],
)
def test_a_person_who_cannot_be(run: Run, snapshot: Snapshot, stated: str, says: str) -> None:
    file = snapshot(people=f'{{"kind":"people","people":{{"ada":{{"name":"Ada",{stated}}}}}}}')
    for command in (("snapshot", "check", file), ("--snapshot", file, "next", "--as", "ada")):
        said = refused(run, *command)
        assert f"{file}:2: ada" in said
        assert says in said


def test_a_person_of_a_country_that_is_none(run: Run, snapshot: Snapshot) -> None:
    file = snapshot(merge_request(), people='{"kind":"people","people":{"ada":{"name":"Ada","country":"XX"}}}')
    for command in (("snapshot", "check", file), ("--snapshot", file, "next", "--as", "ada")):
        assert "no public holidays are known for the country 'XX'" in refused(run, *command)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"kind":"milestone","title":"Sprint","start":"2026-06-10","due":"2026-06-01"}', "before it starts"),
        ('{"kind":"mergerequest","ref":"a/b!1"}', "did you mean “merge_request”?"),
        (issue(labls=[]), "did you mean “labels”?"),
        (issue(created_at="1800-01-01T00:00:00Z"), "nothing on GitLab is older than 1970"),
    ],
)
def test_a_line_that_cannot_be(run: Run, snapshot: Snapshot, line: str, says: str) -> None:
    assert says in refused(run, "snapshot", "check", snapshot(line))


def test_a_snapshot_of_a_present_out_of_reach(run: Run, snapshot: Snapshot) -> None:
    said = refused(run, "snapshot", "check", snapshot(header=HEADER.replace("2026-06-02T14", "2500-06-02T14")))
    assert "“now” is out of reach" in said


@pytest.mark.parametrize("left_away", ["--no-histories", "--open-only"])
def test_a_file_without_a_past_is_not_asked_about_it(run: Run, tmp_path: Path, left_away: str) -> None:
    file = str(tmp_path / "now.jsonl")
    run("--demo", "snapshot", "export", left_away, file)
    assert run("--snapshot", file, "next", "--team", "--json").out == run("--demo", "next", "--team", "--json").out
    assert "export them again with both" in refused(run, "--snapshot", file, "next", "--team", "--at", "2026-03-10")
    assert run("--snapshot", file, "next", "--team", "--at", "2026-06-03").code == 0


# Options that contradict each other, and the nearest thing meant ----------------------------------------------------


@pytest.mark.parametrize("more", [("--unassigned",), ("--as", "nadia")])
def test_the_whole_team_is_nobody_in_particular(run: Run, more: tuple[str, ...]) -> None:
    assert "leave --team away" in refused(run, "--demo", "next", "--team", *more)


def test_a_size_is_the_demo_teams(run: Run, snapshot: Snapshot) -> None:
    assert "say --demo with them" in refused(run, "--size", "500", "--snapshot", snapshot(), "next", "--as", "ada")


def test_a_user_name_may_be_written_in_other_capitals(run: Run) -> None:
    assert run("--demo", "next", "--as", "NADIA").out == run("--demo", "next", "--as", "nadia").out


def test_an_item_that_was_closed_is_said_to_be(run: Run, snapshot: Snapshot) -> None:
    events = '[{"at":"2026-05-05T09:00:00Z","by":"bo","did":"closed"}]'
    history = f'{{"kind":"history","ref":"gitlab-org/omnibus-gitlab#1","events":{events}}}'
    file = snapshot(issue(state="closed", closed_at="2026-05-05T09:00:00Z"), history)
    said = refused(run, "--snapshot", file, "explain", "omnibus#1")
    assert "is not open any more: bo had the last word on it, on 2026-05-05" in said
