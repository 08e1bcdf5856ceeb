import json
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.worktime.release_calendar import (
    Milestone,
    milestone,
    milestone_on,
    next_title,
    nth_release_after,
    previous_title,
)


@pytest.fixture(scope="module")
def releases(shared: Path) -> list[dict[str, Any]]:
    """All releases from 13.0 on, in order, with their official dates."""
    rows: list[dict[str, Any]] = json.loads((shared / "releases/gitlab/gitlab_releases.json").read_text())["releases"]
    assert rows[0]["version"] == "13.0"
    return rows


def of(title: str) -> Milestone:
    found = milestone(title)
    assert found is not None
    return found


def titles(count: int) -> list[str]:
    found = ["13.0"]
    while len(found) < count:
        following = next_title(found[-1])
        assert following is not None
        found.append(following)
    return found


TITLES = titles(1500)
RELEASES = [of(title).release for title in TITLES]


def test_every_official_date_is_reproduced(releases: list[dict[str, Any]]) -> None:
    for row in releases:
        assert milestone(row["version"]) == Milestone(
            title=row["version"],
            start=date.fromisoformat(row["milestone_start"]),
            due=date.fromisoformat(row["milestone_due"]),
            release=date.fromisoformat(row["release_date_official"]),
        )


def test_the_official_versions_follow_each_other(releases: list[dict[str, Any]]) -> None:
    official = [row["version"] for row in releases]
    assert official == TITLES[: len(official)]


def test_counting_from_each_official_release(releases: list[dict[str, Any]]) -> None:
    for n, row in enumerate(releases[1:], start=1):
        found = nth_release_after(date.fromisoformat(releases[0]["release_date_official"]), n)
        assert found is not None
        assert (found.title, str(found.release)) == (row["version"], row["release_date_official"])


@pytest.mark.parametrize(
    ("title", "start", "due", "release"),
    [
        ("13.0", "2020-04-18", "2020-05-17", "2020-05-22"),
        ("16.5", "2023-09-18", "2023-10-17", "2023-10-22"),  # the last on the 22nd
        ("16.6", "2023-10-18", "2023-11-10", "2023-11-16"),  # the first on a third Thursday
        ("16.7", "2023-11-11", "2023-12-15", "2023-12-21"),
        ("19.0", "2026-04-11", "2026-05-15", "2026-05-21"),
    ],
)
def test_milestones(title: str, start: str, due: str, release: str) -> None:
    found = of(title)
    assert (str(found.start), str(found.due), str(found.release)) == (start, due, release)


@pytest.mark.parametrize(
    "title",
    [
        "",
        "Backlog",
        "Next 1-3 releases",
        "17",
        "17.x",
        "17.3.1",
        "v17.3",
        "017.3",
        "17.03",
        "17.3 ",
        "١٧.٣",
        "12.10",
        "0.1",
        "13.13",
        "14.11",
        "16.12",
        "9999.0",
        "99999999999999999999.0",
    ],
)
def test_what_is_no_version_of_the_calendar_has_no_milestone(title: str) -> None:
    assert milestone(title) is None
    assert next_title(title) is None
    assert previous_title(title) is None


@pytest.mark.parametrize(
    ("title", "following"),
    [("13.12", "14.0"), ("14.10", "15.0"), ("15.11", "16.0"), ("18.11", "19.0"), ("40.11", "41.0")],
)
def test_a_major_follows_the_last_minor(title: str, following: str) -> None:
    assert next_title(title) == following
    assert previous_title(following) == title


def test_nothing_is_known_before_the_first() -> None:
    assert previous_title("13.0") is None
    assert milestone_on(date(2020, 4, 17)) is None
    assert milestone_on(date.min) is None
    assert milestone_on(date(2020, 4, 18)) == milestone("13.0")


def test_every_day_is_in_one_milestone() -> None:
    for title, following in pairwise(TITLES):
        found = of(title)
        assert found.start < found.due < found.release
        assert of(following).start == found.due + timedelta(days=1)
        assert milestone_on(found.start) == milestone_on(found.due) == found
        assert previous_title(following) == title
        if found.release >= date(2023, 11, 1):
            assert (found.due.weekday(), found.release.weekday()) == (4, 3)
            assert 15 <= found.release.day <= 21


@given(st.dates(date(2020, 4, 18), date(2140, 1, 1)))
def test_a_day_lies_in_its_milestone(day: date) -> None:
    found = milestone_on(day)
    assert found is not None
    assert found.start <= day <= found.due
    assert milestone(found.title) == found


@given(st.dates(date(2020, 4, 22), date(2100, 1, 1)), st.integers(1, 40))
def test_releases_are_counted_one_by_one(day: date, n: int) -> None:
    dates = [day]
    for _ in range(n):
        found = nth_release_after(dates[-1], 1)
        assert found is not None
        assert found.release > dates[-1]
        dates.append(found.release)
    last = nth_release_after(day, n)
    assert last is not None
    assert last.release == dates[-1]
    assert sum(day < release <= last.release for release in RELEASES) == n


def test_a_release_does_not_come_after_its_own_day() -> None:
    assert nth_release_after(date(2026, 5, 20), 1) == milestone("19.0")
    assert nth_release_after(date(2026, 5, 21), 1) == milestone("19.1")
    assert nth_release_after(date(2026, 5, 21), 5) == milestone("19.5")


def test_counting_starts_where_releases_are_known() -> None:
    assert nth_release_after(date(2020, 4, 21), 3) is None
    assert nth_release_after(date(2020, 4, 22), 1) == milestone("13.0")


@pytest.mark.parametrize("n", [0, -3])
def test_releases_are_counted_from_one(n: int) -> None:
    with pytest.raises(ValueError, match=f"not {n}"):
        nth_release_after(date(2026, 5, 20), n)
