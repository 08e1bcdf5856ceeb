"""The demo team's rotation and requests in the store of a test, and its pages at a moment."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime

from msgspec import structs

from handrail.demo import NOW
from handrail.engine.live import Live
from handrail.model.asked import Asked
from handrail.testing import Told
from handrail.worktime.public_holidays import public_holidays
from tests.web.conftest import Client, Served, browsing

HOLDER, NEXT = "ivo", "mara"
"""On duty until Mon 8 Jun 09:00 UTC, and who comes then."""
MONDAY = datetime.fromisoformat("2026-06-08T09:20Z")


def keep_rotation(served: Served, team: Told) -> None:
    """Write what happened to the rotation, and what was asked of whoever was on duty."""
    told = team.team()
    for name, log in told.duty.items():
        served.store.duty.keep(name, log)
    served.store.asked.revise(lambda _: [structs.replace(one, id=0) for one in told.asked])
    served.serving.live.refresh()


@contextmanager
def browser(served: Served, person: str = "", at: datetime = NOW) -> Iterator[Client]:
    """Somebody's browser, at a moment; of nobody ("") one that is signed in nowhere."""
    live = Live(served.store, lambda: served.handbook, public_holidays, lambda: at)
    serving = replace(served.serving, live=live, is_open=bool(person))
    with browsing(serving) as client:
        if person:
            client.cookies.set("handrail-as", person)
        yield client


def request(served: Served, number: int) -> Asked:
    """A request as it is kept."""
    return next(one for one in served.store.asked.all(over=True) if one.id == number)
