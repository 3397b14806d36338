"""The rendered contracts, with their registers and a place to try each operation."""

from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

import openapi
from tests.console.calls import RING, lead


class TestTheContracts:
    @pytest.mark.parametrize("api", openapi.APIS)
    def test_are_rendered_with_their_register(self, open_page: Callable[..., Page], api: str) -> None:
        page = open_page(f"/docs/{api}")
        contract = openapi.read(api)

        expect(page.locator("#open_points .register > li")).to_have_count(len(contract.open_points))
        ids = page.locator(".register > li").evaluate_all("(all) => all.map((each) => each.id)")
        assert set(ids) == {*contract.requirements, *contract.open_points}
        assert page.locator("main > section > h2").all_inner_texts()[1:-2] == list(contract.operations)
        text = page.inner_text("main")
        assert all(each.text in text and each.source in text for each in contract.requirements.values())

    def test_show_as_code_what_stands_between_backticks(self, open_page: Callable[..., Page]) -> None:
        page = open_page("/docs/aura")

        expect(page.locator("#create_lead > p code").first).to_have_text("email")
        assert "`" not in page.inner_text("main")

    def test_are_told_in_plain_words(self, open_page: Callable[..., Page]) -> None:
        page = open_page("/docs/vorel")

        expect(page.locator("#authentication")).to_contain_text("needs its own scope (the operation names it)")
        expect(page.locator("#authentication")).to_contain_text("A key looks so: vapk_live_ and 48 hexadecimal digits.")
        expect(page.locator("#authentication code").filter(has_text="hexadecimal")).to_have_count(0)
        assert "nothing is added: see the open points below." in page.inner_text("main")
        assert "x-" not in page.locator("main > p").first.inner_text()

    def test_try_a_call_and_tell_why_it_was_answered_so(
        self, client: httpx.Client, open_page: Callable[..., Page]
    ) -> None:
        page = open_page("/docs/vorel")
        form = page.get_by_role("form", name="Try update_lead")
        form.get_by_label("Path").fill(f"/api/v1/leads/{lead(client)}")
        form.get_by_label("Body").fill('{"name": "<b>Grace</b>"}')

        form.get_by_role("button", name="Send PATCH").click()

        expect(form.get_by_role("status")).to_contain_text("200")
        expect(form.locator("pre").first).to_contain_text('"name": "<b>Grace</b>"')
        form.get_by_role("button", name="Why this answer?").click()
        expect(form.locator(".reasons")).to_contain_text("is the operation update_lead of vorel")
        form.get_by_label("Key", exact=True).select_option("read_only")
        form.get_by_role("button", name="Send PATCH").click()
        expect(form.get_by_role("status")).to_contain_text("403")
        assert not any(key in page.content() for key in RING.values())

    def test_show_what_an_address_points_at(self, open_page: Callable[..., Page]) -> None:
        id = "vorel/update_lead/null_clears_a_nullable_field"
        page = open_page(f"/docs/vorel#{id.replace('/', '%2F')}")

        expect(page.locator(".aimed")).to_have_attribute("id", id)
        expect(page.locator(".aimed")).to_be_in_viewport()
