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
from handrail.gitlab.sources import Source, sources
from handrail.handbook.schema import Handbook
from handrail.handbook.schema import Source as Stated
from handrail.handbook.support import Product, Proof
from handrail.model.actions import Action, CloseItem, CreateItem
from handrail.model.facts import Team
from handrail.model.items import Issue
from handrail.model.reading import Page
from handrail.model.reading import Read as ReadItem
from handrail.model.support import Published, Support, Upstream
from handrail.store.database import Store
from handrail.store.upstream import Copy
from handrail.support.clocks import clocks
from handrail.testing import Told, a_handbook, an_issue, bundled
from tools.definitions import files

NOW = datetime(2026, 8, 22, 12, tzinfo=UTC)
CHARTS = "gitlab-org/charts/gitlab"
OMNIBUS = "gitlab-org/omnibus-gitlab"
Read = Callable[[standin.StandIn, Handbook], list[str]]
Serve = Callable[..., standin.StandIn]


@pytest.fixture
def serve() -> Iterator[Serve]:
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
    serve: Serve, store: Store, read: Read, shared: Path
) -> None:
    bundle = json.loads((shared / "releases/gitlab/bundled_versions_by_gitlab_release.json").read_text("utf-8"))
    releases = {
        milestone: {name: version for name, version in told.items() if name != "release_date_official"}
        for milestone, told in bundle["releases"].items()
    }
    gitlab = serve(repositories={**tagged(releases), CHARTS: {"v9.0.0": {}}})
    problems = read(gitlab, bundled())
    asked = len(gitlab.requests)
    assert asked < 600, "a folder is listed at each tag, and each content of a file is read once"
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


def test_what_was_shipped_then_absent_then_shipped_again_is_seen(serve: Serve, store: Store, read: Read) -> None:
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


# --- what goes wrong, and what else speaks ------------------------------------------------------------------


APP = "acme/app"


def a_product(path: str, pattern: str) -> Product:
    return Product("dependency", proofs=(Proof("app", path, pattern),))


REDIS = a_product("v", r"^redis (\S+)$")
BOOK = a_handbook({"sources": {"app": Stated(APP, release_tag="v{milestone}.0")}, "support.products": {"redis": REDIS}})


def support(store: Store) -> list[str]:
    return [f"{'-' if one.absent else '+'}{one.release} {one.milestone}" for one in store.facts(NOW).team().support]


def paths(gitlab: standin.StandIn) -> list[str]:
    """What was asked for, and at which tag."""
    return [f"{one.path.rpartition('/')[2]} {one.query.get('ref', '')}".strip() for one in gitlab.requests]


def test_only_what_is_new_is_read_and_a_changed_pattern_anew(serve: Serve, store: Store, read: Read) -> None:
    gitlab = serve(repositories={APP: {"v18.0.0": {"v": "redis 7.0\n"}, "v18.1.0": {}}})
    assert read(gitlab, BOOK) == []
    assert support(store) == ["+7.0 18.0", "-7.0 18.1"]
    assert paths(gitlab) == ["tags", "raw v18.1.0", "raw v18.0.0"], "the newest first"
    gitlab.world.put_repository(APP, {"v18.0.0": {}, "v18.1.0": {}, "v18.2.0": {"v": "redis 7.2\n"}})
    gitlab.requests.clear()
    assert read(gitlab, BOOK) == []
    assert support(store) == ["+7.0 18.0", "-7.0 18.1", "+7.2 18.2"]
    assert paths(gitlab) == ["tags", "raw v18.2.0"]
    gitlab.requests.clear()
    read(gitlab, a_handbook({"support.products": {"redis": a_product("v", "(7)")}}, base=BOOK))
    assert support(store) == ["+7 18.2"]
    assert len(gitlab.requests) == 4


def test_a_reading_that_broke_goes_on_where_it_stopped(serve: Serve, store: Store, read: Read) -> None:
    gitlab = serve(repositories={APP: {f"v18.{minor}.0": {"v": "redis 7.0\n"} for minor in range(4)}})
    gitlab.fail("status", "raw", skip=2, times=None, status=502)
    (problem,) = read(gitlab, BOOK)
    assert "answers with an error of its own (502)" in problem
    assert support(store) == ["+7.0 18.2"]
    gitlab.heal()
    gitlab.requests.clear()
    assert read(gitlab, BOOK) == []
    assert support(store) == ["+7.0 18.0"]
    assert paths(gitlab) == ["tags", "raw v18.1.0", "raw v18.0.0"]


def test_a_file_that_is_too_large_is_named_once_and_the_rest_goes_on(serve: Serve, store: Store, read: Read) -> None:
    large = {"v": "x" * 50 * 2**20, "w": "vim 9\n"}
    gitlab = serve(repositories={APP: {"v18.0.0": {"v": "redis 7.0\n"}, "v18.1.0": large}})
    products = {"redis": REDIS, "vim": a_product("w", r"vim (\d+)")}
    (problem,) = read(gitlab, a_handbook({"support.products": products}, base=BOOK))
    assert problem == "v of acme/app at v18.1.0 is larger than 1 MiB: it was left out."
    assert support(store) == ["+9 18.1"]


def test_what_is_gone_or_named_otherwise_is_said(serve: Serve, store: Store, read: Read) -> None:
    gitlab = serve(repositories={APP: {"18.0": {"v": "redis 7.0\n"}}})
    (problem,) = read(gitlab, BOOK)
    assert problem == "acme/app has no tag like v19.3.0: correct the source's release_tag in the handbook."
    gitlab.world.lose(APP)
    (problem,) = read(gitlab, BOOK)
    assert "does not have /projects/acme%2Fapp/repository/tags, or not for this token" in problem
    assert support(store) == []


def test_what_gitlab_refuses_keeps_nothing_else_from_being_read(serve: Serve, store: Store, read: Read) -> None:
    gitlab = serve(repositories={APP: {"v18.0.0": {"v": "redis 7.0\n"}, "HEAD": {"support.yml": "[]"}}})
    gitlab.fail("status", "tags", status=400)
    book = a_handbook({"support.ledger": LEDGER}, base=BOOK)
    (problem,) = read(gitlab, book)
    assert "refuses the request (400)" in problem
    assert paths(gitlab) == ["tags", "raw HEAD"]


def test_a_pattern_without_a_match_is_named_when_it_was_tried(serve: Serve, store: Store, read: Read) -> None:
    gitlab = serve(repositories={APP: {"v18.0.0": {"v": "redis 7.0\n"}, "v18.1.0": {"v": "valkey\n"}}})
    (problem,) = read(gitlab, BOOK)
    assert problem.startswith("redis: no version was found in v at v18.1.0: correct the path or the pattern")
    assert read(gitlab, BOOK) == []
    assert support(store) == ["+7.0 18.0"]


def test_nothing_is_asked_of_what_cannot_be_read_now_and_what_is_known_of_it_counts(
    serve: Serve, store: Store, read: Read
) -> None:
    gitlab = serve(repositories={APP: {"v18.0.0": {"v": "redis 7.0\n"}}})
    read(gitlab, BOOK)
    gitlab.requests.clear()
    connection = Connection(gitlab.url, gitlab.token)
    assert read_evidence(connection, store, BOOK, [Source("acme/other")], NOW) == []
    assert gitlab.requests == []
    assert support(store) == ["+7.0 18.0"]
    connection.close()


LEDGER = "acme/app:support.yml"


def test_the_ledger_speaks_where_no_file_does(serve: Serve, store: Store, read: Read) -> None:
    told = "- {product: redis, release: 7, milestone: 18.1}\n- {product: git, release: 2.53, milestone: 18.1}\n- git\n"
    gitlab = serve(repositories={APP: {"v18.0.0": {"v": "redis 7.0\n"}, "HEAD": {"support.yml": told}}})
    book = a_handbook({"support.ledger": "app:support.yml"}, base=BOOK)
    (problem,) = read(gitlab, book)
    assert problem.startswith(f"Entry 3 of the ledger {LEDGER}")
    assert support(store) == ["+2.53 18.1", "+7.0 18.0"]
    git, redis = store.evidence.support()
    assert (git.since, redis.proof) == (None, f"v at v18.0.0; the ledger {LEDGER} says 18.1")
    gitlab.fail("status", "support.yml", times=None, status=502)
    (problem,) = read(gitlab, book)
    assert problem.startswith("The ledger could not be read, what it said last still counts: ")
    assert support(store) == ["+2.53 18.1", "+7.0 18.0"]
    assert read(gitlab, BOOK) == []
    assert support(store) == ["+7.0 18.0"], "a ledger that the handbook no longer names"


def test_an_entry_that_is_added_is_known_since_it_was_read(serve: Serve, store: Store, read: Read) -> None:
    first, second = (f"- {{product: git, release: {release}, milestone: 18.1}}\n" for release in ("2.52", "2.53"))
    for told in (first, first + second, second):
        read(serve(repositories={APP: {"HEAD": {"s": told}}}), a_handbook({"support.ledger": f"{APP}:s"}, base=BOOK))
    assert [(one.release, one.since) for one in store.evidence.support()] == [("2.53", NOW.date())]


def test_a_closed_tracking_issue_speaks_before_the_ledger(serve: Serve, store: Store, read: Read) -> None:
    gitlab = serve(repositories={APP: {"HEAD": {"support.yml": "- {product: git, release: 2.53, milestone: 18.3}\n"}}})
    book = a_handbook({"support.ledger": LEDGER}, base=BOOK)
    store.copies.keep(Copy("git", "", "", NOW, NOW), [Published("git", release, NOW) for release in ("2.53", "2.54")])
    for number, release in enumerate(("2.53", "2.54", "2.55"), 7):
        a_tracked(store, an_issue(number, project=APP, state="closed", milestone="18.2"), f"git-{release}")
    assert read(gitlab, book)[0].startswith("acme/app has no tag like")
    assert support(store) == ["+2.53 18.2", "+2.54 18.2"]
    assert store.evidence.support()[0].proof == f"{APP}#7, closed; the ledger {LEDGER} says 18.3"
    a_tracked(store, an_issue(8, project=APP, state="closed", milestone="18.2"), "git-2.54", needless=True)
    read(gitlab, book)
    assert support(store) == ["+2.53 18.2"]


def a_tracked(store: Store, issue: Issue, topic: str, *, needless: bool = False) -> None:
    """An issue that was opened for a release, or closed as nobody has to support that."""
    store.write_page(Page(APP, "issues", (ReadItem(issue, (), NOW),), None, NOW))
    change = CloseItem() if needless else CreateItem(topic, f"Support {topic}", "")
    action = Action(
        "support_clocks",
        "support.dependencies",
        issue.ref if needless else APP,
        change,
        "it came out",
        code="not-needed" if needless else "to-open",
    )
    (record,) = store.journal.approve([(action, "")], "plan", "nadia", NOW)
    store.journal.confirm(record.id, NOW, "" if needless else issue.ref)
