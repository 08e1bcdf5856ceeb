"""How far the reading of each source has come, and what is left of it once a source no longer gives it."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import ColumnElement, Connection, delete, func, select

from handrail.model.items import Item
from handrail.model.reading import Page, Read, Surroundings
from handrail.store.connection import insert_into
from handrail.store.tables import (
    OPEN,
    forgotten,
    found_in,
    items,
    progress,
    provisional_events,
    surroundings,
)
from handrail.store.write import write_reads

_BETWEEN = {"cursor": None, "until": None}
"""A row between two rounds."""


class Progress(Struct, frozen=True):
    """Where the reading of a source and kind goes on; all None before the first."""

    cursor: str | None = None
    """Where the round under way goes on; None: a new round begins."""
    until: datetime | None = None
    """``Page.until`` of the round under way."""
    updated_after: datetime | None = None
    """``Page.until`` of the last finished round: what has changed since is to be read, with some overlap."""


def progress_of(connection: Connection, source: str, kind: str) -> Progress:
    """The progress of one source and kind."""
    row = connection.execute(
        select(progress.c.cursor, progress.c.until, progress.c.updated_after).where(
            progress.c.source == source, progress.c.kind == kind
        )
    ).first()
    return Progress(*row) if row else Progress()


def put_progress(connection: Connection, page: Page) -> None:
    """Note that the page is written: where to go on, or that the round is done."""
    put = insert_into(connection, progress)
    if page.cursor is None:
        first: ColumnElement[datetime] = func.coalesce(progress.c.known_since, put.excluded.known_since)
        row: dict[str, object] = {**_BETWEEN, "updated_after": page.until, "known_since": page.until}
        changes = {**{name: put.excluded[name] for name in ("cursor", "until", "updated_after")}, "known_since": first}
    else:
        row = {"cursor": page.cursor, "until": page.until}
        changes = {name: put.excluded[name] for name in row}
    connection.execute(
        put.on_conflict_do_update(index_elements=[progress.c.source, progress.c.kind], set_=changes),
        {"source": page.source, "kind": page.kind, **row},
    )


def known_since(connection: Connection) -> dict[str, datetime]:
    """When the first round of a source began: before, histories have gaps. Not of one with a first round under way."""
    every = select(progress.c.source, progress.c.known_since)
    found: dict[str, datetime] = {}
    unfinished = set()
    for source, since in connection.execute(every):
        if since is None:
            unfinished.add(source)
        else:
            found[source] = max(found.get(source, since), since)
    return {source: since for source, since in found.items() if source not in unfinished}


def open_refs(connection: Connection, source: str) -> set[str]:
    """The references of the open items that the source gave."""
    return set(connection.scalars(select(items.c.ref).join(found_in).where(found_in.c.source == source, OPEN)))


def ended_since(connection: Connection, source: str, since: datetime) -> set[str]:
    """The references of the items that the source gave, that are not open, and that have changed since."""
    chosen = select(items.c.ref).join(found_in).where(found_in.c.source == source, ~OPEN, items.c.updated_at > since)
    return set(connection.scalars(chosen))


def refs_from(connection: Connection, source: str, most: int) -> Sequence[str]:
    """At most so many references of items that the source gave, open or not."""
    chosen = select(found_in.c.ref).where(found_in.c.source == source).order_by(found_in.c.ref).limit(most)
    return connection.scalars(chosen).all()


def leave_out(connection: Connection, source: str, refs: Sequence[str], why: str, at: datetime) -> list[str]:
    """The source no longer gives these items: those that no other one gives go, and are returned."""
    connection.execute(delete(found_in).where(found_in.c.source == source, found_in.c.ref.in_(refs)))
    elsewhere = select(found_in.c.ref).where(found_in.c.ref == items.c.ref).exists()
    gone = sorted(connection.scalars(delete(items).where(items.c.ref.in_(refs), ~elsewhere).returning(items.c.ref)))
    if gone:
        connection.execute(delete(provisional_events).where(provisional_events.c.ref.in_(gone)))
        put = insert_into(connection, forgotten)
        connection.execute(
            put.on_conflict_do_update(
                index_elements=[forgotten.c.ref], set_={"why": put.excluded.why, "at": put.excluded.at}
            ),
            [{"ref": ref, "why": why, "at": at} for ref in gone],
        )
    return gone


def write_again(connection: Connection, reads: Sequence[Read], until: datetime) -> None:
    """Write items that were read outside a round: to the sources that gave them, or, if new, to those that will."""
    by_source: dict[str, list[Read]] = {}
    known = _sources_of(connection, [read.item.ref for read in reads])
    names = connection.scalars(select(progress.c.source).distinct()).all()
    for read in reads:
        holding = [name for name in names if _holds(name, read.item)]
        for name in known.get(read.item.ref) or holding:
            by_source.setdefault(name, []).append(read)
    for name, those in sorted(by_source.items()):
        write_reads(connection, name, those, until)


def _sources_of(connection: Connection, refs: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for source, ref in connection.execute(select(found_in.c.source, found_in.c.ref).where(found_in.c.ref.in_(refs))):
        found.setdefault(ref, []).append(source)
    return found


def _holds(name: str, item: Item) -> bool:
    """Whether the source of that name has the item: it is below its path, and has the label that it asks for."""
    path, _, label = name.partition("~")
    below = item.ref.startswith(path) and item.ref[len(path)] in "/#!&"
    return below and label in ("", *item.labels)


def put_surroundings(connection: Connection, found: Surroundings) -> None:
    """Write what a source has besides items, in place of what was known."""
    put = insert_into(connection, surroundings)
    connection.execute(
        put.on_conflict_do_update(
            index_elements=[surroundings.c.source], set_={"at": put.excluded.at, "facts": put.excluded.facts}
        ),
        {"source": found.source, "at": found.at, "facts": msgspec.json.encode(found).decode()},
    )


def drop_source(connection: Connection, source: str) -> None:
    """Remove what is known of a source besides items."""
    connection.execute(delete(progress).where(progress.c.source == source))
    connection.execute(delete(surroundings).where(surroundings.c.source == source))
