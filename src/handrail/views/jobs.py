"""How the jobs of the loop go, for whoever looks after it."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from msgspec import Struct

from handrail.engine.jobs import Job
from handrail.plan.words import counted
from handrail.store.inbox import Waiting
from handrail.store.jobs import Standing

LATE = timedelta(minutes=2)
"""So long after a job was due, nobody seems to be there who would run it."""


class JobRow(Struct, frozen=True):
    """One job: what it does, how it stands, and when it runs next."""

    name: str
    what: str
    state: Literal["running", "waiting", "failing", "in part", "new"]
    """``in part``: its last run left something out (``error``); ``new``: it has never come to its end."""
    last: datetime | None
    """When its last run ended, well or not."""
    took: float | None
    """Seconds, of that run."""
    attempts: int
    """How often in a row it failed."""
    error: str
    """What went wrong last, and what to do about it."""
    next: datetime | None
    """When it runs next, unless it is woken before; None: at once, or it is running."""

    def trouble(self) -> str:
        """What went wrong, in a line; nothing where all is well."""
        if not self.error:
            return ""
        failed = f", failed {counted(self.attempts, 'time')} in a row" if self.attempts else ""
        again = f" Tried again at {self.next:%Y-%m-%d %H:%M} UTC." if self.next else ""
        return f"{self.name}{failed}: {self.error}{again}"


def job_rows(jobs: Iterable[Job], known: Mapping[str, Standing], now: datetime) -> list[JobRow]:
    """The jobs in their order; of those that nobody has run yet, that much."""
    return [_row(job, known.get(job.name, Standing(job.name)), now) for job in jobs]


def nobody(rows: Sequence[JobRow], now: datetime) -> str:
    """That nobody runs them, where it looks like that; else nothing. What to do about it is another thing each time."""
    if any(row.state == "running" for row in rows):
        return ""
    since = min((row.next for row in rows if row.next), default=None)
    if since is None:
        return "These have never run"
    if since > now - LATE:
        return ""
    return f"Nobody has run what is due since {since:%Y-%m-%d %H:%M} UTC"


def webhooks(inbox: Waiting) -> list[str]:
    """What waits in the inbox and what could not be worked, in sentences; none where it is empty."""
    failed = f", {inbox.failed} of which could not be worked yet" if inbox.failed else ""
    aside = counted(inbox.aside, "webhook")
    return [
        *([f"{counted(inbox.count, 'webhook')} waiting to be worked{failed}."] if inbox.count else ()),
        *([f"{aside} that could not be worked, set aside: a reading tells what they did not."] if inbox.aside else ()),
    ]


def _row(job: Job, one: Standing, now: datetime) -> JobRow:
    is_running = one.is_held(now)
    next_at = (one.lease_until if one.run else one.due_at) if not is_running else None
    state: Literal["running", "waiting", "failing", "in part", "new"] = "waiting"
    if is_running:
        state = "running"
    elif one.attempts:
        state = "failing"
    elif one.error:
        state = "in part"
    elif one.ended_at is None:
        state = "new"
    return JobRow(job.name, job.what, state, one.ended_at, one.took, one.attempts, one.error, next_at)
