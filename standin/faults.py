"""Faults on demand: what a GitLab, or the network before it, may do to a request."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

Harm = Literal[
    "rate_limited",  # 429 and the plain text that GitLab's throttle sends; Retry-After if ``retry_after`` is given
    "status",  # ``status`` with GitLab's JSON message (500, 502 and 503 with the proxy's HTML)
    "timeout",  # never answers; ends when the client gives up
    "cut_off",  # closes the connection in the middle of the answer
    "html",  # 200 with the sign-in page
    "invalid_json",  # 200 with half of the answer
    "stale",  # the answer that the same operation or path got the time before
    "no_rate_headers",  # the right answer without RateLimit-* headers
    "graphql_timeout",  # 200 with GraphQL's own timeout error
    "call",  # the right answer after ``call`` has been called: an item moved, a project lost, a user deleted
]


@dataclass
class Fault:
    """What happens to the requests whose path or GraphQL operation contains ``to``; ``times`` None is for ever."""

    harm: Harm
    to: str = ""
    skip: int = 0
    """How many such requests pass unharmed first."""
    times: int | None = 1
    retry_after: int | None = None
    status: int = 500
    call: Callable[[], object] | None = None
    met: int = field(default=0, init=False)
    """How many requests it was done to."""

    def strikes(self, path: str, operation: str) -> bool:
        """Whether it happens to this request; counts it."""
        if self.to not in path and self.to not in operation:
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.times is not None and self.met >= self.times:
            return False
        self.met += 1
        return True


def first_to_strike(faults: Sequence[Fault], path: str, operation: str) -> Fault | None:
    """The fault that this request meets: one at a time."""
    return next((fault for fault in faults if fault.strikes(path, operation)), None)
