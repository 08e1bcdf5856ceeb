"""The stand-in breaks on purpose, as often as it is told, and only where it is told."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests

import standin
from handrail.model.facts import Team
from handrail.testing import NOW, PROJECT, Told, an_issue
from standin.app import instance
from standin.limits import RateLimit


@pytest.fixture(scope="module")
def _server() -> Iterator[standin.StandIn]:
    items = tuple((an_issue(iid, created_at=NOW - timedelta(days=iid)), ()) for iid in range(1, 6))
    with standin.running(Told(items, Team(NOW))) as found:
        yield found


@pytest.fixture
def server(_server: standin.StandIn) -> Iterator[standin.StandIn]:
    _server.requests.clear()
    yield _server
    _server.heal()


@pytest.fixture
def session(server: standin.StandIn) -> Iterator[requests.Session]:
    with requests.Session() as found:
        found.headers["PRIVATE-TOKEN"] = server.token
        yield found


def ask(server: standin.StandIn, session: requests.Session, query: str, **variables: Any) -> requests.Response:
    body: dict[str, Any] = {"query": query, "variables": variables}
    return session.post(f"{server.url}/api/graphql", json=body, timeout=5)


ME = "query Me { currentUser { username } }"


def test_a_fault_strikes_where_and_as_often_as_it_is_told(server: standin.StandIn, session: requests.Session) -> None:
    fault = server.fail("status", "Me", skip=1, times=2, status=500)
    seen = [ask(server, session, ME).status_code for _ in range(5)]
    assert seen == [200, 500, 500, 200, 200]
    assert fault.met == 2
    assert ask(server, session, "query Other { currentUser { name } }").ok
    assert [asked.status for asked in server.requests] == [*seen, 200]


@pytest.mark.parametrize("retry_after", [None, 7])
def test_too_many_requests(server: standin.StandIn, session: requests.Session, retry_after: int | None) -> None:
    server.fail("rate_limited", retry_after=retry_after)
    answer = ask(server, session, ME)
    assert (answer.status_code, answer.text) == (429, "Retry later\n")
    assert answer.headers.get("Retry-After") == (None if retry_after is None else "7")


@pytest.mark.parametrize("status", [502, 503])
def test_the_proxy_before_it_answers_in_html(server: standin.StandIn, session: requests.Session, status: int) -> None:
    server.fail("status", status=status)
    answer = ask(server, session, ME)
    assert (answer.status_code, answer.headers["Content-Type"]) == (status, "text/html; charset=utf-8")


def test_html_and_half_of_the_json(server: standin.StandIn, session: requests.Session) -> None:
    server.fail("html")
    assert "Sign in" in ask(server, session, ME).text
    server.fail("invalid_json")
    with pytest.raises(requests.exceptions.JSONDecodeError):
        ask(server, session, ME).json()
    server.fail("graphql_timeout")
    assert ask(server, session, ME).json()["errors"][0]["message"].startswith("Timeout on")


def test_no_answer_and_half_of_one(server: standin.StandIn, session: requests.Session) -> None:
    server.fail("timeout")
    with pytest.raises(requests.exceptions.ReadTimeout):
        session.get(f"{server.url}/api/v4/user", timeout=0.1)
    server.fail("cut_off")
    with pytest.raises((requests.exceptions.ChunkedEncodingError, requests.exceptions.ConnectionError)):
        session.get(f"{server.url}/api/v4/user", timeout=5)


def test_rate_headers_can_be_missing(server: standin.StandIn, session: requests.Session) -> None:
    assert "RateLimit-Remaining" in ask(server, session, ME).headers
    server.fail("no_rate_headers")
    assert not [name for name in ask(server, session, ME).headers if name.startswith("RateLimit")]


PAGE = f"""query Page($after: String) {{ project(fullPath: "{PROJECT}") {{
  workItems(sort: UPDATED_ASC, first: 2, after: $after) {{ pageInfo {{ endCursor }} nodes {{ iid }} }} }} }}"""


def test_a_stale_page_is_the_one_before(server: standin.StandIn, session: requests.Session) -> None:
    first = ask(server, session, PAGE).json()
    server.fail("stale")
    after = first["data"]["project"]["workItems"]["pageInfo"]["endCursor"]
    assert ask(server, session, PAGE, after=after).json() == first
    assert ask(server, session, PAGE, after=after).json() != first


def test_the_facts_change_between_two_pages(server: standin.StandIn, session: requests.Session) -> None:
    server.before("Page", lambda world: world.lose(PROJECT), skip=1)
    assert ask(server, session, PAGE).json()["data"]["project"]
    assert ask(server, session, PAGE).json()["data"] == {"project": None}
    path = f"{server.url}/api/v4/projects/{PROJECT.replace('/', '%2F')}"
    assert session.get(path, timeout=5).json() == {"message": "404 Project Not Found"}
    server.world.find_again(PROJECT)
    assert ask(server, session, PAGE).json()["data"]["project"]


def test_the_clock_is_the_facts(server: standin.StandIn, session: requests.Session) -> None:
    assert ask(server, session, ME).headers["Date"] == "Tue, 02 Jun 2026 14:00:00 GMT"


def test_the_limit_counts_a_minute() -> None:
    seconds = iter([0.0, 1.0, 2.0, 61.0])
    limit = RateLimit(2, lambda: next(seconds))
    assert [limit.count() for _ in range(4)] == [True, True, False, True]


def test_the_limit_is_told_and_kept() -> None:
    with (
        standin.running(Told((), Team(NOW)), per_minute=2, clock=lambda: 15.0) as server,
        requests.Session() as session,
    ):
        session.headers["PRIVATE-TOKEN"] = server.token
        answers = [session.get(f"{server.url}/api/v4/version", timeout=5) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert [answer.headers["RateLimit-Remaining"] for answer in answers] == ["1", "0", "0"]
    assert answers[2].headers["Retry-After"] == "45"
    assert answers[0].headers["RateLimit-Limit"] == "2"
    assert int(answers[0].headers["RateLimit-Reset"]) == int(NOW.timestamp()) + 45


def test_no_limit_no_headers() -> None:
    assert instance(Told((), Team(NOW)), per_minute=None).limit is None
