"""REST's parameters of a listing of items, as the filters that GraphQL's arguments name."""

from collections.abc import Mapping
from typing import Any

from standin.rest.paging import Failure, is_true

SAME = {
    "state": "state",
    "updated_after": "updatedAfter",
    "updated_before": "updatedBefore",
    "created_after": "createdAfter",
    "created_before": "createdBefore",
    "author_username": "authorUsername",
    "reviewer_username": "reviewerUsername",
    "assignee_username": "assigneeUsernames",
    "assignee_username[]": "assigneeUsernames",
    "milestone": "milestoneTitle",
    "search": "search",
}
SEARCHED = {"title": "searchTitle", "description": "searchDescription"}
"""Where the words are looked for, if not in both."""
STATES = frozenset({"opened", "closed", "merged", "locked", "all"})
ORDERS = {"created_at": "created", "updated_at": "updated", "merged_at": "merged", "title": "title"}


def filters(query: Mapping[str, str], caller: str) -> dict[str, Any]:
    """The filters. Raises Failure for a value that GitLab refuses."""
    args: dict[str, Any] = {_name(name, query): value for name, value in query.items() if name in SAME and value}
    if args.get("state", "all") not in STATES:
        raise Failure(400, error="state does not have a valid value")
    if query.get("labels"):
        args["labelName"] = query["labels"].split(",")
    for name in ("wip", "draft"):
        if name in query:
            args["draft"] = is_true(query, name)
    if query.get("target_branch"):
        args["targetBranches"] = [query["target_branch"]]
    if query.get("issue_type"):
        args["types"] = [query["issue_type"].upper()]
    if query.get("assignee_id") in {"None", "Any"}:
        args["assigneeWildcardId"] = query["assignee_id"].upper()
    match query.get("scope"):
        case "created_by_me" | "created-by-me":
            args["authorUsername"] = caller
        case "assigned_to_me" | "assigned-to-me":
            args["assigneeUsernames"] = [caller]
        case _:
            pass
    order, direction = query.get("order_by", "created_at"), query.get("sort", "desc")
    if order not in ORDERS:
        raise Failure(400, error="order_by does not have a valid value")
    if direction not in {"asc", "desc"}:
        raise Failure(400, error="sort does not have a valid value")
    args["sort"] = f"{ORDERS[order]}_{direction}"
    return args


def _name(name: str, query: Mapping[str, str]) -> str:
    """The filter of a parameter; words are looked for in titles and descriptions, or in what ``in`` names."""
    return SEARCHED.get(query.get("in", ""), "search") if name == "search" else SAME[name]
