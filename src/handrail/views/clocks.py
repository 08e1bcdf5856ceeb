"""Support clocks as every screen shows them: in which order, in which words, and as the matrix for documentation."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from difflib import get_close_matches
from typing import get_args

from msgspec import Struct

from handrail.errors import UserError
from handrail.handbook.support import Support as Policies
from handrail.model.snapshot import Snapshot
from handrail.model.support import WAITS, OwnRelease, SupportClass, SupportClock, Upstream, Verdict, printable
from handrail.support.own_releases import OwnReleases
from handrail.support.published import undated, upstream
from handrail.support.versions import order

NO_CHARTS = "A picture needs two more packages: install them with pip install 'handrail[charts]'."


class GapRow(Struct, frozen=True):
    """Our releases that were without it; no ``last``: it is gone to this day."""

    first: str
    last: str | None


class ClockRow(Struct, frozen=True, rename={"kind": "class"}):
    """A support clock as JSON holds it; dates as ISO 8601, ``days_left`` whole days, ``kind`` is called “class”."""

    product: str
    release: str
    kind: SupportClass
    released: date
    policy: str
    target: date | None
    due: date | None
    due_milestone: str | None
    supported_in: str | None
    supported_on: date | None
    verdict: Verdict
    days_left: int | None
    why: str
    clause: str
    ends: date | None
    notice: str
    proof: str
    gaps: tuple[GapRow, ...]


def as_row(clock: SupportClock) -> ClockRow:
    """The clock as JSON holds it."""
    out = clock.upstream
    return ClockRow(
        out.product,
        out.release,
        out.kind,
        out.released,
        clock.policy,
        clock.target,
        clock.due,
        clock.due_milestone,
        clock.supported_in,
        clock.supported_on,
        clock.verdict,
        clock.days_left,
        clock.why,
        clock.clause,
        out.ends,
        clock.notice,
        clock.proof,
        tuple(GapRow(gap.first, gap.last) for gap in clock.gaps),
    )


def matrix(found: Sequence[SupportClock], today: date) -> str:
    """The support matrix in Markdown: what is supported since when, and by when the rest is due; newest first."""
    head = ("Product", "Release", "Released", "Supported", "Vendor’s support ends")
    rows = [head, ("---",) * len(head)]
    newest = sorted(found, key=lambda one: order(one.upstream.release), reverse=True)
    for one in sorted(newest, key=lambda one: one.upstream.product):
        if one.verdict == "out-of-scope" and not one.supported_in:
            continue
        ends = f"{one.upstream.ends or ''}{' (over)' if one.upstream.ends and one.upstream.ends <= today else ''}"
        rows.append((one.upstream.product, one.upstream.release, str(one.upstream.released), _supported(one), ends))
    return "".join(f"| {' | '.join(printable(cell).replace('|', chr(92) + '|') for cell in row)} |\n" for row in rows)


def _supported(clock: SupportClock) -> str:
    """Since when it is supported, and which of ours were without it; or by when it is due."""
    if clock.verdict in WAITS:
        by = f"due {clock.due} ({clock.due_milestone})" if clock.due_milestone else f"due {clock.due}"
        return f"not since {clock.gaps[-1].first}: {by}" if clock.gaps else f"not yet: {by}"
    without = f", not in {', '.join(gap.releases for gap in clock.gaps)}" if clock.gaps else ""
    return f"since {clock.supported_in} ({clock.supported_on}){without}"


def of_product(product: str, found: Iterable[SupportClock]) -> list[SupportClock]:
    """The clocks of a product. Raises UserError, with the nearest names, where it has none."""
    rows = list(found)
    mine = [one for one in rows if one.upstream.product.casefold() == product.casefold()]
    if not mine:
        names = sorted({one.upstream.product for one in rows})
        near = get_close_matches(product, names, 1)
        there = f"did you mean {near[0]}?" if near else f"there are {', '.join(names)}." if names else "none is known."
        raise UserError(f"Of {product} nothing came out that is known here: {there}")
    return mine


def pressing(clock: SupportClock) -> tuple[int, int]:
    """What waits by when it is due, and of the rest the newest first."""
    day = (clock.due or clock.upstream.released).toordinal()
    return get_args(Verdict).index(clock.verdict), day if clock.verdict in WAITS else -day


def remarks(snapshot: Snapshot, policies: Policies) -> Iterator[str]:
    """What has no clock yet, and why: what nobody dates, and what is announced for a day to come."""
    for one in undated(snapshot.published, policies, snapshot.now, snapshot.today):
        yield f"{printable(f'{one.product} {one.release}')} has no release date: no clock can start"
    yield from to_come(upstream(snapshot.published, policies, snapshot.now), snapshot.today)


def to_come(out: Iterable[Upstream], today: date) -> Iterator[str]:
    """What is announced for a day to come, and will have to be supported."""
    for one in out:
        if one.released > today and not one.excluded:
            yield f"{one.name} comes out on {one.released}: its clock starts then"


def counts(found: Sequence[SupportClock]) -> str:
    """“2 overdue, 1 open, 40 met”."""
    counts = Counter(one.verdict for one in found)
    parts = [f"{counts[verdict]} {verdict.replace('-', ' ')}" for verdict in get_args(Verdict) if counts[verdict]]
    return ", ".join(parts) or "Nothing has come out that is known here."


def timeline(
    found: Sequence[SupportClock], own: Iterable[OwnRelease], today: date, *, whole: bool = False, dark: bool = False
) -> str:
    """The timeline as SVG, which takes seconds; ``whole`` as ``charts.support_timeline``, ``dark``: for a dark page.

    Raises UserError where there is nothing to draw, or nothing to draw with.
    """
    if all(one.verdict == "out-of-scope" for one in found):
        raise UserError("There is nothing to draw: nothing that is known here has to be supported.")
    try:
        from handrail.charts.drawing import as_svg
        from handrail.charts.support_timeline import DARK, LIGHT, as_spec
    except ImportError as error:
        raise UserError(NO_CHARTS) from error
    ours = OwnReleases(own, today).all
    return as_svg(as_spec(found, ours, today, whole=whole, paper=DARK if dark else LIGHT))
