"""The same seed gives the same requests in the same order, in every process and under every Python."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

import openapi

ROOT = Path(__file__).parent.parent
NAMES = ("python3.11", "python3.12", "python3.13", "python3.14")
_GIVE_VERSIONS = (
    "import sys, importlib.metadata as m, connexion, httptools, msgspec, jsonschema_rs;"
    "print('%d.%d' % sys.version_info[:2], m.version('hypothesis'), m.version('schemathesis'))"
)
_MOMENT = re.compile(r"20\d\d-\d\d-\d\dT\d\d(:|%3A)\d\d\1\d\d\.\d{3,6}(Z|%2B00%3A00)")


def others() -> Iterator[Any]:
    """The other Pythons on the path that have what the suite needs, in the same versions; a skip where none has."""
    here = f"{version('hypothesis')} {version('schemathesis')}"
    found = []
    for name in NAMES:
        path = shutil.which(name)
        if path is None or name.endswith(f"{sys.version_info[0]}.{sys.version_info[1]}"):
            continue
        said = subprocess.run([path, "-W", "ignore", "-c", _GIVE_VERSIONS], capture_output=True, text=True, check=False)
        if said.stdout.strip() == f"{name.removeprefix('python')} {here}":
            found.append(pytest.param(path, id=name))
    yield from found or [
        pytest.param(
            "", id="another-python", marks=pytest.mark.skip(reason="no other Python here has what the suite needs")
        )
    ]


def transcript(python: str, hashes: str, *modules: str) -> list[str]:
    """The requests of a run in a process of its own, which has loaded some more modules.

    Moments of the sandbox's clock, which goes, are masked.
    """
    load = "".join(f"import {module}; " for module in ("runpy", *modules))
    program = f"{load}runpy.run_module('tests.transcript', run_name='__main__', alter_sys=True)"
    done = subprocess.run(
        [python, "-W", "ignore", "-c", program, *openapi.APIS],
        cwd=ROOT,
        env={**os.environ, "PYTHONHASHSEED": hashes, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=600,
        check=True,
    )
    return [_masked(line) for line in done.stdout.splitlines()]


def _masked(line: str) -> str:
    return _MOMENT.sub("<now>", line) if line.startswith("GET ") else line


@pytest.fixture(scope="module")
def first() -> list[str]:
    return transcript(sys.executable, "1")


@pytest.mark.parametrize("python", [pytest.param(sys.executable, id="this-python-again"), *others()])
def test_a_seed_gives_the_same_requests_in_the_same_order_under(python: str, first: list[str]) -> None:
    again = transcript(python, "2", "mock_server.client", "benchmarks.servers")
    different = [(one, two) for one, two in zip(first, again, strict=False) if one != two]

    assert len(first) > 1000
    assert not different, f"{len(different)} requests differ; the first: {different[0]}"
    assert len(first) == len(again)
