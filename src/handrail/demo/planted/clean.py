"""What is as it should be, of every kind and in every state, much of it as near to a finding as can be."""

from datetime import UTC, datetime, time, timedelta

from handrail.demo.planted.days import UNDATED
from handrail.demo.planted.world import BOT, NEIGHBOURS, OF_GROUP, OUTSIDERS, TEAM, World, after
from handrail.demo.projects import CHARTS, CNG, GITLAB, OMNIBUS, TASKS
from handrail.model.duty import TurnBegan

_PLENTY = 8
"""Of each ordinary kind."""


def clean(world: World) -> None:
    """Everything that has to be there whatever else is planted."""
    _rotation(world)
    for _ in range(_PLENTY):
        world.issue()
        world.issue(milestone=world.rng.choice(UNDATED))
        world.work()
        world.merge_request()
        world.epic()
        world.closed(world.work(), world.rng.randint(0, 2))
        world.closed(world.review(world.rng.choice((OMNIBUS, CHARTS, CNG))), world.rng.random())
    world.review()
    _of_others(world)


def _rotation(world: World) -> None:
    """The rotation issue of the week and the one before it, and the turns as the rotation's log has them."""
    monday = world.day.today - timedelta(days=world.day.today.weekday())
    for week in (0, 1):
        start = monday - timedelta(weeks=week)
        who = world.turn(OF_GROUP["build"])
        born = world.ago((world.day.today - start).days, 3)
        life = world.begin(
            f"{TASKS}#{world.number()}", who, born, f"Distribution DRI rotation week of {start.isoformat()}"
        )
        life.label(born, who, TEAM, f"{TEAM}::build", "type::maintenance", "Distribution-DRI")
        life.assign(born, who, who)
        life.say(world.ago(hours=2), who)
        if week:
            world.closed(life, (world.day.today - monday).days + 0.1)
        world.turns.insert(0, TurnBegan(datetime.combine(start, time(9), UTC), who))


def _of_others(world: World) -> None:
    """Another group's work, in whatever state, is not the team's to mend."""
    for _ in range(3):
        stranger = world.rng.choice(NEIGHBOURS)
        life = world.begin(f"{GITLAB}!{world.number()}", stranger, world.ago(9))
        life.label(after(life, 1), stranger, "group::geo", "workflow::in review")
        life.say(world.ago(8), BOT)
        life = world.begin(f"{GITLAB}#{world.number()}", world.rng.choice(OUTSIDERS), world.ago(200))
        life.label(after(life, 1), stranger, "group::geo", "priority::1")


def closed_lately(world: World) -> None:
    """What has ended is past mending: no label is missed on it."""
    for project in (OMNIBUS, CHARTS):
        world.closed(world.begin(f"{project}#{world.number()}", world.rng.choice(OUTSIDERS), world.ago(30)), 2)
        world.closed(world.begin(f"{project}!{world.number()}", world.engineer(project), world.ago(30)), 3)
