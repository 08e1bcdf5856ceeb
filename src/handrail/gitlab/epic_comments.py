"""Comments on epics: GitLab lists and takes them through GraphQL, where an epic is a work item of its group."""

from collections.abc import Iterator, Mapping
from typing import Any

from handrail.gitlab.connection import Connection, LostError, RefusedError
from handrail.gitlab.histories import nodes


def put(connection: Connection, subject: str, body: str, made: str = "") -> str:
    """Write a comment, or give the one of the number ``made`` another text; its number.

    Raises as ``Connection.mutate``, and RefusedError where GitLab says why it takes none.
    """
    if made:
        data = connection.mutate("update_note", {"id": f"gid://gitlab/Note/{made}", "body": body})
    else:
        epic = _epic(connection, "epic_notes", subject, None)
        data = connection.mutate("create_note", {"id": epic["id"], "body": body})
    told = data.get("told") or {}
    if told.get("errors") or not told.get("note"):
        raise RefusedError(f"GitLab refuses the comment on {subject}: {'; '.join(told.get('errors') or ())}")
    return str(_number(told["note"]))


def comments(connection: Connection, subject: str, *, threads: bool = False) -> Iterator[Mapping[str, Any]]:
    """An epic's comments in REST's words; ``threads``: only what begins a discussion, as another listing has it.

    Raises LostError for an epic that is not there.
    """
    after, more = None, True
    while more:
        epic = _epic(connection, "epic_discussions" if threads else "epic_notes", subject, after)
        (widget,) = epic["widgets"]
        page = widget["discussions" if threads else "notes"]
        for node in nodes(page):
            for note in nodes(node["notes"]) if threads else [node]:
                yield {**note, "id": _number(note)}
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]


def _epic(connection: Connection, document: str, subject: str, after: str | None) -> Mapping[str, Any]:
    path, _, iid = subject.rpartition("&")
    group = connection.graphql(document, {"path": path, "iid": iid, "after": after})["group"] or {}
    found: Mapping[str, Any] | None = group.get("workItem")
    if found is None:
        raise LostError(f"{subject} is not there, or not for this token.")
    return found


def _number(note: Mapping[str, Any]) -> int:
    return int(note["id"].rpartition("/")[2])
