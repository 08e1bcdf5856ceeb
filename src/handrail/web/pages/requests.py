"""Requests to whoever is on duty: all of them, one with its history, and what is done about it."""

from typing import get_args

from litestar import get, post
from litestar.params import FromPath, FromQuery, URLEncodedBody
from litestar.response import Redirect, Template
from msgspec import Struct

from handrail.engine.asking import Act, acted
from handrail.errors import UserError
from handrail.model.asked import Asked
from handrail.views.asked import who_knows
from handrail.views.duty import voice_of
from handrail.web.serving import Served, Who, Whom
from handrail.web.templating import page
from handrail.web.turns import voice_for


class Deed(Struct):
    """What somebody does about a request."""

    whom: str = ""
    note: str = ""


@get("/requests", sync_to_thread=True)
def requests(who: Whom, serving: Served, over: FromQuery[str] = "") -> Template:
    """What is open, the oldest first; ``over``: all, the newest first."""
    known = who.view.snapshot.asked
    found = [*reversed(known)] if over else [one for one in known if not one.is_over]
    return page("requests", "/duty", who, serving, words=voice_for(who), found=found, over=over)


@get("/requests/{number:int}", sync_to_thread=True, opt={"open": "duty"})
def request(who: Whom, serving: Served, number: FromPath[int]) -> Template:
    """One request; for somebody who is not signed in no more than whose it is, and when an answer is due."""
    view, one = who.view, _of(number, who)
    if not who.username:
        voice = voice_of(view.snapshot, view.handbook, view.handbook.first_rotation)
        context = {"one": one, "words": voice, "now": view.snapshot.now, "team": view.snapshot.team.name}
        return Template("open_request.html", context=context)
    return page(
        "request",
        "/duty",
        who,
        serving,
        one=one,
        knows=[] if one.is_over else who_knows(one, view.queue.desk),
        words=voice_for(who),
    )


@post("/requests/{number:int}/{act:str}", sync_to_thread=True)
def act(who: Whom, serving: Served, number: FromPath[int], act: FromPath[str], data: URLEncodedBody[Deed]) -> Redirect:
    """Take it, call somebody in, hand it over, or say that it is over."""
    _of(number, who)
    known: dict[str, Act] = {one: one for one in get_args(Act)}
    if act not in known:
        raise UserError(f"“{act}” is nothing that can be done about a request.")
    decide = acted(known[act], who.username, serving.now(), who.view.queue.desk, data.whom.strip(), data.note.strip())
    serving.store.asked.change(number, decide)
    serving.live.refresh()
    return Redirect(f"/requests/{number}", status_code=303)


def _of(number: int, who: Who) -> Asked:
    """The request of a number, as far as it is for them to see."""
    found = next((one for one in who.view.snapshot.asked if one.id == number), None)
    if found is None:
        raise UserError(f"There is no request {number}: the list of requests shows what there is.")
    return found
