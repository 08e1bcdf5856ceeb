"""Connections to the store's database: an SQLite file, or PostgreSQL by URL."""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from sqlite3 import SQLITE_BUSY, OperationalError
from sqlite3 import Connection as SqliteConnection
from threading import Lock

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.sql.schema import Table

from handrail.errors import UserError
from handrail.store.failures import in_plain_words

Insert = sqlite.Insert | postgresql.Insert
_WAIT = 30
"""Seconds that a writer waits for another one, whose transaction takes milliseconds."""
_WRITERS = 0x4A4E
"""The number under which PostgreSQL knows the lock of our writers."""
_TRIES = 100
"""How often a new file is asked to write ahead, 20 ms apart."""


def address(where: str | Path) -> URL:
    """The database's URL: of an SQLite file by its path, of PostgreSQL as written. Raises UserError for any other."""
    text = str(where)
    if isinstance(where, Path) or "://" not in text:
        return URL.create("sqlite", database=str(Path(where).expanduser()))
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):  # the latter: a port that is no number
        raise _no_address() from None
    match url.drivername:
        case "sqlite" if url.database:
            return url
        case "postgresql" | "postgres" | "postgresql+psycopg":
            return url.set(drivername="postgresql+psycopg")
        case _:
            raise _no_address()


def shown(url: URL) -> str:
    """The database in words, without user or password."""
    if url.drivername == "sqlite":
        return str(url.database)
    host = url.host or url.query.get("host") or "this machine"
    return f"PostgreSQL database “{url.database or ''}” on {host}"


def engine_of(url: URL) -> Engine:
    """An engine whose transactions begin when they say so. Raises UserError where PostgreSQL's driver is not there."""
    if url.drivername == "sqlite":
        engine = create_engine(url, connect_args={"timeout": _WAIT})
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        engine = create_engine(
            url.update_query_dict({"connect_timeout": "10", **url.query}),  # the driver would wait for ever
            json_deserializer=_as_it_is,
            pool_pre_ping=True,
        )
    except ModuleNotFoundError as error:
        raise UserError(
            "PostgreSQL needs a driver that is not installed: run “pip install 'handrail[postgresql]'”."
        ) from error
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def make_private(path: Path) -> None:
    """Make an SQLite file that only its owner may read, if it is not there: facts may be confidential."""
    with suppress(OSError):  # SQLite will say what is wrong, or find a file of somebody faster
        path.touch(mode=0o600, exist_ok=False)


def writing(engine: Engine) -> AbstractContextManager[Connection]:
    """A transaction that writes: committed at the end, rolled back where an error leaves it."""
    return engine.execution_options(handrail_writes=True).begin()


class InTurn:
    """A lock that its askers get in the order in which they asked.

    SQLite has none: whoever waits for its writer looks again after a while, a tenth of a second at last, and may find
    somebody else writing then. Threads of one process wait here, and are woken.
    """

    def __init__(self) -> None:
        self._guard, self._is_taken = Lock(), False
        self._waiting: deque[Lock] = deque()

    def __enter__(self) -> None:
        with self._guard:
            if not self._is_taken:
                self._is_taken = True
                return
            mine = Lock()
            mine.acquire()
            self._waiting.append(mine)
        mine.acquire()

    def __exit__(self, *_: object) -> None:
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_taken = False


class Transactions:
    """Those of one database. What a person can mend of it is a UserError that names the ``place``.

    ``alone``: whether who writes is the only one to write; on SQLite that is so in any case.
    """

    def __init__(self, engine: Engine, place: str, *, alone: bool = True) -> None:
        self.engine, self._place, self._turns = engine, place, InTurn()
        self._begin = writing if alone or engine.dialect.name == "sqlite" else Engine.begin

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """One that reads."""
        with in_plain_words(self._place), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One that writes."""
        with in_plain_words(self._place), self._turns, self._begin(self.engine) as connection:
            yield connection


def insert_into(connection: Connection, table: Table) -> Insert:
    """An insert that may say what to do on a conflict, in the database's dialect."""
    return (sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert)(table)


def _prepare_sqlite(connection: SqliteConnection, _record: object) -> None:
    connection.isolation_level = None  # Python's own begins come too late and are never IMMEDIATE
    _write_ahead(connection)
    connection.execute(
        "PRAGMA synchronous = NORMAL"
    )  # with WAL: safe from kills; a power cut may undo the last commits
    connection.execute("PRAGMA foreign_keys = ON")


def _write_ahead(connection: SqliteConnection) -> None:
    """Readers do not wait for the writer. The file remembers it; only who opens a new file first has to ask for it."""
    for left in reversed(range(_TRIES)):
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except OperationalError as error:
            # Two that turn the same new file at once: SQLite refuses one of them at once, whatever the busy timeout.
            if not left or error.sqlite_errorcode & 0xFF != SQLITE_BUSY:
                raise
            time.sleep(0.02)


def _begin_sqlite(connection: Connection) -> None:
    # A writer takes the lock at once: one that read first could not wait for it later (SQLITE_BUSY_SNAPSHOT).
    writes = connection.get_execution_options().get("handrail_writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    # One writer at a time, as on SQLite: a page is decided on what is stored, and rows that are not there yet cannot be
    # locked. Its transactions take milliseconds, and readers wait for nobody.
    if connection.get_execution_options().get("handrail_writes"):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS})")


def _as_it_is(raw: bytes) -> bytes:
    return raw


def _no_address() -> UserError:
    return UserError("No store can be kept there: give the path of a file, or a URL that begins with postgresql://.")
