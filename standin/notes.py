"""An item's history as notes and discussions, in the words that GitLab puts into them.

GitLab writes a note for most of what happens. Changes of label, milestone and state are resource events instead; an
issue's notes widget shows them as notes that exist nowhere else (synthetic ones), a merge request's discussions do not.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby

from handrail.model.history import Event
from standin.entries import Entry
from standin.ids import digest
from standin.world import World


@dataclass(slots=True)
class Note:
    """One note. ``synthetic`` names the class of a note that is made of resource events."""

    id: int
    by: str
    body: str
    at: datetime
    action: str | None = None
    """GitLab's word for what a system note tells; None for a comment."""
    synthetic: str | None = None
    updated_at: datetime | None = None
    """When its text was last changed, for a comment that came in through the API."""
    discussion: "Discussion" = field(init=False)

    @property
    def system(self) -> bool:
        """Whether GitLab wrote it."""
        return self.action is not None


@dataclass(slots=True)
class Discussion:
    """Notes that belong together; most hold one."""

    id: str
    entry: Entry
    notes: list[Note]
    is_thread: bool = False
    resolved_by: str | None = None
    resolved_at: datetime | None = None

    def __post_init__(self) -> None:
        for note in self.notes:
            note.discussion = self

    def add(self, note: Note) -> None:
        """A reply, which opens a resolved thread again."""
        note.discussion = self
        self.notes.append(note)
        self.resolved_by = self.resolved_at = None


SYNTHETIC = {"label": "LabelNote", "milestone": "MilestoneNote", "state": "StateNote"}
REVIEWS = {
    "requested_changes": ("requested changes", "requested_changes"),
    "reviewed": ("left review comments without approving", "reviewed"),
    "approved": ("approved this merge request", "approved"),
    "unapproved": ("unapproved this merge request", "unapproved"),
}
COMMENTS = frozenset({"commented", "claimed", "commanded", "mentioned", "asked"})
_TOPICS = {
    "label_added": "label",
    "label_removed": "label",
    "milestone_set": "milestone",
    "closed": "state",
    "reopened": "state",
    "merged": "state",
    "assigned": "assignee",
    "unassigned": "assignee",
    "review_requested": "reviewer",
    "review_removed": "reviewer",
    "commented": "comment",
    "claimed": "comment",
    "commanded": "comment",
    "mentioned": "comment",
    "asked": "comment",
}
"""What GitLab tells in one note if one person did it in the same instant."""


def discussions(world: World, entry: Entry, *, synthetic: bool) -> list[Discussion]:
    """The item's discussions by the instant of their first note."""
    found: dict[str, Discussion] = {}
    for index, events in enumerate(_together(entry.events)):
        topic = _TOPICS.get(events[0].did, events[0].did)
        if topic == "thread_resolved":
            thread = found.get(events[0].value)
            if thread is not None:
                thread.resolved_by, thread.resolved_at = events[0].by, events[0].at
        elif topic == "comment":
            _comment(found, entry, index, events)
        elif topic not in SYNTHETIC:
            told = _system_note(world, entry, topic, events)
            if told is not None:
                _put(found, entry, index, Note(0, events[0].by, told[0], events[0].at, told[1]))
        elif synthetic:
            body, action = _resource_note(world, entry, topic, events)
            _put(found, entry, index, Note(0, events[0].by, body, events[0].at, action, SYNTHETIC[topic]))
    return _with_remarks(entry, list(found.values()))


def stored(world: World, entry: Entry, number: int) -> Note | None:
    """The item's note of that number."""
    notes = (note for discussion in discussions(world, entry, synthetic=False) for note in discussion.notes)
    return next((note for note in notes if note.id == number), None)


def note_number(entry: Entry, event: Event) -> int:
    """The number of the note that tells of an event of the item's history."""
    groups = enumerate(_together(entry.events))
    return next(entry.id * 4096 + index for index, events in groups if any(one is event for one in events))


def comments_by_number(entry: Entry) -> dict[int, Event]:
    """The event of each comment, by the number of its note."""
    found: dict[int, Event] = {}
    for index, events in enumerate(_together(entry.events)):
        if events[0].did in COMMENTS:
            written = entry.note_of(events[0])
            found[written.id if written else entry.id * 4096 + index] = events[0]
    return found


def _with_remarks(entry: Entry, found: list[Discussion]) -> list[Discussion]:
    """With the notes of what is no event; they are numbered from behind, so that they move no other note's number."""
    if not entry.remarks:
        return found
    for index, remark in enumerate(entry.remarks):
        note = Note(entry.id * 4096 + 3072 + index, remark.by, remark.body, remark.at, remark.action)
        found.append(Discussion(digest(entry.item.ref, note.id), entry, [note]))
    return sorted(found, key=lambda discussion: discussion.notes[0].at)


def _together(events: Sequence[Event]) -> Iterator[list[Event]]:
    """The events by note: same instant, same person, same topic, and nothing but comments in the same thread."""

    def key(event: Event) -> tuple[datetime, str, str]:
        topic = _TOPICS.get(event.did, f"{event.did} {event.value}")
        return event.at, event.by, topic

    for (_, _, topic), group in groupby(events, key):
        if topic in {"milestone", "state"}:
            yield from ([event] for event in group)
        elif topic == "comment":
            yield from _comments(list(group))
        else:
            yield list(group)


def _comments(group: list[Event]) -> Iterator[list[Event]]:
    """A claim or mention is in the comment before it; several comments are several notes."""
    note: list[Event] = []
    for event in group:
        if note and event.did == "commented":
            yield note
            note = []
        note.append(event)
    yield note


def _put(found: dict[str, Discussion], entry: Entry, index: int, note: Note) -> None:
    note.id = entry.id * 4096 + index
    identity = digest(entry.item.ref, note.id)
    found[identity] = Discussion(identity, entry, [note])


def _comment(found: dict[str, Discussion], entry: Entry, index: int, events: list[Event]) -> None:
    note = Note(entry.id * 4096 + index, events[0].by, " ".join(_said(event) for event in events), events[0].at)
    if (written := entry.note_of(events[0])) is not None:
        note.id, note.body, note.updated_at = written.id, written.body, written.updated_at
    thread = next((event.value for event in events if event.did == "commented"), "")
    if not thread:
        identity = digest(entry.item.ref, note.id)
        found[identity] = Discussion(identity, entry, [note])
    elif thread in found:
        found[thread].add(note)
    else:
        found[thread] = Discussion(thread, entry, [note], is_thread=True)


def _said(event: Event) -> str:
    match event.did:
        case "claimed":
            return f"I will start on this by {event.value}." if event.value else "I'd like to work on this."
        case "commanded":
            return f"\n@handrail {event.value}\n"
        case "mentioned":
            return f"@{event.value} could somebody have a look?"
        case "asked":
            return f"@{event.value}, could you have a look?"
        case _:
            return "Thanks, see above."


def _system_note(world: World, entry: Entry, topic: str, events: list[Event]) -> tuple[str, str] | None:
    """The body and action of a note that GitLab stores; None where it writes none."""
    first = events[0]
    match topic:
        case "assignee":
            return _people(events, "assigned", "assigned to ", "unassigned "), "assignee"
        case "reviewer":
            return _people(
                events, "review_requested", "requested review from ", "removed review request for "
            ), "reviewer"
        case "reviewed":
            return REVIEWS.get(first.value)
        case "approved" | "unapproved":
            return REVIEWS[topic]
        case "drafted" | "undrafted":
            return f"marked this merge request as **{'draft' if topic == 'drafted' else 'ready'}**", "title"
        case "status_set" if world.tier == "premium":
            return (f"set status to **{first.value}**" if first.value else "removed status"), "work_item_status"
        case "epic_set" if world.tier == "premium":
            return _epic(entry, first)
        case "pushed":
            commit = digest(entry.item.ref, first.at)
            path = f"/{entry.item.project}/-/merge_requests/{entry.item.iid}/diffs?diff_id={entry.id}"
            commits = f"<ul><li>{commit[:8]} - {entry.item.title}</li></ul>"
            return f"added 1 commit\n\n{commits}\n\n[Compare with previous version]({path})", "commit"
        case _:
            return None


def _epic(entry: Entry, event: Event) -> tuple[str, str]:
    if event.value:
        return f"added to epic {event.value}", "issue_added_to_epic"
    before = [e.value for e in entry.events if e.did == "epic_set" and e.value and e.at <= event.at]
    return f"removed from epic {before[-1]}", "issue_removed_from_epic"


def _people(events: list[Event], did: str, came: str, went: str) -> str:
    parts = [
        prefix + _sentence([f"@{event.value}" for event in events if (event.did == did) is arrival])
        for prefix, arrival in ((came, True), (went, False))
        if any((event.did == did) is arrival for event in events)
    ]
    return " and ".join(parts)


def _sentence(words: list[str]) -> str:
    """The words as Rails joins them: with a comma before the last "and" of three or more."""
    if len(words) < 3:
        return " and ".join(words)
    return ", ".join(words[:-1]) + f", and {words[-1]}"


def _resource_note(world: World, entry: Entry, topic: str, events: list[Event]) -> tuple[str, str]:
    """The body and action of a note made of resource events of one instant."""
    first, path = events[0], entry.item.project
    if topic == "label":
        parts = []
        for word, did in (("added", "label_added"), ("removed", "label_removed")):
            ids = [f"~{world.label(path, event.value).id}" for event in events if event.did == did]
            if ids:
                parts.append(f"{word} {' '.join(ids)} label{'s' if len(ids) > 1 else ''}")
        return " and ".join(parts), "label"
    if topic == "milestone":
        if first.value:
            return f"changed milestone to {milestone_reference(first.value)}", "milestone"
        return "removed milestone", "milestone"
    return first.did, "opened" if first.did == "reopened" else first.did


def milestone_reference(title: str) -> str:
    """A group milestone as GitLab names it in text."""
    return f'%"{title}"'
