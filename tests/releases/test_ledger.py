"""The team's own ledger: JSON or YAML, and what of it is left out."""

from datetime import date

import pytest

from handrail.model.support import Support
from handrail.releases.ledger import read_ledger

MILESTONES = ["18.0", "18.1", "18.2"]
NAME = "acme/app:support.yml"


def read(text: str) -> tuple[list[Support], list[str]]:
    return read_ledger(text, NAME, MILESTONES)


AS_JSON = """[{"product": "git", "release": "1.10", "milestone": "18.1"},
{"product": "git", "release": "1.10", "milestone": "18.2", "absent": true, "because": "it broke"}]"""
AS_YAML = """- {product: git, release: 1.10, milestone: 18.1}
- {product: git, release: 1.10, milestone: 18.2, absent: true, because: it broke}
"""


@pytest.mark.parametrize("text", [AS_JSON, AS_YAML])
def test_each_entry_is_a_fact(text: str) -> None:
    assert read(text) == (
        [
            Support("git", "1.10", "18.1", proof=f"the ledger {NAME}"),
            Support("git", "1.10", "18.2", absent=True, proof=f"the ledger {NAME}: it broke"),
        ],
        [],
    )


@pytest.mark.parametrize("day", ["2025-08-25", '"2025-08-25"'])
def test_an_entry_may_say_since_when_that_is_known(day: str) -> None:
    (found,), problems = read(f"- {{product: git, release: 2, milestone: 18.0, since: {day}}}\n")
    assert (found.since, problems) == (date(2025, 8, 25), [])


def test_entries_come_in_the_order_of_releases() -> None:
    found, _ = read("- {product: git, release: 2, milestone: 18.2}\n- {product: git, release: 1, milestone: 18.0}\n")
    assert [one.milestone for one in found] == ["18.0", "18.2"]


def test_a_bad_entry_is_named_and_the_others_count() -> None:
    found, problems = read(
        "- {product: git, release: 1, milestone: 18.0}\n"
        "- {product: git, milestone: 18.0}\n"
        "- git\n"
        "- {product: git, release: 1, milestone: 18.9}\n"
        "- {product: git, release: 1, milestone: 18.0, absnt: true}\n"
        '- {product: "", release: 1, milestone: 18.0}\n'
        "- {product: git, release: [1], milestone: 18.0}\n"
        "- {product: git, release: 1, milestone: 18.0, absent: perhaps}\n"
    )
    assert [one.release for one in found] == ["1"]
    said = "\n".join(problems)
    assert [f"Entry {number} of" in said for number in range(1, 9)] == [False, *[True] * 7]
    assert "required field release; it was left out" in problems[0]
    assert problems[2] == f"Entry 4 of the ledger {NAME}: 18.9 is none of our releases; it was left out."


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("product: git\n", "is no list"),
        ("", "is no list"),
        ("- {product: git", "is neither JSON nor YAML"),
        ("[" * 100_000, "is neither JSON nor YAML"),
        ("\x00\x01", "is neither JSON nor YAML"),
        ("- &a [*a]\n", "Entry 1"),
    ],
)
def test_a_file_that_is_no_ledger(text: str, says: str) -> None:
    found, (problem,) = read(text)
    assert found == []
    assert says in problem
    assert len(problem) < 400
