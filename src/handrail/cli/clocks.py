"""`handrail clocks`: by when what came out upstream has to be supported, whether it is, and what to do next."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import click

from handrail.cli.chosen import Chosen, as_json, at_moment, now
from handrail.errors import UserError
from handrail.model.support import Reading, Verdict

if TYPE_CHECKING:
    from datetime import date

    from handrail.model.support import SupportClock

STYLES: dict[Verdict, str] = {
    "overdue": "bold #d55e00",
    "due-soon": "#e69f00",
    "open": "#56b4e9",
    "held": "dim",
    "missed": "#cc79a7",
    "met": "#009e73",
    "out-of-scope": "dim",
}
WAITS: tuple[Verdict, ...] = ("overdue", "due-soon", "open", "held")
"""What is not supported yet, the most pressing first."""


@click.command()
@click.option("--product", metavar="NAME", help="Only this product’s, whatever their verdict.")
@at_moment
@click.option(
    "--reading",
    type=click.Choice(get_args(Reading)),
    help="How “within N milestones” is counted, in place of the handbook’s reading.",
)
@click.option(
    "--facts",
    "facts_file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Evaluate a JSON file of upstream releases, milestones and support.",
)
@click.option("--all", "everything", is_flag=True, help="Also what is supported, or out of scope.")
@click.option("--markdown", is_flag=True, help="The support matrix as a Markdown table, for documentation.")
@as_json
@click.pass_obj
def clocks(  # noqa: PLR0913  # each is an option of its own
    chosen: Chosen,
    *,
    product: str | None,
    at: str | None,
    reading: Reading | None,
    facts_file: Path | None,
    everything: bool,
    markdown: bool,
    json_wanted: bool,
) -> None:
    """By when upstream releases have to be supported, whether they are, and what to do next.

    Without --all or --product what is not supported yet, the most pressing first.
    """
    from handrail.support.clocks import clocks_of

    if json_wanted and markdown:
        raise UserError("--json and --markdown are two ways to print it: choose one.")
    handbook = chosen.handbook
    if facts_file is not None:
        found, today = _of_file(facts_file, chosen, at, reading)
    else:
        snapshot = chosen.snapshot_at(at, chosen.peopled(handbook))
        found, today = clocks_of(snapshot, handbook.support, reading), snapshot.today
    if product:
        found = _of(product, found)
    if json_wanted:
        from handrail.cli.json_out import print_json

        print_json([as_row(one) for one in found])
    elif markdown:
        click.echo(matrix(found, today), nl=False)
    else:
        _print(found, everything=everything or product is not None)


def _of_file(
    file: Path, chosen: Chosen, at: str | None, reading: "Reading | None"
) -> "tuple[list[SupportClock], date]":
    """The clocks of a facts file, and the day; what of the file is left out is named."""
    from zoneinfo import ZoneInfo

    from handrail.releases.facts_file import read_facts
    from handrail.support.clocks import clocks as evaluated

    handbook = chosen.handbook
    today = (chosen.moment(at) or now()).astimezone(ZoneInfo(handbook.team.zone)).date()
    facts = read_facts(file)
    for problem in facts.problems:
        click.echo(f"{file}: {problem}", err=True)
    for one in facts.upstream:
        if at is None and one.released > today:  # to tell it of a past day would be hindsight
            click.echo(f"{one.product} {one.release} comes out on {one.released}: its clock starts then", err=True)
    return evaluated(facts.upstream, facts.own, facts.support, handbook.support, today, reading), today


def as_row(clock: "SupportClock") -> dict[str, object]:
    """The clock as JSON holds it; dates as ISO 8601, ``days_left`` whole days."""
    return {
        "product": clock.upstream.product,
        "release": clock.upstream.release,
        "class": clock.upstream.kind,
        "released": clock.upstream.released,
        "policy": clock.policy,
        "target": clock.target,
        "due": clock.due,
        "due_milestone": clock.due_milestone,
        "supported_in": clock.supported_in,
        "supported_on": clock.supported_on,
        "verdict": clock.verdict,
        "days_left": clock.days_left,
        "why": clock.why,
        "clause": clock.clause,
        "ends": clock.upstream.ends,
        "notice": clock.notice,
    }


def matrix(found: "Sequence[SupportClock]", today: "date") -> str:
    """The support matrix in Markdown: what is supported since when, and by when the rest is due; newest first."""
    from handrail.support.versions import order

    head = ("Product", "Release", "Released", "Supported", "Vendor’s support ends")
    rows = [head, ("---",) * len(head)]
    newest = sorted(found, key=lambda one: order(one.upstream.release), reverse=True)
    for one in sorted(newest, key=lambda one: one.upstream.product):
        if one.verdict == "out-of-scope" and not one.supported_in:
            continue
        by = f"due {one.due} ({one.due_milestone})" if one.due_milestone else f"due {one.due}"
        supported = f"not yet: {by}" if one.verdict in WAITS else f"since {one.supported_in} ({one.supported_on})"
        ends = f"{one.upstream.ends or ''}{' (over)' if one.upstream.ends and one.upstream.ends <= today else ''}"
        rows.append((one.upstream.product, one.upstream.release, str(one.upstream.released), supported, ends))
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |\n" for row in rows)


def _of(product: str, found: "Iterable[SupportClock]") -> "list[SupportClock]":
    """The clocks of a product. Raises UserError, with the nearest names, where it has none."""
    from difflib import get_close_matches

    rows = list(found)
    mine = [one for one in rows if one.upstream.product.casefold() == product.casefold()]
    if not mine:
        names = sorted({one.upstream.product for one in rows})
        near = get_close_matches(product, names, 1)
        there = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}." if names else "none is known."
        raise UserError(f"Of {product} nothing came out that is known here: {there}")
    return mine


def _pressing(clock: "SupportClock") -> tuple[int, int]:
    """What waits by when it is due, and of the rest the newest first."""
    day = (clock.due or clock.upstream.released).toordinal()
    return get_args(Verdict).index(clock.verdict), day if clock.verdict in WAITS else -day


def _print(found: "Sequence[SupportClock]", *, everything: bool) -> None:
    from rich.table import Table
    from rich.text import Text

    from handrail.cli.screen import QUIET, clean, console

    out = console()
    shown = [one for one in found if everything or one.verdict in WAITS]
    table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False, expand=True)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, style="bold")
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    for one in sorted(shown, key=_pressing):
        name = clean(f"{one.upstream.product} {one.upstream.release}")
        due = f"{one.due} {one.due_milestone or ''}".strip() if one.due else ""
        why = Text(one.why).append(f"; {one.notice}" if one.notice else "")
        table.add_row(Text(one.verdict, STYLES[one.verdict]), Text(name), Text(due), why)
    if shown:
        out.print(table)
    ending = [one for one in found if one.notice and one not in shown]
    for one in ending:
        out.print(Text.assemble((clean(f"{one.upstream.product} {one.upstream.release}"), "bold"), f": {one.notice}"))
    out.print(_counts(found), style=QUIET)


def _counts(found: "Sequence[SupportClock]") -> str:
    """“2 overdue, 1 open, 40 met”."""
    from collections import Counter

    counts = Counter(one.verdict for one in found)
    parts = [f"{counts[verdict]} {verdict.replace('-', ' ')}" for verdict in get_args(Verdict) if counts[verdict]]
    return ", ".join(parts) or "Nothing has come out that is known here."
