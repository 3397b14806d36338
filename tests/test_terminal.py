"""What a run prints: to a person at a terminal, and to a pipe."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from dataclasses import replace
from datetime import date
from io import StringIO
from pathlib import Path

import pytest

from conformance import terminal
from conformance.acceptance import Acceptance
from conformance.arguments import Job
from conformance.config import at_root
from conformance.live.budget import Limits
from conformance.live.keeping import sentences
from conformance.live.plan import told
from conformance.outcomes import Outcome, Result
from conformance.reports import html
from conformance.run import Report, Verdict
from conformance.terminal import Terminal
from mock_server import APIS
from openapi import Declaration
from tests.in_process import client_of
from tests.programs import conformance
from tests.targets import checks, target_at

ROOT = str(Path(__file__).parent.parent)
RUN = ("run", "aura", "--only", "aura/get_lead", "--effort", "quick")
PROGRESS = re.compile(r"\r\x1b\[K  \d+/11  \d+ requests, \d+/s  aura/get_lead/[a-z_]+")


def at_a_terminal(*arguments: str, at: Path, columns: int = 200, environment: dict[str, str] | None = None) -> str:
    """What a command writes to a terminal of that width."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    plain = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "COLUMNS")}
    process = subprocess.Popen(
        [sys.executable, "-m", "conformance", *arguments],
        cwd=at,
        env={**plain, "PYTHONPATH": ROOT, "TERM": "xterm", **(environment or {})},
        stdout=theirs,
        stderr=theirs,
        stdin=theirs,
    )
    os.close(theirs)
    said = b""
    try:
        while piece := os.read(ours, 65536):
            said += piece
    except OSError:
        pass  # the terminal is closed once nobody writes to it any more
    os.close(ours)
    process.wait(30)
    return said.decode()


class TestAtATerminal:
    def test_the_progress_says_what_is_being_tried_and_goes_away(self, tmp_path: Path) -> None:
        said = at_a_terminal(*RUN, at=tmp_path)

        assert PROGRESS.search(said)
        assert "\x1b[32mPARTIAL\x1b[0m: what was tried holds" in said
        left = [line.rpartition("\r\x1b[K")[2] for line in said.replace("\r\n", "\n").split("\n")]
        assert not [line for line in left if "requests, " in line and "PARTIAL" not in line]

    def test_the_progress_fits_a_narrow_one(self, tmp_path: Path) -> None:
        said = at_a_terminal(*RUN, at=tmp_path, columns=40)
        drawn = re.findall(r"\r\x1b\[K(  \d+/11 [^\r]*)", said)

        assert drawn
        assert max(map(len, drawn)) < 40

    @pytest.mark.parametrize(
        ("arguments", "environment", "progress", "colors"),
        [
            ([], {"NO_COLOR": "1"}, True, False),
            ([], {"TERM": "dumb"}, False, False),
            (["--quiet", "--verbose"], {}, False, True),
        ],
    )
    def test_it_is_as_quiet_and_plain_as_asked(
        self, arguments: list[str], environment: dict[str, str], progress: bool, colors: bool, tmp_path: Path
    ) -> None:
        said = at_a_terminal(*RUN, *arguments, at=tmp_path, environment=environment)

        assert bool(PROGRESS.search(said)) is progress
        assert ("\x1b[32m" in said) is colors
        assert len(said.splitlines()) == 1 or "--quiet" not in arguments

    def test_a_run_without_a_seed_names_the_one_it_took(self, tmp_path: Path) -> None:
        first, second = (at_a_terminal(*RUN, at=tmp_path).split()[-1] for _ in range(2))

        assert first != second
        assert first.rstrip(")").isdigit()

    def test_verbose_tells_each_requirement_and_its_time(self, tmp_path: Path) -> None:
        said = at_a_terminal(*RUN, "-v", at=tmp_path, environment={"NO_COLOR": "1"})

        assert len(re.findall(r"  PASSED     aura/get_lead/[a-z_]+  \d+\.\d\d s", said)) == 11


class TestInAPipe:
    def test_there_is_no_progress_and_no_colour(self, tmp_path: Path) -> None:
        run = conformance(*RUN, at=tmp_path)

        assert "\x1b" not in run.stdout and "\r" not in run.stdout
        assert "requests, " not in run.stdout.rpartition("PARTIAL")[0]
        assert run.stderr == ""

    def test_that_nobody_reads_to_its_end_the_command_ends_quietly(self, tmp_path: Path) -> None:
        process = subprocess.Popen(
            [sys.executable, "-m", "conformance", "list"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": ROOT},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        complaint = process.stderr.read()
        process.stderr.close()

        assert process.wait(30) == 141
        assert complaint == b""


class TestNumbers:
    def test_are_followed_by_a_noun_that_fits(self) -> None:
        stream = StringIO()
        printed = Terminal(stream)
        printed.trying("aura", "http://host", 1)
        printed.trying("vorel", "http://host", 2)

        assert stream.getvalue() == "aura  1 requirement at http://host\nvorel  2 requirements at http://host\n"

    @pytest.mark.parametrize(("ids", "said"), [(("1",), "the fixture of aura is"), (("1", "2"), "the 2 fixtures of")])
    def test_of_fixtures_are_grammar_too(self, ids: tuple[str, ...], said: str) -> None:
        target = target_at("aura", client_of({"aura": APIS["aura"]}))

        assert sentences(target, {id: {"id": id} for id in ids}, [])[0].startswith(said)

    def test_in_a_plan_are_grammar_too(self) -> None:
        config = replace(at_root("aura", "http://host", {}), lead_ids=("1",), conversation_ids=("2",))
        job = Job(config, list(checks("aura").values())[:1])

        lines = "\n".join(told([job], Limits(1, 1)))

        assert "for 1 requirement\n" in lines
        assert "of the lead 1;" in lines and "the conversation 2:" in lines
        assert lines.endswith("at most 1 request; at most 1 of them creates something")

    @pytest.mark.parametrize(
        ("lacking", "stays", "end"),
        [
            ((), ["leads", "conversations"], "at most 7 of them create something"),
            (("create_lead",), ["conversations"], "at most 7 of them create something"),
            (("create_conversation",), ["leads"], "at most 7 of them create something"),
            (("create_lead", "create_conversation"), [], "nothing is created"),
        ],
    )
    def test_in_a_plan_are_of_all_that_is_created(self, lacking: tuple[str, ...], stays: list[str], end: str) -> None:
        config = replace(at_root("vorel", "http://host", {}), capabilities=dict.fromkeys(lacking, False))

        lines = told([Job(config, list(checks("vorel").values()))], Limits(9, 7))

        assert [line.split()[1] for line in lines if line.startswith("  creates ")] == stays
        assert lines[-1].endswith(end)


class TestTheVerdicts:
    def test_have_words_on_the_terminal_and_on_the_page(self) -> None:
        assert set(terminal._VERDICTS) == set(Verdict)
        assert set(html._VERDICTS) == {each.value for each in Verdict}


class TestTheSummary:
    def result(self, slug: str, outcome: Outcome, level: str = "must", detail: str = "") -> Result:
        declaration = Declaration(f"aura/get_lead/{slug}", level, "A fact holds.", "seed 002", "seed")
        return Result(declaration, outcome, True, detail)

    def told(self, *results: Result, verbose: bool = False, reading: str = "201") -> list[str]:
        stream = StringIO()
        report = Report(0, results=list(results), readings={"aura": {"AU-01": {reading}}})
        Terminal(stream, verbose=verbose).summary(report, [], 1.0, {"aura": "http://host"})
        return stream.getvalue().splitlines()

    def test_begins_with_the_failures_that_decide(self) -> None:
        lines = self.told(
            self.result("passes", Outcome.PASSED),
            self.result("a_should", Outcome.FAILED, "should"),
            self.result("a_must", Outcome.FAILED),
        )
        first = [line.split()[1] for line in lines if line.startswith("FAILED")]

        assert first == ["aura/get_lead/a_must", "aura/get_lead/a_should"]
        assert lines.index("FAILED aura/get_lead/a_must (must)") < 5

    def test_of_what_is_accepted_does_not_say_that_it_passed(self) -> None:
        accepted = Acceptance("aura/get_lead/fails", "r", "o", date(2999, 1, 31))
        failed = replace(self.result("fails", Outcome.FAILED), accepted=accepted)

        last = self.told(failed, self.result("passes", Outcome.PASSED))[-1]

        assert last.startswith(
            "CONFORMANT_EXCEPT: every required check passed, but for 1 accepted failure (1 passed, 1 failed"
        )

    def test_names_a_few_of_many_that_could_not_be_tried_and_all_when_verbose(self) -> None:
        many = [self.result(f"fact_{at}", Outcome.ERROR, detail="gone") for at in range(30)]

        short, long = self.told(*many), self.told(*many, verbose=True)

        assert sum("fact_" in line for line in short) == 10
        assert "  and 20 more; --verbose and report.html name them all" in short
        assert sum("fact_" in line for line in long) == 30

    def test_tells_the_readings_of_open_points_when_verbose(self) -> None:
        short, long = self.told(), self.told(verbose=True)

        assert any(line.startswith("aura: 1 of ") and line.endswith("report.html tell them") for line in short)
        assert any(line.startswith("  AU-01  201 ") for line in long)

    def test_keeps_its_columns_where_a_reading_is_long(self) -> None:
        short, long = self.told(verbose=True), self.told(verbose=True, reading="x" * 40)
        (at,) = [at for at, line in enumerate(long) if line == f"  AU-01  {'x' * 40}"]
        (before,) = [line for line in short if line.startswith("  AU-01  201 ")]

        assert long[at + 1] == before.replace("AU-01  201", " " * 10)

    def test_has_tables_that_fit_eighty_columns(self) -> None:
        lines = self.told(self.result("passes", Outcome.PASSED))
        (heading,) = [at for at, line in enumerate(lines) if line.startswith("aura ") and line.endswith("passed")]

        assert max(map(len, lines[heading : heading + 2])) <= 80
