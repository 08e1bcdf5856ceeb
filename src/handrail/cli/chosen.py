"""What a command runs on: the facts and the handbook that the options choose, whose view, and which moment."""

import os
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import click

from handrail.errors import UserError
from handrail.views.aside import NOTHING_ASIDE, Aside, aside_of

if TYPE_CHECKING:
    from handrail.handbook.schema import Handbook
    from handrail.model.facts import Facts
    from handrail.model.plans import Known, Plan
    from handrail.model.snapshot import Snapshot
    from handrail.rules.work_queue import WorkQueue
    from handrail.store.database import Store


DEMO_SIZE, DEMO_PEOPLE = 600, 14
"""The demo team's items and people unless others are asked for."""
_PASSWORD = re.compile(r"(://[^:/@]*):[^@]*@")


@dataclass(frozen=True)
class Chosen:
    """What the global options choose."""

    snapshot: Path | None
    demo: bool
    size: int
    people: int
    handbook_file: Path | None
    store_at: str | None = None

    @property
    def program(self) -> str:
        """How a hint names the program, so that what it says runs on the same facts and by the same handbook.

        As it was called, where a shell would not find it by its name, with the global options that were typed; what
        stands in the environment stands there still. A password is not shown again.
        """
        from shutil import which

        called = sys.argv[0]
        said = called if Path(called).name == "handrail" and which("handrail") != called else "handrail"
        root = click.get_current_context().find_root()
        for option in root.command.params:
            name = str(option.name)
            if root.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE:
                said += _PASSWORD.sub(r"\1:…@", typed((option.opts[0], root.params[name])))
        return said

    @cached_property
    def facts(self) -> "Facts":
        """The facts to run on: the named ones, else what the store holds."""
        if self.snapshot and self.demo:
            raise UserError("--snapshot and --demo name two sources of facts: leave one of them away.")
        if not self.demo and (self.size, self.people) != (DEMO_SIZE, DEMO_PEOPLE):
            raise UserError("--size and --people are the demo team's: say --demo with them, or leave them away.")
        if self.snapshot:
            from handrail.store.snapshot_file import SnapshotFile

            return SnapshotFile(self.snapshot)
        if self.demo:
            from handrail.demo import DemoTeam

            return DemoTeam(self.size, self.people)
        return self.opened_store.facts(now())

    @cached_property
    def opened_store(self) -> "Store":
        """The store that is there, closed when the command ends. Raises UserError where there is none.

        And where the facts are others: what somebody does while they look at those would befall the real team.
        """
        self.only_stored()
        store = self.store(create=False)
        click.get_current_context().find_root().call_on_close(store.close)
        return store

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
        return read_handbook(self.handbook_file)

    def queue(self, at: str | None) -> "WorkQueue":
        """The work queue of the facts, now or at the moment that ``at`` names."""
        from handrail.rules.work_queue import WorkQueue

        handbook = self.peopled(self.handbook)
        return WorkQueue(self.snapshot_at(at, handbook), handbook)

    def snapshot_at(self, at: str | None, handbook: "Handbook", *, closed: bool = False) -> "Snapshot":
        """The facts as they are, or were at the moment that ``at`` names; ``closed``: with what ended lately."""
        from handrail.engine.assemble import assemble
        from handrail.store.kept_holidays import KeptHolidays
        from handrail.worktime.public_holidays import public_holidays

        moment = self.moment(at)
        if self.is_stored:
            self._say_gaps(moment)
        known = KeptHolidays(cache_folder(), public_holidays)
        return assemble(self.facts, handbook, moment, known, closed=closed)

    def known(self, at: str | None = None) -> "Known | None":
        """What earlier plans had come to, now or at the moment that ``at`` names; of the store's facts alone."""
        moment = self.moment(at)
        return self.opened_store.journal.known(moment or now(), moment) if self.is_stored else None

    def bound(self, made: "Plan") -> "Plan":
        """The plan for the GitLab that the store was read from; of other facts it stays one to look at."""
        from msgspec.structs import replace

        return replace(made, gitlab=self.opened_store.origin) if self.is_stored else made

    def aside(self, username: str) -> Aside:
        """What somebody has put aside, and what was kept from being said to them; of the store's facts alone."""
        return aside_of(self.opened_store, username, now()) if self.is_stored else NOTHING_ASIDE

    @property
    def is_stored(self) -> bool:
        """Whether the facts are the store's."""
        return not self.snapshot and not self.demo

    def only_stored(self) -> None:
        """Raises UserError where the facts are not the store's: what they tell of cannot be changed."""
        if not self.is_stored:
            raise UserError(
                "Only what was read from a GitLab can be changed there: leave --demo and --snapshot away, and read "
                "your GitLab with “handrail sync”."
            )

    def only_read(self) -> None:
        """Raises UserError where the store's facts are none yet: that nothing waits would be a wrong answer."""
        if self.is_stored and not self.opened_store.sources():
            place = self.opened_store.place
            raise UserError(f"Nothing was read into {place} yet: “{self.program} sync” reads your GitLab.")

    def peopled(self, handbook: "Handbook") -> "Handbook":
        """The handbook; of the store's facts with the members whom GitLab knows, where it names nobody itself."""
        return self._with_members(handbook) if self.is_stored else handbook

    def _with_members(self, handbook: "Handbook") -> "Handbook":
        """The handbook with the members whom GitLab knows where it names nobody itself."""
        if handbook.people:
            return handbook
        from handrail.engine.members import with_members

        found = with_members(handbook, self.opened_store.facts(now()))
        if found.people:
            click.echo(
                f"The handbook names no people: these are the {len(found.people)} members that GitLab knows, in the "
                "team's hours. Add people: to your handbook for their own.",
                err=True,
            )
        return found

    def _say_gaps(self, moment: datetime | None) -> None:
        """What the past lacks: before the first reading, closed items have only what a listing tells of them."""
        first = max(self.opened_store.known_since().values(), default=None)
        if moment and first and moment < first:
            click.echo(
                f"GitLab was first read on {first:%Y-%m-%d %H:%M} UTC. Before that, merge requests that were closed by "
                "then lack their label and milestone history, and what was deleted or moved is missing.",
                err=True,
            )

    def moment(self, text: str | None, zone: str = "") -> datetime | None:
        """An instant as a person writes it; without an offset it is in ``zone``, or the team's.

        A date alone is its first instant.
        """
        if text is None:
            return None
        from handrail.views.moments import moment

        return moment(text, zone or self.handbook.team.zone)


def read_handbook(path: Path | None) -> "Handbook":
    """The handbook of a file, or the bundled one, through its compiled copy."""
    from handrail import rules
    from handrail.handbook.compiled import read

    def whole() -> type["Handbook"]:
        from handrail.rules.catalogue import whole_handbook

        return whole_handbook()

    return read(path, cache_folder(), whole, sorted(Path(rules.__path__[0]).glob("*.py")))


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


def clock() -> Callable[[], datetime]:
    """The present as it goes on, for what stays running; it begins at HANDRAIL_NOW where that is said."""
    from time import perf_counter

    began, ticks = now(), perf_counter()
    return (lambda: began + timedelta(seconds=perf_counter() - ticks)) if os.environ.get("HANDRAIL_NOW") else now


def data_folder() -> Path:
    """Where the store is unless another place is named."""
    base = os.environ.get("XDG_DATA_HOME")
    return (Path(base) if base else Path.home() / ".local" / "share") / "handrail"


def cache_folder() -> Path:
    """Where compiled handbooks are kept: the user's cache."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "handrail"


def typed(*options: tuple[str, object]) -> str:
    """Options as a shell takes them, each with a space before it; without those that say nothing."""
    from shlex import quote

    return "".join(f" {name}" if value is True else f" {name} {quote(str(value))}" for name, value in options if value)


def quoted(ref: str) -> str:
    """A reference as a shell takes it: ! and & mean something there, # within a word does not."""
    from shlex import quote

    return ref if quote(bare := ref.replace("#", "")) == bare else quote(ref)


as_user = click.option(
    "--as",
    "person",
    envvar="HANDRAIL_USER",
    show_envvar=True,
    metavar="USER",
    help="Who you are, or whose view it is to be: a GitLab user name.",
)
at_moment = click.option(
    "--at",
    metavar="TIME",
    help="Decide as of this moment: a date or a time, in the team's zone unless it has its own.",
)
as_json = click.option("--json", "json_wanted", is_flag=True, help="Print JSON.")


def people(count: int) -> str:
    """So many people."""
    return "1 person" if count == 1 else f"{count} people"


def known_person(snapshot: "Snapshot", person: str | None) -> str:
    """The person meant, checked against the team. Raises UserError with the nearest names."""
    from difflib import get_close_matches

    from handrail.model.people import spelled

    people = snapshot.people
    if person is None:
        raise UserError(f"Who are you? Say --as USER, or set HANDRAIL_USER. The team: {', '.join(sorted(people))}.")
    known = spelled(person, people)
    if known is None:
        name = person.removeprefix("@")
        near = get_close_matches(name.casefold(), people, 1)
        hint = f"did you mean {near[0]}?" if near else f"the team: {', '.join(sorted(people))}."
        raise UserError(f"Nobody of the team is called “{name}”: {hint}")
    return known
