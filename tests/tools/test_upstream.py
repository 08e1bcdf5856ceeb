"""What `make run` publishes of the demo team's upstream releases is read back as the facts that they are."""

from handrail.demo import NOW, DemoTeam
from handrail.model.support import Published
from handrail.releases.endoflife import releases_of
from handrail.releases.ledger import read_ledger
from handrail.testing import bundled
from standin.endoflife import EndOfLife
from tools.upstream import LEDGER, publish

TEAM = DemoTeam().team()
PRODUCTS = bundled().support.products


def _latest(product: str) -> dict[str, Published]:
    return {one.release: one for one in TEAM.published if one.product == product}


def test_the_site_says_what_the_team_knows() -> None:
    site = EndOfLife({}, {})
    publish(TEAM, PRODUCTS, site)
    listed = [name for name in {one.product for one in TEAM.published} if not PRODUCTS[name].file]
    assert len(site.bodies) == len(listed) > 15
    for name in listed:
        stated = PRODUCTS[name]
        read, problems = releases_of(site.bodies[stated.upstream or name], name, stated, NOW)
        assert problems == []
        told = {one.release: (one.released, one.ends if not one.minor else None, one.minor) for one in read}
        known = _latest(name).values()
        assert told == {one.release: (one.released, one.ends if not one.minor else None, one.minor) for one in known}


def test_what_it_does_not_list_is_in_files_and_what_no_tag_proves_in_the_ledger() -> None:
    files = publish(TEAM, PRODUCTS, EndOfLife({}, {}))
    project, _, path = LEDGER.partition(":")
    assert set(files[project]) == {path, "upstream-releases.json"}
    support, problems = read_ledger(files[project][path], LEDGER, ["18.2", "18.10"])
    assert problems == []
    assert {(one.product, one.release, one.milestone) for one in support} == {
        ("git", "2.53", "18.10"), ("helm", "3.18", "18.2"), ("helm", "4.0", "18.10"),
    }  # fmt: skip
    assert '"pgbouncer": {' in files[project]["upstream-releases.json"]
