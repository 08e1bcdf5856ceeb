"""The handover in its steps: whoever hands over decides, whoever has come on duty acknowledges, GitLab is told."""

from typing import get_args

from litestar import get, post
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect, Template
from msgspec import Struct

from handrail.engine.handover import Option, acknowledge, at_hand, decided, due_now, goes_on_in, steps
from handrail.errors import UserError
from handrail.model.asked import Asked
from handrail.web.serving import Served, Whom
from handrail.web.steps import applied, back, just_done
from handrail.web.templating import page
from handrail.web.turns import on_time_view, voice_for


class Decision(Struct):
    """What becomes of a request when a shift ends; several may be said of one."""

    number: int
    option: str
    note: str = ""
    follow_up: str = ""


@get("/duty/handover", sync_to_thread=True)
def handover(who: Whom, serving: Served) -> Template:
    """The last handover, as long as somebody has to say a word about it, and the next one; both people see the same."""
    view = who.view
    last, following = at_hand(view.queue.desk) if view.snapshot.duty else (None, None)
    more = {"last": last, "following": following, "stated": view.handbook.rotation.handover}
    return page("handover", "/duty", who, serving, words=voice_for(who), **more)


@get("/duty/handover/steps", sync_to_thread=True)
def handover_steps(who: Whom, serving: Served, did: FromQuery[str] = "") -> Template:
    """What is due now, else at the next handoff: the turn, the requests that pass with it, and the plan for GitLab."""
    view = who.view
    then = steps(view.queue.desk, serving.store.journal.known(serving.now()))
    more = {"then": then, "is_due": then.snapshot is view.snapshot, "done": just_done(serving, who, did)}
    return page("handover_steps", "/duty", who, serving, words=voice_for(who), **more)


@post("/duty/handover/decide", sync_to_thread=True)
def decide(who: Whom, serving: Served, data: URLEncodedBody[Decision]) -> Redirect:
    """Say what becomes of one request."""
    known: dict[str, Option] = {one: one for one in get_args(Option)}
    if data.option not in known:
        raise UserError(f"“{data.option}” is none of the options: there are {', '.join(known)}.")
    option, desk, rest = known[data.option], who.view.queue.desk, " ".join(data.follow_up.split())
    if all(one.id != data.number for one in desk.snapshot.asked):
        raise UserError(f"There is no request {data.number}: the list of requests shows what there is.")

    def decision(one: Asked) -> Asked:
        follow_up = goes_on_in(rest, who.refs.full(rest), one, desk) if option == "close" else ""
        return decided(one, option, who.username, serving.now(), desk, data.note, follow_up)

    serving.store.asked.change(data.number, decision)
    serving.live.refresh()
    return Redirect("/duty/handover", status_code=303)


@post("/duty/handover/acknowledge", sync_to_thread=True)
def acknowledged(who: Whom, serving: Served) -> Redirect:
    """Say that one has seen what came with the turn; what was handed over is one's own from then on."""
    view = on_time_view(serving, who)
    acknowledge(serving.store, view.queue.desk, who.username, serving.now())
    serving.live.refresh()
    return Redirect("/duty/handover", status_code=303)


@post("/duty/handover/do", sync_to_thread=True)
def do(who: Whom, serving: Served) -> Redirect:
    """Do on GitLab what is due: close the shift's issue, open the next one, tell the requests' issues who has them."""
    view = on_time_view(serving, who)
    plan = due_now(view.queue.desk, serving.store.journal.known(serving.now())).plan
    if not plan.actions:
        left = "".join(f" Left to people: {conflict.why}." for conflict in plan.conflicts)
        raise UserError(f"Nothing of it is to be done on GitLab now.{left}")
    applied(serving, who, plan)
    return back("/duty/handover/steps", plan)
