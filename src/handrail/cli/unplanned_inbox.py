"""Requests that nobody planned, from where they stand: the store's, and what looks like one on GitLab."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from msgspec.structs import replace as with_changes

from handrail.cli.chosen import Chosen, near_ref
from handrail.errors import UserError
from handrail.model.findings import Finding
from handrail.model.items import Issue
from handrail.model.plans import Known, Plan
from handrail.model.requests import RULE, UnplannedRequest
from handrail.plan.planner import make_plan
from handrail.rules.catalogue import rules, settings_of
from handrail.rules.desk import Desk
from handrail.rules.unplanned_request import Assessment, Settings, assess
from handrail.rules.unplanned_work import is_undecided, request_of
from handrail.views.refs import Refs

WAITING = ("open", "asked")
"""The states in which a request waits for a decision."""


@dataclass(frozen=True)
class Inbox:
    """What the commands about requests stand on: the facts, the rule's settings, and the requests that are kept."""

    chosen: Chosen
    desk: Desk
    settings: Settings
    kept: tuple[UnplannedRequest, ...]

    @property
    def refs(self) -> Refs:
        """References as the team says them."""
        return Refs(self.desk.handbook)

    def found(self) -> Iterator[UnplannedRequest]:
        """What looks like a request on GitLab and is not kept, the oldest first."""
        known = {request.ref for request in self.kept}
        issues = (item for item in self.desk.snapshot.items if isinstance(item, Issue) and item.ref not in known)
        requests = (request_of(item, self.desk, self.settings) for item in issues if is_undecided(item, self.desk))
        yield from sorted((one for one in requests if one is not None), key=lambda one: (one.asked_at, one.ref))

    def request(self, name: str) -> UnplannedRequest:
        """The request of a number or of an issue's reference. Raises UserError for what is neither."""
        if name.isdecimal():
            for request in self.kept:
                if request.id == int(name):
                    return request
            raise UserError(f"There is no request {name}: “{self.chosen.program} unplanned list --all” has them.")
        issue = self.issue(name)
        for request in self.kept:
            if request.ref == issue.ref:
                return request
        found = request_of(issue, self.desk, self.settings)
        return found or UnplannedRequest(
            issue.title, "other team", issue.created_at, asked_by=issue.author, ref=issue.ref
        )

    def issue(self, ref: str) -> Issue:
        """The open issue of a reference, short or full. Raises UserError where there is none."""
        full = self.refs.full(ref)
        item = self.desk.snapshot.by_ref.get(full)
        if isinstance(item, Issue):
            return item
        if item is not None:
            raise UserError(f"{ref} is no issue: name the issue that asks for the work.")
        near = near_ref(full, self.desk.snapshot.by_ref)
        hint = f"Did you mean {near}?" if near else "Name an open issue, like omnibus#1, or a request’s number."
        raise UserError(f"{full} is no open issue in these facts. {hint}")

    def assessment(self, request: UnplannedRequest) -> Assessment:
        """How urgent it is by the handbook's table."""
        return assess(request, self.desk, self.settings)

    def plan(self, finding: Finding) -> Plan:
        """What carries out a person's answer: they decided, so it waits neither for a yes nor for office hours."""
        handbook, acting = self.desk.handbook, self.desk.handbook.acting
        now = self.desk.snapshot.now
        sent = self.chosen.opened_store.journal.known(now).sent if self.chosen.is_stored else ()
        willing = replace(
            handbook,
            rules={**handbook.rules, RULE: {**handbook.rules.get(RULE, {}), "mode": "propose"}},
            acting=replace(acting, most_share=1.0, noise=replace(acting.noise, office_hours=False)),
        )
        dated = with_changes(finding, period=self.desk.snapshot.today.isoformat())
        return self.chosen.bound(make_plan([dated], self.desk.snapshot, willing, Known(sent=sent)))

    def keep(self, request: UnplannedRequest) -> UnplannedRequest | None:
        """Keep a request; it comes back as the store has it. None where the facts are no store's."""
        if not self.chosen.is_stored:
            return None
        said = self.chosen.opened_store.said
        if not request.id:
            return said.add_request(request)
        said.update_request(request)
        return next(one for one in said.requests() if one.id == request.id)


def open_inbox(chosen: Chosen, at: str | None = None) -> Inbox:
    """The inbox on the facts that were chosen."""
    handbook = chosen.peopled(chosen.handbook)
    desk = Desk(chosen.snapshot_at(at, handbook), handbook)
    settings = settings_of(handbook, rules()[RULE])
    assert isinstance(settings, Settings)
    kept = chosen.opened_store.said.requests() if chosen.is_stored else []
    return Inbox(chosen, desk, settings, tuple(kept))


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
