"""“I take this”: what a row's first step changes, and where there is none."""

import pytest

from handrail.errors import UserError
from handrail.model.actions import AddLabels, Assign, Change, RequestReview, SetStatus
from handrail.model.items import Item
from handrail.rules.first_steps import first_step
from handrail.rules.work_queue import WorkQueue
from handrail.testing import MILESTONE, NOW, a_handbook, a_merge_request, a_red_branch, a_reviewer, a_snapshot, an_issue

READY, IN_REVIEW, IN_DEV = "workflow::ready for review", "workflow::in review", "workflow::in dev"
P2 = ("priority::2", "Deliverable")


def steps(item: Item, person: str = "nadia") -> list[Change]:
    queue = WorkQueue(a_snapshot(item), a_handbook())
    (entry,) = queue.rank(person)
    return [remedy.change for remedy in first_step(entry, person, queue.desk).remedies]


def test_an_issue_is_assigned_and_begun() -> None:
    assert steps(an_issue(1, *P2, milestone=MILESTONE)) == [Assign(("nadia",)), AddLabels((IN_DEV,))]


def test_one_that_is_assigned_is_begun() -> None:
    assert steps(an_issue(1, *P2, milestone=MILESTONE, assignees=("nadia",))) == [AddLabels((IN_DEV,))]


def test_where_there_is_a_status_it_is_set() -> None:
    issue = an_issue(1, *P2, milestone=MILESTONE, status="Ready for development")
    assert steps(issue) == [Assign(("nadia",)), SetStatus("In dev")]


def test_a_status_that_is_none_of_the_handbooks_states_leaves_it_to_the_label() -> None:
    issue = an_issue(1, *P2, milestone=MILESTONE, status="To do")
    assert steps(issue) == [Assign(("nadia",)), AddLabels((IN_DEV,))]


def test_a_review_is_picked_up() -> None:
    assert steps(a_merge_request(1, READY)) == [RequestReview(("nadia",)), AddLabels((IN_REVIEW,))]
    asked = a_merge_request(1, READY, reviewers=(a_reviewer("nadia", asked=NOW),))
    assert steps(asked) == [AddLabels((IN_REVIEW,))]


def test_an_incident_is_taken() -> None:
    incident = an_issue(1, "master:broken")
    queue = WorkQueue(a_snapshot(incident, pipelines=[a_red_branch()]), a_handbook())
    (entry,) = queue.rank("nadia")
    found = first_step(entry, "nadia", queue.desk)
    assert [remedy.change for remedy in found.remedies] == [Assign(("nadia",))]
    assert found.says == "Nadia takes it: fix, level 0."
    assert (found.clause, found.who, found.period) == ("summary.red-branch", ("nadia",), "nadia 2026-06-02")


def test_a_red_branch_without_an_incident_has_nothing_to_take() -> None:
    queue = WorkQueue(a_snapshot(pipelines=[a_red_branch()]), a_handbook())
    with pytest.raises(UserError, match="has no incident to take yet"):
        first_step(queue.rank("nadia")[0], "nadia", queue.desk)


@pytest.mark.parametrize(
    "item",
    [
        an_issue(1, *P2, IN_DEV, milestone=MILESTONE, assignees=("nadia",)),
        a_merge_request(1, IN_REVIEW, reviewers=(a_reviewer("nadia", asked=NOW),)),
        a_merge_request(1, READY, IN_REVIEW, reviewers=(a_reviewer("nadia", asked=NOW),)),
    ],
)
def test_what_is_yours_needs_no_step(item: Item) -> None:
    with pytest.raises(UserError, match="is yours already"):
        steps(item)
