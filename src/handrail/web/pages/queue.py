"""My queue, the start: what to do next and why, with the next step in one click; and the team's board."""

from collections import Counter
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from litestar import get, post
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect, Template
from msgspec import Struct

from handrail.errors import UserError
from handrail.model.journal import Snooze
from handrail.model.people import spelled
from handrail.plan.planner import make_plan
from handrail.rules.first_steps import first_step
from handrail.web.serving import Served, Whom
from handrail.web.steps import applied, back, just_done
from handrail.web.templating import page
from handrail.web.who import COOKIE

SHOWN = 30
"""Rows of a queue that are shown before somebody asks for all."""


class Step(Struct):
    """A step on an item."""

    ref: str
    until: str = ""
    because: str = ""


class Chosen(Struct):
    """Whom somebody chose to be, and where they were."""

    username: str


@get("/", sync_to_thread=True)
def queue(  # what is shown, and what was just done
    who: Whom,
    serving: Served,
    of: FromQuery[str] = "",
    did: FromQuery[str] = "",
    later: FromQuery[str] = "",
    whole: FromQuery[str] = "",
) -> Template | Redirect:
    """Somebody's queue: one's own, or to look at another's (``of``); the first rows of it.

    ``did``: the plan that was just applied. ``later``: the item that somebody is about to put off. ``whole``: the list
    that is shown to its end, “queue” or “waits”.
    """
    people = who.view.snapshot.people
    if not of and not who.is_member:
        return Redirect("/team")
    whose = spelled(of, people) if of else who.username
    if whose is None:
        raise UserError(f"Nobody of the team is called “{of}”: the team’s board has everybody.")
    aside = who.aside(serving, whose)
    ranked = who.view.queue
    found = ranked.rank(whose) if whole == "queue" else ranked.first(whose, SHOWN + len(aside.snoozed))
    entries = aside.without_snoozed(found)[: None if whole == "queue" else SHOWN]
    left = ranked.levels(whose) - Counter(entry.level for entry in found)
    waiting = [one for one in who.view.queue.waiting if whose in one.people]
    done = just_done(serving, who, did)
    more = {"whose": whose, "entries": entries, "left": left, "aside": aside, "waiting": waiting, "done": done}
    return page("queue", "/", who, serving, **more, later=later, whole=whole, more=f"/?of={whose}&whole=")


@get("/team", sync_to_thread=True)
def team(who: Whom, serving: Served) -> Template:
    """Everybody's load: what is most pressing for each, and how much there is."""
    queue = who.view.queue
    ranked = {
        name: (queue.first(name, 3), sorted(queue.levels(name).items())) for name in sorted(queue.snapshot.people)
    }
    return page("team", "/team", who, serving, ranked=ranked)


@post("/as", sync_to_thread=True)
def choose(who: Whom, serving: Served, data: URLEncodedBody[Chosen]) -> Redirect:
    """Be somebody else, in an open demo."""
    known = spelled(data.username, who.view.snapshot.people)
    if not serving.is_open or known is None:
        raise UserError("Nobody can be chosen here: sign in.")
    answer = Redirect("/", status_code=303)
    answer.set_cookie(COOKIE, known, httponly=True, samesite="lax")
    return answer


@post("/take", sync_to_thread=True)
def take(who: Whom, serving: Served, data: URLEncodedBody[Step]) -> Redirect:
    """The first step of a row of one's own queue, on GitLab, through plan and journal."""
    view = who.view
    entry = next((one for one in view.queue.rank(who.username) if one.item.ref == data.ref), None)
    if entry is None:
        raise UserError(f"{who.refs.shortened(data.ref)} is not in your queue any more: somebody was faster.")
    plan = make_plan([first_step(entry, who.username, view.queue.desk)], view.snapshot, view.handbook)
    applied(serving, who, plan, again=True, own=True)
    return back("/", plan)


@post("/snooze", sync_to_thread=True)
def snooze(who: Whom, serving: Served, data: URLEncodedBody[Step]) -> Redirect:
    """Leave an item out of one's own queue until a day, with the reason."""
    if not data.because.strip():
        raise UserError("Say why it can wait: you will read it when it comes back.")
    try:
        day = date.fromisoformat(data.until)
    except ValueError:
        raise UserError(f"“{data.until}” is no day: choose the one on which it comes back.") from None
    if data.ref not in who.view.snapshot.by_ref:
        raise UserError(f"{who.refs.shortened(data.ref)} is not open any more, so there is nothing to snooze.")
    back = datetime.combine(day, time(), ZoneInfo(who.person.zone)).astimezone(UTC)
    if back <= serving.now():
        raise UserError(f"{data.until} is not to come: choose a later day.")
    serving.store.said.snooze(Snooze(who.username, data.ref, back, data.because.strip(), serving.now()))
    return Redirect("/", status_code=303)


@post("/wake", sync_to_thread=True)
def wake(who: Whom, serving: Served, data: URLEncodedBody[Step]) -> Redirect:
    """Show an item again that was snoozed."""
    serving.store.said.wake(who.username, data.ref)
    return Redirect("/", status_code=303)
