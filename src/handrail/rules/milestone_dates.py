"""Whether GitLab has the milestones that the release calendar asks for, open and on its dates (milestone.scheduling).

GitLab's own milestones win over the calendar, so a difference is told to EM and PM and changes nothing.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from handrail.model.actions import Evidence
from handrail.model.findings import TEAM, Finding, Severity, milestone_subject
from handrail.model.planning import Milestone
from handrail.rules.desk import Desk
from handrail.rules.rollover import RULE, known_next, next_milestone
from handrail.worktime import release_calendar


def no_next(title: str, due: date, near_days: int, desk: Desk) -> Iterator[Finding]:
    """That GitLab has nothing after a running milestone: the sooner it ends, the worse."""
    if not _has_dated(desk) or known_next(title, due, desk) is not None:
        return
    to = next_milestone(title, desk)
    wanted = f": {to} is the one that follows" if to else ""
    says = f"{title} ends on {desk.voice.day(due)}, and GitLab has no milestone after it{wanted}."
    near = due - desk.snapshot.today <= timedelta(days=near_days)
    evidence = (Evidence(f"{title} is the last milestone with dates", desk.midnight(due)),)
    yield _finding("no-next", title, says, evidence, "warning" if near else "note", desk)


def none_running(desk: Desk) -> Iterator[Finding]:
    """That no milestone runs, because one ended early, or the next was never made."""
    computed = release_calendar.milestone_on(desk.snapshot.today)
    if computed is None or desk.snapshot.current_milestones or not _has_dated(desk):
        return
    says = (
        f"None of GitLab’s milestones runs today; by the release calendar it is {computed.title}, "
        f"from {desk.voice.day(computed.start)} to {desk.voice.day(computed.due)}."
    )
    evidence = (Evidence(f"{computed.title} begins by the release calendar", desk.midnight(computed.start)),)
    yield Finding(
        RULE,
        "milestone.scheduling",
        TEAM,
        "none-running",
        says,
        evidence,
        "warning",
        desk.managers,
        period=computed.title,
    )


def _has_dated(desk: Desk) -> bool:
    return any(one.start and one.due for one in desk.snapshot.milestones.values())


def missing(title: str, due: date, desk: Desk) -> Iterator[Finding]:
    """That GitLab goes on after a release's milestone, and leaves the next release's out."""
    follows, goes_on = release_calendar.next_title(title), known_next(title, due, desk)
    if due < desk.snapshot.today or follows is None or goes_on is None or follows in desk.snapshot.milestones:
        return
    says = f"By the release calendar {title} is followed by {follows}, and GitLab has none: it goes on with {goes_on}."
    evidence = (Evidence(f"{goes_on} is the next milestone that GitLab has"),)
    yield _finding("missing", title, says, evidence, "note", desk)


def closed_early(milestone: Milestone, desk: Desk) -> Iterator[Finding]:
    """That somebody closed a milestone before its last day was over: who looks for open ones passes its work over."""
    assert milestone.due is not None
    if milestone.state == "active" or milestone.due < desk.snapshot.today:
        return
    title, count = milestone.title, len(desk.in_milestone(milestone.title))
    left = f"; {count} of the team’s items in it {'is' if count == 1 else 'are'} open" if count else ""
    says = f"{title} is closed on GitLab, and its last day is {desk.voice.day(milestone.due)}{left}."
    evidence = (Evidence(f"{title} ends on GitLab", desk.midnight(milestone.due)),)
    yield _finding("closed-early", title, says, evidence, "warning", desk)


def other_dates(title: str, start: date, due: date, desk: Desk) -> Iterator[Finding]:
    """That a milestone is dated otherwise than the release calendar; graver where it has ended early."""
    computed = release_calendar.milestone(title)
    if computed is None or (computed.start, computed.due) == (start, due):
        return
    day, today = desk.voice.day, desk.snapshot.today
    says = (
        f"{title} runs from {day(start)} to {day(due)} on GitLab, and from {day(computed.start)} to "
        f"{day(computed.due)} by the release calendar."
    )
    evidence = (
        Evidence(f"{title} is due on GitLab", desk.midnight(due)),
        Evidence(f"{title} is due by the release calendar", desk.midnight(computed.due)),
    )
    over = due < today <= computed.due
    yield _finding("dates", title, says, evidence, "warning" if over else "note", desk)


def _finding(
    code: str, title: str, says: str, evidence: tuple[Evidence, ...], severity: Severity, desk: Desk
) -> Finding:
    subject = milestone_subject(title)
    return Finding(RULE, "milestone.scheduling", subject, code, says, evidence, severity, desk.managers, period=title)
