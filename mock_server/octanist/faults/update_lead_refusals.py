"""Octanist, wrong in what an update refuses."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mock_server import errors
from mock_server.api import Api, Handler, Reply
from mock_server.faults import Faults, requiring
from mock_server.octanist.faults.bends import (
    Bend,
    Body,
    around,
    before_update,
    finding,
    for_update,
    like,
    named,
    refusing,
)
from mock_server.octanist.operations import IDENTIFIERS
from mock_server.store import Organization

FAULTS = Faults("octanist")


@FAULTS.breaks("update_lead/no_identifier_is_400_validation_error", "lax")
def no_identifier_means_the_newest_lead(api: Api) -> Api:
    relaxed = requiring(api, "LeadUpdate", lambda schema: schema.pop("anyOf"))

    def change(organization: Organization, body: Body) -> Body:
        newest = next(iter(reversed(organization.leads)), None)
        return {**body, "id": newest["id"]} if newest and not any(body.get(name) for name in IDENTIFIERS) else body

    return before_update(change)(relaxed)


FAULTS.add(
    "no_identifier_is_404_not_found",
    "update_lead/no_identifier_is_400_validation_error",
    refusing(errors.Invalid, status=404, code="NOT_FOUND"),
    "status",
)
FAULTS.add(
    "no_identifier_has_another_code",
    "update_lead/no_identifier_is_400_validation_error",
    refusing(errors.Invalid, code="MISSING_IDENTIFIER"),
    "shape",
)
FAULTS.add(
    "invalid_json_is_422",
    "update_lead/invalid_json_is_400_validation_error",
    refusing(errors.MalformedBody, status=422),
    "status",
)
FAULTS.add(
    "invalid_json_has_another_code",
    "update_lead/invalid_json_is_400_validation_error",
    refusing(errors.MalformedBody, code="INVALID_JSON"),
    "shape",
)


def where_unknown(name: str, answer: Callable[[Handler, Organization, Body], Reply]) -> Bend:
    """Another answer to an update whose only identifier is `name`, where no lead has it."""

    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        try:
            return handler(organization, **arguments)
        except errors.NotFound:
            return answer(handler, organization, arguments["body"])

    return for_update(around("update_lead", run), lambda body: [each for each in IDENTIFIERS if each in body] == [name])


def _updates_nobody(handler: Handler, organization: Organization, body: Body) -> Reply:
    return Reply({"leadId": "", "leadsUpdated": 0, "message": "Leads updated successfully"})


def _is_invalid(handler: Handler, organization: Organization, body: Body) -> Reply:
    raise errors.Invalid("No lead found matching the provided identifiers.")


def _creates(api: Api) -> Callable[[Handler, Organization, Body], Reply]:
    def create(handler: Handler, organization: Organization, body: Body) -> Reply:
        api.handlers["create_lead"](organization, body={**body, "name": "New"})
        return handler(organization, body=body)

    return create


for _name in IDENTIFIERS:
    FAULTS.add(
        f"unknown_{_name}_is_a_success",
        f"update_lead/unknown_{_name}_is_404_not_found",
        where_unknown(_name, _updates_nobody),
        "lax",
    )
FAULTS.add("unknown_id_is_400", "update_lead/unknown_id_is_404_not_found", where_unknown("id", _is_invalid), "status")
FAULTS.add(
    "unknown_email_creates_the_lead",
    "update_lead/unknown_email_is_404_not_found",
    lambda api: where_unknown("email", _creates(api))(api),
    "lax",
)
FAULTS.add(
    "unknown_phone_creates_the_lead",
    "update_lead/unknown_phone_is_404_not_found",
    lambda api: where_unknown("phone", _creates(api))(api),
    "lax",
)
FAULTS.add(
    "unknown_email_is_a_like_pattern", "update_lead/unknown_email_is_404_not_found", finding("email", like), "rare"
)


@FAULTS.breaks("update_lead/three_unknown_identifiers_are_404_not_found", "status")
def three_unknown_identifiers_are_invalid(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        try:
            return handler(organization, **arguments)
        except errors.NotFound:
            raise errors.Invalid("None of the identifiers is known.") from None

    return for_update(around("update_lead", run), lambda body: named(body, *IDENTIFIERS))(api)
