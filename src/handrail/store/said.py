"""What people told Handrail: findings that are not applicable, items to leave out of a queue, unplanned requests."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from datetime import datetime

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, delete, select, update

from handrail.errors import UserError
from handrail.model.journal import Settled, Snooze
from handrail.model.requests import UnplannedRequest
from handrail.store.connection import insert_into
from handrail.store.tables import requests, snoozed
from handrail.store.tables import settled as settled_table

_Transaction = Callable[[], AbstractContextManager[Connection]]
_encode = msgspec.json.Encoder().encode
_request = msgspec.json.Decoder(UnplannedRequest).decode


class Said:
    """What people said, in one store; ``reading`` and ``writing`` begin its transactions."""

    def __init__(self, reading: _Transaction, writing: _Transaction) -> None:
        self._reading, self._writing = reading, writing

    # --- findings ---------------------------------------------------------------------------------------

    def settle(self, word: Settled) -> None:
        """Keep somebody's word that a finding is not applicable, in place of an earlier one."""
        row = {"key": word.key, "by": word.by, "because": word.because, "at": word.at, "where": word.where}
        with self._writing() as connection:
            put = insert_into(connection, settled_table)
            changes = {name: put.excluded[name] for name in ("by", "because", "at", "where")}
            connection.execute(put.on_conflict_do_update(index_elements=["key"], set_=changes), row)

    def unsettle(self, key: str) -> bool:
        """Take such a word back; False if there was none."""
        with self._writing() as connection:
            gone = delete(settled_table).where(settled_table.c.key == key).returning(settled_table.c.key)
            return connection.execute(gone).first() is not None

    def settled(self) -> list[Settled]:
        """All such words, the oldest first."""
        with self._reading() as connection:
            return settled(connection)

    # --- queues -----------------------------------------------------------------------------------------

    def snooze(self, word: Snooze) -> None:
        """Leave an item out of somebody's queue until then, in place of what they said of it before."""
        row = {name: getattr(word, name) for name in word.__struct_fields__}
        with self._writing() as connection:
            put = insert_into(connection, snoozed)
            changes = {name: put.excluded[name] for name in ("until", "because", "at")}
            connection.execute(put.on_conflict_do_update(index_elements=["username", "ref"], set_=changes), row)

    def wake(self, username: str, ref: str) -> bool:
        """Show the item again; False if it was not left out."""
        chosen = delete(snoozed).where(snoozed.c.username == username, snoozed.c.ref == ref)
        with self._writing() as connection:
            return connection.execute(chosen.returning(snoozed.c.ref)).first() is not None

    def snoozed(self, now: datetime, username: str | None = None) -> list[Snooze]:
        """What is left out now, of everybody's queue or one person's, the first to come back first."""
        chosen = select(snoozed).where(snoozed.c.until > now).order_by(snoozed.c.until, snoozed.c.ref)
        if username is not None:
            chosen = chosen.where(snoozed.c.username == username)
        with self._reading() as connection:
            return [Snooze(row.username, row.ref, row.until, row.because, row.at) for row in connection.execute(chosen)]

    # --- requests -----------------------------------------------------------------------------------------

    def add_request(self, request: UnplannedRequest) -> UnplannedRequest:
        """Keep a new request; it comes back with its number."""
        row = {"state": request.state, "at": request.asked_at, "facts": _told(request)}
        with self._writing() as connection:
            number = connection.scalars(requests.insert().returning(requests.c.id), row).one()
        return replace(request, id=number)

    def update_request(self, request: UnplannedRequest) -> None:
        """Keep what became of a request. Raises UserError where there is none of its number."""
        changed = (
            update(requests)
            .where(requests.c.id == request.id)
            .values(state=request.state, at=request.asked_at, facts=_told(request))
            .returning(requests.c.id)
        )
        with self._writing() as connection:
            if connection.execute(changed).first() is None:
                raise UserError(f"There is no request {request.id}: look at the list for its number.")

    def requests(self, states: Iterable[str] = ()) -> list[UnplannedRequest]:
        """The requests (only those in one of the ``states``, if any are given), in the order in which they came."""
        chosen = select(requests.c.id, requests.c.facts).order_by(requests.c.id)
        wanted = tuple(states)
        if wanted:
            chosen = chosen.where(requests.c.state.in_(wanted))
        with self._reading() as connection:
            return [replace(_request(facts), id=number) for number, facts in connection.execute(chosen)]


def settled(connection: Connection) -> list[Settled]:
    """All words that a finding is not applicable, within a transaction of somebody else's."""
    rows = connection.execute(select(settled_table).order_by(settled_table.c.at, settled_table.c.key))
    return [Settled(row.key, row.by, row.because, row.at, row.where) for row in rows]


def _told(request: UnplannedRequest) -> str:
    """Without its number, which is the row's."""
    return _encode(replace(request, id=0)).decode()
