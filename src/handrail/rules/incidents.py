"""Which branches an open incident is about, by its project and its title; and who mends a branch.

An incident is an issue with the label of a red branch. It is about the branches that its title names, else about its
project's default branch. Where those are not red, the other projects of the team that its title names count as well,
since some teams keep their incidents in one place.
"""

import re
from collections.abc import Iterator
from datetime import datetime

from handrail.model.items import Issue, Item, MergeRequest
from handrail.rules.branch_runs import Line, default_branch, lines_of
from handrail.rules.desk import Desk
from handrail.rules.path_patterns import Patterns, patterns_of

_RULE = "red_default_branch"
_WORD = re.compile(r"[\w./-]+")


class Incidents:
    """The branches of all projects, the open incidents about them, and the open merge requests that mend them."""

    def __init__(self, desk: Desk, stable: Patterns) -> None:
        self.lines = {path: tuple(lines_of(path, desk, stable)) for path in desk.snapshot.runs}
        # A desk of its own: the one that remembers it would be in a circle with it, and outlive its use.
        self._desk, self._stable = desk.on(desk.snapshot), stable
        self._projects = {
            name.casefold(): path for path in self.lines if desk.terms.is_source(path) for name in _names(path, desk)
        }
        self._of: dict[str, list[Issue]] = {}
        self._fixes: dict[str, list[MergeRequest]] = {}
        label = desk.handbook.labels.red_branch
        for item in sorted((one for one in desk.snapshot.items if label in one.labels), key=_age):
            if isinstance(item, Issue):
                for ref in self._about(item):
                    self._of.setdefault(ref, []).append(item)
            elif isinstance(item, MergeRequest) and desk.reachable(_menders(item)):
                self._fixes.setdefault(item.project, []).append(item)

    def of(self, ref: str) -> tuple[Issue, ...]:
        """The open incidents about a branch (``project@branch``), oldest first: the first of them counts."""
        return tuple(self._of.get(ref, ()))

    def lines_about(self, incident: Issue) -> tuple[Line, ...]:
        """The pipelines of all branches that it is about; none where those of one of them are not known."""
        refs = self._about(incident)
        found = [line for lines in self.lines.values() for line in lines if line.ref in refs]
        return tuple(found) if {line.ref for line in found} == refs else ()

    def taken_by(self, incident: Issue | None) -> tuple[str, ...]:
        """Who has it: its assignees but for bots, and members who are away."""
        return self._desk.reachable(incident.assignees) if incident else ()

    def fixes(self, project: str, branch: str) -> tuple[MergeRequest, ...]:
        """The open merge requests that say they mend the branch, and that somebody who is there writes."""
        return tuple(item for item in self._fixes.get(project, ()) if item.target_branch in {"", branch})

    def fixed_by(self, project: str, branch: str) -> tuple[str, ...]:
        """Who writes them."""
        return self._desk.reachable(
            dict.fromkeys(name for item in self.fixes(project, branch) for name in _menders(item))
        )

    def _about(self, incident: Issue) -> set[str]:
        words = {word.strip("./-") for word in _WORD.findall(incident.title)}
        own = set(self._branches(incident.project, words)) if incident.project in self.lines else set()
        if any(line.red for line in self.lines.get(incident.project, ()) if line.ref in own):
            return own
        if not self._desk.terms.is_source(incident.project):
            return own
        named = {self._projects[word.casefold()] for word in words if word.casefold() in self._projects}
        return own.union(*(self._branches(path, words) for path in named))

    def _branches(self, path: str, words: set[str]) -> Iterator[str]:
        known = {line.branch for line in self.lines[path]}
        default = default_branch(path, self._desk)
        named = sorted(word for word in words if word in known or word == default or self._stable.fit(word))
        return (f"{path}@{branch}" for branch in named or (default,))


def incidents(desk: Desk) -> Incidents:
    """Worked out once for all items."""
    stable = patterns_of(tuple(desk.handbook.rules.get(_RULE, {}).get("stable", ())))
    return desk.once(__name__, lambda: Incidents(desk, stable))


def _names(path: str, desk: Desk) -> Iterator[str]:
    """What people call a project: its path, the handbook's name, and the path's last part where it holds that name."""
    name, last = desk.source_name(path), path.rpartition("/")[2]
    yield path
    yield name
    if name in last:
        yield last


def _menders(fix: MergeRequest) -> tuple[str, ...]:
    return fix.assignees or (fix.author,)


def _age(item: Item) -> tuple[datetime, str]:
    return item.created_at, item.ref
