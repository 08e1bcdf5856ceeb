"""Which path is answered by what."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from standin.access import Token
from standin.entries import Entry, Kind
from standin.filters import order_of, wanted
from standin.notes import discussions
from standin.places import Group, Label, Place, Project, Timebox, top
from standin.rest import bodies, item_bodies, resource_events
from standin.rest.paging import Failure, Listing, not_found
from standin.rest.queries import filters
from standin.world import World


@dataclass(frozen=True)
class Call:
    """One request: who asks for what. ``at`` are the named parts of the path, decoded."""

    world: World
    token: Token | None
    query: Mapping[str, str]
    at: Mapping[str, str]

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


Handler = Callable[[Call], Any]


def _items(kind: Kind, body: Callable[..., Any], place: Callable[[Call], Place | None]) -> Handler:
    def handle(call: Call) -> Listing:
        args = filters(call.query, call.username)
        order, descending = order_of(args.get("sort"))
        try:
            test = wanted(args, call.world)
        except ValueError as error:
            raise Failure(400, error="updated_after is invalid") from error
        found = [e for e in call.world.listing(frozenset({kind}), order, place(call)) if test(e)]
        details = call.query.get("with_labels_details") == "true"
        return Listing(found[::-1] if descending else found, lambda e: body(call.world, e, details=details))

    return handle


def _nowhere(call: Call) -> None:
    """The whole instance: GitLab shows the caller's own unless ``scope=all``."""


def _notes(sigil: str) -> Handler:
    def handle(call: Call) -> Listing:
        found = [n for d in discussions(call.world, call.entry(sigil), synthetic=False) for n in d.notes]
        match call.query.get("activity_filter"):
            case "only_comments":
                found = [note for note in found if not note.system]
            case "only_activity":
                found = [note for note in found if note.system]
            case _:
                pass
        found.sort(key=lambda note: (note.at, note.id), reverse=call.query.get("sort", "desc") == "desc")
        return Listing(found, lambda note: item_bodies.note(call.world, note))

    return handle


def _discussions(sigil: str) -> Handler:
    return lambda call: Listing(
        discussions(call.world, call.entry(sigil), synthetic=False), lambda d: item_bodies.discussion(call.world, d)
    )


def _one_discussion(sigil: str) -> Handler:
    def handle(call: Call) -> Any:
        found = discussions(call.world, call.entry(sigil), synthetic=False)
        for discussion in found:
            if discussion.id == call.at["discussion"]:
                return item_bodies.discussion(call.world, discussion)
        raise not_found("Discussion")

    return handle


def _events(read: Callable[[World, Entry], list[Any]], sigil: str) -> Handler:
    return lambda call: Listing(read(call.world, call.entry(sigil)), lambda event: event)


def _milestones(call: Call, place: Place) -> Listing:
    own = place.path == top(place.path)
    ancestors = "true" in {call.query.get("include_ancestors"), call.query.get("include_parent_milestones")}
    found: list[Timebox] = []
    if own or ancestors:
        found = [box for (group, _), box in call.world.milestones.items() if group == top(place.path)]
    state, title = call.query.get("state", "all"), call.query.get("title")
    shown = [bodies.milestone(call.world, box) for box in found if title in {None, box.title}]
    return Listing([body for body in shown if state in {"all", body["state"]}], lambda body: body)


def _labels(call: Call, place: Place) -> Listing:
    if place.path != top(place.path) and call.query.get("include_ancestor_groups") == "false":
        return Listing([], lambda label: label)
    found: list[Label] = sorted(
        (label for (group, _), label in call.world.labels.items() if group == top(place.path)), key=lambda f: f.title
    )
    of_project = isinstance(place, Project)
    return Listing(found, lambda label: bodies.label(label, is_project_label=of_project))


def _members(call: Call, place: Place) -> Listing:
    return Listing(call.world.members(place), lambda member: bodies.member(call.world, member))


def _pipelines(call: Call) -> Listing:
    project = call.project
    status, ref = call.query.get("status"), call.query.get("ref")
    runs = [
        run
        for run in call.world.pipelines.get(project.path, [])
        if status in {None, run.status} and ref in {None, project.default_branch}
    ]
    return Listing(runs, lambda run: bodies.pipeline(call.world, run))


def _latest_pipeline(call: Call) -> Any:
    runs = call.world.pipelines.get(call.project.path, [])
    if not runs or call.query.get("ref") not in {None, call.project.default_branch}:
        raise Failure(403, message="403 Forbidden")
    return bodies.pipeline(call.world, runs[0], details=True)


def _pipeline(call: Call) -> Any:
    for run in call.world.pipelines.get(call.project.path, []):
        if str(run.id) == call.at["pipeline"]:
            return bodies.pipeline(call.world, run, details=True)
    raise not_found()


def _users(call: Call) -> Listing:
    name, search = call.query.get("username"), call.query.get("search", "").casefold()
    found = [
        account
        for account in call.world.accounts.values()
        if (name is None or account.username.casefold() == name.casefold())
        and search in f"{account.username} {account.name}".casefold()
    ]
    found.sort(key=lambda account: account.id, reverse=True)
    return Listing(found, lambda account: bodies.user(call.world, account), by_key=True)


def _user(call: Call) -> Any:
    for account in call.world.accounts.values():
        if str(account.id) == call.at["id"]:
            return bodies.full_user(call.world, account)
    raise not_found("User")


def _projects(call: Call) -> Listing:
    search = call.query.get("search", "").casefold()
    found = [p for p in call.world.projects_in("") if search in p.path.casefold()]
    simple = call.query.get("simple") == "true"
    return Listing(found, lambda project: bodies.project(call.world, project, simple=simple), by_key=True)


def _group_projects(call: Call) -> Listing:
    deep = call.query.get("include_subgroups") == "true"
    archived = call.query.get("archived")
    found = [
        project
        for project in call.world.projects_in(call.group.path, subgroups=deep)
        if archived is None or project.archived is (archived == "true")
    ]
    return Listing(found, lambda project: bodies.project(call.world, project))


def _groups(call: Call) -> Listing:
    found = [group for path, group in sorted(call.world.groups.items()) if not call.world.is_lost(path)]
    return Listing(found, lambda group: bodies.group(call.world, group), by_key=True)


def _version(call: Call) -> Any:
    return {"version": call.world.version, "revision": "0f1e2d3c4b5", "username": call.username}


def _metadata(call: Call) -> Any:
    enterprise = call.world.tier == "premium"
    kas = {"enabled": False, "externalUrl": None, "externalK8sProxyUrl": None, "version": None}
    shown = {"version": call.world.version, "revision": "0f1e2d3c4b5", "kas": kas, "enterprise": enterprise}
    return call.username and shown


def _links(call: Call) -> Listing:
    entry = call.entry("#")
    others = [call.world.entries[ref] for ref in getattr(entry.item, "blocked_by", ()) if ref in call.world.entries]
    return Listing(others, lambda other: item_bodies.issue_link(call.world, entry, other))


ROUTES: dict[str, Handler] = {
    "version": lambda call: {k: v for k, v in _version(call).items() if k != "username"},
    "metadata": _metadata,
    "user": lambda call: bodies.full_user(call.world, call.world.accounts[call.username]),
    "users": _users,
    "users/:id": _user,
    "projects": _projects,
    "projects/:id": lambda call: bodies.project(call.world, call.project),
    "projects/:id/members": lambda call: _members(call, call.project),
    "projects/:id/members/all": lambda call: _members(call, call.project),
    "projects/:id/milestones": lambda call: _milestones(call, call.project),
    "projects/:id/labels": lambda call: _labels(call, call.project),
    "projects/:id/pipelines": _pipelines,
    "projects/:id/pipelines/latest": _latest_pipeline,
    "projects/:id/pipelines/:pipeline": _pipeline,
    "groups": _groups,
    "groups/:id": lambda call: bodies.group(call.world, call.group),
    "groups/:id/projects": _group_projects,
    "groups/:id/members": lambda call: _members(call, call.group),
    "groups/:id/members/all": lambda call: _members(call, call.group),
    "groups/:id/milestones": lambda call: _milestones(call, call.group),
    "groups/:id/labels": lambda call: _labels(call, call.group),
    "issues": _items("issue", item_bodies.issue, _nowhere),
    "merge_requests": _items("merge_request", item_bodies.merge_request, _nowhere),
    "groups/:id/issues": _items("issue", item_bodies.issue, lambda call: call.group),
    "groups/:id/merge_requests": _items("merge_request", item_bodies.merge_request, lambda call: call.group),
    "projects/:id/issues": _items("issue", item_bodies.issue, lambda call: call.project),
    "projects/:id/merge_requests": _items("merge_request", item_bodies.merge_request, lambda call: call.project),
    "projects/:id/issues/:iid": lambda call: item_bodies.issue(call.world, call.entry("#")),
    "projects/:id/issues/:iid/links": _links,
    "projects/:id/merge_requests/:iid": lambda call: item_bodies.one_merge_request(call.world, call.entry("!")),
    "projects/:id/merge_requests/:iid/approvals": lambda call: item_bodies.approvals(call.world, call.entry("!")),
    "projects/:id/merge_requests/:iid/reviewers": lambda call: item_bodies.reviewers(call.world, call.entry("!")),
    **{
        f"projects/:id/{kind}/:iid/{path}": handler
        for kind, sigil in (("issues", "#"), ("merge_requests", "!"))
        for path, handler in (
            ("notes", _notes(sigil)),
            ("discussions", _discussions(sigil)),
            ("discussions/:discussion", _one_discussion(sigil)),
            ("resource_label_events", _events(resource_events.label_events, sigil)),
            ("resource_milestone_events", _events(resource_events.milestone_events, sigil)),
            ("resource_state_events", _events(resource_events.state_events, sigil)),
        )
    },
}
_BY_LENGTH: dict[int, list[tuple[list[str], str]]] = {}
for _path in ROUTES:
    _BY_LENGTH.setdefault(_path.count("/"), []).append((_path.split("/"), _path))


def find(path: str) -> tuple[str, dict[str, str]]:
    """The route of a path (still encoded, after ``/api/v4/``) and its named parts. Raises Failure."""
    parts = [unquote(part) for part in path.strip("/").split("/")]
    best: tuple[int, str, dict[str, str]] | None = None
    for names, route in _BY_LENGTH.get(len(parts) - 1, ()):
        at = {name[1:]: part for name, part in zip(names, parts, strict=True) if name.startswith(":")}
        if all(name.startswith(":") or name == part for name, part in zip(names, parts, strict=True)) and (
            best is None or len(at) < best[0]
        ):
            best = len(at), route, at
    if best is None:
        raise Failure(404, error="404 Not Found")
    return best[1], best[2]
