"""What the bench of serving sends and counts: webhooks that tell something, and each that is lost."""

import os
from datetime import timedelta
from pathlib import Path

from bench.memory import now_mib, peak_mib
from bench.serving import Load, missing
from handrail.demo import NOW
from handrail.engine.inbox import drain
from handrail.gitlab.sources import Source
from handrail.model.reading import Page, Read
from handrail.store.database import Store
from handrail.store.inbox import Headers
from handrail.testing import PROJECT, a_handbook, an_issue

OWN = (Source(PROJECT),)
ITEMS = [an_issue(1), an_issue(2)]
LATER = NOW + timedelta(hours=1)


def test_what_every_call_told_is_looked_for_in_the_store(tmp_path: Path) -> None:
    load = Load(ITEMS)
    with Store.open(tmp_path / "store.sqlite") as store:
        reads = tuple(Read(item, (), item.created_at) for item in ITEMS)
        store.write_page(Page(PROJECT, "issues", reads, None, NOW))
        bodies = [load.call(number) for number in range(5)]
        for number, body in enumerate(bodies[:4]):
            assert store.inbox.accept(body, Headers(idempotency_key=str(number)), NOW)
        drained = drain(store, a_handbook(), LATER, None, OWN)
        assert drained.touched == {item.ref for item in ITEMS}
        assert missing(store, load) == 1
        store.inbox.accept(bodies[4], Headers(idempotency_key="4"), NOW)
        drain(store, a_handbook(), LATER, None, OWN)
        assert missing(store, load) == 0
        assert store.items([ITEMS[0].ref])[ITEMS[0].ref].title == "Told by webhook 4"


def test_memory_is_told_of_this_process_and_of_others() -> None:
    assert 1 < now_mib(os.getpid()) <= peak_mib()
