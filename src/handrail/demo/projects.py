"""The demo team's projects, their maintainers and their pipelines."""

from functools import cache
from random import Random

from handrail.demo.calendar import DAY, END, FIRST_DAY, HOUR, instant
from handrail.model.planning import Pipeline, Project

OMNIBUS = "gitlab-org/omnibus-gitlab"
CHARTS = "gitlab-org/charts/gitlab"
OPERATOR = "gitlab-org/cloud-native/gitlab-operator"
CNG = "gitlab-org/build/CNG"
BUILDER = "gitlab-org/gitlab-omnibus-builder"
TASKS = "gitlab-org/distribution/team-tasks"
EXPORTER = "gitlab-org/gitlab-exporter"
CHARTS_SITE = "gitlab-org/charts/charts.gitlab.io"
GITLAB = "gitlab-org/gitlab"
"""Another group's project: no team member merges there."""
EPICS = "gitlab-org/distribution"

_MAINTAINERS = {
    OMNIBUS: ("mara", "ivo", "wren", "selma"),
    CHARTS: ("henrik", "timo", "jesse", "callum"),
    OPERATOR: ("jesse", "rohan", "callum"),
    CNG: ("mara", "wren", "asha"),
    BUILDER: ("ivo", "selma", "nadia"),
    TASKS: ("odile", "pilar"),
    EXPORTER: ("wren", "lindy"),
    CHARTS_SITE: ("henrik", "callum"),
}
GROUP_OF = {
    OMNIBUS: "build", CNG: "build", BUILDER: "build", EXPORTER: "build",
    CHARTS: "deploy", OPERATOR: "deploy", CHARTS_SITE: "deploy", TASKS: "build",
}  # fmt: skip
RED = OPERATOR
"""The one project whose default branch is red now, since 11:41 UTC."""
_RED_SINCE = END - 2 * HOUR - 31 * 60
_BESIDE = {
    OMNIBUS: (
        (150, "success", "18-11-stable", "push", ""),
        (51, "success", "19-0-stable", "push", ""),
        (22, "failed", "19-0-stable", "push", "package: [sles-15]"),
    ),
    CHARTS: tuple((18 + 24 * days, "success", "9-11-stable", "schedule", "") for days in (2, 1, 0)),
    CNG: (
        (60, "success", "master", "schedule", ""),
        (36, "failed", "master", "schedule", "scan: [ubi]"),
        (12, "failed", "master", "schedule", "scan: [ubi]"),
    ),
    EXPORTER: (
        (50, "failed", "master", "push", "rspec"),
        (49, "success", "master", "push", ""),
        (27, "failed", "master", "push", "rspec"),
        (26, "success", "master", "push", ""),
    ),
}
"""Pipelines of stable branches and schedules, and those of a job that comes and goes: how many hours ago, oldest first,
the status, branch, source and failing job."""


def branch_of(project: str) -> str:
    """The project's default branch."""
    return "main" if project in {TASKS, CHARTS_SITE} else "master"


def maintainers(project: str, people: tuple[str, ...]) -> tuple[str, ...]:
    """Who may merge; in a team of more people every seventh of the generated ones, turn by turn, too."""
    if project not in _MAINTAINERS:
        return ()
    turn = list(_MAINTAINERS).index(project) % 7
    more = tuple(name for number, name in enumerate(people[14:]) if number % 7 == turn)
    return tuple(name for name in _MAINTAINERS[project] if name in people) + more


def projects(people: tuple[str, ...]) -> tuple[Project, ...]:
    """The eight projects."""
    return tuple(Project(path, branch_of(path), maintainers(path, people)) for path in _MAINTAINERS)


@cache
def pipelines() -> tuple[Pipeline, ...]:
    """Every other day for two years, several a day of late. A failure is mended by the next run or two."""
    found = []
    for turn, path in enumerate(_MAINTAINERS):
        if path == TASKS:
            continue
        rng = Random(f"pipelines of {path}")
        at = FIRST_DAY + turn * HOUR
        number = 1_000_000 * (turn + 1)
        failing = 0
        while True:
            recent = at > END - 30 * DAY
            at += int((0.2 + rng.random() * 0.5) * DAY) if recent else int((1 + 2 * rng.random()) * DAY)
            if at >= _RED_SINCE - 600:
                break
            number += 10 * (1 + rng.randrange(40))
            failing = failing - 1 if failing else (1 + rng.randrange(2) if rng.random() < 0.05 else 0)
            status = "failed" if failing else "canceled" if rng.random() < 0.02 else "success"
            found.append(Pipeline(path, number, status, instant(at)))
        found.append(Pipeline(path, number + 50, "success", instant(_RED_SINCE - 300)))
        if path == RED:
            url = f"https://gitlab.com/{path}/-/pipelines/"
            for run, since in ((60, 0), (75, 70 * 60)):
                found.append(
                    Pipeline(path, number + run, "failed", instant(_RED_SINCE + since), f"{url}{number + run}")
                )
        for hours, status, branch, source, job in _BESIDE.get(path, ()):
            ended = instant(END - hours * HOUR)
            before = max(run.id for run in found if run.project == path and run.finished_at <= ended)
            jobs = (job,) if job else ()
            found.append(Pipeline(path, before + 1, status, ended, ref=branch, source=source, failed_jobs=jobs))
    return tuple(found)
