"""The milestone: what is asked of its people, who has how much, what was committed and came in, what is free."""

from datetime import datetime
from typing import get_args
from urllib.parse import urlencode

from litestar import get, post
from litestar.params import FromQuery, URLEncodedBody
from litestar.response import Redirect, Template
from msgspec import Struct

from handrail.engine.live import View
from handrail.engine.rollover import RollingOver, rolling_over
from handrail.engine.sight import Sight
from handrail.errors import UserError
from handrail.model.requests import SAID, RequestSource
from handrail.rules.desk import Desk
from handrail.rules.unplanned_answers import asked_for, whose
from handrail.views.milestone import (
    WHOSE,
    Look,
    became_words,
    breakers,
    claimed,
    dashboards,
    look_at,
    neighbours,
    over_words,
    points,
    slips,
)
from handrail.views.unplanned import told_of
from handrail.web.pages.unplanned import weighed
from handrail.web.serving import Served, Serving, Who, Whom
from handrail.web.steps import applied, back, just_done
from handrail.web.templating import page

SHOWN = 6
"""Requests that are shown at first."""


class Rolled(Struct):
    """What somebody moves: the plan that they saw, by its digest; ``team``: the team's rest, which they confirm."""

    plan: str
    team: bool = False


@get("/milestone", sync_to_thread=True)
def milestone(
    who: Whom, serving: Served, title: FromQuery[str] = "", whole: FromQuery[str] = "", did: FromQuery[str] = ""
) -> Template:
    """The running milestone, or the one of a ``title``; ``whole``: the list of which not only the first are shown."""
    desk = who.view.queue.desk
    look, inbox = looked_at(title, who, serving), who.inbox(serving)
    before, after = neighbours(look)
    runs = look.milestone.title == desk.milestone_on(desk.snapshot.today)
    asked = tuple(inbox.waiting()) if runs else ()
    first = asked if whole == "unplanned" else asked[:SHOWN]
    free = who.view.queue.unassigned
    return page(
        "milestone",
        "/milestone",
        who,
        serving,
        whole=whole,
        more=f"/milestone?{urlencode({'title': title})}&whole=" if title else "/milestone?whole=",
        look=look,
        before=before,
        after=after,
        runs=runs,
        done=just_done(serving, who, did),
        moving=_moving(who, serving, team=False) if runs and who.is_member else None,
        confirming=_moving(who, serving, team=True) if runs and who.is_manager else None,
        asked=len(asked),
        waiting=who.view.once("weighed", lambda: [weighed(one, inbox, who) for one in first], (who.username, first)),
        ledger=[one for one in reversed(inbox.kept) if one.is_decided],
        told=lambda one: told_of(one, inbox.assessment(one), inbox, who.refs)[2:],
        whose=lambda one: whose(one, desk),
        slips=slips(look),
        breakers=breakers(look.desk) if runs else [],
        claimed=claimed(look),
        managers=[(code, words, [one for one in look.findings if one.code == code]) for code, words in WHOSE.items()],
        free=free if runs else [],
        mine={entry.item.ref for entry in who.view.queue.rank(who.username)} if who.is_member else set(),
        dashboards=dashboards(look),
        labels=asked_for(desk),
        sources=sorted(desk.handbook.sources),
        request_sources=get_args(RequestSource),
        criteria=SAID,
        points=points,
        over_words=over_words,
        became_words=became_words,
    )


@post("/rollover", sync_to_thread=True)
def rollover(who: Whom, serving: Served, data: URLEncodedBody[Rolled]) -> Redirect:
    """Move what is one's own to the next milestone; as EM or PM the rest of the team's."""
    found = _moving(who, serving, team=data.team)
    if found.plan.digest != data.plan or not found.plan.actions:
        raise UserError("What is to move has changed since this page was shown: load it anew and look at it again.")
    # However much it is, this is what they saw: a cap is for what nobody expects.
    applied(serving, who, found.plan, force=True, again=not data.team, own=not data.team)
    return back("/milestone", found.plan)


def looked_at(title: str, who: Who, serving: Serving) -> Look:
    """The milestone of a title, or the running one; worked out once for a view."""
    view, desk = who.view, who.view.queue.desk

    def then(at: datetime, *, closed: bool = False) -> Desk:
        return who.sight.past(serving.live.past(at, view.handbook, closed=closed))

    def look() -> Look:
        return look_at(title or None, desk, then, desk.snapshot.now, has_past=True, is_past=False)

    return view.once("milestone", look, title)


def worked_out(serving: Serving, view: View) -> None:
    """What the page's first reader would wait for."""
    who = Who("", Sight(view, serving.store))
    view.queue.unassigned, breakers(view.queue.desk), [*who.inbox(serving).found()]
    look = looked_at("", who, serving)
    slips(look), claimed(look)


def _moving(who: Who, serving: Serving, *, team: bool) -> RollingOver:
    """What somebody moves now."""
    known = serving.store.journal.known(serving.now())
    return rolling_over(who.username, who.view.queue.desk, known, team=team)
