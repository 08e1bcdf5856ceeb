"""What a source has besides items: projects with those who may merge, milestones, the default branches' pipelines."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from handrail.gitlab.connection import Connection, LostError, project_path
from handrail.gitlab.documents import AT_ONCE, document_of_pipelines
from handrail.gitlab.histories import instant, named_like_a_bot, nodes
from handrail.gitlab.sources import Source
from handrail.model.planning import Milestone, Pipeline, Project
from handrail.model.reading import Account, Surroundings

Node = Mapping[str, Any]


def read_surroundings(connection: Connection, source: Source) -> tuple[Surroundings, bool]:
    """The source's surroundings, and whether it is a group. Raises LostError for a path that is not there."""
    data = connection.graphql("project_surroundings", {"path": source.path})
    is_group = not data["project"] and bool(data["group"])
    if is_group:
        found, milestones = _group(connection, source)
    elif data["project"]:
        found, milestones = [data["project"]], list(_all(connection, source, data["project"], "milestones"))
    else:
        raise LostError(
            f"{connection.url} has no project or group {source.path}, or the token's owner may not see it: correct the "
            "path in the handbook's sources, or ask for access."
        )
    projects: list[Project] = []
    accounts: dict[str, Account] = {}
    if is_group:
        accounts |= {account.username: account for account in _group_members(connection, source)}
    for node in found:
        members = [_account(member["user"]) for member in _members(connection, node) if member["user"]]
        accounts |= {account.username: account for account in members}
        branch = (node["repository"] or {}).get("rootRef") or "main"
        able = tuple(account.username for account in members if account.state == "active")
        projects.append(Project(node["fullPath"], branch, tuple(dict.fromkeys(able))))
    return Surroundings(
        source=source.name,
        at=connection.now(),
        accounts=tuple(accounts.values()),
        projects=tuple(projects),
        milestones=tuple(_milestone(node) for node in milestones),
        pipelines=tuple(_pipelines(connection, projects)),
    ), is_group


def _group_members(connection: Connection, source: Source) -> Iterator[Account]:
    """Those whom somebody made a member of this very group: a team without a handbook of its own is made of them."""
    for member in connection.rest(f"/groups/{project_path(source.path)}/members"):
        yield member_account(member)


def _group(connection: Connection, source: Source) -> tuple[list[Node], list[Node]]:
    projects: list[Node] = []
    milestones: list[Node] = []
    after: dict[str, str | None] = {"projects": None}
    while True:
        data = connection.graphql("group_surroundings", {"path": source.path, **after})
        group = data["group"]
        if not group:
            raise LostError(f"{connection.url} does not have {source.path} any more.")
        projects += [node for node in nodes(group["projects"]) if not node["archived"]]
        if not milestones:
            milestones = list(_all(connection, source, group, "milestones"))
        page = group["projects"]["pageInfo"]
        if not page["hasNextPage"]:
            return projects, milestones
        after = {"projects": page["endCursor"]}


def _all(connection: Connection, source: Source, place: Node, name: str) -> Iterator[Node]:
    """All nodes of a project's or group's connection, of which the first page is there."""
    document = "group_surroundings" if "projects" in place else "project_surroundings"
    key = "group" if "projects" in place else "project"
    page: Node | None = place[name]
    while page:
        yield from nodes(page)
        if not page["pageInfo"]["hasNextPage"]:
            return
        data = connection.graphql(document, {"path": source.path, name: page["pageInfo"]["endCursor"]})
        page = (data[key] or {}).get(name)


def _members(connection: Connection, project: Node) -> Iterator[Node]:
    page: Node | None = project["projectMembers"]
    while page:
        yield from nodes(page)
        if not page["pageInfo"]["hasNextPage"]:
            return
        more = {"path": project["fullPath"], "members": page["pageInfo"]["endCursor"]}
        page = (connection.graphql("project_surroundings", more)["project"] or {}).get("projectMembers")


def _pipelines(connection: Connection, projects: Sequence[Project]) -> Iterator[Pipeline]:
    """The latest finished ones of each, as far back as the last that succeeded: it ends what is red."""
    for start in range(0, len(projects), AT_ONCE):
        now = projects[start : start + AT_ONCE]
        asked = {f"p{number}": project.path for number, project in enumerate(now)}
        asked |= {f"b{number}": project.default_branch for number, project in enumerate(now)}
        data = connection.ask("LatestPipelines", document_of_pipelines(len(now)), asked)
        for number, project in enumerate(now):
            yield from _until_success(connection, project, (data[f"t{number}"] or {}).get("pipelines"))


def _until_success(connection: Connection, project: Project, page: Node | None) -> Iterator[Pipeline]:
    for _ in range(5):  # a branch that has been red for a hundred pipelines is red since the hundredth
        for node in nodes(page):
            if node["finishedAt"]:
                yield _pipeline(connection, project, node)
            if node["status"] == "SUCCESS":
                return
        if not page or not page["pageInfo"]["hasNextPage"]:
            return
        wanted = {"path": project.path, "branch": project.default_branch, "after": page["pageInfo"]["endCursor"]}
        page = (connection.graphql("project_pipelines", wanted)["project"] or {}).get("pipelines")


def _pipeline(connection: Connection, project: Project, node: Node) -> Pipeline:
    failed = [job["name"] for job in nodes(node["jobs"]) if job["name"] and not job["allowFailure"]]
    return Pipeline(
        project=project.path,
        id=int(node["id"].rpartition("/")[2]),
        status=node["status"].lower(),
        finished_at=instant(node["finishedAt"]),
        web_url=f"{connection.url}{node['path']}" if node["path"] else None,
        ref=project.default_branch,
        sha=node["sha"] or "",
        source=node["source"] or "",
        failed_jobs=tuple(failed) if node["status"] == "FAILED" else (),
    )


def _milestone(node: Node) -> Milestone:
    return Milestone(node["title"], _day(node["startDate"]), _day(node["dueDate"]))


def _day(text: str | None) -> date | None:
    """GraphQL tells a milestone's dates as instants at midnight."""
    return date.fromisoformat(text[:10]) if text else None


def member_account(member: Node) -> Account:
    """A member as REST tells them: whether they are a bot, only the name says."""
    username = member["username"]
    return Account(username, member["name"], named_like_a_bot(username), member["state"])


def _account(user: Node) -> Account:
    return Account(user["username"], user["name"], user["bot"], user["state"])
