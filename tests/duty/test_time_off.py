"""Stretches in a calendar and the days off that they come to."""

from datetime import UTC, date, datetime

from handrail.duty.time_off import WHY, days_off
from handrail.model.people import Away, Person

BERLIN = Person("Mara", "Europe/Berlin")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 6, day, hour, minute, tzinfo=UTC)


def off(*stretches: tuple[datetime, datetime], person: Person = BERLIN) -> list[tuple[date, date]]:
    found = days_off(stretches, person)
    assert all(one == Away(one.first, one.last, WHY) for one in found)
    return [(one.first, one.last) for one in found]


def test_whole_days_run_on_over_a_weekend() -> None:
    assert off((at(4, 22), at(9, 22))) == [(date(2026, 6, 5), date(2026, 6, 9))]
    assert off((at(4, 22), at(5, 22)), (at(8, 22), at(9, 22))) == [
        (date(2026, 6, 5), date(2026, 6, 5)),
        (date(2026, 6, 9), date(2026, 6, 9)),
    ]
    assert off((at(5, 22), at(7, 22))) == [(date(2026, 6, 6), date(2026, 6, 7))]


def test_half_of_the_hours_is_a_day_off_and_less_is_none() -> None:
    assert off((at(8, 7), at(8, 11))) == [(date(2026, 6, 8), date(2026, 6, 8))]
    assert off((at(8, 7), at(8, 10, 59))) == []
    assert off((at(8, 16), at(9, 6))) == [], "a night takes no hours"


def test_what_overlaps_counts_once_and_what_adds_up_does() -> None:
    assert off((at(8, 7), at(8, 10)), (at(8, 8), at(8, 10))) == []
    assert off((at(8, 7), at(8, 9)), (at(8, 13), at(8, 15))) == [(date(2026, 6, 8), date(2026, 6, 8))]


def test_the_persons_own_hours_and_zone_count() -> None:
    mornings = Person("Bo", "America/Toronto", hours=("08:00-12:00",), days=("mon",))
    assert off((at(8, 12), at(8, 14)), person=mornings) == [(date(2026, 6, 8), date(2026, 6, 8))]
    assert off(person=mornings) == []
