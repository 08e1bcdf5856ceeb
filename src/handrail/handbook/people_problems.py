"""What can be wrong with where and when people and the team work."""

from collections.abc import Iterator, Sequence
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from handrail.handbook.document import KeyPath
from handrail.handbook.schema import Handbook, TeamBlock
from handrail.handbook.wording import named, near, nearest
from handrail.model.people import Person
from handrail.worktime.hours import DAY, WEEKDAYS, parse_hours
from handrail.worktime.public_holidays import public_holidays

_NO_YEARS = range(0)


def people_problems(handbook: Handbook, *, groups_known: bool = True) -> Iterator[tuple[KeyPath, str]]:
    """Zones, hours, public holidays, groups and absences that are not what they should be."""
    yield from _hours(handbook.team, ("team",))
    yield from _country(handbook.team, ("team",))
    for name, person in handbook.people.items():
        at = ("people", name)
        for below, says in person_problems(person):
            yield (*at, *below), says
        if groups_known:
            for index, group in enumerate(person.groups):
                if group not in handbook.groups:
                    yield (
                        (*at, "groups", index),
                        f"there is no group `{group}`{nearest(group, handbook.groups)}",
                    )


def person_problems(person: Person, *, countries: bool = True) -> Iterator[tuple[KeyPath, str]]:
    """The same of one person, wherever they are stated; groups are the handbook's to know.

    Without ``countries`` the library of public holidays, which is slow to start, is not asked.
    """
    wrong = [*_hours(person, ())]
    yield from wrong
    if not wrong and len({*person.days}) == len(WEEKDAYS) and _is_whole_day(person.hours):
        yield ("hours",), "nobody is at work day and night on all days: leave out the hours in which they are not"
    if countries:
        yield from _country(person, ())
    for index, away in enumerate(person.away):
        if away.last < away.first:
            yield ("away", index, "last"), f"an absence cannot end ({away.last}) before it begins ({away.first})"


def _hours(who: TeamBlock | Person, at: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    yield from zone_problems(who.zone, (*at, "zone"))
    for index, interval in enumerate(who.hours):
        try:
            parse_hours((interval,))
        except ValueError as error:
            yield (*at, "hours", index), str(error)


def _is_whole_day(hours: Sequence[str]) -> bool:
    minutes = (range(start // 60, end // 60) for start, end in parse_hours(hours))
    return len({minute % (DAY // 60) for each in minutes for minute in each}) == DAY // 60


def _country(who: TeamBlock | Person, at: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    if who.country is not None:
        yield from _holidays(who.country, who.subdivision, at)
    elif who.subdivision is not None:
        yield (
            (*at, "subdivision"),
            f"{named((*at, 'subdivision'))} is a part of no country; state `country` too",
        )


def _holidays(country: str, subdivision: str | None, at: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    try:
        public_holidays(country, None, _NO_YEARS)
    except ValueError as error:
        yield (*at, "country"), str(error)
        return
    try:
        public_holidays(country, subdivision, _NO_YEARS)
    except ValueError as error:
        yield (*at, "subdivision"), str(error)


def zone_problems(zone: str, at: KeyPath) -> Iterator[tuple[KeyPath, str]]:
    """A zone that the time zone database does not have, with the one that may be meant."""
    if not zone_exists(zone):
        yield at, f"there is no time zone `{zone}`{_nearest_zone(zone)}"


def zone_exists(zone: str) -> bool:
    """Whether the time zone database has it; ``localtime`` would be that of whichever machine reads it."""
    if zone == "localtime":
        return False
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):  # no such zone; a path that leaves the database; a folder in it
        return False
    return True


@cache
def _zones() -> dict[str, str]:
    """Zones by their whole name and by their city's, so that `Amsterdam` finds `Europe/Amsterdam`."""
    zones = sorted(available_timezones())
    return {zone.rpartition("/")[2]: zone for zone in zones} | {zone: zone for zone in zones}


def _nearest_zone(zone: str) -> str:
    meant = near(zone.replace(" ", "_"), _zones(), cutoff=0.7)
    return f"; did you mean `{_zones()[meant]}`?" if meant else "; write it like `Europe/Berlin`"
