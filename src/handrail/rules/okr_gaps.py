"""OKRs of a quarter that is planned or runs, which nobody owns or no issue scopes (clauses quarter.scope and .final).

Said from the day on which scoping begins; asked of the owner, or of EM and PM, when the month's end is near; a breach
from its last business day on, until the OKR is scoped or its quarter ends.
"""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from handrail.model.actions import Evidence
from handrail.model.findings import Finding, Remedy, Severity
from handrail.rules.desk import Desk
from handrail.rules.okrs import Okr
from handrail.rules.quarter_steps import PlannedQuarter
from handrail.rules.reminders import reminder

RULE = "quarterly_planning"
"""The rule whose findings these are."""
SCOPE, FINAL = "quarter.scope", "quarter.final"


def gaps(quarter: PlannedQuarter, okrs: Iterable[Okr], near_days: int, desk: Desk) -> Iterator[Finding]:
    """What the quarter's ``okrs`` lack; the month's end is near ``near_days`` before its last business day."""
    today = desk.snapshot.today
    begun = any(step.clause == SCOPE and step.first <= today for step in quarter.steps)
    near = today >= quarter.last_day - timedelta(days=near_days)
    severity: Severity = "breach" if today >= quarter.last_day else "warning" if near else "note"
    for okr in okrs:
        if begun and not okr.is_scoped:
            yield _gap(okr, quarter, severity, near_days, desk)


def lacks(okr: Okr) -> str:
    """What an open OKR lacks, in words; nothing for one that is scoped."""
    missing = ["nobody owns it"] * (not okr.owner) + ["no issue scopes it"] * (not okr.scoping)
    return ", ".join(missing) if okr.is_open else ""


def _gap(okr: Okr, quarter: PlannedQuarter, severity: Severity, near_days: int, desk: Desk) -> Finding:
    day, over = desk.voice.day(quarter.last_day), desk.snapshot.today > quarter.last_day
    until, by = (f"scoping was final on {day}", "") if over else (f"scoping is final on {day}", f" by {day}")
    who: tuple[str, ...] = (okr.owner,) if okr.owner else desk.managers
    if okr.owner:
        code = "unscoped"
        says = f"No issue scopes the OKR “{okr.title}” of {quarter.name} yet; {until}."
        asks = (
            f"Could you link the issues that scope it{by}? One for each piece that you can see today is enough: "
            "with them others can join in."
        )
    else:
        code = "no-owner"
        says = f"Nobody of the team owns the OKR “{okr.title}” of {quarter.name} yet; {until}."
        asks = f"Could you find somebody who takes it{by}? Whoever is assigned can then scope it with others."
    final = desk.midnight(quarter.last_day)
    change = None
    if severity != "note":
        since = desk.midnight(quarter.last_day - timedelta(days=near_days))
        change = reminder(desk, quarter.topic(code), since, who, f"thank you for planning {quarter.name}", asks)
    return Finding(
        RULE,
        SCOPE if severity == "note" else FINAL,
        okr.ref,
        code,
        says,
        (Evidence(until, final),),
        severity,
        who,
        (Remedy(change),) if change else (),
        quarter.label,
    )
