"""Required labels (clauses labels.*): what each item of the team's has to carry, and which label it probably needs.

Asked of open issues, merge requests and epics of the team. A label that is missing is found; it is proposed only where
the evidence is surer than the handbook's ``confidence``. A priority is asked of issues alone, since merge requests are
reviewed with any or none: of those with a milestone, undated ones too, or an assignee. What has neither waits for
triage. Labels of one scope exclude each other, on Free by us; two workflow labels of an issue or a merge request are
said by ``workflow_states``.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated

from annotated_types import Gt, Le
from msgspec import Struct

from handrail.handbook.schema import RequiredLabel
from handrail.handbook.settings import RuleSettings, Text
from handrail.model.actions import AddLabels, Evidence, Expectation, RemoveLabels
from handrail.model.findings import Finding, Remedy
from handrail.model.items import SIGILS, Epic, Issue, Item
from handrail.model.labels import scope_of
from handrail.rules.desk import Desk, marked
from handrail.rules.label_evidence import Suggestion, Witness, likeliest, of_group, of_relatives, of_words

CLAUSES = (
    "summary.label",
    "labels.anytime",
    "labels.team",
    "labels.subgroup",
    "labels.subgroup-build",
    "labels.subgroup-deploy",
    "labels.quarter",
    "labels.unplanned",
)
RULE = "required_labels"
FINDINGS = {
    "no-team": "it is the team's, and lacks the team's label",
    "no-group": "it has no group's label, and is not shared work",
    "no-type": "it has none of the types",
    "no-priority": "it is an issue with a milestone or an assignee, and has no priority",
    "quarter": "its milestone, or that of an epic's last issue, is released in a fiscal quarter whose label it lacks",
    "unplanned": "it came into a running milestone, and a label, or what it follows from, speaks for unplanned work",
    "several": "it has two labels of one scope, or those of two quarters",
}
"""When each of the rule's findings is made."""


@dataclass(frozen=True)
class Settings(RuleSettings):
    """Which labels beside the page's own are required, and what tells them."""

    confidence: Annotated[float, Gt(0), Le(1)] = 0.75
    """How sure the evidence has to be before a label is proposed."""
    types: tuple[Text, ...] = ()
    """Exactly one of these is on every issue and merge request."""
    subtypes: dict[str, Text] = field(default_factory=dict)
    """The type that a scope of finer labels belongs to."""
    type_words: dict[str, tuple[Text, ...]] = field(default_factory=dict)
    """First words of a title, lower case, that speak for a type."""
    shared: tuple[Text, ...] = ()
    """Labels, and sources by name or path, of work that the groups share: it needs no group's label."""
    group_of: dict[str, Text] = field(default_factory=dict)
    """The group of a source (by name or path), or of a folder in one ("omnibus:config")."""
    priority_of: dict[str, Text] = field(default_factory=dict)
    """The priority that a severity speaks for."""
    unplanned_by: tuple[Text, ...] = ()
    """Labels that speak for Unplanned on what enters a running milestone."""
    opened: dict[str, tuple[Text, ...]] = field(default_factory=dict)
    """What an issue that a rule opens carries of a scope of which nothing tells the label, by the rule's name."""
    not_exclusive: tuple[Text, ...] = ()
    """Scopes of which an item may have several labels, where GitLab lets it."""


def subjects(desk: Desk) -> Iterable[Item]:
    """The team's open items."""
    return desk.ours


class _Worn(Struct, frozen=True, gc=False):
    """What a set of labels says of every item that wears it: many share one, so it is worked out once."""

    lacks: tuple[RequiredLabel, ...]
    """The team's and the groups' labels that it lacks."""
    quarter: RequiredLabel | None
    """The requirement of a quarter's label, where the kind of item has one."""
    quarters: tuple[str, ...]
    """The quarters' labels that it has."""
    unplanned: RequiredLabel | None
    """The requirement of Unplanned, where it may be missing."""
    several: tuple[tuple[str, ...], ...]
    no_type: bool
    no_priority: bool


def decide(item: Item, desk: Desk, settings: Settings) -> Iterator[Finding]:
    """What is missing, what is one too many, and which quarter is not the release's."""
    worn = desk.once(RULE, lambda: _worn(item, desk, settings), (item.sigil, item.labels))
    for required in worn.lacks:
        if required.label == desk.handbook.labels.team:
            sure = Suggestion(required.label, 1.0, (Evidence(_why_ours(item, desk)),))
            yield _missing(item, "team", required.clause, sure, settings, desk)
        elif {item.project, desk.source_name(item.project)}.isdisjoint(settings.shared):
            found = likeliest(of_group(item, desk, settings.group_of))
            yield _missing(item, "group", required.clause, found, settings, desk)
    for those in worn.several:
        yield from _several(item, those, desk)
    if worn.no_type:
        yield _missing(item, "type", "labels.anytime", _type(item, desk, settings), settings, desk)
    if worn.quarter is not None:
        yield from _quarter(worn.quarter, worn.quarters, item, desk)
    if worn.unplanned is not None and item.milestone in desk.snapshot.current_milestones:
        yield from _unplanned(worn.unplanned, item, desk, settings)
    if worn.no_priority and isinstance(item, Issue) and _is_placed(item, desk):
        yield _missing(item, "priority", "labels.anytime", _priority(item, desk, settings), settings, desk)


def _is_placed(issue: Issue, desk: Desk) -> bool:
    """Whether an issue is in a milestone or with somebody; a week on duty comes before all priorities."""
    return (issue.milestone is not None or bool(issue.assignees)) and desk.terms.shift_of(issue) is None


def _worn(item: Item, desk: Desk, settings: Settings) -> _Worn:
    labels = frozenset(item.labels)
    stated = desk.handbook.labels
    required = [one for one in stated.required if SIGILS[item.sigil] in one.on]
    unplanned = next((one for one in required if one.label == stated.unplanned), None)
    named = {stated.team, stated.unplanned, stated.spike}  # the spikes' rule sees to theirs
    quarter = next((one for one in required if one.label not in named and not one.label.endswith("::*")), None)
    is_epic = isinstance(item, Epic)
    spared = {*settings.not_exclusive, *(() if is_epic else (desk.handbook.workflow.scope,))}
    may_be_unplanned = labels.isdisjoint({stated.unplanned, stated.deliverable})
    return _Worn(
        tuple(one for one in required if _is_lacking(one, labels, desk, settings)),
        quarter,
        tuple(label for label in item.labels if desk.is_quarter(label)),
        unplanned if may_be_unplanned else None,
        tuple(
            those
            for those in desk.terms.several(item.labels)
            if (quarter if desk.is_quarter(those[0]) else scope_of(those[0]) not in spared)
        ),
        bool(settings.types) and not is_epic and labels.isdisjoint(settings.types),
        labels.isdisjoint(desk.terms.priorities),
    )


def _is_lacking(required: RequiredLabel, labels: frozenset[str], desk: Desk, settings: Settings) -> bool:
    if required.label == desk.handbook.labels.team:
        return required.label not in labels
    if not required.label.endswith("::*"):
        return False
    return bool(desk.terms.groups) and labels.isdisjoint(desk.terms.groups) and labels.isdisjoint(settings.shared)


def _why_ours(item: Item, desk: Desk) -> str:
    if desk.terms.is_own(item):
        return f"{desk.source_name(item.project)} is the team’s"
    return "it has a label of one of the team’s groups"


def _quarter(required: RequiredLabel, others: tuple[str, ...], item: Item, desk: Desk) -> Iterator[Finding]:
    """The quarter of its milestone's release; an epic is out when the last of its issues is."""
    if isinstance(item, Epic):
        issues = [one for one in desk.in_epic(item.ref) if one.state == "opened"]
        planned = [one for one in issues if desk.quarter_of(one.milestone or "")]
        if not planned:
            return
        last = max(planned, key=lambda one: (desk.due_of(one.milestone or "") or date.min, one.ref))
        milestone, is_whole = last.milestone or "", len(planned) == len(issues)
        what = f"the last of its issues, {last.ref}, is planned for {milestone}, which is released in"
    elif item.milestone is not None:
        milestone, is_whole, what = item.milestone, True, f"{item.milestone} is released in"
    else:
        return
    wanted = desk.quarter_of(milestone)
    if wanted is None or wanted in others:
        return
    if isinstance(item, Epic) and any(desk.terms.quarter(label) > desk.terms.quarter(wanted) for label in others):
        return  # not all that it takes is planned yet
    evidence = (Evidence(f"{what} {wanted.replace('::', ' ')}"),)
    has = f", not {marked(others)}" if others else ""
    fits = "belongs on it" if is_whole else "or a later quarter belongs on it"
    says = f"{evidence[0].what[:1].upper()}{evidence[0].what[1:]}, so ~{wanted} {fits}{has}."
    remedies = [Remedy(AddLabels((wanted,)))] if is_whole else []
    # What shares its scope goes with it; another year's label does not.
    elsewhere = tuple(label for label in others if scope_of(label) != scope_of(wanted))
    if elsewhere and is_whole:
        remedies.append(Remedy(RemoveLabels(elsewhere)))
    # What goes on to another milestone and comes back gets its label anew.
    period = " ".join((milestone, *(stay.since.isoformat() for stay in item.milestones[-1:])))
    yield Finding(
        RULE,
        required.clause,
        item.ref,
        "quarter",
        says,
        evidence,
        who=desk.owners(item),
        remedies=tuple(remedies),
        period=period,
    )


def _unplanned(required: RequiredLabel, item: Item, desk: Desk, settings: Settings) -> Iterator[Finding]:
    """What came late: certain with a label that speaks for it, possible where something closed had one."""
    since = _came_late(item, desk)
    if since is None:
        return
    says = f"It came into {item.milestone} while that was running"
    evidence = [Evidence(f"it came into {item.milestone} after that had begun", since)]
    remedies: tuple[Remedy, ...] = ()
    speaking = [label for label in settings.unplanned_by if label in item.labels]
    if speaking:
        says = f"{says}, with {marked(speaking)}: it is Unplanned."
        evidence.append(Evidence(f"it has {marked(speaking)}"))
        remedies = (Remedy(AddLabels((desk.handbook.labels.unplanned,))),)
    elif isinstance(item, Issue) and (behind := _behind(item, desk, settings)):
        says = f"{says}, and {behind[0].what}: it may be Unplanned."
        evidence += behind
    else:
        return
    who = desk.owners(item)
    yield Finding(RULE, required.clause, item.ref, "unplanned", says, tuple(evidence), who=who, remedies=remedies)


def _came_late(item: Item, desk: Desk) -> datetime | None:
    """When it came into the running milestone if that had begun; None for what was in it, or in an earlier one, before.

    What is carried along from milestone to milestone was planned once.
    """
    start = desk.start_of(item.milestone or "")
    assert start is not None  # it is running
    for stay in item.milestones:
        began = desk.start_of(stay.title)
        if began is not None and began <= start:
            return stay.since if stay.title == item.milestone and stay.since > start else None
    return item.created_at if item.created_at > start else None


def _behind(issue: Issue, desk: Desk, settings: Settings) -> tuple[Evidence, ...]:
    """What is over and linked to the issue, and had a label that speaks for unplanned work."""
    over = desk.once(RULE, lambda: {one.ref: one.labels for one in desk.snapshot.closed})
    return tuple(
        Evidence(f"{ref}, to which it is linked, had {marked(speaking)}", link=ref)
        for ref in issue.related
        if (speaking := [label for label in settings.unplanned_by if label in over.get(ref, ())])
    )


def _several(item: Item, those: tuple[str, ...], desk: Desk) -> Iterator[Finding]:
    """Labels that exclude each other: the one that is required counts, else the one put on last, as on GitLab."""
    team = desk.handbook.labels.team
    since = {label: item.label_since[label] for label in those if label in item.label_since}
    last = [label for label, instant in since.items() if instant == max(since.values())]
    clause, counts, why = "labels.subgroup", "", ""
    if desk.is_quarter(those[0]):
        clause, counts = "labels.quarter", desk.quarter_of(item.milestone or "") or ""
        if counts and counts not in those:
            return  # with the quarter that is missing these go
        why = f"{item.milestone} is released in {counts.replace('::', ' ')}"
    elif team in those and (desk.terms.is_source(item.project) or not desk.terms.groups.keys().isdisjoint(item.labels)):
        clause, counts, why = "labels.team", team, _why_ours(item, desk)
    if not counts and len(since) == len(those) and len(last) == 1:
        counts, why = last[0], f"~{last[0]} came last"
    says = f"It has {marked(those)}, which exclude each other."
    remedies: tuple[Remedy, ...] = ()
    if counts:
        says = f"{says[:-1]}; {why}."
        others = RemoveLabels(tuple(label for label in those if label != counts))
        remedies = (Remedy(others, expects=(Expectation("label", counts),)),)
    evidence = tuple(Evidence(f"~{label} was put on", instant) for label, instant in since.items())
    # A scope that was mended and is crowded once more is mended once more.
    period = since[counts].isoformat() if counts in since else ""
    yield Finding(RULE, clause, item.ref, "several", says, evidence, "warning", desk.owners(item), remedies, period)


def _missing(item: Item, what: str, clause: str, found: Suggestion | None, settings: Settings, desk: Desk) -> Finding:
    says = f"It lacks a {what} label."
    evidence: tuple[Evidence, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    if found is not None:
        why = " and ".join(one.what for one in found.evidence)
        evidence = found.evidence
        if found.sure >= settings.confidence:
            says = f"It lacks ~{found.label}: {why}."
            remedies = (Remedy(AddLabels((found.label,))),)
        else:
            says = f"It lacks a {what} label; ~{found.label} may fit ({why})."
    return Finding(RULE, clause, item.ref, f"no-{what}", says, evidence, "note", desk.owners(item), remedies)


def _type(item: Item, desk: Desk, settings: Settings) -> Suggestion | None:
    witnesses = list(of_relatives(item, desk, settings.types))
    for label in item.labels:
        wanted = settings.subtypes.get(scope_of(label) or "")
        if wanted:
            witnesses.append(Witness(wanted, 0.95, Evidence(f"it has ~{label}")))
    return likeliest([*witnesses, *of_words(item, settings.type_words)])


def _priority(item: Issue, desk: Desk, settings: Settings) -> Suggestion | None:
    witnesses = [
        Witness(settings.priority_of[label], 0.9, Evidence(f"it has ~{label}"))
        for label in item.labels
        if label in settings.priority_of
    ]
    return likeliest([*witnesses, *of_relatives(item, desk, desk.terms.priorities)])
