"""The noise budget: whom a comment may address now, and what waits or stands in the person's ``next`` instead.

Office hours are each person's own. Somebody outside the team has no hours that we know: for them the thread's quota
counts alone. A comment to a group (the red branch's ladder) is never quiet, since a red branch precedes all else.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta

from handrail.handbook.schema import Noise
from handrail.model.actions import Action, Comment
from handrail.model.plans import Refusal, Sent
from handrail.model.snapshot import Snapshot
from handrail.worktime.calendar import NeverOpensError

PERSON_WINDOW = timedelta(hours=24)
THREAD_WINDOW = timedelta(days=7)


class Budget:
    """What may still be said at the snapshot's now, after what was ``sent``. Spent as comments are let through."""

    def __init__(self, snapshot: Snapshot, noise: Noise, sent: Iterable[Sent]) -> None:
        self._snapshot, self._noise = snapshot, noise
        self._people: dict[str, list[datetime]] = {}
        self._threads: dict[str, list[datetime]] = {}
        for one in sent:
            self._count(one.subject, one.to, one.at)

    def refuses(self, action: Action) -> Refusal | None:
        """Why a comment is not made now; None lets it through and counts it."""
        comment = action.change
        assert isinstance(comment, Comment)
        now = self._snapshot.now
        if not comment.group:
            refusal = self._quiet(action, comment) or self._over(action, comment)
            if refusal is not None:
                return refusal
        self._count(action.subject, comment.to, now)
        return None

    def _quiet(self, action: Action, comment: Comment) -> Refusal | None:
        if not self._noise.office_hours:
            return None
        now = self._snapshot.now
        for name in comment.to:
            if name not in self._snapshot.people:
                continue
            calendar = self._snapshot.calendars[name]
            if calendar.is_open(now):
                continue
            try:
                return Refusal(action, f"@{name} is not at work now", calendar.opens_after(now))
            except NeverOpensError:
                return Refusal(action, f"@{name} is away, until nobody knows when")
        return None

    def _over(self, action: Action, comment: Comment) -> Refusal | None:
        now = self._snapshot.now
        said = _within(self._threads.get(action.subject, ()), now - THREAD_WINDOW)
        if len(said) >= self._noise.per_thread:
            why = f"{len(said)} comments of ours stand there already this week"
            return Refusal(action, why, min(said) + THREAD_WINDOW if said else None)
        for name in comment.to:
            if name not in self._snapshot.people:
                continue
            said = _within(self._people.get(name, ()), now - PERSON_WINDOW)
            if len(said) >= self._noise.per_person:
                why = f"@{name} has heard from us {len(said)} times in a day: it stands in their next instead"
                return Refusal(action, why, min(said) + PERSON_WINDOW if said else None)
        return None

    def _count(self, subject: str, to: Iterable[str], at: datetime) -> None:
        self._threads.setdefault(subject, []).append(at)
        for name in to:
            self._people.setdefault(name, []).append(at)


def _within(instants: Iterable[datetime], since: datetime) -> list[datetime]:
    return [at for at in instants if at > since]
