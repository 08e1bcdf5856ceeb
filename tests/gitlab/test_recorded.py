"""What others recorded of REST, of the kinds that Handrail asks for, is read without a complaint."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from handrail.gitlab.histories import Team, note_events, resource_events
from handrail.gitlab.item_reader import as_graphql
from handrail.gitlab.surroundings import member_account
from handrail.gitlab.system_notes import Names

NAMES = Names(lambda _: None, lambda _: None)
NOTE = {"body", "author", "created_at", "system"}
OF_OTHERS = {"commit", "snippet", "Commit", "Snippet"}


def recorded(shared: Path, *keys: str) -> list[dict[str, Any]]:
    """Every object with these keys that stands alone in a file, or in a file's list."""
    return [body for body in _bodies(shared) if set(keys) <= body.keys()]


def _bodies(shared: Path) -> Iterator[dict[str, Any]]:
    for file in sorted((shared / "gitlab/fixtures").rglob("*.json")):
        found = json.loads(file.read_text("utf-8"))
        yield from (body for body in (found if isinstance(found, list) else [found]) if isinstance(body, dict))


def test_contract_every_recorded_resource_event_is_read(shared: Path) -> None:
    listed = recorded(shared, "resource_type", "created_at", "action")
    assert len(listed) >= 9
    found = list(resource_events(listed, Team()))
    assert len(found) == sum(bool(event.get("label")) or "milestone" in event for event in listed)
    assert {event.did for event in found} <= {"label_added", "label_removed", "milestone_set"}
    assert all(event.by and event.at.tzinfo for event in found)


def test_contract_every_recorded_note_and_discussion_is_read(shared: Path) -> None:
    notes = recorded(shared, *NOTE)
    for discussion in recorded(shared, "notes", "individual_note"):
        notes += [note for note in discussion["notes"] if note.keys() >= NOTE]  # the others were shortened by hand
    notes = [note for note in notes if note.get("noteable_type") not in OF_OTHERS]
    assert len(notes) >= 40
    found = [list(note_events(as_graphql(note), "", NAMES, Team(), claims=True)) for note in notes]
    comments = [events for events, note in zip(found, notes, strict=True) if not note["system"]]
    assert all(events[0].did == "commented" for events in comments)


def test_contract_every_recorded_member_is_read(shared: Path) -> None:
    members = recorded(shared, "username", "access_level", "state")
    assert len(members) >= 8
    assert all(member_account(member).username for member in members)
    token = {"username": "group_24_bot_1f0c", "name": "A token", "state": "active"}
    assert member_account(token).bot


def test_contract_every_recorded_label_and_milestone_has_what_is_read_of_them(shared: Path) -> None:
    labels, milestones = recorded(shared, "name", "color"), recorded(shared, "iid", "due_date", "title")
    assert len(labels) >= 8
    assert len(milestones) >= 4
    assert all(isinstance(label["name"], str) for label in labels)
    assert all(isinstance(milestone["iid"], int) and milestone["title"] for milestone in milestones)
