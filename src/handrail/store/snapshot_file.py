"""Snapshot files: the facts of a team as JSON Lines, one value a line (docs/snapshot-files.md).

The first line is the header, then people, logs of rotations, requests to whoever is on duty, projects, milestones and
pipelines, then the items, each followed by its history if it has one. A file says in its header whether its items carry
their derived instants; if not, they are read off the histories.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import IO

import msgspec
from msgspec import Struct

from handrail.errors import UserError
from handrail.handbook.people_problems import person_problems
from handrail.model.asked import Asked
from handrail.model.derive import derived
from handrail.model.duty import LogEntry
from handrail.model.facts import Facts, Team, is_wanted
from handrail.model.history import Event
from handrail.model.items import Epic, Issue, Item, MergeRequest
from handrail.model.people import Person
from handrail.model.planning import Milestone, Pipeline, Project
from handrail.model.support import Published, Support, Tracking
from handrail.store.snapshot_checks import (
    EARLIEST,
    LATEST,
    in_words,
    unlikely,
    wrong_asked,
    wrong_events,
    wrong_log,
    wrong_milestone,
    wrong_team,
    wrong_with,
)

VERSION = 1


class Header(Struct, frozen=True, omit_defaults=True, tag_field="kind", tag="snapshot", forbid_unknown_fields=True):
    """The first line: the format's version, the instant of the facts, and whether items carry derived instants."""

    version: int
    now: datetime
    derived: bool = False
    has_past: bool = True
    """False: histories or closed items were left away."""


class People(Struct, frozen=True, tag_field="kind", tag="people", forbid_unknown_fields=True):
    """People by user name."""

    people: dict[str, Person]


class Duty(Struct, frozen=True, tag_field="kind", tag="duty", forbid_unknown_fields=True):
    """The log of a rotation."""

    rotation: str
    log: tuple[LogEntry, ...]


class Requests(Struct, frozen=True, tag_field="kind", tag="asked", forbid_unknown_fields=True):
    """Requests to whoever is on duty."""

    asked: tuple[Asked, ...]


class History(Struct, frozen=True, tag_field="kind", tag="history", forbid_unknown_fields=True):
    """The events of the item on the line before."""

    ref: str
    events: tuple[Event, ...]


Line = (
    Header
    | People
    | Duty
    | Requests
    | Project
    | Milestone
    | Pipeline
    | Published
    | Support
    | Tracking
    | Issue
    | MergeRequest
    | Epic
    | History
)
_decode = msgspec.json.Decoder(Line).decode
_HISTORY = b'{"kind":"history"'
_OVER = re.compile(rb'"state":"(?:closed|merged)"').search
"""Quotes inside a JSON string are escaped, so that these bytes are an item's state wherever they stand."""


_CLOSED_ON = re.compile(rb'"closed_at":"(\d{4}-\d{2}-\d{2})T')


class SnapshotFile:
    """Facts from a snapshot file. Everything wrong with a line is a UserError that names the file and the line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._head_lines = 0

    def team(self) -> Team:
        """The header and the lines before the first item."""
        return self._head[1]

    def items(
        self, *, histories: bool, closed: bool, closed_since: datetime | None = None
    ) -> Iterator[tuple[Item, Sequence[Event]]]:
        """The items in the file's order, each once."""
        header, team = self._head
        wanted = histories or not header.derived
        seen: set[str] = set()
        for number, item, events in self._pairs(histories=wanted, closed=closed, closed_since=closed_since):
            if item.ref in seen:
                raise self._problem(number, f"{item.ref} stands here a second time: remove one of the two lines")
            seen.add(item.ref)
            self._check(number, item, events, team.now)
            if not is_wanted(item, closed=closed, closed_since=closed_since):
                continue
            yield (
                (item if header.derived or not events else derived(item, events)),
                events if histories else (),
            )

    def history(self, ref: str) -> Sequence[Event]:
        """The item's events; none where the file has none."""
        mark = msgspec.json.encode(ref)
        for number, line in self._lines():
            if mark in line:
                found = self._read(number, line)
                if isinstance(found, History) and found.ref == ref:
                    self._check_events(number, found)
                    return found.events
        return ()

    def problems(self) -> Iterator[str]:
        """Everything that is wrong with the file, line by line; the reading itself stops at the first."""
        wrong: list[str] = []
        header, team = self._read_head(wrong)
        yield from wrong
        wrong.clear()
        for name, person in team.people.items():
            yield from (f"{self.path}: {name}: {says}" for _, says in person_problems(person))
        seen: dict[str, int] = {}
        milestones = {milestone.title for milestone in team.milestones}
        for number, item, events in self._pairs(histories=True, closed=True, wrong=wrong):
            if item.ref in seen:
                yield self._says(number, f"{item.ref} stands on line {seen[item.ref]} already: remove one of the two")
            seen.setdefault(item.ref, number)
            try:
                self._check(number, item, events, team.now)
            except UserError as error:
                yield from error.problems
            else:
                if problem := unlikely(item, milestones):
                    yield self._says(number, f"{item.ref}: {problem}")
                if header.derived and events and derived(item, events) != item:
                    yield self._says(
                        number,
                        f"{item.ref}'s instants do not follow from its history: remove “derived” from the header, "
                        "so that they are read off it, or export the file again",
                    )
            yield from wrong
            wrong.clear()
        yield from wrong

    @cached_property
    def _head(self) -> tuple[Header, Team]:
        return self._read_head(None)

    def _read_head(  # noqa: C901, PLR0912  # a case for each kind of line
        self, wrong: list[str] | None
    ) -> tuple[Header, Team]:
        """The lines before the first item; ``wrong`` takes what is wrong with those after the header, else raised."""
        header: Header | None = None
        people: dict[str, Person] = {}
        projects: list[Project] = []
        milestones: list[Milestone] = []
        pipelines: list[Pipeline] = []
        duty: dict[str, tuple[LogEntry, ...]] = {}
        asked: list[Asked] = []
        upstream: list[Published | Support | Tracking] = []
        for number, line in self._lines():
            try:
                found = self._read(number, line)
                if header is None:
                    header = self._header(number, found)
                    self._head_lines = number
                    continue
                match found:
                    case Header():
                        self._refuse(number, "a second header: a file holds one snapshot; split it into two files")
                    case People():
                        self._refuse(number, wrong_team(line, found.people))
                        people |= found.people
                    case Duty(rotation, log):
                        self._refuse(number, wrong_log(log))
                        duty[rotation] = log
                    case Requests():
                        asked += found.asked
                        self._refuse(number, wrong_asked(asked, header.now))
                    case Project():
                        projects.append(found)
                    case Milestone():
                        self._refuse(number, wrong_milestone(found))
                        milestones.append(found)
                    case Pipeline():
                        pipelines.append(found)
                    case Published() | Support() | Tracking():
                        upstream.append(found)
                    case _:
                        break
            except UserError as error:
                if wrong is None or header is None:
                    raise
                wrong += error.problems
            self._head_lines = number
        if header is None:
            raise UserError(f"{self.path} is empty: write one with “handrail --demo snapshot export FILE”")
        return header, Team(
            header.now,
            people,
            tuple(projects),
            tuple(milestones),
            tuple(pipelines),
            duty,
            asked=tuple(asked),
            published=tuple(one for one in upstream if isinstance(one, Published)),
            support=tuple(one for one in upstream if isinstance(one, Support)),
            tracking=tuple(one for one in upstream if isinstance(one, Tracking)),
            has_past=header.has_past,
        )

    def _header(self, number: int, found: Line) -> Header:
        if not isinstance(found, Header):
            raise self._problem(number, "the first line is no snapshot header: is this a snapshot file?")
        if found.version > VERSION:
            raise self._problem(
                number,
                f"a snapshot of version {found.version}, this Handrail reads up to {VERSION}: upgrade Handrail",
            )
        if found.now.tzinfo is None:
            raise self._problem(number, "“now” has no zone: end it with Z or an offset")
        if not EARLIEST <= found.now.year <= LATEST:
            raise self._problem(number, f"“now” is out of reach: name a moment from {EARLIEST} to {LATEST}")
        return found

    def _pairs(
        self,
        *,
        histories: bool,
        closed: bool,
        closed_since: datetime | None = None,
        wrong: list[str] | None = None,
    ) -> Iterator[tuple[int, Item, Sequence[Event]]]:
        """Each item with its line's number and the history that follows it.

        ``wrong`` takes what is wrong with a line, which is passed over then; without it the first is raised.
        """
        pending: tuple[int, Item] | None = None
        passed_over = False
        # A day early: the line may tell its time in any zone.
        first_day = f"{closed_since - timedelta(days=1):%Y-%m-%d}".encode() if closed_since else b""
        for number, line in self._lines():
            if line.startswith(_HISTORY) and (passed_over or not histories):
                continue
            try:
                found = None if _is_over(line, closed=closed, first_day=first_day) else self._read(number, line)
                if isinstance(found, History):
                    if passed_over:
                        continue
                    if pending is None or pending[1].ref != found.ref:
                        raise self._problem(number, f"the history of {found.ref} does not follow its item's line")
                    self._check_events(number, found)
                    yield *pending, found.events
                    pending = None
                    continue
                if found is not None and not isinstance(found, Item) and number > self._head_lines:
                    raise self._problem(
                        number,
                        "people, logs, requests, projects, milestones and the like come before the items",
                    )
            except UserError as error:
                if wrong is None:
                    raise
                wrong += error.problems if number > self._head_lines else ()
                found = None
            if pending is not None:
                yield *pending, ()
                pending = None
            passed_over = found is None
            if isinstance(found, Item):
                pending = number, found
        if pending is not None:
            yield *pending, ()

    def _lines(self) -> Iterator[tuple[int, bytes]]:
        try:
            with self.path.open("rb") as file:
                for number, line in enumerate(file, 1):
                    if not line.isspace():
                        yield number, line
        except OSError as error:
            raise UserError(f"{self.path} cannot be read: {error.strerror}") from error

    def _read(self, number: int, line: bytes) -> Line:
        try:
            found: Line = _decode(line)
        except msgspec.ValidationError as error:
            raise self._problem(number, in_words(error)) from error
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            cut = "" if line.endswith(b"\n") else ", and the file ends here: it was cut off; copy or export it again"
            raise self._problem(number, f"not a line of JSON{cut}") from error
        return found

    def _check(self, number: int, item: Item, events: Sequence[Event], now: datetime) -> None:
        self._refuse(number, wrong_with(item, events, now), item.ref)

    def _check_events(self, number: int, history: History) -> None:
        self._refuse(number, wrong_events(history.events), history.ref)

    def _refuse(self, number: int, problem: str | None, ref: str = "") -> None:
        if problem:
            raise self._problem(number, f"{ref}: {problem}" if ref else problem)

    def _says(self, number: int, what: str) -> str:
        return f"{self.path}:{number}: {what}"

    def _problem(self, number: int, what: str) -> UserError:
        return UserError(self._says(number, what))


def _is_over(line: bytes, *, closed: bool, first_day: bytes) -> bool:
    """Whether the line is an item's that ended, and that nobody asked for: seen without decoding it."""
    if not _OVER(line):
        return False
    ended = _CLOSED_ON.search(line)
    return not closed or bool(first_day and ended and ended[1] < first_day)


def write(path: Path, facts: Facts, *, histories: bool = True, closed: bool = True) -> int:
    """Write the facts to a new file, whole or not at all, and return the number of items."""
    team = facts.team()
    part = path.with_name(path.name + ".part")
    try:
        with part.open("wb") as file:
            has_past = team.has_past and histories and closed
            _write_lines(file, [Header(VERSION, team.now, derived=True, has_past=has_past)])
            _write_lines(file, [People(dict(team.people))] if team.people else [])
            _write_lines(file, [Duty(rotation, log) for rotation, log in team.duty.items()])
            _write_lines(file, [Requests(team.asked)] if team.asked else [])
            _write_lines(file, [*team.projects, *team.milestones, *team.pipelines])
            _write_lines(file, [*team.published, *team.support, *team.tracking])
            count = _write_items(file, facts.items(histories=histories, closed=closed))
        part.replace(path)
    except OSError as error:
        raise UserError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        part.unlink(missing_ok=True)
    return count


def _write_items(file: IO[bytes], items: Iterable[tuple[Item, Sequence[Event]]]) -> int:
    count = 0
    for item, events in items:
        _write_lines(file, [item, History(item.ref, tuple(events))] if events else [item])
        count += 1
    return count


def _write_lines(file: IO[bytes], lines: Iterable[Line]) -> None:
    for line in lines:
        file.write(_encode(line) + b"\n")


_encode = msgspec.json.Encoder().encode
