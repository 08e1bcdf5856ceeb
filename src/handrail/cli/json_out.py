"""Decisions as JSON: the documented shapes, and printing them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from handrail.cli.aside import Note
    from handrail.model.items import Item
    from handrail.model.queue import Entry
    from handrail.rules.queue_words import Voice


def as_rows(entries: Sequence["Entry"], voice: "Voice") -> list[dict[str, object]]:
    """The entries as JSON holds them."""
    from handrail.model.items import url_of
    from handrail.model.planning import RedBranch
    from handrail.model.queue import Kept

    return [
        {
            "level": entry.level,
            "row": entry.row,
            "do": entry.do,
            "ref": entry.item.ref,
            "title": entry.item.title,
            "url": entry.item.web_url if isinstance(entry.item, RedBranch | Kept) else url_of(entry.item),
            "since": entry.since,
            "slo": {
                "state": entry.clock.state,
                "used_hours": entry.clock.used_hours,
                "limit_hours": entry.clock.limit_hours,
            }
            if entry.clock
            else None,
            "why": voice.why(entry),
            "clause": entry.clause,
        }
        for entry in entries
    ]


def as_note_rows(notes: Iterable["Note"], items: Mapping[str, "Item"]) -> list[dict[str, object]]:
    """What was not said aloud, in rows of the same shape and of no level: what is asked stands under ``why``."""
    from handrail.model.items import url_of

    return [
        {
            "level": None,
            "row": None,
            "do": "answer",
            "ref": note.subject,
            "title": items[note.subject].title if note.subject in items else "",
            "url": url_of(items[note.subject]) if note.subject in items else "",
            "since": note.since,
            "slo": None,
            "why": note.asks,
            "clause": note.clause,
        }
        for note in notes
    ]


def print_json(value: object) -> None:
    """The value as JSON on standard output, indented, one at a time."""
    import msgspec

    click.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())
