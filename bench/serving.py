"""A running `handrail serve` under load: webhooks beside a sweep that never ends, and a burst of them.

Server, stand-in and callers are processes of their own. The sweep is the server's own job: whenever it has ended it is
made due again, with nothing known of what was read, so that it reads and writes everything once more.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from urllib.parse import quote

import msgspec

from bench.figures import Figure, median, quantile
from bench.reading import ITEMS_OF_DEMO, read_once, team_file
from bench.running import Running, ask, running
from bench.served import served
from bench.served import serving as part
from handrail.demo import NOW
from handrail.model.items import Item
from handrail.store.database import Store
from standin import API_TOKEN

EACH, QUICK_EACH = 5_000, 250
"""Issues, and merge requests."""
PER_SECOND = 50
SECONDS, QUICK_SECONDS = 60, 4
BURST, QUICK_BURST = 1_000, 100
ISSUES = 500
"""So many issues the webhooks tell of, in turn."""
CALLERS = 8
"""Connections that webhooks come over."""
LOOKS_EVERY = 0.02
"""Seconds between two looks of the reader."""
SECRET = "of-the-bench-alone"
ACCEPTED, DECIDED = 50.0, 500.0
PATIENCE = 60.0


@dataclass
class Load:
    """What callers did, and what the store has to tell afterwards."""

    items: Sequence[Item]
    numbers: Iterator[int] = field(default_factory=count)
    accepted: list[float] = field(default_factory=list)
    """Seconds until each was answered."""
    empty: list[float] = field(default_factory=list)
    """The same of questions that take nothing, meanwhile."""
    refused: int = 0
    told: dict[str, list[str]] = field(default_factory=dict)
    """The labels that were put on, by item, in order."""
    newest: tuple[str, str, float] | None = None
    """Of what was sent last: the item, its title then, and when."""

    def call(self, number: int) -> bytes:
        """A webhook: one more label on the next item, and another title."""
        item, label = self.items[number % len(self.items)], f"load-{number}"
        known = [*item.labels, *self.told.setdefault(item.ref, [])]
        self.told[item.ref].append(label)
        at = f"{NOW + timedelta(seconds=1 + number):%Y-%m-%d %H:%M:%S} UTC"
        before = [{"title": one} for one in known]
        body = {
            "object_kind": "issue",
            "user": {"username": item.author},
            "project": {"path_with_namespace": item.project},
            "object_attributes": {
                "iid": item.iid,
                "title": title_of(number),
                "state": "opened",
                "action": "update",
                "updated_at": at,
                "labels": [*before, {"title": label}],
                "description": "word " * 300,
            },
            "changes": {"labels": {"previous": before, "current": [*before, {"title": label}]}},
        }
        return json.dumps(body).encode()


def title_of(number: int) -> str:
    """The title that a webhook gives an item."""
    return f"Told by webhook {number}"


def serving(say: Callable[[str], None], *, quick: bool) -> Iterator[Figure]:
    """One server: webhooks for a while, then a burst; then what it and its store tell."""
    each = QUICK_EACH if quick else EACH
    seconds, burst = (QUICK_SECONDS, QUICK_BURST) if quick else (SECONDS, BURST)
    what = part(int(each * ITEMS_OF_DEMO), each)
    group = f"handrail serve, webhooks beside a sweep of {2 * each:,} items without end, SQLite"
    with TemporaryDirectory() as folder, served(what) as gitlab:
        place, handbook = Path(folder) / "store.sqlite", team_file(Path(folder))
        say(f"serving: reading {2 * each:,} items")
        read_once(gitlab, str(place), handbook=handbook)
        settings = {"GITLAB_URL": gitlab.url, "GITLAB_TOKEN": API_TOKEN, "HANDRAIL_WEBHOOK_SECRET": SECRET}
        with Store.open(place) as store, running(place, handbook, settings) as server, sweeping(store) as sweeps:
            open_items = store.facts(NOW).items(histories=False, closed=False)
            load = Load([item for item, _ in open_items if item.sigil == "#"][:ISSUES])
            say(f"serving: {PER_SECOND} webhooks a second for {seconds} s")
            beside = server.beside()
            before = server.computed(), beside.computed()
            decided = send_steadily(server, load, seconds * PER_SECOND)
            shares = 100 * (server.computed() - before[0]) / seconds, 100 * (beside.computed() - before[1]) / seconds
            yield from _steady(group, load, decided, sweeps)
            yield Figure(group, "processor meanwhile", shares[0], "%", note="of one of the cores")
            yield Figure(group, "processor meanwhile, beside it", shares[1], "%", note="what reads and acts")
            yield Figure(group, "memory of the process then", server.now_mib(), "MiB")
            yield Figure(group, "memory then, beside it", beside.now_mib(), "MiB")
            say(f"serving: {burst:,} webhooks at once")
            load.accepted.clear()
            began = perf_counter()
            send(server, load, burst)
            until_empty(store)
            took, note = perf_counter() - began, f"over {CALLERS} connections"
            slowest = 1e3 * quantile(load.accepted, 0.99)
            yield Figure(group, f"a burst of {burst:,}: accepted, p99", slowest, "ms", note=note)
            yield Figure(group, f"a burst of {burst:,}: all worked", took, "s", note="the inbox is empty")
            lost, sent = load.refused + missing(store, load), seconds * PER_SECOND + burst
            yield Figure(group, "lost", lost, "", 0, f"of {sent:,}: labels that the item or its history lacks")
            yield Figure(group, "shown otherwise", shown_otherwise(server, load), "", 0, "titles of items afterwards")
            yield Figure(group, "memory of the process after the load", server.now_mib(), "MiB")


def _steady(group: str, load: Load, decided: Sequence[float], sweeps: list[float]) -> Iterator[Figure]:
    what, sent = f"{PER_SECOND}/s", len(load.accepted)
    note = f"from the call to its 202; {sent:,} calls over {CALLERS} connections"
    yield Figure(group, f"{what}: accepted, median", 1e3 * median(load.accepted), "ms", note=note)
    yield Figure(group, f"{what}: accepted, p99", 1e3 * quantile(load.accepted, 0.99), "ms", ACCEPTED)
    note = "the same of /healthz meanwhile, which does nothing: what machine and process cost"
    yield Figure(group, f"{what}: an empty answer, p99", 1e3 * quantile(load.empty, 0.99), "ms", note=note)
    note = f"from the call until /api/v1 tells it; {len(decided):,}, looked for every {1e3 * LOOKS_EVERY:.0f} ms"
    yield Figure(group, f"{what}: decided, median", 1e3 * median(decided), "ms", note=note)
    yield Figure(group, f"{what}: decided, p99", 1e3 * quantile(decided, 0.99), "ms", DECIDED)
    yield Figure(group, "sweeps that ended meanwhile", len(sweeps), "", note="each reads and writes everything")


# --- callers -----------------------------------------------------------------------------------------------


def send_steadily(server: Running, load: Load, count: int) -> list[float]:
    """Call so many times, evenly, while a reader looks for what was told last, again and again; its seconds."""
    found, done = list[float](), threading.Event()
    readers = [
        threading.Thread(target=_look, args=(server, load, found, done)),
        threading.Thread(target=_ask_for_nothing, args=(server, load, done)),
    ]
    for reader in readers:
        reader.start()
    send(server, load, count, 1 / PER_SECOND)
    done.set()
    for reader in readers:
        reader.join()
    return found


def send(server: Running, load: Load, count: int, pause: float = 0.0) -> None:
    """Call so many times over several connections, each as it is due."""
    lock, begun, left = threading.Lock(), perf_counter(), iter(range(count))

    def calls() -> None:
        with closing(server.connection()) as connection:
            while True:
                with lock:
                    place = next(left, None)
                    if place is None:
                        return
                    number = next(load.numbers)
                    body, ref = load.call(number), load.items[number % len(load.items)].ref
                time.sleep(max(0.0, begun + place * pause - perf_counter()))
                headers = {"X-Gitlab-Token": SECRET, "Idempotency-Key": f"load {number}"}
                sent = perf_counter()
                connection.request("POST", "/webhooks/gitlab", body, headers)
                answer = connection.getresponse()
                answer.read()
                load.accepted.append(perf_counter() - sent)
                load.refused += answer.status != 202
                load.newest = ref, title_of(number), sent

    callers = [threading.Thread(target=calls) for _ in range(CALLERS)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()


def _look(server: Running, load: Load, found: list[float], done: threading.Event) -> None:
    """A reader who looks at the item that was told of last until it is as told, then at the next."""
    with closing(server.connection()) as connection:
        while not done.is_set():
            newest, load.newest = load.newest, None
            if newest is None:
                time.sleep(0.001)
                continue
            ref, title, sent = newest
            while perf_counter() < sent + PATIENCE:
                if shown(connection, ref) == title:
                    break
                time.sleep(LOOKS_EVERY)
            found.append(perf_counter() - sent)


def _ask_for_nothing(server: Running, load: Load, done: threading.Event) -> None:
    with closing(server.connection()) as connection:
        while not done.wait(0.1):
            load.empty.append(ask(connection, "/healthz")[0])


def shown(connection: HTTPConnection, ref: str) -> str:
    """The title that readers are shown."""
    _, status, body = ask(connection, f"/api/v1/items/{quote(ref)}")
    return str(msgspec.json.decode(body)["title"]) if status == 200 else ""


# --- the store ---------------------------------------------------------------------------------------------


@contextmanager
def sweeping(store: Store) -> Iterator[list[float]]:
    """Have the server's own sweep read everything again and again; when each was seen to have ended."""
    ended, done = list[float](), threading.Event()

    def again() -> None:
        while not done.wait(0.2):
            standing = store.jobs.all().get("sweep")
            if standing is None or standing.run or standing.due_at is None:
                continue
            ended.append(perf_counter())
            with store._aside() as writing:  # noqa: SLF001  # as if nothing had been read, and as if it took no time
                writing.exec_driver_sql("UPDATE progress SET updated_after = NULL WHERE kind <> 'comparison'")
                writing.exec_driver_sql("UPDATE jobs SET due_at = NULL, took = NULL WHERE name = 'sweep' AND run = ''")

    thread = threading.Thread(target=again)
    thread.start()
    try:
        yield ended
    finally:
        done.set()
        thread.join()


def until_empty(store: Store) -> None:
    """Wait until every webhook is worked. Raises RuntimeError where that takes too long."""
    until = perf_counter() + PATIENCE
    while store.inbox.waiting().count:
        if perf_counter() > until:
            raise RuntimeError(f"webhooks still wait: {store.inbox.waiting()}")
        time.sleep(LOOKS_EVERY)


def missing(store: Store, load: Load) -> int:
    """How many labels that webhooks told an item or its history does not have, and webhooks that were set aside."""
    items, facts, lost = store.items(load.told), store.facts(NOW + timedelta(days=1)), store.inbox.waiting().aside
    for ref, labels in load.told.items():
        events = {event.value for event in facts.history(ref) if event.did == "label_added"}
        lost += sum(label not in items[ref].labels or label not in events for label in labels)
    return lost


def shown_otherwise(server: Running, load: Load) -> int:
    """How many items readers are shown with another title than was told last."""
    with closing(server.connection()) as connection:
        last = {ref: title_of(int(labels[-1].removeprefix("load-"))) for ref, labels in load.told.items()}
        return sum(shown(connection, ref) != title for ref, title in last.items())
