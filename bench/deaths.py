"""Processes that may die at any of their steps, seed by seed: what is tried through deaths is tried alike."""

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

from sqlalchemy import event

import standin
from handrail.engine.sync import sync
from handrail.gitlab.connection import Connection, Pace
from handrail.gitlab.reader import Reader
from handrail.gitlab.sources import Source
from handrail.model.journal import Record
from handrail.store.database import Store
from handrail.testing import Told
from standin.world import World

LEASE = timedelta(minutes=6)
"""How long after a run the next one comes: what the first had in hand is free by then."""


class Death(BaseException):
    """The end of a process, as far as a test can play it: nothing that it leaves behind is tidied up."""


@dataclass
class Steps:
    """Counts each statement and commit of the store, and each request before and after; ``die`` is called at one."""

    at: int = 0
    """0: never."""
    die: Callable[[], object] = lambda: None
    count: int = 0
    dead: bool = False

    def step(self, *_: object) -> None:
        """One more; the dead do nothing any more."""
        self.count += 1
        if self.dead or self.count == self.at:
            self.dead = True
            self.die()


@dataclass
class Run:
    """What one seed came to."""

    seed: int
    deaths: int = 0
    struck: int = 0
    """Faults that it met."""
    problems: list[str] = field(default_factory=list)


def die_here() -> None:
    """As the process would, for one that goes on."""
    raise Death


def begin_anew(gitlab: standin.StandIn, facts: Told) -> World:
    """The items as they were before anything was done: a new server for each seed would take longer than its runs."""
    served = gitlab._served  # noqa: SLF001
    served.world = World(facts, url=gitlab.url)
    served._before.clear()  # noqa: SLF001
    gitlab.requests.clear()
    return served.world


def make_template(gitlab: standin.StandIn, folder: Path) -> Path:
    """A store as a reading leaves it, to copy for each seed."""
    path = folder / "template.sqlite"
    with Store.open(path) as store:
        read_into(gitlab.url, store)
    return path


def read_into(url: str, store: Store) -> None:
    """Fill a store from a GitLab."""
    connection = _connection(url, timeout=5)
    try:
        sync(Reader(connection), store, [Source("gitlab-org")])
    finally:
        connection.close()


@cache
def opened(where: str | Path) -> Store:
    """The store at a place, to be used in ``with`` as often as there is another file there.

    It has no connection in between, as one that another process opens; but it need not learn its statements anew, which
    takes longer than a run.
    """
    return Store.open(where)


@contextmanager
def process(url: str, where: str | Path, steps: Steps, timeout: float) -> Iterator[tuple[Store, Connection]]:
    """The store and the connection of one that may die on its way."""
    connection = _connection(url, timeout)
    with opened(where) as store, ExitStack() as after:
        for when in ("before_cursor_execute", "commit"):  # dies where it will
            event.listen(store._engine, when, steps.step)  # noqa: SLF001
            after.callback(event.remove, store._engine, when, steps.step)  # noqa: SLF001
        asked: Any = connection._gitlab.http_request  # noqa: SLF001

        def ask(*args: Any, **kwargs: Any) -> Any:
            steps.step()
            answer = asked(*args, **kwargs)
            steps.step()
            return answer

        connection._gitlab.http_request = ask  # type: ignore[method-assign]  # noqa: SLF001
        try:
            yield store, connection
        finally:
            connection.close()


def _connection(url: str, timeout: float) -> Connection:
    """One that does not wait, and soon gives up."""
    return Connection(url, standin.API_TOKEN, Pace(lambda _: None, lambda: 1.0), timeout=timeout)


def amiss(records: Iterable[Record]) -> Iterator[str]:
    """What stands twice in a journal, and what is not at its end."""
    confirmed: Counter[str] = Counter()
    for one in records:
        confirmed[one.action.key] += one.state == "confirmed"
        if one.state in {"proposed", "approved", "sent"}:
            yield f"{one.action.key} is {one.state}"
    yield from (f"{key} confirmed {count} times" for key, count in confirmed.items() if count > 1)


def each(
    seeds: Iterable[int],
    serving: Callable[[], AbstractContextManager[standin.StandIn]],
    template: Callable[[standin.StandIn, Path], Path],
    go: Callable[[Run, Random, standin.StandIn, Path], None],
) -> Iterator[Run]:
    """One run a seed, at a GitLab and with a store of its own, in which ``go`` does what is tried."""
    with TemporaryDirectory() as name, serving() as gitlab:
        first = template(gitlab, Path(name))
        for seed in seeds:
            run, where = Run(seed), first.with_name("run.sqlite")
            shutil.copy(first, where)
            go(run, Random(seed), gitlab, where)
            where.unlink()
            yield run


def watched(runs: Iterable[Run], what: str, say: Callable[[str], None]) -> list[Run]:
    """The runs, while what is wrong in one, and every hundredth, is said."""
    done = []
    for run in runs:
        done.append(run)
        for problem in run.problems:
            say(f"{what}: seed {run.seed}: {problem}")
        if run.seed % 100 == 0:
            say(f"{what}: {run.seed:,} seeds, {sum(bool(one.problems) for one in done)} of them with a problem")
    return done
