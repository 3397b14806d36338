"""Faults of what an e-mail address may be, and of its being required."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mock_server import errors
from mock_server.aura.faults.bends import (
    Bend,
    Body,
    created,
    each_kind,
    field_rule,
    mending,
    newest_but,
    refusing,
    refusing_with,
    taking,
)
from mock_server.faults import Faults, receiving, requiring

FAULTS = Faults("aura")
OPERATION = "create_lead"


def _stores(change: Callable[[str], str]) -> Bend:
    """A create that stores another e-mail address than was sent."""
    return taking(OPERATION, lambda body: {**body, "email": change(body["email"])})


each_kind(
    FAULTS,
    "create_lead/email_alone_is_enough",
    creating_needs_a_name_too=(
        "strict",
        lambda api: requiring(api, "NewLead", lambda schema: schema["required"].append("full_name")),
    ),
    emails_have_no_plus_sign=("rare", refusing(OPERATION, lambda _, body: "+" in body["email"])),
    emails_have_at_most_60_characters=("rare", refusing(OPERATION, lambda _, body: len(body["email"]) > 60)),
    the_third_lead_needs_a_name=(
        "stateful",
        refusing(OPERATION, lambda organization, body: len(organization.leads) > 1 and "full_name" not in body),
    ),
)
each_kind(
    FAULTS,
    "create_lead/email_is_stored",
    stores_emails_with_an_x=("strict", _stores(lambda email: "x" + email)),
    drops_what_follows_a_plus_sign=(
        "rare",
        _stores(lambda email: email.partition("+")[0] + "@example.com" if "+" in email else email),
    ),
    drops_dots_of_emails=(
        "rare",
        _stores(lambda email: email.partition("@")[0].replace(".", "") + "@" + email.partition("@")[2]),
    ),
    keeps_the_domain_of_the_lead_before=(
        "stateful",
        created(
            lambda organization, lead, body: lead.update(
                email=lead["email"].partition("@")[0] + "@" + newest_but(organization, lead)["email"].partition("@")[2]
            )
        ),
    ),
)

_UNKNOWN = "unknown@example.com"


def _optional_email(schema: Any) -> None:
    del schema["required"]


each_kind(
    FAULTS,
    "create_lead/missing_email_is_refused",
    creates_without_an_email=(
        "lax",
        lambda api: receiving(
            requiring(api, "NewLead", _optional_email), OPERATION, lambda b: {"email": _UNKNOWN, **b}
        ),
    ),
    a_time_zone_will_do_for_an_email=(
        "rare",
        mending(lambda _, body: {"email": _UNKNOWN, **body} if "timezone" in body and "full_name" in body else body),
    ),
    only_the_first_lead_needs_an_email=(
        "stateful",
        mending(lambda organization, body: {"email": _UNKNOWN, **body} if len(organization.leads) else body),
    ),
    a_missing_email_is_forbidden=("status", refusing_with(errors.Forbidden, lambda body: "email" not in body)),
)


def _without_null_email(body: Body) -> Body:
    return {**body, "email": _UNKNOWN} if body.get("email", "") is None else body


each_kind(
    FAULTS,
    "create_lead/null_email_is_refused",
    takes_a_null_email=("lax", mending(lambda _, body: _without_null_email(body))),
    takes_a_null_email_beside_a_phone=(
        "rare",
        mending(lambda _, body: _without_null_email(body) if body.get("phone") else body),
    ),
    takes_a_null_email_for_the_second_lead=(
        "stateful",
        mending(lambda organization, body: _without_null_email(body) if len(organization.leads) else body),
    ),
    a_null_email_is_not_found=("status", refusing_with(errors.NotFound, lambda body: body.get("email", "") is None)),
)
each_kind(
    FAULTS,
    "create_lead/empty_email_is_refused",
    takes_an_empty_email=("lax", field_rule("NewLead", "email", pattern=r"^$|@")),
    takes_an_empty_email_beside_a_phone=(
        "rare",
        mending(lambda _, body: {**body, "email": _UNKNOWN} if not body.get("email") and "phone" in body else body),
    ),
    an_empty_email_is_a_null_one=(
        "stateful",
        mending(
            lambda organization, body: (
                {**body, "email": _UNKNOWN} if body.get("email") == "" and len(organization.leads) else body
            )
        ),
    ),
    an_empty_email_is_forbidden=("status", refusing_with(errors.Forbidden, lambda body: body.get("email") == "")),
)
for _operation_id, _schema, _name in ((OPERATION, "NewLead", "creating"), ("update_lead", "LeadChanges", "updating")):
    each_kind(
        FAULTS,
        f"{_operation_id}/invalid_email_is_refused",
        **{
            f"{_name}_an_email_needs_only_an_at_sign": ("lax", field_rule(_schema, "email", pattern="@")),
            f"{_name}_an_email_may_have_a_blank_in_its_domain": (
                "rare",
                field_rule(_schema, "email", pattern=r"^[^@\s]+@[^@]+\.[^@]+$"),
            ),
            f"{_name}_an_email_may_have_two_at_signs": (
                "rare",
                field_rule(_schema, "email", pattern=r"^\S+@\S+\.\S+$"),
            ),
            f"{_name}_an_invalid_email_is_forbidden": (
                "status",
                refusing_with(
                    errors.Forbidden, lambda body: isinstance(body.get("email"), str) and "@" not in body["email"]
                ),
            ),
        },
    )
