"""Of each item no more than decisions read, and of what many items say alike no more than one."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from handrail.model.facts import Team
from handrail.model.items import Ask, Issue, Item, MergeRequest, Section, Stay, headed
from handrail.model.planning import Milestone
from handrail.rules.terms import Terms
from handrail.worktime import release_calendar

_NOTHING: dict[str, Any] = {}
_MANAGERS = {"engineering_manager", "product_manager"}


class Keeping:
    """Keeps what decisions may ask of one item after the other; equal values stand in memory once, as first seen."""

    def __init__(self, team: Team, terms: Terms, milestones: Mapping[str, Milestone]) -> None:
        handbook = terms.handbook
        self._terms = terms
        self._labels = handbook.labels
        self._titles = tuple({title: None for rule in handbook.rules.values() for title in rule.get("titles", ())})
        self._people = {**team.people, **handbook.people}
        self._managers = {name for name, one in self._people.items() if _MANAGERS & {*one.roles}}
        self._asked = {one.ref for one in team.requests if one.state == "asked"}
        self._start = _starts(milestones, ZoneInfo(handbook.team.zone))
        self._read: dict[tuple[str, ...], tuple[tuple[str, ...], tuple[str, ...], bool]] = {}
        self._shared: dict[object, Any] = {}
        self._share: Callable[[Any, Any], Any] = self._shared.setdefault
        """Gives the first of all equal values, asked with the value twice."""

    def of(self, item: Item) -> Item:
        """The item without the instants of most labels, and without what no decision about an item like it reads."""
        share, created = self._share, item.created_at
        labels, dated, waits = self._read.get(item.labels) or self._read_labels(item.labels)
        kept = {
            "labels": labels,
            "sections": self._sections(item.sections) if item.sections else (),
            "label_since": {
                label: created if (since := item.label_since[label]) == created else since
                for label in dated
                if label in item.label_since
            },
            "label_by": self._told(item.label_by, dated) if item.label_by else _NOTHING,
            "label_before": self._told(item.label_before, dated) if item.label_before else _NOTHING,
            "label_freed": item.label_freed or _NOTHING,
            "milestones": self._stays(item.milestones, created) if item.milestones else (),
            "spoke": item.spoke if item.spoke and (waits or item.ref in self._asked) else _NOTHING,
            "acted": item.acted or _NOTHING,
            "others": self._of_managers(item.others) if self._labels.deliverable in labels else _NOTHING,
            "milestone": share(item.milestone, item.milestone),
            "author": share(item.author, item.author),
            "last_human_by": share(item.last_human_by, item.last_human_by),
            "assigned_since": created if item.assigned_since == created else item.assigned_since,
            "assignees": self._once(item.assignees),
        }
        if isinstance(item, Issue):
            kept["epic"] = share(item.epic, item.epic)
            if item.been and self._labels.spike not in labels:
                kept["been"] = ()
            if item.asks:
                kept["asks"] = tuple(one for one in item.asks if self._waits_for_the_team(one))
        elif isinstance(item, MergeRequest):
            kept["detailed_merge_status"] = share(item.detailed_merge_status, item.detailed_merge_status)
            kept["target_branch"] = share(item.target_branch, item.target_branch)
            kept["changed_paths"] = self._once(item.changed_paths)
            kept["approved_by"] = self._once(item.approved_by)
            kept["reviewers"] = tuple([replace(o, username=share(o.username, o.username)) for o in item.reviewers])
            kept["threads"] = tuple([replace(o, last_by=share(o.last_by, o.last_by)) for o in item.threads])
        return replace(item, **kept)

    def _once(self, words: tuple[str, ...]) -> tuple[str, ...]:
        """The words and the tuple of them as first seen."""
        found: tuple[str, ...] | None = self._shared.get(words)
        if found is None:
            found = self._shared[words] = tuple(self._share(word, word) for word in words)
        return found

    def _read_labels(self, labels: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
        """The labels, those of which it matters since when they are there, and whether one waits for an answer."""
        terms, those = self._terms, self._once(labels)
        dated = terms.dated_labels(those)
        self._read[those] = those, tuple(label for label in those if label in dated), terms.waits(those)
        return self._read[those]

    def _sections(self, sections: Sequence[Section]) -> tuple[Section, ...]:
        """The sections that a rule may ask for, and those they lie below; what a template gave to many stands once."""
        asked = headed(sections, self._titles) if self._titles else ()
        kept: list[Section] = []
        for one in reversed(sections):
            if one.total or one in asked or (kept and one.level < kept[-1].level):
                kept.append(one)
        those = tuple(reversed(kept))
        found: tuple[Section, ...] = self._share(those, those)
        return found

    def _told(self, told: dict[str, str], labels: Sequence[str]) -> dict[str, str]:
        """What is told of these labels; few different answers serve all items."""
        those = labels, tuple(map(told.get, labels))
        found: dict[str, str] | None = self._shared.get(those)
        if found is None:
            found = {label: self._share(word, word) for label, word in zip(*those, strict=True) if word is not None}
            self._shared[those] = found
        return found

    def _stays(self, stays: Sequence[Stay], created: datetime) -> tuple[Stay, ...]:
        """The milestones it was in. One alone that it was put into before that began says nothing more."""
        if len(stays) == 1 and ((start := self._start(stays[0].title)) is None or stays[0].since <= start):
            return ()
        share = self._share
        return tuple([Stay(share(o.title, o.title), created if o.since == created else o.since) for o in stays])

    def _of_managers(self, acts: dict[str, datetime]) -> dict[str, datetime]:
        """What EM and PM did; most items have nothing of theirs."""
        return {name: at for name, at in acts.items() if name in self._managers} or _NOTHING

    def _waits_for_the_team(self, ask: Ask) -> bool:
        return ask.of in self._people and self._people.keys().isdisjoint(ask.since)


def _starts(milestones: Mapping[str, Milestone], zone: ZoneInfo) -> Callable[[str], datetime | None]:
    """What tells when a milestone begins, in the team's zone."""

    @cache
    def start_of(title: str) -> datetime | None:
        known = milestones.get(title) or release_calendar.milestone(title)
        return datetime.combine(known.start, time(), zone) if known and known.start else None

    return start_of
