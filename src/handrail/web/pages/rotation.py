"""A rotation: the turns to come, swaps, who stands in, who is away, who takes turns, its log and whether it is fair."""

from datetime import UTC, datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from litestar import get, post
from litestar.params import FromPath, FromQuery, QueryParameter, URLEncodedBody
from litestar.response import Redirect, Template
from msgspec import Struct

from handrail.duty import agreeing
from handrail.duty.fairness import shares
from handrail.duty.presence import absences
from handrail.duty.preview import preview
from handrail.duty.rota import Rota
from handrail.engine.duty_log import Decide, act, beginning, kept
from handrail.errors import UserError
from handrail.model.duty import LogEntry, RosterSet
from handrail.views.duty import at_work, compared, gaps, lost, remarks, told
from handrail.views.moments import day, moment
from handrail.web.serving import Served, Who, Whom
from handrail.web.templating import page
from handrail.web.turns import on_time_view, rotation_named, voice_for

WEEKS, MOST_WEEKS = 12, 104
LOG_SHOWN = 20


class Move(Struct):
    """A step in a rotation: what it needs of these, as people write it; times in their own zone."""

    rotation: str = ""
    number: int = 0
    order: str = ""
    person: str = ""
    start: str = ""
    end: str = ""
    in_return: str = ""
    because: str = ""


@get("/duty/rotation", sync_to_thread=True)
def rotation(
    who: Whom,
    serving: Served,
    name: FromQuery[str] = "",
    order: FromQuery[str] = "",
    did: FromQuery[str] = "",
    weeks: Annotated[int, QueryParameter(ge=1, le=MOST_WEEKS)] = WEEKS,
) -> Template:
    """The rotation; ``order``: what another list of who takes turns would change; ``did``: what was just written."""
    view, words, name = who.view, voice_for(who), rotation_named(name, who)
    now, rota = view.snapshot.now, kept(view.snapshot, name)
    if rota is None:
        return page("rotation", "/duty", who, serving, rota=None, rotation=name)
    new = [int(number) for number in did.split(",") if number.isdecimal()]
    offers, rows = rota.offers(now), preview(rota, now, weeks)
    changes = _change(rota, order, who) if order else None
    return page(
        "rotation",
        "/duty",
        who,
        serving,
        rotation=name,
        rota=rota,
        rows=rows,
        weeks=weeks,
        words=words,
        at_work=lambda row: at_work(row, rota),
        gaps=lambda row: gaps(row, words),
        told=lambda entry: told(entry, words),
        offers=offers,
        mine=[row for row in rows if row.holder == who.username and row.start > now],
        away={number: one for number, one in absences(rota.log).items() if one.last >= view.snapshot.today},
        listed=rota.with_begun(rota.overdue(now), now).listed,
        shares=shares(rota, now, weeks, view.snapshot.team),
        log=[*reversed(rota.log)][:LOG_SHOWN],
        new=[entry for entry in rota.log if entry.number in new],
        remarks=[*remarks(rota, new, now, words, view.snapshot.team)] if new else [],
        order=order,
        changes=changes,
        local=lambda at: _local(at, who),
    )


@post("/duty/rotation/{step:str}", sync_to_thread=True)
def step(who: Whom, serving: Served, step: FromPath[str], data: URLEncodedBody[Move]) -> Redirect:
    """Set it up, change who takes turns, offer, take or withdraw a swap, have somebody stand in, be away or back."""
    name = rotation_named(data.rotation, who)
    view = on_time_view(serving, who)
    decide = _decide(step, data, who, name)
    new = act(serving.store, view.snapshot, view.handbook, name, who.username, serving.now(), decide)
    serving.live.refresh()
    return Redirect(f"/duty/rotation?name={name}&did={','.join(str(entry.number) for entry in new)}", status_code=303)


def _decide(step: str, data: Move, who: Who, name: str) -> Decide:
    snapshot, me = who.view.snapshot, who.username
    now, people = snapshot.now, snapshot.people
    match step:
        case "start":
            order = agreeing.known(data.order.split(), people)
            first = day(data.start) if data.start else None
            return beginning(who.view.queue.desk, name, order, first, "the list of who takes turns can be changed.")
        case "roster":
            listed = RosterSet(agreeing.known(data.order.split(), people))
            return lambda _: [listed]
        case "offer":
            start, end = _stretch(data, who)
            return lambda rota: [agreeing.offered(rota.log, me, start, end, rota.shifts(start, end), now)]
        case "take":
            since = moment(data.in_return, who.person.zone) if data.in_return else None
            return lambda rota: [agreeing.swapped(rota, data.number, me, now, since)]
        case "withdraw":
            return lambda rota: [agreeing.withdrawn(rota.log, data.number, me, now)]
        case "cover":
            (person,), (start, end) = agreeing.known([data.person], people), _stretch(data, who)
            return lambda rota: [agreeing.covered(person, start, end, rota.shifts(start, end), now)]
        case "away":
            gone = agreeing.away(me, day(data.start), day(data.end or data.start), snapshot.today, data.because)
            return lambda _: [gone]
        case "back":
            return lambda rota: [agreeing.returned(rota.log, data.number, me)]
        case _:
            raise UserError(f"“{step}” is no step in a rotation.")


def _stretch(data: Move, who: Who) -> tuple[datetime, datetime]:
    if not data.start or not data.end:
        raise UserError("Say from when until before when.")
    zone = who.person.zone
    return moment(data.start, zone).astimezone(UTC), moment(data.end, zone).astimezone(UTC)


def _change(rota: Rota, order: str, who: Who) -> tuple[list[tuple[datetime, str, str]], list[str]]:
    """Who would be on duty before and after another list, and which swaps nothing would be left of."""
    snapshot = who.view.snapshot
    before = rota.with_begun(rota.overdue(snapshot.now), snapshot.now)
    listed = RosterSet(agreeing.known(order.split(), snapshot.people))
    after = before.with_log((*before.log, LogEntry(len(before.log) + 1, snapshot.now, who.username, listed)))
    rows = compared(preview(before, snapshot.now, WEEKS), preview(after, snapshot.now, WEEKS))
    return rows, [*lost(before, after, snapshot.now, voice_for(who))]


def _local(at: datetime, who: Who) -> str:
    """An instant as a form takes it, in the reader's zone."""
    return at.astimezone(ZoneInfo(who.person.zone)).strftime("%Y-%m-%dT%H:%M")
