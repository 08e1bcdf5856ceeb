"""`handrail serve`: the same in a browser."""

import os
from functools import partial
from typing import TYPE_CHECKING

import click

from handrail.cli.chosen import Chosen, cache_folder, data_folder, now
from handrail.cli.instance import at_url, connected
from handrail.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

PORT = 8470


@click.command()
@click.option("--port", default=PORT, show_default=True, metavar="N", help="Where to listen.")
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="To whom to listen.")
@at_url
@click.pass_obj
def serve(chosen: Chosen, *, port: int, host: str, url: str) -> None:
    """Show queues, duty, clocks and plans in a browser, kept fresh, until Ctrl-C."""
    try:
        from handrail.web.server import run
    except ModuleNotFoundError as error:
        raise UserError("Pages need packages that are not installed: run “pip install 'handrail[web]'”.") from error
    from handrail.engine.live import Live
    from handrail.gitlab.hooks import SECRET
    from handrail.store.kept_holidays import KeptHolidays
    from handrail.views.handbook import Stated
    from handrail.web.serving import Serving
    from handrail.worktime.public_holidays import public_holidays

    store = chosen.store(create=False)
    live = Live(store, chosen.handbook, KeptHolidays(cache_folder(), public_holidays), now)
    serving = Serving(
        live,
        partial(connected, url, "api"),
        kept_secret(data_folder()),
        is_open=chosen.demo,
        webhook_secret=os.environ.get(SECRET, ""),
        stated=Stated(chosen.handbook_file),
    )
    run(serving, host, port)


def kept_secret(folder: "Path") -> bytes:
    """What cookies are signed with: made once, and readable by its owner alone."""
    import secrets

    file = folder / "web-secret"
    try:
        return file.read_bytes()
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_bytes(secrets.token_bytes(32))
        return file.read_bytes()
