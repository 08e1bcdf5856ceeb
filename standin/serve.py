"""A stand-in on a loopback port, for as long as it is needed."""

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from handrail.model.facts import Facts
from standin.access import API_TOKEN, READ_TOKEN, Token
from standin.app import Instance, Logged, application, instance
from standin.faults import Fault, Harm
from standin.hooks import Call, Deliveries
from standin.sign_in import SCOPES, Application
from standin.world import World


class StandIn:
    """A running stand-in: where it is, what it was asked, and how to break it."""

    token = READ_TOKEN
    write_token = API_TOKEN

    def __init__(self, url: str, served: Instance) -> None:
        self.url, self._served = url, served

    @property
    def world(self) -> World:
        """The facts, to change while somebody reads them: put, forget, move_issue, lose, advance and more."""
        return self._served.world

    def register(self, redirect_uri: str, scopes: frozenset[str] = SCOPES) -> Application:
        """Let an application ask people to sign in; it sends them back to that address."""
        return self._served.sign_in.register(redirect_uri, scopes)

    @property
    def lies(self) -> dict[str, Any]:
        """What ID tokens claim in place of the truth."""
        return self._served.sign_in.lies

    @property
    def tokens(self) -> dict[str, Token]:
        """The access tokens that are known, whatever became of them."""
        return self._served.tokens

    @property
    def requests(self) -> list[Logged]:
        """Every request in its order; ``requests.clear()`` begins anew."""
        return self._served.requests

    def fail(
        self,
        harm: Harm,
        to: str = "",
        *,
        skip: int = 0,
        times: int | None = 1,
        retry_after: int | None = None,
        status: int = 500,
        method: str = "",
    ) -> Fault:
        """Harm the requests whose path or operation contains ``to``, after ``skip`` of them, ``times`` times."""
        fault = Fault(harm, to, skip, times, retry_after, status, method=method)
        self._served.faults.append(fault)
        return fault

    def before(self, to: str, call: Callable[[World], object], *, skip: int = 0) -> Fault:
        """Change the facts just before such a request is answered: between two pages, for one."""
        fault = Fault("call", to, skip, call=lambda: call(self.world))
        self._served.faults.append(fault)
        return fault

    def deliver(self) -> list[Call]:
        """Have the hooks called of all that has happened; what was sent so far, once that is done."""
        found = self.world.listener
        if not isinstance(found, Deliveries):
            return []
        found.collect()
        found.wait()
        return found.made

    def heal(self) -> None:
        """Take all faults away."""
        self._served.faults.clear()


@contextmanager
def running(facts: Facts, **options: Any) -> Iterator[StandIn]:
    """Serve the facts on a free port of 127.0.0.1; see ``standin.app.instance`` for the options."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:  # named, or Nagle delays it
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        served = instance(facts, url=url, **options)
        config = uvicorn.Config(
            application(served),
            log_level="error",
            access_log=False,
            date_header=False,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
        # An answer that is cut off is a fault that was asked for.
        logging.getLogger("uvicorn.error").addFilter(_unasked)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="stand-in", daemon=True)
        thread.start()
        try:
            while not server.started:
                if not thread.is_alive():
                    raise RuntimeError("the stand-in did not start")
                time.sleep(0.005)
            yield StandIn(url, served)
        finally:
            server.should_exit = True
            thread.join(5)


def _unasked(record: logging.LogRecord) -> bool:
    return "without completing response" not in record.getMessage()
