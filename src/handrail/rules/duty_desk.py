"""The desk of whoever is on duty as one list: the duties in the handbook's order, then, as it allows, ordinary work."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from handrail.handbook.rotations import Duty
from handrail.model.items import Item
from handrail.model.planning import RedBranch
from handrail.model.queue import Entry, Kept
from handrail.rules.queue_words import Voice
from handrail.rules.work_queue import WorkQueue


class DeskRow(Struct, frozen=True):
    """One row: which duty it is, where it came from, and who waits for it."""

    entry: Entry
    duty: str
    """What the duty is, for people."""
    source: str
    """The way a request came, the label that calls for it, or what kind of thing it is; for people."""
    waits: str
    """A user name; nobody: ""."""
    request: int | None = None
    """The number of the request that somebody keeps about it."""
    due: datetime | None = None
    """By when an answer to that is due, as long as there is none."""

    def said(self, voice: Voice) -> str:
        """Duty, source and who waits as one line."""
        due = f"; {voice.due(self.due)}" if self.due else ""
        number = f", request {self.request}" if self.request is not None else ""
        waits = f"; {voice.name(self.waits)} waits" if self.waits else ""
        return f"{self.duty} ({self.source}{number}){waits}{due}"


def desk_rows(queue: WorkQueue, holder: str) -> Iterator[DeskRow]:
    """What stands on the holder's desk. A red default branch, which is everybody's, is not told here."""
    duties = {duty.row: duty for duty in queue.handbook.rotation.duties}
    rest = next((duty for duty in duties.values() if duty.looks_at == "queue"), None)
    for entry in queue.rank(holder):
        item, reason = entry.item, entry.reasons[0]
        if isinstance(item, RedBranch) or entry.order == 0:
            continue
        duty = rest if entry.level else duties.get(entry.row)
        if reason.code == "request":
            says = duty.says if duty else entry.row
            yield DeskRow(entry, says, ", ".join(reason.names), reason.by, reason.count, reason.due)
        elif duty is not None and not isinstance(item, Kept):
            who = item.author if duty is rest else reason.by
            nobody = who == holder or who in queue.desk.terms.bots
            yield DeskRow(entry, duty.says, _source(duty, item, entry), "" if nobody else who)


def _source(duty: Duty, item: Item, entry: Entry) -> str:
    match duty.looks_at:
        case "labels":
            return next((f"~{label}" for label in item.labels if label in duty.labels), item.project)
        case "triage":
            return "new issue"
        case "mentions":
            return "mention" if item.mentioned_since else "asked by name"
        case _:
            return entry.do
