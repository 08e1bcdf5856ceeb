"""Work items with their widgets, and issues as the older type shows them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from handrail.model.items import Issue
from standin.comments import linked
from standin.entries import Entry
from standin.graphql.connections import Args, Connection, of_list
from standin.graphql.note_threads import commenters, discussions, notes
from standin.ids import gid, number
from standin.places import Project
from standin.statuses import category, status_gid
from standin.world import OKRS, World

WIDGETS = {
    "ASSIGNEES": "WorkItemWidgetAssignees",
    "DESCRIPTION": "WorkItemWidgetDescription",
    "DEVELOPMENT": "WorkItemWidgetDevelopment",
    "HEALTH_STATUS": "WorkItemWidgetHealthStatus",
    "HIERARCHY": "WorkItemWidgetHierarchy",
    "LABELS": "WorkItemWidgetLabels",
    "LINKED_ITEMS": "WorkItemWidgetLinkedItems",
    "MILESTONE": "WorkItemWidgetMilestone",
    "NOTES": "WorkItemWidgetNotes",
    "PROGRESS": "WorkItemWidgetProgress",
    "START_AND_DUE_DATE": "WorkItemWidgetStartAndDueDate",
    "STATUS": "WorkItemWidgetStatus",
    "WEIGHT": "WorkItemWidgetWeight",
}
PREMIUM_WIDGETS = frozenset({"HEALTH_STATUS", "PROGRESS", "STATUS", "WEIGHT"})
NOT_ON_EPICS = frozenset({"DEVELOPMENT", "STATUS"})
_HEALTH = {"on_track": "onTrack", "needs_attention": "needsAttention", "at_risk": "atRisk"}


@dataclass(frozen=True, slots=True)
class Widget:
    """One widget of a work item."""

    type: str
    entry: Entry


@dataclass(frozen=True, slots=True)
class Link:
    """A link between two items as one of them sees it."""

    entry: Entry
    other: Entry
    type: str


def _widgets(entry: Entry, args: Args, world: World) -> list[Widget]:
    only, but = args.get("onlyTypes"), args.get("exceptTypes") or ()
    return [
        Widget(name, entry)
        for name in WIDGETS
        if (only is None or name in only) and name not in but and offers(entry.work_item_type, name, world)
    ]


def offers(kind: str, widget: str, world: World) -> bool:
    """Whether work items of a type have a widget."""
    return (
        (world.tier == "premium" or widget not in PREMIUM_WIDGETS)
        and (kind != "EPIC" or widget not in NOT_ON_EPICS)
        and (kind in OKRS or widget != "PROGRESS")
    )


def _parent(entry: Entry, world: World) -> Entry | None:
    epic = entry.item.epic if isinstance(entry.item, Issue) and world.tier == "premium" else None
    return world.entries.get(epic) if epic else None


def _children(entry: Entry, world: World, state: str | None = None) -> list[Entry]:
    found = [e for e in world.each() if isinstance(e.item, Issue) and e.item.epic == entry.item.ref]
    return [e for e in found if state is None or _state(e) == state]


def _links(entry: Entry, world: World) -> list[Link]:
    """As the item's facts state them; on Free items are related to each other and no more."""
    return [
        Link(entry, world.entries[ref], kind)
        for ref, kind in linked(entry).items()
        if ref in world.entries and (world.tier == "premium" or kind == "relates_to")
    ]


def _count(entry: Entry, world: World, kind: str) -> int:
    return sum(link.type == kind and link.other.item.state == "opened" for link in _links(entry, world))


def _closing(widget: Widget, args: Args, world: World) -> Connection:
    item = widget.entry.item
    told = item.merge_requests if isinstance(item, Issue) else ()
    return of_list([(widget.entry, world.entries[one.ref]) for one in told if one.ref in world.entries], args)


def _linked(widget: Widget, args: Args, world: World) -> Connection:
    types = {"BLOCKED_BY": "is_blocked_by", "BLOCKS": "blocks", "RELATED": "relates_to"}
    asked = types.get(args.get("filter") or "")
    return of_list([link for link in _links(widget.entry, world) if asked in {None, link.type}], args)


def _state(entry: Entry) -> str:
    return "OPEN" if entry.item.state == "opened" else "CLOSED"


def _path(entry: Entry) -> str:
    if entry.kind == "epic":
        return f"/groups/{entry.item.project}/-/epics/{entry.item.iid}"
    return f"/{entry.item.project}/-/issues/{entry.item.iid}"


def url(entry: Entry, world: World) -> str:
    """Where it can be opened."""
    return entry.item.web_url or world.url + _path(entry)


def labels(entry: Entry, args: Args, world: World) -> Connection:
    """A page of the item's labels, by title."""
    return of_list([world.label(entry.item.project, title) for title in sorted(entry.item.labels)], args)


def milestone(entry: Entry, world: World) -> Any:
    """The item's milestone."""
    return world.timebox(entry.item.project, entry.item.milestone) if entry.item.milestone else None


def assignees(entry: Entry, args: Args, world: World) -> Connection:
    """A page of the item's assignees."""
    return of_list(world.known(entry.item.assignees), args)


def _status(entry: Entry) -> str | None:
    return entry.item.status if isinstance(entry.item, Issue) else None


def _comments(entry: Entry) -> int:
    return sum(event.did == "commented" for event in entry.events)


ITEM: Mapping[str, Any] = {
    "iid": lambda e, _, __: str(e.item.iid),
    "title": lambda e, _, __: e.item.title,
    "name": lambda e, _, __: e.item.title,
    "description": lambda e, _, __: e.description,
    "confidential": lambda e, _, __: e.item.confidential,
    "createdAt": lambda e, _, __: e.item.created_at,
    "updatedAt": lambda e, _, __: e.updated_at,
    "closedAt": lambda e, _, __: e.item.closed_at,
    "author": lambda e, _, world: world.account(e.item.author),
    "webUrl": lambda e, _, world: url(e, world),
    "webPath": lambda e, _, __: _path(e),
    "reference": lambda e, args, __: e.item.ref if args.get("full") else f"{e.item.sigil}{e.item.iid}",
}
_NO = {name: (lambda _, __, ___: False) for name in ("archived", "hidden", "imported")}
_WIDGET = {"type": lambda w, _, __: w.type}

RESOLVERS: Mapping[str, Mapping[str, Any]] = {
    "WorkItem": {
        **ITEM,
        **_NO,
        "id": lambda e, _, __: gid("WorkItem", e.id),
        "state": lambda e, _, __: _state(e),
        "project": lambda e, _, __: e.place if isinstance(e.place, Project) else None,
        "namespace": lambda e, _, __: e.place,
        "workItemType": lambda e, _, __: e.work_item_type,
        "lockVersion": lambda _, __, ___: 0,
        "userDiscussionsCount": lambda e, _, __: _comments(e),
        "movedToWorkItemUrl": lambda e, _, world: e.moved_to and url(world.entries[e.moved_to], world),
        "duplicatedToWorkItemUrl": lambda _, __, ___: None,
        "promotedToEpicUrl": lambda _, __, ___: None,
        "widgets": _widgets,
    },
    "WorkItemWidgetAssignees": {
        **_WIDGET,
        "allowsMultipleAssignees": lambda _, __, world: world.tier == "premium",
        "assignees": lambda w, args, world: assignees(w.entry, args, world),
    },
    "WorkItemWidgetLabels": {
        **_WIDGET,
        "allowsScopedLabels": lambda _, __, world: world.tier == "premium",
        "labels": lambda w, args, world: labels(w.entry, args, world),
    },
    "WorkItemWidgetMilestone": {**_WIDGET, "milestone": lambda w, _, world: milestone(w.entry, world)},
    "WorkItemWidgetDescription": {
        **_WIDGET,
        "description": lambda w, _, __: w.entry.description,
        "edited": lambda _, __, ___: False,
    },
    "WorkItemWidgetStartAndDueDate": {
        **_WIDGET,
        "startDate": lambda w, _, __: getattr(w.entry.item, "start", None),
        "dueDate": lambda _, __, ___: None,
        "isFixed": lambda _, __, ___: False,
        "rollUp": lambda _, __, ___: False,
    },
    "WorkItemWidgetHierarchy": {
        **_WIDGET,
        "hasParent": lambda w, _, world: _parent(w.entry, world) is not None,
        "hasChildren": lambda w, _, world: bool(_children(w.entry, world)),
        "parent": lambda w, _, world: _parent(w.entry, world),
        "children": lambda w, args, world: of_list(_children(w.entry, world, args.get("state")), args),
        "ancestors": lambda w, args, world: of_list([p for p in [_parent(w.entry, world)] if p], args),
    },
    "WorkItemWidgetLinkedItems": {
        **_WIDGET,
        "blocked": lambda w, _, world: _count(w.entry, world, "is_blocked_by") > 0,
        "blockedByCount": lambda w, _, world: _count(w.entry, world, "is_blocked_by"),
        "blockingCount": lambda w, _, world: _count(w.entry, world, "blocks"),
        "linkedItems": _linked,
    },
    "WorkItemWidgetDevelopment": {
        **_WIDGET,
        "closingMergeRequests": _closing,
        "willAutoCloseByMergeRequest": lambda w, _, __: bool(getattr(w.entry.item, "merge_requests", ())),
    },
    "WorkItemClosingMergeRequest": {
        "id": lambda pair, _, __: gid(
            "MergeRequestsClosingIssues", number("closing", f"{pair[0].item.ref} {pair[1].item.ref}")
        ),
        "fromMrDescription": lambda _, __, ___: True,
        "mergeRequest": lambda pair, _, world: None if world.is_lost(pair[1].place.path) else pair[1],
    },
    "WorkItemWidgetHealthStatus": {
        **_WIDGET,
        "healthStatus": lambda w, _, __: _HEALTH.get(getattr(w.entry.item, "health", None) or ""),
    },
    "WorkItemWidgetNotes": {
        **_WIDGET,
        "discussionLocked": lambda _, __, ___: False,
        "discussions": lambda w, args, world: discussions(w.entry, args, world, synthetic=True),
        "notes": lambda w, args, world: notes(w.entry, args, world),
    },
    "WorkItemWidgetProgress": {**_WIDGET, "progress": lambda w, _, __: getattr(w.entry.item, "progress", None)},
    "WorkItemWidgetStatus": {**_WIDGET, "status": lambda w, _, __: _status(w.entry)},
    "WorkItemWidgetWeight": {**_WIDGET, "weight": lambda w, _, __: getattr(w.entry.item, "weight", None)},
    "WorkItemStatus": {
        "id": lambda name, _, __: status_gid(name),
        "name": lambda name, _, __: str(name),
        "category": lambda name, _, __: category(name),
        "color": lambda _, __, ___: "#1f75cb",
        "iconName": lambda _, __, ___: "status-running",
        "position": lambda _, __, ___: 0,
        "description": lambda _, __, ___: None,
    },
    "LinkedWorkItemType": {
        "linkId": lambda link, _, __: gid(
            "WorkItems::RelatedWorkItemLink", number("link", f"{link.entry.item.ref} {link.other.item.ref}")
        ),
        "linkType": lambda link, _, __: link.type,
        "linkCreatedAt": lambda link, _, __: link.entry.item.created_at + timedelta(minutes=1),
        "linkUpdatedAt": lambda link, _, __: link.entry.item.created_at + timedelta(minutes=1),
        "workItem": lambda link, _, world: None if world.is_lost(link.other.place.path) else link.other,
        "workItemState": lambda link, _, __: _state(link.other),
    },
    "Issue": {
        **ITEM,
        "id": lambda e, _, __: gid("Issue", e.id),
        "state": lambda e, _, __: e.item.state,
        "type": lambda e, _, __: e.work_item_type,
        "projectId": lambda e, _, __: e.place.id,
        "weight": lambda e, _, __: e.item.weight,
        "status": lambda e, _, __: _status(e),
        "dueDate": lambda _, __, ___: None,
        "userNotesCount": lambda e, _, __: _comments(e),
        "discussionLocked": lambda _, __, ___: False,
        "upvotes": lambda _, __, ___: 0,
        "downvotes": lambda _, __, ___: 0,
        "milestone": lambda e, _, world: milestone(e, world),
        "assignees": assignees,
        "labels": labels,
        "blockedByIssues": lambda e, args, world: of_list(
            [link.other for link in _links(e, world) if link.type == "is_blocked_by"], args
        ),
        "discussions": lambda e, args, world: discussions(e, args, world, synthetic=False),
        "notes": notes,
        "commenters": commenters,
    },
}
