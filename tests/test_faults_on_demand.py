"""Faults that integrators ask for: single answers spoilt, exactly as they were armed."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

import openapi
from mock_server import APIS
from mock_server.on_demand.armed import possible_errors
from tests.in_process import client_of
from tests.programs import serving, wait_until

KEY = "aura_pk_live_faults"
OTHER = "aura_pk_live_others"
SCOPE = {"X-Sandbox-Key": KEY}
BEARER = {"Authorization": f"Bearer {KEY}"}


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    with serving() as (root, _):
        yield root


@pytest.fixture
def wire(served: str) -> Iterator[httpx.Client]:
    """A client of a sandbox behind a socket, whose organization is empty."""
    with httpx.Client(base_url=served) as client:
        client.post("/_sandbox/reset")
        yield client


def create(client: httpx.Client, fault: str | None = None, key: str = KEY) -> httpx.Response:
    headers = {b"Authorization": f"Bearer {key}".encode()}
    if fault:
        headers[b"X-Sandbox-Fault"] = fault.encode("latin-1")
    return client.post("/v1/leads", json={"email": "john@example.com"}, headers=headers)


def count(client: httpx.Client, key: str = KEY) -> int:
    return len(client.get("/v1/leads", headers={"Authorization": f"Bearer {key}"}).json()["data"])


def arm(client: httpx.Client, headers: dict[str, str] = SCOPE, **body: Any) -> httpx.Response:
    return client.post("/_sandbox/faults", json={"api": "aura", **body}, headers=headers)


class TestAFaultInTheHeader:
    @pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 429, 500, 503])
    def test_gives_a_status_in_the_envelope_and_changes_nothing(self, client: httpx.Client, status: int) -> None:
        answer = create(client, f"status={status}")

        assert answer.status_code == status
        assert answer.json()["success"] is False
        assert answer.headers["X-Sandbox-Fault"] == f"status={status}"
        assert count(client) == 0

    @pytest.mark.parametrize("status", [200, 202, 302])
    def test_gives_another_status_to_what_took_effect(self, client: httpx.Client, status: int) -> None:
        answer = create(client, f"status={status}")

        assert answer.status_code == status
        assert answer.json()["data"]["email"] == "john@example.com"
        assert count(client) == 1

    @pytest.mark.parametrize("status", [204, 205, 304])
    def test_gives_no_body_with_a_status_that_has_none(self, client: httpx.Client, status: int) -> None:
        answer = create(client, f"status={status}")

        assert (answer.status_code, answer.content) == (status, b"")
        assert count(client) == 1

    def test_gives_429_with_the_documented_headers(self, client: httpx.Client) -> None:
        client.put("/_sandbox/clock", json={"now": "2026-01-17T08:00:20Z"}, headers=SCOPE)

        headers = create(client, "status=429").headers

        assert headers["Retry-After"] == "40"
        assert (headers["X-RateLimit-Limit"], headers["X-RateLimit-Remaining"]) == ("100", "0")
        assert headers["X-RateLimit-Reset"] == "1768636860"

    @pytest.mark.parametrize(
        ("fault", "field", "value"),
        [
            ("missing=email", "email", None),
            ("wrong_type=email", "email", [7]),
            ("wrong_type=notes", "notes", 7),
            ("unknown_enum=status", "status", "a_value_of_next_year"),
            ("extra=next_year", "next_year", "a field of next year"),
        ],
    )
    def test_breaks_the_contract_in_the_answer_only(
        self, client: httpx.Client, fault: str, field: str, value: Any
    ) -> None:
        answer = create(client, fault)

        assert answer.status_code == 201
        assert answer.json()["data"].get(field) == value
        stored = client.get("/v1/leads", headers={"Authorization": f"Bearer {KEY}"}).json()["data"][0]
        assert (stored["email"], stored["status"], stored["notes"]) == ("john@example.com", "new", [])
        assert "next_year" not in stored

    @pytest.mark.parametrize(
        ("fault", "value"),
        [
            ("missing=email", (None, "api")),
            ("wrong_type=email", ([7], "api")),
            ("unknown_enum=source", ("john@example.com", "a_value_of_next_year")),
        ],
    )
    @pytest.mark.parametrize("path", ["/api/leads", "/api/leads/lead_a"])
    def test_spoils_a_field_of_a_lead_whichever_operation_shows_it(
        self, client: httpx.Client, path: str, fault: str, value: tuple[Any, Any]
    ) -> None:
        lead = {"id": "lead_a", "email": "john@example.com", "source": "api"}
        client.post("/_sandbox/leads/octanist", json={"leads": [lead]}, params={"key": FULL["octanist"]})

        answer = client.get(path, headers={"X-API-KEY": FULL["octanist"], "X-Sandbox-Fault": fault})

        data = answer.json()["data"]
        (shown,) = data if isinstance(data, list) else [data]
        assert answer.headers["X-Sandbox-Fault"] == fault
        assert (shown.get("email"), shown.get("source")) == value

    def test_gives_no_field_that_the_answer_has(self, client: httpx.Client) -> None:
        answer = client.get("/api/leads/x", headers={"X-API-KEY": FULL["octanist"], "X-Sandbox-Fault": "extra=email"})

        assert "the answer has this field" in answer.json()["error"]["message"]

    def test_spoils_each_item_of_a_list(self, client: httpx.Client) -> None:
        create(client)
        create(client)
        headers = {"Authorization": f"Bearer {KEY}", "X-Sandbox-Fault": "missing=id"}

        listed = client.get("/v1/leads", headers=headers).json()["data"]

        assert ["id" in lead for lead in listed] == [False, False]

    def test_can_have_several_parts(self, client: httpx.Client) -> None:
        answer = create(client, "missing=email,content_type=text/html")

        assert answer.headers["Content-Type"] == "text/html"
        assert "email" not in answer.json()["data"]

    @pytest.mark.parametrize(
        ("fault", "complaint"),
        [
            ("nonsense", "'nonsense' is no part of a fault; the parts are error="),
            ("", "the parts are error="),
            ("error=409", "aura documents no error '409' for create_lead, but 400, 401, 429, 500; status= takes any"),
            ("status=199", "from 200 to 599"),
            ("status=600", "from 200 to 599"),
            ("status=x", "from 200 to 599"),
            ("status=503,missing=email", "missing spoils a successful answer, which a call with status does not get"),
            ("close=before,extra=x", "which a call with close does not get"),
            ("delay=-1", "number of seconds"),
            ("delay=61", "number of seconds"),
            ("delay=nan", "number of seconds"),
            ("close=now", "none of close=before, close=middle, close=after"),
            ("missing=surname", "of create_lead of aura has no field 'surname'; its fields are company"),
            ("unknown_enum=email", "no page lists the values of this field, only of status"),
            ("extra=email", "the answer has this field"),
            ("extra", "the name of a field"),
            ("content_type=html", "no media type"),
            ("truncated=1", "takes no value"),
            ("status=\xb2", "printable ASCII"),
            ("extra=\xfcber", "printable ASCII"),
            ("status=500,status=501", "there twice"),
            ("status=500,close=after", "exclude each other"),
            ("status=204,extra=x", "extra cannot be seen, as an answer with status=204 has no body"),
            ("missing=email,status=205", "missing cannot be seen, as an answer with status=205 has no body"),
            ("status=304,content_type=text/html", "content_type cannot be seen"),
            ("close=after,content_type=text/html", "content_type cannot be seen, as an answer with close=after is"),
            ("close=after,wrong_type=email", "wrong_type cannot be seen, as an answer with close=after is never sent"),
            ("missing=email,wrong_type=email", "missing and wrong_type exclude each other where they name the same"),
            ("content_type=/", "no media type"),
            ("content_type=text/", "no media type"),
            ("delay=1_0", "number of seconds"),
        ],
    )
    def test_that_cannot_be_is_refused_at_once_and_nothing_happens(
        self, client: httpx.Client, fault: str, complaint: str
    ) -> None:
        answer = create(client, fault or ",")

        assert answer.status_code == 400
        assert complaint in answer.json()["error"]
        assert answer.headers["X-Sandbox-Fault"] == "refused"
        assert client.get("/_sandbox/coverage", headers=SCOPE).json()["apis"]["aura"]["met"] == 0
        assert count(client) == 0

    @pytest.mark.parametrize(
        ("method", "path", "key", "fault", "status"),
        [
            ("GET", "/v1/leads", "no key", "status=503", 401),
            ("GET", "/v1/nothing", KEY, "status=503", 404),
            ("PUT", "/v1/leads", KEY, "status=503", 405),
            ("GET", "/nothing", KEY, "status=503", 404),
            ("GET", f"/v1/leads/{'0' * 8}-0000-4000-8000-{'0' * 12}", KEY, "missing=email", 404),
            ("GET", "/v1/leads", KEY, "missing=email", 200),
        ],
    )
    def test_that_is_not_in_the_answer_is_said_to_be_ignored(
        self, client: httpx.Client, method: str, path: str, key: str, fault: str, status: int
    ) -> None:
        headers = {"Authorization": f"Bearer {key}", "X-Sandbox-Fault": fault}

        answer = client.request(method, path, headers=headers)

        assert (answer.status_code, answer.headers.get("X-Sandbox-Fault")) == (status, "ignored")


FULL = {name: api.key_ring["full"] for name, api in APIS.items()}
UNKNOWN = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
BAD_JSON = {"content": b"{", "headers": {"Content-Type": "application/json"}}

REAL: dict[str, Any] = {
    "aura/create_lead/400": ("POST", "/leads", BAD_JSON),
    "aura/get_lead/400": ("GET", "/leads/nonsense"),
    "aura/get_lead/404": ("GET", f"/leads/{UNKNOWN}"),
    "aura/list_leads/400": ("GET", "/leads?limit=0"),
    "aura/list_leads/401": ("GET", "/leads", {}, "revoked"),
    "aura/update_lead/400": ("PATCH", f"/leads/{UNKNOWN}", BAD_JSON),
    "aura/update_lead/404": ("PATCH", f"/leads/{UNKNOWN}", {"json": {}}),
    "octanist/update_lead/400": ("PATCH", "/leads", BAD_JSON),
    "octanist/update_lead/401": ("PATCH", "/leads", {"json": {}}, "revoked"),
    "octanist/update_lead/404": ("PATCH", "/leads", {"json": {"id": "x", "status": "won"}}),
    "octanist/update_lead/409": ("PATCH", "/leads", {"json": {"email": "john@example.com"}}),
    "octanist/create_lead/400": ("POST", "/leads", BAD_JSON),
    "octanist/create_lead/403": ("POST", "/leads", {"json": {"name": "Ada"}}),
    "octanist/list_leads/400": ("GET", "/leads?limit=0"),
    "octanist/get_lead/404": ("GET", "/leads/x"),
    "octanist/check_key/401": ("POST", "/check", {}, "revoked"),
    "vorel/update_lead/400": ("PATCH", f"/leads/{UNKNOWN}", BAD_JSON),
    "vorel/update_lead/401": ("PATCH", f"/leads/{UNKNOWN}", {"json": {"name": "Ada"}}, "revoked"),
    "vorel/update_lead/403": ("PATCH", f"/leads/{UNKNOWN}", {"json": {"name": "Ada"}}, "read_only"),
    "vorel/update_lead/404": ("PATCH", f"/leads/{UNKNOWN}", {"json": {"name": "Ada"}}),
    "vorel/get_lead/404": ("GET", f"/leads/{UNKNOWN}"),
    "vorel/create_lead/403": ("POST", "/leads", {"json": {"conversation_id": UNKNOWN}}, "read_only"),
    "vorel/create_lead/404": ("POST", "/leads", {"json": {"conversation_id": UNKNOWN}}),
    "vorel/list_leads/400": ("GET", "/leads?stale_for_days=0"),
    "vorel/create_conversation/400": ("POST", "/conversations", BAD_JSON),
    "vorel/create_conversation/403": ("POST", "/conversations", {"json": {}}, "read_only"),
}
"""By API, operation and status, a call that is refused so by itself: method, path, what is sent, and the key."""


@pytest.fixture(scope="module")
def shared() -> Iterator[httpx.Client]:
    """One sandbox for many calls: what is refused leaves nothing behind."""
    with client_of() as client:
        leads = {"leads": [{"email": "john@example.com"}] * 2}
        client.post("/_sandbox/leads/octanist", json=leads, params={"key": FULL["octanist"]})
        yield client


class TestADocumentedError:
    @pytest.mark.parametrize("id", REAL)
    def test_is_what_the_sandbox_says_where_it_happens_by_itself(self, shared: httpx.Client, id: str) -> None:
        api, _, status = id.split("/")
        shared.patch("/_sandbox/settings", json={"octanist": {"reject_new_leads": id.endswith("403")}})

        real, asked = (self.call(shared, api, fault, *REAL[id]) for fault in ("", f"error={status}"))

        assert (real.status_code, real.headers.get("X-Sandbox-Fault")) == (int(status), None)
        assert (asked.status_code, asked.headers.get("X-Sandbox-Fault")) == (int(status), f"error={status}")
        assert without_ids(asked.json()) == without_ids(real.json())

    @pytest.mark.parametrize("api", APIS)
    def test_is_offered_by_every_operation(self, shared: httpx.Client, api: str) -> None:
        for operation_id in openapi.read(api).operations:
            for status in possible_errors(api, operation_id):
                wanted = {"api": api, "operation": operation_id, "fault": f"error={status}"}
                assert shared.post("/_sandbox/faults", json=wanted).status_code == 200
        shared.delete("/_sandbox/faults")

    def test_of_a_lead_or_conversation_that_is_there_already_is_the_real_one(self, shared: httpx.Client) -> None:
        customer = {"channel": "webform", "customer_identifier": "ada"}
        conversation = self.call(shared, "vorel", "", "POST", "/conversations", {"json": customer}).json()["id"]
        lead = {"conversation_id": conversation}
        assert self.call(shared, "vorel", "", "POST", "/leads", {"json": lead}).status_code == 201

        for path, body in (("/conversations", customer), ("/leads", lead)):
            real, asked = (
                self.call(shared, "vorel", fault, "POST", path, {"json": body}) for fault in ("", "error=409")
            )
            assert (real.status_code, real.json()) == (409, asked.json())

    def call(
        self,
        client: httpx.Client,
        api: str,
        fault: str,
        method: str,
        path: str,
        sent: dict[str, Any] | None = None,
        key: str = "full",
    ) -> httpx.Response:
        """A call with a key of the ring; a good one where a fault is asked for."""
        credential = APIS[api].key_ring["full" if fault else key]
        headers = {"X-API-KEY": credential} if api == "octanist" else {"Authorization": f"Bearer {credential}"}
        sent = dict(sent or {})
        headers |= sent.pop("headers", {}) | ({"X-Sandbox-Fault": fault} if fault else {})
        base = APIS[api].base_path or "/v1"
        return client.request(method, base + path, headers=headers, **sent)


def without_ids(error: dict[str, Any]) -> dict[str, Any]:
    """An error without what differs from call to call."""
    return {name: value for name, value in error.items() if name not in ("requestId", "meta")}


class TestTheJournal:
    def exchange(self, client: httpx.Client) -> dict[str, Any]:
        return dict(client.get("/_sandbox/journal").json()["exchanges"][-1])

    def test_has_the_half_that_was_sent_of_an_answer(self, wire: httpx.Client) -> None:
        answer = create(wire, "truncated")

        shown = self.exchange(wire)["response"]
        assert shown["body"] == answer.text
        assert shown["headers"] == dict(answer.headers.items() - {("date", answer.headers["date"])})
        assert shown["cut"] == "the JSON of the answer ends halfway"

    @pytest.mark.parametrize("when", ["before", "after"])
    def test_has_nothing_of_an_answer_that_was_not_sent(self, wire: httpx.Client, when: str) -> None:
        with pytest.raises(httpx.RemoteProtocolError):
            create(wire, f"close={when}")

        exchange = self.exchange(wire)
        assert exchange["response"] == {
            "status": 0,
            "headers": {},
            "body": "",
            "cut": "the connection was closed before any of the answer was sent",
        }
        assert len(exchange["changes"]) == (when == "after")
        told = wire.get(f"/_sandbox/explain/{exchange['id']}").json()["sentences"]
        assert f"it would have been answered {201 if when == 'after' else 500}." in told[0]
        assert f"by close={when}: the connection was closed before any of the answer was sent" in told[-1]

    def test_has_the_half_after_which_the_connection_was_closed(self, wire: httpx.Client) -> None:
        with pytest.raises(httpx.RemoteProtocolError):
            create(wire, "close=middle")

        shown = self.exchange(wire)["response"]
        assert shown["status"] == 201
        assert 2 * len(shown["body"]) <= int(shown["headers"]["content-length"]) <= 2 * len(shown["body"]) + 1
        assert shown["cut"] == "the connection was closed in the middle of the answer"

    def test_as_har_has_what_was_sent_and_says_what_was_not(self, wire: httpx.Client) -> None:
        with pytest.raises(httpx.RemoteProtocolError):
            create(wire, "close=after")

        har = wire.get("/_sandbox/journal", headers={"Accept": "application/har+json"}).json()
        response = har["log"]["entries"][-1]["response"]
        assert (response["status"], response["bodySize"], response["content"]["text"]) == (0, 0, "")
        assert response["comment"] == "the connection was closed before any of the answer was sent"

    def test_counts_the_time_that_an_answer_was_held_back(self, wire: httpx.Client) -> None:
        create(wire, "delay=0.1")

        assert 0.1 <= self.exchange(wire)["seconds"] < 1


class TestTheConnection:
    @pytest.mark.parametrize(("when", "leads"), [("before", 0), ("middle", 1), ("after", 1)])
    def test_is_closed_before_in_the_middle_of_or_after_the_call(
        self, wire: httpx.Client, when: str, leads: int
    ) -> None:
        with pytest.raises(httpx.RemoteProtocolError):
            create(wire, f"close={when}")

        assert count(wire) == leads

    def test_carries_half_of_the_json(self, wire: httpx.Client) -> None:
        answer = create(wire, "truncated")

        assert answer.status_code == 201
        with pytest.raises(ValueError, match=r"."):
            answer.json()

    def test_carries_the_answer_late(self, wire: httpx.Client) -> None:
        assert create(wire, "delay=0.2").elapsed.total_seconds() >= 0.2

    def test_goes_on_for_the_next_call(self, wire: httpx.Client) -> None:
        with pytest.raises(httpx.RemoteProtocolError):
            create(wire, "close=after")

        assert create(wire).status_code == 201


class TestAnArmedFault:
    def test_spoils_the_next_calls_of_its_operation_and_no_more(self, client: httpx.Client) -> None:
        arm(client, operation="create_lead", fault="status=503", times=2)

        assert count(client) == 0
        assert [create(client).status_code for _ in range(3)] == [503, 503, 201]

    def test_stays_until_it_is_removed(self, client: httpx.Client) -> None:
        id = arm(client, fault="status=503").json()["fault"]["id"]
        spoilt = [create(client).status_code for _ in range(3)]

        assert client.delete("/_sandbox/faults", params={"id": id}).json() == {"removed": 1}
        assert [*spoilt, create(client).status_code] == [503, 503, 503, 201]

    def test_waits_in_line(self, client: httpx.Client) -> None:
        for status in (500, 429):
            arm(client, fault=f"status={status}", times=1)

        assert [create(client).status_code for _ in range(3)] == [500, 429, 201]

    def test_of_every_operation_waits_for_one_that_documents_its_error(self, client: httpx.Client) -> None:
        arm(client, fault="error=404", times=1)

        lead = create(client)
        answers = [client.get(f"/v1/leads/{lead.json()['data']['id']}", headers=BEARER) for _ in range(2)]

        assert [lead.status_code, *(each.status_code for each in answers)] == [201, 404, 200]

    @pytest.mark.parametrize(
        "fault", ["missing=email", "wrong_type=email", "extra=x", "status=202", "delay=0.01,extra=x"]
    )
    def test_that_spoils_successes_is_not_used_up_by_a_refusal(self, client: httpx.Client, fault: str) -> None:
        arm(client, fault=fault, times=1)

        refused = client.post("/v1/leads", json={}, headers=BEARER)

        assert refused.status_code == 400
        assert "X-Sandbox-Fault" not in refused.headers
        assert client.get("/_sandbox/faults", headers=SCOPE).json()["faults"][0]["left"] == 1
        assert [create(client).headers.get("X-Sandbox-Fault") for _ in range(2)] == [fault, None]

    @pytest.mark.parametrize("named", [True, False])
    def test_that_is_removed_while_a_call_is_under_way_does_not_wait_again(
        self, wire: httpx.Client, named: bool
    ) -> None:
        fault = arm(wire, fault="missing=email", times=1).json()["fault"]
        head = f"POST /v1/leads HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {KEY}\r\n"
        with socket.create_connection((wire.base_url.host, wire.base_url.port or 80)) as half:
            half.sendall(f"{head}Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{{".encode())
            wait_until(lambda: not wire.get("/_sandbox/faults", headers=SCOPE).json()["faults"])
            params = {"id": fault["id"]} if named else {}
            removed = wire.delete("/_sandbox/faults", headers=SCOPE, params=params).json()
            half.sendall(b"}")
            answer = half.recv(1000)

        assert (removed, answer[:13]) == ({"removed": 1}, b"HTTP/1.1 400 ")
        assert wire.get("/_sandbox/faults", headers=SCOPE).json()["faults"] == []
        assert "email" in create(wire).json()["data"]

    def test_that_spoils_a_field_is_not_used_up_by_answers_without_it(self, client: httpx.Client) -> None:
        arm(client, fault="missing=email", times=1)

        assert count(client) == 0
        assert "email" not in create(client).json()["data"]
        assert client.get("/_sandbox/faults", headers=SCOPE).json()["faults"] == []

    def test_that_had_nothing_to_spoil_lets_the_call_count_as_covered(self, client: httpx.Client) -> None:
        arm(client, fault="missing=email", times=1)
        count(client)

        (exchange,) = client.get("/_sandbox/journal").json()["exchanges"]
        assert exchange["fault"] == ""
        assert "aura/list_leads/replies_match_the_contract" in exchange["requirements"]

    def test_is_of_one_organization(self, client: httpx.Client) -> None:
        arm(client, fault="status=503", times=1)

        assert [create(client, key=OTHER).status_code, create(client).status_code] == [201, 503]

    def test_is_of_all_present_and_future_ones_without_a_key(self, client: httpx.Client) -> None:
        arm(client, {}, fault="status=503", times=2)

        assert [create(client, key=key).status_code for key in (KEY, OTHER, KEY)] == [503, 503, 201]

    def test_is_forgotten_by_a_reset(self, client: httpx.Client) -> None:
        arm(client, fault="status=503")
        client.post("/_sandbox/reset", headers=SCOPE)

        assert create(client).status_code == 201

    def test_is_listed_with_what_is_left_of_it(self, client: httpx.Client) -> None:
        arm(client, operation="create_lead", fault="status=503", times=3)
        create(client)

        (waiting,) = client.get("/_sandbox/faults", headers=SCOPE).json()["faults"]
        assert (waiting["operation"], waiting["fault"], waiting["left"]) == ("create_lead", "status=503", 2)

    @pytest.mark.parametrize(
        ("body", "complaint"),
        [
            ({"operation": "delete_lead", "fault": "status=500"}, "it has create_lead"),
            ({"operation": "create_lead", "fault": "error=404"}, "no error '404' for create_lead"),
            ({"fault": "error=409"}, "no error '409' for any operation, but 400, 401, 404, 429, 500"),
            ({"fault": "nonsense"}, "the parts are error="),
            ({"api": "vorel", "fault": "status=500"}, "none of vorel"),
            ({"fault": "status=500", "times": 0}, "times"),
            ({"fault": "extra=\u65e5\u672c"}, "printable ASCII"),
            ({"fault": "extra=a\r\nb: c"}, "printable ASCII"),
            ({}, "fault"),
        ],
    )
    def test_that_cannot_be_is_refused(self, client: httpx.Client, body: dict[str, Any], complaint: str) -> None:
        create(client)

        answer = arm(client, **body)

        assert answer.status_code == 400
        assert complaint in answer.json()["error"]

    def test_makes_an_answer_that_covers_nothing_but_is_in_the_journal(self, client: httpx.Client) -> None:
        create(client, "missing=email")

        (exchange,) = client.get("/_sandbox/journal").json()["exchanges"]
        assert exchange["fault"] == "missing=email"
        assert exchange["requirements"] == []


class TestInProcess:
    def test_a_closed_connection_is_an_error_of_the_client(self) -> None:
        with pytest.raises(httpx.RemoteProtocolError, match="The server closed the connection"):
            create(client_of(), "close=after")
