"""The control client, `mock_server.client`: every operation of the control API, with and without await."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Callable, Iterator
from dataclasses import fields
from typing import Any

import httpx
import pytest

import openapi
from mock_server import client
from mock_server.client import AsyncSandboxClient, SandboxClient, SandboxError
from mock_server.testing import LeadSandbox, opened

KEY = "vapk_live_" + "c" * 48
CONVERSATION = {"channel": "webform", "customer_identifier": "ada@example.com"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[LeadSandbox]:
    with opened("in-process") as sandbox:
        yield sandbox


@pytest.fixture
def control(sandbox: LeadSandbox) -> Iterator[SandboxClient]:
    """Steers one organization, which is empty."""
    with sandbox.control_of(KEY) as control:
        control.reset()
        control.clear_coverage()
        yield control


@pytest.fixture
def vorel(sandbox: LeadSandbox) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url="http://sandbox/api/v1", headers={"Authorization": f"Bearer {KEY}"}, transport=sandbox.transport
    ) as client:
        yield client


class TestTheClients:
    @pytest.mark.parametrize("kind", [SandboxClient, AsyncSandboxClient])
    @pytest.mark.parametrize("operation_id", openapi.read("sandbox").operations)
    def test_have_a_documented_method_for_each_operation(self, kind: type, operation_id: str) -> None:
        method = getattr(kind, operation_id, None)

        assert method is not None
        assert inspect.getdoc(method)

    def test_have_no_other_methods_than_these_and_get_har(self) -> None:
        methods = {name for name in dir(SandboxClient) if not name.startswith("_")} - {"send", "close"}

        assert methods == {*openapi.read("sandbox").operations, "get_har"}

    def test_tell_what_a_method_takes(self, control: SandboxClient) -> None:
        assert list(inspect.signature(control.reset).parameters) == ["seed", "clock", "organization"]

    @pytest.mark.parametrize("operation_id", openapi.read("sandbox").operations)
    def test_take_each_parameter_of_an_operation(self, control: SandboxClient, operation_id: str) -> None:
        contract = openapi.read("sandbox")
        operation = contract.operations[operation_id]
        item = contract.inlined(contract.document["paths"][operation.path])
        declared = [*item.get("parameters", []), *item[operation.method.lower()].get("parameters", [])]
        # The key is the client's own, the root is for a HAR, and `with` is a word of Python's.
        named = {"with": "until"}
        documented = {named.get(each["name"], each["name"]) for each in declared} - {"key", "root"}

        assert documented - set(inspect.signature(getattr(control, operation_id)).parameters) == set()

    @pytest.mark.parametrize(
        "answer", [client.Exchange, client.Fault, client.Organization, client.Snapshot, client.Trial]
    )
    def test_know_each_member_of_an_answer(self, answer: type) -> None:
        schema = openapi.read("sandbox").document["components"]["schemas"][answer.__name__]

        assert {each.name for each in fields(answer)} == set(schema["properties"])

    def test_know_each_member_of_what_was_sent(self) -> None:
        exchange = openapi.read("sandbox").document["components"]["schemas"]["Exchange"]["properties"]

        assert {each.name for each in fields(client.Request)} == set(exchange["request"]["properties"])
        assert {each.name for each in fields(client.Response)} == set(exchange["response"]["properties"])

    def test_answer_the_same_with_and_without_await(self, sandbox: LeadSandbox, control: SandboxClient) -> None:
        async def awaited() -> tuple[object, ...]:
            async with AsyncSandboxClient("http://sandbox", key=KEY, transport=sandbox.async_transport) as client:
                return await client.info(), await client.set_clock("2026-01-17T08:00:00Z"), await client.get_settings()

        assert asyncio.run(awaited()) == (control.info(), control.get_clock(), control.get_settings())


class TestACall:
    def test_steers_the_clock(self, control: SandboxClient) -> None:
        assert control.set_clock("2026-01-17T08:00:00Z").frozen
        assert control.advance_clock(90.5).now == "2026-01-17T08:01:30.500Z"
        assert not control.set_clock("2030-01-01T00:00:00Z", frozen=False).frozen
        assert control.get_clock().now.startswith("2030-01-01T00:0")

    def test_steers_leads_and_settings(self, control: SandboxClient) -> None:
        (lead,) = control.put_leads("vorel", [{"email": "ada@example.com"}])
        (stored,) = control.get_leads("vorel")
        settings = control.change_settings({"vorel": {"create_status": 200}})

        assert (stored.key, stored.leads) == (KEY, [lead])
        assert settings["vorel"]["create_status"] == 200

    def test_steers_faults(self, control: SandboxClient, vorel: httpx.Client) -> None:
        armed = control.arm_fault("vorel", "status=503", operation="list_leads", times=2)

        assert vorel.get("/leads").status_code == 503
        (waiting,) = control.get_faults().faults
        assert (waiting.id, waiting.left) == (armed.id, 1)
        assert control.disarm_faults(armed.id) == 1
        assert vorel.get("/leads").status_code == 200

    def test_reads_the_journal(self, control: SandboxClient, vorel: httpx.Client) -> None:
        id = vorel.post("/conversations", json=CONVERSATION).headers["X-Sandbox-Exchange"]
        vorel.get("/leads")

        journal = control.get_journal(api="vorel", operation="create_conversation")
        explanation = control.explain_exchange(id)

        (exchange,) = journal.exchanges
        assert (exchange.id, exchange.request.method, exchange.response.status) == (id, "POST", 201)
        assert (explanation.exchange, explanation.status) == (id, 201)
        assert "create_conversation" in explanation.sentences[0]
        assert len(control.get_har(root="https://example.com")["log"]["entries"]) == 2
        assert control.clear_journal() == 2

    def test_steers_snapshots(self, control: SandboxClient) -> None:
        control.put_leads("vorel", [{"email": "ada@example.com"}])
        saved = control.save_snapshot("client-test")
        control.reset()

        (difference,) = control.compare_snapshot("client-test")
        restored = control.restore_snapshot("client-test")

        assert difference.change == "removed"
        assert restored == saved
        assert "client-test" in [each.id for each in control.get_snapshots()]
        assert len(control.get_snapshot("client-test")["organizations"]) == saved.organizations
        assert control.remove_snapshot("client-test") == saved

    def test_reads_the_coverage(self, control: SandboxClient, vorel: httpx.Client) -> None:
        vorel.get("/leads/3c90c3cc-0d44-4b50-8888-8dd25736052a")

        coverage = control.get_coverage()["vorel"]

        assert coverage.calls == 1
        assert coverage.met == sum(each.times > 0 for each in coverage.behaviours)
        assert {each.id: each.times for each in coverage.behaviours}["vorel/get_lead/404"] == 1
        assert control.clear_coverage() == 1

    def test_tells_of_an_answer_that_was_cut(self, control: SandboxClient, vorel: httpx.Client) -> None:
        control.arm_fault("vorel", "close=after", operation="list_leads", times=1)
        with pytest.raises(httpx.RemoteProtocolError):
            vorel.get("/leads")

        (exchange,) = control.get_journal(api="vorel").exchanges

        assert (exchange.response.status, exchange.fault) == (0, "close=after")
        assert exchange.response.cut == "the connection was closed before any of the answer was sent"

    def test_concerns_all_organizations_without_a_key(self, sandbox: LeadSandbox, vorel: httpx.Client) -> None:
        vorel.get("/leads")

        assert sandbox.control.health().status == "ok"
        assert "vorel" in [each.api for each in sandbox.control.get_organizations()]


class TestTheEvents:
    @pytest.mark.parametrize("asynchronous", [False, True])
    def test_are_the_exchanges_as_they_happen(self, asynchronous: bool) -> None:
        def first() -> str:
            with SandboxClient(sandbox.base_url, key=KEY) as client:
                return next(client.get_events()).request.target

        async def awaited() -> str:
            async with AsyncSandboxClient(sandbox.base_url, key=KEY) as client:
                async for exchange in client.get_events():
                    return exchange.request.target
            return ""

        def call_until_heard() -> None:
            headers = {"Authorization": f"Bearer {KEY}"}
            with httpx.Client(base_url=sandbox.base_url, headers=headers) as client:
                while not heard.wait(0.01):
                    client.get("/api/v1/leads")

        heard = threading.Event()
        with opened("in-process") as sandbox:
            caller = threading.Thread(target=call_until_heard)
            caller.start()
            try:
                target = asyncio.run(awaited()) if asynchronous else first()
            finally:
                heard.set()
                caller.join()

        assert target == "/api/v1/leads"


class TestAnError:
    def test_is_the_sandboxs_own_sentence(self, control: SandboxClient) -> None:
        with pytest.raises(SandboxError, match="octanist has no setting bulk; it has ") as caught:
            control.change_settings({"octanist": {"bulk": True}})

        assert caught.value.status == 400

    @pytest.mark.parametrize("kind", [SandboxClient, AsyncSandboxClient])
    @pytest.mark.parametrize(("key", "token"), [("\xe9", None), (None, "\xe9")])
    def test_says_that_no_header_can_carry_a_key(
        self, kind: type[SandboxClient], key: str | None, token: str | None
    ) -> None:
        with pytest.raises(SandboxError, match="a key and an admin token are ASCII"):
            kind("http://127.0.0.1:9", key=key, admin_token=token)

    @pytest.mark.parametrize("value", [float("inf"), object()])
    def test_says_that_json_has_no_such_value(self, control: SandboxClient, value: Any) -> None:
        with pytest.raises(SandboxError, match="the call cannot be written as JSON: "):
            control.advance_clock(value)

    def test_says_that_nobody_answers(self) -> None:
        with SandboxClient("http://127.0.0.1:9") as client, pytest.raises(SandboxError, match="does not answer") as it:
            client.info()

        assert it.value.status == 0

    @pytest.mark.parametrize(
        "answer",
        [
            lambda request: httpx.Response(404, text="<html>"),
            lambda request: httpx.Response(200, text="<html>"),
            lambda request: httpx.Response(200, json={"version": 1}),
            lambda request: httpx.Response(500, json=["error"]),
            lambda request: httpx.Response(200, text="[" * 20_000),
            lambda request: httpx.Response(500, text="[" * 200_000),
        ],
    )
    def test_says_that_something_else_answers(self, answer: Callable[[Any], httpx.Response]) -> None:
        with (
            SandboxClient("http://other", transport=httpx.MockTransport(answer)) as client,
            pytest.raises(SandboxError, match="http://other/_sandbox/info answered"),
        ):
            client.info()

    def test_of_a_sandbox_that_asks_for_a_token_says_so(self) -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            good = request.headers.get("Authorization") == "Bearer right"
            return httpx.Response(200, json={"status": "ok"}) if good else httpx.Response(401, json={"error": "Token?"})

        transport = httpx.MockTransport(answer)
        with SandboxClient("http://other", admin_token="right", transport=transport) as client:
            assert client.health().status == "ok"
        with SandboxClient("http://other", transport=transport) as client, pytest.raises(SandboxError, match="Token"):
            client.health()
