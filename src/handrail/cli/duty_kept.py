"""What every look at a rotation and every step in it needs: the rotation that is kept here, and its log in words."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from handrail.cli.chosen import Chosen, typed
from handrail.errors import UserError

if TYPE_CHECKING:
    from handrail.duty.rota import Rota
    from handrail.handbook.schema import Handbook
    from handrail.model.duty import LogEntry
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


def _remember(context: click.Context, _: click.Parameter, name: str | None) -> None:
    """What was said last holds: the option may stand before the step's name and behind it."""
    if name is not None:
        context.meta[_ROTATION] = name


_ROTATION = "handrail.rotation"
rotation_option = click.option(
    "--rotation",
    metavar="NAME",
    expose_value=False,
    callback=_remember,
    help="Which rotation, by its short name in the handbook; without it the first one.",
)


def rotation_of(handbook: "Handbook") -> str:
    """The short name of the rotation that was asked for. Raises UserError where the handbook has none of that name."""
    from handrail.handbook.wording import nearest

    name: str = click.get_current_context().meta.get(_ROTATION, handbook.first_rotation)
    if name not in handbook.rotations:
        raise UserError(f"The handbook has no rotation `{name}`{nearest(name, handbook.rotations)}")
    return name


def zone_of(handbook: "Handbook") -> str:
    """The zone in which its handoffs are, and days and times are read and shown."""
    return handbook.rotations[rotation_of(handbook)].zone or handbook.team.zone


def program_of(chosen: Chosen) -> str:
    """How a hint names `handrail duty` for it."""
    name = rotation_of(chosen.handbook)
    return f"{chosen.program} duty" + typed(("--rotation", name if name != chosen.handbook.first_rotation else ""))


def kept(chosen: Chosen) -> "tuple[Rota, Snapshot, Handbook]":
    """The rotation's log and the people. Raises UserError where it is not kept here."""
    from handrail.duty.rota import Rota

    handbook = chosen.peopled(chosen.handbook)
    name = rotation_of(handbook)
    snapshot = chosen.snapshot_at(None, handbook)
    found = snapshot.rotations.get(name)
    if not isinstance(found, Rota):
        others = sorted(chosen.facts.team().duty.keys() - handbook.rotations.keys())
        raise UserError(
            "The rotation is not kept here yet: set it up with "
            f"“{program_of(chosen)} start USER USER …”, who takes turns, the next first.",
            *(
                f"There is a log of `{other}`, which the handbook does not name: a short name finds it."
                for other in others
            ),
        )
    return found, snapshot, handbook


def voice_of(snapshot: "Snapshot", handbook: "Handbook") -> "Voice":
    """What names people and days to everybody, in the rotation's zone."""
    from handrail.rules.queue_words import Voice

    return Voice(snapshot.people, snapshot.now, "", zone_of(handbook))


def told(entry: "LogEntry", voice: "Voice") -> str:
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
