import re
from html import unescape

import msgspec
import pytest
from litestar.testing import TestClient

from handrail.store.inbox import KEPT, TRIES, Headers
from handrail.views.explained import Explained
from handrail.views.rows import Row
from handrail.web.app import application
from tests.web.conftest import Client, Served, form

PATHS = (
    "queue",
    "unassigned",
    "waiting",
    "triage",
    "findings",
    "plan",
    "journal",
    "duty",
    "duty/desk",
    "requests",
    "clocks",
    "milestone",
    "unplanned",
    "okrs",
    "handbook/clauses",
)


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_is_json_with_a_tag(client: Client, path: str) -> None:
    answer = client.get(f"/api/v1/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json"), answer.text
    again = client.get(f"/api/v1/{path}", headers={"If-None-Match": f'W/{answer.headers["etag"]}, "other"'})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", answer.headers["etag"])


def test_the_queue_is_what_the_command_prints(client: Client, served: Served) -> None:
    rows = msgspec.json.decode(client.get("/api/v1/queue?of=nadia&per_page=100").content, type=list[Row])
    queue = served.serving.live.view().queue
    assert [(row.ref, row.why) for row in rows] == [
        (entry.item.ref, queue.voice("nadia").why(entry)) for entry in queue.rank("nadia")
    ]


def test_pages_follow_each_other_without_a_gap(client: Client) -> None:
    whole = client.get("/api/v1/queue?of=nadia&per_page=100").json()
    answer = client.get("/api/v1/queue?of=nadia&per_page=4")
    seen = answer.json()
    while "next" in answer.links:
        answer = client.get(answer.links["next"]["url"])
        seen += answer.json()
    assert seen == whole
    assert (answer.headers["x-total"], answer.headers["x-total-pages"]) == (str(len(whole)), str(-(-len(whole) // 4)))


def test_an_item_is_explained(client: Client) -> None:
    answer = client.get("/api/v1/items/gitlab-org/omnibus-gitlab%217421")
    found = msgspec.json.decode(answer.content, type=Explained)
    assert (found.for_, found.why.startswith("Level 1, unblock")) == ("nadia", True)


@pytest.mark.parametrize(
    "path", ["queue?of=nobody", "items/gitlab-org/none%231", "queue?page=0", "queue?per_page=1000", "none"]
)
def test_what_cannot_be_answered_is_said_as_json(client: Client, path: str) -> None:
    answer = client.get(f"/api/v1/{path}")
    assert (answer.status_code in {400, 404}, set(answer.json())) == (True, {"error"})


def test_the_description_knows_every_path_and_no_page(client: Client) -> None:
    told = client.get("/api/v1/openapi.json").json()
    assert {f"/api/v1/{path}" for path in PATHS} <= told["paths"].keys()
    assert all(path.startswith("/api/v1/") for path in told["paths"])


def test_it_says_that_it_lives_and_whether_it_is_ready(client: Client, served: Served) -> None:
    assert (client.get("/healthz").text, client.get("/readyz").text) == ("ok\n", "ready\n")
    served.serving.live.trouble = "The store cannot be read."
    answer = client.get("/readyz")
    assert (answer.status_code, "not ready" in answer.text, "store" in answer.text) == (503, True, False)
    assert "The store cannot be read." in client.get("/").text


def test_it_tells_how_it_is_doing_in_numbers_and_nothing_of_items(served: Served) -> None:
    with TestClient(application(served.serving), "http://127.0.0.1") as client:
        client.get("/api/v1/queue?of=nadia")
        told = client.get("/metrics").text
    assert re.search(r'handrail_answer_seconds_count\{method="GET",route="/api/v1/queue",status="200"\} 1.0', told)
    assert "handrail_inbox_waiting 0.0" in told
    assert not [item.ref for item in served.serving.live.view().snapshot.items if item.ref in told]


def test_the_page_of_jobs_says_what_went_wrong(client: Client, served: Served) -> None:
    shown = list[str]()
    assert "These have never run" in client.get("/jobs").text
    served.store.inbox.accept(b"{}", Headers("Issue Hook"), served.serving.now())
    assert "1 webhook waiting to be worked." in client.get("/jobs").text
    for _ in range(TRIES):
        (odd,) = [*served.store.inbox.due(served.serving.now() + KEPT, 1)]
        served.store.inbox.failed(odd, "it is odd", served.serving.now())
        shown.append(re.sub(r"<.*?>", "", client.get("/jobs").text))
    assert "1 webhook waiting to be worked, 1 of which could not be worked yet." in shown[0]
    assert re.search(r"tried again .+ it is odd", shown[0])
    assert "1 webhook that could not be worked, set aside" in shown[-1]
    assert "set aside it is odd" in shown[-1]


def test_who_asks_for_the_head_alone_gets_that(client: Client) -> None:
    for path in ("/", "/team", "/none", "/api/v1/queue", "/healthz", "/static/handrail.css", "/events"):
        head = client.head(path)
        assert head.content == b"", path
        if path != "/events":
            whole = client.get(path)
            assert head.status_code == whole.status_code, path
            assert head.headers["content-type"] == whole.headers["content-type"]
    assert client.head("/take").status_code == 405


def test_what_cannot_be_taken_is_named(client: Client, served: Served) -> None:
    asked = client.get("/api/v1/queue?page=0")
    assert (asked.status_code, "(page: Expected `int` >= 1): correct it" in asked.json()["error"]) == (400, True)
    assert "(number: Expected `int | array`, got `str`)" in unescape(form(client, "/undo", number="x").text)
    assert "make it shorter" in form(client, "/take", ref="a" * 11_000_000).text
