from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from handrail.handbook.document import Place, Plain
from handrail.handbook.merge import laid_over, merge, nulls, without_nulls
from handrail.handbook.positions import parse

KEYS = st.sampled_from("abcd")
LEAVES = st.integers(0, 3) | st.lists(st.integers(0, 3), max_size=3)


def maps(leaves: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Plain]]:
    return st.dictionaries(KEYS, leaves, max_size=3)


FLAT: st.SearchStrategy[dict[str, Plain]] = maps(LEAVES)
DEEP: st.SearchStrategy[dict[str, Plain]] = maps(LEAVES | maps(LEAVES | st.none()) | st.none())
# Every value of one kind at its depth, as the schema has it: blocks of values.
EVEN: st.SearchStrategy[dict[str, Plain]] = maps(FLAT)


@given(DEEP)
def test_nothing_laid_on_a_handbook_is_that_handbook(data: dict[str, Plain]) -> None:
    assert merge(data, {}) == data == merge({}, data) == merge(data, data)


@given(EVEN, EVEN, EVEN)
def test_files_can_be_laid_on_one_another_in_any_grouping(
    a: dict[str, Plain], b: dict[str, Plain], c: dict[str, Plain]
) -> None:
    assert merge(merge(a, b), c) == merge(a, merge(b, c))


@given(DEEP, DEEP)
def test_what_the_upper_file_states_holds(under: dict[str, Plain], over: dict[str, Plain]) -> None:
    merged = merge(under, over)
    assert isinstance(merged, dict)
    assert merged.keys() == under.keys() | over.keys()
    for key, value in over.items():
        if not isinstance(value, dict):
            assert merged[key] == value


@given(DEEP, KEYS)
def test_null_removes_and_what_was_removed_can_be_stated_anew(under: dict[str, Plain], key: str) -> None:
    removed = without_nulls(merge(under, {key: None}))
    assert isinstance(removed, dict)
    assert key not in removed
    again = merge(merge(under, {key: None}), {key: {"x": 1}})
    assert isinstance(again, dict)
    assert again[key] == {"x": 1}


@given(DEEP)
def test_the_nulls_are_what_is_taken_out(data: dict[str, Plain]) -> None:
    kept = without_nulls(data)
    assert list(nulls(kept)) == []
    assert (kept == data) == (not list(nulls(data)))


def test_lists_replace_and_keep_what_they_hold() -> None:
    assert merge({"a": [1, 2, 3]}, {"a": [4]}) == {"a": [4]}
    assert without_nulls({"a": [None, {"b": None, "c": 1}]}) == {"a": [None, {"c": 1}]}
    assert list(nulls({"a": [{"b": None}], "c": None})) == [("a", 0, "b"), ("c",)]


def test_a_place_is_that_of_the_file_the_value_came_from() -> None:
    under = parse("team:\n  name: A\n  zone: UTC\n", "under.yml")
    over = parse("team: {zone: Asia/Tokyo}\n", "over.yml")
    merged = laid_over(under, over)
    assert merged.data == {"team": {"name": "A", "zone": "Asia/Tokyo"}}
    assert merged.values["team", "name"] == Place("under.yml", 2, 9)
    assert merged.values["team", "zone"] == Place("over.yml", 1, 14)
    assert merged.keys["team",] == Place("over.yml", 1, 1)
