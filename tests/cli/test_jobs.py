"""`handrail run` as a program that stays, and `handrail jobs`, which shows how it goes."""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from handrail.gitlab.connection import TIMEOUT
from handrail.store.database import Store
from handrail.store.inbox import Headers
from handrail.store.jobs import Standing
from handrail.testing import NOW
from standin import StandIn
from tests.cli.conftest import Run, SetUp
from tests.engine.applying import a_desk

LONG = 60.0
"""Seconds after which a test gives up waiting for the program."""
BOOK = {
    "people": {"nadia": {"name": "Nadia"}, "mara": {"name": "Mara"}},
    "acting": {"most_share": 1.0},
    "rules": {"required_labels": {"mode": "apply"}},
}


@pytest.fixture
def gitlab(tmp_path: Path, set_up: SetUp) -> Iterator[StandIn]:
    with a_desk(tmp_path / "store.sqlite") as desk:
        set_up(BOOK, NOW, gitlab=desk.gitlab)
        yield desk.gitlab


@pytest.mark.usefixtures("gitlab")
def test_before_anything_ran(run: Run) -> None:
    ran = run("jobs")
    assert ran.code == 0
    assert ran.out.splitlines()[0].split() == [
        "Job",
        "State",
        "Ended",
        "(UTC)",
        "Took",
        "Next",
        "(UTC)",
        "What",
        "it",
        "does",
    ]
    assert ran.out.splitlines()[1].split()[:4] == ["inbox", "new", "at", "once"]
    assert ran.out.splitlines()[-1] == "These have never run: start “handrail run”."
    assert {(row["state"], row["last"], row["next"]) for row in run("jobs", "--json").json} == {("new", None, None)}


@pytest.mark.usefixtures("gitlab")
def test_what_runs_what_failed_and_what_nobody_runs(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    minute = timedelta(minutes=1)
    with Store.open(tmp_path / "store.sqlite") as store:
        for name in ("handover", "sweep", "evaluate"):
            store.jobs.take(Standing(name), "it", NOW - minute, NOW + minute)
        store.jobs.failed("sweep", "it", NOW, 2.5, NOW + minute, error="GitLab is away: look at \x1b it.")
        store.jobs.done("handover", "it", NOW, 0.25, NOW + 5 * minute, error="A part is missing.")
    rows = {row["name"]: row for row in run("jobs", "--json").json}
    assert [rows[name]["state"] for name in ("handover", "sweep", "evaluate", "upstream")] == [
        "in part", "failing", "running", "new",
    ]  # fmt: skip
    assert (rows["sweep"]["took"], rows["sweep"]["attempts"]) == (2.5, 1)
    lines, said = run("jobs").out.splitlines(), "GitLab is away: look at \N{REPLACEMENT CHARACTER} it"
    assert lines[3].split()[:5] == ["sweep", "failing", "14:00:00", "2.5", "s"]
    assert lines[-2:] == [
        "handover: A part is missing. Tried again at 2026-06-02 14:05 UTC.",
        f"sweep, failed 1 time in a row: {said}. Tried again at 2026-06-02 14:01 UTC.",
    ]
    with Store.open(tmp_path / "store.sqlite") as store:
        store.inbox.accept(b"{}", Headers(), NOW)
        store.inbox.failed(store.inbox.due(NOW, 1)[0], "it is odd", NOW)
    assert run("jobs").out.splitlines()[-2:] == [
        "1 webhook waiting to be worked, 1 of which could not be worked yet.",
        "  of 14:00:00, tried again at 14:01:00: it is odd",
    ]
    monkeypatch.setenv("HANDRAIL_NOW", (NOW + timedelta(hours=2)).isoformat())
    assert run("jobs").out.splitlines()[-1] == (
        "Nobody has run what is due since 2026-06-02 14:01 UTC: start “handrail run”."
    )


def test_it_runs_until_it_is_asked_to_end(run: Run, gitlab: StandIn, tmp_path: Path) -> None:
    program = [sys.executable, "-c", "from handrail.app import main; main()", "run", "--group", "gitlab-org"]
    with subprocess.Popen(program, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        try:
            with Store.open(tmp_path / "store.sqlite") as store:
                until = time.perf_counter() + LONG
                while not any(one.state == "confirmed" for one in store.journal.records()):
                    assert running.poll() is None
                    assert time.perf_counter() < until
                    time.sleep(0.05)
            running.send_signal(signal.SIGTERM)
            out, err = running.communicate(timeout=LONG)
        finally:
            running.kill()
    assert running.returncode == 0, err
    assert "  add ~group::distribution" in out, err
    assert err.splitlines()[-1].endswith(" stopped")
    assert "up to date with http://127.0.0.1:" in err
    assert gitlab.write_token not in out + err
    with Store.open(tmp_path / "store.sqlite") as store:
        assert {one.run for one in store.jobs.all().values()} == {""}
    assert "start “handrail run”" not in run("jobs").out


def test_it_ends_though_gitlab_does_not_answer(set_up: SetUp, monkeypatch: pytest.MonkeyPatch) -> None:
    set_up(BOOK, NOW)
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        monkeypatch.setenv("GITLAB_URL", f"http://127.0.0.1:{silent.getsockname()[1]}")
        monkeypatch.setenv("GITLAB_TOKEN", "glpat-of-this-test")
        program = [sys.executable, "-m", "handrail", "run", "--group", "gitlab-org"]
        with subprocess.Popen(program, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
            silent.settimeout(LONG)
            asked, _ = silent.accept()
            with asked:
                running.send_signal(signal.SIGTERM)
                _, err = running.communicate(timeout=TIMEOUT / 2)
    assert running.returncode == 0, err
    assert err.splitlines()[-1].endswith(" stopped")
