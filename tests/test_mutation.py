"""What a fault does to the checks that are not its own, and the proof that serves them all as processes."""

from __future__ import annotations

import hashlib
import json
import os
import re
import signal
import subprocess
import sys
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from conformance import cli
from conformance.outcomes import Outcome
from conformance.proof.matrix import complaints, holds, matrix
from conformance.proof.prove import Fault as Seeded
from conformance.proof.prove import Outcomes, Plan, Work, deciding, perform
from conformance.register import Requirement
from conformance.run import attempt
from mock_server import APIS, FAULTS
from mock_server.faults import Fault
from tests.targets import checks, target_of

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "mutation.md"
THREE = ("aura/null_notes_skip_the_whole_update", "aura/null_notes_skip_the_status", "aura/creates_without_an_email")


def another(fault: Fault) -> Requirement:
    """A check that is not the fault's own: always the same one for the same fault."""

    def drawn(each: Requirement) -> bytes:
        return hashlib.sha256(f"{fault.api}/{fault.name}/{each.id}".encode()).digest()

    return min((each for each in checks(fault.api).values() if each.check and each.id != fault.breaks), key=drawn)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.api}-{fault.name}")
def test_a_fault_puts_no_other_check_into_error(fault: Fault) -> None:
    result = attempt(another(fault), target_of(fault(APIS[fault.api]), shrinks=False))

    assert result.outcome is not Outcome.ERROR, f"{result.requirement.id}: {result.detail}"


def test_a_proof_depends_on_what_decides_and_not_on_what_tells() -> None:
    files = {place for place, _ in deciding("aura")}

    decide = ("target.py", "run.py", "aura/update_lead.py", "sequences/lifecycle.py", "proof/prove.py")
    assert {f"conformance/{each}" for each in decide} | {"openapi/aura.yaml", "mock_server/aura/wire.py"} <= files
    assert not {
        each for each in files if re.match(r"conformance/(terminal\.py|pytest_|reports/|commands/|vorel/)", each)
    }


def prove(*arguments: str, at: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "conformance", "prove", "aura"]
    command += ["--effort", "quick", "--jobs", "2", *arguments]
    for each in THREE:
        command += ["--faults", each]
    return subprocess.Popen(
        command,
        cwd=at,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def proved(*arguments: str, at: Path) -> tuple[int, list[str]]:
    """The exit code and the lines of a proof of three faults."""
    process = prove(*arguments, at=at)
    out, _ = process.communicate(timeout=300)
    return process.returncode, out.splitlines()


def matrix_in(folder: Path) -> dict[str, Any]:
    return dict(json.loads((folder / "report" / "mutation.json").read_text()))


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["hubspot"], "'hubspot' is no API"),
        (["aura", "--faults", "nulls"], "--faults nulls: no fault begins so; 'lead-mock faults' lists them all"),
        (["--report-dir", "/dev/null/below"], "cannot write /dev/null/below/mutation.jsonl: Not a directory"),
    ],
)
def test_arguments_that_cannot_be_used_are_told_in_one_sentence(
    arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["prove", *arguments]) == 2
    assert complaint in capsys.readouterr().err


class TestAProofOfThreeFaults:
    """One proof, told in steps that build on each other: killed, taken up again, repeated."""

    def test_goes_on_after_a_kill_and_names_what_fell(self, tmp_path: Path) -> None:
        process = prove("--verbose", at=tmp_path)
        assert process.stdout is not None
        first = process.stdout.readline()
        process.kill()
        process.communicate()
        with (tmp_path / "report" / "mutation.jsonl").open("a") as file:
            file.write('{"key": "cut')

        code, told = proved("--verbose", "--summary", "page.md", at=tmp_path)
        found = matrix_in(tmp_path)
        rows = {each["id"]: each for each in found["faults"]}

        assert first.startswith("1/4 "), first
        assert re.match(r"[1-3] of 4 are there from an earlier run", told[0]), told
        assert code == 0 and re.match(
            r"PROVEN: 3 of 3 faults were found by their own check; \d made checks fail", told[-1]
        )
        assert set(rows) == set(THREE)
        assert found["complete"] and found["others"] == "all"
        for row in rows.values():
            assert row["killed"] and row["breaks"] in row["fell"] and row["without_cause"] == []
            assert row["own_check"] == {"alone": "failed", "in_a_run": "failed"}
            assert 0 < row["detected"]["alone"]["requests"] < row["detected"]["in_a_run"]["requests"]
        assert [each["passed"] for each in found["clean"]] == [True]
        assert "**3 of 3 were killed by their own check**; 1 of 1 runs" in (tmp_path / "page.md").read_text()

        again, repeated = proved(at=tmp_path)
        assert again == 0
        assert repeated[0] == "4 of 4 are there from an earlier run; --fresh forgets them"

    def test_ends_in_order_when_it_is_interrupted(self, tmp_path: Path) -> None:
        process = prove("--verbose", at=tmp_path)
        assert process.stdout is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=300)

        assert process.returncode == 130, out
        assert out.splitlines()[-1].startswith("INTERRUPTED: ")
        assert "Traceback" not in out
        assert matrix_in(tmp_path)["complete"] is False


class TestAMatrix:
    """Of lines as `perform` gives them."""

    plan = Plan("quick", 1)
    wrong = Seeded("aura", "null_clears_the_notes", "aura/get_lead/reading_changes_nothing")

    def found(self, clean: dict[str, Any], suite: dict[str, Any], own: dict[str, Any] | None = None) -> dict[str, Any]:
        own = own or {"failed": [self.wrong.breaks]}
        lines = [
            {"api": "aura", "seed": 1, "suite": asdict(Outcomes("quick", passed=9, **clean))},
            {
                "api": "aura",
                "seed": 1,
                "fault": asdict(self.wrong),
                "own": asdict(Outcomes("quick", **own)),
                "suite": asdict(Outcomes("quick", **suite)),
            },
        ]
        return matrix(self.plan, lines, 2)

    def test_has_a_survivor_where_another_check_than_its_own_finds_the_fault(self) -> None:
        found = matrix(self.plan, [perform(Work("aura", Plan("quick", 1, 0), 1, "quick", self.wrong))], 1)

        assert found["summary"]["survivors"] == ["aura/null_clears_the_notes"]
        assert not holds(found)
        assert "SURVIVED aura/null_clears_the_notes (breaks aura/get_lead/reading_changes_nothing): alone: passed" in (
            complaints(found)
        )

    def test_does_not_count_a_kill_by_a_crash(self) -> None:
        crash = {"failed": [self.wrong.breaks], "crashed": True}
        found = self.found({}, {"failed": [self.wrong.breaks]}, crash)

        assert found["summary"]["survivors"] == [self.wrong.id]
        assert "alone: failed, and the sandbox crashed" in complaints(found)[0]

    def test_does_not_count_a_kill_that_happens_alone_only(self) -> None:
        assert not holds(self.found({}, {}))
        assert holds(self.found({}, {"failed": [self.wrong.breaks]}))

    def test_tells_consequences_from_falls_without_cause(self) -> None:
        found = self.found(
            {"failed": ["aura/a/b"], "incomplete": ["aura/a/c"], "details": {"aura/a/b": "why"}},
            {
                "failed": ["aura/a/b", "aura/a/d", self.wrong.breaks],
                "incomplete": ["aura/a/c", "aura/a/e"],
                "error": ["aura/a/f"],
            },
        )
        (row,) = found["faults"]

        assert row["fell"] == ["aura/a/d", self.wrong.breaks]
        assert (row["collateral"], row["undeclared"]) == (1, ["aura/a/d"])
        assert row["untried"] == ["aura/a/e"]
        assert row["without_cause"] == ["aura/a/b", "aura/a/f"]
        assert not holds(found)
        assert "CLEAN RUN FAILED aura seed 1: aura/a/b: why" in complaints(found)

    def test_takes_what_a_fault_declares_for_what_it_rightly_breaks(self) -> None:
        self.wrong = replace(self.wrong, also=("aura/a/d",))
        found = self.found({}, {"failed": ["aura/a/d", self.wrong.breaks], "blocked": ["aura/a/e"]})
        (row,) = found["faults"]

        assert (row["collateral"], row["undeclared"], row["blocked"]) == (1, [], ["aura/a/e"])
        assert complaints(found) == []

    def test_compares_a_fault_with_clean_runs_at_its_own_efforts(self) -> None:
        other = Outcomes("standard", passed=9, failed=["aura/a/b"], details={"aura/a/b": "why"})
        lines = [
            {"api": "aura", "seed": 1, "suite": asdict(Outcomes("quick", passed=9))},
            {"api": "aura", "seed": 1, "suite": asdict(other)},
            {"api": "aura", "seed": 1, "fault": asdict(self.wrong), "own": asdict(Outcomes("quick")), "suite": None},
        ]
        lines[2]["suite"] = asdict(Outcomes("quick", failed=["aura/a/b", self.wrong.breaks]))
        (row,) = matrix(self.plan, lines, 3)["faults"]

        assert row["in_a_run_at"] == "quick"
        assert row["fell"] == ["aura/a/b", self.wrong.breaks]
        assert row["without_cause"] == []

    def test_proves_nothing_when_it_is_empty_or_not_whole(self) -> None:
        assert not holds(matrix(self.plan, [], 0))
        assert not holds({**self.found({}, {"failed": [self.wrong.breaks]}), "complete": False})


@pytest.mark.skipif(not PAGE.exists(), reason="make mutation has not written docs/mutation.md yet")
def test_the_page_speaks_of_the_faults_that_there_are() -> None:
    text = PAGE.read_text()

    assert f"Each of {len(FAULTS)} seeded faults" in text
    assert f"**{len(FAULTS)} of {len(FAULTS)} were killed by their own check**" in text
