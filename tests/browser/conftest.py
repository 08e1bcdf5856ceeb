"""Chromium on the demo team's pages, which a real server gives it; every page has to be silent on its console."""

import os
import shutil
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass

import pytest
import uvicorn
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from handrail.web.app import application
from tests.web.conftest import Served, read, served

__all__ = ["read", "served"]
ARGUMENTS = (
    "--no-sandbox",  # as root, as in a container
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-lcd-text",
)


@dataclass(frozen=True)
class Site:
    """The pages, and people who look at them."""

    url: str
    served: Served
    come: Callable[..., Page]
    """A browser of its own at the site; ``username`` whom it chooses to be; more as Playwright's ``new_context``."""
    said: list[str]
    """What pages wrote to their consoles."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """Debian's chromium, once for all tests of a worker."""
    path = shutil.which("chromium")
    if path is None:
        reason = "there is no chromium on PATH: “make browser” installs Debian's"
        if os.environ.get("CI"):
            pytest.fail(f"{reason} (and CI has to have it)")
        pytest.skip(reason)
    expect.set_options(timeout=30_000)  # a moment is plenty, and a machine may be busy
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=[*ARGUMENTS])
        yield browser
        browser.close()


@pytest.fixture
def site(served: Served, chromium: Browser) -> Iterator[Site]:
    """The demo team's pages on a free port; at the end nothing may stand on any page's console."""
    said: list[str] = []
    with ExitStack() as stack:
        url = stack.enter_context(_serving(served))

        def come(username: str = "", **options: object) -> Page:
            context: BrowserContext = chromium.new_context(base_url=url, **options)  # type: ignore[arg-type]
            stack.callback(context.close)
            if username:
                context.add_cookies([{"name": "handrail-as", "value": username, "url": url}])
            page = context.new_page()
            page.on("console", lambda message: said.append(f"{page.url}: {message.text}"))
            page.on("pageerror", lambda error: said.append(f"{page.url}: {error}"))
            return page

        yield Site(url, served, come, said)
    assert not said


@contextmanager
def _serving(served: Served) -> Iterator[str]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(application(served.serving), log_level="error", timeout_graceful_shutdown=1)
        server = uvicorn.Server(config)
        served.serving.live.view()
        served.serving.live.start()
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            while not server.started:
                time.sleep(0.005)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            served.serving.live.stop()  # which ends what pages listen to
            server.should_exit = True
            thread.join(5)
