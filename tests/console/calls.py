"""What the tests of the pages send to the sandbox beforehand, and how they choose what they look at."""

from __future__ import annotations

from typing import Any

import httpx
from playwright.sync_api import Page, expect

from mock_server import APIS

RING = APIS["vorel"].key_ring
VOREL = {"Authorization": f"Bearer {RING['full']}"}
OCTANIST = {"X-API-KEY": APIS["octanist"].key_ring["full"]}
HOSTILE = (
    "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"
    "\u202egnp.exe \u05e9\u05dc\u05d5\u05dd"
)
SPELT = HOSTILE.replace("\u202e", "\\u202e")
NOBODY = "00000000-0000-4000-8000-000000000000"


def lead(client: httpx.Client, **fields: Any) -> str:
    """The id of a new Vorel lead."""
    body = {"channel": "webform", "customer_identifier": "ada@example.com"}
    conversation = client.post("/api/v1/conversations", headers=VOREL, json=body).json()["id"]
    made = client.post("/api/v1/leads", headers=VOREL, json={"conversation_id": conversation, **fields}).json()
    return str(made["id"])


def choose(page: Page, name: str) -> None:
    """Choose an organization by what it is called, and wait until the faults are those of its API."""
    page.locator(".organizations button", has_text=name).click()
    api = name.split()[0]
    expect(page.locator("#chosen")).to_contain_text(api)
    first, last = ("aura", "vorel") if api == "All" else (api, api)
    operations = page.get_by_label("Operation", exact=True).locator("option")
    expect(operations.first).to_have_text(f"{first}, every operation")
    expect(operations.last).to_contain_text(f"{last}, ")
