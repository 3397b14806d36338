"""Faults: what an update needs, what it does not take, and when it is refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mock_server import errors
from mock_server.api import Api, Handler, Reply
from mock_server.faults import Faults
from mock_server.store import Lead, Organization
from mock_server.vorel.faults.parts import (
    Bend,
    When,
    after_updating,
    both,
    excusing,
    failing,
    ignoring_unknown_fields,
    instead,
    lead_of,
    requires,
    rule,
    takes,
    taking,
    where,
    without,
    writing,
)
from mock_server.vorel.operations import merged

FAULTS = Faults("vorel")


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
    return ignoring_unknown_fields(edit)


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

# -- now and then ----------------------------------------------------------------------------------------------


def _sent(*names: str) -> When:
    """Whether the body has nothing but these fields."""
    return lambda organization, arguments: arguments["body"].keys() == set(names)


def _updated(organization: Organization, arguments: dict[str, Any]) -> bool:
    """Whether the lead has been given a source by an earlier update."""
    return lead_of(organization, arguments).get("source") is not None


FAULTS.add(
    "an_empty_update_passes_after_another",
    "update_lead/an_empty_update_is_refused",
    excusing(
        "update_lead",
        lambda organization, arguments: arguments["body"] == {} and _updated(organization, arguments),
        taking(dict),
    ),
    "stateful",
)
FAULTS.add(
    "an_empty_update_is_not_found",
    "update_lead/an_empty_update_is_refused",
    excusing("update_lead", _sent(), failing(errors.NotFound)),
    "status",
)
for _field in ("conversation_id", "notes"):
    _slug = f"update_lead/an_update_of_only_{_field}_is_refused"
    FAULTS.add(
        f"an_update_of_only_{_field}_is_forbidden",
        _slug,
        excusing("update_lead", _sent(_field), failing(errors.Forbidden)),
        "status",
    )
FAULTS.add(
    "the_present_conversation_id_counts_as_updatable",
    "update_lead/an_update_of_only_conversation_id_is_refused",
    excusing(
        "update_lead",
        lambda organization, arguments: (
            arguments["body"] == {"conversation_id": lead_of(organization, arguments).get("conversation_id")}
        ),
        taking(lambda body: {}),
    ),
    "rare",
)
FAULTS.add(
    "null_notes_count_as_updatable",
    "update_lead/an_update_of_only_notes_is_refused",
    excusing(
        "update_lead", lambda organization, arguments: arguments["body"] == {"notes": None}, taking(lambda body: {})
    ),
    "rare",
)
_SLUG = "update_lead/an_update_of_only_unknown_fields_is_refused"
FAULTS.add(
    "takes_a_lead_out_of_its_wrapper",
    _SLUG,
    excusing(
        "update_lead",
        lambda organization, arguments: isinstance(arguments["body"].get("data"), dict),
        taking(lambda body: body["data"]),
    ),
    "shape",
)
FAULTS.add(
    "created_at_counts_as_updatable",
    _SLUG,
    excusing("update_lead", _sent("created_at"), taking(lambda body: {})),
    "rare",
)

_SLUG = "update_lead/conversation_id_never_changes"
FAULTS.add(
    "moves_a_lead_to_a_vacant_conversation",
    _SLUG,
    ignoring_unknown_fields(
        where(
            "update_lead",
            lambda organization, arguments: (
                arguments["body"].get("conversation_id") in organization.conversations
                and not organization.leads.find("conversation_id", arguments["body"]["conversation_id"])
            ),
            writing(lambda lead, body: lead.update(conversation_id=body["conversation_id"])),
        )
    ),
    "rare",
)
_SLUG = "update_lead/sent_notes_never_appear_in_the_lead"
FAULTS.add(
    "writes_notes_into_the_intent",
    _SLUG,
    ignoring_unknown_fields(
        where(
            "update_lead",
            lambda organization, arguments: isinstance(arguments["body"].get("notes"), str),
            writing(lambda lead, body: lead.update(intent=body["notes"])),
        )
    ),
    "field",
)
FAULTS.add(
    "keeps_long_notes_among_the_attributes",
    _SLUG,
    ignoring_unknown_fields(
        where(
            "update_lead",
            lambda organization, arguments: len(str(arguments["body"].get("notes", ""))) > 100,
            writing(lambda lead, body: lead["attributes"].update(remarks=body["notes"])),
        )
    ),
    "rare",
)


def _written_and_refused(handler: Handler, organization: Organization, id: str, body: dict[str, Any]) -> Reply:
    handler(organization, id=id, body={"name": body["name"]})
    raise errors.Invalid("notes: cannot be set here")


FAULTS.add(
    "writes_the_name_beside_notes_and_refuses",
    "update_lead/a_refused_update_changes_nothing",
    where(
        "update_lead",
        lambda organization, arguments: "notes" in arguments["body"] and "name" in arguments["body"],
        _written_and_refused,
    ),
    "rare",
)


@FAULTS.breaks("update_lead/a_refused_update_changes_nothing", "stateful")
def what_was_refused_comes_with_the_next_update(api: Api) -> Api:
    pending: dict[str, dict[str, Any]] = {}

    def handle(handler: Handler, organization: Organization, id: str, body: dict[str, Any]) -> Reply:
        if "notes" in body:
            pending[id] = {"timeline": body.get("timeline")}
        return handler(organization, id=id, body=body if "notes" in body else {**pending.pop(id, {}), **body})

    return instead("update_lead", handle)(api)
