"""How pages are rendered: one environment, in which everything is escaped and nothing is missing silently."""

import re
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
from litestar import Request
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.response import Template
from litestar.template import TemplateConfig

from handrail.engine.live import View
from handrail.engine.undo import taken_back
from handrail.errors import UserError
from handrail.model.asked import is_late
from handrail.model.clocks import Clock
from handrail.model.journal import Record
from handrail.model.queue import Entry
from handrail.plan.words import in_lines, sign_of, words_for
from handrail.rules.first_steps import first_step
from handrail.rules.handover_words import row_words
from handrail.views.asked import deed as did
from handrail.views.asked import how, stands, whose
from handrail.views.explained import deed
from handrail.views.presence import about, city, duty_words, red_words
from handrail.views.rows import address_of
from handrail.web.serving import Serving, Who

HERE = Path(__file__).parent
PAGES = (
    ("/", "My queue"),
    ("/team", "Team"),
    ("/duty", "Duty"),
    ("/clocks", "Clocks"),
    ("/changes", "Changes"),
    ("/milestone", "Milestone"),
    ("/quarter", "Quarter"),
    ("/handbook", "Handbook"),
)
"""The pages that stand in the navigation."""
_SIGNS = {"+": "comes", "-": "goes", "~": "changes", "»": "says"}


@cache
def templates() -> TemplateConfig[JinjaTemplateEngine]:
    """The templates beside this module."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {
        "share": _share,
        "in_words": words_for,
        "first_step": _first_step,
        "about": _about,
        "address": address_of,
        "city": city,
        "deed": deed,
        "in_lines": in_lines,
        "itself": _itself,
        "sign": lambda change: _SIGNS[sign_of(change)],
        "came": how,
        "did": did,
        "late": is_late,
        "passes": row_words,
        "stands": lambda one, voice, now: stands(one, voice, late=is_late(one, now)),
        "whose": lambda one, voice, now: whose(one, voice, late=is_late(one, now)),
        "slug": lambda text: re.sub(r"[^a-z]+", "-", text.casefold()).strip("-"),
    }
    environment.tests["undoable"] = _is_undoable
    return TemplateConfig(instance=JinjaTemplateEngine.from_environment(environment))


def page(name: str, here: str, who: Who, serving: Serving, **more: Any) -> Template:
    """A page for somebody: the frame's values and its own. ``here`` is its path in the navigation."""
    view, voice = who.view, who.voice
    context = {
        "here": here,
        "pages": PAGES,
        "who": who,
        "view": view,
        "voice": voice,
        "refs": who.refs,
        "duty": duty_words(view.queue, voice),
        "red": [*zip((one.ref for one, _ in view.queue.red_branches()), red_words(view.queue, voice), strict=True)],
        "open": serving.is_open,
        "why_not": serving.why_not,
        "acts": who.is_member and not serving.why_not,
        "tomorrow": (view.snapshot.now.astimezone(ZoneInfo(who.person.zone)) + timedelta(days=1)).date().isoformat(),
        "trouble": serving.live.trouble,
        "unread": serving.live.unread,
        **more,
    }
    return Template(f"{name}.html", context=context)


def _about(username: str, view: View) -> str:
    return about(view.queue, username).removeprefix(" · ")


def _itself(request: Request[Any, Any, Any]) -> str:
    """The path and query by which a page asks for itself again."""
    path, query = request.scope["raw_path"].decode(), request.scope["query_string"].decode()
    return f"{path}?{query}" if query else path


def _first_step(entry: Entry, who: Who) -> str:
    """What taking a row would do, in words; nothing where there is nothing to take."""
    try:
        found = first_step(entry, who.username, who.view.queue.desk)
    except UserError:
        return ""
    return ", ".join(words_for(remedy.change) for remedy in found.remedies)


def _is_undoable(record: Record) -> bool:
    """Whether what was done can be taken back: nobody is offered what would only be refused."""
    try:
        return bool(taken_back(record))
    except UserError:
        return False


def _share(clock: Clock) -> int:
    """How full a clock is, in percent, at most 100."""
    return min(100, 100 * clock.used // clock.limit)
