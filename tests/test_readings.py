"""The suite is fair: it accepts every reading of every open point, alone and in combinations."""

from __future__ import annotations

import random
from dataclasses import replace
from importlib import import_module
from typing import Any

import pytest

import openapi
from conformance.config import at_root
from conformance.register import requirements
from conformance.run import Verdict
from mock_server import APIS
from tests.in_process import client_of
from tests.octanist.variants import INCOMPLETE
from tests.targets import report_on, target_at, target_of, told
from tests.variants import Conformant

VARIANTS: dict[str, dict[str, Conformant]] = {
    api: import_module(f"tests.{api}.variants").VARIANTS for api in openapi.APIS
}
ALONE = [(api, name) for api, variants in VARIANTS.items() for name in variants]
_TOGETHER = 6
_BY_ITSELF = ("OC-19 null clears",)  # it clears before another variant can refuse the request
_LONG = ("replies_match_the_contract", "a_sequence_of_calls_is_answered_as_documented")


def _groups(api: str) -> list[tuple[str, ...]]:
    """All variants of an API in random groups, none of which has two that read the same open point differently."""
    groups: list[list[str]] = []
    variants = VARIANTS[api]
    for name in random.Random(api).sample(sorted(variants), len(variants)):
        points = variants[name].reads.keys()
        fitting = (
            group
            for group in groups
            if len(group) < _TOGETHER and not any(points & variants[each].reads.keys() for each in group)
        )
        group = next(fitting, None)
        if group is None:
            groups.append([name])
        else:
            group.append(name)
    return [tuple(group) for group in groups]


@pytest.mark.parametrize(("api", "name"), ALONE, ids=lambda value: str(value).replace(" ", "-"))
def test_a_reading_is_accepted(api: str, name: str) -> None:
    """By every check of one requirement; contract and lifecycles take long, and have their turn with the groups."""
    chosen = [each for each in requirements(api) if each.declaration.slug not in _LONG]

    report = report_on(target_of(VARIANTS[api][name](APIS[api])), chosen)

    assert report.verdict is Verdict.CONFORMANT, told(report)


@pytest.mark.parametrize(
    ("api", "number"), [(api, number) for api in openapi.APIS for number in range(len(_groups(api)))]
)
def test_readings_are_accepted_together(api: str, number: int) -> None:
    """By the whole suite; every variant has its turn."""
    names = [name for name in _groups(api)[number] if name not in _BY_ITSELF]
    served = APIS[api]
    for name in names:
        served = VARIANTS[api][name](served)

    report = report_on(target_of(served, seed=number))

    assert report.verdict is Verdict.CONFORMANT, f"{names}\n{told(report)}"


SEEDED: dict[str, dict[str, Any]] = {
    "aura": {"email": "fixture@example.com", "phone": "+14155552671"},
    "octanist": {"email": "fixture@example.com", "phone": "+14155552671"},
    "vorel": {"name": "Fixture"},
}


@pytest.mark.parametrize("leads", [1, 6])
@pytest.mark.parametrize("lacking", ["creates", "creates and lists", "all that is adjacent"])
@pytest.mark.parametrize("api", openapi.APIS)
def test_a_target_that_lacks_operations_is_not_accused(api: str, lacking: str, leads: int) -> None:
    contract = openapi.read(api)
    kinds = {"creates": ("create",), "creates and lists": ("create", "list")}.get(lacking, ("",))
    lacks = [id for id, each in contract.operations.items() if each.adjacent or id == "create_lead"]
    lacks = [id for id in lacks if id.startswith(kinds)]
    with client_of({api: APIS[api]}) as client:
        seeds = [{**SEEDED[api], **({"email": f"{at}@example.com"} if api != "vorel" else {})} for at in range(leads)]
        seeds = [{**each, **({"phone": f"+1415555267{at}"} if api != "vorel" else {})} for at, each in enumerate(seeds)]
        url = f"/_sandbox/leads/{api}?key={APIS[api].key_ring['full']}"
        made = client.post(url, json={"leads": seeds}).json()["leads"]
        config = replace(
            at_root(api, "http://sandbox", APIS[api].key_ring),
            capabilities=dict.fromkeys(lacks, False),
            lead_ids=tuple(lead["id"] for lead in made),
        )
        report = report_on(target_at(api, client, config=config))

    assert not report.violations, told(report)
    assert report.verdict is not Verdict.ERROR, told(report)


@pytest.mark.parametrize("name", INCOMPLETE)
def test_a_reading_that_leaves_something_untried_is_not_accused(name: str) -> None:
    report = report_on(target_of(INCOMPLETE[name](APIS["octanist"])))

    assert report.verdict is Verdict.INCOMPLETE, told(report)
