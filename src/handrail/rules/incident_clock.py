"""How long an incident has waited: day and night, but not on weekends and public holidays of the team.

A red branch is not left for the morning, since somebody of the team is nearly always at work. A weekend is not worked
through: what would fall due then falls due as much later as the weekend is long (definitions, red default branch).
"""

from datetime import datetime, timedelta

from handrail.model.clocks import Clock
from handrail.rules.desk import Desk
from handrail.worktime.calendar import WorkCalendar

_AHEAD = timedelta(days=31)
"""How far days off are looked up beyond what is asked: no holidays last longer."""


def elapsed(start: datetime, end: datetime, calendar: WorkCalendar) -> int:
    """Seconds from ``start`` to ``end`` without days off; 0 when the end is not after the start."""
    if end <= start:
        return 0
    off = sum((last - first for first, last in _days_off(start, end, calendar)), timedelta())
    return max(0, round((end - start - off).total_seconds()))


def due(start: datetime, seconds: int, calendar: WorkCalendar) -> datetime:
    """The first instant at which so many seconds have elapsed since ``start``."""
    at, left = start, timedelta(seconds=seconds)
    for first, last in _days_off(start, start + left + _AHEAD, calendar):
        if first - at >= left:
            break
        left -= first - at
        at = last
    return at + left


def clock(start: datetime, hours: float, desk: Desk) -> Clock:
    """The clock of an incident's SLO; near breaching from the same share of it on as the review SLO's."""
    limit = round(hours * 3600)
    used = elapsed(start, desk.snapshot.now, desk.snapshot.calendars[""])
    if used >= limit:
        return Clock(start, used, limit, "breaching")
    near = used >= limit * desk.handbook.work_queue.review_slo.near
    return Clock(start, used, limit, "near-breaching" if near else "non-breaching")


def due_of(running: Clock, desk: Desk) -> datetime:
    """When an incident's clock runs out."""
    return due(running.start, running.limit, desk.snapshot.calendars[""])


def _days_off(start: datetime, end: datetime, calendar: WorkCalendar) -> list[tuple[datetime, datetime]]:
    return [(pause.start, pause.end) for pause in calendar.pauses(start, end) if pause.why != "night"]
