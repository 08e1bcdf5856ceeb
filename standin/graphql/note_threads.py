"""Notes and discussions."""

from collections.abc import Mapping
from html import escape
from typing import Any

from standin.entries import Entry
from standin.graphql.connections import Args, Connection, of_list
from standin.ids import gid
from standin.notes import Discussion, Note
from standin.notes import discussions as told
from standin.world import World

_ICONS = {"label": "label", "milestone": "milestone", "approved": "approval", "closed": "issue-close"}


def discussions(entry: Entry, args: Args, world: World, *, synthetic: bool) -> Connection:
    """A page of an item's discussions, by filter and direction."""
    found = told(world, entry, synthetic=synthetic)
    match args.get("filter"):
        case "ONLY_COMMENTS":
            found = [discussion for discussion in found if not discussion.notes[0].system]
        case "ONLY_ACTIVITY":
            found = [discussion for discussion in found if discussion.notes[0].system]
        case _:
            pass
    if args.get("sort") == "CREATED_DESC":
        found.reverse()
    return of_list(found, args)


def notes(entry: Entry, args: Args, world: World) -> Connection:
    """A page of an item's stored notes: what is made of resource events is not among them."""
    found = [note for d in told(world, entry, synthetic=False) for note in d.notes]
    found.sort(key=lambda note: (note.at, note.id))
    match args.get("filter"):
        case "ONLY_COMMENTS":
            found = [note for note in found if not note.system]
        case "ONLY_ACTIVITY":
            found = [note for note in found if note.system]
        case _:
            pass
    return of_list(found, args)


def commenters(entry: Entry, args: Args, world: World) -> Connection:
    """Everybody who commented, bots too."""
    return of_list(world.known(dict.fromkeys(e.by for e in entry.events if e.did == "commented")), args)


def resolvable(discussion: Discussion) -> bool:
    """Threads can be resolved, single comments and system notes cannot."""
    return discussion.is_thread


def _resolver(discussion: Discussion, world: World) -> Any:
    return world.account(discussion.resolved_by) if discussion.resolved_by else None


def note_gid(note: Note) -> str:
    """A note's global id; one made of resource events has its discussion's digest in place of a number."""
    return gid(note.synthetic, note.discussion.id) if note.synthetic else gid("Note", note.id)


def _url(note: Note, world: World) -> str:
    item = note.discussion.entry.item
    kind = {"#": "issues", "!": "merge_requests", "&": "epics"}[item.sigil]
    return f"{world.url}/{item.project}/-/{kind}/{item.iid}#note_{note.id}"


RESOLVERS: Mapping[str, Mapping[str, Any]] = {
    "Discussion": {
        "id": lambda d, _, __: gid("Discussion", d.id),
        "replyId": lambda d, _, __: gid("Discussion", d.id),
        "createdAt": lambda d, _, __: d.notes[0].at,
        "resolvable": lambda d, _, __: d.is_thread,
        "resolved": lambda d, _, __: d.resolved_at is not None,
        "resolvedAt": lambda d, _, __: d.resolved_at,
        "resolvedBy": lambda d, _, world: _resolver(d, world),
        "noteable": lambda d, _, __: d.entry if d.entry.kind != "epic" else None,
        "notes": lambda d, args, __: of_list(d.notes, args),
    },
    "Note": {
        "id": lambda n, _, __: note_gid(n),
        "author": lambda n, _, world: world.account(n.by),
        "body": lambda n, _, __: n.body,
        "bodyHtml": lambda n, _, __: f"<p>{escape(n.body)}</p>",
        "bodyFirstLineHtml": lambda n, _, __: f"<p>{escape(n.body.partition(chr(10))[0])}</p>",
        "createdAt": lambda n, _, __: n.at,
        "updatedAt": lambda n, _, __: n.updated_at or n.at,
        "lastEditedAt": lambda n, _, __: n.updated_at or n.at,
        "lastEditedBy": lambda _, __, ___: None,
        "url": lambda n, _, world: _url(n, world),
        "system": lambda n, _, __: n.action is not None,
        "systemNoteIconName": lambda n, _, __: _ICONS.get(n.action or "", "pencil-square") if n.action else None,
        "systemNoteMetadata": lambda n, _, __: n if n.action else None,
        "internal": lambda _, __, ___: False,
        "imported": lambda _, __, ___: False,
        "resolvable": lambda n, _, __: n.discussion.is_thread,
        "resolved": lambda n, _, __: n.discussion.resolved_at is not None,
        "resolvedAt": lambda n, _, __: n.discussion.resolved_at,
        "resolvedBy": lambda n, _, world: _resolver(n.discussion, world),
        "discussion": lambda n, _, __: n.discussion,
        "project": lambda n, _, world: world.projects.get(n.discussion.entry.item.project),
    },
    "SystemNoteMetadata": {
        "id": lambda n, _, __: gid("SystemNoteMetadata", n.id),
        "action": lambda n, _, __: n.action,
    },
}
