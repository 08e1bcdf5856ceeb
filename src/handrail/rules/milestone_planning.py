"""Milestone planning: news of every issue before a milestone ends, what is left moves on, and nobody has too much.

In the last days of a milestone each assignee is asked for news of their issues in it, once: in one comment on their
oldest issue, which lists the others. On the last day what is still open moves to the next milestone. EM and PM see
what is ready to be scheduled, Deliverables that somebody else chose, people whose Deliverables and Unplanned work are
more than they have room for, and which milestones GitLab lacks, has closed early or dates otherwise than the release
calendar: all that are planned, and those that ended in the last weeks. ``handrail milestone`` shows everybody's load,
and what was committed when a milestone started: the histories tell that at any time, so nothing has to be written down
at the start.

A bot that sets Deliverable, Handrail's own account among them, is asked nothing: nobody can tell in whose name it did,
and Handrail acts on somebody's yes. That a milestone was closed early is known until its last day: GitLab does not tell
when it was.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated

from annotated_types import Ge, Le

from handrail.handbook.settings import RuleSettings, State, Text
from handrail.model.actions import Evidence
from handrail.model.findings import TEAM, Finding, Remedy, milestone_subject
from handrail.model.items import Issue, Item
from handrail.model.planning import Milestone
from handrail.rules.desk import Desk, listed, marked
from handrail.rules.milestone_dates import closed_early, missing, no_next, none_running, other_dates
from handrail.rules.milestone_load import Capacity, Load, loads
from handrail.rules.milestone_news import no_news
from handrail.rules.reminders import reminder
from handrail.rules.rollover import RULE, Rollover, move, next_milestone, stays
from handrail.worktime import release_calendar

CLAUSES = ("milestone.rollover", "milestone.scheduling", "dri.less-delivery")
FINDINGS = {
    "no-news": "the milestone ends in a few days, and an assignee has not touched an open issue of theirs since",
    "left-over": "it is still open on the last day of its milestone or later",
    "to-schedule": "it is triaged and ready to be scheduled, and in no milestone with dates",
    "deliverable-by": "somebody else than EM and PM accepted it into a milestone",
    "over-capacity": "somebody’s Deliverables and Unplanned work in a milestone are more than they have room for",
    "no-next": "GitLab has no milestone after the running one",
    "none-running": "GitLab has milestones with dates, and none of them runs today",
    "missing": "GitLab has a release’s milestone and a later one, and not the one between them",
    "closed-early": "a milestone is closed on GitLab before its last day is over",
    "dates": "a milestone’s dates are not those of the release calendar",
}
"""When each of the rule's findings is made."""
ENDED_LATELY = timedelta(days=40)
"""How long a milestone that is over is looked at: a milestone and its review, as ended items are."""


@dataclass(frozen=True)
class Settings(RuleSettings):
    """When people are reminded, what moves, what waits to be scheduled, and how much a milestone holds."""

    remind_days_before: Annotated[int, Ge(1), Le(31)] = 3
    """How many days before a milestone's last one its assignees are asked for news."""
    rollover: Rollover = field(default_factory=Rollover)
    ready_labels: tuple[Text, ...] = ()
    """Labels, in any case, of issues that are triaged and wait to be scheduled."""
    ready_states: tuple[State, ...] = ()
    """Workflow states, in any case, that say the same."""
    capacity: Capacity = field(default_factory=Capacity)


def subjects(desk: Desk) -> Iterable[Item | Milestone | str]:
    """The team's open items, the milestones that are planned, run or ended lately, and the team itself."""
    yield from desk.ours
    yield from _milestones(desk)
    yield TEAM


def decide(subject: Item | Milestone | str, desk: Desk, settings: Settings) -> Iterator[Finding]:
    """What one item, one milestone, or the row of milestones lacks."""
    if isinstance(subject, str):
        return none_running(desk)
    if isinstance(subject, Milestone):
        return _of_milestone(subject, desk, settings)
    return _of_item(subject, desk, settings)


def _milestones(desk: Desk) -> Iterator[Milestone]:
    """Those that run and come next, then GitLab's that are planned further ahead or ended lately."""
    known = desk.snapshot.milestones
    at_hand = _at_hand(desk)
    for title in at_hand:
        one = known.get(title) or release_calendar.milestone(title)
        assert one is not None
        yield one if isinstance(one, Milestone) else Milestone(title, one.start, one.due)
    lately = desk.snapshot.today - ENDED_LATELY
    for title, other in known.items():
        if other.due is not None and other.due >= lately and title not in at_hand:
            yield other


def _at_hand(desk: Desk) -> list[str]:
    """The titles of the milestones that run, by GitLab or by the calendar, and of those that come next."""
    running = sorted(desk.snapshot.current_milestones)
    titles = [*running, *(next_milestone(title, desk) for title in running)]
    computed = release_calendar.milestone_on(desk.snapshot.today)
    if computed is not None and computed.title in desk.snapshot.milestones:
        titles.append(computed.title)
    return list(dict.fromkeys(title for title in titles if title))


# --- items -----------------------------------------------------------------------------------------------


def _of_item(item: Item, desk: Desk, settings: Settings) -> Iterator[Finding]:
    if isinstance(item, Issue) and desk.is_unscheduled(item):
        what, label = desk.once(RULE, lambda: _ready(item, desk, settings), (item.labels, item.status))
        if what:
            yield _to_schedule(item, what, item.label_since.get(label) if label else item.status_since, desk)
    due = desk.due_of(item.milestone) if item.milestone else None
    if due is not None and due <= desk.snapshot.today and not stays(item, settings.rollover):
        left = move(item, desk, settings.rollover)
        yield left if settings.rollover.move_on_due_date else _unmoved(left)
    if desk.handbook.labels.deliverable in item.labels and (due is None or due >= desk.snapshot.today):
        yield from _chosen_by(item, desk)


def _unmoved(left: Finding) -> Finding:
    says = left.says.partition(":")[0].partition(";")[0]
    return Finding(
        RULE, left.clause, left.subject, left.code, f"{says}.", left.evidence, who=left.who, period=left.period
    )


def _ready(issue: Issue, desk: Desk, settings: Settings) -> tuple[str, str]:
    """What says that an issue waits to be scheduled, and the label that does, unless its state does; or nothing."""
    ready = {label.casefold() for label in settings.ready_labels}
    label = next((label for label in issue.labels if label.casefold() in ready), "")
    if label:
        return f"it has {marked((label,))}", label
    state = desk.read(issue).state
    return f"its state is “{state}”" if state in {one.casefold() for one in settings.ready_states} else "", ""


def _to_schedule(issue: Issue, what: str, at: datetime | None, desk: Desk) -> Finding:
    where = f"still in {issue.milestone}" if issue.milestone else "in no milestone yet"
    says = f"It is ready to be scheduled ({what}) and {where}."
    return Finding(
        RULE, "milestone.scheduling", issue.ref, "to-schedule", says, (Evidence(what, at),), who=desk.managers
    )


def _chosen_by(item: Item, desk: Desk) -> Iterator[Finding]:
    """Deliverable is EM's and PM's to set. What they say or do on it since, or the label taken off, answers."""
    label = desk.handbook.labels.deliverable
    by = item.label_by.get(label, "")
    if not by or by in desk.managers or by in desk.terms.bots or not desk.managers:
        return
    since = item.label_since.get(label, item.created_at)
    heard = {**item.others, **item.acted, item.last_human_by: item.last_human_at}
    if any(at and at > since for name, at in heard.items() if name in desk.managers):
        return
    name, on = desk.voice.name(by), desk.voice.day(desk.date_of(since))
    of = "" if desk.is_unscheduled(item) else f" of {item.milestone}"
    lacks = "" if of else f"; it is in {item.milestone or 'no milestone'}"
    says = f"{name} made it a {marked((label,))}{of} on {on}, and neither EM nor PM has been at it since{lacks}."
    whether = f"whether {item.milestone} has room for it" if of else "which milestone has room for it"
    asks = (
        f"{name} put {marked((label,))} on it on {on}. Could one of you say {whether}? "
        "A short yes is enough, and taking the label off is as good an answer; either way everyone sees one commitment."
    )
    thanks = f"thank you for planning {item.milestone if of else 'what comes next'}"
    change = reminder(desk, "confirm-deliverable", since, desk.managers, thanks, asks)
    yield Finding(
        RULE,
        "milestone.scheduling",
        item.ref,
        "deliverable-by",
        says,
        (Evidence(f"{name} put {marked((label,))} on it", since),),
        who=desk.managers,
        remedies=(Remedy(change),) if change else (),
        period=item.milestone or "",
    )


# --- milestones ------------------------------------------------------------------------------------------


def _of_milestone(milestone: Milestone, desk: Desk, settings: Settings) -> Iterator[Finding]:
    assert milestone.start is not None
    assert milestone.due is not None
    yield from other_dates(milestone.title, milestone.start, milestone.due, desk)
    yield from missing(milestone.title, milestone.due, desk)
    yield from closed_early(milestone, desk)
    if milestone.title in desk.snapshot.current_milestones:
        asked_until = milestone.due - timedelta(days=settings.rollover.move_on_due_date)
        if desk.snapshot.today <= asked_until:
            yield from no_news(milestone.title, milestone.due, settings.remind_days_before, desk, settings.rollover)
        yield from no_next(milestone.title, milestone.due, settings.remind_days_before, desk)
    if milestone.title in _at_hand(desk):
        yield from _over_capacity(milestone, desk, settings)


def _over_capacity(milestone: Milestone, desk: Desk, settings: Settings) -> Iterator[Finding]:
    over = [load for load in loads(milestone, desk, settings.capacity) if load.is_over]
    if over:
        says = f"In {milestone.title} {listed([_load(load, desk) for load in over])}."
        yield Finding(
            RULE,
            "dri.less-delivery",
            milestone_subject(milestone.title),
            "over-capacity",
            says,
            tuple(
                Evidence(f"{desk.voice.name(load.person)} has {ref}", link=ref) for load in over for ref in load.issues
            ),
            "warning",
            desk.managers,
            period=milestone.title,
        )


def _load(load: Load, desk: Desk) -> str:
    less = [f"{load.days_on_duty:.3g} of them on duty"] if load.days_on_duty else []
    less += [f"{load.days_reserved:g} reserved for planning"] if load.days_reserved else []
    days = ", ".join([f"{load.days:.3g} days at work", *less])
    name, points = desk.voice.name(load.person), f"{load.points:.3g}"
    return f"{name} has work of {points} points and room for {load.room:.2g} ({days})"
