"""What the bench of support clocks measures: facts that are there, all of them, or a line that says they are not."""

from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from bench import clocks as bench
from handrail.model.support import Reading, SupportClass
from handrail.support.clocks import clocks
from handrail.testing import bundled


def test_all_products_and_all_our_releases_are_evaluated(shared: Path) -> None:
    assert shared.samefile(bench.SHARED.parent)
    facts = bench.recorded()
    names = {file.stem for file in (bench.SHARED / "endoflife" / "api_v1" / "products").glob("*.json")}
    assert len(names) == 60
    assert (facts.own[0].title, facts.own[-1].title) == ("13.0", "19.11")
    for reading in get_args(Reading):
        found = clocks(*facts, bundled().support, bench.TODAY, reading)
        assert {one.upstream.product for one in found} == names | {"pgbouncer", "alertmanager", "helm", "git"}
        pooler = next(one for one in found if one.upstream.name == "pgbouncer 1.24")
        assert (pooler.upstream.released, pooler.supported_in) == (date(2025, 1, 10), "17.9")


def test_what_is_made_up_is_as_large_as_it_says_and_the_same_each_time() -> None:
    facts = bench.made_up()
    assert len(facts.upstream) == len({(one.product, one.release) for one in facts.upstream}) == 5_000
    assert {one.kind for one in facts.upstream} == set(get_args(SupportClass))
    assert bench.made_up() == facts


def test_where_the_facts_are_not_there_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(bench, "SHARED", tmp_path / "none")
    monkeypatch.setattr(bench, "PRODUCTS", 2)
    first, second = bench.clocks(lambda _: None, quick=True)
    assert (first.value, first.note) == (None, "not measured: they are not there")
    assert second.what == "100 releases"
    assert second.value is not None
