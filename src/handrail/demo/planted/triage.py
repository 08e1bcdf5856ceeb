"""Triage: issues that lack something, have waited for too long, or are due; contributions that have gone quiet."""

from handrail.demo.planted.lives import Life
from handrail.demo.planted.reviews import contribution
from handrail.demo.planted.world import BOT, OUTSIDERS, TEAM, World, after

RULE = "triage"


def triage(world: World) -> None:
    """All of it but the backlog review."""
    _untriaged(world)
    _waiting(world)
    _due(world)
    _quiet(world)


def _reported(world: World, days: float, *labels: str) -> Life:
    """An issue from outside with the team's, its group's and its type's label, a priority, and these."""
    project = world.project()
    life = world.begin(f"{project}#{world.number()}", world.turn(OUTSIDERS), world.ago(days))
    by = world.engineer(project)
    life.label(after(life, 1), by, *world.required(project), "priority::4", *labels)
    return life


def _untriaged(world: World) -> None:
    life = _reported(world, 1)
    world.plant(RULE, "untriaged", life)
    life = world.issue(milestone="")
    world.plant(RULE, "untriaged", life)
    life = _reported(world, 2, "awaiting feedback")
    life.say(after(life, 1), BOT)
    life.forget("priority::")
    world.plant(RULE, "partly-triaged", life)
    # Taken, or put off, or somebody is to look into it.
    life = _reported(world, 3)
    life.assign(after(life, 4), world.lead(), world.engineer(life.project))
    life.say(world.ago(hours=1), life.assignees[0])
    _reported(world, 3).plan(world.ago(1), world.lead(), "Awaiting further demand")
    for label in ("needs investigation", "Maintainer-Discussion", "Seeking community contributions"):
        _reported(world, 3, label)


def _waiting(world: World) -> None:
    """In the backlog, so that nothing but the answer is open."""

    def waiting(label: str, days: float) -> Life:
        life = _reported(world, days + 1)
        life.plan(after(life, 2), world.lead(), "Backlog")
        by = world.engineer(life.project)
        life.label(world.ago(days), by, label)
        life.say(world.ago(days), by)
        return life

    life = waiting("awaiting feedback", 4)
    life.say(world.ago(1), life.author)
    world.plant(RULE, "answered", life, mendable=True)
    # Answered, and a colleague has said something since.
    life = waiting("awaiting feedback", 30)
    life.say(world.ago(28), life.author)
    life.say(world.ago(27), world.lead())
    world.plant(RULE, "answered", life, mendable=True)
    life = waiting("Awaiting Feedback", world.rng.randint(8, 13))
    life.say(world.ago(1), BOT)
    world.plant(RULE, "answer-due", life)
    world.plant(RULE, "unanswered", waiting("awaiting feedback", world.rng.randint(15, 40)), mendable=True)
    world.plant(RULE, "decision-due", waiting("maintainer-discussion", world.rng.randint(15, 30)))
    world.plant(RULE, "decision-due", waiting("needs investigation", world.rng.randint(29, 40)))
    # Closed for its silence, and not silent since; the second has been answered.
    for answered in (False, True):
        life = waiting("awaiting feedback", 24)
        life.did(world.ago(9), BOT, "spoke_of", "triage unanswered")
        life.end(world.ago(9), BOT)
        life.say(world.ago(2), life.author)
        if answered:
            life.say(world.ago(1), world.lead())
        else:
            world.plant(RULE, "answered-since", life)
    # A day, or half of one, before.
    waiting("awaiting feedback", 6.5)
    waiting("maintainer-discussion", 13.5)
    waiting("needs investigation", 27.5)


def _due(world: World) -> None:
    """Days count from when the label was put on, not from the report."""

    def urgent(label: str, days: float, kind: str = "type::bug") -> Life:
        life = world.issue(milestone="Backlog", days=days + 9)
        life.forget("priority::", "type::")
        life.label(world.ago(days), world.lead(), label, kind)
        if not label.startswith("priority"):
            life.label(world.ago(days), world.lead(), "priority::4")
        life.say(world.ago(3), life.author)
        return life

    for label, days in (("priority::1", 24), ("priority::2", 47), ("severity::2", 50), ("priority::3", 95)):
        world.plant(RULE, "due-soon", urgent(label, days + world.rng.randrange(4)))
    for label, days in (("priority::1", 31), ("severity::1", 33), ("priority::2", 61), ("severity::3", 91)):
        world.plant(RULE, "overdue", urgent(label, days + world.rng.randrange(9)))
    # Before three quarters are over; without an end; a severity of what is no bug.
    for label, days in (("priority::1", 22), ("priority::2", 44), ("priority::3", 89), ("severity::3", 67)):
        urgent(label, days)
    urgent("priority::4", 85)
    urgent("severity::1", 40, "type::feature")
    # Put off by those who may: the label is younger than the issue.
    life = urgent("priority::3", 80)
    life.swap(world.ago(5), "kim", "priority::3", "priority::2")


def _quiet(world: World) -> None:
    """Days without a person's doing."""
    life = contribution(world, world.rng.randint(29, 110))
    life.say(world.ago(2), BOT)
    world.plant(RULE, "idle", life)
    life = contribution(world, world.rng.randint(121, 200))
    world.plant(RULE, "stale", life, mendable=True)
    life = contribution(world, 160)
    life.label(world.ago(world.rng.randint(15, 30)), BOT, "stale")
    world.plant(RULE, "stale-for-long", life, mendable=True, given="quiet contributions are closed")
    life = contribution(world, 160)
    life.label(world.ago(5), BOT, "stale")
    life.say(world.ago(2), life.author)
    world.plant(RULE, "awake", life, mendable=True)
    # One day before; heard of today; told to its author a week ago.
    contribution(world, 27)
    contribution(world, 90).say(world.ago(hours=4), "hedy")
    contribution(world, 140).label(world.ago(7), BOT, "stale")
    # The team's own are nobody's contribution.
    life = world.merge_request(author="ada")
    life.move(world.ago(60))


def backlog(world: World) -> None:
    """In a quarter's third month the backlog is gone through: what nobody has touched for a quarter or a year."""

    def old(days: float, *labels: str) -> Life:
        project = world.project()
        # From outside: to close it somebody has to be told, and of them nobody knows that they are asleep.
        author = world.turn(OUTSIDERS)
        life = world.begin(f"{project}#{world.number()}", author, world.ago(days))
        life.label(life.born, author, TEAM, *world.required(project)[1:2], "type::feature", "priority::4", *labels)
        life.plan(life.born, author, world.rng.choice(("Backlog", "Next 1-3 releases", "Awaiting further demand")))
        return life

    found = [
        ("backlog-keep", old(world.rng.randint(91, 360)), False),
        ("backlog-keep", old(500, "security"), False),
        ("backlog-schedule", old(world.rng.randint(100, 900), "customer"), True),
        ("backlog-schedule", old(120, "severity::2"), True),
        ("backlog-close", old(world.rng.randint(366, 900)), True),
    ]
    # Touched since, if by a word; planned; assigned to somebody, for a year.
    old(700).say(world.ago(80), world.rng.choice(OUTSIDERS))
    old(89)
    if world.day.third_month:
        for code, life, mendable in found:
            world.plant(RULE, code, life, mendable=mendable)
        world.plant(RULE, "backlog-review", "team")
