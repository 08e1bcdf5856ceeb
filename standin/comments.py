"""Comments that come in through the API, and links between issues: what GitLab keeps of them."""

from typing import Literal

from msgspec.structs import replace

from handrail.model.history import Event
from handrail.model.items import Issue
from standin.entries import Entry, Remark, Written
from standin.notes import comments_by_number, note_number
from standin.world import World

Link = Literal["relates_to", "blocks", "is_blocked_by"]
LINKS: dict[Link, str] = {"relates_to": "related", "blocks": "blocks", "is_blocked_by": "blocked_by"}
"""Where an issue's facts hold the references of the other ends."""
OPPOSITE: dict[Link, Link] = {"relates_to": "relates_to", "blocks": "is_blocked_by", "is_blocked_by": "blocks"}
_SAID: dict[Link, tuple[str, str]] = {
    "relates_to": ("marked this issue as related to", "relate"),
    "blocks": ("marked this issue as blocking", "relate"),
    "is_blocked_by": ("marked this issue as blocked by", "relate"),
}


def comment(world: World, entry: Entry, by: str, body: str) -> Written:
    """Write a comment outside threads. A quick action in it is not carried out."""
    event = Event(world.now, by, "commented", bot=world.account(by).bot)
    world.record(entry, entry.item, [event])
    written = Written(event, note_number(entry, event), body, world.now)
    entry.written.append(written)
    return written


def rewrite(world: World, entry: Entry, number: int, body: str) -> None:
    """Give a comment another text. It stays where it stands, and is no event."""
    event = comments_by_number(entry)[number]
    written = entry.note_of(event)
    if written is None:
        written = Written(event, number, "", event.at)
        entry.written.append(written)
    if written.body != body:
        written.body, written.updated_at = body, world.now
        world.record(entry, entry.item)


def linked(entry: Entry) -> dict[str, Link]:
    """What an issue is linked to, by the other's reference."""
    return {ref: kind for kind, name in LINKS.items() for ref in getattr(entry.item, name, ())}


def link(world: World, entry: Entry, other: Entry, kind: Link, by: str) -> None:
    """Link two issues; both keep it."""
    for one, two, how in ((entry, other, kind), (other, entry, OPPOSITE[kind])):
        assert isinstance(one.item, Issue)
        name = LINKS[how]
        words, action = _SAID[how]
        one.linked_at[two.item.ref] = world.now
        near = one.item.project == two.item.project
        mention = f"#{two.item.iid}" if near else two.item.ref
        one.remarks.append(Remark(world.now, by, f"{words} {mention}", action))
        world.record(one, replace(one.item, **{name: (*getattr(one.item, name), two.item.ref)}))
