"""Hooks over REST: of a project, and, on Premium, of a group. Whoever may not change the place does not see them."""

from typing import Any

from standin.hooks import FLAGS, OF_GROUPS, Deliveries, Hook
from standin.ids import number
from standin.places import Place, Project
from standin.rest.bodies import Body, instant
from standin.rest.calls import Call
from standin.rest.handlers import Handler
from standin.rest.paging import Failure, Listing, not_found
from standin.webhooks import Webhook
from standin.world import World


def listed(place: str) -> Handler:
    """``GET .../hooks``; ``place`` is "project" or "group"."""
    return lambda call: Listing(_of(call, _place(call, place)), lambda hook: body(call.world, hook))


def one(place: str) -> Handler:
    """``GET .../hooks/:hook_id``."""
    return lambda call: body(call.world, _hook(call, _place(call, place)))


def create(place: str) -> Handler:
    """``POST .../hooks``."""

    def handle(call: Call) -> Any:
        where = _place(call, place)
        call.params.require("url")
        world, hooks = call.world, Deliveries.of(call.world).hooks
        made = Hook(number("hook", f"{where.path} {len(hooks)}"), where, "", world.now)
        made.flags = {flag: flag == "push_events" for flag in _flags(where)}
        _set(call, made)
        hooks.append(made)
        return body(world, made)

    return handle


def update(place: str) -> Handler:
    """``PUT .../hooks/:hook_id``."""

    def handle(call: Call) -> Any:
        found = _hook(call, _place(call, place))
        _set(call, found)
        return body(call.world, found)

    return handle


def tried(place: str) -> Handler:
    """``POST .../hooks/:hook_id/test/:trigger``: the hook is called with something that there is, even if it rests."""

    def handle(call: Call) -> Any:
        where = _place(call, place)
        found, flag = _hook(call, where), call.at["trigger"]
        if flag not in FLAGS:
            raise Failure(400, error="trigger does not have a valid value")
        if flag != "push_events" and not any(entry.item.ref.startswith(where.path) for entry in call.world.each()):
            raise Failure(422, message="Ensure the project has issues.")
        event = f"{flag.removesuffix('_events').rstrip('s').replace('_', ' ').title()} Hook"
        sample = {"object_kind": flag.removesuffix("_events").rstrip("s"), "project": {"path_with_namespace": ""}}
        status = Deliveries.of(call.world).call(found, Webhook(where.path, flag, event, sample))
        if not 200 <= status < 300:
            raise Failure(422, message=f"Hook executed but returned HTTP {status}")
        return {"message": "201 Created"}

    return handle


def only_tried(_call: Call) -> Any:
    """Nothing is to be read there."""
    raise Failure(405, error="405 Not Allowed")


def body(world: World, hook: Hook) -> Body:
    """A hook; its secret is nobody's to see."""
    is_project = isinstance(hook.place, Project)
    return {
        "id": hook.id,
        "url": hook.url,
        "name": hook.name,
        "description": hook.description,
        "created_at": instant(hook.created_at),
        **hook.flags,
        "repository_update_events": False,
        "enable_ssl_verification": hook.enable_ssl_verification,
        "alert_status": hook.status(world.now),
        "disabled_until": instant(hook.disabled_until) if hook.status(world.now) == "temporarily_disabled" else None,
        "url_variables": [],
        "push_events_branch_filter": None,
        "branch_filter_strategy": "wildcard",
        "custom_webhook_template": None,
        "custom_headers": [],
        ("project_id" if is_project else "group_id"): hook.place.id,
    }


def _place(call: Call, kind: str) -> Place:
    if kind == "group" and call.world.tier != "premium":
        raise Failure(404, error="404 Not Found")
    found: Place = call.project if kind == "project" else call.group
    if call.world.is_read_only(found.path):
        raise Failure(403, message="403 Forbidden")
    return found


def _of(call: Call, place: Place) -> list[Hook]:
    found = call.world.listener
    return [hook for hook in found.hooks if hook.place is place] if isinstance(found, Deliveries) else []


def _hook(call: Call, place: Place) -> Hook:
    for hook in _of(call, place):
        if str(hook.id) == call.at["hook"]:
            return hook
    raise not_found()


def _flags(place: Place) -> tuple[str, ...]:
    return FLAGS if isinstance(place, Project) else (*FLAGS, *OF_GROUPS)


def _set(call: Call, hook: Hook) -> None:
    params = call.params
    url = params.text("url") or hook.url
    if not url.startswith(("http://", "https://")):
        raise Failure(422, error="Invalid url given")
    hook.url = url
    for name in ("token", "name", "description"):
        if name in params:
            setattr(hook, name, params.text(name) or "")
    if (verified := params.flag("enable_ssl_verification")) is not None:
        hook.enable_ssl_verification = verified
    for flag in _flags(hook.place):
        if (wanted := params.flag(flag)) is not None:
            hook.flags[flag] = wanted
