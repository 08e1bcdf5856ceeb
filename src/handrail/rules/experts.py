"""Who knows what something is about: the experts of its components, then the maintainers of its project.

Clause dri.not-alone. Whoever is at work is named first, whoever is away for long last.
"""

import re
from collections.abc import Iterator

from msgspec import Struct

from handrail.handbook.schema import Component
from handrail.model.items import Issue, Item, MergeRequest
from handrail.model.people import spelled
from handrail.rules.desk import Desk, marked
from handrail.rules.path_patterns import patterns_of
from handrail.worktime.calendar import NeverOpensError


class Expert(Struct, frozen=True):
    """Somebody who knows, because of what, and whether they are there."""

    person: str
    why: str
    """As the end of a sentence: "maintains omnibus"."""
    presence: str
    """Alike: "at work until Tue 2 Jun 17:00"; empty of somebody outside the team."""


def experts(title: str, ref: str, desk: Desk) -> list[Expert]:
    """Who can be asked about an item, or about what has no more than a title (``ref``: ""); the best first."""
    found: dict[str, str] = {}
    for person, why in _known(title, ref, desk):
        if person not in desk.terms.bots:
            found.setdefault(person, why)
    ranked = [(_presence(person, desk), Expert(person, why, "")) for person, why in found.items()]
    ranked.sort(key=lambda one: one[0][0])
    return [Expert(one.person, one.why, says) for (_, says), one in ranked]


def known(name: str, item: Item | None, desk: Desk) -> str | None:
    """Somebody as the team, the item or the handbook's components spell them: experts may be of other teams."""
    found = {*desk.snapshot.people}.union(*(one.experts for one in desk.handbook.components.values()))
    if item is not None:
        reviewers = {one.username for one in item.reviewers} if isinstance(item, MergeRequest) else set()
        maintained = desk.snapshot.projects.get(item.project)
        found |= {item.author, item.last_human_by, *item.assignees, *item.acted, *item.others, *item.spoke, *reviewers}
        found |= {*(maintained.maintainers if maintained else ())}
    return spelled(name, found)


def _known(title: str, ref: str, desk: Desk) -> Iterator[tuple[str, str]]:
    """Who knows it and why, the handbook's components first; a person may come several times."""
    item = desk.snapshot.by_ref.get(ref)
    project = item.project if item else ref.rpartition("#")[0] or ref.rpartition("!")[0]
    for name, one in desk.handbook.components.items():
        says = _about(one, f"{title} {item.title if item else ''}".casefold(), project, item, desk)
        for person in one.experts if says else ():
            yield person, f"knows {name}: {says}"
    maintained = desk.snapshot.projects.get(project)
    for person in maintained.maintainers if maintained else ():
        if desk.is_member(person):
            yield person, f"maintains {desk.source_name(project)}"


def _about(one: Component, title: str, project: str, item: Item | None, desk: Desk) -> str:
    """What tells that something is about a component; nothing where it is not."""
    labels = [label for label in item.labels if label in one.labels] if item else []
    if labels:
        return f"it has {marked(labels)}"
    word = next((word for word in one.words if re.search(rf"(?<!\w){re.escape(word)}", title)), "")
    if word:
        return f"its title says “{word}”"
    path = next(filter(patterns_of(one.paths).fit, _changed(item, desk)), "")
    if path:
        return f"it changes {path}"
    return f"it is in {desk.source_name(project)}" if {project, desk.source_name(project)} & {*one.sources} else ""


def _changed(item: Item | None, desk: Desk) -> Iterator[str]:
    """The files that a merge request changes; of an issue those of the open merge requests that close it."""
    if isinstance(item, MergeRequest):
        yield from item.changed_paths
    elif isinstance(item, Issue):
        for linked in item.merge_requests:
            yield from _changed(desk.snapshot.by_ref.get(linked.ref), desk)


def _presence(person: str, desk: Desk) -> tuple[int, str]:
    """Whom to ask before whom, and why: those at work, those elsewhere, those off until they are back, those away."""
    if not desk.is_member(person):
        return 1, ""
    calendar, now = desk.snapshot.calendars[person], desk.snapshot.now
    if calendar.is_open(now):
        return 0, f"at work until {desk.voice.instant(calendar.closes_after(now))}"
    try:
        back = f"back {desk.voice.instant(calendar.opens_after(now))}"
    except NeverOpensError:
        return 3, "away until nobody knows when"
    return (3, f"away, {back}") if desk.is_absent(person) else (2, back)
