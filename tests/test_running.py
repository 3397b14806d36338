"""``lead-conformance`` as a person or a pipeline runs it, over real sockets."""

from __future__ import annotations

import json
import os
import signal
import socketserver
import subprocess
import sys
import threading
from contextlib import nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

import openapi
from conformance import cli
from conformance.commands.together import Trial, tried_together
from conformance.config import at_root
from conformance.outcomes import Outcome
from conformance.run import Verdict, attempt
from conformance.transport import TIMEOUT
from conformance.witnesses import shortest
from mock_server import APIS, FAULTS
from tests.programs import a_server_that_says, conformance, results_in, serving
from tests.targets import checks, report_on, target_at, target_of, told


def code_of(arguments: list[str]) -> int | str | None:
    """The exit code of the command, in this process."""
    try:
        return cli.main(arguments)
    except SystemExit as end:
        return end.code


class Gibberish(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        self.request.recv(1024)
        self.request.sendall(b"220 mail.example.com ESMTP\r\n")


class TestTheEmbeddedSandbox:
    def test_is_conformant_in_all_three_apis(self, tmp_path: Path) -> None:
        run = conformance("run", "--effort", "quick", "--seed", "7", at=tmp_path)
        results = results_in(tmp_path)

        assert run.returncode == 0, run.stdout + run.stderr
        assert run.stdout.splitlines()[-1].startswith("CONFORMANT: every required check passed")
        assert results["verdict"] == "conformant"
        assert set(results["contracts"]) == set(openapi.APIS)
        assert {each["outcome"] for each in results["requirements"] if each["required"]} <= {"passed", "untested"}
        assert (tmp_path / "report" / "junit.xml").exists()

    def test_can_be_tried_in_part(self, tmp_path: Path) -> None:
        run = conformance("run", "aura", "--only", "aura/get_lead", "--effort", "quick", at=tmp_path)

        assert run.returncode == 0, run.stdout + run.stderr
        assert all(each["id"].startswith("aura/get_lead/") for each in results_in(tmp_path)["requirements"])


class TestAPIsThatAreTriedTogether:
    """Each in a process of its own: those of the embedded sandbox."""

    def test_are_sent_what_each_is_sent_alone_in_the_same_order(self, tmp_path: Path) -> None:
        def sent(*apis: str) -> list[tuple[Any, ...]]:
            only = [word for api in apis for word in ("--only", f"{api}/get_lead")]
            run = conformance("run", *only, "--effort", "quick", "--seed", "7", at=tmp_path)
            assert run.returncode == 0, run.stdout + run.stderr
            har = json.loads((tmp_path / "report" / "traffic.har").read_text())
            requests = [each["request"] for each in har["log"]["entries"]]
            return [(each["method"], urlsplit(each["url"]).path, each.get("postData")) for each in requests]

        together = sent(*openapi.APIS)

        assert len(together) > 100
        assert together == [each for api in openapi.APIS for each in sent(api)]

    def test_tell_of_a_failure_and_then_of_its_shorter_witness(self) -> None:
        with serving("--fault", "octanist/source_filter_is_ignored") as (root, _):
            trials = [
                Trial(at_root(api, root, APIS[api].key_ring, embedded=True), [only], 1, "quick", TIMEOUT)
                for api, only in (
                    ("aura", "aura/get_lead/reading_changes_nothing"),
                    ("octanist", "octanist/list_leads/status_and_value_filters_keep_equal_leads"),
                )
            ]
            news = list(tried_together(trials))
        told = {api: [each for each in news if each.api == api and each.result] for api in ("aura", "octanist")}
        (passed,), (failed, shorter) = told["aura"], told["octanist"]

        assert passed.result and passed.result.outcome is Outcome.PASSED
        assert failed.result and shorter.result
        assert (failed.result.outcome, failed.revised, shorter.revised) == (Outcome.FAILED, False, True)
        assert shorter.result.minimal and len(shorter.result.witness) <= len(failed.result.witness)
        assert all(each.exchanges for each in (passed, failed, shorter))

    def test_keep_what_was_found_when_they_are_interrupted(self, tmp_path: Path) -> None:
        process = subprocess.Popen(
            [sys.executable, "-m", "conformance", "run", "--verbose", "--effort", "deep"],
            cwd=tmp_path,
            env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        said = [process.stdout.readline() for _ in range(6)]
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
        results = results_in(tmp_path)["requirements"]
        tried = [each["id"] for each in results if each["outcome"] == "passed"]
        har = json.loads((tmp_path / "report" / "traffic.har").read_text())

        assert (process.returncode, err) == (130, "")
        assert out.splitlines()[-1].startswith(
            "INCOMPLETE: no violation, but required checks could not be tried; inter"
        )
        assert all(line.split()[1] in tried for line in said[3:]), said
        assert len(results) == sum(len(openapi.read(api).requirements) for api in openapi.APIS)
        assert len(har["log"]["entries"]) > len(tried)


class TestATargetInAnotherProcess:
    @pytest.mark.parametrize(
        ("api", "fault"),
        [
            ("aura", "null_clears_the_notes"),
            ("octanist", None),
            ("vorel", None),
        ],
    )
    def test_gets_the_same_verdict_as_in_process(self, api: str, fault: str | None, tmp_path: Path) -> None:
        served = APIS[api]
        if fault:
            served = next(each for each in FAULTS if (each.api, each.name) == (api, fault))(served)
        in_process = {each.requirement.id: each.outcome.value for each in report_on(target_of(served, seed=0)).results}

        with serving(*(["--fault", fault] if fault else [])) as (root, _):
            run = conformance("run", api, "--url", root, "--yes", "--effort", "quick", "--seed", "0", at=tmp_path)
        over_http = {each["id"]: each["outcome"] for each in results_in(tmp_path)["requirements"]}

        assert over_http == in_process
        assert run.returncode == (1 if fault else 0)

    def test_is_described_by_a_file_and_the_environment(self, tmp_path: Path) -> None:
        ring = APIS["vorel"].key_ring
        with serving() as (root, _):
            (tmp_path / "target.toml").write_text(
                f'api = "vorel"\nbase_url = "{root}/api/v1"\n[keys]\n'
                + "".join(f'{name} = "${{{name.upper()}}}"\n' for name in ring)
            )
            keys = {name.upper(): key for name, key in ring.items()}
            run = conformance("run", "--target", "target.toml", "--yes", "--effort", "quick", at=tmp_path, **keys)
        written = "".join(path.read_text() for path in (tmp_path / "report").iterdir())

        assert run.returncode == 0, run.stdout + run.stderr
        assert not [name for name, key in ring.items() if key in written + run.stdout + run.stderr]

    def test_with_one_key_only_is_incomplete_where_the_seeds_need_more(self, tmp_path: Path) -> None:
        key = APIS["vorel"].key_ring["full"]
        with serving() as (root, _):
            one = ("--key", f"full={key}")
            run = conformance("run", "vorel", "--url", root, *one, "--yes", "--effort", "quick", at=tmp_path)

        assert run.returncode == 3
        assert "the target file has no key 'read_only'" in run.stdout
        assert run.stdout.splitlines()[-1].startswith("INCOMPLETE")


class TestATargetThatCannotBeTried:
    def tried(self, url: str, tmp_path: Path, api: str = "aura") -> tuple[int, str]:
        run = conformance("run", api, "--url", url, "--key", "full=aura_pk_live_x", "--yes", at=tmp_path)
        assert "Traceback" not in run.stderr
        assert not (tmp_path / "report").exists()
        return run.returncode, run.stderr

    def test_because_nothing_listens(self, tmp_path: Path) -> None:
        code, text = self.tried("http://127.0.0.1:1", tmp_path)

        assert code == 4
        assert text.startswith("lead-conformance: http://127.0.0.1:1 does not answer")
        assert "Connection refused" in text
        assert len(text.splitlines()) == 1

    def test_because_nothing_listens_that_could_tell_its_keys(self, tmp_path: Path) -> None:
        run = conformance("run", "vorel", "--url", "http://127.0.0.1:1", "--yes", at=tmp_path)

        assert run.returncode == 4
        assert run.stderr.startswith("lead-conformance: http://127.0.0.1:1 does not answer")
        assert len(run.stderr.splitlines()) == 1

    def test_because_its_name_is_unknown(self, tmp_path: Path) -> None:
        assert self.tried("http://nowhere.invalid", tmp_path)[0] == 4

    def test_because_it_does_not_speak_http(self, tmp_path: Path) -> None:
        with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Gibberish) as server:
            threading.Thread(target=server.serve_forever, daemon=True).start()
            code, text = self.tried(f"http://127.0.0.1:{server.server_address[1]}", tmp_path)
            server.shutdown()

        assert code == 4
        assert len(text.splitlines()) == 1

    def test_because_it_is_something_else(self, tmp_path: Path) -> None:
        with a_server_that_says(200, "text/html", b"<html>") as url:
            code, text = self.tried(url, tmp_path)

        assert code == 4
        assert "answers with a page (200) instead of JSON" in text

    @pytest.mark.parametrize("api", openapi.APIS)
    def test_because_it_refuses_the_key(self, api: str, tmp_path: Path) -> None:
        with a_server_that_says(401, "application/json", b"{}") as url:
            code, text = self.tried(url, tmp_path, api)

        assert code == 2
        assert "refuses the key 'full' (401)" in text


class TestAReferenceThatFails:
    """The sandbox that failures are held against, to make their witnesses shorter."""

    def test_leaves_them_as_they_are(self, monkeypatch: pytest.MonkeyPatch) -> None:
        target = target_of(next(each for each in FAULTS if each.name == "null_clears_the_notes")(APIS["aura"]))
        failed = attempt(checks("aura")["aura/update_lead/null_notes_are_skipped"], target)

        with a_server_that_says(500, "application/json", b"{}") as url:
            monkeypatch.setattr(shortest, "embedded_sandbox", lambda seed: nullcontext(url))
            with shortest.Shortener(target) as shortener:
                assert shortener.shortened(failed) is failed
        assert failed.outcome is Outcome.FAILED


class TestATargetThatAnswersNonsense:
    @pytest.mark.parametrize(("api", "body"), [("aura", b"{}"), ("octanist", b'{"data": 7}'), ("vorel", b"[]")])
    def test_is_in_violation(self, api: str, body: bytes, tmp_path: Path) -> None:
        with a_server_that_says(200, "application/json", body) as url:
            key = ("--key", "full=k" * 10)
            run = conformance("run", api, "--url", url, *key, "--yes", "--effort", "quick", at=tmp_path)
        outcomes = {each["outcome"] for each in results_in(tmp_path)["requirements"]}

        assert run.returncode == 1, run.stdout[-3000:] + run.stderr
        assert "error" not in outcomes
        assert "Traceback" not in run.stdout + run.stderr

    @pytest.mark.parametrize("body", [b"{}", b"[]", b"null", b'{"data": 7}', b'"' + b"x" * 100_000 + b'"'])
    @pytest.mark.parametrize("api", openapi.APIS)
    def test_breaks_no_check(self, api: str, body: bytes) -> None:
        def says(request: httpx.Request) -> httpx.Response:
            return httpx.Response(200, headers={"content-type": "application/json"}, content=body)

        with httpx.Client(transport=httpx.MockTransport(says)) as client:
            report = report_on(target_at(api, client, config=at_root(api, "http://target", {"full": "k" * 10})))

        assert report.verdict is Verdict.VIOLATIONS
        assert Outcome.ERROR not in {each.outcome for each in report.results}, told(report)


class TestAReplay:
    @pytest.mark.parametrize(
        ("schema", "id", "complaint"),
        [
            (1, "aura/get_lead/the_id", "the report has schema 1; this version reads 2"),
            (2, "aura/get_lead/the_id", ": there is no such requirement ("),
            (2, "aura/get_lead/metadata_is_shown", ": it was not part of that run; nothing failed"),
            (2, "aura/get_lead/reading_changes_nothing", ": it passed; nothing failed"),
            (2, "aura/get_lead/answers_with_the_lead_and_success_true", ": it was not decided (incomplete: no key);"),
        ],
    )
    def test_of_what_is_no_failure_says_why(
        self, schema: int, id: str, complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        outcomes = {
            "aura/get_lead/reading_changes_nothing": "passed",
            "aura/get_lead/answers_with_the_lead_and_success_true": "incomplete",
        }
        rows = [{"id": each, "outcome": outcome, "detail": "no key"} for each, outcome in outcomes.items()]
        (tmp_path / "results.json").write_text(json.dumps({"schema": schema, "requirements": rows}))

        assert cli.main(["replay", str(tmp_path), id]) == 2
        assert complaint in capsys.readouterr().err


class TestArguments:
    @pytest.mark.parametrize(
        ("arguments", "complaint"),
        [
            (["run", "--only", "aura/get_leads"], "no requirement of aura or octanist or vorel begins so"),
            (["run", "--only", ""], "an empty prefix is none"),
            (["run", "--target", "nothing.toml"], "cannot read the target file"),
            (["run", "--target", "mock", "--url", "http://127.0.0.1:1"], "not allowed with argument --target"),
            (["run", "--url", "http://127.0.0.1:1", "--key", "full=env:UNSET_KEY"], "the environment has no variable"),
            (["run", "--url", "localhost:4020"], "is no URL"),
            (["run", "--url", "http://127.0.0.1:1", "--key", "fulll=x"], "expected NAME=VALUE"),
            (["run", "--url", "http://127.0.0.1:1", "--key", "full"], "expected NAME=VALUE"),
            (["run", "vorel", "--url", "http://127.0.0.1:1", "--key", "other=x"], "vorel needs the key 'full'"),
            (["run", "--effort", "slow"], "invalid choice"),
            (["run", "--seed", "x"], "'x' is no number of 0 or more"),
            (["run", "--seed", "-5"], "'-5' is no number of 0 or more"),
            (["run", "--url", "http://a..b"], "'http://a..b' is no URL of a target"),
            (["run", "--url", "http://xn--a"], "'http://xn--a' is no URL of a target"),
            (["run", "--url", "http://127.0.0.1:1/?x=1"], "is no URL of a target"),
            (["run", "--max-requests", "many"], "'many' is no number of 1 or more"),
            (["run", "--har-megabytes", "-1"], "'-1' is no number of 0 or more"),
            (["run", "--timeout", "soon"], "'soon' is no number of seconds"),
            (["replay", "report", "aura/x", "--target", "mock", "--url", "http://h"], "not allowed with argument"),
            (["list", "hubspot"], "'hubspot' is no API"),
            ([], "COMMAND"),
        ],
    )
    def test_that_cannot_be_used_are_told_in_one_sentence(
        self, arguments: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert code_of(arguments) == 2
        assert complaint in capsys.readouterr().err

    def test_that_cannot_be_used_end_the_command(self, tmp_path: Path) -> None:
        run = conformance("run", "hubspot", at=tmp_path)

        assert run.returncode == 2
        assert "'hubspot' is no API" in run.stderr
        assert "Traceback" not in run.stderr

    def test_name_a_key_by_its_variable(self, tmp_path: Path) -> None:
        with serving() as (root, _):
            arguments = ("run", "vorel", "--url", root, "--yes", "--only", "vorel/update_lead/name_can_be_updated")
            key = APIS["vorel"].key_ring["full"]
            run = conformance(*arguments, "--key", "full=env:VOREL_KEY", at=tmp_path, VOREL_KEY=key)

        assert run.returncode == 0, run.stdout + run.stderr
        assert key not in run.stdout

    def test_are_explained_with_exit_codes_and_examples(self, tmp_path: Path) -> None:
        said = conformance("run", "--help", at=tmp_path).stdout

        assert all(f"\n  {code} " in said for code in (0, 1, 2, 3, 4, 130))
        assert said.count("\n  lead-conformance run") == 3
        assert "env:VARIABLE" in said

    def test_list_the_register(self, tmp_path: Path) -> None:
        run = conformance("list", "vorel", at=tmp_path)

        assert run.returncode == 0
        assert "vorel/update_lead/null_clears_a_nullable_field  [must, seed]" in run.stdout
        assert "vorel/VO-12  [open point]" in run.stdout
        assert "aura/" not in run.stdout

    def test_for_reports_that_cannot_be_written_are_refused_before_anything_is_tried(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("")
        run = conformance("run", "aura", "--only", "aura/get_lead/the_id", "--report-dir", "file/below", at=tmp_path)

        assert run.returncode == 2
        assert "cannot write the reports to file/below" in run.stderr
