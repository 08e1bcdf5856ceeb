"""Days off from stretches of time in somebody's calendar."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handrail.model.people import Away, Person
from handrail.worktime.calendar import WorkCalendar

WHY = "time off, by their calendar"
"""What it is called to people: a calendar's own words are its owner's affair."""
_DAY = timedelta(days=1)


def days_off(stretches: Iterable[tuple[datetime, datetime]], person: Person) -> tuple[Away, ...]:
    """The days of which the stretches take at least half of the hours that the person works, ascending.

    Of a day without any it is half of the day, so that time off runs on over a weekend.
    """
    calendar, zone = WorkCalendar(person.zone, person.hours, person.days), ZoneInfo(person.zone)
    found: list[Away] = []
    apart = _apart(stretches)
    days = {
        (start.astimezone(zone) + number * _DAY).date()
        for start, end in apart
        for number in range((end.astimezone(zone).date() - start.astimezone(zone).date()).days + 1)
    }
    for day in sorted(days):
        begins, ends = (datetime.combine(one, time(), zone).astimezone(UTC) for one in (day, day + _DAY))
        parts = [(max(start, begins), min(end, ends)) for start, end in apart if start < ends and end > begins]
        works = calendar.between(begins, ends)
        whole = works or (ends - begins).total_seconds()
        off = sum(calendar.between(*part) if works else (part[1] - part[0]).total_seconds() for part in parts)
        if off * 2 < whole:
            continue
        if found and found[-1].last + _DAY == day:
            found[-1] = Away(found[-1].first, day, WHY)
        else:
            found.append(Away(day, day, WHY))
    return tuple(found)


def _apart(stretches: Iterable[tuple[datetime, datetime]]) -> list[tuple[datetime, datetime]]:
    """The same time with nothing twice, ascending."""
    found: list[tuple[datetime, datetime]] = []
    for start, end in sorted(stretches):
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found
