"""Reads a GitLab source by source, as a stream of pages: nothing is kept beyond the page in hand.

Every page can be written as it comes, and a reading that breaks goes on after the last one that was: pages are sorted
by ``updated_at``, so that whatever changes meanwhile comes again at the end.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal

from handrail.gitlab import elsewhere
from handrail.gitlab.connection import Connection, CursorError, LostError, TooMuchError
from handrail.gitlab.histories import Team, nodes
from handrail.gitlab.instance import Instance, instance
from handrail.gitlab.item_reader import ItemReader
from handrail.gitlab.items import reference
from handrail.gitlab.sources import ELSEWHERE, Source
from handrail.gitlab.surroundings import read_surroundings
from handrail.model.reading import Page, Read, Surroundings

Kind = Literal["issues", "merge_requests", "epics"]
OVERLAP = timedelta(minutes=2)
"""How much of what was read last time is read again: GitLab's listings may be this late."""
PAGE, LEAST = 100, 10
"""How many items to a page: as many as GitLab gives; fewer where it does not manage them in time."""


class Reader:
    """Reads for one team. Ask ``surroundings`` of a source first: it tells whether the path is a project or a group."""

    def __init__(self, connection: Connection, team: Team | None = None) -> None:
        self._connection = connection
        self._team = team or Team()
        self._items = ItemReader(connection, self._team)
        self._groups: dict[str, bool] = {}
        self._size = PAGE
        self._instance: Instance | None = None

    @property
    def instance(self) -> Instance:
        """What this GitLab is; the first question to it. Raises UserError for a wrong token and an old GitLab."""
        # Not a cached_property, of which Python 3.11 has one lock for all readers: one might wait for another's GitLab.
        self._instance = self._instance or instance(self._connection.graphql("instance", {}))
        return self._instance

    @property
    def origin(self) -> str:
        """Which GitLab it reads, see ``Connection.origin``."""
        return self._connection.origin

    def now(self) -> datetime:
        """GitLab's clock when it answered last."""
        return self._connection.now()

    def surroundings(self, source: Source) -> Surroundings:
        """People, projects, milestones and pipelines. Raises LostError for a source that is not there."""
        found, self._groups[source.path] = read_surroundings(self._connection, source, self._team.stable)
        return found

    def kinds(self, source: Source) -> tuple[Kind, ...]:
        """What is read of the source: epics belong to groups."""
        of_group: tuple[Kind, ...] = ("epics",) if self.instance.epics and self._is_group(source) else ()
        return of_group if source.only_epics else (*_OF_PROJECTS, *of_group)

    def pages(
        self, source: Source, kind: Kind, cursor: str | None = None, updated_after: datetime | None = None
    ) -> Iterator[Page]:
        """Everything that changed since ``updated_after`` (first everything), from ``cursor`` on.

        Raises LostError when the source goes away meanwhile; what was yielded stays good.
        """
        until: datetime | None = None
        since = updated_after - OVERLAP if updated_after else None
        while True:
            wanted = {"updatedAfter": since.isoformat() if since else None, "after": cursor}
            try:
                connection = self._page(source, kind, wanted)
            except CursorError:
                if cursor is None or until is not None:
                    raise
                cursor = None  # what was read stays good, the round begins anew
                continue
            until = until or self._connection.now()
            page = connection["pageInfo"]
            cursor = page["endCursor"] if page["hasNextPage"] else None
            found = nodes(connection)
            yield Page(source.name, kind, tuple(self._reads(kind, found, updated_after)), cursor, until)
            if cursor is None:
                return

    def open_refs(self, source: Source, kind: Kind) -> Iterator[str]:
        """The references of all open items, for comparing with what is stored."""
        after: str | None = None
        while True:
            connection = self._ask(source, kind, {"after": after}, listing=True)
            yield from (reference(node) for node in nodes(connection))
            if not connection["pageInfo"]["hasNextPage"]:
                return
            after = connection["pageInfo"]["endCursor"]

    def items(self, refs: Iterable[str]) -> Iterator[Read]:
        """These items, wherever they are; those that are gone or not to be seen are left out."""
        by_place: dict[tuple[str, str], list[str]] = {}
        for ref in sorted(set(refs)):
            cut = max(map(ref.rfind, "#!&"))
            by_place.setdefault((ref[:cut], ref[cut]), []).append(ref[cut + 1 :])
        # Not “workItemsByReference”: GitLab takes ten references at a time there, and wants a namespace to look from.
        for (path, mark), numbers in by_place.items():
            read = self._merge_requests if mark == "!" else self._work_items
            for start in range(0, len(numbers), PAGE):
                yield from read(path, mark, numbers[start : start + PAGE])

    def elsewhere(
        self, usernames: Sequence[str], sources: Sequence[Source], updated_after: datetime | None = None
    ) -> Iterator[Page]:
        """Open items outside ``sources`` that people of the team wrote, have, or are asked to review.

        With ``updated_after``, those that changed since, whether they are still open or not.
        """
        since = updated_after - OVERLAP if updated_after else None
        until: datetime | None = None
        for kind, lists in elsewhere.LISTS.items():
            found = elsewhere.refs(self._connection, usernames, lists, since)
            until = until or self._connection.now()
            outside = sorted(ref for ref in found if not any(source.holds(ref) for source in sources))
            # One page: few are elsewhere, and a reading that breaks simply begins anew.
            yield Page(ELSEWHERE, kind, tuple(self.items(outside)), None, until)

    def elsewhere_refs(self, usernames: Sequence[str], sources: Sequence[Source]) -> set[str]:
        """The references of all open items outside ``sources`` that are somebody's of the team."""
        found = {
            ref
            for lists in elsewhere.LISTS.values()
            for ref in elsewhere.refs(self._connection, usernames, lists, None)
        }
        return {ref for ref in found if not any(source.holds(ref) for source in sources)}

    def _reads(self, kind: Kind, found: Sequence[Mapping[str, Any]], since: datetime | None) -> Iterator[Read]:
        if kind == "merge_requests":
            return self._items.merge_requests(found, since=since)
        return self._items.work_items(found)

    def _work_items(self, path: str, mark: str, numbers: Sequence[str]) -> Iterator[Read]:
        place, types = ("group", ["EPIC"]) if mark == "&" else ("project", list(self.instance.types))
        asked = {"path": path, "iids": numbers, "types": types, "widgets": self.instance.widgets}
        data = self._connection.graphql(f"{place}_work_items", asked, self.instance.parts)
        # A group also gives the epics of its subgroups, which have numbers of their own.
        wanted = {f"{path}{mark}{number}" for number in numbers}
        found = nodes((data[place] or {}).get("workItems"))
        return self._items.work_items(node for node in found if reference(node) in wanted)

    def _merge_requests(self, path: str, _mark: str, numbers: Sequence[str]) -> Iterator[Read]:
        data = self._connection.graphql("project_merge_requests", {"path": path, "iids": numbers}, self.instance.parts)
        found = nodes((data["project"] or {}).get("mergeRequests"))
        return self._items.merge_requests(found, since=None)

    def _page(self, source: Source, kind: Kind, wanted: Mapping[str, Any]) -> Mapping[str, Any]:
        while True:
            try:
                return self._ask(source, kind, {**wanted, "first": self._size})
            except TooMuchError:
                if self._size <= LEAST:
                    raise
                self._size = max(LEAST, self._size // 3)

    def _ask(
        self, source: Source, kind: Kind, wanted: Mapping[str, Any], *, listing: bool = False
    ) -> Mapping[str, Any]:
        """A page of a source's items, or of their references."""
        place = "group" if self._is_group(source) else "project"
        what = "merge_requests" if kind == "merge_requests" else "work_items"
        asked = {"path": source.path, "labels": [source.label] if source.label else None, **wanted}
        if kind != "merge_requests":
            asked["types"] = ["EPIC"] if kind == "epics" else list(self.instance.types)
            if not listing:
                asked["widgets"] = list(self.instance.widgets)
        data = self._connection.graphql(
            f"{place}_open_{what}" if listing else f"{place}_{what}", asked, self.instance.parts
        )
        connection = (data[place] or {}).get("mergeRequests" if kind == "merge_requests" else "workItems")
        if connection is None:
            raise LostError(
                f"{self._connection.url} does not show {source.path} any more: it was moved or deleted, or the token's "
                "owner lost access; correct the handbook's sources or ask for access."
            )
        return connection  # type: ignore[no-any-return]

    def _is_group(self, source: Source) -> bool:
        if source.only_epics:
            return True
        if source.path not in self._groups:
            self.surroundings(source)
        return self._groups[source.path]


_OF_PROJECTS: tuple[Kind, ...] = ("issues", "merge_requests")
