"""Turns that have begun are written down before a command does anything that depends on whose turn it is."""

import click

from handrail.cli.chosen import Chosen, cache_folder, now
from handrail.errors import UserError


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
    for line in done.words(handbook):
        click.echo(line)
