"""The store: what was read of GitLab, in an SQLite file or in PostgreSQL, and how far the reading has come.

Everything is written in transactions of at most 25 items, so that nobody waits for a reading. What a person can mend
of the database is a UserError, from every method.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from functools import cached_property
from pathlib import Path
from threading import local
from types import TracebackType
from typing import TYPE_CHECKING, Self

from sqlalchemy import Connection, Engine, delete, select, update
from sqlalchemy.schema import CreateTable

from handrail.errors import UserError
from handrail.model.history import Event
from handrail.model.items import Item
from handrail.model.reading import Page, Read, Surroundings, Told
from handrail.store import read, rounds, write
from handrail.store.connection import Transactions, address, engine_of, make_private, shown
from handrail.store.facts import StoredFacts
from handrail.store.failures import in_plain_words
from handrail.store.rounds import Progress
from handrail.store.schema import bring_up_to_date
from handrail.store.tables import OPEN, concerns, forgotten, histories, inbox, items, origin, progress, written

if TYPE_CHECKING:
    from handrail.store.calendars import OwnCalendars
    from handrail.store.duty import AskedOfDuty, DutyLogs
    from handrail.store.evidence import Evidence
    from handrail.store.inbox import Inbox
    from handrail.store.jobs import Jobs
    from handrail.store.journal import Journal
    from handrail.store.said import Said
    from handrail.store.sessions import Sessions
    from handrail.store.upstream import Copies

_AT_MOST = 25
"""Items that one transaction writes: a webhook that is to be accepted may wait for one."""


class Store:
    """One database of facts. Many may read it while one writes; it may be used from several threads."""

    def __init__(self, engine: Engine, place: str) -> None:
        self._engine, of_all = engine, Transactions(engine, place)
        self._here = local()
        self._reading, self._aside = of_all.reading, of_all.writing  # the latter: what no screen tells of
        self.place = place
        """Where it is, in words, without user or password."""

    @classmethod
    def open(cls, where: str | Path, *, create: bool = True) -> Self:
        """Open the store at an SQLite file's path or a ``postgresql://`` URL, and bring its schema up to date.

        Raises UserError where nobody can read and write there, where the store is of a newer Handrail, and, unless
        ``create``, where there is no such file.
        """
        url = address(where)
        place = shown(url)
        if url.drivername == "sqlite" and not create and not Path(str(url.database)).exists():
            raise UserError(f"{place} is not there: “handrail sync” makes it, and reads your GitLab into it.")
        if url.drivername == "sqlite":
            make_private(Path(str(url.database)))
        engine = engine_of(url)
        try:
            with in_plain_words(place):
                bring_up_to_date(engine, place)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine, place)

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()
        if "_apart" in self.__dict__:
            self._apart.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def facts(self, now: datetime) -> StoredFacts:
        """All that is stored, for every command to run on, as of ``now``."""
        return StoredFacts(self._engine, self.place, now)

    def written(self) -> int:
        """How often anything was written that screens tell of, by this process or another one."""
        with self._reading() as connection:
            return connection.scalar(select(written.c.times)) or 0

    def written_here(self) -> int:
        """How often this thread did."""
        return getattr(self._here, "times", 0)

    @property
    def journal(self) -> "Journal":
        """What was done on GitLab, and what is known of it."""
        from handrail.store.journal import Journal

        return Journal(self._reading, self._writing)

    @property
    def said(self) -> "Said":
        """What people told Handrail."""
        from handrail.store.said import Said

        return Said(self._reading, self._writing)

    @property
    def duty(self) -> "DutyLogs":
        """The logs of rotations."""
        from handrail.store.duty import DutyLogs

        return DutyLogs(self._reading, self._writing)

    @property
    def inbox(self) -> "Inbox":
        """Webhooks that were accepted and are not worked yet."""
        from handrail.store.inbox import Inbox

        return Inbox(self._apart.reading, self._apart.writing)

    @cached_property
    def _apart(self) -> Transactions:
        """Those of the inbox: on SQLite in a file of its own, so that no webhook waits for what else is written."""
        if self._engine.dialect.name != "sqlite":
            return Transactions(self._engine, self.place, alone=False)
        file = Path(f"{Path(str(self._engine.url.database)).resolve()}-inbox")  # one, by whichever link it is opened
        make_private(file)
        apart = Transactions(engine_of(address(file)), str(file))
        with apart.writing() as connection:
            connection.execute(CreateTable(inbox, if_not_exists=True))
        return apart

    @property
    def sessions(self) -> "Sessions":
        """Who is signed in in a browser."""
        from handrail.store.sessions import Sessions

        return Sessions(self._reading, self._aside)

    @property
    def asked(self) -> "AskedOfDuty":
        """The requests to whoever is on duty."""
        from handrail.store.duty import AskedOfDuty

        return AskedOfDuty(self._reading, self._writing)

    @property
    def calendars(self) -> "OwnCalendars":
        """People's own calendars."""
        from handrail.store.calendars import OwnCalendars

        return OwnCalendars(self._reading, self._writing)

    @property
    def copies(self) -> "Copies":
        """What others released, as it was read last."""
        from handrail.store.upstream import Copies

        return Copies(self._reading, self._writing)

    @property
    def evidence(self) -> "Evidence":
        """What our releases have of others' releases."""
        from handrail.store.evidence import Evidence

        return Evidence(self._reading, self._writing)

    @property
    def jobs(self) -> "Jobs":
        """How the jobs of the loop stand."""
        from handrail.store.jobs import Jobs

        return Jobs(self._reading, self._aside)

    @property
    def origin(self) -> str:
        """The GitLab that it was read from (``Connection.origin``); empty before the first reading."""
        with self._reading() as connection:
            return connection.scalar(select(origin.c.gitlab)) or ""

    def read_from(self, gitlab: str) -> None:
        """Note of which GitLab it is from now on. Raises UserError where it was read from another one."""
        with self._writing() as connection:
            known = connection.scalar(select(origin.c.gitlab))
            if known != gitlab:
                if known is not None and connection.scalar(select(progress.c.source).limit(1)) is not None:
                    raise self._other(known, gitlab)
                connection.execute(delete(origin))
                connection.execute(origin.insert().values(gitlab=gitlab))

    def check_origin(self, gitlab: str) -> None:
        """Raises UserError unless it was read from that GitLab: what is decided on its facts is done nowhere else."""
        known = self.origin
        if not known:
            raise UserError(f"{self.place} does not say which GitLab it was read from: run “handrail sync” once more.")
        if known != gitlab:
            raise self._other(known, gitlab)

    def _other(self, known: str, gitlab: str) -> UserError:
        return UserError(
            f"{self.place} was read from {known}, and this is {gitlab}: say --url or set GITLAB_URL for the one, or "
            "name a store of its own for the other with --store."
        )

    def write_page(self, page: Page) -> None:
        """Write a page and its cursor. Items of which something newer is stored stay as they are.

        A page of more than 25 items is written in several transactions, its cursor in the last one.
        """
        rest = page.reads
        while len(rest) > _AT_MOST:
            with self._writing() as connection:
                write.write_reads(connection, page.source, rest[:_AT_MOST], page.until)
            rest = rest[_AT_MOST:]
        with self._writing() as connection:
            write.write_reads(connection, page.source, rest, page.until)
            rounds.put_progress(connection, page)

    def write_again(self, reads: Sequence[Read], until: datetime) -> None:
        """Write items that were read by themselves (``until`` as in ``Page``), once more or, new in a source, at first.

        What no source gives is left away.
        """
        for start in range(0, len(reads), _AT_MOST):
            with self._writing() as connection:
                rounds.write_again(connection, reads[start : start + _AT_MOST], until)

    def write_surroundings(self, found: Surroundings) -> None:
        """Write what a source has besides items, in place of what was known of it."""
        with self._writing() as connection:
            rounds.put_surroundings(connection, found)

    def change_surroundings(self, change: Callable[[Surroundings], Surroundings]) -> bool:
        """Change what is known of each source besides items, in one transaction. Whether anything is another by it."""
        with self._writing() as connection:
            changed = [new for old in read.all_surroundings(connection) if (new := change(old)) != old]
            for found in changed:
                rounds.put_surroundings(connection, found)
        return bool(changed)

    def milestone_titles(self) -> dict[str, str]:
        """The titles of milestones by their number across the instance."""
        with self._reading() as connection:
            every = read.all_surroundings(connection)
        return {number: title for found in every for number, title in found.milestone_numbers.items()}

    def progress(self, source: str, kind: str) -> Progress:
        """Where the reading of a source and kind goes on."""
        with self._reading() as connection:
            return rounds.progress_of(connection, source, kind)

    def sources(self) -> set[str]:
        """The sources of which any page was written."""
        with self._reading() as connection:
            return set(connection.scalars(select(progress.c.source).distinct()))

    def known_since(self) -> dict[str, datetime]:
        """From when on a source's histories are whole: when its first reading began. Without those not read yet."""
        with self._reading() as connection:
            return rounds.known_since(connection)

    def open_refs(self, source: str) -> set[str]:
        """The open items that the source gave, to compare with what it has today."""
        with self._reading() as connection:
            return rounds.open_refs(connection, source)

    def ended_since(self, source: str, since: datetime) -> set[str]:
        """The items of the source that are not open and have changed since: one may be gone that was open then."""
        with self._reading() as connection:
            return rounds.ended_since(connection, source, since)

    def concerning(self, username: str) -> set[str]:
        """The open items that concern somebody: theirs to do, theirs to review, opened or answered by them."""
        chosen = select(concerns.c.ref).where(concerns.c.username == username)
        with self._reading() as connection:
            return set(connection.scalars(chosen))

    def lacking_history(self) -> set[str]:
        """The open items whose history is not complete."""
        chosen = select(items.c.ref).join(histories).where(OPEN, ~histories.c.complete)
        with self._reading() as connection:
            return set(connection.scalars(chosen))

    def forget(self, source: str, refs: Sequence[str], why: str, at: datetime) -> list[str]:
        """The source no longer gives these items (``why``: deleted, moved, out of reach).

        Those that no other source gives go, with their histories; they are returned, in order.
        """
        gone: list[str] = []
        ordered = sorted(refs)
        for start in range(0, len(ordered), _AT_MOST):
            with self._writing() as connection:
                gone += rounds.leave_out(connection, source, ordered[start : start + _AT_MOST], why, at)
        return gone

    def forget_source(self, source: str, at: datetime) -> list[str]:
        """Forget a source that the handbook no longer names, and the items that no other one gives."""
        gone: list[str] = []
        while True:
            with self._writing() as connection:
                refs = rounds.refs_from(connection, source, _AT_MOST)
                if not refs:
                    rounds.drop_source(connection, source)
                    return gone
                gone += rounds.leave_out(connection, source, refs, "its source is no longer read", at)

    def forgotten(self, ref: str) -> tuple[str, datetime] | None:
        """Why and when an item was forgotten; None if it was not, or if it came back."""
        with self._reading() as connection:
            row = connection.execute(select(forgotten.c.why, forgotten.c.at).where(forgotten.c.ref == ref)).first()
        return None if row is None else (row.why, row.at)

    def replace_history(self, ref: str, events: Sequence[Event]) -> None:
        """Write the whole history of a stored item (in order of time); what webhooks told of it goes."""
        with self._writing() as connection:
            write.replace_history(connection, ref, events)

    def add_provisional(self, *told: Told) -> tuple[str, ...]:
        """Write what webhooks told of items: events that stay until the item's history is read, and the item as it is.

        The item is written only if it is newer than what is stored: a page of the same instant knows more, and so does
        one that was read later of what happened before. The stored items that are others by it come back.
        """
        changed: list[str] = []
        for start in range(0, len(told), _AT_MOST):
            with self._writing() as connection:
                changed += write.add_provisional(connection, told[start : start + _AT_MOST])
        return tuple(changed)

    def items(self, refs: Collection[str]) -> dict[str, Item]:
        """Those of these items that are stored."""
        with self._reading() as connection:
            return read.items_of(connection, list(refs))

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with self._aside() as connection:
            yield connection
            connection.execute(update(written).values(times=written.c.times + 1))
        self._here.times = self.written_here() + 1
