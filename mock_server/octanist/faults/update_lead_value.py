"""Octanist, wrong in what becomes the value of a lead."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from mock_server import errors
from mock_server.api import Api
from mock_server.faults import Faults
from mock_server.octanist.faults.bends import (
    Bend,
    Body,
    after_update,
    before_update,
    dropping_where,
    for_update,
    has_status,
    lead_of,
    storing,
    without,
)
from mock_server.store import Lead, Organization

FAULTS = Faults("octanist")

FAULTS.add(
    "value_loses_its_decimals",
    "update_lead/number_is_stored_as_the_value",
    storing("value", lambda value: int(value)),
    "strict",
)
FAULTS.add(
    "zero_counts_as_no_value",
    "update_lead/zero_is_stored_as_the_value",
    for_update(before_update(without("value")), lambda body: body.get("value") == 0),
    "rare",
)
FAULTS.add(
    "value_is_added_up",
    "update_lead/number_is_stored_as_the_value",
    before_update(
        lambda organization, body: (
            {**body, "value": body["value"] + (organization.leads.get(body["id"]) or {"value": 0})["value"]}
            if isinstance(body.get("value"), int) and (organization.leads.get(body.get("id", "")) or {}).get("value")
            else body
        )
    ),
    "stateful",
)


@FAULTS.breaks("update_lead/numeric_text_becomes_a_number", "shape")
def numeric_text_stays_a_text(api: Api) -> Api:
    def keep(organization: Organization, body: Body, lead: Lead) -> None:
        if "value" in body:
            organization.leads.change(lead, {"value": body["value"]})

    return after_update(keep)(api)


def _with_text(read: Callable[[str], Any]) -> Bend:
    """An update that makes a number of a text in a way of its own; None ignores the text."""

    def change(organization: Organization, body: Body) -> Body:
        if not isinstance(body.get("value"), str):
            return body
        value = read(body["value"])
        return without("value")(organization, body) if value is None else {**body, "value": value}

    return before_update(change)


def _leading_number(text: str, pattern: str = r"\s*([+-]?[0-9]+(\.[0-9]*)?)") -> float | None:
    match = re.match(pattern, text)
    return float(match[1]) if match else None


_NUMERIC = "update_lead/numeric_text_becomes_a_number"
FAULTS.add(
    "numeric_text_loses_its_decimals",
    _NUMERIC,
    _with_text(lambda text: _leading_number(text, r"\s*([+-]?[0-9]+)")),
    "strict",
)
FAULTS.add(
    "numeric_text_loses_its_sign", _NUMERIC, _with_text(lambda text: _leading_number(text, r"\D*([0-9.]+)")), "rare"
)
FAULTS.add("numeric_text_is_ignored", _NUMERIC, _with_text(lambda text: None), "strict")
FAULTS.add(
    "decimal_point_is_dropped", _NUMERIC, _with_text(lambda text: float("0" + re.sub("[^0-9]", "", text))), "rare"
)


@FAULTS.breaks("update_lead/value_is_optional", "strict")
def value_is_required_for_won(api: Api) -> Api:
    def change(organization: Organization, body: Body) -> Body:
        if body.get("status") == "won" and "value" not in body:
            raise errors.Invalid("value: a won lead needs a value")
        return body

    return before_update(change)(api)


# -- rarer ones --------------------------------------------------------------------------------------------

_NUMBER = "update_lead/number_is_stored_as_the_value"
_ZERO = "update_lead/zero_is_stored_as_the_value"


def _as_32_bits(value: float) -> float:
    return (value + 2**31) % 2**32 - 2**31 if isinstance(value, int) else value


FAULTS.add("value_wraps_at_32_bits", _NUMBER, storing("value", _as_32_bits), "rare")
FAULTS.add("value_below_1_is_0", _NUMBER, storing("value", lambda value: value if abs(value) >= 1 else 0), "rare")
FAULTS.add("value_is_rounded_to_a_tenth", _NUMBER, storing("value", lambda value: round(value, 1)), "rare")
FAULTS.add("value_of_seven_digits_is_grouped", _NUMBER, storing("value", lambda value: min(value, 999_999.99)), "rare")
FAULTS.add(
    "value_is_ignored_beside_lost",
    _NUMBER,
    dropping_where("value", lambda _, body: body.get("status") == "lost"),
    "field",
)
FAULTS.add("zero_unsets_the_value", _ZERO, storing("value", lambda value: value or None), "shape")
FAULTS.add(
    "zero_with_decimals_is_ignored",
    _ZERO,
    dropping_where("value", lambda _, body: body.get("value") == 0 and isinstance(body["value"], float)),
    "rare",
)
FAULTS.add(
    "zero_cannot_replace_a_value",
    _ZERO,
    dropping_where(
        "value",
        lambda organization, body: body.get("value") == 0 and bool((lead_of(organization, body) or {}).get("value")),
    ),
    "stateful",
)


def _ten_digits_stay(text: str) -> str | None:
    return None if len(text) >= 10 and text.isdigit() else text


def _octal(text: str) -> str | int:
    return int(text, 8) if re.fullmatch("0[0-7]+", text) else text


FAULTS.add("numeric_text_of_ten_digits_is_ignored", _NUMERIC, _with_text(_ten_digits_stay), "rare")
FAULTS.add("numeric_text_with_leading_zeros_is_octal", _NUMERIC, _with_text(_octal), "rare")
FAULTS.add(
    "numeric_text_is_ignored_beside_a_note",
    _NUMERIC,
    dropping_where("value", lambda _, body: isinstance(body.get("value"), str) and "note" in body),
    "rare",
)
FAULTS.add(
    "numeric_text_is_ignored_on_decided_leads",
    _NUMERIC,
    dropping_where(
        "value",
        lambda organization, body: isinstance(body.get("value"), str) and has_status("won")(organization, body),
    ),
    "stateful",
)
