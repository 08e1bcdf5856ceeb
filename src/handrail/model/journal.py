"""What became of actions: the journal's records, and what people said that plans have to know."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

from handrail.model.actions import Action

State = Literal["proposed", "approved", "sent", "confirmed", "skipped", "failed"]
"""Waiting for a yes; to be done; under way, or nobody knows; done; left out, as it no longer fitted; refused."""
UNFINISHED: frozenset[State] = frozenset({"proposed", "approved", "sent"})


class Shape(Struct, frozen=True, gc=False, omit_defaults=True):
    """What of an item a change changes; None for all that it leaves alone."""

    labels: tuple[str, ...] | None = None
    milestone: str | None = None
    """Empty: none."""
    assignees: tuple[str, ...] | None = None
    reviewers: tuple[str, ...] | None = None
    title: str | None = None
    part: str | None = None
    """Ours of its description."""
    state: str | None = None
    status: str | None = None


class Record(Struct, frozen=True):
    """One row of the journal: an action that somebody approved, or may, and what became of it."""

    id: int
    action: Action
    state: State
    plan: str
    """The digest of the plan that it came with."""
    approver: str
    proposed_at: datetime
    words: str = ""
    """The digest of a comment's words, or of ours in a description."""
    before: Shape | None = None
    """As it was just before it was sent."""
    after: Shape | None = None
    made: str = ""
    """The number of the comment, or the reference of the issue that was opened."""
    attempts: int = 0
    why: str = ""
    """Why it was skipped or failed; of one that is under way, what went wrong last; of a comment that is proposed, why
    it is not made now."""
    lease_until: datetime | None = None
    """Until when some run has it in hand."""
    not_before: datetime | None = None
    sent_at: datetime | None = None
    ended_at: datetime | None = None


class Snooze(Struct, frozen=True):
    """Somebody does not want to see an item in their queue until then."""

    username: str
    ref: str
    until: datetime
    because: str
    at: datetime
