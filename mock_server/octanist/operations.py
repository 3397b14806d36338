"""What Octanist's operations do, by `operationId`.

Sources: seed 003 (update), adj O2 and O7 (create), O4 (get), O8 (list), O5 and OL4 (check).
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

import openapi
from mock_server.api import Reply
from mock_server.errors import Conflict, Forbidden, Invalid, NotFound
from mock_server.octanist import listing
from mock_server.store import Lead, Normalizer, Organization

IDENTIFIERS = ("id", "email", "phone")
"""What an update finds leads by, in the order of priority (seed 003)."""

INDEXED: dict[str, Normalizer] = {"email": lambda email: email.strip().lower(), "phone": lambda phone: phone}
"""E-mails are compared without regard to case and surrounding blanks, phones exactly (OC-31)."""

_SCHEMAS = openapi.read("octanist").document["components"]["schemas"]
_LEAD_FIELDS = tuple(_SCHEMAS["LeadFields"]["properties"])
_CONTACT = ("name", "email", "phone", "custom")
_UNATTRIBUTED = (*_CONTACT, "note", "ad_storage", "ad_user_data", "ad_personalization", "analytics_storage")
_ATTRIBUTION = tuple(name for name in _SCHEMAS["NewLead"]["properties"] if name not in (*_UNATTRIBUTED, "sessionId"))
_NUMBER = re.compile(r"[+-]?([0-9]{1,40}(\.[0-9]{0,40})?|\.[0-9]{1,40})([eE][+-]?[0-9]{1,3})?")
_EXACT = 2**53


def prepare(organization: Organization, body: Any) -> Any:
    """Members that are `null` count as left out (OC-19)."""
    if not isinstance(body, dict) or None not in body.values():
        return body
    return {name: value for name, value in body.items() if value is not None}


def blank(organization: Organization) -> Lead:
    """A new lead of which nothing is known: every documented key, `null` where unset (OC-28, OC-42)."""
    now = organization.clock.now()
    return {
        **dict.fromkeys(_LEAD_FIELDS),
        "id": organization.new_token("lead_"),
        "status": "open",
        "source": "api",
        "createdAt": now,
        "updatedAt": now,
    }


def create_lead(organization: Organization, body: dict[str, Any]) -> Reply:
    """Add a lead, also where others have its e-mail or phone (OC-27).

    octanist/create_lead/none_of_the_four_is_400_validation_error, octanist/create_lead/attribution_of_a_session_wins:
    the sandbox knows no sessions, so the attribution of one is empty.
    """
    if not any(body.get(field) for field in _CONTACT):
        raise Invalid("At least one of name, email, phone and custom is needed.")
    if organization.settings["reject_new_leads"]:
        raise Forbidden("The filtering rules of the organization reject this lead.")
    sent = _UNATTRIBUTED if body.get("sessionId") else (*_UNATTRIBUTED, *_ATTRIBUTION)
    lead = blank(organization)
    lead.update({field: body[field] for field in sent if field in body})
    if not isinstance(lead["custom"], str | None):
        lead["custom"] = json.dumps(lead["custom"], ensure_ascii=False, separators=(",", ":"))
    organization.leads.add(lead)
    return Reply({"id": lead["id"], "message": "Lead added"}, created=True)


def get_lead(organization: Organization, id: str) -> Reply:
    """The whole lead. octanist/get_lead/lead_asked_for_is_returned"""
    lead = organization.leads.get(id)
    if lead is None:
        raise NotFound("No lead has this id.")
    return Reply(lead)


def list_leads(organization: Organization, query: dict[str, Any]) -> Reply:
    """A page of the leads that the filters keep, with the numbers of all pages (adj O5, Pagination)."""
    keeps, shown = listing.selection(query), listing.projection(query)
    leads = [lead for lead in listing.ordered(organization.leads, query["sort"]) if keeps(lead)]
    limit, page = query["limit"], query["page"]
    pagination = {
        "limit": limit,
        "page": page,
        "totalPages": -(-len(leads) // limit),
        "total": len(leads),
        "hasMore": page * limit < len(leads),
    }
    return Reply([shown(lead) for lead in leads[(page - 1) * limit : page * limit]], pagination=pagination)


def check_key(organization: Organization) -> Reply:
    """Nothing but that the key is good. octanist/check_key/a_valid_key_is_confirmed"""
    return Reply(None)


def update_lead(organization: Organization, body: dict[str, Any]) -> Reply:
    """Change the lead, or with bulk updates every lead, that the identifiers name (seed 003).

    octanist/update_lead/several_matches_are_refused_or_all_updated, octanist/update_lead/one_match_is_counted_as_one
    """
    wanted = _wanted(body)
    leads = _matches(organization, body)
    if len(leads) > 1 and not organization.settings["bulk_updates"]:
        raise Conflict("Multiple leads match; provide a more specific identifier.")
    for lead in leads:
        _change(organization, lead, wanted)
    message = "Lead updated successfully" if len(leads) == 1 else "Leads updated successfully"
    return Reply({"leadId": leads[0]["id"], "leadsUpdated": len(leads), "message": message})


def _matches(organization: Organization, body: dict[str, Any]) -> list[Lead]:
    """The leads that the identifier of the highest priority names, oldest first.

    A lower identifier counts only where the higher ones are missing or empty (OC-20) or, with the setting
    `fall_through`, unknown (OC-01).
    """
    given = [(name, body[name]) for name in IDENTIFIERS if body.get(name, "").strip()]
    if not given:
        raise Invalid("At least one of id, email and phone is needed.")
    for name, value in given if organization.settings["fall_through"] else given[:1]:
        if found := _find(organization, name, value):
            return found
    raise NotFound("No lead found matching the provided identifiers.")


def _find(organization: Organization, name: str, value: str) -> list[Lead]:
    if name != "id":
        return organization.leads.find(name, value)
    lead = organization.leads.get(value)
    return [] if lead is None else [lead]


def _wanted(body: dict[str, Any]) -> dict[str, Any]:
    """The fields to write: `status` from its alias where it is missing, `value` as a number (seed 003)."""
    wanted: dict[str, Any] = {name: body[name] for name in ("value", "note", "lossReason") if name in body}
    status = body.get("status", body.get("changedTo"))
    if status is not None:
        wanted["status"] = status
    if isinstance(wanted.get("value"), str):
        wanted["value"] = number(wanted["value"])
    return wanted


def number(text: str) -> int | float:
    """The number that a text spells, an integer where it has no decimals. Raises Invalid for other texts (OC-13)."""
    text = text.strip()
    if not _NUMBER.fullmatch(text):
        raise Invalid("value: this text is not a number")
    value = float(text)
    if not math.isfinite(value):
        raise Invalid("value: this number is too large")
    return int(text) if text.lstrip("+-").isdigit() and abs(value) <= _EXACT else value


def _change(organization: Organization, lead: Lead, wanted: dict[str, Any]) -> None:
    """Write into one lead; a lossReason only where the resulting status is lost (OC-15, OC-16).

    An e-mail or phone beside the id is a match key and not written (OC-03).
    """
    changes = dict(wanted)
    if changes.get("status", lead["status"]) != "lost":
        changes.pop("lossReason", None)
    changes = {name: value for name, value in changes.items() if lead[name] != value}
    if not changes:
        return
    now = organization.clock.now()
    if changes.get("status") in ("qualified", "won") and lead["qualifiedAt"] is None:
        changes["qualifiedAt"] = now
    organization.leads.change(lead, {**changes, "updatedAt": now})
