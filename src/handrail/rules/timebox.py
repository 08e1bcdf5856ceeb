"""The time box of an iteration: the milestone that it began in, and those that have ended since (clause iteration.*).

It begins with the first milestone that it was in while that ran; an epic, which is in none, with the first that one of
its issues was in since it came to the epic, or that ran at the epic's own start date, which GitLab has of issues that
ended long ago, too. From there on every milestone of the calendar counts, whether or not the iteration was in it: time
passes for what was put off, too.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct

from handrail.model.items import Epic, Issue, Stay
from handrail.rules.desk import Desk
from handrail.worktime import release_calendar


class Timebox(Struct, frozen=True, gc=False):
    """Where and when an iteration began, and the titles of the milestones that ended since, in order."""

    first: str
    start: datetime
    ended: tuple[str, ...]


def timebox(item: Issue | Epic, desk: Desk) -> Timebox | None:
    """The item's time box; None while it was in no milestone with dates that has begun."""
    issues: Sequence[Issue] = desk.in_epic(item.ref) if isinstance(item, Epic) else (item,)
    begun = [
        found
        for issue in issues
        if (found := _first(issue, desk, (issue is not item and issue.epic_since) or issue.created_at)) is not None
    ]
    if isinstance(item, Epic) and item.start and item.start <= desk.snapshot.today:
        title = desk.milestone_on(item.start) or ""
        due = desk.due_of(title)
        if due and (not begun or due < min(begun)[0]):
            begun.append((due, title, max(desk.midnight(item.start), item.created_at)))
    if not begun:
        return None
    _, first, start = min(begun)
    return Timebox(first, start, tuple(_ended_since(first, desk)))


def _first(issue: Issue, desk: Desk, since: datetime) -> tuple[date, str, datetime] | None:
    """Of the first milestone that the issue was in while it ran, at ``since`` or later: last day, title, from when."""
    for stay, left in _stays(issue, desk):
        start, due = desk.start_of(stay.title), desk.due_of(stay.title)
        if start is None or due is None:
            continue
        begun = max(start, stay.since, since)
        if begun < min(desk.midnight(due + timedelta(days=1)), left):
            return due, stay.title, begun
    return None


def _stays(issue: Issue, desk: Desk) -> Iterator[tuple[Stay, datetime]]:
    """Each milestone that it has been in, with when it left it. One that is the only one had it since its creation."""
    stays = issue.milestones
    if not stays and issue.milestone is not None:
        stays = (Stay(issue.milestone, issue.created_at),)
    until = issue.closed_at or desk.snapshot.now
    leaving: Iterable[datetime] = (*(stay.since for stay in stays[1:]), until)
    yield from zip(stays, leaving, strict=bool(stays))


def _ended_since(first: str, desk: Desk) -> Iterator[str]:
    """From the first on the milestones that are over: a version's are the versions', others are GitLab's own."""
    today = desk.snapshot.today
    if release_calendar.milestone(first) is not None:
        title: str | None = first
        while title is not None and (due := desk.due_of(title)) is not None and due < today:
            yield title
            title = release_calendar.next_title(title)
        return
    began = desk.due_of(first)
    assert began is not None
    yield from (
        title
        for due, title in sorted(
            (one.due, one.title)
            for one in desk.snapshot.milestones.values()
            if one.due is not None and began <= one.due < today and release_calendar.milestone(one.title) is None
        )
    )
