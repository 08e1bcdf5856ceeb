"""Hooks over REST, and how they are called: like GitLab's, with the secret and nobody else's business in it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import gitlab
import pytest

import standin
from handrail.model.facts import Team
from handrail.model.planning import Project
from handrail.testing import NOW, PEOPLE, PROJECT, Told, an_issue
from standin.comments import comment
from tests.standin.swagger import problems

ISSUE = f"{PROJECT}#1"
FACTS = Told(((an_issue(1), ()),), Team(NOW, dict(PEOPLE), (Project(PROJECT), Project("gitlab-com/other"))))
SECRET = "what-the-hook-says"


@dataclass
class Receiver:
    """Somebody whom hooks call: what came, and what is answered."""

    url: str
    status: int = 202
    came: list[tuple[dict[str, str], Any]] = field(default_factory=list)


@contextmanager
def receiver() -> Iterator[Receiver]:
    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.came.append((dict(self.headers), json.loads(body)))
            self.send_response(found.status)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the library's name
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        found = Receiver(f"http://127.0.0.1:{server.server_port}/here")
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def server() -> Iterator[standin.StandIn]:
    with standin.running(FACTS) as found:
        yield found


@pytest.fixture
def client(server: standin.StandIn) -> gitlab.Gitlab:
    return gitlab.Gitlab(server.url, private_token=standin.API_TOKEN, retry_transient_errors=False)


def made(client: gitlab.Gitlab, url: str, place: str = f"projects/{PROJECT}", **more: Any) -> dict[str, Any]:
    kind, _, path = place.partition("/")
    found: Any = client.http_post(
        f"/{kind}/{path.replace('/', '%2F')}/hooks",
        post_data={"url": url, "token": SECRET, "issues_events": True, "note_events": True, **more},
    )
    assert SECRET not in json.dumps(found)
    return dict(found)


def test_a_hook_is_called_with_its_secret_and_what_happened(server: standin.StandIn, client: gitlab.Gitlab) -> None:
    with receiver() as found:
        hook = made(client, found.url)
        client.http_put(f"/projects/{PROJECT.replace('/', '%2F')}/issues/1", post_data={"add_labels": "bug"})
        comment(server.world, server.world.entries[ISSUE], "nadia", "Hello")
        sent = server.deliver()
    assert [(call.hook, call.event, call.status) for call in sent] == [
        (hook["id"], "Issue Hook", 202),
        (hook["id"], "Note Hook", 202),
    ]
    (headers, issue), (again, note) = found.came
    assert headers["X-Gitlab-Token"] == SECRET
    assert (headers["X-Gitlab-Event"], headers["X-Gitlab-Instance"]) == ("Issue Hook", server.url)
    assert headers["Idempotency-Key"] != again["Idempotency-Key"]
    assert issue["changes"]["labels"]["current"][0]["title"] == "bug"
    assert note["object_attributes"]["note"] == "Hello"


def test_hooks_are_called_for_what_they_ask_of_where_they_are(server: standin.StandIn, client: gitlab.Gitlab) -> None:
    with receiver() as found:
        made(client, found.url + "/other", "projects/gitlab-com/other")
        made(client, found.url + "/notes", issues_events=False)
        group = made(client, found.url + "/group", "groups/gitlab-org")
        client.http_put(f"/projects/{PROJECT.replace('/', '%2F')}/issues/1", post_data={"add_labels": "bug"})
        assert [(call.hook, call.event) for call in server.deliver()] == [(group["id"], "Issue Hook")]


def test_nobody_is_called_where_there_is_no_hook(server: standin.StandIn, client: gitlab.Gitlab) -> None:
    client.http_put(f"/projects/{PROJECT.replace('/', '%2F')}/issues/1", post_data={"add_labels": "bug"})
    assert server.deliver() == []


def test_a_hook_that_fails_rests_until_a_test_wakes_it(server: standin.StandIn, client: gitlab.Gitlab) -> None:
    with receiver() as found:
        hook = made(client, found.url)
        at = f"/projects/{PROJECT.replace('/', '%2F')}/hooks/{hook['id']}"
        found.status = 500
        for number in range(5):
            comment(server.world, server.world.entries[ISSUE], "nadia", f"{number}")
            server.deliver()
        assert len(found.came) == 4
        told: Any = client.http_get(at)
        assert told["alert_status"] == "temporarily_disabled"
        assert told["disabled_until"] == "2026-06-02T14:01:00.000Z"
        with pytest.raises(gitlab.GitlabHttpError, match="HTTP 500"):
            client.http_post(f"{at}/test/issues_events")
        found.status = 202
        client.http_post(f"{at}/test/issues_events")
        told = client.http_get(at)
        assert (told["alert_status"], told["disabled_until"]) == ("executable", None)
    comment(server.world, server.world.entries[ISSUE], "nadia", "nobody listens")
    assert server.deliver()[-1].status == 0


def test_a_hook_that_has_failed_for_long_enough_is_called_again_later_and_at_last_no_more(
    server: standin.StandIn, client: gitlab.Gitlab
) -> None:
    with receiver() as found:
        hook = made(client, found.url)
        at = f"/projects/{PROJECT.replace('/', '%2F')}/hooks/{hook['id']}"
        found.status = 401
        for _ in range(41):
            comment(server.world, server.world.entries[ISSUE], "nadia", "Hello")
            server.deliver()
            server.world.advance(server.world.now + timedelta(days=2))
        assert len(found.came) == 40
        told: Any = client.http_get(at)
        assert told["alert_status"] == "disabled"


def test_what_is_no_hook_is_refused(server: standin.StandIn, client: gitlab.Gitlab) -> None:
    at = f"/projects/{PROJECT.replace('/', '%2F')}/hooks"
    for bad in ({}, {"url": "ftp://example.org"}):
        with pytest.raises(gitlab.GitlabHttpError):
            client.http_post(at, post_data=bad)
    hook = made(client, "http://127.0.0.1:9/")
    for path in (f"{at}/1", f"{at}/{hook['id']}/test/issues_events"):
        with pytest.raises(gitlab.GitlabHttpError):
            client.http_get(path)
    with pytest.raises(gitlab.GitlabHttpError, match="valid value"):
        client.http_post(f"{at}/{hook['id']}/test/anything")
    made(client, "http://127.0.0.1:9/", "projects/gitlab-com/other")
    server.world.make_read_only(PROJECT)
    with pytest.raises(gitlab.GitlabHttpError, match="403"):
        client.http_get(at)


def test_free_has_no_hooks_of_groups() -> None:
    with standin.running(FACTS, tier="free") as server:
        client = gitlab.Gitlab(server.url, private_token=standin.API_TOKEN)
        with pytest.raises(gitlab.GitlabHttpError, match="404"):
            client.http_get("/groups/gitlab-org/hooks")


def test_contract_a_hook_is_gitlabs(client: gitlab.Gitlab, shared: Path) -> None:
    swagger = json.loads((shared / "gitlab/openapi/gitlab-swagger-v2.json").read_text("utf-8"))
    definition = swagger["definitions"]["API_Entities_ProjectHook"]
    # GitLab's Ruby has symbols; over HTTP each is a string.
    definition["properties"]["alert_status"]["type"] = "string"
    hook = made(client, "http://127.0.0.1:9/", enable_ssl_verification=False)
    listed: Any = client.http_get(f"/projects/{PROJECT.replace('/', '%2F')}/hooks")
    changed: Any = client.http_put(
        f"/projects/{PROJECT.replace('/', '%2F')}/hooks/{hook['id']}", post_data={"name": "Ours", "push_events": False}
    )
    assert listed == [hook]
    assert (changed["name"], changed["push_events"], changed["note_events"]) == ("Ours", False, True)
    assert list(problems(hook | {"id": "1", "project_id": "1"}, definition, swagger["definitions"])) == []
    assert set(hook) == set(definition["properties"])
    recorded = json.loads((shared / "gitlab/fixtures/ruby-gitlab/group_hook.json").read_text("utf-8"))
    assert set(recorded) <= set(made(client, "http://127.0.0.1:9/", "groups/gitlab-org"))
