"""From a page's nodes to items. Only this module knows how GraphQL spells an item's fields."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, get_args

from handrail.gitlab.descriptions import sections_of
from handrail.gitlab.histories import GHOST, Team, in_order, instant, nodes
from handrail.model.derive import derived
from handrail.model.history import Event
from handrail.model.items import (
    MOST_PATHS,
    Epic,
    Health,
    Issue,
    LinkedMergeRequest,
    MergeRequest,
    Reviewer,
    ReviewState,
)
from handrail.model.markdown import our_part
from handrail.model.reading import Read

_WHOLES = {"Epic", "Objective"}
"""The types of parents that are kept: an epic of its issues, an objective of its key results."""
REVIEW_STATES: tuple[ReviewState, ...] = get_args(ReviewState)
HEALTH: Mapping[str, Health] = {"onTrack": "on_track", "needsAttention": "needs_attention", "atRisk": "at_risk"}


def reference(node: Mapping[str, Any]) -> str:
    """The item's full reference. An epic that is told as a work item has a number sign: ours is always ``&``."""
    ref = str(node["reference"])
    if (node.get("workItemType") or {}).get("name") == "Epic":
        path, _, number = ref.replace("&", "#").rpartition("#")
        return f"{path}&{number}"
    return ref


def work_item(node: Mapping[str, Any], events: Sequence[Event]) -> Read:
    """An issue, incident, task or epic with its history."""
    widgets: dict[str, Any] = {}
    for widget in node["widgets"] or ():
        widgets |= widget or {}
    common = {
        "ref": reference(node),
        "title": node["title"],
        "author": _name(node["author"]),
        "created_at": instant(node["createdAt"]),
        "state": "opened" if node["state"] == "OPEN" else "closed",
        "closed_at": instant(node["closedAt"]) if node["closedAt"] else None,
        "labels": _labels(widgets.get("labels")),
        "milestone": (widgets.get("milestone") or {}).get("title"),
        "assignees": _names(widgets.get("assignees")),
        "web_url": node["webUrl"],
        "confidential": node["confidential"],
        "sections": sections_of(widgets.get("description") or ""),
        "health": HEALTH.get(widgets.get("healthStatus") or ""),
    }
    if node["workItemType"]["name"] == "Epic":
        start = widgets.get("startDate")
        item: Issue | Epic = Epic(start=date.fromisoformat(start) if start else None, **common)
    else:
        parent = widgets.get("parent")
        links = [link for link in nodes(widgets.get("linkedItems")) if link["workItem"]]
        item = Issue(
            status=(widgets.get("status") or {}).get("name"),
            weight=widgets.get("weight"),
            epic=reference(parent) if parent and (parent["workItemType"] or {}).get("name") in _WHOLES else None,
            progress=widgets.get("progress"),
            blocked_by=_linked(links, "is_blocked_by"),
            blocks=_linked(links, "blocks"),
            related=_linked(links, "relates_to"),
            merge_requests=_closing(widgets.get("closingMergeRequests")),
            part=our_part(widgets.get("description") or ""),
            **common,
        )
    told = in_order(events)
    return Read(derived(item, told), told, instant(node["updatedAt"]))


def merge_request(node: Mapping[str, Any], events: Sequence[Event], team: Team, *, complete: bool) -> Read:
    """A merge request with its history. Discussions leave out how it ended: its own dates tell."""
    ended = node["mergedAt"] or node["closedAt"]
    state = node["state"].lower()
    told = list(events)
    if state == "merged" and ended and not any(event.did == "merged" for event in told):
        told.append(team.event(instant(ended), node["mergeUser"], "merged"))
    elif state == "closed" and ended and not any(event.did == "closed" for event in told):
        # Nobody's: GitLab's page does not say who closed it.
        told.append(Event(instant(ended), "", "closed"))
    paths = tuple(file["path"] for file in node["diffStats"] or ())
    item = MergeRequest(
        ref=reference(node),
        title=node["title"],
        author=_name(node["author"]),
        created_at=instant(node["createdAt"]),
        state=_plain_state(state),
        closed_at=instant(ended) if ended and state in {"merged", "closed"} else None,
        labels=_labels(node["labels"]),
        milestone=(node["milestone"] or {}).get("title"),
        assignees=_names(node["assignees"]),
        web_url=node["webUrl"],
        draft=node["draft"],
        reviewers=tuple(_reviewer(reviewer) for reviewer in nodes(node["reviewers"])),
        approved_by=_names(node["approvedBy"]),
        detailed_merge_status=(node["detailedMergeStatus"] or "").lower(),
        target_branch=node["targetBranch"],
        changed_paths=paths[:MOST_PATHS],
        changed_paths_cut=len(paths) > MOST_PATHS,
        merge_commit=node["mergeCommitSha"] or "",
        sections=sections_of(node["description"] or ""),
    )
    history = in_order(told)
    return Read(derived(item, history), history, instant(node["updatedAt"]), complete)


def _linked(links: Sequence[Mapping[str, Any]], kind: str) -> tuple[str, ...]:
    return tuple(reference(link["workItem"]) for link in links if link["linkType"] == kind)


def _closing(connection: Mapping[str, Any] | None) -> tuple[LinkedMergeRequest, ...]:
    """The merge requests that close an issue; one that the token's owner may not see is null."""
    found = [node["mergeRequest"] for node in nodes(connection) if node["mergeRequest"]]
    return tuple(LinkedMergeRequest(reference(one), _plain_state(one["state"])) for one in found)


def label_titles(node: Mapping[str, Any]) -> dict[str, str]:
    """The titles of the item's labels by the number that system notes use."""
    connections = [node.get("labels")] + [(widget or {}).get("labels") for widget in node.get("widgets") or ()]
    return {label["id"].rpartition("/")[2]: label["title"] for connection in connections for label in nodes(connection)}


def _reviewer(node: Mapping[str, Any]) -> Reviewer:
    state = ((node["mergeRequestInteraction"] or {}).get("reviewState") or "").lower()
    # A state that GitLab invents later is like none: what the reviewer did is in the history.
    return Reviewer(node["username"], state if state in REVIEW_STATES else "unreviewed")


def _plain_state(state: str) -> Any:
    return "opened" if state == "locked" else state  # locked while it is being merged


def _name(user: Mapping[str, Any] | None) -> str:
    return user["username"] if user else GHOST


def _names(connection: Mapping[str, Any] | None) -> tuple[str, ...]:
    return tuple(user["username"] for user in nodes(connection))


def _labels(connection: Mapping[str, Any] | None) -> tuple[str, ...]:
    return tuple(sorted(label["title"] for label in nodes(connection)))
