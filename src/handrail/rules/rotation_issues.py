"""Who is on duty by the rotation issues alone, for a team whose rotation Handrail does not keep."""

from collections.abc import Iterable
from datetime import datetime, time, timedelta
from itertools import chain
from zoneinfo import ZoneInfo

from handrail.handbook.schema import Handbook
from handrail.model.duty import Shift
from handrail.model.items import Issue, Item
from handrail.model.snapshot import Snapshot
from handrail.rules.terms import Terms


class RotationIssues:
    """The shifts that rotation issues tell by title and assignee. Is a ``model.duty.Duty``; there may be holes."""

    def __init__(self, snapshot: Snapshot, handbook: Handbook, terms: Terms) -> None:
        self._rotation, self._terms = handbook.rotation, terms
        self._zone = ZoneInfo(self._rotation.zone or handbook.team.zone)
        self._open = self._told(snapshot.items)
        self._all = sorted(chain(self._open, self._told(snapshot.closed)), key=_order)

    def at(self, moment: datetime) -> Shift | None:
        """The shift of an open issue that began last: until somebody hands over, it lasts beyond its end."""
        return max((shift for shift in self._open if shift.start <= moment), key=_order, default=None)

    def shifts(self, since: datetime, until: datetime) -> list[Shift]:
        """The shifts, of open issues and of those that ended lately, in the time between two instants."""
        return [shift for shift in self._all if shift.start < until and shift.end > since]

    def _told(self, items: Iterable[Item]) -> list[Shift]:
        handoff, found = time.fromisoformat(self._rotation.handoff_time), []
        for item in items:
            first = self._terms.shift_of(item, self._rotation)
            if first is not None and isinstance(item, Issue) and item.assignees:
                last = first + timedelta(days=self._rotation.days)
                start, end = (datetime.combine(day, handoff, self._zone) for day in (first, last))
                found.append(Shift(start, end, item.assignees[0]))
        return found


def _order(shift: Shift) -> tuple[datetime, str]:
    return shift.start, shift.holder
