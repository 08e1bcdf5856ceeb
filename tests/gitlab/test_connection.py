"""One connection against a small HTTP server that answers as the test says: what is sent, and what goes wrong."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from handrail.errors import UserError
from handrail.gitlab.connection import Connection, LostError, Pace, TooMuchError

TOKEN = "glpat-secret-0123456789"
Answer = tuple[int, dict[str, str], bytes]
GOOD: Answer = (200, {"Content-Type": "application/json"}, b'{"data": {"metadata": {"version": "18.8.0"}}}')


class Server:
    """Gives the answers in turn, the last one again and again; keeps what it was sent."""

    def __init__(self) -> None:
        self.answers: list[Answer] = [GOOD]
        self.heard: list[tuple[str, dict[str, str], Any]] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def answer(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                server.heard.append((self.path, dict(self.headers), json.loads(body) if body else None))
                status, headers, text = server.answers.pop(0) if len(server.answers) > 1 else server.answers[0]
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(text))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text)

            do_GET = do_POST = answer  # noqa: N815  # the names that the library calls

            def log_message(self, *_: object) -> None:
                pass

        self.http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.http.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.http.server_port}"


@contextmanager
def serving() -> Iterator[Server]:
    found = Server()
    thread = threading.Thread(target=found.http.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield found
    finally:
        found.http.shutdown()
        found.http.server_close()
        thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as found:
        yield found


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def connection(server: Server, waits: list[float]) -> Iterator[Connection]:
    found = Connection(server.url, TOKEN, Pace(waits.append, lambda: 1.0), timeout=5)
    yield found
    found.close()


def as_json(value: object, status: int = 200) -> Answer:
    return status, {"Content-Type": "application/json"}, json.dumps(value).encode()


def test_the_token_goes_in_a_header_and_nowhere_else(server: Server, connection: Connection) -> None:
    assert connection.graphql("instance", {})["metadata"]["version"] == "18.8.0"
    server.answers = [as_json([])]
    list(connection.rest("/projects/1/labels"))
    for path, headers, body in server.heard:
        assert headers["PRIVATE-TOKEN"] == TOKEN
        assert TOKEN not in path + json.dumps(body)
    assert [path.partition("?")[0] for path, _, _ in server.heard] == ["/api/graphql", "/api/v4/projects/1/labels"]


def test_the_token_does_not_follow_a_redirect_to_another_host(server: Server, connection: Connection) -> None:
    with serving() as other:
        server.answers = [(302, {"Location": other.url.replace("127.0.0.1", "localhost") + "/sign_in"}, b"")]
        other.answers = [(200, {"Content-Type": "text/html"}, b"<html>Sign in</html>")]
        with pytest.raises(UserError, match="sign-in page"):
            list(connection.rest("/projects/1/labels"))
        assert other.heard
        assert all(TOKEN not in json.dumps(headers) for _, headers, _ in other.heard)


def test_a_list_is_read_page_after_page(server: Server, connection: Connection) -> None:
    server.answers = [(200, {"X-Next-Page": "2"}, b"[1, 2]"), (200, {"X-Next-Page": ""}, b"[3]")]
    assert list(connection.rest("/projects/1/labels")) == [1, 2, 3]
    assert ["page=2" in path for path, _, _ in server.heard] == [False, True]


def test_the_servers_clock_counts(server: Server, connection: Connection) -> None:
    server.answers = [(200, {**GOOD[1]}, GOOD[2])]
    connection.graphql("instance", {})
    assert connection.now().tzinfo == UTC
    assert isinstance(connection.now(), datetime)


@pytest.mark.parametrize(
    ("answer", "waited"),
    [
        ((429, {"Retry-After": "7"}, b"{}"), [7]),
        (as_json({}, 429), [2]),
        (as_json({}, 502), [2]),
        ((503, {"Content-Type": "text/html"}, b"<html>Deploying</html>"), [2]),
        ((200, {"Content-Type": "application/json"}, b'{"data": {'), [2]),
    ],
)
def test_what_passes_is_asked_again(
    answer: Answer, waited: list[float], server: Server, connection: Connection, waits: list[float]
) -> None:
    server.answers = [answer, GOOD]
    assert connection.graphql("instance", {})
    assert waits == waited
    assert connection.requests == 2


def test_a_used_up_limit_is_waited_for(server: Server, connection: Connection, waits: list[float]) -> None:
    connection.graphql("instance", {})
    reset = str(int(connection.now().timestamp()) + 30)
    server.answers = [(200, {**GOOD[1], "RateLimit-Remaining": "0", "RateLimit-Reset": reset}, GOOD[2])]
    connection.graphql("instance", {})
    assert len(waits) == 1
    assert 25 < waits[0] <= 30


@pytest.mark.parametrize(
    ("answer", "error", "words"),
    [
        (as_json({"message": "401 Unauthorized"}, 401), UserError, "wrong, expired or revoked"),
        (as_json({"error": "insufficient_scope"}, 403), UserError, "read_api"),
        (as_json({"message": "403 Forbidden"}, 403), LostError, "ask for access"),
        (as_json({"message": f"no {TOKEN} here"}, 400), UserError, "no … here"),
        (as_json({"message": "404 Not Found"}, 404), LostError, "does not have"),
        (as_json({}, 500), TooMuchError, "error of its own"),
        (as_json({}, 429), UserError, "fewer requests"),
        ((200, {"Content-Type": "text/html"}, b"<html>Sign in</html>"), UserError, "sign-in page"),
        (as_json([]), UserError, "something else"),
        (as_json({"data": None, "errors": [{"message": "Query has complexity of 300"}]}), UserError, "complexity"),
        (as_json({"data": {"project": None}, "errors": [{"message": "Timeout on Project.x"}]}), TooMuchError, "time"),
        (as_json({"data": {"project": {}}, "errors": [{"message": "Something broke"}]}), UserError, "broke"),
        (as_json({"data": {}, "errors": [{"message": "does not exist"}, {"message": "It broke"}]}), UserError, "broke"),
    ],
)
def test_what_does_not_pass_is_said_in_one_sentence_without_the_token(
    answer: Answer, error: type[UserError], words: str, server: Server, connection: Connection
) -> None:
    server.answers = [answer]
    with pytest.raises(error, match=words) as raised:
        connection.graphql("instance", {})
    assert TOKEN not in str(raised.value)
    assert len(raised.value.problems) == 1


def test_what_is_hidden_is_null_and_no_error(server: Server, connection: Connection) -> None:
    hidden = "The resource that you are attempting to access does not exist or you don't have permission"
    server.answers = [as_json({"data": {"project": None}, "errors": [{"message": hidden}]})]
    assert connection.graphql("instance", {}) == {"project": None}


def test_nobody_listens(server: Server) -> None:
    closed = ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)
    url = f"http://127.0.0.1:{closed.server_port}"
    closed.server_close()
    with pytest.raises(UserError, match="cannot be reached"):
        Connection(url, TOKEN, Pace(lambda _: None)).graphql("instance", {})


def test_a_server_without_tls(server: Server) -> None:
    with pytest.raises(UserError, match="http:// or https://"):
        Connection(server.url.replace("http", "https"), TOKEN, Pace(lambda _: None)).graphql("instance", {})


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://GitLab.example.com/", "gitlab.example.com"),
        ("http://gitlab.example.com:80", "gitlab.example.com"),
        ("https://gitlab.example.com:443/Path/", "gitlab.example.com/Path"),
        ("http://127.0.0.1:8080", "127.0.0.1:8080"),
    ],
)
def test_a_gitlab_is_the_same_however_its_address_is_written(url: str, origin: str) -> None:
    assert Connection(url, TOKEN).origin == origin


@pytest.mark.parametrize(
    ("url", "token", "words"),
    [
        ("gitlab.com", TOKEN, "no address"),
        ("ftp://gitlab.com", TOKEN, "no address"),
        ("https://me:pass@gitlab.com", TOKEN, "GITLAB_TOKEN"),
        ("https://gitlab.com", " ", "empty"),
        ("https://gitlab.com", "glpat-ä", "no token has"),
    ],
)
def test_what_cannot_be_an_address_or_a_token(url: str, token: str, words: str) -> None:
    with pytest.raises(UserError, match=words):
        Connection(url, token)


@pytest.mark.parametrize(("retry_after", "asked"), [("1", 2), ("60", 1)])
def test_who_waits_for_a_page_waits_for_two_seconds_at_the_most(
    server: Server, waits: list[float], retry_after: str, asked: int
) -> None:
    hurried = Connection(server.url, TOKEN, Pace(waits.append, lambda: 1.0), is_hurried=True)
    server.answers = [(503, {"Retry-After": retry_after}, b"{}")]
    with pytest.raises(TooMuchError):
        hurried.rest_one("/user")
    assert (len(server.heard), sum(waits) <= 2, hurried.is_away) == (asked, True, True)
    told = {"RateLimit-Remaining": "0", "RateLimit-Reset": "1780394460", "Date": "Tue, 02 Jun 2026 10:00:00 GMT"}
    server.answers = [(200, told, b"{}")]
    assert (hurried.rest_one("/user"), sum(waits) <= 2, hurried.is_away) == ({}, True, False)
    hurried.close()
