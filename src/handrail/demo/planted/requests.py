"""Requests that nobody has decided on, and what a milestone took in that was not planned for it."""

from handrail.demo.planted.lives import Life
from handrail.demo.planted.world import NEIGHBOURS, World, after
from handrail.demo.projects import CHARTS

RULE = "unplanned_work"
_ASKED = ("hedy", "gus", "emil")


def requests(world: World) -> None:
    """All of them, and what looks like one."""
    for labels in (("incident",), ("escalation",)):
        _found(world, "take", *labels, mendable=True)
    _found(world, "ask", world.rng.choice(("customer", "regression")))
    # Whether it can wait for the next milestone nobody can tell while none runs.
    _found(world, "decline" if world.day.running else "ask", "customer", "severity::4")
    if world.day.running and not world.day.is_last:
        world.issue().label(world.ago(hours=9), world.lead(), "Unplanned")
        world.plant(RULE, "taken-in", f"milestone:{world.day.running}")
    # Put off by EM and PM, or already somebody's.
    request(world, "customer").plan(world.ago(hours=6), world.lead(), "Awaiting further demand")
    life = request(world, "customer")
    life.assign(world.ago(hours=6), "cleo", "cleo")
    life.say(world.ago(hours=1), "cleo")
    request(world, "customer", "awaiting feedback").plan(world.ago(hours=6), world.lead(), "Backlog")


def mentions(world: World) -> None:
    """What one of the team was asked by name: unanswered, answered by a colleague, of this hour, asked of the group."""
    for days, answered, called in ((6.0, False, False), (6.0, True, False), (0.1, False, False), (6.0, False, True)):
        life = world.issue(CHARTS)
        whom = next(name for name in _ASKED if name != life.author)
        asker, when = world.turn(NEIGHBOURS), world.ago(days)
        life.move(min(life.born, world.ago(days + 1)))
        life.say(when, asker)
        if called:
            life.did(when, asker, "mentioned", "gitlab-org/distribution")
        else:
            life.did(when, asker, "asked", whom)
        if answered:
            life.say(world.ago(5), life.author)
        if days > 1 and not answered and not called:
            world.plant("direct_mentions", "not-answered", life)


def request(world: World, *labels: str) -> Life:
    """An issue of somebody else's with the labels that it should have, and these."""
    project = world.project()
    life = world.begin(f"{project}#{world.number()}", world.turn(NEIGHBOURS), world.ago(world.rng.randint(1, 6)))
    life.label(after(life, 2), world.engineer(project), *world.required(project), "priority::4", *labels)
    return life


def _found(world: World, code: str, *labels: str, mendable: bool = False) -> None:
    """It is in nobody's hands: triage finds so too."""
    life = request(world, *labels)
    world.plant(RULE, code, life, mendable=mendable)
    world.plant("triage", "untriaged", life)
