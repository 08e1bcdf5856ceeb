"""A stand-in for endoflife.date's API v1: serves bodies on a loopback port, as the real one's contract has it."""

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

_PREFIX = "/api/v1/products"


class Answer(NamedTuple):
    """What is answered in place of what is there; no status: the line is cut off."""

    status: int | None
    body: bytes = b""
    headers: Mapping[str, str] = {}


class EndOfLife:
    """What is served, to change while somebody reads it, and what was asked."""

    def __init__(self, bodies: Mapping[str, bytes], aliases: Mapping[str, str]) -> None:
        self.bodies = dict(bodies)
        """Each product's answer, by its name."""
        self.aliases = dict(aliases)
        self.answers: dict[str, Answer] = {}
        """By a product's name, or "" for all."""
        self.asked: list[tuple[str, int | None]] = []
        """Each request's path below the products, and the status of its answer."""
        self.headers: list[Mapping[str, str]] = []
        """What each request came with."""
        self.url = ""

    def put(self, name: str, *releases: Mapping[str, Any], **result: Any) -> None:
        """A product with these releases."""
        told = {"schema_version": "1.2.1", "result": {"name": name, "releases": releases, **result}}
        self.bodies[name] = json.dumps(told).encode()

    def answer(self, path: str, known: str) -> Answer:
        """The answer to a path; ``known``: the mark of the copy that who asks has."""
        below = path.removeprefix(_PREFIX).strip("/")
        name, _, rest = below.partition("/")
        struck = self.answers.get(name, self.answers.get(""))
        if struck is not None:
            return struck
        if not path.startswith(_PREFIX) or rest:
            return _not_found()
        if not below:
            rows = [
                {"name": one, "aliases": [alias for alias, meant in self.aliases.items() if meant == one]}
                for one in self.bodies
            ]
            return _told(json.dumps({"schema_version": "1.2.1", "total": len(rows), "result": rows}).encode(), known)
        if name in self.aliases:
            return Answer(HTTPStatus.MOVED_PERMANENTLY, b"", {"Location": f"{_PREFIX}/{self.aliases[name]}/"})
        return _told(self.bodies[name], known) if name in self.bodies else _not_found()


def _told(body: bytes, known: str) -> Answer:
    mark = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    if known == mark:
        return Answer(HTTPStatus.NOT_MODIFIED, b"", {"ETag": mark})
    return Answer(HTTPStatus.OK, body, {"ETag": mark, "Content-Type": "application/json"})


def _not_found() -> Answer:
    return Answer(HTTPStatus.NOT_FOUND, b"<!doctype html><title>Not found</title>", {"Content-Type": "text/html"})


@contextmanager
def endoflife(bodies: Mapping[str, bytes] | Path = {}, aliases: Mapping[str, str] = {}) -> Iterator[EndOfLife]:  # noqa: B006
    """Serve on a free port of 127.0.0.1: bodies by name, or a folder with ``api_v1/products`` and ``aliases.json``."""
    if isinstance(bodies, Path):
        aliases = json.loads((bodies / "aliases.json").read_bytes())
        bodies = {file.stem: file.read_bytes() for file in (bodies / "api_v1" / "products").glob("*.json")}
    served = EndOfLife(bodies, aliases)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: object) -> None:
            """What was asked is kept, not printed."""

        def do_GET(self) -> None:
            answer = served.answer(self.path, self.headers.get("If-None-Match", ""))
            served.headers.append(dict(self.headers))
            served.asked.append((self.path.removeprefix(_PREFIX).strip("/"), answer.status))
            if answer.status is None:
                self.close_connection = True
                return
            self.send_response_only(answer.status)
            for name, value in {"Content-Length": str(len(answer.body)), **answer.headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        served.url = f"http://127.0.0.1:{server.server_port}"
        yield served
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)
