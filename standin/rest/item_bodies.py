"""Issues, merge requests and what hangs on them, as GitLab's REST API gives them."""

from handrail.model.items import Issue
from standin.entries import Entry
from standin.graphql.merge_requests import facts, head, merge_status, merge_user, source_branch
from standin.graphql.merge_requests import path as merge_request_path
from standin.graphql.work_items import url
from standin.ids import number
from standin.rest.bodies import Body, instant, label_of_event, milestone, user, users
from standin.world import World


def _common(world: World, entry: Entry, links: list[Body] | list[str]) -> Body:
    item, box = entry.item, entry.item.milestone
    is_merged = item.state == "merged"
    assigned = users(world, item.assignees)
    return {
        "id": entry.id,
        "iid": item.iid,
        "project_id": entry.place.id,
        "title": item.title,
        "description": entry.description,
        "state": item.state,
        "created_at": instant(item.created_at),
        "updated_at": instant(entry.updated_at),
        "closed_at": None if is_merged else instant(item.closed_at),
        "closed_by": user(world, world.account(entry.closed_by)) if item.closed_at and not is_merged else None,
        "labels": links,
        "milestone": milestone(world, world.timebox(item.project, box)) if box else None,
        "assignees": assigned,
        "assignee": assigned[0] if assigned else None,
        "author": user(world, world.account(item.author)),
        "user_notes_count": sum(event.did == "commented" for event in entry.events),
        "upvotes": 0,
        "downvotes": 0,
        "discussion_locked": None,
        "imported": False,
        "imported_from": "none",
        "references": {
            "short": f"{item.sigil}{item.iid}",
            "relative": f"{item.sigil}{item.iid}",
            "full": item.ref,
        },
        "time_stats": {
            "time_estimate": 0,
            "total_time_spent": 0,
            "human_time_estimate": None,
            "human_total_time_spent": None,
        },
        "task_completion_status": {"count": 0, "completed_count": 0},
    }


def labels_of(world: World, entry: Entry, *, details: bool) -> list[Body] | list[str]:
    """The item's labels by name, or in full."""
    titles = sorted(entry.item.labels)
    return [label_of_event(world.label(entry.item.project, t)) for t in titles] if details else titles


def issue(world: World, entry: Entry, *, details: bool = False) -> Body:
    """An issue, alone or in a list."""
    item = entry.item
    assert isinstance(item, Issue)
    body = _common(world, entry, labels_of(world, entry, details=details)) | {
        "type": entry.work_item_type,
        "issue_type": entry.work_item_type.lower(),
        "confidential": item.confidential,
        "due_date": None,
        "merge_requests_count": 0,
        "blocking_issues_count": 0,
        "has_tasks": False,
        "task_status": "",
        "severity": "UNKNOWN",
        "moved_to_id": world.entries[entry.moved_to].id if entry.moved_to else None,
        "service_desk_reply_to": None,
        "web_url": url(entry, world),
        "_links": {
            "self": f"{world.url}/api/v4/projects/{entry.place.id}/issues/{item.iid}",
            "notes": f"{world.url}/api/v4/projects/{entry.place.id}/issues/{item.iid}/notes",
            "award_emoji": f"{world.url}/api/v4/projects/{entry.place.id}/issues/{item.iid}/award_emoji",
            "project": f"{world.url}/api/v4/projects/{entry.place.id}",
            "closed_as_duplicate_of": None,
        },
    }
    if world.tier != "premium":
        return body
    parent = world.entries.get(item.epic) if item.epic else None
    epic = parent and {
        "id": parent.id,
        "iid": parent.item.iid,
        "title": parent.item.title,
        "url": f"/groups/{parent.item.project}/-/epics/{parent.item.iid}",
        "group_id": parent.place.id,
    }
    return body | {
        "weight": item.weight,
        "epic": epic,
        "epic_iid": parent.item.iid if parent else None,
        "iteration": None,
        "health_status": None,
    }


def merge_request(world: World, entry: Entry, *, details: bool = False) -> Body:
    """A merge request in a list."""
    item = facts(entry)
    merger = merge_user(entry, world)
    merged_by = None if merger is None else user(world, merger)
    status = merge_status(entry)
    return _common(world, entry, labels_of(world, entry, details=details)) | {
        "merged_at": instant(entry.merged_at),
        "merged_by": merged_by,
        "merge_user": merged_by,
        "reviewers": users(world, tuple(reviewer.username for reviewer in item.reviewers)),
        "draft": item.draft,
        "work_in_progress": item.draft,
        "source_branch": source_branch(entry),
        "target_branch": item.target_branch or "main",
        "source_project_id": entry.place.id,
        "target_project_id": entry.place.id,
        "merge_when_pipeline_succeeds": False,
        "merge_status": "can_be_merged" if status == "mergeable" else "unchecked",
        "detailed_merge_status": status,
        "merge_after": None,
        "sha": head(entry),
        "merge_commit_sha": None,
        "squash_commit_sha": None,
        "should_remove_source_branch": None,
        "force_remove_source_branch": True,
        "prepared_at": instant(item.created_at),
        "reference": f"!{item.iid}",
        "squash": False,
        "squash_on_merge": False,
        "has_conflicts": status == "conflict",
        "blocking_discussions_resolved": status != "discussions_not_resolved",
        "web_url": item.web_url or world.url + merge_request_path(entry),
    }


def one_merge_request(world: World, entry: Entry) -> Body:
    """A merge request by itself."""
    return merge_request(world, entry) | {
        "subscribed": False,
        "changes_count": "1",
        "latest_build_started_at": None,
        "latest_build_finished_at": None,
        "first_deployed_to_production_at": None,
        "pipeline": None,
        "head_pipeline": None,
        "diff_refs": {"base_sha": head(entry), "head_sha": head(entry), "start_sha": head(entry)},
        "merge_error": None,
        "first_contribution": False,
        "user": {"can_merge": False},
    }


def issue_link(world: World, entry: Entry, other: Entry, kind: str) -> Body:
    """An issue that another one is linked to."""
    made = instant(entry.linked_at.get(other.item.ref, entry.item.created_at))
    return issue(world, other) | {
        "issue_link_id": number("link", " ".join(sorted((entry.item.ref, other.item.ref)))),
        "link_type": kind,
        "link_created_at": made,
        "link_updated_at": made,
    }


OF_LINKS = frozenset(
    {
        "id", "iid", "project_id", "title", "description", "state", "created_at", "updated_at", "closed_at",
        "closed_by", "labels", "milestone", "assignees", "author", "type", "assignee", "user_notes_count",
        "merge_requests_count", "upvotes", "downvotes", "due_date", "confidential", "discussion_locked", "issue_type",
        "web_url", "time_stats", "task_completion_status", "weight", "blocking_issues_count",
    }
)  # fmt: skip
"""What GitLab's IssueBasic has."""


def issue_in_link(world: World, entry: Entry) -> Body:
    """An issue as one end of a link."""
    return {name: value for name, value in issue(world, entry).items() if name in OF_LINKS}
