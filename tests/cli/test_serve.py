import stat
from pathlib import Path

import pytest

from handrail.cli.serve import kept_secret
from handrail.store.database import Store
from tests.cli.conftest import Run


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.7", "handrail.example.com", "::"])
def test_an_open_demo_is_for_this_machine_alone(run: Run, host: str) -> None:
    ran = run("--demo", "serve", "--host", host)
    assert (ran.code, "lets everybody in who reaches it" in ran.err) == (2, True)


@pytest.mark.parametrize("origin", ["gitlab.com", "192.0.2.7:8080/gitlab", ""])
def test_an_open_demo_shows_no_store_of_another_machine_s_gitlab(run: Run, tmp_path: Path, origin: str) -> None:
    with Store.open(tmp_path / "s.sqlite") as store:
        if origin:
            store.read_from(origin)
    ran = run("--demo", "--store", str(tmp_path / "s.sqlite"), "serve")
    assert (ran.code, "leave --demo away" in ran.err) == (2, True)


def test_without_an_application_in_gitlab_nobody_could_sign_in(run: Run, tmp_path: Path) -> None:
    Store.open(tmp_path / "s.sqlite").close()
    ran = run("--store", str(tmp_path / "s.sqlite"), "serve")
    assert (ran.code, "HANDRAIL_OAUTH_ID" in ran.err) == (2, True)


@pytest.mark.parametrize("command", [["serve"], ["run"], ["run", "--once"]])
def test_on_facts_of_a_file_nothing_is_changed(run: Run, tmp_path: Path, command: list[str]) -> None:
    ran = run("--snapshot", str(tmp_path / "facts.json"), *command)
    assert (ran.code, "leave --demo and --snapshot away" in ran.err) == (2, True)


def test_a_webhooks_secret_that_might_be_guessed_is_not_served_with(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HANDRAIL_WEBHOOK_SECRET", "short")
    ran = run("--demo", "serve")
    assert (ran.code, "a secret of at least 16 plain characters" in ran.err) == (2, True)


def test_the_secret_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first = kept_secret(tmp_path / "data")
    file = tmp_path / "data" / "web-secret"
    assert (len(first), kept_secret(tmp_path / "data")) == (32, first)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    file.write_bytes(b"half of it")
    assert len(kept_secret(tmp_path / "data")) == 32
