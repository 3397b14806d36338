"""Octanist, wrong in how a lead is created."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mock_server import errors
from mock_server.api import Api, Handler, Reply
from mock_server.faults import Faults, answering, receiving, requiring
from mock_server.octanist.faults.bends import Bend, Body, around, refusing
from mock_server.store import Organization

FAULTS = Faults("octanist")


@FAULTS.breaks("create_lead/replies_match_the_contract", "shape")
def create_answers_with_lead_id(api: Api) -> Api:
    return answering(api, "create_lead", lambda data: {"id": data["id"]})


_SUFFICES = "create_lead/one_of_name_email_phone_and_custom_suffices"


def _demanding(*names: str) -> Bend:
    wanted = [{"required": [name]} for name in names]
    return lambda api: requiring(api, "NewLead", lambda schema: schema.update(anyOf=wanted))


FAULTS.add("create_needs_an_email", _SUFFICES, _demanding("email"), "strict")
FAULTS.add("create_does_not_take_custom_alone", _SUFFICES, _demanding("name", "email", "phone"), "rare")


@FAULTS.breaks("create_lead/none_of_the_four_is_400_validation_error", "lax")
def empty_leads_are_created(api: Api) -> Api:
    relaxed = requiring(api, "NewLead", lambda schema: schema.pop("anyOf"))
    return receiving(relaxed, "create_lead", lambda body: {"name": "Unknown", **body})


FAULTS.add(
    "create_refuses_with_422",
    "create_lead/none_of_the_four_is_400_validation_error",
    refusing(errors.Invalid, status=422),
    "status",
)


@FAULTS.breaks("create_lead/new_lead_is_readable_by_its_id", "shape")
def create_answers_with_another_id(api: Api) -> Api:
    return answering(api, "create_lead", lambda data: {**data, "id": data["id"].upper()})


def created_with(change: Callable[[Body], Body]) -> Bend:
    return lambda api: receiving(api, "create_lead", change)


_CONTACT = "create_lead/contact_fields_are_stored"
_ATTRIBUTION = "create_lead/attribution_is_stored"
FAULTS.add(
    "create_drops_the_note",
    _CONTACT,
    created_with(lambda body: {**body, "note": None} if "note" in body else body),
    "strict",
)
FAULTS.add(
    "create_stores_names_as_ascii",
    _CONTACT,
    created_with(lambda body: {**body, "name": ascii(body["name"])[1:-1]} if "name" in body else body),
    "rare",
)
FAULTS.add(
    "create_quotes_custom_texts",
    _CONTACT,
    created_with(lambda body: {**body, "custom": f'"{body["custom"]}"'} if "custom" in body else body),
    "shape",
)
FAULTS.add(
    "create_drops_the_plus_of_the_phone",
    _CONTACT,
    created_with(lambda body: {**body, "phone": body["phone"].lstrip("+")} if "phone" in body else body),
    "rare",
)
FAULTS.add("create_drops_epik", _ATTRIBUTION, created_with(lambda body: {**body, "epik": None}), "strict")
FAULTS.add("create_drops_the_website", _ATTRIBUTION, created_with(lambda body: {**body, "website": None}), "strict")


@FAULTS.breaks("create_lead/custom_object_reads_back_as_a_text", "shape")
def custom_object_reads_back_as_an_object(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        reply = handler(organization, **arguments)
        lead = organization.leads.get(reply.data["id"])
        assert lead is not None
        organization.leads.change(lead, {"custom": arguments["body"].get("custom")})
        return reply

    return around("create_lead", run)(api)


FAULTS.add(
    "custom_object_becomes_a_python_text",
    "create_lead/custom_object_reads_back_as_a_text",
    created_with(lambda body: {**body, "custom": str(body["custom"])} if "custom" in body else body),
    "rare",
)
