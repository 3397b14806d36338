"""The console as a person steers the sandbox with it."""

from __future__ import annotations

from collections.abc import Callable

import httpx
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser import Opened
from tests.console.calls import HOSTILE, OCTANIST, RING, SPELT, VOREL, choose, lead


class TestSteering:
    def test_a_fault_that_is_switched_on_changes_the_next_answer(
        self, client: httpx.Client, open_page: Callable[..., Page]
    ) -> None:
        client.get("/api/v1/leads", headers=VOREL)
        page = open_page()
        choose(page, "vorel")
        page.get_by_label("Operation", exact=True).select_option("vorel/list_leads")
        page.get_by_label("status, which").fill("507")
        switch = page.get_by_role("switch", name="status", exact=True)
        switch.click()
        expect(switch).to_have_attribute("aria-checked", "true")
        expect(page.locator(".waiting")).to_contain_text("status=507 list_leads, 1 call")

        answers = [client.get("/api/v1/leads", headers=VOREL).status_code for _ in range(2)]

        assert answers == [507, 200]
        expect(switch).to_have_attribute("aria-checked", "false")
        expect(page.locator(".exchanges .row").nth(1)).to_contain_text("Spoilt on purpose: status=507")

    def test_a_fault_can_be_taken_back(self, client: httpx.Client, open_page: Callable[..., Page]) -> None:
        page = open_page()
        page.get_by_label("Calls it spoils").fill("")
        page.get_by_role("switch", name="truncated").click()
        expect(page.locator(".waiting")).to_contain_text("truncated any of aura, until removed")
        page.get_by_role("switch", name="truncated").click()
        expect(page.locator(".waiting")).to_have_text("No fault is switched on.")

        assert client.get("/_sandbox/faults").json()["faults"] == []

    def test_an_impossible_fault_is_refused_with_the_reason(
        self, client: httpx.Client, context: BrowserContext, root: str
    ) -> None:
        opened = Opened(context, root)
        opened.page.get_by_label("status, which").fill("600")
        switch = opened.page.get_by_role("switch", name="status", exact=True)
        switch.click()

        expect(opened.page.locator("#told")).to_have_text(
            "fault: status=600 is no status of an answer, which are those from 200 to 599"
        )
        expect(switch).to_have_attribute("aria-checked", "false")
        assert len(opened.complaints) == 1

    def test_a_setting_is_a_switch(self, client: httpx.Client, open_page: Callable[..., Page]) -> None:
        for _ in range(2):
            client.post("/api/leads", headers=OCTANIST, json={"email": "a@example.com"})
        page = open_page()
        choose(page, "octanist")

        def update() -> int:
            body = {"email": "a@example.com", "status": "won"}
            return client.patch("/api/leads", headers=OCTANIST, json=body).status_code

        assert update() == 409
        switch = page.get_by_role("switch", name="bulk updates")
        switch.focus()
        page.keyboard.press("Space")
        expect(switch).to_have_attribute("aria-checked", "true")
        assert update() == 200

    def test_a_choice_of_several_values_is_kept(self, client: httpx.Client, open_page: Callable[..., Page]) -> None:
        client.get("/api/v1/leads", headers=VOREL)
        page = open_page()
        choose(page, "vorel")

        page.get_by_label("error shape").select_option(label="flat")
        expect(page.locator("#told")).to_contain_text("vorel: error shape is flat.")

        assert client.get("/api/v1/leads/x", headers=VOREL).json()["error"] == "validation_error"

    def test_the_clock_is_frozen_set_and_moved(self, client: httpx.Client, open_page: Callable[..., Page]) -> None:
        page = open_page()
        page.get_by_label("Set to").fill("2026-01-17T08:00:00Z")
        page.get_by_role("button", name="Set", exact=True).click()
        expect(page.locator(".now")).to_have_text("2026-01-17 08:00:00")
        page.get_by_role("button", name="+1 day").click()
        expect(page.locator(".now")).to_have_text("2026-01-18 08:00:00")

        made = client.post("/v1/leads", json={"email": "a@example.com"}).json()["data"]
        assert made["created_at"] == "2026-01-18T08:00:00.000Z"

    def test_a_reset_empties(self, client: httpx.Client, open_page: Callable[..., Page]) -> None:
        client.get("/v1/leads")
        lead(client)
        page = open_page()
        choose(page, "vorel")
        expect(page.locator(".exchanges .row")).to_have_count(2)

        page.get_by_role("button", name="Reset this organization").click()
        page.get_by_role("button", name="Forget", exact=True).click()

        expect(page.locator(".exchanges .row")).to_have_count(0)
        choose(page, "All organizations")
        expect(page.locator(".exchanges .row")).to_have_count(1)
        page.get_by_role("button", name="Reset everything").click()
        page.get_by_role("button", name="Cancel").click()
        expect(page.locator(".exchanges .row")).to_have_count(1)

    def test_a_reset_by_somebody_else_is_seen(self, client: httpx.Client, open_page: Callable[..., Page]) -> None:
        client.get("/v1/leads")
        page = open_page()
        expect(page.locator(".exchanges .row")).to_have_count(1)

        client.post("/_sandbox/reset", json={})

        expect(page.locator(".exchanges .row")).to_have_count(0)

    def test_a_reset_by_somebody_else_is_seen_also_where_as_many_calls_follow_at_once(
        self, client: httpx.Client, open_page: Callable[..., Page]
    ) -> None:
        client.get("/v1/leads")
        page = open_page()
        expect(page.locator(".exchanges .target")).to_have_text(["/v1/leads"])

        client.post("/_sandbox/reset", json={})
        client.get("/v1/leads?limit=1")

        expect(page.locator(".exchanges .target")).to_have_text(["/v1/leads?limit=1"])

    def test_a_snapshot_is_saved_compared_and_put_back(
        self, client: httpx.Client, open_page: Callable[..., Page]
    ) -> None:
        id = lead(client, name="Ada")
        page = open_page()
        page.get_by_label("Name").fill("before")
        page.get_by_role("button", name="Save", exact=True).click()
        expect(page.locator(".snapshots")).to_contain_text("before")
        client.patch(f"/api/v1/leads/{id}", headers=VOREL, json={"name": HOSTILE})

        page.get_by_role("button", name="Compare before").click()
        expect(page.locator("#snapshots tbody")).to_contain_text(f"nameAda{SPELT}")
        page.get_by_role("button", name="Put back before").click()
        expect(page.locator("#told")).to_have_text("before is put back: 1 organization, 1 lead.")

        assert client.get(f"/api/v1/leads/{id}", headers=VOREL).json()["name"] == "Ada"

    def test_a_snapshot_of_everything_is_put_back_for_the_organization_that_is_chosen(
        self, client: httpx.Client, open_page: Callable[..., Page]
    ) -> None:
        id = lead(client, name="Ada")
        client.post("/_sandbox/snapshots", json={"id": "whole"})
        client.patch(f"/api/v1/leads/{id}", headers=VOREL, json={"name": "Grace"})
        client.post("/v1/leads", json={"email": "ada@example.com"})
        page = open_page()
        choose(page, "vorel")

        page.get_by_role("button", name="Put back whole").click()

        expect(page.locator("#told")).to_have_text("whole is put back: 1 organization, 1 lead.")
        assert client.get(f"/api/v1/leads/{id}", headers=VOREL).json()["name"] == "Ada"
        assert len(client.get("/v1/leads").json()["data"]) == 1

    def test_integers_of_a_file_keep_all_of_their_digits(
        self, client: httpx.Client, open_page: Callable[..., Page]
    ) -> None:
        id = lead(client, attributes={"n": 12345678901234567890})
        client.post("/_sandbox/snapshots", json={"id": "kept"})
        state = client.get("/_sandbox/snapshots/kept")
        client.patch(f"/api/v1/leads/{id}", headers=VOREL, json={"attributes": {"n": 1}})
        page = open_page()
        page.get_by_label("Name").fill("again")

        page.get_by_label("Load from a file").set_input_files(
            {"name": "a.json", "mimeType": "", "buffer": state.content}
        )
        expect(page.locator("#told")).to_have_text("Saved again: 1 lead.")
        client.put("/_sandbox/snapshots/again")

        assert client.get(f"/api/v1/leads/{id}", headers=VOREL).json()["attributes"] == {"n": 12345678901234567890}

    def test_a_snapshot_goes_into_a_file_and_comes_from_it(
        self, client: httpx.Client, open_page: Callable[..., Page]
    ) -> None:
        lead(client)
        client.post("/_sandbox/snapshots", json={"id": "kept"})
        page = open_page()
        page.get_by_role("button", name="Save as file kept").click()
        with page.expect_download() as download:
            page.get_by_role("button", name="Save the file").click()

        page.get_by_label("Name").fill("again")
        page.get_by_label("Load from a file").set_input_files(download.value.path())

        expect(page.locator("#told")).to_have_text("Saved again: 1 lead.")

    def test_a_file_that_is_no_json_is_refused_with_the_place(self, open_page: Callable[..., Page]) -> None:
        page = open_page()
        broken = b'{\n "version": 1,,\n}'

        page.get_by_label("Load from a file").set_input_files({"name": "a.json", "mimeType": "", "buffer": broken})

        expect(page.locator("#told")).to_contain_text("a.json is not JSON: ")
        expect(page.locator("#told")).to_contain_text("line 2")

    def test_the_journal_is_saved_as_a_har(self, client: httpx.Client, open_page: Callable[..., Page]) -> None:
        client.get("/api/v1/leads", headers=VOREL)
        page = open_page()
        with page.expect_download() as download:
            page.get_by_role("button", name="Save as HAR").click()

        text = download.value.path().read_text()
        assert '"version": "1.2"' in text and "/api/v1/leads" in text and RING["full"] not in text
