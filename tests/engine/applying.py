"""A small GitLab, a handbook and a store to apply plans to."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Literal

import standin
from handrail.engine.apply import Report, Today, apply
from handrail.engine.sync import sync
from handrail.gitlab.connection import Connection, Pace
from handrail.gitlab.reader import Reader
from handrail.gitlab.sources import Source
from handrail.gitlab.writer import Writer
from handrail.handbook.schema import Handbook
from handrail.model.actions import Action, Change, Expectation
from handrail.model.facts import Team
from handrail.model.items import Item
from handrail.model.people import Person
from handrail.model.planning import Milestone, Project
from handrail.model.plans import Plan
from handrail.plan.preconditions import expected
from handrail.store.database import Store
from handrail.testing import (
    NOW,
    PROJECT,
    Told,
    a_handbook,
    a_merge_request,
    an_epic,
    an_issue,
)

BOOK = a_handbook()
ISSUE, REVIEW, EPIC = f"{PROJECT}#1", f"{PROJECT}!2", "gitlab-org&5"
ITEMS: tuple[Item, ...] = (
    an_issue(1, "bug", "workflow::ready", title="Broken", assignees=("nadia",), milestone="19.1"),
    a_merge_request(2, "bug", title="Mend it"),
    an_issue(3, status="In dev"),
    an_issue(4, project="gitlab-org/charts/gitlab"),
    an_epic(5, "bug"),
)
FACTS = Told(
    tuple((item, ()) for item in ITEMS),
    Team(
        NOW,
        {name: Person(name.title()) for name in ("nadia", "mara", "ivo")},
        (Project(PROJECT), Project("gitlab-org/charts/gitlab")),
        (Milestone("19.1"), Milestone("19.2")),
    ),
)


@dataclass
class Desk:
    """A GitLab with those facts, what reads and writes it, and a store that was filled from it."""

    gitlab: standin.StandIn
    connection: Connection
    store: Store
    book: Handbook = BOOK

    def action(self, change: Change, subject: str = ISSUE, *expects: Expectation, **more: str) -> Action:
        """The action as a planner would make it of the facts as they are."""
        entry = self.gitlab.world.entries.get(subject)
        known = expected(change, entry.item) if entry else ()
        told = {"rule": "required_labels", "clause": "labels.team", "why": "It lacks something.", **more}
        return Action(subject=subject, change=change, expects=(*known, *expects), **told)  # type: ignore[arg-type]

    def plan(self, *actions: Action) -> Plan:
        return Plan(NOW, actions)

    def apply(
        self, plan: Plan, *, after: timedelta = timedelta(0), force: bool = False, today: Today | None = None
    ) -> Report:
        """By a reader and a writer of their own, that long after now."""
        reader, writer = Reader(self.connection), Writer(self.connection)
        return apply(plan, self.book, reader, writer, self.store, "erin", NOW + after, force=force, today=today)

    def item(self, ref: str = ISSUE) -> Item:
        return self.gitlab.world.entries[ref].item

    def stored(self, ref: str = ISSUE) -> Item:
        return next(item for item, _ in self.store.facts(NOW).items(histories=False, closed=True) if item.ref == ref)

    def events(self, ref: str = ISSUE) -> list[tuple[str, str]]:
        """What was done to the item, by us."""
        return [(event.did, event.value) for event in self.gitlab.world.entries[ref].events if event.bot]

    def notes(self, ref: str = ISSUE) -> list[str]:
        return [note.body for note in self.gitlab.world.entries[ref].written]

    def writes(self) -> list[str]:
        """What was written since the log was cleared."""
        return [
            f"{one.method} {one.path}"
            for one in self.gitlab.requests
            if one.method in {"PUT", "POST"} and one.path != "/api/graphql"
        ]


@contextmanager
def a_desk(
    where: str | Path,
    *,
    tier: Literal["premium", "free"] = "premium",
    token: str = standin.API_TOKEN,
    gitlab: standin.StandIn | None = None,
) -> Iterator[Desk]:
    """A desk with a store at ``where``, at a GitLab of its own unless one is given."""
    waits: list[float] = []
    with ExitStack() as stack:
        served = gitlab or stack.enter_context(standin.running(FACTS, tier=tier, per_minute=None))
        store = stack.enter_context(Store.open(where))
        connection = Connection(served.url, token, Pace(waits.append, lambda: 1.0), timeout=5)
        stack.callback(connection.close)
        sync(Reader(connection), store, [Source("gitlab-org")])
        served.requests.clear()
        yield Desk(served, connection, store)
