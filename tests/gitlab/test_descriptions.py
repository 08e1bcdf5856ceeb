"""Sections of descriptions: headings, prose and checkboxes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.gitlab.descriptions import MOST_BOXES, sections_of
from handrail.model.items import Section

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
        Section("test plan", 14, 2, 3, (1, 2)),
        Section("success criteria", 3),
    )


def test_which_boxes_are_ticked_is_told_unless_they_are_the_first() -> None:
    for boxes, ticked in (("xx ", ()), ("x x", (0, 2)), ("x xx  ", (0, 2, 3)), ("  ", ()), (" x" * MOST_BOXES, ...)):
        (part,) = sections_of("\n".join(f"- [{mark}] …" for mark in boxes))
        assert (part.done, part.total) == (boxes.count("x"), len(boxes))
        assert part.ticked == (tuple(range(1, MOST_BOXES, 2)) if ticked is ... else ticked)


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
        ("# Title\n<!-- fill this in -->\n", (Section("title"),)),
        ("# Title\n---\n| - | * |\n", (Section("title"),)),
        ("one\r\ntwo", (Section("", 2),)),
        ("```\n# never closed", (Section("", 2),)),
        ("~~~\n<!-- code -->\n~~~", (Section("", 1),)),
        ("/assign @mara\n/opt/gitlab is full", (Section("", 3),)),
        ("- [x] done\n  - [ ] nested\n> - [ ] quoted", (Section("", 3, 1, 2),)),
    ],
)
def test_sections(text: str, expected: tuple[Section, ...]) -> None:
    assert sections_of(text) == expected


PIECES = ["# T", "**b**", "- [ ] x", "- [x] y", "```", "~~~", "<!--", "-->", "/close", "word", "", "> q", "`", "[a](b)"]


@given(st.lists(st.sampled_from(PIECES)).map("\n".join) | st.text())
def test_any_text_has_sections_that_add_up(text: str) -> None:
    found = sections_of(text)
    assert sum(section.words for section in found) <= len(text.split())
    assert all(0 <= section.done <= section.total for section in found)
    assert sum(section.total for section in found) <= text.count("[")
    assert all(section.title == section.title.casefold() for section in found)
