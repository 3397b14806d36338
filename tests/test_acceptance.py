"""Departures that are known and accepted: ``--accept FILE``."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest

from conformance.acceptance import Acceptance, read_acceptances
from conformance.config import ConfigError
from conformance.outcomes import CannotTry, Outcome
from conformance.register import Requirement
from conformance.run import EXIT_CODES, Report, Verdict, run
from mock_server import APIS, FAULTS
from tests.programs import conformance, results_in, serving
from tests.targets import checks, target_of

FAULT = next(each for each in FAULTS if (each.api, each.name) == ("aura", "null_clears_the_notes"))
LAST_DAY = date(2027, 1, 31)
ACCEPTANCE = Acceptance(FAULT.breaks, "until the importer is replaced", "crm team", LAST_DAY)
ROW = f'[[accept]]\nid = "{FAULT.breaks}"\nreason = "r"\nowner = "o"\nuntil = 2999-01-31\n'


def judged(*, faulty: bool, today: date = LAST_DAY, requirement: Requirement | None = None) -> Report:
    """What a run says that accepts a failure of the fault's own requirement."""
    report = Report(seed=0, acceptances={FAULT.breaks: ACCEPTANCE}, today=today)
    served = FAULT(APIS["aura"]) if faulty else APIS["aura"]
    run(target_of(served), [requirement or checks("aura")[FAULT.breaks], checks("aura")[ANOTHER]], report)
    return report


ANOTHER = "aura/get_lead/reading_changes_nothing"


class TestAnAcceptance:
    def test_keeps_a_failure_from_deciding_but_not_from_being_one(self) -> None:
        report = judged(faulty=True)

        assert report.verdict is Verdict.CONFORMANT_EXCEPT
        assert report.results[0].outcome is Outcome.FAILED
        assert report.results[0].as_json()["accepted"] == {
            "reason": "until the importer is replaced",
            "owner": "crm team",
            "until": "2027-01-31",
        }
        assert report.results[1].as_json()["accepted"] is None

    def test_of_all_that_was_tried_leaves_a_run_conformant_except_for_that(self) -> None:
        report = Report(seed=0, acceptances={FAULT.breaks: ACCEPTANCE}, today=LAST_DAY)
        run(target_of(FAULT(APIS["aura"])), [checks("aura")[FAULT.breaks]], report)

        assert [each.outcome for each in report.results] == [Outcome.FAILED]
        assert report.verdict is Verdict.CONFORMANT_EXCEPT

    def test_is_stale_when_the_requirement_passes_again(self) -> None:
        report = judged(faulty=False)

        assert report.stale == {FAULT.breaks: "the requirement passes again"}
        assert (report.verdict, EXIT_CODES[report.verdict]) == (Verdict.STALE, 1)

    def test_is_stale_after_its_last_day_and_accepts_nothing_any_more(self) -> None:
        report = judged(faulty=True, today=date(2027, 2, 1))

        assert report.stale == {FAULT.breaks: "it was until 2027-01-31"}
        assert report.verdict is Verdict.VIOLATIONS
        assert report.results[0].accepted is None

    @pytest.mark.parametrize(("reason", "verdict"), [(CannotTry("no key"), "incomplete"), (ValueError(), "error")])
    def test_says_nothing_of_what_was_not_decided(self, reason: Exception, verdict: str) -> None:
        def undecided(_: object) -> None:
            raise reason

        report = judged(faulty=False, requirement=Requirement(checks("aura")[FAULT.breaks].declaration, undecided))

        assert report.stale == {}
        assert report.verdict == verdict

    def test_of_what_was_not_tried_is_not_stale(self) -> None:
        report = judged(faulty=True, requirement=checks("aura")[ANOTHER], today=date(2027, 2, 1))

        assert report.stale == {}
        assert report.verdict is Verdict.CONFORMANT


class TestAFileOfAcceptances:
    def read(self, text: str, folder: Path) -> dict[str, Acceptance]:
        path = folder / "accepted.toml"
        path.write_text(text)
        return read_acceptances(path)

    def test_is_read(self, tmp_path: Path) -> None:
        assert self.read(ROW, tmp_path) == {FAULT.breaks: Acceptance(FAULT.breaks, "r", "o", date(2999, 1, 31))}

    @pytest.mark.parametrize(
        ("text", "complaint"),
        [
            ("", "accept must be there, as tables: [[accept]]"),
            ("accept = 1", "accept must be there"),
            ("[[accepted]]", "accepted is not known"),
            ("[[accept", "is not TOML"),
            (ROW.replace("owner", "boss"), "accept[0].boss is not known; known are id, reason, owner, until"),
            (ROW.replace('owner = "o"', ""), "accept[0].owner must be there, as a text"),
            (ROW.replace('"r"', '" "'), "accept[0].reason must be there, as a text"),
            (ROW.replace("aura/", "aurora/"), "is no requirement; 'lead-conformance list' shows them all"),
            (ROW.replace('"\nreason', '_"\nreason'), "is no requirement"),
            (ROW.replace("2999-01-31", '"2999-01-31"'), "accept[0].until must be there, as a date such as 2027-01-31"),
            (ROW.replace("2999-01-31", "2999-01-31T00:00:00Z"), "accept[0].until must be there, as a date"),
            (ROW.replace("until = 2999-01-31", ""), "accept[0].until must be there, as a date"),
            (ROW.replace("2999-01-31", "2999-02-31"), "is not TOML"),
            (ROW + ROW, "accept[1].id 'aura/update_lead/null_notes_are_skipped' is there twice"),
        ],
    )
    def test_that_cannot_be_used_is_refused_with_the_place(self, text: str, complaint: str, tmp_path: Path) -> None:
        with pytest.raises(ConfigError) as refused:
            self.read(text, tmp_path)

        assert complaint in str(refused.value)
        assert str(tmp_path / "accepted.toml") in str(refused.value)

    def test_for_what_is_declared_untested_is_refused(self, tmp_path: Path) -> None:
        untested = next(id for id, each in checks("aura").items() if each.check is None)
        with pytest.raises(ConfigError, match="declared untested: there is nothing to accept"):
            self.read(ROW.replace(FAULT.breaks, untested), tmp_path)


class TestARunThatAccepts:
    arguments = (
        "run",
        "aura",
        "--only",
        FAULT.breaks,
        "--only",
        ANOTHER,
        "--effort",
        "quick",
        "--accept",
        "a.toml",
        "--yes",
    )

    def test_a_failure_is_conformant_and_says_so_everywhere(self, tmp_path: Path) -> None:
        (tmp_path / "a.toml").write_text(ROW)
        with serving("--fault", FAULT.name) as (root, _):
            done = conformance(*self.arguments, "--url", root, at=tmp_path)
        suite = ElementTree.parse(tmp_path / "report" / "junit.xml").getroot()[0]

        assert done.returncode == 0, done.stdout + done.stderr
        assert f"FAILED {FAULT.breaks} (must, accepted: r (o, until 2999-01-31))" in done.stdout
        assert results_in(tmp_path)["stale_acceptances"] == []
        assert (suite.get("failures"), suite.get("skipped")) == ("0", "1")
        assert [each.get("message", "")[:36] for each in suite.iter("skipped")] == [
            "accepted: r (o, until 2999-01-31); e"
        ]

    def test_what_passes_fails(self, tmp_path: Path) -> None:
        (tmp_path / "a.toml").write_text(ROW)
        done = conformance(*self.arguments, at=tmp_path)
        results = results_in(tmp_path)
        suite = ElementTree.parse(tmp_path / "report" / "junit.xml").getroot()[0]

        assert done.returncode == 1, done.stdout + done.stderr
        assert f"STALE ACCEPTANCE {FAULT.breaks}: the requirement passes again" in done.stdout
        assert done.stdout.splitlines()[-1].startswith("STALE: ")
        assert results["verdict"] == "stale"
        assert [(each["id"], each["why"]) for each in results["stale_acceptances"]] == [
            (FAULT.breaks, "the requirement passes again")
        ]
        assert [each.get("message") for each in suite.iter("failure")] == [
            "stale acceptance: the requirement passes again"
        ]

    def test_what_it_cannot_read_is_a_usage_error(self, tmp_path: Path) -> None:
        done = conformance(*self.arguments, at=tmp_path)

        assert done.returncode == 2
        assert done.stderr == "lead-conformance: cannot read the acceptances a.toml: No such file or directory\n"
