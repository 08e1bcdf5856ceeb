"""Measure speed and memory, and print one table: ``make bench``, ``make bench ARGS="--quick --only queues"``."""

import click
from rich.console import Console

from bench.all_rules import all_rules
from bench.apply_faults import apply_faults
from bench.business_time import business_time
from bench.clocks import clocks
from bench.cold_start import cold_start
from bench.events import events
from bench.figures import Figure, as_text, table
from bench.files import ROOT
from bench.handover_faults import handover_faults
from bench.pages import pages
from bench.perceval import perceval
from bench.queues import queues
from bench.reading import reading
from bench.replay import replay
from bench.serving import serving
from bench.store import store
from bench.webhooks import webhooks

BENCHES = {
    "queues": queues,
    "events": events,
    "all-rules": all_rules,
    "business-time": business_time,
    "clocks": clocks,
    "cold-start": cold_start,
    "store": store,
    "reading": reading,
    "replay": replay,
    "perceval": perceval,
    "apply-faults": apply_faults,
    "handover-faults": handover_faults,
    "webhooks": webhooks,
    "serving": serving,
    "pages": pages,
}


PAGE = ROOT / "docs" / "performance.md"
FENCE = "```"


@click.command()
@click.option("--quick", is_flag=True, help="The smallest size only, and fewer runs.")
@click.option("--only", type=click.Choice(tuple(BENCHES)), multiple=True, help="Only this one; may be repeated.")
@click.option("--write", is_flag=True, help="Put the table into docs/performance.md too.")
def main(*, quick: bool, only: tuple[str, ...], write: bool) -> None:
    """Measure how fast Handrail is and how much memory it takes, beside the targets."""
    figures: list[Figure] = []
    for name, bench in BENCHES.items():
        if not only or name in only:
            figures += bench(_say, quick=quick)
    _say("")
    shown = table(figures)
    console = Console(highlight=False)
    if console.is_terminal:
        console.print(shown)
    else:
        click.echo(as_text(shown))
    if write:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(f"{FENCE}text\n")
        after = rest.partition(f"{FENCE}\n")[2]
        PAGE.write_text(f"{before}{FENCE}text\n{as_text(shown)}\n{FENCE}\n{after}", encoding="utf-8")


def _say(what: str) -> None:
    click.echo(what, err=True)


if __name__ == "__main__":
    main()
