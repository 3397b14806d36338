"""What Vorel's operations do, by `operationId`. Sources: seed 004 (update), adj V2 (create), V3 (get), V4 (list),
V12 (conversations).
"""

from __future__ import annotations

import json
import uuid
from functools import lru_cache
from hashlib import sha256
from typing import Any

from mock_server.api import Reply
from mock_server.clock import parse_instant
from mock_server.errors import Conflict, Invalid, NotFound
from mock_server.store import Lead, Organization

UPDATABLE = (
    "name",
    "email",
    "phone",
    "intent",
    "timeline",
    "qualification_score",
    "status",
    "source",
    "attributes",
)
"""The nine fields that an update may change (seed 004, Body)."""

INDEXED = {"conversation_id": str.lower}
"""A conversation has one lead (adj V2), which is found by it."""

UNIQUE = ("id", "conversation_id")
"""What no two leads share."""

_LONGEST = {
    "name": 200,
    "phone": 32,
    "intent": 40,
    "timeline": 40,
    "source": 40,
    "customer_identifier": 255,
    "customer_name": 200,
}
_LARGEST_PAGE = 100

_instant = lru_cache(maxsize=65_536)(parse_instant)


def blank(organization: Organization) -> Lead:
    """A new lead of which nothing is known: all documented keys, `null` where unset (VO-27)."""
    now = organization.clock.now()
    return {
        "id": organization.new_uuid(),
        "conversation_id": organization.new_uuid(),
        "attributes": {},
        "status": "new",
        "created_at": now,
        "updated_at": now,
        "name": None,
        "email": None,
        "phone": None,
        "intent": None,
        "timeline": None,
        "qualification_score": None,
        "source": None,
    }


def update_lead(organization: Organization, id: str, body: dict[str, Any]) -> Reply:
    """Write the fields that are sent, merge the attributes, and leave everything else (seed 004, Body).

    The contract has seen to it that there is a field to update. updated_at moves with a change only (VO-39).
    """
    sent = _known(organization, body, UPDATABLE)
    lead = _find(organization, id)
    changes = {**sent, "attributes": merged(lead["attributes"], sent["attributes"])} if "attributes" in sent else sent
    if _differs({field: lead[field] for field in changes}, changes):
        organization.leads.change(lead, {**changes, "updated_at": organization.clock.now()})
    return Reply(lead)


def merged(stored: dict[str, Any], sent: dict[str, Any]) -> dict[str, Any]:
    """The attributes after a shallow merge, in which null deletes its key (seed 004, Body).

    A nested object is replaced whole (VO-19), and nulls within it are kept (VO-20).
    """
    return {key: value for key, value in {**stored, **sent}.items() if value is not None}


def create_lead(organization: Organization, body: dict[str, Any]) -> Reply:
    """Make the one lead of a conversation; never update one (adj V2, V12).

    vorel/create_lead/a_second_lead_for_a_conversation_is_answered_409,
    vorel/create_lead/an_unknown_conversation_is_refused
    """
    sent = _known(organization, body, ("conversation_id", *UPDATABLE))
    conversation_id = sent["conversation_id"].lower()
    if organization.leads.find("conversation_id", conversation_id):
        raise Conflict("The conversation already has a lead.")
    if conversation_id not in organization.conversations:
        raise NotFound("No such conversation.")
    attributes = merged({}, sent.get("attributes", {}))
    lead = {**blank(organization), **sent, "conversation_id": conversation_id, "attributes": attributes}
    return Reply(organization.leads.add(lead), created=True)


def get_lead(organization: Organization, id: str) -> Reply:
    """The whole lead, of this tenant only (adj V3). vorel/get_lead/an_unknown_lead_is_answered_404"""
    return Reply(_find(organization, id))


def list_leads(organization: Organization, query: dict[str, Any]) -> Reply:
    """A page of leads, by created_at and id, both descending (adj V4), `limit` clamped to 100 (VO-30)."""
    leads = sorted((lead for lead in organization.leads if _selected(lead, query)), key=_place, reverse=True)
    if "cursor" in query:
        last = organization.leads.get(query["cursor"].lower())
        if last is None:
            raise Invalid("cursor: this cursor belongs to no page of this list")
        leads = [lead for lead in leads if _place(lead) < _place(last)]
    limit = min(query["limit"], _LARGEST_PAGE)
    page, has_more = leads[:limit], len(leads) > limit
    return Reply(page, pagination={"next_cursor": page[-1]["id"] if has_more else None, "has_more": has_more})


def create_conversation(organization: Organization, body: dict[str, Any]) -> Reply:
    """Make a conversation in which nobody has written yet; channel and customer identify it (adj V12)."""
    _check_lengths(body)
    id = _conversation_id(organization, body["channel"], body["customer_identifier"])
    if id in organization.conversations:
        raise Conflict("The customer already has a conversation on this channel.")
    conversation = {
        "id": id,
        "channel": body["channel"],
        "customer_identifier": body["customer_identifier"],
        "status": "active",
        "created_at": organization.clock.now(),
        "customer_name": body.get("customer_name"),
        "customer_language": body.get("customer_language"),
        "first_message_at": None,
        "last_message_at": None,
    }
    organization.conversations[id] = conversation
    return Reply(conversation, created=True)


def _known(organization: Organization, body: dict[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    """The fields of a body that an operation takes.

    Others, conversation_id and notes among them, are refused or ignored, as the setting says (VO-12, VO-13).
    """
    surplus = body.keys() - set(fields)
    if surplus and organization.settings["unknown_fields"] == "refuse":
        raise Invalid(f"body: {', '.join(sorted(surplus))[:100]} cannot be set here")
    _check_lengths(body)
    known = {field: body[field] for field in fields if field in body}
    if isinstance(known.get("qualification_score"), float):
        known["qualification_score"] = int(known["qualification_score"])  # 50.0, which the contract takes as an integer
    return known


def _check_lengths(body: dict[str, Any]) -> None:
    """Characters are counted in UTF-16 units (VO-21), where the contract counts code points."""
    for field, longest in _LONGEST.items():
        text = body.get(field) or ""
        if len(text) + sum(character > "\uffff" for character in text) > longest:
            raise Invalid(f"{field}: this text is longer than {longest} characters")


def _find(organization: Organization, id: str) -> Lead:
    lead = organization.leads.get(id.lower())
    if lead is None:
        raise NotFound("No such lead.")
    return lead


def _differs(one: Any, two: Any) -> bool:
    """Whether two values differ as JSON, in which true is not 1."""
    return json.dumps(one, sort_keys=True) != json.dumps(two, sort_keys=True)


def _place(lead: Lead) -> tuple[int, str]:
    return _instant(lead["created_at"]), lead["id"]


def _selected(lead: Lead, query: dict[str, Any]) -> bool:
    """Whether the filters let a lead through.

    Nobody writes to the sandbox's conversations, and without a message a qualified lead counts as stale (adj V4).
    """
    if "stale_for_days" in query and lead["status"] != "qualified":
        return False
    return "status" not in query or lead["status"] == query["status"]


def _conversation_id(organization: Organization, channel: str, customer_identifier: str) -> str:
    """A UUID that follows from channel and customer, so that a second create meets the first."""
    name = json.dumps([organization.seed, organization.tenant, channel, customer_identifier])
    return str(uuid.UUID(bytes=sha256(name.encode()).digest()[:16], version=4))
