"""The two commands as processes of their own, and servers that are something else."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


def lead_mock(*arguments: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "mock_server", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def said(*arguments: str) -> tuple[int, str]:
    """The exit code and the complaint of a command that ends by itself."""
    process = lead_mock(*arguments)
    out, err = process.communicate(timeout=30)
    return process.returncode, out + err


@contextmanager
def serving(*arguments: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The root URL and the process of a running sandbox."""
    process = lead_mock("serve", "--port", "0", *arguments)
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("listening http://127.0.0.1:"), line
        yield line.split()[1], process
    finally:
        process.kill()
        process.communicate()


def wait_until(come: Callable[[], Any]) -> None:
    """Wait until something has come; the test fails where it does not within half a minute."""
    until = time.monotonic() + 30
    while not come():
        assert time.monotonic() < until, "it did not come"


def conformance(*arguments: str, at: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command, ended. A run takes the seed that other tests have in process, unless one is named.

    A seed by chance would let a sequence of calls meet a fault in one run of the tests and not in the next.
    """
    seed = ["--seed", "0"] if arguments[0] == "run" and "--seed" not in arguments else []
    command = [sys.executable, "-m", "conformance", *arguments, *seed]
    root = str(Path(__file__).parent.parent)
    return subprocess.run(
        command,
        cwd=at,
        env={**os.environ, "PYTHONPATH": root, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def results_in(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "report" / "results.json").read_text()))


class Answering(BaseHTTPRequestHandler):
    """Answers every request with what the server says."""

    server: Any

    def answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        status, kind, body, headers = self.server.reply
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PATCH = answer  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        """Keep quiet."""


@contextmanager
def a_server_that_says(status: int, kind: str, body: bytes, **headers: str) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        server.reply = (status, kind, body, headers)  # type: ignore[attr-defined]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
