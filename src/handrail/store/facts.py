"""The stored facts as every command reads them."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from sqlalchemy import Engine

from handrail.model.facts import Team
from handrail.model.history import Event
from handrail.model.items import Item
from handrail.model.reading import Account
from handrail.store import read
from handrail.store.calendars import all_time_off
from handrail.store.duty import all_asked, logs
from handrail.store.evidence import all_support, all_tracking
from handrail.store.failures import in_plain_words
from handrail.store.merged import with_provisional
from handrail.store.said import all_own_hours, requests
from handrail.store.upstream import all_published

_AT_ONCE = 1_000
"""Items that one query names: databases have a limit."""


class StoredFacts:
    """Facts from a store, as of ``now``. Who belongs to the team is the handbook's to say: ``team`` names nobody."""

    def __init__(self, engine: Engine, place: str, now: datetime) -> None:
        self._engine = engine
        self._place = place
        self._now = now

    def team(self) -> Team:
        """The projects, milestones and pipelines of all sources; what several of them have stands once."""
        with in_plain_words(self._place), self._engine.connect() as connection:
            found = read.all_surroundings(connection)
            duty, own, unplanned = logs(connection), all_own_hours(connection), tuple(requests(connection))
            asked, time_off = tuple(all_asked(connection, over=True)), all_time_off(connection)
            known = all_published(connection)
            supported, tracking = all_support(connection), all_tracking(connection)
        return Team(
            self._now,
            {},
            tuple({project.path: project for source in found for project in source.projects}.values()),
            tuple(dict.fromkeys(milestone for source in found for milestone in source.milestones)),
            tuple(
                {
                    (pipeline.project, pipeline.id): pipeline for source in found for pipeline in source.pipelines
                }.values()
            ),
            duty,
            own,
            unplanned,
            asked,
            published=known,
            support=supported,
            tracking=tracking,
            time_off=time_off,
        )

    def accounts(self) -> dict[str, Account]:
        """Everybody whom a reading has met, by user name."""
        with in_plain_words(self._place), self._engine.connect() as connection:
            found = read.all_surroundings(connection)
        ordered = sorted(found, key=lambda source: source.at)  # the latest word on somebody counts
        return {account.username: account for source in ordered for account in source.accounts}

    def items(
        self, *, histories: bool, closed: bool, closed_since: datetime | None = None
    ) -> Iterator[tuple[Item, Sequence[Event]]]:
        """The items, those that changed longest ago first, streamed: a reader never holds all of them."""
        with in_plain_words(self._place), self._engine.connect() as connection:
            if histories:
                yield from read.items_with_histories(connection, closed=closed, closed_since=closed_since)
            else:
                for item in read.bare_items(connection, closed=closed, closed_since=closed_since):
                    yield item, ()

    def history(self, ref: str) -> Sequence[Event]:
        """The item's events, what webhooks told since it was read included."""
        return self.histories([ref])[ref]

    def histories(self, refs: Collection[str]) -> dict[str, Sequence[Event]]:
        """The same of several items, by reference."""
        named, found = [*refs], dict[str, Sequence[Event]]()
        with in_plain_words(self._place), self._engine.connect() as connection:
            for start in range(0, len(named), _AT_ONCE):
                some = named[start : start + _AT_ONCE]
                known, provisional = read.histories_of(connection, some), read.provisional_of(connection, some)
                found |= {ref: with_provisional(known.get(ref, ()), provisional.get(ref, ())) for ref in some}
        return found
