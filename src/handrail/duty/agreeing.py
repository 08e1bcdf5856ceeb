"""What may enter a rotation's log, and what it then says. Raises UserError with what to do instead.

Each function is asked with the log as it is at that moment; of two who act on the same log at once the store lets one
win, and the other asks again.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta

from handrail.duty.presence import absences
from handrail.duty.rota import Rota
from handrail.duty.shifts import open_offers
from handrail.errors import UserError
from handrail.handbook.wording import nearest
from handrail.model.duty import CameBack, Covered, LogEntry, Shift, SwapOffered, SwapTaken, SwapWithdrawn, WentAway
from handrail.model.people import spelled


def known(names: Collection[str], people: Collection[str]) -> tuple[str, ...]:
    """These people as the team spells them, each once; case and a leading @ do not count."""
    if not names:
        raise UserError("Name at least one person: with nobody on the list nobody would ever be on duty.")
    found: list[str] = []
    for name in (name.removeprefix("@") for name in names):
        person = spelled(name, people)
        if person is None:
            hint = nearest(name, people) or f"; it has {', '.join(sorted(people))}."
            raise UserError(f"The team has nobody called `{name}`{hint}")
        if person in found:
            raise UserError(
                f"@{person} is named twice, and takes one turn before the others have had theirs: once is it."
            )
        found.append(person)
    return tuple(found)


def edited(
    listed: Sequence[str], joins: Collection[str], leaves: Collection[str], people: Collection[str]
) -> tuple[str, ...]:
    """The list after some have joined, who come last, and some have left, whom the team need not know any more."""
    new, gone = known(joins, people) if joins else (), {name.removeprefix("@").casefold() for name in leaves}
    for name in gone - {name.casefold() for name in listed}:
        raise UserError(f"@{name} is not on the list{nearest(name, listed)}")
    for name in new:
        if name in listed:
            raise UserError(f"@{name} is on the list already.")
    stay = [name for name in listed if name.casefold() not in gone]
    if not (stay or new):
        raise UserError("That leaves nobody on the list, so that nobody would ever be on duty: add somebody first.")
    return (*stay, *new)


def offered(
    log: Sequence[LogEntry], person: str, start: datetime, end: datetime, held: Sequence[Shift], now: datetime
) -> SwapOffered:
    """Somebody would like to be replaced in a stretch of their own that is still to come; ``held``: who has it now."""
    _is_to_come(start, end, now)
    if not any(_meet(shift, start, end) and shift.holder == person for shift in held):
        raise UserError(f"@{person} is not on duty then, and there is nothing to swap: see the preview of turns.")
    for number, other in open_offers(log, now).items():
        if other.person == person and _meet(other, start, end):
            raise UserError(
                f"Swap {number} of @{person} is for some of the same time: withdraw that first, "
                "or wait until somebody takes it."
            )
    return SwapOffered(person, start, end)


def taken(
    log: Sequence[LogEntry],
    number: int,
    person: str,
    held: Sequence[Shift],
    now: datetime,
    in_return: tuple[datetime, datetime] | None = None,
) -> SwapTaken:
    """Somebody takes an open offer of somebody else, and may have a stretch of their own taken in return."""
    offer = _open(log, number, now)
    if offer.person == person:
        raise UserError(f"Swap {number} is your own, so that somebody else has to take it.")
    if any(_meet(shift, offer.start, offer.end) and shift.holder == person for shift in held):
        raise UserError(f"@{person} is on duty then already: somebody else has to take swap {number}.")
    if not any(_meet(shift, offer.start, offer.end) and shift.holder == offer.person for shift in held):
        raise UserError(
            f"@{offer.person} is not on duty then any more, so that nothing is left of swap {number} to take."
        )
    if in_return is None:
        return SwapTaken(number, person)
    theirs = offered(log, person, *in_return, held, now)
    return SwapTaken(number, person, theirs.start, theirs.end)


def withdrawn(log: Sequence[LogEntry], number: int, person: str, now: datetime) -> SwapWithdrawn:
    """Somebody takes their own open offer back."""
    offer = _open(log, number, now)
    if offer.person != person:
        raise UserError(f"Swap {number} is @{offer.person}'s, who alone can withdraw it.")
    return SwapWithdrawn(number)


def swapped(rota: Rota, number: int, person: str, now: datetime, day: datetime | None = None) -> SwapTaken:
    """Somebody takes an open offer; for the turn of theirs that begins on a ``day`` (its first instant), if named."""
    offer = open_offers(rota.log, now).get(number)
    held = rota.shifts(offer.start, offer.end) if offer else []
    if day is None:
        return taken(rota.log, number, person, held, now)
    turns = rota.shifts(day, day + timedelta(days=1))
    turn = next((one for one in turns if one.holder == person and one.start >= day), None)
    if turn is None:
        raise UserError(f"No turn of @{person} begins on {day:%Y-%m-%d}: see the preview of turns.")
    return taken(rota.log, number, person, [*held, turn], now, (turn.start, turn.end))


def away(person: str, first: date, last: date, today: date, because: str) -> WentAway:
    """Somebody is away from the first day to the last, both included."""
    if last < first:
        raise UserError(f"{last} is before {first}: name the first day, then the last.")
    if last < today:
        raise UserError(f"{last} is past: name days that are to come.")
    return WentAway(person, first, last, because.strip() or "time off")


def returned(log: Sequence[LogEntry], number: int, person: str) -> CameBack:
    """An absence of somebody's own, by its number in the log, does not take place."""
    known = absences(log).get(number)
    if known is None or known.person != person:
        raise UserError(f"@{person} has no absence {number}: the rotation’s log shows the numbers.")
    return CameBack(number)


def covered(person: str, start: datetime, end: datetime, held: Sequence[Shift], now: datetime) -> Covered:
    """Somebody is on duty in a stretch that is not over, whoever's turn it is; ``held``: who has it now.

    What has passed of it stays as it was: the stretch begins now at the earliest.
    """
    _is_to_come(start, end, now, running=True)
    start = max(start, now)
    held = [shift for shift in held if shift.end > start]
    if not held:
        raise UserError("No turn runs then, and there is nothing to cover: see the preview of turns.")
    if all(shift.holder == person for shift in held):
        raise UserError(f"@{person} is on duty then already, and there is nothing to cover: see the preview of turns.")
    return Covered(person, start, end)


def _open(log: Sequence[LogEntry], number: int, now: datetime) -> SwapOffered:
    offers = open_offers(log, now)
    if number in offers:
        return offers[number]
    whose = {entry.number: entry for entry in log if isinstance(entry.what, SwapOffered)}
    if number not in whose:
        raise UserError(f"There is no swap {number}: the rotation’s log shows what there is.")
    for entry in log:
        match entry.what:
            case SwapTaken(offer=ended, person=by) if ended == number:
                raise UserError(f"@{by} has taken swap {number} already: the preview of turns shows who is on duty.")
            case SwapWithdrawn(offer=ended) if ended == number:
                raise UserError(f"@{entry.by} has withdrawn swap {number}.")
            case _:
                pass
    raise UserError(f"Swap {number} is over: what is past cannot be swapped.")


def _is_to_come(start: datetime, end: datetime, now: datetime, *, running: bool = False) -> None:
    if end <= start:
        raise UserError("The end has to come after the start.")
    if end <= now or (start < now and not running):
        raise UserError("That is past, and who was on duty then stays as it was: name hours that are to come.")


def _meet(one: Shift | SwapOffered, start: datetime, end: datetime) -> bool:
    return one.start < end and one.end > start
