"""How work goes: its states, what comes first, what waits for triage, and how quarters and milestones are planned."""

from dataclasses import dataclass
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le, Len

from handrail.handbook.settings import STRICT, State, Step, Text


@dataclass(frozen=True)
class Workflow:
    """The states of work. An issue's state is its Status where that is one of them, else its label of ``scope``."""

    __pydantic_config__ = STRICT

    scope: Text
    """The scope of the labels that tell an issue's state."""
    states: tuple[Text, ...]
    """Of issues, in order; the page lets a team skip some."""
    in_progress: tuple[State, ...]
    """The states in which an assigned issue is being worked on."""
    blocked: State
    """The state of an issue that waits for something else."""
    ready_for_review: Text
    """The label of a merge request that anyone may pick up for review."""
    in_review: Text
    """The label of a merge request under review; it stays through the rounds."""

    def knows(self, status: str | None) -> bool:
        """Whether a Status is one of the states, however it is written."""
        return (status or "").casefold() in {state.casefold() for state in (*self.states, self.blocked)}


@dataclass(frozen=True)
class Grade:
    """One priority or severity: its number (1 is the highest) and within how many days it should be done."""

    __pydantic_config__ = STRICT

    rank: Annotated[int, Ge(1)]
    """1 is the highest."""
    days: Annotated[int, Gt(0), Le(3660)] | None = None
    """Days within which it should be done; nothing: no clock."""


@dataclass(frozen=True)
class Row:
    """One row of the priority table: what to do with what, at which level. Closed fields, all of which must fit."""

    __pydantic_config__ = STRICT

    row: Text
    """Its name, shown in JSON and by explain."""
    level: Annotated[int, Ge(1), Le(7)]
    """1 is done first; an item that fits several rows is at the lowest of their levels."""
    do: Literal["unblock", "pick up for review", "work on", "pick up"]
    """What the queue says to do with it."""
    kind: Literal["issue", "merge request"]
    """Which kind of item it is about."""
    stage: Literal["in review", "ready for review", "in progress", "available"]
    """How far the item is, for the person whose queue it is."""
    clause: Text
    priority: Annotated[int, Ge(1)] | None = None
    """The rank the item's priority has to have; nothing: any, or none."""
    slo: Literal["breaching", "near-breaching", "non-breaching"] | None = None
    """How the item's review clock has to stand; nothing: anyhow."""
    labels: tuple[Text, ...] = ()
    """All of these, or what `counts_as` takes in their place."""


@dataclass(frozen=True)
class ReviewSlo:
    """How soon a review is answered, in business days of 8 hours, and from which share of it on it nears breaching."""

    __pydantic_config__ = STRICT

    business_days: Annotated[float, Gt(0)]
    """For the team's own merge requests."""
    elsewhere_business_days: Annotated[float, Gt(0)]
    """For merge requests of other groups that wait for someone of the team."""
    near: Annotated[float, Gt(0), Le(1)]
    """The share of the time from which on a review is near breaching."""
    clause: Text


@dataclass(frozen=True)
class Availability:
    """When an unassigned issue may be picked up, and by whom."""

    __pydantic_config__ = STRICT

    milestone: Literal["current", "any"]
    """Whether it has to be in a running milestone to stand in a queue."""
    unassigned_milestone: Literal["current", "any"]
    """The same for the list of all unassigned issues."""
    states: tuple[State, ...]
    """The states it needs; none: any."""
    open_to: Literal["team", "group"]
    """Who sees what nobody has: the whole team, or only the item's group."""
    clause: Text


@dataclass(frozen=True)
class StandIns:
    """Who takes a turn whose owner is away for longer than ``after_business_days``."""

    __pydantic_config__ = STRICT

    after_business_days: Annotated[float, Ge(0)]
    """So long a turn waits for whoever is away."""
    author: Literal["reviewers", "group", "team"]
    """In place of an author."""
    reviewer: Literal["maintainers", "group", "team"]
    """In place of a reviewer."""
    maintainer: Literal["maintainers", "group", "team"]
    """In place of a maintainer."""


@dataclass(frozen=True)
class RedDefaultBranch:
    """A red default branch: before all other work, until somebody has taken it."""

    __pydantic_config__ = STRICT

    row: Text
    """Its name, shown in JSON and by explain."""
    do: Text
    """What the queue says to do with it."""
    clause: Text
    triage_hours: Annotated[float, Gt(0)]
    """Hours within which somebody has taken it; days off do not count, nights do."""
    resolve_hours: Annotated[float, Gt(0)]
    """Hours from then on within which it is green, counted alike."""
    ping_minutes: tuple[Annotated[int, Gt(0)], ...]
    """Minutes after which the group is called, while nobody has said a word."""
    escalate_minutes: Annotated[int, Gt(0)]
    """Minutes after which the managers are called, if nobody has taken it."""


@dataclass(frozen=True)
class WorkQueue:
    """The page's prioritisation: the table, and the settings its words depend on."""

    __pydantic_config__ = STRICT

    red_default_branch: RedDefaultBranch
    table: Annotated[tuple[Row, ...], Len(1)]
    """The priority table, from top to bottom."""
    counts_as: dict[str, tuple[Text, ...]]
    """A row that asks for a label also takes an item with one of these in its place."""
    review_slo: ReviewSlo
    available: Availability
    stand_ins: StandIns


@dataclass(frozen=True)
class Triage:
    """Which issues wait for triage, and what ends the states in between (label, lower case: days)."""

    __pydantic_config__ = STRICT

    not_labels: tuple[Text, ...]
    """An issue with one of these does not wait for triage, in any case of letters."""
    timers_days: dict[str, Annotated[int, Gt(0), Le(3660)]]
    """Days that such a label, written in lower case, may stay on."""
    clause: Text
    stale_label: str = ""
    """Put on what is told that it has been quiet for too long; without it nothing is closed for that."""


@dataclass(frozen=True)
class QuarterStep:
    """A step of quarterly planning, in days of the quarter's third month; no last day: its last business day."""

    __pydantic_config__ = STRICT

    who: Text
    """Whose step it is, for people."""
    says: Text
    """What is to be done, for people."""
    clause: Text
    from_day: Annotated[int, Ge(1), Le(31)]
    """The day of the month from which on it is due."""
    to_day: Annotated[int, Ge(1), Le(31)] | None = None
    """The day by which it is done; nothing: the last business day."""


@dataclass(frozen=True)
class Planning:
    """Quarters, milestones and what rolls over."""

    __pydantic_config__ = STRICT

    fiscal_year_starts: Annotated[int, Ge(1), Le(12)]
    """The month, by number."""
    quarter_label: Text
    """The label of a fiscal quarter: ``{year}`` has two digits, ``{quarter}`` one."""
    quarterly: tuple[QuarterStep, ...]
    """The steps of planning a quarter, in its predecessor's third month."""
    undated_milestones: tuple[Text, ...]
    """Milestones that are meant to have no dates."""
    rollover: tuple[Step, ...]
    """The steps at a milestone's end, for people."""
    missed_label: Text
    """Put on what moves on: ``{milestone}`` is the one that it missed."""
    missed_deliverable_label: Text
    """Put on a Deliverable that moves on."""
    unplanned: tuple[Step, ...]
    """The steps of a request that nobody planned, for people."""


@dataclass(frozen=True)
class Breaker:
    """What a piece of work calls for after so many milestones without meeting its success criteria."""

    __pydantic_config__ = STRICT

    milestones: Annotated[int, Gt(0)]
    """So many milestones that ended without the criteria met."""
    calls_for: Text
    """What follows then, as the end of a sentence."""
    clause: Text
