"""The handbook: clauses and who keeps them, rules, the priority table, and settings with where each is stated."""

from collections import Counter
from itertools import groupby

from litestar import get
from litestar.params import FromQuery
from litestar.response import Template

from handrail.errors import UserError
from handrail.rules.catalogue import rules
from handrail.views.handbook import ENDS, end_of, row_cells
from handrail.web.serving import Served, Whom
from handrail.web.templating import page


@get("/handbook", sync_to_thread=True)
def handbook(who: Whom, serving: Served, kept: FromQuery[str] = "") -> Template:
    """The clauses by part of the page; ``kept``: those that a rule does, a command helps with, to come, or people's."""
    if kept and kept not in ENDS:
        raise UserError(f"Nobody keeps a clause as “{kept}”: choose one of {', '.join(ENDS)}.")
    book = who.view.handbook
    clauses = [(name, clause, *end_of(clause)) for name, clause in book.clauses.items()]
    shown = [one for one in clauses if not kept or one[2] == kept]
    return page(
        "handbook",
        "/handbook",
        who,
        serving,
        tab="clauses",
        kept=kept,
        ends=ENDS,
        counts=Counter(kind for _, _, kind, _ in clauses),
        sections=[(section, list(those)) for section, those in groupby(shown, lambda one: one[1].section)],
        rules=rules(),
        links=book.links,
        place=serving.stated.clause_place,
    )


@get("/handbook/rules", sync_to_thread=True)
def handbook_rules(who: Whom, serving: Served) -> Template:
    """The rules with their modes, what they find, and their settings."""
    found = serving.stated.rules(who.view.handbook)
    return page("rules", "/handbook", who, serving, tab="rules", found=found)


@get("/handbook/table", sync_to_thread=True)
def handbook_table(who: Whom, serving: Served) -> Template:
    """The priority table."""
    rows = [row_cells(row) for row in who.view.handbook.work_queue.table]
    return page("priorities", "/handbook", who, serving, tab="table", rows=rows)


@get("/handbook/settings", sync_to_thread=True)
def handbook_settings(who: Whom, serving: Served) -> Template:
    """What else the handbook states, and where."""
    blocks, people = serving.stated.blocks(who.view.handbook), who.view.handbook.people
    more = {"blocks": blocks, "people": people, "place": serving.stated.person_place}
    return page("settings", "/handbook", who, serving, tab="settings", **more)
