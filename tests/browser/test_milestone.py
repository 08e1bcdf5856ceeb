"""The milestone in a browser: two people at its end, and what nobody planned."""

from dataclasses import replace
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from handrail.demo import NOW
from handrail.engine.live import Live
from handrail.views.refs import Refs
from handrail.worktime.public_holidays import public_holidays
from tests.browser.conftest import Site
from tests.web.conftest import Served


@pytest.fixture
def served(served: Served) -> Served:
    """The demo team on the last day of its milestone."""
    live = Live(served.store, lambda: served.handbook, public_holidays, lambda: NOW + timedelta(days=10))
    return replace(served, serving=replace(served.serving, live=live))


def test_em_confirms_the_rollover_and_everybody_sees_it(site: Site) -> None:
    nadia, manager = site.come("nadia"), site.come(site.served.serving.live.view().queue.desk.managers[0])
    nadia.goto("/milestone")
    manager.goto("/milestone")
    mine = nadia.locator("#rollover")
    expect(mine).to_be_visible()
    refs = mine.locator(".ref").all_inner_texts()
    expect(nadia.locator("#confirm")).to_have_count(0)
    manager.get_by_role("button", name="Confirm, and move them").click()
    expect(manager.locator(".notice.done")).to_contain_text(refs[0])
    expect(mine).to_have_count(0)
    moved = site.served.gitlab.world.entries[Refs(site.served.handbook).full(refs[0])]
    assert moved.item.milestone == "19.2"


def test_what_nobody_planned_is_declined_in_a_form_beside_it(site: Site) -> None:
    page = site.come("nadia")
    page.goto("/milestone")
    row = page.locator(".request").first
    ref = row.get_attribute("data-ref") or ""
    row.get_by_text("Decline", exact=True).first.click()
    row.get_by_label("Because").fill("it would delay 19.1")
    row.get_by_role("button", name="Decline").click()
    expect(page.locator(".notice.done")).to_be_visible()
    expect(page.locator(f'.request[data-ref="{ref}"]')).to_have_count(0)
    expect(page.locator("#ledger")).to_contain_text("it would delay 19.1")
