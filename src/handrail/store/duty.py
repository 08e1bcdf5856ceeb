"""Logs of rotations, and requests to whoever is on duty.

What may enter either is decided on what is there, in the same transaction: of two who act at once one wins.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, select, update

from handrail.errors import UserError
from handrail.model.asked import Asked
from handrail.model.duty import Happened, LogEntry
from handrail.store.tables import LAST, asked, duty_log

_Transaction = Callable[[], AbstractContextManager[Connection]]
_encode = msgspec.json.Encoder().encode
_what = msgspec.json.Decoder(Happened).decode
_asked = msgspec.json.Decoder(Asked).decode


class DutyLogs:
    """The logs of one store; ``reading`` and ``writing`` begin its transactions."""

    def __init__(self, reading: _Transaction, writing: _Transaction) -> None:
        self._reading, self._writing = reading, writing

    def log(self, rotation: str) -> list[LogEntry]:
        """What happened to a rotation, oldest first; nothing for one that was never set up."""
        with self._reading() as connection:
            return _log(connection, rotation)

    def keep(self, rotation: str, log: Sequence[LogEntry]) -> None:
        """Write down a whole log, as it was kept elsewhere, of a rotation that has none here."""
        with self._writing() as connection:
            _add(connection, rotation, log)

    def append(
        self,
        rotation: str,
        at: datetime,
        by: str,
        decide: Callable[[Sequence[LogEntry]], Iterable[Happened]],
    ) -> list[LogEntry]:
        """Add what ``decide`` says, asked with the log as it is; what was added.

        Nobody else writes in between, so that of two people who act at once the second is asked with the first's word
        in the log. Whatever ``decide`` raises leaves the log as it was.
        """
        with self._writing() as connection:
            log = _log(connection, rotation)
            added = [LogEntry(number, at, by, what) for number, what in enumerate(decide(log), len(log) + 1)]
            _add(connection, rotation, added)
        return added


class AskedOfDuty:
    """The requests to whoever is on duty, in one store; ``reading`` and ``writing`` begin its transactions."""

    def __init__(self, reading: _Transaction, writing: _Transaction) -> None:
        self._reading, self._writing = reading, writing

    def add(self, one: Asked) -> Asked:
        """Keep a new request; it comes back with its number."""
        with self._writing() as connection:
            return _keep(connection, replace(one, id=0))

    def change(self, number: int, decide: Callable[[Asked], Asked]) -> Asked:
        """Keep what ``decide`` makes of a request, asked with it as it is; nobody else writes in between.

        Raises UserError where there is none of the number; whatever ``decide`` raises leaves it as it was.
        """
        with self._writing() as connection:
            chosen = select(asked.c.facts).where(asked.c.id == number)
            known = connection.execute(chosen).first() if 0 < number <= LAST else None
            if known is None:
                raise UserError(f"There is no request {number}: the list of all requests shows what there is.")
            return _keep(connection, decide(replace(_asked(known.facts), id=number)))

    def revise(self, decide: Callable[[Sequence[Asked]], Iterable[Asked]]) -> list[Asked]:
        """Keep what ``decide`` says, asked with all requests as they are; new ones (of number 0) get theirs.

        Nobody else writes in between, so that of two who take in the same at once the second finds it there.
        """
        with self._writing() as connection:
            return [_keep(connection, one) for one in decide(all_asked(connection, over=True))]

    def all(self, *, over: bool = False) -> list[Asked]:
        """The requests in the order in which they came; ``over``: those that are over as well."""
        with self._reading() as connection:
            return all_asked(connection, over=over)


def _add(connection: Connection, rotation: str, entries: Sequence[LogEntry]) -> None:
    rows = [
        {"rotation": rotation, "number": one.number, "at": one.at, "by": one.by, "what": _encode(one.what).decode()}
        for one in entries
    ]
    if rows:
        connection.execute(duty_log.insert(), rows)


def _keep(connection: Connection, one: Asked) -> Asked:
    """Write a request, a new one (of number 0) with a number of its own."""
    row = {"over": one.is_over, "facts": _encode(replace(one, id=0)).decode()}
    if one.id:
        connection.execute(update(asked).where(asked.c.id == one.id).values(row))
        return one
    return replace(one, id=connection.scalars(asked.insert().returning(asked.c.id), row).one())


def all_asked(connection: Connection, *, over: bool) -> list[Asked]:
    """The requests to whoever is on duty in the order in which they came; ``over``: those that are over as well."""
    chosen = select(asked.c.id, asked.c.facts).order_by(asked.c.id)
    if not over:
        chosen = chosen.where(~asked.c.over)
    return [replace(_asked(row.facts), id=row.id) for row in connection.execute(chosen)]


def logs(connection: Connection) -> dict[str, tuple[LogEntry, ...]]:
    """What happened to every rotation, by its name."""
    names = connection.scalars(select(duty_log.c.rotation).distinct())
    return {name: tuple(_log(connection, name)) for name in [*names]}


def _log(connection: Connection, rotation: str) -> list[LogEntry]:
    chosen = select(duty_log).where(duty_log.c.rotation == rotation).order_by(duty_log.c.number)
    return [LogEntry(row.number, row.at, row.by, _what(row.what)) for row in connection.execute(chosen)]
