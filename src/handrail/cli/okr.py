"""`handrail okr`: the OKRs of a quarter: whose each is, what scopes it, who takes part, how far and how well it is."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from handrail.cli.chosen import Chosen, as_json, at_moment
from handrail.errors import UserError

if TYPE_CHECKING:
    from handrail.model.findings import Severity
    from handrail.rules.desk import Desk
    from handrail.rules.okrs import Okr

HEALTH = {"on_track": "on track", "needs_attention": "needs attention", "at_risk": "at risk", "": ""}
STYLES = {"on_track": "#56b4e9", "needs_attention": "#e69f00", "at_risk": "bold #d55e00", "": ""}
YEARS = 40
"""How far from today a quarter may be that is asked for."""


@click.command()
@click.option(
    "--quarter",
    metavar="QUARTER",
    help="Only this quarter's, as in FY27::Q2. Without it those of the running quarter, of the next and of none.",
)
@at_moment
@as_json
@click.pass_obj
def okr(chosen: Chosen, *, quarter: str | None, at: str | None, json_wanted: bool) -> None:
    """The team's OKRs: owner, issues that scope them, contributors, score and health, and what they lack.

    Key results stand below their objective. The score is the progress that GitLab states; where it states none, the
    share of the scoping issues that is done.
    """
    from handrail.cli.json_out import print_json
    from handrail.model.items import Item, url_of
    from handrail.rules.catalogue import findings, rules, settings_of
    from handrail.rules.desk import Desk
    from handrail.rules.okr_gaps import RULE, lacks
    from handrail.rules.quarterly_planning import Settings, team_okrs

    handbook = chosen.peopled(chosen.handbook)
    desk = Desk(chosen.snapshot_at(at, handbook, closed=True), handbook)
    settings = settings_of(handbook, rules()[RULE])
    assert isinstance(settings, Settings)
    wanted = [_label(quarter, desk)] if quarter else ["", *_running_and_next(desk)]
    everything = team_okrs(desk, settings)
    found = [one for one in everything if one.quarter in wanted]
    severities = {one.subject: one.severity for one in findings(desk, [RULE])}
    if json_wanted:
        items: dict[str, Item] = {item.ref: item for item in (*desk.snapshot.closed, *desk.snapshot.items)}
        print_json(
            [
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
                    "severity": severities.get(one.ref),
                }
                for one in found
            ]
        )
        return
    _print(found, desk, severities)
    others = sorted({one.quarter for one in everything} - {"", *wanted})
    if others:
        from handrail.cli.screen import QUIET, console

        console().print(f"Of other quarters: {', '.join(f'--quarter {label}' for label in others)}", style=QUIET)


def _label(quarter: str, desk: "Desk") -> str:
    """The label of the quarter that somebody names. Raises UserError where there is none."""
    from datetime import date

    today = desk.snapshot.today
    for year in range(today.year - YEARS, today.year + YEARS):
        for month in range(1, 13, 3):
            label = desk.quarter_label(date(year, month, 1))
            if _letters(label) == _letters(quarter):
                return label
    raise UserError(f"“{quarter}” is no fiscal quarter: write it like {desk.quarter_label(today)}.")


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def _running_and_next(desk: "Desk") -> list[str]:
    from handrail.rules.quarter_steps import planned_quarter

    return [desk.quarter_label(desk.snapshot.today), planned_quarter(desk).label]


def _print(found: "Sequence[Okr]", desk: "Desk", severities: "dict[str, Severity]") -> None:
    from rich.table import Table
    from rich.text import Text

    from handrail.cli.findings import STYLES as SEVERITIES
    from handrail.cli.screen import ONE_LINE, QUIET, clean, console
    from handrail.plan.words import counted
    from handrail.rules.okr_gaps import lacks
    from handrail.views.refs import Refs

    out, refs = console(), Refs(desk.handbook)
    wide = out.width >= ONE_LINE
    if not found:
        out.print("No OKRs.")
    for quarter in dict.fromkeys(one.quarter for one in found):
        those = {one.ref: one for one in found if one.quarter == quarter}
        name = quarter.replace("::", " ") or "Without a quarter’s label"
        out.print(Text.assemble((name, "bold"), (f"  {_final(quarter, desk)}", QUIET)))
        table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False, expand=True)
        table.add_column(no_wrap=True, style="bold")
        table.add_column(ratio=6)
        if wide:
            table.add_column(ratio=5)
            table.add_column(no_wrap=True)
            table.add_column(no_wrap=True, justify="right")
            table.add_column(ratio=4)
        for one in sorted(those.values(), key=lambda one: (one.objective or one.ref, bool(one.objective), one.ref)):
            lack = Text(lacks(one), SEVERITIES.get(severities.get(one.ref, ""), ""))
            health = Text(HEALTH[one.health] if one.is_open else "closed", STYLES[one.health] if one.is_open else QUIET)
            title = Text(("└ " if one.objective in those else "") + clean(one.title))
            score = Text("" if one.score is None else f"{one.score:.0%}")
            state = Text(", ").join(part for part in (health, lack) if part)
            cells = [Text(_people(one, desk)), Text(_scoping(one), QUIET), score, state]
            if not wide:
                title.append("\n").append(Text(" · ").join(cell for cell in cells if cell))
            table.add_row(refs.shortened(one.ref), title, *(cells if wide else ()))
        out.print(table)
        out.print(counted(len(those), "OKR"), style=QUIET)
        out.print()


def _final(quarter: str, desk: "Desk") -> str:
    """When a quarter's OKRs are to be final, of the one that is planned next."""
    from handrail.rules.quarter_steps import planned_quarter

    planned = planned_quarter(desk)
    if quarter != planned.label or not planned.steps:
        return ""
    return f"its OKRs and what scopes them are final on {desk.voice.day(planned.last_day)}"


def _people(okr: "Okr", desk: "Desk") -> str:
    owner = desk.voice.name(okr.owner) if okr.owner else "no owner"
    return f"{owner}; contributors: {desk.voice.names(okr.contributors)}" if okr.contributors else owner


def _scoping(okr: "Okr") -> str:
    """“3 of 5 issues done, 1 elsewhere”: of issues elsewhere nothing is known."""
    elsewhere = len(okr.scoping) - okr.counted
    parts = [f"{okr.done} of {okr.counted} issues done"] if okr.counted else []
    return ", ".join(parts + [f"{elsewhere} elsewhere"] * bool(elsewhere))
