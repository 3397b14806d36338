"""The calls that show a failure: pasted into a shell, sent again, and as few as possible."""

from __future__ import annotations

import os
import re
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import httpx
import pytest
import uvicorn

from conformance.answers import differences
from conformance.chain import Chain, numbered
from conformance.exchange import Exchange, Request, Response
from conformance.outcomes import Result
from conformance.replay import renewal, sender, sent_again
from conformance.run import attempt
from conformance.shell import lines
from conformance.shortest import Reference, shortest
from conformance.target import Target
from mock_server import APIS, FAULTS
from mock_server.faults import Fault
from mock_server.serve import listening_socket, sandbox
from tests.in_process import InProcess, client_of
from tests.targets import checks, target_at


class Server:
    """One port that serves whichever sandbox it is told to, in a thread."""

    def __init__(self) -> None:
        self.app: Any = None
        bound = listening_socket("127.0.0.1", 0)
        self.root = f"http://127.0.0.1:{bound.getsockname()[1]}"
        self._server = uvicorn.Server(uvicorn.Config(self._call, interface="asgi3", lifespan="off", log_level="error"))
        self._thread = threading.Thread(target=self._server.run, args=([bound],), daemon=True)
        self._thread.start()

    async def _call(self, scope: Any, receive: Any, send: Any) -> None:
        await self.app(scope, receive, send)

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
    app = sandbox({fault.api: fault(APIS[fault.api])})
    target = target_at(fault.api, httpx.Client(transport=InProcess(app), base_url="http://sandbox"))
    return app, target, attempt(checks(fault.api)[fault.breaks], target)


def variables(api: str, root: str) -> dict[str, str]:
    base = {"aura": "", "octanist": "/api", "vorel": "/api/v1"}[api]
    keys = {f"{api.upper()}_{name.upper()}": key for name, key in APIS[api].key_ring.items()}
    return {f"{api.upper()}_URL": root + base, **keys}


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


def pasted(chain: Chain, root: str) -> tuple[list[Exchange], str]:
    """What the lines of a chain print, as exchanges, and the run that they made up."""
    api = chain.calls[0].request.base.partition("_")[0].lower()
    done = in_bash([*lines(chain), 'printf "run %s" "$RUN" >&2'], variables(api, root))
    answers = re.split(rb"(?m)^HTTP/1\.1 ", done.stdout)[1:]
    assert len(answers) == len(chain.calls), done.stderr.decode()
    exchanges = []
    for at, (call, answer) in enumerate(zip(chain.calls, answers, strict=True)):
        head, _, body = answer.partition(b"\r\n\r\n")
        response = Response(int(head[:3]), {}, body.rstrip(b"\n"), body.rstrip(b"\n"))
        exchanges.append(Exchange(call.operation_id, call.request, response, time.time() + at / 100))
    return exchanges, done.stderr.decode().rpartition("run ")[2]


def told(chain: Chain, answers: Sequence[Exchange], run: str) -> list[frozenset[str]]:
    return differences(chain.calls, answers, renewal(chain, run))


def shows(chain: Chain, root: str, clean: Reference) -> bool:
    """Whether the printed lines get the answers that were recorded, and those are not what is documented."""
    if told(chain, *pasted(chain, root))[-1]:
        return False
    clean.forget()
    return any(told(chain, sent_again(chain, sender(clean.target), "2000000000"), "2000000000"))


class TestThePrintedLines:
    @pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.api}-{fault.name}")
    def test_show_the_failure_of_every_seeded_fault(
        self, fault: Fault, server: Server, clean: Mapping[str, Reference]
    ) -> None:
        app, _, result = tried(fault)
        server.app = app
        assert any(
            shows(Chain(calls, numbered(result.made_up)), server.root, clean[fault.api])
            for calls in (result.witness, result.story)
        )
