"""The quarter: how far the planning of the next one is, and its OKRs with score and health."""

from litestar import get
from litestar.params import FromQuery
from litestar.response import Template

from handrail.engine.live import View
from handrail.rules.okr_gaps import lacks
from handrail.rules.okrs import Okr
from handrail.rules.quarter_steps import DatedStep, planned_quarter
from handrail.views.okrs import (
    OkrLook,
    around,
    day_of,
    final_words,
    health_words,
    okrs_of,
    people_words,
    quarter_name,
    scoping_words,
    steps_in_words,
)
from handrail.web.serving import Served, Serving, Whom
from handrail.web.templating import page


@get("/quarter", sync_to_thread=True)
def quarter(who: Whom, serving: Served, quarter: FromQuery[str] = "") -> Template:
    """The OKRs of the running quarter, of the next and of none; or those of a ``quarter``, as in FY27::Q2."""
    desk = who.view.queue.desk
    look = _looked_at(quarter, who.view)
    day = day_of(quarter, desk) if quarter else desk.snapshot.today
    label, planned = desk.quarter_label(day), planned_quarter(desk)
    before, after = around(day, desk)
    return page(
        "quarter",
        "/quarter",
        who,
        serving,
        look=look,
        chosen=label if quarter else "",
        label=label,
        planned=planned,
        steps=_steps(who.view) if not quarter or label == planned.label else [],
        before=before,
        after=after,
        quarters={label: _cards(those) for label, those in look.quarters.items()},
        named=quarter_name,
        final=lambda label: final_words(label, desk),
        health=health_words,
        people=lambda okr: people_words(okr, desk),
        scoping=scoping_words,
        lacks=lacks,
    )


def worked_out(_: Serving, view: View) -> None:
    """What the page's first reader would wait for."""
    _steps(view)


def _looked_at(quarter: str, view: View) -> OkrLook:
    return view.once("okrs", lambda: okrs_of(quarter or None, view.queue.desk), quarter)


def _steps(view: View) -> list[tuple[DatedStep, str, str]]:
    return view.once("steps", lambda: steps_in_words(_looked_at("", view)))


def _cards(those: list[Okr]) -> list[list[Okr]]:
    """Each objective with its key results; what is no key result of these is one of its own."""
    there = {one.ref for one in those}
    found: dict[str, list[Okr]] = {}
    for one in those:
        found.setdefault(one.objective if one.objective in there else one.ref, []).append(one)
    return [*found.values()]
