"""Octanist, wrong in what an update refuses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import count
from typing import Any

from mock_server import errors
from mock_server.api import Answer, Api, Handler, Reply
from mock_server.faults import Faults, rendering_errors, requiring
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
    said_before,
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


# -- rarer ones --------------------------------------------------------------------------------------------


@FAULTS.breaks("update_lead/no_identifier_is_400_validation_error", "rare")
def empty_phone_means_a_lead_without_one(api: Api) -> Api:
    def change(organization: Organization, body: Body) -> Body:
        nameless = next((lead for lead in organization.leads if not lead["phone"]), None)
        return {**body, "id": nameless["id"]} if nameless and body.get("phone") == "" else body

    return before_update(change)(api)


@FAULTS.breaks("update_lead/no_identifier_is_400_validation_error", "rare")
def name_is_an_identifier(api: Api) -> Api:
    relaxed = requiring(api, "LeadUpdate", lambda schema: schema["anyOf"].append({"required": ["name"]}))

    def change(organization: Organization, body: Body) -> Body:
        namesake = next((lead for lead in organization.leads if lead["name"] == body.get("name")), None)
        return {**body, "id": namesake["id"]} if namesake and "name" in body else body

    return before_update(change)(relaxed)


_NO_IDENTIFIER = "update_lead/no_identifier_is_400_validation_error"


def _taking(body: Callable[[Any], Any]) -> Bend:
    """An update that looks at another body than was sent."""
    return lambda api: replace(api, prepare=lambda organization, sent: api.prepare(organization, body(sent)))


FAULTS.add(
    "an_update_in_a_list_is_carried_out",
    _NO_IDENTIFIER,
    _taking(lambda sent: sent[0] if isinstance(sent, list) and len(sent) == 1 else sent),
    "lax",
)
FAULTS.add(
    "a_text_is_taken_for_an_id",
    _NO_IDENTIFIER,
    _taking(lambda sent: {"id": sent} if isinstance(sent, str) else sent),
    "lax",
)


def _not_finding(is_meant: Callable[[Any], bool]) -> Bend:
    def looked_at(sent: Any) -> Any:
        if is_meant(sent):
            raise errors.NotFound("No lead found matching the provided identifiers.")
        return sent

    return _taking(looked_at)


FAULTS.add(
    "bodies_that_are_no_objects_are_404",
    _NO_IDENTIFIER,
    _not_finding(lambda sent: not isinstance(sent, dict)),
    "status",
)
FAULTS.add(
    "identifiers_that_are_null_are_unknown",
    _NO_IDENTIFIER,
    _not_finding(
        lambda sent: isinstance(sent, dict) and {sent.get(name, ...) for name in IDENTIFIERS} in ({None}, {None, ...})
    ),
    "status",
)

_INVALID_JSON = "update_lead/invalid_json_is_400_validation_error"


@FAULTS.breaks(_INVALID_JSON, "rare")
def empty_body_is_411(api: Api) -> Api:
    def edit(answer: Answer, error: errors.CallRefused) -> Answer:
        return replace(answer, status=411) if error.message.startswith("The body is empty") else answer

    return rendering_errors(api, edit)


@FAULTS.breaks(_INVALID_JSON, "lax")
def invalid_json_updates_nobody(api: Api) -> Api:
    nobody = {"leadId": "", "leadsUpdated": 0, "message": "Leads updated successfully"}

    def edit(answer: Answer, error: errors.CallRefused) -> Answer:
        content = {"success": True, "data": nobody, "meta": answer.content["meta"]}
        return Answer(200, content) if isinstance(error, errors.MalformedBody) else answer

    return rendering_errors(api, edit)


@FAULTS.breaks(_INVALID_JSON, "stateful")
def invalid_json_is_a_server_fault_from_the_fifth_on(api: Api) -> Api:
    malformed = count(1)

    def edit(answer: Answer, error: errors.CallRefused) -> Answer:
        late = isinstance(error, errors.MalformedBody) and next(malformed) > 4
        return replace(answer, status=500) if late else answer

    return rendering_errors(api, edit)


def _when_asked_again(name: str) -> Bend:
    known = said_before(name)

    def run(handler: Handler, organization: Organization, body: Body) -> Reply:
        if known(organization, body):
            return _updates_nobody(handler, organization, body)
        raise errors.NotFound("No lead found matching the provided identifiers.")

    return where_unknown(name, run)


for _name in IDENTIFIERS:
    FAULTS.add(
        f"unknown_{_name}_is_a_success_when_asked_again",
        f"update_lead/unknown_{_name}_is_404_not_found",
        lambda api, name=_name: _when_asked_again(name)(api),  # type: ignore[misc]
        "stateful",
    )


@FAULTS.breaks("update_lead/unknown_id_is_404_not_found", "rare")
def id_with_more_behind_it_is_found(api: Api) -> Api:
    def change(organization: Organization, body: Body) -> Body:
        found = next((lead for lead in organization.leads if body.get("id", "").startswith(lead["id"])), None)
        return {**body, "id": found["id"]} if found else body

    return before_update(change)(api)


FAULTS.add(
    "unknown_email_of_a_known_domain_is_found",
    "update_lead/unknown_email_is_404_not_found",
    finding("email", lambda stored, wanted: stored.partition("@")[2] == wanted.partition("@")[2]),
    "rare",
)
FAULTS.add(
    "unknown_phone_is_found_by_its_last_nine_digits",
    "update_lead/unknown_phone_is_404_not_found",
    finding("phone", lambda stored, wanted: stored[-9:] == wanted[-9:]),
    "rare",
)

_THREE = "update_lead/three_unknown_identifiers_are_404_not_found"


def _where_three_are_unknown(answer: Callable[[Handler, Organization, Body], Reply]) -> Bend:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        try:
            return handler(organization, **arguments)
        except errors.NotFound:
            return answer(handler, organization, arguments["body"])

    return for_update(around("update_lead", run), lambda body: named(body, *IDENTIFIERS))


def _updates_the_newest(handler: Handler, organization: Organization, body: Body) -> Reply:
    return handler(organization, body={**body, "id": next(iter(reversed(organization.leads)))["id"]})


def _creates_and_finds(api: Api) -> Callable[[Handler, Organization, Body], Reply]:
    def create(handler: Handler, organization: Organization, body: Body) -> Reply:
        made = api.handlers["create_lead"](organization, body={"email": body["email"], "name": "New"})
        return handler(organization, body={**body, "id": made.data["id"]})

    return create


FAULTS.add("three_unknown_identifiers_are_a_success", _THREE, _where_three_are_unknown(_updates_nobody), "lax")
FAULTS.add("three_unknown_identifiers_mean_the_newest", _THREE, _where_three_are_unknown(_updates_the_newest), "lax")
FAULTS.add(
    "three_unknown_identifiers_create_a_lead",
    _THREE,
    lambda api: _where_three_are_unknown(_creates_and_finds(api))(api),
    "lax",
)
