"""Items from nodes of a page, with whatever of their histories the page left out asked for one by one."""

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

from handrail.gitlab.connection import Connection, LostError, project_path
from handrail.gitlab.histories import Team, discussion_events, instant, nodes, resource_events, written
from handrail.gitlab.items import label_titles, merge_request, reference, work_item
from handrail.gitlab.numbers import Numbers
from handrail.model.history import Event
from handrail.model.reading import Read

Node = Mapping[str, Any]
AT_ONCE = 4
"""How many requests for single items are under way at the same time."""


class ItemReader:
    """Reads what belongs to single items."""

    def __init__(self, connection: Connection, team: Team) -> None:
        self._connection = connection
        self._team = team
        self._numbers = Numbers(connection)
        self._bots: dict[str, bool] = {}

    def work_items(self, found: Iterable[Node]) -> Iterator[Read]:
        """Issues and epics."""
        for node in self._learnt(found):
            discussions: Node = {}
            for widget in node["widgets"] or ():
                discussions = (widget or {}).get("discussions") or discussions
            yield work_item(node, self._told(node, discussions, "work_item_discussions", "issues"))

    def merge_requests(self, found: Iterable[Node], *, since: datetime | None) -> Iterator[Read]:
        """Merge requests. Of those that are open, or were at ``since``, the whole history."""
        kept = self._learnt(found)
        told = [self._told(node, node["discussions"], "merge_request_discussions", "merge_requests") for node in kept]
        wanted = [node for node in kept if _is_followed(node, since)]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            by_id = dict(zip((node["id"] for node in wanted), pool.map(self._by_resource, wanted), strict=True))
        self._learn_bots(
            {event["user"]["username"] for told in by_id.values() for event in told or () if event["user"]}
        )
        for node, events in zip(kept, told, strict=True):
            more = by_id.get(node["id"])
            by_resource = resource_events(more or (), self._team, self._bots)
            yield merge_request(node, [*events, *by_resource], self._team, complete=more is not None)

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
        names = self._numbers.of(path, is_group="&" in ref)
        where = f"/projects/{project_path(path)}/{place}/{node['iid']}"
        whole = [self._whole(discussion, where) for discussion in discussions]
        author = (node["author"] or {}).get("username", "")
        told = discussion_events(whole, names, self._team, claims=place == "issues", author=author)
        return [*written(node, self._team), *told]

    def _whole(self, discussion: Node, where: str) -> Node:
        """The discussion with all its notes: of one that overflows, REST gives them at once, from the first."""
        known = nodes(discussion["notes"])
        self._bots |= {note["author"]["username"]: note["author"]["bot"] for note in known if note["author"]}
        if not discussion["notes"]["pageInfo"]["hasNextPage"]:
            return discussion
        try:
            listed = self._connection.rest_one(f"{where}/discussions/{discussion['id'].rpartition('/')[2]}")["notes"]
        except LostError:  # it went away since the page, or is an epic's: REST has none of those there
            return discussion
        rest = [as_graphql(note) for note in listed[len(known) :]]
        authors = [note["author"] for note in rest if note["author"]]
        self._learn_bots({author["username"] for author in authors})
        for author in authors:
            author["bot"] = self._bots[author["username"]]
        return {**discussion, "notes": {"nodes": [*known, *rest]}}

    def _by_resource(self, node: Node) -> list[Node] | None:
        """A merge request's label and milestone events; None where it went away since the page."""
        path, _, iid = reference(node).rpartition("!")
        where = f"/projects/{project_path(path)}/merge_requests/{iid}/resource_"
        try:
            return [*self._connection.rest(f"{where}label_events"), *self._connection.rest(f"{where}milestone_events")]
        except LostError:
            return None

    def _learn_bots(self, usernames: set[str]) -> None:
        """REST does not tell who is a bot: ask of those whom nobody asked of yet."""
        unknown = sorted(usernames - self._bots.keys())
        self._bots |= dict.fromkeys(unknown, False)
        for start in range(0, len(unknown), 100):
            data = self._connection.graphql("accounts", {"usernames": unknown[start : start + 100]})
            self._bots |= {user["username"]: user["bot"] for user in nodes(data["users"])}


def as_graphql(note: Node) -> dict[str, Any]:
    """A note of REST's in the words of GraphQL; its author (null: nobody) without whether that is a bot."""
    author = note["author"] and {"username": note["author"]["username"]}
    return {"body": note["body"], "system": note["system"], "createdAt": note["created_at"], "author": author}


def _is_followed(node: Node, since: datetime | None) -> bool:
    """Whether the merge request is open, or was when it was read last."""
    ended = node["mergedAt"] or node["closedAt"]
    return node["state"] in {"opened", "locked"} or bool(since and ended and instant(ended) >= since)


def _discussions(data: Node) -> Node | None:
    item = data.get("mergeRequest") or data.get("workItem")
    if not item:
        return None
    if "discussions" in item:
        return item["discussions"]  # type: ignore[no-any-return]
    return next((widget["discussions"] for widget in item["widgets"] or () if (widget or {}).get("discussions")), None)
