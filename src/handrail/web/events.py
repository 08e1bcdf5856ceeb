"""What changes while a page is open: the number of each new view, as server-sent events.

Nothing else is sent: a page asks for itself again and is given what its reader may see.
"""

import asyncio
from collections.abc import AsyncIterator

from litestar import get
from litestar.params import FromQuery
from litestar.response import ServerSentEvent, ServerSentEventMessage

from handrail.web.serving import Served, Serving, Whom

BEAT = 15.0
"""Seconds between two signs of life: what stands between may close a connection that is silent."""
AT_MOST_EVERY = 1.0
"""Seconds between two numbers: many small changes are one."""


async def _numbers(serving: Serving, seen: int) -> AsyncIterator[ServerSentEventMessage]:
    loop, changed = asyncio.get_running_loop(), asyncio.Event()

    def tell(_: int) -> None:
        loop.call_soon_threadsafe(changed.set)

    leave = serving.live.listen(tell)
    try:
        while not serving.live.is_over:
            number = serving.live.view().number
            if number != seen:
                seen = number
                yield ServerSentEventMessage(event="view", data=str(number), id=str(number))
                await asyncio.sleep(AT_MOST_EVERY)
            try:
                await asyncio.wait_for(changed.wait(), BEAT)
            except TimeoutError:
                yield ServerSentEventMessage(comment="still here")
            changed.clear()
    finally:
        leave()


@get("/events", sync_to_thread=False)
def events(who: Whom, serving: Served, seen: FromQuery[int] = 0) -> ServerSentEvent:  # noqa: ARG001  # who: signed in
    """The numbers of new views, as long as the page is open, from the one on that it has ``seen``."""
    return ServerSentEvent(_numbers(serving, seen))
