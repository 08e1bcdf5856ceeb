"""The bodies of the webhooks that GitLab sends when the world changes, shaped after recorded ones.

What GitLab leaves out is left out here, too: a list of people that is empty, a milestone's title, an epic's project.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from handrail.model.history import Event
from handrail.model.items import Issue, Item, MergeRequest
from handrail.model.planning import Pipeline
from standin.entries import Entry
from standin.graphql.merge_requests import head, merge_status, source_branch
from standin.graphql.merge_requests import path as merge_request_path
from standin.graphql.places import branch_of, color, sha
from standin.graphql.work_items import url
from standin.ids import digest, number
from standin.notes import COMMENTS, discussions
from standin.places import Project, shown_name
from standin.world import LONG_AGO, Happening, World

Body = dict[str, Any]
NOTEABLE = {"issue": "Issue", "merge_request": "MergeRequest"}
ACTIONS = {"closed": "close", "reopened": "reopen", "merged": "merge", "approved": "approved"}
ACTIONS |= {"unapproved": "unapproved"}
STATES = {"opened": 1, "closed": 2, "merged": 3, "locked": 4}


@dataclass(frozen=True, slots=True)
class Webhook:
    """What is sent to every hook of a project, or of a group above it, that asks for such events."""

    project: str
    flag: str
    """The name of a hook's setting that asks for it."""
    event: str
    """``X-Gitlab-Event``."""
    body: Body


def webhooks(world: World, happened: Happening | Pipeline) -> Iterator[Webhook]:
    """What GitLab sends of it. An epic is no project's: of groups' own items nothing is sent here."""
    if isinstance(happened, Pipeline):
        yield Webhook(happened.project, "pipeline_events", "Pipeline Hook", _pipeline(world, happened))
        return
    kind = happened.entry.kind
    if kind == "epic":
        return
    hidden = "confidential_" if happened.item.confidential else ""
    words = "Confidential " if hidden else ""
    others = [event for event in happened.events if event.did not in COMMENTS and event.did != "thread_resolved"]
    if others or _is_other(happened):
        body = _changed(world, happened, others)
        if kind == "issue":
            body["event_type"] = f"{hidden}issue"
            yield Webhook(happened.item.project, f"{hidden}issues_events", f"{words}Issue Hook", body)
        else:
            yield Webhook(happened.item.project, "merge_requests_events", "Merge Request Hook", body)
    said = [event for event in happened.events if event.did == "commented"]
    for body in _notes(world, happened, said) if said else ():
        body["event_type"] = f"{hidden}note"
        yield Webhook(happened.item.project, f"{hidden}note_events", f"{words}Note Hook", body)


def _is_other(happened: Happening) -> bool:
    """Whether anything but its history is another."""
    return happened.before is None or happened.before != happened.item or happened.described is not None


def _changed(world: World, happened: Happening, events: Sequence[Event]) -> Body:
    entry, item, before = happened.entry, happened.item, happened.before
    action = next((ACTIONS[event.did] for event in events if event.did in ACTIONS), "update" if before else "open")
    facts = _attributes(world, entry, item, happened.at)
    facts["action"] = action
    if any(event.did == "pushed" for event in events):
        facts["oldrev"] = digest("before", head(entry))
    body = {
        "object_kind": entry.kind,
        "event_type": entry.kind,
        "user": _user(world, happened.by),
        "project": _project(world, item.project),
        "object_attributes": facts,
        "labels": facts["labels"],
        "changes": dict(_changes(world, happened)) if before else {},
        "repository": _repository(world, item.project),
    }
    return body | _people(world, item)


def _attributes(world: World, entry: Entry, item: Item, at: datetime) -> Body:
    """An item as it is now."""
    box = item.milestone and world.timebox(item.project, item.milestone)
    place = entry.place
    ids = [account.id for account in world.known(item.assignees)]
    body: Body = {
        "id": entry.id,
        "iid": item.iid,
        "author_id": world.account(item.author).id,
        "assignee_id": ids[0] if ids else None,
        "assignee_ids": ids,
        "created_at": _at(item.created_at),
        "updated_at": _at(at),
        "title": item.title,
        "description": entry.description,
        "milestone_id": box.id if box else None,
        "state": item.state,
        "state_id": STATES[item.state],
        "labels": [_label(world, item.project, title) for title in sorted(item.labels)],
        "time_estimate": 0,
        "total_time_spent": 0,
        "updated_by_id": None,
    }
    if isinstance(item, MergeRequest):
        reviewers = [account.id for account in world.known(reviewer.username for reviewer in item.reviewers)]
        return body | {
            "draft": item.draft,
            "work_in_progress": item.draft,
            "detailed_merge_status": merge_status(entry),
            "merge_status": "can_be_merged",
            "merge_commit_sha": item.merge_commit or None,
            "merge_when_pipeline_succeeds": False,
            "reviewer_ids": reviewers,
            "source_branch": source_branch(entry),
            "source_project_id": place.id,
            "target_branch": item.target_branch or "main",
            "target_project_id": place.id,
            "source": _project(world, item.project),
            "target": _project(world, item.project),
            "last_commit": {
                "id": head(entry),
                "message": "A commit",
                "title": "A commit",
                "timestamp": at.isoformat(),
                "url": f"{world.url}/{item.project}/-/commit/{head(entry)}",
                "author": {"name": world.account(item.author).name, "email": "[REDACTED]"},
            },
            "blocking_discussions_resolved": not item.threads,
            "system": False,
            "url": item.web_url or world.url + merge_request_path(entry),
        }
    body |= {
        "closed_at": item.closed_at and _at(item.closed_at),
        "confidential": item.confidential,
        "discussion_locked": None,
        "due_date": None,
        "project_id": place.id,
        "type": entry.work_item_type.replace("_", " ").title(),
        "severity": "unknown",
        "url": url(entry, world),
    }
    if world.tier == "premium" and isinstance(item, Issue):
        status = item.status and {"id": f"gid://gitlab/Status/{number('status', item.status)}", "name": item.status}
        body |= {"weight": item.weight, "health_status": _HEALTH.get(item.health or ""), "status": status or None}
    return body


_HEALTH = {"on_track": "onTrack", "needs_attention": "needsAttention", "at_risk": "atRisk"}


def _people(world: World, item: Item) -> Body:
    body: Body = {}
    if item.assignees:
        body["assignees"] = [_user(world, name) for name in item.assignees]
    if isinstance(item, MergeRequest) and item.reviewers:
        body["reviewers"] = _reviewers(world, item)
    return body


def _reviewers(world: World, item: MergeRequest, before: MergeRequest | None = None) -> list[Body]:
    known = {reviewer.username: reviewer.requests for reviewer in before.reviewers} if before else {}
    return [
        {
            **_user(world, one.username),
            "state": one.state,
            "re_requested": one.requests > known.get(one.username, one.requests),
        }
        for one in item.reviewers
    ]


def _changes(world: World, happened: Happening) -> Iterator[tuple[str, Body]]:
    """What is another, as it was and as it is."""
    before, after = happened.before, happened.item
    assert before is not None
    yield "updated_at", _change(None, _at(happened.at))
    told: Mapping[str, Any] = {
        "title": lambda item: item.title,
        "state_id": lambda item: STATES[item.state],
        "confidential": lambda item: item.confidential,
        "labels": lambda item: [_label(world, item.project, title) for title in sorted(item.labels)],
        "assignees": lambda item: [_user(world, name) for name in item.assignees],
        "milestone_id": lambda item: item.milestone and world.timebox(item.project, item.milestone).id,
        "draft": lambda item: getattr(item, "draft", None),
        "weight": lambda item: getattr(item, "weight", None),
        "status": lambda item: {"name": item.status} if getattr(item, "status", None) else None,
    }
    for name, read in told.items():
        if read(before) != read(after):
            yield name, _change(read(before), read(after))
    if isinstance(before, MergeRequest) and isinstance(after, MergeRequest):
        was, now = _reviewers(world, before), _reviewers(world, after, before)
        if was != now:
            yield "reviewers", _change(was, now)
    if happened.described:
        yield "description", _change(*happened.described)


def _change(previous: Any, current: Any) -> Body:
    return {"previous": previous, "current": current}


def _notes(world: World, happened: Happening, said: Sequence[Event]) -> Iterator[Body]:
    """A body for each comment, in the words that its readers see."""
    entry = happened.entry
    moments = {(event.at, event.by) for event in said}
    for discussion in discussions(world, entry, synthetic=False):
        for note in discussion.notes:
            if note.system or (note.at, note.by) not in moments:
                continue
            facts = {
                "id": note.id,
                "note": note.body,
                "description": note.body,
                "noteable_type": NOTEABLE[entry.kind],
                "noteable_id": entry.id,
                "author_id": world.account(note.by).id,
                "created_at": _at(note.at),
                "updated_at": _at(note.updated_at or note.at),
                "project_id": entry.place.id,
                "discussion_id": discussion.id,
                "type": "DiscussionNote" if discussion.is_thread else None,
                "system": False,
                "internal": False,
                "action": "create",
                "url": f"{world.url}/{happened.item.project}#note_{note.id}",
            }
            yield {
                "object_kind": "note",
                "user": _user(world, note.by),
                "project_id": entry.place.id,
                "project": _project(world, happened.item.project),
                "object_attributes": facts,
                "repository": _repository(world, happened.item.project),
                entry.kind: _attributes(world, entry, happened.item, happened.at),
            }


def _pipeline(world: World, run: Pipeline) -> Body:
    started = run.finished_at - timedelta(minutes=49)
    jobs = [{"id": number("job", name), "name": name, "status": "failed", "stage": "test"} for name in run.failed_jobs]
    return {
        "object_kind": "pipeline",
        "object_attributes": {
            "id": run.id,
            "iid": run.id % 100_000,
            "ref": branch_of(run, world),
            "tag": False,
            "sha": sha(run),
            "source": run.source or "push",
            "status": run.status,
            "detailed_status": "passed" if run.status == "success" else run.status,
            "created_at": _at(started),
            "finished_at": _at(run.finished_at),
            "url": run.web_url or f"{world.url}/{run.project}/-/pipelines/{run.id}",
        },
        "user": _user(world, "ghost"),
        "project": _project(world, run.project),
        "builds": [{**job, "allow_failure": False} for job in jobs],
    }


def _user(world: World, username: str) -> Body:
    account = world.account(username)
    avatar = f"{world.url}/uploads/-/system/user/avatar/{account.id}/avatar.png"
    shown = {"id": account.id, "name": account.name, "username": account.username}
    return {**shown, "avatar_url": avatar, "email": "[REDACTED]"}


def _label(world: World, path: str, title: str) -> Body:
    label = world.label(path, title)
    dates = {"created_at": _at(LONG_AGO), "updated_at": _at(LONG_AGO)}
    kind = {"type": "GroupLabel", "group_id": world.groups[label.group].id, "project_id": None, "template": False}
    return {"id": label.id, "title": title, "color": color(label), "description": None, **dates, **kind}


def _project(world: World, path: str) -> Body:
    project = world.projects.get(path) or Project(path, "main", LONG_AGO)
    web, ssh = f"{world.url}/{path}", f"git@gitlab.test:{path}.git"
    return {
        "id": project.id,
        "name": shown_name(path),
        "description": "",
        "web_url": web,
        "avatar_url": None,
        "git_ssh_url": ssh,
        "git_http_url": f"{web}.git",
        "namespace": shown_name(project.parent),
        "visibility_level": 20,
        "path_with_namespace": path,
        "default_branch": project.default_branch,
        "ci_config_path": "",
        "homepage": web,
        "url": ssh,
        "ssh_url": ssh,
        "http_url": f"{web}.git",
    }


def _repository(world: World, path: str) -> Body:
    web = f"{world.url}/{path}"
    return {"name": shown_name(path), "url": f"git@gitlab.test:{path}.git", "description": "", "homepage": web}


def _at(moment: datetime) -> str:
    """An instant as webhooks tell it, of a GitLab that keeps UTC."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
