"""The pipelines of a branch: since when it is red, since when green, and which of its jobs come and go.

A line of pipelines is a default branch's, a stable branch's, or the scheduled ones of any branch: a nightly pipeline
that fails says something else than the pipeline of a merge. It may have jobs of its own, too: what has failed at night
only is not green again because a merge is.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import cached_property
from itertools import takewhile
from typing import Literal

from handrail.model.planning import Pipeline
from handrail.rules.desk import Desk
from handrail.rules.path_patterns import Patterns

Kind = Literal["default", "stable", "scheduled"]


class Line:
    """The pipelines of one branch that succeeded or failed, oldest first."""

    def __init__(self, project: str, branch: str, kind: Kind, runs: Sequence[Pipeline]) -> None:
        self.project = project
        self.branch = branch
        self.kind = kind
        self.runs = runs

    @property
    def ref(self) -> str:
        """``project@branch``."""
        return f"{self.project}@{self.branch}"

    @cached_property
    def red(self) -> Sequence[Pipeline]:
        """The failures since the last success, oldest first; none: it is green."""
        return list(takewhile(lambda run: run.status == "failed", reversed(self.runs)))[::-1]

    @property
    def red_since(self) -> datetime | None:
        """Since when it is red."""
        return self.red[0].finished_at if self.red else None

    @cached_property
    def green_since(self) -> datetime | None:
        """Since when it is green, as far back as its pipelines are known."""
        green = list(takewhile(lambda run: run.status == "success", reversed(self.runs)))
        return green[-1].finished_at if green else None

    @property
    def failing(self) -> tuple[str, ...]:
        """The jobs that failed in the latest pipeline."""
        return self.red[-1].failed_jobs if self.red else ()

    def green_before(self, job: str) -> tuple[Pipeline, Pipeline] | None:
        """The last pipeline in which the failing job did not fail and the first one in which it did.

        Without a job: the last that succeeded and the first that failed. None where none before is known.
        """
        first = self.runs[-1]
        kinds = _kinds(self.runs).get(job, {True, False})
        for run in reversed(self.runs):
            if _is_scheduled(run) not in kinds:
                continue
            if run.status == "success" or (job and run.failed_jobs and job not in run.failed_jobs):
                return run, first
            first = run
        return None


def default_branch(project: str, desk: Desk) -> str:
    """The project's default branch; main where nobody knows it."""
    known = desk.snapshot.projects.get(project)
    return known.default_branch if known else "main"


def lines_of(project: str, desk: Desk, stable: Patterns) -> Iterator[Line]:
    """The lines of a project's pipelines: its default branch's, its stable branches' and the scheduled ones."""
    default = default_branch(project, desk)
    found: dict[tuple[Kind, str], list[Pipeline]] = {}
    for run in desk.snapshot.runs.get(project, ()):
        branch = run.ref or default
        if branch == default:
            found.setdefault(("default", branch), []).append(run)
        elif stable.fit(branch):
            found.setdefault(("stable", branch), []).append(run)
        if run.source == "schedule":
            found.setdefault(("scheduled", branch), []).append(run)
    return (Line(project, branch, kind, found[kind, branch]) for kind, branch in sorted(found))


def coming_and_going(line: Line, since: datetime) -> tuple[tuple[str, ...], tuple[Pipeline, ...]]:
    """What was red, green and red again since then: the jobs, and the latest failure of each such commit.

    A commit on which one pipeline failed and another one of its kind succeeded counts as well.
    """
    runs = [run for run in line.runs if run.finished_at >= since]
    kinds = _kinds(runs)
    jobs: dict[str, str] = {}
    commits: dict[tuple[str, bool], set[str]] = {}
    failed: dict[tuple[str, bool], Pipeline] = {}
    for run in runs:
        if run.status == "success":
            green = {job for job, state in jobs.items() if state == "red" and _is_scheduled(run) in kinds[job]}
            jobs |= dict.fromkeys(green, "green")
        for job in run.failed_jobs:
            jobs[job] = "red" if jobs.get(job, "red") == "red" else "again"
        if run.sha:
            commit = run.sha, _is_scheduled(run)
            commits.setdefault(commit, set()).add(run.status)
            if run.status == "failed":
                failed[commit] = run
    both = tuple(failed[commit] for commit, states in commits.items() if len(states) == 2)
    return tuple(sorted(job for job, state in jobs.items() if state == "again")), both


def _kinds(runs: Sequence[Pipeline]) -> dict[str, set[bool]]:
    """Of each job that failed whether it did in scheduled pipelines, in others, or in both: only those tell of it."""
    found: dict[str, set[bool]] = {}
    for run in runs:
        for job in run.failed_jobs:
            found.setdefault(job, set()).add(_is_scheduled(run))
    return found


def _is_scheduled(run: Pipeline) -> bool:
    return run.source == "schedule"
