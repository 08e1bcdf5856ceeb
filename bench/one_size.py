"""A fresh process that loads one snapshot file, works out everybody's queue and prints what that cost, as JSON."""

import resource
import sys
from pathlib import Path
from time import perf_counter

import msgspec
from msgspec import Struct

from handrail.engine.assemble import assemble
from handrail.handbook.compiled import read
from handrail.rules.work_queue import WorkQueue
from handrail.store.snapshot_file import SnapshotFile

MIB = 2**20


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


def peak_mib() -> float:
    """The most memory this process has held; elsewhere than on Linux the count may include its parent's."""
    try:
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / MIB
    except OSError:
        pass
    bytes_each = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * bytes_each / MIB


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(measure(Path(sys.argv[1]), Path(sys.argv[2]))))
