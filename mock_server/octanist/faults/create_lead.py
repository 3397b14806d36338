"""Octanist, wrong in how a lead is created."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import unescape
from typing import Any

from mock_server import errors
from mock_server.api import Api, Handler, Reply
from mock_server.faults import Faults, answering, receiving, requiring
from mock_server.octanist.faults.bends import Bend, Body, around, named, refusing
from mock_server.store import Organization

FAULTS = Faults("octanist")

CONSENT = ("ad_storage", "ad_user_data", "ad_personalization", "analytics_storage")


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


def _unless(body: Body, refused: bool) -> Body:
    if refused:
        raise errors.Invalid("At least one of name, email, phone and custom is needed.")
    return body


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


_CONSENT = "create_lead/consent_is_stored"
FAULTS.add(
    "create_drops_the_consent",
    _CONSENT,
    created_with(lambda body: {name: part for name, part in body.items() if name not in CONSENT}),
    "strict",
)
FAULTS.add(
    "create_drops_what_is_not_consented_to",
    _CONSENT,
    created_with(lambda body: {name: part for name, part in body.items() if part is not False}),
    "rare",
)
FAULTS.add(
    "create_stores_one_consent_for_all",
    _CONSENT,
    created_with(lambda body: {**body, **dict.fromkeys(CONSENT, body["ad_storage"])} if "ad_storage" in body else body),
    "field",
)


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


# -- rarer ones --------------------------------------------------------------------------------------------

_CONTRACT = "create_lead/replies_match_the_contract"
_NONE = "create_lead/none_of_the_four_is_400_validation_error"
_READABLE = "create_lead/new_lead_is_readable_by_its_id"


@FAULTS.breaks(_CONTRACT, "status")
def sessions_are_a_server_fault(api: Api) -> Api:
    def change(body: Body) -> Body:
        if "sessionId" in body:
            raise errors.Broken("No session service.")
        return body

    return receiving(api, "create_lead", change)


@FAULTS.breaks(_CONTRACT, "rare")
def id_is_a_number_where_only_a_name_was_sent(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        reply = handler(organization, **arguments)
        reachable = arguments["body"].keys() & {"email", "phone"}
        return reply if reachable else replace(reply, data={**reply.data, "id": len(organization.leads)})

    return around("create_lead", run)(api)


@FAULTS.breaks(_SUFFICES, "stateful")
def leads_without_an_email_are_one(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        before = next((lead for lead in organization.leads if not lead["email"]), None)
        if before is None or arguments["body"].get("email"):
            return handler(organization, **arguments)
        return Reply({"id": before["id"], "message": "Lead added"}, created=True)

    return around("create_lead", run)(api)


FAULTS.add(
    "custom_texts_that_are_json_do_not_suffice",
    _SUFFICES,
    created_with(lambda body: _unless(body, list(body) == ["custom"] and str(body["custom"]).startswith("{"))),
    "rare",
)
FAULTS.add(
    "names_of_one_letter_do_not_suffice",
    _SUFFICES,
    created_with(lambda body: _unless(body, list(body) == ["name"] and len(body["name"]) == 1)),
    "rare",
)


@FAULTS.breaks(_NONE, "rare")
def a_website_suffices(api: Api) -> Api:
    relaxed = requiring(api, "NewLead", lambda schema: schema["anyOf"].append({"required": ["website"]}))
    return receiving(
        relaxed, "create_lead", lambda body: {"name": body["website"], **body} if "website" in body else body
    )


@FAULTS.breaks(_NONE, "lax")
def a_session_suffices(api: Api) -> Api:
    relaxed = requiring(api, "NewLead", lambda schema: schema["anyOf"].append({"required": ["sessionId"]}))
    return receiving(relaxed, "create_lead", lambda body: {"name": "Visitor", **body} if "sessionId" in body else body)


@FAULTS.breaks(_READABLE, "field")
def create_answers_the_id_of_the_lead_before(api: Api) -> Api:
    ids: list[str] = []

    def answer(data: dict[str, Any]) -> dict[str, Any]:
        ids.append(data["id"])
        return {**data, "id": ids[-2] if len(ids) > 1 else ids[-1]}

    return answering(api, "create_lead", answer)


@FAULTS.breaks(_READABLE, "stateful")
def new_lead_is_readable_after_the_next_one(api: Api) -> Api:
    def run(handler: Handler, organization: Organization, arguments: dict[str, Any]) -> Reply:
        newest = next(iter(reversed(organization.leads)), {}).get("id")
        if len(organization.leads) > 2 and newest == arguments["id"]:
            raise errors.NotFound("No lead has this id.")
        return handler(organization, **arguments)

    return around("get_lead", run)(api)


def _in_field(name: str, store: Callable[[str], str]) -> Bend:
    return created_with(lambda body: {**body, name: store(body[name])} if isinstance(body.get(name), str) else body)


FAULTS.add(
    "create_loses_astral_characters",
    _CONTACT,
    _in_field("name", lambda name: "".join(each for each in name if ord(each) < 0x10000)),
    "rare",
)
FAULTS.add(
    "create_drops_zero_width_joiners", _CONTACT, _in_field("note", lambda note: note.replace("\u200d", "")), "rare"
)
FAULTS.add("create_cuts_notes_at_255", _CONTACT, _in_field("note", lambda note: note[:255]), "rare")
FAULTS.add("create_unescapes_texts", _CONTACT, _in_field("name", unescape), "rare")
FAULTS.add("create_joins_blanks", _CONTACT, _in_field("custom", lambda text: " ".join(text.split())), "rare")
FAULTS.add(
    "create_stores_the_note_as_custom",
    _CONTACT,
    created_with(lambda body: {**body, "custom": body["note"]} if named(body, "note", "custom") else body),
    "field",
)
