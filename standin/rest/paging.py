"""Pages of a REST listing: by number with GitLab's headers, or by key where GitLab has that."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

COUNTED = 10_000
"""GitLab does not say how many there are beyond this number."""


class Failure(Exception):  # noqa: N818
    """An answer other than 200: its status and body."""

    def __init__(self, status: int, **body: object) -> None:
        super().__init__(body)
        self.status, self.body = status, body


def not_found(what: str = "") -> Failure:
    """404 in GitLab's words: of a thing, or of anything."""
    return Failure(404, message=f"404 {what} Not Found" if what else "404 Not found")


@dataclass(frozen=True)
class Listing:
    """Everything that a listing holds, and how one of it is shown."""

    items: Sequence[Any]
    body: Callable[[Any], Any]
    by_key: bool = False
    """Whether GitLab offers ``pagination=keyset`` here; the key is the number."""


Query = Mapping[str, str]


def is_true(query: Query, name: str) -> bool:
    """Whether a parameter is set, in any of the ways that clients write it."""
    return query.get(name, "").casefold() in {"1", "true", "t", "yes", "y", "on"}


def page_of(listing: Listing, query: Query, url: str) -> tuple[list[Any], dict[str, str]]:
    """The bodies of the page that was asked for, and the headers."""
    size = min(_number(query, "per_page", 20), 100)
    if query.get("pagination") == "keyset":
        return _by_key(listing, query, url, size)
    page = _number(query, "page", 1)
    total = len(listing.items)
    pages = max(1, -(-total // size))
    start = (page - 1) * size
    more = start + size < total
    headers = {
        "X-Page": str(page),
        "X-Per-Page": str(size),
        "X-Next-Page": str(page + 1) if more else "",
        "X-Prev-Page": str(page - 1) if page > 1 else "",
    }
    links = {"prev": page - 1 if page > 1 else None, "next": page + 1 if more else None, "first": 1}
    if total <= COUNTED:
        headers |= {"X-Total": str(total), "X-Total-Pages": str(pages)}
        links["last"] = pages
    headers["Link"] = ", ".join(
        f'<{_url(url, query, page=number, per_page=size)}>; rel="{name}"' for name, number in links.items() if number
    )
    return [listing.body(item) for item in listing.items[start : start + size]], headers


def _by_key(listing: Listing, query: Query, url: str, size: int) -> tuple[list[Any], dict[str, str]]:
    if not listing.by_key:
        raise Failure(405, error="Keyset pagination is not yet available for this type of request")
    descending = query.get("sort", "desc") == "desc"
    rest = sorted(listing.items, key=lambda item: item.id, reverse=descending)
    if "id_after" in query or "id_before" in query:
        after, before = _number(query, "id_after", 0), _number(query, "id_before", 1 << 62)
        rest = [item for item in rest if after < item.id < before]
    shown = rest[:size]
    if len(rest) <= size:
        return [listing.body(item) for item in shown], {}
    key = "id_before" if descending else "id_after"
    following = _url(url, query, per_page=size, **{key: shown[-1].id})
    return [listing.body(item) for item in shown], {"Link": f'<{following}>; rel="next"'}


def _url(url: str, query: Query, **changes: int) -> str:
    return f"{url}?{urlencode({**query, **changes})}"


def _number(query: Query, name: str, default: int) -> int:
    text = query.get(name, "")
    if not text:
        return default
    if not text.isdecimal() or int(text) < 1:
        raise Failure(400, error=f"{name} does not have a valid value")
    return int(text)
