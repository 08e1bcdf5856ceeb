"""Issues in the work queue: whose they are, whether they are available, and who holds a claim (clause milestone.*)."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from handrail.model.items import Claim, Issue
from handrail.model.queue import Entry, Reason, TriageFinding, Waiting
from handrail.rules.desk import NO_ROW, Desk
from handrail.rules.terms import Says, Standing
from handrail.rules.verdict import Verdict

MOST_DAYS = 90
"""For so many days a claim holds at most where the handbook says nothing else."""


def consider(issue: Issue, says: Says, desk: Desk) -> Verdict:
    """What the workflow says about an open issue."""
    blockers = _open_blockers(issue, desk)
    if says.state == desk.terms.blocked or blockers:
        return _blocked(issue, says, desk, blockers)
    if not issue.assignees:
        return _unassigned(issue, says, desk)
    members = tuple(name for name in issue.assignees if desk.is_member(name))
    if not members:
        return Verdict(parked=Reason("others-issue", names=issue.assignees))
    return _assigned(issue, says, desk, members)


def free_entry(issue: Issue, desk: Desk) -> Entry | None:
    """The issue's entry in the list of all that nobody has, whatever its milestone where the handbook says so."""
    says = desk.terms.read(issue)
    anywhere = desk.handbook.work_queue.available.unassigned_milestone == "any"
    if not says.ours or issue.assignees or says.state == desk.terms.blocked or _open_blockers(issue, desk):
        return None
    if not (anywhere or _in_current_milestone(issue, desk)) or not _has_needed_state(says, desk):
        return None
    if live_claim(issue, desk) is not None:
        return None
    return desk.file(issue, _standing(issue, says, "available"), _available_since(issue, desk), _free(issue, desk))


def _open_blockers(issue: Issue, desk: Desk) -> tuple[str, ...]:
    if not issue.blocked_by:
        return ()
    return tuple(ref for ref in issue.blocked_by if ref in desk.snapshot.by_ref)


def live_claim(issue: Issue, desk: Desk) -> Claim | None:
    """The claim that holds: the earliest of those whose last day is not over in the claimant's zone."""
    if not issue.claims:
        return None
    held = [(since, claim.by, claim) for since, end, claim in last_days(issue, desk) if end > desk.snapshot.now]
    return min(held)[2] if held else None


def last_days(issue: Issue, desk: Desk) -> Iterable[tuple[datetime, datetime, Claim]]:
    """Each claimant's newest word on their day: since when they have had one, when it is over, and that claim.

    Who moves a day before it is over keeps their place.
    """
    found: dict[str, tuple[datetime, datetime, Claim]] = {}
    for claim in sorted(issue.claims, key=lambda claim: claim.made_at):
        if claim.until:
            since, end, _ = found.get(claim.by) or (claim.made_at, claim.made_at, claim)
            place = since if claim.made_at < end else claim.made_at
            found[claim.by] = place, end_of(claim.by, last_day(claim, desk), desk), claim
    return found.values()


def last_day(claim: Claim, desk: Desk) -> date:
    """The day through which a claim with a day holds: the one named, or the furthest that the handbook allows."""
    assert claim.until is not None  # what names no day holds nothing
    most = desk.handbook.rules.get("date_claims", {}).get("most_days", MOST_DAYS)
    return min(claim.until, claim.made_at.date() + timedelta(days=most))


def end_of(by: str, until: date, desk: Desk) -> datetime:
    """The instant at which a day is over in the person's zone, or the team's where they are not of it."""
    person = desk.snapshot.people.get(by, desk.snapshot.team)
    return datetime.combine(until + timedelta(days=1), time(), ZoneInfo(person.zone))


def _standing(issue: Issue, says: Says, stage: str) -> Standing:
    return Standing("issue", stage, says.priority, None, issue.labels)


def _assigned(issue: Issue, says: Says, desk: Desk, members: tuple[str, ...]) -> Verdict:
    state_since = issue.label_since.get(says.state_label) if says.state_label else issue.status_since
    if says.state in desk.terms.in_progress:
        standing = _standing(issue, says, "in progress")
        since = state_since or issue.assigned_since or issue.created_at
        reasons = (Reason("in-progress", at=state_since, names=(says.state,)), *_unplanned(issue, desk))
    else:
        if issue.milestone is None:
            if not says.ours:
                return Verdict(parked=Reason("elsewhere"))
            return Verdict(finding=TriageFinding(issue, ("a milestone",), NO_ROW))
        if not desk.snapshot.has_begun(issue.milestone):
            return Verdict(parked=Reason("planned-later", names=(issue.milestone,)))
        standing = _standing(issue, says, "available")
        since = issue.assigned_since or issue.created_at
        reasons = (Reason("not-started", at=issue.assigned_since, names=(issue.milestone,)), *_unplanned(issue, desk))
    entry = desk.file(issue, standing, since, reasons)
    if entry is None and not says.ours:
        return Verdict(parked=Reason("elsewhere"), standing=standing)
    return desk.verdict(standing, issue, entry, people=members)


def _unassigned(issue: Issue, says: Says, desk: Desk) -> Verdict:
    if not says.ours:
        return Verdict(parked=Reason("elsewhere"))
    if desk.is_untriaged(issue):
        return Verdict(finding=TriageFinding(issue, lacks_for_triage(issue, desk), desk.handbook.triage.clause))
    if desk.handbook.work_queue.available.milestone == "current" and not _in_current_milestone(issue, desk):
        return Verdict(parked=Reason("other-milestone", names=(issue.milestone or "",)))
    standing = _standing(issue, says, "available")
    if not _has_needed_state(says, desk):
        return Verdict(parked=Reason("not-ready", names=(says.state,)), standing=standing)
    claim = live_claim(issue, desk)
    if claim is not None:
        if not desk.is_member(claim.by):
            return Verdict(parked=Reason("claimed", by=claim.by, until=last_day(claim, desk)), standing=standing)
        reasons = (Reason("claim-yours", at=claim.made_at, until=last_day(claim, desk)), *_unplanned(issue, desk))
        entry = desk.file(issue, standing, _available_since(issue, desk), reasons)
        return desk.verdict(standing, issue, entry, people=(claim.by,))
    entry = desk.file(issue, standing, _available_since(issue, desk), _free(issue, desk))
    return desk.verdict(standing, issue, entry, pool=desk.pool(says))


def _blocked(issue: Issue, says: Says, desk: Desk, blockers: tuple[str, ...]) -> Verdict:
    since = issue.label_since.get(says.state_label) or issue.status_since or issue.assigned_since or issue.created_at
    members = tuple(name for name in issue.assignees if desk.is_member(name))
    reason = Reason("blocked", at=since, names=blockers)
    if not members:
        return Verdict(parked=reason)
    on = blockers or issue.blocked_by
    return Verdict(waiting=Waiting(issue, members, on, since, reason), parked=reason)


def _in_current_milestone(issue: Issue, desk: Desk) -> bool:
    return issue.milestone in desk.snapshot.current_milestones


def _has_needed_state(says: Says, desk: Desk) -> bool:
    return not desk.terms.available or says.state in desk.terms.available


def _available_since(issue: Issue, desk: Desk) -> datetime:
    labels = desk.handbook.labels
    since = issue.label_since.get(labels.deliverable) or issue.label_since.get(labels.unplanned)
    return since or issue.created_at


def _free(issue: Issue, desk: Desk) -> tuple[Reason, ...]:
    names = (issue.milestone,) if issue.milestone else ()
    ended = [claim for _, _, claim in last_days(issue, desk)] if issue.claims else []
    if not ended:
        return Reason("free", names=names), *_unplanned(issue, desk)
    last = max(ended, key=lambda claim: (last_day(claim, desk), claim.made_at, claim.by))
    return Reason("claim-ended", by=last.by, until=last_day(last, desk), names=names), *_unplanned(issue, desk)


def _unplanned(issue: Issue, desk: Desk) -> tuple[Reason, ...]:
    labels = desk.handbook.labels
    if labels.unplanned in issue.labels and labels.deliverable not in issue.labels:
        return (Reason("unplanned"),)
    return ()


def lacks_for_triage(issue: Issue, desk: Desk) -> tuple[str, ...]:
    """What full triage would still add: a milestone, and a group, a priority and a type where the handbook has any."""
    says = desk.read(issue)
    lacks = ["a milestone"] if issue.milestone is None else []
    if desk.terms.groups and not says.group:
        lacks.append("a group label")
    if desk.terms.priorities and says.priority is None:
        lacks.append("a priority label")
    if desk.terms.types and desk.terms.types.isdisjoint(issue.labels):
        lacks.append("a type label")
    return tuple(lacks)
