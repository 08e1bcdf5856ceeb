"""python-gitlab, a client that nobody here wrote, changes items and makes issues on the stand-in."""

from datetime import timedelta
from typing import Any

import gitlab
import pytest

import standin
from handrail.testing import NOW, PROJECT
from standin.access import READER
from tests.standin.conftest import Served

LATER = NOW + timedelta(hours=3)


def project(client: gitlab.Gitlab) -> Any:
    return client.projects.get(PROJECT, lazy=True)


def number(server: standin.StandIn, username: str) -> int:
    return server.world.accounts[username].id


def test_contract_python_gitlab_changes_an_issue(server: standin.StandIn, writer: gitlab.Gitlab) -> None:
    server.world.advance(LATER)
    box = server.world.milestones["gitlab-org", "19.2"].id
    issue = project(writer).issues.get(1)
    issue.labels = ["bug", "brand new"]
    issue.assignee_ids = [number(server, "mara"), number(server, "ivo")]
    issue.milestone_id, issue.weight = box, 3
    issue.title, issue.description = "Mended", "Now <!-- a: marker -->"
    issue.save()
    again = project(writer).issues.get(1)
    assert issue.attributes.items() >= again.attributes.items()
    assert (again.title, again.description, again.weight) == ("Mended", "Now <!-- a: marker -->", 3)
    assert again.labels == ["brand new", "bug"]
    assert [who["username"] for who in again.assignees] == ["mara", "ivo"]
    assert again.milestone["title"] == "19.2"
    assert again.updated_at == "2026-06-02T17:00:00.000Z"
    assert "brand new" in [label.name for label in project(writer).labels.list(get_all=True)]


def test_what_happened_is_told_in_events_and_notes(server: standin.StandIn, writer: gitlab.Gitlab) -> None:
    server.world.advance(LATER)
    ids = [number(server, "mara")]
    writer.http_put(
        "/projects/gitlab-org%2Fomnibus-gitlab/issues/1",
        post_data={"add_labels": "workflow::in dev", "assignee_ids": ids, "milestone_id": 0, "state_event": "close"},
    )
    issue = project(writer).issues.get(1)
    labels = [(event.action, event.label["name"]) for event in issue.resourcelabelevents.list(get_all=True)]
    assert labels == [("add", "workflow::in dev"), ("remove", "workflow::ready")]
    assert [event.action for event in issue.resourcemilestoneevents.list(get_all=True)] == ["remove"]
    (closed,) = issue.resourcestateevents.list(get_all=True)
    assert (closed.state, closed.user["username"], closed.created_at) == ("closed", READER, "2026-06-02T17:00:00.000Z")
    assert [note.body for note in issue.notes.list(get_all=True)] == ["assigned to @mara and unassigned @nadia"]
    assert (issue.state, issue.attributes["closed_by"]["username"]) == ("closed", READER)
    assert [i.iid for i in project(writer).issues.list(state="closed", get_all=True)] == [1]


def test_contract_python_gitlab_changes_a_merge_request(server: standin.StandIn, writer: gitlab.Gitlab) -> None:
    found = project(writer).mergerequests.get(3)
    found.reviewer_ids = [number(server, "nadia"), number(server, "ivo")]
    found.add_labels = ["workflow::in review"]
    found.assignee_id = number(server, "mara")
    found.save()
    found = project(writer).mergerequests.get(3)
    assert [who["username"] for who in found.reviewers] == ["nadia", "ivo"]
    assert found.assignee["username"] == "mara"
    assert found.labels == ["bug", "workflow::in review"]
    bodies = {note.body for note in found.notes.list(get_all=True)}
    assert bodies == {"requested review from @ivo", "assigned to @mara"}
    states = [reviewer.state for reviewer in found.reviewer_details.list(get_all=True)]
    assert states == ["approved", "unreviewed"]


def test_contract_python_gitlab_changes_an_epic(server: standin.StandIn, writer: gitlab.Gitlab) -> None:
    epics = writer.groups.get("gitlab-org", lazy=True).epics
    epic = epics.get(5)
    epic.labels, epic.title, epic.state_event = ["plan"], "Other", "close"
    epic.save()
    (again,) = epics.list(get_all=True)
    assert (again.labels, again.title, again.state) == (["plan"], "Other", "closed")
    events = [event.did for event in server.world.entries["gitlab-org&5"].events]
    assert events == ["closed", "label_added", "label_removed"]


def test_contract_python_gitlab_makes_an_issue_and_finds_it_by_its_marker(
    server: standin.StandIn, writer: gitlab.Gitlab
) -> None:
    box = server.world.milestones["gitlab-org", "19.1"].id
    told = "Do it.\n\n<!-- handrail 5c1e07aa -->"
    made = project(writer).issues.create(
        {
            "title": "Release tasks",
            "description": told,
            "labels": "a::1,a::2",
            "milestone_id": box,
            "assignee_ids": [number(server, "ivo")],
            "confidential": True,
            "issue_type": "task",
        }
    )
    assert (made.iid, made.author["username"], made.labels, made.issue_type) == (3, READER, ["a::2"], "task")
    assert (made.confidential, made.milestone["title"], made.assignee["username"]) == (True, "19.1", "ivo")
    for within in ({}, {"in": "title,description"}, {"in": "description"}):
        (found,) = project(writer).issues.list(search="handrail 5c1e07aa", **within, get_all=True)
        assert (found.iid, found.description) == (3, told)
    assert project(writer).issues.list(search="5c1e07aa", **{"in": "title"}, get_all=True) == []
    assert project(writer).issues.create({"title": "Next"}).iid == 4
    did = [event.did for event in server.world.entries[f"{PROJECT}#3"].events]
    assert did == ["label_added", "milestone_set", "assigned"]


@pytest.mark.parametrize("path", ["issues/1", "merge_requests/3"])
def test_writing_the_same_twice_changes_nothing(server: standin.StandIn, writer: gitlab.Gitlab, path: str) -> None:
    told = {
        "add_labels": "urgent",
        "remove_labels": ["bug"],
        "assignee_ids": [number(server, "ivo")],
        "milestone_id": server.world.milestones["gitlab-org", "19.2"].id,
        "title": "Draft: once",
        "description": "Once.",
        "state_event": "close",
    }
    server.world.advance(LATER)
    url = f"/projects/gitlab-org%2Fomnibus-gitlab/{path}"
    first = writer.http_put(url, post_data=told)
    notes = writer.http_get(f"{url}/notes")
    server.world.advance(LATER + timedelta(hours=1))
    assert writer.http_put(url, post_data=told) == first
    assert writer.http_get(f"{url}/notes") == notes
    assert writer.http_get(url) == first


def test_0_nobody_and_unknown_numbers(server: standin.StandIn, writer: gitlab.Gitlab) -> None:
    url = "/projects/gitlab-org%2Fomnibus-gitlab/issues/1"

    def after(**told: object) -> tuple[list[str], str | None]:
        body = writer.http_put(url, post_data=told)
        assert isinstance(body, dict)
        return [who["username"] for who in body["assignees"]], body["milestone"] and body["milestone"]["title"]

    assert after(assignee_ids=[999]) == (["nadia"], "19.1")
    assert after(assignee_ids=[999, number(server, "ivo")]) == (["ivo"], "19.1")
    assert after(assignee_ids=[0]) == ([], "19.1")
    assert after(assignee_id=number(server, "mara"), milestone_id=999) == (["mara"], None)
    assert after(assignee_ids=[]) == ([], None)


def test_forms_and_addresses_carry_parameters_too(server: standin.StandIn, writer: gitlab.Gitlab) -> None:
    url = f"{server.url}/api/v4/projects/gitlab-org%2Fomnibus-gitlab/issues/1"
    mara = number(server, "mara")
    answer = writer.session.put(
        f"{url}?add_labels=x", data={"assignee_ids[]": [mara], "labels": ""}, headers=_key(server)
    )
    assert answer.json()["labels"] == ["x"]
    assert answer.json()["assignee"]["username"] == "mara"
    assert server.requests[-1].variables == {"add_labels": "x", "assignee_ids": [str(mara)], "labels": ""}


def _key(server: standin.StandIn) -> dict[str, str]:
    return {"PRIVATE-TOKEN": server.write_token}


def test_free_has_no_epics_weights_scopes_or_second_assignees(serve: Served) -> None:
    server = serve("free")
    url = "/projects/gitlab-org%2Fomnibus-gitlab/issues/1"
    with gitlab.Gitlab(server.url, private_token=server.write_token) as writer:
        ids = [number(server, "ivo"), number(server, "mara")]
        body = writer.http_put(url, post_data={"add_labels": "workflow::in dev", "assignee_ids": ids, "weight": 3})
        assert isinstance(body, dict)
        assert body["labels"] == ["bug", "workflow::in dev", "workflow::ready"]
        assert [who["username"] for who in body["assignees"]] == ["ivo"]
        assert "weight" not in body
        for act in (writer.http_get, writer.http_put):
            with pytest.raises(gitlab.GitlabHttpError, match="404: 404 Not Found"):
                act("/groups/gitlab-org/epics/5")
        link = {"target_project_id": PROJECT, "target_issue_iid": 2, "link_type": "blocks"}
        with pytest.raises(gitlab.GitlabHttpError, match="400: link_type does not have a valid value"):
            writer.http_post(f"{url}/links", post_data=link)
