"""REST paths and bodies as GitLab's OpenAPI files, schemas and recorded answers state them."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import quote

import gitlab
import jsonschema
import pytest

import standin
from standin.rest.routes import ROUTES
from tests.standin.swagger import problems

OMNIBUS = quote("gitlab-org/omnibus-gitlab", safe="")
AT = {"projects/:id": f"projects/{OMNIBUS}", "groups/:id": "groups/gitlab-org"}
IIDS = {"issues/:iid": "issues/8817", "merge_requests/:iid": "merge_requests/7421"}
NOT_IN_SWAGGER = {
    "user", "users", "users/:id", "projects/:id/milestones", "projects/:id/labels", "groups/:id/milestones",
    "groups/:id/labels", "projects/:id/labels/:label", "groups/:id/labels/:label", "projects/:id/milestones/:milestone",
    "groups/:id/milestones/:milestone", "groups/:id/epics", "groups/:id/epics/:iid",
    "projects/:id/templates/issues/:template",  # there as any type of template
    "projects/:id/repository/files/:path/raw",  # a file, see below
}  # fmt: skip
PREMIUMS = {"approvals": "ruby-gitlab/merge_request_approvals.json"}
"""Recorded bodies of Premium, where Swagger has the Community Edition's only; ``approvals_left`` came after them."""


@pytest.fixture(scope="module")
def swagger(shared: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared / "gitlab/openapi/gitlab-swagger-v2.json").read_text("utf-8"))
    found["get"] = {
        re.sub(r"\{[^}]+\}", ":", path).removeprefix("/api/v4/"): methods["get"]
        for path, methods in found["paths"].items()
        if "get" in methods
    }
    return found


def covered(route: str) -> bool:
    return route not in NOT_IN_SWAGGER and not route.endswith(
        (
            "/notes",
            "/discussions",
            "/:discussion",
            "/:note",
            "/:version",
            "/hooks",  # these three: test_hooks
            "/:hook",
            "/:trigger",
            "award_emoji",
            "resource_label_events",
            "resource_state_events",
        )
    )


def path_of(route: str) -> str:
    for name, path in (AT | IIDS).items():
        route = route.replace(name, path)
    return route


@pytest.mark.parametrize("route", [route for route in ROUTES if covered(route)])
def test_contract_body_is_gitlabs(
    demo: standin.StandIn, client: gitlab.Gitlab, swagger: dict[str, Any], shared: Path, route: str
) -> None:
    operation = swagger["get"][re.sub(r":\w+", ":", route)]
    schema = operation["responses"]["200"]["schema"]
    path = path_of(route)
    path = path.replace(":tag", "19.0.0%2Bee.0")
    path = path.replace(":user", str(demo.world.accounts["nadia"].id))
    if ":pipeline" in path:
        path = path.replace(":pipeline", str(demo.world.pipelines["gitlab-org/omnibus-gitlab"][0].id))
    body = client.http_get(f"/{path}", query_data={"simple": "true", "scope": "all"})
    if isinstance(body, list) and schema.get("type") != "array":
        schema = {"type": "array", "items": schema}
    assert body or route.endswith("links")
    recorded = PREMIUMS.get(route.rpartition("/")[2])
    more = json.loads((shared / "gitlab/fixtures" / recorded).read_text("utf-8")) if recorded else {}
    known = {f"$.{name} is not GitLab's" for name in (*more, "approvals_left")}
    assert sorted(set(problems(body, schema, swagger["definitions"])) - known) == []


def test_a_file_is_text_as_it_stands(client: gitlab.Gitlab) -> None:
    project = client.projects.get("gitlab-org/omnibus-gitlab", lazy=True)
    assert project.files.raw("config/software/redis.rb", ref="19.0.0+ee.0") == b"default_version '7.2.11'\n"
    assert project.files.raw("config/software/redis.rb", ref="master") == b"default_version '7.2.13'\n"
    with pytest.raises(gitlab.GitlabGetError, match="404 File Not Found"):
        project.files.raw("config/software/valkey.rb", ref="19.0.0+ee.0")
    with pytest.raises(gitlab.GitlabGetError, match="404 Commit Not Found"):
        project.files.raw("config/software/redis.rb", ref="19.1.0+ee.0")


def test_a_folder_lists_what_is_in_it(client: gitlab.Gitlab) -> None:
    project = client.projects.get("gitlab-org/omnibus-gitlab", lazy=True)

    def listed(path: str, ref: str = "19.0.0+ee.0") -> list[tuple[str, str, str]]:
        return [(one["type"], one["path"], one["id"]) for one in project.repository_tree(path, ref, get_all=True)]

    ((kind, path, blob),) = listed("config/software")
    assert (kind, path) == ("blob", "config/software/redis.rb")
    assert listed("config/software", "19.0.1+ee.0") == [(kind, path, blob)], "the same content is the same blob"
    assert listed("config/software", "HEAD") != [(kind, path, blob)]
    assert [one[:2] for one in listed("")] == [("tree", "config")]
    with pytest.raises(gitlab.GitlabGetError, match="404 Tree Not Found"):
        listed("config/software/redis")


def test_tags_are_found_by_a_part_of_their_name(client: gitlab.Gitlab) -> None:
    tags = client.projects.get("gitlab-org/omnibus-gitlab", lazy=True).tags
    assert [tag.name for tag in tags.list()] == ["19.0.1+ee.0", "19.0.0+ee.0"]
    assert [tag.name for tag in tags.list(order_by="name")] == ["19.0.1+ee.0", "19.0.0+ee.0"]
    assert [tag.name for tag in tags.list(sort="asc")] == ["19.0.0+ee.0", "19.0.1+ee.0"]
    assert [tag.name for tag in tags.list(search=".0+ee.0$")] == ["19.0.0+ee.0"]
    assert [tag.name for tag in tags.list(search="^19.0.1")] == ["19.0.1+ee.0"]
    assert [tag.name for tag in tags.list(search="0.1+")] == ["19.0.1+ee.0"]
    with pytest.raises(gitlab.GitlabGetError, match="404 Tag Not Found"):
        tags.get("HEAD")
    with pytest.raises(gitlab.GitlabHttpError, match="order_by"):
        client.http_list(f"/projects/{OMNIBUS}/repository/tags", query_data={"order_by": "size"})


SHAPES = {
    "projects/:id/labels": "GET /api/v4/projects/{id}/labels",
    "projects/:id/milestones?include_ancestors=true": "GET /api/v4/projects/{id}/milestones",
    "projects/:id/merge_requests": "GET /api/v4/projects/{id}/merge_requests",
    "projects/:id/pipelines": "GET /api/v4/projects/{id}/pipelines",
    **{
        f"projects/:id/{kind}": f"GET /api/v4/projects/{{id}}/{kind.replace(':iid', '{noteable_id}')}"
        for kind in ("issues/:iid/notes", "issues/:iid/discussions", "merge_requests/:iid/discussions")
    },
}


@pytest.mark.parametrize("route", SHAPES)
def test_contract_names_are_those_of_gitlab_19(client: gitlab.Gitlab, shared: Path, route: str) -> None:
    shapes = json.loads((shared / "gitlab/schemas/openapi-v3-19.4-shapes.json").read_text("utf-8"))
    known = set(shapes["operations"][SHAPES[route]]["response"])
    bodies = client.http_get(f"/{path_of(route)}")
    assert isinstance(bodies, list)
    assert bodies
    assert {name for body in bodies for name in body} <= known


@pytest.mark.parametrize(("file", "route"), [("members", "projects/:id/members/all"), ("labels_label", "labels")])
def test_contract_gitlabs_own_schemas(client: gitlab.Gitlab, shared: Path, file: str, route: str) -> None:
    schema = json.loads((shared / f"gitlab/schemas/gitlabhq/{file}.json").read_text("utf-8"))
    bodies = client.http_get(f"/{path_of(route)}" if file == "members" else f"/projects/{OMNIBUS}/labels")
    assert isinstance(bodies, list)
    for body in bodies:
        jsonschema.validate([body] if schema["type"] == "array" else body, schema)


@pytest.mark.parametrize(
    ("recorded", "route"),
    [
        ("ruby-gitlab/resource_label_events.json", "projects/:id/merge_requests/:iid/resource_label_events"),
        ("ruby-gitlab/issue_resource_state_events.json", "projects/:id/issues/2008/resource_state_events"),
        ("ruby-gitlab/merge_request_discussions.json", "projects/:id/merge_requests/:iid/discussions"),
        ("ruby-gitlab/team_members.json", "projects/:id/members/all"),
    ],
)
def test_contract_has_what_recorded_answers_have(
    client: gitlab.Gitlab, shared: Path, recorded: str, route: str
) -> None:
    file = shared / "gitlab/fixtures" / recorded
    body = client.http_get(f"/{path_of(route).replace(f'{OMNIBUS}/issues/2008', f'{TASKS}/issues/2008')}")
    assert isinstance(body, list)
    assert set(json.loads(file.read_text("utf-8"))[0]) - {"email", "blocked"} <= set(body[0])


TASKS = quote("gitlab-org/distribution/team-tasks", safe="")
