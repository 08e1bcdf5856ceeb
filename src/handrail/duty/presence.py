"""Who is there for a turn: time off from the log, and when nobody is at work for it."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from msgspec import Struct

from handrail.model.duty import NOBODY, CameBack, LogEntry, Shift, WentAway
from handrail.model.handover import ceremony
from handrail.model.people import Away, Person
from handrail.model.snapshot import Calendars

_ORDINARY = frozenset({"night", "weekend"})
_LOOK_BACK = timedelta(days=14)
"""So far back the last hours of whoever is relieved are looked for."""


class Gap(Struct, frozen=True):
    """A stretch in which nobody on duty is at work, and why."""

    start: datetime
    end: datetime
    why: str


def absences(log: Iterable[LogEntry]) -> dict[int, WentAway]:
    """Time off that the log has and nobody took back, by its number."""
    found: dict[int, WentAway] = {}
    for entry in log:
        match entry.what:
            case WentAway():
                found[entry.number] = entry.what
            case CameBack(away):
                found.pop(away, None)
            case _:
                pass
    return found


def with_absences(people: Mapping[str, Person], log: Iterable[LogEntry]) -> dict[str, Person]:
    """The people with the time off that the log has for them besides the handbook's."""
    found = dict(people)
    for one in absences(log).values():
        if one.person in found:
            person, off = found[one.person], Away(one.first, one.last, one.why)
            if off not in person.away:
                found[one.person] = replace(person, away=(*person.away, off))
    return found


def gaps(shift: Shift, before: str, calendars: Calendars) -> list[Gap]:
    """When nobody is at work for a shift, but on its holder's nights and weekends; ascending.

    The first is what lies between the hours of whoever was on duty ``before`` and of the holder, weekends included;
    the others are the holder's holidays and time off.
    """
    if shift.holder not in calendars:
        why = "nobody is available" if shift.holder == NOBODY else "not of the team any more"
        return [Gap(shift.start, shift.end, why)]
    opens, left = ceremony(shift.holder, shift.start, shift.end, calendars), shift.start
    if before not in {NOBODY, shift.holder}:
        for pause in reversed(calendars[before].pauses(shift.start - _LOOK_BACK, shift.start)):
            if pause.end < left:
                break
            left = pause.start
    between = [Gap(left, opens, "between two people’s hours")] if left < opens else []
    pauses = calendars[shift.holder].pauses(opens, shift.end)
    return between + [Gap(one.start, one.end, one.why) for one in pauses if one.why not in _ORDINARY]
