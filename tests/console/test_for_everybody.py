"""The pages for people who see badly, use no mouse, or hold a telephone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser import Opened
from tests.console.calls import HOSTILE, VOREL, lead

WIDTHS = {"wide": 1280, "phone": 390}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS.values(), ids=WIDTHS.keys())
class TestForEverybody:
    def test_the_console_is_readable_named_and_in_order(
        self, client: httpx.Client, browser: Browser, root: str, scheme: Any, width: int
    ) -> None:
        client.patch(f"/api/v1/leads/{lead(client, name=HOSTILE)}", headers=VOREL, json={"name": "x" * 150})
        client.get("/v1/" + "y" * 3000)
        client.get("/api/v1/leads")
        client.post("/_sandbox/faults", json={"api": "vorel", "fault": "status=503", "times": 1})
        client.get("/api/v1/leads", headers=VOREL)
        client.post("/_sandbox/snapshots", json={"id": "one"})
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        opened = Opened(context, root)
        page = opened.page
        for row in range(3):
            page.locator(".exchanges .row").nth(row).click()
            expect(page.locator(".detail").nth(row)).to_contain_text("curl")
        page.locator("#settings summary").first.click()
        flaws = opened.flaws()
        page.get_by_role("tab", name="Leads").click()
        page.locator("[data-lead]").first.click()
        expect(page.locator(".changes")).to_be_visible()

        assert (flaws, opened.flaws(), opened.complaints) == ({}, {}, [])
        context.close()

    def test_the_contracts_are_too(self, browser: Browser, root: str, scheme: Any, width: int) -> None:
        context = browser.new_context(viewport={"width": width, "height": 800}, color_scheme=scheme)
        opened = Opened(context, f"{root}/docs/octanist")
        expect(opened.page.locator("#open_points")).to_be_visible()
        opened.page.evaluate("for (const each of document.querySelectorAll('details')) each.open = true")

        assert (opened.flaws(), opened.complaints) == ({}, [])
        context.close()


def test_the_keyboard_is_enough(client: httpx.Client, open_page: Callable[..., Page]) -> None:
    client.get("/v1/leads")
    page = open_page()
    expect(page.locator(".exchanges .row")).to_have_count(1)

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the exchanges")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_role("tab", name="Exchanges")).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tabpanel", name="Leads")).to_be_visible()
    page.keyboard.press("ArrowLeft")
    page.locator(".exchanges .row").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".detail")).to_contain_text("Request")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"


def test_nobody_has_to_pass_every_exchange_to_steer(client: httpx.Client, open_page: Callable[..., Page]) -> None:
    client.get("/v1/leads")
    page = open_page()

    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to steering")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    expect(page.get_by_role("switch", name="Frozen")).to_be_focused()


def test_a_phone_shows_all_that_is_said_of_a_field(browser: Browser, root: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 800})
    page = Opened(context, f"{root}/docs/aura").page
    boxes = page.locator("#create_lead .box:has(.fields)")
    expect(boxes.first).to_be_visible()

    assert boxes.first.evaluate("(box) => box.scrollWidth <= box.clientWidth")
    context.close()
