"""A write that fails: some faults come before its effect, some after it."""

from typing import Any

import gitlab
import pytest
import requests

import standin
from handrail.testing import PROJECT
from standin.faults import BEFORE, Harm

NOTES = f"projects/{PROJECT.replace('/', '%2F')}/issues/1/notes"
AFTER: tuple[Harm, ...] = ("cut_off", "lost_response", "invalid_json", "no_rate_headers", "stale")
BROKEN = (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError, requests.exceptions.Timeout)


def comment(server: standin.StandIn) -> requests.Response | None:
    """The answer, None where there is none."""
    try:
        headers = {"PRIVATE-TOKEN": server.write_token}
        return requests.post(f"{server.url}/api/v4/{NOTES}", json={"body": "x"}, headers=headers, timeout=0.5)
    except BROKEN:
        return None


def written(server: standin.StandIn) -> int:
    return len(server.world.entries[f"{PROJECT}#1"].written)


@pytest.mark.parametrize("harm", sorted(BEFORE))
def test_nothing_is_written_where_the_fault_comes_first(server: standin.StandIn, harm: Harm) -> None:
    server.fail(harm, status=502)
    answer = comment(server)
    assert (answer is None) is (harm == "timeout")
    assert written(server) == 0
    assert comment(server) is not None
    assert written(server) == 1


@pytest.mark.parametrize("harm", AFTER)
def test_it_is_written_where_the_fault_comes_after(server: standin.StandIn, harm: Harm) -> None:
    assert comment(server) is not None
    server.fail(harm)
    answer = comment(server)
    assert (answer is None) is (harm in {"cut_off", "lost_response"})
    assert written(server) == 2


def test_a_lost_response_is_no_byte_of_one(server: standin.StandIn, writer: gitlab.Gitlab) -> None:
    server.fail("lost_response", "/notes")
    with pytest.raises(requests.exceptions.ConnectionError):
        writer.http_post(f"/{NOTES}", post_data={"body": "x"})
    (found,) = writer.projects.get(PROJECT, lazy=True).issues.get(1).notes.list(get_all=True)
    assert found.body == "x"
    assert [asked.status for asked in server.requests if asked.method == "POST"] == [200]


def test_a_fault_may_wait_for_a_method(server: standin.StandIn) -> None:
    fault = server.fail("status", "/issues/1", method="POST")
    headers = {"PRIVATE-TOKEN": server.write_token}
    assert requests.get(f"{server.url}/api/v4/{NOTES}", headers=headers, timeout=5).ok
    assert fault.met == 0
    answer = comment(server)
    assert answer is not None
    assert (answer.status_code, fault.met) == (500, 1)


def test_a_mutation_is_a_write(server: standin.StandIn) -> None:
    entry = server.world.entries[f"{PROJECT}#2"]
    document = """mutation Finish($id: WorkItemID!, $status: WorkItemsStatusesStatusID) {
      workItemUpdate(input: { id: $id, statusWidget: { status: $status } }) { errors } }"""
    allowed = """{ namespace(fullPath: "gitlab-org") { statuses { nodes { id name } } } }"""

    def send(query: str, **variables: str) -> requests.Response:
        headers = {"PRIVATE-TOKEN": server.write_token}
        body: dict[str, Any] = {"query": query, "variables": variables}
        return requests.post(f"{server.url}/api/graphql", json=body, headers=headers, timeout=5)

    nodes = send(allowed).json()["data"]["namespace"]["statuses"]["nodes"]
    done = next(one["id"] for one in nodes if one["name"] == "Done")
    identity = f"gid://gitlab/WorkItem/{entry.id}"
    server.fail("graphql_timeout", "Finish")
    assert send(document, id=identity, status=done).json()["errors"]
    assert not entry.events
    server.fail("lost_response", "Finish")
    with pytest.raises(requests.exceptions.ConnectionError):
        send(document, id=identity, status=done)
    assert [event.did for event in entry.events] == ["status_set", "closed"]
