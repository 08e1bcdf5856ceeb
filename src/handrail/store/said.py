"""What people told Handrail: items to leave out of a queue, their own hours, unplanned requests."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import datetime

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, delete, select, update

from handrail.errors import UserError
from handrail.model.actions import Action, CreateItem
from handrail.model.journal import Snooze
from handrail.model.people import OwnHours
from handrail.model.requests import RULE, UnplannedRequest
from handrail.store.connection import insert_into
from handrail.store.tables import journal, own_hours, snoozed
from handrail.store.tables import requests as table

_Transaction = Callable[[], AbstractContextManager[Connection]]
_encode = msgspec.json.Encoder().encode
_action = msgspec.json.Decoder(Action).decode
_hours = msgspec.json.Decoder(OwnHours).decode
_request = msgspec.json.Decoder(UnplannedRequest).decode


class Said:
    """What people said, in one store; ``reading`` and ``writing`` begin its transactions."""

    def __init__(self, reading: _Transaction, writing: _Transaction) -> None:
        self._reading, self._writing = reading, writing

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

    # --- hours --------------------------------------------------------------------------------------------

    def work(self, username: str, hours: OwnHours, at: datetime) -> None:
        """Keep what somebody says of their own hours, in place of what they said before; all None: forget it."""
        with self._writing() as connection:
            connection.execute(delete(own_hours).where(own_hours.c.username == username))
            if hours != OwnHours():
                row = {"username": username, "at": at, "hours": msgspec.json.encode(hours).decode()}
                connection.execute(own_hours.insert(), row)

    def own_hours(self) -> dict[str, OwnHours]:
        """What people say of their own hours, by user name."""
        with self._reading() as connection:
            return all_own_hours(connection)

    # --- requests -----------------------------------------------------------------------------------------

    def add_request(self, request: UnplannedRequest) -> UnplannedRequest:
        """Keep a new request; it comes back with its number."""
        row = {"state": request.state, "at": request.asked_at, "facts": _told(request)}
        with self._writing() as connection:
            number = connection.scalars(table.insert().returning(table.c.id), row).one()
        return replace(request, id=number)

    def update_request(self, request: UnplannedRequest) -> None:
        """Keep what became of a request. Raises UserError where there is none of its number."""
        changed = (
            update(table)
            .where(table.c.id == request.id)
            .values(state=request.state, at=request.asked_at, facts=_told(request))
            .returning(table.c.id)
        )
        with self._writing() as connection:
            if connection.execute(changed).first() is None:
                raise UserError(f"There is no request {request.id}: look at the list for its number.")

    def requests(self) -> list[UnplannedRequest]:
        """The requests in the order in which they came."""
        with self._reading() as connection:
            return list(requests(connection))


def requests(connection: Connection) -> Iterator[UnplannedRequest]:
    """All requests, within a transaction of somebody else's.

    For which an issue was opened is the journal's to know: whoever opened it may have been stopped before saying so.
    """
    opened = dict(_opened(connection))
    for number, facts in connection.execute(select(table.c.id, table.c.facts).order_by(table.c.id)):
        request = replace(_request(facts), id=number)
        made = "" if request.ref else opened.get(request.topic, "")
        yield replace(request, ref=made, state="taken") if made else request


def _opened(connection: Connection) -> Iterator[tuple[str, str]]:
    """The issues that were opened for requests, by topic."""
    mine = journal.c.rule == RULE, journal.c.state == "confirmed", journal.c.made != ""
    for told, made in connection.execute(select(journal.c.action, journal.c.made).where(*mine)):
        change = _action(told).change
        if isinstance(change, CreateItem):
            yield change.topic, made


def _told(request: UnplannedRequest) -> str:
    """Without its number, which is the row's."""
    return _encode(replace(request, id=0)).decode()


def all_own_hours(connection: Connection) -> dict[str, OwnHours]:
    """What people say of their own hours, by user name."""
    return {row.username: _hours(row.hours) for row in connection.execute(select(own_hours))}
