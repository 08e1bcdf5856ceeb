"""Actions that cannot both be done: two that want different things of one scope of one subject."""

from collections.abc import Iterable, Iterator, Sequence

from handrail.model.actions import (
    Action,
    AddLabels,
    Assign,
    CloseItem,
    EditDescription,
    EditItem,
    RemoveLabels,
    SetMilestone,
    SetStatus,
    Unassign,
)
from handrail.model.labels import scope_of
from handrail.model.plans import Conflict

Slot = tuple[str, str]
_STATE: Slot = "state", ""


def parted(actions: Iterable[Action], scope: str = "workflow") -> tuple[list[Action], list[Conflict]]:
    """The actions that get on with each other, and the conflicts of the others, by subject.

    ``scope``: of the labels that say what a Status says.
    """
    subjects: dict[str, list[Action]] = {}
    for action in actions:
        subjects.setdefault(action.subject, []).append(action)
    peaceful: list[Action] = []
    conflicts: list[Conflict] = []
    for subject, those in subjects.items():
        found = list(_conflicts(subject, those, scope)) if len(those) > 1 else []
        conflicts += found
        at_odds = {action.key for conflict in found for action in conflict.actions}
        peaceful += [action for action in those if action.key not in at_odds]
    return peaceful, conflicts


def _conflicts(subject: str, actions: Sequence[Action], scope: str) -> Iterator[Conflict]:
    wanted: dict[Slot, dict[str, list[Action]]] = {}
    for action in actions:
        for slot, value in _wants(action, scope):
            wanted.setdefault(slot, {}).setdefault(value, []).append(action)
    told: set[frozenset[str]] = set()
    for (what, name), values in wanted.items():
        if len(values) < 2:
            continue
        those = tuple({action.key: action for found in values.values() for action in found}.values())
        if (what, name) == _STATE and len({action.steps for action in those}) == 1:
            continue  # what is closed is put into the milestone in which that was, by one finding
        keys = frozenset(action.key for action in those)
        if keys not in told:
            told.add(keys)
            options = " and ".join(sorted(value or "none" for value in values))
            yield Conflict(those, f"{subject}: the {what}{f' {name}' if name else ''} cannot be {options} at once")


def _wants(action: Action, scope: str) -> Iterator[tuple[Slot, str]]:  # noqa: C901, PLR0912  # one case a change
    change = action.change
    match change:
        case AddLabels():
            for label in change.labels:
                yield ("label", label), "there"
                if of := scope_of(label):
                    yield ("scope", f"{of}::"), label
        case RemoveLabels():
            yield from ((("label", label), "away") for label in change.labels)
        case SetMilestone():
            yield ("milestone", ""), change.title or ""
            if change.title:
                yield _STATE, f"planned for {change.title}"
        case SetStatus():
            yield ("Status", ""), change.status
            yield ("scope", f"{scope}::"), f"{scope}::{change.status.lower()}"
        case EditItem() if change.title:
            yield ("title", ""), change.title
        case EditDescription():
            yield ("description", ""), change.text
        case Assign():
            yield ("assignee", ""), " and ".join(sorted(change.usernames))
            yield from ((("assignee", name), "there") for name in change.usernames)
        case Unassign():
            yield from ((("assignee", name), "away") for name in change.usernames)
        case CloseItem():
            yield _STATE, "closed"
        case _:
            pass
