"""Issues, merge requests and epics as facts, with the derived instants that decisions read.

A reference is GitLab's full one (``gitlab-org/omnibus-gitlab!7421``) and holds the project and the number. The fields
from ``label_since`` on are derived from the item's history (``model.derive``), so that nobody who decides reads it.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime
from functools import cache
from typing import ClassVar, Literal

from msgspec import Struct

Part = Literal["assignee", "reviewer"]
ReviewState = Literal["unreviewed", "review_started", "reviewed", "requested_changes", "approved", "unapproved"]
MOST_PATHS = 50
Health = Literal["on_track", "needs_attention", "at_risk"]
"""GitLab's health statuses, in REST's spelling."""
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
    """A person's word that they will start on an issue, valid through the end of that day in their zone.

    ``until`` None: they would like to, and named no day; that holds nothing.
    """

    by: str
    until: date | None
    made_at: datetime


class Ask(Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """Somebody was asked something by name, and has not said a word since."""

    by: str
    of: str
    at: datetime
    since: tuple[str, ...] = ()
    """Who else has spoken since, but whoever asked."""


class Section(Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """A headed part of a description; what stands before the first heading has the title ""."""

    title: str
    """The heading in lower case, without markup."""
    words: int = 0
    """Words of prose: comments, marks of checkboxes and quick actions are none."""
    done: int = 0
    total: int = 0
    """Its checkboxes, and how many of them are ticked."""
    unticked: tuple[str, ...] = ()
    """The text of those that are not; of a long list's later ones, and of long lines, nothing."""
    level: int = 2
    """How deep its heading is: 1 to 6; a line in bold lies below those (7), one that begins in bold below that (8)."""


class Version(Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """Which checkboxes a description had until it was seen with others: sections without words and ticks.

    ``until`` is when the item had changed that was read with the others.
    """

    until: datetime
    sections: tuple[Section, ...]


def headed(sections: Iterable[Section], words: tuple[str, ...]) -> tuple[Section, ...]:
    """The sections whose heading has one of the words (lower case; at least one is given), and those below them.

    A word may be the beginning of one in the heading, but not stand within one: “untested” is not “tested”.
    """
    found: list[Section] = []
    deeper_than: int | None = None
    for part in sections:
        if deeper_than is None or part.level <= deeper_than:
            deeper_than = part.level if _any_of(words).search(part.title) else None
        if deeper_than is not None:
            found.append(part)
    return tuple(found)


@cache
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})")


class Command(Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """A line of a comment that speaks to Handrail, without the name it is called by: "snooze until Friday"."""

    by: str
    at: datetime
    text: str
    thread: str = ""
    """The thread that it stands in, empty outside threads."""
    about: str = ""
    """The rule, code and period of the finding that it answers: that of our comment in its thread, else our last."""
    was: tuple[Part, ...] = ()
    """What they were to the item when they said it, beside its author."""


class Stay(Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """A milestone that an item was put into, and when."""

    title: str
    since: datetime


class LinkedMergeRequest(
    Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True, rename={"state": "linked_state"}
):
    """A merge request that closes an issue when it is merged.

    Its state has another name in JSON than an item's, by which a snapshot file's reader passes over closed items.
    """

    ref: str
    state: Literal["opened", "closed", "merged"] = "opened"


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
    sections: tuple[Section, ...] = ()
    """Of the description as it is today, in its order; a snapshot keeps those that a rule may ask for."""
    versions: tuple[Version, ...] = ()
    """Of an issue's or epic's description those before, in order, as far back as it was read (``store.merged``)."""
    label_since: dict[str, datetime] = {}
    label_by: dict[str, str] = {}
    """Who put a label on; of one that a bot put on, in nobody knows whose name, nobody."""
    label_before: dict[str, str] = {}
    """Of a scoped label that is on it: the label of the same scope that came off last."""
    label_freed: dict[str, datetime] = {}
    """When that one came off, if it had stood beside the label."""
    milestones: tuple[Stay, ...] = ()
    """The milestones it has been in, in order; a snapshot leaves one away that is the only one and was set in time."""
    assigned_since: datetime | None = None
    last_human_at: datetime | None = None
    last_human_by: str = ""
    spoke: dict[str, datetime] = {}
    """When each person last said something here; a snapshot keeps it of what has a label that waits for an answer, and
    of requests that were asked about."""
    mentioned_since: datetime | None = None
    """The first mention of the team's group that nobody else has answered since."""
    mentioned_by: str = ""
    """Whose mention that is."""
    mentioned_last: datetime | None = None
    """The last mention of the team's group by a person, answered or not."""
    acted: dict[str, datetime] = {}
    """When each assignee last did anything here: words, labels, state, milestone, people."""
    others: dict[str, datetime] = {}
    """The same of everybody else; a snapshot keeps what EM and PM did on Deliverables."""
    commands: tuple[Command, ...] = ()
    """What people have told Handrail in comments, in order; of open items only."""
    closed_about: str = ""
    """Of what is closed: the rule, code and period of the finding that our last comment before that was about."""

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
    status_before: str | None = None
    """The Status before the present one."""
    been: tuple[Stay, ...] = ()
    """The scoped labels and Statuses that it has had before the present ones, in order, and since when; a snapshot
    keeps those of spikes."""
    weight: int | None = None
    epic: str | None = None
    """The epic that it is part of; of a key result its objective."""
    epic_since: datetime | None = None
    """When it was put into its epic; None also where its history does not tell."""
    health: Health | None = None
    progress: int | None = None
    """Per cent, of the kinds of work items that have it."""
    blocked_by: tuple[str, ...] = ()
    blocks: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    merge_requests: tuple[LinkedMergeRequest, ...] = ()
    """The merge requests that close it, with their state today."""
    claims: tuple[Claim, ...] = ()
    asks: tuple[Ask, ...] = ()
    """What people were asked by name, in order; a snapshot keeps what members were asked and no member has answered."""
    part: str = ""
    """Our part of the description (``model.markdown``) as it is today: of what we opened and keep up to date."""


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
    pushed_at: datetime | None = None
    """When a person last pushed to it."""
    changed_paths: tuple[str, ...] = ()
    """The files it changes, the first ``MOST_PATHS`` of them."""
    changed_paths_cut: bool = False
    """Whether it changes more."""
    merge_commit: str = ""
    """The commit that merged it, its whole SHA; empty before and where GitLab made none."""


class Epic(_Item, frozen=True, gc=False, omit_defaults=True, kw_only=True, tag_field="kind", tag="epic"):
    """An epic: labels, people and health, no queue of its own."""

    sigil: ClassVar[str] = "&"
    health: Health | None = None
    start: date | None = None
    """The start date that GitLab shows: the earliest milestone's of all its issues, or one that somebody set."""


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


def is_reference(text: str) -> bool:
    """Whether a text is the full reference of an item, and no words that end in a number."""
    return re.fullmatch(r"[\w.-]+(?:/[\w.-]+)*[#!&]\d+", text) is not None


def url_of(item: Item) -> str:
    """Where the item can be opened: what GitLab said, else the address it would have on GitLab.com."""
    if item.web_url:
        return item.web_url
    if item.sigil == "&":
        return f"https://gitlab.com/groups/{item.project}/-/epics/{item.iid}"
    return f"https://gitlab.com/{item.project}/-/{'issues' if item.sigil == '#' else 'merge_requests'}/{item.iid}"


def near_ref(wrong: str, refs: Iterable[str]) -> str | None:
    """The reference that somebody may mean: the same number in a project of nearly that name, or of another kind."""
    from difflib import get_close_matches  # seldom needed, and start-up is quick

    number = re.split(r"[#!&]", wrong)[-1]
    alike = [ref for ref in refs if re.split(r"[#!&]", ref)[-1] == number]
    return next(iter(get_close_matches(wrong, alike, 1, cutoff=0.8)), None)
