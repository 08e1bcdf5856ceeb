from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.worktime.local_clock import LocalClock


def utc(text: str) -> int:
    return int(datetime.fromisoformat(f"{text}+00:00").timestamp())


def reached(zone: str, wall: str) -> int:
    moment = datetime.fromisoformat(wall)
    return LocalClock(zone).reached(moment.toordinal(), moment.hour * 3600 + moment.minute * 60)


@pytest.mark.parametrize(
    ("zone", "wall", "instant"),
    [
        ("Asia/Kathmandu", "2026-06-01 09:00", "2026-06-01 03:15"),
        ("Europe/Amsterdam", "2026-03-29 01:59", "2026-03-29 00:59"),
        ("Europe/Amsterdam", "2026-03-29 02:00", "2026-03-29 01:00"),  # skipped until 03:00
        ("Europe/Amsterdam", "2026-03-29 02:30", "2026-03-29 01:00"),
        ("Europe/Amsterdam", "2026-03-29 03:00", "2026-03-29 01:00"),
        ("Europe/Amsterdam", "2026-03-29 03:01", "2026-03-29 01:01"),
        ("Europe/Amsterdam", "2026-10-25 02:30", "2026-10-25 00:30"),  # shown twice: the first time
        ("Europe/Amsterdam", "2026-10-25 03:00", "2026-10-25 02:00"),
        ("Australia/Lord_Howe", "2026-10-04 02:15", "2026-10-03 15:30"),  # half an hour is skipped
        ("America/Sao_Paulo", "2018-11-04 00:00", "2018-11-04 03:00"),  # midnight itself is skipped
        ("Pacific/Apia", "2011-12-30 12:00", "2011-12-30 10:00"),  # the whole day is skipped
        ("America/St_Johns", "2010-11-07 00:00", "2010-11-07 02:30"),  # falls back a minute later
    ],
)
def test_wall_time_is_reached_when_the_clock_first_shows_it_or_later(zone: str, wall: str, instant: str) -> None:
    assert reached(zone, wall) == utc(instant)


def test_seconds_may_run_past_the_end_of_their_day() -> None:
    clock = LocalClock("America/New_York")
    day = date(2026, 3, 7).toordinal()
    assert clock.reached(day, 30 * 3600) == clock.reached(day + 1, 6 * 3600) == utc("2026-03-08 10:00")


@pytest.mark.parametrize(
    ("zone", "instant", "day"),
    [
        ("Pacific/Auckland", "2026-06-01 11:59", "2026-06-01"),
        ("Pacific/Auckland", "2026-06-01 12:00", "2026-06-02"),
        ("Pacific/Apia", "2011-12-30 09:59", "2011-12-29"),
        ("Pacific/Apia", "2011-12-30 10:00", "2011-12-31"),
        ("America/St_Johns", "2010-11-07 02:29", "2010-11-06"),
        ("America/St_Johns", "2010-11-07 02:45", "2010-11-07"),  # the clock shows 6 November again
        ("America/St_Johns", "2010-11-07 03:31", "2010-11-07"),
    ],
)
def test_a_day_begins_once(zone: str, instant: str, day: str) -> None:
    assert date.fromordinal(LocalClock(zone).day(utc(instant))) == date.fromisoformat(day)


@given(
    st.sampled_from(["Europe/Amsterdam", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia"]),
    st.integers(date(2000, 1, 1).toordinal(), date(2040, 1, 1).toordinal()),
)
def test_a_midnight_given_vouches_for_the_next_two_days(zone: str, day: int) -> None:
    clock = LocalClock(zone)
    [(same_day, midnight)] = clock.midnights(day, day + 1)
    assert same_day == day
    evenly = len({clock.reached(day, hours * 3600) - hours * 3600 for hours in range(49)}) == 1
    assert (midnight is not None) == evenly
    if midnight is not None:
        assert midnight == clock.reached(day, 0)


def test_a_year_of_midnights_is_uneven_at_its_clock_changes_only() -> None:
    first, stop = date(2026, 1, 1).toordinal(), date(2027, 1, 1).toordinal()
    days = list(LocalClock("Europe/Amsterdam").midnights(first, stop))
    assert [day for day, _ in days] == list(range(first, stop))
    uneven = [date.fromordinal(day) for day, midnight in days if midnight is None]
    changes = [date(2026, 3, 29), date(2026, 10, 25)]
    assert uneven == [change - timedelta(days=back) for change in changes for back in (1, 0)]


@pytest.mark.parametrize("zone", ["Europe/Amsterdan", "Europe", "../UTC"])
def test_an_unknown_zone_is_refused(zone: str) -> None:
    with pytest.raises(ValueError, match="is not a time zone"):
        LocalClock(zone)


def test_a_misspelt_zone_is_answered_with_the_near_ones() -> None:
    with pytest.raises(ValueError, match="did you mean Europe/Amsterdam"):
        LocalClock("Europe/Amsterdan")
    with pytest.raises(ValueError, match=r"zone$"):
        LocalClock("qqqqqq")


def test_the_zone_is_there_for_showing_times() -> None:
    assert LocalClock("Asia/Kolkata").zone == ZoneInfo("Asia/Kolkata")
