"""Spikes without a label, a type, an end or an outcome; iterations that go on and on."""

from datetime import datetime, timedelta

from handrail.demo.planted.days import RELEASES
from handrail.demo.planted.lives import Life
from handrail.demo.planted.world import BOT, World, after
from handrail.demo.projects import OMNIBUS
from handrail.model.items import Section, Version

RULE = "spikes"


def spikes(world: World) -> None:
    """All of them, and what looks like one."""
    for word in world.rng.sample(("Spike:", "Research", "Investigate", "explore", "Evaluate", "POC:"), 2):
        world.plant(RULE, "unlabelled", world.issue(title=f"{word} ways to ship Redis"), mendable=True)
    _time_box(world)
    _types(world)
    _outcomes(world)
    _epics(world)


def _business_days_ago(world: World, count: int) -> float:
    """How many days ago it was the same time so many business days before."""
    day, left = world.day.today, count
    while left:
        day -= timedelta(days=1)
        left -= day.weekday() < 5
    return (world.day.today - day).days


def _spike(world: World, begun: float) -> Life:
    """Research that somebody began so many days ago."""
    life = world.issue(OMNIBUS, title="Research ways to ship Redis", days=begun + 4)
    who = world.engineer(OMNIBUS)
    life.label(after(life, 1), life.author, "spike")
    life.assign(world.ago(begun), who, who)
    life.label(world.ago(begun), who, "workflow::in dev")
    life.say(world.ago(hours=1), who)
    return life


def _time_box(world: World) -> None:
    world.plant(RULE, "time-box-near", _spike(world, _business_days_ago(world, 4)))
    world.plant(RULE, "time-box-over", _spike(world, _business_days_ago(world, world.rng.randint(6, 9))))
    # What was found is being reviewed: that is the same work.
    life = _spike(world, _business_days_ago(world, world.rng.randint(6, 9)))
    life.swap(world.ago(hours=2), life.author, "workflow::in dev", "workflow::in review")
    world.plant(RULE, "time-box-over", life)
    _spike(world, _business_days_ago(world, 3))


def _types(world: World) -> None:
    life = world.issue(title="Explore caches for the build")
    life.forget("type::")
    life.label(after(life, 1), life.author, "spike")
    life.facts["related"] = (world.issue(days=2).ref,)
    world.plant(RULE, "no-type", life, mendable=True)
    world.plant("required_labels", "no-type", life)
    # Nothing follows from it yet: that it has no type is said by one rule alone.
    life = world.issue(title="Explore caches for the images")
    life.forget("type::")
    life.label(after(life, 1), life.author, "spike")
    world.plant("required_labels", "no-type", life)


def _ended(world: World, days: float, milestone: str | None = None) -> Life:
    life = world.issue(OMNIBUS, milestone=milestone, title="Research the size of packages", days=days + 10)
    life.label(after(life, 1), life.author, "spike")
    return world.closed(life, days)


def _outcomes(world: World) -> None:
    world.plant(RULE, "no-outcome", _ended(world, world.rng.randint(4, 13)))
    # An older issue does not follow from it.
    life = _ended(world, world.rng.randint(14, 18))
    life.facts["related"] = (world.issue(days=30).ref, f"{OMNIBUS}#{world.number()}")  # this one ended long ago
    world.plant(RULE, "no-outcome", life)
    life, epic = _ended(world, 6, "Backlog"), world.epic("build")
    for one in (life, world.issue(milestone="Backlog", days=9)):
        one.facts["epic"] = epic.ref
    world.plant(RULE, "unlinked", life, mendable=True)
    life = _ended(world, 6)
    # What follows was opened while the research went on, one after the other.
    following = [world.issue(days=9), world.issue(days=8)]
    life.facts["related"] = tuple(one.ref for one in following)
    world.plant(RULE, "no-order", life)
    # In order; a single one; asked about no more; and one that was not done.
    life = _ended(world, 6)
    following = [world.issue(days=9), world.issue(days=8)]
    following[1].facts["blocked_by"] = (following[0].ref,)
    following[0].facts["blocks"] = (following[1].ref,)
    life.facts["related"] = tuple(one.ref for one in following)
    _ended(world, 7).facts["related"] = (world.issue(days=9).ref,)
    _ended(world, 42)
    life = _ended(world, 6)
    life.status(world.ago(6.1), life.author, "Won't do")


def _epics(world: World) -> None:
    def new(days: float, count: int) -> tuple[Life, list[Life]]:
        epic = world.epic("build")
        epic.move(world.ago(days))
        parts = [world.issue(OMNIBUS, milestone="Backlog", days=days - 1) for _ in range(count)]
        for part in parts:
            part.facts["epic"] = epic.ref
        epic.facts["sections"] = (Section("success criteria", 12, 0, 3),)
        return epic, parts

    world.plant(RULE, "no-spike-first", new(world.rng.randint(3, 12), 3)[0])
    # With a spike, with few issues, or not new.
    _, parts = new(7, 3)
    first = min(parts, key=lambda part: part.born)
    first.label(after(first, 1), first.author, "spike")
    # An older issue came to it later.
    older = world.issue(OMNIBUS, milestone="Backlog", days=30)
    older.facts["epic"] = first.facts["epic"]
    older.did(world.ago(2), older.author, "epic_set", first.facts["epic"])
    new(7, 2)
    new(16, 4)


def iterations(world: World) -> None:
    """Success criteria that are not met, milestone after milestone."""
    rule = "iteration_breakers"
    over = [title for title, one in RELEASES.items() if one.due < world.day.today]

    def iteration(milestones: int, *criteria: Section) -> Life:
        life = world.issue(milestone="")
        titles = [*over[len(over) - milestones :], world.day.calm]
        life.move(min(world.ago((world.day.today - RELEASES[titles[0]].start).days - 2), world.ago(1)))
        life.forget("priority::", "type::")
        life.label(after(life, 1), life.author, "MVC", "priority::4", "type::feature")
        for title in titles:
            start = RELEASES[title].start
            at = max(world.ago((world.day.today - start).days - 3), after(life, 2))
            life.plan(min(at, world.ago(hours=5)), life.author if title == titles[0] else BOT, title)
        life.label(world.ago(hours=4), BOT, RELEASES[world.day.calm].quarter)
        life.facts["sections"] = criteria
        return life

    half = Section("success criteria", 12, 1, 3)
    world.plant(rule, "early", iteration(2, Section("", 30), half))
    world.plant(rule, "evaluate", iteration(world.rng.randint(3, 4), half), mendable=True)
    world.plant(rule, "no-checklist", iteration(0, Section("success criteria", 40)))
    lately = world.ago(hours=3)

    def rewritten(until: datetime, *before: Section) -> Life:
        life = iteration(1, half)
        life.facts["versions"] = (Version(until, before),)
        return life

    world.plant(rule, "criteria-grew", rewritten(lately, Section("success criteria", total=2)))
    # It grew before it began, it shrank, something else grew, they were written down late.
    life = rewritten(lately, Section("success criteria", total=2))
    life.facts["versions"] = (Version(after(life, 1), (Section("success criteria", total=2),)),)
    rewritten(lately, Section("success criteria", total=5))
    rewritten(lately, Section("success criteria", total=3), Section("to test", total=1))
    rewritten(lately, Section("success criteria"), Section("to test", total=1))
    # One milestone; all criteria met.
    iteration(1, half)
    iteration(4, Section("acceptance criteria", 12, 3, 3))
    iteration(0, Section("success criteria", 20), Section("must", 12, 1, 3, level=3))
    _scope(world, half)


def _scope(world: World, criteria: Section) -> None:
    """Epics whose issues are under way: without criteria, and with issues that came after the start."""
    if world.day.running and not world.day.is_last:
        begun = (world.day.today - RELEASES[world.day.running].start).days
        for code in ("", "scope-grew", "no-checklist"):
            epic = world.epic("build")
            epic.facts["sections"] = () if code == "no-checklist" else (criteria,)
            parts = [world.issue(OMNIBUS, days=begun + 5 + n) for n in range(3)]
            for part in parts:
                part.facts["epic"] = epic.ref
                part.did(after(part, 2), part.author, "epic_set", epic.ref)
            if code == "scope-grew" and begun > 2:
                parts[0].forget_deeds("epic_set")
                parts[0].did(world.ago(begun / 2), parts[0].author, "epic_set", epic.ref)
            if code == "no-checklist" or (code and begun > 2):
                world.plant("iteration_breakers", code, epic)
