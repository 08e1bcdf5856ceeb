"""What may have broken a branch, and who resolves it: the change in question, its author, else the person on duty.

Whatever was merged after the commit of a failing job's last green pipeline, and no later than the commit of its first
red one, is in question. Of several nothing is guessed: they are listed. A job that comes and goes accuses nobody.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from msgspec import Struct

from handrail.model.items import MergeRequest
from handrail.model.planning import Pipeline
from handrail.rules.branch_runs import Line, coming_and_going
from handrail.rules.desk import Desk
from handrail.rules.incidents import incidents


class Resolver(Struct, frozen=True, gc=False):
    """Who is proposed to resolve an incident, by user name, and why: a clause in which they are "they"."""

    username: str
    why: str


class Merged:
    """The merge requests of the last weeks by project, and the commits that merged them."""

    def __init__(self, desk: Desk) -> None:
        self._by_project: dict[str, list[tuple[datetime, MergeRequest]]] = {}
        self._at: dict[str, datetime] = {}
        for item in desk.snapshot.closed:
            if isinstance(item, MergeRequest) and item.state == "merged" and item.closed_at is not None:
                self._by_project.setdefault(item.project, []).append((item.closed_at, item))
                if item.merge_commit:
                    self._at[item.merge_commit] = item.closed_at

    def between(self, line: Line, green: Pipeline, red: Pipeline, longest: timedelta) -> Iterator[MergeRequest]:
        """Those merged into the branch after the commit of a green pipeline, up to the commit of a red one.

        Where nobody knows when a commit was merged its pipeline's end stands in: for the green one as much earlier as
        the longest pipeline takes, since rather one too many is in question than one too few.
        """
        if green.sha and green.sha == red.sha:
            return
        after = self._at.get(green.sha, green.finished_at - longest)
        until = self._at.get(red.sha, red.finished_at)
        for at, item in self._by_project.get(line.project, ()):
            if after < at <= until and item.target_branch in {"", line.branch}:
                yield item


def in_question(line: Line, merged: Merged, longest: timedelta) -> tuple[MergeRequest, ...]:
    """The merge requests that may have broken a red branch, oldest first: of each failing job those since its green."""
    found: dict[str, MergeRequest] = {}
    for job in line.failing or ("",):
        runs = line.green_before(job)
        if runs is not None:
            found |= {item.ref: item for item in merged.between(line, *runs, longest)}
    return tuple(sorted(found.values(), key=lambda item: (item.closed_at or item.created_at, item.ref)))


def resolver(suspects: tuple[MergeRequest, ...], fixes: tuple[MergeRequest, ...], desk: Desk) -> Resolver | None:
    """Whoever writes the fix, else the author of the only change in question, else their group, else who is on duty.

    None where several changes are in question, and where nobody is known who could.
    """
    for fix in fixes:
        for name in fix.assignees or (fix.author,):
            if desk.is_available(name):
                return Resolver(name, f"they write the fix {fix.ref}")
    if len(suspects) > 1:
        return None
    for suspect in suspects:
        only = f"the only change merged before it broke, {suspect.ref}, is"
        if desk.is_available(suspect.author):
            return Resolver(suspect.author, f"{only} theirs")
        colleague = _colleague(suspect.author, desk)
        if colleague:
            return Resolver(
                colleague, f"{only} {desk.voice.name(suspect.author)}’s, who is away, and both are of one group"
            )
    return Resolver(desk.holder, "they are on duty") if desk.is_available(desk.holder) else None


def _colleague(author: str, desk: Desk) -> str:
    """One of the engineers of an absent member's groups, by preference one who is at work now."""
    people, now = desk.snapshot.people, desk.snapshot.now
    known = people.get(author)
    groups = set(known.groups) if known else set()
    those = [
        (not desk.snapshot.calendars[name].is_open(now), name)
        for name, person in people.items()
        if name != author and person.is_engineer and not groups.isdisjoint(person.groups) and desk.is_available(name)
    ]
    return min(those, default=(True, ""))[1]


class Known:
    """What is worked out once for all: incidents, and what was merged."""

    def __init__(self, desk: Desk, longest_pipeline_hours: float, flaky_hours: float) -> None:
        self.incidents = incidents(desk)
        self._merged = Merged(desk)
        self._longest = timedelta(hours=longest_pipeline_hours)
        self._lately = desk.snapshot.now - timedelta(hours=flaky_hours)

    def coming_and_going(self, line: Line) -> tuple[tuple[str, ...], tuple[Pipeline, ...]]:
        """The jobs and the commits that were red and green by turns lately."""
        return coming_and_going(line, self._lately)

    def blamed(self, line: Line, desk: Desk) -> tuple[tuple[MergeRequest, ...], Resolver | None]:
        """The changes in question of a red branch, and who is proposed to resolve it."""
        jobs, commits = self.coming_and_going(line)
        by_itself = line.red[0].sha in {run.sha for run in commits} or bool(line.failing and {*line.failing} <= {*jobs})
        suspects = () if by_itself else in_question(line, self._merged, self._longest)
        return suspects, resolver(suspects, self.incidents.fixes(line.project, line.branch), desk)


def people_of(suspects: tuple[MergeRequest, ...], who: Resolver | None, desk: Desk) -> tuple[str, ...]:
    """Who can act: whoever is proposed, else the authors of the changes in question who are of the team."""
    if who is not None:
        return (who.username,)
    return tuple(dict.fromkeys(item.author for item in suspects if desk.is_member(item.author)))
