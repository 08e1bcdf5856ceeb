"""What is written of a page or a webhook, within the transaction of the one who calls."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, bindparam, delete

from handrail.model.derive import derived
from handrail.model.history import Event
from handrail.model.items import Issue, Item, MergeRequest
from handrail.model.reading import Read, Told
from handrail.store.connection import insert_into
from handrail.store.merged import with_page, with_provisional, with_versions
from handrail.store.read import histories_of, item_of, items_of, known_until, provisional_of
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
    put_histories(
        connection, {ref: (newest[ref].complete, known[ref], max(until, newest[ref].updated_at)) for ref in taken}
    )
    put_concerns(connection, [found[ref] for ref in taken])
    connection.execute(delete(provisional_events).where(provisional_events.c.ref.in_(taken)))
    for ref in taken:
        put_provisional(connection, ref, later.get(ref, ()))
    connection.execute(delete(forgotten).where(forgotten.c.ref.in_(taken)))


def add_provisional(connection: Connection, told: Sequence[Told]) -> list[str]:
    """Write what webhooks told, and the instants that follow from it; the stored items that are others by it.

    What the last reading of an item can have known is not told by a webhook again, however late that comes.
    """
    refs = [one.ref for one in told]
    before, until = items_of(connection, refs), known_until(connection, refs)
    new = {
        one.ref: (one.item, one.updated_at)
        for one in told
        if one.item is not None and one.updated_at is not None and _is_news(one.updated_at, until.get(one.ref))
    }
    if new:
        put_items(connection, new)
    for one in told:
        put_provisional(connection, one.ref, (event for event in one.events if _is_news(event.at, until.get(one.ref))))
    after = put_derived(connection, refs)
    return sorted(ref for ref, item in after.items() if item != before.get(ref))


def _is_news(at: datetime, until: datetime | None) -> bool:
    return until is None or at > until


def replace_history(connection: Connection, ref: str, events: Sequence[Event]) -> None:
    """Write an item's whole history and the instants that follow from it; nothing for an item that is not stored."""
    if item_of(connection, ref) is None:
        return
    put_histories(connection, {ref: (True, events, known_until(connection, [ref]).get(ref))})
    connection.execute(delete(provisional_events).where(provisional_events.c.ref == ref))
    put_derived(connection, [ref])


def put_items(connection: Connection, found: Mapping[str, tuple[Item, datetime]]) -> list[str]:
    """Write the items with their ``updated_at`` unless something newer is stored; the references that were written."""
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
    upsert = put.on_conflict_do_update(
        index_elements=[items.c.ref],
        set_={name: put.excluded[name] for name in ("state", "updated_at", "facts")},
        where=items.c.updated_at <= put.excluded.updated_at,
    )
    return sorted(connection.scalars(upsert.returning(items.c.ref), rows))


def put_histories(connection: Connection, known: Mapping[str, tuple[bool, Sequence[Event], datetime | None]]) -> None:
    """Write histories, each with whether it is complete and up to when it was read, in place of what was stored."""
    if not known:
        return
    put = insert_into(connection, histories)
    connection.execute(
        put.on_conflict_do_update(
            index_elements=[histories.c.ref],
            set_={name: put.excluded[name] for name in ("complete", "events", "until")},
        ),
        [
            {"ref": ref, "complete": complete, "events": _encode(events).decode(), "until": until}
            for ref, (complete, events, until) in known.items()
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


def put_derived(connection: Connection, refs: Sequence[str]) -> dict[str, Item]:
    """Read the derived instants of those of these items that are stored off their events anew; the items as they are.

    An item that stays as it is is not written.
    """
    found = items_of(connection, refs)
    known, provisional = histories_of(connection, refs), provisional_of(connection, refs)
    after = {
        ref: derived(item, with_provisional(known.get(ref, ()), provisional.get(ref, ())))
        for ref, item in found.items()
    }
    changed = {ref: item for ref, item in after.items() if item != found[ref]}
    if changed:
        by_ref = items.update().where(items.c.ref == bindparam("one"))
        connection.execute(
            by_ref.values(facts=bindparam("told")),
            [{"one": ref, "told": _encode(item).decode()} for ref, item in changed.items()],
        )
    put_concerns(connection, list(after.values()))
    return after


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
