"""Steps in a rotation: what somebody does enters its log, after the turns that have begun meanwhile."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from msgspec.structs import replace

from handrail.duty.rota import Rota
from handrail.engine.assemble import rota_of
from handrail.errors import UserError
from handrail.handbook.schema import Handbook
from handrail.model.duty import Began, Happened, LogEntry, TurnBegan
from handrail.model.snapshot import Snapshot
from handrail.rules.desk import Desk
from handrail.store.database import Store

_AHEAD = timedelta(days=366)
Decide = Callable[[Rota], Iterable[Happened]]
"""What enters the log of a rotation, asked with it as it is; whatever it raises leaves the log as it was."""


def kept(snapshot: Snapshot, rotation: str) -> Rota | None:
    """The rotation as it is kept here; None where it is not, or not yet."""
    found = snapshot.rotations.get(rotation)
    return found if isinstance(found, Rota) else None


def act(
    store: Store, snapshot: Snapshot, handbook: Handbook, rotation: str, by: str, at: datetime, decide: Decide
) -> list[LogEntry]:
    """Write down what was decided on the log as it is, of the people of the snapshot; what was written."""

    def whole(log: Sequence[LogEntry]) -> Iterable[Happened]:
        rota = rota_of(log, snapshot, handbook, rotation)
        begun = rota.overdue(snapshot.now)
        return [*begun, *decide(rota.with_begun(begun, snapshot.now))]

    return store.duty.append(rotation, at, by, whole)


def beginning(desk: Desk, rotation: str, names: tuple[str, ...], first: date | None, otherwise: str) -> Decide:
    """Set a rotation up, for those who take turns, the next first; without a ``first`` day today.

    Whoever has an open rotation issue keeps the turn until it ends. ``otherwise``: what to do where it is set up
    already. Raises UserError for a first day that is too far away.
    """
    by_issues = desk.snapshot.duty is None and rotation == desk.handbook.first_rotation
    running = desk.duty.at(desk.snapshot.now) if first is None and by_issues else None
    stated = desk.handbook.rotations[rotation]
    at = desk.snapshot.now.astimezone(ZoneInfo(stated.zone or desk.handbook.team.zone))
    today, length = at.date(), timedelta(days=stated.days)
    if running:  # the days on the clock: a handoff keeps its hour
        since = running.start.astimezone(at.tzinfo)
        running = replace(running, start=since + max((at - since) // length, 0) * length)
    begins = running.start.date() if running else first or today
    if not today - length <= begins <= today + _AHEAD:
        raise UserError(f"A rotation cannot begin on {begins}: name this turn's first day, or one within a year.")

    def begin(rota: Rota) -> list[Happened]:
        if rota.log:
            raise UserError(f"The rotation is set up already: {otherwise}")
        turn = [TurnBegan(running.start, running.holder)] if running and running.holder else []
        return [Began(begins, names), *turn]

    return begin
