"""Octanist as a client meets it, over HTTP."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from mock_server.octanist.wire import KEY_RING
from tests.in_process import client_of

JOHN = {"name": "John Doe", "email": "john@example.com", "phone": "+1234567890"}


class Caller:
    """A client of the API that holds one key."""

    def __init__(self, client: httpx.Client, key: str | None = KEY_RING["full"]) -> None:
        self._client = client
        self._key = {} if key is None else {"X-API-KEY": key}

    def __call__(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {**self._key, **options.pop("headers", {})}
        return self._client.request(method, f"/api{path}", headers=headers, **options)

    def with_key(self, key: str | None) -> Caller:
        return Caller(self._client, key)

    def lead(self, **fields: Any) -> str:
        """The id of a new lead, by default John."""
        return str(self("POST", "/leads", json=fields or JOHN).json()["data"]["id"])

    def read(self, id: str) -> dict[str, Any]:
        return dict(self("GET", f"/leads/{id}").json()["data"])


@pytest.fixture
def octanist(client: httpx.Client) -> Caller:
    return Caller(client)


@pytest.fixture
def in_bulk() -> Iterator[Caller]:
    with client_of(settings={"octanist": {"bulk_updates": True}}) as client:
        yield Caller(client)


def refused(reply: httpx.Response, status: int, code: str) -> None:
    """The nested envelope with this code, and nothing beside it."""
    body = reply.json()
    assert (reply.status_code, body["error"]["code"]) == (status, code), body
    assert reply.headers["content-type"] == "application/json"
    assert body.keys() == {"success", "error", "meta"}
    assert body["success"] is False
    assert body["error"].keys() == {"code", "message", "details"}
    assert body["error"]["details"] == {}
    assert isinstance(body["error"]["message"], str)
    has_meta(body)


def has_meta(body: dict[str, Any]) -> None:
    assert re.fullmatch(r"req_[0-9a-f]{12}", body["meta"]["requestId"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", body["meta"]["timestamp"])


class TestTheEnvelope:
    def test_an_update_answers_with_the_id_and_the_number_of_leads(self, octanist: Caller) -> None:
        id = octanist.lead()

        reply = octanist("PATCH", "/leads", json={"email": "john@example.com", "status": "won", "value": 5000})

        body = reply.json()
        assert reply.status_code == 200
        assert reply.headers["content-type"] == "application/json"
        assert body.keys() == {"success", "data", "meta"}
        assert body["success"] is True
        assert body["data"] == {"leadId": id, "leadsUpdated": 1, "message": "Lead updated successfully"}
        has_meta(body)

    def test_a_create_answers_200_with_the_id(self, octanist: Caller) -> None:
        reply = octanist("POST", "/leads", json=JOHN)

        assert reply.status_code == 200
        assert reply.json()["data"].keys() == {"id", "message"}
        has_meta(reply.json())

    def test_a_create_answers_201_where_the_setting_says_so(self) -> None:
        with client_of(settings={"octanist": {"create_status": 201}}) as client:
            assert Caller(client)("POST", "/leads", json=JOHN).status_code == 201

    def test_a_read_answers_with_the_lead(self, octanist: Caller) -> None:
        body = octanist("GET", f"/leads/{octanist.lead()}").json()

        assert body["data"].items() >= JOHN.items()
        has_meta(body)

    def test_a_list_has_its_pagination_in_meta(self, octanist: Caller) -> None:
        octanist.lead()

        body = octanist("GET", "/leads", params={"limit": 10}).json()

        assert [lead["name"] for lead in body["data"]] == ["John Doe"]
        assert body["meta"]["pagination"] == {"limit": 10, "page": 1, "totalPages": 1, "total": 1, "hasMore": False}
        has_meta(body)

    def test_a_check_answers_bare(self, octanist: Caller) -> None:
        reply = octanist("POST", "/check")

        assert (reply.status_code, reply.json()) == (200, {"success": True})


class TestUpdating:
    def test_priority_is_id_then_email_then_phone(self, octanist: Caller) -> None:
        ids = [octanist.lead(email=f"{at}@example.com", phone=f"+{at}") for at in (1, 2, 3)]

        octanist("PATCH", "/leads", json={"phone": "+3", "email": "2@example.com", "id": ids[0], "note": "by id"})
        octanist("PATCH", "/leads", json={"phone": "+3", "email": "2@example.com", "note": "by email"})
        octanist("PATCH", "/leads", json={"phone": "+3", "note": "by phone"})

        assert [octanist.read(id)["note"] for id in ids] == ["by id", "by email", "by phone"]

    def test_status_prevails_over_its_alias_which_works_alone(self, octanist: Caller) -> None:
        id = octanist.lead()

        octanist("PATCH", "/leads", json={"id": id, "changedTo": "qualified"})
        assert octanist.read(id)["status"] == "qualified"
        octanist("PATCH", "/leads", json={"id": id, "status": "won", "changedTo": "lost"})
        assert octanist.read(id)["status"] == "won"

    @pytest.mark.parametrize(("sent", "stored"), [("5000", 5000), ("12.50", 12.5), ("-3", -3), (0, 0), (2.5, 2.5)])
    def test_numeric_text_becomes_a_number(self, octanist: Caller, sent: Any, stored: float) -> None:
        id = octanist.lead()

        octanist("PATCH", "/leads", json={"id": id, "value": sent})

        value = octanist.read(id)["value"]
        assert value == stored
        assert isinstance(value, type(stored))

    def test_several_matches_are_409_and_nothing_changes(self, octanist: Caller) -> None:
        ids = [octanist.lead(), octanist.lead()]
        before = [octanist.read(id) for id in ids]

        refused(octanist("PATCH", "/leads", json={"email": JOHN["email"], "status": "won"}), 409, "CONFLICT")

        assert [octanist.read(id) for id in ids] == before

    def test_several_matches_are_all_updated_and_counted_with_bulk_updates(self, in_bulk: Caller) -> None:
        ids = [in_bulk.lead(), in_bulk.lead(), in_bulk.lead()]
        bystander = in_bulk.lead(name="Jane Roe")

        reply = in_bulk("PATCH", "/leads", json={"phone": JOHN["phone"], "status": "lost", "lossReason": "Price"})

        assert reply.json()["data"]["leadsUpdated"] == 3
        assert reply.json()["data"]["leadId"] == ids[0]
        assert {(lead["status"], lead["lossReason"]) for lead in map(in_bulk.read, ids)} == {("lost", "Price")}
        assert in_bulk.read(bystander)["status"] == "open"

    def test_no_match_is_404(self, octanist: Caller) -> None:
        octanist.lead()

        refused(octanist("PATCH", "/leads", json={"id": "lead_x", "email": "x", "phone": "x"}), 404, "NOT_FOUND")

    @pytest.mark.parametrize("body", [{}, {"status": "won"}, {"id": None}, {"id": ""}, {"email": "", "phone": None}])
    def test_no_identifier_is_400(self, octanist: Caller, body: dict[str, Any]) -> None:
        refused(octanist("PATCH", "/leads", json=body), 400, "VALIDATION_ERROR")

    def test_null_is_as_if_it_were_left_out(self, octanist: Caller) -> None:
        id = octanist.lead(note="First", **JOHN)

        body = {"id": id, "email": None, "status": None, "value": None, "note": None, "lossReason": None}
        assert octanist("PATCH", "/leads", json=body).status_code == 200

        lead = octanist.read(id)
        assert (lead["email"], lead["status"], lead["value"], lead["note"]) == (JOHN["email"], "open", None, "First")


class TestErrors:
    def test_an_unknown_lead_is_not_found(self, octanist: Caller) -> None:
        refused(octanist("GET", "/leads/lead_x"), 404, "NOT_FOUND")

    def test_an_unknown_path_is_not_found(self, octanist: Caller) -> None:
        refused(octanist("GET", "/nothing"), 404, "NOT_FOUND")

    @pytest.mark.parametrize(
        ("method", "path"), [("PATCH", "/leads/lead_x"), ("DELETE", "/leads"), ("PUT", "/leads"), ("GET", "/check")]
    )
    def test_an_undocumented_method_is_405(self, octanist: Caller, method: str, path: str) -> None:
        reply = octanist(method, path)

        refused(reply, 405, "VALIDATION_ERROR")
        assert reply.headers["allow"]

    def test_a_rejected_lead_is_403(self) -> None:
        with client_of(settings={"octanist": {"reject_new_leads": True}}) as client:
            refused(Caller(client)("POST", "/leads", json=JOHN), 403, "FORBIDDEN")

    @pytest.mark.parametrize(
        ("query", "code"),
        [
            ({"limit": "0"}, "VALIDATION_ERROR"),
            ({"limit": "101"}, "VALIDATION_ERROR"),
            ({"limit": "ten"}, "VALIDATION_ERROR"),
            ({"page": "0"}, "VALIDATION_ERROR"),
            ({"sort": "up"}, "VALIDATION_ERROR"),
            ({"status": "win"}, "INVALID_FILTER"),
            ({"color": "red"}, "INVALID_FILTER"),
            ({"value[gte]": "x"}, "INVALID_FILTER"),
            ({"createdAt[gte]": "soon"}, "INVALID_DATE"),
        ],
        ids=str,
    )
    def test_what_a_list_cannot_be_asked_is_400(self, octanist: Caller, query: dict[str, str], code: str) -> None:
        refused(octanist("GET", "/leads", params=query), 400, code)

    def test_a_new_lead_needs_a_way_to_be_told_from_others(self, octanist: Caller) -> None:
        refused(octanist("POST", "/leads", json={"note": "Whose?"}), 400, "VALIDATION_ERROR")


class TestKeys:
    CALLS = (("PATCH", "/leads"), ("POST", "/leads"), ("GET", "/leads"), ("GET", "/leads/lead_x"), ("POST", "/check"))

    @pytest.mark.parametrize("key", [None, "", "short", "not a key", "x" * 129, KEY_RING["malformed"]])
    def test_a_missing_or_malformed_one_is_401(self, octanist: Caller, key: str | None) -> None:
        for method, path in self.CALLS:
            refused(octanist.with_key(key)(method, path), 401, "UNAUTHORIZED")

    def test_a_revoked_one_is_401(self, octanist: Caller) -> None:
        for method, path in self.CALLS:
            refused(octanist.with_key(KEY_RING["revoked"])(method, path), 401, "UNAUTHORIZED")

    def test_the_key_is_looked_at_before_the_body(self, octanist: Caller) -> None:
        refused(octanist.with_key(None)("PATCH", "/leads", content=b"{"), 401, "UNAUTHORIZED")

    def test_another_header_carries_no_key(self, octanist: Caller) -> None:
        bearer = {"Authorization": f"Bearer {KEY_RING['full']}"}

        refused(octanist.with_key(None)("GET", "/leads", headers=bearer), 401, "UNAUTHORIZED")

    def test_any_well_formed_one_opens_an_organization_of_its_own(self, octanist: Caller) -> None:
        octanist.lead()

        assert octanist.with_key("anybody.else_1")("GET", "/leads").json()["data"] == []


class TestOrganizations:
    def test_see_nothing_of_one_another(self, octanist: Caller) -> None:
        id = octanist.lead()
        other = octanist.with_key(KEY_RING["other"])

        refused(other("GET", f"/leads/{id}"), 404, "NOT_FOUND")
        assert other("GET", "/leads").json()["data"] == []
        assert other("GET", "/leads", params={"search": "john"}).json()["meta"]["pagination"]["total"] == 0

    @pytest.mark.parametrize("name", ["id", "email", "phone"])
    def test_change_nothing_of_one_another(self, octanist: Caller, name: str) -> None:
        id = octanist.lead()
        before = octanist.read(id)
        other = octanist.with_key(KEY_RING["other"])

        refused(other("PATCH", "/leads", json={name: before[name], "status": "lost"}), 404, "NOT_FOUND")

        assert octanist.read(id) == before

    def test_may_have_leads_with_the_same_email(self, octanist: Caller) -> None:
        theirs = octanist.with_key(KEY_RING["other"])
        id, their_id = octanist.lead(), theirs.lead()

        reply = octanist("PATCH", "/leads", json={"email": JOHN["email"], "note": "Ours"})

        assert reply.json()["data"] == {"leadId": id, "leadsUpdated": 1, "message": "Lead updated successfully"}
        assert theirs.read(their_id)["note"] is None


class TestOddInput:
    @pytest.mark.parametrize(
        "content",
        [
            b"",
            b"{",
            b"null",
            b"[]",
            b'"ID"',
            b'[{"id": "ID", "note": "Changed"}]',
            b"id=ID&note=Changed",
            b'{"id": "ID", "note": "Changed",}',
            b'{"id": "ID", "note": "Changed", "note": "Again"}',
            b'{"id": "ID", "note": "\xff"}',
            b'{"id": "ID", "note": "Changed", "value": NaN}',
            b'{"id": "ID", "note": "Changed", "value": 1e999}',
            b'{"id": "ID", "note": "Changed", "value": true}',
            b'{"id": "ID", "note": "Changed", "value": "much"}',
            b'{"id": "ID", "note": "Changed", "value": ""}',
            b'{"id": "ID", "note": "Changed", "value": [5]}',
            b'{"id": "ID", "note": "Changed", "status": "open"}',
            b'{"id": "ID", "note": "Changed", "status": "WON"}',
            b'{"id": "ID", "note": "Changed", "status": "won", "changedTo": "win"}',
            b'{"id": "ID", "note": 5}',
            b'{"id": ["ID"], "note": "Changed"}',
            b'{"id": 5, "email": "john@example.com", "note": "Changed"}',
            b'{"id": "ID", "note": "Changed", "deep": ' + b"[" * 200 + b"]" * 200 + b"}",
            b'{"id": "ID", "note": "' + b"x" * 2_000_000 + b'"}',
        ],
        ids=lambda content: content[:60].decode("latin-1"),
    )
    def test_is_answered_4xx_in_the_envelope_and_changes_nothing(self, octanist: Caller, content: bytes) -> None:
        id = octanist.lead()
        before = octanist.read(id)
        sent = content.replace(b"ID", id.encode())

        reply = octanist("PATCH", "/leads", content=sent, headers={"Content-Type": "application/json"})

        refused(reply, 413 if len(sent) > 1_000_000 else 400, "VALIDATION_ERROR")
        assert octanist.read(id) == before

    @pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", None])
    def test_another_content_type_is_400(self, octanist: Caller, kind: str | None) -> None:
        id = octanist.lead()
        headers = {"Content-Type": kind} if kind else {}

        reply = octanist("PATCH", "/leads", content=json.dumps({"id": id, "note": "x"}).encode(), headers=headers)

        refused(reply, 400, "VALIDATION_ERROR")
        assert octanist.read(id)["note"] is None

    @pytest.mark.parametrize("text", ["\u0000", "👩\u200d👧", "null", "<b>", "'; --", " ", "x" * 100_000])
    def test_odd_texts_are_stored_as_they_are(self, octanist: Caller, text: str) -> None:
        id = octanist.lead(name=text, custom=text)

        octanist("PATCH", "/leads", json={"id": id, "status": "lost", "note": text, "lossReason": text})

        lead = octanist.read(id)
        assert [lead[field] for field in ("name", "custom", "note", "lossReason")] == [text] * 4

    def test_unknown_fields_are_ignored(self, octanist: Caller) -> None:
        id = octanist.lead()

        reply = octanist("PATCH", "/leads", json={"id": id, "alsoQualified": True, "name": "x", "currency": "EUR"})

        assert reply.status_code == 200
        assert octanist.read(id)["name"] == "John Doe"
