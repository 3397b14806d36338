"""The parts of the suite: target files, requests as curl lines, outcomes and verdicts, reports."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from xml.etree import ElementTree

import httpx
import pytest
from hypothesis import strategies as st

from conformance.aura import Aura
from conformance.compare import same_instant
from conformance.config import ConfigError, TargetConfig, at_root, read_target_file, without_credentials
from conformance.exchange import NOT_JSON, Exchange, Request, Response
from conformance.outcomes import CannotTry, DoesNotApply, Outcome, Result, TargetFault, Violation
from conformance.register import Requirement
from conformance.reports import Facts, write
from conformance.run import Report, TargetRefused, Verdict, attempt, preflight, run, within_budget
from conformance.target import Target, expect, expect_refusal, expect_status
from conformance.terminal import Terminal
from mock_server import APIS
from openapi import Declaration
from tests.in_process import client_of
from tests.targets import checks, target_at, target_of

SEED_MUST = Declaration("aura/get_lead/a_fact", "must", "A fact holds.", "seed 002", "seed")


def requirement(check: Callable[[Target], None] | None, **changes: str) -> Requirement:
    return Requirement(Declaration(**{**vars(SEED_MUST), **changes}), check)


@pytest.fixture
def aura() -> Target:
    return target_of(APIS["aura"])


def answering(answer: Callable[[httpx.Request], httpx.Response], **config: object) -> Target:
    """A target that answers as the function does."""
    client = httpx.Client(transport=httpx.MockTransport(answer))
    where = TargetConfig("aura", "http://target", **config)  # type: ignore[arg-type]
    return Aura(where, client, effort="quick", sleep=lambda seconds: None)


def reading(target: Target) -> None:
    exchange = target.call("get_lead", path={"id": "1"})
    expect(exchange.status == 404, "no lead", exchange.status)


def report_of(target: Target, check: Callable[[Target], None], count: int) -> Report:
    """What a run says that does the same check so many times."""
    report = Report(0)
    run(target, [requirement(check, id=f"aura/every_operation/fact_{at}") for at in range(count)], report)
    return report


class TestATargetFile:
    WHOLE = """
        api = "octanist"
        base_url = "https://octanist.com/api/"
        [keys]
        full = "${KEY}"
        other = ""
        [capabilities]
        create_lead = false
        [fixtures]
        lead_ids = ["lead_1"]
        shared_email = "shared@example.com"
        [settings]
        bulk_updates = "unknown"
    """

    def read(self, tmp_path: Path, text: str) -> TargetConfig:
        path = tmp_path / "target.toml"
        path.write_text(text)
        return read_target_file(path, {"KEY": "s3cret"})

    def test_says_all_that_is_known_of_a_target(self, tmp_path: Path) -> None:
        config = self.read(tmp_path, self.WHOLE)

        assert config == TargetConfig(
            api="octanist",
            base_url="https://octanist.com/api",
            keys={"full": "s3cret"},
            capabilities={"create_lead": False},
            lead_ids=("lead_1",),
            shared_email="shared@example.com",
            settings={"bulk_updates": "unknown"},
        )

    @pytest.mark.parametrize(
        ("change", "complaint"),
        [
            (("octanist", "hubspot"), "api must be one of aura, octanist, vorel"),
            (('api = "octanist"', ""), "api must be there"),
            (("https://octanist.com/api/", "octanist.com"), "t.toml: base_url 'octanist.com' is no URL of a target"),
            (("${KEY}", "${KEYS}"), "names the environment variable KEYS, which is not set"),
            (("other", "others"), "keys.others is not known; known are full"),
            (("create_lead = false", "create_leads = false"), "capabilities.create_leads is not known"),
            (("create_lead = false", 'create_lead = "no"'), "capabilities.create_lead must be true or false"),
            (('["lead_1"]', '"lead_1"'), "fixtures.lead_ids must be a list of texts"),
            (('["lead_1"]', "[1]"), "fixtures.lead_ids[0] must be a text"),
            (('"unknown"', '"maybe"'), "settings.bulk_updates must be true, false"),
            (("[settings]", "[setting]"), "setting is not known"),
            (("[keys]", "[keys"), "is not TOML"),
        ],
    )
    def test_is_refused_with_the_place_of_what_is_wrong(
        self, tmp_path: Path, change: tuple[str, str], complaint: str
    ) -> None:
        with pytest.raises(ConfigError, match=complaint.replace("[", r"\[")):
            self.read(tmp_path, self.WHOLE.replace(*change))

    @pytest.mark.parametrize("key", ["two\nlines", " s3cret", "\u017fecret", "trailing "])
    def test_is_refused_for_a_key_that_no_header_takes_without_showing_it(self, tmp_path: Path, key: str) -> None:
        path = tmp_path / "target.toml"
        path.write_text(self.WHOLE)

        with pytest.raises(ConfigError, match="the key 'full' has blanks") as refusal:
            read_target_file(path, {"KEY": key})
        assert key.strip() not in str(refusal.value)

    def test_is_refused_for_an_empty_full_key_only(self, tmp_path: Path) -> None:
        path = tmp_path / "target.toml"
        path.write_text(self.WHOLE.replace('other = ""', 'other = "${NOTHING}"'))

        assert read_target_file(path, {"KEY": "k", "NOTHING": ""}).keys == {"full": "k"}
        with pytest.raises(ConfigError, match="the key 'full' is empty"):
            read_target_file(path, {"KEY": "", "NOTHING": ""})

    def test_that_is_not_there_is_named(self, tmp_path: Path) -> None:
        with pytest.raises(ConfigError, match="cannot read the target file"):
            read_target_file(tmp_path / "nothing.toml")

    @pytest.mark.parametrize("url", ["127.0.0.1:4020", "ftp://host", "http://", "http://host:port", ""])
    def test_or_an_argument_needs_a_url_with_a_host(self, url: str) -> None:
        with pytest.raises(ConfigError, match="no URL"):
            at_root("aura", url, {})


class TestAnExchange:
    def test_holds_no_secret(self, aura: Target) -> None:
        aura.call("create_lead", body={"email": "a@example.com", "full_name": APIS["aura"].key_ring["full"]})
        (exchange,) = aura.trace

        assert exchange.request.headers["Authorization"] == "Bearer $AURA_FULL"
        assert APIS["aura"].key_ring["full"] not in json.dumps(exchange.as_json())

    @pytest.mark.parametrize("body", [None, b"", b'{"name": "Zo\xc3\xab"}', b"\xff\x00{"])
    def test_is_whole_in_a_report(self, body: bytes | None) -> None:
        request = Request("PATCH", "AURA_URL", "/v1/leads/1?a=$b", {"X": "$AURA_FULL"}, body)
        exchange = Exchange("update_lead", request, Response(400, {"allow": "GET"}, b"{}", b"{}"), 1.5)

        assert Exchange.of_json(json.loads(json.dumps(exchange.as_json()))) == exchange


class TestAnOutcome:
    def outcome(self, target: Target, check: Callable[[Target], None]) -> Result:
        return attempt(requirement(check), target)

    def stumble(self, target: Target) -> None:
        raise KeyError("nothing")

    def read(self, target: Target) -> None:
        target.call("get_lead", path={"id": "1"})

    def test_is_passed_when_the_check_returns(self, aura: Target) -> None:
        assert self.outcome(aura, lambda target: None).outcome is Outcome.PASSED

    def test_is_failed_with_the_witness_when_the_target_departs(self, aura: Target) -> None:
        def check(target: Target) -> None:
            exchange = target.call("get_lead", path={"id": target.uuid()})
            expect_status(exchange, "the lead is found", 200)

        result = self.outcome(aura, check)

        assert result.outcome is Outcome.FAILED
        assert (result.expected, result.got) == ("the lead is found: status 200", "status 404")
        assert [exchange.status for exchange in result.witness] == [404]

    def test_is_incomplete_when_it_cannot_be_tried(self, aura: Target) -> None:
        def check(target: Target) -> None:
            raise CannotTry("no such key")

        result = self.outcome(aura, check)

        assert (result.outcome, result.detail) == (Outcome.INCOMPLETE, "no such key")

    def test_is_not_required_where_it_does_not_apply(self, aura: Target) -> None:
        def check(target: Target) -> None:
            raise DoesNotApply("bulk updates are off")

        result = self.outcome(aura, check)

        assert (result.outcome, result.required) == (Outcome.INCOMPLETE, False)

    def test_is_an_error_when_the_suite_itself_fails(self, aura: Target) -> None:
        result = self.outcome(aura, self.stumble)

        assert result.outcome is Outcome.ERROR
        assert "KeyError" in result.detail

    def test_is_an_error_when_the_target_does_not_answer(self) -> None:
        def down(request: httpx.Request) -> httpx.Response:
            raise httpx.ConnectError("refused")

        result = self.outcome(answering(down), self.read)

        assert result.outcome is Outcome.ERROR
        assert "refused" in result.detail

    def test_is_an_error_when_a_gateway_answers(self) -> None:
        target = answering(lambda request: httpx.Response(503, text="upstream"))

        result = self.outcome(target, self.read)

        assert result.outcome is Outcome.ERROR

    def test_is_untested_where_it_is_declared_so(self, aura: Target) -> None:
        result = attempt(requirement(None, untested="cannot be seen from outside"), aura)

        assert (result.outcome, result.detail) == (Outcome.UNTESTED, "cannot be seen from outside")

    def test_of_any_value_is_shrunk_and_shows_the_last_one_only(self, aura: Target) -> None:
        def check(target: Target) -> None:
            target.new_lead()

            def each(number: int) -> None:
                target.call("list_leads", query={"limit": str(number)})
                expect(number < 10, "a number below 10", number)

            target.for_any(st.integers(0, 99), each, always=[1, 2], examples=50)

        result = self.outcome(aura, check)

        assert result.got == "10"
        assert [exchange.request.path for exchange in result.witness] == [
            "/v1/leads",
            "/v1/leads?limit=1",
            "/v1/leads?limit=2",
            "/v1/leads?limit=10",
        ]

    def test_of_any_value_is_no_counterexample_when_it_cannot_be_tried(self, aura: Target) -> None:
        tried = []

        def check(target: Target) -> None:
            def each(number: int) -> None:
                tried.append(number)
                raise CannotTry("no more leads")

            target.for_any(st.integers(), each)

        result = self.outcome(aura, check)

        assert (result.outcome, result.detail, len(tried)) == (Outcome.INCOMPLETE, "no more leads", 1)

    def test_shows_no_secret_and_nothing_that_steers_a_terminal(self, aura: Target) -> None:
        key = APIS["aura"].key_ring["full"]

        def check(target: Target) -> None:
            exchange = target.call("create_lead", body={"email": target.email(), "full_name": f"\x1b[2J{key}"})
            expect(False, f"no {key}", exchange.json["data"]["full_name"])

        stream = StringIO()
        report = Report(0, results=[self.outcome(aura, check)])
        Terminal(stream).summary(report, [], 1.0, {"aura": "http://host"})

        assert key not in stream.getvalue() + json.dumps(report.results[0].as_json())
        assert "\x1b" not in stream.getvalue()

    def test_has_a_witness_of_the_calls_that_led_to_it(self, aura: Target) -> None:
        def check(target: Target) -> None:
            other, lead = target.new_lead(), target.new_lead()
            for each, company in ((other, "One"), (lead, "Two"), (other, "Three"), (lead, "Four")):
                target.call("update_lead", path={"id": each["id"]}, body={"company": company})
            expect(False, "nothing", "something")

        result = self.outcome(aura, check)

        sent = [json.loads(exchange.request.body or b"{}").get("company") for exchange in result.witness]
        assert sent == [None, "Two", "Four"]


class TestAVerdict:
    def report(self, *outcomes: Outcome, **changes: str) -> Report:
        each = Declaration(**{**vars(SEED_MUST), **changes})
        required = each.level == "must" and each.basis == "seed"
        return Report(0, results=[Result(each, outcome, required) for outcome in outcomes])

    def test_is_conformant_when_all_that_is_required_passed(self) -> None:
        assert self.report(Outcome.PASSED, Outcome.UNTESTED).verdict is Verdict.CONFORMANT

    def test_is_violations_whatever_else_there_is(self) -> None:
        report = self.report(Outcome.PASSED, Outcome.FAILED, Outcome.ERROR, Outcome.INCOMPLETE)

        assert report.verdict is Verdict.VIOLATIONS

    def test_is_error_before_incomplete(self) -> None:
        assert self.report(Outcome.PASSED, Outcome.ERROR, Outcome.INCOMPLETE).verdict is Verdict.ERROR

    def test_is_incomplete_when_something_required_is(self) -> None:
        assert self.report(Outcome.PASSED, Outcome.INCOMPLETE).verdict is Verdict.INCOMPLETE

    def test_is_not_incomplete_for_what_rests_on_adjacent_pages(self) -> None:
        report = self.report(Outcome.PASSED, Outcome.INCOMPLETE, basis="adjacent")

        assert report.verdict is Verdict.CONFORMANT

    def test_is_never_conformant_when_nothing_passed(self) -> None:
        assert self.report().verdict is Verdict.INCOMPLETE
        assert self.report(Outcome.UNTESTED).verdict is Verdict.INCOMPLETE
        assert self.report(Outcome.INCOMPLETE, basis="adjacent").verdict is Verdict.INCOMPLETE

    def test_ignores_failures_of_level_should_unless_it_is_strict(self) -> None:
        report = self.report(Outcome.PASSED, Outcome.FAILED, level="should")
        report.results.append(Result(SEED_MUST, Outcome.PASSED, True))
        strict = Report(0, strict=True, results=report.results)

        assert (report.verdict, strict.verdict) == (Verdict.CONFORMANT, Verdict.VIOLATIONS)


class TestARun:
    def test_gives_up_on_a_target_that_has_gone(self) -> None:
        calls = []

        def down(request: httpx.Request) -> httpx.Response:
            calls.append(request)
            raise httpx.ReadTimeout("slow")

        report = report_of(answering(down), reading, 30)

        assert len(report.results) == 30
        assert {each.outcome for each in report.results} == {Outcome.ERROR}
        assert len(calls) < 30

    def test_gives_up_where_only_a_gateway_answers(self) -> None:
        calls = []

        def gateway(request: httpx.Request) -> httpx.Response:
            calls.append(request)
            return httpx.Response(503, text="upstream")

        report = report_of(answering(gateway), reading, 30)

        assert len(calls) < 30
        assert report.results[-1].outcome is Outcome.ERROR
        assert report.results[-1].detail.startswith("not tried any more: the target does not answer")

    @pytest.mark.parametrize(
        ("id", "lost"),
        [
            ("octanist/update_lead/email_alone_identifies_a_lead", 4),
            ("vorel/create_conversation/the_reply_is_the_new_conversation", 2),
        ],
    )
    def test_accuses_no_target_of_what_is_left_of_a_check_that_lost_an_answer(self, id: str, lost: int) -> None:
        api = id.partition("/")[0]
        served, writes = client_of({api: APIS[api]}), []

        class LosingOne(httpx.BaseTransport):
            def handle_request(self, request: httpx.Request) -> httpx.Response:
                answer = served._transport.handle_request(request)
                writes.extend([request] if request.method != "GET" else [])
                if len(writes) == lost:
                    writes.append(request)
                    raise httpx.ReadError("the connection was reset")
                return answer

        target = target_at(api, httpx.Client(transport=LosingOne()), sleep=lambda seconds: None)
        result = within_budget(checks(api)[id], target)

        assert len(writes) > lost + 1
        assert result.outcome is Outcome.PASSED, result.got

    def test_goes_on_where_a_gateway_answers_for_one_operation_only(self) -> None:
        calls = []

        def answer(request: httpx.Request) -> httpx.Response:
            calls.append(request)
            return httpx.Response(503 if request.method == "PATCH" else 404, json={})

        def updating(target: Target) -> None:
            target.call("update_lead", path={"id": "1"}, body={})

        report = report_of(answering(answer), updating, 8)

        assert [each.detail.startswith("PATCH") for each in report.results] == [True] * 8

    @pytest.mark.parametrize(
        ("status", "why"),
        [
            (401, "the key 'full' was accepted before and is refused now (401)"),
            (403, "the key 'full' was accepted before and is refused now (403)"),
            (500, "the target answered before and fails now (500)"),
        ],
    )
    @pytest.mark.parametrize("arranges", [True, False])
    def test_accuses_no_target_of_a_key_that_has_ended_or_of_an_outage(
        self, status: int, why: str, arranges: bool
    ) -> None:
        answers = iter([404] * 3)
        target = answering(lambda request: httpx.Response(next(answers, status), json={}))

        def check(target: Target) -> None:
            with target.arranging() if arranges else nullcontext():
                reading(target)

        preflight(target)
        report = report_of(target, check, 8)

        assert [each.outcome for each in report.results] == [Outcome.PASSED] * 2 + [Outcome.ERROR] * 6
        assert report.results[3].detail == why
        assert report.results[-1].detail == f"not tried any more: {why}"
        assert report.verdict is Verdict.ERROR

    @pytest.mark.parametrize("status", [401, 403, 500])
    def test_finds_a_violation_where_one_kind_of_request_fails(self, status: int) -> None:
        target = answering(lambda request: httpx.Response(status if request.url.path.endswith("1") else 404, json={}))
        preflight(target)
        report = report_of(target, reading, 5)

        assert [each.outcome for each in report.results] == [Outcome.FAILED] * 5
        assert all(each.witness[-1].status == status for each in report.results)

    def test_is_not_begun_on_a_target_that_fails_whatever_it_is_asked(self) -> None:
        with pytest.raises(TargetFault, match=r"fails whatever it is asked \(500\)"):
            preflight(answering(lambda request: httpx.Response(500, json={})))
        preflight(answering(lambda request: httpx.Response(500 if request.method == "GET" else 400, json={})))

    @pytest.mark.parametrize(
        ("headers", "waits"),
        [({"Retry-After": "7"}, 7.0), ({"X-RateLimit-Reset": "30"}, 30.0), ({}, 5.0), ({"Retry-After": "60"}, 60.0)],
    )
    def test_waits_a_rate_limit_out(self, headers: dict[str, str], waits: float) -> None:
        answers, slept = iter([httpx.Response(429, headers=headers), httpx.Response(404, json={})]), list[float]()
        client = httpx.Client(transport=httpx.MockTransport(lambda request: next(answers)))
        target = Aura(TargetConfig("aura", "http://target"), client, sleep=slept.append)

        assert target.call("get_lead", path={"id": "1"}).status == 404
        assert slept == [waits]

    def test_does_not_wait_for_ever(self) -> None:
        client = httpx.Client(transport=httpx.MockTransport(lambda request: httpx.Response(429)))
        target = Aura(TargetConfig("aura", "http://target"), client, sleep=lambda seconds: None)

        with pytest.raises(TargetFault, match="still limits requests"):
            target.call("get_lead", path={"id": "1"})

    def test_begins_by_asking_whether_the_target_is_there(self) -> None:
        def refuse(request: httpx.Request) -> httpx.Response:
            return httpx.Response(401, json={})

        with pytest.raises(TargetRefused, match="refuses the key 'full'"):
            preflight(answering(refuse))
        with pytest.raises(TargetFault, match=r"answers with a page \(200\) instead of JSON"):
            preflight(answering(lambda request: httpx.Response(200, html="<html>")))
        preflight(answering(lambda request: httpx.Response(404, json={})))

    def test_does_not_accuse_a_target_of_an_operation_that_it_lacks(self) -> None:
        target = answering(lambda request: httpx.Response(404, json={}), capabilities={"list_leads": False})

        result = attempt(requirement(lambda target: None, id="aura/list_leads/a_fact"), target)

        assert result.outcome is Outcome.INCOMPLETE
        assert result.detail == "the target does not offer list_leads (capabilities.list_leads is false)"

    def test_asks_a_target_what_it_has_when_its_file_does_not_say(self) -> None:
        target = answering(lambda request: httpx.Response(405, json={}))

        result = attempt(requirement(lambda target: None, id="aura/list_leads/a_fact"), target)

        assert result.detail == "the target does not offer list_leads (GET /v1/leads was answered 405)"


class TestAReasonWhyNothingCanBeTried:
    @pytest.mark.parametrize(
        ("api", "method", "status", "why"),
        [
            (
                "vorel",
                "POST",
                500,
                "no conversation can be created (for the key 'full', POST /conversations was answered 500)",
            ),
            ("vorel", "POST", 404, "no lead can be created (the target does not offer create_lead (POST /leads was"),
            ("aura", "POST", 405, "the target cannot create leads (POST /v1/leads was answered 405), and its file"),
            ("octanist", "POST", 501, "the target cannot create leads (POST /leads was answered 501), and its file"),
        ],
    )
    def test_says_what_was_asked_and_answered(self, api: str, method: str, status: int, why: str) -> None:
        def answer(request: httpx.Request) -> httpx.Response:
            return httpx.Response(status if request.method == method else 404, json={})

        client = httpx.Client(transport=httpx.MockTransport(answer))
        target = target_at(api, client, sleep=lambda seconds: None)
        target.begin("a check")
        with pytest.raises(CannotTry) as reason:
            target.new_lead()

        assert str(reason.value).startswith(why)


class TestTheReports:
    @pytest.fixture
    def report(self, aura: Target) -> Report:
        def fails(target: Target) -> None:
            expect_refusal(target.call("create_lead", body={"email": "a@example.com"}), "\x00 the ]]> body")

        def cannot(target: Target) -> None:
            raise CannotTry("no key")

        report = Report(seed=7)
        chosen = [
            requirement(lambda target: None, id="aura/get_lead/passes"),
            requirement(fails, id="aura/get_lead/fails"),
            requirement(cannot, id="aura/get_lead/cannot"),
            requirement(None, id="aura/get_lead/untested", untested="not seen"),
        ]
        aura.reading("AU-01", "201")
        run(aura, chosen, report)
        return report

    @pytest.fixture
    def facts(self) -> Facts:
        moment = datetime(2026, 1, 17, 8, tzinfo=UTC)
        return Facts({"aura": "http://user:pass@host"}, False, "quick", moment, moment)

    def test_say_everything_in_results_json(self, report: Report, facts: Facts, tmp_path: Path) -> None:
        write(tmp_path / "new" / "folder", report, facts)
        results = json.loads((tmp_path / "new" / "folder" / "results.json").read_text())

        assert results["schema"] == 2
        assert (results["verdict"], results["seed"], results["started"]) == (
            "violations",
            7,
            "2026-01-17T08:00:00.000Z",
        )
        assert [each["outcome"] for each in results["requirements"]] == ["passed", "failed", "incomplete", "untested"]
        failed = results["requirements"][1]
        assert failed["expected"].endswith("is refused with 400 or 422")
        assert failed["witness"][0]["response"]["status"] == 201
        assert failed["curl"][0].startswith(': "${AURA_URL:?set it to the base URL of aura}"')
        assert results["open_points"][0]["id"] == "AU-01"
        assert results["open_points"][0]["reading"] == "201"
        assert [each["id"] for each in results["not_run"]] == ["aura/get_lead/cannot", "aura/get_lead/untested"]
        assert "pass" not in json.dumps(results["target"])

    def test_say_the_same_in_junit_xml(self, report: Report, facts: Facts, tmp_path: Path) -> None:
        write(tmp_path, report, facts)
        root = ElementTree.parse(tmp_path / "junit.xml").getroot()
        (suite,) = root
        cases = {case.get("name"): case for case in suite}

        assert root.tag == "testsuites"
        assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
            "tests": "4",
            "failures": "1",
            "errors": "0",
            "skipped": "2",
        }
        assert [child.tag for child in cases["fails"]] == ["properties", "failure"]
        assert [child.tag for child in cases["passes"]] == ["properties"]
        outcomes = {name: case.find("properties/property[@name='outcome']") for name, case in cases.items()}
        assert outcomes["cannot"] is not None and outcomes["cannot"].get("value") == "incomplete"

    def test_are_replaced_whole(self, report: Report, facts: Facts, tmp_path: Path) -> None:
        (tmp_path / "results.json").write_text("old")
        write(tmp_path, report, facts)

        names = sorted(path.name for path in tmp_path.iterdir())
        assert names == ["junit.xml", "report.html", "results.json", "traffic.har"]

    def test_on_the_terminal_put_failures_first_and_the_verdict_last(self, report: Report) -> None:
        stream = StringIO()
        Terminal(stream).summary(report, ["report/results.json"], 1.0, {"aura": "http://host"})
        lines = stream.getvalue().splitlines()

        assert lines[1] == "For the curl lines of aura: AURA_URL=http://host, AURA_FULL=<key full>"
        assert lines[3] == "FAILED aura/get_lead/fails (must)"
        assert "  says      A fact holds." in lines
        assert any(line.startswith("    curl -sS -i") for line in lines)
        assert "    lead-conformance replay report aura/get_lead/fails" in lines
        assert "INCOMPLETE (1 requirement): no key" in lines
        assert lines[-1].startswith("VIOLATIONS: the target departs from its documentation (1 passed, 1 failed")
        assert "\033[" not in stream.getvalue()

    def test_on_a_quiet_terminal_are_the_verdict_alone(self, report: Report) -> None:
        stream = StringIO()
        terminal = Terminal(stream, quiet=True)
        terminal.trying("aura", "http://host", 4)
        terminal.progress(report.results[1])
        terminal.summary(report, [], 1.0, {"aura": "http://host"})

        assert len(stream.getvalue().splitlines()) == 1

    def test_have_colours_only_for_a_person_who_wants_them(
        self, report: Report, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class Tty(StringIO):
            def isatty(self) -> bool:
                return True

        monkeypatch.delenv("NO_COLOR", raising=False)
        monkeypatch.setenv("TERM", "xterm")
        Terminal(coloured := Tty()).summary(report, [], 1.0, {"aura": "http://host"})
        monkeypatch.setenv("NO_COLOR", "1")
        Terminal(plain := Tty()).summary(report, [], 1.0, {"aura": "http://host"})

        assert "\033[31m" in coloured.getvalue()
        assert "\033[31m" not in plain.getvalue()


class TestSmallThings:
    @pytest.mark.parametrize(
        ("one", "two", "same"),
        [
            ("2026-01-17T08:00:00Z", "2026-01-17T08:00:00.999Z", True),
            ("2026-01-17T08:00:00Z", "2026-01-17T09:00:00+01:00", True),
            ("2026-01-17T08:00:00Z", "2026-01-17T08:00:01Z", False),
            ("2026-01-17T08:00:00.1234567Z", "2026-01-17T08:00:00.123Z", True),
            ("yesterday", "yesterday", True),
            (None, "2026-01-17T08:00:00Z", False),
        ],
    )
    def test_instants_are_compared_without_their_spelling(self, one: object, two: object, same: bool) -> None:
        assert same_instant(one, two) is same

    def test_a_url_is_shown_without_its_password(self) -> None:
        assert without_credentials("https://user:pass@host:1/path") == "https://host:1/path"

    def test_a_body_that_is_not_json_is_told_from_null(self) -> None:
        request = Request("GET", "AURA_URL", "/", {})

        assert Exchange("", request, Response(200, {}, b"null")).json is None
        assert Exchange("", request, Response(200, {}, b"<html>")).json is NOT_JSON
        assert Exchange("", request, Response(200, {}, b"[" * 100_000)).json is NOT_JSON

    def test_a_violation_says_what_was_expected_and_what_came(self) -> None:
        with pytest.raises(Violation, match=r"expected a; got \[1\]"):
            expect(False, "a", [1])
