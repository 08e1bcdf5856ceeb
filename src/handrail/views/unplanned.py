"""Requests that nobody planned, in words, and as JSON holds them."""

from datetime import datetime
from typing import Any

from handrail.engine.unplanned import Inbox
from handrail.model.requests import UnplannedRequest
from handrail.rules.unplanned_answers import QUESTIONS, answer_to
from handrail.rules.unplanned_request import Assessment
from handrail.views.refs import Refs


def as_row(request: UnplannedRequest, assessment: Assessment, answered_at: datetime | None) -> dict[str, Any]:
    """A request as JSON has it; ``answered_at`` when whoever was asked about it has spoken."""
    return {
        "id": request.id or None,
        "ref": request.ref or None,
        "title": request.title,
        "source": request.source,
        "asked_by": request.asked_by or None,
        "asked_at": request.asked_at,
        "deadline": request.deadline,
        "state": request.state,
        "note": request.note,
        "decided_at": request.decided_at,
        "answered_at": answered_at,
        "displaced": request.displaced,
        "result": assessment.result,
        "row": assessment.row,
        "why": assessment.why,
        "criteria": [
            {"name": one.name, "holds": one.holds, "evidence": one.evidence, "link": one.link or None}
            for one in assessment.criteria
        ],
    }


def result_of(request: UnplannedRequest, assessment: Assessment) -> str:
    """What the table says of a request, or what was answered."""
    return assessment.result if request.state == "open" else request.state


def asks_of(assessment: Assessment) -> str:
    """What could be asked: a question for each criterion of which nothing is known."""
    return " ".join(QUESTIONS[name] for name in assessment.unknown)


def told_of(request: UnplannedRequest, assessment: Assessment, inbox: Inbox, refs: Refs) -> list[str]:
    """What is known of a request beside its title: why, each criterion, what was said, and what gives way."""
    told = [f"since {assessment.why}", known(assessment)]
    if request.note:
        told.append(request.note)
    if answer := answer_to(request, inbox.desk):
        spoke = inbox.desk.voice.day(inbox.desk.date_of(answer))
        told.append(f"{inbox.desk.voice.name(request.asked_by)} has answered on {spoke}")
    if request.displaced:
        told.append(f"to give way: {', '.join(_place(ref, inbox, refs) for ref in request.displaced)}")
    return told


def _place(ref: str, inbox: Inbox, refs: Refs) -> str:
    """Where a Deliverable is today that was to give way."""
    item = inbox.desk.snapshot.by_ref.get(ref)
    where = "no longer open" if item is None else f"in {item.milestone}" if item.milestone else "in no milestone"
    return f"{refs.shortened(ref)} ({where})"


def known(assessment: Assessment) -> str:
    """Each criterion with its answer and what tells so, those of which nothing is known last."""
    said = []
    for one in assessment.criteria:
        why = f", {one.evidence}" if one.evidence and one.evidence not in assessment.why else ""
        said += [f"{one.name}: {one.holds}{why}"] if one.holds != "unknown" else []
    unknown = [f"not known: {', '.join(assessment.unknown)}"] if assessment.unknown else []
    return " · ".join([*said, *unknown])
