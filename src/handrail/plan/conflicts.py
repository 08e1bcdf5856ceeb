"""Actions that cannot both be done: two that want different things of one scope of one subject."""

from collections.abc import Iterable, Iterator, Sequence

from handrail.model.actions import (
    Action,
    AddLabels,
    Assign,
    CloseItem,
    RemoveLabels,
    SetMilestone,
    SetStatus,
    Unassign,
)
from handrail.model.labels import scope_of
from handrail.model.plans import Conflict

Slot = tuple[str, str]


def parted(actions: Iterable[Action]) -> tuple[list[Action], list[Conflict]]:
    """The actions that get on with each other, and the conflicts of the others, by subject."""
    subjects: dict[str, list[Action]] = {}
    for action in actions:
        subjects.setdefault(action.subject, []).append(action)
    peaceful: list[Action] = []
    conflicts: list[Conflict] = []
    for subject, those in subjects.items():
        found = list(_conflicts(subject, those)) if len(those) > 1 else []
        conflicts += found
        at_odds = {action.key for conflict in found for action in conflict.actions}
        peaceful += [action for action in those if action.key not in at_odds]
    return peaceful, conflicts


def _conflicts(subject: str, actions: Sequence[Action]) -> Iterator[Conflict]:
    wanted: dict[Slot, dict[str, list[Action]]] = {}
    for action in actions:
        for slot, value in _wants(action):
            wanted.setdefault(slot, {}).setdefault(value, []).append(action)
    told: set[frozenset[str]] = set()
    for (what, name), values in wanted.items():
        if len(values) < 2:
            continue
        those = tuple({action.key: action for found in values.values() for action in found}.values())
        keys = frozenset(action.key for action in those)
        if keys not in told:
            told.add(keys)
            options = " and ".join(sorted(value or "none" for value in values))
            yield Conflict(those, f"{subject}: the {what}{f' {name}' if name else ''} cannot be {options} at once")


def _wants(action: Action) -> Iterator[tuple[Slot, str]]:
    change = action.change
    match change:
        case AddLabels():
            for label in change.labels:
                scope = scope_of(label)
                yield ("label", label), "there"
                if scope is not None:
                    yield ("scope", f"{scope}::"), label
        case RemoveLabels():
            yield from ((("label", label), "away") for label in change.labels)
        case SetMilestone():
            yield ("milestone", ""), change.title or ""
        case SetStatus():
            yield ("Status", ""), change.status
        case Assign():
            yield from ((("assignee", name), "there") for name in change.usernames)
        case Unassign():
            yield from ((("assignee", name), "away") for name in change.usernames)
        case CloseItem():
            yield ("state", ""), "closed"
        case _:
            pass
