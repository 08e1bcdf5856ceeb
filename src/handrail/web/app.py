"""The application: its pages, what is sent with every answer, and what becomes of errors."""

import logging
import secrets
from importlib import import_module
from importlib.metadata import version
from pkgutil import iter_modules
from typing import Any
from urllib.parse import urlencode, urlsplit

from litestar import Litestar, MediaType, Request, Response, Router
from litestar.config.compression import CompressionConfig
from litestar.config.csrf import CSRFConfig
from litestar.datastructures import MutableScopeHeaders, State
from litestar.di import Provide
from litestar.exceptions import HTTPException, ValidationException
from litestar.handlers import HTTPRouteHandler
from litestar.middleware import DefineMiddleware
from litestar.middleware.compression import CompressionMiddleware
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.response import Redirect, Template
from litestar.static_files import create_static_files_router
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from handrail.engine.live import NotReadyError
from handrail.errors import UserError
from handrail.web import pages
from handrail.web.api import api
from handrail.web.events import events
from handrail.web.health import Metrics, healthz, metrics, readyz
from handrail.web.openid import SignInError, UnreachableError, local
from handrail.web.serving import Serving
from handrail.web.templating import HERE, templates
from handrail.web.webhooks import webhooks
from handrail.web.who import OPEN, OutsiderError, ViewerError, closed, who

_log = logging.getLogger(__name__)
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""Nothing from elsewhere, and no script or style but our own files."""
_STATUS = {NotReadyError: 503, ViewerError: 403, OutsiderError: 403, SignInError: 401, UnreachableError: 503}
"""Of what a person can mend, where it is not just that something is not there or has changed."""
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
}


class _Application(Litestar):
    """Answers HEAD as it answers GET, without the body."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """One request."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await super().__call__(scope, receive, send)
            return

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":  # what follows is left out: of a stream it would have no end
                await send(message)
                await send({"type": "http.response.body", "body": b"", "more_body": False})

        as_get: Any = {**scope, "method": "GET"}
        await super().__call__(as_get, receive, sent)


def application(serving: Serving) -> Litestar:
    """The application for one team."""
    numbers = Metrics(serving)
    return _Application(
        # In one router: Litestar readies a handler once more for each other one that it is given of the same path.
        route_handlers=[
            Router("/", route_handlers=[*_handlers(), _webhooks(serving)], include_in_schema=False),
            _files(),
            api(),
        ],
        state=State({"serving": serving}),
        guards=[closed],
        dependencies={
            "serving": Provide(_served, sync_to_thread=False),
            "who": Provide(who, sync_to_thread=True),
            "numbers": Provide(lambda: numbers, sync_to_thread=False),
        },
        template_config=templates(),
        csrf_config=CSRFConfig(
            serving.secret.hex(),
            cookie_name="handrail-form",
            cookie_httponly=True,
            cookie_secure=serving.sign_in is not None and serving.sign_in.is_secure,
            cookie_samesite="lax",  # a link from GitLab to a page must not make the forms of other tabs invalid
        ),
        exception_handlers={UserError: _of_people, HTTPException: _of_people, Exception: _fault},
        middleware=[numbers.middleware, _with_headers],
        openapi_config=OpenAPIConfig(
            "Handrail", version("handrail"), path="/api/v1/openapi.json", render_plugins=[JsonRenderPlugin(path="/")]
        ),
        logging_config=None,
    )


def _served(state: State) -> Serving:
    served: Serving = state.serving
    return served


def _handlers() -> list[HTTPRouteHandler]:
    """Every handler of the pages' modules, and the events."""
    modules = [import_module(f"handrail.web.pages.{one.name}") for one in iter_modules(pages.__path__)]
    found = {id(one): one for module in modules for one in vars(module).values() if isinstance(one, HTTPRouteHandler)}
    return [*found.values(), events, healthz, readyz, metrics]


def _webhooks(serving: Serving) -> HTTPRouteHandler:
    """Where GitLab tells of what happens."""
    return webhooks(serving.store, serving.webhook_secret, serving.now, serving.accepted)


def _files() -> Router:
    """Our style sheet, our script, and the vendored ones, compressed.

    Nothing else is: a page holds the token of its forms, and the length of what is compressed tells of it (BREACH).
    """
    return create_static_files_router(
        "/static",
        directories=[HERE / "static"],
        cache_control=None,
        include_in_schema=False,
        opt=OPEN,
        middleware=[DefineMiddleware(CompressionMiddleware, config=CompressionConfig("gzip"))],
    )


def _with_headers(app: ASGIApp) -> ASGIApp:
    """What is sent with every answer, whatever becomes of the request. Our files change with a version only."""

    async def with_headers(scope: Scope, receive: Receive, send: Send) -> None:
        is_file = scope["path"].startswith("/static/")

        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableScopeHeaders.from_message(message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", "public, max-age=3600" if is_file else "no-store")
            await send(message)

        await app(scope, receive, sent)

    return with_headers


def _of_people(request: Request[Any, Any, Any], error: UserError | HTTPException) -> Response[Any]:
    """What a person can mend: a sentence and what to do."""
    if isinstance(error, UserError):
        status = _STATUS.get(type(error)) or (409 if request.method != "GET" else 404)
        return _said(request, " ".join(error.problems), status, type(error))
    if error.status_code == 401 and (asked := _to_sign_in(request)):
        return asked
    said = {
        401: "Please sign in first.",
        403: "That is not yours to do, or this page is too old: load it anew and try again.",
        404: "There is no such page.",
        405: "There is no such page.",
        413: "This is more than is taken at once: make it shorter.",
    }
    if isinstance(error, ValidationException):
        said[400] = _not_taken(error)
    return _said(request, said.get(error.status_code, error.detail), error.status_code)


def _not_taken(error: ValidationException) -> str:
    """Which of the values that were sent are not as they should be."""
    wrong = [f"{one['key'].rstrip('_')}: {one['message']}" for one in error.extra or () if isinstance(one, dict)]
    return f"This cannot be taken as it was sent ({'; '.join(wrong)}): correct it, or load the page anew and try again."


def _to_sign_in(request: Request[Any, Any, Any]) -> Response[Any] | None:
    """Where a browser shows a page, it goes to sign in first, and then back to it."""
    is_open = bool(request.headers.get("HX-Request"))  # the page that asks for a part of itself
    if not is_open and (request.method != "GET" or request.url.path.startswith(("/api/", "/events"))):
        return None
    to = f"/sign-in?{urlencode({'back': _shown(request)})}"
    return Response(b"", status_code=401, headers={"HX-Redirect": to}) if is_open else Redirect(to, status_code=303)


def _shown(request: Request[Any, Any, Any]) -> str:
    """The path and query of the page that a browser shows."""
    try:
        page = urlsplit(request.headers.get("HX-Current-URL") or str(request.url))
    except ValueError:
        return "/"
    return local(f"{page.path}?{page.query}".rstrip("?"))


def _fault(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """A fault of ours: its traceback goes to the log, an apology with the log's number to the person."""
    number = secrets.token_hex(4)
    _log.error("fault %s on %s %s", number, request.method, request.url.path, exc_info=error)
    return _said(request, f"This is a fault of Handrail’s, not yours; its log has it under {number}.", 500)


def _said(
    request: Request[Any, Any, Any], sentence: str, status: int, kind: type[Exception] = Exception
) -> Response[Any]:
    """As JSON to who asks for that, as a line to a page that is open, else as a page."""
    if request.url.path.startswith("/api/"):
        return Response({"error": sentence}, status_code=status, media_type=MediaType.JSON, headers=_HEADERS)
    name = "notice.html" if request.headers.get("HX-Request") else "error.html"
    way = "in" if status == 401 or issubclass(kind, SignInError) else "out" if kind is OutsiderError else ""
    context = {"sentence": sentence, "status": status, "signs": way}
    # Where no path fits, no middleware is asked.
    return Template(name, context=context, status_code=status, headers=_HEADERS)
