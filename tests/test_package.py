"""The wheel: whole, and working outside the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The content of the wheel, in a folder that knows nothing of the checkout."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder / "unpacked")
    return folder / "unpacked"


def run(unpacked: Path, code: str) -> str:
    """What a program prints that finds the wheel before everything else."""
    program = f"import sys; sys.path.insert(0, {str(unpacked)!r}); {code}"
    done = subprocess.run([sys.executable, "-P", "-c", program], cwd=unpacked.parent, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_wheel_holds_the_packages_with_their_contracts_and_nothing_else(unpacked: Path) -> None:
    names = {path.name for path in unpacked.iterdir()}

    assert names == {"openapi", "mock_server", "conformance", next(unpacked.glob("*.dist-info")).name}
    assert {path.name for path in (unpacked / "openapi").glob("*.yaml")} == {
        "aura.yaml",
        "octanist.yaml",
        "vorel.yaml",
        "sandbox.yaml",
    }


def test_the_wheel_is_typed_and_offers_both_commands(unpacked: Path) -> None:
    (metadata,) = unpacked.glob("*.dist-info")

    assert "lead-mock = mock_server.__main__:main" in (metadata / "entry_points.txt").read_text()
    assert "lead-conformance = conformance.__main__:main" in (metadata / "entry_points.txt").read_text()
    assert "mock_server.pytest_plugin = mock_server.pytest_plugin" in (metadata / "entry_points.txt").read_text()
    assert (metadata / "licenses" / "LICENSE").exists()
    assert all((unpacked / name / "py.typed").exists() for name in ("openapi", "mock_server", "conformance"))


@pytest.mark.parametrize(("package", "command"), [("mock_server", "lead-mock"), ("conformance", "lead-conformance")])
def test_each_command_of_the_wheel_tells_its_version(unpacked: Path, package: str, command: str) -> None:
    (metadata,) = unpacked.glob("*.dist-info")
    told = run(unpacked, f"import sys; sys.argv = ['', '--version']; from {package}.__main__ import main; main()")

    assert told == f"{command} {metadata.name.split('-')[1].removesuffix('.dist')}\n"


def test_the_wheel_works_from_elsewhere(unpacked: Path) -> None:
    listed = run(unpacked, "from conformance.cli import main; main(['list', 'aura'])")
    served = run(
        unpacked, "import mock_server.serve, mock_server; mock_server.serve.sandbox(mock_server.APIS); print(1)"
    )

    reported = run(
        unpacked,
        "from importlib.resources import files; "
        "print(sorted(each.name for each in files('conformance.reports').iterdir() if 'report.' in each.name))",
    )

    assert "['report.css', 'report.html.in', 'report.js']" in reported

    pages = run(
        unpacked,
        "import mock_server.pages; print(mock_server.pages.Pages(frozenset()).has('/_sandbox/static/console.js'))",
    )

    assert pages == "True\n"
    assert "aura/create_lead/email_alone_is_enough" in listed
    assert served == "1\n"


def test_pytest_finds_the_requirements_in_the_wheel(unpacked: Path, tmp_path: Path) -> None:
    chosen = "conformance.aura.get_lead::reading_changes_nothing"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "--pyargs", chosen, "--effort", "quick", "--seed", "3", "-v"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(unpacked)},
        capture_output=True,
        text=True,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert "conformance/aura/get_lead.py::reading_changes_nothing PASSED" in done.stdout


def test_the_wheel_brings_the_fixtures_to_pytest(unpacked: Path, tmp_path: Path) -> None:
    test = tmp_path / "test_it.py"
    test.write_text("def test_it(lead_world): assert lead_world.aura.client.get('/v1/leads').status_code == 200\n")
    options = [
        "-q",
        "-W",
        "error",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:schemathesis",
        "--rootdir",
        str(tmp_path),
        str(test),
    ]

    assert "1 passed" in run(unpacked, f"import pytest; pytest.main({options})")
