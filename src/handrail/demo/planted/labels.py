"""Required labels: one that is missing, the wrong one, or two at once."""

from handrail.demo.planted.days import RELEASES
from handrail.demo.planted.lives import Life
from handrail.demo.planted.world import BOT, NEIGHBOURS, OF_GROUP, OUTSIDERS, TEAM, World, after
from handrail.demo.projects import CHARTS, GITLAB, OMNIBUS, TASKS
from handrail.model.items import Section

RULE = "required_labels"
_TELLING = {
    "type::bug": "Fix {} after a restore",
    "type::maintenance": "Update {} to its newest release",
    "type::feature": "Support {} on ARM64",
}
_UNPLANNED_BY = ("incident", "customer", "regression", "escalation", "infradev", "technical debt")


def labels(world: World) -> None:
    """All of them, and what looks like one."""
    _no_team(world)
    _no_group(world)
    _no_type(world)
    _no_priority(world)
    _quarter(world)
    _unplanned(world)
    _several(world)
    _nearly(world)


def _any(world: World) -> Life:
    """An issue or a merge request."""
    return world.rng.choice((world.issue, world.work, world.merge_request, world.review))()


def _no_team(world: World) -> None:
    for life in (_any(world), world.epic()):
        life.events = [event for event in life.events if event.value != TEAM]
        world.plant(RULE, "no-team", life, mendable=True)
    # In another group's project it is the team's by a group's label alone.
    stranger = world.rng.choice(NEIGHBOURS)
    life = world.begin(f"{GITLAB}#{world.number()}", stranger, world.ago(5))
    life.label(after(life, 1), stranger, f"{TEAM}::deploy", "type::bug", "priority::4")
    life.plan(after(life, 2), world.lead(), "Backlog")
    world.plant(RULE, "no-team", life, mendable=True)


def _no_group(world: World) -> None:
    life = _any(world)
    life.forget(f"{TEAM}::")
    world.plant(RULE, "no-group", life, mendable=True)
    # Nothing speaks for a group: it is another team's project, and who wrote it is of neither.
    life = world.begin(f"{GITLAB}#{world.number()}", world.rng.choice(OUTSIDERS), world.ago(4))
    life.label(after(life, 1), world.lead(), TEAM, world.kind(), "priority::4")
    life.plan(after(life, 1), world.lead(), "Backlog")
    world.plant(RULE, "no-group", life)


def _no_type(world: World) -> None:
    kind = world.rng.choice(tuple(_TELLING))
    life = world.work(title=_TELLING[kind].format("Consul"))
    life.forget("type::")
    world.plant(RULE, "no-type", life, mendable=True)
    life = world.issue(title="What the registry writes to its log")
    life.forget("type::")
    life.label(after(life, 3), BOT, "maintenance::dependency")
    world.plant(RULE, "no-type", life, mendable=True)
    life = world.review()
    life.forget("type::")
    world.plant(RULE, "no-type", life)


def _no_priority(world: World) -> None:
    if world.day.running and not world.day.is_last:
        life = world.issue()
        life.forget("priority::")
        life.label(after(life, 3), life.author, f"severity::{world.rng.choice((2, 3, 4))}")
        world.plant(RULE, "no-priority", life, mendable=True)
        life = world.work()
        life.forget("priority::")
        world.plant(RULE, "no-priority", life)
    # Planned for later, or with no milestone in somebody's hands: it was triaged, too.
    for milestone in filter(None, (world.day.following, "Backlog")):
        life = world.issue(milestone=milestone)
        life.forget("priority::")
        world.plant(RULE, "no-priority", life)
    life = world.work(milestone="")
    life.forget("priority::")
    world.plant(RULE, "no-priority", life)


def _quarter(world: World) -> None:
    right = RELEASES[world.day.calm].quarter
    wrong = "FY27::Q1" if right != "FY27::Q1" else "FY27::Q2"
    life = _any(world)
    life.forget("FY27::")
    world.plant(RULE, "quarter", life, mendable=True)
    life = _any(world)
    life.forget("FY27::")
    life.label(after(life, 3), life.author, world.rng.choice((wrong, "FY26::Q4")))
    world.plant(RULE, "quarter", life, mendable=True)
    # An epic is out with the last of its issues.
    life = world.epic()
    life.forget("FY27::")
    life.facts["sections"] = (Section("success criteria", 9, 0, 3),)
    world.issue().facts["epic"] = life.ref
    world.plant(RULE, "quarter", life, mendable=True)


def _unplanned(world: World) -> None:
    """Into a milestone that runs already: a customer's need that nobody foresaw."""
    if world.day.running and not world.day.is_last:
        begun = (world.day.today - RELEASES[world.day.running].start).days
        for life in (world.issue(days=begun * 0.6), world.merge_request()):
            life.move(max(life.born, world.ago(begun * 0.6)))
            _came_late(world, life)
        # Known for long, and in nobody's plan until now.
        life = world.issue(days=begun + 7)
        _came_late(world, life, world.rng.choice(("", "Backlog", "Next 1-3 releases")))
        # It says nothing itself, but what it follows from does.
        incident = world.closed(world.issue(milestone="Backlog"), 0.5)
        incident.label(after(incident, 1), incident.author, "incident")
        life = world.issue(days=begun * 0.5)
        life.move(max(life.born, world.ago(begun * 0.5)))
        life.facts["related"] = (incident.ref,)
        world.plant(RULE, "unplanned", life)


def _came_late(world: World, life: Life, before: str = "") -> None:
    life.forget_deeds("milestone_set")
    if before:
        life.plan(after(life, 1), world.lead(), before)
    life.label(world.ago(hours=3), life.author, world.rng.choice(_UNPLANNED_BY))
    life.plan(world.ago(hours=2), world.lead(), world.day.running)
    world.plant(RULE, "unplanned", life, mendable=True)


def _several(world: World) -> None:
    life = world.issue()
    life.forget("priority::")
    life.label(after(life, 3), life.author, "priority::3")
    life.label(after(life, 9), world.lead(), "priority::4")
    world.plant(RULE, "several", life, mendable=True)
    life = world.merge_request()
    life.forget("type::")
    # At the same instant: nobody can tell which of the two is meant.
    life.label(after(life, 3), life.author, "type::bug", "type::feature")
    world.plant(RULE, "several", life)
    life = world.issue(world.rng.choice((OMNIBUS, CHARTS)))
    life.forget(f"{TEAM}::")
    life.label(after(life, 3), life.author, f"{TEAM}::build")
    life.label(after(life, 4), life.author, f"{TEAM}::deploy")
    world.plant(RULE, "several", life, mendable=True)
    # So it is with every scope.
    life = _any(world)
    life.label(after(life, 3), life.author, "customer::one")
    life.label(after(life, 4), world.lead(), "customer::several")
    world.plant(RULE, "several", life, mendable=True)
    # GitLab takes each year's quarters for a scope of its own.
    life = _any(world)
    life.label(after(life, 5), life.author, "FY26::Q4")
    world.plant(RULE, "several", life, mendable=True)
    life = world.issue(milestone="Backlog")
    life.label(after(life, 3), life.author, "FY26::Q4")
    life.label(after(life, 4), life.author, "FY28::Q1")
    world.plant(RULE, "several", life, mendable=True)
    # Another group's label came later, but in the team's own project the team's stays.
    life = _any(world)
    life.label(after(life, 5), life.author, "group::geo")
    world.plant(RULE, "several", life, mendable=True)


def _nearly(world: World) -> None:
    """Nothing to find."""
    # Without a date no quarter is said.
    life = world.issue(milestone="Backlog")
    life.forget("FY27::")
    # A merge request needs no priority; an epic no type.
    world.merge_request()
    world.epic()
    # Planned before the milestone began, if a customer did ask for it; or called Unplanned already.
    if world.day.running and not world.day.is_last:
        start = RELEASES[world.day.running].start
        life = world.issue(days=(world.day.today - start).days + 6)
        life.forget("priority::")
        life.label(after(life, 1), life.author, "customer", "priority::4")
        life = world.issue()
        life.label(after(life, 1), life.author, "customer", "Unplanned")
    # Carried along by the bot: it was planned, if for the milestone before.
    if world.day.running in {"19.2", "19.3"}:
        before = {"19.2": "19.1", "19.3": "19.2"}[world.day.running]
        life = world.issue(milestone="")
        life.move(world.ago(50))
        life.forget("priority::")
        life.label(after(life, 1), life.author, "regression", "priority::4", RELEASES[world.day.running].quarter)
        life.plan(after(life, 2), world.lead(), before)
        life.plan(world.ago((world.day.today - RELEASES[world.day.running].start).days, 6), BOT, world.day.running)
    # The team's own tasks are both groups'.
    life = world.begin(f"{TASKS}#{world.number()}", world.rng.choice(OUTSIDERS), world.ago(4))
    life.label(after(life, 1), world.lead(), TEAM, world.kind(), "priority::4")
    life.plan(after(life, 1), world.lead(), "Backlog")
    # Work of one group for the other stands under either's label.
    life = world.issue(OMNIBUS)
    life.forget(f"{TEAM}::")
    life.label(after(life, 1), world.turn(OF_GROUP["deploy"]), f"{TEAM}::deploy")
