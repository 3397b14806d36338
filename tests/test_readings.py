"""The suite is fair: it accepts every reading of every open point, alone and in combinations."""

from __future__ import annotations

import random
from importlib import import_module
from typing import Any

import pytest

import openapi
from conformance.run import Verdict
from mock_server import APIS
from tests.octanist.variants import INCOMPLETE
from tests.targets import report_on, target_of, told

VARIANTS: dict[str, dict[str, Any]] = {api: import_module(f"tests.{api}.variants").VARIANTS for api in openapi.APIS}
ALONE = [(api, name) for api, variants in VARIANTS.items() for name in variants]
COMBINATIONS = [(api, number) for api in VARIANTS for number in range(6)]


@pytest.mark.parametrize(("api", "name"), ALONE, ids=lambda value: str(value).replace(" ", "-"))
def test_a_reading_is_accepted(api: str, name: str) -> None:
    report = report_on(target_of(VARIANTS[api][name](APIS[api])))

    assert report.verdict is Verdict.CONFORMANT, told(report)


@pytest.mark.parametrize(("api", "number"), COMBINATIONS)
def test_readings_are_accepted_together(api: str, number: int) -> None:
    chance = random.Random(f"{api}/{number}")
    names = chance.sample(sorted(VARIANTS[api]), 4)
    served = APIS[api]
    for name in names:
        served = VARIANTS[api][name](served)

    report = report_on(target_of(served, seed=number))

    assert report.verdict is Verdict.CONFORMANT, f"{names}\n{told(report)}"


@pytest.mark.parametrize("name", INCOMPLETE)
def test_a_reading_that_leaves_something_untried_is_not_accused(name: str) -> None:
    report = report_on(target_of(INCOMPLETE[name](APIS["octanist"])))

    assert report.verdict is Verdict.INCOMPLETE, told(report)
