"""Runs the jobs that are due, until it is told to stop: those of a lane one after the other, each lane in a thread.

Several processes may run it on one store: who takes a job has it in hand until a lease ends that they keep renewing, so
that each job runs in one place at a time, and GitLab has one deliverer. Whoever dies is taken over from when the lease
ends. The clock and everything that jobs work with are given; only waiting is by the machine's own clock.
"""

import secrets
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from threading import Condition, Event, Thread
from time import perf_counter
from types import TracebackType
from typing import Self

from handrail.engine.jobs import Job, Lane, Ran, Work
from handrail.errors import UserError
from handrail.store.jobs import Standing

LEASE = timedelta(seconds=30)
"""How long a job stays in the hand of somebody who is not heard of."""
RENEWED = 10.0
"""Seconds after which leases are renewed."""
POLL = 1.0
"""Seconds after which the table is looked at again: what another process wakes waits no longer."""
AGAIN = timedelta(seconds=30)
"""How long what failed rests: each time twice as long, up to as long as it rests when all is well."""
OUT_OF_REACH = 60.0
"""Seconds that a lane waits at the most where the store itself cannot be read."""
PATIENCE = 5.0
"""Seconds that stopping waits for jobs to come to their end, or to hand themselves back."""
_PACKAGE = Path(__file__).parents[1]


class StoppedError(Exception):
    """Nothing more is to be done: raised inside a job that is half-way."""


class Stop:
    """Whether it is time to stop, for all who wait or work long."""

    def __init__(self) -> None:
        self._asked = Event()

    def ask(self) -> None:
        """It is time."""
        self._asked.set()

    @property
    def is_asked(self) -> bool:
        """Whether it is."""
        return self._asked.is_set()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until it is, or so many seconds have passed; whether it is."""
        return self._asked.wait(seconds)

    def pause(self, seconds: float) -> None:
        """Wait inside a job, as a connection does. Raises StoppedError where it is time."""
        if self._asked.wait(seconds):
            raise StoppedError


class Loop:
    """The jobs of one process.

    ``said``: told in a line what happened, and what went wrong. ``on_change``: called after each job that changed what
    the store tells, in that job's thread.
    """

    def __init__(
        self,
        work: Work,
        jobs: Iterable[Job],
        stop: Stop | None = None,
        said: Callable[[str], None] = lambda _: None,
        on_change: Callable[[], None] = lambda: None,
    ) -> None:
        self.stopping = stop or Stop()
        self._work, self._jobs, self._said, self._on_change = work, tuple(jobs), said, on_change
        self._run = secrets.token_hex(8)
        self._changed = Condition()
        self._woken: set[str] = set()
        self._in_hand: set[str] = set()
        self._lost: set[str] = set()
        """Jobs that others have taken over while we were at them."""
        self._threads: list[Thread] = []

    def start(self) -> None:
        """Begin, in threads of its own."""
        lanes = dict.fromkeys(job.lane for job in self._jobs)
        self._threads = [Thread(target=self._go, args=(lane,), name=f"jobs {lane}", daemon=True) for lane in lanes]
        self._threads.append(Thread(target=self._hold_on, name="leases of jobs", daemon=True))
        for thread in self._threads:
            thread.start()

    def stop(self, patience: float = PATIENCE) -> None:
        """Stop: what is half-way goes on to the next place where it can be left, and is handed back there.

        What waits for an answer longer than that is left as by a kill: the next one takes it over when its lease ends.
        """
        self.stopping.ask()
        with self._changed:
            self._changed.notify_all()
        until = perf_counter() + patience
        for thread in self._threads:
            thread.join(max(until - perf_counter(), 0.0))

    @property
    def is_over(self) -> bool:
        """Whether nothing of it runs any more."""
        return not any(thread.is_alive() for thread in self._threads)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.stop()

    def wake(self, name: str) -> None:
        """Have a job run now, or once more where it is running. It costs nothing, and writes nothing."""
        with self._changed:
            self._woken.add(name)
            self._changed.notify_all()

    def turn(self, lane: Lane) -> bool:
        """Run what is due of a lane, each job once, in order; whether anything was."""
        ran = False
        for job in self._of(lane):
            seen, now = self._standing(job), self._work.now()
            if self.stopping.is_asked or self._due(job, seen, now) > now:
                continue
            woken = job.name in self._woken
            self._woken.discard(job.name)  # from here on, whoever wakes it means the next run
            if self._work.store.jobs.take(seen, self._run, now, now + LEASE):
                ran = True
                self._do(job, seen)
            elif woken:
                self.wake(job.name)
        return ran

    # --- when ------------------------------------------------------------------------------------------

    def _of(self, lane: Lane) -> list[Job]:
        return [job for job in self._jobs if job.lane == lane]

    def _standing(self, job: Job) -> Standing:
        return self._work.store.jobs.all().get(job.name, Standing(job.name))

    def _due(self, job: Job, seen: Standing, now: datetime) -> datetime:
        """When a job is to run, as it stands: one that somebody has in hand, when their lease ends."""
        if seen.run:
            return seen.lease_until or now
        woken = job.name in self._woken and not seen.attempts
        due = now if woken or seen.due_at is None else seen.due_at
        if seen.ended_at is None or seen.took is None or seen.attempts:
            return due
        rest = min(job.rests * timedelta(seconds=seen.took), job.every)
        return max(due, seen.ended_at + rest)

    # --- one run ---------------------------------------------------------------------------------------

    def _do(self, job: Job, seen: Standing) -> None:
        began = perf_counter()

        def check() -> None:
            if self.stopping.is_asked or job.name in self._lost:
                raise StoppedError

        self._lost.discard(job.name)
        self._in_hand.add(job.name)
        try:
            ran = job.does(self._work, check)
            if ran.changed:
                self._on_change()
        except StoppedError:
            self._work.store.jobs.hand_back(job.name, self._run, self._work.now())
        except UserError as error:
            self._fail(job, " ".join(error.problems), seen, perf_counter() - began)
        except Exception as error:  # noqa: BLE001  # a fault in one job keeps no other from running; it is told
            self._said("".join(traceback.format_exception(error)))
            self._fail(job, _fault(error), seen, perf_counter() - began)
        else:
            self._end(job, ran, seen, perf_counter() - began)
        finally:
            self._in_hand.discard(job.name)

    def _end(self, job: Job, ran: Ran, seen: Standing, took: float) -> None:
        ended, wakes = self._work.now(), (*ran.wakes, *(job.then if ran.changed else ()))
        error = " ".join(ran.problems)
        self._work.store.jobs.done(
            job.name, self._run, ended, took, job.after(ended), error=error, note=ran.note, wakes=wakes
        )
        with self._changed:
            self._changed.notify_all()
        for line in (*ran.says, *(ran.problems if error != seen.error else ())):  # what stays wrong is told once
            self._said(f"{job.name}: {line}")
        if (seen.error or seen.run) and not error:
            self._said(f"{job.name}: all is well again")

    def _fail(self, job: Job, error: str, seen: Standing, took: float) -> None:
        ended, failures = self._work.now(), seen.attempts + bool(seen.run)
        again = ended + min(AGAIN * 2 ** min(failures, 20), job.every)
        self._work.store.jobs.failed(job.name, self._run, ended, took, again, error=error)
        self._said(f"{job.name}: {error} It is tried again at {again:%H:%M:%S} UTC.")

    # --- threads ---------------------------------------------------------------------------------------

    def _go(self, lane: Lane) -> None:
        pause = POLL
        while not self.stopping.is_asked:
            try:
                if not self.turn(lane):
                    self._wait(lane)
                pause = POLL
            except Exception as error:  # noqa: BLE001  # the store is out of reach: it may come back
                self._said(f"{lane}: {error if isinstance(error, UserError) else _fault(error)}")
                self.stopping.wait(pause)
                pause = min(pause * 2, OUT_OF_REACH)

    def _wait(self, lane: Lane) -> None:
        """Until something of the lane may be due."""
        known = self._work.store.jobs.all()
        with self._changed:  # whoever wakes one from here on ends the wait
            now = self._work.now()
            due = min(self._due(job, known.get(job.name, Standing(job.name)), now) for job in self._of(lane))
            left = (due - now).total_seconds()
            if not self.stopping.is_asked:
                self._changed.wait(min(max(left, 0.0), POLL))

    def _hold_on(self) -> None:
        """Renew the leases of what is in hand."""
        while not self.stopping.wait(RENEWED):
            in_hand = set(self._in_hand)
            if not in_hand:
                continue
            with suppress(Exception):  # the lanes will say so; leases that nobody renews are others' to take
                held = self._work.store.jobs.renew(self._run, in_hand, self._work.now() + LEASE)
                self._lost |= in_hand - held


def _fault(error: Exception) -> str:
    """A fault of ours in words; what it says itself may hold what is nobody's business."""
    ours = [
        frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(_PACKAGE)
    ]
    where = f" in {Path(ours[-1].filename).relative_to(_PACKAGE)}, line {ours[-1].lineno}" if ours else ""
    return f"This is a fault of Handrail’s ({type(error).__name__}{where}): please report it."
