"""The GitLab that commands read and write: where it is, with whose token, and what reading has to know of the team."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import click

from handrail.errors import UserError

if TYPE_CHECKING:
    from handrail.gitlab.connection import Connection
    from handrail.gitlab.reader import Reader
    from handrail.gitlab.sources import Source
    from handrail.handbook.schema import Handbook

at_url = click.option(
    "--url",
    envvar="GITLAB_URL",
    show_envvar=True,
    default="https://gitlab.com",
    show_default=True,
    metavar="URL",
    help="Where your GitLab is.",
)
of_group = click.option(
    "--group",
    envvar="GITLAB_GROUP",
    show_envvar=True,
    metavar="PATH",
    help="Read this group or project instead of the handbook's sources.",
)


@contextmanager
def connected(url: str, scope: str) -> Iterator["Connection"]:
    """A connection with the token in GITLAB_TOKEN, which needs the ``scope``. Raises UserError where there is none."""
    from handrail.gitlab.connection import Connection, Pace

    token = os.environ.get("GITLAB_TOKEN", "")
    if not token:
        what = "read GitLab" if scope == "read_api" else "change anything on GitLab"
        raise UserError(f"No token to {what} with: make one with the scope {scope} and put it in GITLAB_TOKEN.")
    connection = Connection(url, token, Pace(said=partial(click.echo, err=True)), scope=scope)
    try:
        yield connection
    finally:
        connection.close()


def reader_of(connection: "Connection", handbook: "Handbook") -> "Reader":
    """A reader that knows the handbook's team."""
    from handrail.gitlab.histories import Team
    from handrail.gitlab.reader import Reader

    return Reader(connection, Team.of(handbook))


def sources_of(handbook: "Handbook", group: str | None) -> tuple["Source", ...]:
    """What is read: the named group or project, else the handbook's sources."""
    from handrail.gitlab.sources import Source, sources

    return (Source(group),) if group else sources(handbook.sources.values())
