"""`handrail sync` as a whole: killed at any moment, on a terminal, on PostgreSQL, and how much it asks."""

import os
import pty
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import quote

import pytest

import standin
from handrail.demo import NOW, DemoTeam
from handrail.gitlab.documents import AT_ONCE, ISSUE_LISTS, MERGE_REQUEST_LISTS
from handrail.gitlab.sources import sources
from handrail.store.database import Store
from handrail.testing import Told, bundled
from tests.cli.conftest import Run, SetUp

DEMO = Told(tuple(DemoTeam(300).items(histories=True, closed=True)), DemoTeam(300).team())
CHARTS, OMNIBUS = "gitlab-org/charts/gitlab", "gitlab-org/omnibus-gitlab"
LISTINGS = {"ProjectWorkItems", "ProjectMergeRequests"}
PROGRAM = [sys.executable, "-c", "from handrail.app import main; main()"]


@pytest.fixture
def gitlab() -> Iterator[standin.StandIn]:
    with standin.running(DEMO) as served:
        yield served


@pytest.fixture
def environment(gitlab: standin.StandIn, set_up: SetUp, monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """A person whose GitLab is the stand-in and whose handbook names the demo team's people."""
    set_up({"people": dict(DEMO.team().people)}, NOW, gitlab=gitlab, writes=False)
    return monkeypatch


def everything(path: Path) -> Mapping[str, Any]:
    with Store.open(path) as store:
        facts = store.facts(NOW)
        found = {item.ref: (item, events) for item, events in facts.items(histories=True, closed=True)}
        return {"items": found, "team": facts.team(), "since": store.known_since(), "sources": store.sources()}


# --- kill -9 --------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("environment")
@pytest.mark.parametrize("seed", [1, 2])
def test_a_whole_reading_killed_again_and_again_ends_like_an_undisturbed_one(
    seed: int, gitlab: standin.StandIn, run: Run, tmp_path: Path
) -> None:
    chance, kills = Random(seed), 0
    disturbed, undisturbed = tmp_path / "disturbed.sqlite", tmp_path / "undisturbed.sqlite"
    for _ in range(3):
        process = subprocess.Popen([*PROGRAM, "--store", str(disturbed), "sync"], stderr=subprocess.DEVNULL)
        # At a request, or a moment after it, when its answer is being written; even a short reading asks 40 times.
        timer = threading.Timer(chance.choice([0, 0.005, 0.02]), process.kill)
        gitlab.before("", partial(_start, timer), skip=chance.randint(3, 35 if kills else 90))
        kills += process.wait() == -signal.SIGKILL
        timer.cancel()
        gitlab.heal()
    assert kills == 3
    for path in (disturbed, undisturbed):
        assert run("--store", str(path), "sync").code == 0
    assert everything(disturbed) == everything(undisturbed)


def _start(timer: threading.Timer, _world: object) -> None:
    timer.start()


# --- progress -------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("environment")
def test_on_a_terminal_a_bar_moves_and_elsewhere_lines_are_plain() -> None:
    command = [*PROGRAM, "sync", "--group", OMNIBUS]
    plain = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    assert "\x1b" not in plain
    assert plain.splitlines()[0] == f"{OMNIBUS}: 50 issues"
    ours, theirs = pty.openpty()
    shown = bytearray()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=theirs, env={**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    )
    os.close(theirs)
    while True:
        try:
            read = os.read(ours, 65536)
        except OSError:  # Linux's way to say that nobody writes there any more
            break
        if not read:
            break
        shown += read
    os.close(ours)
    assert process.wait() == 0
    text = shown.decode()
    assert "\x1b[" in text
    assert "━" in text
    assert f"{OMNIBUS}  " in text


def test_what_a_free_gitlab_lacks_is_said_in_one_line(run: Run, environment: pytest.MonkeyPatch) -> None:
    with standin.running(DEMO, tier="free") as free:
        environment.setenv("GITLAB_URL", free.url)
        ran = run("sync", "--group", OMNIBUS)
    assert ran.code == 0
    assert ran.err.splitlines()[-1] == "This GitLab lacks: Status (labels tell the state), weights, epics"


# --- PostgreSQL -----------------------------------------------------------------------------------------


@pytest.mark.usefixtures("environment")
def test_on_postgresql_the_queues_are_those_of_a_file(run: Run, postgresql: str) -> None:
    for place in ((), ("--store", postgresql)):
        assert run(*place, "sync").code == 0
    on_a_file, on_a_server = (run(*place, "next", "--team", "--json").json for place in ((), ("--store", postgresql)))
    assert on_a_server == on_a_file
    assert sum(map(len, on_a_server.values())) > 50
    again = run("--store", postgresql, "sync")
    assert again.out.startswith("0 items changed")
    assert "PostgreSQL database" in again.out
    assert run("--store", postgresql, "explain", "omnibus!7421").out == run("explain", "omnibus!7421").out


# --- epics ----------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("environment")
def test_what_epics_need_is_found_in_what_was_read_as_in_the_facts(run: Run) -> None:
    """The bundled handbook's sources are projects, which have no epics, and the group that has the team's."""
    ran = run("sync")
    assert "gitlab-org/distribution&: 5 epics" in ran.err.splitlines()
    rules = ("--rule", "iteration_breakers", "--rule", "spikes")
    facts = ("--demo", "--size", "300")
    read, stated = (run(*place, "findings", *rules, "--json").json for place in ((), facts))
    assert read == stated
    read, stated = (run(*place, "plan", *rules, "--json").json for place in ((), facts))
    assert (read["digest"], read["actions"]) == (stated["digest"], stated["actions"])
    about = {finding["subject"] for finding in run("findings", *rules, "--json").json}
    assert "gitlab-org/distribution&93" in about


# --- how much is asked ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("environment")
def test_budget_of_a_whole_sync_when_nothing_changed(run: Run, gitlab: standin.StandIn) -> None:
    assert run("sync").code == 0
    gitlab.world.now = NOW + timedelta(hours=1)
    gitlab.requests.clear()
    assert run("sync").out.startswith("0 items changed")
    asked = Counter(request.operation or request.path for request in gitlab.requests)
    stated = sources(bundled().sources.values())
    own = sum(not source.only_epics for source in stated)
    people = len(DEMO.team().people)
    # One for each source and kind, and what surrounds projects; people's lists elsewhere go many to a request. Where
    # the tag of a release that is out is not known, as here, whether it is there by now.
    assert asked == {
        **{f"/api/v4/projects/{quote(path, safe='')}/repository/tags": 1 for path in (OMNIBUS, CHARTS)},
        "Instance": 1,
        "ProjectWorkItems": own,
        "ProjectMergeRequests": own,
        "ProjectSurroundings": own,
        "GroupWorkItems": len(stated) - own,
        "LatestPipelines": own,
        "Elsewhere": sum(-(-people * len(lists) // AT_ONCE) for lists in (ISSUE_LISTS, MERGE_REQUEST_LISTS)),
    }


@pytest.mark.usefixtures("environment")
def test_every_repeated_reading_begins_two_minutes_before_the_last_one_began(run: Run, gitlab: standin.StandIn) -> None:
    for hours in (0, 1, 2):
        gitlab.world.now = NOW + timedelta(hours=hours)
        gitlab.requests.clear()
        assert run("sync", "--group", OMNIBUS).code == 0
        since = {
            asked.variables["updatedAfter"]
            for asked in gitlab.requests
            if asked.operation in LISTINGS and "iids" not in asked.variables
        }
        before = NOW + timedelta(hours=hours - 1, minutes=-2)
        assert since == ({before.isoformat()} if hours else {None})
