"""Whose turn an in-review merge request is (clause review.turns): always one step of the review, never a guess.

The steps in order, as the page's neighbours state them: the author answers (draft, changes requested, threads, what
GitLab will not merge); those who are asked review; whoever approved asks a maintainer; the maintainer merges.
Statuses: GitLab's documentation of `detailed_merge_status`; one that is not known names nobody.
"""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from handrail.model.items import MergeRequest, Reviewer
from handrail.model.queue import Reason

Part = Literal["author", "reviewer", "maintainer", "nobody"]

AUTHORS_TO_MEND = {
    "ci_must_pass": "pipeline-failed",
    "conflict": "conflict",
    "need_rebase": "rebase",
    "commits_status": "no-commits",
    "broken_status": "conflict",
    "title_not_matching": "title",
    "title_regex": "title",
    "jira_association": "jira",
    "jira_association_missing": "jira",
    "blocked_status": "blocked",
    "merge_request_blocked": "blocked",
    "security_policies_violations": "policy",
    "security_policy_violations": "policy",
    "status_checks_must_pass": "checks-failed",
    "external_status_checks": "checks-failed",
    "locked_paths": "locked",
    "locked_lfs_files": "locked",
}
"""What GitLab will not merge until the author has mended it, with the reason's code."""
REVIEWERS_TO_APPROVE = frozenset({"not_approved"})
SAID_BY_PEOPLE = frozenset({"requested_changes", "discussions_not_resolved", "draft_status"})
"""Statuses that repeat what reviewers, threads and the draft flag already say."""
NOBODY_YET = frozenset(
    {
        "unchecked",
        "checking",
        "preparing",
        "approvals_syncing",
        "ci_still_running",
        "merge_time",
        "security_policy_pipeline_check",
    }
)
TO_MERGE = frozenset({"mergeable"})
OVER = frozenset({"not_open"})


class Turn(Struct, frozen=True, gc=False):
    """The next actors, in which part, since when, and why. Several actors: each of them has a turn of their own."""

    part: Part
    people: tuple[str, ...]
    since: datetime
    reason: Reason


def whose_turn(mr: MergeRequest, since: datetime, may_merge: frozenset[str], *, slo_at_risk: bool = False) -> Turn:
    """The turn of a merge request in review since ``since``; ``may_merge`` are its project's maintainers.

    A maintainer who was asked together with a reviewer waits for them unless the review SLO is at risk.
    """
    return _authors(mr, since) or _reviewers(mr, since, may_merge, slo_at_risk=slo_at_risk) or _last_steps(mr, since, may_merge)


def outstanding(mr: MergeRequest) -> tuple[Reviewer, ...]:
    """The reviewers who were asked and have not answered that request, or took their approval back."""
    return tuple(
        reviewer
        for reviewer in mr.reviewers
        if reviewer.username != mr.author
        and (reviewer.state in {"review_started", "unapproved"} or _unanswered(reviewer))
    )


def due_first(waiting: tuple[Reviewer, ...], may_merge: frozenset[str], *, slo_at_risk: bool) -> tuple[Reviewer, ...]:
    """Those of the outstanding reviewers whose turn comes first: maintainers wait for the others."""
    others = tuple(reviewer for reviewer in waiting if reviewer.username not in may_merge)
    return waiting if slo_at_risk or not others else others


def _unanswered(reviewer: Reviewer) -> bool:
    if reviewer.responded_at is not None:
        return reviewer.requested_at is not None and reviewer.requested_at > reviewer.responded_at
    return reviewer.state == "unreviewed"


def _authors(mr: MergeRequest, since: datetime) -> Turn | None:
    if mr.draft:
        return _turn("author", mr.author, since, Reason("draft"))
    asked_since = {r.username: r.requested_at for r in mr.reviewers}
    for reviewer in mr.reviewers:
        if reviewer.state == "requested_changes":
            at = reviewer.responded_at or since
            return _turn("author", mr.author, at, Reason("changes-requested", by=reviewer.username, at=at))
    waiting = [
        thread
        for thread in mr.threads
        if thread.last_by != mr.author and (asked_since.get(thread.last_by) or thread.last_at) <= thread.last_at
    ]
    if waiting:
        last = max(waiting, key=lambda thread: (thread.last_at, thread.id))
        oldest = min(thread.last_at for thread in waiting)
        return _turn("author", mr.author, oldest, Reason("thread", by=last.last_by, at=last.last_at, names=_ids(waiting)))
    code = AUTHORS_TO_MEND.get(mr.detailed_merge_status)
    return _turn("author", mr.author, since, Reason(code, names=(mr.target_branch,))) if code else None


def _reviewers(mr: MergeRequest, since: datetime, may_merge: frozenset[str], *, slo_at_risk: bool) -> Turn | None:
    answered = {t.last_at: r for t in mr.threads for r in mr.reviewers if t.last_by == mr.author and r.state == "reviewed"}
    waiting = due_first(outstanding(mr), may_merge, slo_at_risk=slo_at_risk)
    if waiting:
        asked = [reviewer.requested_at or since for reviewer in waiting]
        code = "review-began" if waiting[0].state == "review_started" else "review-asked"
        return Turn("reviewer", tuple(r.username for r in waiting), min(asked), Reason(code, by=mr.author, at=min(asked)))
    if answered and not mr.approved_by:
        at = max(answered)
        return _turn("reviewer", answered[at].username, at, Reason("answered", by=mr.author, at=at))
    if mr.approved_by:
        return None
    commented = [r for r in mr.reviewers if r.username != mr.author]
    if not commented:
        return _turn("author", mr.author, since, Reason("no-reviewer"))
    latest = max(commented, key=lambda r: (r.responded_at or since, r.username))
    at = latest.responded_at or since
    if mr.last_human_by == mr.author and (mr.last_human_at or at) > at:
        return _turn("reviewer", latest.username, mr.last_human_at or at, Reason("answered", by=mr.author, at=mr.last_human_at))
    if mr.detailed_merge_status in REVIEWERS_TO_APPROVE:
        return _turn("reviewer", latest.username, at, Reason("not-approved", at=at))
    return _turn("author", mr.author, at, Reason("commented", by=latest.username, at=at))


def _last_steps(mr: MergeRequest, since: datetime, may_merge: frozenset[str]) -> Turn:
    answers = {reviewer.username: reviewer.responded_at or since for reviewer in mr.reviewers}
    at = max((answers.get(name, since) for name in mr.approved_by), default=since)
    maintainers = tuple(name for name in mr.approved_by if name in may_merge)
    if not maintainers:
        by = max(mr.approved_by, key=lambda name: (answers.get(name, since), name))
        return _turn("reviewer", by, at, Reason("ask-maintainer", at=at))
    status = mr.detailed_merge_status
    if status in NOBODY_YET or status in OVER:
        return Turn("nobody", (), at, Reason("transient", names=(status,)))
    if status in REVIEWERS_TO_APPROVE:
        return _turn("author", mr.author, at, Reason("more-approvals", at=at))
    return Turn("maintainer", maintainers[-1:], at, Reason("merge", by=mr.approved_by[0], at=at))


def _turn(part: Part, person: str, since: datetime, reason: Reason) -> Turn:
    return Turn(part, (person,), since, reason)


def _ids(threads: list) -> tuple[str, ...]:  # type: ignore[type-arg]  # threads of any kind have an id
    return tuple(thread.id for thread in threads)
