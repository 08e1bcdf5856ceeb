"""What a filled store tells is what the facts told."""

from dataclasses import replace
from pathlib import Path

from handrail.demo import DemoTeam
from handrail.engine.assemble import assemble
from handrail.engine.filled import fill
from handrail.rules.catalogue import findings
from handrail.rules.desk import Desk
from handrail.rules.work_queue import WorkQueue
from handrail.store.database import Store
from handrail.testing import a_handbook


def test_a_filled_store_decides_as_its_facts(tmp_path: Path) -> None:
    facts = DemoTeam(300)
    book = replace(a_handbook(), people=dict(facts.team().people))
    with Store.open(tmp_path / "s.sqlite") as store:
        fill(store, facts)
        told = assemble(store.facts(facts.team().now), book, closed=True)
    own = assemble(facts, book, closed=True)
    assert {item.ref: item for item in told.items} == {item.ref: item for item in own.items}
    for person in own.people:
        assert WorkQueue(told, book).rank(person) == WorkQueue(own, book).rank(person)
    tracked = "support_clocks"  # its issues are in the journal, which is empty
    wanted = {one.key for one in findings(Desk(own, book)) if one.rule != tracked}
    assert {one.key for one in findings(Desk(told, book)) if one.rule != tracked} == wanted
