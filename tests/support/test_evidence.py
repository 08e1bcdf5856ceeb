"""What files, tracking issues and the ledger prove, and whose word counts."""

from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from handrail.handbook.schema import Source
from handrail.handbook.support import Product, Proof
from handrail.model.support import FileAtTag, Published, Support, Upstream
from handrail.support.clocks import clocks
from handrail.support.evidence import Proofs, as_first_read, of_issues, strongest, tag_of, versions_in
from handrail.testing import NOW, an_issue, bundled

PATTERN = r"^default_version '(\S+)'$"
REDIS, JOBS = "config/software/redis.rb", "ci.yml"
APP = Source("acme/app", release_tag="v{milestone}.0")
MILESTONES = ["18.0", "18.1", "18.2", "18.3"]
Told = tuple[str, ...] | None


def a_product(*proofs: Proof) -> Product:
    return Product("dependency", proofs=proofs or (Proof("app", REDIS, PATTERN),))


def read(*told: Told, path: str = REDIS) -> list[FileAtTag]:
    """What the file had at the tags of the first releases."""
    tags = zip(MILESTONES, told, strict=False)
    return [FileAtTag("acme/app", f"v{title}.0", path, PATTERN, versions) for title, versions in tags]


def changes(product: Product, known: Iterable[FileAtTag]) -> tuple[list[str], list[str]]:
    """What comes and goes, "+7.0 18.0", and the problems."""
    support, problems = Proofs({"redis": product}, {"app": APP}).support(known, MILESTONES)
    return [f"{'-' if one.absent else '+'}{one.release} {one.milestone}" for one in support], problems


@pytest.mark.parametrize(
    ("form", "milestone", "tag"),
    [
        ("{milestone}.0+ee.0", "18.2", "18.2.0+ee.0"),
        ("v{major-9}.{minor}.0", "18.2", "v9.2.0"),
        ("{major}-{minor}", "18.11", "18-11"),
        ("v{major}.{minor}", "Backlog", None),
        ("v{major}.{minor}", "18", None),
        ("release/{milestone}", "Backlog", "release/Backlog"),
    ],
)
def test_a_releases_tag(form: str, milestone: str, tag: str | None) -> None:
    assert tag_of(form, milestone) == tag


@pytest.mark.parametrize(
    ("text", "pattern", "versions"),
    [
        ("default_version '7.0.15'\n", PATTERN, ("7.0.15",)),
        ("Debian-9:\nDebian-10:\nDebian-9:\n", r"^Debian-(\d+):", ("9", "10")),
        ("curl-8_13_0", r"-([\d_]+)", ("8.13.0",)),
        ("a 1.2\nb 1.3", r"a (\S+)|b (\S+)", ("1.2", "1.3")),
        ("a", r"a(\d*)", ()),
        ("a", r"a(\d)?", ()),
        ("b", r"a(\d)", ()),
    ],
)
def test_versions_in_a_file(text: str, pattern: str, versions: tuple[str, ...]) -> None:
    assert versions_in(text, pattern) == versions


def test_what_comes_and_goes_is_kept_and_nothing_else() -> None:
    product = a_product()
    assert changes(product, read(("7.0",), ("7.0",), ("7.2",), None)) == (
        ["+7.0 18.0", "-7.0 18.2", "+7.2 18.2", "-7.2 18.3"],
        [],
    )
    assert changes(product, read(("7.0",), None, ("7.0",), ("7.0",)))[0] == ["+7.0 18.0", "-7.0 18.1", "+7.0 18.2"]
    assert changes(product, read(None, ("7.0",)))[0] == ["+7.0 18.1"]
    assert changes(product, read(("16.4", "17.1"), ("17.1",)))[0] == ["+16.4 18.0", "+17.1 18.0", "-16.4 18.1"]


def test_each_says_where_it_stands() -> None:
    found, _ = Proofs({"redis": a_product()}, {"app": APP}).support(read(("7.0",), ("7.2",), None), MILESTONES)
    assert [one.proof for one in found] == [
        "config/software/redis.rb at v18.0.0",
        "config/software/redis.rb at v18.1.0 has 7.2",
        "config/software/redis.rb at v18.1.0",
        "nothing in config/software/redis.rb at v18.2.0",
    ]


def test_a_line_that_goes_takes_nothing_of_it_along_that_stays() -> None:
    told, _ = changes(a_product(), read(("11", "11.7"), ("11.7",)))
    assert told == ["+11 18.0", "+11.7 18.0", "-11 18.1", "+11.7 18.1"]
    support, _ = Proofs({"redis": a_product()}, {"app": APP}).support(read(("11", "11.7"), ("11.7",)), MILESTONES)
    (clock,) = clocks(
        [Upstream("redis", "11.7", "dependency", date(2025, 5, 1))], (), support, bundled().support, date(2025, 10, 1)
    )
    assert clock.why.startswith("18.0 has it")
    assert "without" not in clock.why


def test_nothing_is_said_of_a_release_of_which_a_file_is_unread() -> None:
    first, second = Proof("app", REDIS, PATTERN), Proof("app", JOBS, PATTERN)
    known = [*read(("7.0",), ("7.0",), ("7.2",)), *read(("7.1",), path=JOBS)]
    assert changes(a_product(first, second), known)[0] == ["+7.0 18.0", "+7.1 18.0"]


def test_a_pattern_that_finds_nothing_is_named_once_and_the_rest_goes_on() -> None:
    told, (problem,) = changes(a_product(), read(("7.0",), (), (), ("7.0",)))
    assert told == ["+7.0 18.0"], "nothing is known of the releases between"
    assert problem == (
        "redis: no version was found in config/software/redis.rb at v18.2.0 and 1 other tag: correct the path or the "
        "pattern (support.products.redis.proofs)."
    )
    told, (problem,) = changes(a_product(), read((), ("7.0",)))
    assert told == ["+7.0 18.1"]
    assert "redis.rb at v18.0.0: correct" in problem
    _, (problem,) = changes(a_product(), read(None, None))
    assert problem.startswith("redis: no version was found in config/software/redis.rb at v18.1.0: correct")


def test_another_file_may_have_what_one_has_no_more() -> None:
    first, second = Proof("app", REDIS, PATTERN), Proof("app", JOBS, PATTERN)
    known = [*read(("7.0",), ()), *read(None, ("7.2",), path=JOBS)]
    assert changes(a_product(first, second), known) == (["+7.0 18.0", "-7.0 18.1", "+7.2 18.1"], [])


def test_of_what_a_file_lists_there_is_no_more() -> None:
    jobs = Proof("app", REDIS, PATTERN, lists=True)
    assert changes(a_product(jobs), read((), ("12",), ())) == (["+12 18.1", "-12 18.2"], [])
    _, problems = changes(a_product(jobs), read((), ()))
    assert len(problems) == 1


def test_what_is_no_version_is_named_and_the_rest_goes_on() -> None:
    told, (problem,) = changes(a_product(), read(("dd", "7.0"), ("dd",)))
    assert told == ["+7.0 18.0", "-7.0 18.1"]
    assert problem == (
        "redis: “dd” of config/software/redis.rb at v18.0.0 is no version: correct the pattern "
        "(support.products.redis.proofs)."
    )


def test_only_sources_that_are_read_and_have_tags_are_asked() -> None:
    twice = a_product(Proof("app", REDIS, PATTERN), Proof("acme/app", REDIS, PATTERN), Proof("app", JOBS, PATTERN))
    proofs = Proofs({"redis": twice, "valkey": a_product()}, {"app": APP})
    assert proofs.forms == {"acme/app": "v{milestone}.0"}
    assert proofs.patterns == {"acme/app": {REDIS: [PATTERN], JOBS: [PATTERN]}}
    for sources in ({}, {"app": Source("acme/app")}):
        assert Proofs({"redis": a_product()}, sources).patterns == {}
    by_numbers = Proofs({"redis": a_product()}, {"app": Source("acme/app", release_tag="v{major}.{minor}.0")})
    assert by_numbers.support((), ["Backlog"]) == ([], [])


# --- tracking issues, and whose word counts ----------------------------------------------------------------


def test_a_closed_tracking_issue_has_its_milestone_for_proof() -> None:
    done = an_issue(7, milestone="18.2")
    published = [Published("redis", "7.2", NOW), Published("amazon-linux", "2 LTS", NOW)]
    (found,) = of_issues([("redis-7.2", done)], published, UTC)
    assert found == Support("redis", "7.2", "18.2", proof=f"{done.ref}, closed")
    (found,) = of_issues([("amazon-linux-2-LTS", done)], published, UTC)
    assert found.release == "2 LTS"
    assert of_issues([("redis-9", done), ("redis-7.2", replace(done, milestone=None))], published, UTC) == []


def test_a_closed_issue_is_known_since_the_day_in_the_teams_zone_on_which_it_was_closed() -> None:
    late = an_issue(7, milestone="18.2", closed_at=datetime(2026, 3, 3, 23, 30, tzinfo=UTC))
    (found,) = of_issues([("redis-7.2", late)], [Published("redis", "7.2", NOW)], ZoneInfo("Europe/Berlin"))
    assert found.since == date(2026, 3, 4)


@pytest.mark.parametrize(
    ("told", "counts"),
    [
        ({"status": "Won't do"}, False),
        ({"status": "Complete"}, True),
        ({"labels": ("workflow::Won't do",)}, False),
        ({"labels": ("type::maintenance", "duplicate")}, False),
        ({"labels": ("duplicates",)}, True),
    ],
)
def test_a_closed_issue_that_was_given_up_proves_nothing(told: dict[str, Any], counts: bool) -> None:
    closed = an_issue(7, milestone="18.2", **told)
    assert bool(of_issues([("redis-7.2", closed)], [Published("redis", "7.2", NOW)], UTC)) is counts


def test_what_is_new_in_a_ledger_is_known_since_it_was_first_read() -> None:
    first, second = says("ledger", "7.0", "18.0"), says("ledger", "7.2", "18.1")
    assert as_first_read([first], [], date(2026, 3, 4)) == [first], "of the first reading nobody can tell"
    once = as_first_read([first, second], [first], date(2026, 3, 4))
    assert once == [first, replace(second, since=date(2026, 3, 4))]
    reworded = [replace(one, proof="the ledger, reworded") for one in (first, second)]
    assert [one.since for one in as_first_read(reworded, once, date(2026, 4, 5))] == [None, date(2026, 3, 4)]
    stated = replace(second, since=date(2025, 8, 25))
    assert as_first_read([stated], [first], date(2026, 3, 4)) == [stated]


def says(witness: str, release: str, milestone: str, *, absent: bool = False) -> Support:
    return Support("redis", release, milestone, absent, witness)


def test_the_strongest_who_says_anything_of_a_release_counts() -> None:
    files = [says("files", "7.0.1", "18.0"), says("files", "7.0.1", "18.2", absent=True), says("files", "7.2", "18.2")]
    issues = [says("issue", "7.0", "18.0"), says("issue", "8.0", "18.3")]
    ledger = [says("ledger", "7.2", "18.2"), says("ledger", "8.0", "18.3"), says("ledger", "9", "18.1")]
    assert strongest(MILESTONES, files, issues, ledger) == [
        files[0],
        ledger[2],
        files[1],
        files[2],
        issues[1],
    ]


def test_who_says_otherwise_is_told() -> None:
    files = [says("files", "7.2.1", "18.1"), says("files", "7.2.0", "18.2")]
    ledger = [says("ledger", "7.2", "18.3"), says("ledger", "7.2", "18.3", absent=True)]
    assert [one.proof for one in strongest(MILESTONES, files, ledger)] == ["files; ledger says 18.3", "files"]
    only_gone = [says("ledger", "7.2", "18.3", absent=True)]
    assert [one.proof for one in strongest(MILESTONES, files, only_gone)] == ["files", "files"]
    (gone,) = strongest(MILESTONES, only_gone, [says("issue", "7.2", "18.0")])
    assert (gone.milestone, gone.absent, gone.proof) == ("18.3", True, "ledger; issue says 18.0")


@pytest.mark.parametrize(
    ("ledger", "known"), [(None, None), (date(2025, 8, 25), date(2025, 8, 25)), (date(2026, 1, 1), date(2025, 12, 1))]
)
def test_what_two_say_alike_is_known_since_the_first_of_them_said_it(ledger: date | None, known: date | None) -> None:
    issue = replace(says("issue", "7.2", "18.3"), since=date(2025, 12, 1))
    (found,) = strongest(MILESTONES, [issue], [replace(says("ledger", "7.2", "18.3"), since=ledger)])
    assert (found.proof, found.since) == ("issue", known)


def test_what_is_said_of_no_release_of_ours_is_left_out() -> None:
    assert strongest(MILESTONES, [says("ledger", "7.2", "17.0")]) == []
