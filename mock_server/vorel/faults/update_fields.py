"""Faults: what an update changes, needs and leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mock_server import errors
from mock_server.api import Api, Handler, Reply
from mock_server.faults import Faults
from mock_server.store import Lead, Organization
from mock_server.vorel.faults.parts import (
    Attributes,
    Bend,
    after_updating,
    answers,
    both,
    instead,
    requires,
    rule,
    stores,
    takes,
    true,
    without,
)
from mock_server.vorel.operations import merged

FAULTS = Faults("vorel")


# -- what an update changes ----------------------------------------------------------------------------------
def _ignoring(field: str) -> Bend:
    return takes("update_lead", lambda body: without(body, field))


for _field in ("name", "email", "phone", "intent", "timeline", "qualification_score", "source"):
    FAULTS.add(f"ignores_a_new_{_field}", f"update_lead/{_field}_can_be_updated", _ignoring(_field), "strict")


FAULTS.add(
    "stores_names_as_ascii", "update_lead/name_can_be_updated", stores("name", lambda text: ascii(text)[1:-1]), "rare"
)
FAULTS.add(
    "drops_what_follows_a_plus_sign",
    "update_lead/email_can_be_updated",
    stores("email", lambda e: e.split("+")[-1]),
    "rare",
)
FAULTS.add(
    "stores_phones_without_plus", "update_lead/phone_can_be_updated", stores("phone", lambda p: p.lstrip("+")), "rare"
)
FAULTS.add(
    "stores_scores_in_tens",
    "update_lead/qualification_score_can_be_updated",
    stores("qualification_score", lambda s: s // 10 * 10),
    "rare",
)
FAULTS.add("writes_sources_in_capitals", "update_lead/source_can_be_updated", stores("source", str.upper), "shape")
FAULTS.add(
    "ignores_a_new_status", "update_lead/status_can_be_set_to_each_of_the_five_values", _ignoring("status"), "strict"
)


@FAULTS.breaks("update_lead/status_can_be_set_to_each_of_the_five_values", "stateful")
def a_lost_lead_stays_lost(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, id: str, body: dict[str, Any]) -> Reply:
        if (organization.leads.get(id) or {}).get("status") == "lost" and "status" in body:
            raise errors.Invalid("status: a lost lead stays lost")
        return handler(organization, id=id, body=body)

    return instead("update_lead", handle)(api)


def _clears(*fields: str, where: Callable[[dict[str, Any]], bool]) -> Bend:
    """An update that, with some bodies, clears fields that are omitted."""

    def edit(body: dict[str, Any]) -> dict[str, Any]:
        return {**dict.fromkeys(fields), **body} if where(body) else body

    return takes("update_lead", edit)


FAULTS.add(
    "omitted_fields_are_cleared",
    "update_lead/omitted_fields_are_left_untouched",
    _clears("name", "phone", "intent", "timeline", where=lambda body: True),
    "field",
)
FAULTS.add(
    "clearing_the_phone_clears_the_email",
    "update_lead/omitted_fields_are_left_untouched",
    _clears("email", where=lambda body: body.get("phone", ...) is None),
    "field",
)
FAULTS.add(
    "a_new_status_resets_the_score",
    "update_lead/omitted_fields_are_left_untouched",
    _clears("qualification_score", where=lambda body: "status" in body),
    "field",
)
FAULTS.add(
    "an_update_without_attributes_empties_them",
    "update_lead/omitted_fields_are_left_untouched",
    after_updating(lambda before, lead, body: "attributes" in body or lead.update(attributes={})),
    "field",
)
FAULTS.add(
    "an_update_of_other_fields_drops_false_attributes",
    "update_lead/omitted_fields_are_left_untouched",
    after_updating(lambda before, lead, body: "attributes" in body or lead.update(attributes=true(lead["attributes"]))),
    "rare",
)
FAULTS.add(
    "an_update_moves_created_at",
    "update_lead/created_at_never_changes",
    after_updating(lambda before, lead, body: lead.update(created_at=lead["updated_at"])),
    "field",
)
FAULTS.add(
    "updated_at_is_in_another_zone",
    "update_lead/updated_at_never_moves_backwards",
    answers("update_lead", lambda lead: {**lead, "updated_at": lead["updated_at"].replace("Z", "+02:00")}),
    "shape",
)


@FAULTS.breaks("update_lead/updating_one_lead_leaves_the_others", "stateful")
def updates_every_lead_of_that_phone(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, id: str, body: dict[str, Any]) -> Reply:
        lead = organization.leads.get(id)
        for other in organization.leads if lead and lead["phone"] else ():
            if lead and other["phone"] == lead["phone"] and "name" in body:
                other["name"] = body["name"]
        return handler(organization, id=id, body=body)

    return instead("update_lead", handle)(api)


@FAULTS.breaks("update_lead/updating_one_lead_leaves_the_others", "stateful")
def leads_share_their_attributes(api: Api) -> Api:
    shared: Attributes = {}

    def edit(before: Lead, lead: Lead, body: dict[str, Any]) -> None:
        if "attributes" in body:
            shared.clear()
            shared.update(lead["attributes"])

    return both(after_updating(edit), answers("get_lead", lambda lead: {**lead, "attributes": shared}))(api)


# -- what an update needs, and what it does not take ---------------------------------------------------------
FAULTS.add(
    "takes_an_empty_update",
    "update_lead/an_empty_update_is_refused",
    requires("UpdateLead", lambda s: s.pop("anyOf")),
    "lax",
)


def _counts_as_updatable(*fields: str) -> Bend:
    """An update that is content with a field which it then ignores."""
    contented = requires("UpdateLead", lambda schema: schema["anyOf"].extend({"required": [each]} for each in fields))
    return both(contented, takes("update_lead", lambda body: without(body, *fields)))


FAULTS.add(
    "conversation_id_counts_as_updatable",
    "update_lead/an_update_of_only_conversation_id_is_refused",
    _counts_as_updatable("conversation_id"),
    "lax",
)
FAULTS.add(
    "notes_count_as_updatable", "update_lead/an_update_of_only_notes_is_refused", _counts_as_updatable("notes"), "lax"
)
FAULTS.add(
    "unknown_fields_count_as_updatable",
    "update_lead/an_update_of_only_unknown_fields_is_refused",
    _counts_as_updatable("favourite_colour", "Name", "lead_status"),
    "lax",
)


def _also_writes(field: str) -> Bend:
    """An update that takes a field which is not updatable, and writes it."""
    edit = after_updating(lambda before, lead, body: lead.update({field: body[field]} if field in body else {}))

    def bend(api: Api) -> Api:
        settings = {**api.settings, "unknown_fields": "ignore"}
        return replace(edit(api), settings=settings)

    return bend


FAULTS.add(
    "moves_a_lead_to_another_conversation",
    "update_lead/conversation_id_never_changes",
    _also_writes("conversation_id"),
    "lax",
)
FAULTS.add("shows_sent_notes", "update_lead/sent_notes_never_appear_in_the_lead", _also_writes("notes"), "lax")


@FAULTS.breaks("update_lead/conversation_id_never_changes", "stateful")
def moves_a_lead_and_refuses(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, id: str, body: dict[str, Any]) -> Reply:
        lead = organization.leads.get(id)
        if lead and body.get("conversation_id"):
            lead["conversation_id"] = body["conversation_id"]
        return handler(organization, id=id, body=body)

    return instead("update_lead", handle)(api)


def _refusing_late(edit: Callable[[Lead, dict[str, Any]], Any]) -> Bend:
    """An update that looks at the score last, when `edit` has already written to the lead."""

    def handle(handler: Handler, organization: Organization, id: str, body: dict[str, Any]) -> Reply:
        lead = organization.leads.get(id)
        if lead and (body.get("qualification_score") or 0) > 100:
            edit(lead, body)
            raise errors.Invalid("qualification_score: 100 is the maximum")
        return handler(organization, id=id, body=body)

    return both(rule("UpdateLead", "qualification_score", maximum=None), instead("update_lead", handle))


FAULTS.add(
    "writes_the_name_before_it_refuses",
    "update_lead/a_refused_update_changes_nothing",
    _refusing_late(lambda lead, body: lead.update(name=body.get("name"))),
    "lax",
)
FAULTS.add(
    "merges_the_attributes_before_it_refuses",
    "update_lead/a_refused_update_changes_nothing",
    _refusing_late(lambda lead, body: lead.update(attributes=merged(lead["attributes"], body.get("attributes", {})))),
    "field",
)
FAULTS.add(
    "a_refused_update_moves_updated_at",
    "update_lead/a_refused_update_changes_nothing",
    _refusing_late(lambda lead, body: lead.update(updated_at="2099-01-01T00:00:00.000Z")),
    "field",
)
