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
    "blocked_status": "blocked-merge",
    "merge_request_blocked": "blocked-merge",
    "security_policies_violations": "policy",
    "security_policy_violations": "policy",
    "status_checks_must_pass": "checks-failed",
    "external_status_checks": "checks-failed",
    "locked_paths": "locked",
    "locked_lfs_files": "locked",
    "draft_status": "draft",
}
"""What GitLab will not merge until the author has mended it, with the reason's code."""
REVIEWERS_TO_APPROVE = frozenset({"not_approved"})
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
MERGEABLE = frozenset({"mergeable", ""})
"""Nothing known is in the way."""


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
    return (
        _author_answers(mr, since)
        or _maintainer_merges(mr, since, may_merge)
        or _asked_review(mr, since, may_merge, slo_at_risk=slo_at_risk)
        or _approved(mr, since, may_merge)
        or _commented(mr, since)
    )


def outstanding(mr: MergeRequest) -> tuple[Reviewer, ...]:
    """The reviewers who were asked and have not answered that request, or took their approval back."""
    return tuple(
        reviewer
        for reviewer in mr.reviewers
        if reviewer.username != mr.author
        and (reviewer.state in {"review_started", "unapproved"} or is_unanswered(reviewer))
    )


def due_first(waiting: tuple[Reviewer, ...], may_merge: frozenset[str], *, slo_at_risk: bool) -> tuple[Reviewer, ...]:
    """Those of the outstanding reviewers whose turn comes first: maintainers wait for the others."""
    others = tuple(reviewer for reviewer in waiting if reviewer.username not in may_merge)
    return waiting if slo_at_risk or not others else others


def is_unanswered(reviewer: Reviewer) -> bool:
    """Whether the reviewer's latest request has no answer yet: the response SLO runs."""
    if reviewer.responded_at is not None:
        return reviewer.requested_at is not None and reviewer.requested_at > reviewer.responded_at
    return reviewer.state == "unreviewed"


def _author_answers(mr: MergeRequest, since: datetime) -> Turn | None:
    author = (mr.author,)
    if mr.draft:
        return Turn("author", author, since, Reason("draft"))
    for reviewer in mr.reviewers:
        if reviewer.state == "requested_changes" and not is_unanswered(reviewer):
            at = reviewer.responded_at
            return Turn("author", author, at or since, Reason("changes-requested", by=reviewer.username, at=at))
    # Asking for review again hands the threads back: a reviewer's by asking them, a bystander's by asking anyone.
    asked = {reviewer.username: reviewer.requested_at or since for reviewer in mr.reviewers}
    last_asked = max(asked.values(), default=since)
    waiting = [
        thread
        for thread in mr.threads
        if thread.last_by != mr.author and asked.get(thread.last_by, last_asked) <= thread.last_at
    ]
    if waiting:
        last = max(waiting, key=lambda thread: (thread.last_at, thread.id))
        reason = Reason("thread", by=last.last_by, at=last.last_at, count=len(waiting))
        return Turn("author", author, min(thread.last_at for thread in waiting), reason)
    code = AUTHORS_TO_MEND.get(mr.detailed_merge_status)
    return Turn("author", author, since, Reason(code, names=(mr.target_branch,))) if code else None


def _maintainer_merges(mr: MergeRequest, since: datetime, may_merge: frozenset[str]) -> Turn | None:
    maintainers = tuple(name for name in mr.approved_by if name in may_merge)
    if not maintainers:
        return None
    at = _last_approval(mr)
    if mr.detailed_merge_status in NOBODY_YET:
        return Turn("nobody", (), at or since, Reason("transient", names=(_plain(mr.detailed_merge_status),)))
    if mr.detailed_merge_status == "mergeable" or not (outstanding(mr) or _lacks_approval(mr)):
        if mr.detailed_merge_status in MERGEABLE:
            return Turn("maintainer", maintainers[-1:], at or since, Reason("merge", at=at))
        reason = Reason("merge-held", at=at, names=(_plain(mr.detailed_merge_status),))
        return Turn("maintainer", maintainers[-1:], at or since, reason)
    return None


def _asked_review(mr: MergeRequest, since: datetime, may_merge: frozenset[str], *, slo_at_risk: bool) -> Turn | None:
    waiting = due_first(outstanding(mr), may_merge, slo_at_risk=slo_at_risk)
    if not waiting:
        return None
    names = _names(waiting)
    at = min(reviewer.requested_at or since for reviewer in waiting)
    if may_merge.issuperset(names):
        if mr.approved_by:
            return Turn("maintainer", names, at, Reason("maintainer-asked", by=mr.approved_by[-1], at=at))
        if len(names) < len(mr.reviewers) and not slo_at_risk and not may_merge.issuperset(_names(mr.reviewers)):
            return None  # a reviewer answered without approving: the maintainers still wait
    if not is_unanswered(waiting[0]):
        answered = waiting[0].responded_at or at
        began = waiting[0].state == "review_started"
        reason = Reason("review-began", at=answered) if began else Reason("took-back", at=answered)
        return Turn("reviewer", names, answered, reason)
    again = any(reviewer.requests > 1 for reviewer in waiting)
    return Turn("reviewer", names, at, Reason("asked-again" if again else "asked", by=mr.author, at=at))


def _approved(mr: MergeRequest, since: datetime, may_merge: frozenset[str]) -> Turn | None:
    if not mr.approved_by:
        return None
    at = _last_approval(mr)
    if not may_merge.isdisjoint(mr.approved_by):
        return Turn("reviewer", mr.approved_by[-1:], at or since, Reason("more-approvals", at=at))
    if any(reviewer.username in may_merge for reviewer in mr.reviewers):
        return None  # a maintainer was asked, and answered without approving
    return Turn("reviewer", mr.approved_by[-1:], at or since, Reason("ask-maintainer", at=at))


def _commented(mr: MergeRequest, since: datetime) -> Turn:
    """Reviewers answered without a verdict: whoever spoke last waits for the other."""
    settled = {mr.author, *mr.approved_by}
    spoke = [r for r in mr.reviewers if r.username not in settled and not is_unanswered(r)]
    if not spoke:
        return Turn("author", (mr.author,), since, Reason("no-reviewer"))
    latest = max(spoke, key=lambda reviewer: (reviewer.responded_at or since, reviewer.username))
    at = latest.responded_at or since
    authors_words = [thread.last_at for thread in mr.threads if thread.last_by == mr.author]
    if mr.last_human_by == mr.author and mr.last_human_at is not None:
        authors_words.append(mr.last_human_at)
    if authors_words and max(authors_words) > at:
        reason = Reason("answered", by=mr.author, at=max(authors_words))
        return Turn("reviewer", (latest.username,), max(authors_words), reason)
    if _lacks_approval(mr):
        return Turn("reviewer", (latest.username,), at, Reason("not-approved", at=at))
    return Turn("author", (mr.author,), at, Reason("commented", by=latest.username, at=at))


def _names(reviewers: tuple[Reviewer, ...]) -> tuple[str, ...]:
    return tuple(reviewer.username for reviewer in reviewers)


def _lacks_approval(mr: MergeRequest) -> bool:
    return mr.detailed_merge_status in REVIEWERS_TO_APPROVE


def _plain(status: str) -> str:
    return status.replace("_", " ")


def _last_approval(mr: MergeRequest) -> datetime | None:
    """When the last of those who approved did; None where nobody noted it."""
    answers = [r.responded_at for r in mr.reviewers if r.username in mr.approved_by and r.responded_at]
    return max(answers, default=None)
