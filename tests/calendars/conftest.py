"""A host of calendars on this machine, over HTTPS, with a certificate of its own."""

import shutil
import ssl
import subprocess
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import NamedTuple

import pytest

from handrail.calendars.fetching import Address, fetch

Answer = Callable[[BaseHTTPRequestHandler], None]
ONLY_HERE = frozenset({ip_address("127.0.0.1"), ip_address("::1")})


class Host(NamedTuple):
    """Calendars by path, and what to call to have one fetched from there."""

    address: str
    answers: dict[str, Answer]
    asked: list[dict[str, str]]
    fetch: Callable[..., bytes]

    def serve(self, path: str, body: bytes, status: int = 200, **headers: str) -> str:
        """Have it answer so at a path; the address."""

        def answer(handler: BaseHTTPRequestHandler) -> None:
            handler.send_response(status)
            for name, value in {"Content_Length": str(len(body)), **headers}.items():
                handler.send_header(name.replace("_", "-"), value)
            handler.end_headers()
            handler.wfile.write(body)

        self.answers[path] = answer
        return self.address + path


def allow_here(address: Address) -> bool:
    """The tests' own host, which no calendar may be on otherwise."""
    return address in ONLY_HERE


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    if not shutil.which("openssl"):
        pytest.skip("openssl, which makes the certificate, is not installed")
    folder = tmp_path_factory.mktemp("certificate")
    key, made = folder / "key.pem", folder / "certificate.pem"
    told = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    told += ["-addext", "subjectAltName=DNS:localhost", "-keyout", str(key), "-out", str(made)]
    subprocess.run(told, check=True, capture_output=True)
    return key, made


@pytest.fixture
def host(certificate: tuple[Path, Path]) -> Iterator[Host]:
    answers: dict[str, Answer] = {}
    asked: list[dict[str, str]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append({name.casefold(): value for name, value in self.headers.items()})
            with suppress(OSError):  # whoever asked has hung up
                answers[self.path](self)

        def log_message(self, *_: object) -> None:
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            pass

    key, made = certificate
    theirs = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    theirs.load_cert_chain(made, key)
    with Server(("127.0.0.1", 0), Handler) as server:
        server.socket = theirs.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        ours = partial(fetch, allowed=allow_here, context=ssl.create_default_context(cafile=str(made)))
        yield Host(f"https://localhost:{server.server_port}", answers, asked, ours)
        server.shutdown()
        thread.join()
