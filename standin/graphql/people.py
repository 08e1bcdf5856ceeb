"""Users, members, and what a user has to do with a merge request."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handrail.model.items import MergeRequest, Reviewer
from standin.entries import Entry
from standin.graphql.connections import Args, Connection, of_list
from standin.graphql.listings import merge_requests
from standin.ids import gid
from standin.places import Account, Group, Member, Project
from standin.world import LONG_AGO, World

LEVELS = {30: ("DEVELOPER", "Developer"), 40: ("MAINTAINER", "Maintainer"), 50: ("OWNER", "Owner")}


@dataclass(frozen=True, slots=True)
class Participant:
    """A user as the author, assignee or reviewer of a merge request."""

    account: Account
    entry: Entry

    @property
    def merge_request(self) -> MergeRequest:
        """The merge request's facts."""
        assert isinstance(self.entry.item, MergeRequest)
        return self.entry.item

    @property
    def reviewer(self) -> Reviewer | None:
        """The user's review, if they are a reviewer."""
        return next((r for r in self.merge_request.reviewers if r.username == self.account.username), None)


def _memberships(account: Account, args: Args, world: World, *, groups: bool) -> Connection:
    places: list[Project | Group] = [*world.groups.values()] if groups else [*world.projects.values()]
    found = [m for place in places for m in world.members(place) if m.account is account]
    return of_list(found, args)


USER: Mapping[str, Any] = {
    "id": lambda a, _, __: gid("User", a.id),
    "username": lambda a, _, __: a.username,
    "name": lambda a, _, __: a.name,
    "state": lambda a, _, __: a.state,
    "active": lambda a, _, __: a.state == "active",
    "bot": lambda a, _, __: a.bot,
    "human": lambda a, _, __: not a.bot,
    "type": lambda a, _, __: "SERVICE_ACCOUNT" if a.bot else "GHOST" if a.username == "ghost" else "HUMAN",
    "webUrl": lambda a, _, world: f"{world.url}/{a.username}",
    "webPath": lambda a, _, __: f"/{a.username}",
    "avatarUrl": lambda _, __, ___: None,
    "publicEmail": lambda _, __, ___: None,
    "createdAt": lambda _, __, ___: LONG_AGO,
    "lastActivityOn": lambda _, __, world: world.now.date(),
    "authoredMergeRequests": lambda a, args, w: merge_requests(w, None, {**args, "authorUsername": a.username}),
    "assignedMergeRequests": lambda a, args, w: merge_requests(w, None, {**args, "assigneeUsernames": [a.username]}),
    "reviewRequestedMergeRequests": lambda a, args, w: merge_requests(
        w, None, {**args, "reviewerUsername": a.username}
    ),
    "groupMemberships": lambda a, args, w: _memberships(a, args, w, groups=True),
    "projectMemberships": lambda a, args, w: _memberships(a, args, w, groups=False),
}


def _of_account(resolve: Any) -> Any:
    return lambda participant, args, world: resolve(participant.account, args, world)


PARTICIPANT = {name: _of_account(resolve) for name, resolve in USER.items()} | {
    "mergeRequestInteraction": lambda participant, _, __: participant
}


def _may_merge(participant: Participant) -> bool:
    place = participant.entry.place
    return isinstance(place, Project) and participant.account.username in place.maintainers


MEMBER: Mapping[str, Any] = {
    "id": lambda m, _, __: gid("ProjectMember" if isinstance(m.place, Project) else "GroupMember", m.id),
    "accessLevel": lambda m, _, __: m.level,
    "createdAt": lambda _, __, ___: LONG_AGO,
    "updatedAt": lambda _, __, ___: LONG_AGO,
    "expiresAt": lambda _, __, ___: None,
    "user": lambda m, _, __: m.account,
}

RESOLVERS: Mapping[str, Mapping[str, Any]] = {
    "UserCore": USER,
    "CurrentUser": USER,
    "MergeRequestAuthor": PARTICIPANT,
    "MergeRequestAssignee": PARTICIPANT,
    "MergeRequestReviewer": PARTICIPANT,
    "MergeRequestParticipant": PARTICIPANT,
    "UserMergeRequestInteraction": {
        "approved": lambda p, _, __: p.account.username in p.merge_request.approved_by,
        "canMerge": lambda p, _, __: _may_merge(p),
        "canUpdate": lambda p, _, world: p.account.username in world.team.people or _may_merge(p),
        "reviewState": lambda p, _, __: p.reviewer and p.reviewer.state.upper(),
        "reviewed": lambda p, _, __: bool(p.reviewer and p.reviewer.state != "unreviewed"),
    },
    "ProjectMember": {**MEMBER, "project": lambda m, _, __: m.place},
    "GroupMember": {**MEMBER, "group": lambda m, _, __: m.place},
    "AccessLevel": {
        "integerValue": lambda level, _, __: level,
        "stringValue": lambda level, _, __: LEVELS[level][0],
        "humanAccess": lambda level, _, __: LEVELS[level][1],
    },
}


def members(members_of: list[Member], args: Args) -> Connection:
    """A page of members, by name, access level and search."""
    levels, relations = args.get("accessLevels"), args.get("relations") or ("DIRECT", "INHERITED")
    search = (args.get("search") or "").casefold()
    return of_list(
        [
            member
            for member in members_of
            if (levels is None or LEVELS[member.level][0] in levels)
            and ("DIRECT" if member.is_direct else "INHERITED") in relations
            and search in f"{member.account.username} {member.account.name}".casefold()
        ],
        args,
    )
