"""How urgent a request is by the handbook's table, and what would slip if it were taken (clause unplanned.assess).

Each criterion of the page holds, does not hold, or is unknown: as people said, else as the request's issue tells by its
labels, its severity's time, its milestone and what it blocks. The first row of the table that fits decides.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Annotated, ClassVar, Literal

from annotated_types import Gt, Le
from msgspec import Struct

from handrail.handbook.settings import RuleSettings, Text
from handrail.model.items import Issue, Item
from handrail.model.requests import URGENCIES, Answer, Criterion, RequestSource, UnplannedRequest, Urgency
from handrail.rules.desk import Desk, listed
from handrail.rules.rollover import is_made, next_milestone

Result = Literal["take", "decline", "ask"]


@dataclass(frozen=True, kw_only=True)
class Signs:
    """What is so of the page's criteria, where something is known of them."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    incident: Answer | None = None
    """Whether it is, or is needed for, an incident that is active."""
    internal_impact: Answer | None = None
    """Whether it keeps colleagues from their work."""
    external_impact: Answer | None = None
    """Whether customers or users are hurt by it."""
    sla: Answer | None = None
    """Whether an agreement asks for it."""
    policy: Answer | None = None
    """Whether a policy asks for it."""
    deadline: Answer | None = None
    """Whether it is needed before it could be planned."""

    def of(self, name: Urgency) -> Answer | None:
        """What is said of a criterion; None: nothing."""
        found: Answer | None = getattr(self, name.replace(" ", "_"))
        return found


@dataclass(frozen=True, kw_only=True)
class Judgement(Signs):
    """One row of the table of urgency: what becomes of a request of which all that it names is so."""

    row: Text
    """Its name, shown in JSON and by the command."""
    result: Result
    """``take`` it, ``decline`` it, or ``ask`` people."""
    says: Text
    """Why, as a clause that follows “since”."""
    source: RequestSource | None = None
    """What the request comes from; nothing: anything."""
    priority: Text | None = None
    """The priority of what is taken by this row, where neither a person nor its labels tell another."""


@dataclass(frozen=True)
class Settings(RuleSettings):
    """How a request is known, what tells its urgency, and what follows from it."""

    asks_by: tuple[Text, ...] = ()
    """Labels by which an issue that nobody has decided on looks like a request."""
    sources: dict[Text, RequestSource] = field(default_factory=dict)
    """What a label tells of where work comes from; the first that an issue carries, in this order, counts."""
    other_teams: dict[Text, tuple[Text, ...]] = field(default_factory=dict)
    """By another team's name the user names of its people: what they open, or mention us in, is a request of theirs."""
    shows: dict[Text, Signs] = field(default_factory=dict)
    """What a label tells of the criteria."""
    table: tuple[Judgement, ...] = ()
    """The first row that fits decides; where none does, people are asked."""
    ask_within_days: Annotated[int, Gt(0), Le(3660)] = 30
    """Whoever asks is asked back about requests that are no older."""
    unweighted: Annotated[float, Gt(0)] = 1
    """The weight of an issue that has none."""

    @cached_property
    def neighbours(self) -> frozenset[str]:
        """The people of other teams."""
        return frozenset(name for names in self.other_teams.values() for name in names)


class Assessment(Struct, frozen=True, gc=False):
    """What becomes of a request by the table, by which row, and what is known of each criterion, in the page's order.

    ``why`` is a clause with the evidence in it.
    """

    result: Result
    row: str
    why: str
    criteria: tuple[Criterion, ...]
    priority: str = ""

    @property
    def unknown(self) -> tuple[Urgency, ...]:
        """The criteria of which nobody knows whether they hold."""
        return tuple(one.name for one in self.criteria if one.holds == "unknown")


class Slip(Struct, frozen=True, gc=False):
    """A Deliverable that would give way, and why it."""

    item: Issue
    why: str


def assess(request: UnplannedRequest, desk: Desk, settings: Settings) -> Assessment:
    """How urgent the request is, and what the table says of it."""
    item = desk.snapshot.by_ref.get(request.ref)
    criteria = tuple(_criterion(name, request, item, desk, settings) for name in URGENCIES)
    for row in settings.table:
        if _fits(row, request, criteria):
            told = [one.evidence for one in criteria if row.of(one.name) and one.evidence]
            why = f"{row.says} ({listed(tuple(dict.fromkeys(told)))})" if told else row.says
            return Assessment(row.result, row.row, why, criteria, row.priority or "")
    return Assessment("ask", "", "no row of the table fits what is known of it", criteria)


def _fits(row: Judgement, request: UnplannedRequest, criteria: Sequence[Criterion]) -> bool:
    if row.source is not None and row.source != request.source:
        return False
    return all(row.of(one.name) in {None, one.holds} for one in criteria)


def _criterion(
    name: Urgency, request: UnplannedRequest, item: Item | None, desk: Desk, settings: Settings
) -> Criterion:
    said = request.said(name)
    if said is not None and (said.holds != "unknown" or request.is_decided):
        return said
    if name == "deadline" and request.deadline is not None:
        return _by_then(name, request.deadline, f"it is needed by {desk.voice.day(request.deadline)}", desk)
    # What was taken stands in a milestone since it was: that is no reason for it.
    taken = name == "deadline" and request.state == "taken"
    found = list(_told(name, item, desk, settings)) if item is not None and not taken else []
    # What speaks for urgency counts before what speaks against it.
    found.sort(key=lambda one: one.holds != "yes")
    return found[0] if found else (said or Criterion(name, "unknown"))


def _told(name: Urgency, item: Item, desk: Desk, settings: Settings) -> Iterator[Criterion]:
    """What the issue tells of a criterion."""
    for label in item.labels:
        signs = settings.shows.get(label)
        answer = signs.of(name) if signs else None
        if answer:
            yield Criterion(name, answer, f"it has ~{label}", item.ref)
    if name == "sla":
        for label in item.labels:
            grade = desk.handbook.severities.get(label)
            if grade is not None and grade.days is not None:
                since = item.label_since.get(label, item.created_at)
                ends = desk.date_of(since) + timedelta(days=grade.days)
                yield _by_then(name, ends, f"~{label} asks for it by {desk.voice.day(ends)}", desk, item.ref)
    if name == "internal impact" and isinstance(item, Issue) and item.blocks:
        yield Criterion(name, "yes", f"it blocks {listed(item.blocks)}", item.ref)
    if name == "deadline" and item.milestone is not None:
        due = desk.due_of(item.milestone)
        if due is not None:
            says = f"it is in {item.milestone}, until {desk.voice.day(due)}"
            yield _by_then(name, due, says, desk, item.ref)


def _by_then(name: Urgency, day: date, says: str, desk: Desk, link: str = "") -> Criterion:
    """Whether a day comes before the next milestone could take the work in."""
    running = desk.milestone_on(desk.snapshot.today)
    ends = desk.due_of(running) if running else None
    holds: Answer = "unknown" if ends is None else "yes" if day <= ends else "no"
    return Criterion(name, holds, says, link)


def taken_into(desk: Desk) -> str | None:
    """The milestone that takes work in today: the running one, and the next on its last day, when what is open moves.

    Where the next one is not made yet, nothing moves; None where none runs.
    """
    running = desk.milestone_on(desk.snapshot.today)
    if running is None or desk.due_of(running) != desk.snapshot.today:
        return running
    following = next_milestone(running, desk)
    return following if following and is_made(following, desk) else running


# --- what would slip ---------------------------------------------------------------------------------


def would_slip(
    request: UnplannedRequest, desk: Desk, settings: Settings, labels: Sequence[str], taker: str = ""
) -> list[Slip]:
    """The Deliverables of the milestone that takes it in that would give way: the least important not begun yet.

    The taker's own where they have any, else the milestone's; as many as the request weighs, none that is more
    important than it is with the ``labels`` that it will have, and none that gives way to another request already.
    """
    item = desk.snapshot.by_ref.get(request.ref)
    rank = _rank(labels, desk)
    not_begun = desk.once(
        "unplanned_work: not begun", lambda: [(_rank(one.labels, desk), one) for one in _not_begun(desk)]
    )
    waiting = [(its, one) for its, one in not_begun if its >= rank and one.ref != request.ref]
    own = [(its, one) for its, one in waiting if taker in one.assignees] if taker else []
    left = _weight(item, settings)
    found = []
    candidates = own or waiting
    while candidates and left > 0:
        least = max(its for its, _ in candidates)
        those = sorted(
            (one for its, one in candidates if its == least),
            key=lambda one: (_weight(one, settings), one.ref),
        )
        # The lightest that makes enough room, else the heaviest: few give way rather than many.
        chosen = next((one for one in those if _weight(one, settings) >= left), those[-1])
        found.append(Slip(chosen, _gives_way(chosen, desk)))
        left -= _weight(chosen, settings)
        candidates = [(its, one) for its, one in candidates if one is not chosen]
    return found


def _not_begun(desk: Desk) -> Iterator[Issue]:
    running = taken_into(desk)
    begun = {*desk.terms.in_progress, desk.terms.blocked}
    gone = set(_given_way(running, desk))
    for item in desk.in_milestone(running) if running else ():
        if not isinstance(item, Issue) or desk.handbook.labels.deliverable not in item.labels or item.ref in gone:
            continue
        if desk.read(item).state not in begun:
            yield item


def _given_way(running: str | None, desk: Desk) -> Iterator[str]:
    """What the requests displace that were taken into the running milestone, or that nobody has moved there yet."""
    known = {item.ref: item.milestone for item in (*desk.snapshot.items, *desk.snapshot.closed)}
    for one in desk.snapshot.requests:
        if one.state == "taken" and known.get(one.ref, "" if one.ref else None) in {running, None}:
            yield from one.displaced


def _rank(labels: Sequence[str], desk: Desk) -> int:
    """The rank of the priority among labels; what has none is behind all that have."""
    ranks = desk.terms.priorities
    return min((ranks[label] for label in labels if label in ranks), default=max(ranks.values(), default=0) + 1)


def _weight(item: Item | None, settings: Settings) -> float:
    weight = item.weight if isinstance(item, Issue) else None
    return settings.unweighted if weight is None else weight


def _gives_way(item: Issue, desk: Desk) -> str:
    """Why this one: its priority, its weight, and whose it is."""
    priority = next((f"~{label}" for label in item.labels if label in desk.terms.priorities), "no priority")
    weight = "no weight" if item.weight is None else f"weight {item.weight}"
    whose = f"assigned to {desk.voice.names(item.assignees)}" if item.assignees else "nobody’s yet"
    return f"{priority}, {weight}, not started, {whose}"
