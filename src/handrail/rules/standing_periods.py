"""The periods that standing tasks come with: releases by their milestones, months, fiscal quarters, weeks."""

import re
from datetime import date, timedelta
from typing import Literal

from msgspec import Struct

from handrail.rules.desk import Desk
from handrail.worktime.fiscal import FiscalQuarter

Every = Literal["release", "month", "quarter", "week"]
MARKS: dict[Every, str] = {"release": "{milestone}", "month": "{month}", "quarter": "{quarter}", "week": "{week}"}
"""What stands for a period in the title of its tasks."""


class Period(Struct, frozen=True, gc=False):
    """One period: its name as titles say it, its first and its last day, and its milestone if it is a release."""

    every: Every
    name: str
    first: date
    last: date
    milestone: str | None = None

    @property
    def key(self) -> str:
        """Its name without spaces, for markers."""
        return re.sub(r"[\s:]+", "-", self.name)

    def titled(self, pattern: str) -> str:
        """The title that a pattern makes; the period's name is in it, so that no two periods share a title."""
        mark = MARKS[self.every]
        return pattern.replace(mark, self.name) if mark in pattern else f"{pattern} {self.name}"


def period_on(every: Every, day: date, desk: Desk) -> Period | None:
    """The period that a day lies in. None where no milestone is known to run on it."""
    if every == "release":
        return _release(day, desk)
    if every == "month":
        first = day.replace(day=1)
        following = (first + timedelta(days=31)).replace(day=1)
        return Period(every, f"{first:%B %Y}", first, following - timedelta(days=1))
    if every == "quarter":
        quarter = FiscalQuarter.of(day, desk.handbook.planning.fiscal_year_starts)
        return Period(every, desk.quarter_label(day).replace("::", " "), quarter.first, quarter.last)
    first = day - timedelta(days=day.weekday())
    year, week, _ = day.isocalendar()
    return Period(every, f"{year}-W{week:02}", first, first + timedelta(days=6))


def ended_before(every: Every, day: date, desk: Desk) -> Period | None:
    """The last period that was over before a day, milestones with a gap between them included; None: none is known."""
    last = day - timedelta(days=1)
    if every == "release":
        last = max(
            (due for title in desk.snapshot.milestones if (due := desk.due_of(title)) and due < day), default=last
        )
    return period_on(every, last, desk)


def _release(day: date, desk: Desk) -> Period | None:
    title = desk.milestone_on(day)
    if title is None:
        return None
    start, due = desk.start_of(title), desk.due_of(title)
    assert start is not None  # it runs on that day
    assert due is not None
    return Period("release", title, desk.date_of(start), due, title)
