"""`make run ARGS=--keep`: how another terminal reaches the stand-in."""

import subprocess
import threading
from pathlib import Path

import pytest

from tools import run


def test_another_terminal_reads_its_settings_from_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stopped(_self: threading.Event) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(threading.Event, "wait", stopped)
    monkeypatch.setattr(run, "BUILD", tmp_path)
    run.kept({"GITLAB_URL": "http://127.0.0.1:1", "GITLAB_TOKEN": "it's odd; $HOME"})
    said = capsys.readouterr().out.strip()
    assert said.endswith(f"in this folder: . {tmp_path / 'settings.sh'}")
    source = said.rpartition(": ")[2]
    shown = subprocess.run(
        ["/bin/sh", "-c", f'{source}; echo "$GITLAB_URL $GITLAB_TOKEN"'], capture_output=True, text=True, check=True
    )
    assert shown.stdout == "http://127.0.0.1:1 it's odd; $HOME\n"
