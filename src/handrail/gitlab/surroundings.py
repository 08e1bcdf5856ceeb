"""What a source has besides items: projects with those who may merge, milestones, pipelines."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from handrail.gitlab.connection import Connection, LostError, project_path
from handrail.gitlab.documents import AT_ONCE, document_of_pipelines, document_of_surroundings
from handrail.gitlab.histories import instant, named_like_a_bot, nodes
from handrail.gitlab.sources import Source
from handrail.model.planning import Milestone, Pipeline, Project
from handrail.model.reading import Account, Surroundings

Node = Mapping[str, Any]
STABLE = 3
"""How many stable branches of a project are looked at, of the latest releases: older ones are rarely mended."""
PAGES = 5
"""How many pages of a default branch's pipelines are read at the most: one red for longer is red since the last."""
HISTORY = timedelta(days=1)
"""How far back a default branch's pipelines are read even if it is green: for so long an incident waits."""


def read_surroundings(connection: Connection, source: Source, stable: Sequence[str]) -> tuple[Surroundings, bool]:
    """The source's surroundings, and whether it is a group. ``stable`` are the patterns of stable branches' names.

    Raises LostError for a path that is not there.
    """
    text = document_of_surroundings("project", stable)
    data = connection.ask("ProjectSurroundings", text, {"path": source.path})
    is_group = not data["project"] and bool(data["group"])
    if is_group:
        found, milestones = _group(connection, source, stable)
    elif data["project"]:
        found, milestones = [data["project"]], list(_all(connection, source, data["project"], "milestones"))
    else:
        raise LostError(
            f"{connection.url} has no project or group {source.path}, or the token's owner may not see it: correct the "
            "path in the handbook's sources, or ask for access."
        )
    projects: list[Project] = []
    lists: list[_Runs] = []
    accounts: dict[str, Account] = {}
    if is_group:
        accounts |= {account.username: account for account in _group_members(connection, source)}
    for node in found:
        members = [_account(member["user"]) for member in _members(connection, node) if member["user"]]
        accounts |= {account.username: account for account in members}
        repository = node["repository"] or {}
        branch = repository.get("rootRef") or "main"
        names = [name for number in range(len(stable)) for name in repository.get(f"b{number}") or ()]
        lists += [
            _Runs(node["fullPath"], branch, pages=PAGES),
            _Runs(node["fullPath"], source="schedule"),
            *(_Runs(node["fullPath"], name) for name in _latest(names) if name != branch),
        ]
        able = tuple(account.username for account in members if account.state == "active")
        projects.append(Project(node["fullPath"], branch, tuple(dict.fromkeys(able))))
    return Surroundings(
        source=source.name,
        at=connection.now(),
        accounts=tuple(accounts.values()),
        projects=tuple(projects),
        milestones=tuple(_milestone(node) for node in milestones),
        pipelines=tuple(_pipelines(connection, lists)),
        milestone_numbers={node["id"].rpartition("/")[2]: node["title"] for node in milestones},
    ), is_group


def _group_members(connection: Connection, source: Source) -> Iterator[Account]:
    """Those whom somebody made a member of this very group: a team without a handbook of its own is made of them."""
    for member in connection.rest(f"/groups/{project_path(source.path)}/members"):
        yield member_account(member)


def _group(connection: Connection, source: Source, stable: Sequence[str]) -> tuple[list[Node], list[Node]]:
    projects: list[Node] = []
    milestones: list[Node] = []
    after: dict[str, str | None] = {"projects": None}
    while True:
        text = document_of_surroundings("group", stable)
        data = connection.ask("GroupSurroundings", text, {"path": source.path, **after})
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


@dataclass
class _Runs:
    """A list of a project's finished pipelines, the latest first, as far as it has been read."""

    project: str
    branch: str | None = None
    source: str | None = None
    pages: int = 1
    """How many more may be read."""
    after: str | None = None
    found: list[Pipeline] = field(default_factory=list)

    def reaches_back(self, since: datetime) -> bool:
        """Whether it tells what ended red, and what was before ``since``."""
        return any(run.status == "success" for run in self.found) and self.found[-1].finished_at <= since


def _latest(branches: Iterable[str]) -> list[str]:
    """The stable branches of the latest releases, by the numbers in their names: 18-10-stable is after 18-9-stable."""
    return sorted(set(branches), key=lambda name: ([int(part) for part in re.findall(r"\d+", name)], name))[-STABLE:]


def _pipelines(connection: Connection, lists: Sequence[_Runs]) -> Iterable[Pipeline]:
    """What is on these lists, each once: a page, and of default branches more while they are red or busy."""
    waiting = [*lists]
    while waiting:
        now, waiting = waiting[:AT_ONCE], waiting[AT_ONCE:]
        asked: dict[str, str | None] = {}
        for number, runs in enumerate(now):
            asked |= {f"p{number}": runs.project, f"r{number}": runs.branch}
            asked |= {f"s{number}": runs.source, f"c{number}": runs.after}
        data = connection.ask("LatestPipelines", document_of_pipelines(len(now)), asked)
        since = connection.now() - HISTORY
        for number, runs in enumerate(now):
            page: Node | None = (data[f"t{number}"] or {}).get("pipelines")
            runs.found += [_pipeline(connection, runs.project, node) for node in nodes(page) if node["finishedAt"]]
            runs.pages -= 1
            if page and page["pageInfo"]["hasNextPage"] and runs.pages and not runs.reaches_back(since):
                runs.after = page["pageInfo"]["endCursor"]
                waiting.append(runs)
    return {(run.project, run.id): run for runs in lists for run in runs.found}.values()


def _pipeline(connection: Connection, project: str, node: Node) -> Pipeline:
    failed = [job["name"] for job in nodes(node["jobs"]) if job["name"] and not job["allowFailure"]]
    return Pipeline(
        project=project,
        id=int(node["id"].rpartition("/")[2]),
        status=node["status"].lower(),
        finished_at=instant(node["finishedAt"]),
        web_url=f"{connection.url}{node['path']}" if node["path"] else None,
        ref=node["ref"] or "",
        sha=node["sha"] or "",
        source=node["source"] or "",
        failed_jobs=tuple(failed) if node["status"] == "FAILED" else (),
    )


def _milestone(node: Node) -> Milestone:
    return Milestone(node["title"], _day(node["startDate"]), _day(node["dueDate"]), node["state"])


def _day(text: str | None) -> date | None:
    """GraphQL tells a milestone's dates as instants at midnight."""
    return date.fromisoformat(text[:10]) if text else None


def member_account(member: Node) -> Account:
    """A member as REST tells them: whether they are a bot, only the name says."""
    username = member["username"]
    return Account(username, member["name"], named_like_a_bot(username), member["state"])


def _account(user: Node) -> Account:
    return Account(user["username"], user["name"], user["bot"], user["state"])
