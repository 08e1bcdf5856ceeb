"""Faults on demand: what a GitLab, or the network before it, may do to a request."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

Harm = Literal[  # before the effect of a write, unless it is said otherwise
    "rate_limited",  # 429 and the plain text that GitLab's throttle sends; Retry-After if ``retry_after`` is given
    "status",  # ``status`` with GitLab's JSON message (500, 502 and 503 with the proxy's HTML)
    "timeout",  # never answers; ends when the client gives up
    "cut_off",  # closes the connection in the middle of the answer, after the effect
    "lost_response",  # closes the connection before the answer, after the effect
    "html",  # 200 with the sign-in page
    "invalid_json",  # 200 with half of the answer, after the effect
    "stale",  # the answer that the same operation or path got the time before
    "no_rate_headers",  # the right answer without RateLimit-* headers, after the effect
    "graphql_timeout",  # 200 with GraphQL's own timeout error
    "call",  # the right answer after ``call`` has been called: an item moved, a project lost, a user deleted
]

BEFORE: frozenset[Harm] = frozenset({"rate_limited", "status", "timeout", "html", "graphql_timeout"})
"""The request never reaches what would answer it, so that nothing is changed by it."""


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
    method: str = ""
    """Only requests of this HTTP method; all of them where it is empty."""
    met: int = field(default=0, init=False)
    """How many requests it was done to."""

    def strikes(self, method: str, path: str, operation: str) -> bool:
        """Whether it happens to this request; counts it."""
        if self.method not in {"", method} or (self.to not in path and self.to not in operation):
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.times is not None and self.met >= self.times:
            return False
        self.met += 1
        return True


def first_to_strike(faults: Sequence[Fault], method: str, path: str, operation: str) -> Fault | None:
    """The fault that this request meets: one at a time."""
    return next((fault for fault in faults if fault.strikes(method, path, operation)), None)
