"""How the jobs of the loop stand: one row each, which whoever runs one has in hand until their lease ends.

A job is only a wake-up: what there is to do stands in other tables, so that a row that is lost costs time alone.
"""

from collections.abc import Callable, Collection
from contextlib import AbstractContextManager
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, or_, select, update

from handrail.store.connection import insert_into
from handrail.store.tables import jobs

_Transaction = Callable[[], AbstractContextManager[Connection]]
_FREE = {"run": "", "lease_until": None}


class Standing(Struct, frozen=True):
    """How a job stands; one of which there is no row yet has never run, and is due at once."""

    name: str
    due_at: datetime | None = None
    """When it is to run next; None: at once if it never ran, and while it runs, unless it was woken since."""
    started_at: datetime | None = None
    ended_at: datetime | None = None
    """Of the last run that came to its end, well or not; before ``started_at`` while another one is under way."""
    took: float | None = None
    """Seconds, of that run."""
    attempts: int = 0
    """How often in a row it failed."""
    error: str = ""
    """What went wrong last, in words; also of a run that did the rest."""
    note: str = ""
    """What its last good run left for others to read."""
    run: str = ""
    """Who has it in hand, until ``lease_until``; empty: nobody."""
    lease_until: datetime | None = None

    def is_held(self, now: datetime) -> bool:
        """Whether somebody has it in hand."""
        return self.run != "" and self.lease_until is not None and self.lease_until > now


class Jobs:
    """The jobs of one store; ``reading`` and ``writing`` begin its transactions."""

    def __init__(self, reading: _Transaction, writing: _Transaction) -> None:
        self._reading, self._writing = reading, writing

    def all(self) -> dict[str, Standing]:
        """Of every job that ever ran, by its name."""
        with self._reading() as connection:
            return {row.name: Standing(*row) for row in connection.execute(select(jobs))}

    def take(self, seen: Standing, run: str, now: datetime, until: datetime) -> bool:
        """Take a job in hand until then; False if it does not stand as it was seen: others were faster.

        Where another run had it in hand, that run died: it counts as one that failed.
        """
        with self._writing() as connection:
            if seen == Standing(seen.name):
                put = insert_into(connection, jobs).on_conflict_do_nothing()
                connection.execute(put, msgspec.structs.asdict(seen))
            as_seen = (
                jobs.c.name == seen.name,
                jobs.c.run == seen.run,
                jobs.c.lease_until.is_not_distinct_from(seen.lease_until),
                jobs.c.ended_at.is_not_distinct_from(seen.ended_at),
            )
            values: dict[str, object] = {"run": run, "lease_until": until, "started_at": now, "due_at": None}
            if seen.run:
                values |= {"attempts": seen.attempts + 1, "error": "The program ended while it ran: it was killed."}
            taken = connection.execute(update(jobs).where(*as_seen).values(values).returning(jobs.c.name))
            return taken.first() is not None

    def renew(self, run: str, names: Collection[str], until: datetime) -> set[str]:
        """Hold on to these jobs; which of them the run still has in hand."""
        with self._writing() as connection:
            mine = update(jobs).where(jobs.c.run == run, jobs.c.name.in_(names)).values(lease_until=until)
            return set(connection.scalars(mine.returning(jobs.c.name)))

    def hand_back(self, name: str, run: str, now: datetime) -> None:
        """Let go of a job that did not come to its end: it is due at once, for whoever takes it."""
        with self._writing() as connection:
            mine = jobs.c.name == name, jobs.c.run == run
            connection.execute(update(jobs).where(*mine).values(**_FREE, due_at=now))

    def done(  # noqa: PLR0913  # what a run came to
        self, name: str, run: str, now: datetime, took: float, due_at: datetime, *,
        error: str = "", note: str = "", wakes: Collection[str] = (),
    ) -> None:  # fmt: skip
        """A run came to its end, ``error`` where it left something out. Others that follow from it are woken with it.

        Where it was woken meanwhile, it is due at once. Nothing is noted of one that somebody else has in hand by now.
        """
        with self._writing() as connection:
            woken = connection.scalar(select(jobs.c.due_at).where(jobs.c.name == name))
            values = {"attempts": 0, "error": error, "note": note, "due_at": min(due_at, woken or due_at)}
            if _end(connection, name, run, now, took, values):
                wake(connection, wakes, now)

    def failed(  # as ``done``
        self, name: str, run: str, now: datetime, took: float, due_at: datetime, *, error: str
    ) -> None:
        """A run failed: it is tried again then, whoever wakes it until then."""
        with self._writing() as connection:
            _end(connection, name, run, now, took, {"attempts": jobs.c.attempts + 1, "error": error, "due_at": due_at})

    def wake(self, names: Collection[str], now: datetime) -> None:
        """Have jobs run as soon as may be; what has failed keeps to its hour."""
        with self._writing() as connection:
            wake(connection, names, now)


def _end(connection: Connection, name: str, run: str, now: datetime, took: float, values: dict[str, object]) -> bool:
    mine = jobs.c.name == name, jobs.c.run == run
    ended = update(jobs).where(*mine).values(**values, **_FREE, ended_at=now, took=took)
    return connection.execute(ended.returning(jobs.c.name)).first() is not None


def wake(connection: Connection, names: Collection[str], now: datetime) -> None:
    """As ``Jobs.wake``, in the transaction of what they are woken for."""
    later = or_(jobs.c.due_at.is_(None), jobs.c.due_at > now)
    may_be = or_(jobs.c.attempts == 0, jobs.c.run != "")
    connection.execute(update(jobs).where(jobs.c.name.in_(names), later, may_be).values(due_at=now))
