"""Items from nodes of a page, with whatever of their histories the page left out asked for one by one."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from handrail.gitlab.connection import Connection, LostError, project_path
from handrail.gitlab.histories import Team, discussion_events, label_events, milestone_events, nodes
from handrail.gitlab.items import label_titles, merge_request, reference, work_item
from handrail.gitlab.numbers import Numbers
from handrail.model.history import Event
from handrail.model.reading import Read

Node = Mapping[str, Any]


class ItemReader:
    """Reads what belongs to single items."""

    def __init__(self, connection: Connection, team: Team) -> None:
        self._connection = connection
        self._team = team
        self._numbers = Numbers(connection)

    def work_items(self, found: Iterable[Node]) -> Iterator[Read]:
        """Issues and epics."""
        for node in self._learnt(found):
            discussions: Node = {}
            for widget in node["widgets"] or ():
                discussions = (widget or {}).get("discussions") or discussions
            yield work_item(node, self._told(node, discussions, "work_item_discussions", "issues"))

    def merge_requests(self, found: Iterable[Node], *, since: datetime | None) -> Iterator[Read]:
        """Merge requests. Of those that are open, or were at ``since``, the whole history."""
        for node in self._learnt(found):
            told = self._told(node, node["discussions"], "merge_request_discussions", "merge_requests")
            read = merge_request(node, told, self._team, complete=False)
            ended = read.item.closed_at
            if ended is None or (since is not None and ended >= since):
                try:
                    events = self._by_resource(read.item.project, read.item.iid)
                except LostError:  # it went away since the page
                    events = None
                if events is not None:
                    read = merge_request(node, [*told, *events], self._team, complete=True)
            yield read

    def _learnt(self, found: Iterable[Node]) -> list[Node]:
        """The nodes, once the numbers of their labels are known: a note may name a label of another item."""
        kept = [node for node in found if node]
        for node in kept:
            self._numbers.learn(label_titles(node))
        return kept

    def _told(self, node: Node, first: Node, more: str, place: str) -> list[Event]:
        ref = reference(node)
        path = ref[: max(map(ref.rfind, "#!&"))]
        discussions = nodes(first)
        page = first.get("pageInfo") or {}
        while page.get("hasNextPage"):
            data = self._connection.graphql(more, {"id": node["id"], "after": page["endCursor"]})
            rest = _discussions(data)
            if rest is None:  # it went away since the page
                break
            discussions += nodes(rest)
            page = rest["pageInfo"]
        where = f"/projects/{project_path(path)}/{place}/{node['iid']}"
        whole = [self._whole(discussion, where) for discussion in discussions]
        return discussion_events(whole, self._numbers.of(path), self._team, claims=place == "issues")

    def _whole(self, discussion: Node, where: str) -> Node:
        """The discussion with all its notes: of one that overflows, REST gives them at once, from the first."""
        if not discussion["notes"]["pageInfo"]["hasNextPage"]:
            return discussion
        known = nodes(discussion["notes"])
        bots = {note["author"]["username"] for note in known if note["author"] and note["author"]["bot"]}
        listed = self._connection.rest_one(f"{where}/discussions/{discussion['id'].rpartition('/')[2]}")["notes"]
        rest = [
            {
                "body": note["body"],
                "system": note["system"],
                "createdAt": note["created_at"],
                "author": {"username": note["author"]["username"], "bot": note["author"]["username"] in bots},
            }
            for note in listed[len(known) :]
        ]
        return {**discussion, "notes": {"nodes": [*known, *rest]}}

    def _by_resource(self, path: str, iid: int) -> list[Event]:
        where = f"/projects/{project_path(path)}/merge_requests/{iid}/resource_"
        labels = label_events(self._connection.rest(f"{where}label_events"), self._team)
        return [*labels, *milestone_events(self._connection.rest(f"{where}milestone_events"), self._team)]


def _discussions(data: Node) -> Node | None:
    item = data.get("mergeRequest") or data.get("workItem")
    if not item:
        return None
    if "discussions" in item:
        return item["discussions"]  # type: ignore[no-any-return]
    return next((widget["discussions"] for widget in item["widgets"] or () if (widget or {}).get("discussions")), None)
