"""Asks endoflife.date, or what answers like it, for one product after the other: politely, and only so much of it."""

import time
from collections.abc import Callable
from difflib import get_close_matches
from functools import cached_property
from http import HTTPStatus
from urllib.parse import quote, urljoin, urlsplit

import requests
import urllib3

from handrail.errors import UserError
from handrail.handbook.support_problems import wrong_address
from handrail.releases.endoflife import names_of
from handrail.releases.unread import TroubleError, UnreadError

MOST_BYTES = 5_000_000
SECONDS = 20.0
"""For one answer, whole."""
REDIRECTS = 3
_MOVED = frozenset({301, 302, 303, 307, 308})
_PIECE = 65536


class Site:
    """One address (“https://endoflife.date”); nothing is asked yet. Raises UserError for one that is not asked.

    ``clock``: seconds that only grow.
    """

    def __init__(self, address: str, seconds: float = SECONDS, clock: Callable[[], float] = time.perf_counter) -> None:
        if problem := wrong_address(address):
            raise UserError(f"The address at which upstream releases are to be read cannot be: {problem}.")
        self.address = address.rstrip("/")
        self._seconds, self._clock = seconds, clock
        self._session = requests.Session()
        self._session.auth = _as_it_is  # or a password that a machine keeps for the host would be sent
        self._session.headers.update({"Accept": "application/json", "User-Agent": "handrail"})
        self.requests = 0
        """How many were sent, redirects included."""

    @property
    def host(self) -> str:
        """What people call it."""
        return urlsplit(self.address).netloc

    def close(self) -> None:
        """Give the connections back."""
        self._session.close()

    def product(self, name: str, etag: str = "") -> tuple[bytes | None, str]:
        """What it says of a product, and the mark of that copy; None where that is still the copy of ``etag``.

        Raises TroubleError, or UnreadError where it is this product alone that cannot be read.
        """
        status, body, mark = self._get(f"/api/v1/products/{quote(name, safe='')}/", etag)
        match status:
            case 200:
                return body, mark
            case 304 if etag:
                return None, etag
            case 404 | 410:
                near = get_close_matches(name.casefold(), self._names, 1)
                meant = f"did you mean {near[0]}? " if near else ""
                raise UnreadError(
                    f"{self.host} has no product {name}: {meant}Name it by “upstream”, or a “file” with its releases"
                )
            case 429:
                raise TroubleError(f"{self.host} asks for fewer requests, or for patience")
            case _ if status >= 500:
                raise TroubleError(f"{self.host} answers with an error of its own ({status})")
            case _:
                raise UnreadError(f"{self.host} answers with status {status}")

    @cached_property
    def _names(self) -> list[str]:
        """What its products are called; none where that cannot be read, for it only serves to be helpful."""
        try:
            status, body, _ = self._get("/api/v1/products/", "")
        except UnreadError:
            return []
        return names_of(body) if status == HTTPStatus.OK else []

    def _get(self, path: str, etag: str) -> tuple[int, bytes, str]:
        url = self.address + path
        until = self._clock() + self._seconds
        try:
            for _ in range(REDIRECTS + 1):
                self.requests += 1
                with self._session.get(
                    url,
                    headers={"If-None-Match": etag} if etag else {},
                    timeout=self._seconds,
                    allow_redirects=False,
                    stream=True,
                ) as answer:
                    where = answer.headers.get("Location", "")
                    if answer.status_code not in _MOVED or not where:
                        body = self._body(answer, until) if answer.status_code == HTTPStatus.OK else b""
                        return answer.status_code, body, answer.headers.get("ETag", "")
                moved = urljoin(url, where)
                if urlsplit(moved)[:2] != urlsplit(url)[:2]:
                    raise UnreadError(f"{self.host} sends on to another host")
                url = moved
        except requests.exceptions.SSLError:
            raise TroubleError(f"{self.host} has no certificate that is trusted here, or does not speak TLS") from None
        except (requests.exceptions.Timeout, urllib3.exceptions.TimeoutError):
            raise TroubleError(f"{self.host} did not answer in time") from None
        except (requests.exceptions.RequestException, urllib3.exceptions.HTTPError, OSError, ValueError):
            raise TroubleError(f"{self.host} cannot be reached, or does not answer as one should") from None
        raise UnreadError(f"{self.host} sent on more than {REDIRECTS} times")

    def _body(self, answer: requests.Response, until: float) -> bytes:
        """The answer, unpacked: it may be large, and it may come in drops."""
        found = bytearray()
        while piece := answer.raw.read1(_PIECE, decode_content=True):
            found += piece
            if len(found) > MOST_BYTES:
                raise UnreadError(f"{self.host} answers with more than {MOST_BYTES // 1_000_000} MB")
            if self._clock() > until:
                raise TroubleError(f"{self.host} did not answer in time")
        return bytes(found)


def _as_it_is(request: requests.PreparedRequest) -> requests.PreparedRequest:
    return request
