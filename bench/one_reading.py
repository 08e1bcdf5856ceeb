"""A fresh process that reads a GitLab into a store once and prints what that cost, as JSON. It says how far it is."""

import sys
from contextlib import closing
from pathlib import Path
from time import perf_counter, process_time

import msgspec
from msgspec import Struct

from bench.memory import peak_mib
from handrail.engine.sync import Step, sync
from handrail.gitlab.connection import Connection
from handrail.gitlab.histories import Team
from handrail.gitlab.reader import Reader
from handrail.gitlab.sources import Source, sources
from handrail.handbook.compiled import read
from handrail.store.database import Store

OFTEN = 1_000
"""Items between two lines about how far it is."""


class Job(Struct, frozen=True):
    """What to read, as ``handrail sync`` is told it: ``group`` in place of the handbook's sources."""

    url: str
    token: str
    store: str
    cache: str
    handbook: str | None = None
    group: str | None = None


class Reading(Struct, frozen=True):
    """What it cost: seconds by the clock, seconds of this process's own computing, MiB at the most."""

    seconds: float
    computing: float
    peak_mib: float
    requests: int
    sources: int
    """Those of which more than epics is read."""
    items: dict[str, int]
    """By kind."""
    problems: tuple[str, ...]


def measure(job: Job) -> Reading:
    """Read what the job says."""
    started, computed = perf_counter(), process_time()
    handbook = read(Path(job.handbook) if job.handbook else None, Path(job.cache))
    wanted = (Source(job.group),) if job.group else sources(handbook.sources.values())
    counts: dict[tuple[str, str], int] = {}

    def show(step: Step) -> None:
        before = counts.get((step.source, step.kind), 0)
        counts[step.source, step.kind] = step.items
        if step.items // OFTEN > before // OFTEN or (step.done and step.items):
            print(f"  {step.source}: {step.items:,} {step.kind.replace('_', ' ')}", file=sys.stderr, flush=True)

    with closing(Connection(job.url, job.token)) as connection, Store.open(job.store) as store:
        report = sync(Reader(connection, Team.of(handbook)), store, wanted, handbook.people, show)
    items: dict[str, int] = {}
    for (_, kind), count in counts.items():
        items[kind] = items.get(kind, 0) + count
    around = sum(not source.only_epics for source in wanted)
    seconds, computing = perf_counter() - started, process_time() - computed
    return Reading(seconds, computing, peak_mib(), connection.requests, around, items, report.problems)


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(measure(msgspec.json.decode(sys.argv[1], type=Job))))
