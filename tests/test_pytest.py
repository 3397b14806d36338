"""The suite under pytest: ``pytest --pyargs conformance``, from a folder that holds nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from conformance.config import read_target_file
from conformance.live import custody
from mock_server import APIS
from tests.live import Live
from tests.programs import a_server_that_says, serving
from tests.targets import checks

ROOT = Path(__file__).parent.parent
SOME = ("conformance.aura", "conformance.octanist.check_key", "conformance.vorel.create_conversation")
FAULT, BROKEN = "aura/null_clears_the_notes", "aura/update_lead/null_notes_are_skipped"


def under_pytest(*arguments: str, at: Path) -> tuple[int, str, dict[str, str]]:
    """The exit code, the output, and by id of a requirement what became of it. Journals are kept in the folder."""
    # The plugin is named because the package may not be installed; where it is, it is not loaded twice.
    command = [sys.executable, "-m", "pytest", "-p", "conformance.pytest_plugin", "--junitxml", "junit.xml"]
    done = subprocess.run(
        [*command, "--effort", "quick", "--seed", "3", "--pyargs", *arguments],
        cwd=at,
        # Where CI is set, pytest's summary shows messages whole.
        env={**os.environ, "CI": "true", "PYTHONPATH": str(ROOT), "COLUMNS": "200", "XDG_STATE_HOME": str(at)},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    outcomes = {}
    if (at / "junit.xml").exists():
        for case in ElementTree.parse(at / "junit.xml").iter("testcase"):
            id = f"{case.get('classname')}/{case.get('name')}".replace(".", "/").removeprefix("conformance/")
            assert id not in outcomes, id
            outcomes[id] = next((child.tag for child in case if child.tag != "properties"), "passed")
    return done.returncode, done.stdout + done.stderr, outcomes


class TestOneProcessAndTwo:
    def test_agree_on_the_clean_sandbox(self, tmp_path: Path) -> None:
        code, told, outcomes = under_pytest(*SOME, at=tmp_path)
        code_of_two, told_of_two, outcomes_of_two = under_pytest(*SOME, "-n", "2", at=tmp_path)

        assert (code, code_of_two) == (0, 0), told + told_of_two
        assert outcomes == outcomes_of_two
        assert outcomes.keys() >= checks("aura").keys()
        assert set(outcomes.values()) == {"passed", "skipped"}
        assert "leadproof: the embedded sandbox, effort quick, seed 3" in told

    def test_agree_on_a_departure_and_say_it_in_words(self, tmp_path: Path) -> None:
        with serving("--fault", FAULT) as (root, _):
            code, told, outcomes = under_pytest(*SOME, "--url", root, "--yes", at=tmp_path)
            code_of_two, told_of_two, outcomes_of_two = under_pytest(
                *SOME, "--url", root, "--yes", "-n", "2", at=tmp_path
            )

        assert (code, code_of_two) == (1, 1), told + told_of_two
        assert outcomes == outcomes_of_two
        assert {id for id, outcome in outcomes.items() if outcome == "failure"} == {BROKEN}
        for text in (told, told_of_two):
            assert "\n  says      Notes that are null leave the stored notes as they are." in text
            failures, _, summary = text.partition("short test summary info")
            assert "--data-raw '{\"notes\": null}'" in failures, text
            assert "::null_notes_are_skipped - expected notes is [{" in summary and "curl" not in summary
            assert "curl -sS -i -w" in text and '"$AURA_URL"/v1/leads' in text
            assert f"with AURA_URL={root}, AURA_FULL=<key full>" in text
            assert "Traceback" not in text and "pytest_session.py" not in text
            assert APIS["aura"].key_ring["full"] not in text


class TestWhatIsTried:
    def test_is_one_requirement_by_its_id(self, tmp_path: Path) -> None:
        code, told, outcomes = under_pytest(
            "conformance.aura.update_lead::null_notes_are_skipped", "--target", "mock", at=tmp_path
        )

        assert (code, outcomes) == (0, {BROKEN: "passed"}), told

    def test_is_what_k_selects(self, tmp_path: Path) -> None:
        code, told, outcomes = under_pytest("conformance", "-k", "aura/get_lead and unknown", at=tmp_path)

        assert code == 0, told
        assert outcomes
        assert all(id.startswith("aura/get_lead/") and "unknown" in id for id in outcomes)

    def test_fails_where_what_blocks_it_is_no_test_of_the_session(self, tmp_path: Path) -> None:
        chosen = "update_lead and (several_fields or timezone_is_updated or company_is_updated)"
        with serving("--fault", "aura/ignores_a_new_company") as (root, _):
            at = ("--url", root, "--yes", "conformance.aura", "-k")
            code, told, outcomes = under_pytest(*at, chosen.replace(" or company_is_updated", ""), at=tmp_path)
            code_with_it, _, with_it = under_pytest(*at, chosen, at=tmp_path)

        assert (code, code_with_it) == (1, 1), told
        assert "blocked: aura/update_lead/company_is_updated is broken" in told
        assert [id for id, outcome in outcomes.items() if outcome == "failure"] == [
            "aura/update_lead/several_fields_are_updated_together"
        ]
        assert [id for id, outcome in with_it.items() if outcome == "failure"] == [
            "aura/update_lead/company_is_updated"
        ]

    def test_is_the_api_of_a_target_file(self, tmp_path: Path) -> None:
        with serving() as (root, _):
            key = APIS["vorel"].key_ring["full"]
            (tmp_path / "vorel.toml").write_text(f'api = "vorel"\nbase_url = "{root}/api/v1"\n[keys]\nfull = "{key}"\n')
            (tmp_path / "aura.toml").write_text(f'api = "aura"\nbase_url = "{root}"\n')
            chosen = [
                "conformance",
                "-k",
                "get_lead or a_missing_write_scope",
                "--target",
                "vorel.toml",
                "--target",
                "aura.toml",
                "--yes",
            ]
            code, told, outcomes = under_pytest(*chosen, at=tmp_path)

        assert {id.split("/")[0] for id in outcomes} == {"vorel", "aura"}
        # The seeds' requirements that need a key which the file lacks are no success.
        assert code == 1
        assert "incomplete, and required: the target file has no key 'read_only'" in told


class TestNoSuccess:
    def test_is_nothing_but_skips(self, tmp_path: Path) -> None:
        untested = next(id for id, each in checks("aura").items() if each.check is None)
        code, told, outcomes = under_pytest("conformance", "-k", untested, at=tmp_path)

        assert set(outcomes.values()) == {"skipped"}, told
        assert code == pytest.ExitCode.NO_TESTS_COLLECTED
        assert "No requirement passed" in told

    def test_is_a_target_that_does_not_answer(self, tmp_path: Path) -> None:
        target = ("--url", "http://127.0.0.1:1", "--key", "full=aura_pk_live_x", "--yes")
        code, told, outcomes = under_pytest("conformance.aura.get_lead", *target, at=tmp_path)

        assert code == 1
        assert set(outcomes.values()) == {"failure"}
        assert "http://127.0.0.1:1 does not answer" in told
        assert "Traceback" not in told and "exception" not in told

    def test_is_a_target_that_echoes_the_key_where_it_sends_us(self, tmp_path: Path) -> None:
        with a_server_that_says(302, "text/html", b"", Location="/login/vapk_live_0123456789abcdef") as url:
            target = ("--url", url, "--key", "full=vapk_live_0123456789abcdef", "--yes")
            code, told, _ = under_pytest("conformance.vorel.get_lead", *target, at=tmp_path)

        assert code == 1
        assert "it was redirected (302) to /login/<full key>" in told
        assert "vapk_live_0123456789abcdef" not in told

    @pytest.mark.parametrize(
        ("arguments", "complaint"),
        [
            (("--target", "nothing.toml"), "cannot read the target file nothing.toml"),
            (("--key", "full=x"), "--key goes with --url or --target"),
            (("--rate-limit", "fast"), "--rate-limit fast: expected a number of requests and a period"),
            (("--url", "http://127.0.0.1:1"), "then pass --yes (or --read-only)"),
        ],
    )
    def test_is_an_option_that_cannot_be_used(self, arguments: tuple[str, ...], complaint: str, tmp_path: Path) -> None:
        code, told, _ = under_pytest("conformance", *arguments, at=tmp_path)

        assert code == pytest.ExitCode.USAGE_ERROR
        assert complaint in told
        assert "Traceback" not in told


@pytest.fixture(scope="module")
def root() -> Iterator[str]:
    with serving() as (root, _):
        yield root


class TestATargetOutside:
    """Under pytest it is treated with the same care as by ``lead-conformance run``."""

    UPDATES = ("conformance.vorel.update_lead", "-k", "null_clears or status_can_be", "--target", "live.toml")

    @pytest.mark.parametrize("workers", [(), ("-n", "2")], ids=["one process", "workers"])
    def test_gets_its_fixtures_back(self, root: str, workers: tuple[str, ...], tmp_path: Path) -> None:
        live = Live(root, "vorel", tmp_path)
        before = live.leads()
        code, told, outcomes = under_pytest(*self.UPDATES, "--yes", *workers, at=tmp_path)

        assert "passed" in outcomes.values(), told
        assert code in (0, 1)
        assert live.leads() == before
        assert "the 3 fixtures of vorel are put back" in told
        assert live.recovery_files == []

    def test_is_not_touched_while_another_run_holds_its_fixtures(self, root: str, tmp_path: Path) -> None:
        live = Live(root, "vorel", tmp_path)
        held = tmp_path / "leadproof" / custody.recovery_file_of(read_target_file(tmp_path / "live.toml")).name
        held.parent.mkdir()
        held.write_text("{}")
        code, told, outcomes = under_pytest(*self.UPDATES, "--yes", at=tmp_path)

        assert (code, outcomes) == (pytest.ExitCode.USAGE_ERROR, {})
        assert "put them back with 'lead-conformance recover'" in told
        assert live.recovery_files == [held]

    def test_is_asked_nothing_but_questions_when_read_only(self, root: str, tmp_path: Path) -> None:
        live = Live(root, "vorel", tmp_path)
        before = live.leads()
        _, told, outcomes = under_pytest(*self.UPDATES, "--read-only", at=tmp_path)

        assert "--read-only: " in told
        assert "passed" not in outcomes.values()
        assert live.leads() == before

    def test_fails_a_session_that_cannot_put_its_fixtures_back(self, tmp_path: Path) -> None:
        (tmp_path / "conftest.py").write_text(
            "import pytest\n\nfrom conformance.live import custody\nfrom conformance.outcomes import TargetFault\n\n"
            "def refuse(*_):\n    raise TargetFault('no answer')\n\ncustody.give_back = refuse\n"
        )
        with serving() as (root, _):
            live = Live(root, "vorel", tmp_path)
            code, told, _ = under_pytest(*self.UPDATES, "--yes", "-p", "conftest", at=tmp_path)

            assert len(live.recovery_files) == 1
        assert code == 1, told
        assert "the 3 fixtures of vorel are NOT put back (no answer)" in told
        assert "run 'lead-conformance recover' with the same target" in told


def test_a_session_about_something_else_gets_neither_options_nor_imports(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("def pytest_addoption(parser):\n    parser.addoption('--target')\n")
    (tmp_path / "test_it.py").write_text(
        "import sys\n\ndef test_it(request):\n"
        "    assert request.config.getoption('--target') == 'theirs'\n"
        "    assert 'conformance.pytest_session' not in sys.modules and 'openapi' not in sys.modules\n"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "conformance.pytest_plugin", "--target", "theirs"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout
