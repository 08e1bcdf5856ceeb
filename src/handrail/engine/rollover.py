"""What somebody moves to the next milestone when one ends: their own, or, as EM or PM, the rest of the team's."""

from dataclasses import dataclass
from datetime import date, timedelta

from handrail.errors import UserError
from handrail.model.plans import Known, Plan
from handrail.plan.planner import make_plan
from handrail.rules.catalogue import rules, settings_of
from handrail.rules.desk import Desk
from handrail.rules.milestone_planning import Settings
from handrail.rules.rollover import RULE, rollover_of


@dataclass(frozen=True)
class RollingOver:
    """The plan that moves what is to be moved now, or the reason why nothing is yet."""

    plan: Plan
    not_yet: str
    """A sentence: the milestone runs, and from when on its issues can move; empty where there is something."""


def rolling_over(username: str, desk: Desk, known: Known, *, team: bool = False) -> RollingOver:
    """What somebody moves. ``team``: the rest of the team's. Raises UserError where that is not theirs to confirm.

    What somebody took back is not moved over their head, and is theirs to move again.
    """
    if team and username not in desk.managers:
        raise UserError("The team's rollover is for EM and PM to confirm: your own issues are yours to move.")
    settings = settings_of(desk.handbook, rules()[RULE])
    assert isinstance(settings, Settings)
    days = settings.remind_days_before
    found = rollover_of("" if team else username, desk, settings.rollover, days)
    if not found:
        return RollingOver(Plan(desk.snapshot.now), _not_yet(desk, days))
    return RollingOver(make_plan(found, desk.snapshot, desk.handbook, known if team else None), "")


def _not_yet(desk: Desk, days: int) -> str:
    running = desk.milestone_on(desk.snapshot.today)
    due: date | None = desk.due_of(running) if running else None
    begins = due - timedelta(days=days) if due else None
    if begins is None or due is None or begins <= desk.snapshot.today:
        return ""
    says = desk.voice.day
    return f"Nothing to move: {running} ends on {says(due)}, and its issues can move from {says(begins)}."
