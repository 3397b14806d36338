"""Which requirement decided an answer: the journal, `explain` and the console have it from one place."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

import openapi
from mock_server.apis import APIS
from mock_server.behaviours import decides
from tests.in_process import client_of

KEYS = {api: APIS[api].key_ring["full"] for api in openapi.APIS}
HEADERS = {
    "aura": {"Authorization": f"Bearer {KEYS['aura']}"},
    "octanist": {"X-API-KEY": KEYS["octanist"]},
    "vorel": {"Authorization": f"Bearer {KEYS['vorel']}"},
}
NOBODY = "00000000-0000-4000-8000-000000000000"
THEIRS = "20000000-0000-4000-8000-000000000000"

LEAD = "10000000-0000-4000-8000-000000000000"
LEADS = {
    "aura": {"id": LEAD, "email": "ada@example.com", "full_name": "Ada"},
    "octanist": {"id": LEAD, "email": "ada@example.com", "name": "Ada"},
    "vorel": {"id": LEAD, "email": "ada@example.com", "name": "Ada"},
}


@pytest.fixture
def client() -> httpx.Client:
    """A sandbox in which each organization has one lead."""
    client = client_of()
    for api, lead in LEADS.items():
        headers = {"X-Sandbox-Key": KEYS[api]}
        assert client.post(f"/_sandbox/leads/{api}", headers=headers, json={"leads": [lead]}).is_success
    return client


def explained(client: httpx.Client, api: str, method: str, path: str, **options: Any) -> dict[str, Any]:
    """What `explain` says of a call, once it is seen that the journal says the same."""
    answer = client.request(method, path, headers=HEADERS[api], **options)
    told: dict[str, Any] = client.get(f"/_sandbox/explain/{answer.headers['X-Sandbox-Exchange']}").json()
    (exchange,) = client.get("/_sandbox/journal", params={"exchange": told["exchange"]}).json()["exchanges"]
    assert exchange["decided_by"] == told["decided_by"]
    assert exchange["requirements"] == [each["id"] for each in told["requirements"]]
    return told


class TestAnAnswer:
    @pytest.mark.parametrize(
        ("api", "method", "path", "body", "decided"),
        [
            ("vorel", "PATCH", f"/api/v1/leads/{LEAD}", {"status": "odd"}, "an_undocumented_status_is_refused"),
            ("vorel", "PATCH", "/api/v1/leads/nobody", {"name": "x"}, "a_malformed_lead_id_is_refused"),
            ("vorel", "GET", f"/api/v1/leads/{NOBODY}", None, "an_unknown_lead_is_answered_404"),
            ("aura", "POST", "/v1/leads", {}, "missing_email_is_refused"),
            ("octanist", "PATCH", "/api/leads", {"status": "won"}, "no_identifier_is_400_validation_error"),
        ],
    )
    def test_that_is_an_error_is_decided_by_what_refuses_it(
        self, client: httpx.Client, api: str, method: str, path: str, body: Any, decided: str
    ) -> None:
        told = explained(client, api, method, path, **({} if body is None else {"json": body}))

        assert told["decided_by"] == told["requirements"][0]["id"]
        assert told["decided_by"].endswith(f"/{decided}")
        assert told["status"] >= 400

    @pytest.mark.parametrize(
        ("api", "path", "body", "decided"),
        [
            ("vorel", f"/api/v1/leads/{LEAD}", {"name": "Grace"}, "name_can_be_updated"),
            ("vorel", f"/api/v1/leads/{LEAD}", {"name": None}, "null_clears_a_nullable_field"),
            ("aura", f"/v1/leads/{LEAD}", {"full_name": "Grace"}, "full_name_is_updated"),
            ("octanist", "/api/leads", {"email": "ada@example.com", "note": "x"}, "email_alone_identifies_a_lead"),
        ],
    )
    def test_that_is_a_partly_updated_lead_is_decided_by_the_update_and_not_by_what_stays(
        self, client: httpx.Client, api: str, path: str, body: Any, decided: str
    ) -> None:
        told = explained(client, api, "PATCH", path, json=body)

        assert told["decided_by"] == f"{api}/update_lead/{decided}"
        assert told["requirements"][0]["id"] == told["decided_by"]
        assert told["sentences"][1].startswith(told["requirements"][0]["text"])

    def test_that_is_a_plain_list_was_decided_by_nothing_and_shows_first_what_a_list_is(
        self, client: httpx.Client
    ) -> None:
        told = explained(client, "vorel", "GET", "/api/v1/leads")

        assert told["decided_by"] == ""
        assert [each["id"] for each in told["requirements"]][:2] == [
            "vorel/list_leads/a_page_has_its_three_keys",
            "vorel/list_leads/replies_match_the_contract",
        ]

    def test_that_breaks_a_rule_of_no_requirement_was_decided_by_none(self, client: httpx.Client) -> None:
        told = explained(client, "vorel", "GET", "/api/v1/leads", params={"limit": "0"})

        assert (told["decided_by"], told["status"]) == ("", 400)
        assert told["sentences"][1] == "It was refused: limit: 0 is less than the minimum of 1"

    def test_that_is_spoilt_on_purpose_was_decided_by_none(self, client: httpx.Client) -> None:
        told = explained(client, "vorel", "GET", "/api/v1/leads?")
        client.post("/_sandbox/faults", json={"api": "vorel", "fault": "truncated", "times": 1})
        spoilt = explained(client, "vorel", "GET", "/api/v1/leads")

        assert told["requirements"]
        assert (spoilt["decided_by"], spoilt["requirements"]) == ("", [])

    @pytest.mark.parametrize(
        ("api", "method", "path", "body"),
        [
            ("aura", "GET", f"/v1/leads/{THEIRS}", None),
            ("aura", "PATCH", f"/v1/leads/{THEIRS}", {"full_name": "Grace"}),
            ("vorel", "GET", f"/api/v1/leads/{THEIRS}", None),
            ("vorel", "PATCH", f"/api/v1/leads/{THEIRS}", {"name": "Grace"}),
            ("octanist", "GET", f"/api/leads/{THEIRS}", None),
            ("octanist", "PATCH", "/api/leads", {"id": THEIRS, "status": "won"}),
            ("octanist", "PATCH", "/api/leads", {"email": "bea@example.com", "status": "won"}),
            ("octanist", "PATCH", "/api/leads", {"phone": "+14155552671", "status": "won"}),
        ],
    )
    def test_that_finds_nothing_is_decided_by_the_same_whatever_other_organizations_have(
        self, client: httpx.Client, api: str, method: str, path: str, body: Any
    ) -> None:
        sent = {} if body is None else {"json": body}
        alone = explained(client, api, method, path, **sent)
        lead = {**LEADS[api], "id": THEIRS, "email": "bea@example.com", "phone": "+14155552671"}
        key = {"X-Sandbox-Key": APIS[api].key_ring["other"]}
        assert client.post(f"/_sandbox/leads/{api}", headers=key, json={"leads": [lead]}).is_success
        beside = explained(client, api, method, path, **sent)

        met = [{each["id"] for each in told["requirements"]} for told in (alone, beside)]
        assert alone["status"] == 404
        assert alone["decided_by"] == beside["decided_by"] != ""
        assert met[0] < met[1], "what only another organization's lead shows is met too"

    @pytest.mark.parametrize("api", openapi.APIS)
    def test_is_never_decided_by_the_form_that_every_answer_has(self, api: str) -> None:
        named = [each for behaviours in APIS[api].behaviours.values() for each in behaviours.items()]
        forms = [behaviour for id, behaviour in named if id.endswith(("_match_the_contract", "replies_are_json"))]

        assert forms
        assert not any(map(decides, forms))
