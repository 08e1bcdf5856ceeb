"""A rotation as people ask about it: whose turn it was, is and will be, and who stands in."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cached_property

from handrail.duty.presence import with_absences
from handrail.duty.rotation import Handoffs, all_turns, state
from handrail.duty.shifts import Agreed, agreements, open_offers, shifts
from handrail.model.duty import LogEntry, Shift, SwapOffered, Turn, TurnBegan
from handrail.model.people import Person
from handrail.model.snapshot import Calendars, Holidays

_MOMENT = timedelta(seconds=1)
EVER = datetime(1970, 1, 1, tzinfo=UTC)
"""Before any rotation began."""


class Rota:
    """A rotation's log with the people who take turns. Implements ``model.duty.KeptDuty``.

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
        self._stated = people
        self.people = with_absences(people, log)
        self.calendars = Calendars(self.people, team, holidays)
        self._turns: list[Turn] = []  # as far ahead as was asked: each is worked out once

    def at(self, moment: datetime) -> Shift | None:
        """Whose shift it is; see ``Duty``."""
        return next((one for one in self.shifts(moment, moment + _MOMENT) if one.start <= moment < one.end), None)

    def shifts(self, since: datetime, until: datetime) -> list[Shift]:
        """Who is on duty when; see ``Duty``."""
        found = shifts(self.turns(since, until), self._agreed)
        return [one for one in found if one.end > since and one.start < until]

    def offers(self, now: datetime) -> Mapping[int, SwapOffered]:
        """The swaps that somebody can still take; see ``KeptDuty``."""
        return open_offers(self.log, now)

    def turns(self, since: datetime, until: datetime) -> list[Turn]:
        """The turns that end after ``since`` and begin before ``until``, past and to come; see ``KeptDuty``."""
        while not self._turns or self._turns[-1].end < until:
            following = next(self._to_come, None)
            if following is None:
                break
            self._turns.append(following)
        return [turn for turn in self._turns if turn.start < until and turn.end > since]

    def overdue(self, now: datetime) -> list[TurnBegan]:
        """The turns that began by now and are not in the log yet, in their order: what the engine writes down."""
        known = {entry.what.start for entry in self.log if isinstance(entry.what, TurnBegan)}
        coming = self.turns(max(known, default=EVER), now + _MOMENT)
        return [TurnBegan(turn.start, turn.holder) for turn in coming if turn.start not in known]

    @property
    def listed(self) -> tuple[str, ...]:
        """Who takes turns, the next first, as of the last turn in the log."""
        now = state(self.log)
        return now.roster if now else ()

    def with_log(self, log: Sequence[LogEntry]) -> "Rota":
        """The same with another log: what a change would come to."""
        return Rota(log, self._handoffs, self._stated, self._team, self.holidays)

    def with_begun(self, turns: Sequence[TurnBegan], at: datetime) -> "Rota":
        """The same after turns have begun."""
        count = len(self.log)
        return self.with_log(
            [*self.log, *(LogEntry(number, at, "", one) for number, one in enumerate(turns, count + 1))]
        )

    @cached_property
    def _agreed(self) -> list[Agreed]:
        return agreements(self.log)

    @cached_property
    def _to_come(self) -> Iterator[Turn]:
        return all_turns(self.log, self._handoffs, self._is_free)

    def _is_free(self, name: str, start: datetime, end: datetime) -> bool:
        """Whether somebody can take a turn: what others have taken of it in swaps they need not be there for."""
        swapped = shifts([Turn(start, end, name)], [one for one in self._agreed if one.instead_of])
        but = [(one.start, one.end) for one in swapped if one.holder != name]
        return self.calendars.is_there(name, start, end, but)
