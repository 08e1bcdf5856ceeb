"""`make run`: how another terminal reaches the same team."""

import subprocess
from pathlib import Path

import pytest

from tools import run


def test_another_terminal_reads_its_settings_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "BUILD", tmp_path)
    file = run.written({"GITLAB_URL": "http://127.0.0.1:1", "GITLAB_TOKEN": "it's odd; $HOME"})
    shown = subprocess.run(
        ["/bin/sh", "-c", f'. {file}; echo "$GITLAB_URL $GITLAB_TOKEN"'], capture_output=True, text=True, check=True
    )
    assert shown.stdout == "http://127.0.0.1:1 it's odd; $HOME\n"
