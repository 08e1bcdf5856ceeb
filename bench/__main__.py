"""Measure speed and memory, and print one table: ``make bench``, ``make bench ARGS="--quick --only queues"``."""

import click

from bench.business_time import business_time
from bench.cold_start import cold_start
from bench.events import events
from bench.figures import Figure, show
from bench.queues import queues

BENCHES = {"queues": queues, "events": events, "business-time": business_time, "cold-start": cold_start}


@click.command()
@click.option("--quick", is_flag=True, help="The smallest size only, and fewer runs.")
@click.option("--only", type=click.Choice(tuple(BENCHES)), multiple=True, help="Only this one; may be repeated.")
def main(*, quick: bool, only: tuple[str, ...]) -> None:
    """Measure how fast Handrail is and how much memory it takes, beside the targets."""
    figures: list[Figure] = []
    for name, bench in BENCHES.items():
        if not only or name in only:
            figures += bench(_say, quick=quick)
    _say("")
    show(figures)


def _say(what: str) -> None:
    click.echo(what, err=True)


if __name__ == "__main__":
    main()
