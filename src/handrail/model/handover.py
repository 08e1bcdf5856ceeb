"""What passes from whom to whom when somebody else comes on duty, and what was decided about each request.

Outgoing, incoming, rules and screens see the same. Where nobody decides, a request passes with the turn, so that nobody
who has fallen ill keeps it. Source: the workflow page, Handover.
"""

from collections.abc import Container, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from handrail.model.asked import Asked, Did, Step, after
from handrail.model.duty import NOBODY, Duty, on_duty
from handrail.model.snapshot import Calendars
from handrail.worktime.calendar import NeverOpensError

DECISIONS: frozenset[Did] = frozenset({"handed over", "kept", "spoke"})
_MOMENT = timedelta(seconds=1)
_LOOK_BACK = timedelta(days=60)
"""So far back somebody's time on duty is followed, over however many shifts of theirs in a row."""
_AHEAD = 8
"""So many shifts of one person in a row are followed to their end: who is alone hands over to nobody."""


class Row(Struct, frozen=True):
    """A request in a handover: what was decided about it, and whether the incoming acknowledged that."""

    request: Asked
    decided: tuple[Step, ...]
    """The latest last; none: it passes with the turn."""
    acknowledged: bool

    @property
    def is_open(self) -> bool:
        """Whether somebody has to say a word yet: about what is to become of it, or that they have it now."""
        return not self.request.is_over and not self.acknowledged


class Handover(Struct, frozen=True):
    """From whom to whom. ``at`` is the instant at which who is on duty changes, whenever people speak to each other."""

    since: datetime
    """Since when the outgoing was on duty."""
    at: datetime
    outgoing: str
    incoming: str
    """NOBODY: nobody is available, and nothing passes."""
    ceremony: datetime
    """When the incoming is at work first: until then holidays or time off put off that people speak."""
    rows: tuple[Row, ...]

    @property
    def undecided(self) -> tuple[Row, ...]:
        """What passes with the turn, unless somebody decides about it."""
        return tuple(row for row in self.rows if not row.decided)


class Spell(NamedTuple):
    """Somebody's time on duty, over all their shifts that follow each other."""

    start: datetime
    end: datetime
    holder: str


class Owned(NamedTuple):
    """Since when somebody has a request, and by which step."""

    since: datetime
    owner: str
    did: Did


def ceremony(holder: str, start: datetime, end: datetime, calendars: Calendars) -> datetime:
    """When a shift is handed over: at the first hours of whoever takes it on, at its end at the latest."""
    try:
        return min(calendars[holder].opens_after(start), end)
    except NeverOpensError:
        return end


def coming(duty: Duty, asked: Iterable[Asked], calendars: Calendars, now: datetime) -> Handover | None:
    """The next handover; None before the first turn, and where the same person stays on duty."""
    past = _so_far(duty, now)
    here = past[-1] if past else None
    for _ in range(_AHEAD):
        shift = duty.at(here.end) if here else None
        if here is None or shift is None:
            break
        if shift.holder != here.holder:
            return _handover(here, Spell(shift.start, shift.end, shift.holder), asked, calendars)
        here = here._replace(end=shift.end)
    return None


def latest(duty: Duty, asked: Iterable[Asked], calendars: Calendars, now: datetime) -> Handover | None:
    """The handover to whoever is on duty; None where nobody was before them."""
    past = _so_far(duty, now)
    return _handover(past[-2], past[-1], asked, calendars) if len(past) > 1 else None


def passes_to(one: Asked, duty: Duty, now: datetime, people: Container[str]) -> str | None:
    """To whom a request passes with the turn by now; None where it stays.

    It stays with whoever was not on duty since they have it, with whoever is still, where its owner decided about it in
    time, and where nobody is on duty who could take it. However many turns went by, it goes to whoever is on duty now;
    so does what was handed to whoever is next, where that is somebody else than was thought and they have not taken it.
    What was handed to somebody by name waits for them. What has an owner who is not among the ``people`` any more goes
    to whoever is on duty, else to NOBODY, so that others see that they may take it.
    """
    holder, given = on_duty(duty, now, people), one.given
    if one.is_over or holder == one.owner:
        return None
    if given and given.whom in people and not given.with_turn:
        return None
    if one.owner not in people:
        return holder
    if holder == NOBODY:
        return None
    if given and given.with_turn and given.whom != holder:
        return holder
    has = owned(one)[-1]
    spells = (spell for spell in _spells(duty, has.since, now) if spell.holder == one.owner)
    over = [spell.start for spell in spells if has.since < spell.end <= now]
    if not over and has.did != "passed":  # of what passed the turn is over, though it ended at that very instant
        return None
    stays = one.passing_to in {NOBODY, holder} and decisions(one, max([has.since, *over]))
    return None if stays else holder


def owned(one: Asked) -> list[Owned]:
    """Who has had a request, and since when; the latest is its owner."""
    found: list[Owned] = []
    then = replace(one, steps=())
    for step in one.steps:
        then = after(then, step)
        if not found or found[-1].owner != then.owner:
            found.append(Owned(step.at, then.owner, step.did))
    return found


def decisions(one: Asked, since: datetime, until: datetime | None = None) -> tuple[Step, ...]:
    """What was decided about a request for a handover, from an instant on and before another."""
    return tuple(
        step
        for step in one.steps
        if step.at >= since and (until is None or step.at <= until) and (step.did in DECISIONS or step.follow_up)
    )


def _handover(out: Spell, into: Spell, asked: Iterable[Asked], calendars: Calendars) -> Handover:
    rows = (_row(one, out, into.holder) for one in asked)
    starts = ceremony(into.holder, into.start, into.end, calendars)
    return Handover(out.start, out.end, out.holder, into.holder, starts, tuple(row for row in rows if row))


def _row(one: Asked, out: Spell, incoming: str) -> Row | None:
    """A request that the outgoing had until then, or that passed to the incoming over those who were in between."""
    held = owned(one)
    for has, then in zip(held, [*held[1:], None], strict=True):
        gone_before = then is not None and (then.owner != incoming or then.since < out.start)
        late = then is not None and then.did == "passed" and then.since >= out.end
        if has.since >= out.end or gone_before or (has.owner != out.holder and not late):
            continue
        since = max(has.since, out.start)
        decided = decisions(one, since, then.since if then else None)
        if one.is_over and not any(step.follow_up for step in decided):
            return None
        seen = any(
            step.by == incoming and step.did in {"acknowledged", "saw"} and step.at >= since for step in one.steps
        )
        return Row(one, decided, seen)
    return None


def _so_far(duty: Duty, now: datetime) -> list[Spell]:
    """Who has been on duty, the last of them now; nothing before the first turn."""
    return [spell for spell in _spells(duty, now - _LOOK_BACK, now + _MOMENT) if spell.start <= now]


def _spells(duty: Duty, since: datetime, until: datetime) -> list[Spell]:
    found: list[Spell] = []
    for shift in duty.shifts(since, until):
        if found and found[-1].holder == shift.holder:
            found[-1] = found[-1]._replace(end=shift.end)
        else:
            found.append(Spell(shift.start, shift.end, shift.holder))
    return found
