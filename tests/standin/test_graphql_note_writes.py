"""Comments through GraphQL, which is the only way that is left for epics; what they are in REST they are here."""

from typing import Any

import pytest
import requests

import standin
from handrail.testing import PROJECT
from standin.comments import comment
from standin.graphql.query import HIDDEN
from tests.standin.conftest import Served

NOTE = "errors clientMutationId note { id body author { username } }"
CREATE = f"mutation Create($input: CreateNoteInput!) {{ told: createNote(input: $input) {{ {NOTE} }} }}"
UPDATE = f"mutation Update($input: UpdateNoteInput!) {{ told: updateNote(input: $input) {{ {NOTE} }} }}"
LISTED = """query Listed($path: ID!, $iid: String!) { group(fullPath: $path) { workItem(iid: $iid) {
  widgets(onlyTypes: [NOTES]) { ... on WorkItemWidgetNotes {
    notes(filter: ONLY_COMMENTS) { nodes { id body } } } } } } }"""
EPIC = "gitlab-org&5"


def ask(server: standin.StandIn, query: str, token: str = standin.API_TOKEN, **variables: Any) -> Any:
    body: dict[str, Any] = {"query": query, "variables": variables}
    headers = {"PRIVATE-TOKEN": token} if token else {}
    return requests.post(f"{server.url}/api/graphql", json=body, headers=headers, timeout=5).json()


def create(server: standin.StandIn, body: str, ref: str = EPIC, **options: Any) -> Any:
    kind = "MergeRequest" if "!" in ref else "WorkItem"
    asked = {"noteableId": f"gid://gitlab/{kind}/{server.world.entries[ref].id}", "body": body}
    return ask(server, CREATE, input=asked, **options)


def update(server: standin.StandIn, note: str, **asked: Any) -> Any:
    return ask(server, UPDATE, input={"id": note, **asked})


def bodies(server: standin.StandIn, ref: str = EPIC) -> list[str]:
    return [note.body for note in server.world.entries[ref].written]


@pytest.mark.parametrize("ref", [EPIC, f"{PROJECT}#1", f"{PROJECT}!3"])
def test_a_comment_is_written_and_edited_in_its_place(server: standin.StandIn, ref: str) -> None:
    told = create(server, "Hello.", ref)["data"]["told"]
    note = told["note"]["id"]
    assert told == {
        "errors": [],
        "clientMutationId": None,
        "note": {"id": note, "body": "Hello.", "author": {"username": "handrail-bot"}},
    }
    answer = update(server, note, body="Thank you.", clientMutationId="7")["data"]["told"]
    assert answer == told | {"clientMutationId": "7", "note": told["note"] | {"body": "Thank you."}}
    assert update(server, note)["data"]["told"]["note"] == answer["note"]
    assert bodies(server, ref) == ["Thank you."]
    assert [event.did for event in server.world.entries[ref].events] == ["commented"]


def test_an_epic_lists_its_comments(server: standin.StandIn) -> None:
    made = [create(server, body)["data"]["told"]["note"]["id"] for body in ("One.", "Two.")]
    (widget,) = ask(server, LISTED, path="gitlab-org", iid="5")["data"]["group"]["workItem"]["widgets"]
    assert [(one["id"], one["body"]) for one in widget["notes"]["nodes"]] == [*zip(made, ("One.", "Two."), strict=True)]


def test_a_comment_has_words(server: standin.StandIn) -> None:
    refused = {"errors": ["Note can't be blank"], "clientMutationId": None, "note": None}
    assert create(server, " \n")["data"]["told"] == refused
    note = create(server, "Hello.")["data"]["told"]["note"]["id"]
    assert update(server, note, body="")["data"]["told"]["errors"] == ["Note can't be blank"]
    assert bodies(server) == ["Hello."]


def test_who_may_not_write_and_what_is_not_there(serve: Served, server: standin.StandIn) -> None:
    refused = {"data": {"told": None}, "errors": [{"message": HIDDEN}]}
    assert create(server, "Hello.", token=standin.READ_TOKEN) == refused
    assert create(server, "Hello.", token="") == refused
    gone = {"noteableId": "gid://gitlab/WorkItem/1", "body": "Hello."}
    assert ask(server, CREATE, input=gone) == refused
    theirs = comment(server.world, server.world.entries[EPIC], "nadia", "Mine.")
    for note in (
        f"gid://gitlab/Note/{theirs.id}",
        "gid://gitlab/Note/1",
        "gid://gitlab/Note/x",
        "gid://gitlab/Issue/1",
    ):
        assert update(server, note, body="Ours.") == refused
    assert bodies(server) == ["Mine."]
    server.world.make_read_only("gitlab-org")
    assert create(server, "Hello.") == refused
