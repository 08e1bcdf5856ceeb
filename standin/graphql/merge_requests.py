"""Merge requests."""

from collections.abc import Mapping
from typing import Any

from handrail.model.items import MergeRequest
from standin.entries import Entry
from standin.graphql.connections import Args, Connection, of_list
from standin.graphql.note_threads import commenters, discussions, notes
from standin.graphql.people import Participant
from standin.graphql.work_items import ITEM, labels, milestone
from standin.ids import digest, gid
from standin.notes import discussions as told
from standin.places import Account
from standin.world import World

STATUSES = frozenset(
    {
        "unchecked", "checking", "mergeable", "commits_status", "ci_must_pass", "ci_still_running",
        "discussions_not_resolved", "draft_status", "not_open", "not_approved", "blocked_status",
        "external_status_checks", "preparing", "jira_association", "conflict", "need_rebase", "approvals_syncing",
        "locked_paths", "locked_lfs_files", "merge_time", "security_policies_violations", "title_not_matching",
        "requested_changes",
    }
)  # fmt: skip
"""GraphQL's DetailedMergeStatus, lower case."""


def facts(entry: Entry) -> MergeRequest:
    """The merge request's facts."""
    assert isinstance(entry.item, MergeRequest)
    return entry.item


def merge_status(entry: Entry) -> str:
    """GitLab's detailed merge status, lower case; "unchecked" where the facts do not tell."""
    item = facts(entry)
    if item.state != "opened":
        return "not_open"
    return item.detailed_merge_status if item.detailed_merge_status in STATUSES else "unchecked"


def path(entry: Entry) -> str:
    """The path of its page."""
    return f"/{entry.item.project}/-/merge_requests/{entry.item.iid}"


def source_branch(entry: Entry) -> str:
    """A branch name that follows from the number."""
    return f"branch-of-{entry.item.iid}"


def head(entry: Entry) -> str:
    """The last commit: it changes with every push."""
    return digest(entry.item.ref, sum(event.did == "pushed" for event in entry.events))


def merge_user(entry: Entry, world: World) -> Account | None:
    """Who merged it."""
    return world.account(entry.closed_by) if entry.item.state == "merged" else None


def _people(accounts: list[Account], entry: Entry, args: Any) -> Connection:
    return of_list([Participant(account, entry) for account in accounts], args)


def _reviewers(entry: Entry, world: World) -> list[Account]:
    return world.known(reviewer.username for reviewer in facts(entry).reviewers)


def _requesters(entry: Entry, world: World) -> list[Account]:
    return world.known(r.username for r in facts(entry).reviewers if r.state == "requested_changes")


def _threads(entry: Entry, world: World, *, resolved: bool) -> int:
    threads = [d for d in told(world, entry, synthetic=False) if d.is_thread]
    return sum(d.resolved_at is not None for d in threads) if resolved else len(threads)


def _participants(entry: Entry, world: World) -> list[Account]:
    names = dict.fromkeys([entry.item.author, *(event.by for event in entry.events if event.did == "commented")])
    return world.known(names)


def _diff_stats(entry: Entry, args: Args, _world: World) -> list[str]:
    """The changed files; of those that the facts cut off, one."""
    item = facts(entry)
    paths = [*item.changed_paths, *(["cut/off"] if item.changed_paths_cut else [])]
    return [path for path in paths if args.get("path") in {None, path}]


RESOLVERS: Mapping[str, Mapping[str, Any]] = {
    "MergeRequest": {
        **{name: resolve for name, resolve in ITEM.items() if name != "confidential"},
        "id": lambda e, _, __: gid("MergeRequest", e.id),
        "state": lambda e, _, __: e.item.state,
        "draft": lambda e, _, __: e.item.draft,
        "webPath": lambda e, _, __: path(e),
        "webUrl": lambda e, _, world: e.item.web_url or world.url + path(e),
        "author": lambda e, _, world: Participant(world.account(e.item.author), e),
        "closedAt": lambda e, _, __: e.item.closed_at if e.item.state == "closed" else None,
        "mergedAt": lambda e, _, __: e.merged_at,
        "mergeUser": lambda e, _, world: merge_user(e, world),
        "project": lambda e, _, __: e.place,
        "targetProject": lambda e, _, __: e.place,
        "projectId": lambda e, _, __: e.place.id,
        "targetProjectId": lambda e, _, __: e.place.id,
        "sourceBranch": lambda e, _, __: source_branch(e),
        "targetBranch": lambda e, _, __: e.item.target_branch or e.place.default_branch,
        "detailedMergeStatus": lambda e, _, __: merge_status(e).upper(),
        "approved": lambda e, _, __: bool(e.item.approved_by),
        "approvalsRequired": lambda _, __, ___: 1,
        "approvalsLeft": lambda e, _, __: 0 if e.item.approved_by else 1,
        "conflicts": lambda e, _, __: merge_status(e) == "conflict",
        "mergeable": lambda e, _, __: merge_status(e) == "mergeable",
        "mergeableDiscussionsState": lambda e, _, __: merge_status(e) != "discussions_not_resolved",
        "shouldBeRebased": lambda e, _, __: merge_status(e) == "need_rebase",
        "diffStats": _diff_stats,
        "mergeCommitSha": lambda e, _, __: e.item.merge_commit or None,
        "diffHeadSha": lambda e, _, __: head(e),
        "commitCount": lambda e, _, __: 1 + sum(event.did == "pushed" for event in e.events),
        "headPipeline": lambda _, __, ___: None,
        "preparedAt": lambda e, _, __: e.item.created_at,
        "userNotesCount": lambda e, _, __: sum(event.did == "commented" for event in e.events),
        "userDiscussionsCount": lambda e, _, __: sum(event.did == "commented" for event in e.events),
        "resolvableDiscussionsCount": lambda e, _, world: _threads(e, world, resolved=False),
        "resolvedDiscussionsCount": lambda e, _, world: _threads(e, world, resolved=True),
        "discussionLocked": lambda _, __, ___: False,
        "upvotes": lambda _, __, ___: 0,
        "downvotes": lambda _, __, ___: 0,
        "milestone": lambda e, _, world: milestone(e, world),
        "labels": labels,
        "assignees": lambda e, args, world: _people(world.known(e.item.assignees), e, args),
        "reviewers": lambda e, args, world: _people(_reviewers(e, world), e, args),
        "participants": lambda e, args, world: _people(_participants(e, world), e, args),
        "approvedBy": lambda e, args, world: of_list(world.known(e.item.approved_by), args),
        "changeRequesters": lambda e, args, world: of_list(_requesters(e, world), args),
        "discussions": lambda e, args, world: discussions(e, args, world, synthetic=False),
        "notes": notes,
        "commenters": commenters,
    },
    "DiffStats": {
        "path": lambda path, _, __: path,
        "additions": lambda _, __, ___: 1,
        "deletions": lambda _, __, ___: 0,
    },
}
