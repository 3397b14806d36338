"""The suite is safe on a live target: it says what it will do, keeps to limits, and puts back what it borrowed."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

import openapi
from conformance.arguments import Job
from conformance.config import ConfigError, at_root
from conformance.live import custody, plan
from conformance.live.keeping import Keeping, heed, interruptible
from conformance.live.order import cost
from conformance.register import requirements
from conformance.target import Target
from mock_server import APIS, FAULTS
from tests.in_process import client_of
from tests.live import Live
from tests.programs import conformance, results_in, serving
from tests.targets import target_at


@pytest.fixture(scope="module")
def root() -> Iterator[str]:
    """The root of a sandbox that is nobody's own: to the suite, it is a target outside."""
    with serving() as (root, _):
        yield root


CHANGING = {
    "aura": ("several_fields", "notes_replace", "status_is", "timezone_is"),
    "octanist": ("status_can_be_set_to_won", "note_is", "loss_reason_is", "number_is"),
    "vorel": ("null_clears", "a_sent_attribute", "a_null_attribute", "status_can_be"),
}
"""Checks that change all that can be changed."""


def changing(api: str) -> list[str]:
    return [word for each in CHANGING[api] for word in ("--only", f"{api}/update_lead/{each}")]


class TestFixtures:
    @pytest.mark.parametrize(
        ("api", "lacks"),
        [("aura", {}), ("octanist", {}), ("vorel", {}), ("aura", {"get_lead": False, "list_leads": False})],
        ids=["aura", "octanist", "vorel", "aura-that-only-updates"],
    )
    def test_are_put_back_as_they_were(self, root: str, api: str, lacks: dict[str, bool], tmp_path: Path) -> None:
        live = Live(root, api, tmp_path, **lacks)
        before = live.leads()
        run = live.conformance("run", "--yes", "--effort", "quick", *changing(api))

        assert run.returncode in (0, 3), run.stdout[-2000:] + run.stderr
        assert live.leads() == before
        assert f"the 3 fixtures of {api} are put back\n" in run.stdout
        assert live.recovery_files == []

    @pytest.mark.parametrize("api", openapi.APIS)
    def test_are_recovered_after_a_kill(self, root: str, api: str, tmp_path: Path) -> None:
        live = Live(root, api, tmp_path)
        before = live.leads()
        process = live.started("--only", f"{api}/update_lead")
        process.kill()
        process.communicate()
        (file,) = live.recovery_files
        remembered = file.read_text()
        refused = live.conformance("run", "--yes")
        recovered = live.conformance("recover")

        assert live.leads() == before
        assert live.key not in remembered
        assert (refused.returncode, recovered.returncode) == (2, 0)
        assert "put them back with 'lead-conformance recover'" in refused.stderr
        assert f"the 3 fixtures of {api} are put back" in recovered.stdout
        assert live.recovery_files == []

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    def test_are_put_back_when_the_run_is_stopped(self, root: str, number: signal.Signals, tmp_path: Path) -> None:
        live = Live(root, "vorel", tmp_path)
        before = live.leads()
        process = live.started("--only", "vorel/update_lead")
        process.send_signal(number)
        out, err = process.communicate(timeout=60)

        assert process.returncode == 130, out + err
        assert live.leads() == before
        assert "interrupted" in out.splitlines()[-1]
        requirements = results_in(tmp_path)["requirements"]
        untried = [each for each in requirements if each["detail"] == "interrupted before it was tried"]
        suite = ElementTree.parse(tmp_path / "report" / "junit.xml").getroot()[0]
        chosen = [id for id in openapi.read("vorel").requirements if id.startswith("vorel/update_lead")]
        assert [each["id"] for each in requirements] == chosen
        assert untried and all(each["outcome"] == "incomplete" for each in untried)
        assert suite.get("tests") == str(len(chosen))

    def test_that_cannot_become_what_they_were_are_listed(self, root: str, tmp_path: Path) -> None:
        live = Live(root, "octanist", tmp_path)
        made = live.leads()[0]
        httpx.post(
            live._leads, params={"key": live.key}, json={"leads": [{**made, "id": "lead_open", "status": "open"}]}
        )
        text = (tmp_path / "live.toml").read_text()
        (tmp_path / "live.toml").write_text(text.replace(made["id"], "lead_open"))
        run = live.conformance("run", "--yes", "--effort", "quick", "--only", "octanist/update_lead/status")

        assert re.search("lead_open: status is [a-z]+, was open", run.stdout), run.stdout
        assert "is put back" in run.stdout or "are put back, except:" in run.stdout


class Unsteady(httpx.BaseTransport):
    """A way to a sandbox that can be made to fail."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self.failure: BaseException | None = None

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if self.failure:
            raise self.failure
        return self._client._transport.handle_request(request)


class TestCustody:
    @pytest.fixture
    def way(self, client: httpx.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Unsteady:
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
        return Unsteady(client)

    def borrowed(self, client: httpx.Client, way: Unsteady, api: str, *leads: dict[str, Any]) -> Target:
        """A target whose file names the first of these leads."""
        ring = APIS[api].key_ring
        made = client.post(f"/_sandbox/leads/{api}", params={"key": ring["full"]}, json={"leads": leads}).json()[
            "leads"
        ]
        config = replace(at_root(api, "http://sandbox", ring), lead_ids=(made[0]["id"],))
        return target_at(api, httpx.Client(transport=way), config=config, sleep=lambda seconds: None)

    def change(self, target: Target) -> None:
        target.call("update_lead", path={"id": target.config.lead_ids[0]}, body={"full_name": "Changed"})

    def name(self, target: Target) -> Any:
        return target.call("get_lead", path={"id": target.config.lead_ids[0]}).json["data"]["full_name"]

    def test_ends_with_a_failure_of_the_suite(self, client: httpx.Client, way: Unsteady) -> None:
        target = self.borrowed(client, way, "aura", {"full_name": "John Doe", "email": "a@example.com"})

        def break_down() -> None:
            with Keeping().fixtures_of(target):
                self.change(target)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            break_down()
        assert self.name(target) == "John Doe"
        assert not custody.recovery_file_of(target.config).exists()

    @pytest.mark.parametrize("failure", [httpx.ConnectError("refused"), KeyboardInterrupt()])
    def test_lasts_where_the_leads_cannot_be_put_back(
        self, client: httpx.Client, way: Unsteady, failure: BaseException
    ) -> None:
        target, keeping = self.borrowed(client, way, "aura", {"full_name": "John", "email": "a@example.com"}), Keeping()
        with keeping.fixtures_of(target):
            self.change(target)
            way.failure = failure
        way.failure = None

        assert keeping.failed
        assert "is NOT put back" in keeping.told[0]
        assert self.name(target) == "Changed"
        with pytest.raises(ConfigError, match="lead-conformance recover"):
            custody.refuse_unfinished(target.config)
        custody.give_back(target, custody.remembered(target.config) or {})
        assert self.name(target) == "John"

    @pytest.mark.parametrize(
        ("fault", "lasting"),
        [
            ("", []),
            ("merges_attributes_deeply", []),
            (
                "stores_null_for_an_attribute",
                ["attributes.new is null, was not there", "attributes.other is null, was not there"],
            ),
            (
                "ignores_null_for_an_attribute",
                [
                    'attributes.new is {"a": null}, was not there',
                    "attributes.other is 1, was not there",
                ],
            ),
        ],
    )
    def test_lists_what_could_not_be_put_back_inside_of_attributes(
        self, fault: str, lasting: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
        bend = next((each for each in FAULTS if (each.api, each.name) == ("vorel", fault)), lambda api: api)
        client = client_of({"vorel": bend(APIS["vorel"])})
        attributes = {"budget": {"min": 1, "max": None}, "area": "Old Town", "none": {}}
        target = self.borrowed(client, Unsteady(client), "vorel", {"email": "a@example.com", "attributes": attributes})
        was = custody.take(target)
        for sent in (
            {"budget": {"more": {"x": 1}}},
            {"area": {"y": 1}, "none": {"z": 1}},
            {"new": {"a": None}, "other": 1},
        ):
            target.call("update_lead", path={"id": target.config.lead_ids[0]}, body={"attributes": sent})

        told = [each.partition(": ")[2] for each in custody.give_back(target, was)]

        assert sorted(told) == lasting

    def test_lists_each_member_of_an_attribute_that_is_not_what_it_was(
        self, client: httpx.Client, way: Unsteady
    ) -> None:
        attributes = {"budget": {"min": 1, "max": None}, "none": {}}
        target = self.borrowed(client, way, "vorel", {"email": "a@example.com", "attributes": attributes})
        was = custody.take(target)
        target.call(
            "update_lead",
            path={"id": target.config.lead_ids[0]},
            body={"attributes": {"budget": {"min": 1, "more": {"x": 1}}, "none": None}},
        )
        reading = replace(target.config, keys={"full": target.config.keys["read_only"]})

        told = [each.partition(": ")[2] for each in custody.give_back(target_at("vorel", client, config=reading), was)]

        assert sorted(told) == [
            "attributes.budget.max is not there, was null",
            'attributes.budget.more is {"x": 1}, was not there',
            "attributes.none is not there, was {}",
        ]

    def test_includes_leads_that_an_update_may_find_by_a_phone(self, client: httpx.Client, way: Unsteady) -> None:
        leads = [{"email": f"{at}@example.com", "phone": "+14155552671"} for at in range(2)]
        target = self.borrowed(client, way, "octanist", *leads, {"email": "c@example.com", "phone": "+14155552672"})

        assert {lead["email"] for lead in custody.take(target).values()} == {"0@example.com", "1@example.com"}


class TestCtrlC:
    """It raises an exception wherever the run is; in a callback of the garbage collector Python only prints it."""

    def stopped(self, keeping: Keeping, meanwhile: Callable[[], object]) -> None:
        target = target_at("aura", client_of({"aura": APIS["aura"]}))
        with interruptible(), keeping.fixtures_of(target):
            with suppress(KeyboardInterrupt):
                signal.raise_signal(signal.SIGINT)
            meanwhile()

    def test_that_got_lost_stops_the_run_at_its_next_request(self) -> None:
        keeping, reached = Keeping(), []
        with httpx.Client(
            transport=httpx.MockTransport(lambda _: httpx.Response(200)), event_hooks={"request": [heed]}
        ) as client:
            self.stopped(keeping, lambda: reached.append(client.get("http://target")))

        assert keeping.interrupted
        assert not reached

    def test_that_got_lost_at_the_very_end_is_told_all_the_same(self) -> None:
        keeping = Keeping()
        self.stopped(keeping, lambda: None)

        assert keeping.interrupted

    def test_does_not_stop_what_comes_after(self) -> None:
        self.stopped(Keeping(), lambda: None)
        heed()


class TestThePlan:
    def test_is_told_and_nothing_is_tried_without_a_yes(self, root: str, tmp_path: Path) -> None:
        live = Live(root, "vorel", tmp_path)
        before = live.leads()
        dry, unasked = live.conformance("run", "--dry-run"), live.conformance("run")

        assert (dry.returncode, unasked.returncode) == (0, 2)
        assert "changes   name, email, phone, intent" in dry.stdout
        assert f"of the leads {before[0]['id']}" in dry.stdout
        assert "at most" in dry.stdout and dry.stdout == unasked.stdout
        assert "then pass --yes" in unasked.stderr
        assert live.leads() == before
        assert not (tmp_path / "report").exists()

    @pytest.mark.parametrize(("said", "agreed"), [("y", True), ("Yes ", True), ("", False), ("n", False)])
    def test_is_agreed_to_by_a_person(self, said: str, agreed: bool, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
        monkeypatch.setattr("builtins.input", lambda question: said)
        if agreed:
            plan.agree()
        else:
            with pytest.raises(ConfigError, match="nothing was sent"):
                plan.agree()

    def test_is_not_agreed_to_where_the_input_ends(self, monkeypatch: pytest.MonkeyPatch) -> None:
        def ends(question: str) -> str:
            raise EOFError

        monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
        monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
        monkeypatch.setattr("builtins.input", ends)

        with pytest.raises(ConfigError, match="nothing was sent"):
            plan.agree()

    @pytest.mark.parametrize("effort", ["quick", "standard"])
    @pytest.mark.parametrize("api", openapi.APIS)
    def test_promises_little_more_than_what_the_checks_send(self, api: str, effort: str) -> None:
        job = Job(at_root(api, "http://host", {}), requirements(api))
        limits = plan.limits_of([job], effort, None, 0.0, False)
        sent = [cost(each, effort) for each in job.chosen]

        assert 1.2 < (limits.requests or 0) / sum(each.requests for each in sent) < 1.5
        assert 1.2 < (limits.creates or 0) / sum(each.creates for each in sent) < 1.6

    def test_of_a_run_that_only_reads_needs_no_yes(self, root: str, tmp_path: Path) -> None:
        live = Live(root, "aura", tmp_path)
        before = live.leads()
        run = live.conformance("run", "--read-only", "--effort", "quick", "--only", "aura/get_lead")
        outcomes = {each["id"].split("/")[-1]: each for each in results_in(tmp_path)["requirements"]}

        assert run.returncode == 3, run.stdout
        assert outcomes["answers_with_the_lead_and_success_true"]["outcome"] == "passed"
        assert outcomes["replies_match_the_contract"]["outcome"] == "passed"
        assert outcomes["metadata_is_shown"]["detail"] == "--read-only: it takes a lead with a given metadata"
        assert live.leads() == before


class TestABudget:
    def test_of_requests_is_kept_exactly(self, tmp_path: Path) -> None:
        with serving() as (root, _):
            run = conformance("run", "aura", "--url", root, "--yes", "--max-requests", "40", at=tmp_path)
            results = results_in(tmp_path)
        requirements = results["requirements"]
        spent = [each for each in requirements if each["detail"] == "the budget of 40 requests is used up"]

        assert run.returncode == 3
        assert results["requests"] == 40
        assert spent and all(each["outcome"] == "incomplete" for each in spent)
        assert all(each["level"] == "must" for each in requirements if each["outcome"] == "passed")

    @pytest.mark.parametrize("most", ["4", "10"])
    def test_that_would_leave_nothing_for_checks_is_refused(self, most: str, root: str, tmp_path: Path) -> None:
        live = Live(root, "aura", tmp_path)
        run = live.conformance("run", "--yes", "--max-requests", most)

        assert run.returncode == 2
        assert f"--max-requests {most} is too few" in run.stderr
        assert live.recovery_files == []

    def test_that_ends_in_the_preflight_leaves_everything_incomplete(self, tmp_path: Path) -> None:
        run = conformance("run", "--max-requests", "2", at=tmp_path)
        outcomes = {
            (each["outcome"], each["detail"]) for each in results_in(tmp_path)["requirements"] if each["required"]
        }

        assert run.returncode == 3, run.stdout + run.stderr
        assert ("incomplete", "the budget of 2 requests is used up") in outcomes
        assert {outcome for outcome, _ in outcomes} <= {"incomplete", "untested"}
        assert run.stdout.splitlines()[-1].startswith("INCOMPLETE")

    @pytest.mark.parametrize("rate", ["100", "0/m", "5/d", "x/s"])
    def test_of_time_is_refused_in_one_sentence(self, rate: str, tmp_path: Path) -> None:
        run = conformance("run", "aura", "--rate-limit", rate, at=tmp_path)

        assert run.returncode == 2
        assert "such as 100/m, 5/s" in run.stderr
