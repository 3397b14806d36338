"""Where the sandbox of a test run lives: in this process, in one of its own, or wherever a URL leads."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import Protocol

import httpx

from mock_server.testing.in_process import InProcess


class Place(Protocol):
    """A sandbox that can be reached. `inner` is the root for httpx clients with these transports, `root` for all,
    and `name` says where it is.
    """

    @property
    def name(self) -> str: ...

    @property
    def inner(self) -> str: ...

    @property
    def root(self) -> str: ...

    @property
    def transport(self) -> httpx.BaseTransport | None: ...

    @property
    def async_transport(self) -> httpx.AsyncBaseTransport | None: ...

    def close(self) -> None: ...


class Elsewhere:
    """A sandbox that somebody else has started."""

    transport: httpx.BaseTransport | None = None

    def __init__(self, root: str) -> None:
        self.root = self.inner = root.rstrip("/")
        self.name = f"at {self.root}"

    @property
    def async_transport(self) -> httpx.AsyncBaseTransport | None:
        """Keeps no connection, because nobody can close it once the test and its event loop have ended."""
        return httpx.AsyncHTTPTransport(limits=httpx.Limits(max_keepalive_connections=0))

    def close(self) -> None:
        """Leave it running."""


class OwnProcess(Elsewhere):
    """A sandbox in a process of its own, on a free port. Raises RuntimeError where it does not start."""

    def __init__(self, seed: int) -> None:
        command = [sys.executable, "-m", "mock_server", "serve", "--port", "0", "--seed", str(seed)]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line.startswith("listening "):
            self.close()
            raise RuntimeError(f"the sandbox did not start; {' '.join(command)} says why")
        super().__init__(line.split()[1])

    def close(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.communicate()


class ThisProcess:
    """A sandbox in this process; it takes a port only when its `root` is asked for."""

    name = "in this process"
    inner = "http://sandbox"

    def __init__(self, seed: int) -> None:
        self._sandbox = InProcess(seed)
        self.transport = self._sandbox.transport
        self.async_transport = self._sandbox.async_transport
        self._root = ""
        self._serving = threading.Lock()

    @property
    def root(self) -> str:
        """Threads that ask at once are given the same port."""
        with self._serving:
            self._root = self._root or self._sandbox.serve()
        return self._root

    def close(self) -> None:
        """End its thread, and give back its port."""
        self._sandbox.close()


def place_of(where: str, seed: int) -> Place:
    """The place that ``in-process``, ``server`` or a URL names."""
    match where:
        case "in-process":
            return ThisProcess(seed)
        case "server":
            return OwnProcess(seed)
        case _:
            return Elsewhere(where)
