"""The ASGI application: who may come in, what is wrong today, and the answer."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import format_datetime
from typing import Any, Literal

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from handrail.model.facts import Facts
from standin import access
from standin.access import Refused, Token
from standin.faults import BEFORE, Fault, first_to_strike
from standin.graphql.endpoint import answer
from standin.limits import RateLimit
from standin.rest.calls import Call
from standin.rest.paging import Failure, Listing, page_of
from standin.rest.params import Params, parsed
from standin.rest.routes import ROUTES, find
from standin.rest.write_routes import carry_out
from standin.sign_in import SignIn
from standin.world import World

_encode = msgspec.json.Encoder().encode
READS = frozenset({"GET", "HEAD"})
SIGN_IN = b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>You need to sign in.</body></html>"
BAD_GATEWAY = b"<html><head><title>502</title></head><body>GitLab is not responding</body></html>"


@dataclass(frozen=True)
class Logged:
    """One request as it was answered. ``operation`` and ``cost`` are GraphQL's, ``variables`` a REST write's too."""

    method: str
    path: str
    query: Mapping[str, str]
    status: int
    operation: str = ""
    cost: int = 0
    variables: Mapping[str, Any] = field(default_factory=dict)


@dataclass
class Instance:
    """A running GitLab: the facts, who may read and change them, and what goes wrong."""

    world: World
    tokens: dict[str, Token]
    limit: RateLimit | None
    requests: list[Logged] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    _before: dict[str, Response] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.sign_in = SignIn(self.world, self.tokens)

    # --- from a request to an answer ---------------------------------------------------------------------

    async def graphql(self, request: Request) -> Response:
        """``POST /api/graphql``."""
        try:
            asked = msgspec.json.decode(await request.body() or b"{}")
        except msgspec.DecodeError:
            return self._logged(request, _json({"errors": [{"message": "Invalid JSON"}]}, 400), "")
        asked = asked if isinstance(asked, dict) else {}
        name = asked.get("operationName") or _named(asked.get("query"))
        variables = asked.get("variables") or {}

        def respond(token: Token | None) -> tuple[Response, int]:
            found = answer(
                self.world,
                token.username if token else None,
                asked.get("query"),
                variables,
                asked.get("operationName"),
                may_write=bool(token and token.may_write),
            )
            return _json(found.body), found.cost

        return await self._respond(request, str(name), respond, variables)

    async def rest(self, request: Request) -> Response:
        """Everything under ``/api/v4``."""
        content = request.headers.get("content-type", "")
        body = b"" if request.method in READS else await request.body()
        params, unread = Params({}), None
        try:
            if request.method not in READS:
                params = parsed(content, body, request.query_params.multi_items())
        except Failure as failure:
            unread = failure

        def respond(token: Token | None) -> tuple[Response, int]:
            try:
                if unread is not None:
                    raise unread
                return self._rest(request, token, params), 0
            except Failure as failure:
                return _json(failure.body, failure.status), 0

        return await self._respond(request, "", respond, params.given)

    def _rest(self, request: Request, token: Token | None, params: Params) -> Response:
        path = request.scope["raw_path"].decode().partition("?")[0].removeprefix("/api/v4/")
        route, at = find(path)
        query = dict(request.query_params)
        call = Call(self.world, token, query, at, params)
        if request.method not in READS:
            return _json(*carry_out(request.method, route, call))
        found = ROUTES[route](call)
        if isinstance(found, Response):
            return found
        if not isinstance(found, Listing):
            return _json(found)
        bodies, headers = page_of(found, query, f"{self.world.url}/api/v4/{path}")
        return _json(bodies, headers=headers)

    async def _respond(
        self,
        request: Request,
        operation: str,
        respond: Callable[[Token | None], tuple[Response, int]],
        variables: Mapping[str, Any],
    ) -> Response:
        path = request.url.path
        fault = first_to_strike(self.faults, request.method, path, operation)
        if fault and fault.call:
            fault.call()
        is_graphql = path == "/api/graphql"
        key = operation or f"{request.method} {path}"
        cost = 0
        token = access.admit(self.tokens, request.headers, self.world.now, path)
        if self.limit and not self.limit.count():
            response = _throttled(self.limit.seconds_left)
        elif isinstance(token, Refused):
            body = {"errors": [{"message": "Invalid token"}]} if is_graphql else token.body
            response = _json(body, 401 if is_graphql else token.status)
        elif fault and fault.harm in BEFORE:
            response = Response()  # what answers is never reached
        elif fault and fault.harm == "stale" and key in self._before:
            response = self._before[key]
        else:
            response, cost = respond(token)
            if is_graphql or request.method in READS:
                self._before[key] = response
        if self.limit and not (fault and fault.harm == "no_rate_headers"):
            response.headers.update(self.limit.headers(self.world.now))
        if self.world.listener:
            self.world.listener.collect()
        if fault:
            response = _harmed(response, fault)
        response.headers["Date"] = format_datetime(self.world.now, usegmt=True)
        return self._logged(request, response, operation, cost, variables)

    def _logged(
        self,
        request: Request,
        response: Response,
        operation: str,
        cost: int = 0,
        variables: Mapping[str, Any] | None = None,
    ) -> Response:
        path, query = request.scope["raw_path"].decode().partition("?")[0], dict(request.query_params)
        self.requests.append(
            Logged(request.method, path, query, response.status_code, operation, cost, variables or {})
        )
        return response


class Silence(Response):
    """No answer: the connection stays until the client gives up."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Wait for the client to leave."""
        while (await receive())["type"] != "http.disconnect":
            pass


class CutOff(Response):
    """Half of an answer, and the connection is closed."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send the headers of the whole and the first half."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": self.body[: len(self.body) // 2], "more_body": True})


class Lost(Response):
    """No answer: the connection is closed before the first byte of it."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Close what is under the server's feet: ASGI has no word for it."""
        cycle = getattr(receive, "__self__", None)
        transport = getattr(cycle, "transport", None)
        if transport is None:
            raise RuntimeError("only a server of uvicorn can lose an answer")
        transport.abort()
        while (await receive())["type"] != "http.disconnect":
            pass


def _harmed(response: Response, fault: Fault) -> Response:
    match fault.harm:
        case "rate_limited":
            return _throttled(fault.retry_after)
        case "status":
            return _status(fault)
        case "timeout":
            return Silence()
        case "cut_off":
            return CutOff(response.body, headers=dict(response.headers))
        case "lost_response":
            return Lost()
        case "html":
            return Response(SIGN_IN, media_type="text/html")
        case "invalid_json":
            return Response(bytes(response.body)[: len(response.body) // 2], media_type="application/json")
        case "graphql_timeout":
            return _json({"errors": [{"message": "Timeout on MergeRequest.discussions"}]})
        case _:
            return response


def _status(fault: Fault) -> Response:
    headers = {} if fault.retry_after is None else {"Retry-After": str(fault.retry_after)}
    if fault.status in {502, 503, 504}:
        return Response(BAD_GATEWAY, fault.status, headers, "text/html")
    words = {500: "500 Internal Server Error", 403: "403 Forbidden", 404: "404 Not Found", 401: "401 Unauthorized"}
    return _json({"message": words.get(fault.status, str(fault.status))}, fault.status, headers)


def _throttled(retry_after: int | None) -> Response:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Response(b"Retry later\n", 429, headers, "text/plain")


def _json(body: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(_encode(body), status, dict(headers or {}), "application/json")


def _named(query: object) -> str:
    """The name of the only operation, for the log: the word after "query" or "mutation"."""
    words = query.split(None, 2) if isinstance(query, str) else []
    is_operation = len(words) > 1 and words[0] in {"query", "mutation"}
    return words[1].partition("(")[0].partition("{")[0] if is_operation else ""


def instance(  # noqa: PLR0913  # each is an option of its own
    facts: Facts,
    *,
    tier: Literal["premium", "free"] = "premium",
    version: str = "18.8.0",
    tokens: Mapping[str, Token] | None = None,
    url: str = "http://gitlab.test",
    per_minute: int | None = 2000,
    clock: Callable[[], float] = time.monotonic,
    repositories: Mapping[str, Mapping[str, Mapping[str, str]]] | None = None,
) -> Instance:
    """An instance that holds the facts. ``per_minute`` None: no rate limit, and no headers about one.

    ``repositories``: by project, then by tag or HEAD, the latest tag last: the texts of its files by path.
    """
    world = World(facts, tier=tier, version=version, url=url)
    for path, tags in (repositories or {}).items():
        world.put_repository(path, tags)
    return Instance(world, dict(tokens or access.TOKENS), RateLimit(per_minute, clock) if per_minute else None)


def application(found: Instance) -> Starlette:
    """The instance as an ASGI application."""
    methods = ["GET", "POST", "PUT", "PATCH", "DELETE"]
    return Starlette(
        routes=[
            Route("/api/graphql", found.graphql, methods=["POST"]),
            Route("/api/v4/{path:path}", found.rest, methods=methods),
            *found.sign_in.routes,
        ]
    )


def create(
    facts: Facts,
    *,
    tier: Literal["premium", "free"] = "premium",
    version: str = "18.8.0",
    tokens: Mapping[str, Token] | None = None,
) -> Starlette:
    """An ASGI application that serves the facts."""
    return application(instance(facts, tier=tier, version=version, tokens=tokens))
