"""Quarterly planning: in a quarter's third month the next quarter's OKRs are drafted, taken, scoped and settled.

An issue with a task list plans the quarter: it is opened once, its steps are ticked as the facts say that they are
done, and the people of a step are reminded on it when the step's last day is near. An OKR that nobody owns, or that no
issue scopes, is found from the day on which scoping begins; from the month's last business day on it breaches, until it
is scoped or its quarter ends.

A step is done when its own people did it. OKRs are drafted once there are several that PM, EM or Staff Engineer wrote;
they are scoped once each has an owner and issues; engineers contribute once one of them has taken part in
another's OKR since scoping began. Contributing is open to everyone and asked of nobody. Everyone is addressed once,
before all becomes final. A step that no fact tells of (one of a team's own) is done when people tick it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import Annotated, NamedTuple

from annotated_types import Ge, Gt, Le

from handrail.handbook.settings import RuleSettings, Text
from handrail.model.actions import Comment, CreateItem, EditItem, Evidence
from handrail.model.findings import TEAM, Finding, Remedy
from handrail.model.items import Issue, Item
from handrail.model.people import Role
from handrail.rules.desk import Desk, listed, marked
from handrail.rules.okr_gaps import RULE, gaps
from handrail.rules.okrs import Okr, okrs
from handrail.rules.quarter_steps import DatedStep, PlannedQuarter, planned_quarter, running_quarter
from handrail.rules.reminders import reminder
from handrail.worktime.fiscal import is_third_month

CLAUSES = ("quarter.draft", "quarter.scope", "quarter.contribute", "quarter.reserve-days", "quarter.final")
DRAFT, SCOPE, CONTRIBUTE, RESERVE, FINAL = CLAUSES
FINDINGS = {
    "no-issue": "it is a quarter's third month, and no issue plans the next quarter",
    "step-done": "a step of the planning issue is done, and its box is not ticked",
    "step-due": "a step's last day is near or over, and it is not done",
    "no-owner": "scoping has begun, and nobody of the team is assigned to an OKR of the next quarter",
    "unscoped": "scoping has begun, and an OKR of the next quarter has no issue that scopes it",
}
"""When each of the rule's findings is made."""
STEPS = "Steps"
"""The heading of the task list."""


@dataclass(frozen=True)
class Settings(RuleSettings):
    """Where a quarter is planned, what an OKR is, and who is reminded of what."""

    project: str = ""
    """The path of the project in which the planning issue is opened; empty: the DRI's rotation issues'."""
    title: Text = "Quarterly planning {quarter}"
    """Its title; ``{quarter}`` stands for the quarter to plan."""
    okr_label: Text = "OKR"
    """What marks an OKR; its quarter is told by the quarter's label."""
    not_scoping: tuple[Text, ...] = ()
    """Labels of issues that scope no OKR although they are linked to one; nor does an issue that plans a quarter."""
    drafts: Annotated[int, Gt(0)] = 2
    """How many OKRs a draft of the quarter has at the least."""
    planning_days: tuple[Text, ...] = ()
    """Labels of the planning issue that say what was decided about planning days."""
    near_days: Annotated[int, Ge(0), Le(31)] = 2
    """How many days before a step's last one its people are reminded."""
    asks: dict[Text, tuple[Role, ...]] = field(default_factory=dict)
    """By the step's clause the roles of those who are reminded of it."""


class _Planning(NamedTuple):
    """The quarter to plan, its open OKRs, and the open planning issue."""

    quarter: PlannedQuarter
    okrs: list[Okr]
    issue: Issue


def subjects(desk: Desk) -> Iterable[str]:
    """The team, where the handbook has steps of planning."""
    if desk.handbook.planning.quarterly:
        yield TEAM


def decide(team: str, desk: Desk, settings: Settings) -> Iterator[Finding]:
    """Whether the next quarter's planning is where it should be today, and what the running one's OKRs lack."""
    every = [okr for okr in team_okrs(desk, settings) if okr.is_open]
    running, planned = running_quarter(desk), planned_quarter(desk)
    if is_third_month(desk.snapshot.today, desk.handbook.planning.fiscal_year_starts):
        yield from _plan(planned, [okr for okr in every if okr.quarter == planned.label], desk, settings)
    for quarter in (running, planned):
        yield from gaps(quarter, (okr for okr in every if okr.quarter == quarter.label), settings.near_days, desk)


def team_okrs(desk: Desk, settings: Settings) -> list[Okr]:
    """Every OKR of the team, with what scopes it by the handbook."""
    plans = {_title(quarter, settings).casefold() for quarter in (running_quarter(desk), planned_quarter(desk))}

    def is_beside(item: Item) -> bool:
        return item.title.strip().casefold() in plans or any(label in settings.not_scoping for label in item.labels)

    return okrs(desk, settings.okr_label, is_beside)


def _title(quarter: PlannedQuarter, settings: Settings) -> str:
    return settings.title.format(quarter=quarter.name)


def _plan(quarter: PlannedQuarter, those: list[Okr], desk: Desk, settings: Settings) -> Iterator[Finding]:
    title = _title(quarter, settings)
    issue = _planning_issue(title, desk, settings)
    if issue is None:
        yield _no_issue(title, quarter, desk, settings)
    elif issue.state == "opened":
        planning = _Planning(quarter, those, issue)
        yield from _ticks(planning, desk, settings)
        for step in quarter.steps:
            yield from _due(step, planning, desk, settings)


def _project(desk: Desk, settings: Settings) -> str:
    return settings.project or desk.handbook.rotation.project


def _planning_issue(title: str, desk: Desk, settings: Settings) -> Issue | None:
    """The issue of that title, an open one before one that has ended, the oldest first."""
    project = _project(desk, settings) + "#"
    those = [
        item
        for item in chain(desk.snapshot.items, desk.snapshot.closed)
        if isinstance(item, Issue)
        and item.ref.startswith(project)
        and item.title.strip().casefold() == title.casefold()
    ]
    return min(those, key=lambda item: (item.state != "opened", item.created_at, item.ref), default=None)


def _no_issue(title: str, quarter: PlannedQuarter, desk: Desk, settings: Settings) -> Finding:
    lines = "\n".join(f"- [ ] {step.line}" for step in quarter.steps)
    description = (
        f"Here the OKRs of {quarter.name} are planned. An OKR is an item of the team’s with "
        f"{marked((settings.okr_label, quarter.label))}: its owner is assigned to it, and the issues that scope it "
        f"are linked to it.\n\n## {STEPS}\n\n{lines}\n\n"
        "A box is ticked when the facts say so; anybody may tick one before."
    )
    change = CreateItem(
        quarter.topic("quarterly-planning"),
        title,
        description,
        (desk.handbook.labels.team, quarter.label),
        desk.with_role("engineering_manager"),
    )
    began, project = desk.midnight(desk.snapshot.today.replace(day=1)), _project(desk, settings)
    return Finding(
        RULE,
        DRAFT,
        TEAM,
        "no-issue",
        f"No issue plans {quarter.name} yet, and its OKRs are to be final by {desk.voice.day(quarter.last_day)}.",
        (Evidence(f"the month in which {quarter.name} is planned began", began),),
        "warning",
        desk.managers,
        (Remedy(change, project),) if project else (),
        quarter.label,
    )


# --- what is done ----------------------------------------------------------------------------------------


def steps_to_next(desk: Desk, settings: Settings) -> list[tuple[DatedStep, str]]:
    """Each step to the next quarter, and what says that it is done; nothing: it is not yet, or no fact tells."""
    quarter = planned_quarter(desk)
    title, those = _title(quarter, settings), [okr for okr in team_okrs(desk, settings) if okr.quarter == quarter.label]
    issue = _planning_issue(title, desk, settings)
    planning = _Planning(
        quarter,
        [okr for okr in those if okr.is_open],
        issue or Issue(ref=f"{_project(desk, settings)}#0", title=title, author="", created_at=desk.snapshot.now),
    )
    return [
        (step, _is_done(step, planning, desk, settings) if issue or step.clause in CLAUSES else "")
        for step in quarter.steps
    ]


def _is_done(step: DatedStep, planning: _Planning, desk: Desk, settings: Settings) -> str:
    """What says that a step is done, in words; nothing: it is not, or no fact tells."""
    name, those, clause = planning.quarter.name, planning.okrs, step.clause
    drafted = sum(_is_draft(okr, desk, settings) for okr in those) >= settings.drafts
    scoped = drafted and all(okr.is_scoped for okr in those)
    if clause == DRAFT and drafted:
        return f"{name} has {len(those)} {'OKR' if len(those) == 1 else 'OKRs'}"
    if clause == SCOPE and scoped:
        return f"every OKR of {name} has an owner and issues that scope it"
    if clause == CONTRIBUTE:
        people = {name for okr in those for name in _contributors(okr, desk.midnight(step.first), desk)}
        return f"{desk.voice.names(tuple(sorted(people)))} took part in the scoping" if people else ""
    if clause == RESERVE:
        decided = [label for label in planning.issue.labels if label in settings.planning_days]
        return f"this issue has {marked(decided)}" if decided else ""
    if clause == FINAL and scoped and desk.snapshot.today >= planning.quarter.last_day:
        return f"no OKR of {name} lacks an owner or scoping at the month’s end"
    return "it is ticked" if clause not in CLAUSES and not _unticked(step, planning) else ""


def _unticked(step: DatedStep, planning: _Planning) -> str:
    """Its line as it stands in the issue with an open box: people may reword who and when, and add lines of theirs."""
    says = f": {step.says} ("
    return next((line for part in planning.issue.sections for line in part.unticked if says in line), "")


def _is_draft(okr: Okr, desk: Desk, settings: Settings) -> bool:
    """Whether one of those who are to draft wrote it; anybody may where nobody is to."""
    drafters = desk.with_role(*settings.asks.get(DRAFT, ()))
    return not drafters or desk.snapshot.by_ref[okr.ref].author in drafters


def _contributors(okr: Okr, since: datetime, desk: Desk) -> Iterator[str]:
    """The engineers besides its owner who did something about it, or what scopes it, since then."""
    others = {okr.owner, *desk.managers}
    for item in (desk.snapshot.by_ref[ref] for ref in (okr.ref, *okr.scoping) if ref in desk.snapshot.by_ref):
        took = ((name, item.assigned_since) for name in item.assignees)
        wrote = ((item.author, item.created_at), (item.last_human_by, item.last_human_at))
        for name, at in chain(wrote, took, item.acted.items()):
            if at and at >= since and desk.is_member(name) and name not in others:
                yield name


def _ticks(planning: _Planning, desk: Desk, settings: Settings) -> Iterator[Finding]:
    done = [
        (step.clause, line, why)
        for step in planning.quarter.steps
        if (line := _unticked(step, planning)) and (why := _is_done(step, planning, desk, settings))
    ]
    if not done:
        return
    whys = [why for _, _, why in done]
    yield Finding(
        RULE,
        done[-1][0],
        planning.issue.ref,
        "step-done",
        f"{len(done)} of the steps to {planning.quarter.name} can be ticked: {listed(whys)}.",
        tuple(Evidence(why) for why in whys),
        who=desk.managers,
        remedies=(Remedy(EditItem(tick=tuple(line for _, line, _ in done))),),
        period=planning.quarter.label,
    )


# --- what is due -----------------------------------------------------------------------------------------


_HELP = {
    DRAFT: " A draft with a title and the quarter’s label is enough: whoever scopes it can then begin.",
    RESERVE: " A label on this issue says what you decided, and everyone can plan their milestone with it.",
}
"""What helps, by the step's clause."""


def _due(step: DatedStep, planning: _Planning, desk: Desk, settings: Settings) -> Iterator[Finding]:
    since = desk.midnight(step.last - timedelta(days=settings.near_days))
    asked = step.clause in settings.asks
    if desk.snapshot.now < since or not (asked or step.clause == FINAL):
        return
    if _is_done(step, planning, desk, settings):
        return
    name, last, over = planning.quarter.name, desk.voice.day(step.last), desk.snapshot.today > step.last
    who = desk.with_role(*settings.asks.get(step.clause, ()))
    thanks = f"thank you for planning {name}"
    if asked:
        asks = f"{last} {'was' if over else 'is'} the last day to {step.says}.{_HELP.get(step.clause, '')}"
        change = reminder(desk, planning.quarter.topic(step.clause), since, who, thanks, asks)
    else:
        change = None if over else _to_everyone(planning, last, thanks, desk)
    yield Finding(
        RULE,
        step.clause,
        planning.issue.ref,
        "step-due",
        f"This step to {name} {'was' if over else 'is'} due on {last} and is not done yet: {step.says}.",
        (Evidence(f"its last day: {step.says}", desk.midnight(step.last)),),
        "warning" if over else "note",
        who,
        (Remedy(change),) if change else (),
        planning.quarter.label,
    )


def _to_everyone(planning: _Planning, last: str, thanks: str, desk: Desk) -> Comment | None:
    """The one word to all: to the team's group where it has one, so that it need not wait for everybody's hours."""
    group = desk.handbook.team.mention
    to = (group,) if group else tuple(name for name in sorted(desk.snapshot.people) if not desk.is_absent(name))
    if not to:
        return None
    lines = [
        f"- {okr.ref}+: {'no issue scopes it yet' if okr.owner else 'it looks for an owner'}"
        for okr in planning.okrs
        if not okr.is_scoped and not desk.snapshot.by_ref[okr.ref].confidential
    ]
    asks = (
        f"The OKRs of {planning.quarter.name} and their scoping become final on {last}; what you add until then counts."
    )
    if lines:
        asks = "\n".join((asks, "", "These can use a hand:", "", *lines))
    return Comment(planning.quarter.topic("everyone"), to, thanks, asks)
