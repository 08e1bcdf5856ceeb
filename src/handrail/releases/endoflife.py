"""What endoflife.date says of a product, in our words. No I/O: see ``site`` for that.

Source: its API v1, schema 1.2. Fields that are not known here are left alone.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from handrail.handbook.support import Product
from handrail.model.support import Published
from handrail.releases.unread import UnreadError, nonsense, said
from handrail.support.versions import numbers

_Name = Annotated[str, Meta(min_length=1, max_length=100)]


class _Latest(Struct):
    name: _Name
    date: dt.date | None = None


class _Release(Struct, rename="camel"):
    name: _Name
    release_date: dt.date | None = None
    is_lts: bool = False
    eol_from: dt.date | None = None
    eoas_from: dt.date | None = None
    latest: _Latest | None = None


class _Result(Struct):
    releases: list[msgspec.Raw]
    labels: dict[str, str | None] = {}


class _Body(Struct):
    result: _Result


class _Row(Struct):
    name: str
    aliases: list[str] = []


class _List(Struct):
    result: list[_Row]


def releases_of(body: bytes, product: str, stated: Product, seen: dt.datetime) -> tuple[list[Published], list[str]]:
    """A product's releases, and a sentence for each that cannot be read. Raises UnreadError where none can."""
    try:
        result = msgspec.json.decode(body, type=_Body).result
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UnreadError(f"what it says of it cannot be understood ({said(error)})") from None
    # Few say which of their phases is the standard one; of the others it is what comes before paid extensions.
    standard = "standard" in (result.labels.get("eoas") or "").casefold()
    found: dict[str, Published] = {}
    problems: list[str] = []
    for index, raw in enumerate(result.releases):
        try:
            row = msgspec.json.decode(raw, type=_Release)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            problems.append(f"{product}, entry {index + 1}: {said(error)}")
            continue
        for one in _published(row, product, stated, seen, standard=standard):
            if problem := nonsense(one):
                problems.append(problem)
            else:
                found.setdefault(one.release, one)
    return list(found.values()), problems


def _published(
    row: _Release, product: str, stated: Product, seen: dt.datetime, *, standard: bool
) -> Iterator[Published]:
    """The release, and the latest of its line where that is another one and is looked after."""
    ends = row.eoas_from if standard else row.eol_from
    of_a_line = stated.line is not None and any(numbers(row.name)[stated.line :])
    yield Published(product, row.name, seen, row.release_date, ends, row.is_lts, minor=of_a_line)
    latest = row.latest
    if stated.minor and latest and latest.name != row.name:
        yield Published(product, latest.name, seen, latest.date, ends, row.is_lts, minor=True)


def names_of(body: bytes) -> list[str]:
    """All names that products go by, aliases included; none where the list cannot be understood."""
    try:
        rows: Iterable[_Row] = msgspec.json.decode(body, type=_List).result
    except (msgspec.DecodeError, UnicodeDecodeError):
        return []
    return [name for row in rows for name in (row.name, *row.aliases) if name.isprintable()]
