"""What a webhook's body tells: of which item, and provisional events until the item's history is read. No I/O.

Webhooks tell times to the second, in the zone of the server, and no identity of what happened; of milestones only the
number. Events of kinds that we do not follow are None. Source: GitLab's documentation of webhook events.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from handrail.gitlab.histories import Team, instant, named_like_a_bot, note_events
from handrail.gitlab.system_notes import Names
from handrail.model.history import Deed, Event

_NO_NUMBERS = Names(lambda _: None, lambda _: None)
_ENDS: Mapping[str, Deed] = {"close": "closed", "reopen": "reopened", "merge": "merged"}
_APPROVALS: Mapping[str, Deed] = {
    "approved": "approved",
    "approval": "approved",  # approved by one, while the rules want more
    "unapproved": "unapproved",
    "unapproval": "unapproved",
}
_THREADS = frozenset({"DiscussionNote", "DiffNote"})


@dataclass(frozen=True)
class Heard:
    """An item that something happened to, and what, as far as the body tells."""

    ref: str
    at: datetime
    events: tuple[Event, ...]


def heard(body: Mapping[str, Any], team: Team) -> Heard | None:
    """What the body of a webhook tells; None for what is no item's or of a kind that we do not follow.

    Raises ValueError for a body that is none of GitLab's.
    """
    kind = body.get("object_kind")
    if not isinstance(kind, str):
        raise ValueError("no webhook of GitLab's: it has no object_kind")
    try:
        match kind:
            case "issue" | "work_item" | "merge_request":
                return _item(body, team)
            case "note":
                return _note(body, team)
            case _:
                return None
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"a webhook of kind {kind} that lacks {error}") from error


def _item(body: Mapping[str, Any], team: Team) -> Heard | None:
    facts = body["object_attributes"]
    path = (body.get("project") or facts.get("target") or {}).get("path_with_namespace")
    if not path:  # an epic, or another item of a group's
        return None
    at = instant(facts["updated_at"])
    user = _user(body["user"])
    mark = "!" if body["object_kind"] == "merge_request" else "#"
    events = tuple(team.event(at, user, did, value) for did, value in _deeds(facts, body.get("changes") or {}))
    return Heard(f"{path}{mark}{facts['iid']}", at, events)


def _deeds(facts: Mapping[str, Any], changes: Mapping[str, Any]) -> Iterator[tuple[Deed, str]]:
    action = facts.get("action", "")
    if "labels" in changes:
        yield from _difference(changes["labels"], "title", "label_added", "label_removed")
    if "assignees" in changes:
        yield from _difference(changes["assignees"], "username", "assigned", "unassigned")
    if "reviewers" in changes:
        yield from _difference(changes["reviewers"], "username", "review_requested", "review_removed")
        for reviewer in changes["reviewers"].get("current") or ():
            if reviewer.get("re_requested"):
                yield "review_requested", reviewer["username"]
    if "milestone_id" in changes and changes["milestone_id"].get("current") is None:
        yield "milestone_set", ""
    if isinstance((changes.get("status") or {}).get("current"), dict):
        yield "status_set", changes["status"]["current"]["name"]
    if "draft" in changes:
        yield ("drafted" if changes["draft"].get("current") else "undrafted"), ""
    if action == "update" and facts.get("oldrev"):
        yield "pushed", ""
    # GitLab calls some approvals that its own rules reset "system": nobody did them.
    if action in _APPROVALS and not facts.get("system"):
        yield _APPROVALS[action], ""
    if action in _ENDS:
        yield _ENDS[action], ""


def _difference(change: Mapping[str, Any], key: str, came: Deed, went: Deed) -> Iterator[tuple[Deed, str]]:
    before = [entry[key] for entry in change.get("previous") or ()]
    after = [entry[key] for entry in change.get("current") or ()]
    yield from ((went, name) for name in before if name not in after)
    yield from ((came, name) for name in after if name not in before)


def _note(body: Mapping[str, Any], team: Team) -> Heard | None:
    facts = body["object_attributes"]
    mark, item = {"Issue": ("#", "issue"), "MergeRequest": ("!", "merge_request")}.get(facts["noteable_type"], ("", ""))
    if not mark:
        return None
    path = body["project"]["path_with_namespace"]
    at = instant(facts["created_at"])
    note = {
        "body": facts["note"],
        "system": facts.get("system", False),
        "createdAt": facts["created_at"],
        "author": _user(body["user"]),
    }
    # Correcting one's words is no new word.
    said = facts.get("action", "create") == "create"
    thread = str(facts.get("discussion_id") or "") if facts.get("type") in _THREADS else ""
    # The body tells the item's author by number only.
    is_author = body[item].get("author_id") == facts.get("author_id", 0)
    author = body["user"]["username"] if is_author else ""
    events = tuple(note_events(note, thread, _NO_NUMBERS, team, claims=mark == "#", author=author)) if said else ()
    return Heard(f"{path}{mark}{body[item]['iid']}", at, events)


def _user(user: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"username": user["username"], "bot": named_like_a_bot(user["username"])}
