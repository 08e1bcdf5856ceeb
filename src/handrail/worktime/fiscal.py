"""Fiscal quarters. GitLab's year runs from February to January and is named for the year it ends in."""

from datetime import date, timedelta
from typing import Self

from msgspec import Struct


class FiscalQuarter(Struct, frozen=True, order=True):
    """One quarter of a fiscal year: FY27's second is May to July 2026 when years start in February."""

    year: int
    """The calendar year in which the fiscal year ends, four digits."""
    number: int
    """1 to 4."""
    year_starts_in: int = 2
    """The month, 1 to 12, in which the fiscal year starts."""

    @classmethod
    def of(cls, day: date, year_starts_in: int = 2) -> Self:
        """The quarter that `day` lies in. Raises ValueError when `year_starts_in` is no month."""
        if not 1 <= year_starts_in <= 12:
            raise ValueError(f"a fiscal year starts in a month from 1 to 12, not {year_starts_in}")
        months = day.year * 12 + day.month - year_starts_in
        return cls._numbered(months // 3, year_starts_in)

    @property
    def label(self) -> str:
        """As GitLab's labels write it: `FY27::Q2`."""
        return f"FY{self.year % 100:02}::Q{self.number}"

    @property
    def first(self) -> date:
        """Its first day."""
        return self._month(0)

    @property
    def last(self) -> date:
        """Its last day."""
        return self._month(3) - timedelta(days=1)

    @property
    def third_month(self) -> date:
        """The first day of the quarter's third month, in which the next quarter is planned."""
        return self._month(2)

    @property
    def next(self) -> Self:
        """The quarter after it."""
        return self._numbered(self._index + 1, self.year_starts_in)

    @property
    def previous(self) -> Self:
        """The quarter before it."""
        return self._numbered(self._index - 1, self.year_starts_in)

    @property
    def _index(self) -> int:
        """Quarters since the fiscal year that started in year 0."""
        return (self.year - _years_spanned(self.year_starts_in)) * 4 + self.number - 1

    @classmethod
    def _numbered(cls, index: int, year_starts_in: int) -> Self:
        return cls(index // 4 + _years_spanned(year_starts_in), index % 4 + 1, year_starts_in)

    def _month(self, offset: int) -> date:
        year, month = divmod(self._index * 3 + offset + self.year_starts_in - 1, 12)
        return date(year, month + 1, 1)


def is_third_month(day: date, year_starts_in: int = 2) -> bool:
    """Whether `day` lies in its quarter's third month: by default January, April, July and October."""
    return FiscalQuarter.of(day, year_starts_in).third_month == day.replace(day=1)


def _years_spanned(year_starts_in: int) -> int:
    """How much later than it starts a fiscal year ends: 0 for a calendar year, else 1."""
    return 0 if year_starts_in == 1 else 1
