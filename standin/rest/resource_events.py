"""Resource events: what GitLab's REST API tells of an item's labels, milestone and state over time."""

from collections.abc import Callable

from standin.entries import Entry
from standin.rest import bodies
from standin.world import World

Body = dict[str, object]
TYPES = {"issue": "Issue", "merge_request": "MergeRequest", "epic": "Epic"}


def label_events(world: World, entry: Entry) -> list[Body]:
    """``resource_label_events``, oldest first."""

    def body(value: str, did: str) -> Body:
        label = world.label(entry.item.project, value)
        return {"label": bodies.label_of_event(label), "action": "add" if did == "label_added" else "remove"}

    return _events(world, entry, 1, {"label_added", "label_removed"}, body)


def milestone_events(world: World, entry: Entry) -> list[Body]:
    """``resource_milestone_events``: one milestone for another is an addition; only none is a removal."""
    before = ""

    def body(value: str, _did: str) -> Body:
        nonlocal before
        title, before = value or before, value
        shown = bodies.milestone(world, world.timebox(entry.item.project, title)) if title else None
        return {"milestone": shown, "action": "add" if value else "remove", "state": entry.item.state}

    return _events(world, entry, 2, {"milestone_set"}, body)


def state_events(world: World, entry: Entry) -> list[Body]:
    """``resource_state_events``."""

    def body(_value: str, did: str) -> Body:
        return {"state": did, "source_commit": None, "source_merge_request_id": None}

    return _events(world, entry, 3, {"closed", "reopened", "merged"}, body)


def _events(world: World, entry: Entry, kind: int, deeds: set[str], body: Callable[[str, str], Body]) -> list[Body]:
    return [
        {
            "id": entry.id * 16384 + kind * 4096 + index,
            "user": bodies.user(world, world.account(event.by)),
            "created_at": bodies.instant(event.at),
            "resource_type": TYPES[entry.kind],
            "resource_id": entry.id,
            **body(event.value, event.did),
        }
        for index, event in enumerate(entry.events)
        if event.did in deeds
    ]
