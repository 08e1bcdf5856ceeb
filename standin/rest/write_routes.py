"""Which method on which path writes what. Every other method on a path that can be read is refused."""

from dataclasses import dataclass
from typing import Any

from standin.access import refused_to_write
from standin.rest import hooks, note_writes, writes
from standin.rest.calls import Call
from standin.rest.handlers import Handler
from standin.rest.paging import Failure


@dataclass(frozen=True)
class Write:
    """What carries it out, and the status of a success."""

    handle: Handler
    status: int = 200


WRITES: dict[tuple[str, str], Write] = {
    ("POST", "projects/:id/issues"): Write(writes.create_issue, 201),
    ("PUT", "projects/:id/issues/:iid"): Write(writes.update_issue),
    ("PUT", "projects/:id/merge_requests/:iid"): Write(writes.update_merge_request),
    ("PUT", "groups/:id/epics/:iid"): Write(writes.update_epic),
    ("POST", "projects/:id/issues/:iid/links"): Write(note_writes.create_link, 201),
    **{
        key: write
        for place in ("project", "group")
        for key, write in (
            (("POST", f"{place}s/:id/hooks"), Write(hooks.create(place), 201)),
            (("PUT", f"{place}s/:id/hooks/:hook"), Write(hooks.update(place))),
            (("POST", f"{place}s/:id/hooks/:hook/test/:trigger"), Write(hooks.tried(place), 201)),
        )
    },
    **{
        key: write
        for kind, sigil in (("issues", "#"), ("merge_requests", "!"))
        for key, write in (
            (("POST", f"projects/:id/{kind}/:iid/notes"), Write(note_writes.create_note(sigil), 201)),
            (("PUT", f"projects/:id/{kind}/:iid/notes/:note"), Write(note_writes.update_note(sigil))),
        )
    },
}


def carry_out(method: str, route: str, call: Call) -> tuple[Any, int]:
    """The body and the status of a write. Raises Failure, and then nothing is changed."""
    write = WRITES.get((method, route))
    if write is None:
        raise Failure(405, error="405 Not Allowed")
    refused = refused_to_write(call.token)
    if refused is not None:
        raise Failure(refused.status, **refused.body)
    return write.handle(call), write.status
