"""Every route of the application, as strangers, viewers and forgers find it: also those that are added later."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from html import unescape
from pathlib import Path

import pytest
from litestar.routes import HTTPRoute
from litestar.testing import TestClient

from handrail.model.items import Issue
from handrail.testing import Told
from handrail.views.refs import Refs
from handrail.web.app import application
from standin.access import READER
from tests.web.conftest import Client
from tests.web.signing_in import Gate, gate_of, make_confidential

OPEN = {
    "/sign-in", "/sign-in/go", "/sign-in/done", "/webhooks/gitlab", "/healthz", "/readyz", "/metrics", "/duty.ics",
}  # fmt: skip
"""What is open to all, as it has to be: sign-in, what supervises us, and what brings a secret or key of its own."""
ASKS = {"/sign-out", "/requests"}
"""What whoever is signed in may do, of the team or not."""
POSTS = re.compile(r'<form[^>]* action="([^"]+)" method="post"')
"""A form that changes something."""
VIEWER = "cloudhopper"
"""Somebody whom GitLab knows and the team does not."""


@dataclass(frozen=True)
class Found:
    """A route: its path with something in it for each part that is open, and its method."""

    template: str
    method: str
    open_to: str = ""
    """Whom the route says that it is open to."""

    def path(self, ref: str) -> str:
        """An address."""
        at = {"ref": ref.replace("#", "%23"), "number": "1", "name": "x", "title": "19.1", "file_path": "handrail.css"}
        return re.sub(r"\{(\w+)[^}]*\}", lambda part: at.get(part[1], "1").lstrip("/"), self.template)


@pytest.fixture(scope="module")
def gate(read: tuple[Told, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gate]:
    with gate_of(read, tmp_path_factory.mktemp("guards")) as found:
        make_confidential(found.served)
        found.serving = replace(found.serving, lets_everybody_look=True)
        yield found


@pytest.fixture(scope="module")
def routes(gate: Gate) -> list[Found]:
    found = [one for one in application(gate.serving).routes if isinstance(one, HTTPRoute)]
    return [
        Found(one.path, method, handler.opt.get("open", ""))
        for one in found
        for handler in one.route_handlers
        for method in sorted(handler.http_methods & {"GET", "POST"})
    ]


@pytest.fixture(scope="module")
def secret(gate: Gate) -> Issue:
    """An open confidential issue that is neither the viewer's nor linked to by its number alone."""
    items = gate.serving.live.view().snapshot.items
    return next(one for one in items if one.confidential and isinstance(one, Issue) and one.author != VIEWER)


def token_of(client: Client) -> str:
    return client.cookies.get("handrail-form") or client.get("/sign-in").cookies["handrail-form"]


def test_there_are_routes_to_walk_over(routes: list[Found]) -> None:
    assert {one.template for one in routes} >= {"/", "/team", "/items/{ref:path}", "/api/v1/queue", "/events"}
    assert {"GET", "POST"} == {one.method for one in routes}


def test_a_stranger_reads_and_writes_nothing(gate: Gate, routes: list[Found], secret: Issue) -> None:
    with gate.browser() as client:
        token, let_in = token_of(client), set()
        for one in routes:
            body = {"_csrf_token": token} if one.method == "POST" else None
            answer = client.request(one.method, one.path(secret.ref), data=body, follow_redirects=False)
            refused = answer.status_code == 401 or answer.headers.get("location", "").startswith("/sign-in?back=")
            if not refused:
                let_in.add(one.template)
        assert {path for path in let_in if not path.startswith("/static/")} <= OPEN


def test_who_is_signed_in_may_ask_and_leave_and_no_more(routes: list[Found]) -> None:
    assert {one.template for one in routes if one.method == "POST" and one.open_to == "signed in"} == ASKS


def test_a_viewer_looks_and_changes_nothing(gate: Gate, routes: list[Found], secret: Issue) -> None:
    with gate.browser(VIEWER) as client:
        token = token_of(client)
        before = len(gate.gitlab.requests), len(gate.serving.store.journal.records())
        for one in routes:
            if one.template in OPEN | {"/events"} or (one.method == "POST" and one.open_to == "signed in"):
                continue
            body = {"_csrf_token": token} if one.method == "POST" else None
            answer = client.request(one.method, one.path(secret.ref), data=body)
            if one.method == "POST" or one.open_to == "team":
                assert (answer.status_code, "not of the team" in answer.text) == (403, True), one
            else:
                assert answer.status_code in {200, 404}, (one, answer.text)
                assert set(POSTS.findall(answer.text)) <= ASKS, one
        assert len(gate.serving.store.journal.records()) == before[1]
        assert {one.method for one in gate.gitlab.requests[before[0] :]} <= {"GET"}


def test_an_account_on_the_gitlab_alone_lets_nobody_in(gate: Gate, routes: list[Found], secret: Issue) -> None:
    strict = Gate(gate.served, replace(gate.serving, lets_everybody_look=False))
    with strict.browser(VIEWER) as client:
        for one in routes:
            if one.method == "GET" and one.template not in OPEN | {"/events"} and one.open_to != "everybody":
                answer = client.get(one.path(secret.ref))
                assert (answer.status_code, "neither of the team nor a member" in answer.text) == (403, True), one
                assert one.template.startswith("/api/") or ">Sign out</button>" in answer.text, "they are stuck"
        left = client.post("/sign-out", data={"_csrf_token": token_of(client)}, follow_redirects=False)
        assert left.status_code == 303
    with strict.browser("nadia") as client:
        assert client.get("/").status_code == 200
    gate.gitlab.world.give_access(VIEWER, 10)
    gate.gitlab.world.advance(gate.gitlab.world.now + timedelta(minutes=10))  # what GitLab said is old by then
    with strict.browser(VIEWER) as client:
        assert client.get("/team").status_code == 200
    gate.gitlab.world.give_access(VIEWER, 0)
    gate.gitlab.world.advance(gate.gitlab.world.now + timedelta(minutes=10))


def test_a_forged_form_is_refused_everywhere(gate: Gate, routes: list[Found], secret: Issue) -> None:
    with gate.browser("nadia") as client:
        token_of(client)
        for one in routes:
            if one.method == "POST" and one.template != "/webhooks/gitlab":
                path = one.path(secret.ref)
                for body in ({}, {"_csrf_token": "0" * 128}):
                    assert client.post(path, data=body, follow_redirects=False).status_code == 403, one


def test_nothing_hidden_is_on_any_page(gate: Gate, routes: list[Found], secret: Issue) -> None:
    """Every page, and every filter that a page links to, as somebody without access: no title, no reference.

    As a member both are there.
    """
    view = gate.serving.live.view()
    stored = [one for one, _ in gate.serving.store.facts(view.snapshot.now).items(histories=False, closed=True)]
    hidden = [one for one in stored if one.confidential and VIEWER not in {one.author, *one.assignees}]
    assert len(hidden) > 50
    refs = Refs(view.handbook)
    titles = {one.title for one in hidden} - {one.title for one in stored if not one.confidential}
    names = {name for one in hidden for name in (one.ref, refs.short(one))}
    asked_for = {secret.ref, refs.short(secret)}  # whoever asks for an item is told that there is none of that name
    looks = [one.path(secret.ref) for one in routes if one.method == "GET" and one.template not in OPEN | {"/events"}]
    looks += [f"/search?q={secret.title.split()[0]}", *(f"/?of={person}" for person in view.snapshot.people)]

    def told(client: Client) -> Iterator[tuple[str, str]]:
        pages = {path: unescape(client.get(path).text) for path in looks}
        linked = {one for text in pages.values() for one in re.findall(r'href="(/[a-z]+\?[^"]+)"', text)}
        pages |= {path: unescape(client.get(path).text) for path in sorted(linked - pages.keys())}
        for path, text in pages.items():
            own = asked_for if str(secret.iid) in path else set()
            for found in [title for title in titles if title in text] + sorted(_named(text) & names - own):
                yield path, text[max(0, text.find(found) - 200) : text.find(found) + 100]

    with gate.browser(VIEWER) as client:
        assert next(told(client), None) is None
    with gate.browser("nadia") as client:
        assert next(told(client), None) is not None


def _named(text: str) -> set[str]:
    """The references in a text, full and short ones."""
    return {name for found in re.findall(r"[\w./-]+[#!&]\d+", text) for name in (found, found.rpartition("/")[2])}


def test_an_open_demo_answers_to_no_other_name(gate: Gate) -> None:
    with TestClient(application(gate.served.serving), "http://demo.example.com") as client:
        answer = client.get("/")
        assert (answer.status_code, "for this machine alone" in answer.text) == (403, True)


def test_the_reader_of_the_token_is_nobody_of_the_team(gate: Gate) -> None:
    with gate.browser(READER) as client:
        assert client.post("/take", data={"ref": "a#1", "_csrf_token": token_of(client)}).status_code == 403
