"""`handrail check` and `handrail handbook`: what a handbook says, whether it holds together, and what enforces it."""

from collections import Counter
from pathlib import Path

import click

from handrail.cli.chosen import Chosen, as_json, people
from handrail.errors import UserError

WHERE_IT_WORKS = (
    "sources",
    "groups",
    "rules.recurring_duties.tasks",
    "labels.team",
    "labels.required",
    "team.mention",
    "rotations.dri.project",
)
"""What a handbook says of one team and its GitLab: no other team means what is bundled there."""


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Say everything that is wrong with a handbook, each with its line, its column and the nearest right word."""
    from handrail.handbook.extends import read_chain
    from handrail.handbook.load import find_problems, loaded
    from handrail.plan.words import counted
    from handrail.rules.catalogue import whole_handbook

    problems = find_problems(file, whole_handbook())
    if problems:
        raise UserError(*map(str, problems), f"{len(problems)} problem{'s' if len(problems) > 1 else ''} in {file}")
    chain = read_chain(file)
    found = loaded(chain)
    click.echo(
        f"{file} is in order: {people(len(found.people))}, {counted(len(found.sources), 'source')}, "
        f"{counted(len(found.clauses), 'clause')}"
    )
    inherited = {where: names for where in WHERE_IT_WORKS if (names := chain.inherited(*where.split(".")))}
    if inherited:
        click.echo("As bundled, which is the Distribution team's:")
        for where, names in inherited.items():
            click.echo(f"  {where}: {', '.join(names)}")
        click.echo("If you are another team, state your own; “replaces: [sources]” drops a bundled map whole.")


@click.command()
@click.option("--groups", is_flag=True, help="The groups and what each answers for.")
@click.option("--links", is_flag=True, help="The pages that the handbook refers to.")
@click.option("--table", is_flag=True, help="The priority table.")
@click.option("--schema", is_flag=True, help="The JSON Schema of a handbook file, for editors.")
@as_json
@click.pass_obj
def handbook(chosen: Chosen, *, groups: bool, links: bool, table: bool, schema: bool, json_wanted: bool) -> None:
    """The handbook's clauses, in its own order, and what becomes of each: a rule, a command, or people."""
    from handrail.cli.json_out import print_json

    views = {"--groups": groups, "--links": links, "--table": table, "--schema": schema, "--json": json_wanted}
    if len(wanted := [name for name, said in views.items() if said]) > 1:
        raise UserError(f"{' and '.join(wanted)} are views of their own: ask for one at a time.")
    found = chosen.handbook
    if schema:
        from handrail.handbook.json_schema import json_schema
        from handrail.rules.catalogue import whole_handbook

        print_json(json_schema(whole_handbook()))
    elif json_wanted:
        print_json(found)
    elif groups:
        for group in found.groups.values():
            click.echo(f"{group.name} (~{group.label}) answers for")
            for one in group.responsibilities:
                click.echo(f"  {one.says}")
    elif links:
        for name, url in found.links.items():
            click.echo(f"{name}: {url}")
    elif table:
        _print_table(chosen)
    else:
        _print_clauses(chosen)


def _print_table(chosen: Chosen) -> None:
    from rich.table import Table

    from handrail.cli.screen import LEVELS, console
    from handrail.views.handbook import row_cells

    out = console()
    table = Table(box=None, padding=(0, 1), pad_edge=False)
    for name in ("level", "do", "what", "priority", "SLO", "labels", "clause"):
        table.add_column(name)
    for row in chosen.handbook.work_queue.table:
        table.add_row(*row_cells(row), style=LEVELS.get(row.level))
    out.print(table)


def _print_clauses(chosen: Chosen) -> None:
    from rich.table import Table
    from rich.text import Text

    from handrail.cli.screen import QUIET, console
    from handrail.views.handbook import ENDS, end_of

    out = console()
    section = ""
    ends: Counter[str] = Counter()
    table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False)
    for name, clause in chosen.handbook.clauses.items():
        if clause.section != section:
            section = clause.section
            table.add_row(Text(section, style="bold"))
        kind, what = end_of(clause)
        ends[kind] += 1
        style = {"does": "#0072b2", "helps": "#56b4e9", "planned": "#e69f00", "person": QUIET}[kind]
        table.add_row(f"  {name}", clause.says, Text(f"{ENDS[kind]}: {what}", style=style))
    out.print(table)
    total = sum(ends.values())
    out.print(f"{total} clauses: " + ", ".join(f"{ends[kind]} {words}" for kind, words in ENDS.items()))
