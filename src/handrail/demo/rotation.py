"""The weekly rotation issues: on Monday the old one is closed and the next one opened and assigned, in one go."""

from collections.abc import Iterator

from handrail.demo.calendar import DAY, HOUR, instant
from handrail.demo.crew import WEEK, Crew
from handrail.demo.projects import TASKS
from handrail.demo.story import Story, Told
from handrail.model.duty import Began, LogEntry, TurnBegan

FIRST_NUMBER = 2001
ROTATION = "dri"
HANDOFF = 9 * HOUR
"""How far into Monday the turn changes."""


def rotation(crew: Crew) -> Iterator[Told]:
    """One issue a week, of which the last is open."""
    before = crew.leads[0]
    handover = _handover(crew, before, crew.shifts[0][0])
    for week, (monday, username) in enumerate(crew.shifts):
        title = f"Distribution DRI rotation week of {instant(monday).date().isoformat()}"
        last = week == len(crew.shifts) - 1
        story = Story(f"{TASKS}#{FIRST_NUMBER + week}", title, before, handover, ends=not last)
        story.label(handover, before, "group::distribution", "Distribution-DRI", "type::ignore")
        story.label(handover, before, f"group::distribution::{crew.people[username].groups[0]}")
        story.assign(handover, before, username)
        story.comment(crew.desk(username).after(handover, HOUR), username)
        if not last:
            handover = _handover(crew, username, monday + WEEK)
            story.comment(min(crew.desk(username).after(monday + 3 * DAY, 2 * HOUR), handover - 600), username)
            story.end(handover - 120, username)
        before = username
        yield story.issue()


def rotation_log(crew: Crew) -> Iterator[LogEntry]:
    """The rotation since it was set up: its turns, and nothing else so far."""
    turns = [(instant(monday + HANDOFF), name) for monday, name in crew.shifts]
    order = tuple(dict.fromkeys([*(name for _, name in turns), *crew.engineers]))
    yield LogEntry(1, turns[0][0], crew.leads[0], Began(turns[0][0].date(), order))
    for number, (start, name) in enumerate(turns, 2):
        yield LogEntry(number, start, "", TurnBegan(start, name))


def _handover(crew: Crew, username: str, monday: int) -> int:
    """A quarter of an hour into the Monday of the one who hands over; on that day in any case."""
    return min(crew.desk(username).after(monday, 900), monday + 20 * HOUR)
