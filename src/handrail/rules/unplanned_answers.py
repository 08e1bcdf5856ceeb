"""What the team answers to a request: take it, decline it, or ask (clauses unplanned.take, .decline and .ask).

Each answer is a finding whose remedies are the answer, so that it is planned, shown and applied as everything else is.
"""

from collections.abc import Iterable, Iterator

import msgspec
from msgspec import structs

from handrail.model.actions import AddLabels, Assign, Comment, CreateItem, Evidence, Expectation, SetMilestone
from handrail.model.findings import Finding, Remedy, Severity
from handrail.model.items import Issue
from handrail.model.requests import RULE, UnplannedRequest, Urgency
from handrail.rules import required_labels
from handrail.rules.desk import Desk
from handrail.rules.unplanned_request import Assessment

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


def taking(item: Issue, desk: Desk, taker: str = "") -> tuple[Remedy, ...]:
    """What makes an issue Unplanned work: the label, the running milestone, all required labels, and who takes it."""
    stated = desk.handbook.labels
    running = desk.milestone_on(desk.snapshot.today)
    planned = (Expectation("no label", stated.deliverable),)
    remedies = []
    if stated.unplanned not in item.labels:
        remedies.append(Remedy(AddLabels((stated.unplanned,)), expects=planned))
    if running is not None and item.milestone != running:
        remedies.append(Remedy(SetMilestone(running), expects=planned))
    if taker and taker not in item.assignees:
        remedies.append(Remedy(Assign((taker,))))
    return (*remedies, *_required(item, running, desk))


def _required(item: Issue, milestone: str | None, desk: Desk) -> Iterator[Remedy]:
    """The other required labels, as the rule of required labels would have them once it is taken."""
    stated = desk.handbook.rules.get(required_labels.RULE, {})
    if stated.get("mode") == "off":
        return
    settings = desk.once(RULE, lambda: msgspec.convert(stated, required_labels.Settings))
    labels = tuple(dict.fromkeys((*item.labels, desk.handbook.labels.unplanned)))
    taken = structs.replace(item, labels=labels, milestone=milestone or item.milestone)
    for finding in required_labels.decide(taken, desk, settings):
        yield from finding.remedies


def answered(requests: Iterable[UnplannedRequest]) -> dict[str, str]:
    """What people's answers settle of the rule's findings: by ``Finding.key``, or ``RULE/*/REF`` for all, and why."""
    found = {}
    for request in requests:
        if request.ref and request.state == "declined":
            found[f"{RULE}/*/{request.ref}"] = f"it was declined as request {request.id}: {request.note}"
        elif request.ref and request.state == "asked":
            found[f"{RULE}/ask/{request.ref}"] = f"it was asked about as request {request.id}: {request.note}"
    return found


def asking(request: UnplannedRequest, assessment: Assessment, desk: Desk) -> tuple[Remedy, ...]:
    """The one comment that asks the person who asks what is not known; none where that is a bot or away."""
    questions = "\n".join(f"- {QUESTIONS[name]}" for name in assessment.unknown)
    asks = f"{_WEIGH}\n\n{questions}\n\n{_HELPS}"
    return _comment("unplanned-question", (request.asked_by,), _THANKS, asks, desk)


_THANKS = "thank you for telling us about this"
_WEIGH = "So that we can weigh how urgent it is, could you tell us a little more?"
_HELPS = "A word on each is enough: it decides whether we take it in now or plan it with what comes next."


def take(request: UnplannedRequest, item: Issue, desk: Desk, assessment: Assessment, taker: str) -> Finding:
    """Somebody takes the request, whatever the table says of it: the judgement is theirs."""
    says = f"{desk.voice.name(taker)} takes this request ({whose(request, desk)}) as Unplanned work."
    finding = found("take", request, says, desk, taking(item, desk, taker), assessment)
    return structs.replace(finding, who=(taker,))


def opening(request: UnplannedRequest, project: str, desk: Desk, taker: str) -> Finding:
    """Somebody takes a request that has no issue yet: it is opened in a project, as Unplanned work."""
    stated, running = desk.handbook.labels, desk.milestone_on(desk.snapshot.today)
    labels, now = (stated.unplanned,), desk.snapshot.now
    likely = Issue(
        ref=f"{project}#0", title=request.title, author=taker, created_at=now, labels=labels, assignees=(taker,)
    )
    changes = (remedy.change for remedy in _required(likely, running, desk))
    required = (label for change in changes if isinstance(change, AddLabels) for label in change.labels)
    about = f"A request that nobody planned ({whose(request, desk)}). {_sentence(request.note) if request.note else ''}"
    change = CreateItem(
        request.topic,
        request.title,
        about.strip(),
        tuple(dict.fromkeys((*labels, *required))),
        (taker,),
        running,
    )
    says = (
        f"{desk.voice.name(taker)} takes this request ({whose(request, desk)}) as Unplanned work; it has no issue yet."
    )
    evidence = (Evidence(f"{_by(request, desk)} asked", request.asked_at),)
    remedies = (Remedy(change),)
    return Finding(RULE, "unplanned.take", project, "take", says, evidence, "note", (taker,), remedies)


def decline(
    request: UnplannedRequest, desk: Desk, because: str, instead: str = "", *, escalate: bool = False
) -> Finding:
    """The request is not taken: why, what else may help, and, where needed, EM and PM are told."""
    reason, other = _sentence(because), f" What may help instead: {_sentence(instead)}" if instead else ""
    asks = f"We have weighed how urgent it is, and it does not go into the running milestone: {reason}{other}"
    remedies = _comment("unplanned-declined", (request.asked_by,), _THANKS, asks, desk)
    if escalate:
        asks = (
            f"A request ({whose(request, desk)}) is to be declined: {reason}{other} Could you say whether you see it "
            "the same way? Then whoever asked has an answer that holds."
        )
        remedies += _comment("unplanned-escalated", desk.managers, "thank you for having an eye on this", asks, desk)
    says = f"This request ({whose(request, desk)}) is declined: {reason}"
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
