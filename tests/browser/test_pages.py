"""Every page by every way of looking at it."""

from pkgutil import iter_modules

import pytest
from axe_playwright_python.sync_playwright import Axe

from handrail.web import pages
from handrail.web.templating import PAGES
from tests.browser.conftest import Site

THERE = {f"/{one.name}" for one in iter_modules(pages.__path__)} | {"/", "/team"}
EVERY = (*(path for path, _ in PAGES if path in THERE), "/items/gitlab-org/omnibus-gitlab%217421", "/search?q=redis")
SERIOUS = {"serious", "critical"}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_everybody_can_use_every_page(site: Site, theme: str) -> None:
    page = site.come("nadia", color_scheme=theme)
    for path in EVERY:
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        found = Axe().run(page).response["violations"]
        assert [(path, one["id"], one["nodes"][0]["html"]) for one in found if one["impact"] in SERIOUS] == []


def test_a_narrow_screen_shows_every_page_without_moving_it_sideways(site: Site) -> None:
    page = site.come("nadia", viewport={"width": 360, "height": 740})
    for path in EVERY:
        page.goto(path)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= 360, path


def test_no_page_needs_more_than_its_share(site: Site) -> None:
    page = site.come("nadia")
    sizes: list[int] = []
    page.on("response", lambda answer: sizes.append(len(answer.body())))
    page.goto("/", wait_until="load")
    assert 10_000 < sum(sizes) < 200_000
