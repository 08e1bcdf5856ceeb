"""Our own releases in their order, and how milestones are counted along them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.model.planning import Milestone
from handrail.model.support import OwnRelease, Reading
from handrail.support.own_releases import Limit, OwnReleases, months_after, own_release
from handrail.worktime import release_calendar

TODAY = date(2026, 6, 2)
READINGS: tuple[Reading, ...] = ("nth_release_after", "milestone_in_progress_is_0", "calendar_months")
DAYS = st.dates(date(2020, 5, 1), date(2028, 1, 1))


def released(day: date) -> OwnRelease:
    return OwnRelease(f"of {day}", day - timedelta(days=30), day - timedelta(days=1), day)


def test_without_any_the_published_calendar_counts() -> None:
    ours = OwnReleases((), TODAY)
    ubuntu = date(2024, 4, 25)
    assert ours.limit(ubuntu, 2, "nth_release_after") == Limit(date(2024, 6, 20), "17.1")
    assert ours.limit(ubuntu, 2, "milestone_in_progress_is_0") == Limit(date(2024, 7, 18), "17.2")
    assert ours.limit(ubuntu, 2, "calendar_months") == Limit(date(2024, 6, 25), "17.1")
    assert ours.limit(date(2024, 5, 13), 2, "milestone_in_progress_is_0") == Limit(date(2024, 8, 15), "17.3")
    assert ours.limit(date(2024, 5, 16), 1, "nth_release_after") == Limit(date(2024, 6, 20), "17.1"), "the day itself"


def test_what_is_known_wins_over_the_calendar_from_its_first_to_its_last() -> None:
    seldom = [released(date(2026, month, 1)) for month in (1, 3, 5)]
    ours = OwnReleases(seldom, TODAY)
    assert ours.limit(date(2026, 1, 15), 2, "nth_release_after") == Limit(date(2026, 5, 1), "of 2026-05-01")
    assert ours.limit(date(2026, 4, 15), 2, "nth_release_after") == Limit(date(2026, 5, 21), "19.0")
    assert ours.limit(date(2025, 12, 20), 1, "nth_release_after") == Limit(date(2026, 1, 1), "of 2026-01-01")
    first = ours.index("of 2026-01-01") or 0
    assert [one.title for one in ours.all[first : first + 4]] == [*(one.title for one in seldom), "19.0"]
    assert ours.index("zz") is None


def test_between_two_versions_that_are_known_the_calendar_has_what_is_not() -> None:
    def version(title: str, late: int = 0) -> OwnRelease:
        listed = release_calendar.milestone(title)
        assert listed is not None
        return OwnRelease(title, listed.start, listed.due, listed.release + timedelta(days=late))

    def titles(*known: OwnRelease) -> list[str]:
        there = [one.title for one in OwnReleases(known, TODAY).all]
        return there[there.index(known[0].title) : there.index(known[-1].title) + 1]

    assert titles(version("17.11"), version("18.2")) == ["17.11", "18.0", "18.1", "18.2"]
    assert titles(version("17.1", late=40), version("17.3")) == ["17.1", "17.3"], "nothing that comes before 17.1"
    other = OwnRelease("Autumn", date(2024, 8, 10), date(2024, 9, 13), date(2024, 9, 18))
    assert titles(version("17.1"), other) == ["17.1", "Autumn"]
    assert titles(version("17.3"), other, version("17.5")) == ["17.3", "Autumn", "17.5"], "called otherwise"
    found = OwnReleases([version("17.1"), version("17.6")], TODAY).limit(date(2024, 6, 25), 2, "nth_release_after")
    assert found == Limit(date(2024, 8, 15), "17.3")


def test_of_two_of_one_title_the_first_counts() -> None:
    first, second = (OwnRelease("19.0", date(2026, 4, 1), date(2026, 5, 1), date(2026, 5, day)) for day in (9, 11))
    found = OwnReleases([first, second], TODAY).limit(date(2026, 5, 2), 1, "nth_release_after")
    assert found == Limit(date(2026, 5, 9), "19.0")


def test_what_is_older_than_all_that_is_known_is_not_counted() -> None:
    ours = OwnReleases((), TODAY)
    assert ours.limit(date(2020, 4, 23), 2, "nth_release_after") == Limit(date(2020, 6, 22), "13.1")
    assert ours.limit(date(2020, 4, 21), 2, "nth_release_after") is None
    assert ours.limit(date(2020, 4, 17), 2, "milestone_in_progress_is_0") is None
    assert ours.limit(date(2019, 7, 1), 3, "calendar_months") is None
    assert ours.limit(date(2035, 1, 1), 2, "nth_release_after") is None, "nor what is too far ahead"


def test_a_limit_in_months_may_come_before_our_next_release() -> None:
    seldom = [released(date(2026, month, 1)) for month in (1, 5)]
    assert OwnReleases(seldom, TODAY).limit(date(2026, 1, 31), 1, "calendar_months") == Limit(date(2026, 2, 28), None)
    assert months_after(date(2026, 8, 31), -6) == date(2026, 2, 28)
    assert months_after(date(2025, 11, 30), 3) == date(2026, 2, 28)


def test_a_milestone_is_released_as_long_after_its_last_day_as_the_calendar_has_it() -> None:
    listed = release_calendar.milestone("18.5")
    assert listed is not None
    start, due, week = listed.start, listed.due, timedelta(days=7)
    moved = OwnRelease("18.5", start, due + week, listed.release + week)
    assert own_release(Milestone("18.5", start, due + week)) == moved
    named = own_release(Milestone("Autumn", date(2025, 9, 1), date(2025, 9, 30)))
    assert named is not None
    assert named.released - named.due == timedelta(days=6)
    assert own_release(Milestone("Backlog")) is None
    assert own_release(Milestone("Long ago", date(2001, 9, 1), date(2001, 9, 30))) is None


def limited(day: date, count: int, reading: Reading) -> Limit:
    found = OwnReleases((), TODAY).limit(day, count, reading)
    assert found is not None
    return found


@given(DAYS, DAYS, st.integers(1, 8), st.sampled_from(READINGS))
def test_what_comes_out_later_is_never_due_earlier(one: date, other: date, count: int, reading: Reading) -> None:
    assert limited(min(one, other), count, reading).day <= limited(max(one, other), count, reading).day


@given(DAYS, st.integers(1, 8))
def test_counting_the_milestone_in_progress_as_none_is_never_sooner(day: date, count: int) -> None:
    after = limited(day, count, "nth_release_after")
    assert after.day < limited(day, count, "milestone_in_progress_is_0").day
    known = release_calendar.nth_release_after(day, count)
    assert known is not None
    assert after == Limit(known.release, known.title)


@pytest.mark.parametrize("reading", READINGS)
def test_it_is_due_after_it_came_out_and_in_no_release_that_is_later(reading: Reading) -> None:
    released = {one.title: one.released for one in OwnReleases((), TODAY).all}
    for ahead in range(0, 1000, 3):
        day = date(2023, 1, 1) + timedelta(days=ahead)
        found = limited(day, 3, reading)
        assert day < released[found.milestone or ""] <= found.day
