"""The route that GitLab calls: who may, what is kept, what is answered; nothing of the secret anywhere."""

import asyncio
import json
import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from httpx import ASGITransport, AsyncClient
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from handrail.errors import UserError
from handrail.store.database import Store
from handrail.store.inbox import Headers
from handrail.testing import NOW
from handrail.web.app import application
from handrail.web.webhooks import LARGEST, Together, webhooks
from tests.web.conftest import Served

SECRET = "a-secret-of-two-words"
BODY = b'{"object_kind": "push"}'
HEADERS = {
    "X-Gitlab-Event": "Push Hook",
    "X-Gitlab-Instance": "https://gitlab.example",
    "X-Gitlab-Event-UUID": "13792a34-cac6-4fda-95a8-c58e00a3954e",
    "X-Gitlab-Token": SECRET,
    "Idempotency-Key": "f5e57ebe-99fe-4b0d-98ce-58cc4e1a63ad",
    "Content-Type": "application/json",
}


def test_the_application_takes_webhooks_in_without_a_form_of_ours(served: Served) -> None:
    heard: list[str] = []
    serving = replace(served.serving, webhook_secret=SECRET, accepted=lambda: heard.append("one"))
    with TestClient(application(serving), "http://127.0.0.1") as client:
        taken = client.post("/webhooks/gitlab", content=BODY, headers=HEADERS)
        assert (taken.status_code, taken.content) == (202, b"")
        assert client.post("/webhooks/gitlab", content=BODY).status_code == 401
        too_large = client.post("/webhooks/gitlab", content=b"x" * (LARGEST + 1), headers=HEADERS)
        assert too_large.status_code == 413
    assert heard == ["one"]
    assert served.store.inbox.waiting().count == 1


class Desk:
    """The route by itself, its store, and how often somebody was woken."""

    def __init__(self, store: Store, secret: str) -> None:
        self.store, self.woken = store, 0
        self.client = TestClient(Litestar([webhooks(store, secret, lambda: NOW, self._wake)]))

    def _wake(self) -> None:
        self.woken += 1

    def post(self, body: bytes = BODY, **headers: str | None) -> int:
        sent = {**HEADERS, **{name.replace("_", "-"): value for name, value in headers.items()}}
        kept: Any = {name: value for name, value in sent.items() if value is not None}
        found = self.client.post("/webhooks/gitlab", content=body, headers=kept)
        assert SECRET not in found.text
        return int(found.status_code)

    def waiting(self) -> list[tuple[bytes, Headers]]:
        return [(one.body, one.headers) for one in self.store.inbox.due(NOW, 1_000)]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "facts.sqlite") as found:
        yield found


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    found = Desk(store, SECRET)
    with found.client:
        yield found


def test_a_webhook_is_kept_as_it_came_and_somebody_is_woken(desk: Desk) -> None:
    assert desk.post() == 202
    event_uuid = HEADERS["X-Gitlab-Event-UUID"]
    assert desk.waiting() == [(BODY, Headers("Push Hook", "https://gitlab.example", event_uuid))]
    assert desk.woken == 1
    assert desk.post() == 202, "GitLab delivers again what was not answered in time"
    assert (len(desk.waiting()), desk.woken) == (1, 1)


@pytest.mark.parametrize("token", ["", "wrong", SECRET[:-1], SECRET + " x", "sécret", None])
def test_whoever_does_not_know_the_secret_leaves_nothing(desk: Desk, token: str | None) -> None:
    sent: Any = token.encode("latin-1") if token else token
    assert desk.post(X_Gitlab_Token=sent) == 401
    assert desk.post(b"no json", X_Gitlab_Token=sent) == 401
    assert (desk.waiting(), desk.woken) == ([], 0)


@pytest.mark.parametrize("token", ["", "anything", None])
def test_without_a_secret_of_ours_nobody_knows_it(store: Store, token: str | None) -> None:
    desk = Desk(store, "")
    assert desk.post(X_Gitlab_Token=token) == 401
    assert desk.waiting() == []


@pytest.mark.parametrize("body", [b"", b"{", b"no json", b"[1]", b'"text"', b'{"a": "\xff"}', b"[" * 100_000])
def test_what_is_no_json_object_is_refused(desk: Desk, body: bytes) -> None:
    assert desk.post(body) == 400
    assert (desk.waiting(), desk.woken) == ([], 0)


def test_what_comes_while_others_are_stored_is_stored_together() -> None:
    kept, woken, go_on = list[list[bytes]](), list[str](), Event()

    def store(those: Sequence[tuple[bytes, Headers]]) -> bool:
        kept.append([body for body, _ in those])
        assert go_on.wait(10)
        if b"full" in kept[-1]:
            raise UserError("The disk is full.")
        return b"known" not in kept[-1]

    async def course() -> list[object]:
        keep = Together(store, lambda: woken.append("once"))
        first = asyncio.create_task(keep(b"0", Headers()))
        while not kept:
            await asyncio.sleep(0.001)
        rest = [asyncio.create_task(keep(body, Headers())) for body in (b"1", b"2", b"3")]
        await asyncio.sleep(0)
        rest[0].cancel()  # who hangs up takes nothing from the others
        go_on.set()
        found: list[object] = await asyncio.gather(first, *rest, return_exceptions=True)
        await keep(b"known", Headers())
        return found + await asyncio.gather(*(keep(one, Headers()) for one in (b"4", b"full")), return_exceptions=True)

    first, hung_up, *others, no, neither = asyncio.run(course())
    assert (first, others) == (None, [None, None])
    assert isinstance(hung_up, asyncio.CancelledError)
    assert str(no) == str(neither) == "The disk is full."
    assert kept == [[b"0"], [b"1", b"2", b"3"], [b"known"], [b"4", b"full"]]
    assert woken == ["once", "once"]


def test_they_wait_for_no_thread_that_pages_have_in_hand(served: Served) -> None:
    app: Any = application(replace(served.serving, webhook_secret=SECRET))
    go_on = Event()

    async def course() -> list[int]:
        pages = ThreadPoolExecutor(1)
        asyncio.get_running_loop().set_default_executor(pages)
        pages.submit(go_on.wait)  # as where GitLab does not answer whoever waits for a page
        async with AsyncClient(transport=ASGITransport(app), base_url="http://127.0.0.1") as client:
            try:
                async with asyncio.timeout(5):
                    taken = await client.post("/webhooks/gitlab", content=BODY, headers=HEADERS)
                    return [taken.status_code, (await client.get("/healthz")).status_code]
            finally:
                go_on.set()

    assert asyncio.run(course()) == [202, 200]
    assert served.store.inbox.waiting().count == 1


def test_what_is_too_large_is_refused(desk: Desk) -> None:
    longest = b'{"a":"' + b"x" * (LARGEST - 8) + b'"}'
    assert desk.post(longest) == 202
    assert desk.post(longest + b" ", Idempotency_Key="another") == 413
    assert [len(body) for body, _ in desk.waiting()] == [LARGEST]


def test_contract_every_recorded_body_is_accepted(desk: Desk, shared: Path) -> None:
    places = [*(shared / "gitlab/webhooks").rglob("*.json"), *(shared / "gitlab/fixtures").glob("*/webhooks/*.json")]
    assert len(places) > 70
    for place in places:
        assert desk.post(place.read_bytes(), Idempotency_Key=str(place)) == 202
    assert len(desk.waiting()) == len(places)


def test_other_methods_are_none(desk: Desk) -> None:
    assert desk.client.get("/webhooks/gitlab", headers=HEADERS).status_code == 405


def test_a_store_that_cannot_be_written_is_said_without_a_word_of_ours(store: Store) -> None:
    desk = Desk(store, SECRET)
    with store._apart.writing() as connection:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    assert desk.post() == 503
    assert desk.woken == 0


def test_the_secret_is_in_no_log_and_in_no_table(desk: Desk, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for body in (BODY, b"{"):
        desk.post(body)
    desk.post(X_Gitlab_Token=SECRET + "x")
    assert SECRET not in caplog.text
    assert all(SECRET.encode() not in path.read_bytes() for path in tmp_path.iterdir())


@given(
    body=st.binary(max_size=200) | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps),
    key=st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=50),
)
def test_no_body_and_no_header_is_answered_with_a_fault(shared_desk: Desk, body: bytes | str, key: str) -> None:
    raw = body.encode() if isinstance(body, str) else body
    sent: Any = key.strip().encode("latin-1")
    assert shared_desk.post(raw, Idempotency_Key=sent, X_Gitlab_Event=sent) in {202, 400}


@pytest.fixture(scope="module")
def shared_desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with Store.open(tmp_path_factory.mktemp("webhooks") / "facts.sqlite") as store:
        found = Desk(store, SECRET)
        with found.client:
            yield found
