"""What on GitLab is a request to whoever is on duty, and what becomes of it there (clauses duty.*).

A request is an issue with one of the labels that a duty looks at, or in a project that it watches; or a mention of the
team's group that nobody of the team has answered: others' words are no answer, and neither are commands. An item has
one at a time: what comes while it is open belongs to it.
"""

from collections.abc import Callable, Container, Iterator, Sequence
from contextlib import suppress
from datetime import datetime

from handrail.duty.asked import asked, ended, handed_over, taken
from handrail.errors import UserError
from handrail.handbook.rotations import Duty as Task
from handrail.model.asked import Asked, Step, Verb, Way, after
from handrail.model.duty import Duty
from handrail.model.history import Event
from handrail.model.items import Issue, Item

_ENDS = {"closed", "merged", "reopened"}
_ANSWERS = {"commented", "reviewed", "approved", "unapproved", "thread_resolved", "assigned", "milestone_set"}
"""What tells whoever asked that somebody looks at it."""
_WORDS = _ANSWERS - {"assigned", "milestone_set"}


def new(
    item: Item,
    events: Sequence[Event],
    tasks: Sequence[Task],
    duty: Duty,
    known: Sequence[Asked],
    team: Container[str],
) -> Asked | None:
    """The request that an open item is and that is not kept yet, as ``duty.asked.came`` takes it.

    ``events``: the item's history; ``tasks``: the duties, the first one first; ``known``: the requests about the item;
    ``team``: whose word answers a mention.
    Before there was a rotation nothing was asked of whoever is on duty.
    """
    if any(not one.is_over for one in known):
        return None
    heard = max((one.ended.at for one in known if one.ended), default=None)
    for task in tasks:
        for at, by in _calls(task, item, events, team):
            shift = duty.at(at)
            if shift is None or by == shift.holder or (heard is not None and at <= heard):
                continue
            if task.looks_at == "labels" and _has_somebody(item, shift.holder):
                continue
            way: Way = task.ways[0] if task.ways else "other"
            return Asked(item.title, way, by, at, urgent=task.urgent, ref=item.ref)
    return None


def _calls(task: Task, item: Item, events: Sequence[Event], team: Container[str]) -> Iterator[tuple[datetime, str]]:
    """Since when an item calls for a duty, and who asks."""
    if task.looks_at == "mentions":
        yield from _unanswered(events, team)
    elif task.looks_at == "labels" and isinstance(item, Issue):
        labels = {*task.labels} & {*item.labels}
        added = [event.at for event in events if event.did == "label_added" and event.value in labels]
        if labels:
            yield max(added, default=item.created_at), item.author
        elif task.watches(item.project):
            yield item.created_at, item.author


def _unanswered(events: Sequence[Event], team: Container[str]) -> Iterator[tuple[datetime, str]]:
    """The mentions of the group that the team has said no word after; a command says what is to become of one."""
    said = _commanded(events)
    words = [
        one for one in events if one.did in _WORDS and not one.bot and one.by in team and (one.at, one.by) not in said
    ]
    for event in events:
        is_answered = any(word.at > event.at and word.by != event.by for word in words)
        if event.did == "mentioned" and not event.bot and not is_answered:
            yield event.at, event.by


def _commanded(events: Sequence[Event]) -> set[tuple[datetime, str]]:
    """When and by whom comments were made that are commands: what they do is a step, and no word to whoever asked."""
    return {(event.at, event.by) for event in events if event.did == "commanded"}


def _has_somebody(item: Item, holder: str) -> bool:
    """Whether others than whoever is on duty have the item, or it is scheduled: the table takes it from there."""
    return holder not in item.assignees and bool(item.assignees or item.milestone)


def answered(one: Asked, events: Sequence[Event], team: Container[str]) -> Asked:
    """The request with the team's first word or step on its item, where nobody is known to have done anything yet."""
    if one.is_answered:
        return one
    said = _commanded(events)
    for event in events:
        is_answer = event.did in _ANSWERS and not event.bot and event.by in team and event.by != one.asked_by
        if is_answer and event.at > one.asked_at and (event.at, event.by) not in said:
            return after(one, Step(event.at, event.by, "answered"))
    return one


def closed(one: Asked, events: Sequence[Event]) -> Asked:
    """The request, over where its item was closed or merged since it was asked and is so still."""
    last = next((event for event in reversed(events) if event.did in _ENDS), None)
    if last is None or last.did == "reopened" or last.at < one.asked_at:
        return one
    return ended(one, last.by, last.at, "done", f"{last.did} on GitLab")


def followed(one: Asked, verb: Verb, by: str, at: datetime, whom: str = "", note: str = "") -> Asked:
    """The request once somebody said in a comment what they do about it; as it was where that does not fit."""
    do: dict[Verb, Callable[[], Asked]] = {
        "take": lambda: taken(one, by, at),
        "hand-over": lambda: handed_over(one, by, whom, at, note),
        "done": lambda: ended(one, by, at, "done", note or "said so on GitLab"),
        "ask": lambda: asked(one, by, whom, at, note),
        "not-for-us": lambda: ended(one, by, at, "declined", note),
    }
    with suppress(UserError):
        return do[verb]()
    return one
