"""Which path is answered by what."""

from urllib.parse import unquote

from standin.rest import (
    bodies,
    epic_bodies,
    handlers,
    hooks,
    item_bodies,
    note_bodies,
    note_writes,
    repositories,
    resource_events,
)
from standin.rest.handlers import Handler
from standin.rest.paging import Failure, Listing

ROUTES: dict[str, Handler] = {
    "version": handlers.version,
    "metadata": handlers.metadata,
    "user": lambda call: bodies.full_user(call.world, call.world.accounts[call.username]),
    "users": handlers.users,
    "users/:id": handlers.user,
    "projects": handlers.projects,
    "projects/:id": lambda call: bodies.project(call.world, call.project),
    "projects/:id/members": lambda call: handlers.members(call, call.project, inherited=False),
    "projects/:id/members/all": lambda call: handlers.members(call, call.project, inherited=True),
    "projects/:id/members/all/:user": lambda call: handlers.one_member(call, call.project),
    "projects/:id/milestones": lambda call: handlers.milestones(call, call.project),
    "projects/:id/milestones/:milestone": lambda call: handlers.one_milestone(call, call.project),
    "projects/:id/labels": lambda call: handlers.labels(call, call.project),
    "projects/:id/labels/:label": lambda call: handlers.one_label(call, call.project),
    "projects/:id/templates/issues/:template": handlers.issue_template,
    "projects/:id/pipelines": handlers.pipelines,
    "projects/:id/pipelines/latest": handlers.latest_pipeline,
    "projects/:id/pipelines/:pipeline": handlers.pipeline,
    "projects/:id/repository/tags": repositories.tags,
    "projects/:id/repository/tags/:tag": repositories.one_tag,
    "projects/:id/repository/tree": repositories.tree,
    "projects/:id/repository/files/:path/raw": repositories.raw_file,
    "groups": handlers.groups,
    "groups/:id": lambda call: bodies.group(call.world, call.group),
    "groups/:id/projects": handlers.group_projects,
    "groups/:id/members": lambda call: handlers.members(call, call.group, inherited=False),
    "groups/:id/members/all": lambda call: handlers.members(call, call.group, inherited=True),
    "groups/:id/members/all/:user": lambda call: handlers.one_member(call, call.group),
    "groups/:id/milestones": lambda call: handlers.milestones(call, call.group),
    "groups/:id/milestones/:milestone": lambda call: handlers.one_milestone(call, call.group),
    "groups/:id/labels": lambda call: handlers.labels(call, call.group),
    "groups/:id/labels/:label": lambda call: handlers.one_label(call, call.group),
    **{
        f"{place}s/:id/{path}": handler
        for place in ("project", "group")
        for path, handler in (
            ("hooks", hooks.listed(place)),
            ("hooks/:hook", hooks.one(place)),
            ("hooks/:hook/test/:trigger", hooks.only_tried),
        )
    },
    "issues": handlers.items("issue", item_bodies.issue, handlers.nowhere),
    "merge_requests": handlers.items("merge_request", item_bodies.merge_request, handlers.nowhere),
    "groups/:id/issues": handlers.items("issue", item_bodies.issue, lambda call: call.group),
    "groups/:id/merge_requests": handlers.items("merge_request", item_bodies.merge_request, lambda call: call.group),
    "projects/:id/issues": handlers.items("issue", item_bodies.issue, lambda call: call.project),
    "projects/:id/merge_requests": handlers.items(
        "merge_request", item_bodies.merge_request, lambda call: call.project
    ),
    "groups/:id/epics": handlers.epics,
    "groups/:id/epics/:iid": lambda call: epic_bodies.epic(call.world, call.epic),
    "projects/:id/issues/:iid": lambda call: item_bodies.issue(call.world, call.entry("#")),
    "projects/:id/issues/:iid/links": handlers.links,
    "projects/:id/merge_requests/:iid": lambda call: item_bodies.one_merge_request(call.world, call.entry("!")),
    "projects/:id/merge_requests/:iid/approvals": lambda call: note_bodies.approvals(call.world, call.entry("!")),
    "projects/:id/merge_requests/:iid/reviewers": lambda call: note_bodies.reviewers(call.world, call.entry("!")),
    "projects/:id/merge_requests/:iid/versions": lambda call: Listing(
        note_bodies.versions(call.entry("!")), lambda version: version
    ),
    "projects/:id/merge_requests/:iid/versions/:version": handlers.version_of,
    **{
        f"projects/:id/{kind}/:iid/{path}": handler
        for kind, sigil in (("issues", "#"), ("merge_requests", "!"))
        for path, handler in (
            ("notes", handlers.notes(sigil)),
            ("notes/:note", note_writes.one_note(sigil)),
            ("notes/:note/award_emoji", handlers.nothing(sigil)),
            ("award_emoji", handlers.nothing(sigil)),
            ("discussions", handlers.all_discussions(sigil)),
            ("discussions/:discussion", handlers.one_discussion(sigil)),
            ("resource_label_events", handlers.events(resource_events.label_events, sigil)),
            ("resource_milestone_events", handlers.events(resource_events.milestone_events, sigil)),
            ("resource_state_events", handlers.events(resource_events.state_events, sigil)),
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
