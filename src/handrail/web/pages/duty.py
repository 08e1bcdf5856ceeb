"""The duty desk: who is on until when, what the week asks of them in order, what was asked, and asking."""

from typing import get_args

from litestar import get, post
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect, Template
from msgspec import Struct

from handrail.engine.asking import new, redirected
from handrail.errors import UserError
from handrail.model.asked import Way
from handrail.model.people import spelled
from handrail.rules.duty_desk import desk_rows
from handrail.views.asked import GOES
from handrail.views.duty import on_duty, voice_of
from handrail.web.pages.calendar import address_for
from handrail.web.serving import Served, Whom
from handrail.web.templating import page
from handrail.web.turns import voice_for

SHOWN, ORDINARY_SHOWN = 30, 5
"""Rows of the desk that are shown before somebody asks for all, and rows of ordinary work behind its duties."""


class Question(Struct):
    """What somebody asks; ``by``: who asked one of the team, if it was somebody else."""

    title: str
    way: str = "other"
    urgent: str = ""
    by: str = ""
    ref: str = ""
    link: str = ""
    note: str = ""


@get("/duty", sync_to_thread=True, opt={"open": "duty"})
def duty(who: Whom, serving: Served, whole: FromQuery[str] = "") -> Template:
    """The desk, with ``whole`` to its end; for a stranger no more than who is on duty, and in whose hours."""
    view = who.view
    desk, first = view.queue.desk, view.handbook.first_rotation
    shift = view.queue.on_duty
    holder = shift.holder if shift and shift.holder in view.snapshot.people else ""
    if not who.username:
        zone_voice = voice_of(view.snapshot, view.handbook, first)
        hours = view.snapshot.people.get(holder)
        context = {"now": on_duty(desk, first, zone_voice), "hours": hours, "team": view.snapshot.team.name}
        return Template("open_duty.html", context=context)
    voice = voice_for(who)
    rows = [*desk_rows(view.queue, holder)] if holder else []
    duties = sum(row.entry.level == 0 for row in rows)
    shown = rows[: duties + ORDINARY_SHOWN]
    return page(
        "duty",
        "/duty",
        who,
        serving,
        now=on_duty(desk, first, voice),
        holder=holder,
        rotations={name: on_duty(desk, name, voice) for name in view.handbook.rotations if name != first},
        rows=shown if whole else shown[:SHOWN],
        more=0 if whole else max(0, len(shown) - SHOWN),
        left=max(0, len(rows) - duties - ORDINARY_SHOWN),
        requests=[one for one in view.snapshot.asked if not one.is_over],
        words=voice,
        first=first,
        calendars=(address_for(serving, first, ""), address_for(serving, first, who.username)),
    )


@get("/duty/ask", sync_to_thread=True, opt={"open": "signed in"})
def asking(
    who: Whom,
    serving: Served,
    way: FromQuery[str] = "",
    by: FromQuery[str] = "",
    ref: FromQuery[str] = "",
    urgent: FromQuery[str] = "",
) -> Template:
    """The form for what one asks, and, for what somebody asked of oneself, who has it and what to answer."""
    view = who.view
    answer, clause = None, ""
    if way:
        full, me = who.refs.full(ref.strip()), who.username if who.is_member else ""
        by = by.strip().removeprefix("@")
        answer = redirected(view.queue.desk, _way(way), view.snapshot.now, by, me, full, urgent=bool(urgent))
        clause = view.handbook.clauses[answer.clause].says
    asked = {"way": way, "by": by, "ref": ref, "urgent": urgent}
    more = {
        "ways": get_args(Way),
        "answer": answer,
        "clause": clause,
        "goes": GOES,
        "asked": asked,
    }
    return page("ask", "/duty", who, serving, **more)


@post("/requests", sync_to_thread=True, opt={"open": "signed in"})
def ask(who: Whom, serving: Served, data: URLEncodedBody[Question]) -> Redirect:
    """Keep what somebody asks; who is not of the team asks in their own name."""
    view = who.view
    by = data.by.strip() if who.is_member and data.by.strip() else who.username
    full, links = who.refs.full(data.ref.strip()), [data.link.strip()] if data.link.strip() else []
    made = new(
        view.queue.desk,
        data.title,
        _way(data.way),
        spelled(by, view.snapshot.people) or by,
        view.snapshot.now,
        urgent=bool(data.urgent),
        ref=full,
        links=links,
        note=data.note.strip(),
    )
    kept = serving.store.asked.add(made)
    serving.live.refresh()
    return Redirect(f"/requests/{kept.id}", status_code=303)


def _way(said: str) -> Way:
    known = {way: way for way in get_args(Way)}
    if said not in known:
        raise UserError(f"“{said}” is no way of asking: there are {', '.join(known)}.")
    way: Way = known[said]
    return way
