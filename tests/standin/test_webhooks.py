"""The bodies that the stand-in sends have every key that recorded ones have, and tell what happened."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from handrail.gitlab.histories import Team as KnownTeam
from handrail.gitlab.webhooks import finished, heard
from handrail.model.facts import Team
from handrail.model.history import Event
from handrail.model.planning import Milestone, Pipeline, Project
from handrail.testing import NOW, PEOPLE, PROJECT, Told, a_merge_request, a_reviewer, an_epic, an_issue
from standin.changes import Change
from standin.comments import comment
from standin.webhooks import Webhook, webhooks
from standin.world import World

ISSUE, REVIEW, EPIC = f"{PROJECT}#1", f"{PROJECT}!2", "gitlab-org&3"
ITEMS = an_issue(1, "bug", author="mara"), a_merge_request(2, author="ivo"), an_epic(3)
CLOCKS = {
    "human_time_change", "human_time_estimate", "human_total_time_spent", "time_change", "last_edited_at",
    "last_edited_by_id", "relative_position", "moved_to_id", "duplicated_to_id", "customer_relations_contacts",
}  # fmt: skip
UNSAID = CLOCKS | {
    "merge_error", "merge_params", "merge_user_id", "prepared_at", "first_contribution", "approval_rules",
    "head_pipeline_id", "change_position", "commit_id", "line_code", "original_position", "position", "resolved_at",
    "resolved_by_id", "resolved_by_push", "st_diff", "updated_by_id",
}  # fmt: skip
"""What no reader of ours looks at."""


@pytest.fixture
def world() -> World:
    people = Team(NOW, dict(PEOPLE), (Project(PROJECT),), (Milestone("19.1"),))
    found = World(Told(tuple((item, ()) for item in ITEMS), people))
    found.happenings = []
    found.advance(NOW + timedelta(minutes=5))
    return found


def sent(world: World) -> list[Webhook]:
    assert world.happenings is not None
    happened, world.happenings = world.happenings, []
    return [one for each in happened for one in webhooks(world, each)]


def change(world: World, ref: str = ISSUE) -> Change:
    return Change(world, world.entries[ref], "nadia")


def told(webhook: Webhook) -> list[tuple[str, str]]:
    found = heard(json.loads(json.dumps(webhook.body)), KnownTeam())
    assert found
    return [(event.did, event.value) for event in found.events]


def test_nothing_is_kept_unless_somebody_listens(world: World) -> None:
    world.happenings = None
    comment(world, world.entries[ISSUE], "nadia", "Hello")
    world.run([Pipeline(PROJECT, 1, "failed", world.now)])
    assert world.happenings is None


def test_one_change_is_one_webhook_that_tells_all_of_it(world: World) -> None:
    found = change(world)
    found.label(None, ["priority::1"], ["bug"])
    found.assign(["ivo"])
    found.plan("19.1")
    found.describe("Other words")
    found.save()
    (webhook,) = sent(world)
    assert (webhook.project, webhook.flag, webhook.event) == (PROJECT, "issues_events", "Issue Hook")
    assert told(webhook) == [("label_removed", "bug"), ("label_added", "priority::1"), ("assigned", "ivo")]
    number = world.timebox(PROJECT, "19.1").id
    assert webhook.body["changes"]["milestone_id"] == {"previous": None, "current": number}
    assert webhook.body["changes"]["description"]["current"] == "Other words"
    assert "assignees" in webhook.body


def test_what_is_confidential_is_asked_for_by_another_name(world: World) -> None:
    found = change(world)
    found.hide(True)
    found.close()
    found.save()
    comment(world, world.entries[ISSUE], "nadia", "Hello")
    assert [(one.flag, one.event, one.body["event_type"]) for one in sent(world)] == [
        ("confidential_issues_events", "Confidential Issue Hook", "confidential_issue"),
        ("confidential_note_events", "Confidential Note Hook", "confidential_note"),
    ]


def test_a_merge_request(world: World) -> None:
    entry = world.entries[REVIEW]
    found = change(world, REVIEW)
    found.ask(["nadia"])
    found.retitle("Draft: mend it")
    found.save()
    assert told(sent(world)[0]) == [("review_requested", "nadia"), ("drafted", "")]
    world.record(entry, replace(entry.item, approved_by=("mara",)), [Event(world.now, "mara", "approved")])
    world.record(entry, entry.item, [Event(world.now, "ivo", "pushed")])
    again = a_reviewer("nadia", requests=2)
    world.record(entry, replace(entry.item, reviewers=(again,)), [Event(world.now, "ivo", "review_requested", "nadia")])
    merged = replace(entry.item, state="merged", closed_at=world.now)
    world.record(entry, merged, [Event(world.now, "mara", "merged")])
    assert [(one.body["object_attributes"]["action"], told(one)) for one in sent(world)] == [
        ("approved", [("approved", "")]),
        ("update", [("pushed", "")]),
        ("update", [("review_requested", "nadia")]),
        ("merge", [("merged", "")]),
    ]


def test_a_new_item_a_comment_and_a_pipeline(world: World) -> None:
    world.create(an_issue(9, author="nadia"), ())
    comment(world, world.entries[REVIEW], "ivo", "@nadia can you look?")
    world.run([Pipeline(PROJECT, 7, "failed", world.now, failed_jobs=("rspec",))])
    opened, said, ran = sent(world)
    assert opened.body["object_attributes"]["action"] == "open"
    assert told(said) == [("commented", ""), ("asked", "nadia")]
    found = finished(ran.body)
    assert found
    assert (found.status, found.failed_jobs, ran.flag) == ("failed", ("rspec",), "pipeline_events")


def test_what_is_told_anew_is_sent_too_and_an_epic_is_not(world: World) -> None:
    entry = world.entries[ISSUE]
    world.put(replace(entry.item, title="Other"), [Event(world.now, "ivo", "commented")])
    changed, said = sent(world)
    assert changed.body["changes"]["title"] == {"previous": ITEMS[0].title, "current": "Other"}
    assert told(said) == [("commented", "")]
    world.put(replace(world.entries[EPIC].item, title="Other"), [])
    assert sent(world) == []


@pytest.mark.parametrize(
    "name", ["issue.update", "merge_request.update", "note.issue.create", "note.mergerequest.create"]
)
def test_contract_bodies_have_what_recorded_ones_have(world: World, shared: Path, name: str) -> None:
    recorded = json.loads((shared / f"gitlab/webhooks/hephaestus/{name}.json").read_text("utf-8"))
    ref = ISSUE if "issue" in name else REVIEW
    if name.startswith("note"):
        comment(world, world.entries[ref], "nadia", "Hello")
    else:
        found = change(world, ref)
        found.label(None, ["priority::1"], [])
        found.save()
    (webhook,) = sent(world)
    assert missing(recorded, webhook.body) == set()


def missing(recorded: Any, body: Any, at: str = "") -> set[str]:
    """The paths of keys that the recorded body has and ours has not."""
    if isinstance(recorded, dict) and isinstance(body, dict):
        gone = {f"{at}{key}" for key in recorded.keys() - body.keys() - UNSAID}
        if at == "changes.":  # whatever had changed there
            gone = set()
        return gone.union(*(missing(recorded[key], body[key], f"{at}{key}.") for key in recorded.keys() & body.keys()))
    return set()
