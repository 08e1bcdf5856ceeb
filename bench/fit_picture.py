"""The picture of the fit, as plain SVG: lead times, weekdays and hours, corpus and demo side by side."""

from collections.abc import Iterator, Sequence
from math import log10
from typing import Protocol


class Row(Protocol):
    @property
    def what(self) -> str: ...
    @property
    def corpus(self) -> float: ...
    @property
    def demo(self) -> float: ...


class Table(Protocol):
    @property
    def title(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def rows(self) -> Sequence[Row]: ...


CORPUS, DEMO = "#0072b2", "#d55e00"
"""Blue and vermilion of the Okabe-Ito palette; shapes tell the two apart as well."""
WIDTH, LEFT, RIGHT = 720, 120, 690
_DAYS = ((0.01, "15 min"), (0.1, "2.4 h"), (1.0, "1 day"), (10.0, "10 days"), (30.0, "30 days"))


def picture(tables: Sequence[Table]) -> str:
    """The first three tables, drawn."""
    leads, weekdays, hours = tables[:3]
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 720" role="img" aria-labelledby="title desc">',
        '<g font-family="sans-serif" font-size="13" fill="#222">',
        '<title id="title">The demo team beside the corpus</title>',
        '<desc id="desc">Quantiles of lead times, and shares of merges by weekday and hour.</desc>',
        '<rect width="720" height="720" fill="#fff"/>',
        *_legend(),
        *_leads(leads, 70),
        *_bars(weekdays, 300),
        *_bars(hours, 510),
        "</g>",
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _legend() -> Iterator[str]:
    yield _circle(LEFT, 24) + '<text x="132" y="29">corpus (blue, round)</text>'
    yield _diamond(300, 24) + '<text x="312" y="29">demo (orange, edged)</text>'


def _leads(table: Table, top: int) -> Iterator[str]:
    yield _heading(table, top)

    def x(days: float) -> float:
        return LEFT + (log10(max(days, 0.01)) + 2) / (log10(60) + 2) * (RIGHT - LEFT)

    bottom = top + 30 + 26 * len(table.rows)
    for days, name in _DAYS:
        yield f'<path d="M{x(days):.1f} {top + 20}V{bottom}" stroke="#ddd"/>'
        yield f'<text x="{x(days):.1f}" y="{bottom + 16}" text-anchor="middle" fill="#555">{name}</text>'
    for number, row in enumerate(table.rows):
        y = top + 38 + 26 * number
        yield f'<text x="{LEFT - 12}" y="{y + 4}" text-anchor="end">{row.what}</text>'
        yield f'<path d="M{x(row.corpus):.1f} {y}H{x(row.demo):.1f}" stroke="#999"/>'
        yield _circle(x(row.corpus), y) + _diamond(x(row.demo), y)


def _bars(table: Table, top: int) -> Iterator[str]:
    yield _heading(table, top)
    base, height = top + 150, 110
    most = max(max(row.corpus, row.demo) for row in table.rows)
    step = (RIGHT - LEFT) / len(table.rows)
    bar = min(step * 0.36, 26)
    for part in (0.5, 1.0):
        y = base - part * height
        yield f'<path d="M{LEFT} {y:.1f}H{RIGHT}" stroke="#ddd"/>'
        yield f'<text x="{LEFT - 12}" y="{y + 4:.1f}" text-anchor="end" fill="#555">{part * most:.1%}</text>'
    for number, row in enumerate(table.rows):
        middle = LEFT + step * (number + 0.5)
        for at, value, colour in ((middle - bar, row.corpus, CORPUS), (middle, row.demo, DEMO)):
            tall = value / most * height
            edge = ' stroke="#222"' if colour == DEMO else ""
            yield (
                f'<rect x="{at:.1f}" y="{base - tall:.1f}" width="{bar - 1:.1f}" height="{tall:.1f}" '
                f'fill="{colour}"{edge}/>'
            )
        yield f'<text x="{middle:.1f}" y="{base + 16}" text-anchor="middle" fill="#555">{row.what[:3]}</text>'
    yield f'<path d="M{LEFT} {base}H{RIGHT}" stroke="#222"/>'


def _heading(table: Table, top: int) -> str:
    return (
        f'<text x="20" y="{top}" font-size="15" font-weight="bold">{table.title}</text>'
        f'<text x="{RIGHT}" y="{top}" text-anchor="end" fill="#555">{table.source}</text>'
    )


def _circle(x: float, y: float) -> str:
    return f'<circle cx="{x:.1f}" cy="{y}" r="6" fill="{CORPUS}"/>'


def _diamond(x: float, y: float) -> str:
    return f'<path d="M{x:.1f} {y - 7}l7 7l-7 7l-7 -7z" fill="{DEMO}" stroke="#222"/>'
