"""A fresh process that loads a snapshot file, asks all rules, makes the plan, and prints what that cost, as JSON."""

import sys
from pathlib import Path
from time import process_time

import msgspec
from msgspec import Struct

from bench.memory import peak_mib
from handrail.cli.chosen import read_handbook
from handrail.engine.assemble import assemble
from handrail.plan.planner import make_plan
from handrail.rules.catalogue import findings
from handrail.rules.desk import Desk
from handrail.store.snapshot_file import SnapshotFile


class Cost(Struct, frozen=True):
    """Seconds of computing, on a busy machine without the waiting for others, and MiB of memory."""

    open_items: int
    findings: int
    actions: int
    load: float
    rules: float
    plan: float
    peak_mib: float


def measure(file: Path) -> Cost:
    """Load the items, ask every rule about all of them, and plan."""
    handbook = read_handbook(None)
    started = process_time()
    snapshot = assemble(SnapshotFile(file), handbook, closed=True)
    loaded = process_time()
    found = findings(Desk(snapshot, handbook))
    asked = process_time()
    plan = make_plan(found, snapshot, handbook)
    done = process_time()
    return Cost(
        len(snapshot.items),
        len(found),
        len(plan.actions),
        loaded - started,
        asked - loaded,
        done - asked,
        peak_mib(),
    )


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.encode(measure(Path(sys.argv[1]))))
