"""A project's repository: its tags, and the files at one of them or at the tip of the default branch."""

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


def tree(call: Call) -> Listing:
    """What stands directly in a folder at a ref; there is no folder without a file."""
    files = _at(call)
    folder = call.query.get("path", "").strip("/")
    start = f"{folder}/" if folder else ""
    inside = {path.removeprefix(start): text for path, text in files.items() if path.startswith(start)}
    if not inside:
        raise not_found("Tree")
    names = sorted({name.partition("/")[0] for name in inside}, key=lambda name: (name in inside, name))
    return Listing(
        names,
        lambda name: {
            "id": digest("blob", inside[name]) if name in inside else digest("tree", name),
            "name": name,
            "type": "blob" if name in inside else "tree",
            "path": f"{start}{name}",
            "mode": "100644" if name in inside else "040000",
        },
    )


def raw_file(call: Call) -> PlainTextResponse:
    """A file's text; GitLab tells what is not there: the commit, or the file in it."""
    files, path = _at(call), call.at["path"]
    if path not in files:
        raise not_found("File")
    headers = {"X-Gitlab-Blob-Id": digest("blob", files[path]), "X-Gitlab-File-Path": path}
    return PlainTextResponse(files[path], headers=headers)


def _at(call: Call) -> dict[str, str]:
    """The files at the ref that is asked for. Raises Failure where there is none."""
    ref = call.query.get("ref", TIP)
    files = _files(call).get(TIP if ref == call.project.default_branch else ref)
    if files is None:
        raise not_found("Commit")
    return files


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
