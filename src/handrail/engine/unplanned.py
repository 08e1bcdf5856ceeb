"""Requests that nobody planned: those that are kept and what looks like one, and what people answer to them.

An answer is a decision: the request as it is then, and a finding whose remedies carry it out. It is kept once they
are, so that what could not be said was not decided either.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self, get_args

from msgspec.structs import replace as with_changes

from handrail.errors import UserError
from handrail.model.findings import Finding
from handrail.model.items import Issue
from handrail.model.labels import value_of
from handrail.model.plans import Known, Plan
from handrail.model.requests import RULE, Answer, Criterion, RequestState, UnplannedRequest, Urgency
from handrail.plan.planner import make_plan
from handrail.rules import unplanned_answers as answers
from handrail.rules.catalogue import rules, settings_of
from handrail.rules.desk import Desk
from handrail.rules.issue_work import last_day, live_claim
from handrail.rules.unplanned_request import Assessment, Settings, Slip, assess, would_slip
from handrail.rules.unplanned_work import is_undecided, request_of
from handrail.store.database import Store

WAITING: tuple[RequestState, ...] = ("open", "asked")
"""The states in which a request waits for a decision."""


@dataclass(frozen=True)
class Inbox:
    """What answers stand on: the facts, the rule's settings, the requests that are kept, and the store that has them.

    Facts that are no store's have no store.
    """

    desk: Desk
    settings: Settings
    kept: tuple[UnplannedRequest, ...]
    store: Store | None

    @classmethod
    def of(cls, desk: Desk, store: Store | None) -> Self:
        """The inbox at a desk."""
        settings = settings_of(desk.handbook, rules()[RULE])
        assert isinstance(settings, Settings)
        return cls(desk, settings, tuple(store.said.requests()) if store else (), store)

    def found(self) -> Iterator[UnplannedRequest]:
        """What looks like a request on GitLab and is not kept, the oldest first."""
        known = {request.ref for request in self.kept}
        alike = self.desk.once(
            "unplanned: found", lambda: sorted(self._alike(), key=lambda one: (one.asked_at, one.ref))
        )
        yield from (one for one in alike if one.ref not in known)

    def _alike(self) -> Iterator[UnplannedRequest]:
        for item in self.desk.snapshot.items:
            if isinstance(item, Issue) and is_undecided(item, self.desk):
                request = request_of(item, self.desk, self.settings)
                if request is not None:
                    yield request

    def waiting(self) -> list[UnplannedRequest]:
        """What waits for a decision: the kept ones, and what looks like one."""
        return [*(one for one in self.kept if one.state in WAITING), *self.found()]

    def about(self, issue: Issue) -> UnplannedRequest:
        """The request that an issue is, as it is kept or looks like; else one of another team's."""
        kept = next((one for one in self.kept if one.ref == issue.ref), None)
        return (
            kept
            or request_of(issue, self.desk, self.settings)
            or UnplannedRequest(issue.title, "other team", issue.created_at, asked_by=issue.author, ref=issue.ref)
        )

    def assessment(self, request: UnplannedRequest) -> Assessment:
        """How urgent it is by the handbook's table."""
        return assess(request, self.desk, self.settings)

    def plan(self, finding: Finding) -> Plan:
        """What carries out a person's answer: they decided, so it waits neither for a yes nor for office hours."""
        handbook, acting = self.desk.handbook, self.desk.handbook.acting
        now = self.desk.snapshot.now
        sent = self.store.journal.known(now).sent if self.store else ()
        willing = replace(
            handbook,
            rules={**handbook.rules, RULE: {**handbook.rules.get(RULE, {}), "mode": "propose"}},
            acting=replace(acting, most_share=1.0, noise=replace(acting.noise, office_hours=False)),
        )
        dated = with_changes(finding, period=self.desk.snapshot.today.isoformat())
        made = make_plan([dated], self.desk.snapshot, willing, Known(sent=sent))
        return with_changes(made, gitlab=self.store.origin) if self.store else made

    def add(self, request: UnplannedRequest) -> UnplannedRequest | None:
        """Keep a new request. None where the facts are no store's. Raises UserError for what says nothing new."""
        for one in self.kept:
            if request.ref and one.ref == request.ref:
                raise UserError(
                    f"{_short(request.ref, self.desk)} is request {one.id} already: the list of all has it."
                )
        if not request.title:
            raise UserError("The title is empty: say in a few words what is asked for.")
        return self.keep(request)

    def keep(self, request: UnplannedRequest) -> UnplannedRequest | None:
        """Keep a request; it comes back as the store has it. None where the facts are no store's."""
        if not self.store:
            return None
        said = self.store.said
        if not request.id:
            return said.add_request(request)
        said.update_request(request)
        return next(one for one in said.requests() if one.id == request.id)

    def free(self, request: UnplannedRequest, by: str) -> Issue | None:
        """The open issue of a request, which nobody but ``by`` has; None where there is none.

        Raises UserError for what is planned or somebody's.
        """
        issue = self.desk.snapshot.by_ref.get(request.ref)
        if not isinstance(issue, Issue):
            return None
        planned = self.desk.handbook.labels.deliverable
        if planned in issue.labels:
            raise UserError(f"{issue.ref} is planned already, as a {planned}: just pick it up.")
        others = tuple(name for name in issue.assignees if name != by)
        if others:
            raise UserError(f"{issue.ref} has somebody: ask {self.desk.voice.names(others)} first.")
        return issue

    def decided(self, request: UnplannedRequest, state: RequestState, **changes: Any) -> UnplannedRequest:
        """The request as it is decided now, with what is known of it."""
        known, now = self.assessment(request).criteria, self.desk.snapshot.now
        return with_changes(request, state=state, decided_at=now, criteria=known, **changes)


@dataclass(frozen=True)
class Decision:
    """What somebody decided about a request: the request as it is then, and what carries it out."""

    request: UnplannedRequest
    by: str
    finding: Finding | None
    """Nothing: there is no issue on which anything could be done."""
    gives_way: Sequence[Slip] | None = None
    lacks: Sequence[str] = ()
    """What it still lacks when it is taken: a priority, a type."""


@dataclass(frozen=True)
class Taking:
    """How somebody takes a request, where they say more than that they do."""

    labels: tuple[str, ...] = ()
    """Labels that it is to have, whatever it has."""
    project: str = ""
    """Where to open the issue, if the request has none: a source's name or a path."""
    all_the_same: bool = False
    """Also if somebody else holds it by a claim: they are told."""


def take(inbox: Inbox, wanted: UnplannedRequest, taker: str, how: Taking) -> Decision:
    """Somebody takes a request as Unplanned work. Raises UserError for what cannot be taken so."""
    desk = inbox.desk
    _must_wait(wanted, "taken")
    assessment, issue = inbox.assessment(wanted), inbox.free(wanted, taker)
    if issue is not None:
        held = live_claim(issue, desk)
        if held is not None and held.by != taker and not how.all_the_same:
            holder, day = desk.voice.name(held.by), desk.voice.day(last_day(held, desk))
            raise UserError(
                f"{holder} would like to start on {_short(issue.ref, desk)}, and holds it through {day}: ask them "
                "first, or take it all the same, which tells them."
            )
        finding = answers.take(wanted, issue, desk, assessment, taker, how.labels)
        labels = answers.wearing(issue.labels, finding.remedies)
    elif wanted.ref:
        raise UserError(f"{wanted.ref} is not open any more, so there is nothing to take.")
    elif how.project:
        finding = answers.opening(wanted, _path(how.project, desk), desk, assessment, taker, how.labels)
        labels = answers.wearing((), finding.remedies)
    else:
        raise UserError(f"Request {wanted.id} has no issue yet: name the project in which to open one.")
    slips = would_slip(wanted, desk, inbox.settings, labels, taker)
    taken = inbox.decided(wanted, "taken", displaced=tuple(one.item.ref for one in slips))
    return Decision(taken, taker, finding, slips, answers.lacking(labels, desk))


def decline(
    inbox: Inbox, wanted: UnplannedRequest, by: str, because: str, instead: str = "", *, escalate: bool = False
) -> Decision:
    """Somebody declines a request, with the reason and what else may help; ``escalate``: EM and PM are asked."""
    _must_wait(wanted, "declined")
    if not because.strip():
        raise UserError("The reason is empty: say why it is not taken.")
    inbox.free(wanted, by)
    finding = answers.decline(wanted, inbox.desk, because, instead, escalate=escalate) if wanted.ref else None
    return Decision(inbox.decided(wanted, "declined", note=because), by, finding)


def ask(inbox: Inbox, wanted: UnplannedRequest, by: str, question: str, *, advice: bool = False) -> Decision:
    """Somebody asks what has to be known to decide; ``advice``: EM and PM are asked for theirs."""
    _must_wait(wanted, "asked about")
    if not question.strip():
        raise UserError("The question is empty: say what has to be known.")
    inbox.free(wanted, by)
    finding = answers.ask(wanted, inbox.desk, question, advice=advice) if wanted.ref else None
    asked = with_changes(wanted, state="asked", note=question, decided_at=inbox.desk.snapshot.now)
    return Decision(asked, by, finding)


def criterion(name: Urgency, text: str) -> Criterion:
    """What a person says of a criterion, as in “yes: two nodes are down”. Raises UserError for what does not say it."""
    holds, _, why = text.partition(":")
    known: dict[str, Answer] = {answer: answer for answer in get_args(Answer)}
    answer, evidence = known.get(holds.strip().casefold()), " ".join(why.split())
    if answer is None:
        raise UserError(f"“{text}” does not say whether it is so: begin with yes, no or unknown, as in “yes: WHY”.")
    if answer != "unknown" and not evidence:
        raise UserError(f"“{text}” does not say what tells so: write “{answer}: WHY”, or unknown.")
    return Criterion(name, answer, evidence)


def label_of(name: str, text: str, desk: Desk) -> str:
    """The label that is meant by its whole name or its value, of those of a kind. Raises UserError for no such one."""
    known = answers.asked_for(desk).get(name, ())
    for label in known:
        if text.casefold() in {label.casefold(), value_of(label).casefold()}:
            return label
    raise UserError(f"“{text}” is no {name}: the handbook has {', '.join(known) or 'none'}.")


def is_held_back(made: Plan) -> bool:
    """Whether an answer cannot be given now: what may not be said is not decided, for nobody would be told of it."""
    return bool(made.refused) and not made.actions


def _must_wait(request: UnplannedRequest, what: str) -> None:
    """Raises UserError for a request that was decided."""
    if request.is_decided:
        raise UserError(f"Request {request.id} was {request.state} before, so it cannot be {what}: add a new one.")


def _short(ref: str, desk: Desk) -> str:
    project = ref.rpartition("#")[0]
    return desk.source_name(project) + ref[len(project) :]


def _path(project: str, desk: Desk) -> str:
    source = desk.handbook.sources.get(project)
    path = source.path if source else project
    if source is None and not desk.terms.is_source(path):
        known = ", ".join(sorted(desk.handbook.sources))
        raise UserError(f"“{project}” is none of the team’s projects: it can be {known}, or a path below one of them.")
    return path
