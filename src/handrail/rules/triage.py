"""Triage: what an issue lacks, how long it may wait for what, by when it is due, and what becomes of the backlog.

The team's issues are untriaged, triaged in part (a label says so), or whole. What waits to be scheduled stands in the
managers' list of ``milestone_planning`` alone, and which labels others lack is said by ``required_labels``.

Labels in between last for a time; priorities and, for bugs, severities give days from when they
were put on; contributions that have gone quiet are asked about; once a quarter the backlog is
reviewed.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated

from annotated_types import Gt, Le
from msgspec import Struct

from handrail.handbook.settings import RuleSettings, Text
from handrail.handbook.work import Grade
from handrail.model.actions import Evidence
from handrail.model.findings import TEAM, Finding
from handrail.model.items import Epic, Issue, MergeRequest
from handrail.rules.backlog_review import Review, counted, is_time, reviewed
from handrail.rules.contributions import Community, gone_quiet
from handrail.rules.desk import Desk, listed, marked
from handrail.rules.issue_work import lacks_for_triage
from handrail.rules.reopening import answered_since, is_answered
from handrail.rules.triage_timers import answer, decision

CLAUSES = ("backlog.open", "backlog.review", "priority.open", "triage.whole", "triage.timers", "community.quiet")
RULE = "triage"
SCHEDULING = "milestone_planning"
FINDINGS = {
    "untriaged": "it has no milestone, nobody is assigned, and no label says what it waits for",
    "partly-triaged": "it waits for an answer, or is scheduled, and lacks something of full triage",
    "answered": "it waits for an answer, and its author, or somebody outside the team, has given one",
    "answer-due": "it has waited for an answer for half of the time that there is, and nobody has begun",
    "unanswered": "it has waited for an answer for too long; what somebody has begun stays open",
    "answered-since": "it was closed since nobody spoke, and its author, or somebody outside the team, has since",
    "decision-due": "it has been discussed, or looked into, for too long",
    "due-soon": "most of the days are over that its priority or severity gives",
    "overdue": "the days are over that its priority or severity gives",
    "idle": "nobody has touched a contribution for some weeks",
    "stale": "nobody has touched a contribution for some months",
    "stale-for-long": "a contribution was marked as stale, and stayed quiet",
    "awake": "a contribution is marked as stale, and somebody has been at it since",
    "backlog-keep": "the backlog review leaves it where it is",
    "backlog-schedule": "the backlog review finds that it is urgent",
    "backlog-close": "the backlog review finds that nobody needs it",
    "backlog-review": "how many issues the backlog review has, in the month of the review",
}
"""When each of the rule's findings is made."""


@dataclass(frozen=True)
class Settings(RuleSettings):
    """What triage asks for beside the handbook's ``triage``, ``priorities`` and ``severities``."""

    partial: tuple[Text, ...] = ()
    """Labels, lower case, of issues that are triaged in part."""
    closes: tuple[Text, ...] = ()
    """Labels of ``triage.timers_days`` that wait for the author's answer: without one the issue is closed."""
    of_maintainers: tuple[Text, ...] = ()
    """Labels of ``triage.timers_days`` about which the project's maintainers are asked."""
    near: Annotated[float, Gt(0), Le(1)] = 0.75
    """From which share of its days on a priority or a severity is due soon."""
    bug: str = "type::bug"
    """The label of issues whose severity gives them days."""
    community: Community = field(default_factory=Community)
    """Contributions that go quiet."""
    review: Review = field(default_factory=Review)
    """The quarter's backlog review."""


class _Due(Struct, frozen=True, gc=False):
    """What a label gives: its days, and the instants before which it must have been put on to be due soon or over."""

    label: str
    days: int
    soon: datetime
    over: datetime


class _Marks(Struct, frozen=True, gc=False):
    """What a set of labels says about triage."""

    partial: str
    is_for_scheduling: bool
    timers: tuple[tuple[str, int], ...]
    dues: tuple[_Due, ...]


class _Known:
    """The handbook's words about labels, looked up once for each set of them: many issues share a set."""

    def __init__(self, desk: Desk, settings: Settings) -> None:
        handbook = desk.handbook
        self.is_review_time = is_time(desk)
        self._now, self._near, self._bug = desk.snapshot.now, settings.near, settings.bug
        self._timers = {label.casefold(): days for label, days in handbook.triage.timers_days.items()}
        self._partial = frozenset(label.casefold() for label in settings.partial)
        planning = handbook.rules.get(SCHEDULING, {}) if desk.asks(SCHEDULING) else {}
        self._scheduling = frozenset(label.casefold() for label in planning.get("ready_labels", ()))
        self._priorities, self._severities = handbook.priorities, handbook.severities
        self._marks: dict[tuple[str, ...], _Marks] = {}

    def marks(self, labels: tuple[str, ...]) -> _Marks:
        """What the labels say."""
        found = self._marks.get(labels)
        if found is None:
            plain = [(label, label.casefold()) for label in labels]
            found = self._marks[labels] = _Marks(
                next((label for label, folded in plain if folded in self._partial), ""),
                any(folded in self._scheduling for _, folded in plain),
                tuple((label, self._timers[folded]) for label, folded in plain if folded in self._timers),
                tuple(self._dues(labels)),
            )
        return found

    def _dues(self, labels: tuple[str, ...]) -> Iterator[_Due]:
        yield from self._due(labels, self._priorities)
        if self._bug in labels:
            yield from self._due(labels, self._severities)

    def _due(self, labels: tuple[str, ...], grades: Mapping[str, Grade]) -> Iterator[_Due]:
        """Of several the highest counts."""
        label = min((label for label in labels if label in grades), key=lambda one: grades[one].rank, default=None)
        days = grades[label].days if label else None
        if label and days:
            yield _Due(label, days, self._now - timedelta(days=days * self._near), self._now - timedelta(days=days))


def subjects(desk: Desk) -> Iterable[Issue | MergeRequest | str]:
    """The team's open issues and merge requests, and what was closed for its silence and has an answer since.

    In the month of the backlog review the team as well.
    """
    if is_time(desk):
        yield TEAM
    yield from (item for item in desk.ours if not isinstance(item, Epic))
    yield from (item for item in desk.snapshot.closed if not isinstance(item, Epic) and is_answered(item, desk))


def decide(subject: Issue | MergeRequest | str, desk: Desk, settings: Settings) -> Iterator[Finding]:
    """What triage, its timers and the backlog review say about one item, or about all of them together."""
    if not isinstance(subject, str) and subject.state != "opened":
        yield from answered_since(subject, desk)
    elif isinstance(subject, Issue):
        known = desk.once(RULE, lambda: _Known(desk, settings))
        marks = known.marks(subject.labels)
        if marks.is_for_scheduling and desk.is_unscheduled(subject):
            pass  # it is in the managers' list
        elif marks.partial or (subject.milestone is None and not subject.assignees):
            yield from _lacking(subject, marks.partial, desk)
        for label, days in marks.timers:
            yield from _timer(subject, label, days, desk, settings)
        for due in marks.dues:
            if (subject.label_since.get(due.label) or subject.created_at) <= due.soon:
                yield _due(subject, due, desk)
        if known.is_review_time:
            yield from reviewed(subject, desk, settings.review)
    elif isinstance(subject, MergeRequest):
        if desk.read(subject).community:
            yield from gone_quiet(subject, desk, settings.community)
    else:
        yield from counted(desk, settings.review)


def _lacking(issue: Issue, partial: str, desk: Desk) -> Iterator[Finding]:
    """Untriaged, or triaged in part, with what full triage would still add."""
    lacks = lacks_for_triage(issue, desk)
    opened = Evidence("it was opened", issue.created_at)
    if partial and lacks:
        says = f"It has {marked((partial,))} and is triaged in part; full triage would add {listed(lacks)}."
        code = "partly-triaged"
        opened = Evidence(f"it has {marked((partial,))}", issue.label_since.get(partial))
    elif desk.terms.waits_for_triage(issue):
        says = f"Nobody has triaged it yet; full triage would add {listed(lacks)}."
        code = "untriaged"
    else:
        return
    yield Finding(RULE, "triage.whole", issue.ref, code, says, (opened,), who=desk.owners(issue))


def _timer(issue: Issue, label: str, days: int, desk: Desk, settings: Settings) -> Iterator[Finding]:
    if label.casefold() in settings.closes:
        return answer(issue, label, days, desk)
    return decision(issue, label, days, desk, of_maintainers=label.casefold() in settings.of_maintainers)


def _due(issue: Issue, due: _Due, desk: Desk) -> Finding:
    """The clock of a priority or a severity: from when the label was put on, else from when the issue was opened."""
    put_on = issue.label_since.get(due.label)
    since = put_on or issue.created_at
    end = desk.voice.day(desk.date_of(since + timedelta(days=due.days)))
    day = desk.voice.day(desk.date_of(since))
    over = since <= due.over
    label = marked((due.label,))
    if put_on:
        begun = f"It has had {label} since {day}"
        evidence = Evidence(f"{label} was put on", since)
    else:
        begun = f"It has {label}, since when is not known, and was opened on {day}"
        evidence = Evidence(f"it was opened; since when it has {label} is not known", since)
    says = f"{begun}: its {due.days} days {'ended' if over else 'end'} on {end}."
    who = desk.owners(issue)
    if over:
        return Finding(RULE, "priority.open", issue.ref, "overdue", says, (evidence,), "breach", who)
    return Finding(RULE, "priority.open", issue.ref, "due-soon", says, (evidence,), "warning", who)
