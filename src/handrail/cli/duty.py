"""`handrail duty`: who is on duty, who comes next, what happened, and whether it is fair."""

from datetime import timedelta
from typing import TYPE_CHECKING

import click

from handrail.cli.chosen import Chosen, as_json, at_moment, typed
from handrail.cli.duty_calendar import calendar
from handrail.cli.duty_kept import (
    kept,
    program_of,
    rotation_of,
    rotation_option,
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
    from handrail.views.duty import on_duty

    desk = chosen.queue(None).desk
    snapshot, voice, name = desk.snapshot, voice_of(desk.snapshot, desk.handbook), rotation_of(desk.handbook)
    is_first = name == desk.handbook.first_rotation
    found = desk.duty if is_first else snapshot.rotations.get(name)
    shift = found.at(snapshot.now) if found else None
    if json_wanted:
        from handrail.views.rows import OnDuty

        print_json(OnDuty.of(shift))
        return
    out, now = console(), on_duty(desk, name, voice)
    if now is None:
        out.print(f"Nobody is on duty: set the rotation up with “{program_of(chosen)} start USER USER …”.")
        return
    out.print(now.says, style="bold #d55e00" if now.is_missing else "bold" if now.hours else "")
    if now.is_missing:
        out.print(f"Whoever it is: {program_of(chosen)} cover USER --from TIME --until TIME", style=QUIET)
    elif now.hours:
        out.print(now.hours, soft_wrap=True)
    if shift is None:
        return
    if now.following:
        out.print(now.following, style=QUIET)
    remarks = [f"times in {zone_of(desk.handbook)}"]
    if is_first and snapshot.duty is None:
        remarks += ["as the rotation issues say", f"keep the rotation here: {chosen.program} duty start USER USER …"]
    footer(out, remarks)


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
    from handrail.views.duty import hours
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
        out.print(hours(calendar, queue.snapshot.now, voice, queue.handbook.on_call), style=QUIET, soft_wrap=True)
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
    from handrail.views.duty import told

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
    from handrail.duty.fairness import shares

    rota, snapshot, handbook = kept(chosen)
    parts = shares(rota, snapshot.now, weeks, snapshot.team)
    if json_wanted:
        print_json(parts)
        return
    voice = voice_of(snapshot, handbook)
    table = Table(box=None, header_style="bold", padding=(0, 1), pad_edge=False)
    for title in ("", "turns", "days", "holidays worked", "longest run", "next"):
        table.add_column(title, justify="left" if title in {"", "next"} else "right")
    for one in parts:
        coming_next = voice.instant(one.next) if one.next else f"not within {weeks} weeks"
        worked = str(len(one.holidays)) if one.holidays else "-"
        table.add_row(
            voice.name(one.person), str(one.turns), f"{one.days:.3g}", worked, f"{one.longest:.3g} days", coming_next
        )
    out = console()
    out.print(table)
    for shift in rota.shifts(snapshot.now, snapshot.now + timedelta(weeks=weeks)):
        if not shift.holder:
            out.print(
                f"Nobody is available {voice.instant(shift.start)} to {voice.instant(shift.end)}.", style="bold #d55e00"
            )


def _print_rows(rows: "list[Row]", rota: "Rota", voice: "Voice") -> None:
    from rich.table import Table
    from rich.text import Text

    from handrail.cli.screen import QUIET, console
    from handrail.views.duty import at_work, gaps

    table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False)
    for row in rows:
        said, between = Text(row.note, "#e69f00"), gaps(row, voice)
        if between:
            said = Text("\n" if row.note else "").join([part for part in (said, Text(between, QUIET)) if part])
        name = Text(voice.name(row.holder), "bold") if row.holder else Text("nobody", "bold #d55e00")
        table.add_row(voice.instant(row.start), name, Text(at_work(row, rota), QUIET), said)
    console().print(table)


for step in (calendar, start, roster, swap, cover, away, back):
    duty.add_command(step)
