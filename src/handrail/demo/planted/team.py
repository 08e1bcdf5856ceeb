"""The planted world as facts."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from handrail.demo.planted import (
    asked,
    branches,
    claims,
    clean,
    duties,
    labels,
    milestones,
    quarters,
    requests,
    research,
    reviews,
    rotation,
    states,
    triage,
    upstream,
)
from handrail.demo.planted.days import DAYS
from handrail.demo.planted.world import PEOPLE, Planted, World
from handrail.demo.rotation import ROTATION
from handrail.model.facts import Team, is_wanted
from handrail.model.history import Event
from handrail.model.items import Item

_PLANTERS = (
    labels.labels,
    states.states,
    claims.claims,
    claims.commands,
    duties.duties,
    quarters.quarters,
    reviews.changes,
    reviews.reviewers,
    triage.triage,
    triage.backlog,
    research.spikes,
    research.iterations,
    requests.requests,
    branches.branches,
    clean.closed_lately,
    requests.mentions,
    rotation.gaps,
    asked.asked,
    upstream.upstream,
    milestones.milestones,  # last: who is asked for news, and where, depends on all that they have
)


class PlantedTeam:
    """A world with violations in it, and ``planted``: what they are. Implements ``model.facts.Facts``.

    ``day`` is one of ``DAYS``; the same seed and day give the same facts. Without ``planting`` only what is clean.
    """

    def __init__(self, seed: int, day: str = "midway") -> None:
        world = World(seed, DAYS[day])
        clean.clean(world)
        for planter in _PLANTERS:
            planter(world)
        self.planted: tuple[Planted, ...] = tuple(world.planted)
        self._team = Team(
            world.now,
            PEOPLE,
            world.projects(),
            world.day.milestones(),
            tuple(world.pipelines),
            {ROTATION: world.log()},
            asked=tuple(world.asked),
            published=tuple(world.published),
            support=tuple(world.support),
            tracking=tuple(world.tracking),
        )
        self._told = {item.ref: (item, events) for item, events in (life.told() for life in world.lives)}

    def team(self) -> Team:
        """People, projects, milestones, pipelines, and what came out upstream."""
        return self._team

    def items(
        self, *, histories: bool, closed: bool, closed_since: datetime | None = None
    ) -> Iterator[tuple[Item, Sequence[Event]]]:
        """Every item once; see ``Facts``."""
        for item, events in self._told.values():
            if is_wanted(item, closed=closed, closed_since=closed_since):
                yield item, events if histories else ()

    def history(self, ref: str) -> Sequence[Event]:
        """One item's events."""
        return self._told[ref][1] if ref in self._told else ()
