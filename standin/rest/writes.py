"""What changes an issue, a merge request or an epic, and what makes an issue."""

from collections.abc import Sequence
from typing import Any

from handrail.model.items import Issue
from standin.changes import Change
from standin.entries import Entry
from standin.places import Account, Place
from standin.rest import epic_bodies, item_bodies
from standin.rest.calls import Call
from standin.rest.paging import Failure

STATE_EVENTS = ("reopen", "close")
TYPES = ("issue", "incident", "test_case", "requirement", "task", "ticket")
LONGEST_TITLE = 255
_COMMON = (
    "assignee_id", "assignee_ids", "description", "discussion_locked", "labels", "add_labels", "remove_labels",
    "milestone_id", "state_event", "title",
)  # fmt: skip
OF_ISSUES = (*_COMMON, "confidential", "created_at", "due_date", "issue_type")
OF_MERGE_REQUESTS = (
    *_COMMON, "reviewer_ids", "remove_source_branch", "allow_collaboration", "allow_maintainer_to_push", "squash",
    "target_branch", "merge_after",
)  # fmt: skip
OF_EPICS = ("add_labels", "color", "confidential", "description", "labels", "remove_labels", "state_event", "title")


def update_issue(call: Call) -> Any:
    """``PUT /projects/:id/issues/:issue_iid``."""
    entry = changeable(call, call.entry("#"))
    call.params.require_one_of((*OF_ISSUES, "weight") if call.world.tier == "premium" else OF_ISSUES)
    change = _begun(call, entry)
    if "weight" in call.params and call.world.tier == "premium":
        change.weigh(_weight(call))
    _people_and_milestone(call, change)
    change.save()
    return item_bodies.issue(call.world, entry)


def update_merge_request(call: Call) -> Any:
    """``PUT /projects/:id/merge_requests/:merge_request_iid``."""
    entry = changeable(call, call.entry("!"))
    call.params.require_one_of(OF_MERGE_REQUESTS)
    change = _begun(call, entry)
    _people_and_milestone(call, change)
    if "reviewer_ids" in call.params:
        reviewers = _chosen(call, "reviewer_ids")
        if reviewers is not None:
            change.ask(reviewers)
    change.save()
    return item_bodies.one_merge_request(call.world, entry)


def update_epic(call: Call) -> Any:
    """``PUT /groups/:id/epics/:epic_iid``."""
    entry = changeable(call, call.epic)
    call.params.require_one_of(OF_EPICS)
    _begun(call, entry).save()
    return epic_bodies.epic(call.world, entry)


def create_issue(call: Call) -> Any:
    """``POST /projects/:id/issues``."""
    world, place = call.world, call.project
    _guard(call, place)
    call.params.require("title")
    kind = call.params.choice("issue_type", TYPES)
    ref = f"{place.path}#{world.next_iid(place.path)}"
    made = Issue(ref=ref, title=_title(call), author=call.username, created_at=world.now)
    description = call.params.text("description") or ""
    change = Change(world, Entry(made, (), place, world.now), call.username)
    change.label(call.params.words("labels"), call.params.words("add_labels"), call.params.words("remove_labels"))
    _people_and_milestone(call, change)
    if call.params.flag("confidential"):
        change.hide(True)
    if "weight" in call.params and world.tier == "premium":
        change.weigh(_weight(call))
    entry = world.create(change.item, change.events)
    entry.description = description
    entry.issue_type = (kind or "").upper()
    return item_bodies.issue(world, entry)


def changeable(call: Call, entry: Entry) -> Entry:
    """The item, if the caller may change it. Raises Failure."""
    _guard(call, entry.place)
    return entry


def _guard(call: Call, place: Place) -> None:
    if call.world.is_read_only(place.path):
        raise Failure(403, message="403 Forbidden")


# --- from parameters to a change ---------------------------------------------------------------------------


def _begun(call: Call, entry: Entry) -> Change:
    """What issues, merge requests and epics have in common: state, title, description, labels."""
    params, change = call.params, Change(call.world, entry, call.username)
    state = params.choice("state_event", STATE_EVENTS)
    if state == "close":
        change.close()
    elif state == "reopen":
        change.reopen()
    if "title" in params:
        change.retitle(_title(call))
    if "description" in params:
        change.describe(params.text("description") or "")
    confidential = params.flag("confidential")
    if confidential is not None and entry.kind != "merge_request":
        change.hide(confidential)
    base = params.words("labels") if params.given.get("labels") is not None else None
    change.label(base, params.words("add_labels"), params.words("remove_labels"))
    return change


def _people_and_milestone(call: Call, change: Change) -> None:
    if "milestone_id" in call.params:
        change.plan(_milestone(call, change))
    for name in ("assignee_id", "assignee_ids"):
        if name in call.params:
            assignees = _chosen(call, name)
            if assignees is not None:
                change.assign(assignees)


def _title(call: Call) -> str:
    title = (call.params.text("title") or "").strip()
    if not title:
        raise Failure(400, message={"title": ["can't be blank"]})
    if len(title) > LONGEST_TITLE:
        raise Failure(400, message={"title": [f"is too long (maximum is {LONGEST_TITLE} characters)"]})
    return title


def _weight(call: Call) -> int | None:
    weight = call.params.number("weight")
    if weight is not None and weight < 0:
        raise Failure(400, message={"weight": ["must be greater than or equal to 0"]})
    return weight


def _milestone(call: Call, change: Change) -> str | None:
    """A milestone's title by its number. One that is not there takes the milestone off, as 0 does: so does GitLab."""
    asked, group = call.params.number("milestone_id"), change.item.project.partition("/")[0]
    return next((box.title for box in call.world.milestones.values() if box.id == asked and box.group == group), None)


def _chosen(call: Call, name: str) -> list[str] | None:
    """User names by number: nobody for nothing and for 0, None (leave it) where none of the numbers is a user's."""
    asked = call.params.numbers(name)
    if asked in ([], [0]):
        return []
    found = _known(list(call.world.accounts.values()), asked)
    return [account.username for account in found] or None


def _known(accounts: Sequence[Account], asked: Sequence[int]) -> list[Account]:
    by_id = {account.id: account for account in accounts}
    return [by_id[number] for number in asked if number in by_id]
