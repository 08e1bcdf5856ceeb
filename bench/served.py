"""A stand-in in a process of its own, so that a reader's seconds and memory are the reader's alone."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import IO

import msgspec
from msgspec import Struct

from bench.asked import Asked, asked
from bench.files import CACHE, PEOPLE, ROOT
from bench.part import Part
from handrail.demo import DemoTeam
from handrail.demo.team import LEAST
from handrail.gitlab.sources import Source, sources
from handrail.handbook.compiled import read
from standin import StandIn, running


class Serving(Struct, frozen=True):
    """What is served: ``each`` issues and as many merge requests of the demo team in the handbook's sources.

    With ``project``, of that one alone. The demo team has ``size`` items, so many that it can give these.
    """

    size: int
    each: int
    project: str | None = None


class Served:
    """A stand-in elsewhere, as its readers see it."""

    def __init__(self, url: str, token: str, process: "subprocess.Popen[bytes]") -> None:
        self.url, self.token, self._process = url, token, process

    def asked(self) -> list[Asked]:
        """Every request since this was called last."""
        return msgspec.json.decode(self._tell("asked"), type=list[Asked])

    def count(self) -> int:
        """How many requests that will be."""
        return msgspec.json.decode(self._tell("count"), type=int)

    def later(self) -> None:
        """Let an hour pass there."""
        self._tell("later")

    def _tell(self, what: str) -> bytes:
        _pipe(self._process.stdin).write(f"{what}\n".encode())
        _pipe(self._process.stdin).flush()
        return _pipe(self._process.stdout).readline()


def serving(size: int, each: int, project: str | None = None) -> Serving:
    """What to serve; the demo team is never smaller than it can be."""
    return Serving(max(LEAST, size), each, project)


@contextmanager
def served(what: Serving) -> Iterator[Served]:
    """A running stand-in that serves this, without a rate limit."""
    command = [sys.executable, "-m", "bench.served", msgspec.json.encode(what).decode()]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            url, token = msgspec.json.decode(_pipe(process.stdout).readline(), type=tuple[str, str])
            yield Served(url, token, process)
        finally:
            process.terminate()


def facts(what: Serving) -> Part:
    """What is served, as facts."""
    wanted = (Source(what.project),) if what.project else sources(read(None, CACHE).sources.values())
    return Part(DemoTeam(what.size, PEOPLE), wanted, what.each)


def _answer(gitlab: StandIn, line: str) -> bytes:
    match line.strip():
        case "asked":
            found = [asked(request) for request in gitlab.requests]
            gitlab.requests.clear()
            return msgspec.json.encode(found)
        case "count":
            return msgspec.json.encode(len(gitlab.requests))
        case "later":
            gitlab.world.now += timedelta(hours=1)
            return b"null"
        case other:
            raise ValueError(other)


def _pipe(pipe: IO[bytes] | None) -> IO[bytes]:
    if pipe is None:
        raise RuntimeError("the stand-in has no pipe to be told by")
    return pipe


def _say(line: bytes) -> None:
    sys.stdout.buffer.write(line + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    with running(facts(msgspec.json.decode(sys.argv[1], type=Serving)), per_minute=None) as here:
        _say(msgspec.json.encode((here.url, here.token)))
        for told in sys.stdin:
            _say(_answer(here, told))
