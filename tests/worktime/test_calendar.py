"""Business time by example; `test_calendar_against_scan.py` has the properties."""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import pytest

from handrail.worktime.calendar import BUSINESS_DAY, NeverOpensError, Pause, WorkCalendar

HOUR = 3600
EVERY_DAY = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class TimeOff(NamedTuple):
    first: date
    last: date
    why: str = "Leave"


def at(text: str, zone: str = "Europe/Amsterdam") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


OFFICE = WorkCalendar(
    "Europe/Amsterdam",
    holidays={date(2026, 4, 6): "Easter Monday", date(2026, 4, 27): "King's Day"},
    away=[TimeOff(date(2026, 5, 11), date(2026, 5, 15))],
)
NIGHTS = WorkCalendar("Europe/Amsterdam", ["22:00-06:00"], EVERY_DAY)
ALWAYS = WorkCalendar("Europe/Amsterdam", ["00:00-24:00"], EVERY_DAY)


def test_a_night_and_a_weekend_do_not_count() -> None:
    assert OFFICE.between(at("2026-06-05 16:00"), at("2026-06-08 10:00")) == 2 * HOUR


def test_holidays_and_time_off_do_not_count() -> None:
    assert OFFICE.between(at("2026-04-03 16:00"), at("2026-04-07 10:00")) == 2 * HOUR
    assert OFFICE.between(at("2026-05-08 16:00"), at("2026-05-18 10:00")) == 2 * HOUR


def test_backwards_is_nothing() -> None:
    assert OFFICE.between(at("2026-06-05 16:00"), at("2026-06-05 16:00")) == 0
    assert OFFICE.between(at("2026-06-05 16:00"), at("2026-06-05 15:00")) == 0
    assert OFFICE.pauses(at("2026-06-05 20:00"), at("2026-06-05 19:00")) == []


def test_four_business_days_from_wednesday_are_over_on_tuesday() -> None:
    ready = at("2026-05-27 09:30")
    assert OFFICE.after(ready, 4 * BUSINESS_DAY) == at("2026-06-02 09:30")


def test_a_full_day_ends_at_its_closing() -> None:
    assert OFFICE.after(at("2026-06-01 09:00"), BUSINESS_DAY) == at("2026-06-01 17:00")


def test_results_are_in_utc() -> None:
    for result in (
        OFFICE.after(at("2026-06-01 09:00"), 60),
        OFFICE.opens_after(at("2026-06-01 10:00")),
        OFFICE.closes_after(at("2026-06-01 10:00")),
    ):
        assert result.tzinfo is UTC


def test_no_time_later_is_now_when_open_and_else_the_opening() -> None:
    assert OFFICE.after(at("2026-06-01 10:00:00.25"), 0) == at("2026-06-01 10:00:00.25")
    assert OFFICE.after(at("2026-06-01 17:00"), 0) == at("2026-06-02 09:00")


def test_fractions_of_a_second_are_dropped() -> None:
    assert OFFICE.between(at("2026-06-01 09:59:59.999999"), at("2026-06-01 10:00:01.5")) == 2
    assert OFFICE.after(at("2026-06-01 10:00:00.9"), 1) == at("2026-06-01 10:00:01")


def test_open_from_the_opening_until_before_the_closing() -> None:
    assert not OFFICE.is_open(at("2026-06-01 08:59:59"))
    assert OFFICE.is_open(at("2026-06-01 09:00"))
    assert OFFICE.is_open(at("2026-06-01 16:59:59"))
    assert not OFFICE.is_open(at("2026-06-01 17:00"))


def test_closing_is_of_the_running_hours_or_of_the_next() -> None:
    assert OFFICE.closes_after(at("2026-06-05 12:00")) == at("2026-06-05 17:00")
    assert OFFICE.closes_after(at("2026-06-05 17:00")) == at("2026-06-08 17:00")


def test_overlapping_and_touching_intervals_are_one() -> None:
    calendar = WorkCalendar("UTC", ["09:00-12:00", "11:00-13:00", "13:00-15:00", "10:00-10:30"])
    monday = at("2026-06-01 08:00", "UTC")
    assert calendar.between(monday, monday + timedelta(days=1)) == 6 * HOUR
    assert calendar.closes_after(monday) == at("2026-06-01 15:00", "UTC")


def test_a_night_shift_runs_over_the_end_of_the_year() -> None:
    assert NIGHTS.closes_after(at("2026-12-31 23:00")) == at("2027-01-01 06:00")
    assert NIGHTS.between(at("2026-12-31 12:00"), at("2027-01-01 12:00")) == 8 * HOUR


def test_a_night_over_a_clock_change_is_longer_or_shorter() -> None:
    assert NIGHTS.between(at("2026-03-28 12:00"), at("2026-03-29 12:00")) == 7 * HOUR
    assert NIGHTS.between(at("2026-10-24 12:00"), at("2026-10-25 12:00")) == 9 * HOUR


def test_a_night_shift_belongs_to_the_day_it_starts_on() -> None:
    calendar = WorkCalendar("UTC", ["22:00-06:00"], holidays={date(2026, 6, 3): "Holiday"})
    assert calendar.is_open(at("2026-06-03 05:00", "UTC"))
    assert not calendar.away_at(at("2026-06-03 05:00", "UTC"))
    assert calendar.away_at(at("2026-06-03 06:00", "UTC"))
    assert not calendar.is_open(at("2026-06-04 05:00", "UTC"))
    assert calendar.absent_for(at("2026-06-04 05:00", "UTC")) == HOUR


def test_ordinarily_no_holiday_and_no_leave_takes_anything() -> None:
    calendar = WorkCalendar("UTC", holidays={date(2026, 6, 4): "Holiday"})
    week = at("2026-06-01 00:00", "UTC"), at("2026-06-08 00:00", "UTC")
    assert calendar.between(*week) == 4 * BUSINESS_DAY
    assert calendar.ordinarily(*week) == 5 * BUSINESS_DAY


def test_hours_in_a_skipped_day_are_lost() -> None:
    calendar = WorkCalendar("Pacific/Apia")
    thursday, monday = at("2011-12-29 00:00", "Pacific/Apia"), at("2012-01-02 09:00", "Pacific/Apia")
    assert calendar.between(thursday, monday) == 8 * HOUR
    assert calendar.opens_after(thursday + timedelta(hours=18)) == monday


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [
        ("2026-05-08 10:00", 0),  # at work
        ("2026-05-10 10:00", 40 * HOUR),  # on the Sunday before a week of leave
        ("2026-05-13 13:00", 20 * HOUR),
        ("2026-05-16 13:00", 0),  # a weekend like any other
        ("2026-04-03 18:00", BUSINESS_DAY),
        ("2026-04-06 18:00", 0),
    ],
)
def test_absent_for_what_leave_and_holidays_take(moment: str, seconds: int) -> None:
    assert OFFICE.absent_for(at(moment)) == seconds


def test_an_absence_without_end_counts_as_the_year_ahead() -> None:
    calendar = WorkCalendar("UTC", away=[TimeOff(date(2026, 6, 1), date.max)])
    assert calendar.absent_for(at("2026-06-01 00:00", "UTC")) == 262 * BUSINESS_DAY
    assert calendar.away_at(at("2026-06-06 12:00", "UTC"))
    with pytest.raises(NeverOpensError):
        calendar.opens_after(at("2026-06-01 00:00", "UTC"))


def test_a_long_leave_is_waited_for() -> None:
    calendar = WorkCalendar("UTC", away=[TimeOff(date(2026, 6, 1), date(2034, 12, 31))])
    assert calendar.opens_after(at("2026-06-01 12:00", "UTC")) == at("2035-01-01 09:00", "UTC")


def test_pauses_have_their_causes() -> None:
    pauses = OFFICE.pauses(at("2026-04-24 16:00"), at("2026-04-28 10:00"))
    assert pauses == [
        Pause(at("2026-04-24 17:00").astimezone(UTC), at("2026-04-25 00:00").astimezone(UTC), "night"),
        Pause(at("2026-04-25 00:00").astimezone(UTC), at("2026-04-27 00:00").astimezone(UTC), "weekend"),
        Pause(at("2026-04-27 00:00").astimezone(UTC), at("2026-04-28 00:00").astimezone(UTC), "King's Day"),
        Pause(at("2026-04-28 00:00").astimezone(UTC), at("2026-04-28 09:00").astimezone(UTC), "night"),
    ]
    assert {pause.start.tzinfo for pause in pauses} == {UTC}


def test_leave_is_one_pause_over_its_weekend_and_holiday() -> None:
    calendar = WorkCalendar(
        "UTC",
        holidays={date(2026, 12, 25): "Christmas Day"},
        away=[TimeOff(date(2026, 12, 21), date(2027, 1, 1))],
    )
    pauses = calendar.pauses(at("2026-12-20 00:00", "UTC"), at("2027-01-04 09:00", "UTC"))
    assert [pause.why for pause in pauses] == ["weekend", "Leave", "weekend", "night"]
    assert (pauses[1].start, pauses[1].end) == (at("2026-12-21 00:00", "UTC"), at("2027-01-02 00:00", "UTC"))


def test_the_lunch_break_is_a_pause_and_no_gap_is_made_up() -> None:
    calendar = WorkCalendar("UTC", ["09:00-12:30", "13:30-17:00"])
    day = at("2026-06-01 00:00", "UTC")
    assert calendar.pauses(day + timedelta(hours=9), day + timedelta(hours=12)) == []
    [lunch] = calendar.pauses(day + timedelta(hours=12), day + timedelta(hours=14))
    assert (lunch.start.hour, lunch.start.minute, lunch.end.hour, lunch.why) == (12, 30, 13, "night")
    [cut] = calendar.pauses(day + timedelta(hours=13), day + timedelta(hours=13, minutes=10))
    assert (cut.start, cut.end) == (day + timedelta(hours=13), day + timedelta(hours=13, minutes=10))


@pytest.mark.parametrize("calendar", [WorkCalendar("UTC", days=()), WorkCalendar("UTC", hours=())])
def test_a_calendar_that_never_opens_says_so(calendar: WorkCalendar) -> None:
    moment = at("2026-06-01 12:00", "UTC")
    for ask in (calendar.opens_after, calendar.closes_after, lambda start: calendar.after(start, 1)):
        with pytest.raises(NeverOpensError):
            ask(moment)
    assert calendar.between(moment, moment + timedelta(days=400)) == 0
    assert calendar.absent_for(moment) == 0
    assert not calendar.is_open(moment)


def test_a_calendar_that_never_closes_says_so() -> None:
    moment = at("2026-06-01 12:00")
    assert ALWAYS.is_open(moment)
    assert ALWAYS.after(moment, 10 * HOUR) == moment.astimezone(UTC) + timedelta(hours=10)
    assert ALWAYS.pauses(moment, moment + timedelta(days=30)) == []
    with pytest.raises(NeverOpensError):
        ALWAYS.closes_after(moment)


def test_more_hours_than_the_years_hold_are_refused() -> None:
    with pytest.raises(NeverOpensError):
        OFFICE.after(at("2026-06-01 12:00"), 10**10)


def test_time_does_not_run_backwards() -> None:
    with pytest.raises(ValueError, match="-1 seconds"):
        OFFICE.after(at("2026-06-01 12:00"), -1)


def test_an_instant_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="2026-06-01T12:00:00 has no time zone"):
        OFFICE.is_open(datetime(2026, 6, 1, 12))  # noqa: DTZ001 (what is refused)


def test_the_years_are_known_to_their_ends() -> None:
    for week in (datetime(1900, 1, 8, tzinfo=UTC), datetime(2199, 12, 16, tzinfo=UTC)):
        assert OFFICE.between(week, week + timedelta(days=7)) == 5 * BUSINESS_DAY


@pytest.mark.parametrize("year", [1, 1899, 2200, 9999])
def test_instants_far_off_are_refused(year: int) -> None:
    with pytest.raises(ValueError, match="from 1900 to 2199"):
        OFFICE.is_open(datetime(year, 6, 1, tzinfo=UTC))
