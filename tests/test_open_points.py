"""Open points are classified, never judged: the suite says which reading a target follows."""

from __future__ import annotations

import pytest

import openapi
from conformance.register import classifiers
from conformance.run import classify
from mock_server import APIS
from tests.targets import target_of

CLASSIFIED = [(api, id) for api in openapi.APIS for id in classifiers(api)]


@pytest.mark.parametrize("api", openapi.APIS)
def test_the_sandbox_follows_the_readings_that_its_contract_names(api: str) -> None:
    target = target_of(APIS[api])

    classify(target)

    points = openapi.read(api).open_points
    expected = {id: {str(points[id].sandbox)} for id in classifiers(api)}
    assert not target.unread
    assert {id: target.readings.get(id) for id in expected} == expected
