"""What every look at a rotation and every step in it needs: the rotation that is kept here."""

from typing import TYPE_CHECKING

import click

from handrail.cli.chosen import Chosen, typed
from handrail.errors import UserError

if TYPE_CHECKING:
    from handrail.duty.rota import Rota
    from handrail.handbook.schema import Handbook
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
    from handrail.views import duty

    return duty.zone_of(handbook, rotation_of(handbook))


def program_of(chosen: Chosen) -> str:
    """How a hint names `handrail duty` for it."""
    name = rotation_of(chosen.handbook)
    return f"{chosen.program} duty" + typed(("--rotation", name if name != chosen.handbook.first_rotation else ""))


def kept(chosen: Chosen) -> "tuple[Rota, Snapshot, Handbook]":
    """The rotation's log and the people. Raises UserError where it is not kept here."""
    from handrail.engine import duty_log

    handbook = chosen.peopled(chosen.handbook)
    name = rotation_of(handbook)
    snapshot = chosen.snapshot_at(None, handbook)
    found = duty_log.kept(snapshot, name)
    if found is None:
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
    from handrail.views import duty

    return duty.voice_of(snapshot, handbook, rotation_of(handbook))
