"""`handrail duty`: who is on duty, who comes next, what happened, and whether it is fair."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from handrail.cli.chosen import Chosen, as_json, at_moment, typed
from handrail.cli.duty_calendar import calendar
from handrail.cli.duty_kept import (
    kept,
    program_of,
    rotation_of,
    rotation_option,
    told,
    voice_of,
    weeks_option,
    zone_of,
)
from handrail.cli.duty_steps import away, back, cover, roster, start, swap
from handrail.errors import UserError

if TYPE_CHECKING:
    from handrail.duty.preview import Row
    from handrail.duty.rota import Rota
    from handrail.rules.queue_words import Voice
    from handrail.worktime.calendar import WorkCalendar


ORDINARY_SHOWN = 5


@click.group(invoke_without_command=True)
@rotation_option
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
    snapshot, voice, name = desk.snapshot, voice_of(desk.snapshot, desk.handbook), rotation_of(desk.handbook)
    is_first = name == desk.handbook.first_rotation
    found = desk.duty if is_first else snapshot.rotations.get(name)
    shift = found.at(snapshot.now) if found else None
    if json_wanted:
        from handrail.views.rows import OnDuty

        print_json(OnDuty.of(shift))
        return
    out = console()
    ahead = found.shifts(snapshot.now, snapshot.now + timedelta(weeks=54)) if found and not shift else []
    if ahead:
        first = voice.name(ahead[0].holder) if ahead[0].holder else "nobody"
        out.print(f"Nobody is on duty yet: turns begin {voice.instant(ahead[0].start)}, with {first}.")
        return
    if found is None or shift is None:
        out.print(f"Nobody is on duty: set the rotation up with “{program_of(chosen)} start USER USER …”.")
        return
    if shift.holder not in snapshot.people:
        whose = f"{voice.name(shift.holder)} is on duty, and not of the team any more," if shift.holder else ""
        says = f"{whose or 'Nobody is available'} until {voice.instant(shift.end)}: please find somebody."
        out.print(says, style="bold #d55e00")
        out.print(f"Whoever it is: {program_of(chosen)} cover USER --from TIME --until TIME", style=QUIET)
    else:
        for_whom = f" for {voice.name(shift.instead_of)}" if shift.instead_of else ""
        word = "until" if shift.end > snapshot.now else "still, handover due since"
        out.print(f"{voice.name(shift.holder)} is on duty{for_whom} {word} {voice.instant(shift.end)}.", style="bold")
        calendar = snapshot.calendars[shift.holder]
        if calendar.is_open(snapshot.now):
            out.print(f"At work now, until {voice.instant(calendar.closes_after(snapshot.now))}.")
        else:
            on_call = desk.handbook.on_call if is_first else ""
            out.print(f"Not at work now, {_back(calendar, snapshot.now, voice, on_call)}.", soft_wrap=True)
    following = [one for one in found.shifts(shift.end, shift.end + timedelta(weeks=1)) if one.start >= shift.end]
    if following:
        name = voice.name(following[0].holder) if following[0].holder else "nobody"
        out.print(f"Next: {name}, from {voice.instant(following[0].start)}.", style=QUIET)
    remarks = [f"times in {zone_of(desk.handbook)}"]
    if is_first and snapshot.duty is None:
        remarks += ["as the rotation issues say", f"keep the rotation here: {chosen.program} duty start USER USER …"]
    footer(out, remarks)


def _back(calendar: "WorkCalendar", now: datetime, voice: "Voice", on_call: str) -> str:
    """When somebody who is not at work is there again, and where urgent requests go until then, if anywhere."""
    from handrail.worktime.calendar import NeverOpensError

    urgent = f": urgent requests go to {on_call}" if on_call else ""
    try:
        back = voice.instant(calendar.opens_after(now))
    except NeverOpensError:
        return f"away until further notice{urgent}"
    return f"back {back}{urgent} until then" if urgent else f"back {back}"


@duty.command()
@at_moment
@as_json
@click.pass_obj
def desk(chosen: Chosen, *, at: str | None, json_wanted: bool) -> None:
    """What the week asks of whoever is on duty, in the handbook's order: what, since when, and who waits.

    Ordinary work, if time is left, comes last.
    """
    from handrail.cli.json_out import print_json
    from handrail.cli.lists import print_list
    from handrail.cli.screen import QUIET, console
    from handrail.rules.duty_desk import desk_rows
    from handrail.views.refs import Refs

    queue = chosen.queue(at)
    if rotation_of(queue.handbook) != queue.handbook.first_rotation:
        raise UserError("Only the first rotation of the handbook, the DRI’s, has a desk.")
    shift = queue.on_duty
    if shift is None or shift.holder not in queue.snapshot.people:
        raise UserError(f"Nobody is on duty: “{chosen.program} duty preview” shows who comes next.")
    rows = [*desk_rows(queue, shift.holder)]
    if json_wanted:
        from handrail.views.rows import as_desk_rows

        print_json(as_desk_rows(rows, queue.voice("")))
        return
    voice, refs, out = queue.voice(""), Refs(queue.handbook), console()
    name, calendar = voice.name(shift.holder), queue.snapshot.calendars[shift.holder]
    out.print(f"{name} is on duty until {voice.instant(shift.end)}.", style="bold")
    if not calendar.is_open(queue.snapshot.now):
        back = _back(calendar, queue.snapshot.now, voice, queue.handbook.on_call)
        out.print(f"Not at work, {back}.", style=QUIET, soft_wrap=True)
    duties = sum(row.entry.level == 0 for row in rows)
    shown = rows[: duties + ORDINARY_SHOWN]
    print_list(
        [
            (refs.short(item), item.title, voice.since(row.entry.since), row.said(voice))
            for row in shown
            for item in (row.entry.item,)
        ],
        "Nothing on the desk.",
    )
    if len(rows) > len(shown):
        more = f"{chosen.program} next --all --as {shift.holder}{typed(('--at', at))}"
        out.print(f"{len(rows) - len(shown)} more of ordinary work: {more}", style=QUIET, soft_wrap=True)


@duty.command()
@rotation_option
@weeks_option
@as_json
@click.pass_obj
def preview(chosen: Chosen, *, weeks: int, json_wanted: bool) -> None:
    """Who is on duty in the weeks to come, when they are at work, and what lies between."""
    from handrail.cli.json_out import print_json
    from handrail.cli.screen import QUIET, console
    from handrail.duty.preview import preview as rows_of

    rota, snapshot, handbook = kept(chosen)
    rows = rows_of(rota, snapshot.now, weeks)
    if json_wanted:
        print_json(rows)
        return
    _print_rows(rows, rota, voice_of(snapshot, handbook))
    console().print(f"times in {zone_of(handbook)}", style=QUIET)


@duty.command()
@rotation_option
@as_json
@click.pass_obj
def log(chosen: Chosen, *, json_wanted: bool) -> None:
    """What happened to the rotation, the latest last."""
    from handrail.cli.json_out import print_json

    rota, snapshot, handbook = kept(chosen)
    if json_wanted:
        print_json(rota.log)
        return
    voice = voice_of(snapshot, handbook)
    for entry in rota.log:
        click.echo(f"{entry.number:>4}  {voice.instant(entry.at)}  {told(entry, voice)}")


@duty.command()
@rotation_option
@weeks_option
@as_json
@click.pass_obj
def check(chosen: Chosen, *, weeks: int, json_wanted: bool) -> None:
    """Whether it is fair: turns, days, holidays worked, the longest run and the next turn of each."""
    from rich.table import Table

    from handrail.cli.json_out import print_json
    from handrail.cli.screen import console
    from handrail.duty.fairness import fairness
    from handrail.duty.rota import EVER

    rota, snapshot, handbook = kept(chosen)
    at = snapshot.now
    turns, past = rota.turns(EVER, at), rota.shifts(EVER, at)
    coming = [one for one in rota.shifts(at, at + timedelta(weeks=weeks)) if one.start > at]
    names = {
        *rota.listed,
        *(one.holder for one in (*past, *coming)),
        *(one.holder for one in turns),
    }
    people = {name: rota.people.get(name, snapshot.team) for name in sorted(names - {""})}
    shares = fairness(turns, past, coming, people, rota.holidays)
    if json_wanted:
        print_json(shares)
        return
    voice = voice_of(snapshot, handbook)
    table = Table(box=None, header_style="bold", padding=(0, 1), pad_edge=False)
    for title in ("", "turns", "days", "holidays worked", "longest run", "next"):
        table.add_column(title, justify="left" if title in {"", "next"} else "right")
    for one in shares:
        coming_next = voice.instant(one.next) if one.next else f"not within {weeks} weeks"
        worked = str(len(one.holidays)) if one.holidays else "-"
        table.add_row(
            voice.name(one.person), str(one.turns), f"{one.days:.3g}", worked, f"{one.longest:.3g} days", coming_next
        )
    out = console()
    out.print(table)
    for shift in (one for one in (*past[-1:], *coming) if not one.holder and one.end > at):
        out.print(
            f"Nobody is available {voice.instant(shift.start)} to {voice.instant(shift.end)}.", style="bold #d55e00"
        )


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


for step in (calendar, start, roster, swap, cover, away, back):
    duty.add_command(step)
