"""`handrail serve` as a program, and the process that it starts beside its own."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest

from handrail.cli.beside import Beside
from handrail.cli.chosen import Chosen
from handrail.store.database import Store
from handrail.testing import NOW
from standin import StandIn
from tests.cli.conftest import SetUp
from tests.cli.test_jobs import BOOK
from tests.engine.applying import a_desk

LONG = 60.0
"""Seconds after which a test gives up waiting."""
SECRET = "the secret of this test"
_PROCESSES = Path("/proc")
pytestmark = pytest.mark.skipif(not _PROCESSES.exists(), reason="there is no /proc to find a process by its parent")


@pytest.fixture
def gitlab(tmp_path: Path, set_up: SetUp, monkeypatch: pytest.MonkeyPatch) -> Iterator[StandIn]:
    with a_desk(tmp_path / "store.sqlite") as desk:
        set_up(BOOK, NOW, gitlab=desk.gitlab)
        monkeypatch.setenv("HANDRAIL_WEBHOOK_SECRET", SECRET)
        yield desk.gitlab


def test_it_reads_and_acts_in_a_process_beside_it(gitlab: StandIn, tmp_path: Path) -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    program = [sys.executable, "-m", "handrail", "--demo", "serve", "--port", str(port)]
    with (
        (tmp_path / "said").open("w+b") as said,
        Store.open(tmp_path / "store.sqlite") as store,
        subprocess.Popen(program, stdout=said, stderr=said) as serving,
    ):
        try:
            until(lambda: any(one.state == "confirmed" for one in store.journal.records()))
            until(lambda: store.jobs.all()["evaluate"].ended_at is not None)
            hook = {"object_kind": "push", "project": {"path_with_namespace": "gitlab-org/charts"}}
            assert posted(port, hook) == 202
            until(lambda: not store.inbox.waiting().count)

            first = beside(serving.pid)
            os.kill(first, signal.SIGKILL)
            until(lambda: beside(serving.pid) not in {0, first} and is_deaf(beside(serving.pid)))
            second = beside(serving.pid)
            os.kill(second, signal.SIGTERM)  # as what ends a group of processes: it waits for the word of the other one
            serving.send_signal(signal.SIGTERM)
            assert serving.wait(LONG) == 0
        finally:
            serving.kill()
    assert not is_there(second)
    words = (tmp_path / "said").read_text()
    assert "what reads GitLab and acts has ended (-9), and is started again" in words
    assert "has ended (-15)" not in words
    assert "Traceback" not in words
    assert gitlab.write_token not in words
    assert {store.jobs.all()[name].run for name in ("inbox", "handover")} == {""}  # what was in its own hands is not


def test_whoever_started_it_is_killed_and_it_ends(gitlab: StandIn, tmp_path: Path) -> None:
    (tmp_path / "calendar.py").write_text("raise SystemExit('what lies where it is started is no module of ours')\n")
    program = [sys.executable, "-P", "-m", "handrail", "--demo", "serve", "--port", "0"]
    with (
        (tmp_path / "said").open("w+b") as said,
        subprocess.Popen(program, stdout=said, stderr=said, cwd=tmp_path) as serving,
    ):
        try:
            until(lambda: is_deaf(beside(serving.pid)))
            started = beside(serving.pid)
        finally:
            serving.kill()
    until(lambda: not is_there(started))
    assert gitlab.write_token not in (tmp_path / "said").read_text()


def test_one_that_cannot_be_started_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("handrail.cli.beside._SOON", 0.01)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "none"))
    said = list[str]()

    def lines() -> list[str]:
        said.append(capsys.readouterr().err)
        return "".join(said).splitlines()

    chosen = Chosen(None, demo=False, size=0, people=0, handbook_file=None)
    with Beside(chosen, 10, "http://127.0.0.1:9", None, None, lambda: NOW):
        until(lambda: len(lines()) > 1)
    words = "what reads GitLab and acts could not be started (No such file or directory), and is started again"
    assert {line.split(" ", 2)[2] for line in lines()} == {words}


def posted(port: int, body: object) -> int:
    """The status with which a webhook is answered."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=LONG)) as connection:
        connection.request("POST", "/webhooks/gitlab", json.dumps(body), {"X-Gitlab-Token": SECRET})
        return connection.getresponse().status


def until(wanted: Callable[[], bool]) -> None:
    """Wait until it is so."""
    end = time.perf_counter() + LONG
    while not wanted():
        assert time.perf_counter() < end, "it never came"
        time.sleep(0.05)


def beside(process: int) -> int:
    """The process that a process started; 0 where there is none."""
    tasks = (_PROCESSES / str(process) / "task").glob("*/children")
    return next((int(one) for task in tasks for one in task.read_text().split()), 0)


def is_there(process: int) -> bool:
    return (_PROCESSES / str(process)).exists()


def is_deaf(process: int) -> bool:
    """Whether it has come so far that it heeds no signal that could be meant for the one that started it."""
    try:
        told = (_PROCESSES / str(process) / "status").read_text()
    except OSError:
        return False
    ignored = next(int(line.split()[1], 16) for line in told.splitlines() if line.startswith("SigIgn:"))
    return bool(ignored & 1 << signal.SIGTERM - 1)
