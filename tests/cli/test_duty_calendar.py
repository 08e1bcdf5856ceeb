"""`handrail duty calendar`: the file that a calendar program reads."""

from datetime import datetime
from pathlib import Path

from icalendar import Calendar

from tests.cli.conftest import Run


def test_the_feed_has_the_shifts_that_the_preview_shows_and_is_the_same_each_time(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "duty.ics"
    ran = run("--demo", "duty", "calendar", "--all", "--weeks", "3", "-o", str(file))
    assert (ran.code, ran.out) == (0, f"8 shifts written to {file}, and 3 cancelled\n")
    text = file.read_bytes()
    assert run("--demo", "duty", "calendar", "--all", "--weeks", "3", "-o", str(file)).code == 0
    assert file.read_bytes() == text
    assert list(tmp_path.iterdir()) == [file]
    events = [one for one in Calendar.from_ical(text).walk("VEVENT") if one["STATUS"] == "CONFIRMED"]
    coming = run("--demo", "duty", "preview", "--weeks", "3", "--json").json
    assert [one.decoded("DTSTART") for one in events][-len(coming) :] == [
        datetime.fromisoformat(row["start"]) for row in coming
    ]


def test_ones_own_feed_has_nobody_elses_shifts(run: Run) -> None:
    out = run("--demo", "duty", "calendar", "--as", "ivo").out
    assert {str(one["SUMMARY"]) for one in Calendar.from_ical(out).walk("VEVENT")} == {"Distribution DRI: Ivo"}


def test_a_file_that_cannot_be_written_and_nobody_in_particular_are_said(run: Run, tmp_path: Path) -> None:
    ran = run("--demo", "duty", "calendar", "--all", "-o", str(tmp_path / "none" / "duty.ics"))
    assert ran.code == 2
    assert "cannot be written (No such file or directory): name another file with -o." in ran.err
    assert "Who are you? Say --as USER" in run("--demo", "duty", "calendar").err
