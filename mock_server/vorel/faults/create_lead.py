"""Faults: creating leads."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from mock_server import errors
from mock_server.api import Api, Handler, Reply
from mock_server.faults import Faults
from mock_server.store import Lead, Organization
from mock_server.vorel.faults.parts import (
    ANY_STATUS,
    Bend,
    answers,
    both,
    excusing,
    failing,
    instead,
    knowing_all_tenants,
    letting_through,
    requires,
    rule,
    saying,
    takes,
    true,
    without,
)
from mock_server.vorel.operations import blank

FAULTS = Faults("vorel")

FAULTS.add(
    "a_new_lead_names_another_conversation",
    "create_lead/the_reply_is_the_new_lead",
    answers("create_lead", lambda lead: {**lead, "conversation_id": lead["id"]}),
    "field",
)
FAULTS.add(
    "a_new_lead_is_shown_with_another_id",
    "create_lead/a_new_lead_can_be_read",
    answers("create_lead", lambda lead: {**lead, "id": lead["conversation_id"]}),
    "field",
)
FAULTS.add(
    "a_new_lead_has_no_source",
    "create_lead/sent_fields_are_stored",
    takes("create_lead", lambda body: without(body, "source")),
    "strict",
)
FAULTS.add(
    "a_new_lead_is_always_new",
    "create_lead/sent_fields_are_stored",
    takes("create_lead", lambda body: without(body, "status")),
    "strict",
)
FAULTS.add(
    "a_new_lead_has_no_false_attributes",
    "create_lead/sent_fields_are_stored",
    takes(
        "create_lead",
        lambda body: {**body, "attributes": true(body.get("attributes", {}))},
    ),
    "rare",
)


@FAULTS.breaks("create_lead/conversation_id_is_required", "lax")
def creates_leads_without_a_conversation(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, body: dict[str, Any]) -> Reply:
        if "conversation_id" not in body:
            return Reply(organization.leads.add({**blank(organization), **body}), created=True)
        return handler(organization, body=body)

    return both(requires("CreateLead", lambda schema: schema.pop("required")), instead("create_lead", handle))(api)


@FAULTS.breaks("create_lead/an_unknown_conversation_is_refused", "lax")
def creates_leads_for_unknown_conversations(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, body: dict[str, Any]) -> Reply:
        organization.conversations.setdefault(body["conversation_id"], {"id": body["conversation_id"]})
        return handler(organization, body=body)

    return instead("create_lead", handle)(api)


def _with_everybodys_conversations(
    handler: Handler, opened: list[Organization], organization: Organization, body: dict[str, Any]
) -> Reply:
    for each in opened:
        organization.conversations.update(each.conversations)
    return handler(organization, body=body)


FAULTS.add(
    "creates_leads_for_other_tenants_conversations",
    "create_lead/an_unknown_conversation_is_refused",
    knowing_all_tenants(_with_everybodys_conversations, "create_lead"),
    "tenant",
)


def _on_conflict(handle_conflict: Callable[[Organization, dict[str, Any], errors.Conflict], Reply]) -> Bend:
    """A create that does something else where the conversation has a lead already."""

    def handle(handler: Handler, organization: Organization, body: dict[str, Any]) -> Reply:
        try:
            return handler(organization, body=body)
        except errors.Conflict as conflict:
            return handle_conflict(organization, body, conflict)

    return instead("create_lead", handle)


def _another(organization: Organization, body: dict[str, Any], conflict: errors.Conflict) -> Reply:
    return Reply(organization.leads.add({**blank(organization), **body}), created=True)


def _the_same(organization: Organization, body: dict[str, Any], conflict: errors.Conflict) -> Reply:
    return Reply(organization.leads.find("conversation_id", body["conversation_id"])[0])


def _refused_but_updated(organization: Organization, body: dict[str, Any], conflict: errors.Conflict) -> Reply:
    lead = organization.leads.find("conversation_id", body["conversation_id"])[0]
    lead.update(body)
    raise conflict


_SLUG = "create_lead/a_second_lead_for_a_conversation_is_answered_409"
FAULTS.add("a_conversation_may_have_two_leads", _SLUG, _on_conflict(_another), "lax")
FAULTS.add("a_second_create_answers_with_the_first_lead", _SLUG, _on_conflict(_the_same), "shape")
FAULTS.add(
    "a_second_lead_is_a_bad_request",
    _SLUG,
    saying("create_lead", errors.Conflict, lambda: errors.Invalid("body: the conversation has a lead")),
    "status",
)
FAULTS.add(
    "a_second_create_updates_the_first_lead",
    "create_lead/a_second_create_leaves_the_first_lead_unchanged",
    _on_conflict(_refused_but_updated),
    "lax",
)

for _field, _longest in {"name": 200, "phone": 32, "intent": 40, "timeline": 40, "source": 40}.items():
    FAULTS.add(
        f"a_new_{_field}_ends_a_character_early",
        "create_lead/values_within_the_limits_are_accepted",
        rule("CreateLead", _field, maxLength=_longest - 1),
        "strict",
    )
    FAULTS.add(
        f"a_new_{_field}_ends_a_character_late",
        "create_lead/values_beyond_the_limits_are_refused",
        both(
            rule("CreateLead", _field, maxLength=_longest + 1),
            letting_through("create_lead", _field, _longest, whole=True),
        ),
        "lax",
    )

FAULTS.add(
    "a_new_lead_cannot_have_a_score_of_0",
    "create_lead/values_within_the_limits_are_accepted",
    rule("CreateLead", "qualification_score", minimum=1),
    "rare",
)
FAULTS.add(
    "a_new_lead_cannot_be_lost",
    "create_lead/values_within_the_limits_are_accepted",
    rule("CreateLead", "status", **ANY_STATUS, enum=["new", "qualified", "booked", "converted"]),
    "rare",
)
FAULTS.add(
    "a_new_lead_may_have_any_status",
    "create_lead/values_beyond_the_limits_are_refused",
    rule("CreateLead", "status", **ANY_STATUS),
    "lax",
)
FAULTS.add(
    "a_new_lead_may_have_a_score_of_101",
    "create_lead/values_beyond_the_limits_are_refused",
    rule("CreateLead", "qualification_score", maximum=101),
    "rare",
)

# -- now and then ----------------------------------------------------------------------------------------------


@FAULTS.breaks("create_lead/the_reply_is_the_new_lead", "stateful")
def a_new_lead_inherits_attributes(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, body: dict[str, Any]) -> Reply:
        last: Lead = next(reversed(organization.leads), {})
        reply = handler(organization, body=body)
        reply.data["attributes"] = {**last.get("attributes", {}), **reply.data["attributes"]}
        return reply

    return instead("create_lead", handle)(api)


@FAULTS.breaks("create_lead/a_new_lead_can_be_read", "strict")
def a_new_lead_is_not_kept(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, body: dict[str, Any]) -> Reply:
        reply = handler(organization, body=body)
        return replace(reply, data={**reply.data, "id": organization.new_uuid()})

    return instead("create_lead", handle)(api)


@FAULTS.breaks("create_lead/a_new_lead_can_be_read", "stateful")
def a_new_lead_takes_the_fields_of_the_one_before(api: Api) -> Api:
    def handle(handler: Handler, organization: Organization, body: dict[str, Any]) -> Reply:
        last = next(reversed(organization.leads), None)
        reply = handler(organization, body=body)
        if last is not None and last["name"] and reply.data["name"]:
            last["name"] = reply.data["name"]
        return reply

    return instead("create_lead", handle)(api)


_SLUG = "create_lead/conversation_id_is_required"
FAULTS.add(
    "a_missing_conversation_id_is_a_missing_page",
    _SLUG,
    excusing(
        "create_lead",
        lambda organization, arguments: arguments["body"].keys() == {"name", "status"},
        failing(errors.NotFound),
    ),
    "status",
)
FAULTS.add(
    "null_makes_a_conversation_for_a_lead",
    _SLUG,
    excusing(
        "create_lead",
        lambda organization, arguments: arguments["body"].get("conversation_id", ...) is None,
        lambda handler, organization, body: Reply(organization.leads.add(blank(organization)), created=True),
    ),
    "rare",
)
FAULTS.add(
    "an_unknown_conversation_is_a_conflict",
    "create_lead/an_unknown_conversation_is_refused",
    saying("create_lead", errors.NotFound, lambda: errors.Conflict("No such conversation.")),
    "status",
)

_SLUG = "create_lead/a_second_create_leaves_the_first_lead_unchanged"


def _refused_but_written(edit: Callable[[Lead, dict[str, Any]], Any]) -> Bend:
    """A second create is refused, when `edit` has already written to the first lead."""

    def handle(organization: Organization, body: dict[str, Any], conflict: errors.Conflict) -> Reply:
        edit(organization.leads.find("conversation_id", body["conversation_id"])[0], body)
        raise conflict

    return _on_conflict(handle)


FAULTS.add(
    "a_second_create_fills_what_is_empty",
    _SLUG,
    _refused_but_written(
        lambda lead, body: lead.update({name: value for name, value in body.items() if lead[name] is None})
    ),
    "rare",
)
FAULTS.add(
    "a_second_create_merges_its_attributes",
    _SLUG,
    _refused_but_written(lambda lead, body: lead["attributes"].update(body.get("attributes", {}))),
    "field",
)
