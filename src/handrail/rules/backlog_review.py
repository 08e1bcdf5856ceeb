"""The quarter's backlog review: a part of the rule ``triage`` (clause backlog.review).

In a quarter's third month, when the next one is planned, each issue that has no date and that nobody has touched for
long is kept, scheduled or closed. What GitLab's facts do not tell (votes, for one) speaks for nothing here.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import nsmallest
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from annotated_types import Ge, Gt, Le

from handrail.handbook.settings import Text
from handrail.model.actions import AddLabels, Evidence, Expectation
from handrail.model.findings import TEAM, Finding, Remedy
from handrail.model.items import Issue
from handrail.rules.activity import last_touched
from handrail.rules.closing import closing
from handrail.rules.desk import Desk, marked
from handrail.rules.reopening import IS_LOOKED_AT
from handrail.worktime.fiscal import is_third_month

RULE, CLAUSE = "triage", "backlog.review"
SHOWN = 3
"""Issues of each sort that the list names in its sentence; all of them are its evidence."""


@dataclass(frozen=True)
class Review:
    """What the review looks at, and what speaks for scheduling and against closing an issue."""

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    untouched_days: Annotated[int, Gt(0), Le(3660)] = 90
    """Issues that somebody has touched since are left alone."""
    close_after_days: Annotated[int, Gt(0), Le(3660)] = 365
    """Issues that nobody has touched for as long, and that nobody has, may be closed."""
    schedule_ranks: Annotated[int, Ge(0)] = 2
    """Priorities and severities up to this number speak for scheduling."""
    schedule_labels: tuple[Text, ...] = ()
    """So do these labels, in upper or lower case."""
    schedule_with: str = ""
    """The label that puts an issue before those who schedule: proposed for what is urgent; empty: none is."""
    never_close: tuple[Text, ...] = ()
    """Issues with one of these labels, in upper or lower case, are not closed."""


class Proposal(NamedTuple):
    """What the review proposes for an issue, because of which label if it is one, and when it was last touched."""

    what: Literal["keep", "schedule", "close"]
    touched: datetime
    label: str = ""


def is_time(desk: Desk) -> bool:
    """Whether it is the month of the review, in the team's zone."""
    return is_third_month(desk.snapshot.today, desk.handbook.planning.fiscal_year_starts)


def proposal(issue: Issue, desk: Desk, settings: Review) -> Proposal | None:
    """What to do with an issue of the backlog.

    None for one that is planned or waits to be, was touched since, or waits on a timer.
    """
    if not desk.is_unscheduled(issue) or _one_of(issue, (settings.schedule_with,)):
        return None
    now = desk.snapshot.now
    if issue.created_at > now - timedelta(days=settings.untouched_days):
        return None
    touched = last_touched(issue, desk)
    if touched > now - timedelta(days=settings.untouched_days) or _one_of(issue, desk.handbook.triage.timers_days):
        return None
    label = _urgent(issue, desk, settings)
    if label:
        return Proposal("schedule", touched, label)
    kept = issue.assignees or issue.confidential or _is_needed(issue, desk) or _one_of(issue, settings.never_close)
    old = touched <= now - timedelta(days=settings.close_after_days)
    return Proposal("close" if old and not kept else "keep", touched)


def _is_needed(issue: Issue, desk: Desk) -> bool:
    """Whether a merge request is under way for it, or open work waits for it."""
    begun = any(linked.state == "opened" for linked in issue.merge_requests)
    return begun or any(ref in desk.snapshot.by_ref for ref in issue.blocks)


def reviewed(issue: Issue, desk: Desk, settings: Review) -> Iterator[Finding]:
    """One issue's proposal, once a quarter; closing comes with a word to its author."""
    found = proposal(issue, desk, settings)
    if found is None:
        return
    since = desk.voice.day(desk.date_of(found.touched))
    where = f"in {issue.milestone}" if issue.milestone else "in no milestone"
    remedies: tuple[Remedy, ...] = ()
    if found.what == "schedule":
        says = (
            f"It is {where} and nobody has touched it since {since}; {marked((found.label,))} speaks for scheduling it."
        )
        if settings.schedule_with:
            remedies = (Remedy(AddLabels((settings.schedule_with,)), expects=_still(issue, found.touched)),)
    elif found.what == "keep":
        says = f"It is {where} and nobody has touched it since {since}; nothing speaks for closing or scheduling it."
    else:
        says = f"It is {where}, nobody has it, and nobody has touched it since {since}; it may be closed."
        remedies = _closing(issue, found.touched, since, desk)
    yield Finding(
        RULE,
        CLAUSE,
        issue.ref,
        f"backlog-{found.what}",
        says,
        (Evidence("a person last did something about it", found.touched),),
        who=desk.managers,
        remedies=remedies,
        period=desk.quarter_label(desk.snapshot.today),
    )


def counted(desk: Desk, settings: Review) -> Iterator[Finding]:
    """The list for the managers: what to schedule, to close and to keep, what lies longest first."""
    groups: dict[str, list[tuple[datetime, str]]] = {"schedule": [], "close": [], "keep": []}
    for item in desk.ours:
        if isinstance(item, Issue):
            found = proposal(item, desk, settings)
            if found is not None:
                groups[found.what].append((found.touched, item.ref))
    total = sum(map(len, groups.values()))
    if total:
        quarter = desk.quarter_label(desk.snapshot.today)
        words = ", ".join(f"{len(those)} to {what}{_first(those)}" for what, those in groups.items())
        issues = f"{total} issue{'s' if total > 1 else ''} that nobody has touched for {settings.untouched_days} days"
        says = f"The backlog review of {quarter.replace('::', ' ')} has {issues}: {words}."
        evidence = tuple(
            Evidence(f"to {what}: {ref}, last touched", touched, ref)
            for what, those in groups.items()
            for touched, ref in sorted(those)
        )
        yield Finding(RULE, CLAUSE, TEAM, "backlog-review", says, evidence, who=desk.managers, period=quarter)


def _first(those: list[tuple[datetime, str]]) -> str:
    """The few that have lain longest, in brackets; of more it is said that there are."""
    refs = [ref for _, ref in nsmallest(SHOWN, those)]
    return f" ({', '.join([*refs, '…'] if len(those) > SHOWN else refs)})" if refs else ""


def _closing(issue: Issue, touched: datetime, since: str, desk: Desk) -> tuple[Remedy, ...]:
    asks = (
        f"Nobody has been at it since {since}, and nobody is assigned, so it is closed for now. If it still matters to "
        f"you, please say so. {IS_LOOKED_AT}"
    )
    topic = f"backlog-{desk.date_of(touched)}"
    still = (*_still(issue, touched), Expectation("unassigned"))
    return closing(issue, desk, topic, "thank you for writing this down", asks, still)


def _still(issue: Issue, touched: datetime) -> tuple[Expectation, ...]:
    return Expectation("quiet since", touched.isoformat()), Expectation("milestone", issue.milestone or "")


def _urgent(issue: Issue, desk: Desk, settings: Review) -> str:
    """The label that speaks for scheduling it; nothing where none does."""
    for grades in (desk.handbook.priorities, desk.handbook.severities):
        for label in issue.labels:
            if label in grades and grades[label].rank <= settings.schedule_ranks:
                return label
    return _one_of(issue, settings.schedule_labels)


def _one_of(issue: Issue, labels: Iterable[str]) -> str:
    """The issue's first label that is one of these, in upper or lower case."""
    wanted = {label.casefold() for label in labels}
    return next((label for label in issue.labels if label.casefold() in wanted), "")
