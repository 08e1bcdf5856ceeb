"""A rotation as people ask about it: whose turn it was, is and will be, and who stands in."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cached_property

from handrail.duty.presence import free, with_absences
from handrail.duty.rotation import Free, Handoffs, Turn, all_turns
from handrail.duty.shifts import agreements, shifts
from handrail.model.duty import LogEntry, Shift
from handrail.model.people import Person
from handrail.model.snapshot import Calendars, Holidays

_MOMENT = timedelta(seconds=1)


class Rota:
    """A rotation's log with the people who take turns. Implements ``model.duty.Duty``.

    Calendars are built only where somebody has to be picked: who is on duty now stands in the log.
    """

    def __init__(
        self,
        log: Sequence[LogEntry],
        handoffs: Handoffs,
        people: Mapping[str, Person],
        team: Person,
        holidays: Holidays,
    ) -> None:
        self.log, self._handoffs, self._team, self.holidays = log, handoffs, team, holidays
        self.people = with_absences(people, log)
        self.calendars = Calendars(self.people, team, holidays)

    def at(self, moment: datetime) -> Shift | None:
        """Whose shift it is; see ``Duty``."""
        return next((one for one in self.shifts(moment, moment + _MOMENT) if one.start <= moment < one.end), None)

    def shifts(self, since: datetime, until: datetime) -> list[Shift]:
        """Who is on duty when; see ``Duty``."""
        return shifts(self.turns(since, until), agreements(self.log))

    def turns(self, since: datetime, until: datetime) -> list[Turn]:
        """The turns that end after ``since`` and begin before ``until``, past and to come."""
        found = []
        for turn in all_turns(self.log, self._handoffs, self._free):
            if turn.start >= until:
                break
            if turn.end > since:
                found.append(turn)
            if turn.end >= until:
                break
        return found

    @cached_property
    def _free(self) -> Free:
        return free(self.people, self._team, self.holidays)
