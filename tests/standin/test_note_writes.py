"""python-gitlab comments and links on the stand-in, and every way of reading shows it."""

from datetime import timedelta
from typing import Any

import gitlab
import pytest

import standin
from handrail.model.history import Event
from handrail.testing import NOW, PROJECT
from standin.access import READER
from tests.standin.conftest import OTHER

LATER = NOW + timedelta(hours=3)
MARK = "Please have a look.\n\n<!-- handrail 17 -->"
NOTES = """query Notes($path: ID!, $iid: String!) { project(fullPath: $path) {
  workItems(iid: $iid) { nodes { widgets(onlyTypes: [NOTES]) { ... on WorkItemWidgetNotes {
    discussions { nodes { notes { nodes { id body system createdAt updatedAt author { username bot } } } } } } } } }
  mergeRequest(iid: $iid) { discussions { nodes { notes { nodes { id body } } } } } } }"""


def the(client: gitlab.Gitlab, kind: str) -> Any:
    project = client.projects.get(PROJECT, lazy=True)
    return project.issues.get(1) if kind == "issue" else project.mergerequests.get(3)


def asked(client: gitlab.Gitlab, iid: str) -> Any:
    body = {"query": NOTES, "variables": {"path": PROJECT, "iid": iid}}
    answer = client.http_post(f"{client.url}/api/graphql", post_data=body)
    assert isinstance(answer, dict)
    assert "errors" not in answer
    return answer["data"]["project"]


@pytest.mark.parametrize("kind", ["issue", "merge request"])
def test_contract_python_gitlab_comments(server: standin.StandIn, writer: gitlab.Gitlab, kind: str) -> None:
    server.world.advance(LATER)
    item = the(writer, kind)
    made = item.notes.create({"body": MARK})
    assert (made.body, made.system, made.author["username"]) == (MARK, False, READER)
    server.world.advance(LATER + timedelta(hours=1))
    other = item.notes.create({"body": "/close"})
    assert other.id > made.id
    newest = [(note.id, note.body) for note in item.notes.list(get_all=True)]
    assert newest == [(other.id, "/close"), (made.id, MARK)]
    assert [note.id for note in item.notes.list(sort="asc", per_page=1, page=2)] == [other.id]
    notes = [thread.attributes["notes"][0]["id"] for thread in item.discussions.list(get_all=True)]
    assert notes == [made.id, other.id]
    assert item.notes.get(made.id).body == MARK
    again = the(writer, kind)
    assert (again.user_notes_count, again.updated_at, again.state) == (2, "2026-06-02T18:00:00.000Z", "opened")
    (first, _) = server.world.entries[again.references["full"]].written
    assert (first.id, first.body, first.at, first.updated_at) == (made.id, MARK, LATER, LATER)


def test_graphql_shows_the_comment(server: standin.StandIn, writer: gitlab.Gitlab) -> None:
    made = the(writer, "issue").notes.create({"body": MARK})
    ((note,),) = [
        thread["notes"]["nodes"]
        for thread in asked(writer, "1")["workItems"]["nodes"][0]["widgets"][0]["discussions"]["nodes"]
    ]
    assert note == {
        "id": f"gid://gitlab/Note/{made.id}",
        "body": MARK,
        "system": False,
        "createdAt": "2026-06-02T14:00:00Z",
        "updatedAt": "2026-06-02T14:00:00Z",
        "author": {"username": READER, "bot": True},
    }
    made = the(writer, "merge request").notes.create({"body": "Here too."})
    (thread,) = asked(writer, "3")["mergeRequest"]["discussions"]["nodes"]
    assert thread["notes"]["nodes"] == [{"id": f"gid://gitlab/Note/{made.id}", "body": "Here too."}]


@pytest.mark.parametrize("kind", ["issue", "merge request"])
def test_contract_python_gitlab_edits_a_comment_in_its_place(
    server: standin.StandIn, writer: gitlab.Gitlab, kind: str
) -> None:
    item = the(writer, kind)
    made = item.notes.create({"body": MARK})
    later = item.notes.create({"body": "Another."})
    events = server.world.entries[item.references["full"]].events
    server.world.advance(LATER)
    made.body = "Thank you."
    made.save()
    edited = item.notes.get(made.id)
    assert (edited.body, edited.created_at, edited.updated_at) == (
        "Thank you.",
        "2026-06-02T14:00:00.000Z",
        "2026-06-02T17:00:00.000Z",
    )
    assert [note.id for note in item.notes.list(get_all=True)] == [later.id, made.id]
    assert [note.id for note in item.notes.list(order_by="updated_at", get_all=True)] == [made.id, later.id]
    assert server.world.entries[item.references["full"]].events == events
    assert the(writer, kind).updated_at == "2026-06-02T17:00:00.000Z"
    server.world.advance(LATER + timedelta(hours=1))
    made.save()
    item.notes.update(made.id, {"body": "Thank you."})
    assert item.notes.get(made.id).updated_at == "2026-06-02T17:00:00.000Z"
    assert the(writer, kind).updated_at == "2026-06-02T17:00:00.000Z"


def test_only_ones_own_comments_can_be_edited(server: standin.StandIn, writer: gitlab.Gitlab) -> None:
    ref = f"{PROJECT}#1"
    world, item = server.world, server.world.entries[f"{PROJECT}#1"].item
    events = [
        Event(NOW, "nadia", "commented"),
        Event(NOW, READER, "commented", bot=True),
        Event(NOW, "mara", "assigned", "nadia"),
    ]
    world.put(item, events)
    notes = the(writer, "issue").notes
    theirs, ours, system = notes.list(get_all=True, sort="asc")
    for note in (theirs, system):
        with pytest.raises(gitlab.GitlabUpdateError, match="403: 403 Forbidden"):
            notes.update(note.id, {"body": "x"})
    notes.update(ours.id, {"body": "What I meant."})
    assert [note.body for note in notes.list(get_all=True, sort="asc")][1] == "What I meant."
    assert [written.id for written in world.entries[ref].written] == [ours.id]


def test_a_comment_stays_when_its_items_facts_are_told_anew(server: standin.StandIn, writer: gitlab.Gitlab) -> None:
    made = the(writer, "issue").notes.create({"body": MARK})
    entry = server.world.entries[f"{PROJECT}#1"]
    server.world.put(entry.item, [Event(NOW, "mara", "assigned", "ivo"), *entry.events])
    assert the(writer, "issue").notes.get(made.id).body == MARK


def test_contract_python_gitlab_links_issues(server: standin.StandIn, writer: gitlab.Gitlab) -> None:
    server.world.advance(LATER)
    project = writer.projects.get(PROJECT, lazy=True)
    one, two = project.issues.get(1), project.issues.get(2)
    source, target = one.links.create({"target_project_id": PROJECT, "target_issue_iid": 2})
    assert (source.iid, target.iid) == (1, 2)
    source, target = one.links.create({"target_project_id": OTHER, "target_issue_iid": 4, "link_type": "is_blocked_by"})
    assert (source.iid, target.iid) == (4, 1)
    kinds = [(link.references["full"], link.link_type, link.link_created_at) for link in one.links.list(get_all=True)]
    moment = "2026-06-02T17:00:00.000Z"
    assert kinds == [(f"{PROJECT}#2", "relates_to", moment), (f"{OTHER}#4", "is_blocked_by", moment)]
    assert [link.link_type for link in two.links.list(get_all=True)] == ["relates_to"]
    far = writer.projects.get(OTHER, lazy=True).issues.get(4)
    assert [(link.iid, link.link_type) for link in far.links.list(get_all=True)] == [(1, "blocks")]
    bodies = [note.body for note in one.notes.list(get_all=True, sort="asc")]
    assert bodies == ["marked this issue as related to #2", f"marked this issue as blocked by {OTHER}#4"]
    assert the(writer, "issue").updated_at == moment


@pytest.mark.parametrize("kind", ["relates_to", "blocks", "is_blocked_by"])
def test_linking_twice_is_a_conflict_from_either_end(writer: gitlab.Gitlab, kind: str) -> None:
    issues = writer.projects.get(PROJECT, lazy=True).issues
    told = {"target_project_id": PROJECT, "target_issue_iid": 2, "link_type": kind}
    issues.get(1).links.create(told)
    for source, target in ((1, 2), (2, 1)):
        with pytest.raises(gitlab.GitlabCreateError, match=r"409: Issue\(s\) already assigned"):
            issues.get(source).links.create({**told, "target_issue_iid": target})
    assert len(issues.get(1).links.list(get_all=True)) == 1
