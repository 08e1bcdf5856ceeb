"""What a running process decides on: one view of the store, made anew when something was written or time has passed.

Everybody who looks at the same time looks at the same view. It is made whole before it is shown, by one thread, and
never changes afterwards; whoever holds an older one goes on with that.
"""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cached_property
from threading import Event, Lock, Thread

from handrail.engine.assemble import KnownHolidays, assemble
from handrail.engine.evaluate import Evaluation, evaluate
from handrail.engine.members import with_members
from handrail.errors import UserError
from handrail.handbook.schema import Handbook
from handrail.model.plans import Known
from handrail.model.snapshot import Snapshot
from handrail.rules.work_queue import WorkQueue
from handrail.store.database import Store

GOOD_FOR = timedelta(minutes=1)
"""How old a view may grow though nothing was written: clocks go on."""
LOOKS_EVERY = 0.5
"""Seconds between two looks at whether anything was written."""
PASTS, PAST_GOOD_FOR = 2, timedelta(hours=1)
"""How many past moments are kept, and for how long: what is past changes only by what is read late."""


class View:
    """The team at one moment: the snapshot, everybody's queue, and, when it is asked for, findings and plan."""

    def __init__(self, number: int, snapshot: Snapshot, handbook: Handbook, known: Known) -> None:
        self.number = number
        """Counts the views of a process."""
        self.snapshot, self.handbook = snapshot, handbook
        self.queue = WorkQueue(snapshot, handbook)
        self._known, self._lock = known, Lock()
        self.queue.rank("")  # everything is decided now: a queue that two threads ask first would be decided by both

    @property
    def evaluation(self) -> Evaluation:
        """What the rules find, and the plan; worked out when it is first asked for."""
        with self._lock:
            return self._evaluation

    @cached_property
    def _evaluation(self) -> Evaluation:
        return evaluate(self.snapshot, self.handbook, self._known)


class Live:
    """Keeps the view of a store fresh. ``now`` tells the time; ``handbook`` is the team's, with or without people."""

    def __init__(self, store: Store, handbook: Handbook, holidays: KnownHolidays, now: Callable[[], datetime]) -> None:
        self.store, self._stated, self._holidays, self.now = store, handbook, holidays, now
        self._view: View | None = None
        self._pasts: dict[tuple[datetime, bool], tuple[datetime, Snapshot]] = {}
        self._making, self._recalling, self._stop = Lock(), Lock(), Event()
        self._thread: Thread | None = None
        self._told: list[Callable[[int], None]] = []
        self.trouble = ""
        """Why the newest facts cannot be shown, as a sentence; the last view that could be made stays."""

    def view(self) -> View:
        """The newest view, made now if there is none yet. Raises UserError where none can be made."""
        return self._view or self.refresh()

    def refresh(self) -> View:
        """Make a view of what is stored now, and tell everybody who listens."""
        with self._making:
            now = self.now()
            facts = self.store.facts(now)
            handbook = with_members(self._stated, facts)
            snapshot = assemble(facts, handbook, None, self._holidays, closed=True)
            number = self._view.number + 1 if self._view else 1
            self._view = View(number, snapshot, handbook, self.store.journal.known(now))
            self.trouble = ""
        for tell in tuple(self._told):
            tell(number)
        return self._view

    def past(self, at: datetime, *, closed: bool = False) -> Snapshot:
        """The team as of a past moment; ``closed``: with what had ended lately then."""
        handbook, now, wanted = self.view().handbook, self.now(), (at, closed)
        with self._recalling:
            kept = self._pasts.pop(wanted, None)
            if kept is None or now - kept[0] > PAST_GOOD_FOR:
                kept = now, assemble(self.store.facts(now), handbook, at, self._holidays, closed=closed)
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

    def stop(self) -> None:
        """Leave it as it is."""
        self._stop.set()
        if self._thread:
            self._thread.join()

    def _keep(self) -> None:
        with self.store.changes() as changes:
            while not self._stop.wait(LOOKS_EVERY):
                if changes.any() or self._is_old():
                    try:
                        self.refresh()
                    except UserError as error:
                        self.trouble = str(error)

    def _is_old(self) -> bool:
        return self._view is not None and self.now() - self._view.snapshot.now >= GOOD_FOR
