"""One event of an item's history, in GitLab's terms. Clocks start at events, never at ``updated_at``."""

from datetime import datetime
from typing import Literal

from msgspec import Struct

Deed = Literal[
    "label_added",  # value: the label
    "label_removed",
    "milestone_set",  # value: the title, empty when it was removed
    "status_set",  # value: the Status
    "epic_set",  # value: the epic as GitLab's note names it, empty when it was taken out
    "assigned",  # value: the user name
    "unassigned",
    "review_requested",  # value: the user name; of somebody who was asked before, it is a re-request
    "review_removed",
    "reviewed",  # value: the reviewer's state
    "approved",
    "unapproved",
    "commented",  # value: the thread's id, empty outside threads
    "thread_resolved",  # value: the thread's id
    "claimed",  # value: the last date of the claim, empty where none is named
    "commanded",  # value: what was said to Handrail, without its name
    "spoke_of",  # value: of a comment of ours the rule, the code and the period of the finding that it is about
    "mentioned",  # value: the group that was mentioned
    "asked",  # value: the user name of somebody whom a comment asks something, and not the group
    "drafted",
    "undrafted",
    "pushed",
    "closed",
    "reopened",
    "merged",
]


class Event(Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True):
    """Who did what to an item, and when. ``bot`` marks what no person did: it moves no clock that waits for one."""

    at: datetime
    by: str
    did: Deed
    value: str = ""
    bot: bool = False
