"""A person's own first step on a row of their queue: what “I take this” changes on GitLab (clauses queue.*).

Picking up an issue assigns it and says that it is in development; picking up a review adds the reviewer and says that
it is under review (definitions: “pick up for review”). What is theirs already needs no step.
"""

from collections.abc import Iterator

from handrail.errors import UserError
from handrail.model.actions import AddLabels, Assign, Change, RequestReview, SetStatus
from handrail.model.findings import Finding, Remedy
from handrail.model.items import Issue, Item, MergeRequest
from handrail.model.planning import RedBranch
from handrail.model.queue import Entry, Kept
from handrail.rules.desk import Desk

RULE = "work_queue"


def first_step(entry: Entry, person: str, desk: Desk) -> Finding:
    """The first step of a row as a finding with its remedies. Raises UserError where there is none to take."""
    item = entry.item
    if isinstance(item, RedBranch):
        raise UserError(
            f"{item.ref} is red and has no incident to take yet: the plan opens one (rule red_default_branch)."
        )
    if isinstance(item, Kept):
        raise UserError(f"{item.ref} is no item on GitLab: take it as a request.")
    changes = tuple(_changes(entry, item, person, desk))
    if not changes:
        raise UserError(f"{item.ref} is yours already, nothing is left to take: {entry.do}.")
    name = desk.snapshot.people[person].name
    says = f"{name} takes it: {entry.do}, level {entry.level}."
    remedies = tuple(Remedy(change) for change in changes)
    period = f"{person} {desk.snapshot.now:%Y-%m-%d}"
    return Finding(RULE, entry.clause, item.ref, "take", says, who=(person,), remedies=remedies, period=period)


def _changes(entry: Entry, item: Item, person: str, desk: Desk) -> Iterator[Change]:
    if isinstance(item, MergeRequest):
        if entry.do == "pick up for review":
            if all(reviewer.username != person for reviewer in item.reviewers):
                yield RequestReview((person,))
            yield AddLabels((desk.handbook.workflow.in_review,))
        return
    if person not in item.assignees:
        yield Assign((person,))
    if isinstance(item, Issue) and entry.do == "pick up":
        yield from _begun(item, desk)


def _begun(issue: Issue, desk: Desk) -> Iterator[Change]:
    """The first of the states in which work is in progress, as a Status where that tells its state, else as a label."""
    state = desk.handbook.workflow.in_progress[0]
    if desk.handbook.workflow.knows(issue.status):
        yield SetStatus(state[:1].upper() + state[1:])
    else:
        yield AddLabels((f"{desk.handbook.workflow.scope}::{state}",))
