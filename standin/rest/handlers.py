"""What answers a path: from a call to a body, or to a listing that is shown page by page."""

from collections.abc import Callable
from typing import Any

from standin.comments import linked
from standin.entries import Entry, Kind
from standin.filters import order_of, wanted
from standin.graphql.places import branch_of
from standin.notes import discussions
from standin.places import Label, Place, Project, Timebox, top
from standin.rest import bodies, epic_bodies, item_bodies, note_bodies
from standin.rest.calls import Call
from standin.rest.paging import Failure, Listing, is_true, not_found
from standin.rest.queries import filters
from standin.world import World

Handler = Callable[[Call], Any]


def items(kind: Kind, body: Callable[..., Any], place: Callable[[Call], Place | None]) -> Handler:
    """A listing of items of a kind in a place."""

    def handle(call: Call) -> Listing:
        query = {"scope": "created_by_me", **call.query} if place is nowhere else call.query
        args = filters(query, call.username)
        order, descending = order_of(args.get("sort"))
        try:
            test = wanted(args, call.world)
        except ValueError as error:
            raise Failure(400, error="updated_after is invalid") from error
        found = [e for e in call.world.listing(frozenset({kind}), order, place(call)) if test(e)]
        details = is_true(call.query, "with_labels_details")
        return Listing(found[::-1] if descending else found, lambda e: body(call.world, e, details=details))

    return handle


def nowhere(call: Call) -> None:
    """The whole instance: GitLab shows the caller's own unless ``scope=all``."""


def notes(sigil: str) -> Handler:
    """An item's stored notes, newest first unless asked otherwise."""

    def handle(call: Call) -> Listing:
        found = [n for d in discussions(call.world, call.entry(sigil), synthetic=False) for n in d.notes]
        match call.query.get("activity_filter"):
            case "only_comments":
                found = [note for note in found if not note.system]
            case "only_activity":
                found = [note for note in found if note.system]
            case _:
                pass
        if (order := call.query.get("order_by", "created_at")) not in {"created_at", "updated_at"}:
            raise Failure(400, error="order_by does not have a valid value")
        is_by_change = order == "updated_at"
        found.sort(
            key=lambda note: ((is_by_change and note.updated_at) or note.at, note.id),
            reverse=call.query.get("sort", "desc") == "desc",
        )
        return Listing(found, lambda note: note_bodies.note(call.world, note))

    return handle


def all_discussions(sigil: str) -> Handler:
    """An item's discussions, without what is made of resource events."""
    return lambda call: Listing(
        discussions(call.world, call.entry(sigil), synthetic=False), lambda d: note_bodies.discussion(call.world, d)
    )


def one_discussion(sigil: str) -> Handler:
    """One discussion by its digest."""

    def handle(call: Call) -> Any:
        found = discussions(call.world, call.entry(sigil), synthetic=False)
        for discussion in found:
            if discussion.id == call.at["discussion"]:
                return note_bodies.discussion(call.world, discussion)
        raise not_found("Discussion")

    return handle


def events(read: Callable[[World, Entry], list[Any]], sigil: str) -> Handler:
    """An item's resource events of one kind."""
    return lambda call: Listing(read(call.world, call.entry(sigil)), lambda event: event)


def milestones(call: Call, place: Place) -> Listing:
    """The milestones of a place: its top-level group's, so an ancestor's for most."""
    own = place.path == top(place.path)
    ancestors = is_true(call.query, "include_ancestors") or is_true(call.query, "include_parent_milestones")
    found: list[Timebox] = []
    if own or ancestors:
        found = [box for (group, _), box in call.world.milestones.items() if group == top(place.path)]
    state, title = call.query.get("state", "all"), call.query.get("title")
    shown = [bodies.milestone(call.world, box) for box in found if title in {None, box.title}]
    return Listing([body for body in shown if state in {"all", body["state"]}], lambda body: body)


def labels(call: Call, place: Place) -> Listing:
    """The labels of a place with its ancestors'."""
    if place.path != top(place.path) and not is_true(
        {"include_ancestor_groups": "true", **call.query}, "include_ancestor_groups"
    ):
        return Listing([], lambda label: label)
    found: list[Label] = sorted(
        (label for (group, _), label in call.world.labels.items() if group == top(place.path)), key=lambda f: f.title
    )
    of_project = isinstance(place, Project)
    return Listing(found, lambda label: bodies.label(label, is_project_label=of_project))


def one_label(call: Call, place: Place) -> Any:
    """One label by number or title."""
    for (group, title), found in call.world.labels.items():
        if group == top(place.path) and call.at["label"] in {str(found.id), title}:
            return bodies.label(found, is_project_label=isinstance(place, Project))
    raise not_found("Label")


def one_milestone(call: Call, place: Place) -> Any:
    """One milestone by its number across the instance: it belongs to the top-level group alone."""
    for (group, _), box in call.world.milestones.items():
        if group == place.path and str(box.id) == call.at["milestone"]:
            return bodies.milestone(call.world, box)
    raise not_found()


def members(call: Call, place: Place, *, inherited: bool) -> Listing:
    """Direct members, and inherited ones if asked."""
    found = [member for member in call.world.members(place) if inherited or member.is_direct]
    return Listing(found, lambda member: bodies.member(call.world, member))


def one_member(call: Call, place: Place) -> Any:
    """One member, direct or inherited, by number."""
    for found in call.world.members(place):
        if str(found.account.id) == call.at["user"]:
            return bodies.member(call.world, found)
    raise not_found()


def pipelines(call: Call) -> Listing:
    """The pipelines of a project, latest first."""
    project = call.project
    status, ref, source = (call.query.get(name) for name in ("status", "ref", "source"))
    runs = [
        run
        for run in call.world.pipelines.get(project.path, [])
        if status in {None, run.status}
        and ref in {None, branch_of(run, call.world)}
        and source in {None, run.source or "push"}
    ]
    return Listing(runs, lambda run: bodies.pipeline(call.world, run))


def latest_pipeline(call: Call) -> Any:
    """The latest of a branch, of the default one where none is named."""
    ref = call.query.get("ref", call.project.default_branch)
    for run in call.world.pipelines.get(call.project.path, []):
        if branch_of(run, call.world) == ref:
            return bodies.pipeline(call.world, run, details=True)
    raise Failure(403, message="403 Forbidden")


def pipeline(call: Call) -> Any:
    """One pipeline by its number."""
    for run in call.world.pipelines.get(call.project.path, []):
        if str(run.id) == call.at["pipeline"]:
            return bodies.pipeline(call.world, run, details=True)
    raise not_found()


def users(call: Call) -> Listing:
    """Users by name or search."""
    name, search = call.query.get("username"), call.query.get("search", "").casefold()
    found = [
        account
        for account in call.world.accounts.values()
        if (name is None or account.username.casefold() == name.casefold())
        and search in f"{account.username} {account.name}".casefold()
    ]
    found.sort(key=lambda account: account.id, reverse=True)
    return Listing(found, lambda account: bodies.user(call.world, account), by_key=True)


def user(call: Call) -> Any:
    """One user by number."""
    for account in call.world.accounts.values():
        if str(account.id) == call.at["id"]:
            return bodies.full_user(call.world, account)
    raise not_found("User")


def projects(call: Call) -> Listing:
    """All projects."""
    search = call.query.get("search", "").casefold()
    found = [p for p in call.world.projects_in("") if search in p.path.casefold()]
    simple = is_true(call.query, "simple")
    return Listing(found, lambda project: bodies.project(call.world, project, simple=simple), by_key=True)


def group_projects(call: Call) -> Listing:
    """A group's projects, those of its subgroups too if asked."""
    deep = is_true(call.query, "include_subgroups")
    archived = is_true(call.query, "archived") if "archived" in call.query else None
    found = [
        project
        for project in call.world.projects_in(call.group.path, subgroups=deep)
        if archived is None or project.archived is archived
    ]
    return Listing(found, lambda project: bodies.project(call.world, project))


def groups(call: Call) -> Listing:
    """All groups."""
    found = [group for path, group in sorted(call.world.groups.items()) if not call.world.is_lost(path)]
    return Listing(found, lambda group: bodies.group(call.world, group), by_key=True)


def version(call: Call) -> Any:
    """What it is. Raises Failure where nobody is signed in."""
    return call.username and {"version": call.world.version, "revision": "0f1e2d3c4b5"}


def metadata(call: Call) -> Any:
    """What it is, in more words."""
    kas = {"enabled": False, "externalUrl": None, "externalK8sProxyUrl": None, "version": None}
    return {**version(call), "kas": kas, "enterprise": call.world.tier == "premium"}


def links(call: Call) -> Listing:
    """What an issue is linked to, the oldest link first."""
    entry, world = call.entry("#"), call.world
    found = [
        (world.entries[ref], kind)
        for ref, kind in linked(entry).items()
        if ref in world.entries and not world.is_lost(world.entries[ref].place.path)
    ]
    found.sort(key=lambda pair: entry.linked_at.get(pair[0].item.ref, entry.item.created_at))
    return Listing(found, lambda pair: item_bodies.issue_link(world, entry, *pair))


def epics(call: Call) -> Listing:
    """The epics of a group and of those below it, the newest first."""
    if call.world.tier != "premium":
        raise Failure(404, error="404 Not Found")
    found = call.world.listing(frozenset({"epic"}), "created", call.group)
    return Listing(found[::-1], lambda entry: epic_bodies.epic(call.world, entry))


def nothing(sigil: str) -> Handler:
    """What nobody gives here (award emoji), for an item that has to be there."""

    def handle(call: Call) -> Listing:
        call.entry(sigil)
        return Listing((), str)

    return handle


def version_of(call: Call) -> Any:
    """One version of a merge request's diff."""
    for found in note_bodies.versions(call.entry("!")):
        if str(found["id"]) == call.at["version"]:
            return {**found, "commits": [], "diffs": []}
    raise not_found()


def issue_template(call: Call) -> Any:
    """A project's issue template by name."""
    name = call.at["template"]
    if name not in call.project.templates:
        raise not_found()
    return {"name": name, "content": call.project.templates[name]}
