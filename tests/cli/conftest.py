"""Runs the program as a person does: its arguments in, its exit code and what it printed out."""

import json
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import pytest

from handrail.app import main
from handrail.gitlab.connection import Pace
from standin import StandIn


class Ran(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Run = Callable[..., Ran]
SetUp = Callable[..., Path]


@pytest.fixture(autouse=True)
def _no_upstream(monkeypatch: pytest.MonkeyPatch) -> None:
    """What others release is asked for only by tests that serve it."""
    monkeypatch.setenv("HANDRAIL_UPSTREAM", "none")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    def ran(*arguments: str) -> Ran:
        monkeypatch.setattr("sys.argv", ["handrail", *arguments])
        patient = partial(Pace, lambda _seconds: None)  # what would wait for a GitLab that is not there goes on
        monkeypatch.setattr("handrail.gitlab.connection.Pace", patient)
        capsys.readouterr()
        code = 0
        try:
            main()
        except SystemExit as left:
            code = int(left.code or 0)
        return Ran(code, *capsys.readouterr())

    return ran


@pytest.fixture
def set_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SetUp:
    """Gives who runs the program a handbook, a place for a store, the time, and a GitLab to write to, or to read."""

    def done(
        handbook: object, now: datetime, user: str = "", gitlab: StandIn | None = None, *, writes: bool = True
    ) -> Path:
        file, store = tmp_path / "team.yml", tmp_path / "store.sqlite"
        file.write_bytes(msgspec.json.encode(handbook))
        for name, value in {"HANDBOOK": file, "STORE": store, "USER": user, "NOW": now.isoformat()}.items():
            monkeypatch.setenv(f"HANDRAIL_{name}", str(value))
        if gitlab is not None:
            monkeypatch.setenv("GITLAB_URL", gitlab.url)
            monkeypatch.setenv("GITLAB_TOKEN", gitlab.write_token if writes else gitlab.token)
        return store

    return done


HEADER = '{"kind":"snapshot","version":1,"now":"2026-06-02T14:12:00Z","derived":true}'
PEOPLE = '{"kind":"people","people":{"ada":{"name":"Ada","groups":["build"]},"bo":{"name":"Bo"}}}'
PROJECT = '{"kind":"project","path":"gitlab-org/omnibus-gitlab","maintainers":["bo"]}'


@pytest.fixture
def snapshot(tmp_path: Path) -> Callable[..., str]:
    """A snapshot file of the lines given after a team of two; its path."""

    def written(*lines: str, header: str = HEADER, people: str = PEOPLE) -> str:
        path = tmp_path / "case.jsonl"
        path.write_text("\n".join([header, people, PROJECT, *lines]) + "\n")
        return str(path)

    return written


def issue(iid: int = 1, **fields: object) -> str:
    """The line of an issue that Ada works on."""
    ref = f"gitlab-org/omnibus-gitlab#{iid}"
    stated = {
        "ref": ref,
        "title": "Tidy up",
        "author": "bo",
        "created_at": "2026-05-01T08:00:00Z",
        "assignees": ["ada"],
    }
    return json.dumps(
        {"kind": "issue", **stated, "labels": ["priority::2", "Deliverable", "workflow::in dev"], **fields}
    )


def merge_request(iid: int = 1, **fields: object) -> str:
    """The line of a merge request of Bo's that waits for Ada's review."""
    ref = f"gitlab-org/omnibus-gitlab!{iid}"
    stated = {"ref": ref, "title": "Tidy up", "author": "bo", "created_at": "2026-05-01T08:00:00Z"}
    asked = [{"username": "ada", "requested_at": "2026-05-29T08:00:00Z"}]
    labels = ["workflow::ready for review"]
    return json.dumps({"kind": "merge_request", **stated, "labels": labels, "reviewers": asked, **fields})
