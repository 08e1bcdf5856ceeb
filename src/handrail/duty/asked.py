"""What becomes of a request, step by step. Raises UserError, with what to do instead, where a step does not fit."""

from contextlib import suppress
from datetime import datetime

from msgspec.structs import replace

from handrail.errors import UserError
from handrail.handbook.rotations import Answers, Rotation
from handrail.model.asked import Asked, Did, Step, after
from handrail.model.duty import NOBODY, Duty, on_duty
from handrail.model.snapshot import Calendars
from handrail.worktime.calendar import BUSINESS_DAY, NeverOpensError
from handrail.worktime.hours import HOUR


def came(
    draft: Asked, duty: Duty, calendars: Calendars, rotation: Rotation, note: str = "", owner: str = NOBODY
) -> Asked:
    """A new request: whose it is follows from who was on duty when it came, and so does when an answer is due.

    ``owner``: whose it is by ``duty.redirects``, if that was asked. Some ways of asking are urgent by themselves.
    """
    if not draft.title.strip():
        raise UserError("The title is empty: say in a few words what is asked for.")
    owner = owner or on_duty(duty, draft.asked_at, calendars)
    urgent = draft.urgent or rotation.is_urgent(draft.way)
    due = answer_due(owner, draft.asked_at, calendars, rotation.answers, urgent=urgent)
    first = Step(draft.asked_at, draft.asked_by, "came", owner, note)
    return after(replace(draft, title=draft.title.strip(), urgent=urgent, answer_due=due), first)


def answer_due(owner: str, at: datetime, calendars: Calendars, within: Answers, *, urgent: bool) -> datetime:
    """By when somebody answers what they were asked then: in their own hours, or the team's where they are away."""
    limit = round((within.urgent_hours if urgent else within.hours) * HOUR)
    with suppress(NeverOpensError):
        if calendars[owner].absent_for(at) <= BUSINESS_DAY:
            return calendars[owner].after(at, limit)
    return calendars[NOBODY].after(at, limit)


def taken(one: Asked, by: str, at: datetime) -> Asked:
    """Somebody makes it theirs: whoever it was handed over to, or whoever is first available."""
    if _active(one).owner == by and not one.passing_to:
        raise UserError(f"Request {one.id} is yours already.")
    return after(one, Step(at, by, "acknowledged" if one.passing_to == by else "took"))


def handed_over(one: Asked, by: str, to: str, at: datetime, note: str = "", *, with_turn: bool = False) -> Asked:
    """Its owner hands it over; it stays theirs until the other acknowledges it. ``with_turn``: see ``Step``."""
    if _active(one).owner == to:
        raise UserError(f"Request {one.id} is @{to}'s already.")
    return after(one, Step(at, by, "handed over", to, note, with_turn=with_turn))


def asked(one: Asked, by: str, whom: str, at: datetime, note: str = "") -> Asked:
    """A subject-matter expert is called in; whose it is does not change."""
    return after(_active(one), Step(at, by, "asked", whom, note))


def escalated(one: Asked, by: str, whom: str, at: datetime, note: str = "") -> Asked:
    """A manager is called in; whose it is does not change."""
    return after(_active(one), Step(at, by, "escalated", whom, note))


def ended(one: Asked, by: str, at: datetime, did: Did, note: str, follow_up: str = "") -> Asked:
    """It is over: answered, or not for the team. What was done, or why, is kept, and where the rest goes on."""
    if not note.strip():
        raise UserError("Say what was done about it, or why it is not for the team: others read it later.")
    return after(_active(one), Step(at, by, did, "", note.strip(), follow_up))


def _active(one: Asked) -> Asked:
    if last := one.ended:
        raise UserError(f"Request {one.id} is over: {last.did} on {last.at:%Y-%m-%d} by @{last.by}.")
    return one
