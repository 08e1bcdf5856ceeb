"""Turns that have begun are written down before a command does anything that depends on whose turn it is."""

from collections import Counter
from typing import TYPE_CHECKING

import click

from handrail.cli.chosen import Chosen, cache_folder, now
from handrail.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from handrail.model.asked import Asked


def turn_on_time(chosen: Chosen) -> None:
    """Write down the turns of every rotation that have begun, and say so; nothing where there is no store yet.

    Before anything that a turn is given by changes, such as absences and hours: who is on duty stays who it was.
    """
    from handrail.engine.handover import on_time
    from handrail.store.kept_holidays import KeptHolidays
    from handrail.worktime.public_holidays import public_holidays

    try:
        store = chosen.opened_store
    except UserError:
        return
    if not store.facts(now()).team().duty:
        return
    handbook = chosen.peopled(chosen.handbook)
    done = on_time(store, handbook, now(), KeptHolidays(cache_folder(), public_holidays))
    for name, turn in done.begun:
        called = handbook.rotations[name].name
        person = handbook.people.get(turn.holder)
        who = f"the turn of {person.name if person else turn.holder}" if turn.holder else "a turn of nobody’s"
        click.echo(f"{called}: {who} began on {turn.start:%Y-%m-%d %H:%M} UTC.")
    say_passed(done.passed)


def say_passed(those: "Iterable[Asked]") -> None:
    """Say to whom requests passed with the turn, if any did."""
    from handrail.plan.words import counted

    for owner, count in Counter(one.owner for one in those).items():
        number = counted(count, "request")
        nobodys = f"Nobody of the team has {number} any more: whoever is first available takes over."
        click.echo(f"{number} passed to @{owner} with the turn." if owner else nobodys)
