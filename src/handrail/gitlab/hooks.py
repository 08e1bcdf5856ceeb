"""The hooks of a GitLab that call us: those that should be there, those that are, and what is between the two.

A group's hook tells of all its projects, and is Premium's; without, each project has its own. Source: GitLab's API of
project and group webhooks, and its documentation of webhooks that are disabled.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from handrail.errors import UserError
from handrail.gitlab.connection import Connection, LostError, RefusedError, project_path
from handrail.gitlab.histories import instant

SECRET = "HANDRAIL_WEBHOOK_SECRET"
"""The environment's variable with what GitLab says with each webhook, so that we know it from others."""
SHORTEST = 16
"""Characters of a secret that nobody guesses."""
PATH = "/webhooks/gitlab"
NAME = "Handrail"
FOLLOWED = (
    "issues_events",
    "confidential_issues_events",
    "merge_requests_events",
    "note_events",
    "confidential_note_events",
    "pipeline_events",
    "milestone_events",
    "releases_events",
)
"""The events that change what is known, or have it read. Of others we would only count that they came."""
_OF_GROUPS = ("member_events",)
"""Of those that groups alone tell."""
_UNFOLLOWED = {"push_events": False}
"""What GitLab sends unless it is told not to."""
_TRIALS = ("issues_events", "push_events")
"""With what a hook is tried: the other one where a project has no issue."""


@dataclass(frozen=True, order=True)
class Place:
    """A project or group that has, or should have, a hook of ours."""

    path: str
    is_group: bool = False

    @property
    def at(self) -> str:
        """Its hooks' place in REST."""
        return f"/{'groups' if self.is_group else 'projects'}/{project_path(self.path)}/hooks"

    @property
    def followed(self) -> tuple[str, ...]:
        """The events that its hook is to tell of."""
        return (*FOLLOWED, *_OF_GROUPS) if self.is_group else FOLLOWED


@dataclass(frozen=True)
class Standing:
    """How it stands with the hook of one place."""

    place: Place
    number: int | None
    """None: there is none of ours."""
    differs: tuple[str, ...] = ()
    """What is not as it should be, in words."""
    rests: str = ""
    """Why GitLab does not call it, in words; empty: it does."""
    unseen: str = ""
    """Why nobody knows: the token's owner may not see it."""

    @property
    def is_well(self) -> bool:
        """Whether it is there, is as it should be, and is called."""
        return self.number is not None and not (self.differs or self.rests or self.unseen)


def address(to: str) -> str:
    """Where GitLab is to call us, by our address. Raises UserError for what is none."""
    parts = urlsplit(to)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise UserError(f"“{to}” is no address of ours: write it like https://handrail.example.org.")
    if parts.username or parts.password:
        raise UserError("Our address holds a password: GitLab would keep it with the hook. Give it without.")
    return to.rstrip("/") + PATH


def places(connection: Connection, paths: Iterable[str]) -> list[Place]:
    """Where hooks are to be, by the paths of sources: a project; a group, or each of its projects. Each once."""
    found = dict.fromkeys(place for path in dict.fromkeys(paths) for place in _places_of(connection, path))
    groups = [place.path for place in found if place.is_group]
    return [one for one in found if not any(one.path.startswith(f"{group}/") for group in groups)]


def _places_of(connection: Connection, path: str) -> Iterator[Place]:
    group = Place(path, is_group=True)
    if not _is_there(connection, f"/groups/{project_path(path)}"):
        yield Place(path)  # a project, or nothing that can be seen: ``look`` says so
        return
    try:
        list(connection.rest(group.at))
    except LostError:  # it has no hooks of groups, or the token's owner is no owner of it
        inside = connection.rest(f"/groups/{project_path(path)}/projects", include_subgroups=True, archived=False)
        yield from (Place(project["path_with_namespace"]) for project in inside)
    else:
        yield group


def _is_there(connection: Connection, at: str) -> bool:
    try:
        connection.rest_one(at)
    except LostError:
        return False
    return True


def look(connection: Connection, place: Place, url: str) -> Standing:
    """How it stands there."""
    try:
        there = list(connection.rest(place.at))
    except LostError:
        role = "Owner" if place.is_group else "Maintainer"
        why = f"it is not there, or the token’s owner may not see its hooks: that takes the role of {role}"
        return Standing(place, None, unseen=why)
    ours = [hook for hook in there if hook["url"] == url] or [hook for hook in there if hook.get("name") == NAME]
    if not ours:
        return Standing(place, None)
    hook = ours[0]
    return Standing(place, hook["id"], tuple(_differences(hook, place, url, len(ours))), _rest(hook))


def _differences(hook: Mapping[str, Any], place: Place, url: str, count: int) -> Iterator[str]:
    if hook["url"] != url:
        yield f"it calls {hook['url']}"
    missing = [name for name in place.followed if hook.get(name) is False]
    if missing:
        yield f"it does not tell of {_in_words(missing)}"
    if hook.get("token_present") is False:
        yield "it has no secret"
    if url.startswith("https:") and hook.get("enable_ssl_verification") is False:
        yield "it does not verify our certificate"
    if hook.get("custom_webhook_template"):
        yield "it sends a body of its own, which nobody here can read"
    if count > 1:
        yield f"there are {count} of them: remove all but one on GitLab"


def _in_words(flags: Sequence[str]) -> str:
    return ", ".join(flag.removesuffix("_events").replace("_", " ").removesuffix("s") + "s" for flag in flags)


def _rest(hook: Mapping[str, Any]) -> str:
    match hook.get("alert_status"):
        case "temporarily_disabled":
            told = hook.get("disabled_until")
            until = f" until {instant(told):%Y-%m-%d %H:%M} UTC" if told else ""
            return f"GitLab does not call it{until}: it failed several times in a row"
        case "disabled":
            return "GitLab calls it no more: it failed too often"
        case _:
            return ""


def put(connection: Connection, standing: Standing, url: str, secret: str) -> Standing:
    """Make the hook of a place, or make it as it should be, and give it the secret. How it stands then.

    Raises RefusedError and LostError for what GitLab refuses.
    """
    place = standing.place
    wanted = {**dict.fromkeys(place.followed, True), "url": url, "token": secret, "enable_ssl_verification": True}
    if standing.number is None:
        made = connection.write("post", place.at, {**wanted, **_UNFOLLOWED, "name": NAME})
        return Standing(place, made["id"])
    connection.write("put", f"{place.at}/{standing.number}", {**wanted, "custom_webhook_template": ""})
    return look(connection, place, url)


def wake(connection: Connection, standing: Standing, url: str) -> Standing:
    """Have GitLab call the hook once: one that rests is called again from then on, if we answer. How it stands then.

    Raises RefusedError where GitLab could not call it, or was not answered.
    """
    refused: RefusedError | None = None
    for trial in _TRIALS:
        try:
            connection.write("post", f"{standing.place.at}/{standing.number}/test/{trial}", {})
            return look(connection, standing.place, url)
        except RefusedError as error:
            refused = refused or error
    assert refused is not None
    raise refused
