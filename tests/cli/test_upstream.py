"""What others released, from where it is published to the clocks, as a person runs it."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from handrail.model.facts import Team
from handrail.model.planning import Project
from handrail.store.database import Store
from handrail.testing import NOW, PEOPLE, PROJECT, Told
from standin import StandIn, running
from standin.endoflife import Answer, EndOfLife, endoflife
from tests.cli.conftest import Run, SetUp

FILE = "releases.json"
VERSIONS = '{"pgbouncer": {"versions": {"1.25.0": "2025-11-09", "1.25.1": "2025-12-03"}}}'
PRODUCTS = {
    "ubuntu": {"kind": "ubuntu_lts", "lts_only": True},
    "pgbouncer": {"kind": "dependency", "line": 2, "file": f"{PROJECT}:{FILE}"},
}
AS_OF = "Upstream releases as of 2026-06-02 14:00 UTC"


@pytest.fixture(scope="module")
def gitlab() -> Iterator[StandIn]:
    with running(
        Told((), Team(NOW, PEOPLE, (Project(PROJECT),))), repositories={PROJECT: {"HEAD": {FILE: VERSIONS}}}
    ) as served:
        yield served


@pytest.fixture
def upstream() -> Iterator[EndOfLife]:
    with endoflife() as served:
        served.put("ubuntu", {"name": "26.04", "releaseDate": "2026-04-23", "isLts": True})
        yield served


@pytest.fixture
def store(set_up: SetUp, gitlab: StandIn, upstream: EndOfLife, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A team that looks after two products, of which one stands in a file of its own."""
    monkeypatch.delenv("HANDRAIL_UPSTREAM")
    told = {
        "replaces": ["support.products"],
        "people": dict(PEOPLE),
        "support": {"upstream": upstream.url, "products": PRODUCTS},
    }
    return set_up(told, NOW, gitlab=gitlab)


def at(monkeypatch: pytest.MonkeyPatch, **later: int) -> None:
    monkeypatch.setenv("HANDRAIL_NOW", (NOW + timedelta(**later)).isoformat())


def test_what_is_read_has_clocks_and_an_age(
    run: Run, store: Path, upstream: EndOfLife, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    first = run("sync", "--group", PROJECT)
    assert first.code == 0, first.err
    assert "Upstream releases: 2 products" in first.err
    clocks = run("clocks", "--all", "--json")
    assert clocks.err == f"{AS_OF}\n"
    assert {(row["product"], row["release"], row["released"]) for row in clocks.json} == {
        ("ubuntu", "26.04", "2026-04-23"),
        ("pgbouncer", "1.25", "2025-11-09"),
    }
    assert "Upstream" not in run("sync", "--group", PROJECT).err, "nothing is due"

    exported = tmp_path / "case.jsonl"
    assert run("snapshot", "export", str(exported)).code == 0
    assert run("--snapshot", str(exported), "clocks", "--all", "--json").json == clocks.json

    upstream.answers[""] = Answer(503)
    at(monkeypatch, days=3)
    failed = run("run", "--once", "--group", PROJECT)
    sentence = (
        f"The releases of ubuntu (as of 2026-06-02 14:00 UTC counts) could not be read: {upstream.url[7:]} "
        "answers with an error of its own (503)."
    )
    assert (failed.code, sentence in failed.err) == (0, True)
    assert run("clocks").err.splitlines() == [f"{AS_OF}, 3 days ago: “handrail sync” reads them anew", sentence]


def test_what_has_no_date_and_what_is_still_to_come_is_named(run: Run, store: Path, upstream: EndOfLife) -> None:
    upstream.put(
        "ubuntu",
        {"name": "26.10", "releaseDate": "2026-10-15"},
        {"name": "28.04", "releaseDate": "2028-04-20", "isLts": True},
        {"name": "30.04", "isLts": True},
    )
    assert run("sync", "--group", PROJECT).code == 0
    assert run("clocks").err.splitlines()[:-1] == [
        "ubuntu 30.04 has no release date: no clock can start",
        "ubuntu 28.04 comes out on 2028-04-20: its clock starts then",
    ]
    assert "ubuntu" not in run("clocks", "--at", "2026-05-04").err, "that would be hindsight"


def test_nothing_is_asked_that_nobody_looks_after_or_that_is_turned_off(
    run: Run, store: Path, upstream: EndOfLife, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run("sync", "--group", PROJECT, "--upstream", "none").code == 0
    assert run("clocks").err == "Upstream releases of ubuntu, pgbouncer were not read yet: “handrail sync” does that.\n"
    file = store.with_name("team.yml")
    file.write_text(f"extends: {file.rename(file.with_name('whole.yml'))}\nsupport: {{upstream: ''}}\n")
    assert run("sync", "--group", PROJECT).code == 0
    assert run("clocks").err == f"{AS_OF}\n"
    file.write_text(f"extends: {file.with_name('whole.yml')}\nreplaces: [support.products]\n")
    assert "Upstream" not in run("sync", "--group", PROJECT).err + run("clocks").err
    assert upstream.asked == []


def test_another_place_to_read_from(run: Run, store: Path) -> None:
    with endoflife() as other:
        other.put("ubuntu", {"name": "24.04", "releaseDate": "2024-04-25", "isLts": True})
        assert run("sync", "--group", PROJECT, "--upstream", other.url).code == 0
    with Store.open(store) as kept:
        published = kept.facts(NOW).team().published
    assert [(one.release, one.released) for one in published if one.product == "ubuntu"] == [
        ("24.04", date(2024, 4, 25))
    ]
    refused = run("sync", "--group", PROJECT, "--upstream", "http://example.com")
    assert refused.code == 2
    assert "only https:// is read" in refused.err


@pytest.mark.parametrize(
    ("file", "text", "says"),
    [
        (f"{PROJECT}:no.json", None, f"{PROJECT}:no.json is not there, or not for this token"),
        ("acme/no:releases.json", None, "acme/no:releases.json is not there, or not for this token"),
        ("no.json", None, "no.json cannot be read (No such file or directory)"),
        ("ours.json", "{}", "ours.json: it lists none of them: write {“product”: {“versions”:"),
        ("ours.json", VERSIONS, ""),
    ],
)
def test_a_file_of_the_teams(run: Run, store: Path, file: str, text: str | None, says: str) -> None:
    book = store.with_name("more.yml")
    if text:
        store.with_name(file).write_text(text)
    product = f'{{pgbouncer: {{file: "{file}"}}}}'
    book.write_text(f"extends: {store.with_name('team.yml')}\nsupport: {{products: {product}}}\n")
    ran = run("--handbook", str(book), "sync", "--group", PROJECT)
    assert ran.code == 0
    assert says in ran.err
    assert ("could not be read" in ran.err) == bool(says)
