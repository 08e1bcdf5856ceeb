"""`handrail serve` in a process of its own, and what its readers measure of it over HTTP."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from time import perf_counter

from bench.cold_start import HANDRAIL
from bench.files import CACHE
from bench.memory import now_mib
from handrail.demo import NOW

PATIENCE = 120.0
"""Seconds that it has to be ready, with everything worked out."""


@dataclass(frozen=True)
class Running:
    """One that is ready, with an open demo on a store."""

    port: int
    process: int

    def connection(self) -> HTTPConnection:
        """A connection that is kept alive."""
        return HTTPConnection("127.0.0.1", self.port, timeout=60)

    def computed(self) -> float:
        """Seconds of the processor that the process took so far; 0 elsewhere than on Linux."""
        with suppress(OSError):
            told = Path(f"/proc/{self.process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            return (int(told[11]) + int(told[12])) / os.sysconf("SC_CLK_TCK")
        return 0.0

    def now_mib(self) -> float:
        """The memory that the process holds now."""
        return now_mib(self.process)

    def beside(self) -> "Running":
        """The process that it started, which reads and acts."""
        tasks = Path(f"/proc/{self.process}/task").glob("*/children")
        return Running(self.port, next((int(one) for task in tasks for one in task.read_text().split()), 0))


@contextmanager
def running(store: Path, handbook: Path, settings: Mapping[str, str]) -> Iterator[Running]:
    """It serves the store at the demo's moment. ``settings``: environment variables, GitLab's address among them."""
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("HANDRAIL_", "GITLAB_"))}
    environment |= {
        "XDG_CACHE_HOME": str(CACHE),
        "XDG_DATA_HOME": str(store.parent),
        "HANDRAIL_STORE": str(store),
        "HANDRAIL_HANDBOOK": str(handbook),
        "HANDRAIL_NOW": NOW.isoformat(),
        "HANDRAIL_UPSTREAM": "none",
        **settings,
    }
    command = [str(HANDRAIL), "--demo", "serve", "--port", str(port)]
    log = store.with_suffix(".log")
    with log.open("wb") as said, subprocess.Popen(command, env=environment, stdout=said, stderr=said) as process:
        try:
            _until_ready(port, process, log)
            yield Running(port, process.pid)
        finally:
            process.terminate()


def ask(connection: HTTPConnection, path: str, headers: Mapping[str, str] | None = None) -> tuple[float, int, bytes]:
    """Seconds until the whole answer was there, its status, and its body as it was sent."""
    began = perf_counter()
    connection.request("GET", path, headers=dict(headers or {}))
    answer = connection.getresponse()
    body = answer.read()
    return perf_counter() - began, answer.status, body


def _until_ready(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    until = perf_counter() + PATIENCE
    while perf_counter() < until and process.poll() is None:
        with suppress(OSError), closing(HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            if ask(connection, "/readyz")[1] == 200:
                return
        time.sleep(0.05)
    raise RuntimeError(f"it is not ready: {log.read_text(encoding='utf-8')}")
