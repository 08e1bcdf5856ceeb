"""Milestones, projects and default-branch pipelines, as facts."""

from collections.abc import Iterable
from datetime import date, datetime
from itertools import takewhile
from typing import Literal

from msgspec import Struct


class Milestone(Struct, frozen=True, omit_defaults=True, tag_field="kind", tag="milestone", forbid_unknown_fields=True):
    """A milestone of GitLab's. One without dates (Backlog, Next 1-3 releases) is never the current one."""

    title: str
    start: date | None = None
    due: date | None = None
    state: Literal["active", "closed"] = "active"
    """Today's: GitLab does not tell when a milestone was closed."""


class Project(Struct, frozen=True, omit_defaults=True, tag_field="kind", tag="project", forbid_unknown_fields=True):
    """A project: its default branch and who may merge into it."""

    path: str
    default_branch: str = "main"
    maintainers: tuple[str, ...] = ()


class Pipeline(Struct, frozen=True, omit_defaults=True, tag_field="kind", tag="pipeline", forbid_unknown_fields=True):
    """A finished pipeline."""

    project: str
    id: int
    status: str
    finished_at: datetime
    web_url: str | None = None
    ref: str = ""
    """The branch; empty: the project's default branch."""
    sha: str = ""
    source: str = ""
    """What started it, in GitLab's word: push, schedule, web ..."""
    failed_jobs: tuple[str, ...] = ()
    """The names of the jobs that failed, those that were allowed to left out."""


class RedBranch(Struct, frozen=True, gc=False):
    """A default branch whose latest finished pipeline failed, since the first failure after the last success."""

    project: str
    branch: str
    since: datetime
    web_url: str | None = None

    @property
    def ref(self) -> str:
        """``project@branch``."""
        return f"{self.project}@{self.branch}"

    @property
    def title(self) -> str:
        """What is wrong, in words."""
        return f"{self.branch} is red: its latest pipeline failed"


def runs_by_project(pipelines: Iterable[Pipeline], now: datetime) -> dict[str, tuple[Pipeline, ...]]:
    """The pipelines that had succeeded or failed by ``now``, by project, oldest first."""
    found: dict[str, list[Pipeline]] = {}
    for pipeline in pipelines:
        if pipeline.finished_at <= now and pipeline.status in {"success", "failed"}:
            found.setdefault(pipeline.project, []).append(pipeline)
    return {path: tuple(sorted(found[path], key=lambda run: (run.finished_at, run.id))) for path in sorted(found)}


def red_branches(projects: Iterable[Project], pipelines: Iterable[Pipeline], now: datetime) -> list[RedBranch]:
    """The red default branches at ``now``, by project.

    Pipelines that were cancelled or skipped say nothing, and those of other branches are not looked at.
    """
    branches = {project.path: project.default_branch for project in projects}
    red = []
    for path, runs in runs_by_project(pipelines, now).items():
        branch = branches.get(path, "main")
        latest_first = (run for run in reversed(runs) if run.ref in {"", branch})
        failed = list(takewhile(lambda run: run.status == "failed", latest_first))
        if failed:
            red.append(RedBranch(path, branch, failed[-1].finished_at, failed[0].web_url))
    return red
