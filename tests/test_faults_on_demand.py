"""Faults that integrators ask for: single answers spoilt, exactly as they were armed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.in_process import client_of
from tests.test_serving import serving

KEY = "aura_pk_live_faults"
OTHER = "aura_pk_live_others"
SCOPE = {"X-Sandbox-Key": KEY}


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

    def test_gives_a_documented_error_with_its_real_body(self, client: httpx.Client) -> None:
        lead = create(client).json()["data"]["id"]
        headers = {"Authorization": f"Bearer {KEY}", "X-Sandbox-Fault": "error=404"}

        answer = client.get(f"/v1/leads/{lead}", headers=headers)

        assert (answer.status_code, answer.json()["code"]) == (404, "NOT_FOUND")

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
            ("nonsense", "there are error="),
            ("", "there are error="),
            ("error=409", "documented are none"),
            ("status=200", "between 400 and 599"),
            ("status=x", "between 400 and 599"),
            ("delay=-1", "number of seconds"),
            ("delay=61", "number of seconds"),
            ("delay=nan", "number of seconds"),
            ("close=now", "none of before, middle, after"),
            ("missing=surname", "it has company"),
            ("unknown_enum=email", "only status"),
            ("extra=email", "a name that the answer does not have"),
            ("content_type=html", "no media type"),
            ("truncated=1", "takes no value"),
            ("status=\xb2", "printable ASCII"),
            ("extra=\xfcber", "printable ASCII"),
            ("status=500,status=501", "there twice"),
            ("status=500,close=after", "exclude each other"),
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
            ({"operation": "create_lead", "fault": "error=404"}, "documented are none"),
            ({"fault": "nonsense"}, "there are error="),
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
        with pytest.raises(Exception, match="closed on purpose"):
            create(client_of(), "close=after")
