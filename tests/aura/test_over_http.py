"""Aura over HTTP: the envelope, errors, and what an update leaves alone."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from mock_server import APIS

KEY = {"Authorization": f"Bearer {APIS['aura'].key_ring['full']}"}
NOTE = {"content": "Called back", "created_at": "2026-05-08T14:23:11.000Z", "user_id": "user_1"}
UNKNOWN = "/v1/leads/550e8400-e29b-41d4-a716-446655440000"


def create(client: httpx.Client, **fields: Any) -> dict[str, Any]:
    answer = client.post("/v1/leads", json={"email": "john@example.com", **fields}, headers=KEY)
    assert answer.status_code == 201, answer.text
    return dict(answer.json()["data"])


def update(client: httpx.Client, lead: dict[str, Any], body: Any) -> httpx.Response:
    return client.patch(f"/v1/leads/{lead['id']}", json=body, headers=KEY)


def read(client: httpx.Client, lead: dict[str, Any]) -> dict[str, Any]:
    return dict(client.get(f"/v1/leads/{lead['id']}", headers=KEY).json()["data"])


def refused(answer: httpx.Response, status: int = 400, code: str = "VALIDATION_ERROR") -> None:
    """The flat envelope."""
    body = answer.json()
    assert answer.status_code == status, answer.text
    assert body.keys() == {"code", "error", "requestId", "success"}
    assert (body["code"], body["success"]) == (code, False)
    assert body["requestId"].startswith("req_")


class TestAReply:
    def test_has_the_lead_as_data_beside_success(self, client: httpx.Client) -> None:
        answer = client.post("/v1/leads", json={"email": "john@example.com"}, headers=KEY)

        assert answer.json().keys() == {"data", "success"}
        assert answer.json()["success"] is True
        assert answer.json()["data"]["status"] == "new"

    def test_shows_what_is_stored(self, client: httpx.Client) -> None:
        lead = create(client, full_name="John Doe", metadata={"utmSource": "google", "own": 1})

        assert read(client, lead) == lead
        assert lead["metadata"] == {"utmSource": "google", "own": 1}
        assert lead["source"]["utm_source"] == "google"

    def test_to_an_unknown_id_is_404_not_found(self, client: httpx.Client) -> None:
        refused(client.get(UNKNOWN, headers=KEY), 404, "NOT_FOUND")
        refused(client.patch(UNKNOWN, json={}, headers=KEY), 404, "NOT_FOUND")

    def test_to_a_bad_key_is_401(self, client: httpx.Client) -> None:
        refused(client.get(UNKNOWN, headers={"Authorization": "Bearer nonsense"}), 401, "UNAUTHORIZED")


class TestCreating:
    @pytest.mark.parametrize("email", [None, "", "plain", "@example.com", "user@", "user@host", 7])
    def test_needs_a_valid_email(self, client: httpx.Client, email: Any) -> None:
        refused(client.post("/v1/leads", json={"email": email}, headers=KEY))
        refused(client.post("/v1/leads", json={"full_name": "John Doe"}, headers=KEY))
        assert client.get("/v1/leads", headers=KEY).json()["data"] == []

    @pytest.mark.parametrize(
        "phone", ["14155552671", "+1 415 5552671", "+04155552671", "+1", "+1234567890123456", "+1\n"]
    )
    def test_needs_a_phone_in_e164_if_any(self, client: httpx.Client, phone: str) -> None:
        refused(client.post("/v1/leads", json={"email": "a@example.com", "phone": phone}, headers=KEY))

    @pytest.mark.parametrize("phone", ["+12", "+123456789012345"])
    def test_takes_phones_of_two_to_fifteen_digits(self, client: httpx.Client, phone: str) -> None:
        assert create(client, phone=phone)["phone"] == phone

    def test_skips_null_metadata_and_what_cannot_be_created(self, client: httpx.Client) -> None:
        lead = create(client, metadata=None, status="won", notes=[NOTE])

        assert (lead["metadata"], lead["source"], lead["status"], lead["notes"]) == (None, None, "new", [])


class TestUpdating:
    def test_leaves_omitted_fields_alone(self, client: httpx.Client) -> None:
        lead = create(client, full_name="John Doe", phone="+14155552671", metadata={"city": "Boston"})

        updated = update(client, lead, {"company": "Acme Corp"}).json()["data"]

        assert updated == {**lead, "company": "Acme Corp", "updated_at": updated["updated_at"]}
        assert read(client, lead) == updated

    def test_with_an_empty_object_is_accepted_and_changes_nothing(self, client: httpx.Client) -> None:
        lead = create(client)

        assert update(client, lead, {}).json() == {"data": lead, "success": True}

    def test_replaces_notes_as_a_whole_and_skips_null(self, client: httpx.Client) -> None:
        lead = create(client)
        update(client, lead, {"notes": [NOTE, {**NOTE, "content": "Second"}]})

        assert update(client, lead, {"notes": [NOTE]}).json()["data"]["notes"] == [NOTE]
        assert update(client, lead, {"notes": None}).json()["data"]["notes"] == [NOTE]
        assert update(client, lead, {"notes": []}).json()["data"]["notes"] == []

    def test_changes_the_seven_documented_fields_only(self, client: httpx.Client) -> None:
        lead = create(client, metadata={"city": "Boston"})
        body = {"metadata": {"city": "X"}, "source": {}, "id": "x", "created_at": "2001-01-01T00:00:00Z"}

        answer = update(client, lead, {**body, "payment_count": 7, "disqualification_data": {}})

        assert answer.json() == {"data": lead, "success": True}

    @pytest.mark.parametrize(
        "body", [{"phone": "1"}, {"email": "plain"}, {"status": ""}, {"full_name": None}, {"notes": 1}]
    )
    def test_that_is_refused_changes_nothing(self, client: httpx.Client, body: dict[str, Any]) -> None:
        lead = create(client, company="Acme Corp")

        refused(update(client, lead, {"company": "Other", **body}))

        assert read(client, lead) == lead
