"""The examples do what their READMEs say: their tests pass on the sandbox, and their coverage gates hold."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tests.programs import serving

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

    told = run(folder, *command, LEAD_MOCK=f"{sys.executable} -m mock_server", LEAD_ADMIN_TOKEN="anothers")

    assert "pass 7\n" in told
    assert "fail 0\n" in told
    assert "vorel: 20 calls met " in told


def test_the_example_in_javascript_advises_what_its_readme_does() -> None:
    folder = EXAMPLES / "javascript"
    environment = {**os.environ, "LEAD_MOCK": "not-installed"}
    command = ["node", "with-sandbox.mjs", "test/client.test.mjs"]

    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120)

    assert done.returncode == 2
    (advised,) = re.findall(r"pip install .*? \.(?= )", done.stderr)
    assert f"{advised} " in (folder / "README.md").read_text()


def test_the_example_of_readiness(tmp_path: Path) -> None:
    """What its README says is pasted into a shell, line by line, at the port of a sandbox of our own."""
    (_, pasted) = re.findall(r"```\n(.*?)```", (EXAMPLES / "readiness" / "README.md").read_text(), re.DOTALL)
    for name, arguments in (("python", ""), ("lead-mock", " -m mock_server")):
        (tmp_path / name).write_text(f'#!/bin/sh\nexec "{sys.executable}"{arguments} "$@"\n')
        (tmp_path / name).chmod(0o755)
    with serving() as (root, _):
        script = "set -e\n" + pasted.replace("http://127.0.0.1:4020", root)

        told = run(ROOT, "bash", "-c", script, PATH=f"{tmp_path}:{os.environ['PATH']}")

    assert "survived: ambiguous_email (octanist/update_lead): " in told
