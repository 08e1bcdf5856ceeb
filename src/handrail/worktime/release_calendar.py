"""GitLab's monthly releases and their milestones, computed from the published rules.

Real milestones read from GitLab win over these. Known from 13.0 (May 2020) on: earlier versions and titles
that are no version of this calendar ("Backlog", "17.x", "16.12") have no milestone here, and functions answer
None.

Releases are counted from 13.0, one a month. Sources: GitLab's handbook on releases and its release history.
"""

import re
from datetime import date, timedelta
from functools import lru_cache

from msgspec import Struct

# Months are numbered year * 12 + month - 1. Majors after the table's last come each May.
_MAJORS = {13: 2020 * 12 + 4, 14: 2021 * 12 + 5, 15: 2022 * 12 + 4}
_FIRST_MAJOR, _LAST_LISTED = min(_MAJORS), max(_MAJORS)
_FIRST_MONTH = _MAJORS[_FIRST_MAJOR]
_LAST_MONTH = 9998 * 12
_THURSDAYS_FROM = 42  # 16.6: releases moved from the 22nd to the third Thursday
_RELEASE_BEFORE_FIRST = date(2020, 4, 22)  # 12.10
_VERSION = re.compile(r"(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)")


class Milestone(Struct, frozen=True):
    """One monthly release: the milestone's first day, its last day, and the official date."""

    title: str
    start: date
    due: date
    release: date


@lru_cache(maxsize=1024)
def milestone(title: str) -> Milestone | None:
    """The milestone of version "X.Y"."""
    number = _number(title)
    return None if number is None else _milestone(number)


def milestone_on(day: date) -> Milestone | None:
    """The milestone in progress on `day`. They follow each other without a gap; None before 13.0 started."""
    if day < _start(0):
        return None
    # A milestone starts about the middle of one month and is due about the middle of the next, its release's.
    number = _month(day) - _FIRST_MONTH
    return _milestone(number if day <= _due(number) else number + 1)


@lru_cache(maxsize=1024)
def next_title(title: str) -> str | None:
    """The version after `title`: "18.11" is followed by "19.0"."""
    number = _number(title)
    return None if number is None else _title(number + 1)


def previous_title(title: str) -> str | None:
    """The version before `title`; None for 13.0 too."""
    number = _number(title)
    return _title(number - 1) if number else None


def nth_release_after(day: date, n: int) -> Milestone | None:
    """The n-th monthly release strictly after `day`; a release on the day itself does not count.

    None for days before the 12.10 release, where the count would pass releases that are not known here.
    Raises ValueError for n < 1.
    """
    if n < 1:
        raise ValueError(f"releases after a day are counted from 1, not {n}")
    if day < _RELEASE_BEFORE_FIRST:
        return None
    number = _month(day) - _FIRST_MONTH
    first = number if day < _release(number) else number + 1
    return _milestone(first + n - 1)


@lru_cache(maxsize=1024)
def _milestone(number: int) -> Milestone:
    return Milestone(_title(number), _start(number), _due(number), _release(number))


def _number(title: str) -> int | None:
    match = _VERSION.fullmatch(title)
    if match is None:
        return None
    major, minor = int(match[1]), int(match[2])
    if major < _FIRST_MAJOR:
        return None
    month = _major_month(major) + minor
    if month >= _major_month(major + 1) or month > _LAST_MONTH:
        return None
    return month - _FIRST_MONTH


def _title(number: int) -> str:
    month = _FIRST_MONTH + number
    # One too high until the year's own major, which most years comes in May.
    major = _LAST_LISTED + month // 12 - _MAJORS[_LAST_LISTED] // 12
    if month < _major_month(major):
        major -= 1
    return f"{major}.{month - _major_month(major)}"


def _major_month(major: int) -> int:
    return _MAJORS.get(major, _MAJORS[_LAST_LISTED] + (major - _LAST_LISTED) * 12)


def _release(number: int) -> date:
    first = _first_day(number)
    if number < _THURSDAYS_FROM:
        return first.replace(day=22)
    to_thursday = (3 - first.weekday()) % 7
    return first + timedelta(days=to_thursday + 14)


def _due(number: int) -> date:
    if number < _THURSDAYS_FROM:
        return _first_day(number).replace(day=17)
    return _release(number) - timedelta(days=6)  # the Friday before


def _start(number: int) -> date:
    # Under both rules a milestone starts the day after the last one's due date: the 18th, later a Saturday.
    return _due(number - 1) + timedelta(days=1)


def _first_day(number: int) -> date:
    year, month = divmod(_FIRST_MONTH + number, 12)
    return date(year, month + 1, 1)


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1
