"""What proves support: read at the tags of releases, kept, and told by clocks."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

import standin
from handrail.engine.evidence import read_evidence
from handrail.gitlab.connection import Connection, Pace
from handrail.gitlab.sources import sources
from handrail.handbook.schema import Handbook
from handrail.model.facts import Team
from handrail.model.support import Support, Upstream
from handrail.store.database import Store
from handrail.support.clocks import clocks
from handrail.testing import Told, bundled
from standin.definitions import files

NOW = datetime(2026, 8, 22, 12, tzinfo=UTC)
CHARTS = "gitlab-org/charts/gitlab"
OMNIBUS = "gitlab-org/omnibus-gitlab"
Read = Callable[[standin.StandIn, Handbook], list[str]]


@pytest.fixture
def serve() -> Iterator[Callable[..., standin.StandIn]]:
    with ExitStack() as stack:
        yield lambda **options: stack.enter_context(standin.running(Told((), Team(NOW)), per_minute=None, **options))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "store.sqlite") as opened:
        yield opened


@pytest.fixture
def read(store: Store) -> Iterator[Read]:
    with ExitStack() as stack:

        def begin(gitlab: standin.StandIn, handbook: Handbook) -> list[str]:
            connection = Connection(gitlab.url, gitlab.token, Pace(lambda _: None, lambda: 1.0))
            stack.callback(connection.close)
            return read_evidence(connection, store, handbook, sources(handbook.sources.values()), NOW)

        yield begin


def tagged(releases: Mapping[str, Any]) -> dict[str, dict[str, dict[str, str]]]:
    return {OMNIBUS: {f"{milestone}.0+ee.0": files(milestone, versions) for milestone, versions in releases.items()}}


def per_release(support: list[Support], milestones: list[str]) -> dict[str, dict[str, list[str]]]:
    """By release what it has of each product, as the changes tell it."""
    found: dict[str, dict[str, list[str]]] = {}
    there: dict[str, list[str]] = {}
    for milestone in milestones:
        for one in support:
            if one.milestone == milestone:
                has = [version for version in there.get(one.product, []) if version != one.release]
                there[one.product] = has if one.absent else [*has, one.release]
        found[milestone] = {product: list(versions) for product, versions in there.items() if versions}
    return found


def test_the_bundled_patterns_give_the_versions_of_every_release_and_component(
    serve: Callable[..., standin.StandIn], store: Store, read: Read, shared: Path
) -> None:
    bundle = json.loads((shared / "releases/gitlab/bundled_versions_by_gitlab_release.json").read_text("utf-8"))
    releases = {
        milestone: {name: version for name, version in told.items() if name != "release_date_official"}
        for milestone, told in bundle["releases"].items()
    }
    gitlab = serve(repositories={**tagged(releases), CHARTS: {"v9.0.0": {}}})
    problems = read(gitlab, bundled())
    asked = len(gitlab.requests)
    assert asked == 76 * 23 + 4, "once each file at each tag, and the lists of tags"
    milestones = list(releases)
    names = {"python3": "python"}
    expected = {
        milestone: {
            names.get(name, name): sorted([version] if isinstance(version, str) else version)
            for name, version in told.items()
        }
        for milestone, told in releases.items()
    }
    found = per_release(store.evidence.support(), milestones)
    assert {
        milestone: {name: sorted(versions) for name, versions in has.items()} for milestone, has in found.items()
    } == expected
    assert not [problem for problem in problems if any(problem.startswith(f"{name}:") for name in expected["19.1"])]

    assert read(gitlab, bundled()) == [], "what is wrong is said once"
    again = {logged.path.rpartition("/")[2] for logged in gitlab.requests[asked:]}
    assert again == {"tags"}, "no file is asked for again"


def test_what_was_shipped_then_absent_then_shipped_again_is_seen(
    serve: Callable[..., standin.StandIn], store: Store, read: Read
) -> None:
    versions = {"17.8": "1.22.1", "17.9": "1.24.0", "17.10": "1.24.0", "17.11": "1.24.0", "18.0": "1.22.1",
                "18.1": "1.22.1", "18.2": "1.24.1", "18.3": "1.24.1"}  # fmt: skip
    read(serve(repositories=tagged({at: {"pgbouncer": version} for at, version in versions.items()})), bundled())
    support = [one for one in store.facts(NOW).team().support if one.product == "pgbouncer"]
    assert [(one.release, one.milestone, one.absent) for one in support] == [
        ("1.22.1", "17.8", False),
        ("1.22.1", "17.9", True),
        ("1.24.0", "17.9", False),
        ("1.24.0", "18.0", True),
        ("1.22.1", "18.0", False),
        ("1.22.1", "18.2", True),
        ("1.24.1", "18.2", False),
    ]
    assert support[2].proof == "config/software/pgbouncer.rb at 17.9.0+ee.0"
    assert support[3].proof == "config/software/pgbouncer.rb at 18.0.0+ee.0 has 1.22.1"
    pooler = Upstream("pgbouncer", "1.24", "dependency", date(2025, 1, 10))

    def on(day: date) -> tuple[str, str]:
        (clock,) = clocks([pooler], (), support, bundled().support, day)
        return clock.verdict, clock.why

    assert on(date(2025, 3, 1)) == ("met", "17.9 has it, 84 days before it was due")
    assert on(date(2025, 6, 1))[1].endswith("; since 18.0 it is gone")
    assert on(date(2025, 8, 1)) == ("met", "17.9 has it, 84 days before it was due; 18.0 to 18.1 were without it")
