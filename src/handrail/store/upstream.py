"""What others released, with when each word on it was first seen, and how old what is known of a product is."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, delete, select

from handrail.model.support import Published
from handrail.store.connection import insert_into
from handrail.store.tables import copies, published

_Transaction = Callable[[], AbstractContextManager[Connection]]
_decode = msgspec.json.Decoder(Published).decode
_encode = msgspec.json.Encoder().encode
_FEW = 5


class Copy(Struct, frozen=True):
    """The last copy of a product's releases; ``read_at`` is None before there is one."""

    product: str
    origin: str = ""
    """Where it is from, and as what it was read."""
    etag: str = ""
    tried_at: datetime | None = None
    read_at: datetime | None = None
    trouble: str = ""
    """Why it could not be read when it was tried last; else empty."""


class Copies:
    """The copies of one store; ``reading`` and ``writing`` begin its transactions."""

    def __init__(self, reading: _Transaction, writing: _Transaction) -> None:
        self._reading, self._writing = reading, writing

    def all(self) -> dict[str, Copy]:
        """Of every product that was ever asked for, by its name in the handbook."""
        with self._reading() as connection:
            return {row.product: Copy(*row) for row in connection.execute(select(copies))}

    def published(self, product: str) -> list[Published]:
        """What was ever said of a product's releases, in order of time."""
        with self._reading() as connection:
            mine = select(published.c.facts).where(published.c.product == product)
            return [_decode(row.facts) for row in connection.execute(mine.order_by(published.c.seen))]

    def keep(self, copy: Copy, news: Sequence[Published] = ()) -> None:
        """Keep a copy in place of the product's last one, and what it adds to what is known, both or neither."""
        with self._writing() as connection:
            connection.execute(delete(copies).where(copies.c.product == copy.product))
            connection.execute(copies.insert(), msgspec.structs.asdict(copy))
            put = insert_into(connection, published)
            put = put.on_conflict_do_update(
                index_elements=list(published.primary_key), set_={"facts": put.excluded.facts}
            )
            rows = [
                {"product": one.product, "release": one.release, "seen": one.seen, "facts": _encode(one).decode()}
                for one in news
            ]
            if rows:
                connection.execute(put, rows)


def all_published(connection: Connection) -> tuple[Published, ...]:
    """What was ever said of any product's releases, in order of time."""
    in_order = select(published.c.facts).order_by(published.c.seen, published.c.product, published.c.release)
    return tuple(_decode(row.facts) for row in connection.execute(in_order))


def troubles(unread: Iterable[Copy]) -> list[str]:
    """What could not be read, in a sentence for each reason."""
    by_why: dict[str, list[Copy]] = {}
    for one in unread:
        by_why.setdefault(one.trouble, []).append(one)
    return [f"The releases of {_listed(those)} could not be read: {why}." for why, those in by_why.items()]


def _listed(those: Iterable[Copy]) -> str:
    """Products, with the day of the copy that counts meanwhile."""
    by_day: dict[str, list[str]] = {}
    for one in those:
        counts = f"as of {one.read_at:%Y-%m-%d %H:%M} UTC counts" if one.read_at else "of which nothing is known"
        by_day.setdefault(counts, []).append(one.product)
    return "; ".join(f"{some(names)} ({counts})" for counts, names in by_day.items())


def some(names: Sequence[str]) -> str:
    """All of a few names, and how many others there are."""
    others = len(names) - _FEW
    return f"{', '.join(names[:_FEW])} and {others} others" if others > 1 else ", ".join(names)
