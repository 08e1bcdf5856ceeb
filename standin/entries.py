"""An item as the instance keeps it: with a number, a place, and when it was last updated."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from handrail.model.history import Event
from handrail.model.items import Epic, Issue, Item, MergeRequest
from standin.descriptions import described
from standin.ids import number
from standin.places import Place

Kind = Literal["issue", "merge_request", "epic"]
KINDS: dict[str, Kind] = {"#": "issue", "!": "merge_request", "&": "epic"}
FAR = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Written:
    """A comment that was written through the API: its number, and its text as it is now."""

    event: Event
    """The very event of the item's history that tells of it."""
    id: int
    body: str
    updated_at: datetime

    @property
    def at(self) -> datetime:
        """When it was written."""
        return self.event.at


@dataclass(frozen=True, slots=True)
class Remark:
    """What GitLab notes of a change that is no event of the history: of a title, a description, a link."""

    at: datetime
    by: str
    body: str
    action: str


class Entry:
    """One issue, merge request or epic with its history."""

    __slots__ = (
        "closed_by", "description", "events", "id", "issue_type", "item", "kind", "linked_at", "listed", "moved_to",
        "place", "remarks", "updated_at", "written",
    )  # fmt: skip

    def __init__(self, item: Item, events: tuple[Event, ...], place: Place, updated_at: datetime | None) -> None:
        self.item, self.events, self.place = item, events, place
        self.kind = KINDS[item.sigil]
        self.id = number("item", item.ref)
        self.listed = True
        self.moved_to: str | None = None
        last = events[-1].at if events else item.created_at
        self.updated_at = updated_at or max(last, item.created_at, item.closed_at or item.created_at)
        """To the second, in UTC, as every instant of the facts."""
        self.closed_by = next((e.by for e in reversed(events) if e.did in {"closed", "merged"}), item.author)
        self.description = described(item)
        """As it was written, with its comments; of an item that only facts tell, as they tell it."""
        self.issue_type = ""
        """GitLab's IssueType where somebody said it; else it follows from the labels."""
        self.written: list[Written] = []
        """The comments that came in through the API."""
        self.remarks: list[Remark] = []
        self.linked_at: dict[str, datetime] = {}
        """When a link to another item was made, by its reference; other links are as old as the item."""

    def take_over(self, old: "Entry") -> None:
        """Keep what was written to the item before its facts were told anew."""
        if old.description != described(old.item):  # somebody wrote it
            self.description = old.description
        self.issue_type = old.issue_type
        self.written, self.remarks, self.linked_at = [*old.written], [*old.remarks], {**old.linked_at}

    def note_of(self, event: Event) -> Written | None:
        """What was written, for a comment that came in through the API."""
        return next((written for written in self.written if written.event is event), None)

    @property
    def merged_at(self) -> datetime | None:
        """When it was merged, for a merge request that was."""
        return self.item.closed_at if self.item.state == "merged" else None

    @property
    def work_item_type(self) -> str:
        """GitLab's IssueType."""
        if self.kind == "epic":
            return "EPIC"
        if self.issue_type:
            return self.issue_type
        return "INCIDENT" if "incident" in self.item.labels else "ISSUE"

    def sort_key(self, order: str) -> tuple[object, int]:
        """What a listing is sorted by; the number breaks ties, so that a cursor names one place only."""
        match order:
            case "updated":
                return self.updated_at, self.id
            case "created":
                return self.item.created_at, self.id
            case "title":
                return self.item.title.casefold(), self.id
            case "merged":
                return self.merged_at or FAR, self.id
            case _:
                return self.item.closed_at or FAR, self.id

    def usernames(self) -> Iterator[str]:
        """Everybody whom the item's facts name."""
        yield self.item.author
        yield from self.item.assignees
        if isinstance(self.item, MergeRequest):
            yield from (reviewer.username for reviewer in self.item.reviewers)
            yield from self.item.approved_by


def named_in(item: Item) -> Iterator[str]:
    """The other items that an item's facts name."""
    if isinstance(item, Issue):
        yield from (*item.blocked_by, *item.blocks, *item.related, *([item.epic] if item.epic else []))
        yield from (linked.ref for linked in item.merge_requests)


def placeholder(ref: str, since: datetime) -> Item:
    """An item that others name and the facts leave out."""
    title, author = f"Not among the facts: {ref}", "ghost"
    if "&" in ref:
        return Epic(ref=ref, title=title, author=author, created_at=since)
    if "!" in ref:
        return MergeRequest(ref=ref, title=title, author=author, created_at=since)
    return Issue(ref=ref, title=title, author=author, created_at=since)
