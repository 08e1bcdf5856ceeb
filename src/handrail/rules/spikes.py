"""Spikes: research is labelled as such, has a time box, and ends in the issues that follow from it.

An open issue whose title begins with words of research is given the label. A spike's time box is business time of its
assignee, from the start of the work on, whichever states of work it goes through (or from the label on, as the handbook
has it): it nears its end at a share of it and breaches at the whole. What was put back or blocked in between begins
anew. A spike takes the type of the work that follows; where nothing follows yet, what ``required_labels`` says of a
missing type is enough. A spike that was closed lately and is linked to no issue younger than itself, with no issue of
its epic opened since the research began, is asked about once it has been closed for a business day; issues of its epic
that followed from it are linked to it. Of outcome issues that are planned for one milestone after the other the earlier
is to block the later; of others it is only noted that no link says in which order they are worked on.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import chain, pairwise
from typing import Annotated, Literal

from annotated_types import Ge, Gt, Le

from handrail.handbook.settings import RuleSettings, Text
from handrail.model.actions import AddLabels, Evidence, Expectation, LinkItems
from handrail.model.findings import Finding, Remedy
from handrail.model.items import Epic, Issue, MergeRequest
from handrail.model.labels import scope_of
from handrail.rules.desk import Desk, are_linked, listed, marked
from handrail.rules.reminders import reminder
from handrail.worktime.calendar import BUSINESS_DAY, NeverOpensError

CLAUSES = ("labels.spike",)
(CLAUSE,) = CLAUSES
RULE = "spikes"
FINDINGS = {
    "unlabelled": "an issue's title begins with a word of research, and it has no spike label",
    "time-box-near": "most of a spike's time box is used",
    "time-box-over": "all of a spike's time box is used",
    "no-type": "a spike has no type, and the work that follows from it has one",
    "no-outcome": "a spike was closed lately, and no issue followed from it",
    "unlinked": "a spike was closed lately, and open issues of its epic that followed from it are not linked to it",
    "no-order": "a spike was closed lately, and no blocking link orders the issues that followed",
    "no-spike-first": "a new epic of several issues does not begin with a spike",
}
"""When each of the rule's findings is made."""


@dataclass(frozen=True)
class Settings(RuleSettings):
    """What research is called, how long it may take, and what it ends in."""

    words: tuple[Text, ...] = ()
    """Words, in any case, with which the title of a spike begins."""
    business_days: Annotated[float, Gt(0)] = 5
    """The time box."""
    near: Annotated[float, Gt(0), Le(1)] = 0.75
    """From which share of the time box on its end is near."""
    starts: Literal["work", "label"] = "work"
    """Whether it starts with the work or with the label."""
    type_scope: Text = "type"
    """The scope of the labels that tell a type."""
    outcome_days: Annotated[int, Ge(1), Le(40)] = 40
    """For how many days after its end a spike is asked about its outcome; longer, what has ended is not looked at."""
    without_outcome: tuple[Text, ...] = ()
    """Statuses, in any case, of a closed issue that has no outcome."""
    serial: Literal["planned", "always", "never"] = "planned"
    """Which outcome issues are proposed to block each other: of different milestones, all as they were opened, none."""
    new_epic_days: Annotated[int, Ge(0), Le(365)] = 14
    """For how many days an epic is new enough to be told that a spike often comes first; 0: never."""
    epic_issues: Annotated[int, Ge(2)] = 3
    """How many issues it has at the least."""
    not_labels: tuple[Text, ...] = ()
    """An epic with one of these begins with what it likes."""


def subjects(desk: Desk) -> Iterable[Issue | Epic]:
    """The team's open issues and epics, and its spikes that ended lately."""
    spike = desk.handbook.labels.spike
    ended = (item for item in desk.snapshot.closed if spike in item.labels and desk.read(item).ours)
    return (item for item in chain(desk.ours, ended) if not isinstance(item, MergeRequest))


def decide(item: Issue | Epic, desk: Desk, settings: Settings) -> Iterable[Finding]:
    """What a spike, an issue that reads like one, or a new epic lacks."""
    if isinstance(item, Epic):
        return _first_in_epic(item, desk, settings)
    if desk.handbook.labels.spike not in item.labels:
        return _unlabelled(item, desk, settings)
    if item.state == "opened":
        return chain(_time_box(item, desk, settings), _type(item, desk, settings))
    return _outcome(item, desk, settings)


def _unlabelled(issue: Issue, desk: Desk, settings: Settings) -> Iterator[Finding]:
    folded = desk.once(RULE, lambda: tuple(word.casefold() for word in settings.words))
    title = issue.title.casefold().lstrip("[( ")
    if not title.startswith(folded):
        return
    word = next((word for word, start in zip(settings.words, folded, strict=True) if _begins(title, start)), None)
    if word is not None:
        spike = desk.handbook.labels.spike
        evidence = (Evidence(f"its title begins with “{word}”"),)
        says = f"It lacks {marked((spike,))}: its title begins with “{word}”."
        remedies = (Remedy(AddLabels((spike,))),)
        yield Finding(RULE, CLAUSE, issue.ref, "unlabelled", says, evidence, who=desk.owners(issue), remedies=remedies)


def _begins(title: str, word: str) -> bool:
    return title.startswith(word) and not title[len(word) : len(word) + 1].isalnum()


# --- the time box -----------------------------------------------------------------------------------------


def _time_box(spike: Issue, desk: Desk, settings: Settings) -> Iterator[Finding]:
    start = _start(spike, desk, settings)
    whose = next((name for name in spike.assignees if desk.is_member(name)), "")
    if start is None:
        return
    calendar = desk.snapshot.calendars[whose]
    limit = round(settings.business_days * BUSINESS_DAY)
    used = calendar.between(start, desk.snapshot.now)
    if used < limit * settings.near:
        return
    over = used >= limit
    box = f"its time box of {settings.business_days:g} business days"
    evidence = [Evidence("the time box began", start)]
    change = None
    try:
        end = calendar.after(start, limit)
    except NeverOpensError:  # its assignee is away, and no end of that is known
        ends = "stands still"
    else:
        ends = f"{'ended' if over else 'ends'} on {desk.voice.day(desk.date_of(end))}"
        evidence.append(Evidence("the time box ends", end))
        asks = (
            f"I{box[1:]} {ends}. Could you write down what is known so far "
            "and open the issues that follow from it? If it takes longer, a line on what is still open helps everyone "
            "to plan; half an answer is worth sharing too."
        )
        thanks = "thank you for looking into this"
        change = reminder(desk, "time-box", end, desk.owners(spike), thanks, asks) if over else None
    says = f"This spike began on {desk.voice.day(desk.date_of(start))}, and {box} {ends}."
    yield Finding(
        RULE,
        CLAUSE,
        spike.ref,
        "time-box-over" if over else "time-box-near",
        says,
        tuple(evidence),
        "breach" if over else "warning",
        desk.owners(spike),
        (Remedy(change),) if change else (),
    )


def _start(spike: Issue, desk: Desk, settings: Settings) -> datetime | None:
    """When the time box began; None where nobody has begun, or the spike is blocked."""
    if settings.starts == "label":
        return spike.label_since.get(desk.handbook.labels.spike, spike.created_at)
    says = desk.read(spike)
    since = spike.label_since.get(says.state_label) if says.state_label else spike.status_since
    if says.state not in desk.terms.in_progress:
        return None if says.state else spike.assigned_since
    begun = since or spike.assigned_since or spike.created_at
    for stay in reversed(spike.been):  # from dev to review it is the same work
        state = desk.terms.state_of(stay.title)
        if state and state not in desk.terms.in_progress:
            break
        begun = min(begun, stay.since) if state else begun
    return begun


# --- what follows -----------------------------------------------------------------------------------------


def _type(spike: Issue, desk: Desk, settings: Settings) -> Iterator[Finding]:
    def types(issue: Issue) -> set[str]:
        return {label for label in issue.labels if scope_of(label) == settings.type_scope}

    if types(spike):
        return
    following = [issue for issue in _known(_following(spike, desk), desk) if types(issue)]
    told = {label for issue in following for label in types(issue)}
    if len(told) == 1:
        (label,) = told
        evidence = tuple(Evidence(f"{issue.ref} has ~{label}", link=issue.ref) for issue in following)
        says = f"This spike lacks a type, and what follows from it is {marked((label,))}: {_refs(following)}."
        remedies = (Remedy(AddLabels((label,))),)
        yield Finding(RULE, CLAUSE, spike.ref, "no-type", says, evidence, who=desk.owners(spike), remedies=remedies)


def _following(spike: Issue, desk: Desk) -> list[str]:
    """The references of what followed from a spike: what waits for it, is linked to it, or came in its epic."""
    known = _issues(desk)

    def is_younger(ref: str) -> bool:
        if ref in known:
            return known[ref].created_at >= spike.created_at
        # What is not known has ended long ago; of others' projects nobody can tell.
        return not desk.terms.is_source(ref.rpartition("#")[0])

    linked = [ref for ref in spike.related if is_younger(ref)]
    return list(dict.fromkeys([*spike.blocks, *linked, *(issue.ref for issue in _in_epic(spike, desk))]))


def _in_epic(spike: Issue, desk: Desk) -> list[Issue]:
    """The issues of its epic that were opened since the research began."""
    issues = desk.in_epic(spike.epic) if spike.epic else ()
    return [issue for issue in issues if issue.ref != spike.ref and issue.created_at >= _began(spike, desk)]


def _issues(desk: Desk) -> Mapping[str, Issue]:
    """The issues that are open or ended lately, by reference."""
    every = chain(desk.snapshot.closed, desk.snapshot.items)
    return desk.once("spikes: issues", lambda: {item.ref: item for item in every if isinstance(item, Issue)})


def _began(spike: Issue, desk: Desk) -> datetime:
    """When the research began, as far as an issue tells that may have ended."""
    return spike.assigned_since or spike.label_since.get(desk.handbook.labels.spike) or spike.created_at


def _known(refs: Iterable[str], desk: Desk) -> list[Issue]:
    """Those of the references that are open issues, oldest first."""
    found = [item for ref in refs if isinstance(item := desk.snapshot.by_ref.get(ref), Issue)]
    return sorted(found, key=lambda issue: (issue.created_at, issue.ref))


def _outcome(spike: Issue, desk: Desk, settings: Settings) -> Iterator[Finding]:
    ended = spike.closed_at
    if ended is None or (spike.status or "").casefold() in {one.casefold() for one in settings.without_outcome}:
        return
    now = desk.snapshot.now
    if now > ended + timedelta(days=settings.outcome_days):
        return
    following = _following(spike, desk)
    if following:
        yield from _unlinked(spike, desk)
        yield from _order(spike, _known(following, desk), desk, settings)
    elif desk.snapshot.calendars[""].between(ended, now) >= BUSINESS_DAY:
        day = desk.voice.day(desk.date_of(ended))
        asks = (
            "Could you link the issues that follow from what you found? If nothing follows, a line that says so is a "
            "good outcome too: it spares others the same research."
        )
        who = desk.owners(spike)
        change = reminder(desk, "outcome", ended, who, "thank you for the research", asks)
        yield Finding(
            RULE,
            CLAUSE,
            spike.ref,
            "no-outcome",
            f"This spike was closed on {day}, and no issue that follows from it is linked to it.",
            (Evidence("it was closed", ended),),
            "warning",
            who,
            (Remedy(change, expects=(Expectation("state", spike.state),)),) if change else (),
        )


def _unlinked(spike: Issue, desk: Desk) -> Iterator[Finding]:
    missing = [one for one in _in_epic(spike, desk) if one.state == "opened" and not are_linked(spike, one)]
    if missing:
        are = "is" if len(missing) == 1 else "are"
        yield Finding(
            RULE,
            CLAUSE,
            spike.ref,
            "unlinked",
            f"{_refs(missing)} came in this spike's epic since the research began and {are} not linked to it.",
            tuple(Evidence(f"{issue.ref} was opened", issue.created_at, issue.ref) for issue in missing),
            who=desk.owners(spike),
            remedies=tuple(Remedy(LinkItems(spike.ref), issue.ref) for issue in missing),
        )


def _order(spike: Issue, following: Sequence[Issue], desk: Desk, settings: Settings) -> Iterator[Finding]:
    """Issues that were opened one after the other since the spike began, of which none blocks another."""
    since = [issue for issue in following if issue.created_at >= _began(spike, desk)]
    refs = {issue.ref for issue in since}
    if len(since) < 2 or any(not refs.isdisjoint((*issue.blocks, *issue.blocked_by)) for issue in since):
        return
    remedies = tuple(
        Remedy(LinkItems(second.ref, "blocks"), first.ref) for first, second in _serial(since, desk, settings)
    )
    yield Finding(
        RULE,
        CLAUSE,
        spike.ref,
        "no-order",
        f"No blocking link says in which order to work on what followed from this spike: {_refs(since)}.",
        tuple(Evidence(f"{issue.ref} was opened", issue.created_at, issue.ref) for issue in since),
        who=desk.owners(spike),
        remedies=remedies,
    )


def _serial(issues: Sequence[Issue], desk: Desk, settings: Settings) -> Iterator[tuple[Issue, Issue]]:
    """Pairs of issues of which the first comes before the second."""
    if settings.serial == "always":
        yield from pairwise(issues)
    elif settings.serial == "planned":
        dated = [(due, issue) for issue in issues if (due := desk.due_of(issue.milestone or ""))]
        for (due, first), (later, second) in pairwise(sorted(dated, key=lambda one: one[0])):
            if due < later:
                yield first, second


def _refs(issues: Sequence[Issue]) -> str:
    return listed([issue.ref for issue in issues])


def _first_in_epic(epic: Epic, desk: Desk, settings: Settings) -> Iterator[Finding]:
    if desk.snapshot.now > epic.created_at + timedelta(days=settings.new_epic_days):
        return
    if any(label in epic.labels for label in settings.not_labels):
        return
    issues = sorted(desk.in_epic(epic.ref), key=lambda issue: (issue.epic_since or issue.created_at, issue.ref))
    spike = desk.handbook.labels.spike
    if len(issues) < settings.epic_issues or spike in issues[0].labels:
        return
    first = issues[0]
    says = f"This epic begins with {first.ref}, which is no {marked((spike,))}; a new epic often begins with one."
    evidence = (Evidence(f"{first.ref} came to it", first.epic_since or first.created_at, first.ref),)
    yield Finding(RULE, CLAUSE, epic.ref, "no-spike-first", says, evidence, who=desk.owners(epic))
