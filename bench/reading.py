"""Reading a GitLab into a store, first and again, on both databases; then a queue from what was read."""

import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec

from bench.asked import AROUND, ELSEWHERE, HISTORIES, ISSUES, MERGE_REQUESTS, what_for
from bench.cold_start import MILLISECONDS, QUICK_RUNS, READER, RUNS, run
from bench.figures import Figure, median
from bench.files import CACHE, PEOPLE, ROOT
from bench.one_reading import Job, Reading
from bench.postgresql import postgresql
from bench.served import Served, Serving, served, serving
from handrail.demo import NOW, DemoTeam
from handrail.demo.team import LEAST

EACH, QUICK_EACH = 10_000, 500
"""Issues, and merge requests."""
ITEMS_OF_DEMO = 2.4
"""So many items the demo team has for each issue that is read: some are epics, or of other teams' projects."""
TARGETS = {ISSUES: 0.02, MERGE_REQUESTS: 0.04}
HISTORIES_EACH = 2.0
AGAIN = 1.0
Counts = Counter[tuple[str, str]]


@dataclass(frozen=True)
class Read:
    """One reading: its cost as the reader tells it, and its requests as the GitLab counted them."""

    cost: Reading
    asked: Counts
    opened: int
    """Merge requests whose label and milestone events were read by themselves."""

    def each(self, kind: str) -> float:
        """Requests per item of the kind, without the histories of single merge requests."""
        return self.of(kind) / self.cost.items[kind]

    def of(self, purpose: str) -> int:
        """Requests for the purpose."""
        return sum(count for (_, what), count in self.asked.items() if what == purpose)

    @property
    def most(self) -> int:
        """Of any source and kind."""
        return max(count for (_, what), count in self.asked.items() if what in TARGETS)


def reading(say: Callable[[str], None], *, quick: bool) -> Iterator[Figure]:
    """The stand-in and each reading are processes of their own, on this machine."""
    each = QUICK_EACH if quick else EACH
    what = serving(int(each * ITEMS_OF_DEMO), each)
    with TemporaryDirectory() as folder:
        place = Path(folder)
        handbook = team_file(place)
        file = str(place / "store.sqlite")
        yield from _first_and_again("SQLite", what, file, handbook, say)
        with postgresql(place) as url:
            yield from _first_and_again("PostgreSQL", what, url, handbook, say)
            runs = QUICK_RUNS if quick else RUNS
            group = f"A queue from the store of {2 * each:,} items, in new processes"
            for name, where in (("SQLite", file), ("PostgreSQL", url)):
                say(f"reading: a queue from {name}, {runs} runs")
                yield _queue(group, name, where, handbook, runs)


def read_once(gitlab: Served, store: str, *, handbook: Path | None = None, group: str | None = None) -> Read:
    """Read in a new process; the GitLab has to have been asked nothing else since it was asked what it was asked."""
    job = Job(gitlab.url, gitlab.token, store, str(CACHE), str(handbook) if handbook else None, group)
    done = subprocess.run(
        [sys.executable, "-m", "bench.one_reading", msgspec.json.encode(job).decode()],
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
    )
    cost = msgspec.json.decode(done.stdout, type=Reading)
    if cost.problems:
        raise RuntimeError(f"the reading had trouble: {'; '.join(cost.problems)}")
    requests = gitlab.asked()
    if len(requests) != cost.requests:
        raise RuntimeError(f"the reader sent {cost.requests} requests, the stand-in had {len(requests)}")
    opened = sum(request.path.endswith("/resource_label_events") for request in requests)
    return Read(cost, what_for(requests), opened)


def one_of(kind: str) -> str:
    """The kind in words, one item of it."""
    return kind.replace("_", " ").removesuffix("s")


def team_file(folder: Path) -> Path:
    """A handbook that names the demo team's people."""
    path = folder / "team.yml"
    path.write_bytes(msgspec.json.encode({"people": dict(DemoTeam(LEAST, PEOPLE).team().people)}))
    return path


def _first_and_again(
    name: str, what: Serving, store: str, handbook: Path, say: Callable[[str], None]
) -> Iterator[Figure]:
    say(f"reading: starting a stand-in with {2 * what.each:,} items")
    with served(what) as gitlab:
        say(f"reading: first, into {name}")
        first = read_once(gitlab, store, handbook=handbook)
        repeated = []
        for _ in range(2):
            gitlab.later()
            say(f"reading: again, into {name}")
            repeated.append(read_once(gitlab, store, handbook=handbook))
    issues, merge_requests = (first.cost.items[kind] for kind in (ISSUES, MERGE_REQUESTS))
    yield from _first(f"First reading of {issues:,} issues and {merge_requests:,} merge requests into {name}", first)
    yield from _again(f"Repeated reading of the same into {name}", *repeated)


def _first(group: str, first: Read) -> Iterator[Figure]:
    around, elsewhere = first.of(AROUND), first.of(ELSEWHERE)
    note = f"{around:,} for what surrounds {first.cost.sources} sources, {elsewhere:,} for people's lists elsewhere"
    yield Figure(group, "requests", first.cost.requests, "", note=note)
    for kind, target in TARGETS.items():
        note = f"{first.of(kind):,} requests; counted by the stand-in"
        aim = target if first.cost.items[kind] >= EACH else None  # half-filled pages weigh little only then
        yield Figure(group, f"requests per {one_of(kind)}", first.each(kind), "", aim, note)
    if first.opened:
        note = f"label and milestone events of {first.opened:,}, besides the above"
        per = first.of(HISTORIES) / first.opened
        yield Figure(group, "requests per open merge request's history", per, "", HISTORIES_EACH, note)
    yield from _cost(group, first.cost)
    rate = sum(first.cost.items.values()) / first.cost.seconds
    yield Figure(group, "items a second", rate, "", note="with everything that is asked")


def _again(group: str, soon: Read, later: Read) -> Iterator[Figure]:
    """``soon`` reads again what changed in the two minutes before the first reading, ``later`` finds nothing."""
    note = f"{sum(soon.cost.items.values())} items of the two minutes before it are read again"
    yield Figure(group, "requests, an hour after the first reading", soon.cost.requests, "", note=note)
    note = f"{later.of(AROUND):,} for what surrounds the sources, {later.of(ELSEWHERE):,} for people's lists elsewhere"
    yield Figure(group, "requests, another hour later", later.cost.requests, "", note=note)
    listed = sum(map(later.of, TARGETS))
    note = f"the most of any, nothing changed; {listed} for {later.cost.sources} sources of {len(TARGETS)} kinds"
    yield Figure(group, "requests per source and kind", later.most, "", AGAIN, note)
    yield from _cost(group, later.cost)


def _cost(group: str, cost: Reading) -> Iterator[Figure]:
    note = f"{cost.computing:.1f} s of it the reader's own computing"
    yield Figure(group, "seconds", cost.seconds, "s", note=note)
    yield Figure(group, "peak memory", cost.peak_mib, "MiB", note="of the reading process")


def _queue(group: str, name: str, store: str, handbook: Path, runs: int) -> Figure:
    settings = {"HANDRAIL_STORE": store, "HANDRAIL_HANDBOOK": str(handbook), "HANDRAIL_NOW": NOW.isoformat()}
    again = partial(run, ("next", "--as", READER), settings=settings)
    again()  # compiles the handbook
    taken = [again() for _ in range(runs)]
    note = f"median of {runs}; {min(taken):.0f} to {max(taken):.0f} ms"
    return Figure(group, f"handrail next --as {READER}, {name}", median(taken), "ms", MILLISECONDS, note)
