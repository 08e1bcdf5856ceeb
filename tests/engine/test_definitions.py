"""The repositories of the demo team prove what its facts say that it supports."""

from pathlib import Path

import standin
from handrail.demo.team import DemoTeam
from handrail.engine.evidence import read_evidence
from handrail.gitlab.connection import Connection
from handrail.gitlab.sources import sources
from handrail.store.database import Store
from handrail.support.versions import is_of, order
from handrail.testing import Told, bundled
from tools.definitions import repositories


def test_what_is_read_there_is_what_the_facts_say(tmp_path: Path) -> None:
    team = DemoTeam(300).team()
    with (
        standin.running(Told((), team), per_minute=None, repositories=repositories(team)) as gitlab,
        Store.open(tmp_path / "store.sqlite") as store,
    ):
        connection = Connection(gitlab.url, gitlab.token)
        book = bundled()
        problems = read_evidence(connection, store, book, sources(book.sources.values()), team.now)
        connection.close()
        read = store.evidence.support()
    assert problems == []
    of_almalinux = {"rhel", "rocky-linux", "oracle-linux", "centos-stream"}  # they run its packages
    proven = {name for name, product in book.support.products.items() if product.proofs} - of_almalinux
    wanted = [one for one in team.support if one.product in proven and order(one.milestone) > order("16.0")]
    assert len(wanted) > 20
    for one in wanted:
        same = [
            each
            for each in read
            if (each.product, each.milestone, each.absent) == (one.product, one.milestone, one.absent)
            and is_of(each.release, one.release)
        ]
        assert same, one
