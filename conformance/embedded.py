"""The embedded sandbox: started as a process of its own, stopped at the end."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, nullcontext
from typing import IO, Any

import httpx

from conformance.config import without_credentials
from conformance.outcomes import IS_IT_THERE, TargetFault

KeyRing = Mapping[str, Mapping[str, str]]

_PATIENCE = 5.0


@contextmanager
def embedded_sandbox(
    seed: int, fault: str = "", log: IO[str] | None = None, meanwhile: Callable[[], object] = lambda: None
) -> Iterator[str]:
    """Start a sandbox on a free port; its root URL. Raises TargetFault where it does not start.

    `fault` names what it does wrong on purpose; what it complains about is written to `log`. `meanwhile` is called
    while it starts.
    """
    command = [sys.executable, "-m", "mock_server", "serve", "--port", "0", "--seed", str(seed), "--until-eof"]
    if fault:
        command += ["--fault", fault]
    # The token in the environment, if any, is for another sandbox: this one is steered without.
    environment = {name: value for name, value in os.environ.items() if name != "LEAD_ADMIN_TOKEN"}
    with (
        nullcontext(log) if log else tempfile.TemporaryFile("w+") as complaints,
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, text=True, env=environment
        ) as process,
    ):
        try:
            meanwhile()
            yield _root(process, complaints)
        finally:
            process.terminate()
            try:
                process.wait(_PATIENCE)
            except subprocess.TimeoutExpired:
                process.kill()


def _root(process: subprocess.Popen[str], complaints: IO[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line.startswith("listening "):
        process.wait(_PATIENCE)
        complaints.seek(0)
        said = complaints.read().strip()[-500:] or "it said nothing"
        raise TargetFault(f"the embedded sandbox did not start: {said}")
    return line.split()[1]


def key_ring(root: str, client: httpx.Client) -> KeyRing:
    """The key ring of the sandbox at this root; empty where something else answers there.

    Raises TargetFault where nothing does.
    """
    try:
        answer = client.get(f"{root}/_sandbox/info")
        info: Any = answer.json() if answer.status_code == 200 else {}
    except httpx.TransportError as error:
        why = f"{type(error).__name__}: {error}"
        raise TargetFault(f"{without_credentials(root)} does not answer ({why}); {IS_IT_THERE}") from None
    except (httpx.HTTPError, ValueError):
        return {}
    ring = info.get("key_ring") if isinstance(info, dict) else None
    return ring if isinstance(ring, dict) else {}
