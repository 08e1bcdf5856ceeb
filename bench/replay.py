"""A year of the demo team with Handrail at work in it every day, at all hours, and every rule in mode ``apply``."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figures import Figure
from bench.files import CACHE
from bench.replay_checks import EXPECTED, doubled, fought, left, mentioned, too_loud, unended
from bench.replayed import Replay
from bench.seasoned import Seasoned
from handrail.demo import NOW, DemoTeam
from handrail.handbook.compiled import read
from handrail.rules.catalogue import whole_handbook

SIZE, QUICK_SIZE = 1_000, 300
DAYS, QUICK_DAYS = 365, 60
HOURS = 5
"""By so many hours later is each day's round, so that it comes at all hours."""


def replay(say: Callable[[str], None], *, quick: bool) -> Iterator[Figure]:
    """What a year costs, and how loud it is. Raises RuntimeError for what may never be."""
    size, days = (QUICK_SIZE, QUICK_DAYS) if quick else (SIZE, DAYS)
    handbook = read(None, CACHE, whole_handbook)
    begins = NOW.replace(hour=0, minute=0) - timedelta(days=days)
    with (
        TemporaryDirectory() as folder,
        Replay(Seasoned(DemoTeam(size)), handbook, Path(folder) / "store", begins) as year,
    ):
        for day in range(days):
            found = year.step(begins + timedelta(days=day, hours=HOURS * day % 24))
            if day % 30 == 0:
                say(f"replay: {found.plan.at:%Y-%m-%d %H:%M}, {year.figures.fates['done']:,} actions so far")
        year.until_quiet(rounds=5, days=14)
        stays, writes = left(year.evaluated(), year.store.journal.known(year.gitlab.world.now)), year.figures.writes
        year.step(year.gitlab.world.now)
        records = year.store.journal.records()
        world = year.gitlab.world
        open_items = sum(entry.item.state == "opened" for entry in world.each())
        wrong = [
            *too_loud(year.said, year.handbook),
            *doubled(world),
            *fought(world, records),
            *unended(records),
            *(f"{rule}/{code} stays: {why}" for (rule, code), whys in stays.items() for why in whys - EXPECTED),
        ]
        if year.figures.writes > writes:
            wrong.append("a round in which nothing had changed wrote something")
        if wrong:
            raise RuntimeError("the replay has found what may not be: " + "; ".join(wrong))
        yield from _figures(f"{days} days of {size:,} items, {open_items:,} open at the end, a round a day", year)


def _figures(group: str, year: Replay) -> Iterator[Figure]:
    figures, people = year.figures, year.handbook.people
    rounds = figures.rounds
    yield Figure(group, "reading what changed", figures.seconds["reading"] / rounds, "s", note="a round")
    yield Figure(group, "deciding and applying", figures.seconds["acting"] / rounds, "s", note="a round")
    requests = sum(figures.requests.values())
    yield Figure(group, "requests", requests / rounds, "", note=f"a round; {requests:,} in all")
    kinds = ", ".join(f"{count:,} {kind}" for kind, count in figures.done.most_common())
    yield Figure(group, "actions", figures.done.total(), "", note=kinds)
    others = ", ".join(f"{count:,} {fate}" for fate, count in figures.fates.items() if fate != "done")
    yield Figure(group, "left out or failed", figures.fates.total() - figures.fates["done"], "", note=others)
    heard = Counter(name for one in year.said if not one.edits for name in mentioned(one.body) if name in people)
    most = heard.most_common(1)[0] if heard else ("nobody", 0)
    each = sum(heard.values()) / len(people) / rounds
    yield Figure(group, "comments for a person", each, "a day", note=f"most for {most[0]}: {most[1] / rounds:.2f}")
    held = figures.held_back
    yield Figure(group, "comments held back", held / rounds, "", note="a round, by hours and quotas")
