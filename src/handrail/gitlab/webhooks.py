"""What a webhook's body tells: of which item, and provisional events until the item's history is read. No I/O.

Webhooks tell times to the second, in the zone of the server, and no identity of what happened; of milestones only the
number. Events of kinds that we do not follow are None. Source: GitLab's documentation of webhook events.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET
from msgspec.structs import replace

from handrail.gitlab.histories import Team, instant, named_like_a_bot, note_events
from handrail.gitlab.items import HEALTH, REVIEW_STATES
from handrail.gitlab.system_notes import Names
from handrail.gitlab.webhook_bodies import (
    Attributes,
    Change,
    Changes,
    Group,
    ItemBody,
    MilestoneBody,
    NoteBody,
    PipelineBody,
    Project,
    Reviewer,
    Status,
    Titled,
    User,
)
from handrail.model.history import Deed, Event
from handrail.model.items import Item, MergeRequest, is_reference
from handrail.model.items import Reviewer as Asked
from handrail.model.planning import Milestone, Pipeline

_NO_NUMBERS = Names(lambda _: None, lambda _: None)
_NO_TITLES: Mapping[str, str] = MappingProxyType({})
_ENDS: Mapping[str, Deed] = {"close": "closed", "reopen": "reopened", "merge": "merged"}
_APPROVALS: Mapping[str, Deed] = {
    "approved": "approved",
    "approval": "approved",  # approved by one, while the rules want more
    "unapproved": "unapproved",
    "unapproval": "unapproved",
}
_THREADS = frozenset({"DiscussionNote", "DiffNote"})
_NOTEABLE: Mapping[str, tuple[str, str]] = {"Issue": ("#", "issue"), "MergeRequest": ("!", "merge_request")}


@dataclass(frozen=True)
class Heard:
    """An item that something happened to, and what, as far as the body tells."""

    ref: str
    at: datetime
    """GitLab's ``updated_at`` of the item; of a comment when it was made."""
    events: tuple[Event, ...]
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What the body states of the item, by the names of ``model.items``; of a comment's body nothing."""
    is_whole: bool = True
    """Whether that is all that has changed of what is known of an item. Of an item that is not known, it never is."""

    def over(self, known: Item) -> Item:
        """The item as it is now: what is stated laid over what was known of it."""
        facts = {name: value for name, value in self.facts.items() if name in known.__struct_fields__}
        if isinstance(known, MergeRequest) and "reviewers" in facts:
            there = {reviewer.username: reviewer for reviewer in known.reviewers}
            facts["reviewers"] = tuple(
                replace(there.get(name, Asked(name)), **({"state": state} if state else {}))
                for name, state in facts["reviewers"]
            )
        if isinstance(known, MergeRequest):
            facts["approved_by"] = _approved(known.approved_by, self.events)
        state = facts.get("state", known.state)
        if state == "opened":
            facts["closed_at"] = None
        elif not facts.get("closed_at"):
            facts["closed_at"] = known.closed_at if known.state == state and known.closed_at else self.at
        return replace(known, **facts)


@dataclass(frozen=True)
class Planned:
    """A milestone as it is now."""

    number: str
    """Across the instance."""
    path: str
    """The project or group that it belongs to."""
    milestone: Milestone
    at: datetime


def heard(body: Mapping[str, Any], team: Team, titles: Mapping[str, str] = _NO_TITLES) -> Heard | None:
    """What the body of a webhook tells; None for what is no item's or of a kind that we do not follow.

    ``titles``: of milestones, by their number across the instance. Raises ValueError for a body that is none of
    GitLab's.
    """
    match kind_of(body):
        case "issue" | "work_item" | "merge_request" as kind:
            return _item(_read(body, ItemBody, kind), kind, team, titles)
        case "note":
            return _note(_read(body, NoteBody, "note"), team)
        case _:
            return None


def kind_of(body: Mapping[str, Any]) -> str:
    """GitLab's word for what the body tells of. Raises ValueError for a body that is none of GitLab's."""
    # Members come and go, and projects do, in the older manner.
    kind = body.get("object_kind") or body.get("event_name")
    if not isinstance(kind, str):
        raise ValueError("no webhook of GitLab's: it has no object_kind")
    return kind


def finished(body: Mapping[str, Any]) -> Pipeline | None:
    """The pipeline that has come to its end; None for a body of another kind, and while it runs. Raises ValueError."""
    if kind_of(body) != "pipeline":
        return None
    told = _read(body, PipelineBody, "pipeline")
    run = told.object_attributes
    if not run.finished_at or run.tag:
        return None
    jobs = (job.name for job in told.builds or () if job.status == "failed" and not job.allow_failure)
    return Pipeline(
        project=told.project.path_with_namespace,
        id=run.id,
        status=run.status,
        finished_at=_moment(run.finished_at),
        web_url=run.url or f"{told.project.web_url}/-/pipelines/{run.id}",
        ref=run.ref,
        sha=run.sha,
        source=run.source or "",
        failed_jobs=tuple(jobs) if run.status == "failed" else (),
    )


def planned(body: Mapping[str, Any]) -> Planned | None:
    """The milestone that was made or changed; None for a body of another kind. Raises ValueError."""
    if kind_of(body) != "milestone":
        return None
    told = _read(body, MilestoneBody, "milestone")
    found = told.object_attributes
    path = told.project.path_with_namespace if told.project else (told.group or Group()).full_path
    return Planned(
        str(found.id),
        path,
        Milestone(found.title, _day(found.start_date), _day(found.due_date), found.state),
        _moment(found.updated_at),
    )


# --- from a body to its parts --------------------------------------------------------------------------

_T = TypeVar("_T")


def _read(body: Mapping[str, Any], wanted: type[_T], kind: str) -> _T:
    try:
        return msgspec.convert(body, wanted, strict=False)  # older GitLabs wrote some numbers as text
    except msgspec.ValidationError as error:
        raise ValueError(f"a webhook of kind {kind} that is not as GitLab sends them: {error}") from error


def _moment(text: str) -> datetime:
    try:
        return instant(text)
    except OverflowError as error:
        raise ValueError(f"“{text}” is no time") from error


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


# --- items -------------------------------------------------------------------------------------------------


def _item(body: ItemBody, kind: str, team: Team, titles: Mapping[str, str]) -> Heard | None:
    facts, changes = body.object_attributes, body.changes or Changes()
    path = (body.project or facts.target or Project()).path_with_namespace
    if not path:  # an epic, or another item of a group's
        return None
    at = _moment(facts.updated_at)
    user = _user(body.user)
    mark = "!" if kind == "merge_request" else "#"
    events = tuple(team.event(at, user, did, value) for did, value in _deeds(facts, changes, titles))
    stated = dict(_common(body, changes, titles))
    stated |= _of_merge_request(body, changes) if mark == "!" else _of_issue(facts)
    return Heard(_ref(path, mark, facts.iid), at, events, stated, _is_whole(facts, changes, titles))


def _ref(path: str, mark: str, iid: int) -> str:
    ref = f"{path}{mark}{iid}"
    if not is_reference(ref):
        raise ValueError(f"a webhook of “{ref}”, which is no item's reference")
    return ref


def _deeds(facts: Attributes, changes: Changes, titles: Mapping[str, str]) -> Iterator[tuple[Deed, str]]:
    action = facts.action or ""
    if changes.labels:
        yield from _difference(_titles(changes.labels), "label_added", "label_removed")
    if changes.assignees:
        yield from _difference(_names(changes.assignees), "assigned", "unassigned")
    if changes.reviewers:
        yield from _difference(_names(changes.reviewers), "review_requested", "review_removed")
        for reviewer in changes.reviewers.current or ():
            if reviewer.re_requested:
                yield "review_requested", reviewer.username
    if changes.milestone_id and (title := _title(changes.milestone_id.current, titles)) is not None:
        yield "milestone_set", title
    if changes.status and isinstance(changes.status.current, Status):
        yield "status_set", changes.status.current.name
    if changes.draft:
        yield ("drafted" if changes.draft.current else "undrafted"), ""
    if action == "update" and facts.oldrev:
        yield "pushed", ""
    # GitLab calls some approvals that its own rules reset "system": nobody did them.
    if action in _APPROVALS and not facts.system:
        yield _APPROVALS[action], ""
    if action in _ENDS:
        yield _ENDS[action], ""


def _title(number: int | None, titles: Mapping[str, str]) -> str | None:
    """A milestone's title: empty for none, None for one that is not known."""
    return "" if number is None else titles.get(str(number))


def _titles(change: Change[list[Titled]]) -> tuple[list[str], list[str]]:
    return [one.title for one in change.previous or ()], [one.title for one in change.current or ()]


def _names(change: Change[list[User]] | Change[list[Reviewer]]) -> tuple[list[str], list[str]]:
    return [one.username for one in change.previous or ()], [one.username for one in change.current or ()]


def _difference(change: tuple[list[str], list[str]], came: Deed, went: Deed) -> Iterator[tuple[Deed, str]]:
    before, after = change
    yield from ((went, name) for name in before if name not in after)
    yield from ((came, name) for name in after if name not in before)


def _common(body: ItemBody, changes: Changes, titles: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
    """What issues and merge requests have in common, as far as it is stated."""
    facts = body.object_attributes
    if facts.title is not None:
        yield "title", facts.title
    if facts.state is not None:
        yield "state", "opened" if facts.state == "locked" else facts.state
    if facts.closed_at is not None:
        yield "closed_at", _moment(facts.closed_at)
    labels = facts.labels if body.labels is None else body.labels
    if labels is not None:
        yield "labels", tuple(sorted({label.title for label in labels}))
    assignees = _people(body.assignees, facts.assignee_ids, changes.assignees)
    if assignees is not None:
        yield "assignees", tuple(one.username for one in assignees)
    if facts.milestone_id is not UNSET and (title := _title(facts.milestone_id, titles)) is not None:
        yield "milestone", title or None


_Somebody = TypeVar("_Somebody", User, Reviewer)


def _people(
    stated: list[_Somebody] | None, numbers: list[int] | None, change: Change[list[_Somebody]] | None
) -> Sequence[_Somebody] | None:
    """Who it is now. GitLab leaves a list of nobody out: then the numbers tell, or a change; None: nobody can tell."""
    if stated is not None:
        return stated
    if numbers == []:
        return ()
    return (change.current or ()) if change else None


def _of_issue(facts: Attributes) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if isinstance(facts.confidential, bool):
        found["confidential"] = facts.confidential
    if facts.weight is not UNSET:
        found["weight"] = facts.weight
    if facts.health_status is not UNSET:
        found["health"] = HEALTH.get(facts.health_status or "")
    if isinstance(facts.status, Status):
        found["status"] = facts.status.name
    return found


def _of_merge_request(body: ItemBody, changes: Changes) -> dict[str, Any]:
    facts = body.object_attributes
    found: dict[str, Any] = {}
    if isinstance(facts.draft, bool):
        found["draft"] = facts.draft
    reviewers = _people(body.reviewers, facts.reviewer_ids, changes.reviewers)
    if reviewers is not None:
        found["reviewers"] = tuple(
            (one.username, one.state if one.state in REVIEW_STATES else None) for one in reviewers
        )
    for name in ("target_branch", "detailed_merge_status"):
        if value := getattr(facts, name):
            found[name] = value
    if facts.state == "merged":
        found["merge_commit"] = facts.merge_commit_sha or ""
    return found


def _is_whole(facts: Attributes, changes: Changes, titles: Mapping[str, str]) -> bool:
    """Not where a milestone's title, changed files, a description's sections or whose approvals count is missing."""
    unknown = changes.milestone_id is not None and _title(changes.milestone_id.current, titles) is None
    return not (unknown or changes.description or facts.oldrev or facts.action in _APPROVALS)


def _approved(before: tuple[str, ...], events: Sequence[Event]) -> tuple[str, ...]:
    there = dict.fromkeys(before)
    for event in events:
        if event.did == "approved":
            there[event.by] = None
        elif event.did == "unapproved":
            there.pop(event.by, None)
    return tuple(there)


# --- comments ----------------------------------------------------------------------------------------------


def _note(body: NoteBody, team: Team) -> Heard | None:
    facts = body.object_attributes
    mark, name = _NOTEABLE.get(facts.noteable_type, ("", ""))
    if not mark:
        return None
    item = getattr(body, name)
    if item is None or body.project is None:
        raise ValueError(f"a webhook of kind note that lacks its {name.replace('_', ' ')} or project")
    at = _moment(facts.created_at)
    note = {
        "body": facts.note,
        "system": facts.system,
        "createdAt": facts.created_at,
        "author": _user(body.user),
    }
    # Correcting one's words is no new word.
    said = facts.action in (None, "create")
    thread = facts.discussion_id or "" if facts.type in _THREADS else ""
    # The body tells the item's author by number only.
    is_author = item.author_id is not None and item.author_id == facts.author_id
    author = body.user.username if body.user and is_author else ""
    events = tuple(note_events(note, thread, _NO_NUMBERS, team, claims=mark == "#", author=author)) if said else ()
    return Heard(_ref(body.project.path_with_namespace, mark, item.iid), at, events)


def _user(user: User | None) -> Mapping[str, Any] | None:
    return {"username": user.username, "bot": named_like_a_bot(user.username)} if user else None
