"""A store of facts that no GitLab told, such as the demo team's: as if they had been read, and ready to be acted on."""

from collections.abc import Iterable
from datetime import datetime
from itertools import chain

from handrail.model.facts import Facts
from handrail.model.items import Item
from handrail.model.reading import Account, Page, Read, Surroundings
from handrail.store.database import Store
from handrail.store.upstream import Copy

NOWHERE = "no GitLab"
"""What such a store says that it was read from."""


def fill(store: Store, facts: Facts) -> None:
    """Write all of the facts into an empty store: items with their histories, what is around them, what people did.

    Of issues that we opened nothing is known there, since the journal tells of those.
    """
    team = facts.team()
    store.read_from(NOWHERE)
    accounts = tuple(Account(name, person.name) for name, person in team.people.items())
    around = Surroundings(NOWHERE, team.now, accounts, team.projects, team.milestones, team.pipelines)
    store.write_surroundings(around)
    every = facts.items(histories=True, closed=True)
    reads = tuple(Read(item, tuple(events), _updated(item, (one.at for one in events))) for item, events in every)
    store.write_page(Page(NOWHERE, "all", reads, None, team.now))
    for rotation, log in team.duty.items():
        store.duty.keep(rotation, log)
    for one in team.asked:
        store.asked.add(one)
    for request in team.requests:
        store.said.add_request(request)
    for product in sorted({one.product for one in team.published}):
        news = [one for one in team.published if one.product == product]
        store.copies.keep(Copy(product, NOWHERE, "", team.now, team.now), news)
    store.evidence.state(team.support, ())


def _updated(item: Item, events: Iterable[datetime]) -> datetime:
    return max(chain([item.created_at], events))
