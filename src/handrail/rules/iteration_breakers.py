"""Iteration breakers (clauses iteration.*): an iteration that goes on and on is looked at before it goes on.

An iteration is an issue or epic with one of the handbook's labels, or an epic that has success criteria or has begun.
Its criteria are a checklist; the milestones that ended before all of it was ticked are counted. The first breaker
warns; at the last one a retrospective and the evaluation with the section's leaders are opened, once ever, and linked
to each other and to an iteration that is an issue (issues are not linked to epics: what is opened names the epic, and
GitLab shows that there). An epic without any criteria trips no breaker: it is asked for them first. Criteria that are
no checklist, criteria that were added after the start and issues that came to an epic after it are said, too. GitLab
tells a description as it is today: what criteria it had at the start is known from our own first reading on.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain
from typing import Annotated, ClassVar

from annotated_types import Gt, Len
from msgspec import Struct

from handrail.handbook.settings import RuleSettings, Text
from handrail.handbook.work import Breaker
from handrail.model.actions import CreateItem, Evidence, LinkItems
from handrail.model.findings import Finding, Remedy
from handrail.model.items import Epic, Issue, MergeRequest, headed
from handrail.rules.desk import Desk, are_linked, listed
from handrail.rules.reminders import reminder
from handrail.rules.timebox import Timebox, timebox

CLAUSES = ("iteration.timebox", "iteration.two", "iteration.three")
RULE = "iteration_breakers"
FINDINGS = {
    "early": "as many milestones as the first breaker allows ended without the success criteria met",
    "evaluate": "as many as the last breaker allows ended without them met: a retrospective and an evaluation are due",
    "no-checklist": "an iteration has no checklist of success criteria",
    "scope-grew": "issues came to an epic after its first milestone had begun",
    "criteria-grew": "criteria were added to a checklist after the iteration's first milestone had begun",
}
"""When each of the rule's findings is made."""
SHOWN = 5
"""Added issues that are named, of more the number is said; and as many earlier checklists."""


@dataclass(frozen=True)
class Template:
    """An issue to open.

    In title and description `{title}` and `{ref}` stand for the iteration, `{milestones}` for those that ended and
    `{criteria}` for what was met of its criteria.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    title: Text
    """It stays the same as long as the iteration is called the same: so the issue is known again."""
    description: Text
    """What the issue says; ``{ref}``, ``{milestones}`` and ``{criteria}`` stand for the iteration's."""
    labels: tuple[Text, ...] = ()
    """What it carries beside the required labels."""


@dataclass(frozen=True)
class Settings(RuleSettings):
    """What an iteration is, and what is opened when it goes on too long."""

    labels: tuple[Text, ...] = ("MVC",)
    """An issue or epic with one of these is an iteration."""
    not_labels: tuple[Text, ...] = ()
    """An epic with one of these is none."""
    titles: Annotated[tuple[Text, ...], Len(1)] = ("success criteria", "acceptance criteria")
    """Words, lower case, that the heading of its criteria holds one of."""
    least_added: Annotated[int, Gt(0)] = 1
    """How many issues come to an epic, or criteria to a checklist, after its start before it is said."""
    project: str = ""
    """The source, by name or path, in which retrospective and evaluation are opened; empty: they are only asked for."""
    retrospective: Template = Template("Retrospective: {title} ({ref})", "{ref}: {criteria} after {milestones}.")
    """Opened first."""
    evaluation: Template = Template(
        "Evaluation with section leaders: {title} ({ref})", "{ref}: {criteria} after {milestones}."
    )
    """Opened with it."""


class _Criteria(Struct, frozen=True, gc=False):
    done: int
    total: int
    written: bool

    @property
    def said(self) -> str:
        """What was met and what was not."""
        if self.total == 0:
            what = (
                "its success criteria are no checklist" if self.written else "it has no success criteria written down"
            )
            return f"{what}, so nothing shows what was met"
        left = self.total - self.done
        return f"{self.done} of its {self.total} success criteria {_are(self.done)} met and {left} {_are(left)} not"


def subjects(desk: Desk) -> Iterable[Issue | Epic]:
    """The team's open issues and epics."""
    return (item for item in desk.ours if not isinstance(item, MergeRequest))


def decide(item: Issue | Epic, desk: Desk, settings: Settings) -> Iterator[Finding]:
    """Of an iteration how long it has gone on, whether it can be told what was met, and whether it has grown."""
    labelled = not set(settings.labels).isdisjoint(item.labels)
    if not labelled and (isinstance(item, Issue) or not set(settings.not_labels).isdisjoint(item.labels)):
        return
    parts = headed(item.sections, settings.titles)
    criteria = _Criteria(sum(part.done for part in parts), sum(part.total for part in parts), bool(parts))
    box = timebox(item, desk)
    stated = labelled or criteria.written
    if not stated and box is None:
        return
    if criteria.total == 0:
        yield _no_checklist(item, criteria, box, desk, settings)
    if box is None:
        return
    if isinstance(item, Epic):
        yield from _grown(item, box, desk, settings)
    yield from _lengthened(item, criteria.total, box, desk, settings)
    breakers = sorted(desk.handbook.breakers, key=lambda breaker: breaker.milestones)
    due = [breaker for breaker in breakers if len(box.ended) >= breaker.milestones]
    if stated and due and (criteria.total == 0 or criteria.done < criteria.total):
        if due[-1] is breakers[-1]:
            yield _evaluate(item, due[-1], criteria, box, desk, settings)
        else:
            yield _early(item, due[-1], breakers[-1], criteria, box, desk)


def _early(
    item: Issue | Epic, breaker: Breaker, last: Breaker, criteria: _Criteria, box: Timebox, desk: Desk
) -> Finding:
    says = f"{_passed(box)} without its success criteria met: {criteria.said}."
    to = desk.owners(item) or desk.managers
    asks = (
        f"{_passed(box)} since it began with {box.first}, and {criteria.said}. That calls for {breaker.calls_for}. "
        "Could you look together at what keeps the rest, and whether a smaller part would deliver something now? After "
        f"{last.milestones} milestones {last.calls_for} follows, and it goes more easily with that in hand."
    )
    since = _ended_at(box.ended[breaker.milestones - 1], desk)
    remedies = _asked(desk, "time-box", since, to, "thank you for your work on this.", asks)
    evidence = _evidence(item, criteria, box, desk)
    return Finding(RULE, breaker.clause, item.ref, "early", says, evidence, "warning", desk.owners(item), remedies)


def _evaluate(
    item: Issue | Epic, breaker: Breaker, criteria: _Criteria, box: Timebox, desk: Desk, settings: Settings
) -> Finding:
    says = f"{_passed(box)} without its success criteria met: {criteria.said}; that calls for {breaker.calls_for}."
    evidence = _evidence(item, criteria, box, desk)
    remedies = tuple(_opening(item, criteria, box, desk, settings)) if settings.project else ()
    return Finding(RULE, breaker.clause, item.ref, "evaluate", says, evidence, "breach", desk.managers, remedies)


def _opening(item: Issue | Epic, criteria: _Criteria, box: Timebox, desk: Desk, settings: Settings) -> Iterator[Remedy]:
    """What opens the two issues, and once they are there links them to an iteration that is an issue, and together."""
    source = desk.handbook.sources.get(settings.project)
    project = source.path if source else settings.project
    there = desk.once(RULE, lambda: _titled(project, desk))
    words = {
        "{title}": item.title,
        "{ref}": item.ref,
        "{milestones}": listed(box.ended),
        "{criteria}": criteria.said,
    }
    opened: list[Issue] = []
    for name, template in (("retrospective", settings.retrospective), ("evaluation", settings.evaluation)):
        title = _filled(template.title, words)
        issue = there.get(title)
        if issue is None:
            change = CreateItem(
                f"{name}-{item.ref}",
                title,
                _filled(template.description, words),
                template.labels,
                confidential=item.confidential,
            )
            yield Remedy(change, project)
            continue
        opened.append(issue)
        if isinstance(item, Issue) and not are_linked(item, issue):
            yield Remedy(LinkItems(item.ref), issue.ref)
    if len(opened) == 2 and not are_linked(*opened):
        yield Remedy(LinkItems(opened[0].ref), opened[1].ref)


def _titled(project: str, desk: Desk) -> Mapping[str, Issue]:
    """The project's issues by title, those that ended lately included."""
    start = f"{project}#"
    return {
        item.title: item
        for item in chain(desk.snapshot.closed, desk.snapshot.items)
        if isinstance(item, Issue) and item.ref.startswith(start)
    }


def _filled(template: str, words: Mapping[str, str]) -> str:
    return re.sub("|".join(map(re.escape, words)), lambda mark: words[mark[0]], template)


def _no_checklist(
    item: Issue | Epic, criteria: _Criteria, box: Timebox | None, desk: Desk, settings: Settings
) -> Finding:
    what = "Its success criteria are no checklist" if criteria.written else "It has no success criteria"
    says = f"{what}, so nobody can see when the iteration is done."
    since = box.start if box else item.created_at
    asks = (
        f"{what} yet. Could you write down, under “{settings.titles[0].capitalize()}” in the description, three to "
        "five lines with a box to tick: what will be true when this is done? It keeps the scope small, and everybody "
        "sees what was delivered."
    )
    remedies = _asked(desk, "criteria", since, desk.owners(item), "thank you for planning this in steps.", asks)
    evidence = (Evidence("its description has no checklist of criteria", since),)
    return Finding(
        RULE, "iteration.timebox", item.ref, "no-checklist", says, evidence, "note", desk.owners(item), remedies
    )


def _grown(epic: Epic, box: Timebox, desk: Desk, settings: Settings) -> Iterator[Finding]:
    issues = desk.in_epic(epic.ref)
    since = {issue.ref: issue.epic_since or issue.created_at for issue in issues}
    begun = desk.date_of(box.start)
    added = [issue for issue in issues if desk.date_of(since[issue.ref]) > begun]
    if len(added) < settings.least_added:
        return
    more = len(added) - SHOWN
    named = [issue.ref for issue in added[:SHOWN]] + ([f"{more} more"] if more > 0 else [])
    says = (
        f"{len(added)} of its {len(issues)} issues {'was' if len(added) == 1 else 'were'} added after it had begun "
        f"with {box.first} on {desk.voice.day(begun)}: {listed(named)}."
    )
    evidence = tuple(Evidence(f"{issue.ref} came to it", since[issue.ref], issue.ref) for issue in added[:SHOWN])
    yield Finding(RULE, "iteration.timebox", epic.ref, "scope-grew", says, evidence, who=desk.owners(epic))


def _lengthened(item: Issue | Epic, total: int, box: Timebox, desk: Desk, settings: Settings) -> Iterator[Finding]:
    begun = desk.date_of(box.start)
    had = [
        (count, version.until)
        for version in item.versions
        if desk.date_of(version.until) > begun
        and (count := sum(part.total for part in headed(version.sections, settings.titles)))
    ]
    if not had or total - had[0][0] < settings.least_added:
        return
    (first, until), began = had[0], f"it had begun with {box.first} on {desk.voice.day(begun)}"
    says = f"It had {_counted(first)} until {desk.voice.day(desk.date_of(until))}, after {began}, and has {total} now."
    evidence = tuple(Evidence(f"it had {_counted(count)} until then", at, item.ref) for count, at in had[:SHOWN])
    yield Finding(RULE, "iteration.timebox", item.ref, "criteria-grew", says, evidence, who=desk.owners(item))


def _asked(desk: Desk, topic: str, since: datetime, to: tuple[str, ...], thanks: str, asks: str) -> tuple[Remedy, ...]:
    comment = reminder(desk, topic, since, to, thanks, asks)
    return (Remedy(comment),) if comment else ()


def _evidence(item: Issue | Epic, criteria: _Criteria, box: Timebox, desk: Desk) -> tuple[Evidence, ...]:
    ended = (Evidence(f"{title} ended", _ended_at(title, desk)) for title in box.ended)
    return (Evidence(f"it began with {box.first}", box.start, item.ref), *ended, Evidence(criteria.said))


def _ended_at(title: str, desk: Desk) -> datetime:
    due = desk.due_of(title)
    assert due is not None
    return desk.midnight(due + timedelta(days=1))


def _passed(box: Timebox) -> str:
    count = len(box.ended)
    return f"{count} milestone{'' if count == 1 else 's'} ({listed(box.ended)}) {'has' if count == 1 else 'have'} ended"


def _counted(criteria: int) -> str:
    return f"{criteria} success {'criterion' if criteria == 1 else 'criteria'}"


def _are(count: int) -> str:
    return "is" if count == 1 else "are"
