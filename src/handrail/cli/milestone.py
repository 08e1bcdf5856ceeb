"""`handrail milestone`: who has how much, what was committed at the start and what became of it, what came in since."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from handrail.cli.chosen import Chosen, as_json, at_moment, typed

if TYPE_CHECKING:
    from datetime import datetime

    from rich.console import Console

    from handrail.model.findings import Finding
    from handrail.model.items import Issue
    from handrail.views.milestone import Look

CELLS = 8


@click.command()
@click.argument("title", required=False)
@at_moment
@as_json
@click.pass_obj
def milestone(chosen: Chosen, *, title: str | None, at: str | None, json_wanted: bool) -> None:
    """What a milestone carries: the running one, or TITLE; one that is over as it was at its end.

    Each engineer's Deliverables and Unplanned work against what they have room for, less duty, time off and days
    reserved for planning; what was committed when it started and what became of it; what came in since; what EM and PM
    have to schedule.
    """
    from handrail.cli.json_out import print_json
    from handrail.views.milestone import as_milestone

    look = _look(chosen, title, at)
    if json_wanted:
        print_json(as_milestone(look))
    else:
        _print(look, f"{chosen.program} findings --rule milestone_planning{typed(('--at', at))}")


def _look(chosen: Chosen, title: str | None, at: str | None) -> "Look":
    from handrail.rules.desk import Desk
    from handrail.views.milestone import look_at

    handbook, team = chosen.peopled(chosen.handbook), chosen.facts.team()

    def then(moment: "datetime", *, closed: bool = False) -> Desk:
        return Desk(chosen.snapshot_at(moment.isoformat(), handbook, closed=closed), handbook)

    chosen.only_read()
    desk = Desk(chosen.snapshot_at(at, handbook, closed=True), handbook)
    return look_at(title, desk, then, team.now, has_past=team.has_past, is_past=at is not None)


def _print(look: "Look", rest: str) -> None:
    from rich.text import Text

    from handrail.cli.screen import QUIET, console, footer
    from handrail.views.milestone import WHOSE

    out = console()
    head = Text.assemble((look.milestone.title, "bold"), f" · {look.days}")
    out.print(head.append(f" · {look.when}", style=QUIET))
    if look.dates_from:
        out.print(look.dates_from, style=QUIET)
    out.print()
    if look.is_known:
        _print_loads(look, out)
    _print_committed(look, out)
    _print_came(look, out)
    for code, words in WHOSE.items():
        _print_findings(words, [one for one in look.findings if one.code == code], look, out)
    footer(out, [*filter(None, [look.others]), f"what else there is to mend: {rest}"])


def _print_loads(look: "Look", out: "Console") -> None:
    from rich.table import Table
    from rich.text import Text

    from handrail.cli.screen import QUIET
    from handrail.views.milestone import over_words, points

    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style=QUIET)
    table.add_column("engineer")
    table.add_column("points of Deliverables and Unplanned, of the room")
    for name in ("days at work", "on duty", "off", "for planning"):
        table.add_column(name, justify="right")
    for one in look.loads:
        full = CELLS if one.is_over else round(CELLS * one.points / one.room) if one.room else 0
        bar = Text("▰" * full + "▱" * (CELLS - full), style="bold #d55e00" if one.is_over else "#56b4e9")
        bar.append(f" {over_words(one)}", style="not bold default")
        days = (one.days, one.days_on_duty, one.days_off, one.days_reserved)
        table.add_row(look.desk.voice.name(one.person), bar, *(points(value) if value else "-" for value in days))
    out.print(table, "", sep="\n")
    if look.nobodys:
        _print_issues(f"Deliverables that nobody has yet: {len(look.nobodys)}", look.nobodys, look, out)


def _print_committed(look: "Look", out: "Console") -> None:
    from handrail.cli.screen import QUIET, clean
    from handrail.views.milestone import became_words
    from handrail.views.refs import Refs

    if look.committed is None:
        out.print(f"{look.unknown}\n", style=QUIET)
        return
    out.print(f"Committed at its start: {look.outcome}", style="bold")
    refs = Refs(look.desk.handbook)
    for one in look.committed:
        if one.became not in {"done", "open"}:
            out.print(f"  {refs.short(one.issue)}  {clean(one.issue.title)}: {became_words(one)}")
    out.print()


def _print_came(look: "Look", out: "Console") -> None:
    if look.added:
        _print_issues(f"Deliverables since then: {len(look.added)}", look.added, look, out)
    for source in sorted({source for _, source in look.unplanned}):
        those = [one for one, its in look.unplanned if its == source]
        _print_issues(f"Unplanned, {source}: {len(those)}", those, look, out)


def _print_issues(head: str, issues: "Sequence[Issue]", look: "Look", out: "Console") -> None:
    from handrail.cli.screen import clean
    from handrail.views.refs import Refs

    refs = Refs(look.desk.handbook)
    out.print(head, style="bold")
    for one in issues:
        out.print(f"  {refs.short(one)}  {clean(one.title)}")
    out.print()


def _print_findings(words: str, those: "Sequence[Finding]", look: "Look", out: "Console") -> None:
    from handrail.cli.screen import clean
    from handrail.views.refs import Refs

    if those:
        refs = Refs(look.desk.handbook)
        out.print(f"{words}: {len(those)}", style="bold")
        for one in those:
            out.print(f"  {refs.shortened(one.subject)}  {clean(one.says)}")
        out.print()
