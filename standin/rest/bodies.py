"""People, places and planning, as GitLab's REST API gives them."""

from datetime import datetime, timedelta
from typing import Any

from handrail.model.planning import Pipeline
from standin.graphql.places import branch_of, color, sha
from standin.places import Account, Group, Label, Member, Project, Timebox, shown_name
from standin.world import LONG_AGO, World

Body = dict[str, Any]


def instant(moment: datetime | None) -> str | None:
    """An instant with milliseconds, as REST writes it."""
    return None if moment is None else moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def user(world: World, account: Account) -> Body:
    """A user in short."""
    return {
        "id": account.id,
        "username": account.username,
        "public_email": "",
        "name": account.name,
        "state": account.state,
        "locked": False,
        "avatar_url": f"{world.url}/uploads/-/system/user/avatar/{account.id}/avatar.png",
        "web_url": f"{world.url}/{account.username}",
    }


def full_user(world: World, account: Account) -> Body:
    """A user by themselves."""
    return {**user(world, account), "created_at": instant(LONG_AGO), "bot": account.bot, "bio": "", "location": None}


def users(world: World, names: tuple[str, ...]) -> list[Body]:
    """Those users that are still there."""
    return [user(world, account) for account in world.known(names)]


def member(world: World, found: Member) -> Body:
    """A member of a project or group."""
    return {
        **user(world, found.account),
        "access_level": found.level,
        "created_at": instant(LONG_AGO),
        "expires_at": None,
        "membership_state": "active",
    }


def milestone(world: World, box: Timebox) -> Body:
    """A group milestone."""
    return {
        "id": box.id,
        "iid": box.iid,
        "group_id": world.groups[box.group].id,
        "title": box.title,
        "description": "",
        "state": box.state,
        "created_at": instant(LONG_AGO),
        "updated_at": instant(LONG_AGO),
        "due_date": box.due and box.due.isoformat(),
        "start_date": box.start and box.start.isoformat(),
        "expired": box.due is not None and box.due < world.now.date(),
        "web_url": f"{world.url}/groups/{box.group}/-/milestones/{box.iid}",
    }


def label_of_event(label: Label) -> Body:
    """A label as a resource event shows it."""
    return {
        "id": label.id,
        "name": label.title,
        "description": None,
        "description_html": "",
        "text_color": "#FFFFFF",
        "color": color(label),
    }


def label(found: Label, *, is_project_label: bool) -> Body:
    """A label of a project or group."""
    body = {**label_of_event(found), "archived": False, "subscribed": False}
    return body if not is_project_label else {**body, "priority": None, "is_project_label": False}


def project(world: World, found: Project, *, simple: bool = False) -> Body:
    """A project, in full or with the fields of ``simple=true`` only."""
    group = world.groups[found.parent]
    body = {
        "id": found.id,
        "description": "",
        "name": shown_name(found.path),
        "name_with_namespace": " / ".join(map(shown_name, found.path.split("/"))),
        "path": found.path.rpartition("/")[2],
        "path_with_namespace": found.path,
        "created_at": instant(found.created_at),
        "default_branch": found.default_branch,
        "tag_list": [],
        "topics": [],
        "ssh_url_to_repo": f"git@gitlab.test:{found.path}.git",
        "http_url_to_repo": f"{world.url}/{found.path}.git",
        "web_url": f"{world.url}/{found.path}",
        "readme_url": None,
        "forks_count": 0,
        "avatar_url": None,
        "star_count": 0,
        "last_activity_at": instant(world.now),
        "visibility": found.visibility,
        "namespace": {
            "id": group.id,
            "name": shown_name(group.path),
            "path": group.path.rpartition("/")[2],
            "kind": "group",
            "full_path": group.path,
            "parent_id": world.groups[group.parent].id if group.parent else None,
            "avatar_url": None,
            "web_url": f"{world.url}/groups/{group.path}",
        },
    }
    if simple:
        return body
    return body | {
        "archived": found.archived,
        "issues_enabled": True,
        "issues_access_level": found.issues_access_level,
        "merge_requests_access_level": "enabled",
        "merge_requests_enabled": True,
    }


def group(world: World, found: Group) -> Body:
    """A group."""
    return {
        "id": found.id,
        "name": shown_name(found.path),
        "path": found.path.rpartition("/")[2],
        "description": "",
        "visibility": "public",
        "full_name": " / ".join(map(shown_name, found.path.split("/"))),
        "full_path": found.path,
        "parent_id": world.groups[found.parent].id if found.parent else None,
        "created_at": instant(LONG_AGO),
        "avatar_url": None,
        "web_url": f"{world.url}/groups/{found.path}",
    }


def pipeline(world: World, run: Pipeline, *, details: bool = False) -> Body:
    """A pipeline in a list, or with what it has by itself."""
    started = run.finished_at - timedelta(minutes=49)
    body: Body = {
        "id": run.id,
        "iid": run.id % 100_000,
        "project_id": world.projects[run.project].id,
        "sha": sha(run),
        "ref": branch_of(run, world),
        "status": run.status,
        "source": run.source or "push",
        "created_at": instant(started - timedelta(minutes=1)),
        "updated_at": instant(run.finished_at),
        "web_url": run.web_url or f"{world.url}/{run.project}/-/pipelines/{run.id}",
    }
    if details:
        body |= {
            "name": None,
            "before_sha": "0" * 40,
            "tag": False,
            "yaml_errors": None,
            "started_at": instant(started),
            "finished_at": instant(run.finished_at),
            "committed_at": None,
            "duration": 49 * 60,
            "queued_duration": 60,
            "coverage": None,
        }
    return body
