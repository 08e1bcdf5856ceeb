"""Duty in a browser: the handover by two people who see each other’s steps live, and pages that everybody can use."""

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from handrail.testing import Told
from tests.browser.conftest import Site
from tests.browser.test_pages import SERIOUS
from tests.web.on_duty import HOLDER, MONDAY, NEXT, keep_rotation, request

PAGES = (
    "/duty",
    "/duty/handover",
    "/duty/handover/steps",
    "/duty/rotation?order=nadia+mara",
    "/duty/ask?way=mention&by=sam",
    "/requests?over=1",
    "/requests/5",
)


@pytest.fixture(autouse=True)
def kept(site: Site, read: tuple[Told, Path]) -> None:
    keep_rotation(site.served, read[0])


def test_two_people_hand_over_and_see_each_others_steps(site: Site) -> None:
    outgoing, incoming = site.come(HOLDER), site.come(NEXT)
    outgoing.goto("/duty/handover")
    incoming.goto("/duty/handover")
    row = '[data-ref="request 5"]'
    expect(incoming.locator(row)).to_contain_text("not decided yet, passes to Mara")
    outgoing.locator(row).locator("summary").click()
    outgoing.locator(row).get_by_label("What becomes of it").select_option("comment")
    outgoing.locator(row).get_by_label("What was done").fill("waits for logs")
    outgoing.locator(row).get_by_role("button", name="Say so").click()
    expect(outgoing.locator(row)).to_contain_text("handed over to Mara: waits for logs")
    expect(incoming.locator(row)).to_contain_text("handed over to Mara: waits for logs")
    site.served.serving.live.now = lambda: MONDAY
    site.served.serving.live.refresh()
    incoming.get_by_role("button", name="I have seen it").click()
    expect(incoming.get_by_role("button", name="I have seen it")).to_have_count(0)
    assert request(site.served, 5).owner == NEXT
    incoming.goto("/duty/handover/steps")
    incoming.get_by_role("button", name="Do it on GitLab").click()
    expect(incoming.locator(".notice.done")).to_contain_text("rotation week of 2026-06-08")
    expect(outgoing.locator("footer")).to_contain_text("on duty: Mara")


def test_asking_leads_to_the_request(site: Site) -> None:
    page = site.come("nadia")
    page.goto("/duty/ask")
    page.get_by_label("In a few words").fill("The mirror answers 503")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("The mirror answers 503")
    page.wait_for_url("**/requests/7")


@pytest.mark.parametrize(("theme", "width"), [("light", 1200), ("dark", 360)])
def test_everybody_can_use_the_pages_about_duty(site: Site, theme: str, width: int) -> None:
    page = site.come("nadia", color_scheme=theme, viewport={"width": width, "height": 740})
    for path in PAGES:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        found = Axe().run(page).response["violations"]
        assert [(path, one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in SERIOUS] == []
