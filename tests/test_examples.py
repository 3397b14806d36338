"""The examples do what their READMEs say: their tests pass on the sandbox, and their coverage gates hold."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "examples"


def run(folder: Path, *command: str, **environment: str) -> str:
    """What a command prints in the folder of an example, where it succeeds."""
    known = {**os.environ, "PYTHONPATH": str(ROOT), **environment}
    done = subprocess.run(command, cwd=folder, env=known, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_example_in_python() -> None:
    options = ["-p", "mock_server.pytest_plugin", "-p", "no:cacheprovider"]

    told = run(EXAMPLES / "python", sys.executable, "-m", "pytest", *options, PYTEST_DISABLE_PLUGIN_AUTOLOAD="1")

    assert " 13 passed" in told
    assert "vorel: 30 calls met " in told


def test_the_example_in_javascript() -> None:
    assert shutil.which("node"), "the example in JavaScript needs Node 18 or newer: apt-get install nodejs"
    folder = EXAMPLES / "javascript"
    command = json.loads((folder / "package.json").read_text())["scripts"]["test"].split()

    told = run(folder, *command, LEAD_MOCK=f"{sys.executable} -m mock_server")

    assert "pass 7\n" in told
    assert "fail 0\n" in told
    assert "vorel: 20 calls met " in told
