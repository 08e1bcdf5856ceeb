"""Support clocks as an iCalendar feed: an event for the day on which each is due, and for its target if that is sooner.

What is supported is cancelled for a while, since a calendar that once took an event in keeps it, and then left out.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from handrail.model.support import WAITS, SupportClock

BACK = timedelta(weeks=4)
"""So long after its day an event is still told to be cancelled."""


class _Event(NamedTuple):
    day: date
    uid: str
    title: str
    clock: SupportClock


def feed(clocks: Iterable[SupportClock], now: datetime, today: date) -> bytes:
    """The clocks' days as an iCalendar file (RFC 5545), stamped ``now``; ``today`` is the day they were evaluated on.

    An event keeps its UID whatever becomes of it. There is no SEQUENCE: of two feeds the later stamp counts.
    """
    from icalendar import Calendar, Event

    calendar = Calendar()
    calendar.add("PRODID", "-//Handrail//Clocks//EN")
    calendar.add("VERSION", "2.0")
    calendar.add("METHOD", "PUBLISH")
    calendar.add("X-WR-CALNAME", "Support clocks")
    events = [event for clock in clocks for event in _events(clock)]
    for one in sorted(events, key=lambda event: event[:2]):
        waits = one.clock.verdict in WAITS
        if not waits and one.day < today - BACK:
            continue
        event = Event()
        event.add("UID", one.uid)
        event.add("DTSTAMP", now.astimezone(UTC).replace(microsecond=0))
        event.add("DTSTART", one.day)
        event.add("STATUS", "CONFIRMED" if waits else "CANCELLED")
        event.add("SUMMARY", one.title)
        event.add("DESCRIPTION", f"Released on {one.clock.upstream.released}, {one.clock.policy}: {one.clock.why}.")
        event.add("TRANSP", "TRANSPARENT")  # a day on which something is due is not a busy one
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def _events(clock: SupportClock) -> Iterator[_Event]:
    if clock.due is None or clock.target is None:
        return
    name = clock.upstream.name
    uid = f"{name.replace(' ', '-')}-{{}}@clocks.handrail"
    until = f" ({clock.due_milestone})" if clock.due_milestone else ""
    if clock.held_until and clock.held_until > clock.due:
        yield _Event(clock.held_until, uid.format("due"), f"{name} is held until today", clock)
        return
    yield _Event(clock.due, uid.format("due"), f"{name} is due{until}", clock)
    if clock.target < clock.due:
        yield _Event(clock.target, uid.format("target"), f"{name}: target", clock)
