"""What the numbers in system notes mean: learnt from the pages, asked for where they do not tell."""

from collections.abc import Mapping
from typing import Any

from handrail.gitlab.connection import Connection, LostError, project_path
from handrail.gitlab.system_notes import Names


class Numbers:
    """The labels and milestones that were seen on one GitLab, for as long as a reading takes."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._labels: dict[str, str | None] = {}
        self._milestones: dict[str, dict[str, str]] = {}

    def learn(self, titles: Mapping[str, str]) -> None:
        """Titles of labels by number."""
        self._labels |= titles

    def of(self, path: str) -> Names:
        """What numbers mean in the notes of a project's or group's items."""
        return Names(lambda number: self._label(path, number), lambda number: self._milestone(path, number))

    def _label(self, path: str, number: str) -> str | None:
        if number not in self._labels:
            label = self._one(f"{_place(path)}/labels/{number}")
            self._labels[number] = label["name"] if label else None
        return self._labels[number]

    def _one(self, path: str) -> dict[str, Any] | None:
        try:
            return self._connection.rest_one(path)
        except LostError:
            return None

    def _milestone(self, path: str, number: str) -> str | None:
        if path not in self._milestones:
            try:
                listed = list(self._connection.rest(f"{_place(path)}/milestones"))
            except LostError:
                listed = []
            self._milestones[path] = {str(milestone["iid"]): milestone["title"] for milestone in listed}
        return self._milestones[path].get(number)


def _place(path: str) -> str:
    return f"/projects/{project_path(path)}"
