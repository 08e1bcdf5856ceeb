"""The GitLab that commands read and write: where it is, with whose token, and what reading has to know of the team."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING

import click

from handrail.cli.chosen import Chosen, cache_folder, now, read_handbook
from handrail.errors import UserError

if TYPE_CHECKING:
    from handrail.engine.apply import Outcome
    from handrail.engine.jobs import Work
    from handrail.gitlab.connection import Connection
    from handrail.gitlab.reader import Reader
    from handrail.handbook.schema import Handbook
    from handrail.store.database import Store

GOOD_FOR = 10
"""Seconds after which what stays running looks whether the handbook was changed."""
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
def connected(
    url: str, scope: str, pause: Callable[[float], None] | None = None, *, is_hurried: bool = False
) -> Iterator["Connection"]:
    """A connection with the token in GITLAB_TOKEN, which needs the ``scope``. Raises UserError where there is none.

    ``pause`` waits so many seconds, in place of sleeping, where GitLab asks for patience; ``is_hurried`` as there.
    """
    from handrail.gitlab.connection import Connection, Pace

    token = os.environ.get("GITLAB_TOKEN", "")
    if not token:
        what = "read GitLab" if scope == "read_api" else "change anything on GitLab"
        raise UserError(f"No token to {what} with: make one with the scope {scope} and put it in GITLAB_TOKEN.")
    pace = Pace(said=partial(click.echo, err=True))
    connection = Connection(
        url, token, replace(pace, sleep=pause) if pause else pace, scope=scope, is_hurried=is_hurried
    )
    try:
        yield connection
    finally:
        connection.close()


def reader_of(connection: "Connection", handbook: "Handbook") -> "Reader":
    """A reader that knows the handbook's team."""
    from handrail.gitlab.histories import Team
    from handrail.gitlab.reader import Reader

    return Reader(connection, Team.of(handbook))


def work_of(
    chosen: Chosen,
    store: "Store",
    connection: "Connection",
    group: str | None,
    upstream: str | None,
    did: "Callable[[Outcome], None]" = lambda _: None,
) -> "Work":
    """What jobs, and rounds, work with: what the options choose."""
    from handrail.engine.jobs import Work
    from handrail.store.kept_holidays import KeptHolidays
    from handrail.worktime.public_holidays import public_holidays

    file = chosen.handbook_file
    return Work(
        store,
        connection,
        read_again(file),
        now,
        KeptHolidays(cache_folder(), public_holidays),
        group,
        upstream,
        file.parent if file else Path(),
        did,
    )


def read_again(file: Path | None) -> "Callable[[], Handbook]":
    """The handbook as it is, read anew after ``GOOD_FOR`` seconds."""
    kept = perf_counter(), read_handbook(file)

    def stated() -> "Handbook":
        nonlocal kept
        if perf_counter() - kept[0] > GOOD_FOR:
            kept = perf_counter(), read_handbook(file)
        return kept[1]

    return stated
