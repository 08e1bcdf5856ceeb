"""The demo's time: its fixed present, the two years before it, and GitLab's milestones with their dates.

Inside this room an instant is whole seconds since the epoch (UTC), so that a million histories stay cheap.
"""

from datetime import UTC, date, datetime
from typing import NamedTuple

from handrail.model.planning import Milestone
from handrail.worktime import release_calendar

NOW = datetime(2026, 6, 2, 14, 12, tzinfo=UTC)
"""Tuesday, 10:12 in Toronto. Nothing in the demo is later."""
END = int(NOW.timestamp())
DAY = 86_400
HOUR = 3_600
DAYS = 731
"""Days on which items are created, the last of them being today."""
FIRST_DAY = END // DAY * DAY - (DAYS - 1) * DAY


def instant(seconds: int) -> datetime:
    """The instant as the model writes it."""
    return datetime.fromtimestamp(seconds, UTC)


def seconds(day: date) -> int:
    """Midnight UTC of ``day``."""
    return (day.toordinal() - date(1970, 1, 1).toordinal()) * DAY


def quarter_label(at: int) -> str:
    """The fiscal quarter's label: the year runs from February to January and is named for the year it ends in."""
    day = instant(at)
    months = (day.month - 2) % 12
    year = day.year + (1 if day.month >= 2 else 0)
    return f"FY{year % 100}::Q{months // 3 + 1}"


FIRST_TITLE = "17.0"
"""The milestone that was running, or had just ended, on the first day."""


class Iteration(NamedTuple):
    """A dated milestone: the first and the last second of it, UTC."""

    title: str
    start: int
    end: int
    missed: str
    """The label of what was still open when it ended."""
    quarter: str
    """The label of the fiscal quarter in which it is released."""


def _iterations() -> tuple[Iteration, ...]:
    """From the milestone before the first day to a year after the present."""
    found: list[Iteration] = []
    title: str | None = FIRST_TITLE
    while title is not None and len(found) < 36:
        milestone = release_calendar.milestone(title)
        if milestone is None:
            break
        quarter = quarter_label(seconds(milestone.release))
        found.append(
            Iteration(title, seconds(milestone.start), seconds(milestone.due) + DAY - 1, f"missed:{title}", quarter)
        )
        title = release_calendar.next_title(title)
    return tuple(found)


ITERATIONS = _iterations()
ITERATION_INDEX = {iteration.title: index for index, iteration in enumerate(ITERATIONS)}
BACKLOG = "Backlog"
UNDATED = (BACKLOG, "Next 1-3 releases", "Awaiting further demand")


def running(at: int) -> int:
    """The index of the milestone that runs at the instant."""
    index = max(0, (at - ITERATIONS[0].start) // (31 * DAY))
    while ITERATIONS[index].end < at:
        index += 1
    return index


CURRENT = ITERATIONS[running(END)].title


def milestones() -> tuple[Milestone, ...]:
    """What GitLab would list: two years of milestones, three to come, and the undated ones."""
    dated = (
        Milestone(
            i.title,
            instant(i.start).date(),
            instant(i.end).date(),
            "closed" if instant(i.end) < instant(END) else "active",
        )
        for i in ITERATIONS[: running(END) + 4]
    )
    return (*dated, *(Milestone(title) for title in UNDATED))
