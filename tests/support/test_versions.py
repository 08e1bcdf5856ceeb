"""Versions are ordered as people order them."""

from hypothesis import given
from hypothesis import strategies as st

from handrail.support.versions import Lines, is_of, numbers, order

IN_ORDER = (
    ("9.9", "9.10"),
    ("2024.10", "2025.09", "2025.10"),
    ("1.24.0-rc1", "1.24.0-rc2", "1.24.0", "1.24.1"),
    ("10.0-LTS", "10.1-LTS", "11"),
    ("v1.9", "v1.10"),
    ("1.16.0-beta.2", "1.16.0-beta.11", "1.16.0"),
    ("1.1.1a1", "1.1.1", "1.1.2b"),
    ("stream-8", "stream-9"),
    ("RHEL 8.9", "RHEL 8.10"),
)


def test_numbers_count_as_numbers_and_what_comes_before_a_release_comes_before() -> None:
    for versions in IN_ORDER:
        backwards = versions[::-1]
        assert sorted(backwards, key=order) == list(versions)
    assert order("10.0-LTS") == order("10") == order("v10.0.0")


def test_a_version_is_of_its_line() -> None:
    assert is_of("1.24.1", "1.24")
    assert is_of("1.24", "1.24.0")
    assert is_of("v1.30.2", "1.30")
    assert not is_of("1.240", "1.24")
    assert not is_of("1.24", "1.24.1")
    assert not is_of("1.24-rc1", "1.24")
    assert is_of("1.24-rc1", "1.24.0-rc1")
    assert is_of("1.1.1w", "1.1.1")
    assert is_of("1.1.1b", "1.1.1"), "how OpenSSL calls a patch release"
    assert is_of("sid", "sid")
    assert not is_of("trixie", "sid")
    assert numbers("sid") == ()


@given(st.text(max_size=200), st.text(max_size=200), st.text(max_size=200))
def test_any_text_has_its_place(one: str, two: str, three: str) -> None:
    assert (
        sorted((one, two, three), key=order) == sorted((three, one, two), key=order)
        or len({order(one), order(two), order(three)}) < 3
    )
    assert is_of(one, one)


VERSIONS = st.from_regex(r"v?[0-2](\.[0-2]){0,3}(-(rc[12]|lts))?|sid|next", fullmatch=True)


@given(st.sets(VERSIONS, max_size=20), VERSIONS)
def test_many_at_once_are_told_as_one_by_one(versions: set[str], release: str) -> None:
    assert Lines(versions).of(release) & versions == {one for one in versions if is_of(one, release)}
