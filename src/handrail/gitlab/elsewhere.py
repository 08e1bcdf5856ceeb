"""Which items all over a GitLab are a team member's: theirs to do, written by them, or waiting for their review."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from handrail.gitlab.connection import Connection
from handrail.gitlab.documents import AT_ONCE, ISSUE_LISTS, MERGE_REQUEST_LISTS, document_for
from handrail.gitlab.histories import nodes

LISTS: Mapping[str, Sequence[str]] = {"issues": tuple(ISSUE_LISTS), "merge_requests": tuple(MERGE_REQUEST_LISTS)}
"""A person's lists, by the kind of what is in them."""


def refs(connection: Connection, usernames: Sequence[str], lists: Sequence[str], since: datetime | None) -> set[str]:
    """The references on these lists of these people: open items, or with ``since`` whatever changed since then.

    A user name that this GitLab does not know has nothing.
    """
    found: set[str] = set()
    waiting: list[tuple[str, str, str | None]] = [(name, list_, None) for list_ in lists for name in usernames]
    while waiting:
        now, waiting = waiting[:AT_ONCE], waiting[AT_ONCE:]
        asked: dict[str, str | None] = {
            "state": None if since else "opened",
            "since": since.isoformat() if since else None,
        }
        for number, (username, _, cursor) in enumerate(now):
            asked |= {f"u{number}": username, f"c{number}": cursor}
        data = connection.ask("Elsewhere", document_for([list_ for _, list_, _ in now]), asked)
        for number, (username, list_, _) in enumerate(now):
            answer = data.get(f"t{number}") or {}
            page = answer.get("list", answer) or {}
            found |= {node["reference"] for node in nodes(page)}
            if page and page["pageInfo"]["hasNextPage"]:
                waiting.append((username, list_, page["pageInfo"]["endCursor"]))
    return found
