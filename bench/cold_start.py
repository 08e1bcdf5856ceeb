"""Whole commands from the first instruction of a new process to its end, as a person at a terminal waits for them."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from bench.figures import Figure, median
from bench.files import CACHE, ROOT, whole

SIZE = 10_000
RUNS, QUICK_RUNS, FIRST_RUNS = 15, 5, 3
MILLISECONDS = 600.0
HANDRAIL = Path(sys.executable).with_name("handrail")
READER = "nadia"
NOTHING: Mapping[str, str] = {}


def cold_start(say: Callable[[str], None], *, quick: bool) -> Iterator[Figure]:
    """Each command several times in new processes; the files it reads are in the system's cache."""
    file, _ = whole(SIZE, say)
    runs = QUICK_RUNS if quick else RUNS
    group = "Whole commands, in new processes"
    snapshot = ("--snapshot", str(file))
    for name, arguments, target in (
        (f"next --as {READER}, {SIZE:,} items", (*snapshot, "next", "--as", READER), MILLISECONDS),
        (f"next --team, {SIZE:,} items", (*snapshot, "next", "--team"), None),
        (f"--demo next --as {READER}", ("--demo", "next", "--as", READER), None),
        ("--version", ("--version",), None),
        ("--help", ("--help",), None),
    ):
        say(f"cold start: handrail {name}, {runs} runs")
        run(arguments)
        taken = [run(arguments) for _ in range(runs)]
        note = f"median of {runs}; {min(taken):.0f} to {max(taken):.0f} ms"
        yield Figure(group, f"handrail {name}", median(taken), "ms", target, note)
    yield _first(group, (*snapshot, "next", "--as", READER), say)


def _first(group: str, arguments: tuple[str, ...], say: Callable[[str], None]) -> Figure:
    """A person's first command ever, which compiles the handbook besides."""
    say("cold start: without a compiled handbook")
    taken = []
    for _ in range(FIRST_RUNS):
        with TemporaryDirectory() as empty:
            taken.append(run(arguments, Path(empty)))
    note = f"compiles the handbook; median of {FIRST_RUNS}; {min(taken):.0f} to {max(taken):.0f} ms"
    return Figure(group, f"handrail next --as {READER}, first time ever", median(taken), "ms", note=note)


def run(arguments: tuple[str, ...], cache: Path = CACHE, settings: Mapping[str, str] = NOTHING) -> float:
    """Milliseconds that one command takes; ``settings`` are environment variables of Handrail's."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HANDRAIL_")}
    environment |= {"XDG_CACHE_HOME": str(cache), **settings}
    started = perf_counter()
    subprocess.run([HANDRAIL, *arguments], cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
    return (perf_counter() - started) * 1000
