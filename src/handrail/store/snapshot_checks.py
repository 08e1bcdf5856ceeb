"""What can be wrong with a line of a snapshot file although it is JSON of the right shape, in one sentence each."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import datetime
from difflib import get_close_matches
from itertools import pairwise

import msgspec

from handrail.model.history import Event
from handrail.model.items import Epic, Issue, Item, MergeRequest, kind_of
from handrail.model.people import Person

_STATED = {Issue: "issue", MergeRequest: "merge request", Epic: "epic"}


def wrong_with(item: Item, events: Sequence[Event], now: datetime) -> str | None:
    """What is wrong with an item and its events: its reference, a time without a zone, a clock in the future."""
    try:
        kind = kind_of(item.ref)
    except ValueError as error:
        return str(error)
    if kind != _STATED[type(item)]:
        return f"the reference names a {kind}, the line says {_STATED[type(item)]}"
    for at, what in _instants(item):
        if at.tzinfo is None:
            return f"{what} has no zone: end it with Z or an offset"
        if at > now:
            return f"{what} is {_shown(at)}, later than the snapshot's now: correct one of the two"
    if events and events[-1].at > now:
        return "the history goes on after the snapshot's now: correct one of the two"
    return None


def wrong_order(events: Sequence[Event]) -> str | None:
    """The first event that stands after a later one, or whose time has no zone."""
    for event in events:
        if event.at.tzinfo is None:
            return f"the event “{event.did}” has a time without a zone: end it with Z or an offset"
    for earlier, later in pairwise(events):
        if later.at < earlier.at:
            return f"the event of {_shown(later.at)} stands after a later one: order the events by time"
    return None


def unknown_keys(line: bytes) -> str | None:
    """A key of a person that is none. msgspec refuses them in its own structs, but not in dataclasses."""
    known = [field.name for field in fields(Person)]
    for name, stated in msgspec.json.decode(line)["people"].items():
        for key in stated:
            if key not in known:
                near = get_close_matches(key, known, 1)
                return f"{name} has an unknown key “{key}”: " + (f"did you mean {near[0]}?" if near else "remove it")
    return None


def _shown(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _instants(item: Item) -> Iterator[tuple[datetime, str]]:
    named = {
        "created_at": item.created_at,
        "closed_at": item.closed_at,
        "assigned_since": item.assigned_since,
        "last_human_at": item.last_human_at,
        "mentioned_since": item.mentioned_since,
        **{f"the time since which it carries {label}": at for label, at in item.label_since.items()},
    }
    if isinstance(item, Issue):
        named["status_since"] = item.status_since
        named |= {f"the time of {claim.by}'s claim": claim.made_at for claim in item.claims}
    if isinstance(item, MergeRequest):
        for reviewer in item.reviewers:
            named[f"the time at which {reviewer.username}'s review was requested"] = reviewer.requested_at
            named[f"the time of {reviewer.username}'s answer"] = reviewer.responded_at
        named |= {f"the last word in thread {thread.id}": thread.last_at for thread in item.threads}
    for what, at in named.items():
        if at is not None:
            yield at, what
