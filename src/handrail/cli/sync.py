"""`handrail sync`: read a team's GitLab into the store."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from functools import partial
from typing import TYPE_CHECKING

import click

from handrail.cli.chosen import Chosen
from handrail.errors import UserError

if TYPE_CHECKING:
    from handrail.engine.sync import Report, Step
    from handrail.gitlab.sources import Source


@click.command()
@click.option(
    "--url",
    envvar="GITLAB_URL",
    show_envvar=True,
    default="https://gitlab.com",
    show_default=True,
    metavar="URL",
    help="The GitLab to read.",
)
@click.option(
    "--group",
    envvar="GITLAB_GROUP",
    show_envvar=True,
    metavar="PATH",
    help="Read this group or project instead of the handbook's sources.",
)
@click.pass_obj
def sync(chosen: Chosen, *, url: str, group: str | None) -> None:
    """Read the handbook's sources from GitLab into the store; later runs read only what changed.

    The token is taken from GITLAB_TOKEN; reading needs the scope read_api. A reading that was interrupted goes on where
    it stopped.
    """
    from handrail.engine.sync import sync as read_all
    from handrail.gitlab.connection import Connection, Pace
    from handrail.gitlab.histories import Team
    from handrail.gitlab.reader import Reader
    from handrail.gitlab.sources import Source, sources

    token = os.environ.get("GITLAB_TOKEN", "")
    if not token:
        raise UserError("No token to read GitLab with: make one with the scope read_api and put it in GITLAB_TOKEN.")
    handbook = chosen.handbook
    wanted = (Source(group),) if group else sources(handbook.sources.values())
    zones = {name: person.zone for name, person in handbook.people.items()}
    team = Team(handbook.team.mention, frozenset(handbook.team.bots), zones, handbook.team.zone)
    pace = Pace(said=partial(click.echo, err=True))
    with closing(Connection(url, token, pace)) as connection, chosen.store(create=True) as store:
        with _progress() as said:
            report = read_all(Reader(connection, team), store, wanted, handbook.people, said)
        _tell(report, connection.requests, store.place, wanted)


def _tell(report: "Report", requests: int, place: str, wanted: tuple["Source", ...]) -> None:
    click.echo(f"{report.items} items changed, read with {requests} requests into {place}")
    if report.forgotten:
        click.echo(f"{len(report.forgotten)} items are gone: {', '.join(report.forgotten[:5])}")
    if report.unavailable:
        click.echo(f"This GitLab lacks: {', '.join(report.unavailable)}", err=True)
    if report.problems:
        whole = " The others were read." if len(report.problems) < len(wanted) else ""
        raise UserError(*(problem + whole for problem in report.problems))


@contextmanager
def _progress() -> Iterator[Callable[["Step"], None]]:
    """A moving bar on a terminal; elsewhere a plain line for each source and kind that is done."""
    if not sys.stderr.isatty():
        yield _plain_line
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    # How many there are, GitLab would have to count: until the last page, the bar only shows that it goes on.
    columns = (BarColumn(20), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        tasks = {}

        def show(step: "Step") -> None:
            key = step.source, step.kind
            if key not in tasks:
                tasks[key] = bar.add_task("", total=None)
            what = f"{step.source}  {step.items} {step.kind.replace('_', ' ')}"
            bar.update(tasks[key], description=what, total=1 if step.done else None, completed=int(step.done))

        yield show


def _plain_line(step: "Step") -> None:
    if step.done:
        click.echo(f"{step.source}: {step.items} {step.kind.replace('_', ' ')}", err=True)
