"""What endoflife.date says, in our words: each of its bodies is understood, and what is wrong with a row is named."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from handrail.handbook.support import Product
from handrail.model.support import Published
from handrail.releases.endoflife import names_of, releases_of
from handrail.releases.unread import UnreadError
from handrail.testing import at

SEEN = at("2026-08-22 09:00")
LINES = Product("other_major")
MINORS = Product("other_major", minor="other_minor")


def a_body(*releases: object, **labels: str) -> bytes:
    return json.dumps({"schema_version": "2", "result": {"releases": releases, "labels": labels}}).encode()


def a_release(name: str, **facts: Any) -> dict[str, Any]:
    return {"name": name, "releaseDate": "2024-04-25", "isLts": False, "latest": None, "custom": None, **facts}


def test_contract_every_body_is_understood_whole(shared: Path) -> None:
    bodies = sorted((shared / "releases/endoflife/api_v1/products").glob("*.json"))
    assert len(bodies) == 60
    lines = minors = 0
    for file in bodies:
        stated = json.loads(file.read_bytes())["result"]["releases"]
        found, problems = releases_of(file.read_bytes(), file.stem, LINES, SEEN)
        assert problems == []
        assert [one.release for one in found] == [row["name"] for row in stated]
        assert [one.released and str(one.released) for one in found] == [row["releaseDate"] for row in stated]
        assert [one.lts for one in found] == [row["isLts"] for row in stated]
        assert not any(one.minor for one in found)
        both, problems = releases_of(file.read_bytes(), file.stem, MINORS, SEEN)
        assert problems == []
        assert {one.release for one in both} >= {one.release for one in found}
        lines += len(found)
        minors += sum(one.minor for one in both)
    assert (lines, minors) == (1153, 964)


def of(shared: Path, product: str, stated: Product = MINORS) -> dict[str, Published]:
    body = (shared / f"releases/endoflife/api_v1/products/{product}.json").read_bytes()
    return {one.release: one for one in releases_of(body, product, stated, SEEN)[0]}


def test_what_ends_is_the_standard_support_of_the_vendor(shared: Path) -> None:
    assert of(shared, "ubuntu")["24.04"].ends == date(2029, 5, 31), "neither its hardware's nor what is paid for"
    assert of(shared, "debian")["12"].ends == date(2026, 7, 11), "not the LTS phase"
    assert of(shared, "rhel")["9"].ends == date(2032, 5, 31)
    assert of(shared, "amazon-linux")["2023"].ends == date(2027, 6, 30), "its vendor calls that phase standard"


def test_the_latest_of_a_line_is_a_minor_release_where_it_is_another_one(shared: Path) -> None:
    ubuntu = of(shared, "ubuntu")
    assert ubuntu["24.04.4"] == Published(
        "ubuntu", "24.04.4", SEEN, date(2026, 2, 12), date(2029, 5, 31), lts=True, minor=True
    )
    assert [name for name in ubuntu if name.startswith("26.04")] == ["26.04"]


def test_a_line_that_is_the_minor_of_a_wider_one(shared: Path) -> None:
    sles = of(shared, "sles", Product("other_major", minor="other_minor", line=1))
    assert [sles[name].minor for name in ("16.0", "15.7", "15.0")] == [False, True, False]


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (a_release("1.1", releaseDate="soon"), "x, entry 2: invalid RFC3339 encoded date (at releaseDate)"),
        (a_release("1.1", releaseDate="0024-04-25"), "x 1.1: its date is in no year that makes sense"),
        (a_release("1.1", eolFrom="9999-12-31"), "x 1.1: its date is in no year that makes sense"),
        (a_release("1.1\x1b[31m"), r"x '1.1\x1b[31m': it has a character that no version has"),
        (a_release(""), "x, entry 2: expected `str` of length >= 1 (at name)"),
        ({"label": "1.1"}, "x, entry 2: object missing required field `name`"),
        (7, "x, entry 2: expected `object`, got `int`"),
    ],
)
def test_what_is_wrong_with_a_release_is_named_and_the_others_count(row: object, says: str) -> None:
    found, problems = releases_of(a_body(a_release("1.2"), row, a_release("1.0")), "x", LINES, SEEN)
    assert [one.release for one in found] == ["1.2", "1.0"]
    assert problems == [says]


def test_a_release_may_have_no_date_and_what_comes_twice_counts_once() -> None:
    body = a_body(a_release("1.2", releaseDate=None), a_release("1.1"), a_release("1.1", releaseDate="2020-01-01"))
    found, problems = releases_of(body, "x", LINES, SEEN)
    assert [(one.release, one.released) for one in found] == [("1.2", None), ("1.1", date(2024, 4, 25))]
    assert problems == []


@pytest.mark.parametrize(
    "body", [b"", b"<html>", b"[]", b'{"result": {}}', b'{"result": {"releases": 7}}', b"[" * 9999]
)
def test_a_body_that_cannot_be_understood_is_refused(body: bytes) -> None:
    with pytest.raises(UnreadError, match="what it says of it cannot be understood"):
        releases_of(body, "x", LINES, SEEN)


def test_the_names_of_the_list_and_their_aliases(shared: Path) -> None:
    names = names_of((shared / "releases/endoflife/api_v1/products.json").read_bytes())
    assert {"kubernetes", "k8s", "rhel", "redhat"} <= {*names}
    assert names_of(b"<html>") == []
