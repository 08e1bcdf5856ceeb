"""Loading, and everybody's queue, over growing teams: time, memory, and whether the cost stays linear in open items."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

import msgspec

from bench.figures import Figure, median
from bench.files import CACHE, PEOPLE, ROOT, open_items
from bench.one_size import Cost
from handrail.handbook.compiled import read

SIZES = (10_000, 100_000, 1_000_000)
RUNS = 3
SECONDS, MIB = 2.5, 400.0
"""The targets, for the largest size."""


def queues(say: Callable[[str], None], *, quick: bool) -> Iterator[Figure]:
    """Each size in processes of its own; the median of their times, the most of their memory."""
    read(None, CACHE)  # compiled before: no run does it, nor holds what it takes
    sizes: list[tuple[int, int, float]] = []
    for size in SIZES[:1] if quick else SIZES:
        file, seconds = open_items(size, say)
        costs = []
        for run in range(1, RUNS + 1):
            say(f"queues: {size:,} items, run {run} of {RUNS}")
            costs.append(_cost(file))
        group = f"{size:,} items, {costs[0].open_items:,} of them open, {PEOPLE} people"
        yield from _size(group, costs, seconds, largest=size == SIZES[-1])
        sizes.append((size, costs[0].open_items, median([cost.queues for cost in costs])))
    yield from _linearity(sizes)


def _linearity(sizes: list[tuple[int, int, float]]) -> Iterator[Figure]:
    """What one more open item costs between two sizes: that leaves out what each team costs once, its calendars."""
    each = []
    for (smaller, few, before), (larger, many, after) in pairwise(sizes):
        each.append((after - before) / (many - few) * 1e6)
        yield Figure("Linearity", f"one more open item, from {smaller:,} to {larger:,} items", each[-1], "µs")
    if len(each) > 1:
        yield Figure("Linearity", "the latter to the former", each[-1] / each[0], "times", note="1 is linear")


def _size(group: str, costs: list[Cost], making: float, *, largest: bool) -> Iterator[Figure]:
    count = costs[0].open_items
    load, work = (median([getattr(cost, name) for cost in costs]) for name in ("load", "queues"))
    if making:
        yield Figure(group, "making the snapshot file", making, "s", note="once, kept in build/bench")
    yield Figure(group, "loading", load, "s", note="open items only, no histories")
    yield Figure(group, "loading, per open item", load / count * 1e6, "µs")
    yield Figure(
        group,
        "all queues, after loading",
        work,
        "s",
        SECONDS if largest else None,
        note=f"{costs[0].entries:,} entries; median of {len(costs)} fresh processes",
    )
    yield Figure(group, "all queues, per open item", work / count * 1e6, "µs")
    yield Figure(group, "peak memory after loading", max(cost.loaded_mib for cost in costs), "MiB")
    yield Figure(
        group,
        "peak memory with all queues",
        max(cost.peak_mib for cost in costs),
        "MiB",
        MIB if largest else None,
        note="of the whole process",
    )


def _cost(file: Path) -> Cost:
    done = subprocess.run(
        [sys.executable, "-m", "bench.one_size", str(file), str(CACHE)], cwd=ROOT, check=True, stdout=subprocess.PIPE
    )
    return msgspec.json.decode(done.stdout, type=Cost)
