"""A reader on a running stand-in."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

import standin
from handrail.gitlab.connection import Connection, Pace
from handrail.gitlab.histories import Team
from handrail.gitlab.reader import Reader
from handrail.testing import bundled

Reading = Callable[..., tuple[Reader, Connection]]


@pytest.fixture
def waits() -> list[float]:
    """The pauses that a connection would have made."""
    return []


@pytest.fixture
def read_from(waits: list[float]) -> Iterator[Reading]:
    """A new reader on a stand-in: nothing learnt, no pause made."""
    with ExitStack() as stack:

        def begin(
            gitlab: standin.StandIn, *, token: str = standin.READ_TOKEN, timeout: float = 30
        ) -> tuple[Reader, Connection]:
            connection = Connection(gitlab.url, token, Pace(waits.append, lambda: 1.0), timeout=timeout)
            stack.callback(connection.close)
            return Reader(connection, Team.of(bundled())), connection

        yield begin
