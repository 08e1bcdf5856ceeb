"""What a change does to an item's facts: before, after, and whether it has been done. Pure."""

from typing import Any

from msgspec.structs import asdict, replace

from handrail.handbook.schema import Handbook
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
from handrail.model.items import Issue, Item, MergeRequest, Reviewer
from handrail.model.journal import Shape
from handrail.model.labels import excluded_by
from handrail.plan.preconditions import part_of

_NOTHING = Shape()


def as_here(change: Change, item: Item | None, handbook: Handbook) -> Change:
    """The change as this GitLab can make it: of an issue without a Status, the label of the same name tells it."""
    if isinstance(change, SetStatus) and not (isinstance(item, Issue) and item.status):
        return AddLabels((f"{handbook.workflow.scope}::{change.status.lower()}",))
    return change


def effect(change: Change, item: Item | None) -> tuple[Shape, Shape]:  # noqa: C901  # one case a change
    """What the change alters of the item: as it is, and as it is to be. Both empty for what facts do not hold."""
    if item is None:
        return _NOTHING, _NOTHING
    match change:
        case AddLabels():
            out = {other for label in change.labels for other in excluded_by(label, item.labels)} - {*change.labels}
            after = sorted({*item.labels, *change.labels} - out)
            return Shape(labels=item.labels), Shape(labels=tuple(after))
        case RemoveLabels():
            after = [label for label in item.labels if label not in change.labels]
            return Shape(labels=item.labels), Shape(labels=tuple(after))
        case SetMilestone():
            return Shape(milestone=item.milestone or ""), Shape(milestone=change.title or "")
        case Assign():
            return Shape(assignees=item.assignees), Shape(assignees=_added(item.assignees, change.usernames))
        case Unassign():
            rest = tuple(name for name in item.assignees if name not in change.usernames)
            return Shape(assignees=item.assignees), Shape(assignees=rest)
        case RequestReview():
            present = reviewers(item)
            return Shape(reviewers=present), Shape(reviewers=_added(present, change.usernames))
        case EditItem() if change.title:
            return Shape(title=item.title), Shape(title=change.title)
        case EditDescription():
            return Shape(part=part_of(item)), Shape(part=change.part)
        case CloseItem():
            return Shape(state=item.state), Shape(state="closed")
        case SetStatus():
            return Shape(status=(isinstance(item, Issue) and item.status) or ""), Shape(status=change.status)
        case EditItem() | Comment() | CreateItem() | LinkItems():
            return _NOTHING, _NOTHING


def shaped(item: Item, after: Shape) -> Item:
    """The item once the change is made, until it is read again."""
    facts: dict[str, Any] = {name: value for name, value in asdict(after).items() if value is not None}
    if "milestone" in facts:
        facts["milestone"] = facts["milestone"] or None
    if isinstance(item, MergeRequest) and "reviewers" in facts:
        known = {reviewer.username: reviewer for reviewer in item.reviewers}
        facts["reviewers"] = tuple(known.get(name) or Reviewer(name) for name in facts["reviewers"])
    return replace(item, **facts)


def is_done(change: Change, item: Item) -> bool | None:
    """Whether the item is as the change would have it; None where its facts do not tell."""
    match change:
        case AddLabels():
            out = [other for label in change.labels for other in excluded_by(label, item.labels)]
            return {*change.labels} <= {*item.labels} and {*out} <= {*change.labels}
        case RemoveLabels():
            return not {*change.labels} & {*item.labels}
        case SetMilestone():
            return (item.milestone or "") == (change.title or "")
        case Assign():
            return _has(item.assignees, change.usernames)
        case Unassign():
            return not {*change.usernames} & {*item.assignees}
        case RequestReview():
            return _has(reviewers(item), change.usernames)
        case EditItem() if change.title and not change.tick:
            return item.title == change.title
        case EditDescription():
            return part_of(item) == change.part
        case CloseItem():
            return item.state != "opened"
        case SetStatus():
            return isinstance(item, Issue) and (item.status or "").casefold() == change.status.casefold()
        case EditItem() | Comment() | CreateItem() | LinkItems():
            return None


def reviewers(item: Item) -> tuple[str, ...]:
    """Who is asked to review it."""
    return tuple(reviewer.username for reviewer in item.reviewers) if isinstance(item, MergeRequest) else ()


def _added(present: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*present, *more)))


def _has(present: tuple[str, ...], wanted: tuple[str, ...]) -> bool:
    """All of them; where GitLab knows one only, the first."""
    return {*wanted} <= {*present} or present == wanted[:1]
