"""Branches that are red, the incidents about them, and the merge requests that mend them."""

from handrail.demo.planted.lives import Life
from handrail.demo.planted.world import GROUP_OF, MAINTAINERS, TEAM, World, after
from handrail.demo.projects import BUILDER, CHARTS, CHARTS_SITE, CNG, EXPORTER, OMNIBUS, OPERATOR
from handrail.model.planning import Pipeline

RULE = "red_default_branch"
BROKEN = "master:broken"
_FIRST = ("pipeline::expedited", "priority::1", "severity::1")


def branches(world: World) -> None:
    """A green branch for every project, then what went wrong on some of them."""
    for project in MAINTAINERS:
        for hours in (200, 80 + world.rng.randrange(9)):
            _ran(world, project, "success", hours)
    _red(world)
    _green_again(world)
    _beside(world)
    _nearly(world)


def _ran(world: World, project: str, status: str, hours: float, *, jobs: tuple[str, ...] = (), **more: str) -> None:
    number = len(world.pipelines) + 1
    ended = world.ago(hours=hours)
    world.pipelines.append(
        Pipeline(
            project, 5000 + number, status, ended, ref=more.get("ref", ""), sha=f"{number:040x}",
            source=more.get("source", "push"), failed_jobs=jobs,
        )
    )  # fmt: skip


def _incident(world: World, project: str, hours: float, *labels: str, branch: str = "main") -> Life:
    """An issue about a red branch, in the milestone that runs."""
    by = world.engineer(project)
    life = world.begin(f"{project}#{world.number()}", by, world.ago(hours=hours), f"{branch} is broken: a job fails")
    group = f"{TEAM}::{GROUP_OF.get(project, 'build')}"
    life.label(life.born, by, BROKEN, TEAM, group, "type::bug", *(labels or _FIRST))
    world.put(life, world.day.calm, by)
    return life


def _red(world: World) -> None:
    """Red since an hour or since this morning; incidents that nobody has, or had too long."""
    first, second, third = world.rng.sample((BUILDER, EXPORTER, OPERATOR), 3)
    _ran(world, first, "failed", 1 + world.rng.random(), jobs=("build: [x86]",))
    world.plant(RULE, "no-incident", f"{first}@main", mendable=True)
    _ran(world, second, "failed", 1.5, jobs=("rspec",))
    world.plant(RULE, "untriaged", _incident(world, second, 1), mendable=True)
    hours = 5 + world.rng.randrange(3)
    _ran(world, third, "failed", hours + 1, jobs=("lint",))
    life = _incident(world, third, hours + 0.5)
    who = world.engineer(third)
    life.assign(world.ago(hours=hours), who, who)
    life.say(world.ago(hours=0.2), who)
    world.plant(RULE, "unresolved", life)
    fix = world.review(world.rng.choice((OMNIBUS, CHARTS)))
    fix.label(world.ago(hours=2), fix.author, BROKEN, *_FIRST[:2])
    world.plant(RULE, "labels", fix, mendable=True)


def _green_again(world: World) -> None:
    """Mended: what it was is not said yet, or nothing is left to say."""
    _ran(world, CNG, "failed", 20, jobs=("scan",))
    _ran(world, CNG, "success", 6)
    life = _incident(world, CNG, 19)
    life.assign(world.ago(hours=18), "bo", "bo")
    life.say(world.ago(hours=3), "bo")
    world.plant(RULE, "root-cause", life)
    _ran(world, CHARTS_SITE, "failed", 76, jobs=("pages",))
    _ran(world, CHARTS_SITE, "success", 60)
    life = _incident(world, CHARTS_SITE, 75, *_FIRST, "master-broken::infrastructure")
    life.assign(world.ago(hours=74), "gus", "gus")
    life.say(world.ago(hours=58), "gus")
    if world.day.asks_for_news:
        # It is quiet about itself, not about the milestone: that is left to later.
        life.forget_deeds("assigned")
    world.plant(RULE, "over", life, mendable=True)


def _beside(world: World) -> None:
    """Stable branches and scheduled pipelines; jobs that come and go."""
    _ran(world, OMNIBUS, "success", 50, ref="19-0-stable")
    _ran(world, OMNIBUS, "failed", 10, ref="19-0-stable", jobs=("package",))
    world.plant(RULE, "stable-red", f"{OMNIBUS}@19-0-stable", mendable=True)
    for hours in (34, 10):
        _ran(world, CHARTS, "failed", hours, source="schedule", jobs=("nightly",))
    _ran(world, CHARTS, "success", 5)
    world.plant(RULE, "scheduled-red", f"{CHARTS}@main", mendable=True)
    for hours, status in ((40, "success"), (30, "failed"), (28, "success"), (12, "failed"), (9, "success")):
        _ran(world, OMNIBUS, status, hours, jobs=("flaky spec",) if status == "failed" else ())
    world.plant(RULE, "flaky", f"{OMNIBUS}@main")


def _nearly(world: World) -> None:
    """Nothing to find."""
    # A branch of somebody's work; a stable one that was mended; a run that was stopped.
    _ran(world, CHARTS, "failed", 3, ref="ada/try-something", jobs=("rspec",))
    _ran(world, CHARTS, "failed", 30, ref="10-0-stable", jobs=("rspec",))
    _ran(world, CHARTS, "success", 20, ref="10-0-stable")
    _ran(world, CHARTS, "canceled", 1)
    # A red stable branch that somebody has in hand, while the default branch is green.
    _ran(world, CHARTS, "failed", 40, ref="11-0-stable", jobs=("rspec",))
    life = _incident(world, CHARTS, 39, branch="11-0-stable")
    life.assign(world.ago(hours=38), "gus", "gus")
    life.say(world.ago(hours=3), "gus")
    # A fix that may pass before other work.
    fix = world.review(OMNIBUS)
    fix.label(after(fix, 1), fix.author, BROKEN, *_FIRST)
