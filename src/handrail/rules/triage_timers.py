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

RULE, CLAUSE = "triage", "triage.timers"


def answer(issue: Issue, label: str, days: int, desk: Desk) -> Iterator[Finding]:
    """Whether the author has answered, may be reminded, or has let the time pass. Each word starts the time anew."""
    since = issue.label_since.get(label)
    spoke = issue.last_human_at
    if spoke is not None and issue.last_human_by == issue.author and (since is None or spoke > since):
        yield _answered(issue, label, spoke, desk)
        return
    start = max(since or issue.created_at, spoke or issue.created_at)
    half, end = start + timedelta(days=days / 2), start + timedelta(days=days)
    if desk.snapshot.now >= end:
        yield _unanswered(issue, label, start, days, desk)
    elif desk.snapshot.now >= half:
        says = f"It has waited for an answer since {_day(start, desk)} and is closed on {_day(end, desk)} without one."
        asks = f"{says} A few words are enough, even that it no longer matters: with them we know how to go on."
        to = () if issue.author in desk.terms.bots else (issue.author,)
        topic = f"answer-{desk.date_of(start)}"
        comment = reminder(desk, topic, half, to, "thank you for writing this down", asks)
        remedies = (Remedy(comment, expects=(Expectation("label", label),)),) if comment else ()
        yield Finding(RULE, CLAUSE, issue.ref, "answer-due", says, _put_on(issue, label), who=to, remedies=remedies)


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


def _answered(issue: Issue, label: str, spoke: datetime, desk: Desk) -> Finding:
    """The label may go; where nobody knows when it was put on, the answer may be older than the question."""
    who = desk.voice.name(issue.author)
    evidence = (*_put_on(issue, label), Evidence(f"{who} has said something", spoke))
    says = f"{who}, who wrote it, has said something on {_day(spoke, desk)}, and it still has {marked((label,))}."
    since = issue.label_since.get(label)
    remedies = (Remedy(RemoveLabels((label,))),) if since else ()
    # It comes off once for each time that somebody has put it on.
    period = desk.date_of(since).isoformat() if since else ""
    owners = desk.owners(issue)
    return Finding(RULE, CLAUSE, issue.ref, "answered", says, evidence, "note", owners, remedies, period)


def _unanswered(issue: Issue, label: str, start: datetime, days: int, desk: Desk) -> Finding:
    says = f"It has waited for an answer since {_day(start, desk)}, longer than {days} days."
    asks = (
        f"It has waited for an answer since {_day(start, desk)}, so it is closed for now. An answer is welcome at any "
        "time, and it is opened again with it."
    )
    day = desk.date_of(start)
    still = (Expectation("quiet since", start.isoformat()), Expectation("label", label))
    remedies = closing(issue, desk, f"unanswered-{day}", "thank you for writing this down", asks, still)
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
