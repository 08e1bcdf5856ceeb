"""What the team answers to a request: take it, decline it, or ask (clauses unplanned.take, .decline and .ask).

Each answer is a finding whose remedies are the answer, so that it is planned, shown and applied as everything else is.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

import msgspec
from msgspec import structs

from handrail.model.actions import AddLabels, Assign, Comment, CreateItem, Evidence, Expectation, SetMilestone
from handrail.model.findings import Finding, Remedy, Severity
from handrail.model.items import Issue
from handrail.model.labels import excluded_by
from handrail.model.requests import RULE, UnplannedRequest, Urgency
from handrail.rules import required_labels
from handrail.rules.desk import Desk, listed
from handrail.rules.issue_work import live_claim
from handrail.rules.unplanned_request import Assessment, taken_into

QUESTIONS: dict[Urgency, str] = {
    "incident": "Is an incident active?",
    "internal impact": "Does it keep another team from its work, and which?",
    "external impact": "Are users or customers affected, and about how many?",
    "sla": "Does an agreement or a time limit run out, and when?",
    "policy": "Does a policy ask for it, such as one on security or compliance?",
    "deadline": "Is there a day by which it is needed, and what depends on that day?",
}
"""What is asked about a criterion of which nothing is known."""


def found(
    code: str,
    request: UnplannedRequest,
    says: str,
    desk: Desk,
    remedies: tuple[Remedy, ...],
    assessment: Assessment | None = None,
    severity: Severity = "note",
) -> Finding:
    """A finding about a request that is an issue; its evidence is what is known of each criterion."""
    criteria = assessment.criteria if assessment else ()
    known = (Evidence(f"{one.name}: {one.holds}, {one.evidence}", link=one.link) for one in criteria if one.evidence)
    evidence = (Evidence(f"{_by(request, desk)} asked", request.asked_at, request.ref), *known)
    return Finding(RULE, f"unplanned.{code}", request.ref, code, says, evidence, severity, desk.managers, remedies)


def _by(request: UnplannedRequest, desk: Desk) -> str:
    return desk.voice.name(request.asked_by) if request.asked_by else "somebody"


def whose(request: UnplannedRequest, desk: Desk) -> str:
    """The request in a few words: of which source, from whom, since when."""
    return f"{request.source}, from {_by(request, desk)} on {desk.voice.day(desk.date_of(request.asked_at))}"


def taking(
    item: Issue, desk: Desk, taker: str = "", named: tuple[str, ...] = (), priority: str = ""
) -> tuple[Remedy, ...]:
    """What makes an issue Unplanned work: the label, its milestone, all required labels, and who takes it.

    ``named`` are labels that somebody wants on it, whatever it has; ``priority`` is the one it gets where nothing else
    tells one, for without it is in nobody's queue.
    """
    stated, running = desk.handbook.labels, taken_into(desk)
    planned = (Expectation("no label", stated.deliverable),)
    remedies = []
    new = tuple(label for label in (stated.unplanned, *named) if label not in item.labels)
    if new:
        remedies.append(Remedy(AddLabels(new), expects=planned))
    if running is not None and item.milestone != running:
        remedies.append(Remedy(SetMilestone(running), expects=planned))
    if taker and taker not in item.assignees:
        remedies.append(Remedy(Assign((taker,))))
    taken = structs.replace(item, labels=wearing(item.labels, remedies), milestone=running or item.milestone)
    remedies += _required(taken, desk)
    if priority and "priority" in lacking(wearing(item.labels, remedies), desk):
        remedies.append(Remedy(AddLabels((priority,))))
    return tuple(remedies)


def wearing(labels: Sequence[str], remedies: Sequence[Remedy]) -> tuple[str, ...]:
    """What labels come to once remedies are carried out; what a new one excludes has gone."""
    changes = [remedy.change for remedy in remedies]
    new = [label for change in changes if isinstance(change, AddLabels | CreateItem) for label in change.labels]
    gone = {other for label in new for other in excluded_by(label, labels)}
    return tuple(dict.fromkeys((*(label for label in labels if label not in gone), *new)))


def asked_for(desk: Desk) -> dict[str, tuple[str, ...]]:
    """The labels of which what is taken has one, by what they are: a priority, and a type where that is required."""
    settings = _label_settings(desk)
    found = {"priority": tuple(desk.terms.priorities), "type": settings.types if settings else ()}
    return {name: labels for name, labels in found.items() if labels}


def lacking(labels: Sequence[str], desk: Desk) -> tuple[str, ...]:
    """Which of these labels lack."""
    return tuple(name for name, those in asked_for(desk).items() if not set(labels) & {*those})


def _required(taken: Issue, desk: Desk) -> Iterator[Remedy]:
    """The other required labels of what is taken, as their own rule would have them."""
    settings = _label_settings(desk)
    for finding in required_labels.decide(taken, desk, settings) if settings else ():
        yield from finding.remedies


def _label_settings(desk: Desk) -> required_labels.Settings | None:
    """How labels are required; None where the handbook has that not asked."""
    stated = desk.handbook.rules.get(required_labels.RULE, {})
    if stated.get("mode") == "off":
        return None
    return desk.once(RULE, lambda: msgspec.convert(stated, required_labels.Settings))


def answered(requests: Iterable[UnplannedRequest]) -> dict[str, str]:
    """What people's answers settle of the rule's findings: by ``Finding.key``, or ``RULE/*/REF`` for all, and why."""
    found = {}
    for request in requests:
        if request.ref and request.state == "declined":
            found[f"{RULE}/*/{request.ref}"] = f"it was declined as request {request.id}: {request.note}"
        elif request.ref and request.state == "asked":
            found[f"{RULE}/ask/{request.ref}"] = f"it was asked about as request {request.id}: {request.note}"
    return found


def answer_to(request: UnplannedRequest, desk: Desk) -> datetime | None:
    """When whoever was asked about a request last spoke on its issue since; None: not yet."""
    item = desk.snapshot.by_ref.get(request.ref)
    if item is None or request.state != "asked":
        return None
    spoke = item.last_human_at if item.last_human_by == request.asked_by else item.spoke.get(request.asked_by)
    return spoke if spoke and spoke > (request.decided_at or request.asked_at) else None


def asking(request: UnplannedRequest, assessment: Assessment, desk: Desk) -> tuple[Remedy, ...]:
    """The one comment that asks the person who asks what is not known; none where that is a bot or away."""
    questions = "\n".join(f"- {QUESTIONS[name]}" for name in assessment.unknown)
    asks = f"{_WEIGH}\n\n{questions}\n\n{_HELPS}"
    return _comment("unplanned-question", (request.asked_by,), _THANKS, asks, desk)


_THANKS = "thank you for telling us about this"
_WEIGH = "So that we can weigh how urgent it is, could you tell us a little more?"
_HELPS = "A word on each is enough: it decides whether we take it in now or plan it with what comes next."


def take(
    request: UnplannedRequest,
    item: Issue,
    desk: Desk,
    assessment: Assessment,
    taker: str,
    named: tuple[str, ...] = (),
) -> Finding:
    """Somebody takes the request, whatever the table says of it: the judgement and the ``named`` labels are theirs.

    Somebody else who holds the issue by a claim is told.
    """
    says = f"{desk.voice.name(taker)} takes this request ({whose(request, desk)}) as Unplanned work"
    remedies = taking(item, desk, taker, named, assessment.priority)
    held = live_claim(item, desk)
    if held is not None and held.by != taker:
        asks = (
            f"{desk.voice.name(taker)} starts on it now as Unplanned work, so the day that you named no longer holds "
            f"it. If you have begun, or would like to work on it together, a word to {desk.voice.name(taker)} is "
            "all it takes."
        )
        remedies += _comment("unplanned-claimed", (held.by,), "thank you for offering to start on this", asks, desk)
    says = f"{says}{still_lacks(wearing(item.labels, remedies), desk)}."
    return structs.replace(found("take", request, says, desk, remedies, assessment), who=(taker,))


def still_lacks(labels: Sequence[str], desk: Desk) -> str:
    """What labels lack, as the end of a sentence on what is taken; nothing where that is nothing."""
    lacks = lacking(labels, desk)
    queue = ", so that it is in nobody’s queue yet" if "priority" in lacks else ""
    return f"; it has {listed([f'no {name}' for name in lacks])}{queue}" if lacks else ""


def opening(
    request: UnplannedRequest,
    project: str,
    desk: Desk,
    assessment: Assessment,
    taker: str,
    named: tuple[str, ...] = (),
) -> Finding:
    """Somebody takes a request that has no issue yet: it is opened in a project, as Unplanned work."""
    running = taken_into(desk)
    now, ref = desk.snapshot.now, f"{project}#0"
    likely = Issue(ref=ref, title=request.title, author=taker, created_at=now, assignees=(taker,))
    labels = wearing((), taking(likely, desk, taker, named, assessment.priority))
    about = f"A request that nobody planned ({whose(request, desk)}). {_sentence(request.note) if request.note else ''}"
    change = CreateItem(
        request.topic,
        request.title,
        about.strip(),
        labels,
        (taker,),
        running,
    )
    says = f"{desk.voice.name(taker)} takes this request ({whose(request, desk)}) as Unplanned work"
    says = f"{says}; it has no issue yet{still_lacks(labels, desk)}."
    evidence = (Evidence(f"{_by(request, desk)} asked", request.asked_at),)
    remedies = (Remedy(change),)
    return Finding(RULE, "unplanned.take", project, "take", says, evidence, "note", (taker,), remedies)


def decline(
    request: UnplannedRequest, desk: Desk, because: str, instead: str = "", *, escalate: bool = False
) -> Finding:
    """The request is not taken: why, what else may help. Where EM and PM are asked first, it is what is proposed."""
    reason, other = _sentence(because), f" What may help instead: {_sentence(instead)}" if instead else ""
    asks = f"We have weighed how urgent it is, and it does not go into the running milestone: {reason}{other}"
    if escalate:
        asks = (
            f"We have weighed how urgent it is, and propose not to take it into the running milestone: {reason}{other} "
            "EM and PM have the last word on it and are asked whether they see it the same way."
        )
    remedies = _comment("unplanned-declined", (request.asked_by,), _THANKS, asks, desk)
    if escalate:
        asks = (
            f"A request ({whose(request, desk)}) is to be declined: {reason}{other} Could you say whether you see it "
            "the same way? Then whoever asked has an answer that holds."
        )
        remedies += _comment("unplanned-escalated", desk.managers, "thank you for having an eye on this", asks, desk)
    becomes = "to be declined, if EM and PM see it the same way" if escalate else "declined"
    says = f"This request ({whose(request, desk)}) is {becomes}: {reason}"
    return found("decline", request, says, desk, remedies)


def ask(request: UnplannedRequest, desk: Desk, question: str, *, advice: bool = False) -> Finding:
    """The person who asks is asked something, and, where needed, EM and PM for advice."""
    put = _sentence(question, "?")
    asks = f"So that we can weigh how urgent it is: {put} Your answer decides whether we take it in now or plan it."
    remedies = _comment("unplanned-asked", (request.asked_by,), _THANKS, asks, desk)
    if advice:
        asks = (
            f"We are unsure how urgent a request is ({whose(request, desk)}), and have asked: {put} "
            "What would you advise? Then it is taken in or planned without delay."
        )
        remedies += _comment("unplanned-advice", desk.managers, "thank you for your advice", asks, desk)
    says = f"This request ({whose(request, desk)}) waits for an answer: {put}"
    return found("ask", request, says, desk, remedies)


def _comment(topic: str, to: tuple[str, ...], thanks: str, asks: str, desk: Desk) -> tuple[Remedy, ...]:
    present = desk.reachable(name for name in to if name)
    return (Remedy(Comment(topic, present, thanks, asks)),) if present else ()


def _sentence(text: str, stop: str = ".") -> str:
    """What a person wrote, on one line and with its stop."""
    said = " ".join(text.split())
    return said if said.endswith((".", "?", "!", "…")) else said + stop
