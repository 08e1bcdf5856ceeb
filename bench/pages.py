"""The pages of a running `handrail serve` over a large store: how long each takes, and what a first visit fetches."""

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import chain
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from threading import Lock, Thread
from time import perf_counter
from urllib.parse import quote

import msgspec

from bench.figures import Figure, quantile
from bench.files import PEOPLE, stored
from bench.reading import team_file
from bench.running import PATIENCE, Running, ask, running
from handrail.demo import NOW
from handrail.store.database import Store

SIZE, QUICK_SIZE = 100_000, 2_000
PER_SECOND = 10
"""Pages that people ask for: each of them one every five seconds."""
SECONDS, QUICK_SECONDS = 90, 5
CONNECTIONS = 8
TIMES, QUICK_TIMES = 20, 2
"""How often a page is asked for to see what of the processor it takes."""
PAGE, QUEUE = 50.0, 20.0
FIRST_VIEW = 60.0
PAGES = (
    "/",
    "/team",
    "/duty",
    "/requests",
    "/clocks",
    "/changes",
    "/milestone",
    "/quarter",
    "/handbook",
    "/search?q=libxml2+bug",
    "/api/v1/queue",
    "/api/v1/findings",
)
NOWHERE = "127.0.0.1:9"
"""Where no GitLab answers: nothing is read meanwhile, and what is shown stays as it was filled."""
BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}
_FILES = re.compile(r'(?:src|href)="(/static/[^"]+)"')


def pages(say: Callable[[str], None], *, quick: bool) -> Iterator[Figure]:
    """Each page alone, then all of them by lot as a team asks for them."""
    size, seconds = (QUICK_SIZE, QUICK_SECONDS) if quick else (SIZE, SECONDS)
    group = f"handrail serve, {size:,} items, {PEOPLE} people, {PER_SECOND} pages a second"
    with TemporaryDirectory() as folder:
        place, handbook = stored(size, Path(folder), say), team_file(Path(folder))
        with Store.open(place) as store:
            with store._aside() as writing:  # noqa: SLF001  # an open demo is of a GitLab on this machine
                writing.exec_driver_sql(f"UPDATE origin SET gitlab = '{NOWHERE}'")
            item = next(one for one, _ in store.facts(NOW).items(histories=False, closed=False) if one.sigil == "!")
        people = sorted(msgspec.json.decode(handbook.read_bytes())["people"])
        say(f"pages: starting with {size:,} items")
        with running(place, handbook, {"GITLAB_URL": f"http://{NOWHERE}", "GITLAB_TOKEN": "none"}) as server:
            yield Figure(group, "memory of the process before", server.now_mib(), "MiB")
            paths = (*PAGES, f"/items/{quote(item.ref)}")
            _until_quiet(server)
            notes = {path: _alone(server, path, QUICK_TIMES if quick else TIMES) for path in paths}
            say(f"pages: {PER_SECOND} a second for {seconds} s")
            took = _together(server, ("/", "/", "/", *paths), people, seconds)  # the queue is asked for most
            for path in paths:
                name = "/items/…" if path.startswith("/items/") else path
                goal = QUEUE if path == "/" else PAGE
                yield Figure(group, f"{name}, p95", 1e3 * quantile(took[path], 0.95), "ms", goal, notes[path])
            every = [*chain.from_iterable(took.values())]
            yield Figure(group, "all of them, p95", 1e3 * quantile(every, 0.95), "ms", PAGE, f"{len(every):,} pages")
            yield from _first_view(group, server)
            yield Figure(group, "memory of the process after", server.now_mib(), "MiB")


def _until_quiet(server: Running) -> None:
    """Wait until what is worked out ahead is: what a page takes is to be the page's own."""
    before, until = -1.0, perf_counter() + PATIENCE
    while (now := server.computed()) > before + 0.05 and perf_counter() < until:
        before = now
        time.sleep(1)


def _alone(server: Running, path: str, times: int) -> str:
    """What a page costs, asked for by one reader: for the first, and for those after. Raises RuntimeError for none."""
    with closing(server.connection()) as connection:
        first, status, body = ask(connection, path)
        if status != 200:
            raise RuntimeError(f"{path} answers {status}: {body[:200]!r}")
        began = server.computed()
        for _ in range(times):
            ask(connection, path)
        each = 1e3 * (server.computed() - began) / times
    return f"{each:.0f} ms of the processor; the first reader {1e3 * first:.0f} ms; {len(body):,} bytes"


def _together(server: Running, paths: Sequence[str], people: Sequence[str], seconds: int) -> dict[str, list[float]]:
    """Everybody asks for a page every so often, by lot: seconds that each took, by page."""
    chance, count = Random(1), seconds * PER_SECOND
    asked = [(paths[number % len(paths)], chance.choice(people)) for number in range(count)]
    chance.shuffle(asked)
    due, lock, began = iter(enumerate(asked)), Lock(), perf_counter()
    took: dict[str, list[float]] = {path: [] for path in paths}

    def reads() -> None:
        with closing(server.connection()) as connection:
            while True:
                with lock:
                    number, (path, name) = next(due, (0, ("", "")))
                if not path:
                    return
                time.sleep(max(0.0, began + number / PER_SECOND - perf_counter()))
                took[path].append(ask(connection, path, {"Cookie": f"handrail-as={name}"})[0])

    readers = [Thread(target=reads) for _ in range(CONNECTIONS)]
    for reader in readers:
        reader.start()
    for reader in readers:
        reader.join()
    return took


def _first_view(group: str, server: Running) -> Iterator[Figure]:
    """The queue with all it links to, as it is sent to a browser that knows nothing yet."""
    with closing(server.connection()) as connection:
        page = ask(connection, "/", BROWSER)[2]
        files = sorted(set(_FILES.findall(page.decode())))
        sizes = [len(ask(connection, path, BROWSER)[2]) for path in files]
    note = f"{len(page) / 1000:.1f} kB the page, {sum(sizes) / 1000:.1f} kB {len(files)} files"
    yield Figure(group, "first view", (len(page) + sum(sizes)) / 1000, "kB", FIRST_VIEW, note)
