"""Steps in a rotation: set it up, change who takes turns, swap, cover, be away. Each is a line of its log."""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import click

from handrail.cli.chosen import Chosen, as_user, known_person, now
from handrail.cli.duty_kept import kept, program_of, rotation_of, rotation_option, told, voice_of, weeks_option, zone_of
from handrail.errors import UserError

if TYPE_CHECKING:
    from handrail.duty.preview import Row
    from handrail.duty.rota import Rota
    from handrail.duty.shifts import Agreed
    from handrail.model.duty import Happened, LogEntry
    from handrail.model.people import Person
    from handrail.rules.queue_words import Voice

from_option = click.option("--from", "start", metavar="TIME", help="From when, in the zone of the rotation.")
_AHEAD = timedelta(days=366)
until_option = click.option("--until", "end", metavar="TIME", help="Until before when.")


@click.command()
@click.argument("order", metavar="USER...", nargs=-1)
@click.option(
    "--on", "first", metavar="DATE", help="The day on or after which the first turn begins; without it today."
)
@rotation_option
@as_user
@click.pass_obj
def start(chosen: Chosen, *, order: tuple[str, ...], first: str | None, person: str | None) -> None:
    """Set the rotation up: who takes turns, the next first.

    Whoever has an open rotation issue keeps the turn until it ends, and goes to the end of the list then; where nobody
    took over from them in time, until the next handoff.
    """
    from zoneinfo import ZoneInfo

    from msgspec.structs import replace

    from handrail.duty.agreeing import known
    from handrail.model.duty import Began, TurnBegan

    desk = chosen.queue(None).desk
    names = known(order, desk.snapshot.people)
    by_issues = desk.snapshot.duty is None and rotation_of(desk.handbook) == desk.handbook.first_rotation
    running = desk.duty.at(desk.snapshot.now) if first is None and by_issues else None
    at = desk.snapshot.now.astimezone(ZoneInfo(zone_of(desk.handbook)))
    today = at.date()
    length = timedelta(days=desk.handbook.rotations[rotation_of(desk.handbook)].days)
    if running:  # the days on the clock: a handoff keeps its hour
        since = running.start.astimezone(at.tzinfo)
        running = replace(running, start=since + max((at - since) // length, 0) * length)
    begins = running.start.date() if running else _day(first) if first else today
    if not today - length <= begins <= today + _AHEAD:
        raise UserError(f"A rotation cannot begin on {begins}: name this turn's first day, or one within a year.")

    def begin(rota: "Rota") -> "Iterable[Happened]":
        if rota.log:
            raise UserError(
                f"The rotation is set up already: “{program_of(chosen)} roster USER …” changes who takes turns."
            )
        turn = [TurnBegan(running.start, running.holder)] if running and running.holder else []
        return [Began(begins, names), *turn]

    _act(chosen, person, begin)


@click.command()
@click.argument("order", metavar="[USER...]", nargs=-1)
@click.option("--add", "joins", multiple=True, metavar="USER", help="Put USER at the end of the list.")
@click.option("--remove", "leaves", multiple=True, metavar="USER", help="Take USER off the list.")
@weeks_option
@click.option("--dry-run", is_flag=True, help="Only show what it would change.")
@rotation_option
@as_user
@click.pass_obj
def roster(  # click hands over every option
    chosen: Chosen,
    *,
    order: tuple[str, ...],
    joins: tuple[str, ...],
    leaves: tuple[str, ...],
    weeks: int,
    dry_run: bool,
    person: str | None,
) -> None:
    """Say who takes turns, the next first, or who joins and leaves; without any of it: the list as it is.

    Whoever is on duty stays until their turn ends. Prints who would be on duty before and after, as a table in Markdown
    for a comment.
    """
    from handrail.duty.agreeing import edited, known
    from handrail.duty.preview import preview as rows_of
    from handrail.model.duty import LogEntry, RosterSet

    rota, snapshot, handbook = kept(chosen)
    voice = voice_of(snapshot, handbook)
    if order and (joins or leaves):
        raise UserError("Name the whole list, the next first, or say who joins and leaves with --add and --remove.")

    def edit(rota: "Rota") -> RosterSet:
        return RosterSet(
            known(order, snapshot.people) if order else edited(rota.listed, joins, leaves, snapshot.people)
        )

    before = rota.with_begun(rota.overdue(snapshot.now), snapshot.now)
    if not (order or joins or leaves):
        for place, name in enumerate(before.listed, 1):
            click.echo(f"{place}  {voice.name(name)}")
        return
    entry = LogEntry(len(before.log) + 1, snapshot.now, person or "", edit(before))
    after = before.with_log((*before.log, entry))
    click.echo(_compared(rows_of(before, snapshot.now, weeks), rows_of(after, snapshot.now, weeks), voice))
    for says in _lost(before, after, snapshot.now, voice):
        click.echo(f"\n{says}")
    if not dry_run:
        _act(chosen, person, lambda rota: [edit(rota)])


@click.command()
@from_option
@until_option
@click.option("--take", "taken", type=int, metavar="N", help="Take this swap.")
@click.option("--in-return", metavar="DATE", help="With --take: the day on which a turn of yours begins, for theirs.")
@click.option("--withdraw", type=int, metavar="N", help="Take this swap of yours back.")
@rotation_option
@as_user
@click.pass_obj
def swap(  # click hands over every option
    chosen: Chosen,
    *,
    start: str | None,
    end: str | None,
    taken: int | None,
    in_return: str | None,
    withdraw: int | None,
    person: str | None,
) -> None:
    """Offer a stretch of your own duty to whoever takes it, or take or withdraw one; without options: what is open."""
    from zoneinfo import ZoneInfo

    from handrail.duty import agreeing
    from handrail.duty.shifts import open_offers

    rota, snapshot, handbook = kept(chosen)
    if in_return and taken is None:
        raise UserError("--in-return says what is yours for a swap that you take: say which with --take N.")
    if [taken is not None, withdraw is not None, bool(start or end)].count(True) > 1:
        raise UserError("One step at a time: offer a stretch with --from and --until, or --take N, or --withdraw N.")
    if taken is None and withdraw is None and start is None and end is None:
        voice = voice_of(snapshot, handbook)
        offers = open_offers(rota.log, snapshot.now)
        if not offers:
            click.echo("No swap is open.")
        for number, offer in offers.items():
            click.echo(
                f"{number}  {voice.name(offer.person)}: {voice.instant(offer.start)} to {voice.instant(offer.end)}"
            )
        return
    name, zone = known_person(snapshot, person), ZoneInfo(zone_of(handbook))

    def decide(rota: "Rota") -> "Iterable[Happened]":
        at = snapshot.now
        if withdraw is not None:
            return [agreeing.withdrawn(rota.log, withdraw, name, at)]
        if taken is not None:
            offer = open_offers(rota.log, at).get(taken)
            held = rota.shifts(offer.start, offer.end) if offer else []
            theirs = None
            if in_return:
                day = _instant(chosen, in_return).astimezone(zone).replace(hour=0, minute=0)
                turns = rota.shifts(day, day + timedelta(days=1))
                turn = next((one for one in turns if one.holder == name and one.start >= day), None)
                if turn is None:
                    raise UserError(f"No turn of @{name} begins on {day:%Y-%m-%d}: see “{program_of(chosen)} preview”.")
                theirs = turn.start, turn.end
                held = [*held, turn]
            return [agreeing.taken(rota.log, taken, name, held, at, theirs)]
        since, until = _stretch(chosen, start, end)
        return [agreeing.offered(rota.log, name, since, until, rota.shifts(since, until), at)]

    _act(chosen, person, decide)


@click.command()
@click.argument("who", metavar="USER")
@from_option
@until_option
@rotation_option
@as_user
@click.pass_obj
def cover(chosen: Chosen, *, who: str, start: str | None, end: str | None, person: str | None) -> None:
    """Put USER on duty for a stretch, whoever's turn it is: when somebody has fallen ill."""
    from handrail.duty import agreeing

    _, snapshot, _ = kept(chosen)
    (name,) = agreeing.known([who], snapshot.people)
    since, until = _stretch(chosen, start, end)
    _act(
        chosen,
        person,
        lambda rota: [agreeing.covered(name, since, until, rota.shifts(since, until), snapshot.now)],
    )


@click.command()
@click.argument("first", metavar="FIRST")
@click.argument("last", metavar="LAST", required=False)
@click.option("--because", default="time off", show_default=True, metavar="REASON")
@rotation_option
@as_user
@click.pass_obj
def away(chosen: Chosen, *, first: str, last: str | None, because: str, person: str | None) -> None:
    """Say that you are away from FIRST to LAST, both days included; your place on the list is kept."""
    from handrail.model.duty import WentAway

    _, snapshot, _ = kept(chosen)
    name = known_person(snapshot, person)
    begins, ends = _day(first), _day(last or first)
    if ends < begins:
        raise UserError(f"{last} is before {first}: name the first day, then the last.")
    if ends < snapshot.today:
        raise UserError(f"{ends} is past: name days that are to come.")
    _act(chosen, person, lambda _: [WentAway(name, begins, ends, because.strip() or "time off")])


@click.command()
@click.argument("number", type=int)
@rotation_option
@as_user
@click.pass_obj
def back(chosen: Chosen, *, number: int, person: str | None) -> None:
    """Say that an absence of yours, by its NUMBER in “duty log”, does not take place."""
    from handrail.duty.presence import absences
    from handrail.model.duty import CameBack

    _, snapshot, _ = kept(chosen)
    name = known_person(snapshot, person)

    def decide(rota: "Rota") -> "Iterable[Happened]":
        known = absences(rota.log).get(number)
        if known is None or known.person != name:
            raise UserError(f"@{name} has no absence {number}: “{program_of(chosen)} log” shows the numbers.")
        return [CameBack(number)]

    _act(chosen, person, decide)


def _act(chosen: Chosen, person: str | None, decide: "Callable[[Rota], Iterable[Happened]]") -> None:
    """Write down what was decided on the log as it is, after the turns that have begun meanwhile."""
    from handrail.cli.on_time import turn_on_time
    from handrail.duty.shifts import agreements
    from handrail.engine.assemble import rota_of
    from handrail.model.duty import CameBack, WentAway

    chosen.only_stored()
    turn_on_time(chosen)
    handbook = chosen.peopled(chosen.handbook)
    name = rotation_of(handbook)
    snapshot = chosen.snapshot_at(None, handbook)
    by = known_person(snapshot, person)

    def whole(log: "Iterable[LogEntry]") -> "Iterable[Happened]":
        rota = rota_of([*log], snapshot, handbook, name)
        begun = rota.overdue(snapshot.now)
        return [*begun, *decide(rota.with_begun(begun, snapshot.now))]

    voice = voice_of(snapshot, handbook)
    logs = chosen.opened_store.duty
    new = {entry.number: entry for entry in logs.append(name, now(), by, whole)}
    for entry in new.values():
        click.echo(f"{entry.number}  {told(entry, voice)}")
    log = logs.log(name)
    after = rota_of(log, snapshot, handbook, name)
    before = after.with_log([entry for entry in log if entry.number not in new])
    away = {entry.what.person for entry in new.values() if isinstance(entry.what, WentAway)}
    for one in agreements(log):
        if one.number in new or (one.person in away and one.end > snapshot.now and _holds(one, after)):
            _say_time_off(one, after.people.get(one.person, snapshot.team), voice)
    if any(isinstance(entry.what, WentAway | CameBack) for entry in new.values()):
        for says in _lost(before, after, snapshot.now, voice):
            click.echo(says, err=True)


def _say_time_off(one: "Agreed", person: "Person", voice: "Voice") -> None:
    """A sentence where whoever stands in has time off then: they may do so all the same."""
    for off in person.off_between(one.start, one.end):
        days = f"{voice.day(off.first)} to {voice.day(off.last)}"
        click.echo(f"{voice.name(one.person)} is away then, {days} ({off.why}), and on duty all the same.", err=True)


def _lost(before: "Rota", after: "Rota", now: datetime, voice: "Voice") -> Iterator[str]:
    """A sentence for each part of a swap that a change of whose turns are when leaves nothing of."""
    from handrail.duty.shifts import agreements

    for one in agreements(before.log):
        if one.instead_of and one.end > now and _holds(one, before) and not _holds(one, after):
            whose, stretch = voice.name(one.instead_of), f"{voice.instant(one.start)} to {voice.instant(one.end)}"
            yield (
                f"{voice.name(one.person)} no longer stands in for {whose}, {stretch}, which is no turn of {whose} "
                "after this: agree anew."
            )


def _holds(one: "Agreed", rota: "Rota") -> bool:
    """Whether somebody stands in by what was agreed, in some of the stretch at least."""
    shifts = rota.shifts(one.start, one.end)
    return any((shift.agreed, shift.holder) == (one.number, one.person) for shift in shifts)


def _compared(before: "list[Row]", after: "list[Row]", voice: "Voice") -> str:
    """Who is on duty before and after a change of the roster, as a table in Markdown; nobody is called by it."""
    first = {row.start: row.holder for row in before}
    second = {row.start: row.holder for row in after}
    lines = ["| from | before | after |", "| --- | --- | --- |"]
    for start in sorted({*first, *second}):
        old, new = (voice.name(name) if name else "nobody" for name in (first.get(start, ""), second.get(start, "")))
        lines.append(f"| {voice.instant(start)} | {old} | {new if new == old else f'**{new}**'} |")
    return "\n".join(lines)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise UserError(f"“{text}” is no day: write it like 2026-06-05.") from None
    if not 1970 <= day.year <= 2100:
        raise UserError(f"“{text}” is out of reach: name a day from 1970 to 2100.")
    return day


def _instant(chosen: Chosen, text: str) -> datetime:
    at = chosen.moment(text, zone_of(chosen.handbook))
    assert at is not None
    return at.astimezone(UTC)


def _stretch(chosen: Chosen, start: str | None, end: str | None) -> tuple[datetime, datetime]:
    if not start or not end:
        raise UserError("Say from when until before when: --from 2026-06-08T09:00 --until 2026-06-10T09:00.")
    return _instant(chosen, start), _instant(chosen, end)
