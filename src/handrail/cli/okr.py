"""`handrail okr`: the OKRs of a quarter: whose each is, what scopes it, who takes part, how far and how well it is."""

from typing import TYPE_CHECKING

import click

from handrail.cli.chosen import Chosen, as_json, at_moment

if TYPE_CHECKING:
    from handrail.views.okrs import OkrLook

STYLES = {"on_track": "#56b4e9", "needs_attention": "#e69f00", "at_risk": "bold #d55e00", "": ""}


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
    from handrail.rules.desk import Desk
    from handrail.views.okrs import as_okrs, okrs_of

    handbook = chosen.peopled(chosen.handbook)
    look = okrs_of(quarter, Desk(chosen.snapshot_at(at, handbook, closed=True), handbook))
    if json_wanted:
        print_json(as_okrs(look))
        return
    _print(look)


def _print(look: "OkrLook") -> None:
    from rich.table import Table
    from rich.text import Text

    from handrail.cli.findings import STYLES as SEVERITIES
    from handrail.cli.screen import ONE_LINE, QUIET, clean, console
    from handrail.plan.words import counted
    from handrail.rules.okr_gaps import lacks
    from handrail.views.okrs import final_words, health_words, people_words, quarter_name, scoping_words
    from handrail.views.refs import Refs

    out, desk, refs = console(), look.desk, Refs(look.desk.handbook)
    wide = out.width >= ONE_LINE
    if not look.found:
        out.print("No OKRs.")
    for label, those in look.quarters.items():
        there = {one.ref for one in those}
        out.print(Text.assemble((quarter_name(label), "bold"), (f"  {final_words(label, desk)}", QUIET)))
        table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False, expand=True)
        table.add_column(no_wrap=True, style="bold")
        table.add_column(ratio=6)
        if wide:
            table.add_column(ratio=5)
            table.add_column(no_wrap=True)
            table.add_column(no_wrap=True, justify="right")
            table.add_column(ratio=4)
        for one in those:
            lack = Text(lacks(one), SEVERITIES.get(look.severities.get(one.ref, ""), ""))
            health = Text(health_words(one), STYLES[one.health] if one.is_open else QUIET)
            title = Text(("└ " if one.objective in there else "") + clean(one.title))
            score = Text("" if one.score is None else f"{one.score:.0%}")
            state = Text(", ").join(part for part in (health, lack) if part)
            cells = [Text(people_words(one, desk)), Text(scoping_words(one), QUIET), score, state]
            if not wide:
                title.append("\n").append(Text(" · ").join(cell for cell in cells if cell))
            table.add_row(refs.shortened(one.ref), title, *(cells if wide else ()))
        out.print(table)
        out.print(counted(len(those), "OKR"), style=QUIET)
        out.print()
    if look.others:
        out.print(f"Of other quarters: {', '.join(f'--quarter {label}' for label in look.others)}", style=QUIET)
