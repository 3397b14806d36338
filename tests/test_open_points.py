"""Open points are classified, never judged: the suite says which reading a target follows."""

from __future__ import annotations

import random
from collections.abc import Mapping
from importlib import import_module

import pytest

import openapi
from conformance.register import classifiers
from conformance.run import classify
from mock_server import APIS
from mock_server.api import Api
from tests.targets import target_of
from tests.variants import Conformant

_MODULES = {api: import_module(f"tests.{api}.variants") for api in openapi.APIS}
VARIANTS: dict[str, dict[str, Conformant]] = {api: module.VARIANTS for api, module in _MODULES.items()}
OTHERS: dict[str, dict[str, Conformant]] = {api: getattr(each, "INCOMPLETE", {}) for api, each in _MODULES.items()}
"""Variants under which some things cannot be arranged, and some points therefore not seen."""

ALONE = [(api, name) for api, variants in VARIANTS.items() for name in variants]
COMBINATIONS = [(api, number) for api in VARIANTS for number in range(8)]


def seen(served: Api) -> dict[str, str]:
    """By open point, the readings that the suite finds; several are joined by a comma, in alphabetical order."""
    target = target_of(served)

    classify(target)

    assert not target.unread
    return {id: ", ".join(sorted(target.readings.get(id, ()))) for id in classifiers(served.name)}


def of_the_sandbox(api: str) -> dict[str, str]:
    points = openapi.read(api).open_points
    return {id: str(points[id].sandbox) for id in classifiers(api)}


@pytest.mark.parametrize("api", openapi.APIS)
def test_the_sandbox_follows_the_readings_that_its_contract_names(api: str) -> None:
    assert seen(APIS[api]) == of_the_sandbox(api)


@pytest.mark.parametrize(("api", "name"), ALONE, ids=lambda value: str(value).replace(" ", "-"))
def test_a_variant_is_seen_to_take_its_readings(api: str, name: str) -> None:
    variant = VARIANTS[api][name]

    assert seen(variant(APIS[api])) == {**of_the_sandbox(api), **variant.reads}


@pytest.mark.parametrize(("api", "number"), COMBINATIONS)
def test_variants_are_seen_to_take_their_readings_together(api: str, number: int) -> None:
    chosen = _of_different_points(VARIANTS[api], random.Random(f"{api}/{number}"))
    served = APIS[api]
    for variant in chosen.values():
        served = variant(served)
    expected = of_the_sandbox(api)
    for variant in chosen.values():
        expected.update(variant.reads)

    assert seen(served) == expected, f"{list(chosen)}"


@pytest.mark.parametrize("api", openapi.APIS)
def test_every_reading_is_one_that_the_sandbox_or_a_variant_takes(api: str) -> None:
    taken = set(of_the_sandbox(api).items())
    for variant in (*VARIANTS[api].values(), *OTHERS[api].values()):
        taken |= {(id, each) for id, readings in variant.reads.items() for each in _each(api, id, readings)}

    assert taken == {(id, each) for id in classifiers(api) for each in openapi.read(api).open_points[id].accepts}


@pytest.mark.parametrize("api", openapi.APIS)
def test_every_open_point_is_observed_or_says_why_not(api: str) -> None:
    for id, point in openapi.read(api).open_points.items():
        assert (id in classifiers(api)) != bool(point.unobserved), id
        assert point.sandbox in point.accepts, id


def _each(api: str, id: str, readings: str) -> list[str]:
    return [readings] if readings in openapi.read(api).open_points[id].accepts else readings.split(", ")


def _of_different_points(variants: Mapping[str, Conformant], chance: random.Random) -> dict[str, Conformant]:
    """Five variants, no two of which say something of the same open point."""
    chosen: dict[str, Conformant] = {}
    for name in chance.sample(sorted(variants), len(variants)):
        if len(chosen) < 5 and not any(variants[name].reads.keys() & each.reads.keys() for each in chosen.values()):
            chosen[name] = variants[name]
    return chosen
