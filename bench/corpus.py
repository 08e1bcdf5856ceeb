"""Real merge requests as a snapshot file: ``python -m bench.corpus OUT.jsonl`` (docs/corpus.md tells what is assumed).

The product knows nothing of the corpus's format: this script is one more implementation of ``model.facts.Facts``.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path

import click

from bench.corpus_rows import Row, Rows, User, read
from handrail.errors import UserError
from handrail.model.derive import derived
from handrail.model.facts import Team, is_wanted
from handrail.model.history import Deed, Event
from handrail.model.items import Item, MergeRequest, Reviewer
from handrail.model.people import Person
from handrail.model.planning import Project
from handrail.store.snapshot_file import write

FOLDER = Path(__file__).resolve().parents[2] / "shared" / "corpora" / "distribution-merge-requests"
READY = "workflow::ready for review"
COMMUNITY = "Community contribution"

RECENT = timedelta(days=3 * 365)
"""Who is of the team, and who may merge, is told from the merge requests merged this long before the last one."""
TEAMS_SHARE = 40
"""A member took part in so many of them..."""
MERGES = 10
"""... and has the company's address, or merged so many. A maintainer merged so many of the project's."""

ASSUMED = ("creation", "ready for review", "no answer yet", "office hours (9 to 17 UTC)")
"""What no row states; said in the reason of every entry."""
ASSUMED_REQUESTS = "review requests"
ASSUMED_NOBODY = "nobody asked"
ASSUMED_COMMUNITY = "from the community"


class Corpus:
    """The rows as facts. ``now`` is the last merge, at which all of them are merged: ask with ``--at``."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows.kept
        self._users = rows.users

    def team(self) -> Team:
        """Members and maintainers by what they did; no milestones or pipelines are known."""
        people = {name: Person(name, groups=()) for name in self._members}
        return Team(self._end, people, self._projects)

    def items(
        self, *, histories: bool, closed: bool, closed_since: datetime | None = None
    ) -> Iterator[tuple[Item, Sequence[Event]]]:
        """Every merge request with its events; none is open at the corpus's own end."""
        for row in self._rows if closed else ():
            item, events = self._told(row)
            if is_wanted(item, closed=closed, closed_since=closed_since):
                yield item, events if histories else ()

    def history(self, ref: str) -> Sequence[Event]:
        """One merge request's events."""
        return next((self._told(row)[1] for row in self._rows if ref == _ref(row)), ())

    def _told(self, row: Row) -> tuple[MergeRequest, list[Event]]:
        author = row.author or ""
        reviewers = [name for name in self._reviewers(row) if name != author]
        labels = (READY, COMMUNITY) if self._is_community(author) else (READY,)
        assumed = (
            *ASSUMED[:2],
            ASSUMED_REQUESTS if reviewers else ASSUMED_NOBODY,
            *ASSUMED[2:],
            *([ASSUMED_COMMUNITY] if COMMUNITY in labels else []),
        )
        approvers = tuple(name for name in reviewers if name in row.approved_by)
        item = MergeRequest(
            ref=_ref(row),
            title=row.title,
            author=author,
            created_at=row.started_at,
            state="merged",
            closed_at=row.ended_at,
            labels=labels,
            reviewers=tuple(Reviewer(name, "approved" if name in approvers else "reviewed") for name in reviewers),
            approved_by=approvers,
            target_branch=row.target_branch,
            assumed=assumed,
        )
        events = [
            *(self._event(row.started_at, author, "label_added", label) for label in labels),
            *(self._event(row.started_at, author, "review_requested", name) for name in reviewers),
            *(
                self._event(row.ended_at, name, "approved")
                if name in approvers
                else self._event(row.ended_at, name, "reviewed", "reviewed")
                for name in reviewers
            ),
            self._event(row.ended_at, row.merged_by, "merged"),
        ]
        told = derived(item, events)
        assert isinstance(told, MergeRequest)
        return told, events

    def _event(self, at: datetime, by: str, did: Deed, value: str = "") -> Event:
        return Event(at, by, did, value, bot=self._user(by).bot)

    def _reviewers(self, row: Row) -> Iterator[str]:
        """Those who reviewed or approved: people only, since a bot's review is nobody's turn."""
        for name in dict.fromkeys((*row.reviewers, *row.approved_by)):
            if not self._user(name).bot:
                yield name

    def _is_community(self, name: str) -> bool:
        user = self._user(name)
        return not user.bot and not user.gitlab_team_email_domain and name not in self._trusted

    def _user(self, name: str) -> User:
        return self._users.get(name) or User(name)

    @cached_property
    def _end(self) -> datetime:
        if not self._rows:
            raise UserError("The corpus has no merge request that can be used.")
        return max(row.ended_at for row in self._rows)

    @cached_property
    def _trusted(self) -> frozenset[str]:
        """Whoever merged or approved anything: that takes a role in the project, whatever the address."""
        return frozenset(name for row in self._rows for name in (row.merged_by, *row.approved_by))

    @cached_property
    def _recent(self) -> tuple[Row, ...]:
        return tuple(row for row in self._rows if row.ended_at > self._end - RECENT)

    @cached_property
    def _members(self) -> tuple[str, ...]:
        took_part = Counter(name for row in self._recent for name in row.involved)
        merged = Counter(row.merged_by for row in self._recent)
        return tuple(
            name
            for name, times in sorted(took_part.items())
            if times >= TEAMS_SHARE
            and not self._user(name).bot
            and (self._user(name).gitlab_team_email_domain or merged[name] >= MERGES)
        )

    @cached_property
    def _projects(self) -> tuple[Project, ...]:
        merged = Counter((row.project, row.merged_by) for row in self._recent)
        return tuple(
            Project(
                path,
                "master",
                tuple(name for (where, name), times in sorted(merged.items()) if where == path and times >= MERGES),
            )
            for path in sorted({row.project for row in self._rows})
        )


def _ref(row: Row) -> str:
    return f"{row.project}!{row.iid}"


@click.command()
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=FOLDER,
    help="Where the corpus lies; without it, in the folder of reference data beside the project.",
)
def main(out: Path, folder: Path) -> None:
    """Write the corpus of real merge requests to OUT as a snapshot file."""
    try:
        rows = read(folder)
        corpus = Corpus(rows)
        count = write(out, corpus)
    except UserError as error:
        raise click.ClickException(str(error)) from error
    team = corpus.team()
    click.echo(f"{count} merge requests and {len(team.people)} people, as of {team.now:%Y-%m-%d %H:%M} UTC: {out}")
    for reason, times in rows.left_out.items():
        click.echo(f"  {times} left out: {reason}")


if __name__ == "__main__":
    main()
