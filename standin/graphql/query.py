"""The root of the schema, and how its objects are told apart."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from standin.entries import Entry, Kind
from standin.graphql import merge_requests, note_threads, note_writes, people, places, statuses, work_items
from standin.graphql.connections import Args, Connection, Problem, of_list
from standin.graphql.costs import LIMIT
from standin.graphql.listings import issues
from standin.graphql.statuses import DEFINITIONS, Definition
from standin.graphql.work_items import WIDGETS, Widget
from standin.ids import gid, of_gid
from standin.places import Account, Member, Project
from standin.world import World

AT_MOST_REFERENCES = 10
HIDDEN = (
    "The resource that you are attempting to access does not exist or you don't have permission to perform this action"
)


def _users(_root: Any, args: Args, world: World) -> Connection:
    names, ids, search = args.get("usernames"), args.get("ids"), (args.get("search") or "").casefold()
    folded = None if names is None else {name.casefold() for name in names}
    return of_list(
        sorted(
            (
                account
                for account in world.accounts.values()
                if (folded is None or account.username.casefold() in folded)
                and (ids is None or gid("User", account.id) in ids)
                and (not args.get("humans") or not account.bot)
                and (not args.get("active") or account.state == "active")
                and search in f"{account.username} {account.name}".casefold()
            ),
            key=lambda account: account.id,
            reverse=True,
        ),
        args,
    )


def _user(_root: Any, args: Args, world: World) -> Account | None:
    if args.get("username"):
        return world.accounts.get(args["username"])
    return next((a for a in world.accounts.values() if gid("User", a.id) == args.get("id")), None)


def _projects(_root: Any, args: Args, world: World) -> Connection:
    paths, ids, search = args.get("fullPaths"), args.get("ids"), (args.get("search") or "").casefold()
    archived = args.get("archived") or "EXCLUDE"
    return of_list(
        [
            project
            for project in world.projects_in("", subgroups=True)
            if (paths is None or project.path in paths)
            and (ids is None or gid("Project", project.id) in ids)
            and (archived == "INCLUDE" or project.archived is (archived == "ONLY"))
            and search in project.path.casefold()
        ],
        args,
    )


def _groups(_root: Any, args: Args, world: World) -> Connection:
    parent, ids, search = args.get("parentPath"), args.get("ids"), (args.get("search") or "").casefold()
    return of_list(
        [
            world.groups[path]
            for path in sorted(world.groups)
            if not world.is_lost(path)
            and (parent is None or world.groups[path].parent == parent)
            and (not args.get("topLevelOnly") or world.groups[path].parent is None)
            and (ids is None or gid("Group", world.groups[path].id) in ids)
            and search in path.casefold()
        ],
        args,
    )


_WORK_ITEMS: Mapping[str, Kind] = {"WorkItem": "issue", "Issue": "issue"}


def _by_gid(kinds: Mapping[str, Kind], text: str, world: World) -> Entry | None:
    for prefix, kind in kinds.items():
        identity = of_gid(text, prefix)
        if identity is not None and identity.isdecimal():
            found = world.by_id(kind, int(identity)) or (
                world.by_id("epic", int(identity)) if kind == "issue" else None
            )
            if found is not None:
                return found
    return None


def _by_reference(_root: Any, args: Args, world: World) -> Connection:
    context = args.get("contextNamespacePath") or ""
    if len(args["refs"]) > AT_MOST_REFERENCES:
        raise Problem(
            "Number of references exceeds the limit. "
            f"Please provide no more than {AT_MOST_REFERENCES} references at the same time."
        )
    if world.place(context) is None:
        raise Problem(HIDDEN)
    found = [world.entries.get(ref) or world.entries.get(context + ref) for ref in args["refs"]]
    return of_list([e for e in found if e is not None and e.kind != "merge_request"], args)


def _milestone(_root: Any, args: Args, world: World) -> Any:
    return next((box for box in world.milestones.values() if gid("Milestone", box.id) == args["id"]), None)


@dataclass(slots=True)
class Caller:
    """Who asks, and what it costs: what the root fields are read off."""

    username: str | None
    may_write: bool = False
    cost: int = 0


def _me(caller: Caller, _args: Args, world: World) -> Account | None:
    return world.accounts.get(caller.username) if caller.username else None


def _for_users(resolve: Any) -> Any:
    """The instance shows nothing to somebody who is not signed in."""
    return lambda caller, args, world: resolve(caller, args, world) if caller.username else None


_ROOT: Mapping[str, Any] = {
    "project": lambda _, args, world: world.project(args["fullPath"]),
    "group": lambda _, args, world: world.group(args["fullPath"]),
    "namespace": lambda _, args, world: world.place(args["fullPath"]),
    "projects": _projects,
    "groups": _groups,
    "currentUser": _me,
    "user": _user,
    "users": _users,
    "issues": lambda _, args, world: issues(world, None, args),
    "metadata": lambda _, __, world: world,
    "workItem": lambda _, args, world: _by_gid(_WORK_ITEMS, args["id"], world),
    "mergeRequest": lambda _, args, world: _by_gid({"MergeRequest": "merge_request"}, args["id"], world),
    "milestone": _milestone,
    "workItemsByReference": _by_reference,
}
ROOT = {name: _for_users(resolve) for name, resolve in _ROOT.items()} | {
    "queryComplexity": lambda caller, _, __: caller
}


def _changeable(caller: Caller, entry: Entry | None, world: World) -> tuple[Entry, str]:
    """The item, and who changes it. Raises Problem, in the same words for what is not there or not theirs to change."""
    if entry is None or not caller.username or not caller.may_write or world.is_read_only(entry.place.path):
        raise Problem(HIDDEN)
    return entry, caller.username


def _update_work_item(caller: Caller, args: Args, world: World) -> Any:
    asked = args["input"]
    entry, by = _changeable(caller, _by_gid(_WORK_ITEMS, asked["id"], world), world)
    return statuses.update(world, entry, asked, by)


def _create_note(caller: Caller, args: Args, world: World) -> Any:
    asked = args["input"]
    found = _by_gid({**_WORK_ITEMS, "MergeRequest": "merge_request"}, asked["noteableId"], world)
    entry, by = _changeable(caller, found, world)
    return note_writes.create(world, entry, asked, by)


def _update_note(caller: Caller, args: Args, world: World) -> Any:
    asked = args["input"]
    found, number = note_writes.own_comment(world, asked["id"], caller.username or "") or (None, 0)
    entry, _ = _changeable(caller, found, world)
    return note_writes.update(world, entry, asked, number)


CONNECTION: Mapping[str, Any] = {
    "nodes": lambda c, _, __: c.nodes,
    "edges": lambda c, _, __: [(c, index) for index in range(len(c.nodes))],
    "pageInfo": lambda c, _, __: c,
    "count": lambda c, args, __: c.count(args.get("limit")),
}
EDGE: Mapping[str, Any] = {
    "node": lambda edge, _, __: edge[0].nodes[edge[1]],
    "cursor": lambda edge, _, __: edge[0].cursor(edge[1]),
}
RESOLVERS: Mapping[str, Mapping[str, Any]] = {
    "Query": ROOT,
    "Metadata": {
        "version": lambda world, _, __: world.version,
        "revision": lambda _, __, ___: "0f1e2d3c4b5",
        "enterprise": lambda world, _, __: world.tier == "premium",
    },
    "QueryComplexity": {"score": lambda caller, _, __: caller.cost, "limit": lambda _, __, ___: LIMIT},
    "PageInfo": {
        "hasNextPage": lambda c, _, __: c.more,
        "hasPreviousPage": lambda c, _, __: c.before,
        "startCursor": lambda c, _, __: c.cursor(0) if c.nodes else None,
        "endCursor": lambda c, _, __: c.cursor(len(c.nodes) - 1) if c.nodes else None,
    },
    **people.RESOLVERS,
    **places.RESOLVERS,
    **work_items.RESOLVERS,
    **merge_requests.RESOLVERS,
    **note_threads.RESOLVERS,
    **statuses.RESOLVERS,
    **note_writes.RESOLVERS,
    "Mutation": {"createNote": _create_note, "updateNote": _update_note, "workItemUpdate": _update_work_item},
}


def type_name(value: Any) -> str:
    """Which type of an interface or union an object is."""
    match value:
        case Widget():
            return WIDGETS[value.type]
        case Definition():
            return DEFINITIONS.get(value.type, "WorkItemWidgetDefinitionGeneric")
        case Member():
            return "ProjectMember" if isinstance(value.place, Project) else "GroupMember"
        case _:
            return "MergeRequest" if value.kind == "merge_request" else "Issue"
