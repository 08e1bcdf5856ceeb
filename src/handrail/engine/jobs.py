"""Which jobs there are, and what each does: they keep the store, the logs and GitLab up to date (``loop`` runs them).

A job may run twice, or not at all for a while: it does what is left, of what stands in tables. What a clock turns,
turns on a mark of five minutes. Handoffs, the ends of snoozes and claims and people's hours lie on one; what does not,
such as a deadline in business hours, is acted upon five minutes late at the most, and is seen at once: screens decide
as of the moment they are looked at. Reminders, milestones and standing tasks are rules, evaluated with all others.
"""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from handrail.engine.apply import Outcome
from handrail.engine.assemble import KnownHolidays
from handrail.engine.calendars import read_calendars
from handrail.engine.evidence import read_evidence
from handrail.engine.handover import OnTime, on_time, passed_words
from handrail.engine.inbox import drain
from handrail.engine.members import with_members
from handrail.engine.run import Round, run_once
from handrail.engine.sync import Report, Step, sync
from handrail.engine.upstream import from_publishers
from handrail.gitlab.connection import Connection
from handrail.gitlab.histories import Team
from handrail.gitlab.reader import Reader
from handrail.gitlab.sources import Source, sources
from handrail.gitlab.writer import Writer
from handrail.handbook.schema import Handbook
from handrail.plan.words import counted
from handrail.store.database import Store

MINUTE, MARK, HOUR = timedelta(minutes=1), timedelta(minutes=5), timedelta(hours=1)
SWEEP = timedelta(minutes=10)
"""So long after a sweep the next one begins, unless somebody wants it otherwise."""
RESTS = 4
"""So many times as long as it took, an evaluation rests before it is woken: it takes a fifth of a processor at most."""
SWEEP_RESTS = 20
"""The same of a sweep, which webhooks wake that tell too little: a new item is there within a minute, however many."""
IN_A_ROW = 5
"""So many hundred webhooks are worked, before what else waits for nobody has its turn."""
Lane = Literal["at once", "reading", "acting"]
"""Jobs of one lane run one after the other. At once: what waits for nobody; reading and acting wait for GitLab, and a
first reading may take hours."""
_Steps = Callable[[Step], None]


@dataclass(frozen=True)
class Work:
    """What jobs work with, and on what."""

    store: Store
    connection: Connection
    stated: Callable[[], Handbook]
    """The handbook as it is written now. Raises UserError where it is wrong."""
    now: Callable[[], datetime]
    holidays: KnownHolidays
    group: str | None = None
    """Read in place of the handbook's sources."""
    upstream: str | None = None
    """Read in place of the handbook's publisher."""
    folder: Path = Path()
    """Where the handbook's files are."""
    did: Callable[[Outcome], None] = lambda _: None
    """Told what became of each action, as it happens."""
    touched: Callable[[Collection[str], int], object] = lambda _, __: None
    """Told which items webhooks changed, as soon as that is stored, and in how many transactions, if in no others."""

    def peopled(self) -> Handbook:
        """The handbook; where it names nobody itself, with the members whom GitLab knows."""
        return with_members(self.stated(), self.store.facts(self.now()))

    def sources(self) -> tuple[Source, ...]:
        """What is read of GitLab."""
        return (Source(self.group),) if self.group else sources(self.stated().sources.values())

    def reader(self) -> Reader:
        """A reader that knows the handbook's team."""
        return Reader(self.connection, Team.of(self.stated()))


# --- what is done, whoever asks for it -------------------------------------------------------------------


def turns(work: Work) -> OnTime:
    """Write down the turns that have begun, whatever GitLab does meanwhile."""
    return on_time(work.store, work.peopled(), work.now(), work.holidays)


def sweep(work: Work, steps: _Steps = lambda _: None) -> Report:
    """Read what changed on GitLab; once a day, compare."""
    return sync(work.reader(), work.store, work.sources(), work.stated().people, steps)


def calendars(work: Work) -> list[str]:
    """Read people's own calendars, where it is time; sentences on those that could not be read."""
    handbook = work.peopled()
    return read_calendars(work.store, handbook.people, handbook.team.time_off_words, work.now())


def upstream(work: Work, steps: _Steps = lambda _: None) -> list[str]:
    """Read what others released, where it is time; sentences on what could not be read."""
    support, now = work.stated().support, work.now()
    return from_publishers(work.store, support, work.connection, work.folder, now, work.upstream, steps)


def evidence(work: Work, read: Collection[Source], steps: _Steps = lambda _: None) -> list[str]:
    """Read what shows which of our releases have what of others, of the sources that can be read; as ``upstream``."""
    handbook = work.stated()
    support = handbook.support
    if not support.ledger and not any(product.proofs for product in support.products.values()):
        return []
    return read_evidence(work.connection, work.store, handbook, read, work.now(), steps)


def evaluate(work: Work, is_unread: Callable[[str], bool], check: Callable[[], None] = lambda: None) -> Round:
    """Decide, do what the handbook lets be done, and keep what waits; nothing where ``is_unread`` says so.

    ``check``: called after each action; raises where it is to stop there.
    """

    def did(outcome: Outcome) -> None:
        work.did(outcome)
        check()

    reader, writer = work.reader(), Writer(work.connection)
    handbook, now = work.peopled(), work.now()
    return run_once(handbook, reader, writer, work.store, now, work.holidays, did, is_unread=is_unread)


# --- the same as jobs ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Ran:
    """What a run came to."""

    changed: bool = False
    """Whether the store tells something else now."""
    says: tuple[str, ...] = ()
    """Sentences on what happened."""
    problems: tuple[str, ...] = ()
    """Sentences on what could not be done; the rest was."""
    note: str = ""
    """For other jobs to read, until the next run."""
    wakes: Collection[str] = ()
    """The jobs that are woken by it, besides those that any change wakes."""


@dataclass(frozen=True)
class Job:
    """A job, and when it runs: when it is woken, and else every so often."""

    name: str
    what: str
    """What it does, for people: “reads …”."""
    lane: Lane
    every: timedelta
    """After its last run ended; where it is at marks, whenever so much of an hour has passed."""
    does: Callable[[Work, Callable[[], None]], Ran]
    """Does it. What it is given besides is to be called now and then, and raises where it is to stop half-way."""
    at_marks: bool = False
    rests: int = 0
    """So many times as long as it took, it is not woken; never longer than it rests anyway."""
    then: tuple[str, ...] = ("evaluate",)
    """The jobs that are woken when it changed something."""

    def after(self, ended: datetime) -> datetime:
        """When it is to run next, unless it is woken."""
        if not self.at_marks:
            return ended + self.every
        hour = ended.replace(minute=0, second=0, microsecond=0)
        return hour + ((ended - hour) // self.every + 1) * self.every


def jobs(sweep_every: timedelta = SWEEP) -> tuple[Job, ...]:
    """All jobs. Those of a lane that are due together run in this order."""
    return (
        Job("inbox", "takes in what webhooks told", "at once", MINUTE, _inbox),
        Job("handover", "writes down whose turn began, and passes requests on", "at once", MARK, _turns, at_marks=True),
        Job("sweep", "reads what changed on GitLab", "reading", sweep_every, _sweep, rests=SWEEP_RESTS),
        Job("calendars", "reads people’s own calendars", "reading", HOUR, _calendars),
        Job("upstream", "reads what others released", "reading", HOUR, _upstream),
        Job("evidence", "reads which of our releases have it", "reading", HOUR, _evidence),
        Job("evaluate", "decides, does what may be done, and keeps the rest for a yes", "acting", MARK, _evaluate,
            at_marks=True, rests=RESTS, then=()),
    )  # fmt: skip


def _inbox(work: Work, _: Callable[[], None]) -> Ran:
    before = work.store.written_here()
    # Without a reader: it waits for nobody. In parts, so that others of its lane have their turn, and it can be ended.
    drained = drain(work.store, work.stated(), work.now(), own=work.sources(), most=IN_A_ROW)
    failed = work.store.inbox.waiting().failed  # those of earlier runs, too
    problems = (f"{counted(failed, 'webhook')} could not be worked, and will be tried again.",) if failed else ()
    says = (f"{counted(drained.aside, 'webhook')} not to be worked, set aside",) if drained.aside else ()
    changed = bool(drained.touched or drained.wide)
    if drained.touched:
        work.touched(drained.touched, 0 if drained.wide else work.store.written_here() - before)
    wakes = drained.wakes | ({"sweep"} if drained.unread else set()) | ({"inbox"} if drained.is_more else set())
    return Ran(changed, says, problems, wakes=wakes)


def _turns(work: Work, _: Callable[[], None]) -> Ran:
    says = turns(work).words(work.peopled())
    return Ran(bool(says), tuple(says))


def _sweep(work: Work, check: Callable[[], None]) -> Ran:
    says = turns(work).words(work.peopled())  # before anything that a turn is given by changes
    report = sweep(work, lambda _: check())
    says += [f"{counted(report.items, 'item')} changed"] if report.items else []
    says += [f"{counted(len(report.forgotten), 'item')} gone"] if report.forgotten else []
    return Ran(True, tuple(says), report.problems, json.dumps([source.name for source in report.read]))


def _calendars(work: Work, _: Callable[[], None]) -> Ran:
    return Ran(bool(work.store.calendars.all()), problems=tuple(calendars(work)))


def _upstream(work: Work, check: Callable[[], None]) -> Ran:
    steps = _Counted(check)
    problems = upstream(work, steps)
    return Ran(steps.any, problems=tuple(problems))


def _evidence(work: Work, check: Callable[[], None]) -> Ran:
    swept, steps = _swept(work), _Counted(check)
    problems = evidence(work, swept.read if swept else (), steps)
    return Ran(steps.any, problems=tuple(problems))


class _Counted:
    """Steps, with a look at each whether it is to stop; ``any``: whether there were any."""

    def __init__(self, check: Callable[[], None]) -> None:
        self._check, self.any = check, False

    def __call__(self, _: Step) -> None:
        self.any = True
        self._check()


def _evaluate(work: Work, check: Callable[[], None]) -> Ran:
    swept = _swept(work)
    if swept is None:
        return Ran()  # nothing is decided on half a reading; the sweep wakes this when it has come to its end
    says = turns(work).words(work.peopled())
    found = evaluate(work, swept.is_unread, check)
    applied = found.applied
    changed = bool(says or found.took_in or applied.outcomes or applied.resolved)
    return Ran(changed, (*says, *passed_words(found.passed)), _missed(found))


def _missed(found: Round) -> tuple[str, ...]:
    """What was due and could not be done, in sentences."""
    applied, problems = found.applied, []
    if applied.stopped:
        problems.append(f"It stopped before its end: {applied.stopped}")
    if missed := len(applied.of("failed", "uncertain")):
        problems.append(f"{missed} of {counted(len(applied.outcomes), 'action')} could not be done: see the journal.")
    if due := [action for action in found.waiting if action.mode == "apply"]:
        problems.append(
            f"{counted(len(due), 'action')} due, and more than the handbook allows at once: look at the plan, and "
            "apply it though it is much if it is right."
        )
    return tuple(problems)


def _swept(work: Work) -> Report | None:
    """Which sources the last sweep read; what the handbook has named since counts as not read. None before the first.

    One that failed as a whole tells nothing: GitLab cannot be reached then, and nothing be done there.
    """
    standing = work.store.jobs.all().get("sweep")
    if standing is None or not standing.note:
        return None
    names = json.loads(standing.note)
    wanted = work.sources()
    read = tuple(one for one in wanted if one.name in names)
    return Report(read=read, unread=tuple(one for one in wanted if one not in read))
