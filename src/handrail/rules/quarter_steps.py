"""The quarter that is being planned, and the steps of its planning with their dates (clauses quarter.*)."""

from collections.abc import Iterator
from datetime import date, timedelta

from msgspec import Struct

from handrail.handbook.work import QuarterStep
from handrail.rules.desk import Desk
from handrail.worktime.fiscal import FiscalQuarter

ONE_DAY = timedelta(days=1)


class DatedStep(Struct, frozen=True, gc=False):
    """A step with its first and last day, and the line that it has in the planning issue's task list."""

    clause: str
    says: str
    first: date
    last: date
    line: str


class PlannedQuarter(Struct, frozen=True, gc=False):
    """A quarter as it is planned in the third month of the one before. Its label has marks that its name has not."""

    label: str
    name: str
    steps: tuple[DatedStep, ...]

    @property
    def last_day(self) -> date:
        """The day on which all is to be final."""
        return max(step.last for step in self.steps)

    def topic(self, what: str) -> str:
        """What tells a comment or an issue about this quarter from another quarter's."""
        return f"{what}-{self.label.replace('::', '-')}"


def planned_quarter(desk: Desk) -> PlannedQuarter:
    """The quarter after today's."""
    return _planned_in(_running(desk), desk)


def running_quarter(desk: Desk) -> PlannedQuarter:
    """Today's quarter, as it was planned in the one before."""
    return _planned_in(_running(desk).previous, desk)


def _running(desk: Desk) -> FiscalQuarter:
    return FiscalQuarter.of(desk.snapshot.today, desk.handbook.planning.fiscal_year_starts)


def _planned_in(quarter: FiscalQuarter, desk: Desk) -> PlannedQuarter:
    label = desk.quarter_label(quarter.next.first)
    return PlannedQuarter(label, label.replace("::", " "), tuple(_dated(desk, quarter)))


def _dated(desk: Desk, quarter: FiscalQuarter) -> Iterator[DatedStep]:
    final = last_business_day(desk, quarter)
    for step in desk.handbook.planning.quarterly:
        first = _day(quarter, step.from_day)
        last = _day(quarter, step.to_day) if step.to_day else max(first, final)
        yield DatedStep(step.clause, step.says, first, last, _line(step, first, last, desk))


def _line(step: QuarterStep, first: date, last: date, desk: Desk) -> str:
    return f"{step.who}: {step.says} ({desk.voice.day(first)} to {desk.voice.day(last)})"


def _day(quarter: FiscalQuarter, number: int) -> date:
    """A day of the third month; the 31st of a shorter one is its last."""
    return min(quarter.third_month + ONE_DAY * (number - 1), quarter.last)


def last_business_day(desk: Desk, quarter: FiscalQuarter) -> date:
    """The last day of the third month on which the team works; its last day where the team never does."""
    open_for = desk.snapshot.calendars[""].between
    day = quarter.last
    while day >= quarter.third_month:
        if open_for(desk.midnight(day), desk.midnight(day + ONE_DAY)):
            return day
        day -= ONE_DAY
    return quarter.last
