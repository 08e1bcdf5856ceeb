"""What a running process decides on: one view of the store, made anew when something was written or time has passed.

Everybody who looks at the same time looks at the same view. It is shown once all that pages ask of it is worked out, so
that no reader waits for that, and never changes afterwards; whoever holds an older one goes on with that.
"""

import logging
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace as with_
from datetime import datetime, timedelta
from functools import cached_property
from operator import attrgetter
from threading import Event, Lock, RLock, Thread
from time import perf_counter
from typing import Any, NamedTuple, TypeVar

import msgspec
from msgspec.structs import replace

from handrail.engine.assemble import KnownHolidays, assemble
from handrail.engine.evaluate import Evaluation
from handrail.engine.guarded import Guarded, Stored
from handrail.engine.kept import Keeping
from handrail.engine.members import with_members
from handrail.errors import UserError
from handrail.handbook.schema import Handbook
from handrail.model.hidden import Hidden, seen_of, without
from handrail.model.items import Item
from handrail.model.plans import Known
from handrail.plan.planner import make_plan
from handrail.rules.catalogue import Decision, decide_again, decisions
from handrail.rules.desk import Desk
from handrail.rules.work_queue import WorkQueue
from handrail.store.database import Store

_log = logging.getLogger(__name__)
GOOD_FOR = timedelta(minutes=1)
"""How old a view may grow though nothing was written: clocks go on."""
LOOKS_EVERY = 0.5
"""Seconds between two looks at whether anything was written."""
RESTS = 4
"""How much longer than making a view took it is left alone, however much is written."""
PASTS, PAST_GOOD_FOR = 3, timedelta(hours=1)
"""How many past moments are kept, and for how long: what is past changes only by what is read late."""
_encode = msgspec.json.Encoder().encode
_T = TypeVar("_T")
_Said = TypeVar("_Said", bound=msgspec.Struct)


class NotReadyError(UserError):
    """Nothing can be shown yet: GitLab was not read, or what was read cannot be decided on."""


class WorkedOut(NamedTuple):
    """What a view works out when it is asked for, as far as that is known already."""

    texts: Mapping[str, str] | None = None
    guarded: Guarded | None = None


_NOTHING_YET = WorkedOut()


class View:
    """The team at one moment: the snapshot, everybody's queue, and, when it is asked for, findings and plan."""

    def __init__(  # a view is made of these
        self,
        number: int,
        queue: WorkQueue,
        known: Known,
        stored: Stored = lambda _: {},
        whole: "View | None" = None,
        so_far: WorkedOut = _NOTHING_YET,
    ) -> None:
        self.number = number
        """Counts the views of a process."""
        self.queue, self.snapshot, self.handbook = queue, queue.snapshot, queue.handbook
        self._known, self._stored, self._whole, self._lock = known, stored, whole, RLock()
        self._texts, self._guarded = so_far
        self._once: dict[tuple[str, object], Any] = {}
        self.queue.rank("")  # everything is decided now: a queue that two threads ask first would be decided by both

    def once(self, name: str, work_out: Callable[[], _T], of: Hashable = None) -> _T:
        """What a page works out once for a view, ``of`` what it asks for.

        A desk remembers, too, but not what holds a desk: both would stay until somebody looks for garbage.
        """
        found: _T | None = self._once.get((name, of))
        if found is None:
            found = self._once[name, of] = work_out()
        return found

    @property
    def decided(self) -> Sequence[Decision]:
        """What the rules find, rule by rule and subject by subject; worked out when it is first asked for."""
        with self._lock:
            return decisions(self.queue.desk)

    @property
    def evaluation(self) -> Evaluation:
        """What the rules find, and the plan."""
        with self._lock:
            return self._evaluation

    @cached_property
    def _evaluation(self) -> Evaluation:
        found = tuple(one for decision in self.decided for one in decision.found)
        if self._whole is None:
            return Evaluation(found, make_plan(found, self.snapshot, self.handbook, self._known))
        # What is hidden is missing to the rules, too, and may be found to be missing: only what all facts agree with
        # is said, and it is said only if it follows without what is hidden.
        so = self._whole.evaluation
        found = _in_both(found, so.findings)
        plan = make_plan(found, self.snapshot, self.handbook, self._known)
        plan = replace(
            plan,
            actions=_in_both(plan.actions, so.plan.actions),
            conflicts=_in_both(plan.conflicts, so.plan.conflicts),
            refused=_in_both(plan.refused, so.plan.refused),
        )
        return Evaluation(found, plan)

    @property
    def guarded(self) -> Guarded:
        """What of it is not for everybody; worked out when it is first asked for."""
        with self._lock:
            if self._guarded is None:
                self._guarded = Guarded.of(self.snapshot, self._stored)
            return self._guarded

    @property
    def texts(self) -> Mapping[str, str]:
        """What a search looks at, by reference, in lower case; worked out when it is first asked for.

        Of all items, so that of these only those are of use that the view's snapshot has.
        """
        if self._whole:
            return self._whole.texts
        with self._lock:
            if self._texts is None:
                self._texts = {one.ref: _text(one) for one in (*self.snapshot.items, *self.snapshot.closed)}
            return self._texts

    def with_items(self, changed: Mapping[str, Item | None]) -> "View | None":
        """The next view: with these items as they are now (None: it is gone), at the same moment.

        What the rules say of the team, milestones and projects stays as it was. None where a view has to be made anew,
        see ``WorkQueue.with_items``.
        """
        queue = self.queue.with_items(changed)
        if queue is None:
            return None
        decide_again(queue.desk, self.queue.desk, changed)
        with self._lock:
            texts, guarded = self._texts, self._guarded
        if texts is not None:
            texts = {**texts, **{ref: _text(item) for ref, item in changed.items() if item}}
        so_far = WorkedOut(texts, guarded.with_items(changed) if guarded else None)
        return View(self.number + 1, queue, self._known, self._stored, so_far=so_far)

    def without(self, hidden: Hidden) -> "View":
        """The view of somebody who may not see this: its queues, counts, findings and plan know nothing of it."""
        snapshot = without(self.snapshot, hidden)
        # What is known of a place says nothing of items elsewhere, so that it is no reason to decide about those anew.
        unlike = snapshot.unlike(with_(self.snapshot, projects=snapshot.projects, runs=snapshot.runs))
        queue = None if unlike is None else self.queue.on(snapshot, unlike)
        queue = queue or WorkQueue(snapshot, self.handbook)
        known = replace(self._known, requests=seen_of(self._known.requests, hidden))
        return View(self.number, queue, known, whole=self)


def _text(item: Item) -> str:
    return " ".join((item.ref, item.title, item.author, *item.assignees, *item.labels)).casefold()


def _in_both(those: Iterable[_Said], others: Iterable[_Said]) -> tuple[_Said, ...]:
    """Those that the others have, too, word for word."""
    there = {_encode(one) for one in others}
    return tuple(one for one in those if _encode(one) in there)


def _unread(store: Store) -> str:
    whole, sweep = store.known_since(), store.jobs.all().get("sweep")
    if sweep and sweep.error:
        return "GitLab could not be read the last time, or not all of it: what changed there may be missing here."
    if not whole or not store.sources() <= whole.keys():
        return "GitLab is being read for the first time, or a part of it is: not everything is here yet."
    return ""


class Live:
    """Keeps the view of a store fresh. ``now`` tells the time, ``stated`` the handbook as it is written now."""

    def __init__(
        self, store: Store, stated: Callable[[], Handbook], holidays: KnownHolidays, now: Callable[[], datetime]
    ) -> None:
        self.store, self._stated, self.holidays, self.now = store, stated, holidays, now
        self._view: View | None = None
        self._pasts: dict[tuple[datetime, bool], tuple[datetime, Desk]] = {}
        self._making, self._handing, self._recalling, self._stop = Lock(), Lock(), Lock(), Event()
        self._touched, self._wrote = set[str](), 0
        """What was touched since the last view was begun to be made, and how often that was written."""
        self._rests_until = 0.0
        """Until when what is touched is shown without anything worked out: much is touched now."""
        self._thread: Thread | None = None
        self.ahead: list[Callable[[View], object]] = []
        """What pages would work out, each for its first reader: it is done with a new view before that is shown."""
        self._told: list[Callable[[int], None]] = []
        self._seen = -1
        """How often was written what the view has."""
        self.trouble = ""
        """Why the newest facts cannot be shown, as a sentence; the last view that could be made stays."""
        self.unread = ""
        """That GitLab was not read lately, or not yet, as a sentence: what is shown may not be all there is."""

    def view(self) -> View:
        """The newest view, made now if there is none yet. Raises NotReadyError where none can be made."""
        try:
            return self._view or self.refresh()
        except UserError as error:
            raise NotReadyError(*error.problems) from error

    def refresh(self) -> View:
        """Make a view of what is stored now, and tell everybody who listens.

        What is touched meanwhile is shown at once in the view before, and is in the new one, too.
        """
        with self._making:
            with self._handing:
                self._touched, self._wrote = set(), 0
            now, seen = self.now(), self.store.written()
            facts = self.store.facts(now)
            handbook = with_members(self._stated(), facts)
            snapshot = assemble(facts, handbook, None, self.holidays, closed=True)
            view = View(0, WorkQueue(snapshot, handbook), self.store.journal.known(now), stored=self.store.items)
            self._work_out(view)
            with self._handing:
                self._keeping = Keeping(facts.team(), view.queue.desk.terms, snapshot.milestones)
                again = self._with_items(view, self._touched) if self._touched else view
                self.trouble, self.unread = "", _unread(self.store)
                # One too many where it was written before, and touched after, the view was begun: one more is made.
                self._seen = seen + self._wrote if again else -1
                view = again or view
                self._hand_over(view)
        self._tell(view.number)
        return view

    def touch(self, refs: Collection[str], wrote: int = 0) -> View:
        """Make a view in which these items are as they are stored now; all of it, where others depend on them.

        ``wrote``: how often was written, if nothing was but these items. Whatever else was written since the view was
        made, and by whomever, makes another one soon.
        """
        with self._handing:
            self._touched.update(refs)
            self._wrote += wrote
            self._seen += wrote
            view = self._with_items(self._view, refs) if self._view else None
            if view:
                self._hand_over(view)
        if view is None:
            return self.refresh()
        self._tell(view.number)
        return view

    def _with_items(self, view: View, refs: Collection[str]) -> View | None:
        """A view with these items as they are stored now; None where it has to be made anew."""
        stored = self.store.items(refs)
        after = view.with_items({ref: self._keeping.of(stored[ref]) if ref in stored else None for ref in refs})
        if after and perf_counter() >= self._rests_until:
            began = perf_counter()
            self._work_out(after)
            self._rests_until = began + (perf_counter() - began) * (1 + RESTS)
        return after

    def _work_out(self, view: View) -> None:
        """What pages ask of a view, so that none waits for it."""
        usual: Callable[[View], object] = attrgetter("evaluation", "guarded", "texts")
        for work_out in (usual, *self.ahead):
            try:
                work_out(view)
            except UserError:
                pass  # who asks for it is told
            except Exception:  # noqa: BLE001  # all the rest can be shown
                _log.exception("a part of a view could not be worked out")

    def _hand_over(self, view: View) -> None:
        view.number = self._view.number + 1 if self._view else 1
        self._view = view

    def _tell(self, number: int) -> None:
        for tell in tuple(self._told):
            tell(number)

    def past(self, at: datetime, handbook: Handbook, *, closed: bool = False) -> Desk:
        """The team as of a past moment; ``closed``: with what had ended lately then."""
        now, wanted = self.now(), (at, closed)
        with self._recalling:
            kept = self._pasts.pop(wanted, None)
            if kept is None or now - kept[0] > PAST_GOOD_FOR:
                snapshot = assemble(self.store.facts(now), handbook, at, self.holidays, closed=closed)
                kept = now, Desk(snapshot, handbook)
            self._pasts[wanted] = kept
            for old in list(self._pasts)[:-PASTS]:
                del self._pasts[old]
            return kept[1]

    def listen(self, tell: Callable[[int], None]) -> Callable[[], None]:
        """Have ``tell`` called, from another thread, with the number of each new view; what is returned ends it."""
        self._told.append(tell)

        def leave() -> None:
            with suppress(ValueError):
                self._told.remove(tell)

        return leave

    def start(self) -> None:
        """Keep it fresh from now on, in a thread of its own."""
        self._thread = Thread(target=self._keep, name="live", daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        """Whether it is left as it is from now on."""
        return self._stop.is_set()

    def end(self) -> None:
        """Leave it as it is, and tell everybody who listens, so that nobody waits for more."""
        self._stop.set()
        self._tell(self._view.number if self._view else 0)

    def stop(self) -> None:
        """As ``end``; and wait until its thread is done."""
        self.end()
        if self._thread:
            self._thread.join()

    def _keep(self) -> None:
        """Look whether anything was written that the view has not, or time has passed.

        A sweep writes for a while: then a view is made anew for a part of the time only.
        """
        rest = 0.0
        while not self._stop.wait(max(LOOKS_EVERY, rest)):
            rest = 0.0
            try:
                if self.store.written() != self._seen or self._is_old():
                    began = perf_counter()
                    self.refresh()
                    rest = (perf_counter() - began) * RESTS
            except UserError as error:
                self.trouble = str(error)
            except Exception:  # noqa: BLE001  # one that ended here would leave every page as it is, and nobody would know
                _log.exception("no view could be made")
                self.trouble = "a fault of Handrail’s, which its log has."

    def _is_old(self) -> bool:
        return self._view is not None and self.now() - self._view.snapshot.now >= GOOD_FOR
