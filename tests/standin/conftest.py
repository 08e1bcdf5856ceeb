from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import gitlab
import pytest

import standin
from handrail.demo.team import DemoTeam
from handrail.model.facts import Team
from handrail.model.people import Person
from handrail.model.planning import Milestone, Project
from handrail.testing import NOW, PROJECT, Told, a_merge_request, a_reviewer, an_epic, an_issue

Ask = Callable[..., dict[str, Any]]
Served = Callable[..., standin.StandIn]
OTHER = "gitlab-org/charts/gitlab"
REPOSITORIES = {
    "gitlab-org/omnibus-gitlab": {
        tag: {"config/software/redis.rb": f"default_version '{version}'\n"}
        for tag, version in (("19.0.0+ee.0", "7.2.11"), ("19.0.1+ee.0", "7.2.11"), ("HEAD", "7.2.13"))
    }
}


@pytest.fixture(scope="session")
def _demo() -> Iterator[standin.StandIn]:
    with standin.running(DemoTeam(400), repositories=REPOSITORIES) as server:
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


FACTS = Told(
    (
        (an_issue(1, "bug", "workflow::ready", title="Broken", assignees=("nadia",), milestone="19.1"), ()),
        (an_issue(2, status="In dev", epic="gitlab-org&5"), ()),
        (an_issue(4, project=OTHER), ()),
        (a_merge_request(3, "bug", title="Mend it", reviewers=(a_reviewer("nadia", "approved"),)), ()),
        (an_epic(5, "bug"), ()),
    ),
    Team(
        NOW,
        {name: Person(name.title()) for name in ("nadia", "mara", "ivo")},
        (Project(PROJECT), Project(OTHER)),
        (Milestone("19.1"), Milestone("19.2")),
    ),
)
"""Little to write to: two issues, a merge request and an epic, and an issue of another project."""


@pytest.fixture
def serve() -> Iterator[Served]:
    """A stand-in of one's own with those facts, to write to."""
    with ExitStack() as stack:
        yield lambda tier="premium": stack.enter_context(standin.running(FACTS, tier=tier))


@pytest.fixture
def server(serve: Served) -> standin.StandIn:
    """One of Premium."""
    return serve()


@pytest.fixture
def writer(server: standin.StandIn) -> Iterator[gitlab.Gitlab]:
    """python-gitlab with the token that may write to it."""
    with gitlab.Gitlab(server.url, private_token=server.write_token, retry_transient_errors=False) as found:
        yield found
