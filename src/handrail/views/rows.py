"""Queues as JSON holds them, on the command line and over HTTP."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from handrail.model.clocks import Clock, ClockState
from handrail.model.duty import Shift
from handrail.model.items import Item, url_of
from handrail.model.planning import RedBranch
from handrail.model.queue import Entry, Kept, Subject, TriageFinding, Waiting
from handrail.rules.duty_desk import DeskRow
from handrail.rules.queue_words import Voice
from handrail.views.aside import Note


class Slo(Struct, frozen=True):
    """How much of a clock is used, in business hours."""

    state: ClockState
    used_hours: float
    limit_hours: float

    @classmethod
    def of(cls, clock: Clock | None) -> "Slo | None":
        """A clock's; None where none runs."""
        return cls(clock.state, clock.used_hours, clock.limit_hours) if clock else None


class Row(Struct, frozen=True):
    """A row of a queue. What was not said aloud to the person has no level and no row: ``why`` is what is asked."""

    level: int | None
    row: str | None
    do: str
    ref: str
    title: str
    url: str | None
    since: datetime
    slo: Slo | None
    why: str
    clause: str


def as_rows(entries: Sequence[Entry], voice: Voice) -> list[Row]:
    """The entries as JSON holds them."""
    return [
        Row(
            entry.level,
            entry.row,
            entry.do,
            entry.item.ref,
            entry.item.title,
            address_of(entry.item),
            entry.since,
            Slo.of(entry.clock),
            voice.why(entry),
            entry.clause,
        )
        for entry in entries
    ]


def address_of(subject: Subject) -> str | None:
    """Where a row's subject is to be seen; None for a request that came without an address."""
    return subject.web_url if isinstance(subject, RedBranch | Kept) else url_of(subject)


def as_note_rows(notes: Iterable[Note], items: Mapping[str, Item]) -> list[Row]:
    """What was not said aloud, in rows of the same shape."""
    found = []
    for note in notes:
        item = items.get(note.subject)
        title, url = (item.title, url_of(item)) if item else ("", "")
        found.append(Row(None, None, "answer", note.subject, title, url, note.since, None, note.asks, note.clause))
    return found


class WaitingRow(Struct, frozen=True):
    """Work of ``people`` that somebody else has to move first: ``on`` are user names or references."""

    ref: str
    title: str
    url: str
    people: tuple[str, ...]
    on: tuple[str, ...]
    since: datetime
    why: str


def as_waiting_rows(found: Iterable[Waiting], voice: Voice) -> list[WaitingRow]:
    """What waits for others as JSON holds it."""
    return [
        WaitingRow(one.item.ref, one.item.title, url_of(one.item), one.people, one.on, one.since, voice.waits(one))
        for one in found
    ]


class UnfitRow(Struct, frozen=True):
    """An item that fits no row of the table, and what it lacks for one."""

    ref: str
    title: str
    url: str
    since: datetime
    lacks: tuple[str, ...]
    clause: str


def as_unfit_rows(found: Iterable[TriageFinding]) -> list[UnfitRow]:
    """What fits no row as JSON holds it."""
    return [
        UnfitRow(one.item.ref, one.item.title, url_of(one.item), one.item.created_at, one.lacks, one.clause)
        for one in found
    ]


class OnDuty(Struct, frozen=True):
    """A turn of duty; no holder: it is nobody's."""

    holder: str | None
    start: datetime
    end: datetime

    @classmethod
    def of(cls, shift: Shift | None) -> "OnDuty | None":
        """A shift's; None where nobody knows."""
        return cls(shift.holder or None, shift.start, shift.end) if shift else None


class DutyRow(Struct, frozen=True):
    """A row of the duty desk: ``source`` is where it comes from, ``waits`` who waits, ``request`` its number."""

    duty: str
    source: str
    waits: str
    request: int | None
    due: datetime | None
    level: int | None
    row: str | None
    ref: str
    title: str
    url: str | None
    since: datetime
    clause: str


def as_desk_rows(rows: Sequence[DeskRow], voice: Voice) -> list[DutyRow]:
    """The duty desk as JSON holds it."""
    facts = as_rows([row.entry for row in rows], voice)
    return [
        DutyRow(
            row.duty,
            row.source,
            row.waits,
            row.request,
            row.due,
            fact.level,
            fact.row,
            fact.ref,
            fact.title,
            fact.url,
            fact.since,
            fact.clause,
        )
        for row, fact in zip(rows, facts, strict=True)
    ]
