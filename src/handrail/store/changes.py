"""Whether anything was written to a store since somebody looked last, by this process or another one."""

from types import TracebackType
from typing import Self

from sqlalchemy import Engine


class Changes:
    """Looks through a connection of its own, for one thread; closed at the end of the ``with``.

    SQLite counts what others wrote (PRAGMA data_version). PostgreSQL tells the next transaction's number, which also
    grows with what was written to other databases of the server: then it is a false alarm.
    """

    def __init__(self, engine: Engine) -> None:
        self._connection = engine.raw_connection()  # no transaction around it: within one nothing ever changes
        of_sqlite = engine.dialect.name == "sqlite"
        self._asks = "PRAGMA data_version" if of_sqlite else "SELECT pg_snapshot_xmax(pg_current_snapshot())::text"
        self._seen = self._number()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._connection.close()

    def any(self) -> bool:
        """Whether anything was written since this was asked last, or since it was made."""
        seen, self._seen = self._seen, self._number()
        return self._seen != seen

    def _number(self) -> str:
        cursor = self._connection.cursor()
        cursor.execute(self._asks)
        rows = cursor.fetchall()
        self._connection.rollback()
        return str(rows)
