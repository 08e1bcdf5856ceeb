"""How much of an ordinary working day two people share, as far apart as their zones may be."""

from datetime import date, datetime, time
from functools import lru_cache
from zoneinfo import ZoneInfo

from handrail.model.people import Person
from handrail.worktime.hours import parse_hours

_QUARTER = 15 * 60
_QUARTERS = 24 * 60 * 60 // _QUARTER


@lru_cache(maxsize=4096)
def shared_hours(one: Person, other: Person, day: date) -> float:
    """The hours of a day around ``day``, to the quarter, in which both have office hours; days off do not count."""
    return len(_quarters(one, day) & _quarters(other, day)) * _QUARTER / 3600


@lru_cache(maxsize=1024)
def _quarters(person: Person, day: date) -> frozenset[int]:
    """The quarters of a day in UTC, from 0 on, in which the person works: on a circle, since days follow each other."""
    noon = datetime.combine(day, time(12), ZoneInfo(person.zone))
    offset = noon.utcoffset()
    east = round(offset.total_seconds()) if offset else 0
    return frozenset(
        ((at - east) // _QUARTER) % _QUARTERS
        for start, end in parse_hours(person.hours)
        for at in range(start, end, _QUARTER)
    )
