"""`handrail sync` and `run --once` read what proves support, and `handrail clocks` tells it."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

import standin
from handrail.demo import NOW
from handrail.model.facts import Team
from handrail.model.people import Person
from handrail.model.planning import Project
from handrail.model.support import Published
from handrail.store.database import Store
from handrail.store.upstream import Copy
from handrail.testing import Told
from tests.cli.conftest import Run, SetUp
from tools.definitions import files

OMNIBUS = "gitlab-org/omnibus-gitlab"
SHIPPED = {"17.8": "1.22.1", "17.9": "1.24.0", "17.10": "1.24.0", "17.11": "1.24.0", "18.0": "1.22.1", "18.1": "1.22.1",
           "18.2": "1.24.1"}  # fmt: skip
TAGS = {f"{milestone}.0+ee.0": files(milestone, {"pgbouncer": version}) for milestone, version in SHIPPED.items()}
BOOK = {
    "replaces": ["sources", "support.products"],
    "people": {"ada": {"name": "Ada"}},
    "sources": {"omnibus": {"path": OMNIBUS, "release_tag": "{milestone}.0+ee.0"}},
    "rotations": {"dri": {"project": OMNIBUS}},
    "support": {
        "products": {
            "pgbouncer": {
                "kind": "dependency",
                "proofs": [{"source": "omnibus", "path": "config/software/pgbouncer.rb", "pattern": "r_([\\d_]+)'"}],
            }
        }
    },
}


@pytest.fixture
def gitlab() -> Iterator[standin.StandIn]:
    team = Team(NOW, {"ada": Person("Ada")}, (Project(OMNIBUS),))
    with standin.running(Told((), team), repositories={OMNIBUS: TAGS}) as served:
        yield served


@pytest.fixture
def place(gitlab: standin.StandIn, set_up: SetUp) -> Path:
    """A store that knows what came out upstream, of a team whose GitLab has the releases' tags."""
    path = set_up(BOOK, NOW, "ada", gitlab)
    with Store.open(path) as store:
        came = Published("pgbouncer", "1.24", NOW - timedelta(days=500), date(2025, 1, 10))
        store.copies.keep(Copy("pgbouncer", "", "", NOW, NOW), [came])
    return path


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("command", [["sync"], ["run", "--once"]])
def test_what_was_shipped_and_where_that_stands(command: list[str], run: Run, gitlab: standin.StandIn) -> None:
    first = run(*command)
    assert first.code == 0, first.err
    assert f"{OMNIBUS}: 7 files at tags" in first.err
    (row,) = run("clocks", "--product", "pgbouncer", "--json").json
    assert row["proof"] == "config/software/pgbouncer.rb at 17.9.0+ee.0"
    assert (row["verdict"], row["supported_in"]) == ("met", "17.9")
    assert row["why"].endswith("; 18.0 to 18.1 were without it")
    (then,) = run("clocks", "--product", "pgbouncer", "--json", "--at", "2025-06-02").json
    assert then["why"].endswith("; since 18.0 it is gone")
    gitlab.requests.clear()
    assert "files at tags" not in run(*command).err
    assert [asked.path for asked in gitlab.requests if "/raw" in asked.path] == []


@pytest.mark.usefixtures("place")
def test_of_what_is_not_read_nothing_is_asked(run: Run, gitlab: standin.StandIn) -> None:
    run("sync", "--group", "gitlab-org/charts")
    gitlab.world.lose(OMNIBUS)
    run("sync")
    assert [asked.path for asked in gitlab.requests if "repository" in asked.path] == []


def test_what_proves_it_is_in_a_snapshot(run: Run, place: Path, tmp_path: Path) -> None:
    run("sync")
    file = tmp_path / "case.jsonl"
    assert run("snapshot", "export", str(file)).code == 0
    (row,) = run("--snapshot", str(file), "clocks", "--product", "pgbouncer", "--json").json
    assert row["proof"] == "config/software/pgbouncer.rb at 17.9.0+ee.0"
    with Store.open(place) as store:
        kept = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
        assert sum(one["kind"] == "support" for one in kept) == len(store.evidence.support())


@pytest.mark.usefixtures("place")
def test_what_cannot_be_read_is_said_and_the_rest_goes_on(run: Run, gitlab: standin.StandIn) -> None:
    gitlab.world.put_repository(OMNIBUS, {**TAGS, "18.3.0+ee.0": files("18.3", {"redis": "7.2"})})
    gitlab.world.repositories[OMNIBUS]["18.3.0+ee.0"]["config/software/pgbouncer.rb"] = "name 'pgbouncer'\n"
    ran = run("sync")
    assert ran.code == 0
    assert "pgbouncer: no version was found in config/software/pgbouncer.rb at 18.3.0+ee.0: correct" in ran.err
    assert run("clocks", "--product", "pgbouncer", "--json").json[0]["verdict"] == "met"
