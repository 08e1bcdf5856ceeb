"""Who may not write, and what cannot be written: GitLab's statuses and words, and nothing is changed."""

from typing import Any

import pytest
import requests

import standin
from handrail.testing import PROJECT
from tests.standin.conftest import OTHER

ISSUE = "projects/gitlab-org%2Fomnibus-gitlab/issues/1"
MERGE_REQUEST = "projects/gitlab-org%2Fomnibus-gitlab/merge_requests/3"
EVERY_WRITE: list[tuple[str, str, dict[str, Any]]] = [
    ("PUT", ISSUE, {"title": "x"}),
    ("PUT", MERGE_REQUEST, {"title": "x"}),
    ("PUT", "groups/gitlab-org/epics/5", {"title": "x"}),
    ("POST", "projects/gitlab-org%2Fomnibus-gitlab/issues", {"title": "x"}),
    ("POST", f"{ISSUE}/notes", {"body": "x"}),
    ("POST", f"{MERGE_REQUEST}/notes", {"body": "x"}),
    ("POST", f"{ISSUE}/links", {"target_project_id": PROJECT, "target_issue_iid": 2}),
]


def send(
    server: standin.StandIn, method: str, path: str, told: Any, token: str | None = standin.API_TOKEN
) -> tuple[int, Any]:
    headers = {} if token is None else {"PRIVATE-TOKEN": token}
    answer = requests.request(method, f"{server.url}/api/v4/{path}", json=told, headers=headers, timeout=5)
    return answer.status_code, answer.json()


def state(server: standin.StandIn) -> list[object]:
    return [(e.item, e.events, e.description, e.updated_at, len(e.written)) for e in server.world.entries.values()]


@pytest.mark.parametrize(("method", "path", "told"), EVERY_WRITE)
def test_a_write_needs_the_scope_the_right_and_the_place(
    server: standin.StandIn, method: str, path: str, told: dict[str, Any]
) -> None:
    before = state(server)
    assert send(server, method, path, told, None) == (401, {"message": "401 Unauthorized"})
    assert send(server, method, path, told, standin.READ_TOKEN) == (
        403,
        {
            "error": "insufficient_scope",
            "error_description": "The request requires higher privileges than provided by the access token.",
            "scope": "api",
        },
    )
    server.world.make_read_only("gitlab-org")
    assert send(server, method, path, told) == (403, {"message": "403 Forbidden"})
    server.world.lose("gitlab-org")
    what = "Group" if path.startswith("groups") else "Project"
    assert send(server, method, path, told) == (404, {"message": f"404 {what} Not Found"})
    assert state(server) == before


LONG = "x" * 256
LINK = {"target_project_id": PROJECT, "target_issue_iid": 2}
WRONG: list[tuple[str, str, Any, int, dict[str, Any]]] = [
    ("PUT", f"{ISSUE}999", {"title": "x"}, 404, {"message": "404 Not found"}),
    ("PUT", "projects/no%2Fwhere/issues/1", {"title": "x"}, 404, {"message": "404 Project Not Found"}),
    ("PUT", ISSUE, {"state_event": "open"}, 400, {"error": "state_event does not have a valid value"}),
    ("PUT", ISSUE, {"milestone_id": "19.1"}, 400, {"error": "milestone_id is invalid"}),
    ("PUT", ISSUE, {"title": "other", "assignee_ids": ["nadia"]}, 400, {"error": "assignee_ids is invalid"}),
    ("PUT", ISSUE, {"confidential": "perhaps"}, 400, {"error": "confidential is invalid"}),
    ("PUT", ISSUE, {"description": ["x"]}, 400, {"error": "description is invalid"}),
    ("PUT", ISSUE, {"title": "  "}, 400, {"message": {"title": ["can't be blank"]}}),
    ("PUT", ISSUE, {"title": LONG}, 400, {"message": {"title": ["is too long (maximum is 255 characters)"]}}),
    ("PUT", ISSUE, {"weight": -1}, 400, {"message": {"weight": ["must be greater than or equal to 0"]}}),
    ("POST", ISSUE.rpartition("/")[0], {"labels": "x"}, 400, {"error": "title is missing"}),
    (
        "POST",
        ISSUE.rpartition("/")[0],
        {"title": "x", "issue_type": "epic"},
        400,
        {"error": "issue_type does not have a valid value"},
    ),
    ("POST", f"{ISSUE}/notes", {}, 400, {"error": "body is missing"}),
    (
        "POST",
        f"{ISSUE}/notes",
        {"body": " "},
        400,
        {"message": '400 Bad request - Note {:note=>["can\'t be blank"]}'},
    ),
    ("PUT", f"{ISSUE}/notes/1", {"body": "x"}, 404, {"message": "404 Not found"}),
    ("PUT", f"{ISSUE}/notes/one", {"body": "x"}, 400, {"error": "note_id is invalid"}),
    (
        "POST",
        f"{ISSUE}/links",
        {},
        400,
        {"error": "target_project_id is missing, target_issue_iid is missing"},
    ),
    ("POST", f"{ISSUE}/links", {**LINK, "target_issue_iid": 77}, 404, {"message": "404 Not found"}),
    ("POST", f"{ISSUE}/links", {**LINK, "link_type": "likes"}, 400, {"error": "link_type does not have a valid value"}),
    (
        "POST",
        f"{ISSUE}/links",
        {**LINK, "target_issue_iid": 1},
        422,
        {"message": "#1 cannot be added: cannot be related to itself"},
    ),
    ("PATCH", ISSUE, {"title": "x"}, 405, {"error": "405 Not Allowed"}),
    ("DELETE", ISSUE, {}, 405, {"error": "405 Not Allowed"}),
    ("POST", "projects", {"name": "x"}, 405, {"error": "405 Not Allowed"}),
]


@pytest.mark.parametrize(("method", "path", "told", "status", "body"), WRONG)
def test_what_cannot_be_written_is_said_as_gitlab_says_it(
    server: standin.StandIn, method: str, path: str, told: Any, status: int, body: dict[str, Any]
) -> None:
    before = state(server)
    assert send(server, method, path, told) == (status, body)
    assert state(server) == before


def test_something_has_to_be_asked_for(server: standin.StandIn) -> None:
    for path, name in ((ISSUE, "weight"), (MERGE_REQUEST, "reviewer_ids"), ("groups/gitlab-org/epics/5", "title")):
        status, body = send(server, "PUT", path, {"colour": "red"})
        assert status == 400
        assert body["error"].endswith(" are missing, at least one parameter must be provided")
        assert name in body["error"]


def test_a_body_that_is_no_json_is_refused(server: standin.StandIn) -> None:
    headers = {"PRIVATE-TOKEN": server.write_token, "Content-Type": "application/json"}
    answer = requests.put(f"{server.url}/api/v4/{ISSUE}", data=b'{"title":', headers=headers, timeout=5)
    assert answer.status_code == 400


def test_a_link_needs_the_right_at_both_ends(server: standin.StandIn) -> None:
    server.world.make_read_only(OTHER)
    link = {"target_project_id": OTHER, "target_issue_iid": 4}
    assert send(server, "POST", f"{ISSUE}/links", link) == (403, {"message": "403 Forbidden"})
