"""What somebody may not see, and the facts without it.

Whoever may not see an item on GitLab is not told here that it is there: it is in no queue, no count and no reason, and
what others say of it by its reference goes, too.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TypeVar

from msgspec import structs

from handrail.model.asked import Asked, Step
from handrail.model.items import Issue, Item, is_reference
from handrail.model.requests import UnplannedRequest
from handrail.model.snapshot import Snapshot

GUEST, PLANNER = 10, 15
"""GitLab's access levels: what they let people see begins with these."""
UNNAMED = "a confidential issue"
"""What stands where a reference was."""
_REF = re.compile(r"[\w.-]+(?:/[\w.-]+)*[#!&]\d+")
_PATH = re.compile("[#!&@]")
_Named = TypeVar("_Named", UnplannedRequest, Asked)


@dataclass(frozen=True)
class Access:
    """What GitLab lets somebody see of a project or group; if it ``is_open`` all see what is not confidential there."""

    level: int
    is_open: bool

    @property
    def is_whole(self) -> bool:
        """Whether it is everything."""
        return self.level >= PLANNER

    def sees(self, item: Item, username: str) -> bool:
        """Whether it lets them see an item of the place.

        Who is less than a Planner sees what is confidential only of issues of their own; who is a Guest of a place that
        is not open to all sees its issues and epics, and no merge requests. Source: GitLab's documentation of
        permissions and of confidential issues.
        """
        if self.is_whole:
            return True
        if not self.is_open and (self.level < GUEST or item.sigil == "!"):
            return False
        mine = isinstance(item, Issue) and username in {item.author, *item.assignees}
        return mine or not item.confidential


@dataclass(frozen=True)
class Hidden:
    """References of items, addresses of theirs, and paths of projects and groups of which nothing is to be seen."""

    refs: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.refs or self.places)

    def hides(self, ref: str) -> bool:
        """Whether it is the reference or address of something hidden, or stands in a hidden place."""
        return ref in self.refs or (bool(self.places) and _PATH.split(ref, 1)[0] in self.places)


def place_of(ref: str) -> str:
    """Where an item is: "projects/a/b", or "groups/a" for an epic."""
    path, sigil, _ = ref.partition("&")
    return f"groups/{path}" if sigil else f"projects/{_PATH.split(ref, 1)[0]}"


def named_in(text: str) -> set[str]:
    """The full references that stand in a text."""
    return set(_REF.findall(text))


def without(snapshot: Snapshot, hidden: Hidden) -> Snapshot:
    """The snapshot of somebody who may not see this."""
    return replace(
        snapshot,
        items=_items(snapshot.items, hidden),
        closed=_items(snapshot.closed, hidden),
        projects={path: one for path, one in snapshot.projects.items() if path not in hidden.places},
        red=tuple(one for one in snapshot.red if one.project not in hidden.places),
        runs={path: those for path, those in snapshot.runs.items() if path not in hidden.places},
        requests=seen_of(snapshot.requests, hidden),
        asked=seen_of(snapshot.asked, hidden),
        tracking=tuple(one for one in snapshot.tracking if not hidden.hides(one.ref)),
        support=tuple(
            structs.replace(one, proof=UNNAMED) if any(map(hidden.hides, named_in(one.proof))) else one
            for one in snapshot.support
        ),
    )


def linked(item: Item) -> tuple[str, ...]:
    """The references of other items that an item's facts have."""
    if not isinstance(item, Issue):
        return ()
    epic = (item.epic,) if item.epic else ()
    return (*item.blocked_by, *item.blocks, *item.related, *(one.ref for one in item.merge_requests), *epic)


def named_by(snapshot: Snapshot) -> set[str]:
    """The references that a snapshot has of items, whether it has the items or not."""
    said = [named for one in (*snapshot.items, *snapshot.closed) for named in linked(one)]
    for asked in snapshot.asked:
        said += (asked.ref, *asked.links, *(step.follow_up for step in asked.steps))
    for request in snapshot.requests:
        said += (request.ref, *request.displaced, *(one.link for one in request.criteria))
    said += (one.ref for one in snapshot.tracking)
    for one in snapshot.support:
        said += named_in(one.proof)
    return set(filter(is_reference, said))


def seen_of(those: Iterable[_Named], hidden: Hidden) -> tuple[_Named, ...]:
    """The requests that are about nothing hidden, without what they say of it."""
    return tuple(_unnamed(one, hidden) for one in those if not hidden.hides(one.ref))


def _unnamed(one: _Named, hidden: Hidden) -> _Named:
    if isinstance(one, Asked):
        links, steps = _shown(one.links, hidden), tuple(_step(step, hidden) for step in one.steps)
        return structs.replace(one, links=links, steps=steps)
    criteria = tuple(structs.replace(c, link="") if hidden.hides(c.link) else c for c in one.criteria)
    return structs.replace(one, criteria=criteria, displaced=_shown(one.displaced, hidden))


def _step(step: Step, hidden: Hidden) -> Step:
    return structs.replace(step, follow_up=UNNAMED) if hidden.hides(step.follow_up) else step


def _items(items: Iterable[Item], hidden: Hidden) -> tuple[Item, ...]:
    return tuple(_without_links(item, hidden) for item in items if not hidden.hides(item.ref))


def _without_links(item: Item, hidden: Hidden) -> Item:
    if not isinstance(item, Issue) or not any(map(hidden.hides, linked(item))):
        return item
    return structs.replace(
        item,
        epic=None if item.epic and hidden.hides(item.epic) else item.epic,
        blocked_by=_shown(item.blocked_by, hidden),
        blocks=_shown(item.blocks, hidden),
        related=_shown(item.related, hidden),
        merge_requests=tuple(one for one in item.merge_requests if not hidden.hides(one.ref)),
    )


def _shown(refs: Iterable[str], hidden: Hidden) -> tuple[str, ...]:
    return tuple(ref for ref in refs if not hidden.hides(ref))
