"""A rotation as an iCalendar feed: an event for every shift, and for every one that was announced and is no more.

What was announced follows from the log alone: each of its beginnings says what the feed showed until the next entry.
Changes of the handbook and of people's own settings are in no log; what they shift just moves.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace

from handrail.duty.rota import Rota
from handrail.model.duty import NOBODY, Shift
from handrail.model.people import Person

BACK = timedelta(weeks=4)
"""So far back the feed has shifts, and so far back an entry of the log may change what was."""


class Announced(Struct, frozen=True):
    """A shift as the feed tells of it."""

    shift: Shift
    made: datetime
    """When the log first had it."""
    changed: datetime
    """When the log last changed it."""
    sequence: int = 0
    """How often it was changed."""
    cancelled: bool = False
    """It was announced and does not take place."""

    @property
    def key(self) -> tuple[datetime, str]:
        """Which shift it is, whatever becomes of it: when it begins, and whose it is."""
        return self.shift.start, self.shift.holder


def announced(rota: Rota, now: datetime, weeks: int) -> list[Announced]:
    """The shifts from ``BACK`` ago to so many weeks ahead with those cancelled, ascending; nothing from a clock."""
    ahead = timedelta(weeks=weeks)
    shifts = rota.shifts(now - BACK, now + ahead)
    if not shifts:
        return []
    first, log = shifts[0].start, rota.log
    found: dict[tuple[datetime, str], Announced] = {}
    for count, entry in enumerate(log, 1):
        following = log[count].at if count < len(log) else now
        if following + ahead <= first or (count < len(log) and following == entry.at):
            continue  # too long ago, or a step of several entries of which this is not the last
        since = max(first, entry.at - BACK) if count < len(log) else first
        then = rota.with_log(log[:count]).shifts(since, following + ahead)
        found.update([*_told(found, then, since, entry.at)])
    return sorted((one for one in found.values() if one.shift.start >= first), key=lambda one: one.key)


def _told(
    known: Mapping[tuple[datetime, str], Announced], shifts: Iterable[Shift], since: datetime, at: datetime
) -> Iterator[tuple[tuple[datetime, str], Announced]]:
    """What an entry of the log made of what was announced, of all that ends after ``since``."""
    standing = {(shift.start, shift.holder): shift for shift in shifts}
    for key, shift in standing.items():
        before = known.get(key)
        if before is None:
            yield key, Announced(shift, at, at)
        elif before.cancelled or (before.shift.end, before.shift.instead_of) != (shift.end, shift.instead_of):
            yield key, replace(before, shift=shift, changed=at, sequence=before.sequence + 1, cancelled=False)
    for key, before in known.items():
        if key not in standing and before.shift.end > since and not before.cancelled:
            yield key, replace(before, changed=at, sequence=before.sequence + 1, cancelled=True)


def feed(events: Iterable[Announced], rotation: str, title: str, people: Mapping[str, Person]) -> bytes:
    """The events as an iCalendar file (RFC 5545); ``rotation`` is the short name, ``title`` what people call it."""
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("PRODID", "-//Handrail//Duty//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", "PUBLISH")
    calendar.add("X-WR-CALNAME", title)
    for one in events:
        shift, event = one.shift, Event()
        event.add("UID", f"{shift.start.astimezone(UTC):%Y%m%dT%H%M%SZ}-{shift.holder}@{rotation}.handrail")
        for name, moment in (
            ("DTSTART", shift.start),
            ("DTEND", shift.end),
            ("DTSTAMP", one.changed),
            ("LAST-MODIFIED", one.changed),
            ("CREATED", one.made),
        ):
            event.add(name, moment.astimezone(UTC).replace(microsecond=0))
        event.add("SEQUENCE", one.sequence)
        event.add("STATUS", "CANCELLED" if one.cancelled else "CONFIRMED")
        event.add("SUMMARY", f"{title}: {_name(shift.holder, people)}")
        if shift.instead_of:
            event.add("DESCRIPTION", f"In place of {_name(shift.instead_of, people)}.")
        event.add("TRANSP", "TRANSPARENT")  # on duty is not busy
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _name(username: str, people: Mapping[str, Person]) -> str:
    if username == NOBODY:
        return "nobody is available"
    return people[username].name if username in people else username
