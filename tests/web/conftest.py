"""The demo team on a stand-in GitLab, read into a store, and the application that serves it."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from shutil import copytree

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from handrail.demo import NOW, DemoTeam
from handrail.engine.live import Live
from handrail.engine.sync import sync
from handrail.gitlab.connection import Connection
from handrail.gitlab.histories import Team
from handrail.gitlab.reader import Reader
from handrail.gitlab.sources import sources
from handrail.handbook.schema import Handbook
from handrail.store.database import Store
from handrail.testing import Told, a_handbook
from handrail.web.app import application
from handrail.web.serving import Serving
from handrail.worktime.public_holidays import public_holidays
from standin import running
from standin.serve import StandIn

SIZE = 300
Client = TestClient[Litestar]


@dataclass(frozen=True)
class Served:
    """What a test of pages may look at from all sides."""

    gitlab: StandIn
    store: Store
    serving: Serving
    handbook: Handbook

    def by(self, changes: dict[str, object]) -> "Served":
        """The same by another handbook."""
        book = replace(a_handbook(changes), people=self.handbook.people)
        live = Live(self.store, lambda: book, public_holidays, lambda: NOW)
        return replace(self, serving=replace(self.serving, live=live), handbook=book)


@pytest.fixture(scope="session")
def read(tmp_path_factory: pytest.TempPathFactory) -> tuple[Told, Path]:
    """The demo team, and a folder with the store that it was read into."""
    demo, folder = DemoTeam(SIZE), tmp_path_factory.mktemp("read")
    team = Told(tuple(demo.items(histories=True, closed=True)), demo.team())  # made up once, and not for each stand-in
    book = _handbook(team)
    with running(team) as gitlab, closing(_connection(gitlab)) as connection, Store.open(folder / "s.sqlite") as store:
        sync(Reader(connection, Team.of(book)), store, sources(book.sources.values()), book.people)
    return team, folder


@pytest.fixture
def served(read: tuple[Told, Path], tmp_path: Path) -> Iterator[Served]:
    """An open demo of its own: its stand-in, its store, its application's value."""
    with served_from(read, tmp_path) as found:
        yield found


@contextmanager
def served_from(read: tuple[Told, Path], place: Path) -> Iterator[Served]:
    """An open demo whose store is in a folder of its own."""
    team, folder = read
    copytree(folder, place / "store")
    book = _handbook(team)
    with running(team) as gitlab, Store.open(place / "store" / "s.sqlite") as store:
        with store._writing() as connection:  # it is another GitLab's by its address alone
            connection.exec_driver_sql("UPDATE origin SET gitlab = ?", (gitlab.url.removeprefix("http://"),))
        live = Live(store, lambda: book, public_holidays, lambda: NOW)
        yield Served(gitlab, store, Serving(live, partial(_closing, gitlab), b"s" * 32, is_open=True), book)


@pytest.fixture
def client(served: Served) -> Iterator[Client]:
    """A browser without scripts, who is nobody yet."""
    with browsing(served.serving) as found:
        yield found


_free: dict[tuple[bytes, bool], list[Litestar]] = defaultdict(list)
"""Applications that nobody looks at, by what was settled as they were made."""


@contextmanager
def browsing(serving: Serving, here: str = "http://127.0.0.1") -> Iterator[Client]:
    """A browser at an application, which may have served others before: Litestar takes its time to make one.

    Its numbers are those of the first that it served, and so is where webhooks go.
    """
    free = _free[serving.secret, serving.sign_in is not None and serving.sign_in.is_secure]
    app = free.pop() if free else application(serving)
    app.state.serving = serving
    with TestClient(app, here, raise_server_exceptions=False) as found:
        yield found
    free.append(app)


def form(client: Client, path: str, **fields: str) -> Response:
    """What a browser does with a form of a page: the cookie's token goes with it."""
    token = client.cookies.get("handrail-form") or client.get("/").cookies["handrail-form"]
    return client.post(path, data={"_csrf_token": token, **fields}, follow_redirects=False)


def _handbook(team: Told) -> Handbook:
    return replace(a_handbook(), people=dict(team.team().people))


def _connection(gitlab: StandIn) -> Connection:
    return Connection(gitlab.url, gitlab.write_token, scope="api", is_hurried=True)


@contextmanager
def _closing(gitlab: StandIn) -> Iterator[Connection]:
    with closing(_connection(gitlab)) as connection:
        yield connection
