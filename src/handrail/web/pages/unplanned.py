"""Requests that nobody planned, on the milestone's page: each with the three answers."""

from collections.abc import Callable
from datetime import date

from litestar import post
from litestar.params import URLEncodedBody
from litestar.response import Redirect
from msgspec import Struct

from handrail.engine import unplanned
from handrail.engine.unplanned import Decision, Inbox, Taking
from handrail.errors import UserError
from handrail.model.actions import Comment
from handrail.model.items import Issue
from handrail.model.requests import SAID, RequestSource, UnplannedRequest
from handrail.rules.unplanned_answers import whose
from handrail.views.unplanned import asks_of, result_of, told_of
from handrail.web.serving import Served, Serving, Who, Whom
from handrail.web.steps import applied, back

HERE = "/milestone#unplanned"
"""Where they stand."""


class Answered(Struct):
    """What somebody answers to a request: its number, or its issue; and what goes with the answer."""

    request: str
    text: str = ""
    """Why it is declined, or what is asked."""
    instead: str = ""
    managers: bool = False
    """Whether EM and PM are asked, too."""
    priority: str = ""
    type: str = ""
    project: str = ""
    all_the_same: bool = False


class Asked(Struct):
    """A request that somebody heard of; of each criterion whether it holds and what tells so, as in “yes: WHY”."""

    title: str
    source: RequestSource
    ref: str = ""
    asked_by: str = ""
    deadline: str = ""
    note: str = ""
    incident: str = ""
    internal_impact: str = ""
    external_impact: str = ""
    sla: str = ""
    policy: str = ""


class Waiting(Struct):
    """A request that waits for an answer, with what taking it would do."""

    request: UnplannedRequest
    result: str
    told: list[str]
    whose: str
    taking: Decision | None
    """What taking it as it is would come to; None where that cannot be."""
    why_not: str
    question: str
    """What could be asked."""


def weighed(request: UnplannedRequest, inbox: Inbox, who: Who) -> Waiting:
    """A request, and what somebody's taking it would do."""
    assessment = inbox.assessment(request)
    taking, why_not = None, ""
    try:
        taking = unplanned.take(inbox, request, who.username, Taking())
    except UserError as error:
        why_not = " ".join(error.problems)
    result, told = result_of(request, assessment), told_of(request, assessment, inbox, who.refs)
    return Waiting(request, result, told, whose(request, inbox.desk), taking, why_not, asks_of(assessment))


@post("/unplanned", sync_to_thread=True)
def unplanned_add(who: Whom, serving: Served, data: URLEncodedBody[Asked]) -> Redirect:
    """Keep a request that somebody heard of."""
    inbox = who.inbox(serving)
    issue = inbox.desk.snapshot.by_ref.get(who.refs.full(data.ref.strip())) if data.ref.strip() else None
    if data.ref.strip() and not isinstance(issue, Issue):
        raise UserError(f"{data.ref} is no open issue: name one like omnibus#1, or leave it away.")
    inbox.add(
        UnplannedRequest(
            data.title.strip(),
            data.source,
            inbox.desk.snapshot.now,
            asked_by=data.asked_by.strip().removeprefix("@") or (issue.author if issue else ""),
            ref=issue.ref if issue else "",
            deadline=_day(data.deadline) if data.deadline else None,
            criteria=tuple(
                unplanned.criterion(name, text) for name in SAID if (text := getattr(data, name.replace(" ", "_")))
            ),
            note=data.note.strip(),
        )
    )
    serving.live.refresh()
    return Redirect(HERE, status_code=303)


@post("/unplanned/take", sync_to_thread=True)
def unplanned_take(who: Whom, serving: Served, data: URLEncodedBody[Answered]) -> Redirect:
    """Take a request as Unplanned work."""

    def take(inbox: Inbox, wanted: UnplannedRequest) -> Decision:
        said = {"priority": data.priority, "type": data.type}
        labels = tuple(unplanned.label_of(name, text, inbox.desk) for name, text in said.items() if text)
        return unplanned.take(inbox, wanted, who.username, Taking(labels, data.project, data.all_the_same))

    return _decide(who, serving, data.request, take)


@post("/unplanned/decline", sync_to_thread=True)
def unplanned_decline(who: Whom, serving: Served, data: URLEncodedBody[Answered]) -> Redirect:
    """Decline a request, with the reason and what else may help."""
    text, other, managers = data.text, data.instead, data.managers
    return _decide(
        who,
        serving,
        data.request,
        lambda inbox, wanted: unplanned.decline(inbox, wanted, who.username, text, other, escalate=managers),
    )


@post("/unplanned/ask", sync_to_thread=True)
def unplanned_ask(who: Whom, serving: Served, data: URLEncodedBody[Answered]) -> Redirect:
    """Ask whoever made a request what has to be known."""
    text, managers = data.text, data.managers
    return _decide(
        who,
        serving,
        data.request,
        lambda inbox, wanted: unplanned.ask(inbox, wanted, who.username, text, advice=managers),
    )


def _decide(who: Who, serving: Serving, name: str, does: Callable[[Inbox, UnplannedRequest], Decision]) -> Redirect:
    """Carry an answer out, and then keep it."""
    inbox = who.inbox(serving)
    wanted = next((one for one in inbox.waiting() if name and name in {str(one.id or ""), one.ref}), None)
    if wanted is None:
        raise UserError("This request waits for no answer any more: somebody was faster.")
    decision = does(inbox, wanted)
    made = inbox.plan(decision.finding) if decision.finding else None
    if made is not None and unplanned.is_held_back(made):
        raise UserError("; ".join(dict.fromkeys(one.why for one in made.refused)) + ": the request waits as before.")
    if made is not None and made.actions:
        # What is said is Handrail's letter, which it has to be able to edit; what is only done is their own.
        applied(serving, who, made, own=not any(isinstance(one.change, Comment) for one in made.actions))
    inbox.keep(decision.request)
    serving.live.refresh()
    return back("/milestone", made) if made else Redirect(HERE, status_code=303)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UserError(f"“{text}” is no day: choose the one by which it is needed.") from None
