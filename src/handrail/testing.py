"""Builders for tests of a workflow: say what matters to the test, the rest is ordinary.

    book = a_handbook({"work_queue.available.open_to": "group"})
    issue = an_issue(7, "priority::2", "Deliverable", milestone=MILESTONE)
    assert lines(rank(a_snapshot(issue, handbook=book), book, "nadia")) == ["5-pick-up omnibus-gitlab#7"]

A team tests its own handbook the same way, with ``handrail.handbook.load.load(path)`` in place of ``a_handbook()``.
Unless a test says otherwise it is Tuesday afternoon, everybody works from nine to five in UTC, and nothing is red.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Literal, TypedDict, Unpack
from zoneinfo import ZoneInfo

from msgspec import structs

from handrail.engine.assemble import assemble
from handrail.handbook.load import load
from handrail.handbook.schema import Handbook
from handrail.model.actions import Comment
from handrail.model.asked import Asked
from handrail.model.facts import Team, is_wanted
from handrail.model.findings import Finding
from handrail.model.history import Event
from handrail.model.items import (
    Ask,
    Claim,
    Command,
    Epic,
    Health,
    Issue,
    Item,
    LinkedMergeRequest,
    MergeRequest,
    Reviewer,
    ReviewState,
    Section,
    Stay,
    Thread,
    Version,
)
from handrail.model.people import Person
from handrail.model.planning import Milestone, Pipeline, Project
from handrail.model.queue import Entry
from handrail.model.requests import UnplannedRequest
from handrail.model.snapshot import Snapshot
from handrail.rules.catalogue import findings, rules, whole_handbook
from handrail.rules.desk import Desk

NOW = datetime(2026, 6, 2, 14, tzinfo=UTC)
"""A Tuesday. Tests that need another moment say so."""
MILESTONE = "19.1"
"""The milestone that runs at NOW by the computed release calendar."""
PROJECT = "gitlab-org/omnibus-gitlab"
PEOPLE: Mapping[str, Person] = {
    "nadia": Person("Nadia", groups=("build",)),
    "mara": Person("Mara", groups=("build",)),
    "ivo": Person("Ivo", groups=("deploy",)),
    "timo": Person("Timo", groups=("deploy",)),
    "erin": Person("Erin", roles=("engineering_manager",)),
    "paul": Person("Paul", roles=("product_manager",)),
}
"""Two engineers of each group, and the two managers."""


class ItemFacts(TypedDict, total=False):
    """What may be said of any item; see ``handrail.model.items``."""

    title: str
    author: str
    created_at: datetime
    state: Literal["opened", "closed", "merged"]
    closed_at: datetime | None
    milestone: str | None
    assignees: tuple[str, ...]
    web_url: str | None
    confidential: bool
    assumed: tuple[str, ...]
    sections: tuple[Section, ...]
    versions: tuple[Version, ...]
    label_since: dict[str, datetime]
    label_by: dict[str, str]
    label_before: dict[str, str]
    label_freed: dict[str, datetime]
    milestones: tuple[Stay, ...]
    assigned_since: datetime | None
    last_human_at: datetime | None
    last_human_by: str
    spoke: dict[str, datetime]
    mentioned_since: datetime | None
    mentioned_by: str
    mentioned_last: datetime | None
    acted: dict[str, datetime]
    others: dict[str, datetime]
    commands: tuple[Command, ...]
    closed_about: str


class IssueFacts(ItemFacts, total=False):
    """What may be said of an issue besides."""

    status: str | None
    status_since: datetime | None
    status_before: str | None
    been: tuple[Stay, ...]
    weight: int | None
    epic: str | None
    epic_since: datetime | None
    health: Health | None
    progress: int | None
    blocked_by: tuple[str, ...]
    blocks: tuple[str, ...]
    related: tuple[str, ...]
    merge_requests: tuple[LinkedMergeRequest, ...]
    claims: tuple[Claim, ...]
    asks: tuple[Ask, ...]
    part: str


class EpicFacts(ItemFacts, total=False):
    """What may be said of an epic besides."""

    health: Health | None
    start: date | None


class MergeRequestFacts(ItemFacts, total=False):
    """What may be said of a merge request besides."""

    draft: bool
    reviewers: tuple[Reviewer, ...]
    approved_by: tuple[str, ...]
    threads: tuple[Thread, ...]
    detailed_merge_status: str
    target_branch: str
    pushed_at: datetime | None
    changed_paths: tuple[str, ...]
    changed_paths_cut: bool
    merge_commit: str


def at(text: str, zone: str = "UTC") -> datetime:
    """The instant of a local date and time, "2026-06-02 14:00", in a zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def an_issue(
    iid: int = 1,
    *labels: str,
    project: str = PROJECT,
    since: datetime | None = None,
    **facts: Unpack[IssueFacts],
) -> Issue:
    """An open issue of the team by somebody outside it; ``since`` when it has carried its labels, if that is known."""
    return structs.replace(Issue(**_plain(f"{project}#{iid}", labels, since)), **facts)


def a_merge_request(
    iid: int = 1,
    *labels: str,
    project: str = PROJECT,
    since: datetime | None = None,
    **facts: Unpack[MergeRequestFacts],
) -> MergeRequest:
    """An open merge request of the team by ``author``; ``since`` when it has carried its labels, if that is known."""
    return structs.replace(MergeRequest(target_branch="main", **_plain(f"{project}!{iid}", labels, since)), **facts)


def an_epic(iid: int = 1, *labels: str, group: str = "gitlab-org", **facts: Unpack[EpicFacts]) -> Epic:
    """An open epic."""
    return structs.replace(Epic(**_plain(f"{group}&{iid}", labels, None)), **facts)


def a_reviewer(
    username: str,
    state: ReviewState | None = None,
    *,
    asked: datetime | None = None,
    answered: datetime | None = None,
    requests: int = 1,
) -> Reviewer:
    """A reviewer who was asked and perhaps answered; a plain comment leaves the state as it was."""
    return Reviewer(username, state or "unreviewed", asked, answered, requests)


def a_claim(by: str, until: date | str | None, made_at: datetime) -> Claim:
    """Somebody's word to start on an issue by a date ("2026-06-05"), or without one."""
    return Claim(by, date.fromisoformat(until) if isinstance(until, str) else until, made_at)


@cache
def bundled() -> Handbook:
    """The bundled handbook, read once."""
    return load(None, whole_handbook())


def a_handbook(
    changes: Mapping[str, object] | None = None,
    people: Mapping[str, Person] = PEOPLE,
    base: Handbook | None = None,
) -> Handbook:
    """A handbook with ``people``, each key of ``changes`` ("work_queue.review_slo.near") set to its value.

    The values are not checked; a key that the schema does not know is an error.
    """
    handbook = replace(base or bundled(), people=dict(people))
    for path, value in (changes or {}).items():
        handbook = _changed(handbook, path.split("."), value)
    return handbook


@dataclass(frozen=True)
class Told:
    """Facts as a test tells them: the team, and each item with its history."""

    told: tuple[tuple[Item, Sequence[Event]], ...]
    known: Team

    def team(self) -> Team:
        """The team as told."""
        return self.known

    def items(
        self, *, histories: bool, closed: bool, closed_since: datetime | None = None
    ) -> Iterator[tuple[Item, Sequence[Event]]]:
        """The items in the order in which they were told."""
        for item, events in self.told:
            if is_wanted(item, closed=closed, closed_since=closed_since):
                yield item, events if histories else ()

    def history(self, ref: str) -> Sequence[Event]:
        """The item's events as told."""
        return next((events for item, events in self.told if item.ref == ref), ())


def a_snapshot(
    *items: Item | tuple[Item, Sequence[Event]],
    now: datetime = NOW,
    handbook: Handbook | None = None,
    projects: Iterable[Project] = (),
    milestones: Iterable[Milestone] = (),
    pipelines: Iterable[Pipeline] = (),
    requests: Iterable[UnplannedRequest] = (),
    asked: Iterable[Asked] = (),
) -> Snapshot:
    """What Handrail makes of these facts at ``now``, with the people of the handbook; closed items stand apart."""
    told = tuple((item, ()) if isinstance(item, Issue | MergeRequest | Epic) else item for item in items)
    around = tuple(projects), tuple(milestones), tuple(pipelines)
    team = Team(now, {}, *around, requests=tuple(requests), asked=tuple(asked))
    return assemble(Told(told, team), handbook or a_handbook(), closed=True)


def check_rule(name: str, snapshot: Snapshot, handbook: Handbook | None = None) -> list[Finding]:
    """What the rule of that name finds, each finding checked to be one that people can act on and be glad to read."""
    book = handbook or a_handbook()
    found = findings(Desk(snapshot, book), {name})
    for one in found:
        assert one.rule == name
        assert one.code in rules()[name].codes, f"FINDINGS of {name} does not say when {one.code} is found"
        assert one.clause in book.clauses, one.clause
        assert one.says.endswith((".", "?")), one.says
        for remedy in one.remedies:
            if isinstance(remedy.change, Comment):
                assert_kind(remedy.change)
    return found


def assert_kind(comment: Comment) -> None:
    """Our words thank, blame nobody and do not shout."""
    assert "thank" in comment.thanks.casefold(), comment.thanks
    assert_calm(f"{comment.thanks} {comment.asks}")
    assert comment.to or comment.group, "it is addressed to nobody"


def assert_calm(words: str) -> None:
    """What we say blames nobody and does not shout; code, quotations, labels and paths are others’ words."""
    words = re.sub(r"<!--.*?-->|`[^`]*`|“[^”]*”|~\"[^\"]*\"|~[\w:.-]+|\S+/\S+|\S*![0-9]+", "", words)
    assert "!" not in words, f"it shouts: {words}"
    loud = [word for word in re.findall(r"\b[A-Z]{4,}\b", words) if word not in _NAMES]
    assert not loud, f"it shouts: {loud}"
    blame = _BLAME.search(words)
    assert blame is None, f"it blames: {blame}"


_NAMES = frozenset({"JSON", "NGINX", "YAML", "RHEL", "SLES"})
_BLAME = re.compile(
    r"\b(you (?:forgot|failed|must|should have|did not|didn’t|have not|haven’t)|your (?:fault|mistake)|wrong(?:ly)?|"
    r"violat\w+|unacceptable|immediately|asap|neglect\w*|careless\w*)\b",
    re.IGNORECASE,
)


def told(found: Iterable[Finding]) -> list[str]:
    """Findings to compare with: each one's code and subject, "no-type omnibus-gitlab#7"."""
    return [f"{one.code} {one.subject.rpartition('/')[2]}" for one in found]


def a_red_branch(project: str = PROJECT, since: datetime = NOW) -> Pipeline:
    """The failed pipeline that makes a project's default branch red since then."""
    return Pipeline(project, 1, "failed", since)


def lines(entries: Iterable[Entry]) -> list[str]:
    """A queue to compare with: each entry's row and reference, "3-work-on omnibus-gitlab#7"."""
    return [f"{entry.row} {entry.item.ref.rpartition('/')[2]}" for entry in entries]


def _plain(ref: str, labels: tuple[str, ...], since: datetime | None) -> dict[str, Any]:
    return {
        "ref": ref,
        "title": f"Piece of work {ref.rpartition('/')[2]}",
        "author": "somebody",
        "created_at": datetime(2026, 5, 18, 9, tzinfo=UTC),
        "labels": labels,
        "label_since": dict.fromkeys(labels, since) if since else {},
    }


def _changed(block: Any, path: list[str], value: object) -> Any:
    """The block with the value at the path: of blocks a field, of maps a key."""
    key, *rest = path
    if isinstance(block, dict):
        return {**block, key: _changed(block[key], rest, value) if rest else value}
    return replace(block, **{key: _changed(getattr(block, key), rest, value) if rest else value})
