"""`handrail clocks`: by when what came out upstream has to be supported, whether it is, and what to do next."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, get_args

import click

from handrail.charts.verdicts import COLOURS
from handrail.cli.chosen import Chosen, as_json, at_moment, now
from handrail.errors import UserError
from handrail.model.support import WAITS, Reading, Verdict

if TYPE_CHECKING:
    from datetime import date, datetime

    from handrail.model.support import OwnRelease, SupportClock

STYLES: dict[Verdict, str] = {**COLOURS, "overdue": f"bold {COLOURS['overdue']}", "held": "dim", "out-of-scope": "dim"}


class _Evaluated(NamedTuple):
    """The clocks, the releases of ours that are known, and as of when: the instant, and its day in the team's zone."""

    clocks: "list[SupportClock]"
    own: "list[OwnRelease]"
    now: "datetime"
    today: "date"


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
@click.option("--ics", is_flag=True, help="What is due and when, as an iCalendar feed.")
@click.option(
    "--svg",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Draw a timeline into a file; needs the extra “charts”.",
)
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
    ics: bool,
    svg: Path | None,
    json_wanted: bool,
) -> None:
    """By when upstream releases have to be supported, whether they are, and what to do next.

    Without --all or --product what is not supported yet, the most pressing first.
    """
    if sum(map(bool, (json_wanted, markdown, ics, svg))) > 1:
        raise UserError("--json, --markdown, --ics and --svg are ways to show it: choose one.")
    from handrail.views.clocks import as_row, matrix, of_product

    known = _of_file(facts_file, chosen, at, reading) if facts_file else _of_facts(chosen, at, reading)
    found = of_product(product, known.clocks) if product else known.clocks
    if json_wanted:
        from handrail.cli.json_out import print_json

        print_json([as_row(one) for one in found])
    elif markdown:
        click.echo(matrix(found, known.today), nl=False)
    elif ics:
        from handrail.support.feed import feed

        click.echo(feed(found, known.now, known.today), nl=False)
    elif svg:
        _draw(known._replace(clocks=found), svg, whole=product is not None)
    else:
        _print(found, everything=everything or product is not None)


def _of_facts(chosen: Chosen, at: str | None, reading: "Reading | None") -> _Evaluated:
    from handrail.support.clocks import clocks_of
    from handrail.support.own_releases import own_releases
    from handrail.views.clocks import remarks

    policies = chosen.handbook.support
    snapshot = chosen.snapshot_at(at, chosen.peopled(chosen.handbook))
    found = clocks_of(snapshot, policies, reading)
    if at is None:
        for says in remarks(snapshot, policies):
            click.echo(says, err=True)
    if chosen.is_stored:
        from handrail.cli.upstream import say_age

        say_age(chosen)
    return _Evaluated(found, own_releases(snapshot.milestones.values()), snapshot.now, snapshot.today)


def _of_file(file: Path, chosen: Chosen, at: str | None, reading: "Reading | None") -> _Evaluated:
    """The clocks of a facts file; what of the file is left out is named."""
    from zoneinfo import ZoneInfo

    from handrail.releases.facts_file import read_facts
    from handrail.support.clocks import clocks as evaluated
    from handrail.views.clocks import to_come

    handbook = chosen.handbook
    moment = chosen.moment(at) or now()
    today = moment.astimezone(ZoneInfo(handbook.team.zone)).date()
    facts = read_facts(file)
    for problem in facts.problems:
        click.echo(f"{file}: {problem}", err=True)
    if at is None:  # to tell it of a past day would be hindsight
        for says in to_come(facts.upstream, today):
            click.echo(says, err=True)
    found = evaluated(facts.upstream, facts.own, facts.support, handbook.support, today, reading)
    return _Evaluated(found, facts.own, moment, today)


def _draw(known: _Evaluated, file: Path, *, whole: bool) -> None:
    """The timeline as a file. Raises UserError where there is nothing to draw, nothing to draw with, or no place."""
    from handrail.views.clocks import timeline

    picture = timeline(known.clocks, known.own, known.today, whole=whole)
    try:
        file.write_text(picture, encoding="utf-8")
    except OSError as error:
        raise UserError(f"{file} cannot be written ({error.strerror}): name another file with --svg.") from error


def _print(found: "Sequence[SupportClock]", *, everything: bool) -> None:
    from rich.table import Table
    from rich.text import Text

    from handrail.cli.screen import QUIET, console
    from handrail.views.clocks import counts, pressing

    out = console()
    shown = [one for one in found if everything or one.verdict in WAITS]
    table = Table(box=None, padding=(0, 1), pad_edge=False, expand=True, header_style=QUIET)
    table.add_column(no_wrap=True)
    table.add_column("release", no_wrap=True, style="bold")
    table.add_column("due, with ours", no_wrap=True)
    table.add_column("why", ratio=1)
    for one in sorted(shown, key=pressing):
        due = f"{one.due} {one.due_milestone or ''}".strip() if one.due else ""
        why = Text(one.why).append(f"; {one.notice}" if one.notice else "")
        table.add_row(Text(one.verdict, STYLES[one.verdict]), Text(one.upstream.name), Text(due), why)
    if shown:
        out.print(table)
    ending = [one for one in found if one.notice and one not in shown]
    for one in ending:
        out.print(Text.assemble((one.upstream.name, "bold"), f": {one.notice}"))
    out.print(counts(found), style=QUIET)
