"""Faults of what a phone number may be, for creating and updating alike."""

from __future__ import annotations

import re
from collections.abc import Callable

from mock_server import errors
from mock_server.aura.faults.bends import Bend, Body, field_rule, refusing_with, taking
from mock_server.faults import Faults

FAULTS = Faults("aura")

_RULES: dict[str, tuple[tuple[str, str, str], ...]] = {
    "phone_without_a_plus_sign_is_refused": (
        ("the_plus_sign_is_optional", "lax", r"^\+?[1-9]\d{1,14}$"),
        ("two_zeros_will_do_for_a_plus_sign", "rare", r"^(\+|00)[1-9]\d{1,14}$"),
        ("an_eleven_digit_number_needs_no_plus_sign", "rare", r"^(\+[1-9]\d{1,14}|1\d{10})$"),
        ("an_empty_text_is_a_phone", "lax", r"^(\+[1-9]\d{1,14})?$"),
        ("a_blank_is_a_phone", "rare", r"^(\+[1-9]\d{1,14}| +)$"),
    ),
    "phone_with_spaces_or_hyphens_is_refused": (
        ("phones_may_have_hyphens", "lax", r"^\+[1-9][\d-]{1,15}$"),
        ("phones_may_have_spaces", "lax", r"^\+[1-9][\d ]{1,15}$"),
        ("phones_may_end_in_a_space", "rare", r"^\+[1-9]\d{1,14} ?$"),
        ("phones_may_begin_with_a_space", "rare", r"^ ?\+[1-9]\d{1,14}$"),
        ("the_country_code_may_be_set_apart", "rare", r"^\+[1-9]\d{0,2}[ -]?\d{1,13}$"),
    ),
    "phone_with_a_leading_zero_is_refused": (
        ("phones_may_begin_with_zero", "lax", r"^\+\d{2,15}$"),
        ("short_phones_may_begin_with_zero", "rare", r"^\+(0\d|[1-9]\d{1,14})$"),
        ("long_phones_may_begin_with_zero", "rare", r"^\+(0\d{14}|[1-9]\d{1,14})$"),
    ),
    "phone_with_other_characters_is_refused": (
        ("phones_may_end_in_a_letter", "lax", r"^\+[1-9]\d{1,14}[\n\dx]?$"),
        ("phones_may_have_digits_of_other_scripts", "rare", r"^\+[1-9][\d\u0660-\u0669\uff10-\uff19]{1,14}$"),
        ("phones_may_have_an_extension", "rare", r"^\+[1-9]\d{1,14}(x\d+)?$"),
        ("phones_may_have_two_plus_signs", "rare", r"^\+\+?[1-9]\d{1,14}$"),
    ),
    "phone_of_one_digit_is_refused": (
        ("one_digit_is_a_phone", "lax", r"^\+[1-9]\d{0,14}$"),
        ("7_is_a_phone", "rare", r"^\+(7|[1-9]\d{1,14})$"),
    ),
    "phone_of_two_digits_is_accepted": (
        ("phones_need_seven_digits", "strict", r"^\+[1-9]\d{6,14}$"),
        ("phones_need_three_digits", "strict", r"^\+[1-9]\d{2,14}$"),
        ("two_digits_are_no_multiple_of_ten", "rare", r"^\+[1-9]([1-9]|\d{2,14})$"),
    ),
    "phone_of_fifteen_digits_is_accepted": (
        ("phones_have_at_most_fourteen_digits", "strict", r"^\+[1-9]\d{1,13}$"),
        ("phones_have_at_most_twelve_digits", "strict", r"^\+[1-9]\d{1,11}$"),
        ("fifteen_digits_begin_below_nine", "rare", r"^\+([1-8]\d{1,14}|9\d{1,13})$"),
    ),
    "phone_of_sixteen_digits_is_refused": (
        ("phones_may_have_sixteen_digits", "lax", r"^\+[1-9]\d{1,15}$"),
        ("phones_may_have_any_number_of_digits", "lax", r"^\+[1-9]\d+$"),
        ("phones_from_america_may_have_sixteen_digits", "rare", r"^\+(1\d{15}|[1-9]\d{1,14})$"),
        ("sixteen_digits_may_end_in_zero", "rare", r"^\+[1-9](\d{14}0|\d{1,14})$"),
    ),
}

_BAD: dict[str, str] = {
    "phone_without_a_plus_sign_is_refused": r"\d+",
    "phone_with_spaces_or_hyphens_is_refused": r"[+\d]*[ -][+\d -]*",
    "phone_with_a_leading_zero_is_refused": r"\+0\d*",
    "phone_with_other_characters_is_refused": r"\+\d+x",
    "phone_of_one_digit_is_refused": r"\+\d",
    "phone_of_sixteen_digits_is_refused": r"\+\d{16}",
}


def _has_phone(pattern: str) -> Callable[[Body], bool]:
    return lambda body: isinstance(body.get("phone"), str) and re.fullmatch(pattern, body["phone"]) is not None


def _stored(operation_id: str, change: Callable[[str], str | None]) -> Bend:
    return taking(operation_id, lambda body: {**body, "phone": change(body["phone"])} if body.get("phone") else body)


for _operation_id, _schema in (("create_lead", "NewLead"), ("update_lead", "LeadChanges")):
    for _slug, _rules in _RULES.items():
        for _name, _kind, _pattern in _rules:
            FAULTS.add(
                f"{_operation_id}_{_name}",
                f"{_operation_id}/{_slug}",
                field_rule(_schema, "phone", pattern=_pattern),
                _kind,
            )
    for _slug, _pattern in _BAD.items():
        FAULTS.add(
            f"{_operation_id}_{_slug.removesuffix('_is_refused')}_is_forbidden",
            f"{_operation_id}/{_slug}",
            refusing_with(errors.Forbidden, _has_phone(_pattern)),
            "status",
        )
    FAULTS.add(
        f"{_operation_id}_pads_phones_of_two_digits",
        f"{_operation_id}/phone_of_two_digits_is_accepted",
        _stored(_operation_id, lambda phone: phone + "0" if len(phone) == 3 else phone),
        "rare",
    )
    FAULTS.add(
        f"{_operation_id}_rounds_phones_of_fifteen_digits",
        f"{_operation_id}/phone_of_fifteen_digits_is_accepted",
        _stored(_operation_id, lambda phone: f"+{round(int(phone[1:]), -1)}" if len(phone) == 16 else phone),
        "rare",
    )
