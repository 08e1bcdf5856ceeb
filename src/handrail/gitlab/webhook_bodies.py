"""The bodies of GitLab's webhooks, as far as they are read: everything that is kept of one is of the type it has to be.

Whatever a GitLab leaves out, or states as null, has a default; what it states besides is passed over. Source: GitLab's
documentation of webhook events, and recorded bodies.
"""

from typing import Annotated, Generic, Literal, TypeVar

from msgspec import UNSET, Meta, Struct, UnsetType

T = TypeVar("T")
Number = Annotated[int, Meta(ge=0, lt=2**53)]
"""What every JSON reader can count to."""


class User(Struct):
    """Somebody."""

    username: str


class Reviewer(Struct):
    """Somebody who is asked for a review; ``state`` is GitLab's word, of a later GitLab perhaps another one."""

    username: str
    state: str | None = None
    re_requested: bool = False


class Titled(Struct):
    """A label."""

    title: str


class Status(Struct):
    """A Status of Premium's."""

    name: str


class Project(Struct):
    """A project."""

    path_with_namespace: str = ""
    web_url: str = ""


class Group(Struct):
    """A group; only later GitLabs tell the full path."""

    full_path: str = ""


class Change(Struct, Generic[T]):
    """What something was, and what it is now."""

    previous: T | None = None
    current: T | None = None


class Changes(Struct):
    """What has changed; null for all that has not."""

    labels: Change[list[Titled]] | None = None
    assignees: Change[list[User]] | None = None
    reviewers: Change[list[Reviewer]] | None = None
    milestone_id: Change[Number] | None = None
    draft: Change[bool] | None = None
    status: Change[Status | str] | None = None
    description: Change[str] | None = None


class Attributes(Struct):
    """An issue, another work item, or a merge request. UNSET: this body does not tell."""

    iid: Number
    updated_at: str
    title: str | None = None
    state: Literal["opened", "closed", "merged", "locked"] | None = None
    closed_at: str | None = None
    action: str | None = None
    system: bool = False
    oldrev: str | None = None
    target: Project | None = None
    labels: list[Titled] | None = None
    assignee_ids: list[Number] | None = None
    reviewer_ids: list[Number] | None = None
    milestone_id: Number | UnsetType | None = UNSET
    confidential: bool | UnsetType | None = UNSET
    draft: bool | UnsetType | None = UNSET
    weight: Number | UnsetType | None = UNSET
    health_status: str | UnsetType | None = UNSET
    status: Status | str | UnsetType | None = UNSET
    target_branch: str | None = None
    detailed_merge_status: str | None = None
    merge_commit_sha: str | None = None


class ItemBody(Struct):
    """Of something that happened to an item."""

    object_attributes: Attributes
    user: User | None = None
    project: Project | None = None
    changes: Changes | None = None
    labels: list[Titled] | None = None
    assignees: list[User] | None = None
    reviewers: list[Reviewer] | None = None


class Note(Struct):
    """A comment, or what GitLab notes itself (``system``)."""

    note: str
    noteable_type: str
    created_at: str
    system: bool = False
    action: str | None = None
    type: str | None = None
    discussion_id: str | None = None
    author_id: Number | None = None


class NotedItem(Struct):
    """What a comment is on."""

    iid: Number
    author_id: Number | None = None


class NoteBody(Struct):
    """Of a comment."""

    object_attributes: Note
    user: User | None = None
    project: Project | None = None
    issue: NotedItem | None = None
    merge_request: NotedItem | None = None


class Run(Struct):
    """A pipeline."""

    id: Number
    status: str
    ref: str = ""
    sha: str = ""
    tag: bool = False
    source: str | None = None
    finished_at: str | None = None
    url: str | None = None


class Job(Struct):
    """A job of a pipeline."""

    name: str
    status: str
    allow_failure: bool = False


class PipelineBody(Struct):
    """Of a pipeline's step."""

    object_attributes: Run
    project: Project
    builds: list[Job] | None = None


class Timebox(Struct):
    """A milestone."""

    id: Number
    title: str
    updated_at: str
    state: Literal["active", "closed"] = "active"
    start_date: str | None = None
    due_date: str | None = None


class MilestoneBody(Struct):
    """Of a milestone."""

    object_attributes: Timebox
    project: Project | None = None
    group: Group | None = None
