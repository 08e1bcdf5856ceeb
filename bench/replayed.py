"""The demo team's days once more, with Handrail at work in them.

A stand-in holds what people did up to a moment, and what Handrail did before it; then comes one round, as a timer would
begin it, and the next moment.

People answer what Handrail does, since the demo's histories cannot: by lot, the same on every machine, they take back
some of it, say of some that it does not fit, and take and close most of the issues that it opens.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from heapq import heappop, heappush
from itertools import groupby
from pathlib import Path
from time import perf_counter
from types import TracebackType
from typing import Self
from urllib.parse import unquote

from msgspec import structs

from bench.lived import item_at, lived
from bench.lots import lot
from handrail.engine.assemble import assemble
from handrail.engine.evaluate import Evaluation, evaluate
from handrail.engine.run import Round, run_once
from handrail.engine.sync import sync
from handrail.gitlab.connection import Connection
from handrail.gitlab.histories import Team as Known
from handrail.gitlab.reader import Reader
from handrail.gitlab.sources import Source
from handrail.gitlab.writer import Writer
from handrail.handbook.schema import Handbook
from handrail.model.facts import Facts, Team, is_wanted
from handrail.model.history import Deed, Event
from handrail.model.items import Item
from handrail.plan.letters import marked
from handrail.rules.catalogue import rules
from handrail.store.database import Store
from handrail.store.upstream import Copy
from handrail.worktime import release_calendar
from handrail.worktime.public_holidays import public_holidays
from standin import API_TOKEN, StandIn, running
from standin.access import READER

GROUP = "gitlab-org"
"""What is read: everything of the demo team is in it."""
_NOTE = re.compile(
    r"/api/v4/projects/(?P<project>[^/]+)/(?P<kind>issues|merge_requests)/(?P<iid>\d+)/notes(?P<edits>/\d+)?"
)


@dataclass(frozen=True)
class Said:
    """A comment as it was sent to GitLab: when, on what, and whether it took the place of an earlier text."""

    at: datetime
    subject: str
    body: str
    edits: bool = False


@dataclass
class Figures:
    """What it came to."""

    rounds: int = 0
    requests: Counter[str] = field(default_factory=Counter)
    """By method; GraphQL's under its own name."""
    fates: Counter[str] = field(default_factory=Counter)
    done: Counter[str] = field(default_factory=Counter)
    """Actions by kind."""
    held_back: int = 0
    """Comments that the noise budget held back, counted again in each round."""
    seconds: dict[str, float] = field(default_factory=lambda: {"people": 0.0, "reading": 0.0, "acting": 0.0})

    @property
    def writes(self) -> int:
        """Requests that may change something."""
        return self.requests["POST"] + self.requests["PUT"]


class Moment:
    """Facts as they were at a moment. Implements ``model.facts.Facts``."""

    def __init__(self, facts: Facts, at: datetime) -> None:
        self._team = facts.team()
        self.at = at
        self.told = {item.ref: (item, tuple(events)) for item, events in facts.items(histories=True, closed=True)}
        """Every item there ever is, as it is in the end."""

    def team(self) -> Team:
        """All of the team, and the pipelines that had finished."""
        done = tuple(run for run in self._team.pipelines if run.finished_at <= self.at)
        return replace(self._team, now=self.at, pipelines=done)

    def items(
        self, *, histories: bool, closed: bool, closed_since: datetime | None = None
    ) -> Iterator[tuple[Item, Sequence[Event]]]:
        """What was there; see ``Facts``."""
        for item, events in self.told.values():
            then = item_at(item, events, self.at)
            if then is not None and is_wanted(then, closed=closed, closed_since=closed_since):
                yield then, [event for event in events if event.at <= self.at] if histories else ()

    def history(self, ref: str) -> Sequence[Event]:
        """One item's events until then."""
        return [event for event in self.told[ref][1] if event.at <= self.at] if ref in self.told else ()


def let_loose(handbook: Handbook, team: Team) -> Handbook:
    """The handbook with the team's people, every rule in mode ``apply``, and no bound on what is applied at once."""
    rules_of = {name: {**handbook.rules.get(name, {}), "mode": "apply"} for name in {**handbook.rules, **rules()}}
    acting = replace(handbook.acting, most_actions=1_000_000, most_share=1.0)
    return replace(handbook, people=dict(team.people), rules=rules_of, acting=acting)


class Replay:
    """Part of the facts' time, round by round, on a stand-in of its own. To be closed like a file."""

    def __init__(self, facts: Facts, handbook: Handbook, store: Path, begins: datetime) -> None:
        moment = Moment(facts, begins)
        self.team = facts.team()
        self.handbook = let_loose(handbook, self.team)
        self.figures = Figures()
        self.said: list[Said] = []
        self._told = moment.told
        self._answers: dict[str, list[Event]] = {}
        self._heard: set[int] = set()
        self._known: set[str] = set()
        self._coming: list[tuple[datetime, str]] = []
        for ref, (item, events) in self._told.items():
            for at in {item.created_at, *(event.at for event in events)}:
                if at > begins:
                    heappush(self._coming, (at, ref))
        self._runs = [run for run in self.team.pipelines if run.finished_at > begins]
        self._published = sorted(self.team.published, key=lambda one: one.seen)
        self._running = running(moment, per_minute=None)
        self.gitlab: StandIn = self._running.__enter__()
        self._known.update(self.gitlab.world.entries)
        for item, _ in self._told.values():
            if item.sigil == "#":
                self.gitlab.world.reserve(item.project, max(item.iid, self.gitlab.world.next_iid(item.project) - 1))
        self.store = Store.open(store)
        self._connection = Connection(self.gitlab.url, API_TOKEN)
        self.store.read_from(self._connection.origin)

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop the stand-in."""
        self._connection.close()
        self.store.close()
        self._running.__exit__(kind, error, trace)

    def step(self, now: datetime) -> Round:
        """Let time pass until then, and have a round."""
        figures, started = self.figures, perf_counter()
        self._pass(now)
        self._read_upstream(now)
        passed = perf_counter()
        reader = Reader(self._connection, Known.of(self.handbook))
        report = sync(reader, self.store, [Source(GROUP)])
        assert not report.problems, report.problems
        read = perf_counter()
        found = run_once(self.handbook, reader, Writer(self._connection), self.store, now, public_holidays)
        acted = perf_counter()
        for part, seconds in (("people", passed - started), ("reading", read - passed), ("acting", acted - read)):
            figures.seconds[part] += seconds
        figures.rounds += 1
        figures.held_back += len(found.unsaid)
        figures.fates.update(one.fate for one in found.applied.outcomes)
        figures.done.update(one.action.kind for one in found.applied.outcomes if one.fate == "done")
        self._listen(now)
        self._answer()
        return found

    def until_quiet(self, rounds: int, days: int) -> None:
        """So many rounds a day, until at this hour of a day nothing is planned and nothing waits for anybody's hours.

        Raises RuntimeError if there is something to do on each of so many ``days``.
        """
        for _ in range(days):
            later = [self.step(self.gitlab.world.now + timedelta(days=1) / rounds) for _ in range(rounds)]
            plan = later[-1].plan
            if not plan.actions and not any(one.until for one in plan.refused):
                return
        raise RuntimeError(f"there was something to do on each of {days} days")

    def evaluated(self) -> Evaluation:
        """What is found and planned now, on the stored facts."""
        now = self.gitlab.world.now
        snapshot = assemble(self.store.facts(now), self.handbook, None, public_holidays, closed=True)
        return evaluate(snapshot, self.handbook, self.store.journal.known(now))

    def _read_upstream(self, now: datetime) -> None:
        """What came out upstream since the last moment, and what of it our releases have by now."""
        new = [one for one in self._published if one.seen <= now]
        self._published = self._published[len(new) :]
        for product, told in groupby(sorted(new, key=lambda one: one.product), key=lambda one: one.product):
            self.store.copies.keep(Copy(product, tried_at=now, read_at=now), list(told))
        self.store.evidence.state([one for one in self.team.support if self._is_out(one.milestone, now)], ())

    def _is_out(self, milestone: str, now: datetime) -> bool:
        known = release_calendar.milestone(milestone)
        return known is not None and known.release <= now.date()

    # --- people ------------------------------------------------------------------------------------------

    def _pass(self, now: datetime) -> None:
        """What people have done since the last moment, on the stand-in."""
        world = self.gitlab.world
        world.advance(now)
        world.run(run for run in self._runs if run.finished_at <= now)
        self._runs = [run for run in self._runs if run.finished_at > now]
        changed: dict[str, None] = {}
        while self._coming and self._coming[0][0] <= now:
            changed[heappop(self._coming)[1]] = None
        for ref in changed:
            self._put(ref, now)

    def _put(self, ref: str, now: datetime) -> None:
        """An item as both sides have made it."""
        world = self.gitlab.world
        entry = world.entries.get(ref)
        ours = [event for event in entry.events if event.by == READER] if entry else []
        if entry is None or not entry.listed:  # not there yet, or no more than named
            item, theirs = self._told[ref]
        else:
            item, theirs = self._told.get(ref, (entry.item, ()))
            kept = {name: getattr(entry.item, name) for name in _UNDATED if hasattr(entry.item, name)}
            item = structs.replace(item, **kept)
        events = lived([*theirs, *self._answers.get(ref, ())], ours)
        then = item_at(item, events, now)
        if then is not None:
            world.put(then, [event for event in events if event.at <= now])

    def _answer(self) -> None:
        """What people will do about what was done just now."""
        for entry in self.gitlab.world.entries.values():
            if entry.updated_at < self.gitlab.world.now:
                continue
            ref = entry.item.ref
            if ref not in self._told and ref not in self._known:
                self._known.add(ref)
                self._take(entry.item)
            for event in entry.events:
                if event.by == READER and id(event) not in self._heard:
                    self._heard.add(id(event))
                    self._object(entry.item, event)
                    written = entry.note_of(event)
                    if written is not None:
                        self._disagree(entry.item, event, written.body)

    def _take(self, item: Item) -> None:
        """Two of three issues that we opened are taken and closed."""
        if lot(item.ref) % 3:
            people = sorted(name for name, person in self.team.people.items() if person.is_engineer)
            who = people[lot(item.ref, "who") % len(people)]
            at = item.created_at
            self._will(item.ref, at + timedelta(days=2, minutes=7), who, "assigned", who)
            self._will(item.ref, at + timedelta(days=9, minutes=7), who, "commented")
            self._will(item.ref, at + timedelta(days=9, minutes=8), who, "closed")

    def _object(self, item: Item, event: Event) -> None:
        """One of seven changes of ours is taken back."""
        opposite = _OPPOSITES.get(event.did)
        if opposite is None or lot(item.ref, event.did, event.value) % 7:
            return
        self._will(item.ref, event.at + timedelta(days=1, minutes=11), self._whose(item), opposite, event.value)

    def _disagree(self, item: Item, event: Event, body: str) -> None:
        """Of one in nine comments of ours somebody says that it does not fit."""
        rule, topic = marked(body) or ("", "")
        if lot(item.ref, rule, topic) % 9 == 0:
            at, who = event.at + timedelta(hours=5), self._whose(item)
            self._will(item.ref, at, who, "commented")
            self._will(item.ref, at, who, "commanded", f"not-applicable {rule} because we have talked about it")

    def _whose(self, item: Item) -> str:
        people = [name for name in (*item.assignees, item.author) if name in self.team.people]
        return people[0] if people else min(self.team.people)

    def _will(self, ref: str, at: datetime, by: str, did: Deed, value: str = "") -> None:
        value = "" if did == "reopened" else value
        self._answers.setdefault(ref, []).append(Event(at, by, did, value))
        heappush(self._coming, (at, ref))

    # --- what was asked of the stand-in --------------------------------------------------------------------

    def _listen(self, now: datetime) -> None:
        """Count the requests, and keep the comments among them as they were sent."""
        for one in self.gitlab.requests:
            self.figures.requests["GraphQL" if one.path == "/api/graphql" else one.method] += 1
            match = _NOTE.fullmatch(one.path)
            if match and one.method in {"POST", "PUT"} and one.status < 300:
                mark = "#" if match["kind"] == "issues" else "!"
                subject = f"{unquote(match['project'])}{mark}{match['iid']}"
                self.said.append(Said(now, subject, str(one.variables["body"]), bool(match["edits"])))
        self.gitlab.requests.clear()


_UNDATED = ("title", "related", "blocks", "blocked_by")
"""What no event tells of: it stays as it is on the stand-in."""
_OPPOSITES: Mapping[Deed, Deed] = {
    "label_added": "label_removed",
    "assigned": "unassigned",
    "review_requested": "review_removed",
    "closed": "reopened",
}
