"""Histories that two write: what people did in the demo's facts, and what Handrail did meanwhile.

People's deeds stay as they are where they still change something. What we did before them leaves some without effect (a
label that is there already), and asks for others: whoever puts on a label of a scope takes ours of the same scope off,
and whoever goes on with something that we closed opens it again.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from msgspec.structs import replace

from handrail.model.derive import as_of
from handrail.model.history import Event
from handrail.model.items import Item, MergeRequest
from handrail.model.labels import excluded_by

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
_ADDS = {"label_added": "labels", "assigned": "assignees"}
_REMOVES = {"label_removed": "labels", "unassigned": "assignees"}


def item_at(item: Item, events: Sequence[Event], moment: datetime) -> Item | None:
    """The item as it was at that moment, open or not; None before it was there."""
    then = as_of(item, events, moment, LONG_AGO)
    return replace(then, detailed_merge_status=_merge_status(then)) if isinstance(then, MergeRequest) else then


def lived(theirs: Sequence[Event], ours: Sequence[Event]) -> list[Event]:
    """One history of both, in order of time; theirs begin with the item itself. Our events stay the very same objects.

    What is before an instant does not depend on what comes after it.
    """
    life = _Life()
    own = {id(event) for event in ours}
    together = sorted([*theirs, *ours], key=lambda event: event.at)  # theirs first where it is the same instant
    found: list[Event] = []
    for event in together:
        if id(event) in own:
            life.happens(event, ours=True)
            found.append(event)
        else:
            for one in life.answered(event):
                life.happens(one, ours=False)
                found.append(one)
    return found


class _Life:
    """What of an item decides whether a deed changes anything."""

    def __init__(self) -> None:
        self.facts: dict[str, set[str]] = {"labels": set(), "assignees": set()}
        self.asked: set[str] = set()
        self.asked_by_them: set[str] = set()
        self.milestone = self.status = ""
        self.we_closed = False

    def answered(self, event: Event) -> Iterator[Event]:
        """A deed of theirs as it is where we have been before: as it was, with more, or not at all."""
        if self.we_closed:
            if event.bot or event.did == "closed":
                return
            if event.did != "reopened":
                yield Event(event.at, event.by, "reopened")
        if event.did in _ADDS and event.value in self.facts[_ADDS[event.did]]:
            return
        if event.did in _REMOVES and event.value not in self.facts[_REMOVES[event.did]]:
            return
        if event.did == "milestone_set" and event.value == self.milestone:
            return
        if event.did == "status_set" and event.value == self.status:
            return
        if event.did == "review_requested" and event.value in self.asked - self.asked_by_them:
            return
        if event.did == "label_added":
            for other in sorted(excluded_by(event.value, sorted(self.facts["labels"]))):
                yield Event(event.at, event.by, "label_removed", other, event.bot)
        yield event

    def happens(self, event: Event, *, ours: bool) -> None:
        """Take note of a deed."""
        match event.did:
            case "label_added" | "assigned":
                self.facts[_ADDS[event.did]].add(event.value)
            case "label_removed" | "unassigned":
                self.facts[_REMOVES[event.did]].discard(event.value)
            case "milestone_set":
                self.milestone = event.value
            case "status_set":
                self.status = event.value
            case "review_requested":
                self.asked.add(event.value)
                if not ours:
                    self.asked_by_them.add(event.value)
            case "review_removed":
                self.asked.discard(event.value)
            case "closed" | "merged" | "reopened":
                self.we_closed = ours and event.did == "closed"
            case _:
                pass


def _merge_status(mr: MergeRequest) -> str:
    """GitLab's word for whether it can be merged, as far as facts tell."""
    if mr.state != "opened":
        return "not_open"
    if mr.draft:
        return "draft_status"
    if any(reviewer.state == "requested_changes" for reviewer in mr.reviewers):
        return "requested_changes"
    if mr.threads:
        return "discussions_not_resolved"
    return "mergeable" if mr.approved_by else "not_approved"
