from collections.abc import Callable, Iterator
from typing import Any

import gitlab
import pytest

import standin
from handrail.demo.team import DemoTeam

Ask = Callable[..., dict[str, Any]]


@pytest.fixture(scope="session")
def _demo() -> Iterator[standin.StandIn]:
    with standin.running(DemoTeam(400)) as server:
        yield server


@pytest.fixture
def demo(_demo: standin.StandIn) -> Iterator[standin.StandIn]:
    """The demo team, served. A test that changes the facts starts a stand-in of its own."""
    _demo.requests.clear()
    yield _demo
    _demo.heal()


@pytest.fixture
def client(demo: standin.StandIn) -> Iterator[gitlab.Gitlab]:
    """python-gitlab, which nobody here wrote; it raises what it is told instead of trying again."""
    with gitlab.Gitlab(demo.url, private_token=demo.token, retry_transient_errors=False) as found:
        yield found


@pytest.fixture
def ask(demo: standin.StandIn, client: gitlab.Gitlab) -> Ask:
    """Send a GraphQL document and get the whole answer."""

    def send(query: str, **variables: Any) -> dict[str, Any]:
        body = {"query": query, "variables": variables}
        found = client.http_post(f"{demo.url}/api/graphql", post_data=body)
        assert isinstance(found, dict)
        return found

    return send
