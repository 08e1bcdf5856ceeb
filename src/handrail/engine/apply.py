"""Applies a plan to GitLab: exactly its actions, each once, each only if it still fits, all of it in the journal.

Before a request the journal says that it is on its way, after it what became of it; so whatever stops a run (an error,
Ctrl-C, ``kill -9``), the next one finds what is done, looks up what may be, and does what is left.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import perf_counter
from typing import Literal

from handrail.engine.effects import as_here, effect, is_done, shaped
from handrail.errors import UserError
from handrail.gitlab.connection import LostError, RefusedError, TooMuchError, UncertainError
from handrail.gitlab.reader import Reader
from handrail.gitlab.writer import ChangedError, Ours, Writer, same_text
from handrail.handbook.schema import Handbook
from handrail.model.actions import (
    Action,
    Change,
    CloseItem,
    Comment,
    CreateItem,
    EditDescription,
    LinkItems,
    RemoveLabels,
    SetStatus,
    Unassign,
)
from handrail.model.items import Item
from handrail.model.journal import Record
from handrail.model.plans import Plan, Refusal
from handrail.plan.letters import letter, marker, opened
from handrail.plan.planner import Speaker, words_of
from handrail.plan.preconditions import broken, part_of
from handrail.store.database import Store

AT_ONCE = 20
"""Subjects that are read in one batch."""
FRESH = 5.0
"""Seconds after which facts are read again before something is written on their strength."""
TROUBLES = 3
"""So often in a row may GitLab break over something before the run stops."""
AGAIN, LONGEST = timedelta(minutes=15), timedelta(days=1)
"""How long what GitLab refused rests before a timer tries it again: each time twice as long, up to the longest."""
Fate = Literal["done", "done before", "skipped", "waits", "failed", "uncertain", "in other hands", "left"]
"""What became of an action; ``waits``: for its hour; ``left``: the run stopped before it."""


@dataclass(frozen=True)
class Outcome:
    """What became of one action, and why where it was not done."""

    action: Action
    fate: Fate
    why: str = ""
    made: str = ""
    """The number of the comment, or the reference of the issue that was opened."""
    number: int = 0
    """The journal's, to undo it by."""


@dataclass
class Report:
    """What became of a plan."""

    outcomes: list[Outcome] = field(default_factory=list)
    stopped: str = ""
    """Why the run stopped before its end, in words; what was done until then stays done."""
    stale: str = ""
    """Why the store could not be told of what was done; a reading will."""
    resolved: list[Outcome] = field(default_factory=list)
    """What earlier runs had left open, outside this plan."""

    def of(self, *fates: Fate) -> list[Outcome]:
        """The outcomes of these kinds."""
        return [one for one in self.outcomes if one.fate in fates]


@dataclass(frozen=True)
class Today:
    """What counts when a plan is applied, besides what it says: it may have been made another day."""

    speaker: Speaker = lambda action: action
    """Asked of each comment before it is made, see ``plan.planner.speaker``."""
    unwanted: Mapping[str, str] = field(default_factory=dict)
    """The keys of what nobody wants any more, and why."""


def apply(  # noqa: PLR0913  # who, what, where, when
    plan: Plan,
    handbook: Handbook,
    reader: Reader,
    writer: Writer,
    store: Store,
    approver: str,
    now: datetime,
    *,
    progress: Callable[[Outcome], None] = lambda _: None,
    force: bool = False,
    again: bool = False,
    today: Today | None = None,
) -> Report:
    """Do what the plan says, on the word of ``approver``. What became of each action is told as it happens.

    ``again``: also what was done before: it is asked for anew by somebody who sees that it was taken back since.
    ``today``: what counts besides the plan itself; nothing does unless it is given.

    Raises UserError for a plan that is larger than the handbook allows, unless forced, and for another GitLab than the
    one that the plan and the store are of.
    """
    store.check_origin(reader.origin)
    if plan.gitlab not in {"", reader.origin}:
        raise UserError(f"This plan is for {plan.gitlab}, and this is {reader.origin}: say --url or set GITLAB_URL.")
    if plan.too_large and not force:
        raise UserError(
            f"This plan is too large: {plan.too_large}. Look at it, and apply it with --force if it is right."
        )
    run = _Run(handbook, reader, writer, store, now, progress, today or Today())
    try:
        run.resolve(plan)
        run.do(plan, approver, again=again)
    except UserError as error:
        run.report.stopped = _words(error)
    finally:
        run.journal.release(run.name, run.approved)
    run.leave(plan)
    run.tell_the_store(run.changed)
    return run.report


class _Run:
    """One application of one plan."""

    def __init__(  # as apply
        self,
        handbook: Handbook,
        reader: Reader,
        writer: Writer,
        store: Store,
        now: datetime,
        progress: Callable[[Outcome], None],
        today: Today,
    ) -> None:
        self.name = secrets.token_hex(8)
        self.report = Report()
        self.journal = store.journal
        self._handbook, self._reader, self._writer, self._store = handbook, reader, writer, store
        self._began, self._ticks = now, perf_counter()
        self._progress, self._today = progress, today
        self.approved: list[int] = []
        """The journal's numbers of what this run was to do."""
        self._against: dict[str, tuple[Literal["skipped", "waits"], str]] = {}
        """What is not done, by key, and with it the steps that it is of (``Action.steps``): how it ends, and why."""
        self._facts: dict[str, Item] = {}
        self._read_at: dict[str, float] = {}
        self.changed: set[str] = set()
        """Items of which the store still has what they were before."""
        self._open: set[str] = set()
        """Subjects of which something is still to be done: what is closed would be no place for it."""
        self._troubles = 0

    @property
    def now(self) -> datetime:
        """The moment that the run was given, and what has passed since."""
        return self._began + timedelta(seconds=perf_counter() - self._ticks)

    # --- the plan --------------------------------------------------------------------------------------

    def resolve(self, plan: Plan) -> None:
        """Look up what became of what earlier runs sent and never heard of again, outside this plan."""
        keys = {action.key for action in plan.actions}
        others = [record for record in self.journal.unresolved(self.now) if record.action.key not in keys]
        for record in self.journal.claim([one.id for one in others], self.name, self.now).values():
            action = record.action
            found = self._found(action, again=True)
            if found is None:
                why = "it never reached GitLab, and this plan does not ask for it"
                self.journal.skip(record.id, self.now, why)
                self.report.resolved.append(Outcome(action, "skipped", why, number=record.id))
            else:
                self._note(action, record, record.words, found.made)
                self.report.resolved.append(Outcome(action, "done", made=found.made, number=record.id))

    def do(self, plan: Plan, approver: str, *, again: bool) -> None:
        """All actions of the plan, subject by subject."""
        words = {action.key: words_of(action, self._handbook) for action in plan.actions}
        actions = [(action, words[action.key]) for action in plan.actions]
        records = self.journal.approve(actions, plan.digest, approver, self.now, again=again)
        self.approved = [record.id for record in records]
        by_subject: dict[str, list[tuple[Action, Record]]] = {}
        for action, record in zip(plan.actions, records, strict=True):
            if record.state == "confirmed":
                self._end(action, "done before", made=record.made, number=record.id)
            else:
                by_subject.setdefault(action.subject, []).append((action, record))
        subjects = list(by_subject)
        for start in range(0, len(subjects), AT_ONCE):
            batch = subjects[start : start + AT_ONCE]
            self._batch([pair for subject in batch for pair in sorted(by_subject[subject], key=_turn)], words)

    def leave(self, plan: Plan) -> None:
        """Say which actions were not come to."""
        told = {one.action.key for one in self.report.outcomes}
        self.report.outcomes += [Outcome(action, "left") for action in plan.actions if action.key not in told]

    def tell_the_store(self, refs: set[str]) -> None:
        """Read what was changed once more, so that a plan that is made now knows of it."""
        if not refs:
            return
        try:
            reads = list(self._reader.items(refs))
            self._store.write_again(reads, self._reader.now())
        except UserError as error:
            self.report.stale = _words(error)

    # --- one action --------------------------------------------------------------------------------------

    def _batch(self, pairs: Sequence[tuple[Action, Record]], words: dict[str, str]) -> None:
        claimed = self.journal.claim([record.id for _, record in pairs], self.name, self.now)
        self._read({action.subject for action, record in pairs if record.id in claimed and _has_item(action)})
        for action, record in self._weighed(pairs, claimed):
            if isinstance(action.change, CloseItem) and action.subject in self._open:
                why = "it is closed once what else is to be done there is: try again then"
                self._end(action, "left", why, number=record.id)
            elif record.id in claimed:
                self._one(action, claimed[record.id], words[action.key])
            else:
                self._not_ours(action, record.id)

    def _weighed(
        self, pairs: Sequence[tuple[Action, Record]], claimed: Mapping[int, Record]
    ) -> list[tuple[Action, Record]]:
        """Before anything is done: what cannot be, and of which steps it is; comments for whom they may address now."""
        weighed = []
        for action, record in pairs:
            spoken: Action | Refusal = action
            if record.id in claimed and claimed[record.id].state != "sent":  # what was begun is ended
                refused = self._refused(action)
                if refused is not None:
                    self._fail(action, claimed[record.id], refused)
                    continue
                why = self._unfit(action)
                if not why and isinstance(action.change, Comment):
                    spoken = self._today.speaker(action)
                if isinstance(spoken, Refusal):
                    self._object(action, "waits", spoken.why)
                elif why and not self._is_so_already(action):
                    self._object(action, "skipped", why)
            weighed.append((action if isinstance(spoken, Refusal) else spoken, record))
        return weighed

    def _refused(self, action: Action) -> UserError | None:
        """Why GitLab will not open an issue, before anything is closed for its sake."""
        change = action.change
        return self._writer.refuses(change, action.subject) if isinstance(change, CreateItem) else None

    def _object(self, action: Action, fate: Literal["skipped", "waits"], why: str) -> None:
        for part in (action.key, *action.steps):
            self._against.setdefault(part, (fate, why))

    def _objection(self, action: Action) -> tuple[Literal["skipped", "waits"], str] | None:
        """Why it is not done: for its own sake, or since all that asked for it is not done whole."""
        if action.key in self._against:
            return self._against[action.key]
        if action.steps and {*action.steps} <= self._against.keys():
            fate, why = self._against[action.steps[0]]
            return fate, f"it belongs to what is not done now: {why}"
        return None

    def _is_so_already(self, action: Action) -> bool:
        """Whether somebody has done it meanwhile, so that nothing speaks against the rest."""
        item = self._facts.get(action.subject)
        if item is None or isinstance(action.change, LinkItems):
            return item is not None
        return is_done(as_here(action.change, item, self._handbook), item) is True

    def _not_ours(self, action: Action, number: int) -> None:
        record = self.journal.record(number)
        if record is not None and record.state == "confirmed":
            self._end(action, "done before", made=record.made, number=number)
            return
        until = f", until {record.lease_until:%H:%M} UTC at the latest" if record and record.lease_until else ""
        self._end(action, "in other hands", f"another run has it in hand{until}: try again then", number=number)

    def _one(self, action: Action, record: Record, words: str) -> None:
        try:
            if record.state == "sent":
                found = self._found(action, again=True)
                if found is not None and self._is_same(action, found):
                    self._confirm(action, record, words, found.made)
                    return
            self._fresh(action)
            objection = self._objection(action) if record.state != "sent" else None
            why = objection[1] if objection else self._unfit(action)
            if objection and objection[0] == "waits":
                self.journal.put_back(record.id, "proposed", why)
                self._end(action, "waits", why, number=record.id)
            elif why:
                self._skip(action, record, why)
            else:
                self._write(action, record, words)
        except (ChangedError, LostError) as error:
            self._object(action, "skipped", _words(error))
            self._skip(action, record, _words(error))
        except (RefusedError, TooMuchError) as error:
            self._fail(action, record, error)
            if isinstance(error, TooMuchError):
                self._open.add(action.subject)
                self._trouble(error)

    def _fail(self, action: Action, record: Record, error: UserError) -> None:
        rests = min(AGAIN * 2 ** min(record.attempts, 10), LONGEST)
        self.journal.fail(record.id, self.now, _words(error), self.now + rests)
        self._object(action, "skipped", _words(error))
        self._end(action, "failed", _words(error), number=record.id)

    def _write(self, action: Action, record: Record, words: str) -> None:
        item = self._facts.get(action.subject)
        change = as_here(action.change, item, self._handbook)
        ours = Ours(text=part_of(item)) if isinstance(change, EditDescription) and item else None
        if isinstance(change, Comment | CreateItem):
            ours = self._writer.found(change, action.subject, marker(action.rule, change.topic))
            if ours is not None and self._is_same(action, ours):
                self._confirm(action, record, words, ours.made)
                return
        before, after = effect(change, item)
        if not self.journal.send(record.id, self.name, self.now, action, words, before, after):
            self._not_ours(action, record.id)
            return
        try:
            labels = item.labels if item is not None else ()
            made = self._writer.write(change, action.subject, self._body(action), ours, labels)
        except UncertainError as error:
            self._look(action, record, words, _words(error))
        except (ChangedError, LostError, RefusedError):
            raise
        except UserError as error:  # nothing was sent: the token may not write, or GitLab is out of reach
            self.journal.put_back(record.id, "approved", _words(error))
            raise
        else:
            if item is not None:
                self._facts[action.subject] = shaped(item, after)
            self._confirm(action, record, words, made)

    def _look(self, action: Action, record: Record, words: str, why: str) -> None:
        """After a write of which nobody knows whether it was carried out."""
        self._read_at.pop(action.subject, None)
        try:
            found = self._found(action, again=False)
        except UserError as error:
            self.journal.put_back(record.id, "sent", why)
            self._end(action, "uncertain", why, number=record.id)
            if not isinstance(error, RefusedError | TooMuchError):
                raise
            self._trouble(error)
            return
        if found is not None and self._is_same(action, found):
            self._confirm(action, record, words, found.made)
            return
        self.journal.put_back(record.id, "sent", why)
        self._end(action, "uncertain", f"{why} Try again: it is looked for then.", number=record.id)
        self._trouble(UncertainError(why))

    def _trouble(self, error: UserError) -> None:
        """A GitLab that breaks over one thing after the other is left in peace."""
        self._troubles += 1
        if self._troubles >= TROUBLES:
            raise error

    def _found(self, action: Action, *, again: bool) -> Ours | None:
        """What tells that the action was carried out, as GitLab is now."""
        change: Change = action.change
        if _has_item(action):
            self._fresh(action)
            item = self._facts.get(action.subject)
            if item is None:
                return None
            change = as_here(change, item, self._handbook)
            done = is_done(change, item)
            if done is not None:
                return Ours() if done else None
        mark = marker(action.rule, change.topic) if isinstance(change, Comment | CreateItem) else ""
        try:
            return self._writer.found(change, action.subject, mark, again=again)
        except LostError:
            return None

    def _is_same(self, action: Action, found: Ours) -> bool:
        """Whether a comment of ours has the words that it should have; of all else, there is nothing to compare."""
        return not isinstance(action.change, Comment) or same_text(self._body(action), found.text)

    def _unfit(self, action: Action) -> str:
        """Why the action does not fit any more; nothing if it does."""
        if action.key in self._today.unwanted:
            return self._today.unwanted[action.key]
        if not _has_item(action):
            return ""
        item = self._facts.get(action.subject)
        if item is None:
            return "it is not there any more, or not for this token"
        return broken(action.expects, item) or ""

    def _body(self, action: Action) -> str:
        match action.change:
            case Comment():
                return letter(action.change, action.rule, action.clause, self._handbook, action.code, action.period)
            case CreateItem():
                return opened(action.change, action.rule, action.clause, self._handbook)
            case _:
                return ""

    # --- facts -------------------------------------------------------------------------------------------

    def _fresh(self, action: Action) -> None:
        """Read the subject again unless that was just now."""
        if _has_item(action) and perf_counter() - self._read_at.get(action.subject, -FRESH) >= FRESH:
            self._read({action.subject})

    def _read(self, subjects: set[str]) -> None:
        if not subjects:
            return
        at = perf_counter()
        for subject in subjects:
            self._facts.pop(subject, None)
            self._read_at[subject] = at
        self._facts |= {read.item.ref: read.item for read in self._reader.items(subjects)}

    # --- what became of it ---------------------------------------------------------------------------------

    def _confirm(self, action: Action, record: Record, words: str, made: str) -> None:
        self._note(action, record, words, made)
        self._end(action, "done", made=made, number=record.id)

    def _note(self, action: Action, record: Record, words: str, made: str) -> None:
        if _has_item(action):
            self.changed.add(action.subject)
        else:  # it is known before it counts as done: what follows from it is planned though this run may die here
            self.tell_the_store({made})
        self.journal.confirm(record.id, self.now, made, words)

    def _skip(self, action: Action, record: Record, why: str) -> None:
        self.journal.skip(record.id, self.now, why)
        self._end(action, "skipped", why, number=record.id)

    def _end(self, action: Action, fate: Fate, why: str = "", made: str = "", number: int = 0) -> None:
        outcome = Outcome(action, fate, why, made, number)
        if fate in {"done", "skipped"}:
            self._troubles = 0
        if fate in {"uncertain", "in other hands", "waits"}:
            self._open.add(action.subject)
        self.report.outcomes.append(outcome)
        self._progress(outcome)


def _words(error: UserError) -> str:
    return " ".join(error.problems)


def _has_item(action: Action) -> bool:
    return not isinstance(action.change, CreateItem)


def _turn(pair: tuple[Action, Record]) -> int:
    """What makes room comes first, what closes the subject last: nothing of a plan stands in the way of the rest.

    Only the attempt tells whether what is to be linked is there: before anybody is told of it.
    """
    match pair[0].change:
        case Unassign() | RemoveLabels() | LinkItems():
            return 0
        case SetStatus():
            return 2
        case CloseItem():
            return 3
        case _:
            return 1
