"""An answer that fits none of the readings of an open point is not named as one."""

from __future__ import annotations

from typing import Any

import pytest

from conformance.run import classify
from mock_server import APIS, errors
from mock_server.faults import receiving
from tests.aura import bends
from tests.targets import target_of
from tests.variants import Variant, status_of


def fails_at_a_limit_of_zero(limit: str) -> str:
    if limit == "0":
        raise errors.CallRefused("The list could not be read.")
    return limit


def fails_at_another_status(body: Any) -> Any:
    if body.get("status", "new") not in ("new", "qualified"):
        raise errors.CallRefused("The lead could not be written.")
    return body


@pytest.mark.parametrize(
    ("id", "bend"),
    [
        ("AU-06", bends.keys_answer(500, 401)),
        ("AU-17", lambda api: receiving(api, "update_lead", fails_at_another_status)),
        ("AU-36", bends.limits(fails_at_a_limit_of_zero)),
        ("AU-45", status_of(errors.MalformedBody, 500)),
        ("AU-45", status_of(errors.WrongMediaType, 409)),
    ],
)
def test_an_answer_that_fits_none_of_the_readings_is_named_as_none(id: str, bend: Variant) -> None:
    target = target_of(bend(APIS["aura"]))

    classify(target)

    assert id in target.unread
    assert not target.readings.get(id)
