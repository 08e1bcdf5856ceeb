"""Bodies of webhooks: every recorded one parses, and the changes in it become provisional events."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from handrail.gitlab.histories import Team
from handrail.gitlab.webhooks import heard

FOLLOWED = {"issue", "work_item", "merge_request", "note"}
TEAM = Team(mention="acme/build", zones={"ada": "Europe/Vienna"})


def recorded(shared: Path) -> list[tuple[str, Any]]:
    files = sorted(path for path in (shared / "gitlab").rglob("*.json") if path.parent.name != "openapi")
    bodies = [(path.name, json.loads(path.read_text("utf-8"))) for path in files]
    found = [(name, body) for name, body in bodies if isinstance(body, dict) and "object_kind" in body]
    # One fixture was typed by hand, with a space at the end of every key: no GitLab sends that.
    return [(name, body) for name, body in found if not any(key.endswith(" ") for key in _keys(body))]


def _keys(body: dict[str, Any]) -> list[str]:
    return list(body.get("object_attributes", {}))


def test_contract_every_recorded_body_of_a_kind_that_we_follow_parses(shared: Path) -> None:
    bodies = recorded(shared)
    followed = [body for _, body in bodies if body["object_kind"] in FOLLOWED]
    assert len(followed) >= 20
    found = {name: heard(body, TEAM) for name, body in bodies}
    assert {found[name] for name, body in bodies if body["object_kind"] not in FOLLOWED} == {None}
    items = [body for body in followed if body.get("project") and body["object_kind"] != "note"]
    assert all(heard(body, TEAM) for body in items)


def test_contract_a_real_gitlabs_bodies_say_what_happened(shared: Path) -> None:
    folder = shared / "gitlab/webhooks/hephaestus"

    def said(name: str) -> list[tuple[str, str, str]]:
        found = heard(json.loads((folder / name).read_text("utf-8")), TEAM)
        assert found
        return [(event.did, event.value, event.by) for event in found.events]

    assert said("merge_request.update.json") == [("label_added", "enhancement", "dev1")]
    assert said("merge_request.merge.json") == [("merged", "", "dev1")]
    assert said("note.system.json") == [("closed", "", "dev1")]
    assert said("note.mergerequest.create.json") == [("commented", "", "dev1")]
    assert said("issue.open.json") == []
    assert [did for did, _, _ in said("merge_request.approved.json")] == ["approved"]


def test_contract_a_real_gitlabs_token_is_known_as_a_bot(shared: Path) -> None:
    body = json.loads((shared / "gitlab/webhooks/hephaestus/merge_request.approved.json").read_text("utf-8"))
    found = heard(body, TEAM)
    assert found
    assert found.events[0].bot


def merge_request(**changes: Any) -> dict[str, Any]:
    return {
        "object_kind": "merge_request",
        "user": {"username": "ada"},
        "project": {"path_with_namespace": "acme/app"},
        "object_attributes": {"iid": 7, "updated_at": "2026-06-02 14:00:01 +0200", "action": "update"},
        "changes": changes,
    }


def said(body: dict[str, Any]) -> list[tuple[str, str]]:
    found = heard(body, TEAM)
    assert found
    return [(event.did, event.value) for event in found.events]


def test_times_are_read_with_their_offset() -> None:
    found = heard(merge_request(draft={"previous": True, "current": False}), TEAM)
    assert found
    assert (found.ref, found.at) == ("acme/app!7", datetime(2026, 6, 2, 12, 0, 1, tzinfo=UTC))
    assert [event.did for event in found.events] == ["undrafted"]


def test_a_renewed_request_for_review_is_a_request() -> None:
    bo = {"username": "bo", "re_requested": False}
    asked = merge_request(reviewers={"previous": [], "current": [bo]})
    again = merge_request(reviewers={"previous": [bo], "current": [{**bo, "re_requested": True}]})
    gone = merge_request(reviewers={"previous": [bo], "current": []})
    assert said(asked) == [("review_requested", "bo")]
    assert said(again) == [("review_requested", "bo")]
    assert said(gone) == [("review_removed", "bo")]


def test_labels_that_come_and_go_together() -> None:
    ready, review = ({"title": f"workflow::{state}"} for state in ("ready for review", "in review"))
    assert said(merge_request(labels={"previous": [ready], "current": [review]})) == [
        ("label_removed", "workflow::ready for review"),
        ("label_added", "workflow::in review"),
    ]


@pytest.mark.parametrize(
    ("action", "more", "did"),
    [
        ("approval", {}, ["approved"]),
        ("unapproved", {}, ["unapproved"]),
        ("unapproval", {"system": True}, []),
        ("update", {"oldrev": "0123abcd"}, ["pushed"]),
        ("reopen", {}, ["reopened"]),
        ("open", {}, []),
    ],
)
def test_actions(action: str, more: dict[str, Any], did: list[str]) -> None:
    body = merge_request()
    body["object_attributes"] |= {"action": action, **more}
    assert [deed for deed, _ in said(body)] == did


def test_a_comment_on_an_issue_may_be_a_claim_and_a_mention() -> None:
    note = {
        "note": "@acme/build I start on 2026-06-03",
        "noteable_type": "Issue",
        "created_at": "2026-06-02 21:30:00 UTC",
        "action": "create",
    }
    body = {
        "object_kind": "note",
        "user": {"username": "ada"},
        "project": {"path_with_namespace": "acme/app"},
        "object_attributes": note,
        "issue": {"iid": 3},
    }
    assert said(body) == [("commented", ""), ("claimed", "2026-06-03"), ("mentioned", "acme/build")]
    assert said({**body, "object_attributes": {**note, "action": "update"}}) == []


def test_a_comment_may_be_a_command_and_its_authors_question_no_claim() -> None:
    def told(note: str, author_id: int) -> list[tuple[str, str]]:
        facts = {
            "note": note,
            "noteable_type": "Issue",
            "created_at": "2026-06-02 14:00:00 UTC",
            "author_id": 7,
            "action": "create",
        }
        body = {
            "object_kind": "note",
            "user": {"username": "ada"},
            "project": {"path_with_namespace": "acme/app"},
            "object_attributes": facts,
            "issue": {"iid": 3, "author_id": author_id},
        }
        found = heard(body, TEAM)
        assert found
        return [(event.did, event.value) for event in found.events]

    assert told("@handrail status", 8) == [("commented", ""), ("commanded", "status")]
    assert told("Can I work on this?", 8) == [("commented", ""), ("claimed", "")]
    assert told("Can I work on this?", 7) == [("commented", "")]


@pytest.mark.parametrize("body", [{}, {"object_kind": "issue"}, {"object_kind": "note", "object_attributes": {}}])
def test_what_is_none_of_gitlabs_is_refused(body: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="webhook"):
        heard(body, TEAM)
