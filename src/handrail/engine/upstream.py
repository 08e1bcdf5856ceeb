"""Reads what others released into the store: every product that the handbook looks after, once a day."""

from collections.abc import Callable
from contextlib import closing, nullcontext
from datetime import datetime, timedelta
from pathlib import Path

from msgspec.structs import replace

from handrail.engine.sync import Step
from handrail.errors import UserError
from handrail.gitlab.connection import Connection, LostError
from handrail.handbook.support import Product, Support
from handrail.model.support import Published
from handrail.releases import endoflife, version_file
from handrail.releases.site import Site
from handrail.releases.unread import TroubleError, UnreadError
from handrail.releases.version_file import MOST_BYTES
from handrail.store.database import Store
from handrail.store.upstream import Copy, troubles
from handrail.support.published import news

EVERY = timedelta(days=1)
"""So often a product is asked for."""
AGAIN = timedelta(hours=1)
"""And so long after it could not be read."""
NOWHERE = "none"
"""The place that is none: nothing is read."""
PATIENCE = 3
"""So many failures in a row of whoever publishes products, and the others are left for the next time."""


def read_upstream(
    store: Store,
    support: Support,
    site: Site | None,
    read_file: Callable[[str], bytes],
    now: datetime,
    progress: Callable[[Step], None] = lambda _: None,
) -> list[str]:
    """Read the products that are due; sentences on what could not be read, or not whole. What was known is kept.

    ``site``: None: only files are read. ``read_file`` gives what is in a file, as the handbook names it, or raises
    UnreadError.
    """
    known = store.copies.all()
    reading = _Reading(store, site, read_file, now)
    wanted = [(known.get(name, Copy(name)), stated) for name, stated in support.products.items() if stated.file or site]
    due = [(last, stated) for last, stated in wanted if reading.is_due(last, stated)]
    for last, stated in sorted(due, key=lambda one: one[0].tried_at.timestamp() if one[0].tried_at else 0):
        reading.product(last, stated)
        progress(Step("Upstream releases", "products", reading.count, done=False))
    if due:
        progress(Step("Upstream releases", "products", reading.count, done=True))
    return [*reading.problems, *troubles(reading.unread)]


def from_publishers(
    store: Store,
    support: Support,
    connection: Connection,
    folder: Path,
    now: datetime,
    place: str | None = None,
    progress: Callable[[Step], None] = lambda _: None,
) -> list[str]:
    """As ``read_upstream``: from the handbook's publisher, or ``place``, and from files, GitLab's or in the folder.

    Nothing is read where ``place`` is NOWHERE.
    """
    if not support.products or place == NOWHERE:
        return []
    address = place or support.upstream
    with closing(Site(address)) if address else nullcontext() as site:
        return read_upstream(store, support, site, lambda file: _content(file, connection, folder), now, progress)


def _content(file: str, connection: Connection, folder: Path) -> bytes:
    """What is in a file of the team's: in a project (“path:file”), or a local one. Raises UnreadError."""
    project, colon, path = file.partition(":")
    try:
        if colon:
            return connection.raw_file(project.strip(), path.strip(), "HEAD").encode()
        with (folder / file).open("rb") as opened:
            return opened.read(MOST_BYTES + 1)
    except LostError as error:
        raise UnreadError(f"{file} is not there, or not for this token") from error
    except UserError as error:
        raise UnreadError(f"{file}: {str(error).rstrip('.')}") from error
    except OSError as error:
        raise UnreadError(f"{file} cannot be read ({error.strerror})") from error


class _Reading:
    """One run of ``read_upstream``."""

    def __init__(self, store: Store, site: Site | None, read_file: Callable[[str], bytes], now: datetime) -> None:
        self._store, self._site, self._read_file, self._now = store, site, read_file, now
        self._failed: list[TroubleError] = []
        self._files: dict[str, bytes | UnreadError] = {}
        self.count = 0
        """Products that were read."""
        self.problems: list[str] = []
        self.unread: list[Copy] = []

    def is_due(self, last: Copy, stated: Product) -> bool:
        """Whether it is time to read a product, or it was read from elsewhere, or as something else."""
        if last.tried_at is None or last.origin != self._origin(last.product, stated):
            return True
        return self._now - last.tried_at >= (AGAIN if last.trouble else EVERY)

    def product(self, last: Copy, stated: Product) -> None:
        """One product, as far as it can be read."""
        if not stated.file and len(self._failed) >= PATIENCE:  # it is the first to be asked for the next time
            self.unread.append(replace(last, trouble=str(self._failed[-1])))
            return
        origin = self._origin(last.product, stated)
        tried = Copy(last.product, origin, last.etag if last.origin == origin else "", self._now, last.read_at)
        try:
            body, etag = self._body(stated, stated.upstream or last.product, tried.etag)
            if body is None:
                self._store.copies.keep(replace(tried, read_at=self._now))
            else:
                self._take(tried, etag, *self._parsed(body, last.product, stated))
            self.count += 1
        except UnreadError as error:
            self.unread.append(replace(tried, trouble=str(error)))
            self._store.copies.keep(self.unread[-1])

    def _body(self, stated: Product, name: str, etag: str) -> tuple[bytes | None, str]:
        """What there is to read, and its mark; None where the last copy is as new."""
        if stated.file or self._site is None:
            return self._file(stated.file), ""
        try:
            found = self._site.product(name, etag)
        except TroubleError as error:
            self._failed.append(error)
            raise
        self._failed.clear()
        return found

    def _parsed(self, body: bytes, product: str, stated: Product) -> tuple[list[Published], list[str]]:
        if not stated.file:
            return endoflife.releases_of(body, product, stated, self._now)
        try:
            return version_file.releases_of(body, product, stated, self._now)
        except UnreadError as error:
            raise UnreadError(f"{stated.file}: {error}") from error

    def _file(self, place: str) -> bytes:
        """What is in a file, which may list several products: it is read once."""
        if place not in self._files:
            try:
                self._files[place] = self._read_file(place)
            except UnreadError as error:
                self._files[place] = error
        found = self._files[place]
        if isinstance(found, UnreadError):
            raise found
        return found

    def _take(self, tried: Copy, etag: str, copy: list[Published], problems: list[str]) -> None:
        before = self._store.copies.published(tried.product)
        if before and not copy:
            raise UnreadError("it has no release any more that can be read")
        told = news(before, copy, self._now)
        if problems:  # what could not be read is not gone, and is to be read again
            told, etag = [one for one in told if not one.gone], ""
            self.problems += problems
        self._store.copies.keep(replace(tried, etag=etag, read_at=self._now), told)

    def _origin(self, name: str, stated: Product) -> str:
        """Where a product's copy is from, and what of the handbook it depends on."""
        where = stated.file or (self._site.address if self._site else "")
        return " ".join(filter(None, (where, stated.upstream or name, stated.minor, str(stated.line or ""))))
