"""A small GitLab that people change while its webhooks come late, twice, in any order, or never; and one sweep at last.

What is known after the sweep has to be what it would be had no webhook ever come, and what a fresh reading knows.
"""

import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from msgspec.structs import replace

import standin
from bench.deaths import begin_anew, opened
from handrail.engine.assemble import assemble
from handrail.engine.evaluate import evaluate
from handrail.engine.inbox import drain
from handrail.engine.sync import sync
from handrail.gitlab.connection import Connection, Pace
from handrail.gitlab.histories import Team as KnownTeam
from handrail.gitlab.reader import Reader
from handrail.gitlab.sources import Source
from handrail.model.facts import Team
from handrail.model.history import Deed, Event
from handrail.model.items import Item, MergeRequest
from handrail.model.planning import Milestone, Pipeline, Project
from handrail.rules.work_queue import WorkQueue
from handrail.store.database import Store
from handrail.store.inbox import Headers
from handrail.testing import NOW, PEOPLE, PROJECT, Told, a_handbook, a_merge_request, a_reviewer, an_issue
from standin.changes import Change
from standin.comments import comment
from standin.entries import Entry
from standin.webhooks import webhooks
from standin.world import World

BOOK = a_handbook()
OWN = (Source(PROJECT),)
ELSEWHERE = "gitlab-org/charts/gitlab"
"""A project that is not read."""
NAMES = tuple(PEOPLE)
LABELS = (
    "priority::1",
    "priority::2",
    "workflow::in dev",
    "workflow::ready for review",
    "workflow::in review",
    "group::distribution",
    "Deliverable",
    "bug",
)
TITLES = ("19.1", "19.2", None)
SAID = (
    "Thanks",
    "I start on this on 2026-06-04",
    "@handrail snooze until 2026-06-05",
    "@ivo can you have a look?",
    f"@{BOOK.team.mention} could somebody have a look?",
)
ITEMS: tuple[Item, ...] = (
    an_issue(1, "priority::1", "workflow::in dev", assignees=("nadia",), author="mara", milestone="19.1"),
    an_issue(2, "priority::2", author="paul"),
    an_issue(3, "Deliverable", author="erin", status="To do"),
    an_issue(4, project=ELSEWHERE, author="timo"),
    a_merge_request(5, "workflow::ready for review", author="ivo", reviewers=(a_reviewer("nadia"),)),
    a_merge_request(6, "workflow::in dev", author="mara", assignees=("mara",), draft=True, title="Draft: mend it"),
    a_merge_request(7, author="timo", state="merged", closed_at=NOW - timedelta(hours=5)),
)


@dataclass(frozen=True)
class Step:
    """What somebody does: ``kind`` chooses among ``DOES``, the other numbers among whom, what and how."""

    kind: int
    who: int
    which: int
    what: int
    seconds: int
    """How long after the step before."""


@dataclass(frozen=True)
class Came:
    """Which webhooks come after the first stretch of a course, and which after the second, by their numbers.

    A number may come never, once or again, before or after others; one beyond the last webhook begins again with the
    first.
    """

    first: Sequence[int]
    second: Sequence[int]
    with_reader: bool
    """Whether what bodies do not tell is read at once."""


@dataclass(frozen=True)
class Course:
    """Two stretches of steps, and several ways in which their webhooks came, each to a store of its own."""

    first: Sequence[Step]
    second: Sequence[Step]
    came: Sequence[Came]
    swept_between: bool
    """Whether all stores are swept between the stretches, too."""


def facts() -> Told:
    """The GitLab as it is at first: everything was there for a day, and was asked for an hour ago."""
    asked = Event(NOW - timedelta(hours=1), "ivo", "review_requested", "nadia")
    told = tuple((item, (asked,) if item.ref == f"{PROJECT}!5" else ()) for item in ITEMS)
    projects = Project(PROJECT, "main", ("timo",)), Project(ELSEWHERE)
    return Told(told, Team(NOW, dict(PEOPLE), projects, (Milestone("19.1"), Milestone("19.2"))))


class Trials:
    """Tries courses on one stand-in; ``folder`` has the stores."""

    def __init__(self, gitlab: standin.StandIn, folder: Path) -> None:
        self._gitlab, self._folder = gitlab, folder
        with self._store("empty"):
            pass
        with self._store("first", "empty") as store, self._reader() as reader:
            _sweep(reader, store)
        self.heard = 0
        """How many webhooks came, of all courses."""

    def differences(self, course: Course) -> list[str]:
        """What is not as it would be without webhooks, or as a fresh reading has it; nothing where all is well."""
        world = begin_anew(self._gitlab, facts())
        world.happenings = []
        with ExitStack() as stack:
            heard = [stack.enter_context(self._store(f"heard-{n}", "first")) for n in range(len(course.came))]
            deaf, new = (stack.enter_context(self._store(*names)) for names in (("deaf", "first"), ("new", "empty")))
            reader = stack.enter_context(self._reader())
            sent = _lived(world, course.first)
            for store, came in zip(heard, course.came, strict=True):
                self._deliver(store, sent, came.first, reader if came.with_reader else None)
            if course.swept_between:
                world.advance(world.now + timedelta(minutes=3))
                _sweep(reader, deaf, *heard)
            sent += _lived(world, course.second)
            for store, came in zip(heard, course.came, strict=True):
                self._deliver(store, sent, came.second, reader if came.with_reader else None)
            world.advance(world.now + timedelta(hours=25))  # so that what is gone is noticed, too
            _sweep(reader, deaf, new, *heard)
            wanted = _everything(deaf)
            found = [line for store in heard for line in _unlike("without webhooks", _everything(store), wanted)]
            return [
                *found,  # where all of it is the same, so is all that is decided
                *_unlike("read anew", _open(deaf), _open(new)),
                *_unlike("read anew", _decided(deaf, world), _decided(new, world)),
            ]

    def _deliver(self, store: Store, sent: Sequence[bytes], came: Sequence[int], reader: Reader | None) -> None:
        """A copy is known for one while the first waits, and comes again afterwards."""
        now = self._gitlab.world.now
        for number in came if sent else ():
            store.inbox.accept(sent[number % len(sent)], Headers(), now)
            self.heard += 1
            if number % 3 == 0:  # those before are worked when the next one comes
                drain(store, BOOK, now, reader, OWN)
        drain(store, BOOK, now, reader, OWN)
        if store.inbox.waiting().count:
            raise AssertionError([one.error for one in store.inbox.due(now + timedelta(days=1), 10)])

    @contextmanager
    def _reader(self) -> Iterator[Reader]:
        with closing(Connection(self._gitlab.url, standin.READ_TOKEN, Pace(lambda _: None, lambda: 1.0))) as found:
            yield Reader(found, KnownTeam.of(BOOK))

    @contextmanager
    def _store(self, name: str, like: str = "") -> Iterator[Store]:
        place = self._folder / f"{name}.sqlite"
        place.unlink(missing_ok=True)
        if like:
            shutil.copyfile(self._folder / f"{like}.sqlite", place)
        with opened(place) as store:
            yield store


def _sweep(reader: Reader, *stores: Store) -> None:
    for store in stores:
        report = sync(reader, store, OWN)
        if report.problems:
            raise AssertionError(report.problems)


# --- what people do ----------------------------------------------------------------------------------------


def _label(change: Change, step: Step) -> None:
    change.label(None, [LABELS[step.what % len(LABELS)]], [])


def _unlabel(change: Change, step: Step) -> None:
    change.label(None, [], [LABELS[step.what % len(LABELS)]])


def _assign(change: Change, step: Step) -> None:
    change.assign([NAMES[step.what % len(NAMES)]] if step.what % 5 else [])


def _ask(change: Change, step: Step) -> None:
    if isinstance(change.item, MergeRequest):
        change.ask([NAMES[step.what % len(NAMES)], NAMES[step.what // 2 % len(NAMES)]])


def _plan(change: Change, step: Step) -> None:
    change.plan(TITLES[step.what % len(TITLES)])


def _turn(change: Change, _step: Step) -> None:
    (change.close if change.item.state == "opened" else change.reopen)()


def _name(change: Change, step: Step) -> None:
    change.retitle(f"{'Draft: ' if step.what % 2 else ''}Title {step.what}")


def _hide(change: Change, step: Step) -> None:
    if change.entry.kind == "issue":
        change.hide(step.what % 2 == 0)


def _describe(change: Change, step: Step) -> None:
    change.describe("word " * step.what)


def _set_status(change: Change, step: Step) -> None:
    if change.entry.kind == "issue" and getattr(change.item, "status", None):
        change.set_status(("To do", "In progress", "Done")[step.what % 3])


CHANGES: tuple[Callable[[Change, Step], None], ...] = (
    _label, _unlabel, _assign, _ask, _plan, _turn, _name, _hide, _describe, _set_status,
)  # fmt: skip


def _say(world: World, entry: Entry, step: Step) -> None:
    comment(world, entry, NAMES[step.who % len(NAMES)], SAID[step.what % len(SAID)])


def _review(world: World, entry: Entry, step: Step) -> None:
    by, item = NAMES[step.who % len(NAMES)], entry.item
    if not isinstance(item, MergeRequest) or item.state != "opened":
        return
    did: tuple[Deed, ...] = ("approved", "unapproved", "pushed", "merged")
    match did[step.what % 4]:
        case "approved" if by not in item.approved_by:
            after = replace(item, approved_by=(*item.approved_by, by))
            world.record(entry, after, [Event(world.now, by, "approved")])
        case "unapproved" if by in item.approved_by:
            after = replace(item, approved_by=tuple(name for name in item.approved_by if name != by))
            world.record(entry, after, [Event(world.now, by, "unapproved")])
        case "pushed":
            after = replace(item, changed_paths=(*item.changed_paths, f"file-{step.what}.rb"))
            world.record(entry, after, [Event(world.now, by, "pushed")])
        case "merged":
            after = replace(item, state="merged", closed_at=world.now)
            world.record(entry, after, [Event(world.now, by, "merged")])
        case _:
            pass


def _open_new(world: World, _entry: Entry, step: Step) -> None:
    number = world.next_iid(PROJECT) + 100
    made = an_issue(number, *LABELS[: step.what % 3], author=NAMES[step.who % len(NAMES)], created_at=world.now)
    world.create(made, ())


def _delete(world: World, entry: Entry, step: Step) -> None:
    if step.what % 4 == 0:
        world.forget(entry.item.ref)


def _move(world: World, entry: Entry, step: Step) -> None:
    if entry.kind == "issue" and entry.item.project == PROJECT and step.what % 4 == 0 and not entry.moved_to:
        world.move_issue(entry.item.ref, ELSEWHERE, world.now)


def _run(world: World, _entry: Entry, step: Step) -> None:
    number = 1 + max((run.id for run in world.pipelines.get(PROJECT, ())), default=0)
    failed = step.what % 2 == 0
    world.run(
        [Pipeline(PROJECT, number, "failed" if failed else "success", world.now, failed_jobs=("rspec",) * failed)]
    )


DOES: tuple[Callable[[World, Entry, Step], None], ...] = (_say, _review, _open_new, _delete, _move, _run)
KINDS = 2 * len(CHANGES) + len(DOES)
"""How many kinds of steps there are; changes are as frequent again."""


def _do(world: World, step: Step) -> None:
    world.advance(world.now + timedelta(seconds=step.seconds))
    entries = [*world.each()]
    entry = entries[step.which % len(entries)]
    if step.kind < 2 * len(CHANGES):
        change = Change(world, entry, NAMES[step.who % len(NAMES)])
        CHANGES[step.kind % len(CHANGES)](change, step)
        change.save()
    else:
        DOES[(step.kind - 2 * len(CHANGES)) % len(DOES)](world, entry, step)


def _lived(world: World, steps: Sequence[Step]) -> list[bytes]:
    """What GitLab sends while people take these steps."""
    sent: list[bytes] = []
    for step in steps:
        _do(world, step)
        sent += _sent(world)
    return sent


def _sent(world: World) -> Iterator[bytes]:
    """What GitLab sends of what happened since it was asked last."""
    assert world.happenings is not None
    happened, world.happenings = world.happenings, []
    for one in happened:
        yield from (json.dumps(webhook.body).encode() for webhook in webhooks(world, one))


# --- what is known -----------------------------------------------------------------------------------------


def _rows(store: Store, query: str) -> list[tuple[Any, ...]]:
    with store._reading() as connection:  # noqa: SLF001  # whatever is kept, and not only what is asked for
        return sorted(tuple(row) for row in connection.exec_driver_sql(query))


def _everything(store: Store) -> dict[str, object]:
    """But what was forgotten: who heard of an issue that was gone before the sweep may know that it was there."""
    found: dict[str, object] = {}
    for table, columns in {
        "items": "ref, kind, project, state, updated_at, facts",
        "histories": "ref, complete, events",
        "provisional_events": "ref, at, by, did, value",
        "concerns": "username, ref",
        "found_in": "source, ref",
        "progress": "source, kind, cursor, until, updated_after, known_since",
        "surroundings": "source, facts",
    }.items():
        found |= {f"{table} {row[:2]}": row for row in _rows(store, f"SELECT {columns} FROM {table}")}
    return found


def _open(store: Store) -> dict[str, object]:
    """The open items with their histories: of those that ended a reading that comes later asks less."""
    query = (
        "SELECT ref, facts, events, complete, items.updated_at FROM items JOIN histories USING (ref) "
        "WHERE state = 'opened'"
    )
    return {row[0]: row for row in _rows(store, query)}


def _decided(store: Store, world: World) -> dict[str, object]:
    """Everybody's queue, and the plan."""
    snapshot = assemble(store.facts(world.now), BOOK)
    queue = WorkQueue(snapshot, BOOK)
    return {**{f"queue of {name}": queue.rank(name) for name in NAMES}, "plan": evaluate(snapshot, BOOK).plan}


def _unlike(other: str, found: dict[str, object], wanted: dict[str, object]) -> Iterator[str]:
    for name in sorted(found.keys() | wanted.keys()):
        if found.get(name) != wanted.get(name):
            yield f"{name}: {found.get(name)}\n   {other}: {wanted.get(name)}"
