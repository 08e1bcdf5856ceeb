"""``createNote`` and ``updateNote``: comments on whatever takes any, epics too."""

from collections.abc import Mapping
from typing import Any

from standin.comments import comment, rewrite
from standin.entries import KINDS, Entry
from standin.ids import of_gid
from standin.notes import comments_by_number, stored
from standin.world import World

BLANK = "Note can't be blank"


def create(world: World, entry: Entry, asked: Mapping[str, Any], by: str) -> dict[str, Any]:
    """A new comment outside threads."""
    written = comment(world, entry, by, asked["body"]).id if asked["body"].strip() else None
    return _payload(world, entry, asked, written)


def update(world: World, entry: Entry, asked: Mapping[str, Any], number: int) -> dict[str, Any]:
    """Another text for a comment; without one it stays as it is."""
    body = asked.get("body")
    if body is not None and body.strip():
        rewrite(world, entry, number, body)
    return _payload(world, entry, asked, None if body is not None and not body.strip() else number)


def own_comment(world: World, note: str, by: str) -> tuple[Entry, int] | None:
    """The item and the number of somebody's own comment by its global id. Others' and GitLab's own: None."""
    text = of_gid(note, "Note") or ""
    number = int(text) if text.isdecimal() else 0
    for kind in KINDS.values():
        entry = world.by_id(kind, number // 4096)
        event = comments_by_number(entry).get(number) if entry else None
        if entry and event and event.by == by:
            return entry, number
    return None


def _payload(world: World, entry: Entry, asked: Mapping[str, Any], number: int | None) -> dict[str, Any]:
    return {
        "clientMutationId": asked.get("clientMutationId"),
        "errors": [BLANK] if number is None else [],
        "note": None if number is None else stored(world, entry, number),
    }


_PAYLOAD: Mapping[str, Any] = {
    "clientMutationId": lambda payload, _, __: payload["clientMutationId"],
    "errors": lambda payload, _, __: payload["errors"],
    "note": lambda payload, _, __: payload["note"],
}
RESOLVERS: Mapping[str, Mapping[str, Any]] = {"CreateNotePayload": _PAYLOAD, "UpdateNotePayload": _PAYLOAD}
