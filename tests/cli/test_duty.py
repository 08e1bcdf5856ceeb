"""`handrail duty` and what stands below it: set up, looked at, agreed on, and what is refused."""

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from handrail.model.duty import TurnBegan
from handrail.model.people import Person
from handrail.model.reading import Page, Read
from handrail.store.database import Store
from handrail.testing import a_handbook, an_issue, at
from tests.cli.conftest import HEADER, Run, SetUp

ROTATION = a_handbook().rotation
PEOPLE = {
    "nadia": Person("Nadia", "America/Toronto"),
    "ivo": Person("Ivo", "Europe/Sofia"),
    "mara": Person("Mara", "Europe/Berlin"),
    "erin": Person("Erin", roles=("engineering_manager",)),
}
NOW = at("2026-06-02 10:00")


@pytest.fixture
def store(set_up: SetUp) -> Path:
    """A store in which Ivo has this week's rotation issue, and a handbook that names its people."""
    store = set_up({"people": PEOPLE}, NOW, "erin")
    title = ROTATION.title.format(start="2026-06-01")
    shift = an_issue(1, project=ROTATION.project, title=title, assignees=("ivo",))
    with Store.open(store) as opened:
        opened.write_page(Page(ROTATION.project, "issues", (Read(shift, (), shift.created_at),), None, NOW))
    return store


def later(monkeypatch: pytest.MonkeyPatch, moment: str) -> None:
    monkeypatch.setenv("HANDRAIL_NOW", moment)


@pytest.fixture
def kept(run: Run, store: Path) -> Run:
    """The same with the rotation set up."""
    ran = run("duty", "start", "@nadia", "mara", "ivo")
    assert ran.code == 0, ran.err
    return run


def ahead(run: Run, weeks: int = 4) -> list[tuple[str, str]]:
    rows = run("duty", "preview", "--weeks", str(weeks), "--json").json
    return [(row["start"][:10], row["holder"]) for row in rows]


def test_the_demos_next_twelve_weeks_are_everybodys(run: Run) -> None:
    rows = run("--demo", "duty", "preview", "--weeks", "12", "--json").json
    assert len(rows) == 13
    assert set(rows[0]) == {"start", "end", "holder", "office_hours", "gaps", "note"}
    assert rows[0]["start"].endswith("Z")
    assert all(one["end"] == other["start"] and one["holder"] != other["holder"] for one, other in pairwise(rows))
    assert all(row["holder"] and row["office_hours"] for row in rows)
    assert len({row["holder"] for row in rows[:12]}) == 12
    out = run("--demo", "duty", "preview").out
    assert "Mon 8 Jun 09:00   Mara" in out
    assert "between two people’s hours" in out
    assert "Ivo is on duty until Mon 8 Jun 09:00." in run("--demo", "duty").out
    assert "10 " in next(line for line in run("--demo", "duty", "check").out.splitlines() if line.startswith("Ivo"))
    assert "on duty: Ivo until Mon 8 Jun" in run("--demo", "next", "--as", "nadia").out


def test_the_desk_is_one_list_in_the_handbooks_order(run: Run) -> None:
    rows = run("--demo", "duty", "desk", "--json").json
    order = [duty.says for duty in ROTATION.duties]
    places = [order.index(row["duty"]) for row in rows]
    assert places == sorted(places)
    assert {row["duty"] for row in rows} == set(order)
    assert [row["ref"] for row in rows if row["level"]][:2] == [
        "gitlab-org/omnibus-gitlab!7433", "gitlab-org/omnibus-gitlab#8853",
    ]  # fmt: skip
    assert rows[0]["ref"] == "gitlab-org/omnibus-gitlab#8857"
    assert (rows[0]["waits"], rows[0]["source"], rows[0]["request"]) == ("registry-suvi", "urgent incident", 6)
    refs = [row["ref"] for row in rows]
    assert len(refs) == len(set(refs))
    kept = {row["request"]: row for row in rows if row["request"]}
    assert kept[5]["due"] == "2026-06-02T13:00:00Z"
    assert (kept[3]["ref"], kept[3]["duty"]) == ("request 3", "questions in the team's channel")
    out = run("--demo", "duty", "desk").out
    assert out.startswith(
        "Ivo is on duty until Mon 8 Jun 09:00.\nNot at work now, back Wed 3 Jun 06:00: urgent requests"
    )
    assert "incidents escalated from production (urgent incident," in out
    assert "more of ordinary work: handrail --demo next --all --as ivo" in out


def test_before_it_is_set_up_the_rotation_issues_say_who_is_on_duty(run: Run, store: Path) -> None:
    out = run("duty").out
    assert "Ivo is on duty until Mon 8 Jun 09:00.\nAt work now, until Tue 2 Jun 14:00." in out
    assert "as the rotation issues say" in out
    assert run("duty", "--json").json == {
        "holder": "ivo", "start": "2026-06-01T09:00:00Z", "end": "2026-06-08T09:00:00Z",
    }  # fmt: skip
    ran = run("duty", "preview")
    assert (ran.code, "handrail duty start USER USER" in ran.err) == (2, True)


def test_who_has_the_turn_keeps_it_when_the_rotation_is_set_up(kept: Run) -> None:
    assert ahead(kept) == [
        ("2026-06-01", "ivo"), ("2026-06-08", "nadia"), ("2026-06-15", "mara"), ("2026-06-22", "ivo"),
        ("2026-06-29", "nadia"),
    ]  # fmt: skip
    again = kept("duty", "start", "nadia")
    assert (again.code, "set up already" in again.err) == (2, True)
    assert "Next: Nadia, from Mon 8 Jun 09:00." in kept("duty").out
    assert "Erin" in kept("duty", "log").out.splitlines()[0]


@pytest.mark.parametrize(
    ("moment", "turn", "follows"),
    [("2026-06-22T08:59Z", "2026-06-15", "2026-06-22"), ("2026-06-22T09:00Z", "2026-06-22", "2026-06-29")],
)
def test_who_should_have_handed_over_long_ago_keeps_it_until_the_next_handoff(
    run: Run, store: Path, monkeypatch: pytest.MonkeyPatch, moment: str, turn: str, follows: str
) -> None:
    later(monkeypatch, moment)
    assert "Ivo is on duty still, handover due since Mon 8 Jun 09:00." in run("duty").out
    ran = run("duty", "start", "nadia", "mara", "ivo")
    assert ran.code == 0, ran.err
    assert ahead(run, 2)[:2] == [(turn, "ivo"), (follows, "nadia")]


def test_office_hours_are_those_of_whoever_is_on_duty(kept: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for moment, says in [
        ("2026-06-02T05:59Z", "Ivo is on duty until Mon 8 Jun 09:00.\nNot at work now, back Tue 2 Jun 06:00"),
        ("2026-06-02T06:00Z", "Ivo is on duty until Mon 8 Jun 09:00.\nAt work now, until Tue 2 Jun 14:00."),
        ("2026-06-09T12:59Z", "Nadia is on duty until Mon 15 Jun 09:00.\nNot at work now, back Tue 9 Jun 13:00"),
        ("2026-06-09T13:00Z", "Nadia is on duty until Mon 15 Jun 09:00.\nAt work now, until Tue 9 Jun 21:00."),
    ]:
        later(monkeypatch, moment)
        assert kept("duty").out.startswith(says), moment


def test_who_is_on_duty_and_away_for_good_is_said_to_be(kept: Run) -> None:
    assert kept("duty", "away", "2026-06-02", "2100-12-31", "--as", "ivo").code == 0
    away = "away until further notice: urgent requests go to the on-call process"
    assert f"Not at work now, {away}" in kept("duty").out
    assert f"Not at work now, {away}" in kept("duty", "desk").out


def test_a_rotation_can_begin_on_a_day(run: Run, store: Path) -> None:
    assert run("duty", "start", "mara", "nadia", "--on", "2026-06-16").code == 0
    assert run("duty").out == "Nobody is on duty yet: turns begin Mon 22 Jun 09:00, with Mara.\n"
    assert ahead(run) == [("2026-06-22", "mara"), ("2026-06-29", "nadia")]


def test_a_roster_change_shows_before_and_after(kept: Run) -> None:
    change = ("duty", "roster", "mara", "ivo", "--weeks", "2")
    shown = kept(*change, "--dry-run").out
    assert shown == (
        "| from | before | after |\n| --- | --- | --- |\n"
        "| Mon 1 Jun 09:00 | Ivo | Ivo |\n"
        "| Mon 8 Jun 09:00 | Nadia | **Mara** |\n"
        "| Mon 15 Jun 09:00 | Mara | **Ivo** |\n"
    )
    assert ahead(kept, 1)[1] == ("2026-06-08", "nadia")
    assert "3  turns are taken by Mara and Ivo · Erin" in kept(*change).out
    assert ahead(kept, 2) == [("2026-06-01", "ivo"), ("2026-06-08", "mara"), ("2026-06-15", "ivo")]


def test_a_swap_counts_once_it_is_taken(kept: Run) -> None:
    stretch = ("--from", "2026-06-08T09:00", "--until", "2026-06-15T09:00")
    assert kept("duty", "swap", *stretch, "--as", "nadia").out == (
        "3  Nadia would like to be replaced, Mon 8 Jun 09:00 to Mon 15 Jun 09:00 · Nadia\n"
    )
    assert kept("duty", "swap").out == "3  Nadia: Mon 8 Jun 09:00 to Mon 15 Jun 09:00\n"
    assert ahead(kept)[1] == ("2026-06-08", "nadia")
    told = kept("duty", "swap", "--take", "3", "--in-return", "2026-06-15T10:00", "--as", "mara")
    assert "Mara takes swap 3, in return for Mon 15 Jun 09:00 to Mon 22 Jun 09:00" in told.out
    assert ahead(kept)[1:3] == [("2026-06-08", "mara"), ("2026-06-15", "nadia")]
    assert "Mara stands in for Nadia" in kept("duty", "preview").out
    too_late = kept("duty", "swap", "--take", "3", "--as", "ivo")
    assert (too_late.code, "@mara has taken swap 3 already" in too_late.err) == (2, True)
    assert kept("duty", "swap").out == "No swap is open.\n"


def test_in_return_is_the_turn_that_begins_on_the_day_and_not_the_one_that_ends(kept: Run) -> None:
    kept("duty", "cover", "mara", "--from", "2026-06-15T09:00", "--until", "2026-06-29T09:00")
    assert kept("duty", "swap", "--from", "2026-06-08T09:00", "--until", "2026-06-15T09:00", "--as", "nadia").code == 0
    told = kept("duty", "swap", "--take", "4", "--in-return", "2026-06-22", "--as", "mara")
    assert "in return for Mon 22 Jun 09:00 to Mon 29 Jun 09:00" in told.out


def test_whoever_stands_in_on_their_own_time_off_is_told_so(kept: Run) -> None:
    for name in ("mara", "nadia", "ivo"):
        assert kept("duty", "away", "2026-06-15", "2026-06-16", "--as", name).code == 0
    says = "Ivo is away then, Mon 15 Jun to Tue 16 Jun (time off), and on duty all the same.\n"
    stretch = ("--from", "2026-06-08T09:00", "--until", "2026-06-15T09:00")
    assert kept("duty", "cover", "ivo", "--from", "2026-06-15T09:00", "--until", "2026-06-15T10:00").err == says
    kept("duty", "swap", *stretch, "--as", "nadia")
    ran = kept("duty", "swap", "--take", "7", "--in-return", "2026-06-15", "--as", "mara")
    assert ran.err == says.replace("Ivo", "Mara") + says.replace("Ivo", "Nadia")
    assert kept("duty", "cover", "ivo", "--from", "2026-06-17T10:00", "--until", "2026-06-18T10:00").err == ""


def test_who_swapped_their_time_off_away_is_not_passed_over_and_who_stands_in_hears_of_theirs(kept: Run) -> None:
    kept("duty", "swap", "--from", "2026-06-08T09:00", "--until", "2026-06-15T09:00", "--as", "nadia")
    kept("duty", "swap", "--take", "3", "--as", "ivo")
    ran = kept("duty", "away", "2026-06-08", "2026-06-14", "--as", "nadia")
    assert (ran.code, ran.err) == (0, "")
    assert ahead(kept, 2) == [("2026-06-01", "ivo"), ("2026-06-08", "ivo"), ("2026-06-15", "mara")]
    says = "Ivo is away then, Tue 9 Jun to Tue 9 Jun (time off), and on duty all the same.\n"
    assert kept("duty", "away", "2026-06-09", "--as", "ivo").err == says


def test_a_swap_that_an_absence_leaves_nothing_of_is_said(kept: Run) -> None:
    kept("duty", "swap", "--from", "2026-06-15T09:00", "--until", "2026-06-22T09:00", "--as", "mara")
    kept("duty", "swap", "--take", "3", "--as", "ivo")
    says = "Ivo no longer stands in for Mara, Mon 15 Jun 09:00 to Mon 22 Jun 09:00, which is no turn of Mara after "
    assert kept("duty", "away", "2026-06-08", "2026-06-14", "--as", "nadia").err == f"{says}this: agree anew.\n"
    assert ahead(kept, 2) == [("2026-06-01", "ivo"), ("2026-06-08", "mara"), ("2026-06-15", "nadia")]
    assert kept("duty", "back", "5", "--as", "nadia").err == ""
    assert ahead(kept, 2)[2] == ("2026-06-15", "ivo")


def test_what_an_edit_of_the_list_leaves_of_no_swap_is_said(kept: Run) -> None:
    kept("duty", "swap", "--from", "2026-06-08T09:00", "--until", "2026-06-15T09:00", "--as", "nadia")
    kept("duty", "swap", "--take", "3", "--in-return", "2026-06-15", "--as", "mara")
    stretch = "Mon 15 Jun 09:00 to Mon 22 Jun 09:00"
    says = f"\nNadia no longer stands in for Mara, {stretch}, which is no turn of Mara after this: agree anew.\n"
    assert kept("duty", "roster", "nadia", "erin", "mara", "--dry-run").out.endswith(f"|\n{says}")
    assert "no longer" not in kept("duty", "roster", "nadia", "mara", "--dry-run").out


def test_what_is_offered_can_be_withdrawn(kept: Run) -> None:
    kept("duty", "swap", "--from", "2026-06-08T09:00", "--until", "2026-06-15T09:00", "--as", "nadia")
    assert "swap 3 is withdrawn" in kept("duty", "swap", "--withdraw", "3", "--as", "nadia").out
    assert "has withdrawn" in kept("duty", "swap", "--take", "3", "--as", "mara").err


def test_cover_is_for_a_stretch_whoevers_turn_it_is(kept: Run) -> None:
    told = kept("duty", "cover", "@mara", "--from", "2026-06-01T09:00", "--until", "2026-06-04T09:00").out
    assert told == "3  Mara is on duty, Tue 2 Jun 10:00 to Thu 4 Jun 09:00 · Erin\n", "what is past stays as it was"
    assert ahead(kept, 1) == [
        ("2026-06-02", "mara"), ("2026-06-04", "ivo"), ("2026-06-08", "nadia"),
    ]  # fmt: skip
    assert "Mara is on duty for Ivo until Thu 4 Jun 09:00." in kept("duty").out
    assert "on duty: Mara until Thu 4 Jun" in kept("next", "--as", "nadia").out


def test_who_is_away_is_passed_over_and_comes_next(kept: Run) -> None:
    assert kept("duty", "away", "2026-06-08", "2026-06-12", "--as", "nadia", "--because", "a course").code == 0
    assert ahead(kept, 3) == [
        ("2026-06-01", "ivo"), ("2026-06-08", "mara"), ("2026-06-15", "nadia"), ("2026-06-22", "ivo"),
    ]  # fmt: skip
    assert "Nadia is away and keeps their place" in kept("duty", "preview").out
    assert kept("duty", "back", "3", "--as", "mara").code == 2
    assert "absence 3 does not take place" in kept("duty", "back", "3", "--as", "nadia").out
    assert ahead(kept, 1)[1] == ("2026-06-08", "nadia")


def test_when_nobody_is_available_it_says_so(kept: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("nadia", "mara", "ivo"):
        kept("duty", "away", "2026-06-08", "2026-06-12", "--as", name)
    rows = kept("duty", "preview", "--weeks", "2", "--json").json
    assert [row["holder"] for row in rows] == ["ivo", "", "nadia"]
    assert "nobody is available: please find somebody" in kept("duty", "preview").out
    assert "Next: nobody" in kept("duty").out
    assert kept("handover").out.startswith("Ivo hands over to nobody on Mon 8 Jun 09:00: nobody is available.\n")
    assert "Nobody is available Mon 8 Jun 09:00 to Mon 15 Jun 09:00." in kept("duty", "check").out
    assert "Nobody is available as Distribution DRI from Mon 8 Jun 09:00" in kept("findings", "--as", "erin").out
    later(monkeypatch, "2026-06-09T10:00Z")
    assert "Nobody is available until Mon 15 Jun 09:00: please find somebody." in kept("duty").out
    assert "Nobody is available Mon 8 Jun 09:00 to" in kept("duty", "check").out
    assert kept("handover").out.startswith(
        "Distribution DRI: a turn of nobody’s began on 2026-06-08 09:00 UTC.\n"
        "Nobody hands over to Nadia on Mon 15 Jun 09:00.\n"
    )
    assert kept("duty", "cover", "mara", "--from", "2026-06-09T10:00", "--until", "2026-06-15T09:00").code == 0
    assert "Mara is on duty until Mon 15 Jun 09:00." in kept("duty").out
    assert "Nobody is available" not in kept("duty", "check").out
    assert "Nobody is available" not in kept("findings", "--as", "erin").out


def test_a_holder_who_has_left_the_team_is_told_at_once(kept: Run, store: Path) -> None:
    people = {name: person for name, person in PEOPLE.items() if name != "ivo"}
    store.with_name("team.yml").write_bytes(msgspec.json.encode({"people": people}))
    says = "@ivo is on duty, and not of the team any more, until Mon 8 Jun 09:00: please find somebody.\nWhoever it is:"
    assert kept("duty").out.startswith(says)
    row = kept("duty", "preview", "--json").json[0]
    assert (row["office_hours"], row["note"]) == ([], "@ivo is not of the team any more: please find somebody")
    assert [(gap["end"], gap["why"]) for gap in row["gaps"]] == [("2026-06-08T09:00:00Z", "not of the team any more")]
    first = kept("duty", "check", "--json").json[0]
    assert (first["person"], first["turns"]) == ("ivo", 1)
    assert "@ivo" in kept("duty", "check").out
    assert "not of the team any more: please find" in " ".join(kept("findings", "--as", "erin").out.split())


def test_what_was_missed_is_written_down_before_anything_else(
    kept: Run, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = ahead(kept, 5)
    later(monkeypatch, "2026-06-23T12:00Z")
    assert ahead(kept, 1)[0] == shown[3]
    assert kept("duty", "roster", "ivo", "mara").code == 0
    with Store.open(store) as opened:
        turns = [one.what for one in opened.duty.log("dri") if isinstance(one.what, TurnBegan)]
    assert [(f"{turn.start:%Y-%m-%d}", turn.holder) for turn in turns] == shown[:4]


@pytest.mark.parametrize(
    "step",
    [
        ("duty", "away", "2026-06-08", "2026-06-14", "--as", "nadia"),
        ("me", "--days", "sat", "--as", "nadia"),
        ("me", "--calendar", "none", "--as", "nadia"),
        ("sync", "--url", "http://127.0.0.1:9", "--group", "gitlab-org"),
        ("run", "--once", "--group", "gitlab-org"),
    ],
)
def test_a_turn_that_has_begun_is_written_down_before_what_it_follows_from_changes(
    kept: Run, monkeypatch: pytest.MonkeyPatch, step: tuple[str, ...]
) -> None:
    """For sync and run, also where GitLab is out of reach, or the token gone."""
    monkeypatch.setenv("GITLAB_TOKEN", "" if step[0] == "run" else "it")
    later(monkeypatch, "2026-06-08T10:00Z")
    ran = kept(*step)
    assert "Distribution DRI: the turn of Nadia began on 2026-06-08 09:00 UTC.\n" in ran.out
    assert "the turn of Nadia begins on Mon 8 Jun 09:00" in kept("duty", "log").out
    assert kept("duty", "--json").json["holder"] == "nadia"


def test_the_log_as_json_makes_a_snapshot(kept: Run, snapshot: Callable[..., str]) -> None:
    kept("duty", "cover", "mara", "--from", "2026-06-02T09:00", "--until", "2026-06-04T09:00")
    line = {"kind": "duty", "rotation": "dri", "log": kept("duty", "log", "--json").json}
    people = msgspec.json.encode({"kind": "people", "people": PEOPLE}).decode()
    path = snapshot(msgspec.json.encode(line).decode(), header=HEADER, people=people)
    assert "Mara is on duty for Ivo" in kept("--snapshot", path, "duty").out
    line["log"] = line["log"][1:]
    path = snapshot(msgspec.json.encode(line).decode(), header=HEADER, people=people)
    assert "count from 1 without holes" in kept("--snapshot", path, "duty").err


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("roster", "nadja"), "nobody called `nadja`; did you mean `nadia`?"),
        (("cover", "nadia", "--from", "2026-06-08T09:00"), "Say from when until before when"),
        (("cover", "nadia", "--from", "2026-05-08", "--until", "2026-05-09"), "That is past"),
        (("swap", "--take", "7", "--as", "nadia"), "There is no swap 7"),
        (
            ("swap", "--take", "3", "--in-return", "2026-06-08T10:00", "--as", "mara"),
            "No turn of @mara begins on 2026-06-08",
        ),
        (("away", "soon", "--as", "nadia"), "“soon” is no day"),
        (("away", "2026-06-09", "2026-06-08", "--as", "nadia"), "2026-06-08 is before 2026-06-09"),
        (("away", "2026-05-01", "--as", "nadia"), "2026-05-01 is past"),
        (("back", "1", "--as", "nadia"), "@nadia has no absence 1"),
        (("away", "2026-06-09", "--as", "somebody"), "Nobody of the team is called “somebody”"),
    ],
)
def test_what_is_wrong_gets_a_clear_sentence(kept: Run, asked: tuple[str, ...], says: str) -> None:
    kept("duty", "swap", "--from", "2026-06-08T09:00", "--until", "2026-06-15T09:00", "--as", "nadia")
    ran = kept("duty", *asked)
    assert (ran.code, says in ran.err) == (2, True), ran.err


def test_the_demo_teams_rotation_cannot_be_changed(run: Run) -> None:
    ran = run("--demo", "duty", "roster", "nadia", "--as", "nadia")
    assert ran.code == 2
    assert "leave --demo" in ran.err


# --- one's own hours -------------------------------------------------------------------------------------


def test_people_set_their_own_hours_without_an_edit_of_the_teams_file(kept: Run) -> None:
    assert kept("me", "--as", "mara").out.startswith(
        "Mara works 09:00-17:00 on mon, tue, wed, thu, fri in Europe/Berlin.\nAt work now, until Tue 2 Jun 17:00.\n"
    )
    told = kept("me", "--as", "mara", "--hours", "06:00-08:00", "--hours", "20:00-22:00", "--days", "tue,monday").out
    assert told.startswith("Mara works 06:00-08:00, 20:00-22:00 on mon, tue in Europe/Berlin.\n")
    assert "At work now" not in told
    told = kept("me", "--as", "mara", "--zone", "America/Toronto", "--country", "ca", "--subdivision", "on").out
    assert "06:00-08:00, 20:00-22:00 on mon, tue in America/Toronto, with the public holidays of CA-ON." in told
    (row,) = [row for row in kept("duty", "preview", "--json").json if row["holder"] == "mara"][:1]
    assert row["office_hours"][0] == ["2026-06-15T10:00:00Z", "2026-06-15T12:00:00Z"]
    assert "in Europe/Berlin.\n" in kept("me", "--as", "mara", "--reset").out


def test_ones_own_absence_counts_in_every_queue(kept: Run) -> None:
    kept("duty", "away", "2026-06-02", "2026-06-05", "--as", "mara", "--because", "leave")
    assert "Away Tue 2 Jun to Fri 5 Jun: leave" in kept("me", "--as", "mara").out
    assert "away" in kept("next", "--as", "mara").out


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        (("--zone", "Berlin"), "did you mean `Europe/Berlin`?"),
        (("--zone", "localtime"), "there is no time zone `localtime`; "),
        (("--hours", "9 to 5"), "not an interval of hours"),
        (
            ("--hours", "09:00-21:00", "--hours", "20:00-09:00", "--days", "mon,tue,wed,thu,fri,sat,sun"),
            "nobody is at work day and night on all days: leave out the hours in which they are not",
        ),
        (("--days", "someday"), "“som” is no day of the week"),
        (("--country", "XX"), "XX"),
        (("--subdivision", "BY"), "is a part of no country"),
    ],
)
def test_hours_that_cannot_be_are_refused(kept: Run, asked: tuple[str, ...], says: str) -> None:
    ran = kept("me", "--as", "nadia", *asked)
    assert (ran.code, says in ran.err) == (2, True), ran.err
    assert "09:00-17:00 on mon, tue, wed, thu, fri in America/Toronto.\n" in kept("me", "--as", "nadia").out
