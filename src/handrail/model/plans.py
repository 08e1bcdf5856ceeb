"""A plan: what would be done on GitLab, ready to be read, approved and applied; and what is known of earlier ones."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

import msgspec
from msgspec import Struct

from handrail.model.actions import Action
from handrail.model.requests import UnplannedRequest


class Refusal(Struct, frozen=True, gc=False):
    """An action that is left out of the plan, and why. ``until``: when it may come after all, where that is known.

    ``unsaid``: a comment that is kept back so as not to be loud; it stands in the ``next`` of whom it would address.
    """

    action: Action
    why: str
    until: datetime | None = None
    unsaid: bool = False


class Conflict(Struct, frozen=True, gc=False):
    """Actions that exclude each other; none of them is applied."""

    actions: tuple[Action, ...]
    why: str


class Plan(Struct, frozen=True):
    """Sorted actions, each key once; what conflicts; what was refused.

    ``too_large`` tells why it is applied by force only. ``gitlab``: where it may be applied, as ``Connection.origin``;
    empty for one that is only to be looked at, of another moment or of facts that are no GitLab's.
    """

    at: datetime
    actions: tuple[Action, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    refused: tuple[Refusal, ...] = ()
    too_large: str = ""
    gitlab: str = ""

    @property
    def digest(self) -> str:
        """Of the actions alone, so that what was reviewed is what is applied; sixteen hexadecimal digits."""
        return sha256(_encode(self.actions)).hexdigest()[:16]


class Done(Struct, frozen=True, gc=False):
    """An action of an earlier plan that was carried out: when, the digest of its words, and of a comment its people."""

    at: datetime
    words: str = ""
    to: tuple[str, ...] = ()


class Sent(Struct, frozen=True, gc=False):
    """A comment of ours that somebody was told of: on what, to whom, when.

    ``call``: one of a red branch's calls, which count on no thread.
    """

    subject: str
    to: tuple[str, ...]
    at: datetime
    call: bool = False


class Known(Struct, frozen=True):
    """What a planner has to know of the past: done actions by key, our comments, answered requests."""

    done: Mapping[str, Done] = {}
    effects: Mapping[str, datetime] = {}
    """When we did something, by ``Action.effects``: what was changed so and is no more was taken back by somebody."""
    sent: tuple[Sent, ...] = ()
    requests: tuple[UnplannedRequest, ...] = ()
    """What nobody planned, with what people answered to it."""


_encode = msgspec.json.Encoder(order="deterministic").encode
