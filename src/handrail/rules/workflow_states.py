"""Workflow states (clauses flow.principle, labels.neighbours): whether the state that is said can be so.

An issue's state is its Status where it has one, else its workflow label. Leaving states out is fine, and so is being
blocked at any time; going back, being in two states at once, or in one that the other facts speak against is found.
A merge request stays in review through all its rounds: it goes back where it leaves that while somebody reviews it.
A merge request in review that nobody reviews is said by the rule ``reviewers``, which has somebody to propose; here
it is said of drafts, of which that rule is not asked, and of all where it is off.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Annotated, Literal

from handrail.handbook.settings import STATE, RuleSettings, State, Text
from handrail.model.actions import AddLabels, Change, Comment, Evidence, Expectation, RemoveLabels, SetStatus
from handrail.model.findings import Finding, Remedy
from handrail.model.items import Epic, Issue, MergeRequest
from handrail.model.labels import excluded_by, scope_of, value_of
from handrail.rules import reviewers
from handrail.rules.desk import Desk, listed, marked
from handrail.rules.terms import Says

CLAUSES = ("flow.principle", "labels.neighbours")
RULE = "workflow_states"
FINDINGS = {
    "went-back": "it went back to an earlier state, other than to or from blocked",
    "done-and-open": "it is in a state in which nothing is left to do, and it is open",
    "several-states": "it has two workflow labels",
    "status-and-label": "its Status and its workflow label say different things",
    "unknown-state": "it is in a state that the handbook does not have, or not for merge requests",
    "merged-already": "what closes it is merged, and its state says that it is still being worked on",
    "blocked-by-nothing": "it is blocked, and nothing is linked that blocks it and is still open",
    "not-ready": "it is in a state that asks for a type or a weight, and lacks it",
    "draft-ready": "a draft is ready for review",
    "no-reviewer": "a draft (where `reviewers` is off, a merge request) is in review, and nobody reviews it",
}
"""When each of the rule's findings is made."""


@dataclass(frozen=True)
class Settings(RuleSettings):
    """What the flow allows beside its order, and what its states ask for."""

    alike: tuple[tuple[State, ...], ...] = ()
    """States that take each other's place: from one to the other is no way back."""
    also: tuple[Text, ...] = ()
    """States outside the order, such as Statuses of what will not be done. A merge request may be in them too."""
    done: tuple[Text, ...] = ()
    """States in which nothing is left to do."""
    before_merge: tuple[State, ...] = ()
    """The states that a merge ends."""
    after_merge: Annotated[str, STATE] = ""
    """The state of an issue once the merge request that closes it is merged; nothing: none is proposed."""
    needs: dict[State, tuple[Literal["type", "weight"], ...]] = field(default_factory=dict)
    """What an issue needs in a state."""
    type_scope: Text = "type"
    """The scope of the labels that tell an issue's type."""


class _Flow:
    """The handbook's states in lower case, each with its place in the order; blocked and what is outside have none."""

    def __init__(self, desk: Desk, settings: Settings) -> None:
        workflow = desk.handbook.workflow
        self.scope = workflow.scope + "::"
        order = [state.casefold() for state in workflow.states if state != workflow.blocked]
        self.places = {state: place for place, state in enumerate(order)}
        for states in settings.alike:
            those = [state.casefold() for state in states if state.casefold() in self.places]
            self.places |= dict.fromkeys(those, min((self.places[state] for state in those), default=0))
        also = {desk.terms.blocked, *(state.casefold() for state in settings.also)}
        self.known = {*order, *also}
        self.of_reviews = {
            *also,
            *(value_of(one).casefold() for one in (workflow.ready_for_review, workflow.in_review)),
        }
        self.done = {state.casefold() for state in settings.done}
        self.before_merge = {state.casefold() for state in settings.before_merge}
        self.needs = {state.casefold(): wants for state, wants in settings.needs.items()}
        self._worn: dict[tuple[str, ...], tuple[str, ...]] = {}
        self._back: dict[tuple[str, str], bool] = {}

    def worn(self, labels: tuple[str, ...]) -> tuple[str, ...]:
        """The workflow labels among an item's labels; many items share a set."""
        found = self._worn.get(labels)
        if found is None:
            found = self._worn[labels] = tuple(label for label in labels if label.startswith(self.scope))
        return found

    def is_back(self, before: str, state: str) -> bool:
        """Whether a state comes before the label or Status that was there ``before``."""
        found = self._back.get((before, state))
        if found is None:
            was, place = self.places.get(value_of(before).casefold()), self.places.get(state)
            found = self._back[before, state] = was is not None and place is not None and was > place
        return found


def subjects(desk: Desk) -> Iterable[Issue | MergeRequest]:
    """The team's open issues and merge requests."""
    return (item for item in desk.ours if not isinstance(item, Epic))


def decide(item: Issue | MergeRequest, desk: Desk, settings: Settings) -> Iterator[Finding]:
    """What speaks against the state that the item says it is in; silence where it says none."""
    says = desk.read(item)
    if not says.state:
        return
    flow = desk.once(RULE, lambda: _Flow(desk, settings))
    worn = flow.worn(item.labels)
    if isinstance(item, MergeRequest):
        yield from _of_review(item, says, worn, flow, desk)
        return
    if len(worn) > 1 and says.state_label:
        yield _several(item, worn, desk)
        return
    if item.status and worn and not says.state_label:
        yield from _status_and_label(item, item.status, worn, desk)
    if says.state not in flow.known:
        yield _unknown(item, says, desk)
        return
    before = item.label_before.get(says.state_label) if says.state_label else item.status_before
    if before is not None and flow.is_back(before, says.state):
        yield _went_back(item, says, before, desk)
    if says.state in flow.done:
        yield _done_and_open(item, says, desk)
    if says.state in flow.before_merge and item.merge_requests:
        yield from _merged_already(item, says, flow, desk, settings)
    if says.state == desk.terms.blocked and all(_is_closed(ref, desk) for ref in item.blocked_by):
        yield _blocked_by_nothing(item, says, desk)
    if says.state in flow.needs:
        yield from _not_ready(item, says, flow.needs[says.state], desk, settings.type_scope)


def _of_review(mr: MergeRequest, says: Says, worn: tuple[str, ...], flow: _Flow, desk: Desk) -> Iterator[Finding]:
    """What speaks against a merge request's state."""
    ready, in_review = desk.handbook.workflow.ready_for_review, desk.handbook.workflow.in_review
    if len(worn) > 1:
        yield _several(mr, worn, desk)
    elif says.state not in flow.of_reviews:
        yield _unknown(mr, says, desk)
    if ready in worn and mr.draft:
        yield _draft_ready(mr, ready, desk)
    if in_review in worn and (mr.draft or not desk.asks(reviewers.RULE)):
        yield from _no_reviewer(mr, desk)
    # One whose reviewer gave it back is for another to pick up.
    if worn == (ready,) and mr.label_before.get(ready) == in_review and _is_reviewed(mr, desk):
        yield _went_back(mr, says, in_review, desk)


def _since(item: Issue | MergeRequest, says: Says) -> datetime | None:
    if isinstance(item, MergeRequest) or says.state_label:
        return item.label_since.get(says.state_label)
    return item.status_since


def _told(item: Issue | MergeRequest, says: Says) -> tuple[Evidence, ...]:
    """That it is in its state, and since when."""
    if isinstance(item, MergeRequest) or says.state_label:
        what = f"it has {marked((says.state_label,))}"
    else:
        what = f"its Status is {item.status}"
    return (Evidence(what, _since(item, says)),)


def _still(issue: Issue, says: Says) -> Expectation:
    """That it is still in its state."""
    return Expectation("label", says.state_label) if says.state_label else Expectation("status", issue.status or "")


def _several(item: Issue | MergeRequest, worn: tuple[str, ...], desk: Desk) -> Finding:
    """The state that came last counts, where that is known."""
    says = f"It has {marked(worn)} at once, and can be in one state only."
    evidence: tuple[Evidence, ...] = ()
    remedies: tuple[Remedy, ...] = ()
    period = ""
    since = {label: item.label_since[label] for label in worn if label in item.label_since}
    if len(since) == len(worn) == len(set(since.values())):
        last = max(since, key=since.__getitem__)
        says = f"{says} {marked((last,))} came last."
        evidence = tuple(Evidence(f"{marked((label,))} was put on", since[label]) for label in worn)
        period = since[last].isoformat()  # what comes again after it was mended is mended again
        remedies = (Remedy(RemoveLabels(excluded_by(last, worn)), expects=(Expectation("label", last),)),)
    return Finding(
        RULE,
        "labels.neighbours",
        item.ref,
        "several-states",
        says,
        evidence,
        "warning",
        desk.owners(item),
        remedies,
        period,
    )


def _is_reviewed(mr: MergeRequest, desk: Desk) -> bool:
    return any(r.username != mr.author and r.username not in desk.terms.bots for r in mr.reviewers)


def _draft_ready(mr: MergeRequest, ready: str, desk: Desk) -> Finding:
    """Nobody is asked to review a draft; whether it is one still is its author's to say."""
    says = f"It is a draft, and has {marked((ready,))}: until it is marked as ready, nobody picks it up."
    evidence = (Evidence(f"it has {marked((ready,))}", mr.label_since.get(ready)),)
    return Finding(RULE, "labels.neighbours", mr.ref, "draft-ready", says, evidence, who=desk.owners(mr))


def _no_reviewer(mr: MergeRequest, desk: Desk) -> Iterator[Finding]:
    if mr.approved_by or _is_reviewed(mr, desk):
        return
    label = desk.handbook.workflow.in_review
    says = f"It has {marked((label,))}, and nobody is asked to review it."
    evidence = (Evidence(f"it has {marked((label,))}", mr.label_since.get(label)),)
    yield Finding(RULE, "labels.neighbours", mr.ref, "no-reviewer", says, evidence, "warning", desk.owners(mr))


def _status_and_label(issue: Issue, status: str, worn: tuple[str, ...], desk: Desk) -> Iterator[Finding]:
    """The Status counts; what the label adds is taken off where the Status is known to be the newer of the two."""
    others = tuple(label for label in worn if value_of(label).casefold() != status.casefold())
    if not others:
        return
    since = issue.status_since
    older = since is not None and all(
        label in issue.label_since and issue.label_since[label] < since for label in others
    )
    evidence = (
        Evidence(f"its Status is {status}", since),
        *(Evidence(f"{marked((label,))} was put on", issue.label_since.get(label)) for label in others),
    )
    says = f"Its Status is {status}, and it still has {marked(others)}; the Status counts."
    expects = (Expectation("status", status),)
    remedies = (Remedy(RemoveLabels(others), expects=expects),) if older else ()
    who = desk.owners(issue)
    period = since.isoformat() if since else ""
    yield Finding(
        RULE, "flow.principle", issue.ref, "status-and-label", says, evidence, "warning", who, remedies, period
    )


def _unknown(item: Issue | MergeRequest, says: Says, desk: Desk) -> Finding:
    state = value_of(says.state_label) or (item.status if isinstance(item, Issue) else "")
    of = " for merge requests" if isinstance(item, MergeRequest) else ""
    words = f"Its state, “{state}”, is none of those that the handbook has{of}."
    return Finding(RULE, "flow.principle", item.ref, "unknown-state", words, _told(item, says), who=desk.owners(item))


def _went_back(item: Issue | MergeRequest, says: Says, before: str, desk: Desk) -> Finding:
    since = item.label_freed.get(says.state_label) or _since(item, says)
    day = f" on {desk.voice.day(desk.date_of(since))}" if since else ""
    words = f"It went back from “{value_of(before).casefold()}” to “{says.state}”{day}."
    return Finding(RULE, "flow.principle", item.ref, "went-back", words, _told(item, says), who=desk.owners(item))


def _done_and_open(issue: Issue, says: Says, desk: Desk) -> Finding:
    """Whether to close it or to go on with it is for people to say."""
    words = f"Its state is “{says.state}”, and it is still open."
    who = desk.owners(issue)
    return Finding(RULE, "flow.principle", issue.ref, "done-and-open", words, _told(issue, says), "warning", who)


def _merged_already(issue: Issue, says: Says, flow: _Flow, desk: Desk, settings: Settings) -> Iterator[Finding]:
    """Nothing that closes it is left to merge, and something was merged.

    When, GitLab does not tell of all: it is found anew once more of them are merged.
    """
    states = {linked.state for linked in issue.merge_requests}
    if "merged" not in states or "opened" in states:
        return
    merged = tuple(linked.ref for linked in issue.merge_requests if linked.state == "merged")
    verb = "is" if len(merged) == 1 else "are"
    words = f"{listed(merged)} {verb} merged, and it is still “{says.state}”."
    evidence = (*(Evidence(f"{ref} is merged", link=ref) for ref in merged), *_told(issue, says))
    remedies: tuple[Remedy, ...] = ()
    if settings.after_merge:
        change: Change = AddLabels((flow.scope + settings.after_merge,))
        if not says.state_label:
            change = SetStatus(settings.after_merge[:1].upper() + settings.after_merge[1:])
        remedies = (Remedy(change, expects=(_still(issue, says),)),)
    who, period = desk.owners(issue), ",".join(sorted(merged))
    yield Finding(
        RULE, "flow.principle", issue.ref, "merged-already", words, evidence, "warning", who, remedies, period
    )


def _is_closed(ref: str, desk: Desk) -> bool:
    """Whether an issue is known to be closed: one of the team's projects that is not among the open items."""
    return ref not in desk.snapshot.by_ref and desk.terms.is_source(ref.rpartition("#")[0])


def _blocked_by_nothing(issue: Issue, says: Says, desk: Desk) -> Finding:
    """Whoever has it is asked once for each time that it is blocked, and once more when what blocked it is closed."""
    since = _since(issue, says)
    to = desk.reachable(issue.assignees)
    topic = f"blocker-{desk.date_of(since)}" if since else "blocker"
    if issue.blocked_by:
        topic = f"{topic}-closed"
        words = f"It is blocked, and what is linked as blocking it is closed ({listed(issue.blocked_by)})."
        asks = (
            "It is blocked, and what is linked as blocking it is closed. Could you go on with it, or link what it "
            "waits for now (`/blocked_by #…`)?"
        )
    else:
        words = "It is blocked, and nothing is linked that blocks it."
        asks = (
            "It is blocked, and no issue is linked that blocks it. Could you link what it waits for "
            "(`/blocked_by #…`), or write it down here?"
        )
    asks = f"{asks} Then whoever can help sees it, and it is noticed when the way is free."
    comment = Comment(topic, to, "thank you for saying that this is stuck", asks)
    remedies = (Remedy(comment, expects=(_still(issue, says),)),) if to else ()
    who = desk.owners(issue)
    return Finding(
        RULE,
        "flow.principle",
        issue.ref,
        "blocked-by-nothing",
        words,
        _told(issue, says),
        who=who,
        remedies=remedies,
    )


def _not_ready(issue: Issue, says: Says, wants: tuple[str, ...], desk: Desk, type_scope: str) -> Iterator[Finding]:
    lacks = []
    if "type" in wants and not any(scope_of(label) == type_scope for label in issue.labels):
        lacks.append("a type label")
    if "weight" in wants and issue.weight is None:
        lacks.append("a weight")
    if lacks:
        words = f"It is “{says.state}”, which asks for {listed(lacks)}."
        yield Finding(RULE, "flow.principle", issue.ref, "not-ready", words, _told(issue, says), who=desk.owners(issue))
