"""A team's pages behind sign-in, and how somebody gets through it as a browser does."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import requests
from msgspec.structs import replace as replaced
from sqlalchemy import update

from handrail.demo import NOW
from handrail.store.tables import items
from handrail.testing import Told
from handrail.web.openid import USUAL, SignIn
from handrail.web.serving import Serving
from standin.serve import StandIn
from tests.web.conftest import Client, Served, browsing, served_from

HERE = "http://127.0.0.1"


@dataclass
class Gate:
    """What is behind sign-in, with a clock to move."""

    served: Served
    serving: Serving

    @property
    def gitlab(self) -> StandIn:
        """Who is asked."""
        return self.served.gitlab

    @contextmanager
    def browser(self, username: str = "") -> Iterator[Client]:
        """A browser, in which somebody may have signed in."""
        with browsing(self.serving, self.here) as found:
            if username:
                assert found.get(self.through(found, username), follow_redirects=False).status_code == 303
            yield found

    @property
    def here(self) -> str:
        """Our own address."""
        assert self.serving.sign_in
        return self.serving.sign_in.here

    def through(self, client: Client, username: str, answer: str = "yes", back: str = "/") -> str:
        """To GitLab's page, and through it: where it sends the browser back to."""
        sent = client.get("/sign-in/go", params={"back": back}, follow_redirects=False)
        assert sent.status_code == 303, sent.text
        page = requests.get(sent.headers["location"], timeout=5)
        fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]+)"', page.text))
        fields |= {"username": username, "answer": answer}
        place = f"{self.gitlab.url}/oauth/authorize"
        answered = requests.post(place, data=fields, allow_redirects=False, timeout=5)
        assert answered.status_code == 302, answered.text
        return answered.headers["location"]

    def asking(self, scopes: str) -> "Gate":
        """The same with other scopes."""
        return Gate(self.served, behind(self.served, self.here, scopes))


def behind(served: Served, here: str = HERE, scopes: str = USUAL) -> Serving:
    """What an open demo serves, for those who sign in."""
    known, serving = served.gitlab.register(f"{here}/sign-in/done"), served.serving
    asks = SignIn(served.gitlab.url, known.id, known.secret, here, serving.secret, serving.now, scopes)
    return replace(serving, is_open=False, sign_in=asks)


def make_confidential(served: Served, every: int = 3) -> list[str]:
    """Let a part of the issues and epics be confidential, in the store and on GitLab."""
    stored = {item.ref: item for item, _ in served.store.facts(NOW).items(histories=False, closed=True)}
    some = [ref for ref in sorted(stored) if "!" not in ref][::every]
    with served.store._writing() as connection:
        for ref in some:
            made = replaced(stored[ref], confidential=True)
            served.gitlab.world.entries[ref].item = made
            facts = msgspec.json.encode(made).decode()
            connection.execute(update(items).where(items.c.ref == ref).values(facts=facts))
    return some


@contextmanager
def gate_of(read: tuple[Told, Path], place: Path) -> Iterator[Gate]:
    """A team of its own behind sign-in."""
    with served_from(read, place) as served:
        served.serving.live.now = lambda: served.gitlab.world.now
        yield Gate(served, behind(served))
        assert served.gitlab.world.now >= NOW
