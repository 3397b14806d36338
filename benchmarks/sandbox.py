"""``make bench-sandbox``: what a test run pays for the sandbox, in milliseconds and as ratios.

Starting it, opening organizations, opening a test's world, and having the pytest plugin installed. Wall time of one
machine on one day; CPU time and the ratios are what to look at where the machine is busy.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from mock_server import APIS
from mock_server.serve import sandbox
from mock_server.testing import opened

STARTS = 5
ORGANIZATIONS = 1000

Cost = tuple[float, float]
"""Milliseconds of wall time and of CPU time."""


def cost(work: Callable[[], object], who: int, times: int = 1) -> Cost:
    """What it takes, each time of so many."""
    usage, began = resource.getrusage(who), time.perf_counter()
    work()
    wall, after = time.perf_counter() - began, resource.getrusage(who)
    cpu = after.ru_utime + after.ru_stime - usage.ru_utime - usage.ru_stime
    return wall * 1000 / times, cpu * 1000 / times


def median(work: Callable[[], object]) -> Cost:
    """The medians of several runs of a process."""
    costs = [cost(work, resource.RUSAGE_CHILDREN) for _ in range(STARTS)]
    return statistics.median(wall for wall, _ in costs), statistics.median(cpu for _, cpu in costs)


def python(*arguments: str) -> Callable[[], object]:
    """A process that ends by itself."""
    known = {**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    return lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True, env=known)


def first_answer() -> None:
    """Start the sandbox, wait for its first answer, end it."""
    command = [sys.executable, "-m", "mock_server", "serve", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        root = process.stdout.readline().split()[1]
        httpx.get(f"{root}/v1/leads").raise_for_status()
        process.kill()


def organizations() -> dict[str, Cost]:
    """Opening organizations, and resetting one among many."""
    world = sandbox(APIS).world
    keys = [f"vapk_live_{number:048x}" for number in range(ORGANIZATIONS)]

    def opening() -> None:
        for key in keys:
            world.organization("vorel", key)

    def resetting() -> None:
        for key in keys:
            world.reset_organization("vorel", key)

    return {
        "a fresh organization": cost(opening, resource.RUSAGE_SELF, ORGANIZATIONS),
        f"reset of one of {ORGANIZATIONS}": cost(resetting, resource.RUSAGE_SELF, ORGANIZATIONS),
    }


def worlds() -> dict[str, Cost]:
    """The first call with a key, a later one, and what `lead_world` takes; all in process."""
    times = 200
    with opened("in-process") as found:
        client = httpx.Client(transport=found.transport, base_url="http://sandbox/api/v1")

        def calling(*keys: str) -> None:
            for key in keys:
                client.get("/leads", headers={"Authorization": f"Bearer {key}"}).raise_for_status()

        known, *fresh = (f"vapk_live_b{number:047x}" for number in range(times + 1))
        calling(known)
        return {
            "a call, in process": cost(lambda: calling(*[known] * times), resource.RUSAGE_SELF, times),
            "a call with a fresh key": cost(lambda: calling(*fresh), resource.RUSAGE_SELF, times),
            "lead_world, per API": cost(
                lambda: [found.world(str(number)).vorel for number in range(times)], resource.RUSAGE_SELF, times
            ),
        }


def starts() -> dict[str, Cost]:
    """Processes: the sandbox to its first answer, and pytest with and without the plugin."""
    with tempfile.TemporaryDirectory() as folder:
        test = Path(folder) / "test_nothing.py"
        test.write_text("def test_nothing(): pass\n")
        pytest = ["-m", "pytest", "-q", "-p", "no:cacheprovider", str(test)]
        return {
            "python": median(python("-c", "pass")),
            "python, importing connexion": median(python("-W", "ignore", "-c", "import connexion")),
            "sandbox, to its first answer": median(first_answer),
            "pytest, one empty test": median(python(*pytest)),
            "pytest with the plugin": median(python(*pytest, "-p", "mock_server.pytest_plugin")),
        }


def show(costs: dict[str, Cost], base: str) -> None:
    """Print a table; the ratios are those of CPU time."""
    for name, (wall, cpu) in costs.items():
        print(f"{name:<32}{wall:>10.3f}{cpu:>10.3f}{cpu / costs[base][1]:>10.2f} x {base}")


def main() -> None:
    """Measure and print."""
    print(f"{'':<32}{'ms':>10}{'ms CPU':>10}")
    show(starts(), "python, importing connexion")
    show(organizations(), "a fresh organization")
    show(worlds(), "a call, in process")


if __name__ == "__main__":
    main()
