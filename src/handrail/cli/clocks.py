"""`handrail clocks`: by when what came out upstream has to be supported, whether it is, and what to do next."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, get_args

import click

from handrail.charts.verdicts import COLOURS
from handrail.cli.chosen import Chosen, as_json, at_moment, now
from handrail.errors import UserError
from handrail.model.support import WAITS, Reading, Verdict, printable

if TYPE_CHECKING:
    from datetime import date, datetime

    from handrail.model.support import OwnRelease, SupportClock, Upstream

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
    known = _of_file(facts_file, chosen, at, reading) if facts_file else _of_facts(chosen, at, reading)
    found = _of(product, known.clocks) if product else known.clocks
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
    from handrail.support.published import undated, upstream

    policies = chosen.handbook.support
    snapshot = chosen.snapshot_at(at, chosen.peopled(chosen.handbook))
    found = clocks_of(snapshot, policies, reading)
    if at is None:
        for one in undated(snapshot.published, policies, snapshot.now, snapshot.today):
            click.echo(f"{printable(f'{one.product} {one.release}')} has no release date: no clock can start", err=True)
        _say_ahead(upstream(snapshot.published, policies, snapshot.now), snapshot.today)
    if chosen.is_stored:
        from handrail.cli.upstream import say_age

        say_age(chosen)
    return _Evaluated(found, own_releases(snapshot.milestones.values()), snapshot.now, snapshot.today)


def _of_file(file: Path, chosen: Chosen, at: str | None, reading: "Reading | None") -> _Evaluated:
    """The clocks of a facts file; what of the file is left out is named."""
    from zoneinfo import ZoneInfo

    from handrail.releases.facts_file import read_facts
    from handrail.support.clocks import clocks as evaluated

    handbook = chosen.handbook
    moment = chosen.moment(at) or now()
    today = moment.astimezone(ZoneInfo(handbook.team.zone)).date()
    facts = read_facts(file)
    for problem in facts.problems:
        click.echo(f"{file}: {problem}", err=True)
    if at is None:  # to tell it of a past day would be hindsight
        _say_ahead(facts.upstream, today)
    found = evaluated(facts.upstream, facts.own, facts.support, handbook.support, today, reading)
    return _Evaluated(found, facts.own, moment, today)


def _say_ahead(out: "Iterable[Upstream]", today: "date") -> None:
    """Name what is announced for a day to come, and will have to be supported."""
    for one in out:
        if one.released > today and not one.excluded:
            click.echo(f"{one.name} comes out on {one.released}: its clock starts then", err=True)


def _draw(known: _Evaluated, file: Path, *, whole: bool) -> None:
    """The timeline as a file. Raises UserError where there is nothing to draw, nothing to draw with, or no place."""
    from handrail.support.own_releases import OwnReleases

    if all(one.verdict == "out-of-scope" for one in known.clocks):
        raise UserError("There is nothing to draw: nothing that is known here has to be supported.")
    try:
        from handrail.charts.drawing import as_svg
        from handrail.charts.support_timeline import as_spec
    except ImportError as error:
        raise UserError(
            "A picture needs two more packages: install them with pip install 'handrail[charts]'."
        ) from error
    ours = OwnReleases(known.own, known.today).all
    try:
        file.write_text(as_svg(as_spec(known.clocks, ours, known.today, whole=whole)), encoding="utf-8")
    except OSError as error:
        raise UserError(f"{file} cannot be written ({error.strerror}): name another file with --svg.") from error


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
        "proof": clock.proof,
        "gaps": [{"first": gap.first, "last": gap.last} for gap in clock.gaps],
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
        ends = f"{one.upstream.ends or ''}{' (over)' if one.upstream.ends and one.upstream.ends <= today else ''}"
        rows.append((one.upstream.product, one.upstream.release, str(one.upstream.released), _supported(one), ends))
    return "".join(f"| {' | '.join(printable(cell).replace('|', chr(92) + '|') for cell in row)} |\n" for row in rows)


def _supported(clock: "SupportClock") -> str:
    """Since when it is supported, and which of ours were without it; or by when it is due."""
    if clock.verdict in WAITS:
        by = f"due {clock.due} ({clock.due_milestone})" if clock.due_milestone else f"due {clock.due}"
        return f"not since {clock.gaps[-1].first}: {by}" if clock.gaps else f"not yet: {by}"
    without = f", not in {', '.join(gap.releases for gap in clock.gaps)}" if clock.gaps else ""
    return f"since {clock.supported_in} ({clock.supported_on}){without}"


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

    from handrail.cli.screen import QUIET, console

    out = console()
    shown = [one for one in found if everything or one.verdict in WAITS]
    table = Table(box=None, padding=(0, 1), pad_edge=False, expand=True, header_style=QUIET)
    table.add_column(no_wrap=True)
    table.add_column("release", no_wrap=True, style="bold")
    table.add_column("due, with ours", no_wrap=True)
    table.add_column("why", ratio=1)
    for one in sorted(shown, key=_pressing):
        due = f"{one.due} {one.due_milestone or ''}".strip() if one.due else ""
        why = Text(one.why).append(f"; {one.notice}" if one.notice else "")
        table.add_row(Text(one.verdict, STYLES[one.verdict]), Text(one.upstream.name), Text(due), why)
    if shown:
        out.print(table)
    ending = [one for one in found if one.notice and one not in shown]
    for one in ending:
        out.print(Text.assemble((one.upstream.name, "bold"), f": {one.notice}"))
    out.print(_counts(found), style=QUIET)


def _counts(found: "Sequence[SupportClock]") -> str:
    """“2 overdue, 1 open, 40 met”."""
    from collections import Counter

    counts = Counter(one.verdict for one in found)
    parts = [f"{counts[verdict]} {verdict.replace('-', ' ')}" for verdict in get_args(Verdict) if counts[verdict]]
    return ", ".join(parts) or "Nothing has come out that is known here."
