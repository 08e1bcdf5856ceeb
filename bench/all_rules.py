"""All rules and the plan over growing teams, and what one event costs: every rule about the one item it concerns."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time_ns

import msgspec

from bench.figures import Figure, median, quantile
from bench.files import ROOT, open_items
from bench.one_round import Cost
from handrail.cli.chosen import read_handbook
from handrail.engine.assemble import assemble
from handrail.rules.catalogue import findings, findings_about
from handrail.rules.desk import Desk
from handrail.store.snapshot_file import SnapshotFile

SIZES = (10_000, 100_000, 1_000_000)
RUNS = 3
SECONDS, MIB, MICROSECONDS = 6.0, 500.0, 300.0
"""The targets: of the largest size, and of one event."""


def all_rules(say: Callable[[str], None], *, quick: bool) -> Iterator[Figure]:
    """Each size in processes of its own; the median of their times, the most of their memory."""
    read_handbook(None)  # compiled before: no run does it
    for size in SIZES[:1] if quick else SIZES:
        file, _ = open_items(size, say)
        costs = []
        for run in range(1, RUNS + 1):
            say(f"all rules: {size:,} items, run {run} of {RUNS}")
            costs.append(_cost(file))
        yield from _size(costs, size, largest=size == SIZES[-1])
    yield from _events(say, SIZES[0] if quick else SIZES[1])


def _size(costs: list[Cost], size: int, *, largest: bool) -> Iterator[Figure]:
    count = costs[0].open_items
    group = f"All rules, {size:,} items, {count:,} of them open"
    asked, planned = median([cost.rules for cost in costs]), median([cost.plan for cost in costs])
    note = f"{costs[0].findings:,} findings; median of {len(costs)} fresh processes"
    yield Figure(group, "all rules, after loading", asked, "s", SECONDS if largest else None, note)
    yield Figure(group, "all rules, per open item", asked / count * 1e6, "µs")
    yield Figure(group, "the plan of what they find", planned, "s", note=f"{costs[0].actions:,} actions")
    peak = max(cost.peak_mib for cost in costs)
    yield Figure(group, "peak memory", peak, "MiB", MIB if largest else None, note="of the whole process")


def _events(say: Callable[[str], None], size: int) -> Iterator[Figure]:
    file, _ = open_items(size, say)
    say(f"all rules: one item of {size:,} at a time")
    handbook = read_handbook(None)
    desk = Desk(assemble(SnapshotFile(file), handbook, closed=True), handbook)
    findings(desk)  # calendars and the like are there, as in a running service
    taken = []
    for item in desk.snapshot.items:
        started = process_time_ns()
        findings_about(item, desk)
        taken.append((process_time_ns() - started) / 1000)
    note = f"each of {len(taken):,} open items timed by itself"
    group = f"One event, all rules, one of {size:,} items"
    yield Figure(group, "findings_about, median", median(taken), "µs", MICROSECONDS, note)
    yield Figure(group, "findings_about, 99 of 100", quantile(taken, 0.99), "µs", note=note)


def _cost(file: Path) -> Cost:
    done = subprocess.run(
        [sys.executable, "-m", "bench.one_round", str(file)], cwd=ROOT, check=True, stdout=subprocess.PIPE
    )
    return msgspec.json.decode(done.stdout, type=Cost)
