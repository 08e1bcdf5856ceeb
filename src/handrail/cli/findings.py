"""`handrail findings`: everything that is not as the handbook has it, whether or not something could mend it."""

from typing import TYPE_CHECKING

import click

from handrail.cli.chosen import Chosen, as_json, as_user, at_moment, known_person, typed
from handrail.cli.plan import check_rules

if TYPE_CHECKING:
    from rich.table import Table

STYLES = {"breach": "bold #d55e00", "warning": "#e69f00", "note": "#56b4e9"}
SHOWN_OF_EACH = 8


@click.command()
@click.option("--rule", "rules", multiple=True, metavar="RULE", help="Only what this rule finds; may be repeated.")
@as_user
@at_moment
@click.option("--all", "everything", is_flag=True, help="Every finding, however many, and what people settled.")
@as_json
@click.pass_obj
def findings(
    chosen: Chosen, *, rules: tuple[str, ...], person: str | None, at: str | None, everything: bool, json_wanted: bool
) -> None:
    """What the rules find: what is not as the handbook has it, on which evidence, and who can act on it.

    With --as, what that person can act on: what is nobody's, such as an outsider's new issue, is for whoever is on
    duty, else for EM and PM. What can be mended stands in “handrail plan” too.
    """
    from handrail.cli.json_out import print_json
    from handrail.plan.planner import settled_by_people, why_settled
    from handrail.rules.catalogue import findings as all_findings
    from handrail.rules.desk import Desk

    handbook = chosen.peopled(chosen.handbook)
    check_rules(rules, handbook)
    chosen.only_read()
    desk = Desk(chosen.snapshot_at(at, handbook, closed=True), handbook)
    name = known_person(desk.snapshot, person) if person else ""
    whole = all_findings(desk, rules)
    found = [one for one in whole if not name or name in one.who]
    settled, others = settled_by_people(desk, chosen.known(at)), len(whole) - len(found)
    why = {one: said for one in found if (said := why_settled(one, settled, *(fix.subject for fix in one.remedies)))}
    if not everything:
        found = [one for one in found if one not in why]
    if json_wanted:
        print_json(found)
        return
    from rich.text import Text

    from handrail.cli.screen import QUIET, clean, console, footer
    from handrail.plan.words import counted
    from handrail.views.refs import Refs

    out, refs = console(), Refs(handbook)
    asked, when = [("--rule", rule) for rule in rules], ("--at", at)
    same = f"{chosen.program} findings --all{typed(*asked, ('--as', name), when)}"
    for rule in dict.fromkeys(one.rule for one in found):
        those = [one for one in found if one.rule == rule]
        shown = those if everything else those[:SHOWN_OF_EACH]
        out.print(Text.assemble((rule.replace("_", " "), "bold"), (f"  {len(those)}", QUIET)))
        table = _table()
        for one in shown:
            who = " ".join(f"@{username}" for username in one.who)
            severity = Text(one.severity, style=STYLES[one.severity])
            says = f"{one.says} Settled: {why[one]}." if one in why else one.says
            table.add_row(severity, refs.shortened(one.subject), Text(clean(says)), who)
        out.print(table)
        if len(those) > len(shown):
            out.print(f"  {len(those) - len(shown)} more: {same}", style=QUIET, soft_wrap=True)
        out.print()
    if not found and others:
        says = f"Nothing that {desk.voice.name(name)} can act on; {counted(others, 'finding')} for others: "
        says += f"{chosen.program} findings --as ''{typed(*asked, when)}"
    elif not found:
        says = "Everything is as the handbook has it."
    else:
        says = f"{counted(len(found), 'finding')} · what can be mended: {chosen.program} plan{typed(*asked, when)}"
    settled_too = [f"{len(why)} settled by people: {same}"] if why and not everything else []
    footer(out, [says, *settled_too])


def _table() -> "Table":
    from rich.table import Table

    from handrail.cli.screen import QUIET

    table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False, expand=True)
    table.add_column(no_wrap=True, min_width=7)
    table.add_column(no_wrap=True, style="bold", min_width=18)
    table.add_column(ratio=8)
    table.add_column(no_wrap=True, overflow="ellipsis", style=QUIET, max_width=24)
    return table
