"""What is told of what goes on: how far a reading is while one waits for it, and lines of what stays running."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from handrail.engine.sync import Step


@contextmanager
def progress() -> Iterator[Callable[["Step"], None]]:
    """A moving bar on a terminal; elsewhere a plain line for each source and kind that is done."""
    if not sys.stderr.isatty():
        yield _plain_line
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    # How many there are, GitLab would have to count: until the last page, the bar only shows that it goes on.
    columns = (BarColumn(20), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as bar:
        tasks = {}

        def show(step: "Step") -> None:
            key = step.source, step.kind
            if key not in tasks:
                tasks[key] = bar.add_task("", total=None)
            what = f"{step.source}  {step.items} {step.kind.replace('_', ' ')}"
            bar.update(tasks[key], description=what, total=1 if step.done else None, completed=int(step.done))

        yield show


def teller(time: Callable[[], datetime]) -> Callable[[str], None]:
    """What tells people a line, with its moment."""
    return lambda line: click.echo(f"{time():%Y-%m-%d %H:%M:%S} {line}", err=True)


def _plain_line(step: "Step") -> None:
    if step.done:
        click.echo(f"{step.source}: {step.items} {step.kind.replace('_', ' ')}", err=True)
