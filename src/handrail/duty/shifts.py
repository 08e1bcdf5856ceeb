"""Who is on duty when: the turns, with what people agreed on in between laid over them in the order of the log."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from msgspec.structs import replace

from handrail.model.duty import Covered, LogEntry, Shift, SwapOffered, SwapTaken, SwapWithdrawn, Turn


class Agreed(NamedTuple):
    """A stretch in which somebody stands in: for one person, or for whoever's turn it is."""

    number: int
    start: datetime
    end: datetime
    person: str
    instead_of: str | None = None


def agreements(log: Iterable[LogEntry]) -> list[Agreed]:
    """Cover and the swaps that were taken, oldest first."""
    offers: dict[int, SwapOffered] = {}
    found: list[Agreed] = []
    for entry in log:
        match entry.what:
            case Covered(person, start, end):
                found.append(Agreed(entry.number, start, end, person))
            case SwapOffered():
                offers[entry.number] = entry.what
            case SwapTaken(number, person, start, end) if number in offers:
                offer = offers[number]
                found.append(Agreed(entry.number, offer.start, offer.end, person, offer.person))
                if start and end:
                    found.append(Agreed(entry.number, start, end, offer.person, person))
            case _:
                pass
    return found


def open_offers(log: Iterable[LogEntry], now: datetime) -> Mapping[int, SwapOffered]:
    """Offers that somebody can still take, by their number: neither taken, withdrawn nor over."""
    found: dict[int, SwapOffered] = {}
    for entry in log:
        match entry.what:
            case SwapOffered(end=end) if end > now:
                found[entry.number] = entry.what
            case SwapTaken(offer=number) | SwapWithdrawn(offer=number):
                found.pop(number, None)
            case _:
                pass
    return found


def shifts(turns: Iterable[Turn], agreed: Sequence[Agreed]) -> list[Shift]:
    """Who is on duty when over the turns, ascending and without holes; the latest agreement holds."""
    found = [Shift(turn.start, turn.end, turn.holder) for turn in turns]
    for one in agreed:
        found = [part for shift in found for part in _laid_over(shift, one)]
    joined: list[Shift] = []
    for shift in found:
        last = joined[-1] if joined else None
        if last and shift.agreed and (last.agreed, last.holder) == (shift.agreed, shift.holder):
            both = last.instead_of if last.instead_of == shift.instead_of else ""
            joined[-1] = replace(last, end=shift.end, instead_of=both)
        else:
            joined.append(shift)
    return joined


def _laid_over(shift: Shift, one: Agreed) -> Iterator[Shift]:
    start, end = max(shift.start, one.start), min(shift.end, one.end)
    meant = one.instead_of in {None, shift.holder} and one.person != shift.holder
    if start >= end or not meant:
        yield shift
        return
    if shift.start < start:
        yield replace(shift, end=start)
    whose = shift.instead_of or shift.holder
    yield Shift(start, end, one.person, whose if whose != one.person else "", one.number)
    if end < shift.end:
        yield replace(shift, start=end)
