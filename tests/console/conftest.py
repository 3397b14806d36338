"""A running sandbox, and a browser that looks at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser import Opened, chromium
from tests.programs import serving


@pytest.fixture(scope="package")
def root() -> Iterator[str]:
    """A running sandbox."""
    with serving() as (root, _):
        yield root


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """A browser in whose world evil.example is a name of this machine, as a rebinding DNS would make it.

    It does not ask whether a site may reach the local network, as others and older ones do not: that would hide what
    the sandbox itself refuses.
    """
    options = ("--host-resolver-rules=MAP evil.example 127.0.0.1", "--disable-features=LocalNetworkAccessChecks")
    with chromium(*options) as browser:
        yield browser


@pytest.fixture
def client(root: str) -> Iterator[httpx.Client]:
    """A client of the sandbox, in which nothing has happened yet."""
    with httpx.Client(base_url=root) as client:
        client.post("/_sandbox/reset", json={})
        for each in client.get("/_sandbox/snapshots").json()["snapshots"]:
            client.delete(f"/_sandbox/snapshots/{each['id']}")
        yield client


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A browser that knows nothing of other tests, and gives a test up soon."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    context.set_default_timeout(20_000)
    expect.set_options(timeout=20_000)
    yield context
    context.close()


@pytest.fixture
def open_page(root: str, context: BrowserContext, client: httpx.Client) -> Iterator[Callable[..., Page]]:
    """Opens a page of the sandbox; in the end none may have made the browser complain."""
    opened: list[Opened] = []

    def open_page(path: str = "/", *, live: bool = True) -> Page:
        opened.append(Opened(context, root + path))
        if path == "/" and live:
            expect(opened[-1].page.locator(".live.on")).to_be_visible()
        return opened[-1].page

    yield open_page
    assert [each for page in opened for each in page.complaints] == []
    assert all(page.page.title() != "owned" for page in opened)
