"""``POST /webhooks/gitlab``: a webhook is stored and answered, and worked afterwards.

GitLab disables a hook that answers late or badly several times in a row, so that nothing is done here that could take
its time. Who calls is known by the secret alone (``X-Gitlab-Token``): without it nothing is read, nothing is stored and
nothing is said of why.
"""

import asyncio
import hmac
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import msgspec
from litestar import MediaType, Request, Response, post
from litestar.handlers import HTTPRouteHandler

from handrail.errors import UserError
from handrail.store.database import Store
from handrail.store.inbox import Headers
from handrail.web.who import OPEN

LARGEST = 5 * 2**20
"""Bytes of a body. GitLab sends up to 25 MB. The longest text that it takes is 1 MB, and a change of it tells three of
them (what was, what is, the item): whatever is larger tells of nothing that we follow, and the inbox stays small."""
_OPTIONS = {**OPEN, "exclude_from_csrf": True}
"""GitLab does not sign in, and no form of ours posts here."""
_Heard = Request[Any, Any, Any]


def webhooks(
    store: Store, secret: str, now: Callable[[], datetime], accepted: Callable[[], None] = lambda: None
) -> HTTPRouteHandler:
    """The route. ``secret`` empty: every call is refused. ``accepted`` is called once a new webhook is in the inbox."""
    keep = Together(lambda those: store.inbox.accept_all(those, now()), accepted)

    # 401: the secret; 413: too large; 400: no JSON object; 503: it could not be stored, and GitLab shows it as failed.
    @post("/webhooks/gitlab", request_max_body_size=LARGEST, opt=_OPTIONS, include_in_schema=False)
    async def gitlab(request: _Heard) -> Response[bytes]:
        """Take one in."""
        if not _is_right(request.headers.get("x-gitlab-token", ""), secret):
            return _answer(401)
        body = await request.body()
        if not _is_object(body):
            return _answer(400)
        told = ("x-gitlab-event", "x-gitlab-instance", "x-gitlab-event-uuid", "idempotency-key")
        headers = Headers(*(request.headers.get(name, "") for name in told))
        try:
            await keep(body, headers)
        except UserError:
            return _answer(503)
        return _answer(202)

    return gitlab


class Together:
    """Stores webhooks: those that come while others are being stored wait, and are stored together."""

    def __init__(self, store: Callable[[Sequence[tuple[bytes, Headers]]], bool], accepted: Callable[[], None]) -> None:
        self._store, self._accepted = store, accepted
        self._waiting: list[tuple[bytes, Headers]] = []
        self._next: asyncio.Task[None] | None = None
        self._turn = asyncio.Lock()
        self._thread = ThreadPoolExecutor(1, "inbox")  # the others may all wait for GitLab, with a page each

    async def __call__(self, body: bytes, headers: Headers) -> None:
        """Come back when it is stored. Raises UserError where it could not be."""
        self._waiting.append((body, headers))
        if self._next is None:
            self._next = asyncio.create_task(self._go())
        await asyncio.shield(self._next)  # whoever hangs up takes nothing from the others

    async def _go(self) -> None:
        async with self._turn:
            those, self._waiting, self._next = self._waiting, [], None
            if await asyncio.get_running_loop().run_in_executor(self._thread, self._store, those):
                self._accepted()


def _is_right(given: str, secret: str) -> bool:
    """Whether it is the secret, in a time that tells nothing of it."""
    return hmac.compare_digest(given.encode(), secret.encode()) and bool(secret)


def _is_object(body: bytes) -> bool:
    try:
        return isinstance(msgspec.json.decode(body), dict)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):  # the last: brackets within brackets
        return False


def _answer(status: int) -> Response[bytes]:
    return Response(b"", status_code=status, media_type=MediaType.TEXT)
