"""The logs of rotations. What may enter one is decided on the log as it is in the same transaction: one of two wins."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

import msgspec
from sqlalchemy import Connection, select

from handrail.model.duty import Happened, LogEntry
from handrail.store.tables import duty_log

_Transaction = Callable[[], AbstractContextManager[Connection]]
_encode = msgspec.json.Encoder().encode
_what = msgspec.json.Decoder(Happened).decode


class DutyLogs:
    """The logs of one store; ``reading`` and ``writing`` begin its transactions."""

    def __init__(self, reading: _Transaction, writing: _Transaction) -> None:
        self._reading, self._writing = reading, writing

    def log(self, rotation: str) -> list[LogEntry]:
        """What happened to a rotation, oldest first; nothing for one that was never set up."""
        with self._reading() as connection:
            return _log(connection, rotation)

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
            if added:
                rows = [
                    {
                        "rotation": rotation,
                        "number": entry.number,
                        "at": entry.at,
                        "by": entry.by,
                        "what": _encode(entry.what).decode(),
                    }
                    for entry in added
                ]
                connection.execute(duty_log.insert(), rows)
        return added


def logs(connection: Connection) -> dict[str, tuple[LogEntry, ...]]:
    """What happened to every rotation, by its name."""
    names = connection.scalars(select(duty_log.c.rotation).distinct())
    return {name: tuple(_log(connection, name)) for name in [*names]}


def _log(connection: Connection, rotation: str) -> list[LogEntry]:
    chosen = select(duty_log).where(duty_log.c.rotation == rotation).order_by(duty_log.c.number)
    return [LogEntry(row.number, row.at, row.by, _what(row.what)) for row in connection.execute(chosen)]
