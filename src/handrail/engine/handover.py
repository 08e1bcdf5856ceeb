"""Turns change on time: what began is written into the logs, and what nobody decided about passes with the turn.

Nothing is asked of GitLab for it, so that neither an outage nor a rule that waits for a yes holds a turn up. What it
asks for there (``rules.handover``) is planned and applied like everything else. However late this runs, and however
often, each turn is written once, and a request goes once, to whoever is on duty then.
"""

from collections.abc import Container, Iterable
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from handrail.duty.handover import passed
from handrail.engine.assemble import KnownHolidays, rotas
from handrail.handbook.schema import Handbook
from handrail.model.asked import Asked
from handrail.model.duty import Duty, TurnBegan
from handrail.model.handover import passes_to
from handrail.model.snapshot import Snapshot
from handrail.store.database import Store


class OnTime(NamedTuple):
    """What was written down: the turns that had begun, by the rotation's short name, and the requests that passed."""

    begun: tuple[tuple[str, TurnBegan], ...] = ()
    passed: tuple[Asked, ...] = ()


def on_time(store: Store, handbook: Handbook, now: datetime, holidays: KnownHolidays) -> OnTime:
    """Write down the turns that have begun by now, and pass on what nobody decided about in time."""
    team = store.facts(now).team()
    kept = rotas(team, handbook, holidays) if team.duty else {}
    begun: list[tuple[str, TurnBegan]] = []
    for name, rota in kept.items():
        if rota.overdue(now):
            added = store.duty.append(name, now, "", lambda log, rota=rota: rota.with_log(log).overdue(now))  # type: ignore[misc]
            begun += [(name, entry.what) for entry in added if isinstance(entry.what, TurnBegan)]
    duty = kept.get(handbook.first_rotation)
    if duty is None:
        return OnTime(tuple(begun))

    def due(those: Iterable[Asked]) -> list[Asked]:
        then = ((one, passed_on_time(one, duty, now, duty.people)) for one in those)
        return [after for before, after in then if after != before]

    return OnTime(tuple(begun), tuple(store.asked.revise(due)) if due(team.asked) else ())


def as_passed(snapshot: Snapshot) -> Snapshot:
    """The snapshot as it is once what is due by its now has passed: what a preview of the handover looks at."""
    duty = snapshot.duty
    if duty is None:
        return snapshot
    return replace(
        snapshot, asked=tuple(passed_on_time(one, duty, snapshot.now, snapshot.people) for one in snapshot.asked)
    )


def passed_on_time(one: Asked, duty: Duty, now: datetime, people: Container[str]) -> Asked:
    """The request, with whoever is on duty now where that is due and nobody decided about it."""
    to = passes_to(one, duty, now, people)
    return one if to is None else passed(one, to, now)
