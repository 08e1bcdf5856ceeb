"""What is stored, as the frozen values that were written."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

import msgspec
from sqlalchemy import Connection, Select, or_, select

from handrail.model.facts import is_wanted
from handrail.model.history import Event
from handrail.model.items import Item
from handrail.model.reading import Surroundings
from handrail.store.merged import with_provisional
from handrail.store.tables import OPEN, histories, items, provisional_events, surroundings

_item = msgspec.json.Decoder(Item).decode
_events = msgspec.json.Decoder(tuple[Event, ...]).decode
_surroundings = msgspec.json.Decoder(Surroundings).decode
_Query = TypeVar("_Query", bound=Select[Any])
_AT_ONCE = 1_000
"""Rows that are held in memory while items are streamed."""


def bare_items(connection: Connection, *, closed: bool, closed_since: datetime | None = None) -> Iterator[Item]:
    """The items without histories; see ``Facts.items``."""
    chosen = _chosen(select(items.c.facts), closed=closed, closed_since=closed_since)
    # The result is closed although the reader may stop early: on PostgreSQL it is a cursor of the server's.
    with connection.execution_options(yield_per=_AT_ONCE).scalars(chosen) as rows:
        for facts in rows:
            item = _item(facts)
            if is_wanted(item, closed=closed, closed_since=closed_since):
                yield item


def items_with_histories(
    connection: Connection, *, closed: bool, closed_since: datetime | None = None
) -> Iterator[tuple[Item, Sequence[Event]]]:
    """The items with what is known of their histories, provisional events included."""
    provisional = provisional_of(connection, None)
    chosen = select(items.c.ref, items.c.facts, histories.c.events).outerjoin(histories)
    chosen = _chosen(chosen, closed=closed, closed_since=closed_since)
    with connection.execution_options(yield_per=_AT_ONCE).execute(chosen) as rows:
        for ref, facts, events in rows:
            item = _item(facts)
            if is_wanted(item, closed=closed, closed_since=closed_since):
                known = _events(events) if events is not None else ()
                yield item, with_provisional(known, provisional.get(ref, ()))


def _chosen(query: _Query, *, closed: bool, closed_since: datetime | None) -> _Query:
    """The rows that can be wanted, in order; an item that ended then or later has changed since."""
    if not closed:
        query = query.where(OPEN)
    elif closed_since is not None:
        query = query.where(or_(OPEN, items.c.updated_at >= closed_since.replace(microsecond=0)))
    return query.order_by(items.c.updated_at, items.c.ref)


def item_of(connection: Connection, ref: str) -> Item | None:
    """The item, if it is stored."""
    return items_of(connection, [ref]).get(ref)


def items_of(connection: Connection, refs: Sequence[str]) -> dict[str, Item]:
    """Those of these items that are stored."""
    chosen = select(items.c.ref, items.c.facts).where(items.c.ref.in_(refs))
    return {ref: _item(facts) for ref, facts in connection.execute(chosen)}


def histories_of(connection: Connection, refs: Sequence[str]) -> dict[str, tuple[Event, ...]]:
    """The stored histories of these items, without provisional events."""
    if not refs:
        return {}
    chosen = select(histories.c.ref, histories.c.events).where(histories.c.ref.in_(refs))
    return {ref: _events(events) for ref, events in connection.execute(chosen)}


def known_until(connection: Connection, refs: Sequence[str]) -> dict[str, datetime]:
    """Up to when GitLab was known as these items were read last; of those that an earlier Handrail read, nothing."""
    chosen = select(histories.c.ref, histories.c.until).where(histories.c.ref.in_(refs), histories.c.until.is_not(None))
    return {row.ref: row.until for row in connection.execute(chosen)}


def provisional_of(connection: Connection, refs: Sequence[str] | None) -> Mapping[str, Sequence[Event]]:
    """The provisional events of these items, or of all, in order of time."""
    chosen = select(provisional_events).order_by(provisional_events.c.at)
    if refs is not None:
        chosen = chosen.where(provisional_events.c.ref.in_(refs))
    found: dict[str, list[Event]] = {}
    for row in connection.execute(chosen):
        found.setdefault(row.ref, []).append(Event(row.at, row.by, row.did, row.value, row.bot))
    return found


def all_surroundings(connection: Connection) -> list[Surroundings]:
    """What the sources have besides items, by source."""
    chosen = select(surroundings.c.facts).order_by(surroundings.c.source)
    return [_surroundings(facts) for facts in connection.scalars(chosen)]
