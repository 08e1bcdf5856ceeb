"""Merge requests whose change nobody says how to test, or whose next step nobody was asked for."""

from datetime import timedelta

from handrail.demo.planted.lives import Life
from handrail.demo.planted.world import GROUP_OF, MAINTAINERS, OF_GROUP, OUTSIDERS, World
from handrail.demo.projects import BUILDER, CHARTS, CHARTS_SITE, CNG, EXPORTER, GITLAB, OMNIBUS, OPERATOR
from handrail.model.items import Section

_UNCOVERED = {
    OMNIBUS: ("config/software/redis.rb", "docker/assets/wrapper"),
    CHARTS: ("values.yaml", "charts/gitlab/charts/kas/values.yaml"),
    OPERATOR: ("config/rbac/role.yaml", "api/v1beta1/gitlab_types.go"),
    EXPORTER: ("Dockerfile", "gitlab-exporter.gemspec"),
    CNG: ("gitaly/Dockerfile", "build-scripts/build.sh"),
    BUILDER: ("docker/Dockerfile_ubuntu_24.04", "docker/VERSIONS"),
}
_NEEDS_NONE = ("doc/settings/redis.md", "CHANGELOG.md", ".gitlab/CODEOWNERS")
READY, REVIEW = "workflow::ready for review", "workflow::in review"


def changes(world: World) -> None:
    """Test plans that are missing or say nothing."""
    # A few of them, so that there are people left to be asked for other reviews.
    for project in world.rng.sample(tuple(_UNCOVERED), 3):
        life = world.review(project)
        life.facts["changed_paths"] = (*life.facts["changed_paths"], world.rng.choice(_UNCOVERED[project]))
        life.facts["sections"] = world.rng.choice(((), (Section("", 40), Section("related issues", 12))))
        world.plant("test_plans", "no-plan", life)
    project = world.rng.choice(tuple(_UNCOVERED))
    life = world.review(project)
    life.facts["changed_paths"] = _UNCOVERED[project]
    corners = Section("untested corners", 20)
    life.facts["sections"] = (Section("", 30), Section("test plan", world.rng.randint(1, 4)), corners)
    world.plant("test_plans", "short-plan", life)
    _tested(world)


def _tested(world: World) -> None:
    """Nothing to find."""
    project = world.rng.choice(tuple(_UNCOVERED))
    below = (Section("test plan"), Section("on ubuntu", 20, level=3))
    title = world.rng.choice(("how to test", "how to set up and validate"))
    for sections in ((Section("test plan", 5),), (Section(title, 60),), below):
        project = world.rng.choice((OMNIBUS, project))
        life = world.review(project)
        life.facts["changed_paths"] = _UNCOVERED[project]
        life.facts["sections"] = (Section("", 30), *sections)
    life = world.review(project)
    life.facts["changed_paths"] = _NEEDS_NONE
    # A chart within a chart is rendered by the same tests.
    life = world.review(CHARTS)
    life.facts["changed_paths"] = ("charts/gitlab/charts/webservice/templates/deployment.yaml",)
    # Of a draft, of what comes from outside, and of what ships nothing, nothing is asked.
    life = world.merge_request(project)
    life.facts["changed_paths"] = _UNCOVERED[project]
    life = world.review(CHARTS_SITE)
    life.facts["changed_paths"] = ("Rakefile",)
    life = contribution(world, project=project)
    life.facts["changed_paths"] = _UNCOVERED[project]


def contribution(world: World, days: float = 4, project: str = "") -> Life:
    """A merge request from outside, in review since it was ready."""
    project, author = project or world.roomy(), world.turn(OUTSIDERS)
    life = world.begin(f"{project}!{world.number()}", author, world.ago(days + 2))
    reviewer = world.reviewer(life)
    life.label(world.ago(days + 1), reviewer, *world.required(project), "Community contribution", READY)
    life.ask(world.ago(days + 1), reviewer, reviewer)
    life.swap(world.ago(days), reviewer, READY, REVIEW)
    return life


def reviewers(world: World) -> None:
    """Nobody was asked for the step that comes next."""
    for _ in range(2):
        world.plant("reviewers", "no-reviewer", world.ready(), mendable=True)
    life = _approved(world, world.rng.choice((OMNIBUS, CNG)))
    life.move(life.born - timedelta(hours=5))  # the first in turn: its maintainers are proposed for nothing else yet
    world.plant("reviewers", "no-maintainer", life, mendable=True)
    # The only one who may merge there is away.
    world.plant("reviewers", "nobody-free", _approved(world, CHARTS_SITE))
    _asked(world)


def _approved(world: World, project: str) -> Life:
    """Approved by somebody who may not merge."""
    names = [name for name in OF_GROUP[GROUP_OF[project]] if name not in MAINTAINERS[project]]
    author, reviewer = world.rng.sample(names, 2)
    life = world.ready(project, author=author)
    life.ask(world.ago(hours=7), author, reviewer)
    life.swap(world.ago(hours=6), reviewer, READY, REVIEW)
    life.did(world.ago(hours=5), reviewer, "approved")
    return life


def _asked(world: World) -> None:
    """Nothing to find."""
    project = world.rng.choice((OMNIBUS, CHARTS))
    life = _approved(world, project)
    life.ask(world.ago(hours=3), life.author, next(name for name in MAINTAINERS[project] if name != life.author))
    # Approved by one who may merge.
    author = next(name for name in OF_GROUP[GROUP_OF[project]] if name not in MAINTAINERS[project])
    life = world.ready(project, author=author)
    life.ask(world.ago(hours=7), author, MAINTAINERS[project][0])
    life.swap(world.ago(hours=6), MAINTAINERS[project][0], READY, REVIEW)
    life.did(world.ago(hours=5), MAINTAINERS[project][0], "approved")
    # Asked, and not picked up yet; a draft; another group's.
    life = world.ready(project)
    life.ask(world.ago(hours=5), life.author, world.reviewer(life))
    world.merge_request(project)
    life = world.begin(f"{GITLAB}!{world.number()}", "geo-lena", world.ago(3))
    life.label(world.ago(2), "geo-lena", "group::geo", READY)
