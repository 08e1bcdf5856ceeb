"""The OKRs of quarters, in words and as JSON holds them, and how far the planning of the next quarter is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from handrail.errors import UserError
from handrail.model.findings import Severity
from handrail.model.items import Item, url_of
from handrail.rules.catalogue import findings, rules, settings_of
from handrail.rules.desk import Desk
from handrail.rules.okr_gaps import RULE, lacks
from handrail.rules.okrs import Okr
from handrail.rules.quarter_steps import DatedStep, planned_quarter
from handrail.rules.quarterly_planning import Settings, steps_to_next, team_okrs
from handrail.worktime.fiscal import FiscalQuarter

HEALTH = {"on_track": "on track", "needs_attention": "needs attention", "at_risk": "at risk", "": ""}
YEARS = 40
"""How far from today a quarter may be that is asked for."""


@dataclass(frozen=True)
class OkrLook:
    """The OKRs of the quarters that are looked at, and what they lack."""

    desk: Desk
    settings: Settings
    found: Sequence[Okr]
    others: Sequence[str]
    """The labels of the other quarters that have OKRs."""
    severities: Mapping[str, Severity]
    """How grave what an OKR lacks is, by its reference."""

    @property
    def quarters(self) -> dict[str, list[Okr]]:
        """By the quarter's label its OKRs, each key result after its objective."""
        found: dict[str, list[Okr]] = {}
        for one in sorted(self.found, key=lambda one: (one.objective or one.ref, bool(one.objective), one.ref)):
            found.setdefault(one.quarter, []).append(one)
        return {label: found[label] for label in dict.fromkeys(one.quarter for one in self.found)}


def okrs_of(quarter: str | None, desk: Desk) -> OkrLook:
    """The OKRs of the quarter that somebody names, else of the running one, the next, and of none.

    Raises UserError for what is no quarter.
    """
    settings = settings_of(desk.handbook, rules()[RULE])
    assert isinstance(settings, Settings)
    wanted = [_label(quarter, desk)] if quarter else ["", *_running_and_next(desk)]
    everything = team_okrs(desk, settings)
    return OkrLook(
        desk,
        settings,
        [one for one in everything if one.quarter in wanted],
        sorted({one.quarter for one in everything} - {"", *wanted}),
        {one.subject: one.severity for one in findings(desk, [RULE])},
    )


def _label(quarter: str, desk: Desk) -> str:
    return desk.quarter_label(day_of(quarter, desk))


def day_of(quarter: str, desk: Desk) -> date:
    """A day of the quarter that somebody names. Raises UserError where there is none."""
    today = desk.snapshot.today
    for year in range(today.year - YEARS, today.year + YEARS):
        for month in range(1, 13, 3):
            day = date(year, month, 1)
            if _letters(desk.quarter_label(day)) == _letters(quarter):
                return day
    raise UserError(f"“{quarter}” is no fiscal quarter: write it like {desk.quarter_label(today)}.")


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _running_and_next(desk: Desk) -> list[str]:
    return [desk.quarter_label(desk.snapshot.today), planned_quarter(desk).label]


def around(day: date, desk: Desk) -> tuple[str, str]:
    """The labels of the quarters before and after the one of a day."""
    quarter = FiscalQuarter.of(day, desk.handbook.planning.fiscal_year_starts)
    return desk.quarter_label(quarter.first - timedelta(days=1)), desk.quarter_label(quarter.next.first)


def quarter_name(label: str) -> str:
    """A quarter as people call it."""
    return label.replace("::", " ") or "Without a quarter’s label"


def final_words(label: str, desk: Desk) -> str:
    """When a quarter's OKRs are to be final, of the one that is planned next."""
    planned = planned_quarter(desk)
    if label != planned.label or not planned.steps:
        return ""
    return f"its OKRs and what scopes them are final on {desk.voice.day(planned.last_day)}"


def health_words(okr: Okr) -> str:
    """How it is."""
    return HEALTH[okr.health] if okr.is_open else "closed"


def people_words(okr: Okr, desk: Desk) -> str:
    """Whose it is, and who takes part."""
    owner = desk.voice.name(okr.owner) if okr.owner else "no owner"
    return f"{owner}; contributors: {desk.voice.names(okr.contributors)}" if okr.contributors else owner


def scoping_words(okr: Okr) -> str:
    """“3 of 5 issues done, 1 elsewhere”: of issues elsewhere nothing is known."""
    elsewhere = len(okr.scoping) - okr.counted
    parts = [f"{okr.done} of {okr.counted} issues done"] if okr.counted else []
    return ", ".join(parts + [f"{elsewhere} elsewhere"] * bool(elsewhere))


def steps_in_words(look: OkrLook) -> list[tuple[DatedStep, str, str]]:
    """Each step to the next quarter: done, over, now or to come; and a word on that."""
    today, day = look.desk.snapshot.today, look.desk.voice.day
    found = []
    for step, why in steps_to_next(look.desk, look.settings):
        if why:
            state, says = "done", why
        elif today > step.last:
            state, says = "over", f"it was to be done by {day(step.last)}"
        elif today >= step.first:
            state, says = "now", f"until {day(step.last)}"
        else:
            state, says = "to come", f"from {day(step.first)} to {day(step.last)}"
        found.append((step, state, says))
    return found


def as_okrs(look: OkrLook) -> list[dict[str, Any]]:
    """OKRs as JSON holds them."""
    items: dict[str, Item] = {item.ref: item for item in (*look.desk.snapshot.closed, *look.desk.snapshot.items)}
    return [
        {
            "ref": one.ref,
            "title": one.title,
            "url": url_of(items[one.ref]),
            "quarter": one.quarter or None,
            "objective": one.objective or None,
            "open": one.is_open,
            "owner": one.owner or None,
            "scoping": {"issues": one.scoping, "done": one.done, "counted": one.counted},
            "contributors": one.contributors,
            "score": one.score,
            "health": one.health or None,
            "lacks": lacks(one) or None,
            "severity": look.severities.get(one.ref),
        }
        for one in look.found
    ]
