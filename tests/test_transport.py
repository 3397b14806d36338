"""Between the suite and a target lies a network: what it may do to requests and answers decides nothing."""

from __future__ import annotations

import gzip
import socket
import socketserver
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
import pytest
from hypothesis import strategies as st

from conformance.aura import Aura
from conformance.client import open_client
from conformance.config import ConfigError, TargetConfig, at_root
from conformance.live.budget import Budget, Limits, seconds_between
from conformance.outcomes import CannotTry, HeldBack, OddAnswer, Outcome, TargetFault
from conformance.register import Requirement, selected
from conformance.run import attempt, preflight, within_budget
from conformance.target import Target, expect, expect_status
from conformance.transport import Transport
from mock_server import APIS
from openapi import Declaration
from tests.programs import serving
from tests.targets import report_on, target_at, told

Wire = Callable[[int, str, bytes], bytes]
"""How an answer with this status, content type and body is written."""


def head(status: int, *lines: str, version: str = "1.1") -> bytes:
    return "\r\n".join([f"HTTP/{version} {status} Answer", *lines, "", ""]).encode()


def in_chunks(body: bytes) -> bytes:
    parts = [body[at : at + 7] for at in range(0, len(body), 7)]
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in [*parts, b""])


def plainly(status: int, kind: str, body: bytes) -> bytes:
    return head(status, f"Content-Type: {kind}", f"Content-Length: {len(body)}") + body


def shouting(status: int, kind: str, body: bytes) -> bytes:
    return head(status, f"CONTENT-TYPE:{kind}", f"content-LENGTH:   {len(body)}") + body


def chunked(status: int, kind: str, body: bytes) -> bytes:
    return head(status, f"content-type: {kind}", "Transfer-Encoding: chunked") + in_chunks(body)


def gzipped(status: int, kind: str, body: bytes) -> bytes:
    small = gzip.compress(body)
    return head(status, f"Content-Type: {kind}", "Content-Encoding: gzip", f"Content-Length: {len(small)}") + small


def deflated(status: int, kind: str, body: bytes) -> bytes:
    lines = (f"Content-Type: {kind}", "Content-Encoding: deflate", "Transfer-Encoding: chunked")
    return head(status, *lines) + in_chunks(zlib.compress(body))


def until_closed(status: int, kind: str, body: bytes) -> bytes:
    return head(status, f"Content-Type: {kind}", version="1.0") + body


def kept_alive(status: int, kind: str, body: bytes) -> bytes:
    lines = (f"Content-Type: {kind}", "Connection: keep-alive", f"Content-Length: {len(body)}")
    return head(status, *lines, version="1.0") + body


def announced(status: int, kind: str, body: bytes) -> bytes:
    return head(100) + head(103, "Link: </x>; rel=preload") + plainly(status, kind, body)


class Handler(socketserver.StreamRequestHandler):
    """Reads requests from a connection and hands them to the server's function; b"" closes it."""

    server: Any

    def handle(self) -> None:
        with suppress(ConnectionError):
            while line := self.rfile.readline().decode("latin-1"):
                headers = {}
                while text := self.rfile.readline().decode("latin-1").strip():
                    name, _, value = text.partition(":")
                    headers[name.lower()] = value.strip()
                method, path, _ = line.split(" ", 2)
                answer, close = self.server.answer(
                    method, path, headers, self.rfile.read(int(headers.get("content-length", "0")))
                )
                self.wfile.write(answer)
                if close:
                    return


Answering = Callable[[str, str, dict[str, str], bytes], tuple[bytes, bool]]
"""The bytes to answer a request with, and whether the connection ends there."""


@contextmanager
def listening(answer: Answering) -> Iterator[str]:
    """The root of a server that answers as the function does."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads, server.answer = True, answer  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


@pytest.fixture(scope="module")
def sandbox() -> Iterator[httpx.Client]:
    """A client of a sandbox in another process."""
    with serving() as (root, _), httpx.Client(base_url=root) as client:
        yield client


def behind(sandbox: httpx.Client, wire: Wire, close: bool = False) -> Answering:
    """The sandbox, with its answers written in another way."""

    def answer(method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[bytes, bool]:
        kept = {name: value for name, value in headers.items() if name in ("authorization", "content-type")}
        said = sandbox.request(method, path, headers=kept, content=body)
        return wire(said.status_code, said.headers["content-type"], said.content), close

    return answer


def redirecting(status: int, answer: Answering) -> Answering:
    """First to another path of the same host, which a GET is sent to by any redirect, others by 307 and 308."""

    def redirect(method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[bytes, bool]:
        if path.startswith("/elsewhere") or (method != "GET" and status < 307):
            return answer(method, path.removeprefix("/elsewhere"), headers, body)
        return head(status, f"Location: /elsewhere{path}", "Content-Length: 0"), False

    return redirect


class TestADifferenceThatNobodyPromised:
    @pytest.mark.parametrize(
        ("wire", "close"),
        [
            (plainly, False),
            (plainly, True),
            (shouting, False),
            (chunked, False),
            (gzipped, False),
            (deflated, False),
            (until_closed, True),
            (kept_alive, False),
            (announced, False),
        ],
    )
    def test_does_not_matter(self, sandbox: httpx.Client, wire: Wire, close: bool) -> None:
        self.passes(behind(sandbox, wire, close))

    @pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
    def test_of_the_path_does_not_matter(self, sandbox: httpx.Client, status: int) -> None:
        self.passes(redirecting(status, behind(sandbox, plainly)))

    def passes(self, answer: Answering) -> None:
        with listening(answer) as root, httpx.Client() as client:
            config = at_root("aura", root, APIS["aura"].key_ring)
            chosen = selected("aura", ["aura/get_lead"])
            report = report_on(target_at("aura", client, config=config, nonce=root), chosen)

        assert {each.outcome for each in report.results} == {Outcome.PASSED}, told(report)


class Script:
    """Answers one request after the other with what stands in a list, the last one ever again."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[httpx.Request] = []
        self.slept: list[float] = []
        self.now = 1_768_636_800.0

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def send(self, method: str = "GET", budget: Budget | None = None, url: str = "http://target/v1/leads/1") -> int:
        """The status of the answer to a request; the transport is kept for the next one."""
        if not hasattr(self, "transport"):
            client = httpx.Client(transport=httpx.MockTransport(self))
            self.transport = Transport(client, budget or Budget(), sleep=self.sleep, now=lambda: self.now)
        return self.transport.answer(method, httpx.URL(url), {"Authorization": "Bearer s3cret"}, None).status_code

    def target(self, **options: Any) -> Target:
        client = httpx.Client(transport=httpx.MockTransport(self))
        options = {"effort": "quick", "sleep": self.sleep, **options}
        return Aura(TargetConfig("aura", "http://target", {"full": "s3cret"}), client, **options)


FOUND = httpx.Response(200, json={})
PAGE = httpx.Response(404, html="<html>Not here</html>")

LOST = [
    httpx.ReadTimeout("slow"),
    httpx.ReadError("reset"),
    httpx.RemoteProtocolError("half"),
    httpx.DecodingError("zip"),
]


class TestARequestThatFails:
    @pytest.mark.parametrize("lost", LOST)
    def test_is_sent_again_where_it_only_reads(self, lost: Exception) -> None:
        assert Script(lost, lost, FOUND).send() == 200

    @pytest.mark.parametrize("lost", [*LOST, httpx.ConnectError("refused")])
    def test_is_given_up_after_three_tries(self, lost: Exception) -> None:
        script = Script(lost)

        with pytest.raises(TargetFault, match=r"tried 3 times"):
            script.send()
        assert len(script.asked) == 3

    @pytest.mark.parametrize("method", ["POST", "PATCH"])
    @pytest.mark.parametrize("lost", LOST)
    def test_is_not_sent_again_where_it_may_have_been_carried_out(self, lost: Exception, method: str) -> None:
        script = Script(lost, FOUND)

        with pytest.raises(TargetFault, match="is not sent again"):
            script.send(method)
        assert len(script.asked) == 1

    @pytest.mark.parametrize("lost", [httpx.ConnectError("refused"), httpx.ConnectTimeout("slow")])
    def test_is_sent_again_where_it_has_not_left(self, lost: Exception) -> None:
        assert Script(lost, FOUND).send("POST") == 200

    @pytest.mark.parametrize("status", [502, 503, 504, 522])
    def test_at_a_gateway_is_sent_again_where_it_only_reads(self, status: int) -> None:
        assert Script(httpx.Response(status), FOUND).send() == 200
        with pytest.raises(OddAnswer, match=f"answered {status}"):
            Script(httpx.Response(status), FOUND).send("PATCH")

    @pytest.mark.parametrize(
        "half",
        [
            head(200, "Content-Type: application/json", "Content-Length: 100") + b"{",
            head(200, "Transfer-Encoding: chunked") + b"5\r\n{",
            head(200, "Content-Encoding: gzip", "Content-Length: 9") + b"not a zip",
            b"",
        ],
        ids=["short", "chunks", "gzip", "nothing"],
    )
    def test_halfway_is_an_error_that_names_the_call(self, half: bytes) -> None:
        calls = []

        def answer(method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[bytes, bool]:
            calls.append(method)
            return half, True

        with listening(answer) as root, httpx.Client() as client:
            target = Aura(TargetConfig("aura", root, {"full": "s3cret"}), client, sleep=lambda seconds: None)
            result = attempt(selected("aura", ["aura/get_lead/unknown_lead_is_not_found"])[0], target)
            with pytest.raises(TargetFault, match=r"^GET /v1/leads/1: "):
                target.call("get_lead", path={"id": "1"})

        assert result.outcome is Outcome.ERROR
        assert "POST /v1/leads: " in result.detail and "s3cret" not in result.detail
        assert calls == ["POST", "GET", "GET", "GET"]

    def test_is_not_waited_for_longer_than_the_timeout(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as silent, httpx.Client() as client:
            transport = Transport(client, Budget(), timeout=0.05, sleep=lambda seconds: None)

            with pytest.raises(TargetFault, match="ReadTimeout"):
                transport.answer("GET", httpx.URL(f"http://127.0.0.1:{silent.getsockname()[1]}/"), {}, None)

    @pytest.mark.parametrize("answer", [httpx.Response(503), httpx.Response(502, html="<h1>Bad gateway</h1>")])
    def test_at_a_gateway_has_its_whole_check_tried_again_once(self, answer: httpx.Response) -> None:
        def check(target: Target) -> None:
            emails.append(target.email())
            target.call("create_lead", body={"email": emails[-1]})

        emails: list[str] = []
        target = Script(answer, FOUND).target()
        target._offers["create_lead"] = ""
        result = within_budget(
            Requirement(Declaration("aura/create_lead/a_fact", "must", "", "", "seed"), check), target
        )

        assert result.outcome is Outcome.PASSED
        assert len(set(emails)) == 2

    def test_is_not_waited_for_longer_where_bytes_come_one_by_one(self) -> None:
        def answer(method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[bytes, bool]:
            return b"", False

        class Dripping(Handler):
            def handle(self) -> None:
                with suppress(ConnectionError):
                    for byte in head(100) * 100:
                        self.wfile.write(bytes([byte]))
                        self.server.dripped.wait(0.02)

        with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Dripping) as server, open_client() as client:
            server.daemon_threads, server.dripped = True, threading.Event()  # type: ignore[attr-defined]
            threading.Thread(target=server.serve_forever, daemon=True).start()
            transport = Transport(client, Budget(), timeout=0.2, sleep=lambda seconds: None)

            with pytest.raises(TargetFault, match="ReadTimeout"):
                transport.answer("GET", httpx.URL(f"http://127.0.0.1:{server.server_address[1]}/"), {}, None)
            server.dripped.set()  # type: ignore[attr-defined]
            server.shutdown()


class TestTheEnvironment:
    """Where the suite runs is not the target."""

    @pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY", "http_proxy", "all_proxy"])
    @pytest.mark.parametrize("proxy", ["http://127.0.0.1:1", "socks5://127.0.0.1:1"])
    def test_never_puts_a_proxy_before_this_machine(
        self, sandbox: httpx.Client, monkeypatch: pytest.MonkeyPatch, variable: str, proxy: str
    ) -> None:
        monkeypatch.setenv(variable, proxy)
        with open_client(str(sandbox.base_url)) as client:
            assert client.get(f"{sandbox.base_url}/_sandbox/info").status_code == 200

    def test_is_named_where_its_proxy_cannot_be_used(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("ALL_PROXY", "gopher://127.0.0.1:1")

        with pytest.raises(ConfigError, match="the proxy that ALL_PROXY names cannot be used"):
            open_client("https://api.example.com")

    def test_is_named_where_its_proxy_fails(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[bytes, bool]:
            return head(407, "Content-Length: 0"), True

        with listening(refuse) as root:
            monkeypatch.setenv("HTTPS_PROXY", root)
            with open_client("https://api.example.com") as client:
                transport = Transport(client, Budget(), sleep=lambda seconds: None)
                with pytest.raises(TargetFault, match="the proxy of HTTPS_PROXY fails: 407"):
                    transport.answer("GET", httpx.URL("https://api.example.com/v1"), {}, None)

    def test_keeps_no_cookie_that_would_let_a_call_in_without_a_key(self) -> None:
        def answer(method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[bytes, bool]:
            cookies.append(headers.get("cookie"))
            return head(200, "Set-Cookie: session=1; Path=/", "Content-Length: 0"), False

        cookies: list[str | None] = []
        with listening(answer) as root, open_client() as client:
            client.get(root)
            client.get(root)

        assert cookies == [None, None]


class TestAPageInThePlaceOfAnAnswer:
    @pytest.mark.parametrize("status", [200, 401, 403])
    def test_to_the_first_call_is_named_as_such(self, status: int) -> None:
        with pytest.raises(
            TargetFault, match=rf"answers with a page \({status}\) instead of JSON: a login, a bot check"
        ):
            preflight(Script(httpx.Response(status, html="<html>Log in</html>")).target())

    @pytest.mark.parametrize("key", [None, "malformed"])
    def test_refuses_a_call_without_a_key_as_well_as_any_answer(self, key: str | None) -> None:
        def status_only(target: Target) -> None:
            expect_status(target.call("get_lead", path={"id": "1"}, key=key), "it is refused", 401, 403)

        def with_a_code(target: Target) -> None:
            status_only(target)
            expect(isinstance(target.trace[-1].json, dict), "a code", "")

        client = httpx.Client(
            transport=httpx.MockTransport(lambda _: httpx.Response(401, html="<html>Who are you?</html>"))
        )
        target = Aura(TargetConfig("aura", "http://target", {"full": "s3cret", "malformed": "x"}), client)
        outcomes = [
            attempt(
                Requirement(Declaration("aura/every_operation/a_fact", "must", "", "", "seed"), each), target
            ).outcome
            for each in (status_only, with_a_code)
        ]

        assert outcomes == [Outcome.PASSED, Outcome.INCOMPLETE]

    def requirement(self, slug: str) -> Requirement:
        def check(target: Target) -> None:
            exchange = target.call("get_lead", path={"id": "1"})
            assert exchange.status == 404

        return Requirement(Declaration(f"aura/get_lead/{slug}", "must", "", "", "seed"), check)

    def test_is_an_error_where_the_requirement_is_about_something_else(self) -> None:
        target = Script(PAGE).target()
        target._offers["get_lead"] = ""
        result = attempt(self.requirement("a_fact"), target)

        assert result.outcome is Outcome.ERROR
        assert result.detail == "GET /v1/leads/1: it was answered 404 with a page (text/html) instead of JSON"

    def test_is_the_targets_own_where_the_requirement_is_about_the_form(self) -> None:
        target = Script(PAGE).target()
        target._offers["get_lead"] = ""

        assert attempt(self.requirement("errors_are_json"), target).outcome is Outcome.PASSED


class TestARedirect:
    @pytest.mark.parametrize(
        "place", ["http://other/v1/leads/1", "//other/v1", "http://target:81/v1/leads/1", "https://target.other/v1"]
    )
    def test_to_another_host_is_not_followed(self, place: str) -> None:
        script = Script(httpx.Response(307, headers={"Location": place}), FOUND)

        with pytest.raises(OddAnswer, match="which is another host"):
            script.send("PATCH")
        assert [request.url.host for request in script.asked] == ["target"]

    def test_to_the_secure_scheme_of_the_same_host_is_followed(self) -> None:
        script = Script(httpx.Response(308, headers={"Location": "https://target/v1/leads/1"}), FOUND)

        assert script.send("PATCH") == 200
        assert [request.method for request in script.asked] == ["PATCH", "PATCH"]
        with pytest.raises(OddAnswer, match="another host"):
            Script(httpx.Response(308, headers={"Location": "http://target/"})).send(url="https://target/v1")

    @pytest.mark.parametrize("status", [301, 302, 303])
    def test_that_would_change_the_method_is_not_followed(self, status: int) -> None:
        with pytest.raises(OddAnswer, match="only followed for reading"):
            Script(httpx.Response(status, headers={"Location": "/login"}), FOUND).send("POST")

    def test_in_a_circle_ends(self) -> None:
        with pytest.raises(OddAnswer, match="more than 5 times"):
            Script(httpx.Response(307, headers={"Location": "/v1/leads/1"})).send("POST")


class TestARateLimit:
    @pytest.mark.parametrize(
        ("headers", "waits"),
        [
            ({"Retry-After": "7"}, 7.0),
            ({"Retry-After": "Sat, 17 Jan 2026 08:00:09 GMT"}, 9.0),
            ({"X-RateLimit-Reset": "1768636830"}, 30.0),
            ({"X-RateLimit-Reset": "30"}, 30.0),
            ({"Retry-After": "soon"}, 5.0),
            ({"Retry-After": "1768636842"}, 42.0),
        ],
    )
    def test_is_waited_out(self, headers: dict[str, str], waits: float) -> None:
        script = Script(httpx.Response(429, headers=headers), FOUND)

        assert script.send("POST") == 200
        assert script.slept == [waits]

    def test_that_asks_for_too_much_ends_what_is_tried_and_says_so(self) -> None:
        script = Script(httpx.Response(429, headers={"Retry-After": "9999"}), FOUND)

        with pytest.raises(HeldBack, match="asks to wait 9999 s, longer than 65 s"):
            script.send()
        assert script.slept == []

    def test_is_told_of_while_it_is_waited_out(self, capsys: pytest.CaptureFixture[str]) -> None:
        Script(httpx.Response(429, headers={"Retry-After": "42"}), FOUND).send()

        assert capsys.readouterr().err == "waiting 42 s for the rate limit\n"

    def test_that_is_announced_is_not_run_into(self) -> None:
        none_left = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1768636812"}
        script = Script(httpx.Response(200, headers=none_left), FOUND)

        assert [script.send(), script.slept, script.send(), script.slept] == [200, [12.0], 200, [12.0]]

    def test_of_the_users_own_is_kept(self) -> None:
        script = Script(FOUND)
        limits = Limits(seconds_between=seconds_between("100/m"))
        budget = Budget(limits, sleep=script.sleep, clock=lambda: script.now)
        for _ in range(4):
            script.send(budget=budget)

        assert script.slept == pytest.approx([0.6, 0.6, 0.6])


class TestABudgetOfRequests:
    def test_counts_every_try(self) -> None:
        script = Script(httpx.Response(429), httpx.ReadError("reset"), httpx.Response(503), FOUND)
        budget = Budget(Limits(requests=5))

        assert script.send(budget=budget) == 200
        assert script.send() == 200
        with pytest.raises(HeldBack, match="the budget of 5 requests is used up"):
            script.send()
        assert len(script.asked) == budget.requests == 5

    def test_is_shared_by_targets_and_keeps_something_back(self) -> None:
        budget = Budget(Limits(requests=10))
        budget.share(2)
        budget.reserve(2)
        allowed = 0
        with suppress(HeldBack):
            while True:
                budget.pass_request()
                allowed += 1
        budget.release()

        assert (allowed, budget.left) == (3, 7)

    def test_leaves_what_it_stops_undecided(self) -> None:
        def check(target: Target) -> None:
            for _ in range(3):
                with suppress(CannotTry):
                    target.call("list_leads")

        target = Script(FOUND).target(budget=Budget(Limits(requests=2)))
        target._offers["list_leads"] = ""
        requirement = Requirement(Declaration("aura/list_leads/a_fact", "must", "", "", "seed"), check)

        result = attempt(requirement, target)
        assert (result.outcome, result.detail) == (Outcome.INCOMPLETE, "the budget of 2 requests is used up")

    def test_does_not_lose_a_violation_that_was_being_shrunk(self) -> None:
        def check(target: Target) -> None:
            def each(number: int) -> None:
                target.call("list_leads", query={"limit": str(number)})
                expect(number < 10, "a number below 10", "more")

            target.for_any(st.integers(0, 10**9), each)

        target = Script(FOUND).target(budget=Budget(Limits(requests=4)))
        target._offers["list_leads"] = ""
        result = attempt(Requirement(Declaration("aura/list_leads/a_fact", "must", "", "", "seed"), check), target)

        assert (result.outcome, result.got, result.detail) == (Outcome.FAILED, "more", "")
        assert len(result.witness) == 1

    def test_of_creates_holds_back_creates_only(self) -> None:
        target = Script(FOUND).target(budget=Budget(Limits(creates=1)))
        target.call("create_lead", body={})

        with pytest.raises(HeldBack, match=r"limit of requests that create \(1\) is used up"):
            target.call("create_lead", body={})
        assert target.call("list_leads").status == 200

    def test_for_reading_only_lets_nothing_else_pass(self) -> None:
        script = Script(FOUND)
        target = script.target(budget=Budget(Limits(read_only=True)))
        for operation_id in ("create_lead", "update_lead"):
            with pytest.raises(HeldBack, match="--read-only"):
                target.call(operation_id, path={"id": "1"}, body={})
        target.call("list_leads")

        assert [request.method for request in script.asked] == ["GET"]
