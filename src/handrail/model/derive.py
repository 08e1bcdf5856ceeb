"""From an item's history: the instants that decisions read, and the item as it was at a past moment.

Clocks start at events, so pushes, rebases, edits and bots move nothing (definitions: review-response SLO). Facts that
GitLab states today (labels, milestone, assignees, reviewers) are taken back event by event, so that a history that
begins late still gives every moment since it began.
"""

from collections.abc import Container, Sequence
from contextlib import suppress
from datetime import date, datetime
from typing import Any

from msgspec.structs import replace

from handrail.model.history import Event
from handrail.model.items import (
    Ask,
    Claim,
    Command,
    Issue,
    Item,
    MergeRequest,
    Part,
    Reviewer,
    ReviewState,
    Stay,
    Thread,
)
from handrail.model.labels import scope_of


def derived(item: Item, events: Sequence[Event]) -> Item:
    """The item with its derived instants read off ``events`` (in order of time, none later than now)."""
    gone = _gone_before(item.labels, events)
    added = {event.value: event for event in events if event.did == "label_added"}
    assigned = [e.at for e in events if e.did == "assigned" and e.value in item.assignees]
    words = [e for e in events if e.did in _WORDS and not e.bot]
    acts = {e.by: e.at for e in events if e.by and e.did != "pushed" and not e.bot}
    common: dict[str, Any] = {
        "label_since": {label: added[label].at for label in item.labels if label in added},
        "label_by": {label: added[label].by for label in item.labels if label in added and not added[label].bot},
        "label_before": {label: e.value for label, e in gone.items()},
        "label_freed": {label: e.at for label, e in gone.items() if label in added and added[label].at < e.at},
        "milestones": _stays(events),
        "assigned_since": assigned[-1] if assigned else None,
        "last_human_at": words[-1].at if words else None,
        "last_human_by": words[-1].by if words else "",
        "spoke": {e.by: e.at for e in words},
        **_unanswered_mention(events),
        "acted": {name: at for name, at in acts.items() if name in item.assignees},
        "others": {name: at for name, at in acts.items() if name not in item.assignees},
        "commands": _commands(item, events),
        "closed_about": _closed_about(events) if item.state == "closed" else "",
    }
    if isinstance(item, Issue):
        in_epic = next((e for e in reversed(events) if e.did == "epic_set"), None)
        statuses = [e for e in reversed(events) if e.did == "status_set"]
        status_since = next((e.at for e in statuses if e.value == item.status), None)
        return replace(
            item,
            claims=_claims(events),
            asks=_asks(events),
            epic_since=in_epic.at if in_epic and in_epic.value and item.epic else None,
            status_since=status_since,
            been=_been(events, {*common["label_since"].items(), (item.status, status_since)}),
            status_before=next((e.value for e in statuses if e.value not in {"", item.status}), None),
            **common,
        )
    if isinstance(item, MergeRequest):
        rounds = _rounds(events)
        reviewers = tuple(
            replace(rounds[r.username], state=r.state) if r.username in rounds else r for r in item.reviewers
        )
        pushed = next((e.at for e in reversed(events) if e.did == "pushed" and not e.bot), None)
        return replace(item, reviewers=reviewers, threads=_open_threads(events), pushed_at=pushed, **common)
    return replace(item, **common)


def as_of(item: Item, events: Sequence[Event], moment: datetime, ended_since: datetime | None = None) -> Item | None:
    """The item as it was at ``moment``, derived instants included; None when it was not there yet or not open.

    With ``ended_since`` also as one that is closed or merged, if it ended then or later.

    ``events`` are in order of time. Whether it could be merged then, and what our part of a description said, is
    unknown; what has no events (the title, weight,
    epic, sections, links and changed files) is as it is today.
    """
    past = [event for event in events if event.at <= moment]
    state, closed_at = _state_at(item, past, moment)
    if item.created_at > moment:
        return None
    if state != "opened" and not (ended_since and closed_at and closed_at >= ended_since):
        return None
    later = [event for event in events if event.at > moment]
    facts = {
        "state": state,
        "closed_at": closed_at,
        "labels": _then(item.labels, past, later, "label_added", "label_removed"),
        "assignees": _then(item.assignees, past, later, "assigned", "unassigned"),
        "milestone": _last(past, later, "milestone_set", item.milestone),
        "versions": tuple(version for version in item.versions if version.until <= moment),
    }
    then: Item
    if isinstance(item, Issue):
        then = replace(item, status=_last(past, later, "status_set", item.status), part="", **facts)
    elif isinstance(item, MergeRequest):
        rounds = _rounds(past)
        today = {r.username: r for r in item.reviewers}
        names = _then(tuple(today), past, later, "review_requested", "review_removed")
        drafts = [e.did == "undrafted" for e in later if e.did in {"drafted", "undrafted"}]
        then = replace(
            item,
            reviewers=tuple(rounds.get(name) or _unanswered(today.get(name), name, moment) for name in names),
            approved_by=_then(item.approved_by, past, later, "approved", "unapproved", by=True),
            draft=drafts[0] if drafts else item.draft,
            detailed_merge_status="",
            **facts,
        )
    else:
        then = replace(item, **facts)
    return derived(then, past) if events else then


_WORDS = frozenset({"commented", "reviewed", "approved", "unapproved", "claimed", "thread_resolved"})


def _gone_before(labels: Sequence[str], events: Sequence[Event]) -> dict[str, Event]:
    """For each scoped label on the item, how the other label of its scope went that came off last."""
    gone = [event for event in reversed(events) if event.did == "label_removed"]
    found = {}
    for label in labels:
        scope = scope_of(label)
        before = next((other for other in gone if other.value != label and scope_of(other.value) == scope), None)
        if scope is not None and before is not None:
            found[label] = before
    return found


def _been(events: Sequence[Event], present: Container[tuple[str | None, datetime | None]]) -> tuple[Stay, ...]:
    """The scoped labels and Statuses that were put on it, but those of today."""
    return tuple(
        Stay(e.value, e.at)
        for e in events
        if (e.did == "status_set" and e.value) or (e.did == "label_added" and scope_of(e.value) is not None)
        if (e.value, e.at) not in present
    )


def _stays(events: Sequence[Event]) -> tuple[Stay, ...]:
    """Each milestone that was set. One that is the only one and was left for none is not told: it may be a slip."""
    stays: list[Stay] = []
    present = ""
    for event in events:
        if event.did != "milestone_set":
            continue
        if event.value and event.value != present:
            stays.append(Stay(event.value, event.at))
        present = event.value
    return tuple(stays) if len(stays) > 1 or present else ()


def _commands(item: Item, events: Sequence[Event]) -> tuple[Command, ...]:
    """What people commanded; the comment's own event, of the same instant, tells the thread."""
    threads = {(event.at, event.by): event.value for event in events if event.did == "commented"}
    found: list[Command] = []
    last, spoken = "", dict[str, str]()
    for place, event in enumerate(events):
        thread = threads.get((event.at, event.by), "")
        if event.did == "spoke_of":
            last = spoken[thread] = event.value
        elif event.did == "commanded" and not event.bot:
            about = spoken.get(thread, last) if thread else last
            was = _was(event.by, item, events[:place], events[place:])
            found.append(Command(event.by, event.at, event.value, thread, about, was))
    return tuple(found)


def _closed_about(events: Sequence[Event]) -> str:
    """What our last comment was about before it was closed, since it was last opened."""
    about = found = ""
    for event in events:
        if event.did == "spoke_of":
            about = event.value
        elif event.did == "reopened":
            about = ""
        elif event.did == "closed":
            found = about
    return found


def _was(who: str, item: Item, past: Sequence[Event], later: Sequence[Event]) -> tuple[Part, ...]:
    """What somebody was to the item between two stretches of its history."""
    found: list[Part] = []
    if who in _then(item.assignees, past, later, "assigned", "unassigned"):
        found.append("assignee")
    if isinstance(item, MergeRequest):
        asked = tuple(reviewer.username for reviewer in item.reviewers)
        if who in _then(asked, past, later, "review_requested", "review_removed"):
            found.append("reviewer")
    return tuple(found)


def _unanswered_mention(events: Sequence[Event]) -> dict[str, Any]:
    since: datetime | None = None
    last: datetime | None = None
    asker = ""
    for event in events:
        if event.bot:
            continue
        last = event.at if event.did == "mentioned" else last
        if event.did == "mentioned" and since is None:
            since, asker = event.at, event.by
        elif event.did in _WORDS and event.by != asker:
            since = None
    return {"mentioned_since": since, "mentioned_by": asker if since else "", "mentioned_last": last}


def _claims(events: Sequence[Event]) -> tuple[Claim, ...]:
    """What people claimed, without what ended when they were unassigned; a day that there is not claims nothing."""
    found: list[Claim] = []
    for event in events:
        if event.did == "unassigned":
            found = [claim for claim in found if claim.by != event.value]
        elif event.did == "claimed":
            with suppress(ValueError):
                found.append(Claim(event.by, date.fromisoformat(event.value) if event.value else None, event.at))
    return tuple(found)


def _asks(events: Sequence[Event]) -> tuple[Ask, ...]:
    """What people were asked and have not answered; of the same question the first time counts."""
    found: dict[tuple[str, str], Ask] = {}
    if not any(event.did == "asked" for event in events):
        return ()
    for event in events:
        if event.bot:
            continue
        if event.did == "asked":
            found.setdefault((event.by, event.value), Ask(event.by, event.value, event.at))
        elif event.did in _WORDS:
            found = {key: _later(ask, event.by) for key, ask in found.items() if ask.of != event.by}
    return tuple(found.values())


def _later(ask: Ask, by: str) -> Ask:
    return ask if by in {ask.by, *ask.since} else replace(ask, since=(*ask.since, by))


def _rounds(events: Sequence[Event]) -> dict[str, Reviewer]:
    """Each reviewer's latest round: requested, and first answered."""
    rounds: dict[str, Reviewer] = {}
    for event in events:
        match event.did:
            case "review_requested":
                before = rounds.get(event.value)
                requests = before.requests + 1 if before else 1
                rounds[event.value] = Reviewer(event.value, "unreviewed", event.at, None, requests)
            case "review_removed":
                rounds.pop(event.value, None)
            case "commented" if event.bot:
                pass
            case "reviewed" | "approved" | "unapproved" | "commented" if event.by in rounds:
                last = rounds[event.by]
                state: ReviewState = last.state
                if event.did == "reviewed":
                    state = event.value  # type: ignore[assignment]  # the file's reader has checked the word
                elif event.did != "commented":
                    state = event.did
                rounds[event.by] = replace(last, state=state, responded_at=last.responded_at or event.at)
            case _:
                pass
    return rounds


def _unanswered(reviewer: Reviewer | None, name: str, moment: datetime) -> Reviewer:
    """A reviewer whose request no event dates: as stated, unless the answer came after ``moment``."""
    if reviewer is None or (reviewer.responded_at or moment) > moment:
        return Reviewer(name, "unreviewed", reviewer.requested_at if reviewer else None)
    return reviewer


def _open_threads(events: Sequence[Event]) -> tuple[Thread, ...]:
    threads: dict[str, Thread] = {}
    for event in events:
        if event.did == "commented" and event.value and not event.bot:
            threads[event.value] = Thread(event.value, event.by, event.at)
        elif event.did == "thread_resolved":
            threads.pop(event.value, None)
    return tuple(threads.values())


def _state_at(item: Item, past: Sequence[Event], moment: datetime) -> tuple[str, datetime | None]:
    """Its state at the moment, and when it ended."""
    for event in reversed(past):
        match event.did:
            case "closed" | "merged":
                return event.did, event.at
            case "reopened":
                return "opened", None
            case _:
                pass
    if item.closed_at is None or item.closed_at > moment:
        return "opened", None
    return item.state, item.closed_at


def _then(
    now: tuple[str, ...], past: Sequence[Event], later: Sequence[Event], added: str, removed: str, *, by: bool = False
) -> tuple[str, ...]:
    """Who or what was there: by the last event before, else by the first one after, else as it is ``now``.

    Somebody may be added who is there already (a re-request, a second approval): that says nothing of before.
    """
    there = dict.fromkeys(now, True)
    for event in reversed(later):
        if event.did in {added, removed}:
            there[event.by if by else event.value] = event.did == removed
    for event in past:
        if event.did in {added, removed}:
            there[event.by if by else event.value] = event.did == added
    return tuple(name for name, was in there.items() if was)


def _last(past: Sequence[Event], later: Sequence[Event], did: str, now: str | None) -> str | None:
    """The value last set at that time; nothing where it was first set later; today's where no event tells."""
    values = [event.value for event in past if event.did == did]
    if values:
        return values[-1] or None
    return None if any(event.did == did for event in later) else now
