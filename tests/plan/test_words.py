"""Changes in a few words."""

import re

import pytest
from msgspec.structs import replace

from handrail.model.actions import (
    Action,
    AddLabels,
    Assign,
    Change,
    CloseItem,
    Comment,
    CreateItem,
    EditDescription,
    EditItem,
    LinkItems,
    RemoveLabels,
    RequestReview,
    SetMilestone,
    SetStatus,
    Unassign,
)
from handrail.model.plans import Conflict, Plan, Refusal
from handrail.plan.words import in_lines, in_markdown, sign_of, words_for
from handrail.testing import NOW

SAID: list[tuple[Change, str, str]] = [
    (AddLabels(("spike", "awaiting feedback")), "+", 'add ~spike ~"awaiting feedback"'),
    (RemoveLabels(("spike",)), "-", "remove ~spike"),
    (SetMilestone("19.2"), "~", "move to 19.2"),
    (SetMilestone(None), "~", "take out of its milestone"),
    (Assign(("ada", "bo")), "+", "assign @ada @bo"),
    (Unassign(("ada",)), "-", "unassign @ada"),
    (RequestReview(("bo",)), "+", "ask @bo for a review"),
    (Comment("t", ("ada",), "thanks", "Is it done?"), "»", "say to @ada: Is it done?"),
    (Comment("t", (), "thanks", "Is it done?", "a/team"), "»", "say to @a/team: Is it done?"),
    (CreateItem("t", "Review licences", ""), "+", "open “Review licences”"),
    (EditItem(title="Review"), "~", "call it “Review”"),
    (EditItem(tick=("draft", "scope")), "~", "tick draft, scope"),
    (
        EditDescription("", "It is due in May.\n- [ ] More", "It is due in June.\n- [ ] Less"), "~",
        "write in its description: It is due in May. - [ ] More",
    ),
    (EditDescription("", "Due in May.", "Due in May.\n- [ ] Less"), "~", "take out of its description: - [ ] Less"),
    (CloseItem(), "-", "close it"),
    (SetStatus("In dev"), "~", "set its Status to In dev"),
    (LinkItems("a/b#2", "is_blocked_by"), "+", "link it: is blocked by a/b#2"),
]  # fmt: skip


def test_a_comments_lists_stand_in_lines_of_their_own() -> None:
    asks = "Could you tell us\nmore?\n\n- Is it\n  active?\n- Since when?\n\nA word is enough."
    comment = Comment("t", ("ada",), "thanks", asks)
    assert in_lines(comment) == [
        "say to @ada: Could you tell us more?",
        "- Is it active?",
        "- Since when?",
        "A word is enough.",
    ]
    assert in_lines(SetMilestone("19.2")) == ["move to 19.2"]
    edit = EditDescription("", "It is due in May.\n- [ ] More", "It is due in June.")
    assert in_lines(edit) == ["write in its description: It is due in May.", "- [ ] More"]


@pytest.mark.parametrize(("change", "sign", "words"), SAID)
def test_every_change_has_its_sign_and_words(change: Change, sign: str, words: str) -> None:
    assert (sign_of(change), words_for(change)) == (sign, words)


def test_every_kind_of_change_is_said() -> None:
    assert {type(change) for change, _, _ in SAID} == set(Change.__args__)


def test_markdown_calls_nobody_and_breaks_no_table() -> None:
    action = Action("triage", "duty.triage", "a/b#1", Assign(("ada",)), "One | two\nthree for @ada.")
    action = replace(action, touches=("ada",))
    plan = Plan(NOW, (action,), (Conflict((action,), "@ada and @bo"),), (Refusal(action, "@bo rests"),), "it is much")
    table, notes, differs, digest = in_markdown(plan, ("+ triage: @ada", "- triage: @bo")).split("\n\n")
    head, rule, row = table.splitlines()
    assert head == "| where | what | why | whom | rule |"
    assert rule == "|---|---|---|---|---|"
    assert row.count("|") - row.count("\\|") == 6
    assert "ada" in row.split("|")[-3]
    assert [line.split(":")[0] for line in notes.splitlines()] == [
        "- Left to people",
        "- Not now",
        "- Larger than the handbook allows at once",
    ]
    assert differs.splitlines()[0].startswith("+ triage")
    assert digest == f"plan {plan.digest}"
    assert not re.search(r"@\w", in_markdown(plan, ("+ triage: @ada",)))
