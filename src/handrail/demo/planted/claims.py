"""Claims of issues: held, due, over, or without a day; and commands in comments that are not somebody's to give."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from handrail.demo.planted.lives import Life
from handrail.demo.planted.world import OUTSIDERS, PEOPLE, World

RULE = "date_claims"


def claims(world: World) -> None:
    """All of them, and what looks like one."""
    _held(world)
    _day_comes(world)
    _free_again(world)
    _without_a_day(world)
    _nearly(world)


def _their_day(world: World, who: str) -> date:
    """Today where they are; outsiders are taken to be where the team is."""
    return world.now.astimezone(ZoneInfo(PEOPLE[who].zone)).date() if who in PEOPLE else world.day.today


def _claimed(world: World, who: str, days: int, made: float) -> Life:
    """An issue that ``who`` claimed ``made`` days ago until so many ``days`` from now, in their zone."""
    life = world.issue(days=made + 3)
    life.claim(world.ago(made), who, (_their_day(world, who) + timedelta(days=days)).isoformat())
    return life


def _anyone(world: World) -> str:
    return world.turn(("fay", "dov", "cleo", "emil", *OUTSIDERS[:1]))


def _held(world: World) -> None:
    life = _claimed(world, _anyone(world), world.rng.randint(1, 9), world.rng.randint(1, 12))
    world.plant(RULE, "held", life)
    # The first who names a day holds it; another one hears so.
    life = _claimed(world, "gus", world.rng.randint(1, 9), 3)
    life.claim(world.ago(2), "hedy", (world.day.today + timedelta(days=1)).isoformat())
    world.plant(RULE, "held", life)
    world.plant(RULE, "taken", life)
    # Moved since: the day that was named first is today.
    life = _claimed(world, "gus", 0, 4)
    life.claim(world.ago(2), "gus", (_their_day(world, "gus") + timedelta(days=5)).isoformat())
    world.plant(RULE, "held", life)
    # For years, which nobody may.
    world.plant(RULE, "far-away", _claimed(world, "hedy", world.rng.randint(120, 9000), 3))


def _day_comes(world: World) -> None:
    for who in ("fay", world.turn(("dov", "ada", "cleo"))):
        world.plant(RULE, "day-comes", _claimed(world, who, 0, world.rng.randint(1, 9)), mendable=True)


def _free_again(world: World) -> None:
    for who, days in ((_anyone(world), world.rng.randint(-13, -2)), ("fay", -1)):
        world.plant(RULE, "free-again", _claimed(world, who, days, 14))


def _without_a_day(world: World) -> None:
    life = world.issue()
    life.claim(world.ago(world.rng.randint(1, 2)), _anyone(world), "")
    world.plant(RULE, "without-a-day", life)


def _nearly(world: World) -> None:
    """Nothing to find."""
    # Over for more than a fortnight; asked for long ago.
    _claimed(world, "emil", -16, 30)
    world.issue(days=20).claim(world.ago(16), "gus", "")
    # Begun as promised, or given to somebody else in the end.
    life = _claimed(world, "hedy", -1, 6)
    life.assign(world.ago(1), "hedy", "hedy")
    life.say(world.ago(hours=1), "hedy")
    life = _claimed(world, "gus", 0, 6)
    life.assign(world.ago(1), world.lead(), "emil")
    life.say(world.ago(hours=1), "emil")


def commands(world: World) -> None:
    """Words to Handrail that are not the speaker's to say, that give no reason, or that mean nothing."""
    outsider = world.turn(OUTSIDERS)
    life = world.rng.choice((world.issue, world.review))()
    life.command(world.ago(hours=3), outsider, "not-applicable because it works for me")
    world.plant("commands", "not-yours", life)
    life = world.issue()
    life.command(world.ago(hours=5), life.author, world.rng.choice(("not-applicable", "not-applicable test_plans")))
    world.plant("commands", "no-reason", life)
    life = world.merge_request()
    life.command(
        world.ago(hours=5), life.author, world.rng.choice(("not-aplicable because it works", "inapplicable", "help me"))
    )
    world.plant("commands", "unknown", life)
    # Theirs to say, with a reason; and taken back. And who thanks us commands nothing.
    life = world.issue()
    life.command(world.ago(hours=6), world.engineer(life.project), "thanks, that helps!")
    life.command(world.ago(hours=5), world.engineer(life.project), "not-applicable because a customer runs it so")
    life = world.begin(f"{life.project}!{world.number()}", outsider, world.ago(3))
    life.label(world.ago(3), world.engineer(life.project), *world.required(life.project), "Community contribution")
    life.did(world.ago(3), outsider, "drafted")
    life.command(world.ago(2), outsider, "not-applicable test_plans because only a comment changes")
    life.command(world.ago(1), outsider, "applicable test_plans")
