"""A project's repository: its tags, and the text of a file at one of them or at the tip of the default branch."""

from typing import Any

from starlette.responses import PlainTextResponse

from standin.ids import digest
from standin.rest.bodies import instant
from standin.rest.calls import Call
from standin.rest.paging import Failure, Listing, not_found
from standin.world import LONG_AGO

TIP = "HEAD"
"""Under this name a repository's files stand that its default branch has."""


def tags(call: Call) -> Listing:
    """The tags, the latest first, or by name; ``search``: a part of the name, its ``^beginning`` or its ``end$``."""
    order = call.query.get("order_by", "updated")
    if order not in {"name", "updated", "version"}:
        raise Failure(400, error="order_by does not have a valid value")
    named = [name for name in _files(call) if name != TIP and _fits(name, call.query.get("search", ""))]
    if order == "name":
        named.sort()
    is_ascending = call.query.get("sort", "desc") == "asc"
    return Listing(named if is_ascending else named[::-1], lambda name: _tag(call, name))


def one_tag(call: Call) -> Any:
    """One tag by its name."""
    if call.at["tag"] == TIP or call.at["tag"] not in _files(call):
        raise not_found("Tag")
    return _tag(call, call.at["tag"])


def raw_file(call: Call) -> PlainTextResponse:
    """A file's text; GitLab tells what is not there: the commit, or the file in it."""
    ref = call.query.get("ref", TIP)
    files = _files(call).get(TIP if ref == call.project.default_branch else ref)
    if files is None:
        raise not_found("Commit")
    path = call.at["path"]
    if path not in files:
        raise not_found("File")
    text = files[path]
    headers = {"X-Gitlab-Blob-Id": digest("blob", text), "X-Gitlab-File-Path": path, "X-Gitlab-Ref": ref}
    return PlainTextResponse(text, headers=headers)


def _files(call: Call) -> dict[str, dict[str, str]]:
    return call.world.repositories.get(call.project.path, {})


def _fits(name: str, search: str) -> bool:
    if search.startswith("^"):
        return name.startswith(search[1:])
    if search.endswith("$"):
        return name.endswith(search[:-1])
    return search in name


def _tag(call: Call, name: str) -> dict[str, Any]:
    sha, at = digest("commit", call.project.path, name), instant(LONG_AGO)
    return {
        "name": name,
        "message": "",
        "target": sha,
        "commit": {
            "id": sha,
            "short_id": sha[:8],
            "created_at": at,
            "parent_ids": [],
            "title": name,
            "message": name,
            "author_name": "Handrail",
            "author_email": "handrail@example.com",
            "authored_date": at,
            "committer_name": "Handrail",
            "committer_email": "handrail@example.com",
            "committed_date": at,
            "trailers": {},
            "extended_trailers": {},
            "web_url": f"{call.world.url}/{call.project.path}/-/commit/{sha}",
        },
        "release": None,
        "protected": False,
        "created_at": None,
    }
