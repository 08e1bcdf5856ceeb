"""`handrail me`: a person's own hours, zone and holidays, without an edit of the team's file."""

from typing import TYPE_CHECKING, get_args

import click

from handrail.cli.chosen import Chosen, as_user, known_person, now
from handrail.errors import UserError
from handrail.model.people import Weekday

if TYPE_CHECKING:
    from handrail.model.people import Person
    from handrail.model.snapshot import Snapshot


@click.command()
@click.option("--zone", metavar="ZONE", help="Where you work, as in Europe/Berlin.")
@click.option("--hours", multiple=True, metavar="FROM-UNTIL", help="When, as in 09:00-12:30; may be repeated.")
@click.option("--days", metavar="DAY,DAY", help="On which days, as in mon,tue,thu.")
@click.option("--country", metavar="CODE", help="Whose public holidays you keep, as in DE.")
@click.option("--subdivision", metavar="CODE", help="The part of that country, as in BY.")
@click.option(
    "--calendar",
    metavar="URL",
    help="Where your own calendar is, for your time off: an https:// address; - asks for it, none forgets it.",
)
@click.option("--reset", is_flag=True, help="As the team's handbook has it again.")
@as_user
@click.pass_obj
def me(  # noqa: PLR0913  # click hands over every option
    chosen: Chosen,
    *,
    zone: str | None,
    hours: tuple[str, ...],
    days: str | None,
    country: str | None,
    subdivision: str | None,
    calendar: str | None,
    reset: bool,
    person: str | None,
) -> None:
    """Your working hours as Handrail counts them; with options, set them for yourself in place of the handbook's."""
    from msgspec.structs import replace

    from handrail.cli.on_time import turn_on_time
    from handrail.handbook.people_problems import person_problems
    from handrail.model.people import OwnHours

    snapshot = chosen.snapshot_at(None, chosen.peopled(chosen.handbook))
    name = known_person(snapshot, person)
    said = {
        "zone": zone,
        "hours": hours or None,
        "days": _days(days) if days else None,
        "country": country.upper() if country else None,
        "subdivision": subdivision.upper() if subdivision else None,
    }
    stated = {key: value for key, value in said.items() if value is not None}
    if stated or reset or calendar:
        chosen.only_stored()
        turn_on_time(chosen)
    if stated or reset:
        store = chosen.opened_store
        before = OwnHours() if reset else store.said.own_hours().get(name, OwnHours())
        own = replace(before, **stated)
        if problems := [says for _, says in person_problems(own.of(snapshot.people[name]))]:
            raise UserError(*problems)
        store.said.work(name, own, now())
        snapshot = chosen.snapshot_at(None, chosen.peopled(chosen.handbook))
    if calendar or reset:
        _keep_calendar(chosen, name, calendar or "none")
        snapshot = chosen.snapshot_at(None, chosen.peopled(chosen.handbook))
    _print(name, snapshot.people[name], snapshot, chosen.program)
    if chosen.is_stored:
        _say_calendar(chosen, name, snapshot, is_new=calendar is not None)


def _keep_calendar(chosen: Chosen, name: str, address: str) -> None:
    """Note where somebody's calendar is, and read it at once: they want to see whether that goes well."""
    from handrail.calendars.fetching import UnreadError, checked
    from handrail.engine.calendars import read_calendars

    if address == "-":
        address = click.prompt("The calendar's address", hide_input=True)
    try:
        url = "" if address == "none" else checked(address).geturl()
    except UnreadError as error:
        raise UserError(f"That calendar is not taken: {error}.") from None
    chosen.opened_store.calendars.state(name, url)
    if url:
        handbook = chosen.peopled(chosen.handbook)
        mine = {name: handbook.people[name]}
        read_calendars(chosen.opened_store, mine, handbook.team.time_off_words, now())


def _say_calendar(chosen: Chosen, name: str, snapshot: "Snapshot", *, is_new: bool) -> None:
    """How it stands with somebody's calendar. Raises UserError where one that they just named could not be read."""
    from handrail.engine.calendars import host, trouble

    for one in chosen.opened_store.calendars.all():
        if one.username == name and one.trouble:
            says = trouble(snapshot.people[name].name, one, one.trouble)
            if is_new:
                raise UserError(says)
            click.echo(says, err=True)
        elif one.username == name and one.read_at:
            click.echo(
                f"Time off comes from the calendar at {host(one.url)} too, read {one.read_at:%Y-%m-%d %H:%M} UTC."
            )


def _days(text: str) -> tuple[Weekday, ...]:
    known: tuple[Weekday, ...] = get_args(Weekday)
    named = [part.strip()[:3].casefold() for part in text.split(",") if part.strip()]
    for part in named:
        if part not in known:
            raise UserError(f"“{part}” is no day of the week: write {', '.join(known)}.")
    return tuple(day for day in known if day in named)


def _print(name: str, person: "Person", snapshot: "Snapshot", program: str) -> None:
    from handrail.cli.screen import QUIET, console, footer
    from handrail.rules.queue_words import Voice

    voice, out = Voice(snapshot.people, snapshot.now, name), console()
    place = "-".join(part for part in (person.country, person.subdivision) if part)
    kept = f", with the public holidays of {place}" if place else ""
    out.print(f"{person.name} works {', '.join(person.hours)} on {', '.join(person.days)} in {person.zone}{kept}.")
    calendar = snapshot.calendars[name]
    if calendar.is_open(snapshot.now):
        out.print(f"At work now, until {voice.instant(calendar.closes_after(snapshot.now))}.")
    for off in sorted(person.away, key=lambda one: one.first):
        if off.last >= snapshot.today:
            out.print(f"Away {voice.day(off.first)} to {voice.day(off.last)}: {off.why}", style=QUIET)
    footer(
        out,
        [
            f"time off: {program} duty away FIRST LAST --as {name}",
            f"hours: {program} me --hours 09:00-17:00 --as {name}",
        ],
    )
