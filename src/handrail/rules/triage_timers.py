"""The labels of triage that may stay for a time only: a part of the rule ``triage`` (clause triage.timers).

Waiting for an answer ends by closing, with a reminder at half time; a discussion or an investigation ends by a
reminder to those who can decide. The handbook's ``triage.timers_days`` say how long each may last.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from handrail.model.actions import Evidence, Expectation, RemoveLabels
from handrail.model.findings import Finding, Remedy
from handrail.model.items import Issue
from handrail.rules.closing import closing
from handrail.rules.desk import Desk, marked
from handrail.rules.reminders import reminder
from handrail.rules.reopening import IS_LOOKED_AT

RULE, CLAUSE = "triage", "triage.timers"


def answer(issue: Issue, label: str, days: int, desk: Desk) -> Iterator[Finding]:
    """Whether somebody has answered, the author may be reminded, or the time has passed. Each word starts it anew.

    What somebody has, or a merge request would close, stays open without an answer.
    """
    since = issue.label_since.get(label)
    answers = [(at, by) for by, at in _said(issue).items() if _is_answer(by, issue, label, desk)]
    answers = [one for one in answers if since is None or one[0] > since]
    if answers:
        yield _answered(issue, label, *max(answers), desk)
        return
    start = max(since or issue.created_at, issue.last_human_at or issue.created_at)
    half, end = start + timedelta(days=days / 2), start + timedelta(days=days)
    begun = bool(issue.assignees) or any(linked.state == "opened" for linked in issue.merge_requests)
    if desk.snapshot.now >= end:
        yield _unanswered(issue, label, start, days, desk, begun=begun)
    elif desk.snapshot.now >= half and not begun:
        says = f"It has waited for an answer since {_day(start, desk)} and is closed on {_day(end, desk)} without one."
        asks = f"{says} A few words are enough, even that it no longer matters: with them we know how to go on."
        to = () if issue.author in desk.terms.bots else (issue.author,)
        topic = f"answer-{desk.date_of(start)}"
        comment = reminder(desk, topic, half, to, "thank you for writing this down", asks)
        remedies = (Remedy(comment, expects=(Expectation("label", label),)),) if comment else ()
        yield Finding(RULE, CLAUSE, issue.ref, "answer-due", says, _put_on(issue, label), who=to, remedies=remedies)


def _said(issue: Issue) -> dict[str, datetime]:
    """Who said something last when, as far as is known."""
    if issue.last_human_at is None:
        return issue.spoke
    return {**issue.spoke, issue.last_human_by: issue.last_human_at}


def _is_answer(by: str, issue: Issue, label: str, desk: Desk) -> bool:
    """Whether a person's word can be what is waited for: the author's, or somebody's outside the team.

    Whoever put the label on is the one who asks; of an author who does, anybody else may be asked.
    """
    asker = issue.label_by.get(label)
    return by != asker and (issue.author in {by, asker} or not desk.is_member(by))


def decision(issue: Issue, label: str, days: int, desk: Desk, *, of_maintainers: bool) -> Iterator[Finding]:
    """Whether something that was to be discussed or looked into has been so for too long."""
    start = issue.label_since.get(label) or issue.created_at
    end = start + timedelta(days=days)
    if desk.snapshot.now < end:
        return
    known = "" if label in issue.label_since else ", as far as is known,"
    says = f"It has had {marked((label,))}{known} since {_day(start, desk)}, longer than {days} days."
    asks = (
        f"It has had {marked((label,))} since {_day(start, desk)}. Could you write down where it stands, and whether "
        "it is scheduled, closed or needs something else first? Then whoever wrote it knows what to expect."
    )
    topic = f"{'-'.join(label.casefold().split())}-{desk.date_of(start)}"
    who = _deciders(issue, desk) if of_maintainers else desk.owners(issue) or desk.managers
    comment = reminder(desk, topic, end, who, "thank you for looking into this", asks)
    remedies = (Remedy(comment, expects=(Expectation("label", label),)),) if comment else ()
    evidence = _put_on(issue, label)
    yield Finding(RULE, CLAUSE, issue.ref, "decision-due", says, evidence, "warning", who, remedies)


def _answered(issue: Issue, label: str, spoke: datetime, by: str, desk: Desk) -> Finding:
    """The label may go; where nobody knows when it was put on, the answer may be older than the question."""
    who = desk.voice.name(by)
    evidence = (*_put_on(issue, label), Evidence(f"{who} has said something", spoke))
    as_author = ", who wrote it," if by == issue.author else ""
    says = f"{who}{as_author} has said something on {_day(spoke, desk)}, and it still has {marked((label,))}."
    since = issue.label_since.get(label)
    remedies = (Remedy(RemoveLabels((label,))),) if since else ()
    # It comes off once for each time that somebody has put it on.
    period = desk.date_of(since).isoformat() if since else ""
    owners = desk.owners(issue)
    return Finding(RULE, CLAUSE, issue.ref, "answered", says, evidence, "note", owners, remedies, period)


def _unanswered(issue: Issue, label: str, start: datetime, days: int, desk: Desk, *, begun: bool) -> Finding:
    says = f"It has waited for an answer since {_day(start, desk)}, longer than {days} days."
    asks = (
        f"It has waited for an answer since {_day(start, desk)}, so it is closed for now. An answer is still welcome. "
        f"{IS_LOOKED_AT}"
    )
    day = desk.date_of(start)
    still = (Expectation("quiet since", start.isoformat()), Expectation("label", label), Expectation("unassigned"))
    thanks = "thank you for writing this down"
    remedies = () if begun else closing(issue, desk, f"unanswered-{day}", thanks, asks, still)
    evidence, who = _put_on(issue, label), desk.owners(issue)
    return Finding(
        RULE,
        CLAUSE,
        issue.ref,
        "unanswered",
        says,
        evidence,
        "warning",
        who,
        remedies,
        period=day.isoformat(),
    )


def _deciders(issue: Issue, desk: Desk) -> tuple[str, ...]:
    """The maintainers of its project who are of the team, those of its group alone if there are any; else managers."""
    maintainers = sorted(name for name in desk.snapshot.may_merge(issue.project) if desk.is_member(name))
    group = desk.read(issue).group
    nearest = [name for name in maintainers if group in desk.snapshot.people[name].groups]
    return tuple(nearest or maintainers) or desk.managers


def _put_on(issue: Issue, label: str) -> tuple[Evidence, ...]:
    since = issue.label_since.get(label)
    if since is None:
        return (Evidence(f"since when it has {marked((label,))} is not known; it was opened", issue.created_at),)
    return (Evidence(f"{marked((label,))} was put on", since),)


def _day(instant: datetime, desk: Desk) -> str:
    return desk.voice.day(desk.date_of(instant))
