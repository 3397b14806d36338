"""Faults: null, limits, types and formats in an update."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mock_server import errors
from mock_server.api import Api, Handler, Reply
from mock_server.faults import Faults
from mock_server.store import Organization
from mock_server.vorel.faults.parts import (
    ANY_STATUS,
    Bend,
    When,
    both,
    excusing,
    failing,
    lead_of,
    rule,
    status_of,
    stores,
    takes,
    taking,
    without,
    writing,
)

FAULTS = Faults("vorel")

_TEXTS = ("name", "email", "phone", "intent", "timeline", "source")
_STATUSES = ("new", "qualified", "booked", "converted", "lost")


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
    "null_makes_the_status_empty",
    "update_lead/null_for_status_never_clears_the_status",
    both(
        rule("UpdateLead", "status", **ANY_STATUS, nullable=True),
        takes("update_lead", lambda body: {**body, "status": body["status"] or ""} if "status" in body else body),
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


def _no_text(kind: type, *fields: str) -> When:
    """Whether one of these text fields has a value of this kind."""
    return lambda organization, arguments: any(isinstance(arguments["body"].get(field), kind) for field in fields)


def _as_it_is(handler: Handler, organization: Organization, body: dict[str, Any], **others: Any) -> Reply:
    """What is no text is stored in a text field all the same."""
    odd = {field: body[field] for field in _TEXTS if isinstance(body.get(field), bool | list | dict)}
    reply = handler(organization, body=without(body, *odd), **others)
    reply.data.update(odd)
    return reply


for _name, _when, _kind in (
    ("stores_true_in_a_text_field", _no_text(bool, *_TEXTS), "lax"),
    ("stores_a_list_in_a_text_field", _no_text(list, *_TEXTS), "lax"),
    ("stores_an_object_as_the_source", _no_text(dict, "source"), "rare"),
):
    FAULTS.add(
        _name, "update_lead/the_reply_has_the_documented_types", excusing("update_lead", _when, _as_it_is), _kind
    )
for _name, _when in (
    ("a_boolean_in_a_text_field_fails", _no_text(bool, *_TEXTS)),
    ("a_list_for_the_name_fails", _no_text(list, "name")),
    ("an_object_for_the_email_fails", _no_text(dict, "email")),
):
    FAULTS.add(
        _name,
        "update_lead/replies_match_the_contract",
        excusing("update_lead", _when, failing(errors.Broken)),
        "status",
    )


@FAULTS.breaks("update_lead/a_body_that_is_not_a_json_object_is_refused", "rare")
def takes_the_first_of_a_list(api: Api) -> Api:
    def prepare(organization: Organization, body: Any) -> Any:
        return body[0] if isinstance(body, list) and body else body

    return replace(api, prepare=prepare)


# -- now and then ----------------------------------------------------------------------------------------------

_SLUG = "update_lead/null_for_status_never_clears_the_status"
FAULTS.add(
    "null_clears_the_status_of_a_lost_lead",
    _SLUG,
    excusing(
        "update_lead",
        lambda organization, arguments: (
            arguments["body"].get("status", ...) is None and lead_of(organization, arguments).get("status") == "lost"
        ),
        taking(dict),
    ),
    "rare",
)


def _new_and_refused(handler: Handler, organization: Organization, id: str, body: dict[str, Any]) -> Reply:
    handler(organization, id=id, body={**body, "status": "new"})
    raise errors.Invalid("status: null is no status")


FAULTS.add(
    "a_refused_null_starts_anew_all_the_same",
    _SLUG,
    excusing(
        "update_lead",
        lambda organization, arguments: arguments["body"].get("status", ...) is None,
        _new_and_refused,
    ),
    "lax",
)


def _null_attributes(when: When, attributes: Any) -> Bend:
    """Null for attributes is taken, and makes them this."""
    return excusing(
        "update_lead",
        lambda organization, arguments: (
            arguments["body"].get("attributes", ...) is None and when(organization, arguments)
        ),
        lambda handler, organization, body, **others: writing(lambda lead, body: lead.update(attributes=attributes))(
            handler, organization, body={**body, "attributes": {}}, **others
        ),
    )


_SLUG = "update_lead/null_for_attributes_never_removes_the_object"
FAULTS.add("null_makes_the_attributes_a_list", _SLUG, _null_attributes(lambda *_: True, []), "shape")
FAULTS.add(
    "null_removes_attributes_that_are_empty",
    _SLUG,
    _null_attributes(lambda organization, arguments: not lead_of(organization, arguments).get("attributes"), None),
    "rare",
)


def _half_of_them(handler: Handler, organization: Organization, body: dict[str, Any], **others: Any) -> Reply:
    reply = handler(organization, body={**body, "attributes": {}}, **others)
    reply.data["attributes"] = dict(list(reply.data["attributes"].items())[::2])
    return reply


def _none_and_refused(handler: Handler, organization: Organization, body: dict[str, Any], **others: Any) -> Reply:
    lead = handler(organization, body={"attributes": {}}, **others).data
    lead["attributes"] = {}
    raise errors.Invalid("attributes: null is no object")


for _name, _then, _kind in (
    ("null_drops_half_of_the_attributes", _half_of_them, "rare"),
    ("a_refused_null_empties_the_attributes", _none_and_refused, "lax"),
):
    FAULTS.add(
        _name,
        _SLUG,
        excusing(
            "update_lead",
            lambda organization, arguments: arguments["body"].get("attributes", ...) is None,
            _then,
        ),
        _kind,
    )


def _status(wanted: Callable[[Any], bool]) -> When:
    """Whether a status was sent of which `wanted` holds."""
    return lambda organization, arguments: "status" in arguments["body"] and wanted(arguments["body"]["status"])


for _name, _wanted, _edit, _kind in (
    (
        "ignores_a_status_that_is_no_text",
        lambda status: not isinstance(status, str | None),
        lambda body: without(body, "status"),
        "lax",
    ),
    (
        "takes_a_status_out_of_a_list",
        lambda status: status == ["lost"],
        lambda body: {**body, "status": "lost"},
        "rare",
    ),
    (
        "takes_a_number_for_the_place_of_a_status",
        lambda status: type(status) is int,
        lambda body: {**body, "status": _STATUSES[body["status"] % 5]},
        "rare",
    ),
):
    FAULTS.add(
        _name,
        "update_lead/an_undocumented_status_is_refused",
        excusing("update_lead", _status(_wanted), taking(_edit)),
        _kind,
    )

FAULTS.add(
    "an_unknown_status_makes_a_lead_new",
    "update_lead/an_undocumented_status_is_refused",
    excusing(
        "update_lead",
        lambda organization, arguments: (
            isinstance(arguments["body"].get("status"), str) and arguments["body"]["status"] not in _STATUSES
        ),
        taking(lambda body: {**body, "status": "new"}),
    ),
    "shape",
)
FAULTS.add(
    "trims_a_status",
    "update_lead/an_undocumented_status_is_refused",
    both(
        rule("UpdateLead", "status", **ANY_STATUS, pattern="^ *(new|qualified|booked|converted|lost) *$"),
        stores("status", str.strip),
    ),
    "rare",
)
FAULTS.add(
    "drops_an_invalid_email",
    "update_lead/an_invalid_email_is_refused",
    excusing(
        "update_lead",
        lambda organization, arguments: (
            isinstance(arguments["body"].get("email"), str) and "@" not in arguments["body"]["email"]
        ),
        taking(lambda body: without(body, "email")),
    ),
    "strict",
)
FAULTS.add(
    "an_invalid_email_passes_beside_a_status",
    "update_lead/an_invalid_email_is_refused",
    excusing(
        "update_lead",
        lambda organization, arguments: (
            {"email", "status"} <= arguments["body"].keys() and isinstance(arguments["body"]["email"], str)
        ),
        taking(dict),
    ),
    "rare",
)


@FAULTS.breaks("update_lead/a_body_that_is_not_a_json_object_is_refused", "lax")
def takes_a_text_for_a_name(api: Api) -> Api:
    def prepare(organization: Organization, body: Any) -> Any:
        return {"name": body} if isinstance(body, str) else body

    return replace(api, prepare=prepare)


FAULTS.add(
    "broken_json_is_a_conflict",
    "update_lead/a_body_that_is_not_a_json_object_is_refused",
    status_of(errors.MalformedBody, 409),
    "status",
)
