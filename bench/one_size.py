"""A fresh process that loads one snapshot file, works out everybody's queue and prints what that cost, as JSON."""

import sys
from pathlib import Path
from time import perf_counter

import msgspec
from msgspec import Struct

from bench.memory import peak_mib
from handrail.engine.assemble import assemble
from handrail.handbook.compiled import read
from handrail.rules.work_queue import WorkQueue
from handrail.store.snapshot_file import SnapshotFile


class Cost(Struct, frozen=True):
    """Seconds and MiB of memory; ``entries`` are of all queues together."""

    open_items: int
    people: int
    entries: int
    load: float
    queues: float
    loaded_mib: float
    peak_mib: float


def measure(file: Path, cache: Path) -> Cost:
    """Load the open items, then the queue of every person of the team."""
    handbook = read(None, cache)
    started = perf_counter()
    snapshot = assemble(SnapshotFile(file), handbook)
    loaded = perf_counter()
    loaded_mib = peak_mib()
    queue = WorkQueue(snapshot, handbook)
    entries = sum(len(queue.rank(person)) for person in snapshot.people)
    done = perf_counter()
    return Cost(
        len(snapshot.items),
        len(snapshot.people),
        entries,
        loaded - started,
        done - loaded,
        loaded_mib,
        peak_mib(),
    )


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(measure(Path(sys.argv[1]), Path(sys.argv[2]))))
