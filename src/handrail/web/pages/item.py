"""One item: whose it is and why, the rows considered, findings, claims, its clock, its history, what Handrail did."""

from collections.abc import Sequence
from datetime import datetime

from litestar import get
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect, Template
from msgspec import Struct

from handrail.errors import UserError
from handrail.model.history import Event
from handrail.model.items import Item, kind_of
from handrail.model.people import spelled
from handrail.rules.catalogue import findings_about
from handrail.rules.explanation import Explanation, explain
from handrail.views.explained import next_actor, row_words, summary
from handrail.web.serving import Served, Who, Whom
from handrail.web.templating import page


class Part(Struct, frozen=True):
    """A stretch of a clock as the picture has it: from where and how wide, of 1,000."""

    x: float
    width: float
    what: str


@get("/items/{ref:path}", sync_to_thread=True)
def item(ref: FromPath[str], who: Whom, serving: Served, of: FromQuery[str] = "") -> Template | Redirect:
    """An open item explained for its reader, or for whoever has it next (``of``); of any other its history."""
    full = who.refs.full(ref.removeprefix("/"))
    red = next((one for one in who.view.queue.red_branches() if one[0].ref == full), None)
    if red and red[1]:
        return Redirect(who.address(red[1].ref))
    found = who.view.snapshot.by_ref.get(full) or next(
        (one for one in who.view.snapshot.closed if one.ref == full), None
    )
    history = who.sight.history(full, serving.now())
    if not found and not history and not red:
        raise UserError(f"{full} is not known here: it is in no source, was deleted, or is not for you to see.")
    records = who.records(serving, full)
    about = _explained(found, history, who, of) if found and found.state == "opened" else {}
    more = {"explained": None, "rows": (), "says": (), "parts": (), "findings": (), **about}
    return page(
        "item",
        "",
        who,
        serving,
        **more,
        ref=full,
        item=found,
        branch=red[0].title if red else "",
        events=[*reversed(history)],
        records=[one for one in records if one.state not in {"proposed", "approved"}],
    )


def _explained(item: Item, history: Sequence[Event], who: Who, of: str) -> dict[str, object]:
    queue = who.view.queue
    places = queue.consider(item).places
    mine = any(place.is_for(who.username) for place in places)
    named = spelled(of, who.view.snapshot.people) if of else None
    person = named or (who.username if mine else next_actor(queue, item.ref))
    found = explain(queue, item, person, history)
    voice = who.voice
    rows = [(row, row_words(row, found, voice)) for row in found.rows]
    return {
        "explained": found,
        "says": summary(found, voice),
        "rows": rows if len({why for _, why in rows}) > 1 else (),  # where the table is not looked at, all say so
        "parts": _parts(found),
        "findings": findings_about(item, queue.desk),
    }


def _parts(found: Explanation) -> list[Part]:
    if not found.stretches:
        return []
    start, now = found.stretches[0].start, found.stretches[-1].end
    end = max(now, found.deadline or now)
    whole = (end - start).total_seconds() or 1

    def at(moment: datetime) -> float:
        return round(1000 * (moment - start).total_seconds() / whole, 1)

    gone = [Part(at(one.start), max(1.0, at(one.end) - at(one.start)), one.what) for one in found.stretches]
    return [*gone, Part(at(now), 1000 - at(now), "left until it is due")] if end > now else gone


FOUND = 50
"""Items that a search shows."""


@get("/search", sync_to_thread=True)
def search(who: Whom, serving: Served, q: FromQuery[str] = "") -> Template | Redirect:
    """Items by reference, address, words of the title, labels and people; people by name."""
    snapshot = who.view.snapshot
    full = who.refs.full(q.strip())
    if full in snapshot.by_ref or _is_reference(full):
        return Redirect(who.address(full))
    words = q.casefold().split()
    texts = who.view.texts
    items = [*snapshot.items, *snapshot.closed] if words else []
    for word in words:  # each looks at what is left
        items = [one for one in items if word in texts[one.ref]]
    named = {name: f"{name} {one.name}".casefold() for name, one in snapshot.people.items()} if words else {}
    people = [name for name, text in named.items() if all(word in text for word in words)]
    more = {"q": q, "items": items[:FOUND], "left": max(0, len(items) - FOUND), "people": people}
    return page("search", "", who, serving, **more)


def _is_reference(text: str) -> bool:
    try:
        return bool(kind_of(text))
    except ValueError:
        return False
