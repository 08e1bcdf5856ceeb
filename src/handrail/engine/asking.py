"""What is asked of whoever is on duty, and what somebody does about it. Raises UserError where a step does not fit."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal

from handrail.duty.agreeing import known as members
from handrail.duty.asked import asked, came, ended, escalated, handed_over, taken
from handrail.duty.redirects import Answer, Call, Redirects
from handrail.errors import UserError
from handrail.model.asked import Asked, Way
from handrail.model.items import is_reference
from handrail.model.people import spelled
from handrail.rules.desk import Desk
from handrail.rules.experts import known

Act = Literal["take", "ask", "escalate", "hand-over", "done", "decline"]
"""Make it one's own; say that an expert or a manager was called in; hand it over; say that it is over."""


def redirected(
    desk: Desk, way: Way, at: datetime, by: str = "", of: str = "", ref: str = "", *, urgent: bool = False
) -> Answer:
    """Who has what somebody asks, and the words to answer them with; ``ref``: the full one of what it is about."""
    snapshot, item = desk.snapshot, desk.snapshot.by_ref.get(ref)
    redirects = Redirects(desk.handbook, desk.duty, snapshot.people, snapshot.calendars, desk.voice)
    return redirects.answer(Call(way, at, by, of, urgent, item.labels if item else ()))


def new(  # noqa: PLR0913  # what may be said of a request
    desk: Desk,
    title: str,
    way: Way,
    by: str,
    at: datetime,
    *,
    of: str = "",
    urgent: bool = False,
    ref: str = "",
    links: Sequence[str] = (),
    note: str = "",
) -> Asked:
    """A request that came: whose it is follows from who was on duty then, or where the handbook sends it.

    ``by``: who asks, of the team or not; ``ref``: the full reference of what it is about, if anything.
    """
    if at > desk.snapshot.now:
        raise UserError(f"{at:%Y-%m-%d %H:%M} is still to come: say when it was asked.")
    if ref and not (is_reference(ref) and ("/" in ref or "&" in ref)):
        raise UserError(
            f"“{ref}” is no reference that is known here: write one like omnibus#1, or like group/project#1."
        )
    by = by.strip().removeprefix("@")
    if not by:
        raise UserError("Say who asks, so that somebody can be answered.")
    by = spelled(by, desk.snapshot.people) or by
    for link in links:
        if not re.fullmatch(r"https?://[^\s/]+\S*", link):
            raise UserError(f"“{link}” is no address: write one that begins with https://.")
    owner = redirected(desk, way, at, by, of, ref, urgent=urgent).owner
    draft = Asked(title, way, by, at, urgent=urgent, ref=ref, links=tuple(dict.fromkeys(links)))
    return came(draft, desk.duty, desk.snapshot.calendars, desk.handbook.rotation, note, owner)


def acted(act: Act, by: str, at: datetime, desk: Desk, whom: str = "", note: str = "") -> Callable[[Asked], Asked]:
    """What becomes of a request by what somebody of the team does about it.

    ``whom``: whom they ask, escalate it to (nobody: the first of EM and PM) or hand it over to.
    """
    match act:
        case "take":
            return lambda one: taken(one, by, at)
        case "ask":
            return lambda one: asked(one, by, _expert(whom, one, desk), at, note)
        case "escalate":
            manager = _member(whom, desk) if whom else next(iter(desk.managers), "")
            if not manager:
                raise UserError("The handbook names no manager: say whom you escalate to.")
            return lambda one: escalated(one, by, manager, at, note)
        case "hand-over":
            to = _member(whom, desk)
            return lambda one: handed_over(one, by, to, at, note)
        case "done" | "decline":
            return lambda one: ended(one, by, at, "done" if act == "done" else "declined", note)


def _member(name: str, desk: Desk) -> str:
    (found,) = members([name], desk.snapshot.people)
    return found


def _expert(whom: str, one: Asked, desk: Desk) -> str:
    found = known(whom, desk.snapshot.by_ref.get(one.ref), desk)
    if found is None:
        raise UserError(
            f"Nobody called @{whom.removeprefix('@')} is known here: name one of the team, somebody who is on what it "
            "is about, or an expert whom the handbook has under components:."
        )
    return found
