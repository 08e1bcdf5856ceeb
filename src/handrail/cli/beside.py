"""What `handrail serve` starts beside its own process: one that reads GitLab and acts, so that no page waits for that.

Two threads of one Python take turns; two processes do not. It is `handrail run` without the jobs that wait for nobody,
and ends with whoever started it; what it has in hand is in the store's tables, as with any other process.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from threading import Event, Thread
from time import perf_counter
from types import TracebackType
from typing import Self

from handrail.cli.chosen import Chosen
from handrail.cli.progress import teller
from handrail.engine.loop import PATIENCE

NICE = 5
"""How much it lets other processes go first."""
_NOT_ITS = ("HANDRAIL_OAUTH_", "HANDRAIL_WEBHOOK_")
"""How the names of settings begin that are for pages alone, secrets among them."""
_LOOKS_EVERY = 0.5
"""Seconds between two looks at whether it is still there."""
_SOON, _LATE = 1.0, 60.0
"""Seconds until one that ended is started again: at first, and at the most; each time twice as long."""
_TO_END = PATIENCE + 5.0
"""Seconds that it has to end: what its jobs have, and some for itself."""


class Beside:
    """`handrail run` beside this process, with what was chosen for this one; started again where it ends too early."""

    def __init__(
        self,
        chosen: Chosen,
        every: int,
        url: str,
        group: str | None,
        upstream: str | None,
        time: Callable[[], datetime],
    ) -> None:
        # -P: whatever lies in the folder where it was started, such as a calendar.py, is no module of ours.
        self._command = [sys.executable, "-P", "-m", "handrail", "run", "--beside", "--every", str(every)]
        self._settings = {  # not as arguments, which all users of a machine can read
            "GITLAB_URL": url,
            "GITLAB_GROUP": group,
            "HANDRAIL_UPSTREAM": upstream,
            "HANDRAIL_STORE": chosen.store_at,
            "HANDRAIL_HANDBOOK": chosen.handbook_file,
        }
        self._time = time
        self._stop, self._thread = Event(), Thread(target=self._keep, name="beside", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.end()
        self._thread.join()

    def end(self) -> None:
        """Have it end, without waiting for that."""
        self._stop.set()

    def _keep(self) -> None:
        pause = _SOON
        while not self._stop.is_set():
            began = perf_counter()
            try:
                became = f"has ended ({self._run()})"
            except OSError as error:  # the machine has no room for another process now
                became = f"could not be started ({error.strerror})"
            if self._stop.is_set():
                return
            if perf_counter() - began > _LATE:
                pause = _SOON
            teller(self._time)(f"what reads GitLab and acts {became}, and is started again")
            self._stop.wait(pause)
            pause = min(2 * pause, _LATE)

    def _run(self) -> int:
        """Have it run until it ends or is to; what it ended with."""
        with subprocess.Popen(self._command, env=self._environment(), stdin=subprocess.PIPE) as running:
            while running.poll() is None and not self._stop.wait(_LOOKS_EVERY):
                pass
            if self._stop.is_set():
                _end(running)
            return running.wait()

    def _environment(self) -> dict[str, str]:
        said = {name: str(value) for name, value in self._settings.items() if value}
        if "HANDRAIL_NOW" in os.environ:
            said["HANDRAIL_NOW"] = self._time().isoformat()
        return {name: value for name, value in os.environ.items() if not name.startswith(_NOT_ITS)} | said


def wait_for_end() -> None:
    """In the process beside: come back when whoever started it is gone, and let others go first until then.

    What ends a group of processes at once, as Ctrl-C does, ends the one that started it, and that one says when.
    """
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.SIG_IGN)
    with suppress(AttributeError, OSError):  # where there is no such thing
        os.nice(NICE)
    sys.stdin.buffer.read()


def _end(running: "subprocess.Popen[bytes]") -> None:
    assert running.stdin
    running.stdin.close()  # it is waiting for that
    try:
        running.wait(_TO_END)
    except subprocess.TimeoutExpired:
        running.kill()
