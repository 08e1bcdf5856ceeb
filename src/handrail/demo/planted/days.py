"""The days on which a planted world is looked at, and the milestones that its GitLab has on each.

What a handbook asks for depends on the day: news before a milestone ends, a move on its last day, OKRs in a quarter's
third month. The dates are written down, not worked out: they are there to be compared with.
"""

from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from handrail.model.planning import Milestone


class Release(NamedTuple):
    """A milestone as GitLab dated it, and the fiscal quarter in which its version came out."""

    start: date
    due: date
    quarter: str


RELEASES = {
    "18.9": Release(date(2026, 1, 10), date(2026, 2, 13), "FY27::Q1"),
    "18.10": Release(date(2026, 2, 14), date(2026, 3, 13), "FY27::Q1"),
    "18.11": Release(date(2026, 3, 14), date(2026, 4, 10), "FY27::Q1"),
    "19.0": Release(date(2026, 4, 11), date(2026, 5, 15), "FY27::Q2"),
    "19.1": Release(date(2026, 5, 16), date(2026, 6, 12), "FY27::Q2"),
    "19.2": Release(date(2026, 6, 13), date(2026, 7, 10), "FY27::Q2"),
    "19.3": Release(date(2026, 7, 11), date(2026, 8, 14), "FY27::Q3"),
    "19.4": Release(date(2026, 8, 15), date(2026, 9, 11), "FY27::Q3"),
    "19.5": Release(date(2026, 9, 12), date(2026, 10, 9), "FY27::Q3"),
}
UNDATED = ("Backlog", "Next 1-3 releases", "Awaiting further demand")
MONTHS = ("May 2026", "June 2026", "July 2026")


class Day(NamedTuple):
    """A moment, and what is special about it."""

    now: datetime
    running: str
    """The milestone that runs; empty: none does."""
    following: str
    """The one after it, as GitLab has it."""
    asks_for_news: bool = False
    """Whether the running milestone's end is near enough for people to be asked."""
    is_last: bool = False
    """Whether it is the running milestone's last day."""
    third_month: bool = False
    """Whether it lies in a fiscal quarter's third month."""
    lacks: tuple[str, ...] = ()
    """Milestones that nobody has made on GitLab yet."""
    before_gap: tuple[str, ...] = ()
    """Milestones after which it lacks one, though it has others later."""
    misdated: tuple[str, ...] = ()
    """Milestones whose dates somebody typed otherwise than the release calendar has them."""
    closed: tuple[str, ...] = ()
    """Milestones that somebody closed before their last day."""

    @property
    def today(self) -> date:
        """The date in the team's zone, which is UTC."""
        return self.now.date()

    @property
    def calm(self) -> str:
        """A milestone in which open work is as it should be: the running one, on its last day the next."""
        return self.following if self.is_last or not self.running else self.running

    def milestones(self) -> tuple[Milestone, ...]:
        """What GitLab lists."""
        dated = (
            Milestone(
                title,
                one.start,
                one.due - timedelta(days=title in self.misdated),
                "closed" if title in self.closed or one.due < self.today else "active",
            )
            for title, one in RELEASES.items()
            if title not in self.lacks
        )
        return (*dated, *(Milestone(title) for title in UNDATED))


def _at(month: int, day: int, hour: int = 14) -> datetime:
    return datetime(2026, month, day, hour, 12, tzinfo=UTC)


DAYS: dict[str, Day] = {
    "midway": Day(_at(6, 2), "19.1", "19.2", lacks=("19.4",), before_gap=("19.3",)),
    "four days before the end": Day(_at(6, 8), "19.1", "19.2", closed=("19.1", "19.3"), misdated=("19.0", "19.4")),
    "three days before the end": Day(_at(6, 9), "19.1", "19.2", asks_for_news=True),
    "the day before the end": Day(_at(6, 11), "19.1", "19.2", asks_for_news=True, misdated=("19.2",)),
    "the last day": Day(_at(6, 12), "19.1", "19.2", is_last=True),
    "the first Monday after": Day(_at(6, 15), "19.2", "19.3"),
    "nothing made ahead": Day(_at(6, 3), "19.1", "", lacks=("19.2", "19.3", "19.4", "19.5"), misdated=("19.1",)),
    "a gap between milestones": Day(_at(6, 16), "", "19.3", lacks=("19.2",)),
    "first week of the third month": Day(_at(7, 6), "19.2", "19.3", third_month=True),
    "second week of the third month": Day(_at(7, 13), "19.3", "19.4", third_month=True),
    "end of the third month": Day(_at(7, 31), "19.3", "19.4", third_month=True),
}
