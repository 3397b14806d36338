"""``make bench``: requests a second and CPU time a request, as ratios to plain Connexion and to a bare server.

Each round loads the servers one after the other, the order turned round every time, over loopback with a few
connections that each wait for their answer; the medians of the rounds are printed. Absolute numbers belong to
one machine on one day; the ratios are what to look at.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.servers import SERVERS
from mock_server import APIS

CONNECTIONS = 32
KEY = APIS["aura"].key_ring["full"]


@dataclass
class Server:
    """One server process and the requests that are sent to it, by workload."""

    name: str
    process: subprocess.Popen[str]
    port: int
    workloads: dict[str, bytes] = field(default_factory=dict)

    def cpu_seconds(self) -> float:
        """User and system time of the process so far."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def request(method: str, path: str, body: object = None) -> bytes:
    """A request as it goes over the wire."""
    content = b"" if body is None else json.dumps(body).encode()
    kind = "" if body is None else f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n"
    return (
        f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {KEY}\r\n{kind}\r\n".encode() + content
    )


class Connection(asyncio.Protocol):
    """Sends the same request again and again, each time its answer is complete, and counts the answers."""

    def __init__(self, message: bytes, statuses: defaultdict[int, int]) -> None:
        self._message = message
        self._statuses = statuses
        self._buffer = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        transport.write(self._message)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, separator, body = self._buffer.partition(b"\r\n\r\n")
        if separator:
            length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
            if len(body) >= length:
                self._statuses[int(head[9:12])] += 1
                self._buffer = body[length:]
                self.transport.write(self._message)


async def load(port: int, message: bytes, seconds: float) -> dict[int, int]:
    """Answers by status that came within the time."""
    statuses: defaultdict[int, int] = defaultdict(int)
    loop = asyncio.get_running_loop()
    made = [
        await loop.create_connection(lambda: Connection(message, statuses), "127.0.0.1", port)
        for _ in range(CONNECTIONS)
    ]
    await asyncio.sleep(seconds)
    for transport, _ in made:
        transport.abort()
    return dict(statuses)


@contextmanager
def serving(names: list[str]) -> Iterator[list[Server]]:
    """The servers, each a process of its own, kept on one core where the system lets us."""
    servers = []
    try:
        for name in names:
            command = [sys.executable, "-m", "benchmarks.servers", name]
            process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
            assert process.stdout is not None
            port = int(process.stdout.readline().rpartition(":")[2])
            servers.append(Server(name, process, port))
        yield servers
    finally:
        for server in servers:
            server.process.terminate()
            server.process.wait(5)


async def prepare(server: Server) -> None:
    """Make the lead that the workloads are about."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    lead = {"email": "john@example.com", "full_name": "John Doe", "phone": "+14155552671", "company": "Acme Corp"}
    writer.write(request("POST", "/v1/leads", {**lead, "metadata": {"utmSource": "google", "city": "Boston"}}))
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(b"\r\n")[0])
    made = json.loads(await reader.readexactly(length))["data"]
    writer.close()
    path = f"/v1/leads/{made['id']}" if isinstance(made, dict) else "/v1/leads/1"
    server.workloads = {
        "read": request("GET", path),
        "update": request("PATCH", path, {"company": "Other Corp", "status": "qualified", "timezone": "Europe/Berlin"}),
        "refused update": request("PATCH", path, {"company": "Other Corp", "phone": "+1 415 555 2671"}),
    }


def main() -> int:
    """Measure and print. Exit code 1 where the sandbox is less than the wanted times as fast as plain Connexion."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="that each server is loaded in each round")
    parser.add_argument("--at-least", type=float, default=8.0, help="times as fast as plain Connexion")
    options = parser.parse_args()
    rates: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    costs: defaultdict[tuple[str, str], list[float]] = defaultdict(list)
    with serving(list(SERVERS)) as servers:
        for server in servers:
            asyncio.run(prepare(server))
        for number in range(options.rounds):
            for workload in ("read", "update", "refused update"):
                for server in servers if number % 2 else reversed(servers):
                    cpu, began = server.cpu_seconds(), time.perf_counter()
                    statuses = asyncio.run(load(server.port, server.workloads[workload], options.seconds))
                    answers, elapsed = sum(statuses.values()), time.perf_counter() - began
                    check_statuses(server.name, workload, statuses)
                    rates[server.name, workload].append(answers / elapsed)
                    costs[server.name, workload].append((server.cpu_seconds() - cpu) / answers * 1e6)
    return show(rates, costs, options.at_least)


def check_statuses(server: str, workload: str, statuses: dict[int, int]) -> None:
    """A server that does something else than it is measured for would make the figures worthless."""
    expected = {201} if server == "bare" else {400} if workload == "refused update" else {200}
    if set(statuses) != expected:
        raise SystemExit(f"{server} answered {statuses} to {workload}; expected {expected}")


def show(rates: dict[tuple[str, str], list[float]], costs: dict[tuple[str, str], list[float]], at_least: float) -> int:
    """Print the table; the exit code."""
    print(f"{'workload':<16}{'server':<12}{'req/s':>9}{'x connexion':>13}{'of bare':>9}{'CPU us':>8}{'CPU x bare':>12}")
    slow = []
    for workload in ("read", "update", "refused update"):
        for server in SERVERS:
            rate = statistics.median(rates[server, workload])
            cost = statistics.median(costs[server, workload])
            times = rate / statistics.median(rates["connexion", workload])
            limit = rate / statistics.median(rates["bare", workload])
            more = cost / statistics.median(costs["bare", workload])
            print(f"{workload:<16}{server:<12}{rate:>9.0f}{times:>13.1f}{limit:>9.2f}{cost:>8.0f}{more:>12.2f}")
            if server == "sandbox" and times < at_least:
                slow.append(f"{workload} {times:.1f}")
    print(f"sandbox at least {at_least:g} x plain Connexion: {'no: ' + ', '.join(slow) if slow else 'yes'}")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
