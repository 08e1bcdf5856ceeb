"""A loop to test on: a store, a clock that stands until it is moved, and small jobs. As a program: it dies in a job."""

import os
import signal
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from handrail.engine.jobs import Job, Lane, Ran, Work
from handrail.engine.loop import Loop, Stop
from handrail.gitlab.connection import Connection
from handrail.store.database import Store
from handrail.testing import NOW, a_handbook

BOOK = a_handbook()
EVERY = timedelta(minutes=10)
Does = Callable[[Callable[[], None]], Ran | None]


@dataclass
class Clock:
    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def go_on(self, by: timedelta) -> None:
        self.now += by


def a_job(name: str, does: Does, lane: Lane = "at once", **more: object) -> Job:
    fields = {"every": EVERY, "then": (), **more}
    return Job(name, "…", lane, does=lambda _, check: does(check) or Ran(), **fields)  # type: ignore[arg-type]


@dataclass
class Looped:
    """A loop, and what it said and did."""

    store: Store
    jobs: tuple[Job, ...]
    clock: Clock = field(default_factory=Clock)
    said: list[str] = field(default_factory=list)
    changes: list[datetime] = field(default_factory=list)

    def __post_init__(self) -> None:
        nowhere = Connection("http://127.0.0.1:9", "a-token")
        work = Work(self.store, nowhere, lambda: BOOK, self.clock, lambda *_: {})
        on_change = lambda: self.changes.append(self.clock())  # noqa: E731  # so that it looks like its callers'
        self.loop = Loop(work, self.jobs, Stop(), self.said.append, on_change)

    def later(self, by: timedelta = EVERY) -> bool:
        """Let so much time pass, and run what is due; whether anything was."""
        self.clock.go_on(by)
        return self.loop.turn("at once")


def killed(where: str | Path) -> None:
    """Die in a job, without any clean-up."""

    def die(_: Callable[[], None]) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    with Store.open(where) as store:
        Looped(store, (a_job("sweep", die),)).loop.turn("at once")


if __name__ == "__main__":
    killed(sys.argv[1])
