"""Notes, discussions, approvals and reviews, as GitLab's REST API gives them."""

from datetime import datetime

from standin.entries import Entry
from standin.graphql.merge_requests import facts, merge_status
from standin.ids import digest, number
from standin.notes import Discussion, Note
from standin.rest.bodies import Body, instant, user, users
from standin.world import World

NOTEABLE = {"issue": "Issue", "merge_request": "MergeRequest", "epic": "Epic"}


def note(world: World, found: Note) -> Body:
    """A note; GitLab leaves the resolving fields out where a note cannot be resolved."""
    entry, thread = found.discussion.entry, found.discussion
    body = {
        "id": found.id,
        "type": "DiscussionNote" if thread.is_thread else None,
        "body": found.body,
        "author": user(world, world.account(found.by)),
        "created_at": instant(found.at),
        "updated_at": instant(found.updated_at or found.at),
        "system": found.system,
        "noteable_id": entry.id,
        "noteable_type": NOTEABLE[entry.kind],
        "project_id": entry.place.id,
        "resolvable": thread.is_thread,
        "confidential": False,
        "internal": False,
        "imported": False,
        "imported_from": "none",
        "noteable_iid": entry.item.iid,
        "commands_changes": {},
    }
    if thread.is_thread:
        resolver = world.account(thread.resolved_by) if thread.resolved_by else None
        body |= {
            "resolved": thread.resolved_at is not None,
            "resolved_by": None if resolver is None else user(world, resolver),
            "resolved_at": instant(thread.resolved_at),
        }
    return body


def discussion(world: World, found: Discussion) -> Body:
    """A discussion with all of its notes."""
    return {"id": found.id, "individual_note": not found.is_thread, "notes": [note(world, n) for n in found.notes]}


def approvals(world: World, entry: Entry) -> Body:
    """Who approved a merge request. Rules, and how many approvals it needs, are Premium's."""
    item = facts(entry)
    body: Body = {
        "user_has_approved": False,
        "user_can_approve": False,
        "approved": bool(item.approved_by),
        "approved_by": [
            {"user": found, "approved_at": instant(_approved_at(entry, found["username"]))}
            for found in users(world, item.approved_by)
        ],
    }
    if world.tier != "premium":
        return body
    return body | {
        "id": entry.id,
        "iid": item.iid,
        "project_id": entry.place.id,
        "title": item.title,
        "description": entry.description,
        "state": item.state,
        "created_at": instant(item.created_at),
        "updated_at": instant(entry.updated_at),
        "merge_status": "can_be_merged" if merge_status(entry) == "mergeable" else "unchecked",
        "approvals_required": 1,
        "approvals_left": 0 if item.approved_by else 1,
        "approvers": [],
        "approver_groups": [],
    }


def _approved_at(entry: Entry, username: str) -> datetime:
    given = [event.at for event in entry.events if event.did == "approved" and event.by == username]
    return given[-1] if given else entry.updated_at


def reviewers(world: World, entry: Entry) -> list[Body]:
    """The reviewers of a merge request with their states."""
    item = facts(entry)
    return [
        {
            "user": user(world, world.accounts[found.username]),
            "state": found.state,
            "created_at": instant(found.requested_at or item.created_at),
        }
        for found in item.reviewers
        if found.username in world.accounts
    ]


def versions(entry: Entry) -> list[Body]:
    """The versions of a merge request's diff, the latest first: one from the start and one for each push."""
    pushes = [entry.item.created_at, *(event.at for event in entry.events if event.did == "pushed")]
    return [
        {
            "id": number("version", f"{entry.item.ref} {count}"),
            "head_commit_sha": digest(entry.item.ref, count),
            "base_commit_sha": digest(entry.item.ref, "base"),
            "start_commit_sha": digest(entry.item.ref, "base"),
            "created_at": instant(moment),
            "merge_request_id": entry.id,
            "state": "collected",
            "real_size": "1",
            "patch_id_sha": digest(entry.item.ref, "patch", count),
        }
        for count, moment in reversed(list(enumerate(pushes)))
    ]
