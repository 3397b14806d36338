"""A target is accused only by its answer to something documented, and only of what a sentence says."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from conformance import contract_layer
from conformance.compare import same_json
from conformance.config import TargetConfig, at_root
from conformance.findings import findings
from conformance.outcomes import Outcome, Result, Violation
from conformance.run import Report, Verdict, find_out, within_budget
from conformance.target import Target
from mock_server import APIS, FAULTS
from openapi import Declaration
from tests.in_process import client_of
from tests.targets import checks, report_on, target_at, target_of


def answering(api: str, lead: dict[str, Any]) -> Target:
    """A target that shows this lead whatever it is asked."""
    body = lead if api == "vorel" else {"success": True, "data": lead, "meta": META}

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=body)

    return target_at(api, httpx.Client(transport=httpx.MockTransport(answer)))


META = {"requestId": "req_1", "timestamp": "2026-01-17T08:00:00.000Z"}


def shown(api: str) -> dict[str, Any]:
    """A new lead as the sandbox shows it."""
    target = target_of(APIS[api])
    id = target.new_lead()["id"]
    body = target.call("get_lead", path={"id": id}).json
    lead: dict[str, Any] = body.get("data", body)
    return lead


class TestGarbageThatIsShownAsItWasSent:
    """No page says that a bad value is refused: what comes out is what went in."""

    @pytest.mark.parametrize("custom", [5, [1, 2], {"a": 1}])
    def test_is_no_departure_in_a_field_that_takes_texts(self, custom: Any) -> None:
        target = answering("octanist", {**shown("octanist"), "custom": custom})
        target.call("create_lead", body={"email": "a@example.com", "custom": custom})

        contract_layer.fits(target, target.call("get_lead", path={"id": "1"}))

    def test_is_no_departure_within_a_list(self) -> None:
        notes = [{"content": "", "created_at": "", "user_id": ""}]
        target = answering("aura", {**shown("aura"), "notes": notes})
        target.call("update_lead", path={"id": "1"}, body={"notes": notes})

        contract_layer.fits(target, target.call("get_lead", path={"id": "1"}))

    def test_is_a_departure_where_nobody_sent_it(self) -> None:
        target = answering("octanist", {**shown("octanist"), "custom": 5})
        target.call("create_lead", body={"email": "a@example.com", "custom": 6})

        with pytest.raises(Violation, match=r"5 is not"):
            contract_layer.fits(target, target.call("get_lead", path={"id": "1"}))


class TestAWholeNumber:
    """50.0 and 5e1 are integers in OpenAPI 3.1, the vendor's own dialect."""

    @pytest.mark.parametrize("written", [b"50.0", b"5e1", b"5E+1", b"50.00"])
    def test_is_one_however_it_is_written(self, written: bytes) -> None:
        whole = json.dumps({**shown("vorel"), "qualification_score": 4711}).encode().replace(b"4711", written)
        headers = {"content-type": "application/json"}
        client = httpx.Client(
            transport=httpx.MockTransport(lambda _: httpx.Response(200, headers=headers, content=whole))
        )
        target = target_at("vorel", client)

        contract_layer.fits(target, target.call("get_lead", path={"id": "1"}))

    def test_is_none_with_a_fraction(self) -> None:
        target = answering("vorel", {**shown("vorel"), "qualification_score": 50.5})

        with pytest.raises(Violation, match=r"50\.5"):
            contract_layer.fits(target, target.call("get_lead", path={"id": "1"}))

    @pytest.mark.parametrize("sent", [50.0, 0.0, 100.0])
    def test_is_taken_by_the_sandbox(self, sent: float) -> None:
        target = target_of(APIS["vorel"])
        exchange = target.call("update_lead", path={"id": target.new_lead()["id"]}, body={"qualification_score": sent})

        assert (exchange.status, repr(exchange.json["qualification_score"])) == (200, f"{sent:.0f}")


class TestWhatAJavaScriptServerDoes:
    def test_to_numbers_beyond_2_53_is_no_departure(self) -> None:
        assert same_json({"a": [2**60]}, {"a": [1152921504606847000]})
        assert not same_json(2**60, 2**61)
        assert not same_json(2**53 - 1, 2**53)


class Behind(httpx.BaseTransport):
    """A sandbox behind replicas: a read right after a write shows what was before, until a moment has passed."""

    def __init__(self, api: str) -> None:
        self._inner = client_of({api: APIS[api]})
        self._shown: dict[str, httpx.Response] = {}
        self._written = False

    def sleep(self, seconds: float) -> None:
        self._written = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.read()
        answer = self._inner.send(
            httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
        )
        if request.method != "GET":
            self._written = True
        elif self._written:
            unknown = {"success": False, "error": "Not found", "code": "NOT_FOUND", "requestId": "req_1"}
            answer = self._shown.get(request.url.path) or httpx.Response(404, json=unknown)
        else:
            self._shown[request.url.path] = answer
        return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)


class TestAReadThatIsBehind:
    def test_is_read_again_a_moment_later_and_the_result_says_so(self) -> None:
        transport = Behind("aura")
        config = at_root("aura", "http://sandbox", APIS["aura"].key_ring)
        target = target_at("aura", httpx.Client(transport=transport), config=config, sleep=transport.sleep)
        result = within_budget(checks("aura")["aura/update_lead/omitted_fields_stay_as_they_are"], target)

        assert result.outcome is Outcome.PASSED, result.got
        assert "read late" in result.detail

    def test_is_no_excuse_for_what_stays_wrong(self) -> None:
        fault = next(each for each in FAULTS if (each.api, each.name) == ("aura", "null_clears_the_notes"))
        config = at_root("aura", "http://sandbox", APIS["aura"].key_ring)
        client = client_of({"aura": fault(APIS["aura"])})
        target = target_at("aura", client, config=config, sleep=lambda seconds: None)

        assert within_budget(checks("aura")[fault.breaks], target).outcome is Outcome.FAILED


class TestAnOperationThatTheTargetLacks:
    def test_leaves_incomplete_what_it_is_needed_for(self) -> None:
        inner = client_of({"vorel": APIS["vorel"]})

        def answer(request: httpx.Request) -> httpx.Response:
            if request.method == "PATCH":
                return httpx.Response(405, json={"error": {"code": "method_not_allowed", "message": "No."}})
            sent = inner.send(
                httpx.Request(request.method, request.url, headers=request.headers, content=request.content)
            )
            return httpx.Response(sent.status_code, headers=sent.headers, content=sent.content)

        target = target_at("vorel", httpx.Client(transport=httpx.MockTransport(answer)))
        report = report_on(target)

        assert [each.requirement.id for each in report.failures] == []
        assert report.verdict is Verdict.INCOMPLETE


class TestAProbe:
    def test_comes_before_the_first_check_and_never_again(self) -> None:
        target = target_of(APIS["vorel"])
        find_out(target)
        asked = dict(target._offers)
        for operation_id in target.contract.operations:
            target.offers(operation_id)

        assert asked == target._offers and set(asked) == set(target.contract.operations)


class TestFixturesOfOthers:
    def test_that_share_an_address_are_not_held_against_a_target_that_says_so(self) -> None:
        """Octanist answers 409 where several leads have the e-mail by which an update names one."""
        client = client_of({"octanist": APIS["octanist"]})
        ring = APIS["octanist"].key_ring
        maker = target_at("octanist", client)
        ids = [maker.new_lead(email="shared@example.com", phone="+12025550123")["id"] for _ in range(6)]
        config = TargetConfig(
            "octanist",
            at_root("octanist", "http://sandbox", ring).base_url,
            {"full": ring["full"]},
            capabilities={"create_lead": False},
            lead_ids=tuple(ids),
        )
        report = report_on(target_at("octanist", client, config=config))

        assert [f"{each.requirement.id}: {each.got}" for each in report.failures] == []


class TestOneDefect:
    def test_is_one_finding_with_what_it_blocks(self) -> None:
        fault = next(each for each in FAULTS if (each.api, each.name) == ("octanist", "id_is_no_identifier"))
        report = report_on(target_of(fault(APIS["octanist"]), shrinks=False))
        found = {each.result.requirement.id: each for each in findings(report.results)}

        assert fault.breaks in found
        assert len(found[fault.breaks].blocks) > 5
        assert "octanist/every_operation/replies_are_json" not in found

    def test_of_a_field_is_told_by_the_requirement_about_that_field(self) -> None:
        fault = next(each for each in FAULTS if (each.api, each.name) == ("aura", "ignores_a_new_company"))
        report = report_on(target_of(fault(APIS["aura"]), shrinks=False))

        assert [each.requirement.id for each in report.failures] == ["aura/update_lead/company_is_updated"]
        assert all(each.blocked_by for each in report.results if each.outcome is Outcome.BLOCKED)


class TestFailuresWithTheSameSlug:
    def test_are_one_finding_only_where_they_show_the_same(self) -> None:
        shown_alike = [failed(f"aura/{operation}/replies", "a text") for operation in ("get_lead", "list_leads")]
        another = failed("aura/update_lead/replies", "a number")

        assert [(each.result, each.also) for each in findings([*shown_alike, another])] == [
            (shown_alike[0], (shown_alike[1],)),
            (another, ()),
        ]


def failed(id: str, got: str) -> Result:
    return Result(Declaration(id, "must", "", "", "seed"), Outcome.FAILED, True, expected="a date", got=got)


class TestAVerdictOfAPart:
    def test_is_never_conformant(self) -> None:
        report = Report(seed=0, selection=["aura/get_lead"])
        report.add(within_budget(checks("aura")["aura/get_lead/reading_changes_nothing"], target_of(APIS["aura"])))

        assert report.verdict is Verdict.PARTIAL
