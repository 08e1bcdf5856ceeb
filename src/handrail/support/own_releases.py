"""Our own releases in their order, as they were known on a day, and how milestones are counted along them."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import accumulate, chain, pairwise, starmap
from typing import NamedTuple

from handrail.model.planning import Milestone
from handrail.model.support import OwnRelease, Reading
from handrail.worktime import release_calendar

_AHEAD = 60
"""So many releases after the last one that is known are worked out: five years."""


class Limit(NamedTuple):
    """The day by which something is due, and the last of our releases by then, if one comes."""

    day: date
    milestone: str | None


class OwnReleases:
    """The known ones, and what the published calendar has before the first, after the last and in between.

    Several of one title: the first counts. Without any, all are the calendar's.
    """

    def __init__(self, known: Iterable[OwnRelease], today: date) -> None:
        by_title: dict[str, OwnRelease] = {}
        for one in known:
            by_title.setdefault(one.title, one)
        given = sorted(by_title.values(), key=lambda one: (one.released, one.start, one.title))
        last = given[-1].released if given else today
        before = _computed_before(given[0].released if given else today + timedelta(days=1))
        after = (_computed(release_calendar.nth_release_after(last, n)) for n in range(1, _AHEAD + 1))
        between = chain.from_iterable(starmap(_computed_between, pairwise(given)))
        rest = [one for one in (*before, *between, *after) if one and one.title not in by_title]
        self.all = sorted([*given, *rest], key=lambda one: (one.released, one.start, one.title))
        self._released = [one.released for one in self.all]
        self._due = list(accumulate((one.due for one in self.all), max))
        self._index = {one.title: index for index, one in enumerate(self.all)}

    def index(self, title: str) -> int | None:
        """Its place in the order; None for a title that no release has."""
        return self._index.get(title)

    def until(self, day: date) -> int:
        """How many were out at the end of a day."""
        return bisect_right(self._released, day)

    def limit(self, released: date, count: int, reading: Reading) -> Limit | None:
        """The day and our release by which something released then is due, ``count`` milestones or months later.

        None where it is older than all releases that are known here.
        """
        first = self.all[0]
        before = first.start - timedelta(days=1)  # the last day of the one before, which is released as long after it
        if released < (first.released - first.due + before if reading == "nth_release_after" else first.start):
            return None
        if reading == "calendar_months":
            day = months_after(released, count)
            index = self.until(day) - 1
            return Limit(day, self.all[index].title if index >= self.until(released) else None)
        # From the next one on that is out, or from the one after that which is in progress.
        start = self.until(released) if reading == "nth_release_after" else bisect_left(self._due, released) + 1
        index = start + count - 1
        return Limit(self.all[index].released, self.all[index].title) if index < len(self.all) else None


def own_releases(milestones: Iterable[Milestone]) -> list[OwnRelease]:
    """Those of them that are releases."""
    return [one for one in map(own_release, milestones) if one]


def own_release(milestone: Milestone) -> OwnRelease | None:
    """A milestone of GitLab's as a release: it comes as long after the last day as the published calendar has it."""
    if milestone.start is None or milestone.due is None:
        return None
    known = release_calendar.milestone(milestone.title) or release_calendar.milestone_on(milestone.due)
    if known is None:
        return None
    return OwnRelease(milestone.title, milestone.start, milestone.due, milestone.due + (known.release - known.due))


def months_after(day: date, count: int) -> date:
    """The same day of a later month, or its last one: 31 January and a month are 28 February."""
    month = day.year * 12 + day.month - 1 + count
    first = date(month // 12, month % 12 + 1, 1)
    last = date((month + 1) // 12, (month + 1) % 12 + 1, 1) - timedelta(days=1)
    return first.replace(day=min(day.day, last.day))


def _computed_before(day: date) -> Iterable[OwnRelease]:
    title: str | None = "13.0"
    while title and (found := release_calendar.milestone(title)) and found.release < day:
        yield OwnRelease(title, found.start, found.due, found.release)
        title = release_calendar.next_title(title)


def _computed_between(one: OwnRelease, then: OwnRelease) -> Iterable[OwnRelease]:
    """What comes between two of them by their titles, as 17.2 between 17.1 and 17.3, and by its day."""
    title = release_calendar.next_title(one.title) if release_calendar.milestone(then.title) else None
    while title and (found := release_calendar.milestone(title)) and one.released < found.release < then.released:
        yield OwnRelease(title, found.start, found.due, found.release)
        title = release_calendar.next_title(title)


def _computed(found: release_calendar.Milestone | None) -> OwnRelease | None:
    return OwnRelease(found.title, found.start, found.due, found.release) if found else None
