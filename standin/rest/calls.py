"""One REST request: who asks, and for what."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from standin.access import Token
from standin.entries import Entry
from standin.places import Group, Place, Project
from standin.rest.paging import Failure, not_found
from standin.rest.params import Params
from standin.world import World


@dataclass(frozen=True)
class Call:
    """One request: who asks for what. ``at`` are the named parts of the path, decoded."""

    world: World
    token: Token | None
    query: Mapping[str, str]
    at: Mapping[str, str]
    params: Params = field(default_factory=lambda: Params({}))
    """What a write carries."""

    @property
    def username(self) -> str:
        """The caller's name. Raises Failure where nobody is signed in."""
        if self.token is None:
            raise Failure(401, message="401 Unauthorized")
        return self.token.username

    @property
    def project(self) -> Project:
        """The project of the path, by number or full path."""
        found = self._place(self.world.projects)
        if not isinstance(found, Project) or self.token is None:
            raise not_found("Project")
        return found

    @property
    def group(self) -> Group:
        """The group of the path."""
        found = self._place(self.world.groups)
        if not isinstance(found, Group) or self.token is None:
            raise not_found("Group")
        return found

    @property
    def epic(self) -> Entry:
        """The epic of the path. The Community Edition knows no such path."""
        if self.world.tier != "premium":
            raise Failure(404, error="404 Not Found")
        found = self.world.entries.get(f"{self.group.path}&{self.at['iid']}")
        if found is None or not found.listed:
            raise not_found()
        return found

    def _place(self, places: Mapping[str, Place]) -> Place | None:
        named = self.at["id"]
        if named.isdecimal():
            found = next((place for place in places.values() if place.id == int(named)), None)
        else:
            found = self.world.place(named)
        return None if found is None or self.world.is_lost(found.path) else found

    def entry(self, sigil: str) -> Entry:
        """The item of the path."""
        found = self.world.entries.get(f"{self.project.path}{sigil}{self.at['iid']}")
        if found is None or not found.listed:
            raise not_found()
        return found
