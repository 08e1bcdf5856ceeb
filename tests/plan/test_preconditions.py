"""What must be true before a change, and what is said when it no longer is."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from handrail.model.actions import (
    AddLabels,
    Assign,
    Change,
    CloseItem,
    Comment,
    CreateItem,
    EditDescription,
    EditItem,
    Expectation,
    LinkItems,
    RemoveLabels,
    RequestReview,
    SetMilestone,
    SetStatus,
    Unassign,
)
from handrail.model.items import Item
from handrail.model.markdown import digest
from handrail.plan.preconditions import broken, expected
from handrail.testing import NOW, a_merge_request, a_reviewer, an_epic, an_issue

ISSUE = an_issue(1, "bug", "workflow::ready", title="Broken", milestone="19.1", assignees=("nadia",), status="In dev")
REVIEW = a_merge_request(2, reviewers=(a_reviewer("mara"),))


@pytest.mark.parametrize(
    ("change", "item", "those"),
    [
        (AddLabels(("spike",)), ISSUE, [Expectation("no label", "spike")]),
        (
            AddLabels(("workflow::in dev",)),
            ISSUE,
            [Expectation("no label", "workflow::in dev"), Expectation("scope", "workflow::ready", "workflow")],
        ),
        (
            AddLabels(("priority::2",)),
            ISSUE,
            [Expectation("no label", "priority::2"), Expectation("scope", "", "priority")],
        ),
        (RemoveLabels(("bug",)), ISSUE, [Expectation("label", "bug")]),
        (SetMilestone("19.2"), ISSUE, [Expectation("milestone", "19.1")]),
        (SetMilestone(None), an_issue(1), [Expectation("milestone", "")]),
        (Assign(("ivo",)), ISSUE, [Expectation("no assignee", "ivo")]),
        (Assign(("ivo",)), an_issue(1), [Expectation("unassigned"), Expectation("no assignee", "ivo")]),
        (Unassign(("nadia",)), ISSUE, [Expectation("assignee", "nadia")]),
        (RequestReview(("ivo",)), REVIEW, [Expectation("no reviewer", "ivo")]),
        (EditItem(title="Mended"), ISSUE, [Expectation("title", "Broken")]),
        (EditItem(tick=("Ask",)), ISSUE, []),
        (EditDescription("b", "b", "a"), an_issue(1, part="a"), [Expectation("description", digest("a"))]),
        (EditDescription("b", "b", "a"), REVIEW, [Expectation("description", digest(""))]),
        (SetStatus("Done"), ISSUE, [Expectation("status", "In dev")]),
        (SetStatus("Done"), REVIEW, [Expectation("status", "")]),
        (SetStatus("Done"), an_issue(1), [Expectation("status", "")]),
        (LinkItems("acme/app#7"), ISSUE, [Expectation("not linked", "acme/app#7")]),
        (CloseItem(), ISSUE, []),
        (Comment("hello", ("nadia",), "thank you", "Look?"), ISSUE, []),
        (CreateItem("next", "Next", "To do."), ISSUE, []),
    ],
)
def test_a_change_expects_what_it_rests_on(change: Change, item: Item, those: list[Expectation]) -> None:
    assert expected(change, item) == (Expectation("state", "opened"), *those)
    assert broken(expected(change, item), item) is None


@pytest.mark.parametrize(
    ("one", "item", "says"),
    [
        (Expectation("state", "opened"), an_issue(1, state="closed"), "it is closed, no longer opened"),
        (
            Expectation("description", digest("a")),
            an_issue(1, part="a b"),
            "our part of its description was edited meanwhile",
        ),
        (Expectation("label", "bug"), an_issue(1), "it no longer has ~bug"),
        (Expectation("no label", "bug"), ISSUE, "it has ~bug already"),
        (Expectation("scope", "", "workflow"), ISSUE, "somebody has set workflow::ready of workflow:: meanwhile"),
        (Expectation("scope", "a::b", "a"), an_issue(1), "somebody has set no label of a:: meanwhile"),
        (Expectation("milestone", "19.2"), ISSUE, "its milestone is 19.1, no longer 19.2"),
        (Expectation("milestone", "19.2"), an_issue(1), "its milestone is none, no longer 19.2"),
        (Expectation("milestone", ""), ISSUE, "its milestone is 19.1, no longer none"),
        (Expectation("status", "Done"), ISSUE, "its Status is In dev, no longer Done"),
        (Expectation("title", "Mended"), ISSUE, "its title is Broken, no longer Mended"),
        (Expectation("assignee", "ivo"), ISSUE, "@ivo is no longer assigned"),
        (Expectation("no assignee", "nadia"), ISSUE, "@nadia is assigned already"),
        (Expectation("unassigned"), ISSUE, "it has somebody: @nadia"),
        (Expectation("unassigned", "ivo"), ISSUE, "it has somebody: @nadia"),
        (Expectation("unassigned", "ivo nadia"), ISSUE, None),
        (Expectation("reviewer", "ivo"), REVIEW, "@ivo no longer reviews it"),
        (Expectation("no reviewer", "mara"), REVIEW, "@mara reviews it already"),
        (Expectation("draft", "no"), replace(REVIEW, draft=True), "it is a draft"),
        (Expectation("draft", "yes"), REVIEW, "it is no longer a draft"),
        (
            Expectation("quiet since", (NOW - timedelta(hours=1)).isoformat()),
            an_issue(1, last_human_at=NOW, last_human_by="ivo"),
            "@ivo has said something since",
        ),
        *(
            (Expectation("not linked", "acme/app#7"), linked, "it is linked to acme/app#7 already")
            for linked in (
                an_issue(1, blocked_by=("acme/app#7",)),
                an_issue(1, blocks=("acme/app#7",)),
                an_issue(1, related=("acme/app#7",)),
            )
        ),
    ],
)
def test_what_no_longer_holds_is_said(one: Expectation, item: Item, says: str) -> None:
    assert broken([Expectation("label", item.labels[0])] if item.labels else [], item) is None
    assert broken([one], item) == says


@pytest.mark.parametrize(
    ("one", "item"),
    [
        (Expectation("label", "bug"), ISSUE),
        (Expectation("assignee", "nadia"), ISSUE),
        (Expectation("reviewer", "mara"), REVIEW),
        (Expectation("no reviewer", "mara"), an_epic(1)),
        (Expectation("draft", "no"), REVIEW),
        (Expectation("draft", "yes"), replace(REVIEW, draft=True)),
        (Expectation("not linked", "acme/app#7"), REVIEW),
        (Expectation("quiet since", NOW.isoformat()), an_issue(1)),
        (Expectation("quiet since", NOW.isoformat()), an_issue(1, last_human_at=NOW, last_human_by="ivo")),
    ],
)
def test_what_still_holds_is_not_mentioned(one: Expectation, item: Item) -> None:
    assert broken([one], item) is None
