"""What Aura's operations do, by `operationId`. Sources: seed 000 (update), 001 (create), 002 (get), adj A2 (list)."""

from __future__ import annotations

import base64
import json
import re
from typing import Any

from mock_server.api import Reply
from mock_server.body import decode
from mock_server.errors import Invalid, MalformedBody, NotFound
from mock_server.store import Lead, Normalizer, Organization

UPDATABLE = ("full_name", "email", "phone", "company", "status", "timezone", "notes")
"""The seven fields that an update may change (seed 000, Updatable fields)."""

INDEXED: dict[str, Normalizer] = {"email": str.lower}
"""Nothing is looked up by its e-mail address; that leads share one is what AU-28 is about."""

_SOURCE_OF = {
    "utm_source": "utmSource",
    "utm_medium": "utmMedium",
    "utm_campaign": "utmCampaign",
    "utm_term": "utmTerm",
    "utm_content": "utmContent",
    "referrer": "referrer",
}
_ASSIGNEE = re.compile(r"user_[A-Za-z0-9]+")
_LARGEST_PAGE = 100


def blank(organization: Organization) -> Lead:
    """A new lead of which nothing is known: all 17 documented keys, `null` where unset (AU-22)."""
    now = organization.clock.now()
    return {
        "id": organization.new_uuid(),
        "full_name": None,
        "email": None,
        "phone": None,
        "company": None,
        "status": "new",
        "timezone": None,
        "notes": [],
        "metadata": None,
        "source": None,
        "disqualification_data": None,
        "payment_status": None,
        "payment_count": 0,
        "total_paid_cents": 0,
        "last_payment_at": None,
        "created_at": now,
        "updated_at": now,
    }


def create_lead(organization: Organization, body: dict[str, Any]) -> Reply:
    """Make a lead with status `new`; status and notes cannot be sent (AU-16), unknown keys are ignored (AU-14).

    aura/create_lead/new_leads_have_status_new, aura/create_lead/null_metadata_is_skipped
    """
    lead = blank(organization)
    for field in ("full_name", "email", "phone", "company", "timezone"):
        lead[field] = body.get(field)
    if body.get("metadata") is not None:
        lead["metadata"] = body["metadata"]
        lead["source"] = source_of(body["metadata"])
    return Reply(organization.leads.add(lead), created=True)


def source_of(metadata: dict[str, Any]) -> dict[str, str | None] | None:
    """The six members of `source` as the metadata has them; None where it has none of them (AU-27)."""
    source = {member: metadata.get(key) for member, key in _SOURCE_OF.items()}
    texts = {member: value if isinstance(value, str) else None for member, value in source.items()}
    return texts if any(value is not None for value in texts.values()) else None


def get_lead(organization: Organization, id: str) -> Reply:
    """The whole lead. aura/get_lead/the_id_selects_the_lead, aura/get_lead/unknown_lead_is_not_found"""
    return Reply(_find(organization, id))


def update_lead(organization: Organization, id: str, body: dict[str, Any]) -> Reply:
    """Write the updatable fields that are sent; everything else in the body is ignored (AU-14, AU-15).

    An empty status is refused (AU-32).

    aura/update_lead/omitted_fields_stay_as_they_are, aura/update_lead/notes_replace_the_stored_notes,
    aura/update_lead/null_notes_are_skipped
    """
    lead = _find(organization, id)
    if body.get("status") == "":
        raise Invalid("status: a text that is not empty is expected")
    changes = {field: body[field] for field in UPDATABLE if field in body}
    if changes.get("notes", ...) is None:
        del changes["notes"]
    now = organization.clock.now()
    if "notes" in changes:
        changes["notes"] = [{"created_at": now, **note} for note in changes["notes"]]
    if any(lead[field] != value for field, value in changes.items()):
        changes["updated_at"] = now
    organization.leads.change(lead, changes)
    return Reply(lead)


def list_leads(organization: Organization, query: dict[str, Any]) -> Reply:
    """A page of leads, newest first (AU-37), `limit` clamped to 100 (AU-36)."""
    limit = _limit(query["limit"])
    if not _ASSIGNEE.fullmatch(query.get("assigned_to_id", "user_0")):
        raise Invalid("assigned_to_id: an id such as user_2abcDEF is expected")
    leads = [lead for lead in reversed(organization.leads) if _selected(lead, query)]
    if "cursor" in query:
        leads = _after(leads, query["cursor"])
    page, rest = leads[:limit], leads[limit:]
    cursor = _cursor(page[-1]["id"]) if rest else None
    return Reply(page, pagination={"next_cursor": cursor, "has_more": bool(rest)})


def _find(organization: Organization, id: str) -> Lead:
    lead = organization.leads.get(id.lower())
    if lead is None:
        raise NotFound("Lead not found")
    return lead


def _limit(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < 1:
        raise Invalid("limit: a number from 1 to 100 is expected")
    return min(int(text), _LARGEST_PAGE)


def _selected(lead: Lead, query: dict[str, Any]) -> bool:
    """Whether the filters let a lead through; `source` compares utm_source (AU-40), nobody is assigned (AU-39)."""
    if "assigned_to_id" in query:
        return False
    if "status" in query and lead["status"] != query["status"]:
        return False
    return "source" not in query or (lead["source"] or {}).get("utm_source") == query["source"]


def _cursor(id: str) -> str:
    return base64.urlsafe_b64encode(json.dumps({"id": id}).encode()).decode()


def _after(leads: list[Lead], cursor: str) -> list[Lead]:
    """What follows the lead that a cursor names."""
    try:
        id = decode(base64.urlsafe_b64decode(cursor.encode()))["id"]
        place = next(at for at, lead in enumerate(leads) if lead["id"] == id)
    except (MalformedBody, ValueError, KeyError, TypeError, StopIteration):
        raise Invalid("cursor: this cursor belongs to no page of this list") from None
    return leads[place + 1 :]
