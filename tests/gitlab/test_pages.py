"""Nodes of pages, as GitLab gives them when something is missing, hidden or new."""

from typing import Any

import pytest

from handrail.errors import UserError
from handrail.gitlab.histories import Team, nodes
from handrail.gitlab.instance import instance
from handrail.gitlab.items import label_titles, merge_request, reference, work_item
from handrail.gitlab.sources import Source, sources
from handrail.handbook.schema import Source as Stated
from handrail.model.items import MOST_PATHS, Epic, Issue, LinkedMergeRequest, MergeRequest, Section

AT = "2026-06-02T14:00:00Z"


def a_node(**facts: Any) -> dict[str, Any]:
    return {
        "id": "gid://gitlab/WorkItem/7",
        "iid": "7",
        "reference": "acme/app#7",
        "title": "A title",
        "state": "OPEN",
        "createdAt": AT,
        "updatedAt": AT,
        "closedAt": None,
        "confidential": False,
        "webUrl": "https://gitlab.example.org/acme/app/-/work_items/7",
        "author": {"username": "ada"},
        "workItemType": {"name": "Issue"},
        "widgets": [],
        **facts,
    }


def a_merge_request_node(**facts: Any) -> dict[str, Any]:
    return {
        "reference": "acme/app!7",
        "title": "A title",
        "state": "opened",
        "createdAt": AT,
        "updatedAt": AT,
        "closedAt": None,
        "mergedAt": None,
        "webUrl": None,
        "draft": False,
        "targetBranch": "main",
        "detailedMergeStatus": None,
        "author": None,
        "mergeUser": None,
        "milestone": None,
        "labels": None,
        "assignees": None,
        "approvedBy": None,
        "reviewers": None,
        "description": None,
        "mergeCommitSha": None,
        "diffStats": None,
        **facts,
    }


def _link(kind: str = "blocks", number: int = 0) -> dict[str, Any]:
    return {"linkType": kind, "workItem": {"reference": f"acme/app#{number}"} if number else None}


def _closing(state: str) -> dict[str, Any]:
    return {"mergeRequest": {"reference": "acme/app!9", "state": state}}


def test_an_issue_with_every_widget() -> None:
    label = {"id": "gid://gitlab/GroupLabel/11", "title": "type::bug"}
    node = a_node(
        widgets=[
            {"labels": {"nodes": [label, {"id": "gid://gitlab/ProjectLabel/2", "title": "a label"}]}},
            {"assignees": {"nodes": [{"username": "bo"}, None]}},
            {"milestone": {"title": "19.1"}},
            {"status": {"name": "In progress"}},
            {"weight": 3},
            {"parent": {"reference": "acme#5", "workItemType": {"name": "Epic"}}},
            {
                "linkedItems": {
                    "nodes": [_link("is_blocked_by", 2), _link("blocks", 3), _link("relates_to", 4), _link()]
                }
            },
            {"closingMergeRequests": {"nodes": [_closing("locked"), _closing("merged"), {"mergeRequest": None}]}},
            {"healthStatus": "atRisk"},
            {"progress": 40},
            {"description": "## Test plan\n- [x] by hand"},
            None,
            {},
        ]
    )
    item = work_item(node, []).item
    assert isinstance(item, Issue)
    assert (item.labels, item.assignees, item.milestone) == (("a label", "type::bug"), ("bo",), "19.1")
    assert (item.status, item.weight, item.epic, item.blocked_by) == ("In progress", 3, "acme&5", ("acme/app#2",))
    assert (item.blocks, item.related) == (("acme/app#3",), ("acme/app#4",))
    assert item.merge_requests == (
        LinkedMergeRequest("acme/app!9", "opened"),
        LinkedMergeRequest("acme/app!9", "merged"),
    )
    assert (item.health, item.progress, item.sections) == ("at_risk", 40, (Section("test plan", 2, 1, 1),))
    assert label_titles(node) == {"11": "type::bug", "2": "a label"}


def test_an_issue_with_no_widget_and_no_author() -> None:
    item = work_item(a_node(widgets=None, author=None), []).item
    assert isinstance(item, Issue)
    assert (item.author, item.labels, item.status, item.weight, item.epic) == ("ghost", (), None, None, None)
    assert (item.blocks, item.merge_requests, item.health, item.sections) == ((), (), None, ())


def test_a_health_status_that_gitlab_invents_later_is_none() -> None:
    item = work_item(a_node(widgets=[{"healthStatus": "inGreatShape"}]), []).item
    assert isinstance(item, Issue)
    assert item.health is None


def test_a_task_of_an_issue_is_in_no_epic() -> None:
    parent = {"reference": "acme/app#5", "workItemType": {"name": "Issue"}}
    item = work_item(a_node(workItemType={"name": "Task"}, widgets=[{"parent": parent}]), []).item
    assert isinstance(item, Issue)
    assert item.epic is None


@pytest.mark.parametrize("ref", ["acme/team#5", "acme/team&5"])
def test_an_epics_reference_has_an_ampersand(ref: str) -> None:
    node = a_node(reference=ref, workItemType={"name": "Epic"}, state="CLOSED", closedAt=AT)
    item = work_item(node, []).item
    assert isinstance(item, Epic)
    assert (item.ref, item.state) == ("acme/team&5", "closed")
    assert reference({"reference": "acme/app!3"}) == "acme/app!3"


def test_a_merge_request_of_which_little_may_be_seen() -> None:
    item = merge_request(a_merge_request_node(), [], Team(), complete=True).item
    assert isinstance(item, MergeRequest)
    assert (item.author, item.labels, item.reviewers, item.detailed_merge_status) == ("ghost", (), (), "")


@pytest.mark.parametrize("count", [0, MOST_PATHS, MOST_PATHS + 1])
def test_what_a_merge_request_changes(count: int) -> None:
    files = [{"path": f"lib/{number}.rb"} for number in range(count)]
    node = a_merge_request_node(diffStats=files, description="**How to test**\nRun it.", mergeCommitSha="a1b2")
    item = merge_request(node, [], Team(), complete=True).item
    assert isinstance(item, MergeRequest)
    assert item.changed_paths == tuple(file["path"] for file in files[:MOST_PATHS])
    assert item.changed_paths_cut is (count > MOST_PATHS)
    assert (item.merge_commit, item.sections) == ("a1b2", (Section("how to test", 2, level=7),))


@pytest.mark.parametrize(
    ("interaction", "state"),
    [
        (None, "unreviewed"),
        ({"reviewState": None}, "unreviewed"),
        ({"reviewState": "REQUESTED_CHANGES"}, "requested_changes"),
        ({"reviewState": "SOMETHING_NEW"}, "unreviewed"),
    ],
)
def test_a_reviewers_state(interaction: dict[str, Any] | None, state: str) -> None:
    reviewer = {"username": "bo", "mergeRequestInteraction": interaction}
    item = merge_request(a_merge_request_node(reviewers={"nodes": [reviewer]}), [], Team(), complete=True).item
    assert isinstance(item, MergeRequest)
    assert [(r.username, r.state) for r in item.reviewers] == [("bo", state)]


@pytest.mark.parametrize(
    ("facts", "state", "events"),
    [
        ({"state": "locked"}, "opened", []),
        (
            {"state": "merged", "mergedAt": AT, "mergeUser": {"username": "bo", "bot": True}},
            "merged",
            ["merged bo True"],
        ),
        ({"state": "merged", "mergedAt": AT}, "merged", ["merged ghost False"]),
        ({"state": "closed", "closedAt": AT}, "closed", ["closed  False"]),
    ],
)
def test_how_a_merge_request_ended(facts: dict[str, Any], state: str, events: list[str]) -> None:
    read = merge_request(a_merge_request_node(**facts), [], Team(), complete=False)
    assert read.item.state == state
    assert [f"{event.did} {event.by} {event.bot}" for event in read.events] == events
    assert (read.item.closed_at is None) is (state == "opened")


def test_connections_may_be_null_and_hold_nulls() -> None:
    assert nodes(None) == []
    assert nodes({"nodes": None}) == []
    assert nodes({"nodes": [None, 1]}) == [1]


# --- the instance -------------------------------------------------------------------------------------

WHOLE = {
    "currentUser": {"username": "ada"},
    "metadata": {"version": "18.8.0-ee", "enterprise": True},
    "issueType": {"enumValues": [{"name": name} for name in ("ISSUE", "INCIDENT", "TASK", "KEY_RESULT", "EPIC")]},
    "status": {"name": "WorkItemWidgetStatus"},
    "weight": {"name": "WorkItemWidgetWeight"},
    "hierarchy": {"name": "WorkItemWidgetHierarchy"},
    "health": {"name": "WorkItemWidgetHealthStatus"},
    "progress": {"name": "WorkItemWidgetProgress"},
    "development": {"fields": [{"name": "closingMergeRequests"}]},
    "linkedItems": {"fields": [{"name": "linkedItems"}]},
}


def test_an_instance_with_everything() -> None:
    found = instance(WHOLE)
    assert found.unavailable() == ()
    assert found.types == ("ISSUE", "INCIDENT", "TASK", "KEY_RESULT")
    assert {"STATUS", "WEIGHT", "HIERARCHY", "LINKED_ITEMS", "NOTES", "DEVELOPMENT", "PROGRESS"} <= set(found.widgets)


def test_an_instance_with_little() -> None:
    found = instance(
        WHOLE
        | {"metadata": {"version": "18.0.1", "enterprise": False}, "issueType": {"enumValues": [{"name": "ISSUE"}]}}
        | {"status": None, "weight": None, "linkedItems": None, "health": None, "progress": None}
        | {"development": {"fields": [{"name": "type"}]}}
    )
    assert found.parts == {"hierarchy"}
    assert found.types == ("ISSUE",)
    assert not {"STATUS", "WEIGHT", "LINKED_ITEMS", "HEALTH_STATUS", "DEVELOPMENT"} & set(found.widgets)
    assert len(found.unavailable()) == 4


@pytest.mark.parametrize("version", ["17.11.0", "16.0.0-ee"])
def test_an_instance_that_is_too_old(version: str) -> None:
    with pytest.raises(UserError, match="upgrade"):
        instance(WHOLE | {"metadata": {"version": version, "enterprise": True}})


def test_a_token_without_an_owner() -> None:
    with pytest.raises(UserError, match="read_api"):
        instance(WHOLE | {"currentUser": None})


# --- sources ------------------------------------------------------------------------------------------


def test_sources_with_several_labels_are_read_label_by_label() -> None:
    stated = [Stated("acme/app", ("a", "b")), Stated("acme/lib"), Stated("acme/app", ("a",))]
    assert sources(stated) == (Source("acme/app", "a"), Source("acme/app", "b"), Source("acme/lib"))
    assert [source.name for source in sources(stated)] == ["acme/app~a", "acme/app~b", "acme/lib"]


def test_of_a_group_epics_alone_may_be_read() -> None:
    whole, some = sources([Stated("acme", only="epics"), Stated("acme", ("a",), "epics")])
    assert (whole.name, some.name) == ("acme&", "acme&~a")
    assert [whole.holds(ref) for ref in ("acme&1", "acme/app&1", "acme/app#1", "acme/app!1", "other&1")] == [
        True, True, False, False, False,
    ]  # fmt: skip
    assert not some.holds("acme&1")


@pytest.mark.parametrize(
    ("ref", "held"),
    [
        ("acme/app#1", True),
        ("acme/app/sub!1", True),
        ("acme/application#1", False),
        ("acme#1", False),
        ("x/y&1", False),
    ],
)
def test_what_a_source_holds(ref: str, held: bool) -> None:
    assert Source("acme/app").holds(ref) is held
    assert not Source("acme/app", "a label").holds(ref)
