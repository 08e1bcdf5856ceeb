"""Who is signed in: sealed by whoever keeps them here, under names that tell nothing; gone when their time is up."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime

from sqlalchemy import Connection, delete, select

from handrail.store.connection import insert_into
from handrail.store.tables import sessions

_Transaction = Callable[[], AbstractContextManager[Connection]]


class Sessions:
    """The sessions of one store; ``reading`` and ``writing`` begin its transactions."""

    def __init__(self, reading: _Transaction, writing: _Transaction) -> None:
        self._reading, self._writing = reading, writing

    def put(self, name: str, sealed: bytes, ends_at: datetime, now: datetime) -> None:
        """Keep a session, in place of what was kept under its name; those that ended go."""
        row = {"name": name, "sealed": sealed, "ends_at": ends_at}
        with self._writing() as connection:
            connection.execute(delete(sessions).where(sessions.c.ends_at <= now))
            put = insert_into(connection, sessions)
            changes = {"sealed": put.excluded.sealed, "ends_at": put.excluded.ends_at}
            connection.execute(put.on_conflict_do_update(index_elements=["name"], set_=changes), row)

    def get(self, name: str, now: datetime) -> tuple[bytes, datetime] | None:
        """What is kept under the name, and until when; None when its time is up."""
        chosen = select(sessions.c.sealed, sessions.c.ends_at).where(sessions.c.name == name, sessions.c.ends_at > now)
        with self._reading() as connection:
            row = connection.execute(chosen).first()
        return None if row is None else (row.sealed, row.ends_at)

    def drop(self, name: str) -> None:
        """End a session."""
        with self._writing() as connection:
            connection.execute(delete(sessions).where(sessions.c.name == name))
