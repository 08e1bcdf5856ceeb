"""Support clocks as a timeline: each upstream release from its own day over target and due to where we support it."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import chain, islice, zip_longest
from typing import Any, NamedTuple, get_args

import altair as alt

from handrail.charts.verdicts import COLOURS, SHAPES
from handrail.model.support import WAITS, OwnRelease, SupportClock, Verdict, printable
from handrail.support.versions import order

ROWS = 60
"""So many releases are shown at most: more are no picture any more."""
YEARS = 3
"""So far back it reaches, unless one product is asked for."""
WIDTH, STEP = 900, 19
_APART = 40
"""Pixels between the names of two milestones."""


class Paper(NamedTuple):
    """What a picture is drawn on, and the colours of what is neither good nor bad news."""

    back: str
    ink: str
    quiet: str
    line: str
    band: str

    @property
    def look(self) -> dict[str, Any]:
        """The picture's configuration."""
        axis = alt.AxisConfig(
            labelColor=self.ink, labelFontSize=12, domainColor=self.line, tickColor=self.line, labelLimit=240
        )
        title = alt.TitleConfig(
            anchor="start", fontSize=18, color=self.ink, subtitleFontSize=12, subtitleColor=self.quiet, offset=14
        )
        return {
            "background": self.back,
            "font": "Liberation Sans, Arial, sans-serif",
            "padding": 12,
            "view": alt.ViewConfig(stroke=None),
            "axis": axis,
            "legend": alt.LegendConfig(labelFontSize=12, labelColor=self.ink, orient="bottom", symbolSize=110),
            "title": title,
        }


LIGHT = Paper("white", "#222222", "#595959", "#e0e0e0", "#00000009")
DARK = Paper("#14171a", "#e6e9ec", "#a3abb4", "#333a41", "#ffffff0a")


def as_spec(
    clocks: Sequence[SupportClock],
    ours: Iterable[OwnRelease],
    today: date,
    *,
    whole: bool = False,
    paper: Paper = LIGHT,
) -> dict[str, Any]:
    """The picture's Vega-Lite specification, with its data in it; of at least one release that has to be supported.

    Of more than ``ROWS``, those not supported yet come first, then the newest of each product. ``whole``: also what
    was supported more than ``YEARS`` years ago, which is shown too where there is nothing else. ``paper``: its colours.
    """
    since = today - timedelta(days=365 * YEARS)
    there = [one for one in clocks if one.verdict != "out-of-scope"]
    lately = [one for one in there if (one.supported_on or today) >= since]
    if whole or not lately:
        since = date.min
    else:
        there = lately
    shown = _chosen(there)
    first = max(since, min(one.upstream.released for one in shown))
    last = max([today, *(day for one in shown for day in (one.due, one.supported_on) if day)])
    span = first - timedelta(days=14), last + timedelta(days=14)
    counted = f"{len(shown)} of {len(there)} releases" if len(shown) < len(there) else _counted(len(shown), "release")
    rows = list(_rows(shown, today, span[0]))
    shipped = _shipped(shown, today, span[0])
    chart = alt.layer(
        *_layers(rows, shipped, alt.Scale(type="utc", domain=list(map(_ms, span))), ours, today, span, paper)
    )
    named = chart.properties(
        width=WIDTH,
        height=alt.Step(STEP),
        title=alt.TitleParams(
            f"Support clocks on {today}",
            subtitle=f"{counted}, each from its own day to where we support it or to today; thin: target, thick: due"
            + ("; dark line: while ours had what was taken back" if shipped else ""),
        ),
        description="; ".join(f"{row['row']}: {row['verdict']}, {row['says']}" for row in rows),
    )
    spec: dict[str, Any] = named.resolve_axis(x="independent").configure(**paper.look).to_dict()
    return spec


def _chosen(clocks: Sequence[SupportClock]) -> list[SupportClock]:
    """What is shown, by product, the newest release first."""
    waiting = _newest_of_each(one for one in clocks if one.verdict in WAITS)
    done = _newest_of_each(one for one in clocks if one.verdict not in WAITS)
    kept = sorted(islice(chain(waiting, done), ROWS), key=lambda one: order(one.upstream.release), reverse=True)
    return sorted(kept, key=lambda one: one.upstream.product)


def _newest_of_each(clocks: Iterable[SupportClock]) -> Iterator[SupportClock]:
    """The newest of each product, then the second of each, and so on."""
    by_product: dict[str, list[SupportClock]] = defaultdict(list)
    for one in sorted(clocks, key=lambda one: order(one.upstream.release), reverse=True):
        by_product[one.upstream.product].append(one)
    return (one for turn in zip_longest(*by_product.values()) for one in turn if one)


def _rows(shown: Iterable[SupportClock], today: date, start: date) -> Iterator[dict[str, Any]]:
    """What the layers draw; days before the picture's first are left out of it."""
    products: dict[str, bool] = {}
    for one in shown:
        due, waits = one.due or today, one.verdict in WAITS
        yield {
            "row": one.upstream.name,
            "band": products.setdefault(one.upstream.product, len(products) % 2 == 0),
            "start": _ms(max(one.upstream.released, start)),
            "released": _ms(one.upstream.released) if one.upstream.released >= start else None,
            "target": _ms(one.target) if one.target and start <= one.target < due else None,
            "due": _ms(due) if due >= start else None,
            "end": _ms(today if waits else one.supported_on or today),
            "verdict": one.verdict,
            "says": printable(_says(one)),
        }


def _shipped(shown: Iterable[SupportClock], today: date, start: date) -> list[dict[str, Any]]:
    """From when to when our releases had what they were without for a while."""
    return [
        {"row": one.upstream.name, "from": _ms(max(begin, start)), "to": _ms(end)}
        for one in shown
        if one.gaps and one.supported_on
        for begin, end in zip(
            (one.supported_on, *(gap.end for gap in one.gaps if gap.end)),
            (*(gap.start for gap in one.gaps), today),
            strict=False,  # what is gone to this day has no last stretch
        )
        if end > start
    ]


def _says(clock: SupportClock) -> str:
    """What stands beside a row: where it is supported, or how long is left."""
    if clock.verdict in WAITS and clock.days_left is not None:
        by = f" for {clock.due_milestone}" if clock.due_milestone else ""
        left = f"{_counted(abs(clock.days_left), 'day')} {'late' if clock.days_left < 0 else 'left'}{by}"
        gone = f", gone since {clock.gaps[-1].first}" if clock.gaps else ""
        return f"held until {clock.held_until}" if clock.held_until else f"{left}{gone}"
    late = clock.verdict == "missed" and clock.due and clock.supported_on and (clock.supported_on - clock.due).days
    after = f", {_counted(late, 'day')} after due" if late else ""
    without = f", not in {', '.join(gap.releases for gap in clock.gaps)}" if clock.gaps else ""
    return f"in {clock.supported_in}{after}{without}"


def _counted(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def _layers(
    rows: list[dict[str, Any]],
    shipped: list[dict[str, Any]],
    scale: alt.Scale,
    ours: Iterable[OwnRelease],
    today: date,
    span: tuple[date, date],
    paper: Paper,
) -> Iterator[alt.Chart]:
    """From the back to the front: bands, both axes, stretches, what was shipped, their marks, today, words."""
    names = [row["row"] for row in rows]
    verdicts = [one for one in get_args(Verdict) if any(row["verdict"] == one for row in rows)]
    colour = alt.Color(
        "verdict:N", title=None, scale=alt.Scale(domain=verdicts, range=[COLOURS[one] for one in verdicts])
    )
    shape = alt.Shape(
        "verdict:N", title=None, scale=alt.Scale(domain=verdicts, range=[SHAPES[one] for one in verdicts])
    )

    def at(field: str, axis: alt.Axis | None = None) -> alt.X:
        return alt.X(f"{field}:T", title=None, scale=scale, axis=axis)

    chart = alt.Chart(alt.InlineData(rows)).encode(
        y=alt.Y("row:N", title=None, sort=names, scale=alt.Scale(domain=names))
    )
    yield chart.transform_filter("datum.band").mark_rect(color=paper.band).encode(x=alt.value(0), x2=alt.value(WIDTH))
    # Two axes of one scale, which no mark has to show: the days above, our own releases below.
    days = alt.Axis(orient="top", tickCount=10, grid=False, labelOverlap="greedy", labelSeparation=8)
    yield chart.mark_point(opacity=0).encode(x=at("start", days))
    yield chart.mark_point(opacity=0).encode(x=at("start", _milestones(ours, span, paper.line)))
    yield chart.mark_bar(height=5, opacity=0.75).encode(x=at("start"), x2="end:T", color=colour)
    if shipped:
        had = alt.Chart(alt.InlineData(shipped)).encode(y=alt.Y("row:N", title=None, sort=names))
        yield had.mark_rule(color=paper.ink, strokeWidth=1.5).encode(x=at("from"), x2="to:T")
    yield chart.mark_point(filled=True, fill=paper.back, stroke=paper.quiet, size=30, opacity=1).encode(
        x=at("released")
    )
    yield chart.mark_tick(color=paper.ink, opacity=1, thickness=1, size=11).encode(x=at("target"))
    yield chart.mark_tick(color=paper.ink, opacity=1, thickness=3, size=13).encode(x=at("due"))
    now = alt.Chart(alt.InlineData([{"day": _ms(today)}]))
    yield now.mark_rule(color=paper.ink, strokeDash=[4, 3]).encode(x=at("day"))
    ends = chart.mark_point(filled=True, size=90, opacity=1, stroke=paper.back, strokeWidth=1)
    yield ends.encode(x=at("end"), color=colour, shape=shape)
    words = chart.mark_text(align="left", fontSize=11, color=paper.quiet)
    yield words.encode(x=alt.value(WIDTH + 8), text="says:N")


def _milestones(ours: Iterable[OwnRelease], span: tuple[date, date], line: str) -> alt.Axis:
    """Our releases as an axis: as many of them as can be named side by side, the newest major one among them."""
    there = [one for one in ours if span[0] <= one.released <= span[1]]
    every = next((n for n in (1, 2, 3, 4, 6, 12, 24, 60) if len(there) * _APART <= WIDTH * n), len(there))
    majors = [place for place, one in enumerate(there) if one.title.endswith(".0")]
    shown = there[(majors[-1] if majors else 0) % every :: every]
    named = {_ms(one.released): printable(one.title) for one in shown}
    return alt.Axis(
        orient="bottom",
        values=list(named),
        labelExpr=f"({json.dumps({str(day): title for day, title in named.items()})})['' + time(datum.value)]",
        labelLimit=max(_APART, WIDTH // max(1, len(named))) - 4,
        gridColor=line,
        grid=True,
    )


def _ms(day: date) -> int:
    """As JavaScript counts it: milliseconds of UTC since 1970."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1000
