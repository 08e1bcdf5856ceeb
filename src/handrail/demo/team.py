"""The demo team as facts: hand-written people and items, and as many generated ones as are asked for."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from random import Random

from handrail.demo import (
    births,
    cast_exceptions,
    cast_issues,
    cast_okrs,
    cast_reviews,
    cast_standing,
    fit,
    issues,
    merge_requests,
    upstream,
)
from handrail.demo.asked import asked_of_duty
from handrail.demo.calendar import DAY, END, NOW, milestones
from handrail.demo.crew import Crew
from handrail.demo.projects import pipelines, projects
from handrail.demo.rotation import ROTATION, rotation, rotation_log
from handrail.demo.slots import Slots
from handrail.demo.story import Told
from handrail.errors import UserError
from handrail.model.facts import Team, is_wanted
from handrail.model.history import Event
from handrail.model.items import Item

LEAST, MOST = 300, 1_000_000


class DemoTeam:
    """``size`` items, ``people`` people. Implements ``model.facts.Facts``; the same arguments give the same facts."""

    def __init__(self, size: int = 600, people: int = 14) -> None:
        problems = []
        if not LEAST <= size <= MOST:
            problems.append(f"The demo team has {LEAST} to {MOST:,} items, not {size:,}.")
        if not 14 <= people <= 1000:
            problems.append(f"The demo team has 14 to 1,000 people, not {people:,}.")
        if problems:
            raise UserError(*problems)
        self.size = size
        self._crew = Crew(people)
        told = (
            *cast_reviews.reviews(),
            *cast_issues.issues(),
            *cast_standing.standing_tasks(),
            *cast_okrs.okrs(),
            *cast_exceptions.exceptions(),
            *upstream.tracking(),
            *rotation(self._crew),
        )
        self._cast: dict[str, Told] = {item.ref: (item, events) for item, events in told}
        assert len(self._cast) == len(told), "two of these have one reference"
        self._slots = Slots(size - len(self._cast))
        self._births = {
            "!": births.Births(merge_requests.outlives, fit.OPEN_SHARE["!"], size),
            "#": births.Births(issues.outlives, fit.OPEN_SHARE["#"], size),
            "&": births.Births(issues.epic_outlives, fit.OPEN_SHARE["&"], size),
        }

    def team(self) -> Team:
        """People, projects, milestones, pipelines, what was asked and what came out upstream."""
        names = tuple(self._crew.people)
        duty = {ROTATION: tuple(rotation_log(self._crew))}
        asked = tuple(asked_of_duty(self._crew))
        published, support = tuple(upstream.published()), tuple(upstream.support())
        tracking = tuple(upstream.tracked())
        return Team(
            NOW, self._crew.people, projects(names), milestones(), pipelines(), duty,
            asked=asked, published=published, support=support, tracking=tracking,
        )  # fmt: skip

    def items(
        self, *, histories: bool, closed: bool, closed_since: datetime | None = None
    ) -> Iterator[tuple[Item, Sequence[Event]]]:
        """Every item once, the hand-written ones first; see ``Facts``."""
        for item, events in self._cast.values():
            if is_wanted(item, closed=closed, closed_since=closed_since):
                yield item, events if histories else ()
        rng = Random()
        for number in range(self._slots.count):
            told = self._tell(number, rng, closed=closed)
            if told is not None and is_wanted(told[0], closed=closed, closed_since=closed_since):
                yield told[0], told[1] if histories else ()

    def history(self, ref: str) -> Sequence[Event]:
        """One item's events."""
        if ref in self._cast:
            return self._cast[ref][1]
        number = self._slots.find(ref)
        told = None if number is None else self._tell(number, Random(), closed=True)
        return told[1] if told else ()

    def _tell(self, number: int, rng: Random, *, closed: bool) -> Told | None:
        line, iid, rank = self._slots.slot(number)
        kind = line[-1]
        born, opened = self._births[kind].at((number + 0.5) / self._slots.count)
        rng.seed(number * 1_000_003 + self.size)
        is_open = rng.random() < opened
        if not is_open and not closed:
            return None
        ref, project, age = f"{line}{iid}", line[:-1], (END - born) / DAY
        if kind == "!":
            return merge_requests.merge_request(
                self._crew, rng, ref, project, merge_requests.plan(rng, born, age, is_open=is_open)
            )
        if kind == "&":
            return issues.epic(self._crew, rng, ref, rank, issues.epic_plan(rng, born, age, is_open=is_open))
        return issues.issue(
            self._crew, rng, ref, project, issues.plan(rng, born, age, is_open=is_open),
            epic=self._epic(number, rng), blocker=self._slots.ref(line, int(rng.random() * rank)) if rank else None,
        )  # fmt: skip

    def _epic(self, number: int, rng: Random) -> str | None:
        """An epic that was there already."""
        before = self._slots.total["gitlab-org/distribution&"] * number // self._slots.count
        return self._slots.ref("gitlab-org/distribution&", int(rng.random() * before)) if before else None
