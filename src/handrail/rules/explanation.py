"""Why an item is, or is not, in somebody's queue: every row considered, and the clock with its pauses."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct

from handrail.handbook.work import Row
from handrail.model.history import Event
from handrail.model.items import Item
from handrail.model.queue import Entry
from handrail.rules.terms import Misfit
from handrail.rules.verdict import Place, Verdict
from handrail.rules.work_queue import EVERYBODY, WorkQueue


class RowConsidered(Struct, frozen=True):
    """A row of the table and why it does not fit; no misfits: it fits, and ``decides`` if no other fits lower."""

    row: Row
    misfits: tuple[Misfit, ...]
    decides: bool


class Stretch(Struct, frozen=True):
    """A part of a clock's time: "counted", "earlier round", "author’s turn", or why it did not count."""

    start: datetime
    end: datetime
    what: str


class Explanation(Struct, frozen=True):
    """What ``explain`` shows: the verdict, the person's entry if they have one, the rows, the clock's stretches."""

    item: Item
    person: str
    verdict: Verdict
    entry: Entry | None
    rows: tuple[RowConsidered, ...]
    stretches: tuple[Stretch, ...]
    deadline: datetime | None


def explain(queue: WorkQueue, item: Item, person: str, history: Sequence[Event]) -> Explanation:
    """Everything considered about an open item for a person; ``history`` tells the earlier rounds of its review."""
    verdict = queue.consider(item)
    place = next((place for place in verdict.places if _has(queue, place, person)), None)
    entry = place.entry if place else None
    standing = (place.standing if place else None) or verdict.standing
    rows = []
    for row in queue.handbook.work_queue.table:
        decides = entry is not None and entry.row == row.row
        if standing is None:
            misfits = [Misfit("stage", row.stage, "")]
        else:
            misfits = queue.desk.terms.misfits(row, standing)
            if entry is None:
                misfits.append(Misfit("person", row.do, ""))
        rows.append(RowConsidered(row, tuple(misfits), decides))
    shown = entry or (verdict.places[0].entry if verdict.places else None)
    if shown is None or shown.clock is None:
        return Explanation(item, person, verdict, entry, tuple(rows), (), None)
    clock = shown.clock
    calendar = queue.snapshot.calendars[clock.whose]
    now = queue.snapshot.now
    stretches = _rounds(clock.whose, history, clock.start) + _counted(queue, clock.start, now, clock.whose)
    deadline = calendar.after(clock.start, clock.limit)
    return Explanation(item, person, verdict, entry, tuple(rows), tuple(stretches), deadline)


def _has(queue: WorkQueue, place: Place, person: str) -> bool:
    if place.pool is None:
        return person in place.people
    known = queue.snapshot.people.get(person)
    if known is None or person in place.but:
        return False
    return place.pool == EVERYBODY or (known.is_engineer and (place.pool == "" or place.pool in known.groups))


def _counted(queue: WorkQueue, start: datetime, end: datetime, whose: str) -> list[Stretch]:
    found = []
    at = start
    for pause in queue.snapshot.calendars[whose].pauses(start, end):
        if pause.start > at:
            found.append(Stretch(at, pause.start, "counted"))
        found.append(Stretch(pause.start, pause.end, pause.why))
        at = pause.end
    if at < end:
        found.append(Stretch(at, end, "counted"))
    return found


def _rounds(reviewer: str, history: Sequence[Event], start: datetime) -> list[Stretch]:
    """The reviewer's rounds before the clock's start: asked until answered, then the author's turn until re-asked."""
    found: list[Stretch] = []
    asked: datetime | None = None
    answered: datetime | None = None
    for event in history:
        if event.at > start:
            break
        if event.did == "review_requested" and event.value == reviewer:
            if answered is not None:
                found.append(Stretch(answered, event.at, "author’s turn"))
            asked, answered = event.at, None
        elif event.by == reviewer and asked is not None and answered is None and _answers(event):
            found.append(Stretch(asked, event.at, "earlier round"))
            answered = event.at
    return found


def _answers(event: Event) -> bool:
    """As ``model.derive`` counts them: a bot's notes in somebody's name answer nothing."""
    return event.did in {"reviewed", "approved", "unapproved"} or (event.did == "commented" and not event.bot)
