"""Requests to whoever is on duty: who asked for what, whose it is now, and everything that was done about it."""

from collections.abc import Iterable
from datetime import datetime
from functools import reduce
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

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
Did = Literal[
    "came",
    "told",
    "answered",
    "took",
    "asked",
    "escalated",
    "handed over",
    "kept",
    "spoke",
    "passed",
    "acknowledged",
    "saw",
    "chased",
    "done",
    "declined",
]
"""``kept``: its owner goes on with it as the expert when their shift ends; ``spoke``: it was passed on in a
conversation; ``passed``: nobody had decided, and it went to whoever came on duty; ``saw``: they know of what another
goes on with."""
Verb = Literal["take", "hand-over", "ask", "done", "not-for-us"]
"""What somebody may say in a comment that they do about it."""
OVER: frozenset[Stage] = frozenset({"done", "declined"})
_PASSING: frozenset[Did] = frozenset(
    {"came", "told", "chased", "handed over", "kept", "spoke", "passed", "acknowledged", "saw"}
)
"""What is no answer to whoever asked: it tells whose the request is, or will be."""


class Step(Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """Something that was done about a request."""

    at: datetime
    by: str
    """A user name; empty for Handrail itself."""
    did: Did
    whom: str = ""
    """Who was asked, called in or handed to, by user name."""
    note: str = ""
    follow_up: str = ""
    """Where what is left of it goes on: an issue's reference, or the title of one that is to be opened."""
    with_turn: bool = False
    """Handed to whoever is on duty next, who is ``whom`` as far as is known; otherwise to that very person."""


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
    heard: datetime | None = None
    """Up to when what people said of it in comments was followed."""

    @property
    def is_answered(self) -> bool:
        """Whether anybody has said or done anything about it since it came, other than passing it on."""
        return any(step.did not in _PASSING for step in self.steps)

    @property
    def is_told(self) -> bool:
        """Whether Handrail has told whoever asked who has it."""
        return any(step.did == "told" for step in self.steps)

    @property
    def ended(self) -> Step | None:
        """The step by which it was over; None while somebody has to do something about it."""
        return next((step for step in reversed(self.steps) if step.did in OVER), None)

    @property
    def given(self) -> Step | None:
        """By which step it was handed over to whom it is passing to; None where it is not."""
        if not self.passing_to:
            return None
        return next(step for step in reversed(self.steps) if step.did in {"handed over", "spoke"})

    @property
    def is_over(self) -> bool:
        """Whether nobody has anything to do about it any more."""
        return self.stage in OVER


def after(one: Asked, step: Step) -> Asked:
    """The request once this was done about it as well: whose it is and how it stands follow from its steps alone."""
    done = replace(one, steps=(*one.steps, step))
    match step.did:
        case "came":
            return replace(done, owner=step.whom, stage="open", passing_to="")
        case "passed":
            return replace(done, owner=step.whom, passing_to="")
        case "kept":
            return replace(done, passing_to="")
        case "took" | "acknowledged":
            return replace(done, owner=step.by, passing_to="")
        case "handed over" | "spoke":
            return replace(done, passing_to=step.whom)
        case "asked" | "escalated":
            return replace(done, stage=step.did)
        case "done" | "declined":
            return replace(done, stage=step.did, passing_to="")
        case _:
            return done


def stood_at(one: Asked, at: datetime) -> Asked:
    """The request as it was at a moment at which it had come."""
    steps = [step for step in one.steps if step.at <= at]
    return one if len(steps) == len(one.steps) else by_steps(one, steps)


def by_steps(one: Asked, steps: Iterable[Step]) -> Asked:
    """The request as these steps, the first of which is that it came, leave it."""
    return reduce(after, steps, replace(one, steps=()))


def is_late(one: Asked, now: datetime) -> bool:
    """Whether the time for an answer has passed and nobody has said anything yet."""
    return not one.is_over and not one.is_answered and one.answer_due is not None and one.answer_due <= now
