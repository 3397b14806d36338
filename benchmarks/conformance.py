"""``make bench-conformance``: what a run of the suite costs, beside ``schemathesis run`` alone.

Both try all three APIs on a sandbox of their own, in this run, with the same seed; Schemathesis makes up as many
requests for each operation as the suite's contract layer does at that effort. Seconds are those of the whole command,
its start included; CPU seconds are those of the command and of its children, and leave out Schemathesis' sandbox.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import openapi
from conformance.contract_layer import FUZZED
from conformance.embedded import embedded_sandbox
from mock_server import APIS

GOALS = {"quick": 20.0, "standard": 120.0}
"""Seconds that all three APIs may take on two cores."""


@dataclass
class Cost:
    """What a command has cost."""

    requests: int = 0
    seconds: float = 0.0
    cpu: float = 0.0


def of_the_suite(effort: str, seed: int) -> Cost:
    """A run against the embedded sandbox. Raises SystemExit where it is not conformant: its cost means nothing."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["-m", "conformance", "run", "--quiet", "--effort", effort, "--seed", str(seed)]
        with measured() as cost:
            code = ended([*command, "--report-dir", folder])
        if code != 0:
            raise SystemExit(f"the suite ended with {code} on the clean sandbox")
        cost.requests = json.loads((Path(folder) / "results.json").read_text())["requests"]
    return cost


def of_schemathesis(effort: str, seed: int) -> Cost:
    """``schemathesis run``, one API after the other, its stateful phase left out. Its findings do not matter here."""
    total = Cost()
    contracts = Path(openapi.__file__).parent
    with embedded_sandbox(seed) as root, tempfile.TemporaryDirectory() as folder:
        for api in openapi.APIS:
            report = Path(folder) / f"{api}.json"
            key = APIS[api].key_ring["full"]
            header = f"X-API-KEY: {key}" if api == "octanist" else f"Authorization: Bearer {key}"
            command = ["-m", "schemathesis.cli", "run", str(contracts / f"{api}.yaml"), "--header", header]
            command += ["--url", root + openapi.read(api).base_path, "--seed", str(seed)]
            command += ["--max-examples", str(2 * FUZZED[effort]), "--phases", "examples,coverage,fuzzing"]
            command += ["--generation-database", "none", "--report-json-path", str(report)]
            with measured() as cost:
                ended(command, Path(folder))  # where it may leave what it caches
            found = json.loads(report.read_text())
            if not found["complete"]:
                raise SystemExit(f"Schemathesis did not finish {api}")
            total.requests += found["test_cases"]["generated"]
            total.seconds += cost.seconds
            total.cpu += cost.cpu
    return total


@contextmanager
def measured() -> Iterator[Cost]:
    """The cost of what is done within; without the requests."""
    cost, began, before = Cost(), time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    yield cost
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cost.seconds = time.monotonic() - began
    cost.cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ended(arguments: list[str], folder: Path | None = None) -> int:
    """The exit code of a program of this Python, run in a folder."""
    return subprocess.run([sys.executable, *arguments], cwd=folder, capture_output=True, check=False).returncode


def main() -> int:
    """Measure and print. Exit code 1 where an effort takes longer than its goal."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--effort", action="append", choices=list(FUZZED), help="(default: quick and standard)")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    print(f"{os.cpu_count()} cores, seed {options.seed}, all three APIs")
    print(f"{'effort':<10}{'':<14}{'requests':>9}{'seconds':>9}{'req/s':>8}{'CPU s':>8}", end="")
    print(f"{'x requests':>12}{'x seconds':>11}")
    slow = []
    for effort in options.effort or list(GOALS):
        suite, alone = of_the_suite(effort, options.seed), of_schemathesis(effort, options.seed)
        show(effort, "suite", suite, alone)
        show(effort, "schemathesis", alone, alone)
        if suite.seconds > GOALS.get(effort, float("inf")):
            slow.append(f"{effort} {suite.seconds:.0f} s")
    goals = ", ".join(f"{effort} {goal:g} s" for effort, goal in GOALS.items())
    print(f"within the goals ({goals}): {'no: ' + ', '.join(slow) if slow else 'yes'}")
    return 1 if slow else 0


def show(effort: str, name: str, cost: Cost, alone: Cost) -> None:
    """A row of the table; the last two cells are ratios to Schemathesis alone."""
    rate, more, longer = cost.requests / cost.seconds, cost.requests / alone.requests, cost.seconds / alone.seconds
    cells = f"{cost.requests:>9}{cost.seconds:>9.1f}{rate:>8.0f}{cost.cpu:>8.1f}{more:>12.2f}{longer:>11.2f}"
    print(f"{effort:<10}{name:<14}{cells}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
