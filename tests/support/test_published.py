"""What others said of their releases, over time: what is new, what changed, what has no date yet."""

from datetime import date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from handrail.handbook.support import Product, Support
from handrail.model.support import Published
from handrail.support.published import Change, changes, known, news, undated, upstream
from handrail.testing import at

NOW = at("2026-06-02 10:00")
DAY = timedelta(days=1)
OLD = Published("ubuntu", "24.04", NOW, date(2024, 4, 25), date(2029, 5, 31), lts=True)
MINOR = Published("ubuntu", "24.04.4", NOW, date(2026, 2, 12), lts=True, minor=True)
OTHER = Published("solaris", "11", NOW)


def policies(**products: Product) -> Support:
    return Support("nth_release_after", {}, 3, 6, products=products)


def seen(one: Published, moment: datetime) -> Published:
    return replace(one, seen=moment)


def test_the_first_copy_is_all_new_and_the_same_again_adds_nothing() -> None:
    assert news((), [OLD, MINOR], NOW) == [OLD, MINOR]
    assert news([OLD, MINOR], [seen(OLD, NOW + DAY), seen(MINOR, NOW + DAY)], NOW + DAY) == []


def test_what_is_not_in_the_copy_is_gone_once_but_not_the_earlier_ones_of_a_line() -> None:
    later = NOW + DAY
    gone = replace(OLD, seen=later, gone=True), replace(MINOR, seen=later, gone=True)
    assert news([OLD, MINOR], [seen(OLD, later)], later) == []
    assert news([OLD, MINOR], [], later) == [*gone]
    assert news([OLD, MINOR, *gone], [], later + DAY) == []
    assert news([OLD, *gone], [seen(OLD, later + DAY)], later + DAY) == [seen(OLD, later + DAY)]


def test_each_thing_that_is_told_anew_is_a_change_from_when_it_was_seen() -> None:
    later = NOW + DAY
    moved = replace(OLD, seen=later, released=date(2024, 4, 26), ends=None, lts=False)
    gone = replace(moved, seen=later + DAY, gone=True)
    told = [gone, OLD, MINOR, moved]
    assert changes(told, later) == [
        Change("ubuntu", "24.04", "released", OLD.released, moved.released, later),
        Change("ubuntu", "24.04", "ends", OLD.ends, None, later),
        Change("ubuntu", "24.04", "lts", True, False, later),
    ]
    assert changes(told, later + DAY)[3:] == [Change("ubuntu", "24.04", "gone", False, True, later + DAY)]
    assert changes(told, NOW) == []


def test_what_has_no_date_of_what_is_looked_after() -> None:
    undecided, announced = Published("ubuntu", "27.04", NOW), Published("ubuntu", "26.10", NOW, date(2026, 10, 15))
    over = replace(undecided, release="4.10", ends=date(2007, 4, 30))
    told = [OLD, MINOR, undecided, announced, OTHER, over, replace(undecided, release="1", gone=True)]
    looked_after = policies(ubuntu=Product("ubuntu_lts", lts_only=True))
    assert undated(told, looked_after, NOW, NOW.date()) == [undecided]
    assert [one.release for one in upstream(told, looked_after, NOW)] == ["24.04", "26.10"]
    with_minors = policies(ubuntu=Product("ubuntu_lts", minor="other_minor"))
    assert [one.kind for one in upstream(told, with_minors, NOW)] == ["ubuntu_lts", "other_minor", "ubuntu_lts"]


versions = st.sampled_from(["22.04", "24.04", "26.04", "26.04.1"])
releases = st.builds(
    Published,
    st.just("ubuntu"),
    versions,
    st.just(NOW),
    st.none() | st.dates(date(2020, 1, 1), date(2030, 1, 1)),
    lts=st.booleans(),
)
copies = st.lists(st.lists(releases, max_size=4, unique_by=lambda one: one.release), min_size=1, max_size=5)


@given(copies)
def test_what_is_kept_tells_each_copy_as_it_was_and_grows_by_changes_alone(told: list[list[Published]]) -> None:
    kept: list[Published] = []
    for day, copy in enumerate(told):
        moment = NOW + day * DAY
        kept += news(kept, [seen(one, moment) for one in copy], moment)
        assert news(kept, [seen(one, moment) for one in copy], moment) == []
    first: set[str] = set()
    for day, copy in enumerate(told):
        moment = NOW + day * DAY
        first |= {one.release for one in copy}
        there = [one for one in known(kept, moment).values() if one.release in first and not one.gone]
        assert {seen(one, NOW) for one in there} == {*copy}
