"""Where people's own calendars are, and the time off that was read from them last."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, delete, select, update

from handrail.model.people import Away
from handrail.store.tables import calendars

_Transaction = Callable[[], AbstractContextManager[Connection]]
_away = msgspec.json.Decoder(tuple[Away, ...]).decode


class OwnCalendar(Struct, frozen=True):
    """One person's. ``url`` is a secret: it is shown to nobody, and stands in no sentence."""

    username: str
    url: str
    tried_at: datetime | None
    read_at: datetime | None
    trouble: str
    """Why it could not be read when it was tried last; else empty."""


class OwnCalendars:
    """The calendars of one store; ``reading`` and ``writing`` begin its transactions."""

    def __init__(self, reading: _Transaction, writing: _Transaction) -> None:
        self._reading, self._writing = reading, writing

    def state(self, username: str, url: str) -> None:
        """Somebody's calendar is there, in place of what they said before; no address: they have none any more."""
        with self._writing() as connection:
            connection.execute(delete(calendars).where(calendars.c.username == username))
            if url:
                connection.execute(calendars.insert(), {"username": username, "url": url, "trouble": "", "away": "[]"})

    def all(self) -> list[OwnCalendar]:
        """Everybody's, by user name."""
        with self._reading() as connection:
            rows = connection.execute(select(calendars).order_by(calendars.c.username))
            return [OwnCalendar(row.username, row.url, row.tried_at, row.read_at, row.trouble) for row in rows]

    def was_read(self, one: OwnCalendar, away: Sequence[Away], at: datetime) -> None:
        """Keep what a calendar has, in place of what it had; nothing if its owner has changed the address meanwhile."""
        told = {"tried_at": at, "read_at": at, "trouble": "", "away": msgspec.json.encode(away).decode()}
        self._note(one, told)

    def was_not_read(self, one: OwnCalendar, why: str, at: datetime) -> None:
        """Note why a calendar could not be read; what it had before stays."""
        self._note(one, {"tried_at": at, "trouble": why})

    def _note(self, one: OwnCalendar, told: dict[str, object]) -> None:
        with self._writing() as connection:
            mine = calendars.c.username == one.username, calendars.c.url == one.url
            connection.execute(update(calendars).where(*mine).values(told))


def all_time_off(connection: Connection) -> dict[str, tuple[Away, ...]]:
    """The time off that people's calendars have, by user name."""
    return {row.username: _away(row.away) for row in connection.execute(select(calendars.c.username, calendars.c.away))}
