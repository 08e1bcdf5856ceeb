"""What writes comments and links."""

from typing import Any, cast

from standin.comments import LINKS, Link, comment, link, linked, rewrite
from standin.entries import Entry
from standin.notes import comments_by_number, stored
from standin.rest import item_bodies, note_bodies
from standin.rest.calls import Call
from standin.rest.handlers import Handler
from standin.rest.paging import Failure, not_found
from standin.rest.writes import changeable

BLANK = '400 Bad request - Note {:note=>["can\'t be blank"]}'


def create_note(sigil: str) -> Handler:
    """``POST .../notes``."""

    def handle(call: Call) -> Any:
        entry = changeable(call, call.entry(sigil))
        call.params.require("body")
        body = call.params.text("body") or ""
        if not body.strip():
            raise Failure(400, message=BLANK)
        written = comment(call.world, entry, call.username, body)
        return shown(call, entry, written.id)

    return handle


def update_note(sigil: str) -> Handler:
    """``PUT .../notes/:note_id``: one's own comments only. Others' and GitLab's own are not the caller's to change."""

    def handle(call: Call) -> Any:
        entry = changeable(call, call.entry(sigil))
        number = int(shown(call, entry, _number(call))["id"])
        event = comments_by_number(entry).get(number)
        if event is None or event.by != call.username:
            raise Failure(403, message="403 Forbidden")
        if "body" in call.params:
            body = call.params.text("body") or ""
            if not body.strip():
                raise Failure(400, error="body is empty")
            rewrite(call.world, entry, number, body)
        return shown(call, entry, number)

    return handle


def one_note(sigil: str) -> Handler:
    """``GET .../notes/:note_id``."""
    return lambda call: shown(call, call.entry(sigil), _number(call))


def shown(call: Call, entry: Entry, number: int) -> Any:
    """The stored note of the number. Raises Failure."""
    note = stored(call.world, entry, number)
    if note is None:
        raise not_found()
    return note_bodies.note(call.world, note)


def _number(call: Call) -> int:
    if not call.at["note"].isdecimal():
        raise Failure(400, error="note_id is invalid")
    return int(call.at["note"])


def create_link(call: Call) -> Any:
    """``POST /projects/:id/issues/:issue_iid/links``: of two issues that are not linked in any way yet."""
    entry = changeable(call, call.entry("#"))
    call.params.require("target_project_id", "target_issue_iid")
    kinds = list(LINKS) if call.world.tier == "premium" else ["relates_to"]
    kind = cast("Link", call.params.choice("link_type", kinds) or "relates_to")
    at = {"id": call.params.text("target_project_id") or "", "iid": call.params.text("target_issue_iid") or ""}
    other = changeable(call, Call(call.world, call.token, {}, at).entry("#"))
    if other is entry:
        raise Failure(422, message=f"#{entry.item.iid} cannot be added: cannot be related to itself")
    if other.item.ref in linked(entry) or entry.item.ref in linked(other):
        raise Failure(409, message="Issue(s) already assigned")
    link(call.world, entry, other, kind, call.username)
    # GitLab keeps “is blocked by” as “blocks” with the ends changed round, and so it answers.
    ends = (other, entry) if kind == "is_blocked_by" else (entry, other)
    return {
        "source_issue": item_bodies.issue_in_link(call.world, ends[0]),
        "target_issue": item_bodies.issue_in_link(call.world, ends[1]),
        "link_type": "blocks" if kind == "is_blocked_by" else kind,
    }
