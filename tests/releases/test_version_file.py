"""A file of the team's with releases that nobody else lists."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from handrail.handbook.support import Product
from handrail.releases.unread import UnreadError
from handrail.releases.version_file import MOST_BYTES, releases_of
from handrail.testing import at

SEEN = at("2026-08-22 09:00")
LINES = Product("dependency", line=2)


def a_file(versions: Any) -> bytes:
    return json.dumps({"git": {"repo": "git/git", "versions": versions}}).encode()


@pytest.mark.parametrize("product", ["alertmanager", "git", "helm", "pgbouncer"])
def test_versions_make_lines_each_released_with_its_first_one(shared: Path, product: str) -> None:
    body = (shared / "releases/other_git_tag_releases.json").read_bytes()
    stated = json.loads(body)[product]["cycles"]
    found, problems = releases_of(body, product, LINES, SEEN)
    assert problems == []
    assert {one.release: str(one.released) for one in found} == {row["name"]: row["releaseDate"] for row in stated}


def test_without_lines_each_version_is_a_release_and_what_comes_before_one_is_none() -> None:
    body = a_file({"2.10.0-rc1": "2017-01-01", "2.10.1": "2017-03-01", "2.9.0": "2016-06-13", "2.10.0": "2017-02-01"})
    found, problems = releases_of(body, "git", Product("dependency"), SEEN)
    assert [one.release for one in found] == ["2.9.0", "2.10.0", "2.10.1"]
    assert problems == []
    named, _ = releases_of(body, "our git", Product("dependency", upstream="git", line=2, minor="other_minor"), SEEN)
    assert [(one.product, one.release, one.minor) for one in named] == [
        ("our git", "2.9", False),
        ("our git", "2.10", False),
        ("our git", "2.10.1", True),
    ]


@pytest.mark.parametrize(
    ("version", "day", "says"),
    [
        ("2.1", "soon", "git '2.1': invalid RFC3339 encoded date"),
        ("2.1", 20260701, "git '2.1': expected `date`, got `int`"),
        ("2.1", "0026-07-01", "git 2.1: its date is in no year that makes sense"),
        ("2.1\x1b[31m", "2026-07-01", r"git '2.1\x1b[31m': it has a character that no version has"),
        ("master", "2026-07-01", "git master: it is no version"),
    ],
)
def test_what_is_wrong_with_a_version_is_named_and_the_others_count(version: str, day: object, says: str) -> None:
    found, problems = releases_of(a_file({version: day, "2.0": None, "1.9": "2014-02-14"}), "git", LINES, SEEN)
    assert [(one.release, one.released) for one in found] == [("1.9", date(2014, 2, 14)), ("2.0", None)]
    assert problems == [says]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "it cannot be understood"),
        (b"[]", "it cannot be understood"),
        (b"{}", "it lists none of them: write"),
        (b'{"git": []}', "it lists none of them: write"),
        (a_file(["2.0"]), "it lists none of them: write"),
        (b" " * (MOST_BYTES + 1), "it is larger than 20 MB"),
    ],
)
def test_a_file_that_cannot_be_understood_is_refused(body: bytes, says: str) -> None:
    with pytest.raises(UnreadError, match=says):
        releases_of(body, "git", LINES, SEEN)
