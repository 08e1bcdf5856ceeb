"""What the numbers in system notes mean: learnt from the pages, asked for where they do not tell."""

from collections.abc import Mapping

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

    def of(self, path: str, *, is_group: bool = False) -> Names:
        """What numbers mean in the notes of a project's or group's items."""
        place = f"/{'groups' if is_group else 'projects'}/{project_path(path)}"
        return Names(lambda number: self._label(place, number), lambda number: self._milestone(place, number))

    def _label(self, place: str, number: str) -> str | None:
        if number not in self._labels:
            try:
                self._labels[number] = self._connection.rest_one(f"{place}/labels/{number}")["name"]
            except LostError:  # deleted since
                self._labels[number] = None
        return self._labels[number]

    def _milestone(self, place: str, number: str) -> str | None:
        if place not in self._milestones:
            try:
                listed = list(self._connection.rest(f"{place}/milestones"))
            except LostError:
                listed = []
            self._milestones[place] = {str(milestone["iid"]): milestone["title"] for milestone in listed}
        return self._milestones[place].get(number)
