"""One round without anybody at the keyboard: what the handbook lets be applied is, the rest waits for a yes."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from msgspec.structs import replace

from handrail.engine.apply import Outcome, Report, Today, apply
from handrail.engine.assemble import KnownHolidays, assemble
from handrail.engine.evaluate import evaluate
from handrail.engine.intake import take_in
from handrail.gitlab.reader import Reader
from handrail.gitlab.writer import Writer
from handrail.handbook.schema import Handbook
from handrail.model.actions import Action
from handrail.model.asked import Asked
from handrail.model.plans import Plan
from handrail.plan.planner import speaker, too_large, words_of
from handrail.store.database import Store

HANDBOOK = "the handbook"
"""Who approves what a rule in mode ``apply`` does: the team did, in its handbook."""


@dataclass(frozen=True)
class Round:
    """What a round came to: the plan whole, what became of what was due, and what waits."""

    plan: Plan
    applied: Report
    waiting: tuple[Action, ...]
    """For a person's yes: what is in mode ``propose``, and what is due and larger than the handbook allows."""
    unsaid: tuple[Action, ...]
    """Comments that the noise budget holds back: each stands in the ``next`` of whom it would address."""
    resting: tuple[Action, ...] = ()
    """Due, but GitLab refused it a while ago, or what belongs to it: it is tried again later."""
    unread: tuple[Action, ...] = ()
    """Due, but of what could not be read today, or together with it: it waits until that can be."""
    passed: tuple[Asked, ...] = ()
    """What was taken in after its shift, and went to whoever is on duty now."""
    took_in: bool = False
    """Whether anything was taken in, or followed."""


def keep(plan: Plan, handbook: Handbook, store: Store, now: datetime, waiting: Sequence[Action] = ()) -> list[Action]:
    """Note in the journal what waits for a yes, and what a plan leaves unsaid, with the reason; the latter."""
    why = {one.action.key: one.why for one in plan.refused if one.unsaid}
    unsaid = [one.action for one in plan.refused if one.unsaid]
    told = [(action, words_of(action, handbook)) for action in (*waiting, *unsaid)]
    store.journal.propose(told, plan.digest, now, why)
    return unsaid


def run_once(  # noqa: PLR0913  # what it reads, writes and keeps
    handbook: Handbook,
    reader: Reader,
    writer: Writer,
    store: Store,
    now: datetime,
    holidays: KnownHolidays,
    progress: Callable[[Outcome], None] = lambda _: None,
    *,
    is_unread: Callable[[str], bool] = lambda _: False,
) -> Round:
    """Evaluate what is stored, apply what is due in mode ``apply``, and keep what waits in the journal.

    ``is_unread``: says of an item's reference or a project's path that what is known of it may be out of date: nothing
    is done there. Where what is due is larger than the handbook allows, none of it is applied: it waits with the rest.
    """
    known = store.journal.known(now)
    before = assemble(store.facts(now), handbook, None, holidays, closed=True)
    snapshot = take_in(store, before, handbook, known)
    plan = evaluate(snapshot, handbook, known).plan
    of_the_handbook = tuple(action for action in plan.actions if action.mode == "apply")
    resting = _with_theirs(of_the_handbook, store.journal.resting(now))
    unread = _with_theirs(of_the_handbook, {one.key for one in of_the_handbook if is_unread(one.subject)})
    actions = tuple(action for action in of_the_handbook if action not in (*resting, *unread))
    due = replace(plan, actions=actions, too_large=too_large(actions, snapshot, handbook))
    if due.too_large:
        due = replace(due, actions=())
    waiting = tuple(action for action in plan.actions if action not in (*due.actions, *resting, *unread))
    unsaid = tuple(keep(plan, handbook, store, now, waiting))
    store.journal.withdraw({action.key for action in (*waiting, *unsaid)}, now)
    report = Report()
    if due.actions:
        today, due = Today(speaker(snapshot, handbook, known)), replace(due, too_large="")
        report = apply(due, handbook, reader, writer, store, HANDBOOK, now, progress=progress, today=today)
    new = snapshot.asked[len(before.asked) :]
    passed = tuple(one for one in new if any(step.did == "passed" for step in one.steps))
    return Round(plan, report, waiting, unsaid, resting, unread, passed, snapshot is not before)


def _with_theirs(actions: Sequence[Action], keys: Collection[str]) -> tuple[Action, ...]:
    """Those of these keys, and what is done together with them."""
    steps = {step for action in actions if action.key in keys for step in action.steps}
    return tuple(one for one in actions if one.key in keys or steps.intersection(one.steps))
