"""Unplanned work (clauses unplanned.*): requests that nobody has decided on, weighed by the handbook's table.

What the table calls reasonable is proposed as Unplanned for the running milestone; where too little is known, whoever
asks is asked, once; what could be planned instead is left to EM and PM, since nothing is declined by itself. What a
running milestone took in, and what gave way to it, is told by source.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import chain

from handrail.model.actions import Evidence
from handrail.model.findings import Finding, milestone_subject
from handrail.model.items import Issue, Item
from handrail.model.requests import RULE, RequestSource, UnplannedRequest
from handrail.rules.desk import Desk, listed
from handrail.rules.unplanned_answers import asking, found, taking, whose
from handrail.rules.unplanned_request import Settings, assess

CLAUSES = ("unplanned.assess", "unplanned.take", "unplanned.decline", "unplanned.ask")
FINDINGS = {
    "take": "nobody has decided on a request, and the table calls it reasonable",
    "ask": "nobody has decided on a request, and too little is known of how urgent it is",
    "decline": "nobody has decided on a request, and the table says that it can be planned instead",
    "taken-in": "a running milestone took in Unplanned work",
}
"""When each of the rule's findings is made."""


def subjects(desk: Desk) -> Iterable[Issue | str]:
    """The team's open issues that nobody has decided on, then the milestones that run."""
    issues = (item for item in desk.snapshot.items if isinstance(item, Issue) and is_undecided(item, desk))
    return chain(issues, sorted(desk.snapshot.current_milestones))


def decide(subject: Issue | str, desk: Desk, settings: Settings) -> Iterator[Finding]:
    """What becomes of a request, or what a milestone took in."""
    if isinstance(subject, str):
        yield from _taken_in(subject, desk, settings)
        return
    request = request_of(subject, desk, settings)
    if request is not None:
        yield _weighed(request, subject, desk, settings)


def is_undecided(issue: Issue, desk: Desk) -> bool:
    """Whether one of the team's issues was neither planned nor taken, and waits for no answer."""
    stated = desk.handbook.labels
    return (
        issue.milestone is None
        and not issue.assignees
        and stated.unplanned not in issue.labels
        and stated.deliverable not in issue.labels
        and desk.is_untriaged(issue)
    )


def request_of(issue: Issue, desk: Desk, settings: Settings) -> UnplannedRequest | None:
    """The request that an issue looks like by its labels, or by a mention of the team; None where it is none."""
    if any(label in settings.asks_by for label in issue.labels):
        source = source_of(issue, settings) or "mention"
        return UnplannedRequest(issue.title, source, issue.created_at, asked_by=issue.author, ref=issue.ref)
    if issue.mentioned_since is None:
        return None
    by = issue.last_human_by if issue.last_human_at == issue.mentioned_since else issue.author
    return UnplannedRequest(issue.title, "mention", issue.mentioned_since, asked_by=by, ref=issue.ref)


def source_of(item: Item, settings: Settings) -> RequestSource | None:
    """Where the labels say that work comes from; None where they do not."""
    return next((source for label, source in settings.sources.items() if label in item.labels), None)


def _weighed(request: UnplannedRequest, issue: Issue, desk: Desk, settings: Settings) -> Finding:
    assessment = assess(request, desk, settings)
    start = f"Nobody has decided on this request ({whose(request, desk)})"
    if assessment.result == "take":
        says = f"{start}: it is Unplanned work, since {assessment.why}."
        return found("take", request, says, desk, taking(issue, desk), assessment, "warning")
    if assessment.result == "decline":
        says = f"{start}: it could be planned instead, since {assessment.why}; EM and PM decide."
        return found("decline", request, says, desk, (), assessment)
    unknown = f"; not known: {listed(assessment.unknown)}" if assessment.unknown else ""
    says = f"{start}: how urgent it is has to be asked, since {assessment.why}{unknown}."
    fresh = desk.snapshot.now - request.asked_at <= timedelta(days=settings.ask_within_days)
    remedies = asking(request, assessment, desk) if fresh and assessment.unknown else ()
    return found("ask", request, says, desk, remedies, assessment)


# --- what a milestone took in ------------------------------------------------------------------------


def _taken_in(title: str, desk: Desk, settings: Settings) -> Iterator[Finding]:
    stated = desk.handbook.labels
    ended = (item for item in desk.snapshot.closed if item.milestone == title and desk.read(item).ours)
    taken = [
        item
        for item in chain(desk.in_milestone(title), ended)
        if isinstance(item, Issue) and stated.unplanned in item.labels
    ]
    if not taken:
        return
    counts = Counter(source_of(item, settings) or "without a source" for item in taken)
    by = listed([f"{count} {source}" for source, count in sorted(counts.items())])
    weight = sum(settings.unweighted if item.weight is None else item.weight for item in taken)
    gone = _gave_way(title, desk)
    issues = "issue" if len(taken) == 1 else "issues"
    says = f"{title} took in {len(taken)} Unplanned {issues} ({by}; weight {weight:g})"
    if gone:
        says += f", and {len(gone)} of its Deliverables gave way: {listed([item.ref for item in gone])}"
    evidence = (
        *(Evidence(f"{item.ref} is Unplanned", item.label_since.get(stated.unplanned), item.ref) for item in taken),
        *(Evidence(f"{item.ref} left {title}", _left_at(item, title), item.ref) for item in gone),
    )
    yield Finding(
        RULE,
        "unplanned.take",
        milestone_subject(title),
        "taken-in",
        f"{says}.",
        evidence,
        who=desk.managers,
        period=title,
    )


def _gave_way(title: str, desk: Desk) -> list[Item]:
    """The team's Deliverables that left a milestone since it began, oldest first."""
    deliverable, start = desk.handbook.labels.deliverable, desk.start_of(title)
    missed = desk.handbook.planning.missed_label.format(milestone=title)
    found = []
    for item in chain(desk.snapshot.items, desk.snapshot.closed):
        if item.milestone == title or deliverable not in item.labels:
            continue
        left = _left_at(item, title)
        if (missed in item.labels or (left and start and left >= start)) and desk.read(item).ours:
            found.append(item)
    return sorted(found, key=lambda item: (item.created_at, item.ref))


def _left_at(item: Item, title: str) -> datetime | None:
    """When an item was moved from a milestone to another; None where that is not known."""
    places = [place for place, stay in enumerate(item.milestones) if stay.title == title]
    after = item.milestones[places[-1] + 1 :] if places else ()
    return after[0].since if after else None
