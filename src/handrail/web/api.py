"""`/api/v1`: what the command line prints as JSON, over HTTP, for whoever is signed in; described by OpenAPI."""

from collections.abc import Sequence
from hashlib import sha256
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from litestar import Request, Response, Router, get
from litestar.datastructures import Headers, MutableScopeHeaders
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.types import ASGIApp, Message, Receive, Scope, Send
from msgspec import Struct

from handrail.engine.jobs import jobs as all_jobs
from handrail.errors import UserError
from handrail.model.asked import Asked
from handrail.model.findings import Finding
from handrail.model.journal import Record
from handrail.model.people import spelled
from handrail.model.plans import Plan
from handrail.rules.duty_desk import desk_rows
from handrail.rules.explanation import explain
from handrail.rules.unplanned_answers import answer_to
from handrail.support.clocks import clocks_of
from handrail.views.clocks import ClockRow, as_row
from handrail.views.explained import Explained, as_explained, next_actor
from handrail.views.handbook import end_of
from handrail.views.jobs import JobRow, job_rows
from handrail.views.milestone import as_milestone
from handrail.views.okrs import as_okrs, okrs_of
from handrail.views.rows import (
    DutyRow,
    OnDuty,
    Row,
    UnfitRow,
    WaitingRow,
    as_desk_rows,
    as_note_rows,
    as_rows,
    as_unfit_rows,
    as_waiting_rows,
)
from handrail.views.unplanned import as_row as as_request
from handrail.web.pages.milestone import looked_at
from handrail.web.serving import Served, Who, Whom


class ClauseRow(Struct, frozen=True):
    """A clause, its sentence, what keeps it (does, helps, planned or person), and how or why."""

    clause: str
    says: str
    kept_by: str
    how: str


_T = TypeVar("_T")
Asks = Request[Any, Any, Any]
PageNumber = Annotated[int, QueryParameter(name="page", ge=1, le=100_000, description="Which page.")]
PerPage = Annotated[int, QueryParameter(ge=1, le=100, description="How many to a page.")]
Of = Annotated[str, QueryParameter(description="Whose; without it one's own.")]
Everybody = Annotated[str, QueryParameter(description="A user name; without it everybody's.")]


@get("/queue", sync_to_thread=True)
def queue(
    request: Asks, who: Whom, serving: Served, of: Of = "", page: PageNumber = 1, per_page: PerPage = 50
) -> Response[list[Row]]:
    """Somebody's queue in the handbook's order, as `handrail next --json`."""
    name = _member(of, who) or who.username
    aside, ranked = who.aside(serving, name), who.view.queue
    rows = as_rows(aside.without_snoozed(ranked.rank(name)), ranked.voice(name))
    return _paged(request, [*rows, *as_note_rows(aside.notes, who.view.snapshot.by_ref)], page, per_page)


@get("/unassigned", sync_to_thread=True)
def free(request: Asks, who: Whom, page: PageNumber = 1, per_page: PerPage = 50) -> Response[list[Row]]:
    """The open issues that nobody has, in the table's order."""
    return _paged(request, as_rows(who.view.queue.unassigned, who.voice), page, per_page)


@get("/waiting", sync_to_thread=True)
def waiting(
    request: Asks, who: Whom, of: Everybody = "", page: PageNumber = 1, per_page: PerPage = 50
) -> Response[list[WaitingRow]]:
    """What somebody else has to move first."""
    name = _member(of, who)
    found = [one for one in who.view.queue.waiting if not name or name in one.people]
    return _paged(request, as_waiting_rows(found, who.voice), page, per_page)


@get("/triage", sync_to_thread=True)
def triage(request: Asks, who: Whom, page: PageNumber = 1, per_page: PerPage = 50) -> Response[list[UnfitRow]]:
    """The items that fit no row of the table."""
    return _paged(request, as_unfit_rows(who.view.queue.findings), page, per_page)


@get("/items/{ref:path}", sync_to_thread=True)
def item(ref: FromPath[str], who: Whom, serving: Served, of: Of = "") -> Explained:
    """Why an open item is, or is not, in somebody's queue, as `handrail explain --json`."""
    full = who.refs.full(ref.removeprefix("/"))
    found = who.view.snapshot.by_ref.get(full)
    if found is None:
        raise UserError(f"{full} is not open, or not for you to see.")
    name = _member(of, who) or next_actor(who.view.queue, full)
    history = who.sight.history(full, serving.now())
    return as_explained(explain(who.view.queue, found, name, history), who.view.queue.voice(name), history)


@get("/findings", sync_to_thread=True)
def findings(
    request: Asks,
    who: Whom,
    rule: FromQuery[str] = "",
    of: Everybody = "",
    page: PageNumber = 1,
    per_page: PerPage = 50,
) -> Response[list[Finding]]:
    """What the rules find, by rule and by who can act on it, as `handrail findings --json`."""
    name, every = _member(of, who), who.view.evaluation.findings
    found = [one for one in every if (not rule or one.rule == rule) and (not name or name in one.who)]
    return _paged(request, found, page, per_page)


@get("/plan", sync_to_thread=True)
def plan(who: Whom) -> Plan:
    """What the handbook would change on GitLab now."""
    return who.view.evaluation.plan


@get("/journal", sync_to_thread=True)
def journal(
    request: Asks, who: Whom, serving: Served, page: PageNumber = 1, per_page: PerPage = 50
) -> Response[list[Record]]:
    """What was done on GitLab, or was to be, the newest first, as `handrail log --json`."""
    return _paged(request, who.records(serving), page, per_page)


@get("/duty", sync_to_thread=True)
def duty(who: Whom) -> OnDuty | None:
    """Who is on duty; null where nobody knows."""
    return OnDuty.of(who.view.queue.on_duty)


@get("/duty/desk", sync_to_thread=True)
def desk(request: Asks, who: Whom, page: PageNumber = 1, per_page: PerPage = 50) -> Response[list[DutyRow]]:
    """What the week asks of whoever is on duty, as `handrail duty desk --json`."""
    holder = who.view.queue.desk.holder
    rows = [*desk_rows(who.view.queue, holder)] if holder in who.view.snapshot.people else []
    return _paged(request, as_desk_rows(rows, who.view.queue.voice("")), page, per_page)


@get("/requests", sync_to_thread=True)
def requests(request: Asks, who: Whom, page: PageNumber = 1, per_page: PerPage = 50) -> Response[list[Asked]]:
    """What was asked of whoever is on duty, the oldest first, what is over included."""
    return _paged(request, who.view.snapshot.asked, page, per_page)


@get("/clocks", sync_to_thread=True)
def clocks(
    request: Asks, who: Whom, product: FromQuery[str] = "", page: PageNumber = 1, per_page: PerPage = 50
) -> Response[list[ClockRow]]:
    """By when upstream releases have to be supported, and whether they are, as `handrail clocks --all --json`."""
    found = [
        as_row(one)
        for one in clocks_of(who.view.snapshot, who.view.handbook.support)
        if not product or one.upstream.product == product
    ]
    return _paged(request, found, page, per_page)


@get("/milestone", sync_to_thread=True)
def milestone(who: Whom, serving: Served, title: FromQuery[str] = "") -> dict[str, Any]:
    """What a milestone carries, the running one or that of a title, as `handrail milestone --json`."""
    return as_milestone(looked_at(title, who, serving))


@get("/unplanned", sync_to_thread=True)
def unplanned(
    request: Asks, who: Whom, serving: Served, page: PageNumber = 1, per_page: PerPage = 50
) -> Response[list[dict[str, Any]]]:
    """The unplanned requests that wait for an answer, as `handrail unplanned list --json`."""
    inbox = who.inbox(serving)
    waits = [as_request(one, inbox.assessment(one), answer_to(one, inbox.desk)) for one in inbox.waiting()]
    return _paged(request, waits, page, per_page)


@get("/okrs", sync_to_thread=True)
def okrs(
    request: Asks, who: Whom, quarter: FromQuery[str] = "", page: PageNumber = 1, per_page: PerPage = 50
) -> Response[list[dict[str, Any]]]:
    """The team's OKRs of the running quarter and the next, or of one, as `handrail okr --json`."""
    return _paged(request, as_okrs(okrs_of(quarter or None, who.view.queue.desk)), page, per_page)


@get("/handbook/clauses", sync_to_thread=True)
def clauses(request: Asks, who: Whom, page: PageNumber = 1, per_page: PerPage = 50) -> Response[list[ClauseRow]]:
    """The handbook's clauses in its own order, and what keeps each."""
    found = [ClauseRow(name, one.says, *end_of(one)) for name, one in who.view.handbook.clauses.items()]
    return _paged(request, found, page, per_page)


@get("/jobs", sync_to_thread=True, opt={"open": "team"})
def jobs(serving: Served) -> list[JobRow]:
    """How the jobs stand that keep everything up to date, as `handrail jobs --json`."""
    return job_rows(all_jobs(), serving.store.jobs.all(), serving.now())


HANDLERS = (
    *(queue, free, waiting, triage, item, findings, plan, journal, duty, desk, requests),
    *(clocks, milestone, unplanned, okrs, clauses, jobs),
)


def api() -> Router:
    """The API with its tags: an answer that its reader has already is not sent again."""
    return Router("/api/v1", route_handlers=HANDLERS, middleware=[_with_tag])


def _member(name: str, who: Who) -> str:
    """The member whom a query names; nobody ("") where it names nobody. Raises UserError for an unknown one."""
    if not name:
        return ""
    known = spelled(name, who.view.snapshot.people)
    if known is None:
        raise UserError(f"Nobody of the team is called “{name}”.")
    return known


def _paged(request: Asks, rows: Sequence[_T], page: int, per_page: int) -> Response[list[_T]]:
    """One page, with how many rows and pages there are and where the others are, in headers named as GitLab's."""
    pages = max(1, -(-len(rows) // per_page))
    others = {"first": 1, "prev": page - 1, "next": page + 1, "last": pages}
    asked = {**request.query_params, "per_page": per_page}
    links = [
        f'<{request.url.path}?{urlencode({**asked, "page": number})}>; rel="{name}"'
        for name, number in others.items()
        if 1 <= number <= pages
    ]
    start = (page - 1) * per_page
    headers = {"Link": ", ".join(links), "X-Total": str(len(rows)), "X-Total-Pages": str(pages)}
    return Response([*rows[start : start + per_page]], headers=headers)


def _with_tag(app: ASGIApp) -> ASGIApp:
    """Answer 304 where the reader's If-None-Match has what would be sent (RFC 9110, 13.1.2)."""

    async def with_tag(scope: Scope, receive: Receive, send: Send) -> None:
        held: list[Message] = []

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start" and message["status"] == 200:
                held.append(message)
                return
            if held and message["type"] == "http.response.body" and not message.get("more_body"):
                start = held.pop()
                tag = f'"{sha256(message["body"]).hexdigest()[:32]}"'
                headers = MutableScopeHeaders.from_message(start)
                headers["ETag"] = tag
                if tag in Headers.from_scope(scope).get("If-None-Match", "").replace("W/", "").split(", "):
                    start["status"] = 304  # type: ignore[typeddict-unknown-key]
                    headers["Content-Length"] = "0"
                    message["body"] = b""
                await send(start)
            await send(message)

        await app(scope, receive, sent)

    return with_tag
