"""The application: its pages, what is sent with every answer, and what becomes of errors."""

import logging
import secrets
from functools import partial
from typing import Any

from litestar import Litestar, MediaType, Request, Response
from litestar.config.csrf import CSRFConfig
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.response import Template
from litestar.static_files import create_static_files_router

from handrail.errors import UserError
from handrail.web.events import events
from handrail.web.pages.clocks import clocks, clocks_calendar, clocks_matrix, clocks_picture
from handrail.web.pages.queue import choose, queue, snooze, take, team, wake
from handrail.web.serving import Serving
from handrail.web.templating import HERE, templates
from handrail.web.who import OPEN, ViewerError, closed, who

_log = logging.getLogger(__name__)
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing from elsewhere, and no script or style but our own files."""
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def application(serving: Serving) -> Litestar:
    """The application for one team."""
    return Litestar(
        route_handlers=[
            queue,
            team,
            choose,
            take,
            snooze,
            wake,
            clocks,
            clocks_picture,
            clocks_matrix,
            clocks_calendar,
            events,
            create_static_files_router(
                "/static",
                directories=[HERE / "static"],
                cache_control=None,
                after_request=_lasting,
                include_in_schema=False,
                opt=OPEN,
            ),
        ],
        guards=[partial(closed, serving)],
        dependencies={
            "serving": Provide(lambda: serving, sync_to_thread=False),
            "who": Provide(who, sync_to_thread=True),
        },
        template_config=templates(),
        csrf_config=CSRFConfig(serving.secret.hex(), cookie_name="handrail-form", cookie_samesite="strict"),
        exception_handlers={UserError: _of_people, HTTPException: _of_people, Exception: _fault},
        after_request=_with_headers,
        openapi_config=None,
        logging_config=None,
    )


def _with_headers(response: Any) -> Any:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    return response


def _lasting(response: Any) -> Any:
    """Files change with a version only: a browser asks again after an hour."""
    response.headers["Cache-Control"] = "public, max-age=3600"
    return _with_headers(response)


def _of_people(request: Request[Any, Any, Any], error: UserError | HTTPException) -> Response[Any]:
    """What a person can mend: a sentence and what to do."""
    if isinstance(error, UserError):
        status = 403 if isinstance(error, ViewerError) else 409 if request.method != "GET" else 404
        return _said(request, " ".join(error.problems), status)
    said = {
        401: "Please sign in first.",
        403: "That is not yours to do, or this page is too old: load it anew and try again.",
        404: "There is no such page: go back to your queue.",
        405: "There is no such page: go back to your queue.",
    }
    return _said(request, said.get(error.status_code, error.detail), error.status_code)


def _fault(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A fault of ours: its traceback goes to the log, an apology with the log's number to the person."""
    number = secrets.token_hex(4)
    _log.error("fault %s on %s %s", number, request.method, request.url.path, exc_info=error)
    return _said(request, f"This is a fault of Handrail’s, not yours; its log has it under {number}.", 500)


def _said(request: Request[Any, Any, Any], sentence: str, status: int) -> Response[Any]:
    """As JSON to who asks for that, as a line to a page that is open, else as a page."""
    if request.url.path.startswith("/api/"):
        return Response({"error": sentence}, status_code=status, media_type=MediaType.JSON, headers=_HEADERS)
    name = "notice.html" if request.headers.get("HX-Request") else "error.html"
    template = Template(name, context={"sentence": sentence, "status": status}, status_code=status)
    template.headers.update(_HEADERS)
    return template
