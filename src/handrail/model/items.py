"""Issues, merge requests and epics as facts, with the derived instants that decisions read.

A reference is GitLab's full one (``gitlab-org/omnibus-gitlab!7421``) and holds the project and the number. The fields
from ``label_since`` on are derived from the item's history (``model.derive``), so that nobody who decides reads it.
"""

from datetime import date, datetime
from typing import ClassVar, Literal

from msgspec import Struct

ReviewState = Literal["unreviewed", "review_started", "reviewed", "requested_changes", "approved", "unapproved"]
SIGILS = {"#": "issue", "!": "merge request", "&": "epic"}


class Reviewer(Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """A reviewer of a merge request: asked last when, and first answered that when (note, approval or state)."""

    username: str
    state: ReviewState = "unreviewed"
    requested_at: datetime | None = None
    responded_at: datetime | None = None
    requests: int = 1
    """How often the review was requested: more than once is a re-request."""


class Thread(Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """An unresolved thread: whose was the last word, and when."""

    id: str
    last_by: str
    last_at: datetime


class Claim(Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """A person's word that they will start on an issue, valid through the end of that day in their zone."""

    by: str
    until: date
    made_at: datetime


class _Item(Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True, forbid_unknown_fields=True):
    sigil: ClassVar[str]
    """What stands between path and number in references to the kind: ``#``, ``!`` or ``&``."""
    ref: str
    title: str
    author: str
    created_at: datetime
    state: Literal["opened", "closed", "merged"] = "opened"
    closed_at: datetime | None = None
    labels: tuple[str, ...] = ()
    milestone: str | None = None
    assignees: tuple[str, ...] = ()
    web_url: str | None = None
    confidential: bool = False
    assumed: tuple[str, ...] = ()
    """Names of fields that no source states and that somebody assumed; said wherever they matter."""
    label_since: dict[str, datetime] = {}
    assigned_since: datetime | None = None
    last_human_at: datetime | None = None
    last_human_by: str = ""
    mentioned_since: datetime | None = None
    """The first mention of the team's group that nobody else has answered since."""

    @property
    def project(self) -> str:
        """The full path of the project, or of the group for an epic."""
        return self.ref[: self.ref.rfind(self.sigil)]

    @property
    def iid(self) -> int:
        """The number within the project or group."""
        return int(self.ref[self.ref.rfind(self.sigil) + 1 :])


class Issue(_Item, frozen=True, gc=False, omit_defaults=True, kw_only=True, tag_field="kind", tag="issue"):
    """An issue or another work item that is worked on like one."""

    sigil: ClassVar[str] = "#"
    status: str | None = None
    """Premium's Status, which replaces ``workflow::`` labels where the instance uses it."""
    status_since: datetime | None = None
    weight: int | None = None
    epic: str | None = None
    blocked_by: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()


class MergeRequest(
    _Item, frozen=True, gc=False, omit_defaults=True, kw_only=True, tag_field="kind", tag="merge_request"
):
    """A merge request with its reviewers' states, its open threads and what GitLab says of merging it."""

    sigil: ClassVar[str] = "!"
    draft: bool = False
    reviewers: tuple[Reviewer, ...] = ()
    approved_by: tuple[str, ...] = ()
    threads: tuple[Thread, ...] = ()
    detailed_merge_status: str = ""
    """GitLab's word, lower case; empty where it is not known (at a past moment, for one)."""
    target_branch: str = ""


class Epic(_Item, frozen=True, gc=False, omit_defaults=True, kw_only=True, tag_field="kind", tag="epic"):
    """An epic: labels and people, no queue of its own."""

    sigil: ClassVar[str] = "&"


Item = Issue | MergeRequest | Epic


def _cut(ref: str) -> int:
    """Where the sigil stands. A project's path holds none of the three."""
    return max(ref.rfind("#"), ref.rfind("!"), ref.rfind("&"))


def kind_of(ref: str) -> str:
    """What a reference names: "issue", "merge request" or "epic". Raises ValueError for anything else."""
    cut = _cut(ref)
    if cut < 1 or not ref[cut + 1 :].isdecimal():
        raise ValueError(
            f"“{ref}” is no reference: write project#1 for an issue, project!1 for a merge request, group&1 for an epic"
        )
    return SIGILS[ref[cut]]


def url_of(item: Item) -> str:
    """Where the item can be opened: what GitLab said, else the address it would have on GitLab.com."""
    if item.web_url:
        return item.web_url
    if item.sigil == "&":
        return f"https://gitlab.com/groups/{item.project}/-/epics/{item.iid}"
    return f"https://gitlab.com/{item.project}/-/{'issues' if item.sigil == '#' else 'merge_requests'}/{item.iid}"
