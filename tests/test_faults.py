"""No check without a fault that trips it, and no fault that trips nothing."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

import openapi
from conformance.outcomes import Outcome
from conformance.run import Verdict, attempt
from mock_server import APIS, FAULTS
from mock_server.faults import Fault, Faults
from tests.targets import checks, report_on, target_of, told

MISSED_AT_QUICK = {"octanist/remembers_whom_an_email_has_meant", "octanist/notes_that_spell_numbers_become_numbers"}
"""Faults of sequences that it takes more sequences to meet, with the seed that is used here."""


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault.api}-{fault.name}")
def test_a_fault_makes_its_own_check_fail(fault: Fault) -> None:
    effort = "standard" if f"{fault.api}/{fault.name}" in MISSED_AT_QUICK else "quick"
    target = target_of(fault(APIS[fault.api]), effort=effort, shrinks=False)
    result = attempt(checks(fault.api)[fault.breaks], target)

    assert result.outcome is Outcome.FAILED, result.detail
    assert result.expected and result.got and result.witness


@pytest.mark.parametrize("api", openapi.APIS)
def test_the_clean_sandbox_passes_every_check(api: str) -> None:
    report = report_on(target_of(APIS[api]))

    assert report.verdict is Verdict.CONFORMANT, told(report)


def test_every_tested_requirement_has_a_fault_and_every_fault_a_requirement() -> None:
    tested = {id for api in openapi.APIS for id, each in checks(api).items() if each.check is not None}

    assert {fault.breaks for fault in FAULTS} == tested


@pytest.mark.parametrize("api", openapi.APIS)
def test_a_must_has_three_faults_of_different_kinds(api: str) -> None:
    kinds = defaultdict(list)
    for fault in FAULTS:
        kinds[fault.breaks].append(fault.kind)
    musts = [id for id, each in checks(api).items() if each.check is not None and each.declaration.level == "must"]

    assert not {id for id in musts if len(kinds[id]) < 3 or len(set(kinds[id])) < 2}


def test_a_fault_is_of_a_kind_that_is_known() -> None:
    with pytest.raises(ValueError, match="'odd' is no kind of fault"):
        Faults("aura").add("x", "get_lead/reading_changes_nothing", lambda api: api, "odd")


def test_the_faults_of_an_api_have_different_names() -> None:
    assert max(Counter((fault.api, fault.name) for fault in FAULTS).values()) == 1
