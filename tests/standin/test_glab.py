"""GitLab's own command line, another client that nobody here wrote, drives the stand-in where it is installed."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

import standin
from handrail.testing import PROJECT

Api = Callable[..., Any]
pytestmark = pytest.mark.skipif(not shutil.which("glab"), reason="glab, GitLab's command line, is not installed")


@pytest.fixture
def api(demo: standin.StandIn, tmp_path: Path) -> Api:
    """Run `glab api` on the stand-in and read what it prints; the token is in its configuration only."""
    host = urlsplit(demo.url).netloc
    config = tmp_path / "config.yml"
    config.write_text(
        "check_update: false\ntelemetry: false\n"
        f'hosts:\n  "{host}":\n    api_protocol: http\n    api_host: "{host}"\n    token: {demo.token}\n',
        encoding="utf-8",
    )
    config.chmod(0o600)
    environment = {name: value for name, value in os.environ.items() if "GITLAB" not in name}
    environment |= {"GLAB_CONFIG_DIR": str(tmp_path), "GITLAB_HOST": demo.url, "NO_PROMPT": "1"}

    def call(*arguments: str) -> Any:
        ran = subprocess.run(
            ["glab", "api", "--hostname", host, *arguments],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        assert ran.returncode == 0, ran.stderr
        return json.loads(ran.stdout)

    return call


def test_contract_glab_reads_one_and_all_pages(api: Api, demo: standin.StandIn) -> None:
    assert api("version")["version"] == "18.8.0"
    path = f"projects/{PROJECT.replace('/', '%2F')}"
    assert api(f"{path}/merge_requests/7421")["title"] == "Sign SLES 15.6 repositories"
    issues = api("--paginate", f"{path}/issues?per_page=20")
    assert len(issues) > 20
    assert len({issue["iid"] for issue in issues}) == len(issues)
    assert all(asked.status == 200 for asked in demo.requests)


def test_contract_glab_speaks_graphql(api: Api) -> None:
    answer = api("graphql", "-f", "query=query Me { currentUser { username } }")
    assert answer["data"]["currentUser"]["username"] == "handrail-bot"
