"""The calls that show a failure: pasted into a shell, sent again, and as few as possible."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from conformance.cli import main
from conformance.exchange import Exchange, Request, Response
from conformance.outcomes import Outcome, Result
from conformance.run import attempt
from conformance.target import Target
from conformance.terminal import Terminal
from conformance.witnesses.answers import differences
from conformance.witnesses.chain import Chain, numbered
from conformance.witnesses.replay import renewal, sender, sent_again
from conformance.witnesses.shell import is_preparation, lines, settings
from conformance.witnesses.shortest import CALLS, Reference, shortest, touch
from mock_server import APIS, FAULTS
from mock_server.faults import Fault
from mock_server.serve import listening_socket, sandbox
from tests.in_process import InProcess, client_of
from tests.targets import checks, target_at


class Unhurried(InProcess):
    """No two calls see the same time, as none do over a network."""

    _last = 0.0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        time.sleep(max(0.0, self._last + 0.0021 - time.monotonic()))
        self._last = time.monotonic()
        return super().handle_request(request)


class Server:
    """One port that serves whichever sandbox it is told to, in a thread. `received` are the requests that it got."""

    def __init__(self) -> None:
        self.app: Any = None
        self.received: list[Request] = []
        bound = listening_socket("127.0.0.1", 0)
        self.root = f"http://127.0.0.1:{bound.getsockname()[1]}"
        self._server = uvicorn.Server(uvicorn.Config(self._call, interface="asgi3", lifespan="off", log_level="error"))
        self._thread = threading.Thread(target=self._server.run, args=([bound],), daemon=True)
        self._thread.start()

    async def _call(self, scope: Any, receive: Any, send: Any) -> None:
        sent = bytearray()

        async def noted() -> Any:
            message = await receive()
            sent.extend(message.get("body", b""))
            return message

        async def answered(message: Any) -> None:
            if message["type"] == "http.response.start":
                path = b"?".join(filter(None, (scope["raw_path"], scope["query_string"]))).decode()
                self.received.append(Request(scope["method"], self.root, path, {}, bytes(sent)))
            await send(message)

        await self.app(scope, noted, answered)

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    server = Server()
    yield server
    server.stop()


@pytest.fixture(scope="module")
def clean() -> Mapping[str, Reference]:
    """A sandbox without faults for each API, which forgets everything when it is told to."""

    def reference(api: str) -> Reference:
        client = client_of()
        return Reference(target_at(api, client), lambda: client.post("/_sandbox/reset"))

    return {api: reference(api) for api in APIS}


def tried(fault: Fault) -> tuple[Any, Target, Result]:
    """A sandbox with the fault, the suite's target in it, and what the fault's own check found."""
    for effort in ("quick", "standard"):
        app = sandbox({fault.api: fault(APIS[fault.api])})
        client = httpx.Client(transport=Unhurried(app), base_url="http://sandbox")
        target = target_at(fault.api, client, effort=effort)
        result = attempt(checks(fault.api)[fault.breaks], target)
        if result.outcome is Outcome.FAILED:
            break
    return app, target, result


def variables(api: str, root: str) -> dict[str, str]:
    base = {"aura": "", "octanist": "/api", "vorel": "/api/v1"}[api]
    keys = {f"{api.upper()}_{name.upper()}": key for name, key in APIS[api].key_ring.items()}
    other_case = APIS[api].key_ring["full"].swapcase()
    return {f"{api.upper()}_URL": root + base, **keys, f"{api.upper()}_OTHER_CASE": other_case}


def in_bash(script: Sequence[str], environment: Mapping[str, str]) -> subprocess.CompletedProcess[bytes]:
    """The lines as a clean shell takes them when they are pasted."""
    return subprocess.run(
        ["bash", "--noprofile", "--norc"],
        input="\n".join([*script, ""]).encode(),
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        timeout=60,
        check=False,
    )


def pasted(chain: Chain, script: Sequence[str], server: Server) -> tuple[list[Exchange], str]:
    """What the lines of a chain send and print, as exchanges, and the run that they made up."""
    api = chain.calls[0].request.base.partition("_")[0].lower()
    server.received.clear()
    done = in_bash([*script, 'printf "run %s" "$RUN" >&2'], variables(api, server.root))
    answers = re.split(rb"(?m)^HTTP/1\.1 ", done.stdout)[1:]
    assert len(answers) == len(server.received) == len(chain.calls), done.stderr.decode()
    exchanges = []
    for at, (call, request, answer) in enumerate(zip(chain.calls, server.received, answers, strict=True)):
        head, _, body = answer.partition(b"\r\n\r\n")
        types = re.findall(r"(?mi)^content-type: (.*?)\r?$", head.decode())
        response = Response(int(head[:3]), {"content-type": ", ".join(types)}, body.rstrip(b"\n"), body.rstrip(b"\n"))
        exchanges.append(Exchange(call.operation_id, request, response, time.time() + at / 100))
    return exchanges, done.stderr.decode().rpartition("run ")[2]


def told(chain: Chain, answers: Sequence[Exchange], run: str) -> list[frozenset[str]]:
    return differences(chain.calls, answers, renewal(chain, run))


def printed(result: Result) -> list[str]:
    """The lines that a person is shown: in the terminal, or, where they are too many for it, in ``results.json``."""
    stream = io.StringIO()
    Terminal(stream).failure(result, decides=True)
    lines = [line.removeprefix("    ") for line in stream.getvalue().splitlines() if line.startswith("    ")]
    once = [line for line in result.curl if is_preparation(line)]  # they stand above the first failure
    return result.as_json()["curl"] if "calls show it" in lines[-1] else [*once, *lines]


class Evidence:
    """The shortest chain that shows a fault at the sandbox where its check found it."""

    def __init__(self, fault: Fault, server: Server, clean: Reference) -> None:
        self.used, target, found = tried(fault)
        self.result = shortest(found, target, clean, CALLS)
        self._chain = Chain(self.result.witness, numbered(self.result.made_up))
        self._server, self._clean = server, clean

    def shows(self, app: Any) -> bool:
        """Whether the printed lines get the answer that decided, where it is not what is documented.

        What is documented is asked of a sandbox without faults: there, the lines must not get that answer.
        """
        self._clean.forget()
        run = "2000000000"
        documented = told(self._chain, sent_again(self._chain, sender(self._clean.target), run), run)[-1]
        self._server.app = app
        answers = pasted(self._chain, printed(self.result), self._server)
        return bool(documented) and not touch(told(self._chain, *answers)[-1], documented)


def fault_named(name: str) -> Fault:
    return next(each for each in FAULTS if f"{each.api}/{each.name}" == name)


NOT_PASTED = {
    # What a refused update had in store in an earlier sequence goes to a lead of the last one. Nothing ties the calls
    # of those sequences to each other, so that all that the check has sent (329 calls, 1559) would have to be pasted.
    "aura/an_update_brings_in_what_was_refused_before",
    "octanist/an_update_brings_in_what_was_refused_before",
    "vorel/an_update_brings_in_what_was_refused_before",
    # What is answered depends on which of the leads are made within the same second: at each paste on others.
    "vorel/orders_leads_of_one_second_by_ascending_id",
}
"""Faults whose lines do not show them when they are pasted, and why."""


def place(fault: Fault) -> str:
    """Where a fault stands among others: by chance, but always the same."""
    return hashlib.sha256(f"{fault.api}/{fault.name}".encode()).hexdigest()


def one_of_each_kind() -> list[Fault]:
    """Of each operation one fault of each kind."""
    return list({(fault.breaks.rpartition("/")[0], fault.kind): fault for fault in sorted(FAULTS, key=place)}.values())


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "fault" in metafunc.fixturenames:
        faults = list(FAULTS) if metafunc.config.option.every_fault else one_of_each_kind()
        faults = [each for each in faults if f"{each.api}/{each.name}" not in NOT_PASTED]
        metafunc.parametrize("fault", faults, ids=[f"{each.api}-{each.name}" for each in faults])


AFTER_OTHERS = {
    "aura/revoked_keys_work_again": "the key works after the refusals that the check has had",
    "aura/the_third_lead_needs_a_name": "the organization has two leads",
    "octanist/errors_are_flat_from_the_third_on": "two errors were answered",
    "vorel/a_page_holds_one_lead_too_many": "there are more leads than the chain makes",
    "octanist/total_counts_leads_that_do_not_match": "the total is that of all the leads that the check has left",
}
"""Faults that what came before brings out, and what that is.

A chain is shortened at a target that nobody can make new again. What the check has left there is there for every
shorter chain, so that the shortest does not bring it: pasted at that target it shows the failure each time, pasted at
an empty one it does not.
"""


ON_THEIR_OWN = [
    "aura/takes_a_null_email_for_the_second_lead",
    "aura/the_next_page_skips_a_lead",
    "octanist/phone_matches_by_its_last_nine_digits",
    "octanist/unknown_email_is_a_like_pattern",
    "octanist/unknown_email_of_a_known_domain_is_found",
    "vorel/a_new_lead_inherits_attributes",
]
"""Faults that what the check has left would show with fewer calls, or that made-up texts show by what they share."""


class TestThePrintedLines:
    def test_show_the_failure_of_a_seeded_fault(
        self, fault: Fault, server: Server, clean: Mapping[str, Reference]
    ) -> None:
        evidence = Evidence(fault, server, clean[fault.api])
        fresh = sandbox({fault.api: fault(APIS[fault.api])})

        if evidence.shows(fresh):
            assert not evidence.result.minimal or place(fault) > "4" or evidence.shows(fresh), "pasted again"
        else:
            assert fault.kind == "stateful" or f"{fault.api}/{fault.name}" in AFTER_OTHERS, (
                "only what came before may be lacking at a fresh sandbox"
            )
            assert evidence.shows(evidence.used)

    @pytest.mark.parametrize("name", ON_THEIR_OWN)
    def test_bring_what_the_failure_takes(self, name: str, server: Server, clean: Mapping[str, Reference]) -> None:
        seeded = fault_named(name)

        evidence = Evidence(seeded, server, clean[seeded.api])

        assert evidence.shows(sandbox({seeded.api: seeded(APIS[seeded.api])}))

    @pytest.mark.parametrize("name", AFTER_OTHERS)
    def test_show_it_where_it_was_found_if_it_takes_what_came_before(
        self, name: str, server: Server, clean: Mapping[str, Reference]
    ) -> None:
        seeded = fault_named(name)
        evidence = Evidence(seeded, server, clean[seeded.api])

        assert not evidence.shows(sandbox({seeded.api: seeded(APIS[seeded.api])})), "take it out of AFTER_OTHERS"
        assert evidence.shows(evidence.used)


def a_call(body: bytes | None = None, path: str = "/leads", method: str = "POST", **more: str) -> Exchange:
    headers = {"Authorization": "Bearer $VOREL_FULL", **{name.replace("_", "-"): value for name, value in more.items()}}
    return Exchange("", Request(method, "VOREL_URL", path, headers, body), Response(200, {}, b"{}", b"{}"))


def arguments(*calls: Exchange, **environment: str) -> list[list[bytes]]:
    """What curl gets from the lines of these calls, word by word; files are named by their content."""
    curl = (
        'curl() { for each; do case $each in @/*) printf "@%s\\0" "$(od -An -v -tx1 "${each#@}" | tr -d " \\n")";; '
        '*) printf "%s\\0" "$each";; esac; done; printf "\\0"; }'
    )
    variables = {"VOREL_URL": "http://host/api/v1", "VOREL_FULL": "k3y", **environment}
    done = in_bash([curl, *lines(Chain(calls))], variables)
    assert done.returncode == 0, done.stderr
    return [each.split(b"\0") for each in done.stdout.removesuffix(b"\0\0").split(b"\0\0")]


HOSTILE = (
    b"{}",
    b"",
    b"@passwd",
    b'{"name": "O\'Brien $HOME `id` \\" \\\\ !! !$"}',
    b'{"a": "\\u0027"}\r\n\t',
    "{'👩\u200d👩 Zoë \u202e \ufeff'}".encode(),
    b"\xff\xfe{\x1b[2J",
    b"'!\\\n'",
    b"%s %n \\0",
    b"-d x",
)


class TestALine:
    @pytest.mark.parametrize("body", HOSTILE)
    def test_sends_a_body_as_it_was(self, body: bytes) -> None:
        (words,) = arguments(a_call(body))

        assert words[words.index(b"--data-raw") + 1] == body

    @pytest.mark.parametrize("body", [b"a\0b\\0%s\"'", b"x" * 200_000 + b"\xff"])
    def test_sends_what_no_argument_can_hold(self, body: bytes) -> None:
        (words,) = arguments(a_call(body))

        assert words[words.index(b"--data-binary") + 1] == b"@" + body.hex().encode()

    @pytest.mark.parametrize(
        "path", ["/leads?a[gte]=1&b={c}", "/leads/../x", "/leads/a'b$c!d\"e`f\\g", "/leads/%2F%00"]
    )
    def test_calls_a_path_as_it_was(self, path: str) -> None:
        (words,) = arguments(a_call(path=path))

        assert b"http://host/api/v1" + path.encode() in words
        assert (b"-g" in words) == ("[" in path)
        assert (b"--path-as-is" in words) == (".." in path)

    def test_fills_in_keys_and_nothing_else(self) -> None:
        (words,) = arguments(a_call(X_Odd="$VOREL_FULL $HOME `id` \"'!"), HOME="/root")

        assert b"Authorization: Bearer k3y" in words
        assert b"X-Odd: k3y $HOME `id` \"'!" in words

    def test_sends_an_empty_header_and_no_content_type_of_its_own(self) -> None:
        (words,) = arguments(a_call(b"{}", X_API_KEY=""))

        assert b"X-API-KEY;" in words
        assert b"Content-Type:" in words

    def test_asks_for_the_head_alone(self) -> None:
        (words,) = arguments(a_call(method="HEAD"))

        assert b"--head" in words and b"HEAD" not in words

    def test_comes_with_all_that_has_to_be_set(self) -> None:
        printed = lines(Chain([a_call(), a_call(X_Odd="$VOREL_OTHER")]))

        assert settings("vorel", "http://host", printed) == [
            "VOREL_URL=http://host",
            "VOREL_FULL=<key full>",
            "VOREL_OTHER=<key other>",
        ]

    def test_that_lacks_a_variable_says_which(self) -> None:
        done = in_bash(lines(Chain([a_call()])), {"VOREL_URL": "http://127.0.0.1:1"})

        assert done.returncode != 0
        assert b"VOREL_FULL: set it to the key full of vorel" in done.stderr
        assert b"curl" not in done.stderr


SHORTEST = {
    "aura/null_clears_the_notes": ["POST", "PATCH", "PATCH"],
    "octanist/note_is_dropped": ["POST", "PATCH", "GET"],
    "octanist/update_clears_the_note": ["POST", "PATCH", "PATCH", "GET"],
    "vorel/null_makes_the_score_zero": ["POST", "POST", "PATCH", "GET"],
    "vorel/answers_with_the_newest_lead": ["POST", "POST", "POST", "POST", "PATCH"],
}
"""Faults whose shortest chains are known."""


class TestTheShortestChain:
    @pytest.mark.parametrize("name", SHORTEST)
    def test_has_no_call_too_many(self, name: str, clean: Mapping[str, Reference]) -> None:
        _, target, result = tried(fault_named(name))

        short = shortest(result, target, clean[target.api], 200)

        assert [each.request.method for each in short.witness] == SHORTEST[name]
        assert short.minimal

    def test_has_no_member_too_many(self, clean: Mapping[str, Reference]) -> None:
        _, target, result = tried(fault_named("vorel/null_makes_the_score_zero"))

        short = shortest(result, target, clean["vorel"], 200)

        assert [list(json.loads(each.request.body or b"{}")) for each in short.witness[1:3]] == [
            ["conversation_id"],
            ["qualification_score"],
        ]
        assert short.detail.startswith("the calls were made smaller afterwards")

    def test_is_not_claimed_where_too_few_calls_are_left(self, clean: Mapping[str, Reference]) -> None:
        _, target, result = tried(fault_named("octanist/note_is_dropped"))
        before = target.requests

        short = shortest(result, target, clean["octanist"], 5)

        assert not short.minimal
        assert target.requests - before <= 5

    def test_is_not_claimed_where_the_reference_answers_the_same(self, clean: Mapping[str, Reference]) -> None:
        _, _, result = tried(fault_named("vorel/null_makes_the_score_zero"))
        innocent = target_at("vorel", client_of())
        blameless = replace(result, story=(result.story[0],), witness=(result.story[0],))

        assert shortest(blameless, innocent, clean["vorel"], 200) == blameless


FAILING = "vorel/update_lead/a_nested_attribute_object_is_replaced_whole"


@pytest.fixture(scope="module")
def made(server: Server, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report on a sandbox in which that requirement fails."""
    folder = tmp_path_factory.mktemp("made") / "report"
    server.app = sandbox({"vorel": fault_named("vorel/merges_attributes_deeply")(APIS["vorel"])})
    options = ["--yes", "--only", FAILING, "--effort", "quick", "--seed", "0", "-q"]
    assert main(["run", "vorel", "--url", server.root, "--report-dir", str(folder), *options]) == 1
    return folder


class TestReplay:
    """``lead-conformance replay`` of a report that was made at a sandbox with a fault."""

    @pytest.fixture
    def report(self, made: Path, server: Server) -> Path:
        server.app = sandbox({"vorel": fault_named("vorel/merges_attributes_deeply")(APIS["vorel"])})
        return made

    def test_says_that_it_still_fails(self, report: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["replay", str(report), FAILING, "--yes"]) == 1
        assert "STILL FAILS: all answers are as they were" in capsys.readouterr().out

    def test_says_that_it_no_longer_fails(
        self, report: Path, server: Server, capsys: pytest.CaptureFixture[str]
    ) -> None:
        server.app = sandbox({"vorel": APIS["vorel"]})

        assert main(["replay", str(report / "results.json"), FAILING, "--url", server.root, "--yes"]) == 0
        assert "NO LONGER FAILS" in capsys.readouterr().out

    def test_can_be_of_the_embedded_sandbox(self, report: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["replay", str(report), FAILING, "--target", "mock"]) == 0
        assert "NO LONGER FAILS" in capsys.readouterr().out

    def test_shows_no_key(self, report: Path, capsys: pytest.CaptureFixture[str]) -> None:
        main(["replay", str(report), FAILING, "--yes"])
        shown = capsys.readouterr()

        assert APIS["vorel"].key_ring["full"] not in shown.out + shown.err + (report / "results.json").read_text()

    def test_of_a_report_that_was_made_with_an_exact_chain(self, report: Path) -> None:
        (failed,) = json.loads((report / "results.json").read_text())["requirements"]

        assert failed["minimal"] is True
        assert len(failed["witness"]) == len([line for line in failed["curl"] if "curl -sS" in line]) == 5

    @pytest.mark.parametrize(
        ("arguments", "code", "complaint"),
        [
            (
                ["{report}", "vorel/update_lead/unheard_of"],
                2,
                "the report has no failure 'vorel/update_lead/unheard_of'",
            ),
            (["{report}/nothing.json", FAILING], 2, "cannot read the report"),
            (["{report}/junit.xml", FAILING], 2, "is no results.json"),
            (["{report}", FAILING, "--url", "nowhere"], 2, "is no URL"),
            (["{report}", FAILING, "--url", "http://127.0.0.1:1", "--key", "full=x", "--yes"], 4, "does not answer"),
            (["{report}", FAILING], 2, "this would change the target: read the plan above, then pass --yes"),
        ],
    )
    def test_says_why_it_cannot(
        self, arguments: list[str], code: int, complaint: str, report: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert main(["replay", *[each.format(report=report) for each in arguments]]) == code
        assert complaint in capsys.readouterr().err
