"""What is written of a page or a webhook, within the transaction of the one who calls."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete

from handrail.model.derive import derived
from handrail.model.history import Event
from handrail.model.items import Issue, Item, MergeRequest
from handrail.model.reading import Read
from handrail.store.connection import insert_into
from handrail.store.merged import with_page, with_provisional, with_versions
from handrail.store.read import histories_of, item_of, items_of, provisional_of
from handrail.store.tables import concerns, forgotten, found_in, histories, items, provisional_events

_encode = msgspec.json.Encoder().encode
_KINDS = {"#": "issue", "!": "merge_request", "&": "epic"}


def write_reads(connection: Connection, source: str, reads: Sequence[Read], until: datetime) -> None:
    """Write items with their histories, except those of which something newer is stored; ``until`` as in ``Page``.

    Provisional events go as far as the page can have known them: up to the round's beginning and the item's own
    ``updated_at``.
    """
    if not reads:
        return
    newest: dict[str, Read] = {}
    for read in sorted(reads, key=lambda read: (read.item.ref, read.updated_at)):
        newest[read.item.ref] = read
    refs = list(newest)
    stored = histories_of(connection, [ref for ref, read in newest.items() if not read.complete])
    later = {
        ref: [event for event in events if event.at > max(until, newest[ref].updated_at)]
        for ref, events in provisional_of(connection, refs).items()
    }
    known: dict[str, Sequence[Event]] = {}
    found: dict[str, Item] = {}
    for ref, read in newest.items():
        known[ref] = with_page(stored.get(ref, ()), read.events, complete=read.complete)
        present = with_provisional(known[ref], later.get(ref, ()))
        found[ref] = read.item if len(present) == len(read.events) else derived(read.item, present)
    taken = put_items(connection, {ref: (item, newest[ref].updated_at) for ref, item in found.items()})
    _link(connection, source, refs)
    put_histories(connection, {ref: (newest[ref].complete, known[ref]) for ref in taken})
    put_concerns(connection, [found[ref] for ref in taken])
    connection.execute(delete(provisional_events).where(provisional_events.c.ref.in_(taken)))
    for ref in taken:
        put_provisional(connection, ref, later.get(ref, ()))
    connection.execute(delete(forgotten).where(forgotten.c.ref.in_(taken)))


def add_provisional(
    connection: Connection, ref: str, events: Sequence[Event], item: Item | None, updated_at: datetime | None
) -> None:
    """Write what a webhook told, and the instants that follow from it."""
    if item is not None and updated_at is not None:
        put_items(connection, {ref: (item, updated_at)}, only_newer=True)
    put_provisional(connection, ref, events)
    put_derived(connection, ref)


def replace_history(connection: Connection, ref: str, events: Sequence[Event]) -> None:
    """Write an item's whole history and the instants that follow from it; nothing for an item that is not stored."""
    if item_of(connection, ref) is None:
        return
    put_histories(connection, {ref: (True, events)})
    connection.execute(delete(provisional_events).where(provisional_events.c.ref == ref))
    put_derived(connection, ref)


def put_items(
    connection: Connection, found: Mapping[str, tuple[Item, datetime]], *, only_newer: bool = False
) -> list[str]:
    """Write the items with their ``updated_at`` unless something newer is stored; the references that were written.

    A page also replaces what is as new as itself; a webhook (``only_newer``) does not.
    """
    stored = items_of(connection, list(found))
    rows = [
        {
            "ref": ref,
            "kind": _KINDS[item.sigil],
            "project": item.project,
            "state": item.state,
            "updated_at": updated_at.replace(microsecond=0),  # GraphQL and webhooks tell whole seconds, REST finer
            "facts": _encode(with_versions(item, stored.get(ref), updated_at)).decode(),
        }
        for ref, (item, updated_at) in found.items()
    ]
    put = insert_into(connection, items)
    guard = (
        items.c.updated_at < put.excluded.updated_at if only_newer else items.c.updated_at <= put.excluded.updated_at
    )
    upsert = put.on_conflict_do_update(
        index_elements=[items.c.ref],
        set_={name: put.excluded[name] for name in ("state", "updated_at", "facts")},
        where=guard,
    )
    return sorted(connection.scalars(upsert.returning(items.c.ref), rows))


def put_histories(connection: Connection, known: Mapping[str, tuple[bool, Sequence[Event]]]) -> None:
    """Write histories, each with whether it is complete, in place of what was stored."""
    if not known:
        return
    put = insert_into(connection, histories)
    connection.execute(
        put.on_conflict_do_update(
            index_elements=[histories.c.ref],
            set_={"complete": put.excluded.complete, "events": put.excluded.events},
        ),
        [
            {"ref": ref, "complete": complete, "events": _encode(events).decode()}
            for ref, (complete, events) in known.items()
        ],
    )


def put_concerns(connection: Connection, found: Sequence[Item]) -> None:
    """Write whom the items concern: nobody once they are closed."""
    connection.execute(delete(concerns).where(concerns.c.ref.in_([item.ref for item in found])))
    rows = [
        {"username": username, "ref": item.ref}
        for item in found
        if item.state == "opened"
        for username in sorted(people_of(item))
    ]
    if rows:
        connection.execute(insert_into(connection, concerns), rows)


def put_provisional(connection: Connection, ref: str, events: Iterable[Event]) -> None:
    """Write provisional events; one that is there already (a webhook delivered again) stays as it is."""
    rows = [
        {"ref": ref, "at": event.at, "by": event.by, "did": event.did, "value": event.value, "bot": event.bot}
        for event in events
    ]
    if rows:
        connection.execute(insert_into(connection, provisional_events).on_conflict_do_nothing(), rows)


def put_derived(connection: Connection, ref: str) -> None:
    """Read the derived instants of a stored item off its events anew; nothing for an item that is not stored."""
    item = item_of(connection, ref)
    if item is None:
        return
    known = histories_of(connection, [ref]).get(ref, ())
    item = derived(item, with_provisional(known, provisional_of(connection, [ref]).get(ref, ())))
    connection.execute(items.update().where(items.c.ref == ref).values(facts=_encode(item).decode()))
    put_concerns(connection, [item])


def people_of(item: Item) -> set[str]:
    """Whoever wrote the item, has it, is asked about it, spoke last in it or said that they would start on it."""
    people = {item.author, *item.assignees}
    match item:
        case MergeRequest():
            people |= {reviewer.username for reviewer in item.reviewers}
            people |= {*item.approved_by, *(thread.last_by for thread in item.threads)}
        case Issue():
            people |= {claim.by for claim in item.claims}
        case _:
            pass
    return people - {""}


def _link(connection: Connection, source: str, refs: Sequence[str]) -> None:
    connection.execute(
        insert_into(connection, found_in).on_conflict_do_nothing(), [{"source": source, "ref": ref} for ref in refs]
    )
