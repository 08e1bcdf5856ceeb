"""What people do on a page: a plan of theirs is applied, on their word, and what became of it is said."""

from collections.abc import Callable
from urllib.parse import urlencode

from litestar.response import Redirect

from handrail.engine.apply import Report, Today, apply
from handrail.errors import UserError
from handrail.gitlab.histories import Team
from handrail.gitlab.reader import Reader
from handrail.gitlab.writer import Writer
from handrail.model.items import is_reference
from handrail.model.journal import Record
from handrail.model.plans import Plan
from handrail.web.serving import Serving, Who

LOOKED_AT = 200
"""The newest records of the journal among which a plan that was just applied is looked for."""


def applied(
    serving: Serving,
    who: Who,
    plan: Plan,
    *,
    force: bool = False,
    again: bool = False,
    today: Today | None = None,
    own: bool = False,
) -> Report:
    """Apply a plan on somebody's word (options as ``engine.apply``). Raises UserError for what could not be done.

    ``own``: it is a step of theirs, which stands on GitLab in their own name where they let us.
    """
    now = serving.now()
    return done(
        serving,
        lambda reader, writer: apply(
            plan,
            who.view.handbook,
            reader,
            writer,
            serving.store,
            who.username,
            now,
            force=force,
            again=again,
            today=today,
        ),
        who,
        own=own,
    )


def done(serving: Serving, does: Callable[[Reader, Writer], Report], who: Who, *, own: bool = False) -> Report:
    """Have something done on GitLab, and show everybody what is so then. Raises UserError for what was not done."""
    with serving.gitlab_as(who) if own else serving.gitlab() as gitlab:
        serving.store.check_origin(gitlab.origin)
        report = does(Reader(gitlab, Team.of(who.view.handbook)), Writer(gitlab))
    touched = {one.action.subject for one in report.outcomes}
    if own and all(map(is_reference, touched)):
        serving.live.touch(touched)  # nobody waits for all the rest where they took one item
    else:
        serving.live.refresh()
    if gitlab.is_away and not report.of("done", "uncertain"):
        raise UserError("GitLab does not answer at the moment, so nothing was changed: try it again in a minute.")
    missed = [one for one in report.outcomes if one.fate not in {"done", "done before"}]
    if missed or report.stopped:
        whys = [(one.action.subject, one.why or one.fate) for one in missed if one.fate != "left"]
        said = dict.fromkeys(f"{who.refs.shortened(subject)}: {why}." for subject, why in whys)
        left = "What was not done yet is as it was: try it again in a while."
        raise UserError(*([report.stopped, left] if report.stopped else []), *said)
    return report


def back(path: str, plan: Plan, **query: str) -> Redirect:
    """To a page that shows what was just done."""
    return Redirect(f"{path}?{urlencode({**query, 'did': plan.digest})}", status_code=303)


def just_done(serving: Serving, who: Who, digest: str) -> list[Record]:
    """What the journal has of a plan that was just applied, for a page's first lines; nothing without a digest."""
    return [one for one in who.records(serving, None, LOOKED_AT) if one.plan == digest] if digest else []
