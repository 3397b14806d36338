"""Vorel as a client meets it, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest

from mock_server.vorel.wire import KEY_RING
from tests.in_process import client_of

BASE = "/api/v1"
UNKNOWN = "550e8400-e29b-41d4-a716-446655440000"
FULL_LEAD: dict[str, Any] = {
    "name": "Ada Lovelace",
    "email": "ada@example.com",
    "phone": "+14155552671",
    "intent": "buy",
    "timeline": "this month",
    "qualification_score": 40,
    "status": "qualified",
    "source": "website",
    "attributes": {"bedrooms": 3, "budget": {"min": 100, "max": 200}},
}


class Caller:
    """A client of the API that holds one key."""

    def __init__(self, client: httpx.Client, key: str | None = KEY_RING["full"]) -> None:
        self._client = client
        self._key = {} if key is None else {"Authorization": f"Bearer {key}"}

    def __call__(self, method: str, path: str, **options: Any) -> httpx.Response:
        return self._client.request(method, BASE + path, headers={**self._key, **options.pop("headers", {})}, **options)

    def with_key(self, key: str | None) -> Caller:
        return Caller(self._client, key)

    def conversation(self, customer: str = "ada@example.com") -> str:
        reply = self("POST", "/conversations", json={"channel": "webform", "customer_identifier": customer})
        return str(reply.json()["id"])

    def lead(self, customer: str = "ada@example.com", **fields: Any) -> dict[str, Any]:
        reply = self("POST", "/leads", json={"conversation_id": self.conversation(customer), **fields})
        assert reply.status_code == 201
        return dict(reply.json())

    def update(self, lead: dict[str, Any], **fields: Any) -> httpx.Response:
        return self("PATCH", f"/leads/{lead['id']}", json=fields)

    def read(self, lead: dict[str, Any]) -> dict[str, Any]:
        return dict(self("GET", f"/leads/{lead['id']}").json())


@pytest.fixture
def vorel(client: httpx.Client) -> Caller:
    return Caller(client)


@contextmanager
def sandbox_with(**settings: Any) -> Iterator[Caller]:
    """A caller of a sandbox with these settings."""
    with client_of(settings={"vorel": settings}) as client:
        yield Caller(client)


class TestReplies:
    def test_a_create_is_answered_201_with_the_bare_lead(self, vorel: Caller) -> None:
        conversation_id = vorel.conversation()

        reply = vorel("POST", "/leads", json={"conversation_id": conversation_id, **FULL_LEAD})

        assert reply.status_code == 201
        assert reply.headers["content-type"] == "application/json"
        assert reply.json() == {**reply.json(), **FULL_LEAD, "conversation_id": conversation_id}

    def test_an_update_is_answered_200_with_the_whole_bare_lead(self, vorel: Caller) -> None:
        lead = vorel.lead(**FULL_LEAD)

        reply = vorel.update(lead, status="booked", attributes={"bedrooms": None})

        assert reply.status_code == 200
        assert {**reply.json(), "updated_at": None} == {
            **lead,
            "status": "booked",
            "attributes": {"budget": {"min": 100, "max": 200}},
            "updated_at": None,
        }
        assert vorel.read(lead) == reply.json()

    def test_a_page_has_data_next_cursor_and_has_more(self, vorel: Caller) -> None:
        leads = [vorel.lead(f"{at}@example.com") for at in range(26)]

        page = vorel("GET", "/leads").json()
        rest = vorel("GET", "/leads", params={"cursor": page["next_cursor"]}).json()

        assert page.keys() == {"data", "next_cursor", "has_more"}
        assert (len(page["data"]), page["has_more"]) == (25, True)
        assert (len(rest["data"]), rest["has_more"], rest["next_cursor"]) == (1, False, None)
        assert {lead["id"] for lead in page["data"] + rest["data"]} == {lead["id"] for lead in leads}

    def test_a_create_is_answered_200_where_the_setting_says_so(self) -> None:
        with sandbox_with(create_status=200) as vorel:
            assert vorel("POST", "/leads", json={"conversation_id": vorel.conversation()}).status_code == 200


class TestUpdating:
    @pytest.mark.parametrize("field", ["name", "email", "phone", "intent", "timeline", "qualification_score", "source"])
    def test_null_clears_each_of_the_seven_nullable_fields(self, vorel: Caller, field: str) -> None:
        lead = vorel.lead(**FULL_LEAD)

        assert vorel.update(lead, **{field: None}).json()[field] is None
        assert vorel.read(lead)[field] is None

    @pytest.mark.parametrize("field", ["status", "attributes"])
    def test_status_and_attributes_cannot_be_null(self, vorel: Caller, field: str) -> None:
        lead = vorel.lead(**FULL_LEAD)

        assert vorel.update(lead, **{field: None}).status_code == 400
        assert vorel.read(lead) == lead

    def test_at_least_one_updatable_field_is_needed(self, vorel: Caller) -> None:
        reply = vorel.update(vorel.lead())

        assert reply.status_code == 400
        assert "at least one of name, email" in reply.json()["error"]["message"]

    @pytest.mark.parametrize("body", [{"notes": "x"}, {"conversation_id": UNKNOWN}, {"colour": "red"}])
    @pytest.mark.parametrize("setting", ["refuse", "ignore"])
    def test_which_nothing_else_can_replace(self, body: dict[str, Any], setting: str) -> None:
        with sandbox_with(unknown_fields=setting) as vorel:
            assert vorel.update(vorel.lead(), **body).status_code == 400

    @pytest.mark.parametrize(("setting", "status"), [("refuse", 400), ("ignore", 200)])
    def test_conversation_id_never_changes(self, setting: str, status: int) -> None:
        with sandbox_with(unknown_fields=setting) as vorel:
            lead = vorel.lead()

            reply = vorel.update(lead, name="Grace", conversation_id=vorel.conversation("grace@example.com"))

            assert reply.status_code == status
            assert vorel.read(lead)["conversation_id"] == lead["conversation_id"]
            assert vorel.read(lead)["name"] == ("Grace" if status == 200 else None)

    @pytest.mark.parametrize(
        ("field", "longest"), {"name": 200, "phone": 32, "intent": 40, "timeline": 40, "source": 40}.items()
    )
    def test_a_text_may_be_as_long_as_documented(self, vorel: Caller, field: str, longest: int) -> None:
        lead = vorel.lead()

        assert vorel.update(lead, **{field: "x" * longest}).json()[field] == "x" * longest
        assert vorel.update(lead, **{field: "y" * (longest + 1)}).status_code == 400
        assert vorel.read(lead)[field] == "x" * longest

    @pytest.mark.parametrize(("score", "status"), [(-1, 400), (0, 200), (100, 200), (101, 400)])
    def test_a_score_is_between_0_and_100(self, vorel: Caller, score: int, status: int) -> None:
        assert vorel.update(vorel.lead(), qualification_score=score).status_code == status

    @pytest.mark.parametrize(
        "field", [{"qualification_score": 50.5}, {"qualification_score": "50"}, {"qualification_score": True}]
    )
    def test_a_score_is_a_whole_number(self, vorel: Caller, field: dict[str, Any]) -> None:
        assert vorel.update(vorel.lead(), **field).status_code == 400

    @pytest.mark.parametrize("email", ["", "plain", "user@", "@example.com", "user@example", "user@@example.com"])
    def test_an_email_is_an_address(self, vorel: Caller, email: str) -> None:
        assert vorel.update(vorel.lead(), email=email).status_code == 400

    @pytest.mark.parametrize("attributes", ["text", 5, True, ["bedrooms"], 0, "", []])
    def test_attributes_are_an_object(self, vorel: Caller, attributes: Any) -> None:
        lead = vorel.lead(**FULL_LEAD)

        assert vorel.update(lead, attributes=attributes).status_code == 400
        assert vorel.read(lead) == lead

    def test_attributes_merge_at_their_first_level_only(self, vorel: Caller) -> None:
        lead = vorel.lead(**FULL_LEAD)

        updated = vorel.update(lead, attributes={"budget": {"min": 50}, "garden": False, "absent": None}).json()

        assert updated["attributes"] == {"bedrooms": 3, "budget": {"min": 50}, "garden": False}


class TestKeys:
    @pytest.mark.parametrize(
        "key", [None, KEY_RING["malformed"], KEY_RING["revoked"], KEY_RING["full"][:-1], KEY_RING["full"] + "0", ""]
    )
    def test_a_missing_malformed_or_revoked_key_is_answered_401(self, vorel: Caller, key: str | None) -> None:
        lead = vorel.lead()
        stranger = vorel.with_key(key)

        for reply in (stranger.update(lead, name="Changed"), stranger("GET", "/leads")):
            assert reply.status_code == 401
            assert reply.json()["error"]["code"] == "unauthorized"
        assert vorel.read(lead) == lead

    def test_another_scheme_than_bearer_is_answered_401(self, vorel: Caller) -> None:
        reply = vorel("GET", "/leads", headers={"Authorization": f"Basic {KEY_RING['full']}"})

        assert reply.status_code == 401

    @pytest.mark.parametrize("name", ["read_only", "other_scope"])
    def test_a_key_without_the_write_scope_may_only_read(self, vorel: Caller, name: str) -> None:
        lead = vorel.lead()
        reader = vorel.with_key(KEY_RING[name])

        writes = (
            reader.update(lead, name="Changed"),
            reader("POST", "/leads", json={"conversation_id": vorel.conversation("grace@example.com")}),
            reader("POST", "/conversations", json={"channel": "webform", "customer_identifier": "x"}),
        )

        for reply in writes:
            assert (reply.status_code, reply.json()["error"]["code"]) == (403, "forbidden")
        assert reader.read(lead) == vorel.read(lead) == lead
        assert reader("GET", "/leads").json()["data"] == [lead]

    def test_the_digits_of_a_key_may_be_written_in_capitals(self, vorel: Caller) -> None:
        lead = vorel.with_key("vapk_live_" + "ab" * 24).lead()

        assert vorel.with_key("vapk_live_" + "AB" * 24).read(lead) == lead


class TestTenants:
    def test_another_tenants_lead_is_answered_exactly_like_a_nonexistent_one(self, vorel: Caller) -> None:
        lead = vorel.lead(name="Ada")
        other = vorel.with_key(KEY_RING["other"])

        for method, options in (("GET", {}), ("PATCH", {"json": {"name": "Changed"}})):
            foreign, unknown = (other(method, f"/leads/{id}", **options) for id in (lead["id"], UNKNOWN))
            assert foreign.status_code == unknown.status_code == 404
            assert foreign.content == unknown.content
        assert vorel.read(lead) == lead

    def test_leads_and_conversations_of_others_cannot_be_reached(self, vorel: Caller) -> None:
        lead = vorel.lead()
        other = vorel.with_key(KEY_RING["other"])

        assert other("GET", "/leads").json()["data"] == []
        assert other("GET", "/leads", params={"cursor": lead["id"]}).status_code == 400
        assert other("POST", "/leads", json={"conversation_id": lead["conversation_id"]}).status_code == 404

    def test_any_other_well_formed_key_opens_a_tenant_of_its_own(self, vorel: Caller) -> None:
        vorel.lead()
        newcomer = vorel.with_key("vapk_live_" + "c" * 48)

        assert newcomer("GET", "/leads").json()["data"] == []
        assert newcomer.update(newcomer.lead(), name="Ada").status_code == 200


class TestErrors:
    @pytest.mark.parametrize(
        ("shape", "envelope"),
        [
            ("nested", {"error": {"code": "not_found", "message": "No such lead."}}),
            ("flat", {"error": "not_found", "message": "No such lead."}),
            ("code", {"code": "not_found", "message": "No such lead."}),
        ],
    )
    def test_the_envelope_has_the_shape_of_the_setting(self, shape: str, envelope: dict[str, Any]) -> None:
        with sandbox_with(error_shape=shape) as vorel:
            assert vorel("GET", f"/leads/{UNKNOWN}").json() == envelope

    def test_a_second_lead_or_conversation_is_a_conflict(self, vorel: Caller) -> None:
        lead = vorel.lead("ada@example.com", name="Ada")

        again = vorel("POST", "/leads", json={"conversation_id": lead["conversation_id"], "name": "Grace"})
        customer = {"channel": "webform", "customer_identifier": "ada@example.com"}

        assert (again.status_code, again.json()["error"]["code"]) == (409, "conflict")
        assert vorel("POST", "/conversations", json=customer).status_code == 409
        assert vorel.read(lead) == lead

    def test_validations_are_answered_422_where_the_setting_says_so(self) -> None:
        with sandbox_with(validation_status=422) as vorel:
            assert vorel.update(vorel.lead(), name=5).status_code == 422
            assert vorel("GET", "/leads", params={"limit": "0"}).status_code == 422

    @pytest.mark.parametrize("days", ["0", "366", "-1"])
    def test_but_stale_for_days_out_of_range_is_always_400(self, days: str) -> None:
        with sandbox_with(validation_status=422) as vorel:
            assert vorel("GET", "/leads", params={"stale_for_days": days}).status_code == 400

    @pytest.mark.parametrize("id", ["1", "not-a-uuid", UNKNOWN[:-1], UNKNOWN + "0"])
    def test_an_id_that_is_no_uuid_is_a_bad_request(self, vorel: Caller, id: str) -> None:
        assert vorel("GET", f"/leads/{id}").status_code == 400
        assert vorel("PATCH", f"/leads/{id}", json={"name": "Ada"}).status_code == 400

    def test_leads_cannot_be_deleted(self, vorel: Caller) -> None:
        lead = vorel.lead()

        reply = vorel("DELETE", f"/leads/{lead['id']}")

        assert (reply.status_code, reply.headers["allow"]) == (405, "GET, PATCH")
        assert vorel.read(lead) == lead

    def test_what_is_documented_nowhere_is_not_found(self, vorel: Caller) -> None:
        reply = vorel("GET", "/bookings")

        assert (reply.status_code, reply.json()["error"]["code"]) == (404, "not_found")


class TestOddInput:
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"{",
            b"[]",
            b"null",
            b"5",
            b'"name"',
            b'[{"name": "Changed"}]',
            b"name=Changed",
            b'{"name": "Changed", "name": "Again"}',
            b'{"name": "\xff"}',
            b'{"name": "Changed", "qualification_score": NaN}',
            b'{"name": "Changed", "qualification_score": 1e999}',
            b'{"name": "Changed", "status": "NEW"}',
            b'{"name": "Changed", "phone": 5}',
            b'{"name": ["Changed"]}',
            b'{"name": "Changed", "attributes": {"a": ' + b"[" * 200 + b"]" * 200 + b"}}",
            json.dumps({"name": "Changed", "attributes": {"a": "x" * 2_000_000}}).encode(),
        ],
        ids=lambda content: content[:40].decode("latin-1"),
    )
    def test_is_answered_4xx_with_a_json_object_and_changes_nothing(self, vorel: Caller, content: bytes) -> None:
        lead = vorel.lead(**FULL_LEAD)

        reply = vorel("PATCH", f"/leads/{lead['id']}", content=content, headers={"Content-Type": "application/json"})

        assert 400 <= reply.status_code < 500
        assert isinstance(reply.json()["error"], dict)
        assert vorel.read(lead) == lead

    def test_another_content_type_is_answered_415(self, vorel: Caller) -> None:
        lead = vorel.lead()

        reply = vorel(
            "PATCH", f"/leads/{lead['id']}", content=b'{"name": "Changed"}', headers={"Content-Type": "text/plain"}
        )

        assert reply.status_code == 415
        assert vorel.read(lead) == lead

    @pytest.mark.parametrize("text", ["\u0000", "\ud83d", "👩\u200d👧", "null", "<b>", "'; --", " "])
    def test_odd_texts_are_stored_or_refused_as_they_are(self, vorel: Caller, text: str) -> None:
        lead = vorel.lead()
        content = json.dumps({"name": text, "attributes": {"key " + text: text}}).encode()

        reply = vorel("PATCH", f"/leads/{lead['id']}", content=content, headers={"Content-Type": "application/json"})

        stored = vorel.read(lead)
        if reply.status_code == 200:
            assert (stored["name"], stored["attributes"]) == (text, {"key " + text: text})
        else:
            assert reply.status_code == 400
            assert stored == lead

    @pytest.mark.parametrize(
        "query",
        [{"limit": "ten"}, {"limit": "0"}, {"limit": ""}, {"cursor": "?"}, {"cursor": UNKNOWN}, {"status": "x"}],
    )
    def test_what_a_list_cannot_be_asked_is_a_bad_request(self, vorel: Caller, query: dict[str, str]) -> None:
        reply = vorel("GET", "/leads", params=query)

        assert (reply.status_code, reply.json()["error"]["code"]) == (400, "validation_error")
