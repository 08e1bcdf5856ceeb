"""What may be done about a finding: a closed set of changes on GitLab, and what must be true there before each.

A ``Change`` says what is done, nothing more; an ``Action`` is a change of one subject with its reason, what it expects
to find, and the key under which it is done once. Plans hold actions, the journal keeps them, one place applies them.
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256
from typing import Literal

import msgspec
from msgspec import Struct
from msgspec.structs import replace


class _Change(Struct, frozen=True, gc=False, omit_defaults=True, forbid_unknown_fields=True, tag_field="kind"):
    pass


class AddLabels(_Change, frozen=True, gc=False, tag="add_labels"):
    """Put labels on; of a scope that GitLab, or the handbook, keeps exclusive the other label goes."""

    labels: tuple[str, ...]


class RemoveLabels(_Change, frozen=True, gc=False, tag="remove_labels"):
    """Take labels off."""

    labels: tuple[str, ...]


class SetMilestone(_Change, frozen=True, gc=False, tag="set_milestone"):
    """Move it to the milestone of that title; None takes it out of any."""

    title: str | None


class Assign(_Change, frozen=True, gc=False, tag="assign"):
    """Add assignees; where GitLab knows one only, the first."""

    usernames: tuple[str, ...]


class Unassign(_Change, frozen=True, gc=False, tag="unassign"):
    """Take assignees away."""

    usernames: tuple[str, ...]


class RequestReview(_Change, frozen=True, gc=False, tag="request_review"):
    """Add reviewers to a merge request."""

    usernames: tuple[str, ...]


class Comment(_Change, frozen=True, gc=False, tag="comment"):
    """Write a comment, or edit ours of the same ``topic`` in place.

    ``thanks`` and ``asks`` are the rule's words; the frame (whom, why with the clause's link, how to disagree, the
    hidden marker) is put around them by ``plan.letters``. ``asks`` holds no instants that move with the clock: a
    comment whose words are the same is not written again.
    """

    topic: str
    to: tuple[str, ...]
    """User names, or the team's group; nobody outside them is mentioned."""
    thanks: str
    asks: str
    group: str = ""
    """A red branch's: the group that is called where none of ``to`` may be addressed, at any hour and however much was
    said there."""
    last: bool = False
    """It says why its thread ends, or who has it from now on: what was said before does not hold it back."""


class CreateItem(_Change, frozen=True, gc=False, tag="create_item"):
    """Open an issue in the subject's project. ``topic`` names it for the marker: there is one, ever, of a topic."""

    topic: str
    title: str
    description: str
    labels: tuple[str, ...] = ()
    assignees: tuple[str, ...] = ()
    milestone: str | None = None
    confidential: bool = False
    template: str = ""
    """The project's own issue template of that name, where it has one, stands in place of the description."""


class EditItem(_Change, frozen=True, gc=False, tag="edit_item"):
    """Give it another title, or tick these lines of its task list (the text after the box)."""

    title: str = ""
    tick: tuple[str, ...] = ()


class EditDescription(_Change, frozen=True, gc=False, tag="edit_description"):
    """Write our part of an issue's description anew (``model.markdown``): nobody is told, all around it stays."""

    part: str
    """What it is to be, with what people ticked and wrote in it."""
    text: str
    """What of it is ours."""
    was: str
    """What of it was ours before."""


class CloseItem(_Change, frozen=True, gc=False, tag="close_item"):
    """Close it."""


class SetStatus(_Change, frozen=True, gc=False, tag="set_status"):
    """Give an issue another Status (Premium; elsewhere a label says it)."""

    status: str


class LinkItems(_Change, frozen=True, gc=False, tag="link_items"):
    """Link the issue to another one."""

    to: str
    """The other's full reference."""
    link: Literal["relates_to", "blocks", "is_blocked_by"] = "relates_to"


Change = (
    AddLabels
    | RemoveLabels
    | SetMilestone
    | Assign
    | Unassign
    | RequestReview
    | Comment
    | CreateItem
    | EditItem
    | EditDescription
    | CloseItem
    | SetStatus
    | LinkItems
)


class Expectation(Struct, frozen=True, gc=False, omit_defaults=True):
    """Something that must still be true of the subject on GitLab when the action is applied.

    ``value``: of ``scope`` the label that the scope ``of`` has ("" none); of ``quiet since`` an instant in ISO form,
    after which no person has said a word; of ``milestone`` and ``status`` the present one ("" none); of ``state``
    ``opened`` or ``closed``; of ``draft`` ``yes`` or ``no``; of ``unassigned`` the user names that do not count; of
    ``description`` the digest of our part; else a label, a user name or a reference.
    """

    what: Literal[
        "state",
        "label",
        "no label",
        "scope",
        "milestone",
        "status",
        "title",
        "description",
        "assignee",
        "no assignee",
        "unassigned",
        "reviewer",
        "no reviewer",
        "draft",
        "quiet since",
        "not linked",
    ]
    value: str = ""
    of: str = ""


class Evidence(Struct, frozen=True, gc=False, omit_defaults=True):
    """A fact that a finding rests on: in words, with its instant and a reference or address where it has them."""

    what: str
    at: datetime | None = None
    link: str = ""


class Action(Struct, frozen=True, gc=False):
    """One change of one subject, ready to be applied."""

    rule: str
    clause: str
    subject: str
    """A full reference; for ``CreateItem`` the path of the project."""
    change: Change
    why: str
    expects: tuple[Expectation, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    touches: tuple[str, ...] = ()
    """The people whom it concerns, by user name."""
    period: str = ""
    """What the key counts once in: a milestone, a week, a round of reminders; empty: ever."""
    mode: Literal["propose", "apply"] = "propose"
    """What the handbook lets become of the rule's actions: wait for a person's yes, or be applied."""
    code: str = ""
    """``Finding.code``, by which a person settles what the action is about."""
    steps: tuple[str, ...] = ()
    """The keys of the findings that it mends: what mends one finding together is done together or not at all."""

    @property
    def kind(self) -> str:
        """The change's name, as in JSON."""
        return str(type(self.change).__struct_config__.tag)

    @property
    def key(self) -> str:
        """The same for the same effect: of rule, kind, subject, parameters and period; sixteen hexadecimal digits."""
        parts = (self.rule, self.subject, self.period, identity(self.change))
        return sha256(_encode(parts)).hexdigest()[:16]

    @property
    def effects(self) -> tuple[str, ...]:
        """The keys of what it does piece by piece (``pieces``), the same whichever rule wants it; of words none."""
        return tuple(replace(self, rule="", change=piece).key for piece in pieces(self.change))


def identity(change: Change) -> object:
    """What makes a change the same as another: of a comment and of an item to open their topic, not their words.

    All edits of one description are one, too.
    """
    if isinstance(change, Comment | CreateItem):
        return type(change).__struct_config__.tag, change.topic
    return type(change).__struct_config__.tag if isinstance(change, EditDescription) else change


def pieces(change: Change) -> tuple[Change, ...]:
    """The change label by label, person by person, line by line; words and an issue to open have no pieces."""
    match change:
        case AddLabels() | RemoveLabels():
            return tuple(type(change)((label,)) for label in change.labels)
        case Assign() | Unassign() | RequestReview():
            return tuple(type(change)((name,)) for name in change.usernames)
        case Comment() | CreateItem() | EditDescription():
            return ()
        case EditItem(title, tick):
            return (*(EditItem(title),) * bool(title), *(EditItem(tick=(line,)) for line in tick))
        case _:
            return (change,)


def whole(change: Change, those: Sequence[Change]) -> Change:
    """What some of a change's ``pieces`` come to together."""
    match change:
        case AddLabels() | RemoveLabels():
            return type(change)(tuple(label for piece in those for label in piece.labels))  # type: ignore[union-attr]
        case Assign() | Unassign() | RequestReview():
            return type(change)(tuple(name for piece in those for name in piece.usernames))  # type: ignore[union-attr]
        case EditItem():
            parts = [piece for piece in those if isinstance(piece, EditItem)]
            return EditItem("".join(one.title for one in parts), tuple(line for one in parts for line in one.tick))
        case _:
            return change


_encode = msgspec.json.Encoder(order="deterministic").encode
