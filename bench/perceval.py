"""What a well-known collector takes for the same items: perceval, beside Handrail, on one stand-in.

Perceval is no part of the project: this installs it from PyPI into an environment of its own, ``build/bench/perceval``.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from bench.asked import HISTORIES, ISSUES, MERGE_REQUESTS, Asked
from bench.figures import Figure
from bench.files import FOLDER, ROOT
from bench.reading import Read, one_of, read_once
from bench.served import Served, served, serving

PROJECT = "gitlab-org/omnibus-gitlab"
EACH, QUICK_EACH = 500, 50
"""Issues, and merge requests: it takes its time."""
ITEMS_OF_DEMO = 8.0
"""So many items the demo team has for each issue that is read of the one project."""
PLACE = FOLDER / "perceval"
SHOWN = PLACE.relative_to(ROOT)
CATEGORIES = {ISSUES: "issue", MERGE_REQUESTS: "merge_request"}
SAID_EVERY = 10.0
"""Seconds."""
_SINGLE = re.compile(r"/notes/\d+/award_emoji$|/versions/\d+$")


@dataclass(frozen=True)
class Taken:
    """What one kind took: items, requests, those for the emoji of single notes and for single versions, seconds."""

    items: int
    requests: int
    single: int
    seconds: float


def perceval(say: Callable[[str], None], *, quick: bool) -> Iterator[Figure]:
    """Both read every issue and every merge request of one project, one after the other."""
    version = installed(say)
    if version is None:
        note = f"perceval could not be installed into {SHOWN}"
        yield Figure("Beside perceval", "not measured", None, "", note=note)
        return
    each = QUICK_EACH if quick else EACH
    say(f"perceval: starting a stand-in with {2 * each:,} items")
    with TemporaryDirectory() as folder, served(serving(int(each * ITEMS_OF_DEMO), each, PROJECT)) as gitlab:
        taken = {kind: _taken(gitlab, kind, Path(folder), say) for kind in CATEGORIES}
        say("perceval: and Handrail")
        ours = read_once(gitlab, str(Path(folder) / "store.sqlite"), group=PROJECT)
    yield from _beside(version, taken, ours)


def installed(say: Callable[[str], None]) -> str | None:
    """Perceval's version; None, and said, where it cannot be installed."""
    program = PLACE / "bin" / "perceval"
    if not program.exists():
        say(f"perceval: installing it from PyPI into {SHOWN}")
        shutil.rmtree(PLACE, ignore_errors=True)
        python = str(PLACE / "bin" / "python")
        pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "perceval"]
        for command in ([sys.executable, "-m", "venv", str(PLACE)], pip):
            done = subprocess.run(command, check=False, capture_output=True, text=True)
            if done.returncode:
                say(f"perceval: it could not be installed, so it is not measured:\n{done.stderr.strip()}")
                shutil.rmtree(PLACE, ignore_errors=True)  # or the next run would take the half for the whole
                return None
    done = subprocess.run([program, "--version"], check=True, capture_output=True, text=True)
    return done.stdout.strip().rpartition(" ")[2]


def _taken(gitlab: Served, kind: str, folder: Path, say: Callable[[str], None]) -> Taken:
    """Perceval's own command, as whoever collects with it runs it."""
    owner, _, repository = PROJECT.partition("/")
    output, log = folder / f"{kind}.jsonl", folder / f"{kind}.log"
    command = [
        str(PLACE / "bin" / "perceval"),
        "gitlab",
        owner,
        repository.replace("/", "%2F"),
        "--url",
        gitlab.url,
        "-t",
        gitlab.token,
    ]
    command += ["--category", CATEGORIES[kind], "--no-archive", "--json-line", "-o", str(output)]
    words = kind.replace("_", " ")
    say(f"perceval: {words}")
    started = perf_counter()
    with log.open("wb") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file, env={**os.environ, "NO_PROXY": "127.0.0.1"})
        while True:
            try:
                code = process.wait(SAID_EVERY)
            except subprocess.TimeoutExpired:
                say(f"perceval: {words}, {gitlab.count():,} requests in {perf_counter() - started:.0f} s")
                continue
            break
    seconds = perf_counter() - started
    if code:
        raise RuntimeError(f"perceval failed: {log.read_text(encoding='utf-8')}")
    requests = gitlab.asked()
    with output.open("rb") as lines:
        items = sum(1 for _ in lines)
    return Taken(items, len(requests), single(requests), seconds)


def single(requests: Sequence[Asked]) -> int:
    """Requests that grow with what an item holds: one for the emoji of each note, one for each version."""
    return sum(bool(_SINGLE.search(request.path)) for request in requests)


def _beside(version: str, taken: dict[str, Taken], ours: Read) -> Iterator[Figure]:
    counts = " and ".join(f"{taken[kind].items:,} {kind.replace('_', ' ')}" for kind in CATEGORIES)
    group = f"Beside perceval {version}, {counts} of one project"
    for kind, theirs in taken.items():
        one = one_of(kind)
        rest = (theirs.requests - theirs.single) / theirs.items
        what = "note's emoji" if kind == ISSUES else "note's emoji and of each version"
        note = f"{theirs.requests:,} requests; {rest:.2f} without those of each {what}"
        yield Figure(group, f"requests per {one}, perceval", theirs.requests / theirs.items, "", note=note)
        note = f"{ours.of(kind):,} requests for {ours.cost.items[kind]:,}"
        if kind == MERGE_REQUESTS and ours.opened:
            note += f"; {ours.of(HISTORIES):,} more for the histories of {ours.opened:,} open ones"
        yield Figure(group, f"requests per {one}, handrail", ours.each(kind), "", note=note)
    theirs_in_all = sum(one.seconds for one in taken.values())
    for kind, theirs in taken.items():
        each = theirs.seconds / theirs.items * 1000
        yield Figure(group, f"time per {one_of(kind)}, perceval", each, "ms", note=f"{theirs.seconds:.1f} s")
    items = sum(theirs.items for theirs in taken.values())
    each = theirs_in_all / items * 1000
    yield Figure(group, "time per item, perceval", each, "ms", note=f"{theirs_in_all:.1f} s; keeps them in a file")
    each = ours.cost.seconds / sum(ours.cost.items.values()) * 1000
    note = f"{ours.cost.seconds:.1f} s, what surrounds the items included; keeps them in SQLite"
    yield Figure(group, "time per item, handrail", each, "ms", note=note)
