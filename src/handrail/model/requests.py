"""Requests that nobody planned, as the team keeps them: what is asked for, how urgent it is, what became of it."""

from datetime import date, datetime
from typing import Literal

from msgspec import Struct

RULE = "unplanned_work"
"""The rule that weighs them, and in whose name what people answer is carried out."""
RequestSource = Literal["incident", "customer", "other team", "regression", "technical debt", "mention"]
"""What the request comes from; Unplanned work is counted by it."""
Urgency = Literal["incident", "internal impact", "external impact", "sla", "policy", "deadline"]
"""What the page weighs urgency by, in its order."""
Answer = Literal["yes", "no", "unknown"]
RequestState = Literal["open", "taken", "declined", "asked"]
URGENCIES: tuple[Urgency, ...] = ("incident", "internal impact", "external impact", "sla", "policy", "deadline")


SAID: dict[Urgency, str] = {
    "incident": "an incident is active",
    "internal impact": "it keeps another team from its work",
    "external impact": "users or customers are affected",
    "sla": "an agreement or a time limit runs out",
    "policy": "a policy asks for it, such as one on security or compliance",
}
"""The criteria that a person states, and when each holds; a deadline is a day."""


class Criterion(Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """Whether something that makes work urgent holds, and what tells so: a clause without a full stop."""

    name: Urgency
    holds: Answer
    evidence: str = ""
    link: str = ""
    """A reference or address."""


class UnplannedRequest(Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """One request. ``id`` is the store's, 0 before it has one; ``ref`` the issue on GitLab, if there is one."""

    title: str
    source: RequestSource
    asked_at: datetime
    id: int = 0
    asked_by: str = ""
    """A user name; empty where nobody knows."""
    ref: str = ""
    """Of one that came without an issue: the one that was opened for it."""
    deadline: date | None = None
    criteria: tuple[Criterion, ...] = ()
    """What people said of its urgency: it wins over what is read off the issue. Of what was decided all that was known:
    what became of its issue since says nothing of it."""
    state: RequestState = "open"
    note: str = ""
    """Why it was declined, or what was asked."""
    decided_at: datetime | None = None
    """When it was taken, declined or asked about, where that is known."""
    displaced: tuple[str, ...] = ()
    """References of the Deliverables that slip by it."""

    @property
    def is_decided(self) -> bool:
        """Whether it was taken or declined."""
        return self.state in {"taken", "declined"}

    @property
    def topic(self) -> str:
        """What the issue that is opened for it is known by (``CreateItem.topic``)."""
        return f"request-{self.id}"

    def said(self, name: Urgency) -> Criterion | None:
        """What people said of a criterion; None where nobody did."""
        return next((one for one in self.criteria if one.name == name), None)
