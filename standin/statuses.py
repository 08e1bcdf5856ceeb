"""Premium's Status: GitLab's own five, and those that a top-level group has in their place."""

from standin.ids import gid, number

SYSTEM = ("To do", "In progress", "Done", "Won't do", "Duplicate")
"""GitLab's own, by their numbers from 1 on. A group's own begin as these."""
OPEN_DEFAULT, CLOSED_DEFAULT = "To do", "Done"
CATEGORIES = {"to do": "TO_DO", "done": "DONE", "won't do": "CANCELED", "duplicate": "CANCELED", "triage": "TRIAGE"}
CLOSING = frozenset({"DONE", "CANCELED"})
"""An item whose Status is of such a category is closed."""


class SystemDefined(str):
    """The name of one of GitLab's own, where it stands for itself and not for the group's that was made of it."""

    __slots__ = ()


def category(name: str) -> str:
    """GitLab's category of a Status."""
    return CATEGORIES.get(name.casefold(), "IN_PROGRESS")


def status_gid(name: str) -> str:
    """A Status's global id."""
    if isinstance(name, SystemDefined):
        return gid("WorkItems::Statuses::SystemDefined::Status", SYSTEM.index(name) + 1)
    return gid("WorkItems::Statuses::Custom::Status", number("status", name))
