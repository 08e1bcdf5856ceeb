"""What a benchmark finds, and the one table that shows all of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from io import StringIO

from rich.console import Console
from rich.table import Table
from rich.text import Text


@dataclass(frozen=True)
class Figure:
    """One line of the table. ``value`` None: not measured. ``target`` is the most that it may be, in the same unit."""

    group: str
    what: str
    value: float | None
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


def table(figures: Iterable[Figure]) -> Table:
    """All figures, group by group, beside their targets."""
    shown = Table(box=None, padding=(0, 1), pad_edge=False, header_style="bold")
    shown.add_column("what")
    shown.add_column("measured", justify="right", no_wrap=True)
    shown.add_column("target", justify="right", no_wrap=True)
    shown.add_column("", no_wrap=True)
    shown.add_column("how")
    group = ""
    for figure in figures:
        if figure.group != group:
            shown.add_row(Text(figure.group, style="bold"))
            group = figure.group
        shown.add_row(
            f"  {figure.what}",
            "" if figure.value is None else _amount(figure.value, figure.unit),
            "" if figure.target is None else f"≤ {_amount(figure.target, figure.unit)}",
            _verdict(figure),
            figure.note,
        )
    return shown


def as_text(shown: Table) -> str:
    """The table as a page holds it: plain, and as wide as it needs to be."""
    console = Console(file=StringIO(), width=200, highlight=False, color_system=None)
    with console.capture() as captured:
        console.print(shown)
    return "\n".join(line.rstrip() for line in captured.get().splitlines())


def _verdict(figure: Figure) -> str:
    if figure.target is None or figure.value is None:
        return ""
    return "met" if figure.value <= figure.target else "MISSED"


def _amount(value: float, unit: str) -> str:
    """A whole number is a count, and exact."""
    digits = 0 if value >= 100 or isinstance(value, int) else 1 if value >= 10 else 2 if value >= 0.1 else 3
    return f"{value:,.{digits}f} {unit}".rstrip()
