"""`handrail sync`: read a team's GitLab into the store."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from handrail.cli.chosen import Chosen
from handrail.cli.instance import at_url, connected, of_group, work_of
from handrail.cli.progress import progress
from handrail.cli.upstream import at_upstream
from handrail.errors import UserError

if TYPE_CHECKING:
    from handrail.engine.jobs import Work
    from handrail.engine.sync import Report
    from handrail.gitlab.sources import Source
    from handrail.store.database import Store


@click.command()
@at_url
@of_group
@at_upstream
@click.pass_obj
def sync(chosen: Chosen, *, url: str, group: str | None, upstream: str | None) -> None:
    """Read the handbook's sources from GitLab into the store; later runs read only what changed.

    The token is taken from GITLAB_TOKEN; reading needs the scope read_api. A reading that was interrupted goes on where
    it stopped.
    """
    from handrail.cli.on_time import turn_on_time
    from handrail.engine.jobs import sweep

    turn_on_time(chosen)
    with connected(url, "read_api") as connection, chosen.store(create=True) as store:
        work = work_of(chosen, store, connection, group, upstream)
        with progress() as said:
            report = sweep(work, said)
        _take_in(chosen, store)
        read_elsewhere(work, report.read)
        tell(report, connection.requests, store.place)
    if report.problems:
        raise UserError(*problems(report))


def read_elsewhere(work: "Work", read: "Sequence[Source]") -> None:
    """Read what decisions need besides GitLab's items, where it is time, and say what could not be read."""
    from handrail.engine.jobs import calendars, evidence, upstream

    with progress() as said:
        for problem in (*calendars(work), *upstream(work, said), *evidence(work, read, said)):
            click.echo(problem, err=True)


def _take_in(chosen: Chosen, store: "Store") -> None:
    """What is asked of whoever is on duty, by what was read; what keeps it from being told keeps no facts out."""
    from handrail.engine.intake import take_in

    if not store.duty.log(chosen.handbook.first_rotation):
        return
    handbook = chosen.peopled(chosen.handbook)
    try:
        snapshot = chosen.snapshot_at(None, handbook, closed=True)
    except UserError as error:
        click.echo(f"What is asked of whoever is on duty was not looked for: {error}", err=True)
        return
    before = len(snapshot.asked)
    new = take_in(store, snapshot, handbook, store.journal.known(snapshot.now)).asked[before:]
    if new:
        click.echo(f"New for whoever is on duty: {', '.join(f'request {one.id}' for one in new)}")


def tell(report: "Report", requests: int, place: str) -> None:
    """What a reading came to."""
    from handrail.plan.words import counted

    click.echo(f"{counted(report.items, 'item')} changed, read with {requests} requests into {place}")
    if report.forgotten:
        click.echo(f"{len(report.forgotten)} items are gone: {', '.join(report.forgotten[:5])}")
    if report.unavailable:
        click.echo(f"This GitLab lacks: {', '.join(report.unavailable)}", err=True)


def problems(report: "Report") -> list[str]:
    """What could not be read, and whether anything was."""
    return [problem + (" The others were read." if report.read else "") for problem in report.problems]
