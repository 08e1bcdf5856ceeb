"""What can be wrong with a line of a snapshot file although it is JSON of the right shape, in one sentence each."""

import re
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime
from difflib import get_close_matches
from itertools import pairwise
from typing import get_args

import msgspec

from handrail.handbook.people_problems import person_problems
from handrail.model.asked import Asked, by_steps
from handrail.model.duty import LogEntry
from handrail.model.history import Deed, Event
from handrail.model.items import (
    Ask,
    Command,
    Epic,
    Issue,
    Item,
    MergeRequest,
    Reviewer,
    ReviewState,
    Section,
    Stay,
    Version,
    kind_of,
)
from handrail.model.people import Person
from handrail.model.planning import Milestone, Pipeline
from handrail.worktime import release_calendar

EARLIEST, LATEST = 1970, 2100
"""The years that facts may speak of."""
_STATED = {Issue: "issue", MergeRequest: "merge request", Epic: "epic"}


def wrong_with(item: Item, events: Sequence[Event], now: datetime) -> str | None:
    """What is wrong with an item and its events: its reference, a time without a zone, a clock in the future."""
    path, _, number = item.ref.rpartition(item.sigil)
    if not (path and number.isdecimal()):
        return _wrong_reference(item)
    if not _are_past(item, now):
        return _wrong_instant(item, now)
    if events and events[-1].at > now:
        return "the history goes on after the snapshot's now: correct one of the two"
    return None


def _wrong_reference(item: Item) -> str:
    try:
        kind = kind_of(item.ref)
    except ValueError as error:
        return str(error)
    return f"the reference names {'an' if kind[0] in 'ie' else 'a'} {kind}, the line says {_STATED[type(item)]}"


def _wrong_instant(item: Item, now: datetime) -> str | None:
    for at, what, whose in _instants(item):
        if at is None:
            continue
        if at.tzinfo is None:
            return f"{what.format(whose)} has no zone: end it with Z or an offset"
        if at.year < EARLIEST:
            return f"{what.format(whose)} is in the year {at.year}: nothing on GitLab is older than {EARLIEST}"
        if at > now:
            return f"{what.format(whose)} is {_shown(at)}, later than the snapshot's now: correct one of the two"
    return None


def unlikely(item: Item, milestones: Container[str]) -> str | None:
    """What a file may say of an item, and hardly means: a milestone of no line and no version, an open item's end."""
    if item.state == "opened" and item.closed_at:
        return "it is open, and has a closed_at: correct one of the two"
    title = item.milestone
    if title and title not in milestones and release_calendar.milestone(title) is None:
        return f"no line has its milestone, “{title}”, which is no version either: add one, or correct its name"
    return None


def wrong_events(events: Sequence[Event]) -> str | None:
    """The first event whose time has no zone, whose value cannot be, or that stands after a later one."""
    for event in events:
        if event.at.tzinfo is None:
            return f"the event “{event.did}” has a time without a zone: end it with Z or an offset"
        if event.did == "claimed" and event.value and not _is_date(event.value):
            return f"a claim's value is its last date (2026-07-01) or empty, not “{event.value}”"
        if event.did == "reviewed" and event.value not in get_args(ReviewState):
            return f"“{event.value}” is no review's state: one of {', '.join(get_args(ReviewState))}"
    for earlier, later in pairwise(events):
        if later.at < earlier.at:
            return f"the event of {_shown(later.at)} stands after a later one: order the events by time"
    return None


def _is_date(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def wrong_team(line: bytes, people: Mapping[str, Person]) -> str | None:
    """The first thing wrong with people: a key that is none (msgspec lets those of dataclasses pass), or a value."""
    known = [field.name for field in fields(Person)]
    for name, stated in msgspec.json.decode(line)["people"].items():
        for key in stated:
            if key not in known:
                return f"{name} has an unknown key “{key}”{_nearest(key, known)}"
    for name, person in people.items():
        for _, says in person_problems(person, countries=False):
            return f"{name}: {says}"
    return None


def wrong_log(log: Sequence[LogEntry]) -> str | None:
    """A rotation's log with other numbers than 1, 2, 3 ..."""
    whole = [entry.number for entry in log] == [*range(1, len(log) + 1)]
    return None if whole else "the numbers of a rotation's log count from 1 without holes"


def wrong_asked(asked: Sequence[Asked], now: datetime) -> str | None:
    """A request with a number of another, with times that cannot be, or that does not stand as its steps leave it."""
    seen: set[int] = set()
    for one in asked:
        if one.id < 1 or one.id in seen:
            return f"the request “{one.title}” has no number (id) of its own: count them from 1"
        seen.add(one.id)
        steps = [step.at for step in one.steps]
        if not steps or one.steps[0].did != "came":
            return f"the request {one.id} begins with no step “came”: add it, with its owner then as “whom”"
        if any(at.tzinfo is None for at in (one.asked_at, one.answer_due or one.asked_at, *steps)):
            return f"the request {one.id} has a time without a zone: end it with Z or an offset"
        if max(one.asked_at, *steps) > now:
            return f"the request {one.id} goes on after the snapshot's now: correct one of the two"
        stands = by_steps(one, one.steps)
        if stands != one:
            return (
                f"the request {one.id} is {_standing(one)}, its steps say {_standing(stands)}: correct one of the two"
            )
    return None


def _standing(one: Asked) -> str:
    return f"{one.stage} and {one.owner or 'nobody'}'s" + (f", passing to {one.passing_to}" if one.passing_to else "")


def wrong_milestone(milestone: Milestone) -> str | None:
    """A milestone that ends before it starts."""
    if milestone.start and milestone.due and milestone.due < milestone.start:
        return f"the milestone “{milestone.title}” is due ({milestone.due}) before it starts ({milestone.start})"
    return None


def in_words(error: msgspec.ValidationError) -> str:
    """What msgspec says of a line, in typographic quotes, with the field first and the nearest right word last."""
    what, _, where = re.sub(r"`([^`]*)`|'([^']*)'", r"“\1\2”", str(error)).partition(" - at ")
    field = where.strip("“”").removeprefix("$").removeprefix(".")
    what = _KINDS.get(what, what)
    wrong = re.search(r"“([^”]*)”", what)
    words = _STATES if field == "state" else _WORDS
    hint = _nearest(wrong[1], words) if wrong and wrong[1] not in words else ""
    return (f"{field}: {what}" if field else what) + hint


def _nearest(word: str, known: Iterable[str]) -> str:
    near = get_close_matches(word, list(known), 1)
    return f": did you mean “{near[0]}”?" if near else ""


_KINDS = {
    "Invalid RFC3339 encoded date": "has to be a date like 2026-07-01",
    "Invalid RFC3339 encoded datetime": "has to be a time like 2026-06-02T14:12:00Z",
}
"""What msgspec names by a standard's number, in words."""
_STATES = ("opened", "closed", "merged")
"""An item's."""
_WORDS = {
    *_STATED.values(),
    *("snapshot", "people", "project", "milestone", "pipeline", "merge_request", "history"),
    *get_args(Deed),
    *get_args(ReviewState),
    *(
        name
        for kind in (*_STATED, Reviewer, Section, Version, Stay, Command, Ask, Event, Milestone, Pipeline)
        for name in kind.__struct_fields__
    ),
}


def _shown(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _instants(item: Item) -> Iterator[tuple[datetime | None, str, str]]:
    """Every instant that an item states, what it is, and whose; put into words only when one is wrong."""
    yield item.created_at, "created_at", ""
    yield item.closed_at, "closed_at", ""
    yield item.assigned_since, "assigned_since", ""
    yield item.last_human_at, "last_human_at", ""
    yield item.mentioned_since, "mentioned_since", ""
    yield item.mentioned_last, "mentioned_last", ""
    for label, at in item.label_since.items():
        yield at, "the time since which it carries {}", label
    for stay in item.milestones:
        yield stay.since, "the time since which it is in {}", stay.title
    for version in item.versions:
        yield version.until, "the time until which its description had other checkboxes", ""
    for name, at in item.spoke.items():
        yield at, "the time of {}'s last word", name
    for name, at in (*item.acted.items(), *item.others.items()):
        yield at, "the time of {}'s last act", name
    for command in item.commands:
        yield command.at, "the time of {}'s command", command.by
    if isinstance(item, Issue):
        yield item.status_since, "status_since", ""
        yield item.epic_since, "epic_since", ""
        yield from ((claim.made_at, "the time of {}'s claim", claim.by) for claim in item.claims)
        yield from ((ask.at, "the time of {}'s question", ask.by) for ask in item.asks)
    if isinstance(item, MergeRequest):
        yield item.pushed_at, "pushed_at", ""
        for reviewer in item.reviewers:
            yield reviewer.requested_at, "the time at which {}'s review was requested", reviewer.username
            yield reviewer.responded_at, "the time of {}'s answer", reviewer.username
        for thread in item.threads:
            yield thread.last_at, "the last word in thread {}", thread.id


def _are_past(item: Item, now: datetime) -> bool:
    """Whether nothing is wrong with any of them: seen without words, and soon, since it is so of nearly every item."""
    found = [item.created_at, item.closed_at, item.assigned_since, item.last_human_at]
    found += (item.mentioned_since, item.mentioned_last)
    for told in (item.label_since, item.spoke, item.acted, item.others):
        found += told.values()
    found += [stay.since for stay in item.milestones]
    if item.versions or item.commands:
        found += [version.until for version in item.versions] + [command.at for command in item.commands]
    if isinstance(item, Issue):
        found += (item.status_since, item.epic_since)
        if item.claims or item.asks:
            found += [claim.made_at for claim in item.claims] + [ask.at for ask in item.asks]
    elif isinstance(item, MergeRequest):
        found.append(item.pushed_at)
        for reviewer in item.reviewers:
            found += (reviewer.requested_at, reviewer.responded_at)
        found += [thread.last_at for thread in item.threads]
    instants = [*filter(None, found)]
    try:
        return min(instants).year >= EARLIEST and max(instants) <= now
    except TypeError:  # one of them has no zone
        return False
