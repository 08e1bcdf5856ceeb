"""What must be true on GitLab before a change is made, and whether it still is."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from handrail.model.actions import (
    AddLabels,
    Assign,
    Change,
    EditDescription,
    EditItem,
    Expectation,
    LinkItems,
    RemoveLabels,
    RequestReview,
    SetMilestone,
    SetStatus,
    Unassign,
)
from handrail.model.items import Issue, Item, MergeRequest
from handrail.model.labels import excluded_by, scope_of
from handrail.model.markdown import digest


def expected(change: Change, item: Item) -> tuple[Expectation, ...]:
    """What a change of the item, as it is known, expects to find: that what it rests on is still so."""
    return (Expectation("state", item.state), *_of_change(change, item))


def _of_change(change: Change, item: Item) -> Iterator[Expectation]:  # noqa: C901, PLR0912  # one case a change
    match change:
        case AddLabels():
            for label in change.labels:
                yield Expectation("no label", label)
                scope = scope_of(label)
                if scope is not None:
                    yield Expectation("scope", " ".join(sorted(excluded_by(label, item.labels))), scope)
        case RemoveLabels():
            yield from (Expectation("label", label) for label in change.labels)
        case SetMilestone():
            yield Expectation("milestone", item.milestone or "")
        case Assign():
            if not item.assignees:
                yield Expectation("unassigned")
            yield from (Expectation("no assignee", name) for name in change.usernames)
        case Unassign():
            yield from (Expectation("assignee", name) for name in change.usernames)
        case RequestReview():
            yield from (Expectation("no reviewer", name) for name in change.usernames)
        case EditItem() if change.title:
            yield Expectation("title", item.title)
        case EditDescription():
            yield Expectation("description", digest(part_of(item)))
        case SetStatus():
            yield Expectation("status", (item.status or "") if isinstance(item, Issue) else "")
        case LinkItems():
            yield Expectation("not linked", change.to)
        case _:  # a comment, a new issue, a closing, a ticked line: that it is still open
            pass


def broken(expects: Iterable[Expectation], item: Item) -> str | None:
    """In words, the first expectation that does not hold of the item as it is now; None where all hold."""
    for one in expects:
        says = _broken(one, item)
        if says:
            return says
    return None


def _broken(one: Expectation, item: Item) -> str | None:  # noqa: C901, PLR0912  # one line for each word
    match one.what:
        case "state":
            return None if item.state == one.value else f"it is {item.state}, no longer {one.value}"
        case "label":
            return None if one.value in item.labels else f"it no longer has ~{one.value}"
        case "no label":
            return f"it has ~{one.value} already" if one.value in item.labels else None
        case "scope":
            now = " ".join(sorted(label for label in item.labels if scope_of(label) == one.of))
            return None if now == one.value else f"somebody has set {now or 'no label'} of {one.of}:: meanwhile"
        case "milestone":
            return _differs("milestone", one.value, item.milestone or "")
        case "status":
            return _differs("Status", one.value, (item.status or "") if isinstance(item, Issue) else "")
        case "title":
            return _differs("title", one.value, item.title)
        case "description":
            return None if digest(part_of(item)) == one.value else "our part of its description was edited meanwhile"
        case "assignee":
            return None if one.value in item.assignees else f"@{one.value} is no longer assigned"
        case "no assignee":
            return f"@{one.value} is assigned already" if one.value in item.assignees else None
        case "unassigned":
            others = [name for name in item.assignees if name not in one.value.split()]
            return f"it has somebody: @{others[0]}" if others else None
        case "reviewer":
            return None if one.value in _reviewers(item) else f"@{one.value} no longer reviews it"
        case "no reviewer":
            return f"@{one.value} reviews it already" if one.value in _reviewers(item) else None
        case "draft":
            draft = isinstance(item, MergeRequest) and item.draft
            return None if draft == (one.value == "yes") else f"it is {'a' if draft else 'no longer a'} draft"
        case "quiet since":
            spoke = item.last_human_at
            return None if spoke is None or spoke <= datetime.fromisoformat(one.value) else _spoke(item)
        case _:  # not linked
            return f"it is linked to {one.value} already" if one.value in _linked(item) else None


def _differs(what: str, then: str, now: str) -> str | None:
    return None if then == now else f"its {what} is {now or 'none'}, no longer {then or 'none'}"


def _spoke(item: Item) -> str:
    return f"@{item.last_human_by} has said something since"


def _reviewers(item: Item) -> tuple[str, ...]:
    return tuple(reviewer.username for reviewer in item.reviewers) if isinstance(item, MergeRequest) else ()


def part_of(item: Item) -> str:
    """Our part of its description; nothing where it has none."""
    return item.part if isinstance(item, Issue) else ""


def _linked(item: Item) -> tuple[str, ...]:
    return (*item.blocked_by, *item.blocks, *item.related) if isinstance(item, Issue) else ()
