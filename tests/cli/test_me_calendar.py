"""`handrail me --calendar`: somebody's own calendar, whose address nobody else sees."""

from pathlib import Path

import pytest

from handrail.engine.calendars import read_calendars
from handrail.model.people import Person
from handrail.store.database import Store
from handrail.testing import at
from tests.calendars.test_events import ALL_DAY, a_calendar
from tests.cli.conftest import Run, SetUp

NOW = at("2026-06-02 10:00")
PEOPLE = {name: Person(name.title()) for name in ("asha", "bo", "cleo")}


@pytest.fixture
def store(set_up: SetUp) -> Path:
    store = set_up({"people": PEOPLE}, NOW, "bo")
    Store.open(store).close()
    return store


def test_a_calendar_on_a_private_address_is_kept_but_not_read(run: Run, store: Path) -> None:
    ran = run("me", "--calendar", "https://127.0.0.1/secret.ics")
    assert ran.code == 2
    assert ran.err == (
        "The calendar of Bo at 127.0.0.1 could not be read: it leads to an address that is not on the public internet; "
        "nothing is known of it.\n"
    )
    later = run("me")
    assert (later.code, later.err) == (0, ran.err), "it stays named"
    assert "secret" not in ran.out + ran.err + later.out
    assert run("me", "--calendar", "none").err == ""


def test_an_address_that_is_none_is_refused_without_repeating_it(run: Run, store: Path) -> None:
    ran = run("me", "--calendar", "http://example.com/secret.ics")
    assert (ran.code, ran.err) == (2, "That calendar is not taken: only addresses that begin with https:// are read.\n")
    with Store.open(store) as opened:
        assert opened.calendars.all() == []


def test_time_off_from_a_calendar_passes_a_person_over_in_the_rotation(run: Run, store: Path) -> None:
    assert run("duty", "start", "asha", "bo", "cleo").code == 0

    def holders() -> list[str]:
        return [row["holder"] for row in run("duty", "preview", "--weeks", "3", "--json").json][:3]

    assert holders() == ["asha", "bo", "cleo"]
    with Store.open(store) as opened:
        opened.calendars.state("bo", "https://calendars.example.com/secret.ics")
        week = ALL_DAY.replace("20260608", "20260615").replace("20260610", "20260620")
        assert read_calendars(opened, PEOPLE, (), NOW, lambda _: a_calendar(week)) == []
    assert holders() == ["asha", "cleo", "bo"]
    out = run("me").out
    assert "Away Mon 15 Jun to Fri 19 Jun: time off, by their calendar" in out
    assert "Time off comes from the calendar at calendars.example.com too, read 2026-06-02 10:00 UTC." in out
    assert run("me", "--reset").code == 0
    assert holders() == ["asha", "bo", "cleo"]
