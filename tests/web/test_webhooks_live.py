"""The whole way over HTTP: somebody changes something on GitLab, its hook calls us, and it is known."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import gitlab
import pytest
import uvicorn
from litestar import Litestar

import standin
from handrail.engine.inbox import drain
from handrail.engine.sync import sync
from handrail.gitlab.connection import Connection
from handrail.gitlab.hooks import Place, Standing, address, look, put
from handrail.gitlab.reader import Reader
from handrail.gitlab.sources import Source
from handrail.model.facts import Team
from handrail.model.planning import Project
from handrail.store.database import Store
from handrail.testing import NOW, PEOPLE, PROJECT, Told, a_handbook, an_issue
from handrail.web.webhooks import webhooks

SECRET = "what-the-hook-says"
ISSUE = an_issue(1, "bug")
FACTS = Told(((ISSUE, ()),), Team(NOW, dict(PEOPLE), (Project(PROJECT),)))
OWN = (Source(PROJECT),)
LATER = NOW + timedelta(minutes=5)


@contextmanager
def listening(store: Store, secret: str, woken: threading.Event) -> Iterator[str]:
    app = Litestar([webhooks(store, secret, lambda: LATER, woken.set)])
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error", access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(5)


@pytest.mark.parametrize(("secret", "known"), [(SECRET, True), ("another-secret-of-ours", False)])
def test_what_somebody_changes_on_gitlab_is_known_without_a_reading(tmp_path: Path, secret: str, known: bool) -> None:
    woken = threading.Event()
    with (
        standin.running(FACTS) as server,
        Store.open(tmp_path / "store.sqlite") as store,
        listening(store, secret, woken) as us,
    ):
        connection = Connection(server.url, server.write_token, scope="api")
        sync(Reader(connection), store, OWN)
        place = Place(PROJECT)
        put(connection, look(connection, place, address(us)), address(us), SECRET)
        server.world.advance(LATER)
        client = gitlab.Gitlab(server.url, private_token=server.write_token)
        at = f"/projects/{PROJECT.replace('/', '%2F')}/issues/1"
        client.http_put(at, post_data={"add_labels": "priority::1", "title": "Other"})
        (call,) = server.deliver()
        assert call.status == (202 if known else 401)
        assert woken.is_set() is known
        server.requests.clear()
        drained = drain(store, a_handbook(), LATER, None, OWN)
        assert drained.touched == ({ISSUE.ref} if known else set())
        found = store.items([ISSUE.ref])[ISSUE.ref]
        assert found.title == ("Other" if known else ISSUE.title)
        assert ("priority::1" in found.label_since) is known
        assert server.requests == []
        assert look(connection, place, address(us)) == Standing(place, call.hook)
        connection.close()
