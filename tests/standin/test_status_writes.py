"""Statuses are found and set through GraphQL, which is the only way that GitLab has for it."""

from typing import Any

import pytest
import requests

import standin
from handrail.model.items import Issue
from handrail.testing import PROJECT
from standin.graphql.query import HIDDEN
from tests.standin.conftest import Served

SET = """mutation SetStatus($input: WorkItemUpdateInput!) { workItemUpdate(input: $input) {
  errors clientMutationId
  workItem { state widgets(onlyTypes: [STATUS]) { ... on WorkItemWidgetStatus { status { name category } } } } } }"""
ALLOWED = """query Allowed($path: ID!) { project(fullPath: $path) { workItemTypes(name: ISSUE) { nodes {
  widgetDefinitions { type ... on WorkItemWidgetDefinitionStatus {
    allowedStatuses { id name } defaultOpenStatus { name } defaultClosedStatus { name } } } } } } }"""
OWN = "query Own($path: ID!) { namespace(fullPath: $path) { statuses { nodes { id name } } } }"


def ask(server: standin.StandIn, query: str, token: str = standin.API_TOKEN, **variables: Any) -> Any:
    body: dict[str, Any] = {"query": query, "variables": variables}
    headers = {"PRIVATE-TOKEN": token} if token else {}
    return requests.post(f"{server.url}/api/graphql", json=body, headers=headers, timeout=5).json()


def allowed(server: standin.StandIn) -> dict[str, str]:
    (kind,) = ask(server, ALLOWED, path=PROJECT)["data"]["project"]["workItemTypes"]["nodes"]
    (status,) = [one for one in kind["widgetDefinitions"] if one["type"] == "STATUS"]
    assert (status["defaultOpenStatus"]["name"], status["defaultClosedStatus"]["name"]) == ("To do", "Done")
    return {one["name"]: one["id"] for one in status["allowedStatuses"]}


def put(server: standin.StandIn, status: str | None, ref: str = f"{PROJECT}#2", **options: Any) -> Any:
    asked = {"id": f"gid://gitlab/WorkItem/{server.world.entries[ref].id}", "statusWidget": {"status": status}}
    return ask(server, SET, input={**asked, "clientMutationId": "7"}, **options)


def did(server: standin.StandIn) -> list[tuple[str, str, bool]]:
    return [(event.did, event.value, event.bot) for event in server.world.entries[f"{PROJECT}#2"].events]


def test_the_statuses_are_gitlabs_own_and_those_of_the_facts(server: standin.StandIn) -> None:
    server.world.add_status("In review")
    names = ["To do", "In progress", "Done", "Won't do", "Duplicate", "In dev", "In review"]
    assert list(allowed(server)) == names
    (found,) = ask(server, OWN, path="gitlab-org")["data"].values()
    assert {one["name"]: one["id"] for one in found["statuses"]["nodes"]} == allowed(server)


def test_a_status_is_set_once(server: standin.StandIn) -> None:
    ids = allowed(server)
    answer = put(server, ids["In progress"])
    status = {"name": "In progress", "category": "IN_PROGRESS"}
    item = {"state": "OPEN", "widgets": [{"status": status}]}
    assert answer == {"data": {"workItemUpdate": {"errors": [], "clientMutationId": "7", "workItem": item}}}
    assert put(server, ids["In progress"]) == answer
    assert put(server, None) == answer
    assert did(server) == [("status_set", "In progress", True)]
    assert (server.requests[-1].operation, server.requests[-1].cost > 0) == ("SetStatus", True)
    assert put(server, ids["Done"])["data"]["workItemUpdate"]["workItem"]["state"] == "CLOSED"
    assert did(server)[1:] == [("status_set", "Done", True), ("closed", "", True)]


def test_below_the_top_level_group_gitlab_names_statuses_that_nothing_there_can_have(server: standin.StandIn) -> None:
    (found,) = ask(server, OWN, path=PROJECT)["data"].values()
    ids = [one["id"] for one in found["statuses"]["nodes"]]
    assert ids == [f"gid://gitlab/WorkItems::Statuses::SystemDefined::Status/{number}" for number in range(1, 6)]
    answer = put(server, ids[1])["data"]["workItemUpdate"]
    assert (answer["workItem"], bool(answer["errors"])) == (None, True)
    assert did(server) == []


def test_who_may_not_write_and_what_is_not_there(server: standin.StandIn) -> None:
    done = allowed(server)["Done"]
    refused = {"data": {"workItemUpdate": None}, "errors": [{"message": HIDDEN}]}
    assert put(server, done, token=standin.READ_TOKEN) == refused
    assert put(server, done, token="") == refused
    gone = {"id": "gid://gitlab/WorkItem/1", "statusWidget": {"status": done}}
    assert ask(server, SET, input=gone) == refused
    assert put(server, "gid://gitlab/WorkItems::Statuses::Custom::Status/1")["errors"] == [
        {"message": "Status doesn't exist."}
    ]
    assert put(server, done, "gitlab-org&5")["data"]["workItemUpdate"]["errors"]
    server.world.make_read_only(PROJECT)
    assert put(server, done) == refused
    assert did(server) == []
    item = server.world.entries[f"{PROJECT}#2"].item
    assert isinstance(item, Issue)
    assert item.status == "In dev"


@pytest.mark.parametrize("query", [SET, OWN, ALLOWED])
def test_free_has_no_statuses(serve: Served, query: str) -> None:
    assert "errors" in ask(serve("free"), query, path=PROJECT, input={"id": "gid://gitlab/WorkItem/1"})


def test_subscriptions_are_not_served(server: standin.StandIn) -> None:
    assert "errors" in ask(server, "subscription Told { x }")
