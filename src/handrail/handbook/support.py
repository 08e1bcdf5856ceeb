"""The dependency maintenance policy: what is looked after, by when it has to be supported, and what proves it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

from annotated_types import Ge, Gt, Len

from handrail.handbook.settings import STRICT, Text
from handrail.model.support import Reading, SupportClass


@dataclass(frozen=True)
class SupportPolicy:
    """By when something released upstream is supported: in milestones or in calendar months after its release."""

    __pydantic_config__ = STRICT

    says: Text
    """What the class holds, for people."""
    clause: Text
    milestones: Annotated[int, Gt(0)] | None = None
    """Milestones within which it is supported."""
    target_milestones: Annotated[int, Gt(0)] | None = None
    """Milestones that are aimed at, where that is sooner."""
    months: Annotated[int, Gt(0)] | None = None
    """Calendar months within which it is supported."""


@dataclass(frozen=True)
class OutOfScope:
    """Releases of a product that nobody has to support, and why."""

    __pydantic_config__ = STRICT

    releases: Annotated[tuple[Text, ...], Len(1)]
    """Patterns of their versions: `*.10`."""
    because: Text
    """Why, for people."""


@dataclass(frozen=True)
class Proof:
    """Where one of our releases says which version it has: a file at the release's tag."""

    __pydantic_config__ = STRICT

    source: Text
    """The project, by the name of a source or by its path; the source has the form of its tags (`release_tag`)."""
    path: Text
    """The file in it."""
    pattern: Text
    """A regular expression; what its group has is a version, each time that it matches."""
    lists: bool = False
    """Whether the file lists all that there is: where the pattern finds nothing, nothing is there."""


@dataclass(frozen=True)
class Product:
    """Something that others release and the team supports."""

    __pydantic_config__ = STRICT

    kind: SupportClass
    """The class of its releases, which says the policy."""
    minor: SupportClass | None = None
    """The class of its minor or point releases; nothing: they have no clocks of their own."""
    minors_follow: bool = False
    """Whether who supports a line supports its minor releases too, from our next release on, without doing anything:
    packages are built on the newest of it."""
    policy: str = ""
    """One of the policies in place of the class's own, as an exception."""
    upstream: str = ""
    """Its name on endoflife.date, where it has another."""
    file: str = ""
    """A file of the team's with its releases, where endoflife.date has none: `project path:file`, or a local path."""
    line: Annotated[int, Gt(0)] | None = None
    """How many numbers of a version name the line that it is of, where lines are supported: 2 of 1.24.3."""
    lts_only: bool = False
    """Whether only what the vendor supports for long is in scope."""
    out_of_scope: tuple[OutOfScope, ...] = ()
    """What else nobody has to support."""
    proofs: tuple[Proof, ...] = ()
    """What tells which versions a release of ours has."""


@dataclass(frozen=True)
class Hold:
    """Until the end of a day a release waits: what was agreed on."""

    __pydantic_config__ = STRICT

    product: Text
    """One of the products."""
    release: Text
    """Its version, as its clock has it."""
    until: date
    """The last day."""
    because: Text
    """What was agreed on, for people."""


@dataclass(frozen=True)
class Support:
    """The dependency maintenance policy, by class of what is supported."""

    __pydantic_config__ = STRICT

    reading: Reading
    """How milestones are counted from a release on."""
    policies: dict[str, SupportPolicy]
    """The classes, and exceptions of products by a name of their own."""
    kubernetes_window: Annotated[int, Gt(0)]
    """Releases of Kubernetes that are supported at a time."""
    eol_notice_months: Annotated[int, Ge(0)]
    """Months before a system's end of life from which on it is said."""
    warn_milestones: Annotated[int, Ge(0)] = 1
    """So many of our releases before the one in which it is due, a clock is due soon."""
    products: dict[str, Product] = field(default_factory=dict)
    """What is looked after, each by the name that people call it."""
    holds: tuple[Hold, ...] = ()
    """What waits, with the reason."""
    upstream: str = "https://endoflife.date"
    """Where releases are read: endoflife.date, or what answers like it; nothing: nowhere."""
    ledger: str = ""
    """A file of the team's that says which release has what, where nothing else does: `project path:file`."""
