"""Merge requests in the work queue: picking up reviews on the SLO's clock, and unblocking those under review."""

from datetime import datetime

from msgspec.structs import replace

from handrail.model.items import MergeRequest, Reviewer
from handrail.model.queue import Reason, TriageFinding, Waiting
from handrail.rules.desk import NO_ROW, Desk
from handrail.rules.terms import Says, Standing
from handrail.rules.turns import Turn, due_first, is_unanswered, outstanding, whose_turn
from handrail.rules.verdict import Place, Verdict


def consider(mr: MergeRequest, says: Says, desk: Desk) -> Verdict:
    """What the workflow says about an open merge request."""
    mr = _of_people(mr, desk)
    workflow = desk.handbook.workflow
    in_review = workflow.in_review in mr.labels
    ready = workflow.ready_for_review in mr.labels
    concerned = (mr.author, *(reviewer.username for reviewer in mr.reviewers))
    if not says.ours and not any(desk.is_member(name) for name in concerned):
        return Verdict(parked=Reason("elsewhere"))
    if mr.draft and not in_review:
        return Verdict(parked=Reason("still-draft", by=mr.author))
    # Whoever was asked is asked, and a round that began is under review, whatever the labels still say: nothing is lost
    # to a forgotten label.
    waiting = tuple(reviewer for reviewer in mr.reviewers if is_unanswered(reviewer))
    if in_review or (mr.reviewers and not waiting):
        return _in_review(mr, says, desk)
    if waiting:
        return _ready(mr, says, desk, waiting)
    if ready and says.ours:
        return _open_to_all(mr, says, desk)
    if not says.ours:
        return Verdict(parked=Reason("elsewhere"))
    lacks = f"{workflow.ready_for_review} or {workflow.in_review}"
    return Verdict(finding=TriageFinding(mr, (lacks,), NO_ROW))


def _of_people(mr: MergeRequest, desk: Desk) -> MergeRequest:
    """The merge request with its reviews by people: GitLab lists bots, and an author who answers, as reviewers too."""
    reviewers = tuple(r for r in mr.reviewers if r.username != mr.author and r.username not in desk.terms.bots)
    approvals = tuple(r.username for r in reviewers if r.state == "approved" and r.username not in mr.approved_by)
    if len(reviewers) == len(mr.reviewers) and not approvals:
        return mr
    return replace(mr, reviewers=reviewers, approved_by=(*mr.approved_by, *approvals))


def _ready(mr: MergeRequest, says: Says, desk: Desk, waiting: tuple[Reviewer, ...]) -> Verdict:
    """Ready for review, for those who were asked."""
    ready_at = mr.label_since.get(desk.handbook.workflow.ready_for_review)
    due = due_first(waiting, _maintainers(mr, desk), slo_at_risk=_at_risk(mr, says, desk, waiting, ready_at))
    members = [reviewer for reviewer in due if desk.is_member(reviewer.username)]
    standing = _standing(mr, says, "ready for review", None)
    if not members:
        since = min((r.requested_at for r in due if r.requested_at), default=ready_at or mr.created_at)
        return _waiting_for(mr, desk, tuple(r.username for r in due), since, standing)
    places: list[Place] = []
    absent: list[Reviewer] = []
    for reviewer in members:
        if desk.is_absent(reviewer.username):
            absent.append(reviewer)
            continue
        start = _start(reviewer, ready_at, mr.created_at)
        verdict = _pick_up(mr, says, desk, start, reviewer.username)
        if verdict.finding is not None:
            return verdict
        places += verdict.places
        standing = verdict.standing or standing
    if places or not absent:
        return Verdict(places=tuple(places), standing=standing)
    start = _start(absent[0], ready_at, mr.created_at)
    reason = Reason("asked", by=mr.author, at=start)
    turn = Turn("reviewer", tuple(r.username for r in absent), start, reason)
    return _stand_in(mr, says, desk, turn, "ready for review")


def _pick_up(mr: MergeRequest, says: Says, desk: Desk, start: datetime, reviewer: str) -> Verdict:
    """For one reviewer, on their own clock; a community merge request has none and ranks as non-breaching."""
    clock = None if says.community else desk.clock(start, reviewer, ours=says.ours)
    standing = _standing(mr, says, "ready for review", clock.state if clock else "non-breaching")
    reasons = [Reason("community" if says.community else "on-slo", at=start, by=mr.author)]
    if not says.ours:
        reasons.append(Reason("other-group"))
    entry = desk.file(mr, standing, start, tuple(reasons), clock)
    return desk.verdict(standing, mr, entry, people=(reviewer,))


def _open_to_all(mr: MergeRequest, says: Says, desk: Desk) -> Verdict:
    """Ready for review and nobody asked: for everyone the handbook lets pick it up, but its author."""
    start = _review_since(mr, desk)
    clock = None if says.community else desk.clock(start, "", ours=says.ours)
    standing = _standing(mr, says, "ready for review", clock.state if clock else "non-breaching")
    code = "community" if says.community else "on-slo"
    reasons = (Reason(code, at=start, by=mr.author), Reason("nobody-asked"))
    entry = desk.file(mr, standing, start, reasons, clock)
    return desk.verdict(standing, mr, entry, pool=desk.pool(says), but=(mr.author,))


def _in_review(mr: MergeRequest, says: Says, desk: Desk) -> Verdict:
    since = _review_since(mr, desk)
    risk = _at_risk(mr, says, desk, outstanding(mr), mr.label_since.get(desk.handbook.workflow.ready_for_review))
    turn = whose_turn(mr, since, _maintainers(mr, desk), slo_at_risk=risk)
    if turn.reason.code == "no-reviewer" and not desk.is_member(mr.author):
        return _open_to_all(mr, says, desk)
    standing = _standing(mr, says, "in review", None)
    present = tuple(name for name in turn.people if desk.is_available(name))
    if not present:
        if any(desk.is_member(name) for name in turn.people):
            return _stand_in(mr, says, desk, turn, "in review")
        return _waiting_for(mr, desk, turn.people, turn.since, standing, turn.reason)
    reasons = (turn.reason,) if says.ours else (turn.reason, Reason("other-group"))
    if turn.reason.code not in _ON_THE_CLOCK or says.community:
        verdict = desk.verdict(standing, mr, desk.file(mr, standing, turn.since, reasons), people=present)
    else:
        verdict = Verdict(standing=standing)
        asked = {reviewer.username: reviewer.requested_at for reviewer in mr.reviewers}
        for name in present:
            start = asked[name] or turn.since
            own = (replace(turn.reason, at=start), *reasons[1:])
            entry = desk.file(mr, standing, start, own, desk.clock(start, name, ours=says.ours))
            one = desk.verdict(standing, mr, entry, people=(name,))
            verdict = replace(one, places=(*verdict.places, *one.places))
    return verdict if verdict.finding else _and_others_wait(verdict, mr, desk, turn, present)


_ON_THE_CLOCK = frozenset({"asked", "asked-again", "maintainer-asked"})
"""The turns that a review request began: the response SLO runs."""


def _stand_in(mr: MergeRequest, says: Says, desk: Desk, turn: Turn, stage: str) -> Verdict:
    """The turn of somebody who is away, with those whom the handbook names in their place."""
    absent = next(name for name in turn.people if desk.is_member(name))
    back = desk.back_on(absent)
    rule = getattr(desk.handbook.work_queue.stand_ins, turn.part)
    reasons = (Reason("stand-in", by=absent, until=back), turn.reason)
    slo = None
    clock = None
    if stage == "ready for review" or turn.reason.code in _ON_THE_CLOCK:
        clock = None if says.community else desk.clock(turn.since, "", ours=says.ours)
        slo = clock.state if clock else "non-breaching"
    standing = _standing(mr, says, stage, slo if stage == "ready for review" else None)
    entry = desk.file(mr, standing, turn.since, reasons, clock)
    if rule in {"group", "team"}:
        pool = says.group if rule == "group" else ""
        return desk.verdict(standing, mr, entry, pool=pool, but=(mr.author, *turn.people))
    names = _maintainers(mr, desk) if rule == "maintainers" else {reviewer.username for reviewer in mr.reviewers}
    others = names - {mr.author, *turn.people}
    people = tuple(sorted(name for name in others if desk.is_available(name)))
    if not people:
        return _waiting_for(mr, desk, turn.people, turn.since, standing, Reason("away", by=absent, until=back))
    return desk.verdict(standing, mr, entry, people=people)


def _waiting_for(
    mr: MergeRequest,
    desk: Desk,
    on: tuple[str, ...],
    since: datetime,
    standing: Standing,
    reason: Reason | None = None,
) -> Verdict:
    """Nobody of the team can move it: those concerned see what it waits for."""
    why = reason or Reason("asked", by=mr.author, at=since)
    people = tuple(name for name in _concerned(mr) if desk.is_member(name) and name not in on)
    return Verdict(waiting=Waiting(mr, people, on, since, why), parked=why, standing=standing)


def _and_others_wait(verdict: Verdict, mr: MergeRequest, desk: Desk, turn: Turn, actors: tuple[str, ...]) -> Verdict:
    people = tuple(name for name in _concerned(mr) if desk.is_member(name) and name not in actors)
    if not people:
        return verdict
    waiting = Waiting(mr, people, actors, turn.since, turn.reason)
    return Verdict(places=verdict.places, waiting=waiting, standing=verdict.standing)


def _concerned(mr: MergeRequest) -> tuple[str, ...]:
    return tuple(dict.fromkeys((mr.author, *(reviewer.username for reviewer in mr.reviewers))))


def _standing(mr: MergeRequest, says: Says, stage: str, slo: str | None) -> Standing:
    return Standing("merge request", stage, says.priority, slo, mr.labels)


def _maintainers(mr: MergeRequest, desk: Desk) -> frozenset[str]:
    return desk.snapshot.may_merge(mr.project)


def _review_since(mr: MergeRequest, desk: Desk) -> datetime:
    """Since when it is under review, else ready for it; since its creation where neither is known."""
    workflow = desk.handbook.workflow
    return mr.label_since.get(workflow.in_review) or mr.label_since.get(workflow.ready_for_review) or mr.created_at


def _start(reviewer: Reviewer, ready_at: datetime | None, created_at: datetime) -> datetime:
    """The later of ready and (re-)requested; the creation where neither is known."""
    known = [at for at in (ready_at, reviewer.requested_at) if at is not None]
    return max(known, default=created_at)


def _at_risk(
    mr: MergeRequest, says: Says, desk: Desk, waiting: tuple[Reviewer, ...], ready_at: datetime | None
) -> bool:
    """Whether the SLO of a reviewer whom a maintainer waits for is near breaching or past it."""
    if len(waiting) < 2 or says.community:
        return False
    others = [reviewer for reviewer in waiting if reviewer.username not in _maintainers(mr, desk)]
    clocks = [desk.clock(_start(r, ready_at, mr.created_at), r.username, ours=says.ours) for r in others]
    return any(clock.state != "non-breaching" for clock in clocks)
