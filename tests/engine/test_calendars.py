"""People's own calendars: read when it is time, kept when that fails, and known to everything that asks who is away."""

from datetime import date, timedelta
from pathlib import Path

from handrail.calendars.fetching import UnreadError
from handrail.duty.time_off import WHY
from handrail.engine.assemble import assemble
from handrail.engine.calendars import EVERY, read_calendars
from handrail.model.people import Away, OwnHours, Person
from handrail.store.database import Store
from handrail.testing import a_handbook, at
from tests.calendars.test_events import ALL_DAY, a_calendar

NOW = at("2026-06-02 10:00")
SECRET = "https://calendars.example.com/ivo/secret.ics"
PEOPLE = {"ivo": Person("Ivo", "Europe/Sofia"), "mara": Person("Mara")}
OFF = Away(date(2026, 6, 8), date(2026, 6, 9), WHY)


def broken(_: str) -> bytes:
    raise UnreadError("its host is not known")


def test_time_off_is_kept_until_the_next_reading_that_goes_well(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.sqlite") as store:
        handbook = a_handbook(people={"ivo": PEOPLE["ivo"], "mara": PEOPLE["mara"]})
        asked: list[str] = []

        def fetched(url: str) -> bytes:
            asked.append(url)
            return a_calendar(ALL_DAY)

        def away() -> tuple[Away, ...]:
            return assemble(store.facts(NOW), handbook).people["ivo"].away

        store.calendars.state("ivo", SECRET)
        (problem,) = read_calendars(store, PEOPLE, (), NOW, broken)
        assert problem == (
            "The calendar of Ivo at calendars.example.com could not be read: its host is not known; "
            "nothing is known of it."
        )
        assert read_calendars(store, PEOPLE, (), NOW + EVERY - timedelta(seconds=1), fetched) == []
        assert asked == [], "what failed is not tried again at once"
        assert read_calendars(store, PEOPLE, (), NOW + EVERY, fetched) == []
        assert (asked, away()) == ([SECRET], (OFF,))

        (problem,) = read_calendars(store, PEOPLE, (), NOW + 2 * EVERY, broken)
        assert problem.endswith("its host is not known; what it had on 2026-06-02 16:00 UTC still counts.")
        assert away() == (OFF,)

        assert read_calendars(store, PEOPLE, (), NOW + 3 * EVERY, lambda _: a_calendar()) == []
        assert away() == ()
        assert store.calendars.all()[0].trouble == ""


def test_who_left_the_team_has_nothing_read_and_ones_own_hours_count(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.sqlite") as store:
        store.calendars.state("gone", SECRET)
        assert read_calendars(store, PEOPLE, (), NOW, broken) == []
        store.calendars.state("mara", SECRET)
        store.said.work("mara", OwnHours(zone="Asia/Tokyo"), NOW)
        early = a_calendar("DTSTART:20260608T000000Z\nDTEND:20260608T080000Z\nSUMMARY:OOO")
        assert read_calendars(store, PEOPLE, ("OOO",), NOW, lambda _: early) == []
        assert store.facts(NOW).team().time_off["mara"] == (Away(date(2026, 6, 8), date(2026, 6, 8), WHY),)


def test_another_address_meanwhile_keeps_nothing_of_the_old_one(tmp_path: Path) -> None:
    with Store.open(tmp_path / "store.sqlite") as store:
        store.calendars.state("ivo", SECRET)

        def moved(_: str) -> bytes:
            store.calendars.state("ivo", SECRET + "?new")
            return a_calendar(ALL_DAY)

        assert read_calendars(store, PEOPLE, (), NOW, moved) == []
        assert [(one.url, one.tried_at) for one in store.calendars.all()] == [(SECRET + "?new", None)]
        assert store.facts(NOW).team().time_off == {"ivo": ()}
        store.calendars.state("ivo", "")
        assert store.calendars.all() == []
