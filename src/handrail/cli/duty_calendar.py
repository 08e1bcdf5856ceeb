"""`handrail duty calendar`: the rotation for people's calendar programs."""

from pathlib import Path

import click

from handrail.cli.chosen import Chosen, as_user, known_person
from handrail.cli.duty_kept import WEEKS, kept, rotation_of, rotation_option
from handrail.errors import UserError


@click.command()
@rotation_option
@as_user
@click.option("--all", "everybody", is_flag=True, help="Everybody's shifts, not just yours.")
@click.option(
    "--weeks",
    type=click.IntRange(1, 52),  # each entry of the log in so many weeks is followed that far
    default=WEEKS,
    show_default=True,
    metavar="N",
    help="How far to look ahead.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write it there instead of printing it."
)
@click.pass_obj
def calendar(chosen: Chosen, *, person: str | None, everybody: bool, weeks: int, output: Path | None) -> None:
    """Your shifts as an iCalendar feed: those of the last weeks and to come, and cancelled what was announced before.

    Let a timer write it where your calendar program can fetch it. Times are in UTC, and a shift stays the same event
    whatever becomes of it.
    """
    from handrail.duty.feed import announced, feed

    rota, snapshot, handbook = kept(chosen)
    events, name = announced(rota, snapshot.now, weeks), rotation_of(handbook)
    if not everybody:
        mine = known_person(snapshot, person)
        events = [one for one in events if one.shift.holder == mine]
    written = feed(events, name, handbook.rotations[name].name, rota.people)
    if output is None:
        click.echo(written, nl=False)
        return
    part = output.with_name(f".{output.name}.part")  # a program that fetches it meanwhile gets the old one whole
    try:
        part.write_bytes(written)
        part.replace(output)
    except OSError as error:
        raise UserError(f"{output} cannot be written ({error.strerror}): name another file with -o.") from error
    told = sum(not one.cancelled for one in events)
    click.echo(f"{told} shifts written to {output}, and {len(events) - told} cancelled")
