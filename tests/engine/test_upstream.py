"""What others released comes from a site and from files into the store, on both databases, over days and failures."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from handrail.engine.upstream import AGAIN, EVERY, PATIENCE, read_upstream
from handrail.handbook.support import Product, Support
from handrail.model.support import Published
from handrail.releases.site import Site
from handrail.releases.unread import UnreadError
from handrail.store.database import Store
from handrail.support.published import changes, known
from handrail.testing import at
from standin.endoflife import Answer, EndOfLife, endoflife

NOW = at("2026-06-02 10:00")
DAY = timedelta(days=1)
UBUNTU = Product("ubuntu_lts", minor="other_minor", lts_only=True)


def a_release(name: str, released: str | None = "2024-04-25", **facts: Any) -> dict[str, Any]:
    return {"name": name, "releaseDate": released, **facts}


@pytest.fixture
def upstream() -> Iterator[EndOfLife]:
    with endoflife(aliases={"ubuntu-linux": "ubuntu"}) as served:
        served.put("ubuntu", a_release("24.04", isLts=True, eolFrom="2029-05-31"))
        served.put("debian", a_release("12", "2023-06-10"))
        yield served


class Reading:
    """A store, a site, files, and products to read, at one moment after another."""

    def __init__(self, store: Store, site: Site, **products: Product) -> None:
        self.store, self.site, self.products = store, site, products
        self.files: dict[str, bytes] = {}
        self.steps: list[tuple[int, bool]] = []

    def at(self, moment: Any) -> list[str]:
        def read_file(file: str) -> bytes:
            if file not in self.files:
                raise UnreadError(f"{file} is not there")
            return self.files[file]

        support = Support("nth_release_after", {}, 3, 6, products=self.products)
        steps = self.steps
        return read_upstream(
            self.store, support, self.site, read_file, moment, lambda step: steps.append((step.items, step.done))
        )

    def published(self) -> tuple[Published, ...]:
        return self.store.facts(NOW).team().published

    def there(self, moment: Any) -> list[str]:
        return sorted(one.release for one in known(self.published(), moment).values() if not one.gone)


@pytest.fixture
def store(where: str) -> Iterator[Store]:
    with Store.open(where) as store:
        yield store


@pytest.fixture(params=["sqlite", "postgresql"])
def where(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if request.param == "sqlite":
        return str(tmp_path / "handrail.db")
    url: str = request.getfixturevalue("postgresql")
    return url


@pytest.fixture
def reading(store: Store, upstream: EndOfLife) -> Iterator[Reading]:
    site = Site(upstream.url)
    yield Reading(store, site, ubuntu=UBUNTU)
    site.close()


def test_a_product_is_read_once_a_day_and_only_what_changed_is_kept(reading: Reading, upstream: EndOfLife) -> None:
    assert reading.at(NOW) == []
    first = Published("ubuntu", "24.04", NOW, date(2024, 4, 25), date(2029, 5, 31), lts=True)
    assert reading.published() == (first,)
    assert reading.steps == [(1, False), (1, True)]

    assert reading.at(NOW + EVERY - timedelta(seconds=1)) == []
    assert upstream.asked == [("ubuntu", 200)]
    reading.at(NOW + EVERY)
    assert upstream.asked[1:] == [("ubuntu", 304)]
    assert reading.published() == (first,)
    assert reading.store.copies.all()["ubuntu"].read_at == NOW + EVERY

    upstream.put("ubuntu", a_release("24.04", "2024-04-26", isLts=True), a_release("26.04", "2026-04-23", isLts=True))
    reading.at(NOW + 2 * EVERY)
    assert [(one.what, one.old, one.new, one.since) for one in changes(reading.published(), NOW + 3 * DAY)] == [
        ("released", date(2024, 4, 25), date(2024, 4, 26), NOW + 2 * EVERY),
        ("ends", date(2029, 5, 31), None, NOW + 2 * EVERY),
    ]
    assert changes(reading.published(), NOW + DAY) == []


def test_what_vanished_is_gone_and_may_come_again(reading: Reading, upstream: EndOfLife) -> None:
    latest = {"name": "24.04.4", "date": "2026-02-12"}
    upstream.put("ubuntu", a_release("24.04", latest=latest), a_release("22.04"))
    reading.at(NOW)
    assert reading.there(NOW) == ["22.04", "24.04", "24.04.4"]
    newer = {"name": "24.04.5", "date": "2026-06-02"}
    upstream.put("ubuntu", a_release("24.04", latest=newer))
    reading.at(NOW + DAY)
    assert reading.there(NOW + DAY) == ["24.04", "24.04.4", "24.04.5"], "an earlier one of a line is still there"
    assert [(one.release, one.what, one.new) for one in changes(reading.published(), NOW + DAY)] == [
        ("22.04", "gone", True)
    ]
    upstream.put("ubuntu", a_release("22.04"))
    reading.at(NOW + 2 * DAY)
    assert reading.there(NOW + 2 * DAY) == ["22.04"]
    assert reading.there(NOW) == ["22.04", "24.04", "24.04.4", "24.04.5"], "as it was known first"


def test_a_bad_row_is_named_each_time_and_takes_nothing_away(reading: Reading, upstream: EndOfLife) -> None:
    reading.at(NOW)
    upstream.put("ubuntu", a_release("24.04", "soon"), a_release("26.04"))
    for day in (1, 2):
        assert reading.at(NOW + day * DAY) == ["ubuntu, entry 1: invalid RFC3339 encoded date (at releaseDate)"]
    assert upstream.asked[-1] == ("ubuntu", 200)
    assert reading.there(NOW + 2 * DAY) == ["24.04", "26.04"]


def test_an_empty_body_takes_nothing_away(reading: Reading, upstream: EndOfLife) -> None:
    reading.at(NOW)
    upstream.put("ubuntu")
    (problem,) = reading.at(NOW + DAY)
    assert problem == (
        "The releases of ubuntu (as of 2026-06-02 10:00 UTC counts) could not be read: "
        "it has no release any more that can be read."
    )
    assert reading.there(NOW + DAY) == ["24.04"]


def test_an_alias_is_followed_and_a_wrong_name_is_told_with_the_nearest(reading: Reading, upstream: EndOfLife) -> None:
    reading.products = {"our ubuntu": Product("ubuntu_lts", upstream="ubuntu-linux"), "ubunto": UBUNTU}
    (problem,) = reading.at(NOW)
    assert "The releases of ubunto (of which nothing is known) could not be read: " in problem
    assert "has no product ubunto: did you mean ubuntu? Name it by “upstream”, or a “file”" in problem
    assert [one.product for one in reading.published()] == ["our ubuntu"]
    upstream.asked.clear()
    reading.at(NOW + DAY)
    assert upstream.asked == [("ubuntu-linux", 301), ("ubuntu", 304), ("ubunto", 404)]


def test_another_name_or_class_is_read_anew_at_once(reading: Reading, upstream: EndOfLife) -> None:
    reading.at(NOW)
    reading.products["ubuntu"] = Product("ubuntu_lts", upstream="ubuntu-linux")
    reading.at(NOW)
    assert upstream.asked[1:] == [("ubuntu-linux", 301), ("ubuntu", 200)]
    assert len(reading.published()) == 1


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (Answer(429, b"", {"Retry-After": "3600"}), "asks for fewer requests, or for patience"),
        (Answer(503, b"<html>"), "answers with an error of its own (503)"),
        (Answer(403), "answers with status 403"),
        (Answer(None), "cannot be reached, or does not answer as one should"),
        (Answer(200, b"<html>"), "what it says of it cannot be understood (it is no JSON)"),
        (Answer(200, b" " * 5_000_001), "answers with more than 5 MB"),
        (Answer(301, b"", {"Location": "https://example.com/api/v1/products/ubuntu"}), "sends on to another host"),
        (Answer(301, b"", {"Location": "/api/v1/products/ubuntu"}), "sent on more than 3 times"),
        (Answer(304), "answers with status 304"),
    ],
)
def test_what_fails_is_told_and_the_others_are_read(
    reading: Reading, upstream: EndOfLife, answer: Answer, says: str
) -> None:
    upstream.answers["ubuntu"] = answer
    reading.products["debian"] = Product("debian")
    (problem,) = reading.at(NOW)
    assert problem.startswith("The releases of ubuntu (of which nothing is known) could not be read: ")
    assert says in problem
    assert [one.product for one in reading.published()] == ["debian"]

    upstream.answers.clear()
    assert reading.at(NOW + AGAIN - timedelta(seconds=1)) == []
    assert [one.product for one in reading.published()] == ["debian"], "what failed is not tried again at once"
    assert reading.at(NOW + AGAIN) == []
    assert sorted(one.product for one in reading.published()) == ["debian", "ubuntu"]
    assert reading.store.copies.all()["ubuntu"].trouble == ""


def test_who_fails_time_and_again_is_asked_for_a_few_at_a_time(reading: Reading, upstream: EndOfLife) -> None:
    reading.at(NOW)
    upstream.answers[""] = Answer(503)
    reading.products |= {f"p{number}": Product("dependency") for number in range(9)}
    upstream.asked.clear()
    (problem,) = reading.at(NOW + EVERY)
    assert problem.startswith(
        "The releases of p0, p1, p2, p3, p4 and 4 others (of which nothing is known); ubuntu (as of 2026-06-02 10:00 "
        "UTC counts) could not be read: "
    )
    reading.at(NOW + EVERY + timedelta(minutes=10))
    assert [name for name, _ in upstream.asked] == [f"p{number}" for number in range(2 * PATIENCE)]


def test_a_file_may_list_several_products_and_is_read_once(reading: Reading) -> None:
    reading.products = {name: Product("dependency", line=2, file="t/t:r.json") for name in ("git", "helm", "vim")}
    (problem,) = reading.at(NOW)
    assert problem == (
        "The releases of git, helm, vim (of which nothing is known) could not be read: t/t:r.json is not there."
    )
    reading.files["t/t:r.json"] = (
        b'{"git": {"versions": {"2.55.0": "2026-06-29", "2.55.1": "2026-07-02"}}, "helm": {"versions": {}}}'
    )
    (problem,) = reading.at(NOW + AGAIN)
    assert (
        "The releases of vim (of which nothing is known) could not be read: t/t:r.json: it lists none of them"
        in problem
    )
    assert reading.published() == (Published("git", "2.55", NOW + AGAIN, date(2026, 6, 29)),)


def test_without_a_site_only_files_are_read(reading: Reading, upstream: EndOfLife) -> None:
    reading.site = None  # type: ignore[assignment]
    reading.products["git"] = Product("dependency", file="r.json")
    reading.files["r.json"] = b'{"git": {"versions": {"2.55.0": "2026-06-29"}}}'
    assert reading.at(NOW) == []
    assert [one.release for one in reading.published()] == ["2.55.0"]
    assert upstream.asked == []
