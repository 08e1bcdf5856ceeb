"""Statuses: which there are, and the mutation that gives an issue one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from standin.changes import Change
from standin.entries import Entry
from standin.graphql.connections import Args, Connection, Problem, of_list
from standin.graphql.work_items import WIDGETS, offers
from standin.places import Place, top
from standin.statuses import CLOSED_DEFAULT, OPEN_DEFAULT, SYSTEM, SystemDefined, status_gid
from standin.world import World

DEFINITIONS = {"STATUS": "WorkItemWidgetDefinitionStatus"}
OWN_DEFINITION = frozenset({"ASSIGNEES", "HIERARCHY", "LABELS", "WEIGHT"})
"""Widgets whose definitions are of types of their own, which are not served."""


@dataclass(frozen=True, slots=True)
class Definition:
    """What a type of work item offers: one of its widgets."""

    type: str


def definitions(kind: str, world: World) -> list[Definition]:
    """The widgets of a type of work item."""
    return [Definition(name) for name in WIDGETS if name not in OWN_DEFINITION and offers(kind, name, world)]


def of_place(place: Place, args: Args, world: World) -> Connection:
    """A page of a place's own Statuses.

    A group's own belong to the top-level group. Any other place names GitLab's, which nothing there may be given: a
    trap of GitLab's that is kept here. ``allowedStatuses`` of a type's definition is right everywhere.
    """
    names: Sequence[str] = world.statuses if place.path == top(place.path) else [SystemDefined(n) for n in SYSTEM]
    return of_list(names, args)


def update(world: World, entry: Entry, asked: Mapping[str, Any], by: str) -> dict[str, Any]:
    """``workItemUpdate``: the Status is all that it can change here. Raises Problem for one that is not there."""
    status = (asked.get("statusWidget") or {}).get("status")
    errors: list[str] = []
    if status is not None:
        name = next((one for one in _all(world) if status_gid(one) == status), None)
        if name is None:
            raise Problem("Status doesn't exist.")
        if entry.kind == "epic" or isinstance(name, SystemDefined):
            errors.append("Status is not allowed for this work item.")
        else:
            change = Change(world, entry, by)
            change.set_status(name)
            change.save()
    return {
        "clientMutationId": asked.get("clientMutationId"),
        "errors": errors,
        "workItem": None if errors else entry,
    }


def _all(world: World) -> list[str]:
    return [*world.statuses, *(SystemDefined(name) for name in SYSTEM)]


RESOLVERS: Mapping[str, Mapping[str, Any]] = {
    "WorkItemUpdatePayload": {
        "clientMutationId": lambda payload, _, __: payload["clientMutationId"],
        "errors": lambda payload, _, __: payload["errors"],
        "workItem": lambda payload, _, __: payload["workItem"],
    },
    "WorkItemWidgetDefinitionGeneric": {"type": lambda definition, _, __: definition.type},
    "WorkItemWidgetDefinitionStatus": {
        "type": lambda definition, _, __: definition.type,
        "allowedStatuses": lambda _, __, world: world.statuses,
        "defaultOpenStatus": lambda _, __, world: _default(world, OPEN_DEFAULT),
        "defaultClosedStatus": lambda _, __, world: _default(world, CLOSED_DEFAULT),
    },
}


def _default(world: World, name: str) -> str:
    return next(one for one in world.statuses if one.casefold() == name.casefold())
