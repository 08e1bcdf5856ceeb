"""Where facts come from, as one shape: the team and its calendar at once, the items as a stream with histories."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from handrail.model.asked import Asked
from handrail.model.duty import LogEntry
from handrail.model.history import Event
from handrail.model.items import Item
from handrail.model.people import Away, OwnHours, Person
from handrail.model.planning import Milestone, Pipeline, Project
from handrail.model.requests import UnplannedRequest
from handrail.model.support import Published, Support, Tracking


@dataclass(frozen=True)
class Team:
    """Everything but the items, as of ``now``. People of a handbook are added to these and win over them."""

    now: datetime
    people: Mapping[str, Person] = field(default_factory=dict)
    projects: tuple[Project, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    pipelines: tuple[Pipeline, ...] = ()
    duty: Mapping[str, tuple[LogEntry, ...]] = field(default_factory=dict)
    """The logs of rotations, by the rotation's short name."""
    own_hours: Mapping[str, OwnHours] = field(default_factory=dict)
    """What people say of their own hours, by user name; it wins over the handbook."""
    requests: tuple[UnplannedRequest, ...] = ()
    """What nobody planned, as the team keeps it."""
    asked: tuple[Asked, ...] = ()
    """What was asked of whoever is on duty, what is over included, in the order in which it came to be known."""
    published: tuple[Published, ...] = ()
    """What came out upstream, with what was said of it earlier."""
    support: tuple[Support, ...] = ()
    """From which milestones on what of it is there."""
    tracking: tuple[Tracking, ...] = ()
    """The issues that we opened for it."""
    time_off: Mapping[str, tuple[Away, ...]] = field(default_factory=dict)
    """What people's own calendars have, by user name; it comes on top of everything else."""
    has_past: bool = True
    """Whether moments before ``now`` can be told: not where histories or closed items were left away."""


class Facts(Protocol):
    """A snapshot file, the demo team, later a store."""

    def team(self) -> Team:
        """The team and its calendar. Raises UserError for what a person must mend, like the other two."""
        ...

    def items(
        self, *, histories: bool, closed: bool, closed_since: datetime | None = None
    ) -> Iterator[tuple[Item, Sequence[Event]]]:
        """Every item once with its events in order: no events unless ``histories``, none closed unless ``closed``.

        ``closed_since``: of those that are closed or merged none that is known to have ended before.
        """
        ...

    def history(self, ref: str) -> Sequence[Event]:
        """One item's events in order of time; none where none are known."""
        ...


def is_wanted(item: Item, *, closed: bool, closed_since: datetime | None) -> bool:
    """Whether ``Facts.items`` gives the item; an end that is not dated may have been at any time."""
    if item.state == "opened":
        return True
    return closed and (closed_since is None or item.closed_at is None or item.closed_at >= closed_since)
