"""What the sandbox remembers of each exchange, and how it tells."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from typing import Any

import httpx
import pytest
from starlette.types import Message, Receive, Scope, Send

from mock_server import APIS
from mock_server.events import MOST_WAITING
from mock_server.journal import Limits
from mock_server.serve import sandbox
from mock_server.testing.in_process import answer
from tests.in_process import InProcess, client_of
from tests.programs import serving

KEY = "vapk_live_" + "a" * 48
OTHER = "vapk_live_" + "b" * 48


def call(client: httpx.Client, method: str, path: str, key: str = KEY, **options: Any) -> httpx.Response:
    return client.request(method, f"/api/v1{path}", headers={"Authorization": f"Bearer {key}"}, **options)


def exchanges(client: httpx.Client, **query: Any) -> list[dict[str, Any]]:
    return list(client.get("/_sandbox/journal", params=query).json()["exchanges"])


class TestEveryAnswer:
    def test_names_its_exchange_which_the_journal_has(self, client: httpx.Client) -> None:
        answers = [call(client, "GET", "/leads"), call(client, "GET", "/nothing"), client.get("/v1/leads/1")]

        ids = [answer.headers["X-Sandbox-Exchange"] for answer in answers]
        assert sorted(each["id"] for each in exchanges(client)) == sorted(ids)

    def test_of_the_same_calls_names_the_same_exchanges(self) -> None:
        def transcript() -> list[str]:
            client = client_of()
            return [call(client, "GET", "/leads").headers["X-Sandbox-Exchange"] for _ in range(3)]

        assert transcript() == transcript()

    def test_names_its_exchange_as_no_other_was_named_also_after_a_reset(self, client: httpx.Client) -> None:
        named = []
        for reset in ({}, {"key": KEY}, {"organization": "vorel-e3b0c442"}, {}):
            for key in (KEY, "revoked"):
                named.append(call(client, "GET", "/leads", key=key).headers["X-Sandbox-Exchange"])
            client.post("/_sandbox/reset", params=reset)
            client.delete("/_sandbox/coverage")
        named.append(call(client, "GET", "/leads").headers["X-Sandbox-Exchange"])

        assert len(set(named)) == len(named) == 9

    def test_of_the_control_api_is_in_no_journal(self, client: httpx.Client) -> None:
        assert "X-Sandbox-Exchange" not in client.get("/_sandbox/info").headers
        assert exchanges(client) == []


class TestTheJournal:
    def test_holds_what_was_sent_answered_and_changed(self, client: httpx.Client) -> None:
        body = {"channel": "webform", "customer_identifier": "a@example.com"}
        conversation = call(client, "POST", "/conversations", json=body).json()["id"]
        lead = call(client, "POST", "/leads", json={"conversation_id": conversation}).json()["id"]

        call(client, "PATCH", f"/leads/{lead}", json={"name": "Ada"})

        last = exchanges(client)[-1]
        assert (last["operation"], last["request"]["body"], last["response"]["status"]) == (
            "update_lead",
            '{"name":"Ada"}',
            200,
        )
        assert last["changes"][lead]["name"] == [None, "Ada"]

    def test_says_why_a_call_was_refused(self, client: httpx.Client) -> None:
        call(client, "PATCH", "/leads/1", json={"name": "Ada"})

        assert exchanges(client)[0]["refusal"].startswith("id: ")

    def test_masks_credentials_unless_they_are_asked_for(self, client: httpx.Client) -> None:
        call(client, "GET", "/leads")

        assert KEY not in client.get("/_sandbox/journal").text
        assert KEY not in client.get("/_sandbox/journal", headers={"Accept": "application/har+json"}).text
        assert KEY in client.get("/_sandbox/journal", params={"credentials": "shown"}).text
        (exchange,) = exchanges(client)
        assert exchange["request"]["headers"]["authorization"] == f"Bearer {exchange['key']}"

    def test_masks_a_credential_wherever_it_was_sent(self, client: httpx.Client) -> None:
        call(client, "PATCH", f"/leads/{KEY}?api_key={KEY}", json={"name": KEY})
        body = {"channel": "webform", "customer_identifier": "a@example.com"}
        conversation = call(client, "POST", "/conversations", json=body).json()["id"]
        lead = {"conversation_id": conversation, "name": KEY, "attributes": {KEY: [KEY]}}
        assert call(client, "POST", "/leads", json=lead).is_success

        assert exchanges(client)[-1]["changes"]
        assert KEY not in client.get("/_sandbox/journal").text
        assert KEY not in client.get("/_sandbox/journal", headers={"Accept": "application/har+json"}).text

    @pytest.mark.parametrize("raw_path", [True, False])
    def test_holds_the_path_as_it_was_sent(self, raw_path: bool) -> None:
        app = sandbox(APIS)

        async def served(scope: Scope, receive: Receive, send: Send) -> None:
            kept = scope if raw_path else {name: each for name, each in scope.items() if name != "raw_path"}
            await app(kept, receive, send)

        client = httpx.Client(transport=InProcess(served), base_url="http://sandbox")
        call(client, "GET", "/leads/a%3Fx=1%20%0A?q=%26")

        entries = client.get("/_sandbox/journal", headers={"Accept": "application/har+json"}).json()["log"]["entries"]
        (request,) = [each["request"] for each in entries]
        assert request["url"] == "http://sandbox/api/v1/leads/a%3Fx=1%20%0A?q=%26"
        assert request["queryString"] == [{"name": "q", "value": "&"}]

    def test_is_in_the_order_of_the_calls_whatever_the_clocks_say(self, client: httpx.Client) -> None:
        call(client, "GET", "/leads")
        client.put("/_sandbox/clock", json={"now": "2020-01-01T00:00:00Z"}, headers={"X-Sandbox-Key": OTHER})
        call(client, "GET", "/leads", OTHER)

        assert [each["at"][:4] for each in exchanges(client)][1] == "2020"

    def test_belongs_to_the_organization(self, client: httpx.Client) -> None:
        call(client, "GET", "/leads")
        call(client, "GET", "/leads", OTHER)

        assert len(exchanges(client, key=KEY)) == 1
        assert len(exchanges(client)) == 2

    def test_gives_the_calls_of_a_revoked_key_to_its_organization(self, client: httpx.Client) -> None:
        ring = client.get("/_sandbox/info").json()["key_ring"]["vorel"]

        call(client, "GET", "/leads", ring["revoked"])

        assert [each["response"]["status"] for each in exchanges(client, key=ring["full"])] == [401]

    def test_gives_calls_without_a_good_key_to_the_one_in_the_header(self, client: httpx.Client) -> None:
        client.get("/api/v1/leads", headers={"X-Sandbox-Key": KEY})

        assert [each["response"]["status"] for each in exchanges(client, key=KEY)] == [401]

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ({"operation": "get_lead"}, 1),
            ({"status": 404}, 1),
            ({"status": 200}, 1),
            ({"api": "aura"}, 0),
            ({"method": "GET"}, 2),
            ({"method": "get"}, 2),
            ({"method": "PATCH"}, 0),
            ({"limit": 1}, 1),
        ],
    )
    def test_can_be_filtered(self, client: httpx.Client, query: dict[str, Any], count: int) -> None:
        call(client, "GET", "/leads")
        call(client, "GET", "/leads/3c90c3cc-0d44-4b50-8888-8dd25736052a")

        assert len(exchanges(client, **query)) == count

    def test_is_not_asked_for_an_operation_that_no_api_has(self, client: httpx.Client) -> None:
        call(client, "GET", "/nothing")

        refused = client.get("/_sandbox/journal", params={"operation": "nope"})

        assert refused.status_code == 400
        assert refused.json()["error"].startswith("operation: no API has an operation 'nope'; there are ")
        assert "create_conversation" in refused.json()["error"]
        assert len(exchanges(client, operation="")) == 1

    @pytest.mark.parametrize("limits", [Limits(exchanges=3), Limits(bytes=2500)])
    def test_drops_the_oldest_and_counts_them(self, limits: Limits) -> None:
        client = client_of(limits=limits)
        for _ in range(20):
            call(client, "GET", "/leads")

        journal = client.get("/_sandbox/journal").json()
        assert 0 < len(journal["exchanges"]) < 20
        assert len(journal["exchanges"]) + journal["dropped"] == 20
        assert journal["exchanges"][-1]["id"].endswith("-20")

    def test_drops_what_fits_nowhere_and_nothing_else_for_it(self) -> None:
        client = client_of(limits=Limits(bytes=10_000))
        for content in (b"{}", b" " * 10_000, b"{}"):
            call(client, "PATCH", "/leads/1", content=content)

        journal = client.get("/_sandbox/journal").json()
        assert [each["id"].rpartition("-")[2] for each in journal["exchanges"]] == ["1", "3"]
        assert journal["dropped"] == 1

    def test_can_be_forgotten(self, client: httpx.Client) -> None:
        call(client, "GET", "/leads")

        assert client.delete("/_sandbox/journal", params={"key": KEY}).json() == {"forgotten": 1}
        assert exchanges(client) == []


class TestTheHar:
    def test_has_what_developer_tools_need(self, client: httpx.Client) -> None:
        call(client, "PATCH", "/leads/3c90c3cc-0d44-4b50-8888-8dd25736052a?a=1", json={"name": "Zoë"})

        answer = client.get("/_sandbox/journal", headers={"Accept": "application/har+json"})
        log = answer.json()["log"]
        (entry,) = log["entries"]
        assert answer.headers["Content-Type"] == "application/har+json"
        assert log["version"] == "1.2"
        assert entry["request"]["queryString"] == [{"name": "a", "value": "1"}]
        assert json.loads(entry["request"]["postData"]["text"]) == {"name": "Zoë"}
        assert entry["response"]["content"]["mimeType"] == "application/json"
        assert {"startedDateTime", "time", "cache", "timings"} <= entry.keys()


class TestAnExplanation:
    def test_says_what_happened(self, client: httpx.Client) -> None:
        id = call(client, "GET", "/leads/3c90c3cc-0d44-4b50-8888-8dd25736052a").headers["X-Sandbox-Exchange"]

        told = client.get(f"/_sandbox/explain/{id}").json()
        assert told["status"] == 404
        assert told["sentences"][0].endswith("is the operation get_lead of vorel; it was answered 404.")
        assert told["sentences"][1] == "It was refused: No such lead."

    def test_masks_the_credential_where_it_was_sent_as_something_else(self, client: httpx.Client) -> None:
        id = call(client, "GET", f"/leads/{KEY}").headers["X-Sandbox-Exchange"]

        told = client.get(f"/_sandbox/explain/{id}").json()["sentences"]
        assert told[0].startswith("GET /api/v1/leads/vapk_live_...aaaa is the operation get_lead of vorel;")
        assert KEY not in "".join(told)

    @pytest.mark.parametrize("id", ["nonsense", "vorel-00000000-1"])
    def test_of_something_unknown_is_404(self, client: httpx.Client, id: str) -> None:
        answer = client.get(f"/_sandbox/explain/{id}")

        assert answer.status_code == 404
        assert answer.json()["error"].startswith("exchange: the journal has no")


class TestTheStream:
    def test_tells_of_exchanges_as_they_happen_and_of_no_other_organization(self) -> None:
        with serving() as (root, _), httpx.Client(base_url=root) as client:
            call(client, "GET", "/leads")
            with client.stream("GET", "/_sandbox/events", params={"key": KEY}) as events:
                lines = events.iter_lines()
                assert next(lines).startswith(":")
                with httpx.Client(base_url=root) as another:
                    call(another, "GET", "/leads", OTHER)
                    call(another, "GET", "/nothing")
                data = next(line for line in lines if line.startswith("data: "))

        assert json.loads(data.removeprefix("data: "))["request"]["target"] == "/api/v1/nothing"

    @pytest.mark.parametrize(("calls", "size"), [(MOST_WAITING.exchanges + 10, 1), (20, 900_000)])
    def test_keeps_so_much_for_a_reader_that_stalls_and_tells_what_it_left_out(self, calls: int, size: int) -> None:
        app, lead = sandbox(APIS), {"email": "a@example.com", "company": "x" * size}
        sent: list[bytes] = []

        async def stall() -> None:
            reads, begun = asyncio.Event(), asyncio.Event()

            async def receive() -> Message:
                await asyncio.Event().wait()
                return {}

            async def send(message: Message) -> None:
                sent.append(message.get("body", b""))
                begun.set()
                if sent[-1].startswith(b"event:"):
                    await reads.wait()

            scope = {"type": "http", "method": "GET", "path": "/_sandbox/events", "query_string": b"", "headers": []}
            streaming = asyncio.create_task(app(scope, receive, send))
            await begun.wait()
            for _ in range(calls):
                headers = {"X-Sandbox-Fault": "status=503"}
                await answer(app, httpx.Request("POST", "http://sandbox/v1/leads", json=lead, headers=headers))
            app.world.publish(None)
            reads.set()
            await asyncio.wait_for(streaming, 30)

        asyncio.run(stall())
        told = [each for each in sent if each.startswith(b"event: exchange")]
        (missed,) = re.findall(rb'event: missed\ndata: {"exchanges": (\d+)}', b"".join(sent))
        assert len(told) + int(missed) == calls
        assert sum(map(len, told[1:])) < MOST_WAITING.bytes * 1.1
        assert len(told) <= MOST_WAITING.exchanges + 1

    def test_ends_when_the_sandbox_does(self) -> None:
        with serving() as (root, process), httpx.Client() as client:
            with client.stream("GET", f"{root}/_sandbox/events") as events:
                lines = events.iter_lines()
                next(lines)
                threading.Thread(target=process.terminate).start()
                rest = list(lines)
            _, err = process.communicate(timeout=10)

        assert "".join(rest) == ""
        assert "Traceback" not in err
        assert process.returncode == 0
