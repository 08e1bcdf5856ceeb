"""A change in a few words, the same wherever it is shown: plans, the journal, a merge request's comment."""

import re
from collections.abc import Sequence
from typing import Literal

from msgspec.structs import replace

from handrail.model.actions import (
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
from handrail.model.markdown import differing, quiet
from handrail.model.plans import Plan

Sign = Literal["+", "-", "~", "»"]
"""Something comes, goes, changes, or is said."""


def sign_of(change: Change) -> Sign:
    """What kind of difference a change makes, as in a diff."""
    match change:
        case AddLabels() | Assign() | RequestReview() | CreateItem() | LinkItems():
            return "+"
        case RemoveLabels() | Unassign() | CloseItem():
            return "-"
        case Comment():
            return "»"
        case _:
            return "~"


def words_for(change: Change) -> str:  # noqa: C901, PLR0912  # one case a change
    """What would be done, without where and why: "add ~spike", "move to 19.2"."""
    match change:
        case AddLabels():
            return f"add {_labels(change.labels)}"
        case RemoveLabels():
            return f"remove {_labels(change.labels)}"
        case SetMilestone():
            return f"move to {change.title}" if change.title else "take out of its milestone"
        case Assign():
            return f"assign {_people(change.usernames)}"
        case Unassign():
            return f"unassign {_people(change.usernames)}"
        case RequestReview():
            return f"ask {_people(change.usernames)} for a review"
        case Comment():
            whom = _people(change.to or (change.group,))
            return f"say to {whom}: {' '.join(change.asks.split())}"
        case CreateItem():
            return f"open “{change.title}”"
        case EditItem():
            return f"call it “{change.title}”" if change.title else f"tick {', '.join(change.tick)}"
        case EditDescription():
            return " ".join(in_lines(change))
        case SetStatus():
            return f"set its Status to {change.status}"
        case LinkItems():
            return f"link it: {change.link.replace('_', ' ')} {change.to}"
        case _:
            return "close it"


def in_lines(change: Change) -> list[str]:
    """The same, with a comment's paragraphs and the entries of its lists on lines of their own."""
    if isinstance(change, EditDescription):
        gone, come = differing(change.was, change.text)
        first, *more = come or gone
        return [f"{'write in' if come else 'take out of'} its description: {first}", *more]
    if not isinstance(change, Comment):
        return [words_for(change)]
    first, *more = re.split(r"\n\s*\n|\n(?=- )", change.asks)
    return [words_for(replace(change, asks=first)), *(" ".join(block.split()) for block in more)]


def in_markdown(plan: Plan, differences: Sequence[str] = ()) -> str:
    """The plan as a Markdown table, for a comment on a change of the handbook, and what it does otherwise than before.

    Nobody is called by a plan that is only shown.
    """
    table = ["| where | what | why | whom | rule |", "|---|---|---|---|---|"]
    for action in plan.actions:
        row = action.subject, words_for(action.change), action.why, _people(action.touches), action.rule
        table.append(f"| {' | '.join(map(_cell, row))} |")
    notes = [f"- Left to people: {conflict.why}." for conflict in plan.conflicts]
    notes += [f"- Not now: {refusal.action.subject}, {refusal.why}." for refusal in plan.refused]
    notes += [f"- Larger than the handbook allows at once: {plan.too_large}."] if plan.too_large else []
    parts = "\n".join(table), quiet("\n".join(notes)), quiet("\n".join(differences)), f"plan {plan.digest}"
    return "\n\n".join(filter(None, parts))


def _cell(text: str) -> str:
    return quiet(text.replace("\n", " ")).replace("|", "\\|")


def _labels(labels: tuple[str, ...]) -> str:
    return " ".join(f"~{label}" if " " not in label else f'~"{label}"' for label in labels)


def _people(usernames: tuple[str, ...]) -> str:
    return " ".join(f"@{name}" for name in usernames)


def counted(number: int, thing: str) -> str:
    """So many of a thing: 1 comment, 3 comments."""
    return f"{number} {thing}{'' if number == 1 else 's'}"
