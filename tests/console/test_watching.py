"""The console as a person watches a client with it: exchanges, leads and coverage."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.console.calls import HOSTILE, NOBODY, RING, SPELT, VOREL, lead


class TestTheConsole:
    def test_shows_calls_as_they_are_made(self, client: httpx.Client, open_page: Callable[..., Page]) -> None:
        page = open_page()
        expect(page.get_by_text("No call yet.")).to_be_visible()

        client.get(f"/api/v1/leads/{NOBODY}", headers=VOREL)
        client.get("/v1/nothing")

        rows = page.locator(".exchanges .row")
        expect(rows).to_have_count(2)
        expect(rows.last).to_contain_text(f"GET/api/v1/leads/{NOBODY}404get_lead")
        expect(rows.first).to_contain_text("no operation")
        expect(page.locator(".organizations button", has_text="vorel")).to_contain_text("full key")
        expect(page.locator("#announced")).to_contain_text("answered 404.")

    def test_tells_why_a_call_was_answered_so(self, client: httpx.Client, open_page: Callable[..., Page]) -> None:
        client.patch("/api/v1/leads/" + lead(client), headers=VOREL, json={"status": "odd"})
        page = open_page()

        page.locator(".exchanges .row").first.click()

        opened = page.locator(".detail").first
        expect(opened).to_contain_text("is the operation update_lead of vorel; it was answered 400.")
        expect(opened).to_contain_text('"status": "odd"')

    def test_shows_first_what_decided_as_explain_does(
        self, client: httpx.Client, open_page: Callable[..., Page]
    ) -> None:
        id = lead(client, name="Ada")
        calls = [
            client.patch(f"/api/v1/leads/{id}", headers=VOREL, json={"status": "odd"}),
            client.patch(f"/api/v1/leads/{id}", headers=VOREL, json={"name": "Grace"}),
            client.get("/api/v1/leads", headers=VOREL),
        ]
        page = open_page()

        for call in calls:
            exchange = call.headers["X-Sandbox-Exchange"]
            told = client.get(f"/_sandbox/explain/{exchange}").json()
            first = told["requirements"][0]
            shown = page.locator(f'[data-exchange="{exchange}"]')
            expect(shown.locator(".why")).to_have_text(first["text"])
            shown.locator(".row").click()
            expect(shown.locator(".reasons > li").first).to_contain_text(first["text"])
            expect(shown.locator(".decides")).to_have_count(1 if told["decided_by"] else 0)

    def test_shows_the_refusal_where_no_requirement_decided(
        self, client: httpx.Client, open_page: Callable[..., Page]
    ) -> None:
        client.get("/api/v1/leads?limit=0", headers=VOREL)
        client.patch("/api/v1/leads/x", headers={"Authorization": f"Bearer {RING['read_only']}"}, json={"name": "x"})
        page = open_page()

        expect(page.locator(".why").last).to_have_text("limit: 0 is less than the minimum of 1")
        page.locator(".row").first.click()
        expect(page.locator(".detail").first).to_contain_text("The call was refused before its body was read.")

    def test_says_what_was_not_sent_of_an_answer(self, client: httpx.Client, open_page: Callable[..., Page]) -> None:
        lead(client)
        page = open_page()
        with pytest.raises(httpx.RemoteProtocolError):
            client.get("/api/v1/leads", headers={**VOREL, "X-Sandbox-Fault": "close=after"})
        client.get("/api/v1/leads", headers={**VOREL, "X-Sandbox-Fault": "truncated"})

        halved, closed = page.locator(".exchanges > li").nth(0), page.locator(".exchanges > li").nth(1)
        expect(closed.locator(".status")).to_have_text("none")
        expect(closed.locator(".why")).to_contain_text(
            "close=after; the connection was closed before any of the answer"
        )
        closed.locator(".row").click()
        expect(closed.locator(".detail")).to_contain_text("None: the connection was closed before any of the answer")
        halved.locator(".row").click()
        expect(halved.locator(".detail")).to_contain_text("Not all of it: the JSON of the answer ends halfway.")

    def test_keeps_a_call_that_happens_while_the_journal_is_read(
        self, client: httpx.Client, context: BrowserContext, open_page: Callable[..., Page]
    ) -> None:
        page = open_page()
        held: list[Route] = []
        pause, rows = page.get_by_role("switch", name="Pause"), page.locator(".exchanges .row")
        pause.click()
        client.get("/v1/leads/before")
        journal = client.get("/_sandbox/journal").text
        context.route("**/_sandbox/journal?*", lambda route: held.append(route), times=1)
        with page.expect_request("**/_sandbox/journal?*"):
            pause.click()
        client.get("/v1/leads/meanwhile")
        expect(rows).to_contain_text(["/v1/leads/meanwhile"])
        (route,) = held
        route.fulfill(body=journal, content_type="application/json")

        expect(rows).to_contain_text(["/v1/leads/meanwhile", "/v1/leads/before"])

    def test_has_a_first_call_to_paste(self, client: httpx.Client, open_page: Callable[..., Page]) -> None:
        page = open_page()
        line = page.get_by_role("region", name="A first call as a curl line").inner_text()

        subprocess.run(["bash", "-c", line], check=True, capture_output=True)

        expect(page.locator(".exchanges .row")).to_contain_text("POST/v1/leads201create_lead")

    def test_shows_the_leads_with_the_history_of_their_fields(
        self, client: httpx.Client, open_page: Callable[..., Page]
    ) -> None:
        id = lead(client, name="Ada")
        page = open_page()
        page.get_by_role("tab", name="Leads").click()
        page.get_by_role("button", name=id).click()
        history = page.locator(".changes > li")
        expect(history).to_have_count(1)

        client.patch(f"/api/v1/leads/{id}", headers=VOREL, json={"name": "Grace"})

        expect(history).to_have_count(2)
        expect(history.first.locator("li", has_text="name")).to_have_text("name Ada became  \u2192 Grace")
        expect(page.get_by_role("button", name=id)).to_have_attribute("aria-expanded", "true")

    def test_keeps_numbers_whole(self, client: httpx.Client, open_page: Callable[..., Page]) -> None:
        number = "12345678901234567890123"
        body = f'{{"attributes": {{"budget": {number}}}}}'
        headers = {**VOREL, "Content-Type": "application/json"}
        client.patch("/api/v1/leads/" + lead(client), headers=headers, content=body)
        page = open_page()

        page.locator(".exchanges .row").first.click()
        expect(page.locator(".detail pre").last).to_contain_text(f'"budget": {number}')
        page.get_by_role("tab", name="Leads").click()
        expect(page.locator(".leads")).to_contain_text(f'{{"budget":{number}}}')

    def test_keeps_the_latest_calls_and_sifts_them(self, client: httpx.Client, open_page: Callable[..., Page]) -> None:
        page = open_page()
        for at in range(230):
            client.get(f"/v1/leads/{at}")

        rows = page.locator(".exchanges > li")
        expect(rows.first).to_contain_text("/v1/leads/229")
        expect(rows).to_have_count(200)
        page.get_by_label("Filter").fill("leads/22")
        expect(rows.locator("visible=true").locator(".row")).to_have_count(10)

    def test_shows_what_a_client_sent_as_text(self, client: httpx.Client, open_page: Callable[..., Page]) -> None:
        page = open_page()
        long = "x" * 30_000
        client.post("/v1/leads", json={"email": "a@example.com", "full_name": HOSTILE, "extra": long})
        client.request(
            "DELETE", "/v1/leads/<b>x", params={"q": HOSTILE}, headers={"X-Odd": "<i>", "Authorization": "<u>"}
        )

        rows = page.locator(".exchanges .row")
        expect(rows).to_have_count(2)
        for at in (0, 1):
            rows.nth(at).click()
        expect(page.locator(".detail").nth(1)).to_contain_text("onerror=")
        expect(page.locator(".detail").nth(1)).to_contain_text("more characters")
        expect(page.locator(".detail").first).to_contain_text("x-odd: <i>")
        page.get_by_role("tab", name="Leads").click()
        expect(page.locator(".leads .value", has_text="onerror")).to_have_text(SPELT)
        assert page.locator("main img, main i, main u, main script").count() == 0
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def test_says_when_it_is_cut_off_and_comes_back(
        self, client: httpx.Client, context: BrowserContext, open_page: Callable[..., Page]
    ) -> None:
        context.route(
            "**/_sandbox/events", lambda route: route.fulfill(content_type="text/event-stream", body=""), times=1
        )
        page = open_page(live=False)

        expect(page.locator(".live.on")).to_be_visible()
        client.get("/v1/leads")
        expect(page.locator(".exchanges .row")).to_have_count(1)

    def test_draws_coverage_with_the_sentences_never_met(
        self, client: httpx.Client, context: BrowserContext, open_page: Callable[..., Page]
    ) -> None:
        def behaviour(at: int, times: int) -> dict[str, Any]:
            told = {"kind": "requirement", "operation": "update_lead", "source": "seed 004", "example": "vorel-1-7"}
            return {"id": f"vorel/update_lead/{at}", "text": f"Fact {at} holds.", "times": times, **told}

        behaviours = [behaviour(1, 3), behaviour(2, 0), behaviour(3, 0)]
        answer = {"apis": {"vorel": {"met": 1, "total": 3, "behaviours": behaviours}}}
        context.route("**/_sandbox/coverage**", lambda route: route.fulfill(json=answer))
        page = open_page()

        page.get_by_role("tab", name="Coverage").click()

        expect(page.get_by_role("heading", name="vorel: 1 of 3 documented behaviours met")).to_be_visible()
        bar = page.get_by_role("progressbar", name="update_lead: 1 of 3 met")
        expect(bar).to_have_attribute("value", "1")
        page.locator(".covered summary").click()
        expect(page.locator(".covered > div").first).to_have_text(
            "Never met (2) Fact 2 holds. seed 004 Fact 3 holds. seed 004", use_inner_text=False
        )
