"""What GitLab lets people see of a project or group. Source: GitLab's members, projects and groups API."""

from handrail.gitlab.connection import Connection, LostError, project_path

OPEN_TO = frozenset({"enabled", "public"})
"""Who sees issues and merge requests of a public project by its settings: everybody."""


def level_of(connection: Connection, place: str, user: int) -> int:
    """Somebody's access level in a place ("projects/a/b" or "groups/a"), inherited or by invitation; 0 for none."""
    try:
        found = connection.rest_now(f"/{_encoded(place)}/members/all/{user}")
    except LostError:
        return 0
    is_there = found.get("membership_state", "active") == "active"
    return int(found["access_level"]) if is_there else 0


def is_open(connection: Connection, place: str) -> bool:
    """Whether everybody sees what is not confidential there. What is internal is not open: it is not for guests."""
    try:
        found = connection.rest_now(f"/{_encoded(place)}")
    except LostError:
        return False
    settings = (found.get(f"{what}_access_level", "enabled") for what in ("issues", "merge_requests"))
    return found.get("visibility") == "public" and all(one in OPEN_TO for one in settings)


def _encoded(place: str) -> str:
    kind, _, path = place.partition("/")
    return f"{kind}/{project_path(path)}"
