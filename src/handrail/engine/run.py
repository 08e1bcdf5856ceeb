"""One round without anybody at the keyboard: what the handbook lets be applied is, the rest waits for a yes."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from handrail.engine.apply import Outcome, Report, apply
from handrail.engine.assemble import KnownHolidays, assemble
from handrail.engine.evaluate import evaluate
from handrail.gitlab.reader import Reader
from handrail.gitlab.writer import Writer
from handrail.handbook.schema import Handbook
from handrail.model.actions import Action
from handrail.model.plans import Plan
from handrail.plan.planner import too_large, words_of
from handrail.store.database import Store

HANDBOOK = "the handbook"
"""Who approves what a rule in mode ``apply`` does: the team did, in its handbook."""


@dataclass(frozen=True)
class Round:
    """What a round came to: the plan whole, what became of what was due, and what waits."""

    plan: Plan
    applied: Report
    waiting: tuple[Action, ...]
    """For a person's yes."""
    unsaid: tuple[Action, ...]
    """Comments that the noise budget holds back: each stands in the ``next`` of whom it would address."""


def keep(plan: Plan, handbook: Handbook, store: Store, now: datetime, waiting: Sequence[Action] = ()) -> list[Action]:
    """Note in the journal what waits for a yes, and what a plan leaves unsaid, with the reason; the latter."""
    why = {one.action.key: one.why for one in plan.refused if one.unsaid}
    unsaid = [one.action for one in plan.refused if one.unsaid]
    told = [(action, words_of(action, handbook)) for action in (*waiting, *unsaid)]
    store.journal.propose(told, plan.digest, now, why)
    return unsaid


def run_once(
    handbook: Handbook,
    reader: Reader,
    writer: Writer,
    store: Store,
    now: datetime,
    holidays: KnownHolidays,
    progress: Callable[[Outcome], None] = lambda _: None,
) -> Round:
    """Evaluate what is stored, apply what is due in mode ``apply``, and keep what waits in the journal.

    Where what is due is larger than the handbook allows, none of it is applied: it waits with the rest.
    """
    snapshot = assemble(store.facts(now), handbook, None, holidays, closed=True)
    plan = evaluate(snapshot, handbook, store.journal.known(now)).plan
    actions = tuple(action for action in plan.actions if action.mode == "apply")
    due = replace(plan, actions=actions, too_large=too_large(actions, snapshot, handbook))
    if due.too_large:
        due = replace(due, actions=())
    waiting = tuple(action for action in plan.actions if action not in due.actions)
    unsaid = tuple(keep(plan, handbook, store, now, waiting))
    store.journal.withdraw({action.key for action in (*waiting, *unsaid)}, now)
    report = Report()
    if due.actions:
        report = apply(replace(due, too_large=""), handbook, reader, writer, store, HANDBOOK, now, progress=progress)
    return Round(plan, report, waiting, unsaid)
