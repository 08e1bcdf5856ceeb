"""What moves to the next milestone when one ends, and whose it is to move (clause milestone.rollover).

Engineers move the issues that they are assigned to. Merge requests, and what nobody of the team is assigned to, are
moved by EM and PM. The rule ``milestone_planning`` asks for what an ended milestone has left over; the command
``rollover`` asks ahead of the end, for one person or for the whole team. Both get findings whose remedies move.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import ClassVar

from handrail.handbook.settings import Text
from handrail.model.actions import AddLabels, Evidence, SetMilestone
from handrail.model.findings import Finding, Remedy
from handrail.model.items import Issue, Item
from handrail.rules.desk import Desk, marked
from handrail.worktime import release_calendar

RULE = "milestone_planning"
"""The rule whose findings these are."""
CLAUSE = "milestone.rollover"


@dataclass(frozen=True)
class Rollover:
    """What moves to the next milestone, and with which labels."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    move_on_due_date: bool = True
    """Whether what is still open on a milestone's last day is moved; else it is only found."""
    stay: tuple[Text, ...] = ()
    """What carries one of these labels stays in its milestone."""
    without_labels: tuple[Text, ...] = ()
    """Sources (by name or path) whose items move without a label that says they were missed."""


def rollover_of(person: str, desk: Desk, settings: Rollover, days_before: int) -> list[Finding]:
    """What ``person`` would move now: out of the milestones that end in ``days_before`` days or did, oldest first.

    An engineer's are the open issues assigned to them, EM's and PM's besides those all merge requests and whatever
    nobody of the team is assigned to. The empty name stands for the rest that EM and PM confirm: until the last day
    what is theirs alone, since everybody moves their own; then whatever is left.
    """
    today = desk.snapshot.today
    near = today + timedelta(days=days_before)
    ending = sorted((due, title) for title in desk.milestones if (due := desk.due_of(title)) and due <= near)
    found = []
    for due, title in ending:
        for item in desk.in_milestone(title):
            who = movers(item, desk)
            asked = person in who if person else due <= today or who == desk.managers
            if asked and desk.snapshot.has_begun(title) and not stays(item, settings):
                found.append(move(item, desk, settings))
    return found


def movers(item: Item, desk: Desk) -> tuple[str, ...]:
    """Who moves an item, by user name: its assignees of the team where it is an issue, else EM and PM."""
    assigned = tuple(name for name in item.assignees if desk.is_member(name)) if isinstance(item, Issue) else ()
    return assigned or desk.managers


def stays(item: Item, settings: Rollover) -> bool:
    """Whether a label keeps the item in its milestone."""
    return any(label in item.labels for label in settings.stay)


def move(item: Item, desk: Desk, settings: Rollover) -> Finding:
    """That an item of a dated milestone is still open, and what moves it to the next one."""
    title = item.milestone or ""
    due = desk.due_of(title)
    assert due is not None
    to = next_milestone(title, desk)
    ends = "ended" if due < desk.snapshot.today else "ends"
    says = f"{title} {ends} on {desk.voice.day(due)} and it is still open"
    evidence = (Evidence(f"it is open in {title}, whose last day is {desk.voice.day(due)}"),)
    if to is None or not is_made(to, desk):
        # Nothing says “missed” of what cannot move yet: the labels come with the move.
        then = f"it waits for {to}, which GitLab does not have yet" if to else "which milestone comes next is not known"
        says = f"{says}; {then}."
        return Finding(RULE, CLAUSE, item.ref, "left-over", says, evidence, "note", movers(item, desk), period=title)
    missed = tuple(_missed(item, title, desk, settings))
    remedies = [Remedy(SetMilestone(to))]
    if missed:
        remedies.append(Remedy(AddLabels(missed)))
    says = f"{says}: it moves to {to}{f', with {marked(missed)}' if missed else ''}."
    return Finding(
        RULE,
        CLAUSE,
        item.ref,
        "left-over",
        says,
        evidence,
        who=movers(item, desk),
        remedies=tuple(remedies),
        period=title,
    )


def _missed(item: Item, title: str, desk: Desk, settings: Rollover) -> Iterator[str]:
    """The labels that say what was missed. A confidential item gets none: labels are seen where it is not."""
    if item.confidential or not {item.project, desk.source_name(item.project)}.isdisjoint(settings.without_labels):
        return
    planning = desk.handbook.planning
    wanted = [planning.missed_label.format(milestone=title)]
    if desk.handbook.labels.deliverable in item.labels:
        wanted.append(planning.missed_deliverable_label)
    yield from (label for label in wanted if label not in item.labels)


def next_milestone(title: str, desk: Desk) -> str | None:
    """The milestone that runs next after a dated one, and is not over today: GitLab's own, else the calendar's."""
    due = desk.due_of(title)
    if due is None:
        return None
    after = max(due, desk.snapshot.today)
    known = known_next(title, after, desk)
    if known is not None:
        return known
    computed = release_calendar.next_title(title)
    while computed is not None and (_computed_due(computed) <= after or computed in desk.snapshot.milestones):
        computed = release_calendar.next_title(computed)
    return computed


def is_made(title: str, desk: Desk) -> bool:
    """Whether something can move to a milestone: GitLab has it, or none of GitLab's with dates is known."""
    known = desk.snapshot.milestones
    return title in known or not any(one.start and one.due for one in known.values())


def known_next(title: str, after: date, desk: Desk) -> str | None:
    """Of GitLab's own milestones the one that is due first after a day, and not closed.

    A version is followed by a version only.
    """
    version = release_calendar.milestone(title) is not None
    later = [
        (one.due, one.title)
        for one in desk.snapshot.milestones.values()
        if one.due is not None
        and one.due > after
        and one.state == "active"
        and (release_calendar.milestone(one.title) is not None) == version
    ]
    return min(later)[1] if later else None


def _computed_due(title: str) -> date:
    computed = release_calendar.milestone(title)
    assert computed is not None
    return computed.due
