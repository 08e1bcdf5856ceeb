"""A handover through deaths and outages, seed by seed: in the end one issue for the week, and no request lost."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from pathlib import Path
from random import Random

import standin
from bench.deaths import (
    LEASE,
    Death,
    Run,
    Steps,
    amiss,
    begin_anew,
    die_here,
    each,
    make_template,
    opened,
    process,
    watched,
)
from bench.figures import Figure
from handrail.duty.handover import closed, commented, kept
from handrail.engine.handover import on_time
from handrail.engine.run import run_once
from handrail.engine.sync import sync
from handrail.errors import UserError
from handrail.gitlab.reader import Reader
from handrail.gitlab.sources import Source
from handrail.gitlab.writer import Writer
from handrail.model.asked import Asked, Step, after
from handrail.model.duty import Began, Happened, TurnBegan
from handrail.model.facts import Team
from handrail.model.people import Person
from handrail.model.planning import Project
from handrail.plan.letters import marker
from handrail.store.database import Store
from handrail.testing import PROJECT, Told, a_handbook, an_issue, at
from standin.world import World

SEEDS, QUICK_SEEDS = 200, 30
STEPS = 175
"""About so many steps has an undisturbed round, without reading."""
ROUNDS = 5
"""So many rounds a handover takes at most: what one opens the next may link."""
PEOPLE = {name: Person(name.title()) for name in ("ivo", "nadia", "mara")} | {
    "erin": Person("Erin", roles=("engineering_manager",))
}
BOOK = a_handbook(
    {
        **{f"rules.{rule}.mode": "off" for rule in a_handbook().rules},
        "rules.handover.mode": "apply",
        "acting.most_share": 1.0,
        "acting.noise.per_person": 20,
    },
    PEOPLE,
)
TASKS = BOOK.rotation.project
WEEK = date(2026, 6, 8)
HANDOFF = at("2026-06-08 09:00")
NOW = HANDOFF + timedelta(minutes=20)
OLD = f"{TASKS}#1"
UNDECIDED, HANDED, KEPT, CLOSED = (f"{PROJECT}#{number}" for number in (11, 12, 13, 14))
FOLLOW_UP = "Mirror the packages twice"
FACTS = Told(
    tuple(
        (item, ())
        for item in (
            an_issue(1, project=TASKS, title=BOOK.rotation.title.format(start="2026-06-01"), assignees=("ivo",)),
            *(an_issue(number, created_at=at("2026-06-03 10:00")) for number in (11, 12, 13, 14)),
        )
    ),
    Team(NOW, PEOPLE, (Project(PROJECT), Project(TASKS))),
)


def _came(title: str, ref: str = "") -> Asked:
    when = at("2026-06-03 10:00")
    return after(Asked(title, "customer", "sam", when, ref=ref), Step(when, "sam", "came", "ivo"))


def requests() -> tuple[Asked, ...]:
    """One of each fate: undecided, handed over, kept, closed, and undecided without an issue."""
    friday = at("2026-06-05 15:00")
    return (
        _came("The mirror answers 503", UNDECIDED),
        commented(_came("Upgrade stops", HANDED), "ivo", "nadia", friday, "waits for their logs"),
        kept(_came("Gitaly moves", KEPT), "ivo", friday, "half of it is done"),
        closed(_came("The disk was full", CLOSED), "ivo", friday, "made room", FOLLOW_UP),
        _came("Somebody rang"),
    )


@contextmanager
def serving() -> Iterator[standin.StandIn]:
    """A GitLab in the minute after the handoff: nothing of the handover is done."""
    with standin.running(FACTS, per_minute=None) as gitlab:
        yield gitlab


def template(gitlab: standin.StandIn, folder: Path) -> Path:
    """A store with the rotation's log, the requests, and what was read before the handoff."""
    path = make_template(gitlab, folder)
    with Store.open(path) as store:
        fill(store)
    return path


def fill(store: Store) -> None:
    """Put the rotation's log and the requests into a store."""
    first = at("2026-06-01 09:00")
    begun: list[Happened] = [Began(first.date(), ("ivo", "nadia", "mara")), TurnBegan(first, "ivo")]
    store.duty.append(BOOK.first_rotation, first, "erin", lambda _: begun)
    for one in requests():
        store.asked.add(one)


def one_round(
    url: str, where: str | Path, minutes: int, steps: Steps, timeout: float = 0.3, *, reads: bool = True
) -> int | None:
    """One run of a process, as ``handrail run --once``, that may die on its way; how much it did, if it ended.

    Unless it ``reads``, it knows of GitLab what was read before: what another began is still as it was then.
    """
    now = NOW + timedelta(minutes=minutes)
    # A UserError: GitLab is down.
    with suppress(Death, UserError), process(url, where, steps, timeout) as (store, connection):
        on_time(store, BOOK, now, lambda *_: {})
        if reads:
            sync(Reader(connection), store, [Source("gitlab-org")])
        found = run_once(BOOK, Reader(connection), Writer(connection), store, now, lambda *_: {})
        return len(found.applied.outcomes)
    return None


def problems(world: World, store: Store) -> list[str]:
    """What is not as it should be once the handover is done."""
    return [*_on_gitlab(world), *_in_the_store(store)]


def _on_gitlab(world: World) -> Iterator[str]:
    title = BOOK.rotation.title.format(start=WEEK.isoformat())
    week = [entry.item for entry in world.entries.values() if entry.item.title == title]
    if [(item.assignees, item.state) for item in week] != [(("nadia",), "opened")]:
        yield f"the week has {[(item.ref, item.assignees, item.state) for item in week]}"
    follow = [entry.item.ref for entry in world.entries.values() if entry.item.title == FOLLOW_UP]
    if len(follow) != 1:
        yield f"follow-ups: {follow}"
    if world.entries[CLOSED].linked_at.keys() != {*follow}:
        yield f"{CLOSED} is linked to {world.entries[CLOSED].linked_at.keys()}"
    comments = {OLD: 0, UNDECIDED: 1, HANDED: 1, KEPT: 0, CLOSED: 1} | {item.ref: 1 for item in week}
    for ref, count in comments.items():
        entry = world.entries[ref]
        ours = [note.body for note in entry.written if marker("handover", "").partition(":")[0] in note.body]
        closes = sum(one.did == "closed" for one in entry.events)
        if (len(ours), closes) != (count, ref in {OLD, CLOSED}):
            yield f"{ref}: {len(ours)} comments, closed {closes} times"


def _in_the_store(store: Store) -> Iterator[str]:
    turns = [one.what for one in store.duty.log(BOOK.first_rotation) if isinstance(one.what, TurnBegan)]
    if turns[1:] != [TurnBegan(HANDOFF, "nadia")]:
        yield f"turns: {turns}"
    found = store.asked.all(over=True)
    fates = [(one.owner, one.passing_to, sum(step.did == "passed" for step in one.steps)) for one in found]
    wanted = [("nadia", "", 1), ("ivo", "nadia", 0), ("ivo", "", 0), ("ivo", "", 0), ("nadia", "", 1)]
    if fates != wanted:
        yield f"requests: {fates}"
    yield from amiss(store.journal.records())


def runs(seeds: range) -> Iterator[Run]:
    """One run a seed."""
    return each(seeds, serving, template, _go)


def _go(run: Run, chance: Random, gitlab: standin.StandIn, where: Path) -> None:
    """Hand over through one to three deaths or outages, then in peace, and look."""
    begin_anew(gitlab, FACTS)
    wait, minutes = int(LEASE / timedelta(minutes=1)), 0
    for _ in range(chance.randint(1, 3)):
        down = chance.random() < 0.3
        if down:
            gitlab.fail("status", "", skip=chance.randint(0, 20), times=None, status=503)
        steps = Steps(0 if down else chance.randint(1, STEPS), die_here)
        one_round(gitlab.url, where, minutes, steps, reads=chance.random() < 0.5)
        run.struck += down
        run.deaths += steps.dead
        gitlab.heal()
        minutes += wait
    finish(gitlab, where, minutes)
    with opened(where) as store:
        run.problems = problems(gitlab.world, store)


def finish(gitlab: standin.StandIn, where: str | Path, minutes: int, *, reads: bool = True) -> None:
    """So many rounds as it takes, in peace; what GitLab refused meanwhile has rested.

    Unless it ``reads`` once more, it goes by what those that died had noted down, as ``handrail handover`` does.
    """
    for number in range(ROUNDS):
        minutes += 30
        if one_round(gitlab.url, where, minutes, Steps(), timeout=5, reads=reads and number == 0) == 0:
            return


def handover_faults(say: Callable[[str], None], *, quick: bool) -> Iterator[Figure]:
    """Many seeds; what is counted is wrong, so that nothing is best."""
    seeds = range(1, 1 + (QUICK_SEEDS if quick else SEEDS))
    say(f"handover-faults: {len(seeds):,} seeds")
    done = watched(runs(seeds), "handover-faults", say)
    wrong = sum(bool(run.problems) for run in done)
    note = f"{sum(run.deaths for run in done):,} deaths, {sum(run.struck for run in done):,} outages"
    group = f"A handover with {len(requests())} requests, through deaths and outages, {len(seeds):,} times"
    yield Figure(group, "handovers with another than one issue for the week, or a request lost", wrong, "", 0, note)
