"""What the console shows of credentials and tokens, and who else may reach the sandbox through a browser."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from urllib.parse import urlsplit

import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, Response, expect

from mock_server import APIS
from tests.console.calls import HOSTILE, RING, lead
from tests.programs import serving

_TELLING = ("/events", "/info")
"""A stream that does not end, and what names the keys of the ring to everybody."""


class TestCredentials:
    def test_are_shown_only_where_a_person_asks(
        self, client: httpx.Client, context: BrowserContext, open_page: Callable[..., Page]
    ) -> None:
        lead(client)
        answers: list[Response] = []
        context.on("response", lambda each: answers.append(each))
        page = open_page()
        page.locator(".exchanges .row").last.click()
        expect(page.locator(".curl")).to_contain_text("Bearer $VOREL_KEY")
        with page.expect_response("**/_sandbox/leads/vorel*"):
            page.get_by_role("tab", name="Leads").click()
        page.get_by_role("tab", name="Exchanges").click()
        assert RING["full"] not in page.content()
        received = {urlsplit(each.url).path: each.text() for each in answers if not each.url.endswith(_TELLING)}
        assert {"/_sandbox/journal", "/_sandbox/organizations", "/_sandbox/leads/vorel"} <= received.keys()
        assert [path for path, text in received.items() if RING["full"] in text] == []

        page.get_by_role("switch", name="Show credentials").click()
        expect(page.locator(".curl")).to_contain_text(RING["full"])
        expect(page.locator(".organizations")).to_contain_text(RING["full"])

        page.get_by_role("switch", name="Show credentials").click()
        expect(page.locator(".curl")).to_contain_text("Bearer $VOREL_KEY")
        expect(page.locator(".organizations")).not_to_contain_text(RING["full"])
        assert RING["full"] not in page.content()

    @pytest.mark.parametrize("name", ['D\'Arcy $(exit) `exit` \\ "q"', f"D'Arcy $(exit) \\n \x1b[2J\t{HOSTILE}"])
    def test_the_curl_line_is_the_call_again(
        self, client: httpx.Client, context: BrowserContext, root: str, open_page: Callable[..., Page], name: str
    ) -> None:
        context.grant_permissions(["clipboard-read", "clipboard-write"], origin=root)
        client.post(
            "/v1/leads", headers={"Authorization": f"Bearer {APIS['aura'].key_ring['full']}"}, json={"name": name}
        )
        page = open_page()
        page.locator(".exchanges .row").click()
        page.get_by_role("button", name="Copy as curl").click()
        expect(page.locator("#told")).to_have_text("Copied.")
        line = page.evaluate("navigator.clipboard.readText()")

        script = f"AURA_KEY=secret; curl() {{ printf '%s\\0' \"$@\"; }}; {line}"
        said = subprocess.run(["bash", "-c", script], capture_output=True, check=True, env={"LC_ALL": "C.UTF-8"})

        words = said.stdout.decode().split("\0")
        assert words[:5] == ["-sS", "-i", "-X", "POST", f"{root}/v1/leads"]
        assert "authorization: Bearer secret" in words
        assert httpx.Request("POST", root, json={"name": name}).content.decode() in words


class TestOtherSites:
    """Nobody but the console and programs steers the sandbox, whatever a browser is lured into."""

    @pytest.mark.parametrize(
        ("lent", "outcomes"), [(True, ["403", "403", "403"]), (False, ["opaque", "opaque", "failed"])]
    )
    def test_do_not_reach_it(
        self, client: httpx.Client, context: BrowserContext, root: str, lent: bool, outcomes: list[str]
    ) -> None:
        client.patch("/_sandbox/settings", json={"octanist": {"bulk_updates": True}})
        site = root.replace("127.0.0.1", "evil.example")
        page = context.new_page()
        page.goto(f"{site}/v1/leads")

        def attack(method: str, path: str) -> str:
            code = """([url, method, mode]) => fetch(url, {method, mode}).then(
                (answer) => (answer.type === "opaque" ? "opaque" : String(answer.status)), () => "failed")"""
            url = f"{site if lent else root}/_sandbox/{path}"
            return str(page.evaluate(code, [url, method, "cors" if lent else "no-cors"]))

        assert [attack("GET", "journal"), attack("POST", "reset"), attack("DELETE", "journal")] == outcomes
        assert client.get("/_sandbox/settings").json()["octanist"]["bulk_updates"] is True
        assert len(client.get("/_sandbox/journal").json()["exchanges"]) == 1

    def test_do_not_frame_it(self, client: httpx.Client, context: BrowserContext, root: str) -> None:
        page = context.new_page()
        page.route(
            "http://evil.example/",
            lambda route: route.fulfill(body=f"<iframe src='{root}/'></iframe>", content_type="text/html"),
        )
        page.goto("http://evil.example/")

        (_, framed) = page.frames
        assert "console" not in (framed.locator("body").get_attribute("class") or "")


class TestATokenedSandbox:
    def test_asks_for_its_token_and_keeps_it_in_memory(self, context: BrowserContext) -> None:
        with serving("--admin-token", "correct-horse") as (root, _):
            page = context.new_page()
            page.goto(root)
            page.get_by_role("textbox", name="Admin token").fill("wrong")
            page.keyboard.press("Enter")
            expect(page.get_by_text("That was not the token.")).to_be_visible()
            page.get_by_role("textbox", name="Admin token").fill("correct-horse")
            page.get_by_role("button", name="Open").click()

            expect(page.locator(".live.on")).to_be_visible()
            httpx.get(f"{root}/v1/leads")
            expect(page.locator(".exchanges .row")).to_have_count(1)
            kept = page.evaluate("[location.href, document.cookie, localStorage.length, sessionStorage.length]")
            assert kept == [f"{root}/", "", 0, 0]
            assert "correct-horse" not in page.content()
            context.clear_cookies()
            page.close()
