"""From a snapshot to a plan: the rules are asked, the planner answers."""

from collections.abc import Collection
from dataclasses import dataclass

from handrail.handbook.schema import Handbook
from handrail.model.findings import Finding
from handrail.model.plans import Known, Plan
from handrail.model.snapshot import Snapshot
from handrail.plan.planner import make_plan
from handrail.rules.catalogue import findings
from handrail.rules.desk import Desk


@dataclass(frozen=True)
class Evaluation:
    """What the rules find, and the plan that would mend it."""

    findings: tuple[Finding, ...]
    plan: Plan


def evaluate(
    snapshot: Snapshot,
    handbook: Handbook,
    known: Known | None = None,
    rules: Collection[str] = (),
    projects: Collection[str] = (),
) -> Evaluation:
    """Everything that the rules of a handbook find, and the plan; only some ``rules`` or ``projects`` where named."""
    found = findings(Desk(snapshot, handbook))  # all of them: what is named may conflict with what is not
    if not rules and not projects:
        return Evaluation(tuple(found), make_plan(found, snapshot, handbook, known))
    named = tuple(
        one for one in found if (not rules or one.rule in rules) and (not projects or _project(one.subject) in projects)
    )
    only = {one.key for one in named}
    return Evaluation(named, make_plan(found, snapshot, handbook, known, only))


def _project(subject: str) -> str:
    """The path before the sigil, of a red branch before the @; of other subjects the subject itself."""
    cut = max(subject.rfind(sigil) for sigil in "#!&@")
    return subject[:cut] if cut > 0 else subject
