"""Fetches a calendar from an address that somebody named: from the public internet alone, and only so much of it.

The address is a secret, and may lead anywhere: nothing that is said of a failure repeats any of it, the connection goes
to the very address that was checked, and redirects are followed by hand, each checked like the first.
"""

import socket
import ssl
import zlib
from collections.abc import Callable, Sequence
from contextlib import suppress
from http.client import HTTPException, HTTPResponse, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from threading import Thread
from urllib.parse import SplitResult, quote, urljoin, urlsplit

MOST_BYTES = 5_000_000
"""Of a calendar, unpacked."""
SECONDS = 20
"""For all of it: finding the host, redirects and reading."""
REDIRECTS = 3
_PIECE = 65536
_MOVED = frozenset({301, 302, 303, 307, 308})
Address = IPv4Address | IPv6Address


class UnreadError(Exception):
    """Why a calendar could not be read: the end of a sentence, without anything of its address."""


def is_public(address: Address) -> bool:
    """Whether an address is one of the public internet, whatever it is wrapped in."""
    if isinstance(address, IPv6Address) and (
        address.ipv4_mapped or address.sixtofour or address.teredo or address.is_site_local
    ):
        return False
    return address.is_global and not (
        address.is_private
        or address.is_loopback
        or address.is_link_local
        or address.is_multicast
        or address.is_reserved
        or address.is_unspecified
    )


def checked(text: str) -> SplitResult:
    """A calendar's address in its parts; webcal:// stands for https://. Raises UnreadError for any that is not read."""
    try:
        url = urlsplit(text.strip())
        url = url._replace(scheme="https") if url.scheme in {"webcal", "webcals"} else url
        port, host = url.port, url.hostname
    except ValueError:
        raise UnreadError("its address cannot be understood") from None
    if url.scheme != "https":
        raise UnreadError("only addresses that begin with https:// are read")
    if not host or port == 0:
        raise UnreadError("its address names no host")
    if url.username is not None or url.password is not None:
        raise UnreadError("addresses with a user name or password in them are not read")
    return url


def fetch(
    text: str,
    allowed: Callable[[Address], bool] = is_public,
    context: ssl.SSLContext | None = None,
    seconds: float = SECONDS,
) -> bytes:
    """What is at an address, unpacked, of at most ``MOST_BYTES``; ``allowed`` says which hosts may be asked.

    Raises UnreadError. A host that answers too slowly is hung up on: no single wait of a socket bounds the whole.
    """
    work = _Fetch(text, allowed, context, seconds)
    thread = Thread(target=work.run, daemon=True)
    thread.start()
    thread.join(seconds)
    if thread.is_alive():
        work.hang_up()
        raise UnreadError(f"it took longer than {seconds:g} seconds")
    if work.error is not None:
        raise work.error
    return work.body


def _trusting() -> ssl.SSLContext:
    """Trusts whom reading GitLab trusts."""
    import os

    from requests.utils import DEFAULT_CA_BUNDLE_PATH

    where = os.environ.get("REQUESTS_CA_BUNDLE") or DEFAULT_CA_BUNDLE_PATH
    context = ssl.create_default_context()
    is_folder = Path(where).is_dir()
    context.load_verify_locations(None if is_folder else where, where if is_folder else None)
    return context


class _Connection(HTTPSConnection):
    """To a host at addresses that were looked up and checked before: it looks up nothing itself."""

    def __init__(self, host: str, port: int, addresses: Sequence[str], context: ssl.SSLContext, seconds: float) -> None:
        super().__init__(host, port, timeout=seconds, context=context)
        self._addresses, self._tls, self._seconds = addresses, context, seconds
        self.line: socket.socket | None = None

    def connect(self) -> None:
        *others, last = self._addresses
        for address in others:
            with suppress(OSError):
                plain = socket.create_connection((address, self.port), self._seconds)
                break
        else:
            plain = socket.create_connection((last, self.port), self._seconds)
        wrapped = self._tls.wrap_socket(plain, server_hostname=self.host, do_handshake_on_connect=False)
        self.sock = self.line = wrapped
        wrapped.do_handshake()


class _Fetch:
    """One calendar, fetched in a thread of its own so that whoever waits can hang up."""

    def __init__(
        self, text: str, allowed: Callable[[Address], bool], context: ssl.SSLContext | None, seconds: float
    ) -> None:
        self._text, self._allowed, self._context, self._seconds = text, allowed, context, seconds
        self._connection: _Connection | None = None
        self.body = b""
        self.error: BaseException | None = None

    def run(self) -> None:
        """Fetch it into ``body``, or say in ``error`` why not."""
        try:
            self.body = self._followed()
        except ssl.SSLCertVerificationError:
            self.error = UnreadError("nobody vouches for its host’s certificate")
        except socket.gaierror:
            self.error = UnreadError("its host is not known")
        except (OSError, HTTPException, ValueError, zlib.error):
            self.error = UnreadError("its host cannot be reached, or does not answer as one should")
        except BaseException as error:  # noqa: BLE001  # handed to the one who waits
            self.error = error

    def hang_up(self) -> None:
        """End whatever it is waiting for."""
        line = self._connection.line if self._connection else None
        if line is not None:
            with suppress(OSError):
                line.shutdown(socket.SHUT_RDWR)

    def _followed(self) -> bytes:
        url, context = checked(self._text), self._context or _trusting()
        for _ in range(REDIRECTS + 1):
            connection = self._connection = self._connected(url, context)
            try:
                target = quote(url.path or "/", safe="/%:;,+@!$&'()*~=") + (f"?{url.query}" if url.query else "")
                connection.request("GET", target, headers={"Accept": "text/calendar", "Accept-Encoding": "gzip"})
                with connection.getresponse() as answer:
                    if answer.status == 200:
                        return _whole(answer)
                    where = answer.getheader("Location")
                if answer.status not in _MOVED or not where:
                    raise UnreadError(f"its host answers with status {answer.status}")
                url = checked(urljoin(url.geturl(), where))
            finally:
                connection.close()
        raise UnreadError(f"it was redirected more than {REDIRECTS} times")

    def _connected(self, url: SplitResult, context: ssl.SSLContext) -> _Connection:
        host, port = str(url.hostname).encode("idna").decode(), url.port or 443
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(info[4][0]) for info in found))
        if not all(self._allowed(ip_address(address.partition("%")[0])) for address in addresses):
            raise UnreadError("it leads to an address that is not on the public internet")
        return _Connection(host, port, addresses, context, self._seconds)


def _whole(answer: HTTPResponse) -> bytes:
    too_large = UnreadError(f"it is larger than {MOST_BYTES // 1_000_000} MB")
    if (answer.length or 0) > MOST_BYTES:
        raise too_large
    packed = answer.getheader("Content-Encoding", "identity").casefold()
    if packed not in {"identity", "gzip", "x-gzip"}:
        raise UnreadError("it is packed in a way that was not asked for")
    unpack = zlib.decompressobj(31) if packed != "identity" else None
    found = bytearray()
    while piece := answer.read(_PIECE):
        found += unpack.decompress(piece, MOST_BYTES + 1 - len(found)) if unpack else piece
        if len(found) > MOST_BYTES:
            raise too_large
    return bytes(found)
