import io
import json
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from handrail.handbook.document import Place, Problem
from handrail.handbook.positions import parse

NAMES = st.text(st.characters(min_codepoint=32, max_codepoint=0x24F, exclude_characters="\x7f\x85"), max_size=8)
SCALARS = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e6, 1e6) | NAMES | st.dates()
DATA = st.recursive(
    SCALARS, lambda below: st.lists(below, max_size=4) | st.dictionaries(NAMES, below, max_size=4), max_leaves=12
)
BLOCKS = st.dictionaries(NAMES, DATA, max_size=4)


def says(text: str) -> list[tuple[int, int, str]]:
    return [(one.line, one.column, one.says) for one in parse(text, "team.yml").problems]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("off", "off"),
        ("09:00", "09:00"),
        ("12:30:45", "12:30:45"),
        ("09:00-17:00", "09:00-17:00"),
        ("2026-07-01", date(2026, 7, 1)),
        ("2026-07-01T09:00:00", "2026-07-01T09:00:00"),
        ("'2026-07-01'", "2026-07-01"),
        ("true", True),
        ("0o17", 15),
        ("0x1F", 31),
        ("017", 17),
        ("-3", -3),
        ("1.5", 1.5),
        ("2e3", 2000.0),
        ("~", None),
        ("", None),
        ("!!str 5", "5"),
        ("group::build", "group::build"),
    ],
)
def test_scalars_are_those_of_yaml_1_2_and_dates(text: str, value: object) -> None:
    document = parse(f"x: {text}\n", "team.yml")
    assert document.data == {"x": value}
    assert type(document.data["x"]) is type(value)
    assert document.problems == []


def test_every_key_and_value_has_its_place() -> None:
    document = parse("team:\n  name: A\n  days: [mon, tue]\nlist:\n  - a: 1\n", "team.yml")
    assert document.keys["team",] == Place("team.yml", 1, 1)
    assert document.keys["team", "name"] == Place("team.yml", 2, 3)
    assert document.values["team", "name"] == Place("team.yml", 2, 9)
    assert document.values["team", "days", 1] == Place("team.yml", 3, 15)
    assert document.values["list", 0, "a"] == Place("team.yml", 5, 8)


@pytest.mark.parametrize("text", ["", "# nothing yet\n", "---\n", "\ufeff# with a mark\n", "{}"])
def test_an_empty_file_changes_nothing(text: str) -> None:
    document = parse(text.removeprefix("\ufeff"), "team.yml")
    assert (document.data, document.problems, document.broken) == ({}, [], False)


@pytest.mark.parametrize(
    ("text", "line", "column", "word"),
    [
        ("a:\n\tb: 1\n", 2, 1, "tab"),
        ("a: b: c\n", 1, 5, "colon"),
        ("a: - b\n", 1, 4, "`-`"),
        ("a: 'x\nb: 1\n", 1, 4, "never closed"),
        ('a: "\\q"\n', 1, 6, r"`\q`"),
        ('a: "\\x4"\n', 1, 7, "2 hexadecimal"),
        ('a: "\\UFFFFFFFF"\n', 1, 1, "escape"),
        ("a: [1, 2\nb: 1\n", 1, 4, "`]`"),
        ("a: {b: 1\n", 1, 4, "`}`"),
        ("a: }\n", 1, 4, "`}`"),
        ("a:\n  b: 1\n c: 1\n", 3, 2, "indentation"),
        ("a: *x\n", 1, 4, "`&x`"),
        ("a: &x [*x]\n", 1, 4, "contains itself"),
        ("a: &x {<<: *x}\n", 1, 4, "contains itself"),
        ("a: {<<: 3}\n", 1, 9, "anchored map"),
        ("a: @x\n", 1, 4, "`@`"),
        ("a: |9x\n", 1, 4, "`|`"),
        ("a: !e!x b\n", 1, 4, "quotes"),
        ("a: !x b\n", 1, 4, "`!x`"),
        ("a: !x {}\n", 1, 4, "`!x`"),
        ("a: 1\n---\nb: 1\n", 2, 1, "second document"),
        ("%YAML 1.1\n---\na: NO\n", 1, 1, "`%`"),
        ("a: 1\nb: \x01\n", 2, 4, "U+0001"),
        ("a: " + "[" * 60, 1, 43, "deeper"),
        ("- a\n", 1, 1, "a list"),
        ("a\n", 1, 1, "a single value"),
        ("? [a]\n: b\n", 1, 3, "cannot be a key"),
        ("a: 1\na: 2\n", 2, 1, "second time (first in line 1)"),
        ("a: 2026-02-30\n", 1, 4, "no date"),
        ("a: 1e999\n", 1, 4, "no number"),
        ("a: 123456789012345678901\n", 1, 4, "no number"),
        ('a: "\\ud800"\n', 1, 4, "surrogate"),
        ("a: #c\n  @\n", 2, 3, "`@`"),
        ("a\nb: 1\n", 2, 2, "colon"),
        ("a:\n  b\n  c\n d: 1\n", 4, 3, "colon"),
    ],
)
def test_a_mistake_is_told_in_one_sentence_with_its_place(text: str, line: int, column: int, word: str) -> None:
    found = says(text)
    assert [(at_line, at_column) for at_line, at_column, _ in found] == [(line, column)]
    assert word in found[0][2]


def test_a_broken_text_tells_the_first_mistake_of_each_block() -> None:
    text = "team: {name: a\npeople:\n\tx: 1\n\ty: 2\nlabels:\n  team: a: b\nlinks: [*z]\ntriage: 'abc\n"
    assert [(line, column) for line, column, _ in says(text)] == [(1, 7), (3, 1), (4, 1), (6, 10), (8, 9)]
    assert parse(text, "team.yml").broken


def test_mistakes_in_values_leave_the_rest_readable() -> None:
    document = parse("a: 2026-02-30\nb: 1\nb: 2\nc: !x d\n", "team.yml")
    assert document.data == {"a": None, "b": 1, "c": None}
    assert document.doubtful == {("a",), ("c",)}
    assert len(document.problems) == 3
    assert not document.broken


def test_anchors_stand_for_what_they_name() -> None:
    document = parse("a: &a {x: 1, y: 2}\nb: {<<: *a, y: 3}\nc: *a\nd: {<<: [*a, {z: 4}]}\n", "team.yml")
    assert document.data["b"] == {"x": 1, "y": 3}
    assert document.data["c"] == {"x": 1, "y": 2}
    assert document.data["d"] == {"x": 1, "y": 2, "z": 4}
    assert document.values["b", "x"] == Place("team.yml", 1, 11)


def test_an_anchor_may_be_given_anew() -> None:
    assert parse("a: &x 1\nb: &x 2\nc: *x\n", "team.yml").data == {"a": 1, "b": 2, "c": 2}


def test_anchors_of_anchors_cannot_fill_the_memory() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    document = parse("\n".join(lines), "team.yml")
    assert document.broken
    assert [problem.says for problem in document.problems] == [
        "anchors repeat one another into more values than a handbook can have"
    ]


def test_a_problem_reads_like_a_compilers() -> None:
    assert str(Problem("team.yml", 3, 5, "this is off")) == "team.yml:3:5: this is off"


@given(BLOCKS)
def test_what_was_dumped_is_read_back(data: dict[str, object]) -> None:
    text = io.StringIO()
    yaml = YAML(typ="safe", pure=True)
    yaml.default_style = '"'  # type: ignore[assignment]  # plain, ruamel cannot read back its own ":0: null"
    yaml.dump(data, text)
    assert parse(text.getvalue(), "team.yml").data == data


@given(BLOCKS)
def test_json_is_read_as_what_it_is(data: dict[str, object]) -> None:
    plain = json.loads(json.dumps(data, default=date.isoformat))
    document = parse(json.dumps(plain), "team.yml")
    assert document.data == plain


@given(st.text(alphabet=list("ab:-?[]{},#&*!|>'\"%@`~<=. \n\t\\x0U\u200b\ud800é1_\x01"), max_size=24))
@example("@")
@example("%YAML 9.0\n---\n")
def test_any_text_is_read_or_told_why_not(text: str) -> None:
    document = parse(text, "team.yml")
    assert all(one.line >= 1 and one.column >= 1 and "\n" not in one.says for one in document.problems)
    assert document.problems or not document.broken
