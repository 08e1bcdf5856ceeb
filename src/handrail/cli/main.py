"""The command line's frame: global options, and which facts and handbook they name."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import click

from handrail.errors import UserError

if TYPE_CHECKING:
    from handrail.handbook.schema import Handbook
    from handrail.model.facts import Facts
    from handrail.rules.work_queue import WorkQueue
    from handrail.store.database import Store

COMMANDS = {
    "next": "handrail.cli.next_work:next_work",
    "explain": "handrail.cli.explain:explain",
    "waiting": "handrail.cli.lists:waiting",
    "triage": "handrail.cli.lists:triage",
    "check": "handrail.cli.handbook:check",
    "handbook": "handrail.cli.handbook:handbook",
    "snapshot": "handrail.cli.snapshot:snapshot",
    "sync": "handrail.cli.sync:sync",
}
DEMO_SIZE = 600


class Lazy(click.Group):
    """A group whose commands' modules are imported when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """In the order in which a newcomer needs them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click's
        """The command, imported now; None for a name that is none."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name].partition(":")
        found = getattr(import_module(module), name)
        assert isinstance(found, click.Command)
        return found


@dataclass(frozen=True)
class Chosen:
    """What the global options choose."""

    snapshot: Path | None
    demo: bool
    size: int
    people: int
    handbook_file: Path | None
    store_at: str | None = None

    @cached_property
    def facts(self) -> "Facts":
        """The facts to run on: the named ones, else what the store holds."""
        if self.snapshot and self.demo:
            raise UserError("--snapshot and --demo name two sources of facts: leave one of them away.")
        if self.snapshot:
            from handrail.store.snapshot_file import SnapshotFile

            return SnapshotFile(self.snapshot)
        if self.demo:
            from handrail.demo import DemoTeam

            return DemoTeam(self.size, self.people)
        return self._store.facts(now())

    @cached_property
    def _store(self) -> "Store":
        return self.store(create=False)

    def store(self, *, create: bool) -> "Store":
        """The store. Raises UserError where there is none yet, unless it is to be made."""
        from handrail.store.database import Store

        if self.store_at:
            return Store.open(self.store_at, create=create)
        file = data_folder() / "store.sqlite"
        if create:
            try:
                file.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise UserError(
                    f"{file.parent} cannot be made ({error.strerror}): name another place with --store."
                ) from error
        elif not file.exists():
            raise UserError(
                "No facts to decide on: try it on the demo team with --demo, name a file with --snapshot FILE, or read "
                "your GitLab with “handrail sync”."
            )
        return Store.open(file, create=create)

    @cached_property
    def handbook(self) -> "Handbook":
        """The handbook: the named file's, else the bundled one."""
        from handrail.handbook.compiled import read

        return read(self.handbook_file, cache_folder())

    def queue(self, at: str | None) -> "WorkQueue":
        """The work queue of the facts, now or at the moment that ``at`` names."""
        from handrail.engine.assemble import assemble
        from handrail.rules.work_queue import WorkQueue

        moment = self.moment(at)
        handbook = self.handbook
        if not self.snapshot and not self.demo:
            handbook = self._with_members(handbook)
            self._say_gaps(moment)
        return WorkQueue(assemble(self.facts, handbook, moment), handbook)

    def _with_members(self, handbook: "Handbook") -> "Handbook":
        """The handbook with the members whom GitLab knows where it names nobody itself."""
        if handbook.people:
            return handbook
        from dataclasses import replace

        from handrail.model.people import Person

        team = handbook.team
        people = {
            account.username: Person(account.name, team.zone, team.hours, team.days, team.country, team.subdivision)
            for account in self._store.facts(now()).accounts().values()
            if account.state == "active" and not account.bot and account.username not in team.bots
        }
        if people:
            click.echo(
                f"The handbook names no people: these are the {len(people)} members that GitLab knows, in the "
                "team's hours. Add people: to your handbook for their own.",
                err=True,
            )
        return replace(handbook, people=people)

    def _say_gaps(self, moment: datetime | None) -> None:
        """What the past lacks: before the first reading, closed items have only what a listing tells of them."""
        first = max(self._store.known_since().values(), default=None)
        if moment and first and moment < first:
            click.echo(
                f"GitLab was first read on {first:%Y-%m-%d %H:%M} UTC. Before that, merge requests that were closed by "
                "then lack their label and milestone history, and what was deleted or moved is missing.",
                err=True,
            )

    def moment(self, text: str | None) -> datetime | None:
        """An instant as a person writes it; without a zone it is in the team's, a date alone is its first instant."""
        if text is None:
            return None
        from zoneinfo import ZoneInfo

        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            raise UserError(
                f"“{text}” is no moment: write 2026-06-02 or 2026-06-02T10:12, with Z or an offset if needed."
            ) from None
        return at if at.tzinfo else at.replace(tzinfo=ZoneInfo(self.handbook.team.zone))


def now() -> datetime:
    """The present; HANDRAIL_NOW stands for it where facts of another time are shown, as `make run` does."""
    said = os.environ.get("HANDRAIL_NOW")
    if said:
        try:
            at = datetime.fromisoformat(said)
        except ValueError:
            raise UserError(f"HANDRAIL_NOW is “{said}”, which is no moment: write 2026-06-02T10:12Z.") from None
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    return datetime.now(UTC)  # noqa: TID251  # the one look at the clock: what is stored is judged as of now


def data_folder() -> Path:
    """Where the store is unless another place is named."""
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "handrail"


def cache_folder() -> Path:
    """Where compiled handbooks are kept: the user's cache."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "handrail"


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="handrail", message="handrail %(version)s")
@click.option(
    "--snapshot",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Decide on the facts of a snapshot file.",
)
@click.option("--demo", is_flag=True, help="Decide on the simulated demo team.")
@click.option("--size", default=DEMO_SIZE, show_default=True, metavar="N", help="How many items the demo team has.")
@click.option("--people", default=14, show_default=True, metavar="N", help="How many people the demo team has.")
@click.option(
    "--handbook",
    "handbook_file",
    type=click.Path(path_type=Path),
    envvar="HANDRAIL_HANDBOOK",
    show_envvar=True,
    metavar="FILE",
    help="The team's handbook; without it the bundled one.",
)
@click.option(
    "--store",
    "store_at",
    envvar="HANDRAIL_STORE",
    show_envvar=True,
    metavar="PLACE",
    help="What “sync” reads into and everything else runs on: an SQLite file, or a postgresql:// URL.",
)
@click.pass_context
def cli(
    context: click.Context,
    *,
    snapshot: Path | None,
    demo: bool,
    size: int,
    people: int,
    handbook_file: Path | None,
    store_at: str | None,
) -> None:
    """Run an engineering team's handbook on GitLab: what to do next, and why."""
    context.obj = Chosen(snapshot, demo, size, people, handbook_file, store_at)


as_user = click.option(
    "--as",
    "person",
    envvar="HANDRAIL_USER",
    show_envvar=True,
    metavar="USER",
    help="Whose view: a GitLab user name.",
)
at_moment = click.option(
    "--at",
    metavar="TIME",
    help="Decide as of this moment: a date or a time, in the team's zone unless it has its own.",
)
as_json = click.option("--json", "json_wanted", is_flag=True, help="Print JSON.")


def known_person(queue: "WorkQueue", person: str | None) -> str:
    """The person meant, checked against the team. Raises UserError with the nearest names."""
    from difflib import get_close_matches

    people = queue.snapshot.people
    if person is None:
        raise UserError(f"Who are you? Say --as USER, or set HANDRAIL_USER. The team: {', '.join(sorted(people))}.")
    name = person.removeprefix("@")
    if name not in people:
        near = get_close_matches(name, people, 1)
        hint = f"did you mean {near[0]}?" if near else f"the team: {', '.join(sorted(people))}."
        raise UserError(f"Nobody of the team is called “{name}”: {hint}")
    return name
