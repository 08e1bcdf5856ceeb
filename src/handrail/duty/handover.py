"""What somebody decides about a request when their shift ends: the page's four options, and what the next one answers.

Raises UserError, with what to do instead, where a step does not fit.
"""

from datetime import datetime

from handrail.duty.asked import ended, handed_over
from handrail.errors import UserError
from handrail.model.asked import Asked, Step, after
from handrail.model.handover import owned

_SETTLE = frozenset({"came", "took", "passed", "acknowledged", "handed over", "kept"})
"""What settles whose a request is, or will be."""


def closed(one: Asked, by: str, at: datetime, note: str, follow_up: str) -> Asked:
    """It is over: what was done about it is written down, and what is left goes on in another issue."""
    if not follow_up.strip():
        raise UserError(
            "Name the issue in which the rest goes on as the follow-up, or give a title to have one opened."
        )
    return ended(one, by, at, "done", note, follow_up.strip())


def commented(one: Asked, by: str, to: str, at: datetime, note: str) -> Asked:
    """A comment hands it to the next on duty."""
    return handed_over(one, by, _somebody(to), at, note, with_turn=True)


def kept(one: Asked, by: str, at: datetime, note: str) -> Asked:
    """Its owner goes on with it as the subject-matter expert."""
    _noted(one, note, "Say in a note why you go on with it: handing it over is preferred.")
    return after(one, Step(at, by, "kept", note=note.strip()))


def told(one: Asked, by: str, to: str, at: datetime, note: str) -> Asked:
    """It was passed on in a conversation; what its owner keeps as the expert they still keep."""
    _noted(one, note, "Write a note of what you told them: others read it later.")
    last = next(step.did for step in reversed(one.steps) if step.did in _SETTLE)
    whom = "" if last == "kept" else _somebody(to)
    return after(one, Step(at, by, "spoke", whom, note.strip(), with_turn=bool(whom)))


def passed(one: Asked, to: str, at: datetime) -> Asked:
    """It passes with the turn: with what its owner wrote for whoever is next, or since nobody decided about it."""
    since = owned(one)[-1].since
    notes = [step.note for step in one.steps if step.with_turn and step.note and step.at >= since]
    return after(one, Step(at, "", "passed", to, "; ".join(notes)))


def received(one: Asked, by: str, at: datetime) -> Asked:
    """The incoming has taken note of what was decided, and takes on what was handed over to them."""
    return after(one, Step(at, by, "acknowledged" if by in {one.owner, one.passing_to} else "saw"))


def _noted(one: Asked, note: str, otherwise: str) -> None:
    if one.is_over:
        raise UserError(f"Request {one.id} is over: there is nothing to hand over.")
    if not note.strip():
        raise UserError(otherwise)


def _somebody(name: str) -> str:
    if not name:
        raise UserError("Nobody is available to hand over to: “duty cover USER” puts somebody on duty.")
    return name
