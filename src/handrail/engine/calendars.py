"""Reads people's own calendars into the store, for everything else to know who is away."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from handrail.calendars.apart import time_off_apart
from handrail.calendars.events import Wanted
from handrail.calendars.fetching import UnreadError, fetch
from handrail.duty.time_off import days_off
from handrail.model.people import Person
from handrail.store.calendars import OwnCalendar
from handrail.store.database import Store

EVERY = timedelta(hours=6)
"""So often a calendar is read, whether that went well or not."""
BACK, AHEAD = timedelta(days=14), timedelta(weeks=26)
"""The days of which time off is read."""


def read_calendars(
    store: Store,
    people: Mapping[str, Person],
    words: Collection[str],
    now: datetime,
    fetched: Callable[[str], bytes] = fetch,
) -> list[str]:
    """Read the calendars that are due; a sentence for each that could not be read. What it had before is kept.

    ``words``: an event that has one of them is time off. A person whom the team does not know has nothing read.
    """
    problems = []
    own_hours = store.said.own_hours()
    for one in store.calendars.all():
        if one.username not in people or (one.tried_at and now - one.tried_at < EVERY):
            continue
        person = people[one.username]
        if one.username in own_hours:
            person = own_hours[one.username].of(person)
        today = now.astimezone(ZoneInfo(person.zone)).date()
        wanted = Wanted(today - BACK, today + AHEAD, person.zone, tuple(words))
        try:
            found = time_off_apart(fetched(one.url), wanted)
        except UnreadError as error:
            store.calendars.was_not_read(one, str(error), now)
            problems.append(trouble(person.name, one, str(error)))
        else:
            store.calendars.was_read(one, days_off(found.stretches, person), now)
    return problems


def trouble(name: str, one: OwnCalendar, why: str) -> str:
    """A sentence on a calendar that could not be read. Of its address it has no more than the host."""
    kept = f"what it had on {one.read_at:%Y-%m-%d %H:%M} UTC still counts" if one.read_at else "nothing is known of it"
    return f"The calendar of {name} at {host(one.url)} could not be read: {why}; {kept}."


def host(url: str) -> str:
    """The host of an address, which is all that may be shown of it."""
    return urlsplit(url).hostname or "an unknown host"
