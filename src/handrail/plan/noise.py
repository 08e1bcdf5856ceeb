"""The noise budget: whom a comment may address now, and what waits or stands in the person's ``next`` instead.

Office hours are each person's own. Of several people those are addressed who are at work; the others see it in their
``next``. Somebody outside the team has no hours that we know: for them the thread's quota counts alone. The team's
group has the team's hours. The calls of a red branch are never quiet, since it precedes all else: where nobody whom one
names may be addressed, the group is. They count on no thread, so that what follows is said too; and a thread's last
word, or who has it from now on, does not wait for its quota.
"""

from collections.abc import Container, Iterable
from datetime import datetime, timedelta

from msgspec.structs import replace

from handrail.handbook.schema import Noise
from handrail.model.actions import Action, Comment
from handrail.model.plans import Refusal, Sent
from handrail.model.snapshot import Snapshot
from handrail.plan.words import counted
from handrail.worktime.calendar import NeverOpensError

PERSON_WINDOW = timedelta(hours=24)
THREAD_WINDOW = timedelta(days=7)


class Budget:
    """What may still be said at the snapshot's now, after what was ``sent``. Spent as comments are let through.

    ``group`` is the team's mention.
    """

    def __init__(self, snapshot: Snapshot, noise: Noise, group: str, sent: Iterable[Sent]) -> None:
        self._snapshot, self._noise, self._group = snapshot, noise, group
        self._people: dict[str, list[datetime]] = {}
        self._threads: dict[str, list[datetime]] = {}
        for one in sent:
            self._count("" if one.call else one.subject, one.to, one.at)

    def spend(self, action: Action) -> Action | Refusal:
        """The comment for those whom it may address now, and counts it; or why it is not made at all."""
        comment = action.change
        assert isinstance(comment, Comment)
        thread = "" if comment.group else action.subject
        said = _within(self._threads.get(thread, ()), self._snapshot.now - THREAD_WINDOW)
        if thread and len(said) >= self._noise.per_thread and not (comment.last and said):
            stand = "stands" if len(said) == 1 else "stand"
            there = f"{counted(len(said), 'comment')} of ours {stand} there already this week"
            why = there if self._noise.per_thread else "the handbook has no comment of ours made on a thread"
            return Refusal(action, why, min(said) + THREAD_WINDOW if said else None, unsaid=True)
        against = {name: self._against(name, action) for name in comment.to}
        to = tuple(name for name in comment.to if against[name] is None)
        refused = [one for one in against.values() if one is not None]
        if not to and refused and not comment.group:
            return min(refused, key=lambda one: (one.until is None, one.until or self._snapshot.now))
        self._count(thread, to)
        return replace(action, change=replace(comment, to=to))

    def _against(self, name: str, action: Action) -> Refusal | None:
        """What speaks against addressing somebody now; nothing for somebody outside the team."""
        is_known = name in self._snapshot.people
        if not is_known and name != self._group:
            return None
        now = self._snapshot.now
        calendar = self._snapshot.calendars[name]
        if self._noise.office_hours and not calendar.is_open(now):
            try:
                return Refusal(action, f"@{name} is not at work now", calendar.opens_after(now), unsaid=True)
            except NeverOpensError:
                return Refusal(action, f"@{name} is away, until nobody knows when", unsaid=True)
        said = _within(self._people.get(name, ()), now - PERSON_WINDOW)
        if not is_known or len(said) < self._noise.per_person:
            return None
        heard = f"@{name} has heard from us {counted(len(said), 'time')} in a day"
        why = heard if self._noise.per_person else "the handbook has no comment of ours address anybody"
        why = f"{why}: it stands in their next instead"
        return Refusal(action, why, min(said) + PERSON_WINDOW if said else None, unsaid=True)

    def _count(self, thread: str, to: Iterable[str], at: datetime | None = None) -> None:
        at = at or self._snapshot.now
        self._threads.setdefault(thread, []).append(at)
        for name in to:
            self._people.setdefault(name, []).append(at)


def unheard(action: Action, heard: Container[str], people: Container[str]) -> Refusal | None:
    """The comment for those of the team whom it would address besides whoever ``heard`` of it; None where all did.

    Under a key of its own, since it is the same comment: it stands on its thread already, and is not made twice.
    """
    comment = action.change
    assert isinstance(comment, Comment)
    rest = tuple(name for name in comment.to if name in people and name not in heard)
    if not rest:
        return None
    names = ", ".join(f"@{name}" for name in rest)
    aside = replace(action, change=replace(comment, to=rest), period=f"{action.period} next".strip())
    return Refusal(aside, f"others are told of it; for {names} it stands in their next instead", unsaid=True)


def _within(instants: Iterable[datetime], since: datetime) -> list[datetime]:
    return [at for at in instants if at > since]
