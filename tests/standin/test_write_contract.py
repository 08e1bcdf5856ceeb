"""What a write answers, as GitLab's Swagger, schemas and recorded answers state it; and what a write may carry."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import gitlab
import jsonschema
import pytest

import standin
from handrail.testing import PROJECT
from standin.rest import writes
from standin.rest.write_routes import WRITES
from tests.standin.swagger import problems

PLACE = "projects/gitlab-org%2Fomnibus-gitlab"
SWAGGERS: Mapping[tuple[str, str], tuple[str, str, dict[str, Any]]] = {
    ("POST", "projects/:id/issues"): ("projects/{id}/issues", f"{PLACE}/issues", {"title": "x", "labels": "a"}),
    ("PUT", "projects/:id/issues/:iid"): (
        "projects/{id}/issues/{issue_iid}",
        f"{PLACE}/issues/1",
        {"add_labels": "a", "description": "x"},
    ),
    ("PUT", "projects/:id/merge_requests/:iid"): (
        "projects/{id}/merge_requests/{merge_request_iid}",
        f"{PLACE}/merge_requests/3",
        {"add_labels": "a", "reviewer_ids": []},
    ),
    ("POST", "projects/:id/issues/:iid/links"): (
        "projects/{id}/issues/{issue_iid}/links",
        f"{PLACE}/issues/1/links",
        {"target_project_id": PROJECT, "target_issue_iid": "2", "link_type": "blocks"},
    ),
}
UNTOLD = {
    *(("POST", f"{place}/:id/hooks/:hook/test/:trigger") for place in ("groups", "projects")),
    *(("POST", f"{place}/:id/hooks") for place in ("groups", "projects")),
    *(("PUT", f"{place}/:id/hooks/:hook") for place in ("groups", "projects")),
    ("PUT", "groups/:id/epics/:iid"),
    *(("POST", f"projects/:id/{kind}/:iid/notes") for kind in ("issues", "merge_requests")),
    *(("PUT", f"projects/:id/{kind}/:iid/notes/:note") for kind in ("issues", "merge_requests")),
}
"""What Swagger leaves out, or tells in types of its own; recorded answers and schemas speak of them, see test_hooks."""


@pytest.fixture(scope="module")
def swagger(shared: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared / "gitlab/openapi/gitlab-swagger-v2.json").read_text("utf-8"))
    return found


def operation(swagger: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    found: dict[str, Any] = swagger["paths"][f"/api/v4/{path}"][method.lower()]
    return found


def carried(swagger: dict[str, Any], method: str, path: str) -> dict[str, Any]:
    """The schema of the parameters in the body."""
    (body,) = [one for one in operation(swagger, method, path)["parameters"] if one["in"] == "body"]
    found: dict[str, Any] = swagger["definitions"][body["schema"]["$ref"].rpartition("/")[2]]
    return found


def test_every_write_is_held_against_something() -> None:
    assert set(WRITES) == set(SWAGGERS) | UNTOLD


@pytest.mark.parametrize("key", SWAGGERS, ids=" ".join)
def test_contract_answer_is_gitlabs(writer: gitlab.Gitlab, swagger: dict[str, Any], key: tuple[str, str]) -> None:
    method, (path, at, told) = key[0], SWAGGERS[key]
    known = operation(swagger, method, path)
    answer = writer.http_request(method.lower(), f"/{at}", post_data=told)
    assert str(answer.status_code) in known["responses"]
    schema = known["responses"][str(answer.status_code)]["schema"]
    assert list(problems(answer.json(), schema, swagger["definitions"])) == []
    assert set(told) <= set(carried(swagger, method, path)["properties"])


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("projects/{id}/issues/{issue_iid}", writes.OF_ISSUES),
        ("projects/{id}/merge_requests/{merge_request_iid}", writes.OF_MERGE_REQUESTS),
    ],
)
def test_contract_parameters_are_gitlabs(swagger: dict[str, Any], path: str, names: tuple[str, ...]) -> None:
    known = carried(swagger, "PUT", path)["properties"]
    assert set(names) <= set(known)
    assert set(known["state_event"]["enum"]) == set(writes.STATE_EVENTS)


def test_contract_types_of_issues_are_gitlabs(swagger: dict[str, Any]) -> None:
    known = carried(swagger, "POST", "projects/{id}/issues")
    assert known["required"] == ["title"]
    assert known["properties"]["issue_type"]["enum"] == list(writes.TYPES)


@pytest.mark.parametrize("at", ["issues/1", "merge_requests/3"])
def test_contract_a_note_is_gitlabs(writer: gitlab.Gitlab, shared: Path, at: str) -> None:
    schema = json.loads((shared / "gitlab/schemas/gitlabhq/notes.json").read_text("utf-8"))
    shapes = json.loads((shared / "gitlab/schemas/openapi-v3-19.4-shapes.json").read_text("utf-8"))
    known = shapes["operations"]["GET /api/v4/projects/{id}/issues/{noteable_id}/notes"]["response"]
    made = writer.http_post(f"/{PLACE}/{at}/notes", post_data={"body": "x"})
    assert isinstance(made, dict)
    edited = writer.http_put(f"/{PLACE}/{at}/notes/{made['id']}", post_data={"body": "y"})
    listed: Any = writer.http_get(f"/{PLACE}/{at}/notes")
    # It is older than 19.4, which has no "attachment" any more and several fields besides.
    item = schema["items"]
    item["required"].remove("attachment")
    jsonschema.validate([made, edited], {**schema, "items": {**item, "additionalProperties": True}})
    assert listed == [edited]
    assert set(made) <= set(known)


@pytest.mark.parametrize("recorded", ["ruby-gitlab/epic.json", "gitlab4j/models/epic.json"])
def test_contract_an_epic_has_what_recorded_ones_have(writer: gitlab.Gitlab, shared: Path, recorded: str) -> None:
    known = json.loads((shared / "gitlab/fixtures" / recorded).read_text("utf-8"))
    body = writer.http_put("/groups/gitlab-org/epics/5", post_data={"add_labels": "x"})
    assert isinstance(body, dict)
    assert set(known) <= set(body)
    assert set(known.get("_links", ())) <= set(body["_links"])


def test_contract_a_link_has_what_a_recorded_one_has(
    server: standin.StandIn, writer: gitlab.Gitlab, shared: Path
) -> None:
    known = json.loads((shared / "gitlab/fixtures/gitlab4j/models/issue-link.json").read_text("utf-8"))
    told = {"target_project_id": server.world.projects[PROJECT].id, "target_issue_iid": 2}
    body = writer.http_post(f"/{PLACE}/issues/1/links", post_data=told)
    assert isinstance(body, dict)
    assert set(known) == set(body)
    assert set(known["source_issue"]) - {"subscribed"} <= set(body["source_issue"])
