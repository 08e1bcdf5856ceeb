"""The handbook's words, looked up once: what each label of an item says, and which rows a standing fits."""

import re
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import date
from functools import cache

from msgspec import Struct

from handrail.handbook.rotations import Rotation
from handrail.handbook.schema import Handbook
from handrail.handbook.work import Row
from handrail.model.items import Issue, Item
from handrail.model.labels import scope_of, value_of

QUARTERS = "fiscal quarter"
"""The scope of the fiscal quarters' labels, which GitLab takes for one a year."""


class Says(Struct, frozen=True, gc=False):
    """What an item's labels (and Status) say in the handbook's terms."""

    priority: int | None
    state: str
    """The workflow state in lower case: of issues "in dev", of merge requests "in review"; empty where none is said."""
    state_label: str
    """The label that says so, empty where the Status does."""
    group: str
    """The key of the team's group, empty for none or several."""
    ours: bool
    """Whether the item is the team's: of its projects, or under one of its labels."""
    community: bool


class Misfit(Struct, frozen=True, gc=False):
    """Why a row does not fit: the field, what the row wants, what the item has."""

    field: str
    wants: str
    has: str


class Standing(Struct, frozen=True, gc=False):
    """What the table's rows look at: the item's kind and labels, its stage for the person, and the class of its SLO."""

    kind: str
    stage: str
    priority: int | None
    slo: str | None
    labels: tuple[str, ...]


class Terms:
    """A handbook, ready to be asked about one item after the other."""

    def __init__(self, handbook: Handbook) -> None:
        self.handbook = handbook
        self.priorities = {label: grade.rank for label, grade in handbook.priorities.items()}
        self.types = frozenset(handbook.rules.get("required_labels", {}).get("types", ()))
        self.groups = {group.label: key for key, group in handbook.groups.items()}
        self.bots = frozenset((*handbook.team.bots, handbook.team.handle))
        self.community = frozenset(handbook.labels.community)
        self.blocked = handbook.workflow.blocked.casefold()
        self.in_progress = frozenset(state.casefold() for state in handbook.workflow.in_progress)
        self.available = frozenset(state.casefold() for state in handbook.work_queue.available.states)
        self._states = [state.casefold() for state in handbook.workflow.states if state != handbook.workflow.blocked]
        self._known = {*self._states, self.blocked}
        self._workflow = handbook.workflow.scope + "::"
        self._team_labels = {handbook.labels.team, *self.groups}
        whole = [source for source in handbook.sources.values() if not source.labels]
        self._sources = tuple(source.path for source in whole if not source.only)
        self._epics = tuple(source.path for source in whole)
        self._projects: dict[str, bool] = {}
        self._said: dict[tuple[tuple[str, ...], str | None], tuple[Says, Says]] = {}
        """What labels and Status say on another project's item, and on one of the team's own: many items share them."""
        stated = handbook.labels
        named = {stated.deliverable, stated.unplanned, stated.spike, *stated.community}
        states = {*handbook.triage.not_labels, *handbook.triage.timers_days, handbook.triage.stale_label}
        self._dated_labels = frozenset(
            label.casefold() for label in {*named, *states, *handbook.priorities, *handbook.severities}
        )
        self._rows: dict[tuple[str, str, int | None, str | None], tuple[tuple[int, Row], ...]] = {}
        self._waits = {label.casefold() for label in handbook.triage.timers_days}
        self._not_triage = {label.casefold() for label in handbook.triage.not_labels}
        quarter = re.escape(handbook.planning.quarter_label)
        pattern = quarter.replace(r"\{year\}", r"(?P<year>\d\d)").replace(r"\{quarter\}", "(?P<quarter>[1-4])")
        self._quarter = cache(re.compile(pattern).fullmatch)
        self._rotations = [
            (one, f"{one.project}#", re.compile(re.escape(one.title).replace(r"\{start\}", r"(\d{4}-\d{2}-\d{2})")))
            for one in handbook.rotations.values()
            if one.project
        ]

    def read(self, item: Item) -> Says:
        """What the item's labels say. Of several priorities the highest counts (GitLab Free does not exclude them)."""
        key = item.labels, item.status if isinstance(item, Issue) else None
        said = self._said.get(key)
        if said is None:
            elsewhere, own = self._says(*key, ours=False), self._says(*key, ours=True)
            said = self._said[key] = elsewhere, own if own != elsewhere else elsewhere
        elsewhere, own = said
        return own if own is not elsewhere and self.is_own(item) else elsewhere

    def _says(self, labels: tuple[str, ...], status: str | None, *, ours: bool) -> Says:
        priority: int | None = None
        group = ""
        states: list[str] = []
        community = several = False
        for label in labels:
            rank = self.priorities.get(label)
            if rank is not None:
                priority = rank if priority is None else min(rank, priority)
            elif label.startswith(self._workflow):
                states.append(label)
            elif label in self._team_labels:
                ours = True
                key = self.groups.get(label, "")
                several = several or (group != "" != key)
                group = key or group
            elif label in self.community:
                community = True
        state_label = max(states, key=self._furthest, default="")
        state = value_of(state_label).casefold()
        # A lifecycle's own Statuses ("To do") are on issues of which nobody said so: where labels tell, they count.
        if status and (not state_label or status.casefold() in self._known):
            state, state_label = status.casefold(), ""
        return Says(priority, state, state_label, "" if several else group, ours, community)

    def state_of(self, word: str) -> str:
        """The workflow state that a label or a Status says, in lower case; empty where it says none."""
        if word.startswith(self._workflow):
            return value_of(word).casefold()
        return word.casefold() if word.casefold() in self._known else ""

    def _furthest(self, label: str) -> int:
        """Of several workflow labels (GitLab Free does not exclude them) blocked counts, else the furthest state."""
        state = value_of(label).casefold()
        if state == self.blocked:
            return len(self._states)
        return self._states.index(state) if state in self._states else -1

    def is_own(self, item: Item) -> bool:
        """Whether the item is the team's by where it is: in one of its own projects, or an epic of its groups."""
        return _within(item.project, self._epics) if item.sigil == "&" else self.is_source(item.project)

    def is_source(self, project: str) -> bool:
        """Whether the project is one of the team's own (a source that labels narrow leaves that to the labels)."""
        known = self._projects.get(project)
        if known is None:
            known = self._projects[project] = _within(project, self._sources)
        return known

    def row_for(self, standing: Standing) -> tuple[int, Row] | None:
        """The row that decides, with its place in the table: the lowest level that fits, then the table's order."""
        key = (standing.kind, standing.stage, standing.priority, standing.slo)
        rows = self._rows.get(key)
        if rows is None:
            bare = Standing(*key, ())
            fitting = [
                (place, row)
                for place, row in enumerate(self.handbook.work_queue.table, 1)
                if all(misfit.field == "labels" for misfit in self.misfits(row, bare))
            ]
            rows = self._rows[key] = tuple(sorted(fitting, key=lambda found: (found[1].level, found[0])))
        for place, row in rows:
            if all(self.carries(standing.labels, label) for label in row.labels):
                return place, row
        return None

    def misfits(self, row: Row, standing: Standing) -> list[Misfit]:
        """Every field of the row that the standing does not fit; none: the row fits."""
        found = []
        if row.kind != standing.kind:
            return [Misfit("kind", row.kind, standing.kind)]
        if row.stage != standing.stage:
            found.append(Misfit("stage", row.stage, standing.stage))
        if row.priority is not None and row.priority != standing.priority:
            found.append(Misfit("priority", str(row.priority), str(standing.priority or "")))
        if row.slo is not None and row.slo != standing.slo and not found:
            found.append(Misfit("slo", row.slo, standing.slo or ""))
        found += [Misfit("labels", label, "") for label in row.labels if not self.carries(standing.labels, label)]
        return found

    def carries(self, labels: Sequence[str], wanted: str) -> bool:
        """Whether the labels hold the wanted one, or one that the handbook counts in its place."""
        return wanted in labels or any(other in labels for other in self.handbook.work_queue.counts_as.get(wanted, ()))

    def dated_labels(self, labels: Sequence[str]) -> frozenset[str]:
        """Those of an item's labels of which a decision asks since when; the others' instants need not be kept.

        Of those that exclude each other it asks whichever they are: the one that came last counts.
        """
        dated = {one for one in labels if one.startswith(self._workflow) or one.casefold() in self._dated_labels}
        return frozenset(dated.union(*self.several(labels)))

    def waits(self, labels: Sequence[str]) -> bool:
        """Whether one of an item's labels may stay for a time only: then it matters who has said something since."""
        return any(label.casefold() in self._waits for label in labels)

    def several(self, labels: Sequence[str]) -> tuple[tuple[str, ...], ...]:
        """The labels of each scope that has more than one of them; fiscal quarters are one scope, whatever the year."""
        scopes: dict[str | None, list[str]] = {}
        for label in labels:
            scopes.setdefault(QUARTERS if self.is_quarter(label) else scope_of(label), []).append(label)
        return tuple(tuple(those) for scope, those in scopes.items() if scope is not None and len(those) > 1)

    def is_quarter(self, label: str) -> bool:
        """Whether a label names a fiscal quarter, of whichever year."""
        return self._quarter(label) is not None

    def quarter(self, label: str) -> tuple[int, int]:
        """The year (two digits) and the number of the quarter that a label names, to compare quarters by."""
        named = self._quarter(label)
        assert named is not None
        return int(named["year"]), int(named["quarter"])

    def waits_for_triage(self, issue: Issue) -> bool:
        """Whether an issue is in the triage queue: no milestone, nobody assigned, none of the states in between."""
        return (
            issue.milestone is None
            and not issue.assignees
            and all(label.casefold() not in self._not_triage for label in issue.labels)
        )

    def shift_of(self, item: Item, of: Rotation | None = None) -> date | None:
        """The first day of the shift whose rotation issue this is, ``of`` one rotation or any; else None."""
        for rotation, project, title in self._rotations:
            if item.ref.startswith(project) and (of is None or of is rotation):
                match = title.fullmatch(item.title.strip())
                with suppress(ValueError):
                    if match:
                        return date.fromisoformat(match[1])
        return None


def _within(path: str, places: Iterable[str]) -> bool:
    return any(path == place or path.startswith(f"{place}/") for place in places)
