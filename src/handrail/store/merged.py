"""One history out of what pages told of an item and what webhooks told of it since, and what nobody else keeps."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from operator import attrgetter

from msgspec.structs import replace

from handrail.model.history import Event
from handrail.model.items import Item, MergeRequest, Section, Version
from handrail.model.reading import BY_RESOURCE

_ECHO = timedelta(seconds=5)
"""A webhook's times are whole seconds of its own; within this, the same deed by the same person is the same event."""


def with_page(stored: Iterable[Event], page: Sequence[Event], *, complete: bool) -> tuple[Event, ...]:
    """The history after a page told ``page`` of it: a page that is not complete leaves what only resources tell."""
    if complete:
        return tuple(page)
    kept = [event for event in stored if event.did in BY_RESOURCE]
    return tuple(sorted([*kept, *page], key=attrgetter("at"))) if kept else tuple(page)


def with_provisional(known: Sequence[Event], provisional: Iterable[Event]) -> Sequence[Event]:
    """The known events and those provisional ones that are not among them, in order of time."""
    seen: dict[tuple[str, str, str], list[Event]] = {}
    for event in known:
        seen.setdefault((event.by, event.did, event.value), []).append(event)
    new = [
        event
        for event in provisional
        if all(abs(other.at - event.at) > _ECHO for other in seen.get((event.by, event.did, event.value), ()))
    ]
    return tuple(sorted([*known, *new], key=attrgetter("at"))) if new else known


def with_versions(item: Item, stored: Item | None, updated_at: datetime) -> Item:
    """The item with the checkboxes that its description had in what was ``stored`` of it: GitLab tells only today's.

    Ticks are no other boxes, and none before are no version: criteria that are written down at last do not grow.
    """
    if stored is None or isinstance(item, MergeRequest):
        return item
    versions, before = stored.versions, _boxes(stored.sections)
    if before and before != _boxes(item.sections):
        sections = tuple(Section(one.title, total=one.total, level=one.level) for one in stored.sections)
        versions = (*versions, Version(updated_at, sections))
    return replace(item, versions=versions) if versions else item


def _boxes(sections: Iterable[Section]) -> list[tuple[str, int]]:
    return [(one.title, one.total) for one in sections if one.total]
