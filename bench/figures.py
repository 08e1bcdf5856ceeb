"""What a benchmark finds, and the one table that shows all of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text


@dataclass(frozen=True)
class Figure:
    """One line of the table. ``target`` is the most that ``value`` may be, in the same unit."""

    group: str
    what: str
    value: float
    unit: str
    target: float | None = None
    note: str = ""


def quantile(values: Sequence[float], share: float) -> float:
    """The value that ``share`` of all values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: Sequence[float]) -> float:
    """The middle value, the upper one of two."""
    return quantile(values, 0.5)


def show(figures: Iterable[Figure]) -> None:
    """Print the table."""
    table = Table(box=None, padding=(0, 1), pad_edge=False, header_style="bold")
    table.add_column("what")
    table.add_column("measured", justify="right", no_wrap=True)
    table.add_column("target", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    table.add_column("how")
    group = ""
    for figure in figures:
        if figure.group != group:
            table.add_row(Text(figure.group, style="bold"))
            group = figure.group
        table.add_row(
            f"  {figure.what}",
            _amount(figure.value, figure.unit),
            "" if figure.target is None else f"≤ {_amount(figure.target, figure.unit)}",
            "" if figure.target is None else "met" if figure.value <= figure.target else "MISSED",
            figure.note,
        )
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=140)
    console.print(table)


def _amount(value: float, unit: str) -> str:
    digits = 0 if value >= 100 else 1 if value >= 10 else 2
    return f"{value:,.{digits}f} {unit}".rstrip()
