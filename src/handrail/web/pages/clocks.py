"""Clocks: what came out upstream and is to be supported, the most pressing first, as a table and as a picture."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from hashlib import blake2b
from importlib.util import find_spec
from threading import Lock
from typing import Any, get_args
from urllib.parse import urlencode

from litestar import Request, Response, get
from litestar.params import FromQuery
from litestar.response import Template

from handrail.engine.live import View
from handrail.errors import UserError
from handrail.model.support import WAITS, OwnRelease, Reading, SupportClock, Verdict
from handrail.rules.support_clocks import tracked
from handrail.support.clocks import clocks_of
from handrail.support.feed import feed
from handrail.support.own_releases import own_releases
from handrail.views.clocks import NO_CHARTS, matrix, of_product, pressing, remarks, timeline
from handrail.web.serving import Served, Serving, Who, Whom
from handrail.web.templating import page

_drawing = Lock()
"""Of many who ask for a picture at once the first draws it."""


@get("/clocks", sync_to_thread=True)
def clocks(
    who: Whom,
    serving: Served,
    product: FromQuery[str] = "",
    verdict: FromQuery[str] = "",
    reading: FromQuery[str] = "",
) -> Template:
    """The table: without a ``verdict`` what is not supported yet, of a ``product`` all; ``all`` is everything."""
    view = who.view
    everything = _found(who, "", reading)
    found = of_product(product, everything) if product else everything
    counts = Counter(one.verdict for one in found)
    if verdict not in {"", "all", *get_args(Verdict)}:
        raise UserError(f"“{verdict}” is no verdict: there are {', '.join(get_args(Verdict))}.")
    wanted = {verdict} if verdict not in {"", "all"} else {*get_args(Verdict)} if verdict or product else {*WAITS}
    here = {"product": product, "verdict": verdict, "reading": reading}
    return page(
        "clocks",
        "/clocks",
        who,
        serving,
        rows=sorted((one for one in found if one.verdict in wanted), key=pressing),
        counts=[(one, known) for one in get_args(Verdict) if (known := counts[one])],
        products=sorted({one.upstream.product for one in everything}),
        issues=tracked(found, view.queue.desk),
        chosen=here,
        readings=get_args(Reading),
        stated=view.handbook.support.reading,
        ending=[one for one in found if one.notice and one.verdict not in wanted],
        remarks=list(remarks(view.snapshot, view.handbook.support)),
        no_picture=_no_picture(found),
        more={"product": product, "reading": reading},
        to=_with,
    )


@get("/clocks.svg", sync_to_thread=True)
def clocks_picture(
    request: Request[Any, Any, Any],
    who: Whom,
    product: FromQuery[str] = "",
    reading: FromQuery[str] = "",
    dark: FromQuery[bool] = False,
) -> Response[str]:
    """The timeline; drawn once for what it shows, and not sent again to who has it."""
    own, today = own_releases(who.view.snapshot.milestones.values()), who.view.snapshot.today
    found = _found(who, product, reading)
    with _drawing:
        picture, digest = _drawn(tuple(found), tuple(own), today, whole=bool(product), dark=dark)
    headers = {"ETag": f'"{digest}"', "Cache-Control": "private, no-cache"}
    if headers["ETag"] in request.headers.get("If-None-Match", ""):
        return Response("", status_code=304, headers=headers, media_type="image/svg+xml")
    return Response(picture, headers=headers, media_type="image/svg+xml")


@get("/clocks.md", sync_to_thread=True)
def clocks_matrix(who: Whom, product: FromQuery[str] = "", reading: FromQuery[str] = "") -> Response[str]:
    """The support matrix in Markdown, for documentation."""
    written = matrix(_found(who, product, reading), who.view.snapshot.today)
    return _file(written, "support.md", "text/markdown; charset=utf-8")


@get("/clocks.ics", sync_to_thread=True)
def clocks_calendar(who: Whom, product: FromQuery[str] = "", reading: FromQuery[str] = "") -> Response[bytes]:
    """What is due and when, as an iCalendar file."""
    snapshot = who.view.snapshot
    written = feed(_found(who, product, reading), snapshot.now, snapshot.today)
    return _file(written, "support.ics", "text/calendar; charset=utf-8")


def worked_out(_: Serving, view: View) -> None:
    """What the page's first reader would wait for."""
    tracked((), view.queue.desk)


def _found(who: Who, product: str, reading: str) -> list[SupportClock]:
    """The clocks of a product, or of all. Raises UserError for a product or a reading that is none."""
    counted = next((one for one in get_args(Reading) if one == reading), None)
    if reading and counted is None:
        raise UserError(f"“{reading}” is no way to count: there are {', '.join(get_args(Reading))}.")
    found = clocks_of(who.view.snapshot, who.view.handbook.support, counted)
    return of_product(product, found) if product else found


@lru_cache(maxsize=16)
def _drawn(
    found: tuple[SupportClock, ...], own: tuple[OwnRelease, ...], today: date, *, whole: bool, dark: bool
) -> tuple[str, str]:
    """A picture, and the digest of it."""
    picture = timeline(found, own, today, whole=whole, dark=dark)
    return picture, blake2b(picture.encode(), digest_size=12).hexdigest()


def _no_picture(found: Sequence[SupportClock]) -> str:
    """Why there is no picture; nothing where there is one."""
    if not (find_spec("altair") and find_spec("vl_convert")):
        return NO_CHARTS
    return "" if any(one.verdict != "out-of-scope" for one in found) else "There is nothing to draw yet."


def _with(path: str, query: dict[str, str], **other: str) -> str:
    """A path with what of a query says something."""
    said: Iterable[tuple[str, str]] = {**query, **other}.items()
    return "?".join(part for part in (path, urlencode([(name, value) for name, value in said if value])) if part)


def _file(content: Any, name: str, kind: str) -> Response[Any]:
    return Response(content, media_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
