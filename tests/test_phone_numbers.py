"""No number that the suite sends can be somebody's: a target may call its leads."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

import openapi
from conformance.run import attempt
from conformance.target import Target
from mock_server import APIS
from tests.targets import checks, remote_target_of

NOBODYS = re.compile(
    r"1(37|96|000)\d*"  # area codes that are set aside, and one that cannot be
    r"|(210|384|422|28\d|83\d|89\d)\d*"  # country codes of nobody
    r"|0\d*"  # no country code begins with it
    r"|69999\d*|999\d*"  # spare, and reserved
    r"|493023125\d*"  # kept for films
)
NUMBERS = ("phone", "customer_identifier")


def sent_numbers(value: Any, name: str = "") -> Iterator[str]:
    """What a body says in a field that takes a number."""
    for key, each in value.items() if isinstance(value, dict) else ():
        yield from sent_numbers(each, key)
    for each in value if isinstance(value, list) else ():
        yield from sent_numbers(each, name)
    if isinstance(value, str) and name in NUMBERS and "@" not in value:
        yield value


def reaches_somebody(number: str) -> bool:
    """Whether who dials the digits of a text as an international number may reach anybody."""
    digits = re.sub(r"\D", "", number)
    digits = re.sub(r"^00(?=[1-9])", "", digits)
    return len(digits) > 5 and not NOBODYS.fullmatch(digits)


def numbers_of(target: Target) -> list[str]:
    bodies = []
    for exchange in target.journal:
        try:
            bodies.append(json.loads(exchange.request.body or b"null"))
        except ValueError:
            continue
    return [number for body in bodies for number in sent_numbers(body)]


def test_a_number_that_can_be_somebodys_is_noticed() -> None:
    assert all(map(reaches_somebody, ["+14155552671", "+41 44 668 18 00", "0041446681800", "+4930123456"]))
    assert not any(map(reaches_somebody, ["+13715552671", "+10", "0123 4", "+999999999999999"]))


@pytest.mark.parametrize("api", openapi.APIS)
def test_no_number_that_is_sent_to_a_deployment_can_be_somebodys(api: str) -> None:
    target = remote_target_of(APIS[api])
    for id, each in checks(api).items():
        if each.check is not None and re.search("phone|contract|sequence", id):
            attempt(each, target)

    sent = numbers_of(target)

    assert len(set(sent)) > 20
    assert not sorted({number for number in sent if reaches_somebody(number)})
