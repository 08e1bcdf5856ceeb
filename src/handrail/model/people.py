"""The people of a team, as the team's handbook or a snapshot file states them.

These are dataclasses, not msgspec structs: pydantic checks them in a handbook and msgspec reads them in a file, so a
person is declared once (docs/decisions/0003).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import ClassVar, Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
Role = Literal["engineer", "staff_engineer", "engineering_manager", "product_manager"]
ENGINEERS: frozenset[Role] = frozenset({"engineer", "staff_engineer"})
"""The roles whose queue holds work that is open to the team."""


@dataclass(frozen=True)
class Away:
    """Time off: from the first to the last date, both included, in the person's own zone."""

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    first: date
    """The first day off."""
    last: date
    """The last one."""
    why: str = "time off"
    """What it is, for people."""


@dataclass(frozen=True)
class Person:
    """Someone of the team: when they work, where, and what they may be asked.

    ``hours`` are intervals of the local day ("09:00-17:00"); several leave pauses between them, and one that ends
    before it starts runs over midnight. ``country`` and ``subdivision`` are ISO 3166 codes: the person keeps their
    public holidays.
    """

    __pydantic_config__: ClassVar[dict[str, str]] = {"extra": "forbid"}

    name: str
    """As sentences call them."""
    zone: str = "UTC"
    """An IANA time zone."""
    hours: tuple[str, ...] = ("09:00-17:00",)
    """Intervals of the local day."""
    days: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")
    """Their working days."""
    country: str | None = None
    """The country whose public holidays they keep."""
    subdivision: str | None = None
    """Its part, where holidays differ."""
    groups: tuple[str, ...] = ()
    """Keys of the handbook's groups."""
    roles: tuple[Role, ...] = ("engineer",)
    """Engineers have work that is open to the team in their queue; managers only what is theirs by name."""
    away: tuple[Away, ...] = ()
    """Time off that is known."""

    @property
    def is_engineer(self) -> bool:
        """Whether work that is open to the team is theirs to take."""
        return not ENGINEERS.isdisjoint(self.roles)

    def off_between(self, start: datetime, end: datetime) -> tuple[Away, ...]:
        """The time off that a stretch touches."""
        zone = ZoneInfo(self.zone)
        first, last = start.astimezone(zone).date(), (end - timedelta(seconds=1)).astimezone(zone).date()
        return tuple(off for off in self.away if off.first <= last and off.last >= first)


class OwnHours(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """What a person says of their own hours in place of the team's handbook; None: as that has it."""

    zone: str | None = None
    hours: tuple[str, ...] | None = None
    days: tuple[Weekday, ...] | None = None
    country: str | None = None
    subdivision: str | None = None

    def of(self, person: Person) -> Person:
        """The person with these hours. Another country's public holidays come without the old one's part."""
        stated = {name: value for name in self.__struct_fields__ if (value := getattr(self, name)) is not None}
        if self.country is not None:
            stated.setdefault("subdivision", None)
        return replace(person, **stated)


def spelled(name: str, names: Iterable[str]) -> str | None:
    """A user name as one of these spells it, whatever the case of letters and a leading @; None for none of them."""
    folded = name.removeprefix("@").casefold()
    return next((one for one in names if one.casefold() == folded), None)
