"""What Handrail opens itself: an issue is the team's like any other, and carries what the handbook asks of those.

Each rule says what is particular to its issues. The rest is worked out here, for all of them: the required labels
(clauses labels.*) as their own rule would have them, and a milestone for what is nobody's yet, so that nobody has to
triage it.
"""

from collections.abc import Iterator
from datetime import timedelta

import msgspec
from msgspec.structs import replace

from handrail.model.actions import AddLabels, CreateItem
from handrail.model.items import Issue
from handrail.model.labels import scope_of
from handrail.rules import required_labels
from handrail.rules.desk import Desk


def completed(change: CreateItem, rule: str, project: str, desk: Desk) -> CreateItem:
    """The issue that a rule opens in a project, with milestone and labels; as it is where no labels are required."""
    stated = desk.handbook.rules.get(required_labels.RULE, {})
    if stated.get("mode") == "off":
        return change
    settings = desk.once(__name__, lambda: msgspec.convert(stated, required_labels.Settings))
    milestone = change.milestone
    if milestone is None and not change.assignees:
        milestone = next((title for title in _milestones(change, desk) if title in desk.snapshot.milestones), None)
    # Whose it will be says less of the group that it belongs to than where it is opened.
    likely = likely_issue(replace(change, milestone=milestone), project, desk)
    asked = [remedy.change for one in required_labels.decide(likely, desk, settings) for remedy in one.remedies]
    labels = [*change.labels, *(label for one in asked if isinstance(one, AddLabels) for label in one.labels)]
    scopes = {scope_of(label) for label in labels}
    labels += [label for label in settings.opened.get(rule, ()) if scope_of(label) not in scopes]
    return replace(change, labels=tuple(dict.fromkeys(labels)), milestone=milestone)


def _milestones(change: CreateItem, desk: Desk) -> Iterator[str]:
    """Where it may be planned: what runs on from tomorrow, if that is of its quarter; else what has no dates."""
    running = desk.milestone_on(desk.snapshot.today + timedelta(days=1))
    quarters = [label for label in change.labels if desk.is_quarter(label)]
    if running and (not quarters or desk.quarter_of(running) in quarters):
        yield running
    yield from desk.handbook.planning.undated_milestones


def likely_issue(change: CreateItem, project: str, desk: Desk) -> Issue:
    """The issue that the change would open, as rules would see it."""
    return Issue(
        ref=f"{project}#0",
        title=change.title,
        author=desk.handbook.team.handle,
        created_at=desk.snapshot.now,
        labels=change.labels,
        milestone=change.milestone,
    )
