"""Which stretches of time somebody's calendar has as time off; runs in a process of its own (``handrail.calendars``).

Whoever wrote the calendar chose what it repeats, and a rule of repetition can keep a reader busy for ever.
"""

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from handrail.calendars.fetching import UnreadError

if TYPE_CHECKING:
    from icalendar import Calendar, Event

MOST_EVENTS = 2000
MOST_MEMORY = 1 << 30
_NOT_AWAY = frozenset({"FREE", "TENTATIVE", "WORKINGELSEWHERE"})
_DAY = timedelta(days=1)


class Wanted(Struct, frozen=True):
    """What to look for: time off from the first to the last day, in a zone."""

    first: date
    last: date
    zone: str
    words: tuple[str, ...]
    """An event that has one of them in its title or categories is time off."""


class Told(Struct, frozen=True):
    """What was found: stretches in UTC, or why not."""

    stretches: tuple[tuple[datetime, datetime], ...] = ()
    problem: str = ""


def time_off(text: bytes, wanted: Wanted) -> list[tuple[datetime, datetime]]:
    """The stretches of time off within what is wanted. Raises UnreadError."""
    import recurring_ical_events
    from icalendar import Calendar

    if text.upper().count(b"BEGIN:VEVENT") > MOST_EVENTS:
        raise UnreadError(f"it has more than {MOST_EVENTS:,} events")
    try:
        calendar = Calendar.from_ical(text)
    except (ValueError, IndexError, KeyError):
        raise UnreadError("it is no calendar that can be understood") from None
    _check_repetition(calendar)
    zone = ZoneInfo(wanted.zone)
    kept = {id(one) for one in _kept(calendar, wanted.words)}  # equality would compare all that events hold
    calendar.subcomponents = [one for one in calendar.subcomponents if one.name != "VEVENT" or id(one) in kept]
    query = recurring_ical_events.of(calendar, skip_bad_series=True)
    begins, ends = _instant(wanted.first, zone), _instant(wanted.last + _DAY, zone)
    found = []
    try:
        events = query.between(wanted.first, wanted.last + _DAY)
    except OverflowError:
        raise UnreadError("an event in it lasts longer than there are years") from None
    for event in events:
        if is_time_off(event, wanted.words):
            start, end = max(_instant(event.start, zone), begins), min(_instant(event.end, zone), ends)
            if start < end:
                found.append((start, end))
    return sorted(found)


def is_time_off(event: "Event", words: Sequence[str]) -> bool:
    """Whether an event says that its owner is not there.

    It says “out of office”, or has one of the words; or it takes whole days and does not say that they are free.
    """
    busy = str(event.get("X-MICROSOFT-CDO-BUSYSTATUS", "")).upper()
    if str(event.get("STATUS", "")).upper() == "CANCELLED":
        return False
    if busy == "OOF" or _has(words, " ".join([str(event.get("SUMMARY", "")), *event.categories])):
        return True
    takes_days = not isinstance(event.start, datetime)
    return takes_days and str(event.get("TRANSP", "")).upper() != "TRANSPARENT" and busy not in _NOT_AWAY


def _has(words: Sequence[str], text: str) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text, re.IGNORECASE) for word in words)


def _kept(calendar: "Calendar", words: Sequence[str]) -> "Iterator[Event]":
    """The events of which any repetition is time off: nobody waits for the others to be repeated."""
    series: dict[str, list[Event]] = {}
    for event in calendar.events:
        series.setdefault(str(event.get("UID", "")), []).append(event)
    for events in series.values():
        if any("DTSTART" in one and is_time_off(one, words) for one in events):
            yield from events


def _check_repetition(calendar: "Calendar") -> None:
    for event in calendar.events:
        rules = event.get("RRULE", [])
        for rule in rules if isinstance(rules, list) else [rules]:
            often = {str(value).upper() for value in _values(rule, "FREQ")} & {"SECONDLY", "MINUTELY"}
            times = [len(_values(rule, part)) for part in ("BYHOUR", "BYMINUTE", "BYSECOND")]
            if often or any(count > 1 for count in times[1:]) or 0 in map(int, _values(rule, "INTERVAL")):
                raise UnreadError("an event in it repeats too often")


def _values(rule: Any, part: str) -> list[Any]:
    found = rule.get(part, [])
    return found if isinstance(found, list) else [found]


def _instant(moment: date | datetime, zone: ZoneInfo) -> datetime:
    """In UTC; days begin, and times without a zone are meant, in the zone."""
    at = moment if isinstance(moment, datetime) else datetime.combine(moment, time())
    return (at if at.tzinfo else at.replace(tzinfo=zone)).astimezone(UTC)


def main() -> None:
    """Reads what is wanted, on a line, and the calendar from standard input; writes what it found."""
    with suppress(ImportError, ValueError, OSError):  # not every system limits memory
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    wanted = msgspec.json.decode(sys.stdin.buffer.readline(), type=Wanted)
    try:
        told = Told(tuple(time_off(sys.stdin.buffer.read(), wanted)))
    except UnreadError as error:
        told = Told(problem=str(error))
    sys.stdout.buffer.write(msgspec.json.encode(told))


if __name__ == "__main__":
    main()
