"""Unplanned work (clauses unplanned.*): requests that nobody has decided on, weighed by the handbook's table.

What the table calls reasonable is proposed as Unplanned for the running milestone; where too little is known, whoever
asks is asked, once; what could be planned instead is left to EM and PM, since nothing is declined by itself. What a
running milestone took in is told by source, with what moved out of it since, and what left it otherwise of what was to
give way. A red branch's incident is no request: the rule ``red_default_branch`` sees to it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import chain

from msgspec import structs

from handrail.model.actions import Evidence
from handrail.model.findings import Finding, milestone_subject
from handrail.model.items import Issue, Item
from handrail.model.requests import RULE, RequestSource, UnplannedRequest
from handrail.rules.desk import Desk, listed
from handrail.rules.unplanned_answers import answer_to, asking, found, still_lacks, taking, wearing, whose
from handrail.rules.unplanned_request import Settings, assess, would_slip

CLAUSES = ("unplanned.assess", "unplanned.take", "unplanned.decline", "unplanned.ask")
FINDINGS = {
    "take": "nobody has decided on a request, and the table calls it reasonable",
    "ask": "nobody has decided on a request, and too little is known of how urgent it is",
    "answered": "whoever was asked about a request has spoken since",
    "decline": "nobody has decided on a request, and the table says that it can be planned instead",
    "taken-in": "a running milestone took in Unplanned work",
}
"""When each of the rule's findings is made."""
NO_SOURCE = "without a source"
"""What is said of work of which nothing tells where it comes from."""


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
    if request is not None and request.state != "taken":
        yield _weighed(request, subject, desk, settings)


def is_undecided(issue: Issue, desk: Desk) -> bool:
    """Whether one of the team's issues was neither planned nor taken nor left for another, and waits for no answer."""
    stated = desk.handbook.labels
    return (
        issue.milestone is None
        and not issue.assignees
        and stated.unplanned not in issue.labels
        and stated.deliverable not in issue.labels
        and stated.red_branch not in issue.labels
        and not desk.goes_on_elsewhere(issue.ref)
        and desk.is_untriaged(issue)
    )


def request_of(issue: Issue, desk: Desk, settings: Settings) -> UnplannedRequest | None:
    """The request that an issue is, as the team keeps it, or looks like; None where it is none.

    It looks like one by its labels, by who opened it, or by a mention.
    """
    if (kept := _kept(desk).get(issue.ref)) is not None:
        return kept
    if any(label in settings.asks_by for label in issue.labels) or issue.author in settings.neighbours:
        source = source_of(issue, desk, settings) or "mention"
        return UnplannedRequest(issue.title, source, issue.created_at, asked_by=issue.author, ref=issue.ref)
    if issue.mentioned_since is None:
        return None
    by = issue.last_human_by if issue.last_human_at == issue.mentioned_since else issue.author
    source = "other team" if by in settings.neighbours else "mention"
    return UnplannedRequest(issue.title, source, issue.mentioned_since, asked_by=by, ref=issue.ref)


def _kept(desk: Desk) -> dict[str, UnplannedRequest]:
    """The requests that the team keeps, by their issues."""
    return desk.once("unplanned_work: kept", lambda: {one.ref: one for one in desk.snapshot.requests if one.ref})


def source_of(item: Item, desk: Desk, settings: Settings) -> RequestSource | None:
    """Where work comes from: as people said, else its labels, else its author's team; None where nothing tells."""
    if (kept := _kept(desk).get(item.ref)) is not None:
        return kept.source
    told = next((source for label, source in settings.sources.items() if label in item.labels), None)
    return told or ("other team" if item.author in settings.neighbours else None)


def _weighed(request: UnplannedRequest, issue: Issue, desk: Desk, settings: Settings) -> Finding:
    assessment = assess(request, desk, settings)
    start = f"Nobody has decided on this request ({whose(request, desk)})"
    if assessment.result == "take":
        remedies = taking(issue, desk, priority=assessment.priority)
        labels = wearing(issue.labels, remedies)
        slips = [f"{one.item.ref} ({one.why})" for one in would_slip(request, desk, settings, labels)]
        slip = f"what would give way is {listed(slips)}" if slips else "nothing would have to give way"
        says = f"{start}: it is Unplanned work, since {assessment.why}; {slip}{still_lacks(labels, desk)}."
        return found("take", request, says, desk, remedies, assessment, "warning")
    if assessment.result == "decline":
        says = f"{start}: it could be planned instead, since {assessment.why}; EM and PM decide."
        return found("decline", request, says, desk, (), assessment)
    spoke = answer_to(request, desk)
    if spoke is not None:
        says = (
            f"{desk.voice.name(request.asked_by)} was asked about this request ({whose(request, desk)}) and has spoken "
            f"on {desk.voice.day(desk.date_of(spoke))}: take it in, decline it or ask once more."
        )
        return structs.replace(found("answered", request, says, desk, (), assessment), clause="unplanned.ask")
    unknown = f"; not known: {listed(assessment.unknown)}" if assessment.unknown else ""
    says = f"{start}: how urgent it is has to be asked, since {assessment.why}{unknown}."
    fresh = desk.snapshot.now - request.asked_at <= timedelta(days=settings.ask_within_days)
    remedies = asking(request, assessment, desk) if fresh and assessment.unknown else ()
    return found("ask", request, says, desk, remedies, assessment)


# --- what a milestone took in ------------------------------------------------------------------------


def taken_in(title: str, desk: Desk) -> list[Issue]:
    """The team's Unplanned issues in a milestone: the open ones, then those that ended lately."""
    ended = (item for item in desk.snapshot.closed if item.milestone == title and desk.read(item).ours)
    unplanned = desk.handbook.labels.unplanned
    return [
        item for item in chain(desk.in_milestone(title), ended) if isinstance(item, Issue) and unplanned in item.labels
    ]


def _taken_in(title: str, desk: Desk, settings: Settings) -> Iterator[Finding]:
    unplanned = desk.handbook.labels.unplanned
    taken = taken_in(title, desk)
    if not taken:
        return
    counts = Counter(source_of(item, desk, settings) or NO_SOURCE for item in taken)
    by = listed([f"{count} {source}" for source, count in sorted(counts.items())])
    weight = sum(settings.unweighted if item.weight is None else item.weight for item in taken)
    moved = _moved_out(title, taken, desk)
    gone = {**moved, **dict.fromkeys(ref for ref in _displaced(title, taken, desk) if ref not in moved)}
    issues = "issue" if len(taken) == 1 else "issues"
    says = f"{title} took in {len(taken)} Unplanned {issues} ({by}; weight {weight:g})"
    if gone:
        says += f", and since the first of them {len(gone)} of its Deliverables left it: {listed([*gone])}"
    evidence = (
        *(Evidence(f"{item.ref} is Unplanned", item.label_since.get(unplanned), item.ref) for item in taken),
        *(Evidence(f"{ref} left {title}", at, ref) for ref, at in gone.items()),
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


def _moved_out(title: str, taken: Sequence[Issue], desk: Desk) -> dict[str, datetime]:
    """The team's Deliverables that were moved on after the first Unplanned issue came in, and when, the earliest first.

    Facts tell the order and no reason, so that much is said. What moves on the last day or later rolls over.
    """
    deliverable, unplanned = desk.handbook.labels.deliverable, desk.handbook.labels.unplanned
    first = min((item.label_since[unplanned] for item in taken if unplanned in item.label_since), default=None)
    start, due = desk.start_of(title), desk.due_of(title)
    if first is None or start is None or due is None:
        return {}
    found = []
    for item in chain(desk.snapshot.items, desk.snapshot.closed):
        if item.milestones and item.milestone != title and deliverable in item.labels and desk.read(item).ours:
            left = _left_at(item, title)
            if left is not None and max(first, start) <= left < desk.midnight(due):
                found.append((left, item.ref))
    return {ref: left for left, ref in sorted(found)}


def _displaced(title: str, taken: Sequence[Issue], desk: Desk) -> Iterator[str]:
    """What was to give way to the requests among them, and is no Deliverable of the milestone any more."""
    refs, deliverable = {item.ref for item in taken}, desk.handbook.labels.deliverable
    named = {ref for one in desk.snapshot.requests if one.ref in refs for ref in one.displaced}
    for item in chain(desk.snapshot.items, desk.snapshot.closed) if named else ():
        if item.ref in named and (item.milestone != title or deliverable not in item.labels):
            yield item.ref


def _left_at(item: Item, title: str) -> datetime | None:
    """When an item was moved from a milestone to another; None where that is not known."""
    places = [place for place, stay in enumerate(item.milestones) if stay.title == title]
    after = item.milestones[places[-1] + 1 :] if places else ()
    return after[0].since if after else None
