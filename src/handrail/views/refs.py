"""References as a team says them, and as GitLab has them."""

import re

from handrail.handbook.schema import Handbook
from handrail.model.queue import Subject

_ADDRESS = re.compile(
    r"^https?://[^/]+/(?:groups/)?(?P<path>.+?)/-/(?P<kind>issues|work_items|merge_requests|epics)/(?P<number>\d+)"
)


class Refs:
    """References as the team says them: a source's name in place of its project's path."""

    def __init__(self, handbook: Handbook) -> None:
        self._names = {source.path: name for name, source in handbook.sources.items()}

    def short(self, item: Subject) -> str:
        """``omnibus!7421`` for ``gitlab-org/omnibus-gitlab!7421``; the last two parts of an unknown path."""
        name = self._names.get(item.project) or item.project.rpartition("/")[2]
        return name + item.ref[len(item.project) :]

    def shortened(self, subject: str) -> str:
        """The same of a reference, or of a path, as text; what is neither stays as it is."""
        for path, name in self._names.items():
            if subject.startswith(path) and subject[len(path) : len(path) + 1] in {"", "#", "!", "&", "@"}:
                return name + subject[len(path) :]
        return subject

    def full(self, ref: str) -> str:
        """The full reference for a short one or for an item's address; a full one stays."""
        address = _ADDRESS.search(ref)
        if address:
            sigil = {"issues": "#", "work_items": "#", "merge_requests": "!", "epics": "&"}[address["kind"]]
            return address["path"] + sigil + address["number"]
        for path, name in self._names.items():
            if ref[: len(name)].casefold() == name.casefold() and ref[len(name) : len(name) + 1] in {
                "#",
                "!",
                "&",
                "@",
            }:
                return path + ref[len(name) :]
        return ref
