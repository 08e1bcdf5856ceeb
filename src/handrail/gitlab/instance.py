"""What a GitLab is and has, from one introspection at the start."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handrail.errors import UserError

OLDEST = (18, 0)
WORK_ITEMS = ("ISSUE", "INCIDENT", "TASK", "OBJECTIVE", "KEY_RESULT")
"""The types that are read as issues: what is worked on, and OKRs."""
_WIDGETS = {
    "DESCRIPTION": None,
    "LABELS": None,
    "ASSIGNEES": None,
    "MILESTONE": None,
    "START_AND_DUE_DATE": None,
    "NOTES": None,
    "STATUS": "status",
    "WEIGHT": "weight",
    "HIERARCHY": "hierarchy",
    "LINKED_ITEMS": "linked items",
    "DEVELOPMENT": "development",
    "HEALTH_STATUS": "health",
    "PROGRESS": "progress",
}
"""The widgets that we read, and the part that brings each."""


@dataclass(frozen=True)
class Instance:
    """A GitLab: its version, its optional parts, and the work item types that it knows."""

    username: str
    """Whose the token is."""
    version: str
    enterprise: bool
    parts: frozenset[str]
    types: tuple[str, ...]
    epics: bool

    @property
    def widgets(self) -> tuple[str, ...]:
        """The widgets to ask for."""
        return tuple(name for name, part in _WIDGETS.items() if part is None or part in self.parts)

    def unavailable(self) -> tuple[str, ...]:
        """What people may miss, in words."""
        missing = {
            "status": "Status (labels tell the state)",
            "weight": "weights",
            "linked items": "what blocks an issue",
        }
        found = tuple(words for part, words in missing.items() if part not in self.parts)
        return found if self.epics else (*found, "epics")


def instance(data: Mapping[str, Any]) -> Instance:
    """From what the document “instance” gave. Raises UserError for a GitLab that is too old, and for nobody's token."""
    if not data.get("currentUser"):
        raise UserError(
            "The token belongs to nobody that GitLab knows, or lacks a scope: make one with the scope read_api and "
            "give it in GITLAB_TOKEN."
        )
    version = data["metadata"]["version"]
    numbers = tuple(int(number) for number in re.findall(r"\d+", version)[:2])
    if numbers < OLDEST:
        raise UserError(f"This GitLab is {version}; Handrail reads {OLDEST[0]}.{OLDEST[1]} and later: upgrade it.")
    types = {value["name"] for value in (data["issueType"] or {}).get("enumValues") or ()}
    parts = {part for part in ("status", "weight", "hierarchy", "health", "progress") if data[part]}
    if _has(data["linkedItems"], "linkedItems"):
        parts.add("linked items")
    if _has(data["development"], "closingMergeRequests"):
        parts.add("development")
    return Instance(
        username=data["currentUser"]["username"],
        version=version,
        enterprise=data["metadata"]["enterprise"],
        parts=frozenset(parts),
        types=tuple(name for name in WORK_ITEMS if name in types),
        epics="EPIC" in types and bool(data["metadata"]["enterprise"]),
    )


def _has(kind: Mapping[str, Any] | None, field: str) -> bool:
    """Whether a type that was introspected is there, with a field of that name."""
    return field in {found["name"] for found in (kind or {}).get("fields") or ()}
