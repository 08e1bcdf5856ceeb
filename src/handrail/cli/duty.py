"""`handrail duty`: who is on duty, who comes next, and what people agree on in between."""

from collections.abc import Callable, Iterable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import click

from handrail.cli.chosen import Chosen, as_json, as_user, known_person, now
from handrail.errors import UserError

if TYPE_CHECKING:
    from handrail.duty.preview import Row
    from handrail.duty.rota import Rota
    from handrail.handbook.schema import Handbook
    from handrail.model.duty import Happened, LogEntry
    from handrail.model.snapshot import Snapshot
    from handrail.rules.queue_words import Voice

WEEKS, MOST_WEEKS = 12, 520
weeks_option = click.option(
    "--weeks",
    type=click.IntRange(1, MOST_WEEKS),
    default=WEEKS,
    show_default=True,
    metavar="N",
    help="How far to look ahead.",
)
from_option = click.option(
    "--from", "start", metavar="TIME", help="From when, in the team's zone; without it all of it."
)
until_option = click.option("--until", "end", metavar="TIME", help="Until before when.")


@click.group(invoke_without_command=True)
@as_json
@click.pass_context
def duty(context: click.Context, *, json_wanted: bool) -> None:
    """Who is on duty now, until when, when they are at work, and who comes next."""
    if context.invoked_subcommand is None:
        _now(context.obj, json_wanted=json_wanted)


def _now(chosen: Chosen, *, json_wanted: bool) -> None:
    from handrail.cli.json_out import print_json
    from handrail.cli.screen import QUIET, console, footer

    desk = chosen.queue(None).desk
    snapshot, voice = desk.snapshot, desk.voice
    shift = desk.duty.at(snapshot.now)
    if json_wanted:
        print_json(None if shift is None else {"holder": shift.holder or None, "start": shift.start, "end": shift.end})
        return
    out = console()
    if shift is None:
        out.print(f"Nobody is on duty: set the rotation up with “{chosen.program} duty start USER USER …”.")
        return
    if not shift.holder:
        out.print(f"Nobody is available until {voice.instant(shift.end)}: please find somebody.", style="bold #d55e00")
    else:
        for_whom = f" for {voice.name(shift.instead_of)}" if shift.instead_of else ""
        word = "until" if shift.end > snapshot.now else "still, handover due since"
        out.print(f"{voice.name(shift.holder)} is on duty{for_whom} {word} {voice.instant(shift.end)}.", style="bold")
        calendar = snapshot.calendars[shift.holder]
        if calendar.is_open(snapshot.now):
            out.print(f"At work now, until {voice.instant(calendar.closes_after(snapshot.now))}.")
        else:
            out.print(f"Not at work now; back {voice.instant(calendar.opens_after(snapshot.now))}.")
    following = [one for one in desk.duty.shifts(shift.end, shift.end + timedelta(weeks=1)) if one.start >= shift.end]
    if following:
        name = voice.name(following[0].holder) if following[0].holder else "nobody"
        out.print(f"Next: {name}, from {voice.instant(following[0].start)}.", style=QUIET)
    if snapshot.duty is None:
        footer(out, ["as the rotation issues say", f"keep the rotation here: {chosen.program} duty start USER USER …"])


@duty.command()
@weeks_option
@as_json
@click.pass_obj
def preview(chosen: Chosen, *, weeks: int, json_wanted: bool) -> None:
    """Who is on duty in the weeks to come, when they are at work, and what lies between."""
    from handrail.cli.json_out import print_json
    from handrail.duty.preview import preview as rows_of

    rota, snapshot, handbook = _kept(chosen)
    rows = rows_of(rota, snapshot.now, weeks)
    if json_wanted:
        print_json(rows)
        return
    _print_rows(rows, rota, _voice(snapshot, handbook))


@duty.command()
@click.argument("order", metavar="USER...", nargs=-1, required=True)
@click.option(
    "--on", "first", metavar="DATE", help="The day on or after which the first turn begins; without it today."
)
@as_user
@click.pass_obj
def start(chosen: Chosen, *, order: tuple[str, ...], first: str | None, person: str | None) -> None:
    """Set the rotation up: who takes turns, the next first.

    Whoever has an open rotation issue keeps the turn until it ends, and goes to the end of the list then.
    """
    from handrail.duty.agreeing import known
    from handrail.model.duty import Began, TurnBegan

    desk = chosen.queue(None).desk
    names = tuple(name.removeprefix("@") for name in order)
    known(names, desk.snapshot.people)
    running = desk.duty.at(desk.snapshot.now) if first is None and desk.snapshot.duty is None else None
    begins = running.start.date() if running else _day(first) if first else desk.snapshot.today

    def begin(rota: "Rota") -> "Iterable[Happened]":
        if rota.log:
            raise UserError("The rotation is set up already: “duty roster USER …” changes who takes turns.")
        turn = [TurnBegan(running.start, running.holder)] if running and running.holder else []
        return [Began(begins, names), *turn]

    _act(chosen, person, begin)


@duty.command()
@click.argument("order", metavar="USER...", nargs=-1, required=True)
@weeks_option
@click.option("--dry-run", is_flag=True, help="Only show what it would change.")
@as_user
@click.pass_obj
def roster(chosen: Chosen, *, order: tuple[str, ...], weeks: int, dry_run: bool, person: str | None) -> None:
    """Say who takes turns, the next first; whoever is on duty stays until their turn ends.

    Prints who would be on duty before and after, as a table in Markdown for a comment.
    """
    from handrail.duty.agreeing import known
    from handrail.duty.preview import preview as rows_of
    from handrail.model.duty import LogEntry, RosterSet

    rota, snapshot, handbook = _kept(chosen)
    names = tuple(name.removeprefix("@") for name in order)
    known(names, snapshot.people)
    entry = LogEntry(len(rota.log) + 1, snapshot.now, person or "", RosterSet(names))
    after = rota.with_log((*rota.log, entry))
    before_rows, after_rows = (rows_of(one, snapshot.now, weeks) for one in (rota, after))
    click.echo(_compared(before_rows, after_rows, _voice(snapshot, handbook)))
    if not dry_run:
        _act(chosen, person, lambda _: [RosterSet(names)])


@duty.command()
@from_option
@until_option
@click.option("--take", "taken", type=int, metavar="N", help="Take this swap.")
@click.option("--in-return", metavar="TIME", help="With --take: the day on which a turn of yours begins, for theirs.")
@click.option("--withdraw", type=int, metavar="N", help="Take this swap of yours back.")
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
    from handrail.duty import agreeing
    from handrail.duty.shifts import open_offers

    rota, snapshot, handbook = _kept(chosen)
    if taken is None and withdraw is None and start is None and end is None:
        voice = _voice(snapshot, handbook)
        for number, offer in open_offers(rota.log, snapshot.now).items():
            click.echo(
                f"{number}  {voice.name(offer.person)}: {voice.instant(offer.start)} to {voice.instant(offer.end)}"
            )
        return
    name = known_person(snapshot, person)

    def decide(rota: "Rota") -> "Iterable[Happened]":
        at = snapshot.now
        if withdraw is not None:
            return [agreeing.withdrawn(rota.log, withdraw, name, at)]
        if taken is not None:
            offer = open_offers(rota.log, at).get(taken)
            held = rota.shifts(offer.start, offer.end) if offer else []
            theirs = None
            if in_return:
                since = _instant(chosen, in_return)
                turn = next((one for one in rota.shifts(since, since + timedelta(days=1)) if one.holder == name), None)
                if turn is None:
                    raise UserError(f"@{name} is not on duty on {in_return}: see “{chosen.program} duty preview”.")
                theirs = turn.start, turn.end
                held = [*held, turn]
            return [agreeing.taken(rota.log, taken, name, held, at, theirs)]
        since, until = _stretch(chosen, start, end)
        return [agreeing.offered(rota.log, name, since, until, rota.shifts(since, until), at)]

    _act(chosen, person, decide)


@duty.command()
@click.argument("who", metavar="USER")
@from_option
@until_option
@as_user
@click.pass_obj
def cover(chosen: Chosen, *, who: str, start: str | None, end: str | None, person: str | None) -> None:
    """Put USER on duty for a stretch, whoever's turn it is: when somebody has fallen ill."""
    from handrail.duty import agreeing

    _, snapshot, _ = _kept(chosen)
    name = who.removeprefix("@")
    agreeing.known([name], snapshot.people)
    since, until = _stretch(chosen, start, end)
    _act(chosen, person, lambda _: [agreeing.covered(name, since, until, snapshot.now)])


@duty.command()
@click.argument("first", metavar="FIRST")
@click.argument("last", metavar="LAST", required=False)
@click.option("--because", default="time off", show_default=True, metavar="REASON")
@as_user
@click.pass_obj
def away(chosen: Chosen, *, first: str, last: str | None, because: str, person: str | None) -> None:
    """Say that you are away from FIRST to LAST, both days included; your place on the list is kept."""
    from handrail.model.duty import WentAway

    _, snapshot, _ = _kept(chosen)
    name = known_person(snapshot, person)
    begins, ends = _day(first), _day(last or first)
    if ends < begins:
        raise UserError(f"{last} is before {first}: name the first day, then the last.")
    if ends < snapshot.today:
        raise UserError(f"{ends} is past: name days that are to come.")
    _act(chosen, person, lambda _: [WentAway(name, begins, ends, because.strip() or "time off")])


@duty.command()
@click.argument("number", type=int)
@as_user
@click.pass_obj
def back(chosen: Chosen, *, number: int, person: str | None) -> None:
    """Say that an absence of yours, by its NUMBER in “duty log”, does not take place."""
    from handrail.duty.presence import absences
    from handrail.model.duty import CameBack

    _, snapshot, _ = _kept(chosen)
    name = known_person(snapshot, person)

    def decide(rota: "Rota") -> "Iterable[Happened]":
        known = absences(rota.log).get(number)
        if known is None or known.person != name:
            raise UserError(f"@{name} has no absence {number}: “{chosen.program} duty log” shows the numbers.")
        return [CameBack(number)]

    _act(chosen, person, decide)


@duty.command()
@as_json
@click.pass_obj
def log(chosen: Chosen, *, json_wanted: bool) -> None:
    """What happened to the rotation, the latest last."""
    from handrail.cli.json_out import print_json

    rota, snapshot, handbook = _kept(chosen)
    if json_wanted:
        print_json(rota.log)
        return
    voice = _voice(snapshot, handbook)
    for entry in rota.log:
        click.echo(f"{entry.number:>4}  {voice.instant(entry.at)}  {_told(entry, voice)}")


@duty.command()
@weeks_option
@as_json
@click.pass_obj
def check(chosen: Chosen, *, weeks: int, json_wanted: bool) -> None:
    """Whether it is fair: turns, days, holidays worked, the longest run and the next turn of each."""
    from rich.table import Table

    from handrail.cli.json_out import print_json
    from handrail.cli.screen import console
    from handrail.duty.fairness import fairness
    from handrail.duty.rotation import state

    rota, snapshot, handbook = _kept(chosen)
    at, begins = snapshot.now, rota.begins
    turns = [turn for turn in rota.turns(begins, at) if turn.start < at]
    past = [one for one in rota.shifts(begins, at) if one.start < at]
    coming = [one for one in rota.shifts(at, at + timedelta(weeks=weeks)) if one.start > at]
    listed = state(rota.log)
    names = {
        *(listed.roster if listed else ()),
        *(one.holder for one in (*past, *coming)),
        *(one.holder for one in turns),
    }
    people = {name: rota.people[name] for name in sorted(names & rota.people.keys())}
    shares = fairness(turns, past, coming, people, rota.holidays)
    if json_wanted:
        print_json(shares)
        return
    voice = _voice(snapshot, handbook)
    table = Table(box=None, header_style="bold", padding=(0, 1), pad_edge=False)
    for title in ("", "turns", "days", "holidays worked", "longest run", "next"):
        table.add_column(title, justify="left" if title in {"", "next"} else "right")
    for one in shares:
        coming_next = voice.instant(one.next) if one.next else f"not within {weeks} weeks"
        worked = str(len(one.holidays)) if one.holidays else "-"
        table.add_row(
            voice.name(one.person), str(one.turns), f"{one.days:.3g}", worked, f"{one.longest:.3g} days", coming_next
        )
    console().print(table)


# --- what all of them do ----------------------------------------------------------------------------------


def _kept(chosen: Chosen) -> "tuple[Rota, Snapshot, Handbook]":
    """The rotation's log and the people. Raises UserError where it is not kept here."""
    from handrail.duty.rota import Rota

    handbook = chosen.peopled(chosen.handbook)
    snapshot = chosen.snapshot_at(None, handbook)
    if not isinstance(snapshot.duty, Rota):
        raise UserError(
            "The rotation is not kept here yet: set it up with "
            f"“{chosen.program} duty start USER USER …”, who takes turns, the next first."
        )
    return snapshot.duty, snapshot, handbook


def _voice(snapshot: "Snapshot", handbook: "Handbook") -> "Voice":
    from handrail.rules.queue_words import Voice

    return Voice(snapshot.people, snapshot.now, "", handbook.team.zone)


def _act(chosen: Chosen, person: str | None, decide: "Callable[[Rota], Iterable[Happened]]") -> None:
    """Write down what was decided on the log as it is, after the turns that have begun meanwhile."""
    from handrail.engine.assemble import rota_of

    chosen.only_stored()
    handbook = chosen.peopled(chosen.handbook)
    snapshot = chosen.snapshot_at(None, handbook)
    by = known_person(snapshot, person)

    def whole(log: "Iterable[LogEntry]") -> "Iterable[Happened]":
        rota = rota_of([*log], snapshot, handbook)
        begun = rota.overdue(snapshot.now)
        return [*begun, *decide(rota.with_begun(begun, snapshot.now))]

    voice = _voice(snapshot, handbook)
    for entry in chosen.opened_store.duty.append(handbook.rotation.name, now(), by, whole):
        click.echo(f"{entry.number}  {_told(entry, voice)}")


def _told(entry: "LogEntry", voice: "Voice") -> str:
    """One line of the log, for people."""
    from handrail.model.duty import (
        Began,
        CameBack,
        Covered,
        RosterSet,
        SwapOffered,
        SwapTaken,
        SwapWithdrawn,
        TurnBegan,
        WentAway,
    )

    def stretch(start: datetime, end: datetime) -> str:
        return f"{voice.instant(start)} to {voice.instant(end)}"

    says = ""
    match entry.what:
        case Began(first, order):
            says = f"the rotation begins on or after {voice.day(first)}: {voice.names(order)}"
        case TurnBegan(start, holder):
            says = f"the turn of {voice.name(holder) if holder else 'nobody'} begins on {voice.instant(start)}"
        case RosterSet(order):
            says = f"turns are taken by {voice.names(order)}"
        case Covered(person, start, end):
            says = f"{voice.name(person)} is on duty, {stretch(start, end)}"
        case SwapOffered(person, start, end):
            says = f"{voice.name(person)} would like to be replaced, {stretch(start, end)}"
        case SwapTaken(offer, person, start, end):
            says = f"{voice.name(person)} takes swap {offer}"
            if start and end:
                says += f", in return for {stretch(start, end)}"
        case SwapWithdrawn(offer):
            says = f"swap {offer} is withdrawn"
        case WentAway(person, begins, ends, why):
            says = f"{voice.name(person)} is away, {voice.day(begins)} to {voice.day(ends)} ({why})"
        case CameBack(number):
            says = f"absence {number} does not take place"
    return says + (f" · {voice.name(entry.by)}" if entry.by else "")


def _print_rows(rows: "list[Row]", rota: "Rota", voice: "Voice") -> None:
    from rich.table import Table
    from rich.text import Text

    from handrail.cli.screen import QUIET, console

    table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False)
    for row in rows:
        hours = sum((end - start for start, end in row.office_hours), timedelta()) / timedelta(hours=1)
        person = rota.people.get(row.holder)
        where = f"{hours:.3g} h at work ({', '.join(person.hours)} {person.zone})" if person else ""
        gaps = "; ".join(f"{voice.instant(gap.start)} to {voice.instant(gap.end)}: {gap.why}" for gap in row.gaps)
        said = Text(row.note, "#e69f00")
        if gaps:
            said = Text("\n" if row.note else "").join([part for part in (said, Text(gaps, QUIET)) if part])
        name = Text(voice.name(row.holder), "bold") if row.holder else Text("nobody", "bold #d55e00")
        table.add_row(voice.instant(row.start), name, Text(where, QUIET), said)
    console().print(table)


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
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(f"“{text}” is no day: write it like 2026-06-05.") from None


def _instant(chosen: Chosen, text: str) -> datetime:
    at = chosen.moment(text)
    assert at is not None
    return at


def _stretch(chosen: Chosen, start: str | None, end: str | None) -> tuple[datetime, datetime]:
    if not start or not end:
        raise UserError("Say from when until before when: --from 2026-06-08T09:00 --until 2026-06-10T09:00.")
    return _instant(chosen, start), _instant(chosen, end)
