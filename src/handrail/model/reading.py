"""What one reading of a GitLab hands over: pages of items with their histories, and what surrounds the items.

A page is written in one transaction together with its cursor, so that a reading that breaks goes on after its last
page.
"""

from datetime import datetime

from msgspec import Struct

from handrail.model.history import Event
from handrail.model.items import Item
from handrail.model.planning import Milestone, Pipeline, Project

BY_RESOURCE = frozenset({"label_added", "label_removed", "milestone_set"})
"""What a bulk page leaves out of a merge request's history: GitLab tells it item by item (resource events)."""


class Read(Struct, frozen=True, gc=False):
    """One item as a page gave it. ``events`` are in order of time; the item's derived instants are read off them."""

    item: Item
    events: tuple[Event, ...]
    updated_at: datetime
    complete: bool = True
    """Whether ``events`` is the whole history. If not, the events of ``BY_RESOURCE`` are left out: those that are
    stored already stay, all others are replaced."""


class Told(Struct, frozen=True, gc=False):
    """What webhooks told of one item since it was read: events that stay until its history is, and what it is now."""

    ref: str
    events: tuple[Event, ...] = ()
    item: Item | None = None
    """The item as it is now, as far as a webhook can tell; None: only events are told."""
    updated_at: datetime | None = None
    """GitLab's of the item."""


class Page(Struct, frozen=True):
    """What one request gave of a source, written whole or not at all."""

    source: str
    """The path of the project or group, with its label filter after a ``~`` if it has one; see ``Source.name``."""
    kind: str
    """"issues", "merge_requests" or "epics"; the source named ``elsewhere`` has people's kinds of its own."""
    reads: tuple[Read, ...]
    cursor: str | None
    """Where to go on. None: this source and kind is done, and ``until`` is what the next reading asks changes since."""
    until: datetime
    """The instant up to which the source and kind is known once this round of pages is done: when the round began, by
    GitLab's clock. The same on all pages of one reading; a reading that goes on with a broken round begins by the clock
    anew, since what changed meanwhile comes at the round's end."""


class Account(Struct, frozen=True, gc=False, omit_defaults=True):
    """A user as GitLab knows them."""

    username: str
    name: str
    bot: bool = False
    state: str = "active"
    """GitLab's word: active, blocked, deactivated, banned ..."""


class Surroundings(Struct, frozen=True):
    """What a source has besides items, written whole in place of what was known of the source before."""

    source: str
    at: datetime
    """GitLab's clock when it was read."""
    accounts: tuple[Account, ...] = ()
    projects: tuple[Project, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    pipelines: tuple[Pipeline, ...] = ()
    milestone_numbers: dict[str, str] = {}
    """Titles of milestones by their number across the instance: webhooks tell no more."""
