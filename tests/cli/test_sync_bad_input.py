"""What may go wrong between a person, a GitLab and a store: one clear sentence, exit code 2, and nothing is lost."""

import os
import re
import resource
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Engine, event

import standin
from handrail.demo import NOW, DemoTeam
from handrail.gitlab.connection import Connection, Pace
from handrail.model.facts import Team
from handrail.model.planning import Project
from handrail.store import schema
from handrail.store.database import Store
from handrail.testing import Told
from tests.cli.conftest import Ran, Run
from tests.conftest import read_only

DEMO = DemoTeam(300)
GROUP = "gitlab-org"
OMNIBUS = "gitlab-org/omnibus-gitlab"
PROGRESS = re.compile(r": \d+ (issues|merge requests|epics)$|asks to wait for \d+ seconds$")
SECRET = "glpat-of-nobody-at-all"


@pytest.fixture
def gitlab() -> Iterator[standin.StandIn]:
    with standin.running(DEMO) as served:
        yield served


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "store.sqlite"


@pytest.fixture(autouse=True)
def environment(gitlab: standin.StandIn, place: Path, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A person whose GitLab is the stand-in, read in small pages and without waiting before it is asked again."""
    monkeypatch.setenv("GITLAB_URL", gitlab.url)
    monkeypatch.setenv("GITLAB_TOKEN", gitlab.token)
    monkeypatch.setenv("HANDRAIL_STORE", str(place))
    monkeypatch.setenv("HANDRAIL_NOW", NOW.isoformat())
    monkeypatch.setattr("handrail.gitlab.reader.PAGE", 15)
    monkeypatch.setattr("handrail.gitlab.connection.Pace", lambda said: Pace(lambda _: None, said=said))
    return monkeypatch


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    """What a store holds after a reading that nothing disturbed."""
    from handrail.engine.sync import sync
    from handrail.gitlab.histories import Team as Known
    from handrail.gitlab.reader import Reader
    from handrail.gitlab.sources import Source
    from handrail.testing import bundled

    path = tmp_path_factory.mktemp("undisturbed") / "store.sqlite"
    with standin.running(DEMO) as served, Store.open(path) as store:
        connection = Connection(served.url, served.token)
        sync(Reader(connection, Known(mention=bundled().team.mention)), store, (Source(OMNIBUS),))
        connection.close()
    return stored(path)


def stored(path: Path) -> dict[str, object]:
    """Every item with its history; a GitLab's own addresses left out."""
    with Store.open(path) as store:
        found = store.facts(NOW).items(histories=True, closed=True)
        return {item.ref: (msgspec.structs.replace(item, web_url=None), tuple(events)) for item, events in found}


def refused(ran: Ran, *secrets: str) -> str:
    """One sentence of what is wrong, without a traceback or a token."""
    assert ran.code == 2, ran
    assert "Traceback" not in ran.err
    for secret in (standin.READ_TOKEN, *secrets):
        assert secret not in ran.out + ran.err
    *before, said = ran.err.splitlines()
    assert all(PROGRESS.search(line) for line in before), before
    assert said.endswith(".")
    return said


def read_well(run: Run, path: str = OMNIBUS) -> None:
    ran = run("sync", "--group", path)
    assert ran.code == 0, ran.err


# --- the token ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("token", "words"),
    [
        (SECRET, "does not accept the token: it is wrong, expired or revoked"),
        (standin.EXPIRED_TOKEN, "does not accept the token: it is wrong, expired or revoked"),
        (standin.SCOPELESS_TOKEN, "scope read_api"),
        ("glpat-with a\nline", "copy it again (GITLAB_TOKEN)"),
    ],
)
def test_a_token_that_will_not_do(
    token: str,
    words: str,
    run: Run,
    gitlab: standin.StandIn,
    place: Path,
    environment: pytest.MonkeyPatch,
    undisturbed: dict[str, object],
) -> None:
    environment.setenv("GITLAB_TOKEN", token)
    assert words in refused(run("sync", "--group", OMNIBUS), token)
    nowhere(token, gitlab, place)
    environment.setenv("GITLAB_TOKEN", gitlab.token)
    read_well(run)
    assert stored(place) == undisturbed


def test_a_token_that_expires_in_the_middle(
    run: Run, gitlab: standin.StandIn, place: Path, undisturbed: dict[str, object]
) -> None:
    gitlab.fail("status", "ProjectMergeRequests", skip=1, times=None, status=401)
    assert "expired" in refused(run("sync", "--group", OMNIBUS))
    gitlab.heal()
    read_well(run)
    assert stored(place) == undisturbed


def test_the_token_is_kept_and_logged_nowhere(
    run: Run, gitlab: standin.StandIn, place: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    ran = run("sync", "--group", OMNIBUS)
    assert ran.code == 0
    assert gitlab.token not in ran.out + ran.err + caplog.text
    nowhere(gitlab.token, gitlab, place)


def nowhere(token: str, gitlab: standin.StandIn, place: Path) -> None:
    """Neither beside the store nor in what was asked."""
    for file in place.parent.rglob("*"):
        assert not file.is_file() or token.encode() not in file.read_bytes(), file
    for asked in gitlab.requests:
        assert token not in f"{asked.path}{asked.query}{asked.variables}"


# --- what is read ---------------------------------------------------------------------------------------


def test_a_group_that_does_not_exist(run: Run, place: Path, undisturbed: dict[str, object]) -> None:
    read_well(run)
    said = refused(run("sync", "--group", "acme/nothing"))
    assert "has no project or group acme/nothing" in said
    assert "ask for access" in said
    assert "The others were read" not in said
    assert stored(place) == undisturbed


def test_a_project_lost_between_two_pages(
    run: Run, gitlab: standin.StandIn, place: Path, undisturbed: dict[str, object]
) -> None:
    gitlab.before("ProjectWorkItems", lambda world: world.lose(OMNIBUS), skip=1)
    said = refused(run("sync", "--group", OMNIBUS))
    assert f"does not show {OMNIBUS} any more" in said
    assert 0 < len(stored(place)) < len(undisturbed)
    gitlab.world.find_again(OMNIBUS)
    gitlab.requests.clear()
    read_well(run)
    assert stored(place) == undisturbed
    pages = [asked.variables["after"] for asked in gitlab.requests if asked.operation == "ProjectWorkItems"]
    assert pages[0] is not None  # it went on where it stopped


@pytest.mark.parametrize(
    ("harm", "words"),
    [
        ("invalid_json", "something else than GitLab's API"),
        ("html", "a sign-in page is in between"),
        ("cut_off", "cannot be reached"),
        ("rate_limited", "asks for fewer requests"),
        ("graphql_timeout", "in time"),
    ],
)
def test_answers_that_stay_wrong(
    harm: Any, words: str, run: Run, gitlab: standin.StandIn, place: Path, undisturbed: dict[str, object]
) -> None:
    gitlab.fail(harm, "ProjectWorkItems", skip=1, times=None)
    assert words in refused(run("sync", "--group", OMNIBUS))
    assert 0 < len(stored(place)) < len(undisturbed)
    gitlab.heal()
    read_well(run)
    assert stored(place) == undisturbed


def test_a_long_wait_that_gitlab_asks_for_is_told(run: Run, gitlab: standin.StandIn) -> None:
    gitlab.fail("rate_limited", "ProjectWorkItems", retry_after=40)
    ran = run("sync", "--group", OMNIBUS)
    assert ran.code == 0
    assert f"{gitlab.url} asks to wait for 40 seconds" in ran.err


def test_a_deleted_user(run: Run, gitlab: standin.StandIn, environment: pytest.MonkeyPatch, tmp_path: Path) -> None:
    handbook = tmp_path / "team.yml"
    handbook.write_bytes(msgspec.json.encode({"people": dict(DEMO.team().people)}))
    environment.setenv("HANDRAIL_HANDBOOK", str(handbook))
    gitlab.world.delete_user("mara")
    ran = run("sync")
    assert (ran.code, "Traceback" in ran.err) == (0, False)
    rows = run("next", "--team", "--json").json
    assert rows["nadia"]
    # What she was assigned to is nobody's now, and what she wrote is the ghost's.
    assert not [row for row in rows["mara"] if row["row"] in {"4-own", "5-own"}]


def test_a_moved_item(run: Run, gitlab: standin.StandIn, place: Path, environment: pytest.MonkeyPatch) -> None:
    read_well(run, GROUP)
    with Store.open(place) as store:
        ref = min(ref for ref in store.open_refs(GROUP) if ref.startswith(f"{OMNIBUS}#"))
    later = msgspec.json.decode(b'"2026-06-03T15:00:00Z"', type=type(NOW))
    gitlab.world.now = later
    there = gitlab.world.move_issue(ref, "gitlab-org/charts/gitlab", later)
    environment.setenv("HANDRAIL_NOW", later.isoformat())
    read_well(run, GROUP)
    with Store.open(place) as store:
        opened = store.open_refs(GROUP)
    assert there in opened
    assert ref not in opened
    assert run("explain", ref).code == 2


def test_an_empty_group(environment: pytest.MonkeyPatch, run: Run) -> None:
    with standin.running(Told((), Team(NOW, {}, (Project(OMNIBUS, "main", ()),)))) as empty:
        environment.setenv("GITLAB_URL", empty.url)
        ran = run("sync", "--group", GROUP)
        assert (ran.code, ran.out.startswith("0 items changed")) == (0, True)
        assert "name the handbook that has its people with --handbook" in refused(run("next", "--team"))
        assert run("sync", "--group", GROUP).out.startswith("0 items changed")


# --- the way there --------------------------------------------------------------------------------------


@contextmanager
def a_listener(answer: Callable[[socket.socket], object]) -> Iterator[str]:
    """An address on loopback where every caller is answered so."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    caller, _ = listener.accept()
                except OSError:
                    return
                try:
                    answer(caller)
                except OSError:
                    pass
                finally:
                    caller.close()

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
    thread.join(5)


OPENSSL = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl, which makes the certificate, is not installed")
def test_a_certificate_that_nobody_vouches_for(environment: pytest.MonkeyPatch, run: Run, tmp_path: Path) -> None:
    key, certificate = tmp_path / "key.pem", tmp_path / "certificate.pem"
    subprocess.run(
        [*OPENSSL, "-keyout", str(key), "-out", str(certificate)],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with a_listener(partial(context.wrap_socket, server_side=True)) as url:
        environment.setenv("GITLAB_URL", url)
        assert "set REQUESTS_CA_BUNDLE to the authority's certificate" in refused(run("sync", "--group", OMNIBUS))


def test_an_address_without_tls(environment: pytest.MonkeyPatch, run: Run) -> None:
    def greet(caller: socket.socket) -> None:
        caller.recv(100)
        caller.sendall(b"SSH-2.0-OpenSSH_9.6\r\n")

    with a_listener(greet) as url:
        environment.setenv("GITLAB_URL", url)
        assert "whether it begins with http:// or https://" in refused(run("sync", "--group", OMNIBUS))


# --- the store ------------------------------------------------------------------------------------------


def test_a_store_of_a_newer_version(run: Run, place: Path, undisturbed: dict[str, object]) -> None:
    read_well(run)
    set_version(place, str(int(schema.HEAD) + 1))
    for command in (("sync", "--group", OMNIBUS), ("next", "--team")):
        assert refused(run(*command)).endswith("upgrade Handrail.")
    set_version(place, schema.HEAD)
    read_well(run)
    assert stored(place) == undisturbed


def set_version(place: Path, version: str) -> None:
    import sqlite3

    with sqlite3.connect(place) as connection:
        connection.execute(f"UPDATE {schema.VERSION_TABLE} SET version_num = ?", (version,))
    connection.close()


@pytest.mark.skipif(sys.platform == "win32", reason="a system without Unix's permissions")
def test_a_read_only_folder(
    run: Run, theirs: Path, environment: pytest.MonkeyPatch, undisturbed: dict[str, object]
) -> None:
    path = theirs / "store.sqlite"
    with read_only(theirs):
        said = refused(run("--store", str(path), "sync", "--group", OMNIBUS))
        assert "its folder has to exist, and to be yours to write in" in said
        environment.delenv("HANDRAIL_STORE")
        environment.setenv("XDG_DATA_HOME", str(theirs))
        assert "name another place with --store" in refused(run("sync", "--group", OMNIBUS))
    environment.setenv("HANDRAIL_STORE", str(path))
    read_well(run)
    with read_only(theirs):
        assert str(path) in refused(run("sync", "--group", OMNIBUS))
    read_well(run)
    assert stored(path) == undisturbed


def test_a_disk_that_fills_up(run: Run, place: Path, undisturbed: dict[str, object]) -> None:
    """SQLite's own limit of a file's size: beyond it, it says what it says of a full disk."""

    def limit(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 90")

    event.listen(Engine, "connect", limit)
    try:
        said = refused(run("sync", "--group", OMNIBUS))
    finally:
        event.remove(Engine, "connect", limit)
    assert "the disk is full: nothing that was written before is lost; make room, then go on" in said
    assert 0 < len(stored(place)) < len(undisturbed)
    read_well(run)
    assert stored(place) == undisturbed


PROGRAM = [sys.executable, "-c", "from handrail.app import main; main()"]


@pytest.mark.parametrize("closed", [1, 2])
def test_an_output_that_is_closed_is_no_fault(closed: int) -> None:
    ran = subprocess.run(
        [*PROGRAM, "--demo", "handover", "--dry-run"],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: os.close(closed),
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_a_file_that_the_system_lets_grow_no_further(run: Run, place: Path, undisturbed: dict[str, object]) -> None:
    at_most = 300_000
    ran = subprocess.run(
        [*PROGRAM, "sync", "--group", OMNIBUS],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (at_most, at_most)),
    )
    said = refused(Ran(ran.returncode, ran.stdout, ran.stderr))
    assert "look whether the disk is full or broken; what was written is kept" in said
    read_well(run)
    assert stored(place) == undisturbed
