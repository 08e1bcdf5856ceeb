"""Connections: pages of a list with opaque cursors, at most 100 to a page."""

import base64
import binascii
import json
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from standin.entries import Entry

MOST = 100
Args = Mapping[str, Any]


class Problem(Exception):  # noqa: N818
    """What GraphQL answers as an error in place of a field."""


class Connection:
    """One page: nodes, their cursors, and whether there is more on either side."""

    __slots__ = ("_count", "before", "cursor", "more", "nodes")

    def __init__(
        self, nodes: list[Any], cursor: Callable[[int], str], *, before: bool, more: bool, count: Callable[[], int]
    ) -> None:
        self.nodes, self.cursor, self.before, self.more, self._count = nodes, cursor, before, more, count

    def count(self, limit: int | None) -> int:
        """How many there are on all pages; with a limit, one more than it at most."""
        return self._count() if limit is None else min(self._count(), limit + 1)


def of_list(items: Sequence[Any], args: Args) -> Connection:
    """A page of a plain list: its cursors are positions."""
    first, last = _sizes(args)
    start = _position(args["after"]) if args.get("after") else 0
    end = min(_position(args["before"]) - 1, len(items)) if args.get("before") else len(items)
    if last is None:
        end = min(end, start + first)
    else:
        start = max(start, end - last)
    nodes = list(items[start:end])
    return Connection(
        nodes,
        lambda index: _pack(str(start + index + 1)),
        before=start > 0,
        more=end < len(items),
        count=lambda: len(items),
    )


def of_entries(
    entries: Sequence[Entry], order: str, *, descending: bool, wanted: Callable[[Entry], bool], args: Args
) -> Connection:
    """A page of a listing sorted upwards by ``order``: its cursors hold the sort key, so they outlive changes.

    A descending listing goes by the key downwards, numbers too, as GitLab's keyset order does.
    """
    first, last = _sizes(args)
    backwards = last is not None
    low, high = 0, len(entries)
    for name, is_after in (("after", True), ("before", False)):
        if args.get(name):
            key = _key(args[name], order)
            if is_after is not descending:
                low = max(low, bisect_right(entries, key, key=lambda entry: entry.sort_key(order)))
            else:
                high = min(high, bisect_left(entries, key, key=lambda entry: entry.sort_key(order)))
    size = last if last is not None else first
    upwards = descending is backwards
    walk: Iterator[int] = iter(range(low, high)) if upwards else iter(range(high - 1, low - 1, -1))
    page: list[Entry] = []
    more = False
    for index in walk:
        if wanted(entries[index]):
            if len(page) == size:
                more = True
                break
            page.append(entries[index])
    if backwards:
        page.reverse()
    return Connection(
        page,
        lambda index: _cursor(page[index], order),
        before=more if backwards else bool(args.get("after")),
        more=bool(args.get("before")) if backwards else more,
        count=lambda: sum(map(wanted, entries)),
    )


def _sizes(args: Args) -> tuple[int, int | None]:
    first, last = args.get("first"), args.get("last")
    for name, value in (("first", first), ("last", last)):
        if value is not None and value < 0:
            raise Problem(f"`{name}` on the connection cannot be less than zero.")
    return MOST if first is None else min(first, MOST), None if last is None else min(last, MOST)


def _cursor(entry: Entry, order: str) -> str:
    value = entry.sort_key(order)[0]
    shown = value.strftime("%Y-%m-%d %H:%M:%S.000000000 +0000") if isinstance(value, datetime) else value
    return _pack(json.dumps({f"{order}_at" if isinstance(value, datetime) else order: shown, "id": str(entry.id)}))


def _key(cursor: str, order: str) -> tuple[object, int]:
    try:
        held = json.loads(_unpack(cursor))
        if order == "title":
            return held["title"], int(held["id"])
        return datetime.strptime(held[f"{order}_at"], "%Y-%m-%d %H:%M:%S.000000000 %z"), int(held["id"])
    except (ValueError, KeyError, TypeError) as error:
        raise Problem("Please provide a valid cursor") from error


def _position(cursor: str) -> int:
    text = _unpack(cursor)
    if not text.isdecimal():
        raise Problem("Please provide a valid cursor")
    return int(text)


def _pack(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _unpack(cursor: str) -> str:
    try:
        return base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as error:
        raise Problem("Please provide a valid cursor") from error
