"""Sections of descriptions: headings, prose and checkboxes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.gitlab.descriptions import MOST_BOXES, sections_of
from handrail.model.items import Section, headed

WHOLE = """Intro words <!-- and
none of this --> here

## Test plan ##
- [ ] first box
- [x] second
1. [X] third
- [~] struck off
- [ ]
/label ~foo
* plain bullet
```sh
# no heading
- [ ] no box
/run it
```
**Success Criteria:**
It **must** <b>work</b>.
"""


def test_a_description_is_read_section_by_section() -> None:
    assert sections_of(WHOLE) == (
        Section("", 3),
        Section("test plan", 14, 2, 3, ("first box",)),
        Section("success criteria", 3, level=7),
    )


def test_the_text_of_open_boxes_is_told_if_it_is_not_long() -> None:
    boxes = [
        ("x", "done"),
        (" ", "Write it down "),
        ("~", "struck off"),
        (" ", "a" * 201),
        (" ", "…"),
        (" ", "send it"),
    ]
    (part,) = sections_of("\n".join(f"- [{mark}] {text}" for mark, text in boxes))
    assert (part.done, part.total, part.unticked) == (1, 5, ("Write it down", "send it"))
    (part,) = sections_of("\n".join(f"- [ ] {number}" for number in range(MOST_BOXES + 2)))
    assert (part.total, len(part.unticked), part.unticked[-1]) == (MOST_BOXES + 2, MOST_BOXES, str(MOST_BOXES - 1))


def test_what_stands_below_a_heading_belongs_to_it() -> None:
    told = sections_of("""
## Test plan
### On Ubuntu
Install it and look.
**On SLES**
**Expected:** it installs as well
#### Untested corners
- [ ] none
## Untested corners
Upgrades.
""")
    assert [(part.title, part.level, part.words) for part in told] == [
        ("test plan", 2, 0),
        ("on ubuntu", 3, 4),
        ("on sles", 7, 0),
        ("expected", 8, 4),
        ("untested corners", 4, 1),
        ("untested corners", 2, 1),
    ]
    assert headed(told, ("tested", "test plan")) == told[:5]
    assert headed(told, ("expected",)) == told[3:4]
    assert headed(told, ("on sles", "expected")) == told[2:4]
    assert headed(told, ("upgrades",)) == ()


@pytest.mark.parametrize(
    ("line", "title", "words"),
    [
        ("**Test plan:** install it", "test plan", 2),
        ("__How to test__: install it", "how to test", 2),
        ("**Test plan** install it", "", 4),
        ("see **test plan:** below", "", 4),
    ],
)
def test_a_line_may_begin_with_its_heading(line: str, title: str, words: int) -> None:
    (part,) = sections_of(line)
    assert (part.title, part.words, part.total) == (title, words, 0)


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("# Test Plan", "test plan"),
        ("###### How to test: ######", "how to test"),
        ("  ## `code` and *stress*", "code and stress"),
        ("## [Linked](https://example.org) test_plan __x__", "linked test_plan x"),
        ("# About C#", "about c#"),
        ("## Straße", "strasse"),
        ("**Test plan**", "test plan"),
        ("__Test plan__:", "test plan"),
        ("**Test plan:**", "test plan"),
        ("**a** and **b**", None),
        ("**bold** and more", None),
        ("****", None),
        ("#123 is an issue", None),
        ("####### seven", None),
        ("    # code", None),
        ("- **item**", None),
    ],
)
def test_heading(line: str, title: str | None) -> None:
    headed = [section.title for section in sections_of(f"before\n{line}\nafter") if section.title]
    assert headed == ([title] if title is not None else [])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ()),
        ("\n<!-- only a comment -->\n", ()),
        ("<!-- never closed\n# Title", ()),
        ("# Title\n<!-- fill this in -->\n", (Section("title", level=1),)),
        ("# Title\n---\n| - | * |\n", (Section("title", level=1),)),
        ("one\r\ntwo", (Section("", 2),)),
        ("```\n# never closed", (Section("", 2),)),
        ("~~~\n<!-- code -->\n~~~", (Section("", 1),)),
        ("/assign @mara\n/opt/gitlab is full", (Section("", 3),)),
        ("- [x] done\n  - [ ] nested\n> - [ ] quoted", (Section("", 3, 1, 2, ("nested",)),)),
    ],
)
def test_sections(text: str, expected: tuple[Section, ...]) -> None:
    assert sections_of(text) == expected


@pytest.mark.parametrize("piece", ["_", "<!--", "~~~x\n", "```\n", "[](", " ", "**a:", "<a"])
def test_a_description_of_any_size_costs_one_pass(piece: str) -> None:
    (section,) = sections_of(f"# a{piece * (200_000 // len(piece))}a")
    assert section.title.startswith("a")


PIECES = ["# T", "**b**", "- [ ] x", "- [x] y", "```", "~~~", "<!--", "-->", "/close", "word", "", "> q", "`", "[a](b)"]


@given(st.lists(st.sampled_from(PIECES)).map("\n".join) | st.text())
def test_any_text_has_sections_that_add_up(text: str) -> None:
    found = sections_of(text)
    assert sum(section.words for section in found) <= len(text.split())
    assert all(0 <= section.done <= section.total for section in found)
    assert sum(section.total for section in found) <= text.count("[")
    assert all(section.title == section.title.casefold() for section in found)
