"""Several rotations side by side: each with its settings and its log, people's time off shared by all."""

from pathlib import Path

import msgspec
import pytest

from handrail.model.people import Person
from handrail.store.database import Store
from handrail.testing import at
from tests.cli.conftest import Run, SetUp

PEOPLE = {name: Person(name.capitalize(), "Europe/Sofia") for name in ("nadia", "ivo", "mara")}
SECOND = {"releases": {"name": "Release manager", "days": 14, "zone": "America/Toronto", "handoff_time": "10:00"}}


def write(path: Path, rotations: object) -> None:
    path.write_bytes(msgspec.json.encode({"people": PEOPLE, "rotations": rotations}))


@pytest.fixture
def handbook(set_up: SetUp) -> Path:
    """A handbook with a second rotation, of two weeks in a zone of its own, and an empty store."""
    store = set_up({"people": PEOPLE, "rotations": SECOND}, at("2026-06-02 10:00"), "nadia")
    Store.open(store).close()
    return store.with_name("team.yml")


@pytest.fixture
def both(run: Run, handbook: Path) -> Run:
    """Both rotations set up."""
    for ran in (
        run("duty", "start", "ivo", "nadia", "--on", "2026-06-01"),
        run("duty", "--rotation", "releases", "start", "mara", "ivo", "nadia", "--on", "2026-06-01"),
    ):
        assert ran.code == 0, ran.err
    return run


def ahead(run: Run, *options: str) -> list[tuple[str, str]]:
    rows = run("duty", *options, "preview", "--weeks", "4", "--json").json
    return [(row["start"], row["holder"]) for row in rows]


def test_each_has_its_length_its_zone_and_its_log(both: Run) -> None:
    assert [holder for _, holder in ahead(both)] == ["ivo", "nadia", "ivo", "nadia", "ivo"]
    assert ahead(both, "--rotation", "releases") == [
        ("2026-06-01T14:00:00Z", "mara"), ("2026-06-15T14:00:00Z", "ivo"), ("2026-06-29T14:00:00Z", "nadia"),
    ]  # fmt: skip
    assert both("duty", "--rotation", "releases", "preview").out == both("duty", "preview", "--rotation=releases").out
    now = both("duty", "--rotation", "releases").out
    assert now.startswith("Mara is on duty until Mon 15 Jun 10:00.\n"), "in the rotation's zone"
    assert now.endswith("Next: Ivo, from Mon 15 Jun 10:00.\ntimes in America/Toronto\n")
    assert both("duty", "preview").out.endswith("\ntimes in UTC\n")
    assert both("duty", "--rotation", "releases", "--json").json["holder"] == "mara"
    assert "Ivo is on duty until Mon 8 Jun 09:00." in both("duty").out
    assert "Mara, Ivo and Nadia" in both("duty", "--rotation", "releases", "log").out
    assert "Ivo and Nadia" in both("duty", "log").out
    assert "Mara" not in both("duty", "check").out


def test_a_step_is_of_the_rotation_that_it_names(both: Run) -> None:
    stretch = ("--from", "2026-06-03T10:00", "--until", "2026-06-04T10:00")
    assert both("duty", "cover", "nadia", *stretch, "--rotation", "releases").code == 0
    assert ("2026-06-03T14:00:00Z", "nadia") in ahead(both, "--rotation", "releases")
    assert [holder for _, holder in ahead(both)][:2] == ["ivo", "nadia"]
    again = both("duty", "--rotation", "releases", "start", "ivo")
    assert "duty --rotation releases roster USER …" in again.err


def test_time_off_is_said_once_for_all_of_them(both: Run) -> None:
    assert both("duty", "away", "2026-06-15", "2026-06-28", "--as", "ivo").code == 0
    assert ahead(both, "--rotation", "releases")[1:] == [
        ("2026-06-15T14:00:00Z", "nadia"), ("2026-06-29T14:00:00Z", "ivo"),
    ]  # fmt: skip
    assert both("duty", "--rotation", "releases", "away", "2026-06-08", "2026-06-14", "--as", "nadia").code == 0
    assert [holder for _, holder in ahead(both)][:2] == ["ivo", "ivo"]
    assert "Away Mon 8 Jun to Sun 14 Jun: time off" in both("me", "--as", "nadia").out


def test_time_off_in_one_leaves_the_turn_that_has_begun_in_the_other(
    both: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HANDRAIL_NOW", "2026-06-08T12:00Z")
    assert both("duty", "--json").json["holder"] == "nadia"
    assert both("duty", "--rotation", "releases", "away", "2026-06-08", "2026-06-14", "--as", "nadia").code == 0
    assert both("duty", "--json").json["holder"] == "nadia"


def test_it_begins_today_as_its_own_zone_has_it(run: Run, handbook: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(handbook, {"releases": SECOND["releases"] | {"days": 1}})
    monkeypatch.setenv("HANDRAIL_NOW", "2026-06-03T02:00Z")
    assert "begins on or after Tue 2 Jun" in run("duty", "--rotation", "releases", "start", "mara", "ivo").out


def test_a_new_name_keeps_the_log(both: Run, handbook: Path) -> None:
    write(handbook, {"releases": SECOND["releases"] | {"name": "Release captain"}, "dri": {"name": "Interrupts"}})
    assert "Mara is on duty" in both("duty", "--rotation", "releases").out
    assert "Ivo is on duty" in both("duty").out


def test_a_log_under_another_short_name_is_not_lost(both: Run, handbook: Path) -> None:
    write(handbook, {"captains": SECOND["releases"]})
    ran = both("duty", "--rotation", "captains", "preview")
    assert "There is a log of `releases`, which the handbook does not name" in ran.err


def test_before_it_is_set_up_it_says_how(run: Run, handbook: Path) -> None:
    hint = "duty --rotation releases start USER USER …"
    assert hint in run("duty", "--rotation", "releases").out
    ran = run("duty", "preview", "--rotation", "releases")
    assert (ran.code, hint in ran.err) == (2, True)


def test_what_is_no_rotation_is_told_with_what_there_is(both: Run) -> None:
    for asked in (("duty", "--rotation", "release"), ("duty", "preview", "--rotation", "release")):
        ran = both(*asked)
        assert (ran.code, "no rotation `release`; did you mean `releases`?" in ran.err) == (2, True)
    ran = both("duty", "--rotation", "releases", "desk")
    assert (ran.code, "Only the first rotation" in ran.err) == (2, True)
