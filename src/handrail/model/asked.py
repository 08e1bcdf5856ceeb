"""Requests to whoever is on duty: who asked for what, whose it is now, and everything that was done about it."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

Way = Literal[
    "incident",
    "deployment blocker",
    "customer",
    "channel message",
    "direct message",
    "mention",
    "phone",
    "other",
]
"""What a request is about, or the way it came."""
Stage = Literal["open", "asked", "escalated", "done", "declined"]
"""Somebody's to answer; an expert was asked; a manager was; over; not for the team."""
Did = Literal["came", "took", "asked", "escalated", "handed over", "acknowledged", "chased", "done", "declined"]
OVER: frozenset[Stage] = frozenset({"done", "declined"})


class Step(Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """Something that was done about a request."""

    at: datetime
    by: str
    """A user name; empty for Handrail itself."""
    did: Did
    whom: str = ""
    """Who was asked, called in or handed to, by user name."""
    note: str = ""


class Asked(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One request. ``id`` is the store's, 0 before it has one."""

    title: str
    way: Way
    asked_by: str
    asked_at: datetime
    owner: str = ""
    """Whose it is: at first whoever was on duty when it came; nobody: ""."""
    id: int = 0
    stage: Stage = "open"
    urgent: bool = False
    passing_to: str = ""
    """To whom it was handed over, who has not acknowledged it yet: until then it is the owner's."""
    answer_due: datetime | None = None
    ref: str = ""
    links: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def is_over(self) -> bool:
        """Whether nobody has anything to do about it any more."""
        return self.stage in OVER
