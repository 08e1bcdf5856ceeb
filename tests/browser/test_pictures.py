"""The pictures of README and docs: pages of the demo team as a browser shows them (`make pictures` keeps them)."""

import os
from base64 import b64encode
from pathlib import Path

import pytest
from playwright.sync_api import expect

from handrail.demo import NOW
from handrail.store.upstream import Copy
from handrail.testing import Told
from tests.browser.conftest import Site
from tests.browser.png import packed, size, smaller
from tests.web.on_duty import HOLDER, keep_rotation

PICTURES = {
    "queue": ("nadia", "/"),
    "item": ("nadia", "/items/gitlab-org/omnibus-gitlab%217421"),
    "changes": ("mara", "/changes"),
    "duty": (HOLDER, "/duty"),
    "clocks": ("nadia", "/clocks"),
    "milestone": ("odile", "/milestone"),
}
"""Whose page it is, and which."""
SIZE = (1100, 720)
MOST_BYTES = 120_000
SHOWN = """async data => {
  const picture = new Image();
  picture.src = `data:image/png;base64,${data}`;
  await picture.decode();
  const canvas = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
  canvas.drawImage(picture, 0, 0);
  return [...canvas.getImageData(0, 0, picture.width, picture.height).data];
}"""
"""What a browser makes of a picture: red, green, blue and opacity of each pixel."""


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_shows_a_page(name: str, site: Site, read: tuple[Told, Path]) -> None:
    team, store = read[0].team(), site.served.store
    store.copies.keep(Copy("ubuntu", tried_at=NOW), team.published)
    store.evidence.state(team.support, ())
    keep_rotation(site.served, read[0])
    username, path = PICTURES[name]
    page = site.come(username, viewport={"width": SIZE[0], "height": SIZE[1]}, color_scheme="light")
    page.goto(path)
    expect(page.locator("h1")).to_be_visible()
    page.evaluate("document.fonts.ready")
    picture = page.screenshot(caret="initial", animations="disabled")
    assert size(picture) == SIZE
    assert len(set(packed(picture))) > 100, "it is nearly blank"
    if folder := os.environ.get("HANDRAIL_TEST_PICTURES"):
        kept = smaller(picture)
        assert len(kept) < MOST_BYTES
        Path(folder, f"page-{name}.png").write_bytes(kept)


def test_a_kept_picture_is_the_same_picture_and_smaller(site: Site) -> None:
    page = site.come("nadia")
    page.goto("/")
    picture = page.screenshot(caret="initial", clip={"x": 0, "y": 0, "width": 300, "height": 60})
    kept = smaller(picture)
    assert size(kept) == (300, 60)
    assert len(kept) < len(picture)
    before, after = (page.evaluate(SHOWN, b64encode(one).decode()) for one in (picture, kept))
    assert max(abs(a - b) for a, b in zip(before, after, strict=True)) < 16
