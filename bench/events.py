"""What one event costs: deciding anew about the one item that it concerns."""

from collections.abc import Callable, Iterator
from time import perf_counter_ns

from bench.figures import Figure, median, quantile
from bench.files import CACHE, open_items
from handrail.engine.assemble import assemble
from handrail.handbook.compiled import read
from handrail.rules.work_queue import WorkQueue
from handrail.store.snapshot_file import SnapshotFile

SIZE = 100_000
QUICK_SIZE = 10_000
MICROSECONDS = 100.0


def events(say: Callable[[str], None], *, quick: bool) -> Iterator[Figure]:
    """Every open item once, each timed by itself, with the calendars worked out before as in a running service."""
    size = QUICK_SIZE if quick else SIZE
    file, _ = open_items(size, say)
    say(f"events: one item of {size:,} at a time")
    handbook = read(None, CACHE)
    queue = WorkQueue(assemble(SnapshotFile(file), handbook), handbook)
    items = queue.snapshot.items
    for item in items:
        queue.consider(item)
    taken = []
    for item in items:
        started = perf_counter_ns()
        queue.consider(item)
        taken.append((perf_counter_ns() - started) / 1000)
    group = f"One event, one of {size:,} items"
    note = f"each of {len(items):,} open items timed by itself"
    yield Figure(group, "WorkQueue.consider, median", median(taken), "µs", MICROSECONDS, note)
    yield Figure(group, "WorkQueue.consider, 99 of 100", quantile(taken, 0.99), "µs", MICROSECONDS, note)
