"""What every test stands on: one environment on every machine, and the shared reference data."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("handrail", derandomize=True, deadline=None)
settings.load_profile("handrail")


def pytest_configure() -> None:
    """Nothing of the machine's own zone, language, colours, width or Handrail settings reaches a test."""
    for name in list(os.environ):
        if name.startswith(("HANDRAIL_", "LC_")):
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
