"""Whether GitLab has the milestones that the release calendar asks for, on its dates (clause milestone.scheduling).

GitLab's own milestones win over the calendar, so a difference is told to EM and PM and changes nothing.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from handrail.model.actions import Evidence
from handrail.model.findings import TEAM, Finding, milestone_subject
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
    yield Finding(
        RULE,
        "milestone.scheduling",
        milestone_subject(title),
        "no-next",
        says,
        (Evidence(f"{title} is the last milestone with dates", desk.midnight(due)),),
        "warning" if near else "note",
        desk.managers,
        period=title,
    )


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
    yield Finding(
        RULE,
        "milestone.scheduling",
        milestone_subject(title),
        "dates",
        says,
        evidence,
        "warning" if over else "note",
        desk.managers,
        period=title,
    )
