"""Writing pages into the store and loading them, on both databases. ``python -m bench.store`` prints this alone."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import click

from bench.figures import Figure, as_text, median, table
from bench.files import PEOPLE
from bench.postgresql import postgresql
from handrail.demo import NOW, DemoTeam
from handrail.model.reading import Page, Read
from handrail.store.database import Store

SIZE, QUICK_SIZE = 100_000, 10_000
AT_ONCE = 100
"""Items in a page, which is what GitLab gives and what one transaction writes."""
RUNS = 5
LOADING = 0.5
"""Seconds, for the open items of the largest size."""


def store(say: Callable[[str], None], *, quick: bool) -> Iterator[Figure]:
    """The demo team's items as a first reading writes them, a page again as a repeated one does, and loading."""
    size = QUICK_SIZE if quick else SIZE
    say(f"store: making {size:,} items")
    reads = sorted(_reads(size), key=lambda read: read.updated_at)
    pages = [_page(reads[start : start + AT_ONCE]) for start in range(0, size, AT_ONCE)]
    with TemporaryDirectory() as folder:
        place = Path(folder)
        say("store: SQLite")
        yield from _measured("SQLite", str(place / "handrail.db"), pages, size)
        with postgresql(place) as url:
            say("store: PostgreSQL")
            yield from _measured("PostgreSQL", url, pages, size)


def _measured(name: str, where: str, pages: list[Page], size: int) -> Iterator[Figure]:
    group = f"Store on {name}, {size:,} items with histories"
    started = perf_counter()
    opened = Store.open(where)
    yield Figure(group, "making an empty store", (perf_counter() - started) * 1000, "ms", note="one migration")
    with opened:
        taken = [_seconds(partial(opened.write_page, page)) for page in pages]
        events = sum(len(read.events) for page in pages for read in page.reads)
        yield Figure(
            group, "first reading", size / sum(taken), "items/s", note=f"{events:,} events; 100 items a commit"
        )
        yield Figure(group, "the slowest page", max(taken) * 1000, "ms", note="as long may another writer wait")
        again = pages[-min(len(pages), 50) :]
        seconds = sum(_seconds(partial(opened.write_page, page)) for page in again)
        yield Figure(group, "the same pages again", len(again) * AT_ONCE / seconds, "items/s", note="upserts")
    bare = _seconds(lambda: Store.open(where).close())
    yield Figure(group, "opening a store", bare * 1000, "ms", note="up to date already")
    with Store.open(where) as opened:
        facts = opened.facts(NOW)
        count = sum(1 for _ in facts.items(histories=False, closed=False))
        loads = [_seconds(lambda: list(facts.items(histories=False, closed=False))) for _ in range(RUNS)]
        target = LOADING if size == SIZE else None
        yield Figure(group, "loading the open items", median(loads), "s", target, f"{count:,}; median of {RUNS}")
        yield Figure(group, "loading, per open item", median(loads) / count * 1e6, "µs")
        refs = [read.item.ref for page in pages[:: max(1, len(pages) // 100)] for read in page.reads[:1]]
        each = _seconds(lambda: [facts.history(ref) for ref in refs]) / len(refs)
        yield Figure(group, "one item's history", each * 1000, "ms")
        past = _seconds(lambda: sum(1 for _ in facts.items(histories=True, closed=True)))
        yield Figure(group, "everything, for a past moment", past, "s", note="closed ones and histories")


def _reads(size: int) -> Iterator[Read]:
    for item, events in DemoTeam(size, PEOPLE).items(histories=True, closed=True):
        yield Read(item, tuple(events), max([item.created_at, *(event.at for event in events)]))


def _page(reads: list[Read]) -> Page:
    return Page("gitlab-org", "all", tuple(reads), reads[-1].item.ref, NOW)


def _seconds(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


@click.command()
@click.option("--quick", is_flag=True, help="A small team only.")
def main(*, quick: bool) -> None:
    """Measure the store alone."""
    click.echo(as_text(table(store(lambda what: click.echo(what, err=True), quick=quick))))


if __name__ == "__main__":
    main()
