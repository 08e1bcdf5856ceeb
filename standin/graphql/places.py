"""Projects, groups, namespaces, labels, milestones, pipelines."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from fnmatch import filter as filter_names
from typing import Any

from handrail.model.planning import Pipeline
from standin.graphql.connections import Args, Connection, Problem, of_list
from standin.graphql.listings import ISSUES, WORK_ITEMS, issues, listing, merge_requests, one
from standin.graphql.people import members
from standin.graphql.statuses import definitions, of_place
from standin.ids import digest, gid
from standin.places import Group, Label, Place, Project, Timebox, shown_name, top
from standin.world import LONG_AGO, OKRS, World

TYPES = {
    "ISSUE": (1, "Issue"), "INCIDENT": (2, "Incident"), "TASK": (5, "Task"), "OBJECTIVE": (6, "Objective"),
    "KEY_RESULT": (7, "Key Result"), "EPIC": (8, "Epic"),
}  # fmt: skip


def _work_items(place: Place, args: Args, world: World) -> Connection:
    if isinstance(place, Project):
        return listing(world, ISSUES, place, args)
    return listing(world, WORK_ITEMS, place, args, deep=bool(args.get("includeDescendants")))


def _types(_place: Place, args: Args, world: World) -> Connection:
    name = args.get("name")
    there = [kind for kind in TYPES if kind not in {"EPIC", *OKRS} or world.tier == "premium"]
    return of_list([kind for kind in there if name in {None, kind}], args)


def milestones(world: World, place: Place, args: Args) -> Connection:
    """A page of the milestones that a place sees: they are its top-level group's, so an ancestor's for most."""
    if place.path != top(place.path) and not args.get("includeAncestors"):
        return of_list([], args)
    found = [box for (group, _), box in world.milestones.items() if group == top(place.path)]
    tests: dict[str, Callable[[Timebox, Any], bool]] = {
        "state": lambda box, value: box.state == value,
        "title": lambda box, value: box.title == value,
        "searchTitle": lambda box, value: value.casefold() in box.title.casefold(),
        "ids": lambda box, value: gid("Milestone", box.id) in value,
    }
    chosen = [box for box in found if all(test(box, args[name]) for name, test in tests.items() if args.get(name))]
    if args.get("sort", "").startswith("DUE_DATE"):
        chosen.sort(key=lambda box: (box.due is None, box.due or LONG_AGO.date()))
        if args["sort"].endswith("DESC"):
            chosen.reverse()
    return of_list(chosen, args)


def _labels(place: Place, args: Args, world: World) -> Connection:
    if place.path != top(place.path) and not args.get("includeAncestorGroups"):
        return of_list([], args)
    term = (args.get("searchTerm") or "").casefold()
    return of_list(
        sorted(
            (
                label
                for (group, _), label in world.labels.items()
                if group == top(place.path)
                and args.get("title") in {None, label.title}
                and term in label.title.casefold()
            ),
            key=lambda label: label.title,
        ),
        args,
    )


def _pipelines(project: Project, args: Args, world: World) -> Connection:
    status, ref, source = args.get("status"), args.get("ref"), args.get("source")
    runs = [
        run
        for run in world.pipelines.get(project.path, [])
        if ref in {None, branch_of(run, world)}
        and source in {None, run.source or "push"}
        and status in {None, run.status.upper()}
        and args.get("scope") in {None, "FINISHED", "BRANCHES"}
    ]
    return of_list(runs, args)


def _branch_names(project: Project, args: Args, world: World) -> list[str]:
    """The branches that pipelines ran for, of those that fit a pattern."""
    names = {project.default_branch, *(branch_of(run, world) for run in world.pipelines.get(project.path, []))}
    return filter_names(sorted(names), args["searchPattern"])[args["offset"] :][: args["limit"]]


def branch_of(run: Pipeline, world: World) -> str:
    """The branch that the pipeline ran for."""
    return run.ref or world.projects[run.project].default_branch


def _jobs(run: Pipeline, args: Args, _world: World) -> Connection:
    """Of a pipeline's jobs the facts tell those that failed."""
    statuses = args.get("statuses")
    return of_list(run.failed_jobs if statuses is None or "FAILED" in statuses else (), args)


def _projects(group: Group, args: Args, world: World) -> Connection:
    found = world.projects_in(group.path, subgroups=bool(args.get("includeSubgroups")))
    archived = args.get("includeArchived") is not False
    search = (args.get("search") or "").casefold()
    ids = args.get("ids")
    return of_list(
        [
            project
            for project in found
            if (archived or not project.archived)
            and search in project.path.casefold()
            and (ids is None or gid("Project", project.id) in ids)
        ],
        args,
    )


def _subgroups(group: Group, args: Args, world: World) -> Connection:
    inside = [world.groups[path] for path in sorted(world.groups) if path.startswith(f"{group.path}/")]
    return of_list([found for found in inside if not world.is_lost(found.path)], args)


def _single_issue(project: Project, args: Args, world: World) -> Any:
    if args.get("iid") is None:
        raise Problem("Field 'issue' needs an iid")
    return one(issues(world, project, {"iid": args["iid"]}))


PLACE: Mapping[str, Any] = {
    "fullPath": lambda p, _, __: p.path,
    "path": lambda p, _, __: p.path.rpartition("/")[2],
    "name": lambda p, _, __: shown_name(p.path),
    "description": lambda _, __, ___: "",
    "visibility": lambda _, __, ___: "public",
    "workItems": _work_items,
    "workItemTypes": _types,
    "milestones": lambda p, args, world: milestones(world, p, args),
    "labels": _labels,
}

RESOLVERS: Mapping[str, Mapping[str, Any]] = {
    "Project": {
        **PLACE,
        "id": lambda p, _, __: gid("Project", p.id),
        "nameWithNamespace": lambda p, _, __: " / ".join(map(shown_name, p.path.split("/"))),
        "archived": lambda p, _, __: p.archived,
        "repository": lambda p, _, __: p,
        "webUrl": lambda p, _, world: f"{world.url}/{p.path}",
        "createdAt": lambda p, _, __: p.created_at,
        "updatedAt": lambda _, __, world: world.now,
        "lastActivityAt": lambda _, __, world: world.now,
        "group": lambda p, _, world: world.group(p.parent),
        "namespace": lambda p, _, world: world.groups[p.parent],
        "issuesEnabled": lambda _, __, ___: True,
        "mergeRequestsEnabled": lambda _, __, ___: True,
        "mergeRequests": lambda p, args, world: merge_requests(world, p, args),
        "mergeRequest": lambda p, args, world: one(merge_requests(world, p, args)),
        "issues": lambda p, args, world: issues(world, p, args),
        "issue": _single_issue,
        "projectMembers": lambda p, args, world: members(world.members(p), args),
        "pipelines": _pipelines,
    },
    "Group": {
        **PLACE,
        "id": lambda g, _, __: gid("Group", g.id),
        "fullName": lambda g, _, __: " / ".join(map(shown_name, g.path.split("/"))),
        "archived": lambda _, __, ___: False,
        "webUrl": lambda g, _, world: f"{world.url}/groups/{g.path}",
        "createdAt": lambda _, __, ___: LONG_AGO,
        "parent": lambda g, _, world: g.parent and world.group(g.parent),
        "projects": _projects,
        "descendantGroups": _subgroups,
        "workItem": lambda g, args, world: one(_work_items(g, args, world)),
        "mergeRequests": lambda g, args, world: merge_requests(world, g, args, deep=bool(args.get("includeSubgroups"))),
        "issues": lambda g, args, world: issues(world, g, args, deep=bool(args.get("includeSubgroups"))),
        "statuses": of_place,
        "groupMembers": lambda g, args, world: members(world.members(g), args),
    },
    "Namespace": {
        "id": lambda p, _, __: gid("Group" if isinstance(p, Group) else "Namespaces::ProjectNamespace", p.id),
        "fullPath": PLACE["fullPath"],
        "name": PLACE["name"],
        "webUrl": lambda p, _, world: f"{world.url}/{'groups/' if isinstance(p, Group) else ''}{p.path}",
        "statuses": of_place,
        "workItems": _work_items,
        "workItem": lambda p, args, world: one(_work_items(p, args, world)),
    },
    "Repository": {
        "branchNames": _branch_names,
        "rootRef": lambda p, _, __: p.default_branch,
        "empty": lambda _, __, ___: False,
        "exists": lambda _, __, ___: True,
    },
    "WorkItemType": {
        "id": lambda kind, _, __: gid("WorkItems::Type", TYPES[kind][0]),
        "name": lambda kind, _, __: TYPES[kind][1],
        "iconName": lambda kind, _, __: f"issue-type-{kind.lower()}",
        "widgetDefinitions": lambda kind, _, world: definitions(kind, world),
    },
    "Label": {
        "id": lambda label, _, __: label_gid(label),
        "title": lambda label, _, __: label.title,
        "color": lambda label, _, __: color(label),
        "textColor": lambda _, __, ___: "#FFFFFF",
        "description": lambda _, __, ___: None,
        "createdAt": lambda _, __, ___: LONG_AGO,
        "updatedAt": lambda _, __, ___: LONG_AGO,
        "archived": lambda _, __, ___: False,
    },
    "Milestone": {
        "id": lambda box, _, __: gid("Milestone", box.id),
        "iid": lambda box, _, __: str(box.iid),
        "title": lambda box, _, __: box.title,
        "description": lambda _, __, ___: "",
        "state": lambda box, _, __: box.state,
        "startDate": lambda box, _, __: box.start,
        "dueDate": lambda box, _, __: box.due,
        "expired": lambda box, _, world: box.due is not None and box.due < world.now.date(),
        "upcoming": lambda box, _, world: box.start is not None and box.start > world.now.date(),
        "webPath": lambda box, _, __: f"/groups/{box.group}/-/milestones/{box.iid}",
        "createdAt": lambda _, __, ___: LONG_AGO,
        "updatedAt": lambda _, __, ___: LONG_AGO,
        "group": lambda box, _, world: world.group(box.group),
        "project": lambda _, __, ___: None,
        "groupMilestone": lambda _, __, ___: True,
        "projectMilestone": lambda _, __, ___: False,
        "subgroupMilestone": lambda _, __, ___: False,
    },
    "Pipeline": {
        "id": lambda run, _, __: gid("Ci::Pipeline", run.id),
        "iid": lambda run, _, __: str(run.id % 100_000),
        "status": lambda run, _, __: run.status.upper(),
        "ref": lambda run, _, world: branch_of(run, world),
        "sha": lambda run, _, __: sha(run),
        "source": lambda run, _, __: run.source or "push",
        "jobs": _jobs,
        "createdAt": lambda run, _, __: run.finished_at - timedelta(minutes=50),
        "startedAt": lambda run, _, __: run.finished_at - timedelta(minutes=49),
        "updatedAt": lambda run, _, __: run.finished_at,
        "finishedAt": lambda run, _, __: run.finished_at,
        "active": lambda _, __, ___: False,
        "complete": lambda _, __, ___: True,
        "path": lambda run, _, __: f"/{run.project}/-/pipelines/{run.id}",
    },
    "CiJob": {
        "name": lambda name, _, __: name,
        "status": lambda _, __, ___: "FAILED",
        "allowFailure": lambda _, __, ___: False,
        "retried": lambda _, __, ___: False,
    },
}


def label_gid(label: Label) -> str:
    """A group label's global id."""
    return gid("GroupLabel", label.id)


def color(label: Label) -> str:
    """A colour that follows from the label's number."""
    return f"#{label.id & 0xFFFFFF:06X}"


def sha(run: Pipeline) -> str:
    """The commit that the pipeline ran for."""
    return run.sha or digest("pipeline", run.project, run.id)
