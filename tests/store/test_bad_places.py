"""What a person can mend of a database is said in one sentence; nothing that was written is lost."""

import re
import socket
import sys
from pathlib import Path

import pytest
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

from handrail.errors import UserError
from handrail.model.reading import Page, Read
from handrail.store.connection import address, shown
from handrail.store.database import Store
from handrail.testing import NOW, an_issue
from tests.conftest import read_only


def a_page(first: int, count: int = 100) -> Page:
    reads = tuple(Read(an_issue(number, title="long " * 200), (), NOW) for number in range(first, first + count))
    return Page("gitlab-org", "issues", reads, str(first), NOW)


def test_a_path_and_a_url_name_the_same_file(tmp_path: Path) -> None:
    path = tmp_path / "handrail.db"
    assert address(path) == address(str(path)) == address(f"sqlite:///{path}")
    assert shown(address(path)) == str(path)


@pytest.mark.parametrize(
    "url", ["postgres://u:p@host/db", "postgresql://u:p@host/db", "postgresql+psycopg://u:p@host/db"]
)
def test_a_postgresql_url_may_be_written_in_any_of_the_usual_ways(url: str) -> None:
    assert address(url).drivername == "postgresql+psycopg"
    assert shown(address(url)) == "PostgreSQL database “db” on host"


@pytest.mark.parametrize("url", ["mysql://host/db", "https://gitlab.com", "sqlite://", "postgresql://host:port/db"])
def test_any_other_url_is_refused(url: str) -> None:
    with pytest.raises(UserError, match=r"^No store can be kept there: give the path of a file, or a URL"):
        Store.open(url)


def test_a_store_that_is_not_there_is_not_made_for_a_reader(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"handrail\.db is not there: “handrail sync” makes it"):
        Store.open(tmp_path / "handrail.db", create=False)
    assert not [*tmp_path.iterdir()]


@pytest.mark.skipif(sys.platform == "win32", reason="a system without Unix's permissions")
def test_a_store_is_its_owners_alone(tmp_path: Path) -> None:
    with Store.open(tmp_path / "handrail.db"):
        assert {path.stat().st_mode & 0o077 for path in tmp_path.iterdir()} == {0}


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"cannot be opened: its folder has to exist, and to be yours to write in\.$"):
        Store.open(tmp_path / "none" / "handrail.db")


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Shopping list: " * 100, encoding="utf-8")
    with pytest.raises(UserError, match=r"notes\.txt is no store of Handrail's: choose another file\.$"):
        Store.open(path)
    assert path.read_text(encoding="utf-8").startswith("Shopping list")


@pytest.mark.skipif(sys.platform == "win32", reason="a system without Unix's permissions")
def test_a_folder_that_may_not_be_written(theirs: Path) -> None:
    with read_only(theirs), pytest.raises(UserError, match=r"its folder has to exist, and to be yours to write in\.$"):
        Store.open(theirs / "handrail.db")


@pytest.mark.skipif(sys.platform == "win32", reason="a system without Unix's permissions")
def test_a_store_that_may_only_be_read_keeps_what_it_has(theirs: Path) -> None:
    path = theirs / "handrail.db"
    with Store.open(path) as store:
        store.write_page(a_page(1))
    with (
        read_only(theirs),
        pytest.raises(UserError, match=r"handrail\.db cannot be (written|opened): "),
        Store.open(path) as store,
    ):
        store.write_page(a_page(101))
    with Store.open(path) as store:
        assert len(store.open_refs("gitlab-org")) == 100


def test_a_full_disk_loses_nothing_that_was_written(tmp_path: Path) -> None:
    with Store.open(tmp_path / "handrail.db") as store:
        store.write_page(a_page(1))
        _let_it_grow(store, pages=4)
        with pytest.raises(UserError, match=r"could not be written because the disk is full: nothing that was written"):
            store.write_page(a_page(101))
        assert store.progress("gitlab-org", "issues").cursor == "1"
        assert len(store.open_refs("gitlab-org")) == 100
        _let_it_grow(store, pages=10_000)
        store.write_page(a_page(101))
        assert store.progress("gitlab-org", "issues").cursor == "101"
        assert len(store.open_refs("gitlab-org")) == 200


def _let_it_grow(store: Store, pages: int) -> None:
    """SQLite's own limit of a file's size: beyond it, it says what it says of a full disk."""
    with store._engine.connect() as connection:
        size = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {size + pages}")


def test_a_damaged_file(tmp_path: Path) -> None:
    path = tmp_path / "handrail.db"
    with Store.open(path) as store:
        store.write_page(a_page(1))
    damaged = path.read_bytes()
    path.write_bytes(damaged[:8192] + b"\xff" * (len(damaged) - 8192))
    with pytest.raises(UserError, match="is damaged: take it away"), Store.open(path) as store:
        store.open_refs("gitlab-org")


def test_a_writer_that_another_program_keeps_waiting(tmp_path: Path) -> None:
    with Store.open(tmp_path / "handrail.db") as store, Store.open(tmp_path / "handrail.db") as other:
        with store._engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA busy_timeout = 10")
        with other._writing(), pytest.raises(UserError, match="is being written by another program for too long"):
            store.write_page(a_page(1))
        store.write_page(a_page(1))


def test_a_server_that_is_not_there() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(UserError) as caught:
        Store.open(f"postgresql://mara:s3cret@127.0.0.1:{port}/handrail")
    assert str(caught.value) == (
        "PostgreSQL database “handrail” on 127.0.0.1 cannot be reached: look whether the server runs, and whether "
        "host and port in the URL are right."
    )


def test_a_driver_that_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(UserError, match=r"run “pip install 'handrail\[postgresql\]'”\.$"):
        Store.open("postgresql://127.0.0.1/handrail")


@pytest.mark.parametrize("wrong", [{"database": "none"}, {"username": "ghost"}])
def test_a_database_or_user_that_is_not_there(postgresql: str, wrong: dict[str, str]) -> None:
    url = make_url(postgresql).set(**wrong)  # type: ignore[arg-type]  # each names one part of the URL
    with pytest.raises(UserError, match="is not there, or its user is not: create what is missing, or correct the URL"):
        Store.open(url.render_as_string(hide_password=False))


@pytest.mark.parametrize(
    ("code", "said", "sentence"),
    [
        ("53100", "could not extend file: No space left on device", "because its disk is full: nothing that was"),
        ("42501", "permission denied for table items", "lacks rights for this user: grant them"),
        ("25006", "cannot execute INSERT in a read-only transaction", "takes no writes: is it a standby?"),
    ],
)
def test_what_a_server_refuses(postgresql: str, code: str, said: str, sentence: str) -> None:
    refusal = f"DO $$ BEGIN RAISE EXCEPTION '{said}' USING ERRCODE = '{code}'; END $$"
    with Store.open(postgresql) as store:
        with pytest.raises(UserError, match=re.escape(sentence)), store._writing() as connection:
            connection.exec_driver_sql(refusal)
        store.write_page(a_page(1))


def test_a_server_that_ends_the_connection_is_found_again(postgresql: str) -> None:
    end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid {} "
    with Store.open(postgresql) as store:
        store.write_page(a_page(1))
        with (
            pytest.raises(UserError, match="ended the connection: what was written is kept"),
            store._writing() as ended,
        ):
            ended.exec_driver_sql(end.format("= pg_backend_pid()"))
        with store._reading() as one:
            with store._reading():
                pass  # a second connection, which then waits for its next use
            one.exec_driver_sql(end.format("<> pg_backend_pid()"))
        assert len(store.open_refs("gitlab-org")) == 100


def test_a_fault_of_ours_stays_a_fault(store: Store) -> None:
    with pytest.raises(DBAPIError), store._writing() as connection:
        connection.exec_driver_sql("SELECT * FROM never")
