"""Webhooks: whatever becomes of them, a sweep makes it true; and how long it takes until one is decided on."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from urllib.request import Request, urlopen

import uvicorn
from litestar import Litestar

import standin
from bench.figures import Figure, quantile
from bench.webhook_trials import KINDS, Came, Course, Step, Trials, facts
from handrail.demo.team import DemoTeam
from handrail.engine.inbox import drain
from handrail.engine.sync import sync
from handrail.gitlab.connection import Connection
from handrail.gitlab.histories import Team
from handrail.gitlab.reader import Reader
from handrail.gitlab.sources import sources
from handrail.model.items import Item
from handrail.store.database import Store
from handrail.testing import a_handbook
from handrail.web.webhooks import webhooks as route

ORDERS, EACH = 2_000, 5
SIZE = 10_000
PER_SECOND = 50
SECONDS = 60
BURST = 1_000
SECRET = "of-the-bench"


def webhooks(say: Callable[[str], None], *, quick: bool) -> Iterator[Figure]:
    """Orders that are tried; then a second's webhooks, again and again, beside a reading of everything."""
    yield from _orders(say, ORDERS // 10 if quick else ORDERS)
    yield from _latency(say, SIZE // 10 if quick else SIZE, SECONDS // 6 if quick else SECONDS)


def _orders(say: Callable[[str], None], count: int) -> Iterator[Figure]:
    wrong = tried = 0
    say(f"webhooks: {count:,} orders")
    with TemporaryDirectory() as name, standin.running(facts(), per_minute=None) as gitlab:
        trials = Trials(gitlab, Path(name))
        for seed in range(count // EACH):
            found = trials.differences(course(Random(seed)))
            tried += EACH
            wrong += bool(found)
            for line in found[:2]:
                say(f"webhooks: seed {seed}: {line}")
            if tried % 500 == 0:
                say(f"webhooks: {tried:,} orders, {wrong} courses with a difference")
    group = f"Webhooks lost, doubled and out of order, and one sweep, {tried:,} orders"
    yield Figure(
        group, "courses that end with another store, queue or plan", wrong, "", 0, f"{trials.heard:,} deliveries"
    )


def course(chance: Random) -> Course:
    """One of a seed."""

    def steps() -> list[Step]:
        return [
            Step(
                chance.randrange(KINDS),
                chance.randrange(6),
                chance.randrange(10),
                chance.randrange(20),
                chance.choice((0, 1, 30, 200)),
            )
            for _ in range(chance.randint(1, 9))
        ]

    def some() -> list[int]:
        return [chance.randrange(40) for _ in range(chance.randrange(15))]

    came = [Came(some(), some(), chance.random() < 0.5) for _ in range(EACH)]
    return Course(steps(), steps(), came, chance.random() < 0.5)


def _latency(say: Callable[[str], None], size: int, seconds: int) -> Iterator[Figure]:
    team = DemoTeam(size)
    book = a_handbook(people=team.team().people)
    own = sources(book.sources.values())
    group = f"{PER_SECOND} webhooks a second beside a reading of {size:,} items, SQLite"
    with TemporaryDirectory() as name, standin.running(team, per_minute=None) as gitlab:
        place = Path(name) / "store.sqlite"
        with closing(Connection(gitlab.url, gitlab.token)) as connection, Store.open(place) as store:
            say(f"webhooks: reading {size:,} items")
            sync(Reader(connection, Team.of(book)), store, own)
            now = gitlab.world.now
            items = [item for item, _ in store.facts(now).items(histories=False, closed=False) if item.sigil == "#"]
            stop = threading.Event()

            def read_on() -> None:
                """Everything, again and again: a sweep that has much to write."""
                while not stop.is_set():
                    with store._writing() as writing:  # noqa: SLF001  # a sweep that finds all of it changed
                        writing.exec_driver_sql("UPDATE progress SET updated_after = NULL")
                    sync(Reader(connection, Team.of(book)), store, own)

            woken, decided, answered = threading.Event(), dict[str, float](), list[str]()

            def work() -> None:
                while not stop.is_set():
                    woken.wait(1)
                    woken.clear()
                    drain(store, book, now + timedelta(hours=2), None, own)
                    at, before = time.perf_counter(), tuple(answered)
                    with store._reading() as reading:  # noqa: SLF001  # what came meanwhile is not known yet
                        left = set(reading.exec_driver_sql("SELECT key FROM inbox").scalars())
                    for key in before:
                        if key not in left:
                            decided.setdefault(key, at)

            with _served(store, now, woken) as url:
                threads = [threading.Thread(target=one, daemon=True) for one in (read_on, work)]
                for thread in threads:
                    thread.start()
                for what, count, pause in (
                    (f"for {seconds} s", seconds * PER_SECOND, 1 / PER_SECOND),
                    (f"a burst of {BURST:,}", BURST, 0.0),
                ):
                    say(f"webhooks: {count:,}, {what}")
                    decided.clear()
                    answered.clear()
                    accepted, sent = _send(url, items, count, pause, now, answered)
                    woken.set()
                    _until(lambda count=count: len(decided) >= count)  # type: ignore[misc]
                    took = [decided[title] - at for title, at in sent.items() if title in decided]
                    goal = (50, 500) if pause else (None, None)
                    yield Figure(group, f"{what}: accepted, p99", 1e3 * quantile(accepted, 0.99), "ms", goal[0])
                    yield Figure(group, f"{what}: known, p99", 1e3 * quantile(took, 0.99), "ms", goal[1])
                    yield Figure(group, f"{what}: lost", count - len(took), "", 0)
                stop.set()
                woken.set()
                for thread in threads:
                    thread.join()


def _send(  # a load
    url: str, items: list[Item], count: int, pause: float, now: datetime, answered: list[str]
) -> tuple[list[float], dict[str, float]]:
    """How long each took to be answered, and when it was sent, by its key; ``answered`` gets the keys."""
    took, sent = list[float](), dict[str, float]()
    begun = time.perf_counter()
    for number in range(count):
        item, title = items[number % len(items)], f"{pause} {number}"
        body = {
            "object_kind": "issue",
            "user": {"username": item.author},
            "project": {"path_with_namespace": item.project},
            "object_attributes": {
                "iid": item.iid,
                "title": title,
                "state": "opened",
                "action": "update",
                "updated_at": f"{now + timedelta(seconds=1 + number):%Y-%m-%d %H:%M:%S} UTC",
                "labels": [{"title": label} for label in item.labels],
                "description": "word " * 300,
            },
        }
        while time.perf_counter() < begun + number * pause:
            time.sleep(0.001)
        sent[title] = time.perf_counter()
        headers = {"X-Gitlab-Token": SECRET, "Idempotency-Key": title, "Content-Type": "application/json"}
        with urlopen(Request(url, json.dumps(body).encode(), headers)) as answer:
            answer.read()
        took.append(time.perf_counter() - sent[title])
        answered.append(title)
    return took, sent


@contextmanager
def _served(store: Store, now: datetime, woken: threading.Event) -> Iterator[str]:
    config = uvicorn.Config(
        Litestar([route(store, SECRET, lambda: now, woken.set)]), port=0, log_level="error", access_log=False
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    _until(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/webhooks/gitlab"
    finally:
        server.should_exit = True
        thread.join()


def _until(done: Callable[[], bool]) -> None:
    until = time.perf_counter() + 60
    while not done() and time.perf_counter() < until:
        time.sleep(0.01)
