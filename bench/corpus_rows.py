"""The corpus as it lies beside the project: a JSON object for each merge, and who is behind each pseudonym."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from msgspec import Struct

from handrail.errors import UserError

FILES = ("omnibus_gitlab_mrs.ndjson", "charts_gitlab_mrs.ndjson")
USERS = "users.json"


class User(Struct, frozen=True):
    """A pseudonym: one for each e-mail address, so that one person may have several."""

    username: str
    bot: bool = False
    gitlab_team_email_domain: bool = False


class Row(Struct, frozen=True):
    """A merge commit, as far as the conversion reads it. What is null was not in the commit."""

    iid: int
    project: str
    title: str
    target_branch: str
    merged_at: datetime
    merged_by: str
    author: str | None
    reviewers: tuple[str, ...] = ()
    approved_by: tuple[str, ...] = ()
    first_commit_authored_at: datetime | None = None
    presquash_first_commit_authored_at: datetime | None = None
    security_mirror: bool = False
    other_project: bool = False

    @property
    def started_at(self) -> datetime:
        """The first commit, from before the squash where that is known; never after the merge."""
        first = self.presquash_first_commit_authored_at or self.first_commit_authored_at or self.merged_at
        return min(first, self.merged_at).astimezone(UTC)

    @property
    def ended_at(self) -> datetime:
        """The merge."""
        return self.merged_at.astimezone(UTC)

    @property
    def involved(self) -> set[str]:
        """Whoever wrote, reviewed, approved or merged it."""
        return {self.author or "", *self.reviewers, *self.approved_by, self.merged_by}


@dataclass(frozen=True)
class Rows:
    """The rows that are merge requests of their project, each once, and how many were left out, by the reason."""

    kept: tuple[Row, ...]
    users: Mapping[str, User]
    left_out: Mapping[str, int]


def read(folder: Path) -> Rows:
    """The corpus in ``folder``. Raises UserError where a file is missing or not what it should be."""
    try:
        users = msgspec.json.decode((folder / USERS).read_bytes(), type=list[User])
        decode = msgspec.json.Decoder(Row).decode
        rows = [decode(line) for name in FILES for line in (folder / name).read_bytes().splitlines()]
    except OSError as error:
        raise UserError(f"{error.filename} cannot be read: {error.strerror}") from error
    except msgspec.MsgspecError as error:
        raise UserError(f"{folder} does not hold the corpus as expected: {error}") from error
    return sorted_out(rows, {user.username: user for user in users})


def sorted_out(rows: Iterable[Row], users: Mapping[str, User]) -> Rows:
    """The rows by project and number, without those that no fact of a merge request can be made of."""
    left_out = dict.fromkeys((OTHER_PROJECT, NO_AUTHOR, TWICE), 0)  # in the order in which the reasons are looked for
    kept: dict[tuple[str, int], Row] = {}
    for row in sorted(rows, key=lambda row: (row.project, row.iid, row.merged_at)):
        reason = next(_reasons(row, kept), None)
        if reason is None:
            kept[row.project, row.iid] = row
        else:
            left_out[reason] += 1
    return Rows(tuple(kept.values()), users, left_out)


OTHER_PROJECT = "its number belongs to another project (security mirror, former home)"
NO_AUTHOR = "neither its author nor its first commit is known"
TWICE = "a second merge commit of the same merge request"


def _reasons(row: Row, kept: Mapping[tuple[str, int], Row]) -> Iterator[str]:
    if row.security_mirror or row.other_project:
        yield OTHER_PROJECT
    if row.author is None:
        yield NO_AUTHOR
    if (row.project, row.iid) in kept:
        yield TWICE
