"""The pytest plugin: inert until used, a world for each test, and the coverage of a run."""

from __future__ import annotations

import asyncio
import pkgutil
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpcore  # noqa: F401  (httpx takes it at its first call: not within a run that forgets its modules)
import httpx
import pytest
import requests

from mock_server.client import SandboxError
from mock_server.testing import LeadSandbox, LeadWorld, opened

pytest_plugins = ["pytester"]

Run = Callable[..., pytest.RunResult]

ROOT = Path(__file__).parent.parent
UNKNOWN = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
CONVERSATION = {"channel": "webform", "customer_identifier": "ada@example.com"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[LeadSandbox]:
    with opened("in-process") as sandbox:
        yield sandbox


@pytest.fixture
def world(sandbox: LeadSandbox, request: pytest.FixtureRequest) -> Iterator[LeadWorld]:
    with sandbox.world(request.node.nodeid) as world:
        yield world


@pytest.fixture
def run(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs pytest with the plugin, whether or not the package is installed."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))

    def run(*arguments: str, elsewhere: bool = False) -> pytest.RunResult:
        options = ["-p", "mock_server.pytest_plugin", "-p", "no:cacheprovider", *arguments]
        if elsewhere:
            return pytester.run(sys.executable, "-W", "error", "-m", "pytest", *options)
        return pytester.runpytest_inprocess(*options)

    return run


class TestThePluginUntilItIsUsed:
    def test_imports_nothing_of_the_sandbox(self) -> None:
        heavy = {"connexion", "httpx", "jsonschema_rs", "mock_server.api", "msgspec", "openapi", "uvicorn", "yaml"}
        code = "import sys, pytest; before = set(sys.modules); import mock_server.pytest_plugin; "
        code += f"print(sorted({heavy} & (set(sys.modules) - before)))"

        assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"

    def test_says_nothing(self, pytester: pytest.Pytester, run: Run) -> None:
        pytester.makepyfile("def test_one(): pass")

        lines = run("-q").outlines

        assert [line for line in lines if line and " in " not in line] == [
            ".                                                                        [100%]"
        ]

    @pytest.mark.parametrize(
        "option",
        [
            "--lead-sandbox=nowhere",
            "--lead-sandbox=http://[",
            "--lead-sandbox=http://",
            "--lead-seed=-1",
            "--lead-coverage-fail-under=101",
            "--lead-coverage-fail-under=x",
        ],
    )
    def test_refuses_options_that_cannot_be_used(self, run: Run, option: str) -> None:
        result = run(option)

        assert result.ret == pytest.ExitCode.USAGE_ERROR
        result.stderr.fnmatch_lines([f"*error: argument {option.partition('=')[0]}: *"])

    def test_says_in_one_sentence_that_no_sandbox_answers(self, pytester: pytest.Pytester, run: Run) -> None:
        pytester.makepyfile("def test_one(lead_world): pass\ndef test_two(): pass")

        result = run("-q", "--lead-sandbox=http://127.0.0.1:9")

        result.assert_outcomes(errors=1, passed=1)
        said = result.outlines[result.outlines.index(next(each for each in result.outlines if "at setup" in each)) + 1]
        assert said.startswith("--lead-sandbox=http://127.0.0.1:9: the sandbox does not answer: ")
        assert said.endswith(
            "; start one with 'lead-mock serve', or leave the option out for a sandbox in the tests' own process"
        )
        assert "Traceback" not in result.stdout.str()
        assert "pytest_plugin.py" not in result.stdout.str()


class TestARefusedControlCall:
    def test_is_shown_at_the_line_of_the_test_and_nowhere_else(self, pytester: pytest.Pytester, run: Run) -> None:
        pytester.makepyfile("""
            import asyncio
            from mock_server.client import AsyncSandboxClient

            def test_one(lead_world):
                lead_world.faults.arm("vorel", "nope")

            def test_two(lead_world, lead_sandbox):
                async def ask():
                    transport = lead_sandbox.async_transport
                    async with AsyncSandboxClient(lead_sandbox.inner_url, transport=transport) as client:
                        await client.arm_fault("vorel", "nope")
                asyncio.run(ask())
            """)

        shown = run("-q").outlines

        assert any("SandboxError: fault: 'nope' is no part of a fault" in line for line in shown)
        pointed_at = [line[1:].strip() for line in shown if line.startswith(">")]
        assert 'lead_world.faults.arm("vorel", "nope")' in pointed_at
        assert 'await client.arm_fault("vorel", "nope")' in pointed_at
        assert not [line for line in shown if "mock_server/" in line]


class TestWhatAPersonPrints:
    """In a debugger, with `print`, or as pytest shows the values of a test that fails."""

    def test_says_what_it_is(self, sandbox: LeadSandbox) -> None:
        world = sandbox.world("tests/test_it.py::test_one")
        before = repr(world)
        exchange_id = world.vorel.client.get("/leads").headers["X-Sandbox-Exchange"]
        name = "'tests/test_it.py::test_one'"

        assert before == f"<LeadWorld {name}, seed 0: no API yet>"
        assert repr(world) == f"<LeadWorld {name}, seed 0: vorel>"
        assert repr(world.clock) == f"<WorldClock of {world!r}>"
        assert repr(world.faults) == f"<WorldFaults of {world!r}>"
        assert repr(sandbox) == "<LeadSandbox in this process, seed 0>"
        assert repr(world.vorel) == f"<ApiWorld vorel below /api/v1, key vapk_live_...{world.vorel.key[-4:]}>"
        assert repr(world.journal) == f"[<Exchange {exchange_id}: GET /api/v1/leads answered 200>]"

    def test_never_shows_a_whole_credential(self, sandbox: LeadSandbox) -> None:
        world = sandbox.world("printed")
        world.vorel.client.get("/leads", params={"key": world.vorel.key})
        control = world.vorel.control
        (exchange,) = control.get_journal(credentials="shown").exchanges
        assert world.vorel.key in exchange.request.headers["authorization"]
        printed = [
            *(world, world.vorel, world.clock, world.faults, sandbox, control, exchange, exchange.request),
            *(control.info(), control.get_leads("vorel"), control.get_organizations(), world.violations()),
        ]

        secrets = {world.vorel.key, *sandbox.control.info().key_ring["vorel"].values()}
        assert [secret for secret in secrets if secret in repr(printed)] == []


class TestAWorld:
    def test_is_empty_and_no_other_ones(self, sandbox: LeadSandbox, world: LeadWorld) -> None:
        other = sandbox.world("other")
        for api in world.all:
            api.control.put_leads(api.name, [{"email": "ada@example.com"}])

        held = [[each.control.get_leads(each.name)[0].leads for each in one.all] for one in (world, other)]

        assert [[len(leads) for leads in each] for each in held] == [[1, 1, 1], [0, 0, 0]]

    def test_opened_again_is_empty_and_gives_the_same_ids(self, sandbox: LeadSandbox) -> None:
        def seen() -> tuple[str, str, int]:
            world = sandbox.world("again")
            id = world.vorel.client.post("/conversations", json=CONVERSATION).json()["id"]
            return world.vorel.key, id, world.coverage["vorel"].calls

        assert seen() == seen()

    def test_follows_from_name_and_seed_alone(self) -> None:
        def seen(name: str, seed: int) -> tuple[str, str]:
            with opened("in-process", seed=seed) as sandbox:
                world = sandbox.world(name)
                return world.aura.key, world.aura.client.post("/v1/leads", json={"email": "a@b.co"}).json()["data"][
                    "id"
                ]

        first = seen("one", 7)

        assert seen("one", 7) == first
        assert seen("one", 8)[0] != first[0] != seen("two", 7)[0]
        assert seen("one", 8)[1] != first[1] != seen("two", 7)[1]

    def test_is_reached_without_a_socket_with_one_and_from_an_event_loop(self, world: LeadWorld) -> None:
        async def awaited() -> int:
            async with world.aura.async_client as client:
                answers = await asyncio.gather(*(client.post("/v1/leads", json={"email": "a@b.co"}) for _ in range(5)))
            return sum(answer.status_code == 201 for answer in answers)

        def listed(answer: httpx.Response | requests.Response) -> int:
            return len(answer.json()["data"])

        assert asyncio.run(awaited()) == 5
        assert listed(world.aura.client.get("/v1/leads")) == 5
        assert listed(requests.get(f"{world.aura.base_url}/v1/leads", headers=world.aura.headers, timeout=5)) == 5

    @pytest.mark.parametrize("api", ["aura", "octanist", "vorel"])
    def test_has_credentials_that_each_api_takes(self, world: LeadWorld, api: str) -> None:
        path = {"aura": "/v1/leads"}.get(api, "/leads")

        answer = httpx.Client(transport=world.api(api).transport).get(
            world.api(api).base_url + path, headers=world.api(api).headers
        )

        assert answer.status_code == 200

    def test_has_one_time_for_all_apis(self, world: LeadWorld) -> None:
        world.clock.freeze("2026-01-17T08:00:00Z")
        world.clock.advance(60)

        assert {each.control.get_clock().now for each in world.all} == {"2026-01-17T08:01:00.000Z"}
        world.clock.run()
        assert not any(each.control.get_clock().frozen for each in world.all)
        assert world.clock.now().startswith("2026-01-17T08:01:0")

    def test_stays_where_it_is_where_it_cannot_move_in_every_api(self, world: LeadWorld) -> None:
        world.clock.freeze("2026-01-17T08:00:00Z")
        world.vorel.control.set_clock("9892-03-01T00:00:00Z")

        with pytest.raises(SandboxError, match="9892"):
            world.clock.advance(31_536_000)

        assert {each.control.get_clock().now for each in (world.aura, world.octanist)} == {"2026-01-17T08:00:00.000Z"}

    def test_suffers_the_faults_that_are_armed(self, world: LeadWorld) -> None:
        world.faults.arm("vorel", "error=429", operation="list_leads")
        world.faults.arm("vorel", "status=503", operation="get_lead")

        assert [world.vorel.client.get("/leads").status_code for _ in range(2)] == [429, 200]
        assert [each.operation for each in world.faults.waiting()] == ["get_lead"]
        world.faults.disarm()
        assert world.faults.waiting() == []

    def test_knows_no_other_apis(self, world: LeadWorld) -> None:
        with pytest.raises(SandboxError, match="api: there is none called 'zzz', but aura, octanist, vorel"):
            world.faults.arm("zzz", "status=503")

    def test_drops_connections_and_answers_slowly_as_a_wire_does(self, world: LeadWorld) -> None:
        world.faults.arm("aura", "close=after")
        world.faults.arm("aura", "delay=5")

        with pytest.raises(httpx.RemoteProtocolError):
            world.aura.client.post("/v1/leads", json={"email": "a@b.co"})
        with pytest.raises(httpx.ReadTimeout):
            world.aura.client.get("/v1/leads", timeout=0.05)
        assert len(world.aura.client.get("/v1/leads").json()["data"]) == 1

    def test_sends_no_body_where_http_has_none(self, world: LeadWorld) -> None:
        assert (world.vorel.client.head("/leads").status_code, world.vorel.client.head("/leads").content) == (405, b"")

    def test_has_its_own_journal_in_order(self, sandbox: LeadSandbox, world: LeadWorld) -> None:
        sandbox.world("other").vorel.client.get("/leads")
        world.vorel.client.get("/leads")
        world.vorel.client.post("/conversations", json=CONVERSATION)

        assert [each.operation for each in world.journal] == ["list_leads", "create_conversation"]

    def test_has_its_own_coverage(self, sandbox: LeadSandbox, world: LeadWorld) -> None:
        sandbox.world("other").vorel.client.get("/leads")
        world.vorel.client.get(f"/leads/{UNKNOWN}")

        times = {each.id: each.times for each in world.coverage["vorel"].behaviours}

        assert list(world.coverage) == ["vorel"]
        assert (times["vorel/get_lead/404"], times["vorel/get_lead/401"]) == (1, 0)


class TestThreadsThatAskAtOnce:
    """Each is held up, where it makes something new, until the other does so too, or until it seems not to."""

    @pytest.fixture
    def at_once(self) -> Iterator[Callable[[Callable[[], Any]], list[Any]]]:
        with ThreadPoolExecutor(2) as threads:
            yield lambda ask: [each.result() for each in [threads.submit(ask), threads.submit(ask)]]

    @pytest.fixture
    def hold_up(self, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
        def hold_up(name: str) -> None:
            made, both = pkgutil.resolve_name(name), threading.Barrier(2)

            def held_up(*arguments: Any, **options: Any) -> Any:
                with suppress(threading.BrokenBarrierError):
                    both.wait(0.2)
                return made(*arguments, **options)

            monkeypatch.setattr(name, held_up)

        return hold_up

    def test_are_given_the_same_port(self, at_once: Any, hold_up: Any) -> None:
        with opened("in-process") as sandbox:
            hold_up("mock_server.testing.in_process.listening_socket")
            one, other = at_once(lambda: sandbox.base_url)

        assert one == other

    def test_are_given_the_same_organization(self, world: LeadWorld, at_once: Any, hold_up: Any) -> None:
        hold_up("mock_server.testing.world.ApiWorld")
        one, other = at_once(lambda: world.vorel)

        assert one is other

    def test_are_given_the_same_client(self, world: LeadWorld, at_once: Any, hold_up: Any) -> None:
        assert world.vorel
        hold_up("mock_server.testing.world.httpx.Client")
        one, other = at_once(lambda: world.vorel.client)

        assert one is other


class TestASandboxBehindAPort:
    def test_may_be_a_process_of_its_own_or_run_already(self) -> None:
        def first_id(sandbox: LeadSandbox) -> str:
            with sandbox.world("one") as world:
                return str(world.vorel.client.post("/conversations", json=CONVERSATION).json()["id"])

        with opened("server", seed=7) as started:
            with opened(f"{started.base_url}/", seed=7) as found:
                id = first_id(found)
            assert first_id(started) == id
        with pytest.raises(SandboxError, match="does not answer"), opened(started.base_url):
            pass


class TestViolations:
    def test_are_none_where_the_documentation_foresees_it_all(self, world: LeadWorld) -> None:
        conversation = world.vorel.client.post("/conversations", json=CONVERSATION).json()["id"]
        for _ in range(2):
            world.vorel.client.post("/leads", json={"conversation_id": conversation, "attributes": {"any": "thing"}})
        world.vorel.client.get(f"/leads/{UNKNOWN}")
        world.octanist.client.get("/leads", params={"value[gte]": "5"})
        world.faults.arm("aura", "status=500")
        world.faults.arm("aura", "status=400")
        for _ in range(2):
            world.aura.client.get("/v1/leads")

        assert [each.response.status for each in world.journal] == [201, 201, 409, 404, 200, 500, 400]
        world.assert_no_violations()

    @pytest.mark.parametrize(
        ("api", "method", "path", "options", "ids"),
        [
            ("vorel", "POST", "/leads", {"json": {}}, ["vorel/create_lead/400"]),
            ("vorel", "GET", "/nothing", {}, ["vorel/no_operation"]),
            ("vorel", "DELETE", "/leads", {}, ["vorel/no_operation"]),
            ("vorel", "GET", "/leads?page=2", {}, ["vorel/list_leads/unknown_parameter/page"]),
            ("vorel", "POST", "/conversations", {"content": b"{"}, ["vorel/create_conversation/400"]),
            ("octanist", "GET", "/leads", {"headers": {"X-API-KEY": "?"}}, ["octanist/list_leads/401"]),
            (
                "aura",
                "POST",
                "/v1/leads",
                {"json": {"email": "a@b.co", "b": 1, "a": 2}},
                ["aura/create_lead/unknown_field/a", "aura/create_lead/unknown_field/b"],
            ),
        ],
    )
    def test_are_what_no_page_allows(
        self, world: LeadWorld, api: str, method: str, path: str, options: dict[str, object], ids: list[str]
    ) -> None:
        headers = {"Content-Type": "application/json"} if "content" in options else {}
        world.api(api).client.request(method, path, **{"headers": headers, **options})  # type: ignore[arg-type]

        assert [each.id for each in world.violations()] == ids
        assert world.violations(allow=ids) == []
        assert world.violations(allow=[f"{api}/*"]) == []
        assert [each.id for each in world.violations(allow=["*/get_lead/*"])] == ids

    def test_are_also_in_calls_whose_answer_is_spoilt(self, world: LeadWorld) -> None:
        world.faults.arm("aura", "wrong_type=email")
        world.aura.client.post("/v1/leads", json={"email": "a@b.co", "nick": "Ada"})

        assert [each.id for each in world.violations()] == ["aura/create_lead/unknown_field/nick"]

    def test_are_told_with_the_call_and_how_to_allow_it(self, world: LeadWorld) -> None:
        answer = world.vorel.client.post("/leads", json={})

        with pytest.raises(AssertionError) as caught:
            world.assert_no_violations()

        assert str(caught.value).splitlines() == [
            "The documentation does not allow what was sent (1 found):",
            '  vorel/create_lead/400: body: "conversation_id" is a required property',
            "    sent      POST /api/v1/leads {}",
            f"    answered  400 {answer.text}",
            f"    exchange  {answer.headers['X-Sandbox-Exchange']}",
            'If this is what the test is about: assert_no_violations(allow=["vorel/create_lead/400"])',
        ]

    def test_cannot_hide_in_a_journal_that_was_too_long(self, world: LeadWorld) -> None:
        for _ in range(1001):
            world.vorel.client.get("/leads")

        assert [each.id for each in world.violations()] == ["vorel/dropped"]


TESTS = """
import pathlib

import pytest


def note(world):
    id = world.aura.client.post("/v1/leads", json={"email": "a@b.co"}).json()["data"]["id"]
    path = pathlib.Path(__file__).with_name(world.name.replace("/", "_").replace(":", "_") + ".seen")
    path.write_text(f"{world.aura.key} {id}")


@pytest.mark.xdist_group("one")
@pytest.mark.parametrize("email", ["a@b.co", "c@b.co"])
def test_get(lead_world, email):
    assert lead_world.vorel.client.get("/leads/3c90c3cc-0d44-4b50-8888-8dd25736052a").status_code == 404
    note(lead_world)


def test_list(lead_world):
    assert lead_world.vorel.client.get("/leads").status_code == 200
    note(lead_world)
"""


class TestARun:
    def test_has_the_same_worlds_and_coverage_whatever_runs_beside_it(
        self, pytester: pytest.Pytester, run: Run
    ) -> None:
        def seen(*arguments: str) -> tuple[dict[str, str], list[str]]:
            result = run("-q", "-p", "xdist.plugin", "--lead-coverage", *arguments, elsewhere=True)
            assert result.ret == 0
            lines = result.outlines
            begin = next(at for at, line in enumerate(lines) if "lead-coverage" in line)
            worlds = {path.name: path.read_text() for path in pytester.path.glob("*.seen")}
            for path in pytester.path.glob("*.seen"):
                path.unlink()
            return worlds, lines[begin : lines.index("-v lists what was never met")]

        pytester.makepyfile(test_it=TESTS)
        alone = seen()
        in_parallel = seen("-n", "2", "--dist", "loadgroup")

        assert len(alone[0]) == len(set(alone[0].values())) == 3
        assert in_parallel == alone
        assert [line for line in alone[1] if line.startswith("vorel: 3 calls met ")]

    def test_lists_what_was_never_met_when_asked(self, pytester: pytest.Pytester, run: Run) -> None:
        pytester.makepyfile(TESTS)

        result = run("-p", "xdist.plugin", "--lead-coverage", "-v")

        result.stdout.fnmatch_lines(["vorel, get_lead: never met", "  - never saw a 401 from get_lead"])
        assert result.stdout.str().count("never saw a 404 from get_lead") == 1, "from that of aura"

    @pytest.mark.parametrize(("least", "code"), [("0.1", 0), ("99", 1)])
    def test_fails_when_too_little_is_met(self, pytester: pytest.Pytester, run: Run, least: str, code: int) -> None:
        pytester.makepyfile(TESTS)

        result = run("-p", "xdist.plugin", f"--lead-coverage-fail-under={least}")

        assert result.ret == code
        assert ("99 % are asked for" in result.stdout.str()) == (code == 1)

    def test_fails_when_nothing_is_called_and_something_is_asked_for(self, pytester: pytest.Pytester, run: Run) -> None:
        pytester.makepyfile("def test_one(): pass")

        result = run("--lead-coverage-fail-under=1")

        assert result.ret == 1
        result.stdout.fnmatch_lines(["lead-coverage: no test has called the sandbox; 1 % are asked for"])

    def test_takes_another_sandbox_and_seed(self, pytester: pytest.Pytester, run: Run, sandbox: LeadSandbox) -> None:
        pytester.makepyfile(
            f"""
            def test_one(lead_world):
                assert lead_world.sandbox.base_url == {sandbox.base_url!r}
                assert lead_world.seed == 7
                lead_world.assert_no_violations()
            """
        )

        assert run(f"--lead-sandbox={sandbox.base_url}", "--lead-seed=7").ret == 0


class TestThePageAboutIt:
    BLOCKS = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "testing.md").read_text(), re.S)

    def test_has_a_test_that_passes(self, pytester: pytest.Pytester, run: Run) -> None:
        pytester.makepyfile(self.BLOCKS[0])

        run().assert_outcomes(passed=1)

    def test_has_a_control_client_that_works(self, sandbox: LeadSandbox) -> None:
        exec(self.BLOCKS[1].replace("http://127.0.0.1:4020", sandbox.base_url), {})

        assert sandbox.control_of("vapk_live_" + "a" * 48).get_clock().now == "2026-01-17T08:01:00.000Z"

    def test_names_every_option(self) -> None:
        page = (ROOT / "docs" / "testing.md").read_text()
        source = (ROOT / "mock_server" / "pytest_plugin.py").read_text()

        assert {each for each in re.findall(r'"(--lead-[a-z-]+)"', source) if f"`{each}" not in page} == set()
