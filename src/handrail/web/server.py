"""The process that serves the application: it listens, keeps the view fresh, and stops when it is told to."""

import asyncio
import gc
import signal
import socket
import sys
from contextlib import AbstractContextManager, nullcontext, suppress
from functools import partial
from types import FrameType

import click
import uvicorn

from handrail.engine.live import NotReadyError
from handrail.errors import UserError
from handrail.web.app import application
from handrail.web.pages import clocks, milestone, quarter
from handrail.web.serving import Serving

_PATIENCE = 5
"""Seconds that open answers have when it stops."""


def run(
    serving: Serving, host: str, port: int, jobs: AbstractContextManager[object] | None = None, *, opens: bool = False
) -> None:
    """Serve until Ctrl-C or SIGTERM, with the jobs at work meanwhile, if there are any.

    Raises UserError where nothing can listen there.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # or it ends us before the jobs are handed back
    sys.setswitchinterval(0.001)  # a page waits no longer than this for a thread that works something out
    config = uvicorn.Config(
        application(serving),
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        server_header=False,
        date_header=False,
        timeout_graceful_shutdown=_PATIENCE,
    )
    server = _Server(config, serving)
    # What is there by now stays: looking for garbage holds everybody up, and most of it would be looking at modules.
    gc.collect()
    gc.freeze()
    serving.live.ahead += [partial(page.worked_out, serving) for page in (milestone, quarter, clocks)]
    with suppress(NotReadyError):  # before the first reading; pages say so
        serving.live.view()
    try:
        listening = config.bind_socket()
    except SystemExit as error:  # uvicorn's way to say that the port is taken
        raise UserError(f"Nothing can listen on {host}:{port}: choose another --port.") from error
    # asyncio does this only for sockets that it makes itself: without it an answer of two parts takes 40 ms more.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    listening.listen(config.backlog)  # who comes before all is ready waits a moment
    url = f"http://{host}:{port}"
    click.echo(f"Handrail is at {url} until Ctrl-C.")
    if opens:
        click.launch(url)
    serving.live.start()
    try:
        with jobs or nullcontext(), suppress(KeyboardInterrupt):
            asyncio.run(server.serve([listening]))
    finally:
        serving.live.stop()


class _Server(uvicorn.Server):
    """Told to stop, it ends at once what pages listen to: an open page would keep it for all of its patience."""

    def __init__(self, config: uvicorn.Config, serving: Serving) -> None:
        super().__init__(config)
        self._live = serving.live

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """A signal came."""
        self._live.end()
        super().handle_exit(sig, frame)
