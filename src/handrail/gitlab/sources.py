"""A source as it is read: one path, one label at the most. Several labels of a handbook's source are several of these.

GitLab's filters take items with all of the labels that they name; a source's labels narrow it to items with any.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from handrail.handbook.schema import Source as Stated

ELSEWHERE = "elsewhere"
"""The name under which items outside the sources are kept that are a team member's."""


@dataclass(frozen=True, order=True)
class Source:
    """A project's or group's path, the label that its items must carry, if any, and whether only epics are read."""

    path: str
    label: str = ""
    only_epics: bool = False

    @property
    def name(self) -> str:
        """How it is called where the reading's progress is kept, and to people."""
        path = f"{self.path}&" if self.only_epics else self.path
        return f"{path}~{self.label}" if self.label else path

    def holds(self, ref: str) -> bool:
        """Whether an item of that reference is read here, as far as a reference can tell: not if there is a label."""
        return not self.label and self.spans(ref)

    def spans(self, subject: str) -> bool:
        """Whether an item of that reference, or a project of that path, may be read here, by its label or without."""
        if self.only_epics and "&" not in subject:
            return False
        return subject == self.path or subject.startswith(tuple(self.path + sign for sign in "/#!&@"))


def sources(stated: Iterable[Stated]) -> tuple[Source, ...]:
    """What a handbook's sources are to the reader, each once, in the handbook's order."""
    found = [
        Source(source.path, label, source.only == "epics") for source in stated for label in source.labels or ("",)
    ]
    return tuple(dict.fromkeys(found))
