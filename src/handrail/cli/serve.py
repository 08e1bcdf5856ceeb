"""`handrail serve`: the same in a browser."""

import os
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from handrail.cli.chosen import Chosen, cache_folder, clock, data_folder, now
from handrail.cli.hooks import webhook_secret
from handrail.cli.instance import at_url, connected, of_group, read_again, work_of
from handrail.cli.progress import teller
from handrail.cli.run import sweep_every
from handrail.cli.upstream import at_upstream
from handrail.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from handrail.cli.beside import Beside
    from handrail.engine.loop import Loop
    from handrail.gitlab.connection import Connection
    from handrail.store.database import Store

PORT = 8470
CLIENT, CLIENT_SECRET, SCOPES = "HANDRAIL_OAUTH_ID", "HANDRAIL_OAUTH_SECRET", "HANDRAIL_OAUTH_SCOPES"
HERE = "HANDRAIL_URL"
VIEWERS = "HANDRAIL_VIEWERS"
"""“everybody” lets all look who have an account on the GitLab."""
NO_GITLAB = "The demo team has no GitLab here, so nothing can be done there: “make run” serves one with it."
_LENGTH = 32


@click.command()
@click.option(
    "--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, metavar="N", help="Where to listen."
)
@click.option("--host", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="To whom to listen.")
@click.option("--open", "opens", is_flag=True, help="Open the pages in your browser.")
@sweep_every
@at_url
@of_group
@at_upstream
@click.pass_obj
def serve(  # noqa: PLR0913  # click hands over every option
    chosen: Chosen,
    *,
    port: int,
    host: str,
    opens: bool,
    every: int,
    url: str,
    group: str | None,
    upstream: str | None,
) -> None:
    """Show queues, duty, clocks and plans in a browser, kept fresh, until Ctrl-C.

    It does what “handrail run” does besides: it reads what changed, takes in what GitLab's webhooks tell, and does what
    the handbook lets be done. The token in GITLAB_TOKEN needs the scope api.
    """
    try:
        from handrail.web.server import run
    except ModuleNotFoundError as error:
        raise UserError("Pages need packages that are not installed: run “pip install 'handrail[web]'”.") from error
    from handrail.cli.beside import Beside
    from handrail.engine.jobs import jobs
    from handrail.engine.live import Live
    from handrail.engine.loop import Loop, Stop
    from handrail.store.kept_holidays import KeptHolidays
    from handrail.views.handbook import Stated
    from handrail.web.openid import USUAL, SignIn
    from handrail.web.serving import Serving
    from handrail.worktime.public_holidays import public_holidays

    if chosen.snapshot:
        chosen.only_stored()
    secret, told, time, stop = kept_secret(data_folder()), webhook_secret(wanted=False), clock(), Stop()
    scopes = os.environ.get(SCOPES, USUAL)
    sign_in = None if chosen.demo else SignIn(url, *registered(port), secret, now, scopes)
    with ExitStack() as opened:
        gitlab: Callable[[], AbstractContextManager[Connection]] = partial(connected, url, "api", is_hurried=True)
        stated, loop, working = read_again(chosen.handbook_file), None, None
        if chosen.demo and not chosen.store_at:
            only_here(host)
            store, facts = opened.enter_context(demo_store(chosen)), chosen.facts.team()
            handbook = replace(chosen.handbook, people={**facts.people, **chosen.handbook.people})
            gitlab, stated, time = no_gitlab, lambda: handbook, lambda: facts.now
        else:
            store = opened.enter_context(chosen.store(create=not chosen.demo))
            if chosen.demo:
                only_here(host, store)
        live = Live(store, stated, KeptHolidays(cache_folder(), public_holidays), time)
        if gitlab is not no_gitlab:
            connection = opened.enter_context(connected(url, "api", stop.pause))
            work = work_of(chosen, store, connection, group, upstream)
            work = replace(work, now=time, touched=live.touch)
            at_once = [job for job in jobs(timedelta(minutes=every)) if job.lane == "at once"]
            loop = Loop(work, at_once, stop, teller(time))
            loop.wake("inbox")  # what was accepted before the last end
            working = at_work(loop, Beside(chosen, every, url, group, upstream, time))
        serving = Serving(
            live,
            gitlab,
            secret,
            is_open=chosen.demo,
            sign_in=sign_in,
            why_not="" if loop else NO_GITLAB,
            lets_everybody_look=os.environ.get(VIEWERS) == "everybody",
            webhook_secret=told,
            accepted=partial(loop.wake, "inbox") if loop else lambda: None,
            stated=Stated(chosen.handbook_file),
        )
        run(serving, host, port, working, opens=opens)


@contextmanager
def at_work(loop: "Loop", beside: "Beside") -> "Iterator[None]":
    """The jobs of this process and of the one beside it; they end at the same time."""
    with beside, loop:
        yield
        beside.end()


@contextmanager
def demo_store(chosen: Chosen) -> "Iterator[Store]":
    """A store with the demo team in it, for as long as it is shown."""
    from tempfile import TemporaryDirectory

    from handrail.engine.filled import fill
    from handrail.store.database import Store

    with TemporaryDirectory(prefix="handrail-") as folder, Store.open(Path(folder) / "demo.sqlite") as store:
        fill(store, chosen.facts)
        yield store


def no_gitlab() -> AbstractContextManager["Connection"]:
    """In place of a connection, where the demo team has no GitLab. Raises UserError."""
    raise UserError(NO_GITLAB)


def only_here(host: str, store: "Store | None" = None) -> None:
    """Raises UserError unless an open demo is one: for this machine alone, of a GitLab on this machine."""
    from handrail.web.who import is_loopback

    if not is_loopback(host):
        raise UserError(
            f"--demo lets everybody in who reaches it, so it listens on this machine alone, not on {host}: "
            "leave --host away, or --demo."
        )
    known = urlsplit(f"//{store.origin}").hostname or "" if store else host
    if store and not is_loopback(known):
        raise UserError(
            f"--demo lets everybody in without signing in, and {store.place} was read from {known or 'no GitLab yet'}: "
            "leave --demo away."
        )


def registered(port: int) -> tuple[str, str, str]:
    """The application that GitLab knows us as, its secret, and our own address: settings of the environment."""
    client = os.environ.get(CLIENT, "")
    if not client:
        raise UserError(
            f"Nobody could sign in: register an application in your GitLab (docs/browser.md), and set {CLIENT} and "
            f"{CLIENT_SECRET} to what it shows. To look at the demo team without signing in, say --demo."
        )
    return client, os.environ.get(CLIENT_SECRET, ""), os.environ.get(HERE) or f"http://127.0.0.1:{port}"


def kept_secret(folder: Path) -> bytes:
    """What cookies are signed with: made once, and readable by its owner alone."""
    import secrets
    from contextlib import suppress

    file = folder / "web-secret"
    with suppress(FileNotFoundError):
        if len(found := file.read_bytes()) == _LENGTH:
            return found
    made = secrets.token_bytes(_LENGTH)
    folder.mkdir(parents=True, exist_ok=True)
    file.touch(mode=0o600)
    file.write_bytes(made)
    return made
