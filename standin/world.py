"""The instance: every fact indexed once, and the changes that may befall it while somebody reads."""

from bisect import insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Protocol

from msgspec.structs import replace

from handrail.model.facts import Facts
from handrail.model.history import Event
from handrail.model.items import Issue, Item
from handrail.model.planning import Pipeline
from standin.access import READER
from standin.entries import Entry, Kind, named_in, placeholder
from standin.ids import number
from standin.places import GHOST, Account, Group, Label, Member, Place, Project, Timebox, top
from standin.statuses import SYSTEM

OKRS = ("OBJECTIVE", "KEY_RESULT")
"""The types that state a progress; what stands below another is a key result."""
LONG_AGO = datetime(2014, 1, 1, tzinfo=UTC)


class Listener(Protocol):
    """Somebody who is told that something has happened."""

    def collect(self) -> None:
        """It is in ``World.happenings``."""
        ...


@dataclass(frozen=True, slots=True)
class Happening:
    """What has just happened to an item: as it was (None: it was made), as it is, and the new events of its history."""

    entry: Entry
    before: Item | None
    item: Item
    events: tuple[Event, ...]
    by: str
    at: datetime
    described: tuple[str, str] | None = None
    """The description before and after, where it was changed."""


class World:
    """A GitLab instance that holds ``facts``. Nothing outside reads or writes its tables."""

    def __init__(
        self, facts: Facts, *, tier: str = "premium", version: str = "18.8.0", url: str = "http://gitlab.test"
    ):
        self.tier, self.version, self.url = tier, version, url
        self.team = facts.team()
        self.now = self.team.now
        self.accounts: dict[str, Account] = {}
        self.projects: dict[str, Project] = {}
        self.groups: dict[str, Group] = {}
        self.labels: dict[tuple[str, str], Label] = {}
        self.milestones: dict[tuple[str, str], Timebox] = {}
        self.pipelines: dict[str, list[Pipeline]] = {}
        self.repositories: dict[str, dict[str, dict[str, str]]] = {}
        """By project, then by tag or HEAD, the latest tag last: the texts of its files by path."""
        self.entries: dict[str, Entry] = {}
        self._by_id: dict[tuple[Kind, int], Entry] = {}
        self._by_number: dict[tuple[str, int], Any] = {}
        self._listings: dict[tuple[object, ...], list[Entry]] = {}
        self._statuses = {name.casefold(): name for name in SYSTEM}
        self._lost: set[str] = set()
        self._read_only: set[str] = set()
        self._levels: dict[str, int] = {}
        self._reserved: dict[str, int] = {}
        self.happenings: list[Happening | Pipeline] | None = None
        """What has happened since somebody looked; None: nobody looks, and nothing is kept."""
        self.listener: Listener | None = None
        """Who is told after each request that something has happened; None: nobody looks."""
        self._surroundings()
        for item, events in facts.items(histories=True, closed=True):
            self._add(item, events, None)
        self._placeholders()

    # --- building ------------------------------------------------------------------------------------

    def _surroundings(self) -> None:
        self.accounts[READER] = Account(READER, "Handrail", bot=True)
        for username, person in self.team.people.items():
            self.accounts[username] = Account(username, person.name)
        for known in self.team.projects:
            project = self._project(known.path, known.default_branch)
            project.maintainers = known.maintainers
            for username in known.maintainers:
                self._account(username)
        for pipeline in self.team.pipelines:
            self._project(pipeline.project)
            self.pipelines.setdefault(pipeline.project, []).append(pipeline)
        for runs in self.pipelines.values():
            runs.sort(key=lambda run: run.id, reverse=True)
        tops = {top(path) for path in self.projects} or {"gitlab-org"}
        for milestone in self.team.milestones:
            for group in sorted(tops):
                self.timebox(group, milestone.title)
                known_box = self.milestones[group, milestone.title]
                self.milestones[group, milestone.title] = Timebox(
                    milestone.title, group, known_box.id, known_box.iid, milestone.start, milestone.due, milestone.state
                )

    def _account(self, username: str, *, bot: bool = False) -> Account:
        account = self.accounts.get(username)
        if account is None:
            account = self.accounts[username] = Account(username, username.replace("-", " ").title())
        account.bot = account.bot or bot
        return account

    def _project(self, path: str, branch: str = "main") -> Project:
        project = self.projects.get(path)
        if project is None:
            project = self.projects[path] = Project(path, branch, LONG_AGO)
            self._group(project.parent)
        return project

    def _group(self, path: str) -> Group:
        group = self.groups.get(path)
        if group is None:
            group = self.groups[path] = Group(path)
            if group.parent:
                self._group(group.parent)
        return group

    def label(self, path: str, title: str) -> Label:
        """The label of that title in the top-level group of the path."""
        key = top(path), title
        if key not in self.labels:
            self.labels[key] = Label(title, key[0], number("label", "/".join(key)))
        return self.labels[key]

    def timebox(self, path: str, title: str) -> Timebox:
        """The milestone of that title in the top-level group of the path."""
        key = top(path), title
        if key not in self.milestones:
            count = sum(group == key[0] for group, _ in self.milestones)
            self.milestones[key] = Timebox(title, key[0], number("milestone", "/".join(key)), count + 1)
        return self.milestones[key]

    def _add(self, item: Item, events: Sequence[Event], updated_at: datetime | None) -> Entry:
        place: Place = self._group(item.project) if item.sigil == "&" else self._project(item.project)
        entry = Entry(item, tuple(events), place, updated_at)
        while (other := self._by_id.get((entry.kind, entry.id))) is not None and other.item.ref != item.ref:
            entry.id += 1
        if self.tier == "premium" and isinstance(item, Issue) and item.progress is not None:
            entry.issue_type = OKRS[bool(item.epic)]
        self.entries[item.ref] = self._by_id[entry.kind, entry.id] = entry
        for username in entry.usernames():
            self._account(username)
        self._name(item, events)
        return entry

    def _name(self, item: Item, events: Sequence[Event]) -> None:
        """Everything that an item and its history name is there."""
        for event in events:
            self._account(event.by, bot=event.bot)
            if event.did in {"label_added", "label_removed"}:
                self.label(item.project, event.value)
            elif event.did == "milestone_set" and event.value:
                self.timebox(item.project, event.value)
            elif event.did == "status_set" and event.value:
                self.add_status(event.value)
        for title in item.labels:
            self.label(item.project, title)
        if item.milestone:
            self.timebox(item.project, item.milestone)
        if isinstance(item, Issue) and item.status:
            self.add_status(item.status)

    def _placeholders(self) -> None:
        """Other items that items name and the facts leave out: they exist, closed or not is not known."""
        for entry in list(self.entries.values()):
            for ref in named_in(entry.item):
                if ref not in self.entries:
                    self._add(placeholder(ref, LONG_AGO), (), None).listed = False

    # --- looking -------------------------------------------------------------------------------------

    def account(self, username: str) -> Account:
        """The user, or the ghost of one who was deleted."""
        return self.accounts.get(username, GHOST)

    def known(self, usernames: Iterable[str]) -> list[Account]:
        """Those of the users who are still there."""
        return [self.accounts[name] for name in usernames if name in self.accounts]

    def place(self, path: str) -> Place | None:
        """A project or group by its full path, whatever its case; None where it is not seen."""
        return self.project(path) or self.group(path)

    def project(self, path: str) -> Project | None:
        """A project by its full path."""
        found = self.projects.get(path) or self._folded.get(path.lower())
        return found if isinstance(found, Project) and not self.is_lost(found.path) else None

    def group(self, path: str) -> Group | None:
        """A group by its full path."""
        found = self.groups.get(path) or self._folded.get(path.lower())
        return found if isinstance(found, Group) and not self.is_lost(found.path) else None

    def is_lost(self, path: str) -> bool:
        """Whether the place, or a group it is in, is out of the token's reach."""
        return any(path == lost or path.startswith(f"{lost}/") for lost in self._lost)

    def is_read_only(self, path: str) -> bool:
        """Whether the token may look at the place, or a group it is in, and no more."""
        return any(path == shut or path.startswith(f"{shut}/") for shut in self._read_only)

    @property
    def statuses(self) -> list[str]:
        """The names of the top-level groups' Statuses: GitLab's own and those of the facts."""
        return list(self._statuses.values())

    @cached_property
    def _folded(self) -> dict[str, Place]:
        places: list[Place] = [*self.groups.values(), *self.projects.values()]
        return {place.path.lower(): place for place in places}

    def by_id(self, kind: Kind, identity: int) -> Entry | None:
        """A visible item by its number across the instance."""
        entry = self._by_id.get((kind, identity))
        return entry if entry and not self.is_lost(entry.place.path) else None

    def projects_in(self, group: str, *, subgroups: bool = True) -> list[Project]:
        """The visible projects of a group, or with no name of the whole instance, by path."""
        inside = [self.projects[path] for path in sorted(self.projects) if not group or path.startswith(f"{group}/")]
        return [p for p in inside if (subgroups or p.parent == group) and not self.is_lost(p.path)]

    def members(self, place: Place) -> list[Member]:
        """Direct and inherited members: the team are Developers of every group, a project's own are its maintainers."""
        own = place.maintainers if isinstance(place, Project) else tuple(self.team.people)
        level = 40 if isinstance(place, Project) else 30
        direct = [Member(account, level, place) for account in self.known(own)]
        others = [name for name in self.team.people if name not in own]
        inherited = [Member(account, 30, place, is_direct=False) for account in self.known(others)]
        found = [one for one in direct + inherited if one.account.username not in self._levels]
        set_apart = [Member(account, self._levels[account.username], place) for account in self.known(self._levels)]
        return found + [one for one in set_apart if one.level]

    def listing(self, kinds: frozenset[Kind], order: str, place: Place | None, *, deep: bool = True) -> list[Entry]:
        """The visible items of the kinds in a place (or everywhere), in the order ("updated", "created" ...)."""
        key = kinds, order, place.path if place else None, deep
        found = self._listings.get(key)
        if found is None:
            found = [e for e in self.entries.values() if e.kind in kinds and e.listed and self._within(e, place, deep)]
            found.sort(key=lambda entry: entry.sort_key(order))
            self._listings[key] = found
        return found

    def _within(self, entry: Entry, place: Place | None, deep: bool) -> bool:
        path = entry.place.path
        if self.is_lost(path):
            return False
        if place is None or path == place.path:
            return True
        return deep and isinstance(place, Group) and path.startswith(f"{place.path}/")

    def each(self) -> Iterator[Entry]:
        """Every item that is listed anywhere."""
        return (entry for entry in self.entries.values() if entry.listed)

    # --- changing ------------------------------------------------------------------------------------

    def put(self, item: Item, events: Sequence[Event], updated_at: datetime | None = None) -> None:
        """Add an item, or change it and its history; ``updated_at`` is the last event's instant unless it is given."""
        old = self.entries.get(item.ref)
        self.forget(item.ref)
        entry = self._add(item, events, updated_at)
        if old is not None:
            entry.take_over(old)
        self._changed()
        known = old.events if old else ()
        self._tell(entry, old.item if old else None, [event for event in events if event not in known] if old else ())

    def record(
        self,
        entry: Entry,
        item: Item,
        events: Sequence[Event] = (),
        by: str = "",
        described: tuple[str, str] | None = None,
    ) -> None:
        """Change an item where it stands, and its history by what happened now."""
        before, entry.item = entry.item, item
        entry.events = (*entry.events, *events)
        entry.updated_at = self.now
        entry.closed_by = next((event.by for event in events if event.did == "closed"), entry.closed_by)
        self._name(item, events)
        self._changed()
        self._tell(entry, before, events, by, described)

    def _tell(
        self,
        entry: Entry,
        before: Item | None,
        events: Sequence[Event],
        by: str = "",
        described: tuple[str, str] | None = None,
    ) -> None:
        if self.happenings is not None:
            who = by or (events[0].by if events else entry.item.author)
            self.happenings.append(
                Happening(entry, before, entry.item, tuple(events), who, entry.updated_at, described)
            )

    def create(self, item: Item, events: Sequence[Event]) -> Entry:
        """A new item, as of now."""
        entry = self._add(item, events, self.now)
        self._changed()
        self._tell(entry, None, (), item.author)
        return entry

    def next_iid(self, project: str) -> int:
        """The number of the project's next issue."""
        numbers = (e.item.iid for e in self.entries.values() if e.kind == "issue" and e.item.project == project)
        return 1 + max((self._reserved.get(project, 0), *numbers))

    def reserve(self, project: str, numbers: int) -> None:
        """Keep so many numbers of a project for issues that are put later."""
        self._reserved[project] = numbers

    def put_repository(self, path: str, tags: Mapping[str, Mapping[str, str]]) -> None:
        """A project's files: by tag, the latest last, or HEAD, then by path; what its repository had before is gone."""
        self.repositories[self._project(path).path] = {tag: dict(files) for tag, files in tags.items()}
        self._changed()

    def run(self, pipelines: Iterable[Pipeline]) -> None:
        """Pipelines have come to their end."""
        for pipeline in pipelines:
            runs = self.pipelines.setdefault(self._project(pipeline.project).path, [])
            insort(runs, pipeline, key=lambda run: -run.id)
            if self.happenings is not None:
                self.happenings.append(pipeline)

    def advance(self, to: datetime) -> None:
        """Move the clock forward, to the second. Raises ValueError for a moment that has passed."""
        moment = to.astimezone(UTC).replace(microsecond=0)
        if moment < self.now:
            raise ValueError(f"it is {self.now.isoformat()} already")
        self.now = moment

    def add_status(self, name: str) -> None:
        """Let the top-level groups have a Status of this name, spelled like this."""
        self._statuses[name.casefold()] = name

    def forget(self, ref: str) -> None:
        """Delete an item."""
        entry = self.entries.pop(ref, None)
        if entry is not None:
            del self._by_id[entry.kind, entry.id]
        self._changed()

    def move_issue(self, ref: str, project: str, at: datetime) -> str:
        """Move an issue to another project, and return its new reference: the old one closes and names the new one."""
        old = self.entries[ref]
        target = f"{project}#{self.next_iid(project)}"
        self._add(replace(old.item, ref=target), old.events, at).take_over(old)
        self.forget(ref)
        closed = replace(old.item, state="closed", closed_at=at)
        left = self._add(closed, (*old.events, Event(at, READER, "closed")), at)
        left.take_over(old)
        left.moved_to = target
        self._changed()
        return target

    def lose(self, path: str) -> None:
        """Take a project or group out of the token's reach."""
        self._lost.add(path)
        self._changed()

    def find_again(self, path: str) -> None:
        """Give it back."""
        self._lost.discard(path)
        self._changed()

    def make_read_only(self, path: str) -> None:
        """Take away the token's right to change anything in a project or group that it still sees."""
        self._read_only.add(path)

    def give_access(self, username: str, level: int) -> None:
        """Let somebody have this access level everywhere (10: Guest, 15: Planner); 0: be a member of nothing."""
        self._account(username)
        self._levels[username] = level

    def delete_user(self, username: str) -> None:
        """Delete a user: what they wrote is the ghost's, what they were assigned to is nobody's."""
        self.accounts.pop(username, None)
        self._changed()

    def _changed(self) -> None:
        self._listings.clear()
        self.__dict__.pop("_folded", None)
