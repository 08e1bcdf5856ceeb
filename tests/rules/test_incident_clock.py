"""The incident's clock: day and night, without the team's days off."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.rules.desk import Desk
from handrail.rules.incident_clock import clock, due, due_of, elapsed
from handrail.testing import a_handbook, a_snapshot, at
from handrail.worktime.calendar import WorkCalendar

CALENDAR = WorkCalendar("Europe/Vienna", holidays={date(2026, 6, 4): "Corpus Christi"})
START = datetime(2026, 5, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 60 * 24 * 60).map(lambda minutes: START + timedelta(minutes=minutes))
AMOUNTS = st.integers(0, 5 * 24 * 3600)


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-06-02 13:00", 4, "2026-06-02 17:00"),
        ("2026-06-02 23:00", 4, "2026-06-03 03:00"),
        ("2026-06-03 23:00", 4, "2026-06-05 03:00"),
        ("2026-06-05 23:00", 4, "2026-06-08 03:00"),
        ("2026-06-06 10:00", 4, "2026-06-08 04:00"),
        ("2026-06-05 20:00", 4, "2026-06-06 00:00"),
        ("2026-06-06 10:00", 0, "2026-06-06 10:00"),
    ],
    ids=["by day", "by night", "over a holiday", "over a weekend", "on a weekend", "to its start", "nothing"],
)
def test_when_it_is_due(start: str, hours: int, end: str) -> None:
    assert due(at(start, "Europe/Vienna"), hours * 3600, CALENDAR) == at(end, "Europe/Vienna")


@given(INSTANTS, AMOUNTS)
def test_what_is_due_has_just_elapsed(start: datetime, seconds: int) -> None:
    end = due(start, seconds, CALENDAR)
    assert elapsed(start, end, CALENDAR) == seconds
    assert elapsed(start, end - timedelta(minutes=1), CALENDAR) < seconds or seconds == 0


@given(INSTANTS, INSTANTS, AMOUNTS)
def test_what_began_earlier_is_due_no_later(one: datetime, other: datetime, seconds: int) -> None:
    first, second = sorted((one, other))
    assert due(first, seconds, CALENDAR) <= due(second, seconds, CALENDAR)


@given(st.tuples(INSTANTS, INSTANTS, INSTANTS).map(sorted))
def test_time_adds_up(instants: list[datetime]) -> None:
    first, middle, last = instants
    whole = elapsed(first, middle, CALENDAR) + elapsed(middle, last, CALENDAR)
    assert elapsed(first, last, CALENDAR) == whole
    assert elapsed(last, first, CALENDAR) == 0


@pytest.mark.parametrize(
    ("now", "state"), [("12:59", "non-breaching"), ("13:00", "near-breaching"), ("14:00", "breaching")]
)
def test_the_clock_stands_as_the_review_slos_does(now: str, state: str) -> None:
    book = a_handbook()
    desk = Desk(a_snapshot(handbook=book, now=at(f"2026-06-02 {now}")), book)
    running = clock(at("2026-06-02 10:00"), 4, desk)
    assert running.state == state
    assert running.limit_hours == 4
    assert due_of(running, desk) == at("2026-06-02 14:00")


def test_a_team_that_works_every_day_waits_for_no_weekend() -> None:
    always = WorkCalendar("UTC", days=("mon", "tue", "wed", "thu", "fri", "sat", "sun"))
    assert due(at("2026-06-05 23:00"), 4 * 3600, always) == at("2026-06-06 03:00")
