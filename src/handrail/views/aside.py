"""What stands beside a person's queue: items that they have put off, and words that were not said to them aloud."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from handrail.model.actions import Comment
from handrail.model.journal import Snooze

if TYPE_CHECKING:
    from handrail.model.queue import Entry
    from handrail.rules.queue_words import Voice
    from handrail.store.database import Store


KEPT = timedelta(days=7)
"""How long a note stands without a plan that says it again, and how long it is told why something was put off."""


class Note(NamedTuple):
    """What would have been said to somebody on GitLab, of a subject; since when it is kept, and by which clause."""

    subject: str
    asks: str
    since: datetime
    clause: str


@dataclass(frozen=True)
class Aside:
    """What is put off, and what came back of it lately, by reference; and what was not said aloud to the person."""

    snoozed: Mapping[str, Snooze] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    returned: Mapping[str, Snooze] = field(default_factory=dict)

    def without_snoozed(self, entries: Sequence["Entry"]) -> list["Entry"]:
        """The entries that the person wants to see now. Level 0 is never put off."""
        return [entry for entry in entries if entry.level == 0 or entry.item.ref not in self.snoozed]

    def snoozed_words(self, voice: "Voice") -> list[tuple[str, str]]:
        """The reference of each that is put off, until when and why; the first to come back first."""
        those = sorted(self.snoozed.values(), key=lambda one: one.until)
        return [(one.ref, f"until {voice.instant(one.until)[:-6]}: {one.because}") for one in those]


NOTHING_ASIDE = Aside()


def aside_of(store: "Store", username: str, now: datetime) -> Aside:
    """What somebody has put aside, and what was kept from being said to them."""
    unsaid = [record for record in store.journal.proposed() if record.why and record.proposed_at > now - KEPT]
    notes = [
        Note(action.subject, action.change.asks, record.proposed_at, action.clause)
        for record in unsaid
        if isinstance((action := record.action).change, Comment) and username in action.change.to
    ]
    said = store.said.snoozed(now - KEPT, username)
    snoozed, returned = ({one.ref: one for one in said if (one.until > now) is still} for still in (True, False))
    return Aside(snoozed, tuple(notes), returned)
