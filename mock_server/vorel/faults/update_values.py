"""Faults: null, limits, types and formats in an update."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from mock_server.api import Api
from mock_server.faults import Faults
from mock_server.store import Organization
from mock_server.vorel.faults.parts import (
    ANY_STATUS,
    Bend,
    after_updating,
    both,
    letting_through,
    rule,
    stores,
    takes,
    without,
)

FAULTS = Faults("vorel")


# -- null ----------------------------------------------------------------------------------------------------
def _nulls_of(field: str) -> Bend:
    """An update that takes null for a field as if the field were omitted."""
    return takes("update_lead", lambda body: body if body.get(field, ...) is not None else without(body, field))


def _null_becomes(field: str, value: Any) -> Bend:
    return takes("update_lead", lambda body: {**body, field: value} if body.get(field, ...) is None else body)


for _field in ("name", "email", "phone", "intent", "timeline", "qualification_score", "source"):
    _slug = "update_lead/null_clears_a_nullable_field"
    FAULTS.add(f"null_leaves_the_{_field}", _slug, _nulls_of(_field), "lax")
    FAULTS.add(f"refuses_null_for_the_{_field}", _slug, rule("UpdateLead", _field, nullable=False), "strict")

FAULTS.add(
    "null_makes_the_score_zero",
    "update_lead/null_clears_a_nullable_field",
    _null_becomes("qualification_score", 0),
    "shape",
)
FAULTS.add("null_makes_the_name_empty", "update_lead/null_clears_a_nullable_field", _null_becomes("name", ""), "shape")
FAULTS.add(
    "null_clears_nothing_beside_a_value",
    "update_lead/null_clears_a_nullable_field",
    takes(
        "update_lead",
        lambda body: {name: value for name, value in body.items() if value is not None} or body,
    ),
    "rare",
)
FAULTS.add(
    "null_clears_the_status",
    "update_lead/null_for_status_never_clears_the_status",
    rule("UpdateLead", "status", **ANY_STATUS, nullable=True),
    "lax",
)
FAULTS.add(
    "a_null_status_starts_anew",
    "update_lead/null_for_status_never_clears_the_status",
    both(
        rule("UpdateLead", "status", **ANY_STATUS, nullable=True),
        takes("update_lead", lambda body: {**body, "status": body["status"] or "new"} if "status" in body else body),
    ),
    "shape",
)


# -- limits --------------------------------------------------------------------------------------------------
for _field, _longest in {"name": 200, "phone": 32, "intent": 40, "timeline": 40, "source": 40}.items():
    _longer = rule("UpdateLead", _field, maxLength=_longest + 1)
    _endless = rule("UpdateLead", _field, maxLength=None)
    _within = f"update_lead/{_field}_of_{_longest}_characters_is_accepted"
    _beyond = f"update_lead/{_field}_of_{_longest + 1}_characters_is_refused"
    FAULTS.add(
        f"{_field}_ends_a_character_early", _within, rule("UpdateLead", _field, maxLength=_longest - 1), "strict"
    )
    FAULTS.add(
        f"cuts_a_long_{_field}_by_a_character",
        _within,
        stores(_field, lambda text, last=_longest - 1: text[:last]),  # type: ignore[misc]
        "shape",
    )
    FAULTS.add(
        f"{_field}_ends_a_character_late",
        _beyond,
        both(_longer, letting_through("update_lead", _field, _longest, whole=True)),
        "lax",
    )
    FAULTS.add(
        f"cuts_a_{_field}_instead_of_refusing_it",
        _beyond,
        both(_endless, letting_through("update_lead", _field, _longest, whole=False)),
        "shape",
    )

for _name, _slug, _kind, _rules in (
    ("scores_begin_at_1", "qualification_score_of_0_is_accepted", "strict", {"minimum": 1}),
    ("scores_end_at_99", "qualification_score_of_100_is_accepted", "strict", {"maximum": 99}),
    ("scores_begin_at_minus_1", "qualification_score_of_minus_1_is_refused", "lax", {"minimum": -1}),
    ("scores_may_be_negative", "qualification_score_of_minus_1_is_refused", "lax", {"minimum": None}),
    ("scores_end_at_101", "qualification_score_of_101_is_refused", "lax", {"maximum": 101}),
    ("scores_have_no_end", "qualification_score_of_101_is_refused", "lax", {"maximum": None}),
    ("scores_may_be_fractions", "a_fractional_qualification_score_is_refused", "lax", {"type": "number"}),
    ("scores_may_be_anything", "a_qualification_score_that_is_no_number_is_refused", "lax", {"type": None}),
    ("stores_a_score_as_text", "qualification_score_is_never_stored_as_text", "shape", {"type": None}),
):
    FAULTS.add(_name, f"update_lead/{_slug}", rule("UpdateLead", "qualification_score", **_rules), _kind)

FAULTS.add(
    "a_score_of_0_counts_as_missing",
    "update_lead/qualification_score_of_0_is_accepted",
    takes(
        "update_lead", lambda body: body if body.get("qualification_score") else without(body, "qualification_score")
    ),
    "rare",
)
FAULTS.add(
    "a_score_of_0_clears_the_score",
    "update_lead/qualification_score_of_0_is_accepted",
    after_updating(lambda before, lead, body: lead.update(qualification_score=lead["qualification_score"] or None)),
    "shape",
)
FAULTS.add(
    "rounds_fractional_scores",
    "update_lead/a_fractional_qualification_score_is_refused",
    both(rule("UpdateLead", "qualification_score", type="number"), stores("qualification_score", round)),
    "shape",
)
FAULTS.add(
    "clamps_scores",
    "update_lead/qualification_score_of_101_is_refused",
    both(
        rule("UpdateLead", "qualification_score", maximum=None),
        stores("qualification_score", lambda score: min(score, 100)),
    ),
    "shape",
)


# -- types and formats ---------------------------------------------------------------------------------------
FAULTS.add(
    "takes_any_status",
    "update_lead/an_undocumented_status_is_refused",
    rule("UpdateLead", "status", **ANY_STATUS),
    "lax",
)
FAULTS.add(
    "takes_a_status_in_capitals",
    "update_lead/an_undocumented_status_is_refused",
    both(
        rule("UpdateLead", "status", **ANY_STATUS, pattern="^(?i:new|qualified|booked|converted|lost)$"),
        stores("status", str.lower),
    ),
    "rare",
)
FAULTS.add(
    "an_email_needs_only_an_at_sign",
    "update_lead/an_invalid_email_is_refused",
    rule("UpdateLead", "email", format=None, pattern="@"),
    "lax",
)
FAULTS.add(
    "takes_an_empty_email",
    "update_lead/an_invalid_email_is_refused",
    rule("UpdateLead", "email", format=None, pattern=r"^$|^[^@\s]+@[^@\s]+\.[^@\s]+$"),
    "rare",
)
FAULTS.add(
    "turns_numbers_into_texts",
    "update_lead/a_number_in_a_text_field_is_refused",
    both(rule("UpdateLead", "source", type=None), stores("source", str)),
    "lax",
)


@FAULTS.breaks("update_lead/a_body_that_is_not_a_json_object_is_refused", "rare")
def takes_the_first_of_a_list(api: Api) -> Api:
    def prepare(organization: Organization, body: Any) -> Any:
        return body[0] if isinstance(body, list) and body else body

    return replace(api, prepare=prepare)
