"""Our part of a description: what is written anew, and all that stays as people have it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handrail.model.markdown import (
    BEGINS,
    ENDS,
    between_marks,
    brought_up_to_date,
    differing,
    our_part,
    with_our_part,
)

WAS = "It came out in May.\nIt is due by 2026-06-18.\n\n- [ ] A build has it\n- [ ] Its end is noted: not known"
WANTED = (
    "It came out in May.\nIt is due by 2026-09-17.\n\n- [ ] A build has it\n- [ ] Its end is noted: 2031\n- [ ] More"
)


def test_what_nobody_touched_is_written_anew() -> None:
    assert brought_up_to_date(WAS, WAS, WANTED) == WANTED
    assert brought_up_to_date(WANTED, WAS, WAS) == WANTED
    assert differing(WAS, WANTED) == (
        ["It is due by 2026-06-18.", "- [ ] Its end is noted: not known"],
        ["It is due by 2026-09-17.", "- [ ] Its end is noted: 2031", "- [ ] More"],
    )


def test_what_people_ticked_and_added_stays() -> None:
    there = WAS.replace("- [ ] A build has it", "- [x] A build has it  \n- [ ] Ask Ivo") + "\n\nWe wait for the mirror."
    assert brought_up_to_date(there, WAS, WANTED) == (
        "It came out in May.\nIt is due by 2026-09-17.\n\n- [x] A build has it  \n- [ ] Ask Ivo\n"
        "- [ ] Its end is noted: 2031\n- [ ] More\n\nWe wait for the mirror."
    )


@pytest.mark.parametrize("mark", ["x", "X", "~"])
def test_what_was_ticked_is_never_taken_away(mark: str) -> None:
    """Its end was noted as it was then: that it is another is to be noted anew."""
    ticked = f"- [{mark}] Its end is noted: not known"
    there = WAS.replace("- [ ] Its end is noted: not known", ticked)
    assert brought_up_to_date(there, WAS, WANTED).split("\n")[-3:] == [
        ticked, "- [ ] Its end is noted: 2031", "- [ ] More"
    ]  # fmt: skip


def test_what_people_changed_or_took_away_stays_so() -> None:
    there = "It came out in May.\nIt is due when Mara says so.\n\n- [ ] Its end is noted: not known"
    assert brought_up_to_date(there, WAS, WANTED) == (
        "It came out in May.\nIt is due when Mara says so.\n\n- [ ] Its end is noted: 2031\n- [ ] More"
    )
    assert brought_up_to_date("Ours alone now.", WAS, WANTED) == "Ours alone now."
    assert brought_up_to_date("It came out in May.", "It came out in May.", "") == ""


def test_the_part_stands_between_its_marks() -> None:
    ours = between_marks("One\n\ntwo").replace("two\n", "two \r\n")
    whole = f"Read this first.\r\n\r\n{ours}\n\n*Why: because*\n"
    assert our_part(whole) == "One\n\ntwo "
    other = with_our_part(whole, "Three")
    assert other == f"Read this first.\r\n\r\n{BEGINS}\n\nThree\n\n{ENDS}\n\n*Why: because*\n"
    assert our_part(with_our_part(other, "")) == ""


@pytest.mark.parametrize(
    "description",
    [
        "", "One", f"{BEGINS}\nOne", f"One\n{ENDS}", f"{ENDS}\nOne\n{BEGINS}", f"> {BEGINS}\n> One\n> {ENDS}",
        f"{between_marks('One')}\n{between_marks('Two')}", f"{between_marks('One')}\n{ENDS}", f"{BEGINS} One {ENDS}",
    ],
)  # fmt: skip
def test_without_its_marks_once_and_in_order_there_is_no_part_of_ours(description: str) -> None:
    assert our_part(description) == ""


LINES = st.lists(st.sampled_from(["One", "Two", "", "- [ ] a", "- [ ] b", "  * [ ] c", "/close", "Three"]), max_size=8)
THEIRS = st.lists(st.sampled_from(["Mine", "- [x] d", "One", "- [x] a", "- [~] b", "- [ ] a", "", "Two"]), max_size=10)
AROUND = st.text(st.characters(exclude_categories=["Cs"])).map("{}\n".format)


def text(lines: list[str]) -> str:
    return "\n".join(lines).strip("\n")


@given(AROUND, AROUND, THEIRS, LINES, LINES)
def test_all_around_survives_any_edit(above: str, below: str, there: list[str], was: list[str], new: list[str]) -> None:
    whole = f"{above}{between_marks(text(there))}{below}"
    part = brought_up_to_date(our_part(whole), text(was), text(new))
    edited = with_our_part(whole, part)
    assert edited == f"{above}{between_marks(part)}{below}"
    assert our_part(edited) == part


@given(THEIRS, LINES, LINES)
def test_what_people_wrote_in_it_survives_any_edit(there: list[str], was: list[str], new: list[str]) -> None:
    part = brought_up_to_date(text(there), text(was), text(new))
    left = iter(part.split("\n"))
    theirs = [line for line in there if line and (line not in was or line[:4] in {"- [x", "- [~"})]
    assert all(line in left for line in theirs), "each, and in their order"
    assert brought_up_to_date(part, text(new), text(new)) == part, "then there is nothing more to do"


@given(LINES, LINES)
def test_between_any_two_texts_of_ours(was: list[str], new: list[str]) -> None:
    one, other = text(was), text(new)
    assert brought_up_to_date(one, one, other) == other
