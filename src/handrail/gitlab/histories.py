"""From discussions, notes and resource events, as GitLab tells them, to an item's events in order of time."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any, Self
from zoneinfo import ZoneInfo

from handrail.gitlab.claims import claim
from handrail.gitlab.comments import asked, commands, mentions, spoken_of
from handrail.gitlab.system_notes import Names, deeds
from handrail.handbook.schema import Handbook
from handrail.model.history import Deed, Event

_BOT = re.compile(r"(?:project|group)_\d+_bot(?:_\w+)?|service_account_\w+")
GHOST = "ghost"
"""Whose GitLab says it is what a deleted user did."""


@dataclass(frozen=True)
class Team:
    """What reading needs of a team: whom people mention and command, who is a bot, who lives in which zone."""

    mention: str = ""
    handle: str = "handrail"
    """The name, without its @, that commands in comments begin with."""
    bots: frozenset[str] = frozenset()
    zones: Mapping[str, str] = field(default_factory=dict)
    zone: str = "UTC"
    stable: tuple[str, ...] = ()
    """Patterns of the names of stable branches."""

    @classmethod
    def of(cls, handbook: Handbook) -> Self:
        """That of a handbook."""
        team, zones = handbook.team, {name: person.zone for name, person in handbook.people.items()}
        stable = tuple(handbook.rules.get("red_default_branch", {}).get("stable", ()))
        return cls(team.mention, team.handle, frozenset((*team.bots, team.handle)), zones, team.zone, stable)

    def is_bot(self, user: Mapping[str, Any] | None) -> bool:
        """Whether GitLab says so of the account, or the team does of the name."""
        return user is not None and bool(user.get("bot") or user["username"] in self.bots)

    def event(self, at: datetime, user: Mapping[str, Any] | None, did: Deed, value: str = "") -> Event:
        """An event of that user's (null: of one who is deleted)."""
        return Event(at, user["username"] if user else GHOST, did, value, self.is_bot(user))

    def zone_of(self, username: str) -> ZoneInfo:
        """The person's zone, the team's for anybody else."""
        return ZoneInfo(self.zones.get(username, self.zone))


def named_like_a_bot(username: str) -> bool:
    """Whether GitLab gave the name to the owner of an access token: where a body does not tell who is a bot."""
    return bool(_BOT.fullmatch(username))


def instant(text: str) -> datetime:
    """GitLab's time in UTC. Webhooks write a space and then the offset or “UTC” at its end. Raises ValueError."""
    found = datetime.fromisoformat(re.sub(r" (?=[+-]\d|UTC$)", "", text).replace("UTC", "Z"))
    if found.tzinfo is None:
        raise ValueError(f"“{text}” has no zone")
    return found.astimezone(UTC)


def nodes(connection: Mapping[str, Any] | None) -> list[Any]:
    """The nodes of a connection that may be null and hold nulls (what the token's owner may not see)."""
    return [node for node in (connection or {}).get("nodes") or () if node]


def written(node: Mapping[str, Any], team: Team) -> Iterator[Event]:
    """What the description told as it was written: a mention. Nobody knows whether it was added later."""
    widgets = [widget for widget in node.get("widgets") or () if widget]
    told = next((one["description"] for one in (node, *widgets) if one.get("description")), "")
    if mentions(told, team.mention):
        yield team.event(instant(node["createdAt"]), node["author"], "mentioned", team.mention)


def discussion_events(
    discussions: Iterable[Mapping[str, Any]], names: Names, team: Team, *, claims: bool, author: str = ""
) -> list[Event]:
    """The events that discussions tell, not yet in order. ``claims`` and ``author`` as in ``note_events``."""
    found: list[Event] = []
    for discussion in discussions:
        thread = str(discussion["id"]).rpartition("/")[2] if discussion["resolvable"] else ""
        for note in nodes(discussion["notes"]):
            found += note_events(note, thread, names, team, claims=claims, author=author)
        if thread and discussion["resolvedAt"]:
            at = instant(discussion["resolvedAt"])
            found.append(team.event(at, discussion["resolvedBy"], "thread_resolved", thread))
    return found


def note_events(
    note: Mapping[str, Any], thread: str, names: Names, team: Team, *, claims: bool, author: str = ""
) -> Iterator[Event]:
    """What one note tells: a system note its deeds; a comment that it was made, its claim, commands and mentions.

    ``claims``: whether a comment on the item can be a claim. ``author`` is who wrote the item.
    """
    at, by = instant(note["createdAt"]), note["author"]
    if note["system"]:
        for deed, value in deeds(note["body"], names):
            yield team.event(at, by, deed, value)
        return
    yield team.event(at, by, "commented", thread)
    about = spoken_of(note["body"], team.handle)
    if about:
        yield team.event(at, by, "spoke_of", about)
    if by and not team.is_bot(by):
        today, is_author = at.astimezone(team.zone_of(by["username"])).date(), by["username"] == author
        if claims and (until := claim(note["body"], today, author=is_author)) is not None:
            yield team.event(at, by, "claimed", until)
        for command in commands(note["body"], team.handle):
            yield team.event(at, by, "commanded", command)
    if mentions(note["body"], team.mention):
        yield team.event(at, by, "mentioned", team.mention)
    elif by and not team.is_bot(by):
        for name in asked(note["body"], team.handle):
            if name not in team.bots and name != by["username"]:
                yield team.event(at, by, "asked", name)


def resource_events(
    events: Iterable[Mapping[str, Any]], team: Team, bots: Mapping[str, bool] = MappingProxyType({})
) -> Iterator[Event]:
    """REST's resource events of labels and milestones, one after the other; ``bots`` since REST does not tell.

    A label that was deleted is null, and then nobody needs to know. Moving an item from one milestone to another is one
    event, to the new one.
    """
    for event in events:
        user = event["user"] and {**event["user"], "bot": bots.get(event["user"]["username"], False)}
        at, is_added = instant(event["created_at"]), event["action"] == "add"
        if "milestone" in event:
            title = (event["milestone"] or {}).get("title", "") if is_added else ""
            yield team.event(at, user, "milestone_set", title)
        elif event.get("label"):
            yield team.event(at, user, "label_added" if is_added else "label_removed", event["label"]["name"])


def in_order(*told: Sequence[Event]) -> tuple[Event, ...]:
    """By time; of one instant, as told, each list after the one before."""
    return tuple(sorted((event for events in told for event in events), key=lambda event: event.at))
