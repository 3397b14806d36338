"""The console and the rendered contracts, as a person at a browser meets them."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

import openapi
from mock_server import APIS
from tests.browser import Opened, chromium
from tests.test_serving import serving

RING = APIS["vorel"].key_ring
VOREL = {"Authorization": f"Bearer {RING['full']}"}
OCTANIST = {"X-API-KEY": APIS["octanist"].key_ring["full"]}
HOSTILE = (
    "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    "\u202egnp.exe \u05e9\u05dc\u05d5\u05dd"
)
SPELT = HOSTILE.replace("\u202e", "\\u202e")
NOBODY = "00000000-0000-4000-8000-000000000000"
WIDTHS = {"wide": 1280, "phone": 390}


@pytest.fixture(scope="module")
def root() -> Iterator[str]:
    """A running sandbox."""
    with serving() as (root, _):
        yield root


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser in whose world evil.example is a name of this machine, as a rebinding DNS would make it."""
    with chromium("--host-resolver-rules=MAP evil.example 127.0.0.1") as browser:
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


def lead(client: httpx.Client, **fields: Any) -> str:
    """The id of a new Vorel lead."""
    body = {"channel": "webform", "customer_identifier": "ada@example.com"}
    conversation = client.post("/api/v1/conversations", headers=VOREL, json=body).json()["id"]
    made = client.post("/api/v1/leads", headers=VOREL, json={"conversation_id": conversation, **fields}).json()
    return str(made["id"])


def choose(page: Page, name: str) -> None:
    """Choose an organization by what it is called."""
    page.locator(".organizations button", has_text=name).click()
    expect(page.locator("#chosen")).to_contain_text(name.split()[0])


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
        expect(page.locator(".waiting")).to_have_text("Nothing waits.")

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
        expect(page.locator("#told")).to_have_text("before is put back.")

        assert client.get(f"/api/v1/leads/{id}", headers=VOREL).json()["name"] == "Ada"

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

    def test_the_journal_is_saved_as_a_har(self, client: httpx.Client, open_page: Callable[..., Page]) -> None:
        client.get("/api/v1/leads", headers=VOREL)
        page = open_page()
        with page.expect_download() as download:
            page.get_by_role("button", name="Save as HAR").click()

        text = download.value.path().read_text()
        assert '"version": "1.2"' in text and "/api/v1/leads" in text and RING["full"] not in text


class TestCredentials:
    def test_are_shown_only_where_a_person_asks(self, client: httpx.Client, open_page: Callable[..., Page]) -> None:
        client.get("/api/v1/leads", headers=VOREL)
        page = open_page()
        received: list[str] = []
        page.on(
            "response",
            lambda each: None if "events" in each.url or "info" in each.url else received.append(each.text()),
        )
        page.locator(".exchanges .row").click()
        expect(page.locator(".curl")).to_contain_text("Bearer $VOREL_KEY")
        page.get_by_role("tab", name="Leads").click()
        page.get_by_role("tab", name="Exchanges").click()
        assert RING["full"] not in page.content()
        assert not any(RING["full"] in text for text in received)

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

        assert all("console" not in (frame.locator("body").get_attribute("class") or "") for frame in page.frames)


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
