"""Steps in a rotation: set it up, change who takes turns, swap, cover, be away. Each is a line of its log."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from handrail.cli.chosen import Chosen, as_user, known_person, now
from handrail.cli.duty_kept import kept, program_of, rotation_of, rotation_option, voice_of, weeks_option, zone_of
from handrail.errors import UserError

if TYPE_CHECKING:
    from handrail.duty.rota import Rota
    from handrail.engine.duty_log import Decide
    from handrail.model.duty import Happened
    from handrail.rules.queue_words import Voice

from_option = click.option("--from", "start", metavar="TIME", help="From when, in the zone of the rotation.")
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
    from handrail.duty.agreeing import known
    from handrail.engine.duty_log import beginning
    from handrail.views.moments import day

    desk = chosen.queue(None).desk
    names, set_up = known(order, desk.snapshot.people), f"“{program_of(chosen)} roster USER …” changes who takes turns."
    _act(chosen, person, beginning(desk, rotation_of(desk.handbook), names, day(first) if first else None, set_up))


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
    from handrail.views.duty import compared, lost

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
    rows = compared(rows_of(before, snapshot.now, weeks), rows_of(after, snapshot.now, weeks))
    click.echo(_as_table(rows, voice))
    for says in lost(before, after, snapshot.now, voice):
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
            day = _instant(chosen, in_return).astimezone(zone).replace(hour=0, minute=0) if in_return else None
            return [agreeing.swapped(rota, taken, name, at, day)]
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
    from handrail.duty import agreeing
    from handrail.views.moments import day

    _, snapshot, _ = kept(chosen)
    gone = agreeing.away(known_person(snapshot, person), day(first), day(last or first), snapshot.today, because)
    _act(chosen, person, lambda _: [gone])


@click.command()
@click.argument("number", type=int)
@rotation_option
@as_user
@click.pass_obj
def back(chosen: Chosen, *, number: int, person: str | None) -> None:
    """Say that an absence of yours, by its NUMBER in “duty log”, does not take place."""
    from handrail.duty.agreeing import returned

    _, snapshot, _ = kept(chosen)
    name = known_person(snapshot, person)
    _act(chosen, person, lambda rota: [returned(rota.log, number, name)])


def _act(chosen: Chosen, person: str | None, decide: "Decide") -> None:
    """Write down what was decided on the log as it is, after the turns that have begun meanwhile."""
    from handrail.cli.on_time import turn_on_time
    from handrail.engine.assemble import rota_of
    from handrail.engine.duty_log import act
    from handrail.views.duty import remarks, told

    chosen.only_stored()
    turn_on_time(chosen)
    handbook = chosen.peopled(chosen.handbook)
    name = rotation_of(handbook)
    snapshot = chosen.snapshot_at(None, handbook)
    voice, store = voice_of(snapshot, handbook), chosen.opened_store
    new = act(store, snapshot, handbook, name, known_person(snapshot, person), now(), decide)
    for entry in new:
        click.echo(f"{entry.number}  {told(entry, voice)}")
    after = rota_of(store.duty.log(name), snapshot, handbook, name)
    for says in remarks(after, [entry.number for entry in new], snapshot.now, voice, snapshot.team):
        click.echo(says, err=True)


def _as_table(rows: "Iterable[tuple[datetime, str, str]]", voice: "Voice") -> str:
    """Who is on duty before and after a change of the roster, as a table in Markdown; nobody is called by it."""
    lines = ["| from | before | after |", "| --- | --- | --- |"]
    for start, *holders in rows:
        old, new = (voice.name(name) if name else "nobody" for name in holders)
        lines.append(f"| {voice.instant(start)} | {old} | {new if new == old else f'**{new}**'} |")
    return "\n".join(lines)


def _instant(chosen: Chosen, text: str) -> datetime:
    at = chosen.moment(text, zone_of(chosen.handbook))
    assert at is not None
    return at.astimezone(UTC)


def _stretch(chosen: Chosen, start: str | None, end: str | None) -> tuple[datetime, datetime]:
    if not start or not end:
        raise UserError("Say from when until before when: --from 2026-06-08T09:00 --until 2026-06-10T09:00.")
    return _instant(chosen, start), _instant(chosen, end)
