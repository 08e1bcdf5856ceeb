"""What others released, as commands read it, and how old what they go by is."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from handrail.cli.chosen import Chosen, now
from handrail.cli.progress import progress
from handrail.errors import UserError

if TYPE_CHECKING:
    from handrail.gitlab.connection import Connection
    from handrail.store.database import Store

NOWHERE = "none"
_OLD = 2
"""Days, after which it is said how old what was read is."""
at_upstream = click.option(
    "--upstream",
    envvar="HANDRAIL_UPSTREAM",
    show_envvar=True,
    metavar="URL",
    help=f"Where upstream releases are read, in place of the handbook’s; “{NOWHERE}”: they are not.",
)


def upstream_releases(chosen: Chosen, store: "Store", connection: "Connection", place: str | None) -> None:
    """Read what others released, where it is time, and say what could not be read: the last copy counts then."""
    support = chosen.handbook.support
    if not support.products or place == NOWHERE:
        return
    from handrail.engine.upstream import read_upstream
    from handrail.releases.site import Site

    address = place or support.upstream
    site = Site(address) if address else None
    folder = chosen.handbook_file.parent if chosen.handbook_file else Path()
    try:
        with progress() as said:
            found = read_upstream(store, support, site, lambda file: content(file, connection, folder), now(), said)
    finally:
        if site:
            site.close()
    for problem in found:
        click.echo(problem, err=True)


def content(file: str, connection: "Connection", folder: Path) -> bytes:
    """What is in a file of the team's: in a project (“path:file”), or a local one. Raises UnreadError."""
    from handrail.gitlab.connection import LostError
    from handrail.releases.unread import UnreadError
    from handrail.releases.version_file import MOST_BYTES

    project, colon, path = file.partition(":")
    try:
        if colon:
            return connection.raw_file(project.strip(), path.strip(), "HEAD").encode()
        with (folder / file).open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except LostError as error:
        raise UnreadError(f"{file} is not there, or not for this token") from error
    except UserError as error:
        raise UnreadError(f"{file}: {str(error).rstrip('.')}") from error
    except OSError as error:
        raise UnreadError(f"{file} cannot be read ({error.strerror})") from error


def say_age(chosen: Chosen) -> None:
    """Say how old what is known of others’ releases is, and what could not be read when it was tried last."""
    from handrail.store.upstream import some, troubles

    support = chosen.handbook.support
    copies = chosen.opened_store.copies.all()
    wanted = [name for name, product in support.products.items() if product.file or support.upstream]
    read = [at for name in wanted if name in copies and (at := copies[name].read_at)]
    told = [one for name in wanted if (one := copies.get(name)) and one.trouble]
    if read:
        days = (now() - min(read)).days
        old = f", {days} days ago: “handrail sync” reads them anew" if days >= _OLD else ""
        click.echo(f"Upstream releases as of {min(read):%Y-%m-%d %H:%M} UTC{old}", err=True)
    if unread := [name for name in wanted if name not in copies]:
        click.echo(f"Upstream releases of {some(unread)} were not read yet: “handrail sync” does that.", err=True)
    for trouble in troubles(told):
        click.echo(trouble, err=True)
