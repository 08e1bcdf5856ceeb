"""The demo's facts with some that the demo leaves out, by lot: so that in a replay more rules have something to do.

Changed files and test plans, iterations with their criteria, and authors who are asked for an answer.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from bench.lots import lot
from handrail.model.facts import Facts, Team
from handrail.model.history import Event
from handrail.model.items import Issue, Item, MergeRequest, Section

_PATHS = (
    ("config/software/postgresql.rb",),
    ("doc/installation.md", "config/patches/redis/a.patch"),
    ("spec/chef/a_spec.rb",),
    ("scripts/a.sh", "scripts/b.sh", "scripts/c.sh", "scripts/d.sh"),
)
_PLAN = Section("test plan", 12)
_CRITERIA = (Section("success criteria", 9, 1, 3), Section("success criteria", 9, 3, 3), Section("success criteria", 9))
Told = tuple[Item, Sequence[Event]]


class Seasoned:
    """Implements ``model.facts.Facts``."""

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def team(self) -> Team:
        """The same."""
        return self._facts.team()

    def items(self, *, histories: bool, closed: bool, closed_since: datetime | None = None) -> Iterator[Told]:
        """The same items with more to them; see ``Facts``."""
        for told in self._facts.items(histories=True, closed=closed, closed_since=closed_since):
            item, events = _seasoned(*told)
            yield item, events if histories else ()

    def history(self, ref: str) -> Sequence[Event]:
        """One item's events, with those that were added."""
        return next((events for item, events in self.items(histories=True, closed=True) if item.ref == ref), ())


def _seasoned(item: Item, events: Sequence[Event]) -> Told:
    if isinstance(item, MergeRequest):
        sections = (_PLAN,) if lot(item.ref, "plan") % 2 else ()
        return replace(item, changed_paths=_PATHS[lot(item.ref, "paths") % len(_PATHS)], sections=sections), events
    if not isinstance(item, Issue):
        return item, events
    more: list[Event] = []
    if lot(item.ref, "iteration") % 6 == 0:
        more.append(Event(item.created_at, item.author, "label_added", "MVC"))
        item = replace(item, sections=(_CRITERIA[lot(item.ref, "criteria") % len(_CRITERIA)],))
    if lot(item.ref, "asked") % 8 == 0:
        more += _asked(item)
    until = item.closed_at
    more = [event for event in more if until is None or event.at < until]
    labels = [event.value for event in more if event.did == "label_added"]
    labelled = replace(item, labels=tuple(sorted({*item.labels, *labels})))
    return labelled, sorted([*events, *more], key=lambda event: event.at)


def _asked(item: Item) -> Iterator[Event]:
    """Twice somebody of the team waits for an answer, and the first time there is one."""
    day = timedelta(days=1)
    now = item.created_at
    yield Event(now + 3 * day, "odile", "label_added", "awaiting feedback")
    yield Event(now + 3 * day, "odile", "commented")
    yield Event(now + 6 * day, item.author, "commented")
    yield Event(now + 40 * day, "pilar", "label_added", "awaiting feedback")
    yield Event(now + 40 * day, "pilar", "commented")
    if lot(item.ref, "answers") % 2:
        yield Event(now + 44 * day, item.author, "commented")
