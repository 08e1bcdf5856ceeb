"""`handrail snapshot`: write facts to a file, and check a file that somebody wrote."""

from pathlib import Path

import click

from handrail.cli.chosen import Chosen, people
from handrail.errors import UserError


@click.group()
def snapshot() -> None:
    """Snapshot files: the facts of a team in one file, to decide on with no server."""


@snapshot.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--open-only", is_flag=True, help="Leave closed items away; moments in the past lack them then.")
@click.option("--no-histories", is_flag=True, help="Leave histories away; the file then has its own moment only.")
@click.option("--force", is_flag=True, help="Write over a file that exists.")
@click.pass_obj
def export(chosen: Chosen, *, file: Path, open_only: bool, no_histories: bool, force: bool) -> None:
    """Write the facts of --demo or --snapshot to FILE."""
    from handrail.plan.words import counted
    from handrail.store.snapshot_file import write

    if file.exists() and not force:
        raise UserError(f"{file} exists: choose another name, or say --force to write over it.")
    count = write(file, chosen.facts, histories=not no_histories, closed=not open_only)
    click.echo(f"{counted(count, 'item')} written to {file}")


@snapshot.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.pass_obj
def check(chosen: Chosen, *, file: Path) -> None:
    """Say everything that is wrong with a snapshot file: lines, histories, derived instants, labels, milestones."""
    from handrail.engine.assemble import assemble
    from handrail.plan.words import counted
    from handrail.store.snapshot_file import SnapshotFile

    facts = SnapshotFile(file)
    problems = list(facts.problems())
    if problems:
        raise UserError(*problems)
    assembled = assemble(facts, chosen.handbook)
    count = len(assembled.items)
    click.echo(f"{file} is in order: {counted(count, 'open item')}, {people(len(assembled.people))}")
