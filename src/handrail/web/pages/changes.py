"""Changes: the plan that waits for a yes, by rule and with reasons; the journal; undo."""

from typing import Annotated

from litestar import get, post
from litestar.params import FromQuery, QueryParameter, URLEncodedBody
from litestar.response import Redirect, Template
from msgspec import Struct
from msgspec.structs import replace

from handrail.engine.apply import Today
from handrail.engine.undo import undo as take_back
from handrail.errors import UserError
from handrail.model.actions import Action
from handrail.model.plans import Plan
from handrail.plan.planner import speaker, too_large
from handrail.web.serving import Served, Whom
from handrail.web.steps import applied, done
from handrail.web.templating import page

JOURNAL = 40
"""Entries of the journal that are shown at once."""
SHOWN = 12
"""Actions of a rule that are shown unless all of it are asked for."""


class Yes(Struct):
    """What somebody approves: keys of actions, or ``all`` they saw, by its digest; ``force``: though it is much."""

    key: list[str] | str = []
    all: str = ""
    force: str = ""


class Number(Struct):
    """Entries of the journal to take back, and the page to go on with."""

    number: list[int] | int
    back: str = "/changes"


@get("/changes", sync_to_thread=True)
def changes(
    who: Whom,
    serving: Served,
    did: FromQuery[str] = "",
    rule: FromQuery[str] = "",
    page_: Annotated[int, QueryParameter(name="page", ge=1, le=1000)] = 1,
) -> Template:
    """The plan (of each rule the first actions, of one ``rule`` all), what is left, what waits, and the journal."""
    plan = who.view.evaluation.plan
    by_rule = _by_rule(plan)
    records = who.records(serving, None, JOURNAL * page_)
    recent = [one for one in records if one.state not in {"proposed", "approved"}][JOURNAL * (page_ - 1) :]
    shown = {one: its.actions if one == rule else its.actions[:SHOWN] for one, its in by_rule.items()}
    more = {"plan": plan, "by_rule": by_rule, "shown": shown, "records": recent, "did": did, "number": page_}
    return page("changes", "/changes", who, serving, **more)


@post("/changes", sync_to_thread=True)
def approve(who: Whom, serving: Served, data: URLEncodedBody[Yes]) -> Redirect:
    """Do what was approved of the plan as it is now. What mends one finding together is done together."""
    plan = who.view.evaluation.plan
    keys = {data.key} if isinstance(data.key, str) else {*data.key}
    if data.all:
        whole = next((one for one in (plan, *_by_rule(plan).values()) if one.digest == data.all), None)
        if whole is None:
            raise UserError("What is to be done has changed since this page was shown: load it anew and look again.")
        keys |= {one.key for one in whole.actions}
    chosen = {one.key for one in plan.actions if one.key in keys}
    if not chosen:
        said = "of it is asked for any more: look at what is." if keys else "was chosen: tick what is to be done."
        raise UserError(f"Nothing {said}")
    steps = {step for one in plan.actions if one.key in chosen for step in one.steps}
    actions = tuple(one for one in plan.actions if one.key in chosen or steps.intersection(one.steps))
    view = who.view
    due = replace(plan, actions=actions, too_large=too_large(actions, view.snapshot, view.handbook))
    if due.too_large and not data.force:
        raise UserError(f"This is much at once: {due.too_large}. Tick “even if it is much at once” if it is right.")
    known = serving.store.journal.known(serving.now())
    today = Today(speaker(view.snapshot, view.handbook, known))
    applied(serving, who, due, force=bool(data.force), today=today)
    return Redirect(f"/changes?did={due.digest}#journal", status_code=303)


@post("/undo", sync_to_thread=True)
def undo(who: Whom, serving: Served, data: URLEncodedBody[Number]) -> Redirect:
    """Take back entries of the journal, if what was done is still so."""
    numbers = [data.number] if isinstance(data.number, int) else data.number
    for number in numbers:
        if not who.sight.records(filter(None, [serving.store.journal.record(number)])):
            raise UserError(f"The journal has no entry {number} that is yours to see.")
        now, book = serving.now(), who.view.handbook
        done(serving, lambda r, w: take_back(number, book, r, w, serving.store, who.username, now), who)  # noqa: B023
    is_ours = data.back.startswith("/") and not data.back.startswith(("//", "/\\"))
    return Redirect(data.back if is_ours else "/changes", status_code=303)


def _by_rule(plan: Plan) -> dict[str, Plan]:
    """What of a plan each rule wants."""
    found: dict[str, list[Action]] = {}
    for action in plan.actions:
        found.setdefault(action.rule, []).append(action)
    return {rule: replace(plan, actions=tuple(those)) for rule, those in found.items()}
