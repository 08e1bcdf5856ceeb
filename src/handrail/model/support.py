"""What comes out upstream, what we release ourselves, and which of our releases has which of theirs.

Source: the workflow page, Dependency maintenance; definitions 7.
"""

from datetime import date, datetime
from typing import Literal

from msgspec import Struct

SupportClass = Literal[
    "dependency", "kubernetes", "ubuntu_lts", "debian", "rhel_and_clones", "other_minor", "other_major"
]
"""What the policy tells apart."""
Reading = Literal["nth_release_after", "milestone_in_progress_is_0", "calendar_months"]
"""How “within N milestones” is counted from a release on."""
RULE = "support_clocks"
"""The rule that opens issues for releases."""
Verdict = Literal["overdue", "due-soon", "open", "held", "missed", "met", "out-of-scope"]
"""Not supported yet (overdue, due-soon, open, held), or supported too late, or in time; the most pressing first."""
WAITS: tuple[Verdict, ...] = ("overdue", "due-soon", "open", "held")
"""What is not supported yet."""


class Published(
    Struct, frozen=True, gc=False, omit_defaults=True, tag_field="kind", tag="published", forbid_unknown_fields=True
):
    """What somebody published of a release of theirs, from when it was first seen until something else was.

    Of one release the latest seen counts; for a moment before all of them, the first.
    """

    product: str
    """As the handbook calls it."""
    release: str
    seen: datetime
    released: date | None = None
    """None: they give no date."""
    ends: date | None = None
    """When their standard support ends, if they say so."""
    lts: bool = False
    """Whether it is one that they support for long."""
    minor: bool = False
    """Whether it is a minor or point release of a line."""
    gone: bool = False
    """Whether they no longer have it at all."""


def printable(text: str) -> str:
    """What somebody wrote, without what would steer whatever shows it, or what it cannot show."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in text)


class Upstream(Struct, frozen=True, gc=False):
    """A release of somebody else's product, as the policy sees it.

    ``ends``: when its vendor's standard support ends, if that is known.
    """

    product: str
    release: str
    kind: SupportClass
    released: date
    ends: date | None = None
    excluded: str = ""
    """Why it is none of the policy's, if it is not: an interim release."""

    @property
    def name(self) -> str:
        """Product and release as they are shown."""
        return printable(f"{self.product} {self.release}")


class OwnRelease(Struct, frozen=True, gc=False):
    """A milestone of ours: its first and last day, and the day of its release, planned or past."""

    title: str
    start: date
    due: date
    released: date


class Support(
    Struct, frozen=True, gc=False, omit_defaults=True, tag_field="kind", tag="support", forbid_unknown_fields=True
):
    """From one of our releases on a version of a product is there, or no longer is.

    What was never said to have gone is there in all later releases too.
    """

    product: str
    release: str
    milestone: str
    absent: bool = False
    proof: str = ""
    """How that is known: a file at a tag, a tracking issue, the ledger."""
    since: date | None = None
    """The day from which on that is known, where nobody could know it before; else it is from the release on."""


class FileAtTag(Struct, frozen=True, gc=False):
    """What a pattern of the handbook found in a file at a tag: versions, if any; None: there is no such file there."""

    project: str
    tag: str
    path: str
    pattern: str
    versions: tuple[str, ...] | None


class Tracking(
    Struct, frozen=True, gc=False, omit_defaults=True, tag_field="kind", tag="tracking", forbid_unknown_fields=True
):
    """An issue that we opened for a release, whatever became of it, and when."""

    topic: str
    """By what it is known (``support.evidence.topic``)."""
    ref: str
    at: datetime
    wrote: str = ""
    """What we wrote last in its description as our own; nothing where none of it is kept up to date."""


class Gap(Struct, frozen=True, gc=False):
    """Our releases that were without what one before them had: the first and the last of them."""

    first: str
    last: str | None
    """None: it is gone to this day."""
    start: date
    end: date | None
    """When the next one had it again."""

    @property
    def releases(self) -> str:
        """“18.0 to 18.1”; of what is gone to this day the first alone."""
        return self.first if self.last in {None, self.first} else f"{self.first} to {self.last}"


class SupportClock(Struct, frozen=True, gc=False):
    """By when a release has to be supported, and whether it is."""

    upstream: Upstream
    policy: str
    """In words: “within 2 milestones”."""
    clause: str
    target: date | None
    """What is aimed at; the same as ``due`` where the policy has no sooner one. None: out of scope."""
    due: date | None
    due_milestone: str | None
    """Our last release in which it is still in time."""
    supported_in: str | None
    """Our first release that has it."""
    supported_on: date | None
    verdict: Verdict
    days_left: int | None
    """From today to the day it is due, or held until; negative: late by so many. None: nothing is due any more."""
    why: str
    notice: str = ""
    """What its vendor's end of support asks for."""
    proof: str = ""
    """What shows that the first of ours has it."""
    follows: str = ""
    """Our next release, where that has it without anybody doing anything: it has its line."""
    gaps: tuple[Gap, ...] = ()
    """Which of ours were without it after one had it, in order."""
    held_until: date | None = None
    """The last day of its hold, if its verdict is that."""
