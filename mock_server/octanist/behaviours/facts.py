"""What the behaviours of Octanist are made of: facts of one call, cheap, and never raising whatever was sent.

A member that is null counts as left out (OC-19), an identifier without a character as missing (OC-20).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

import openapi
from mock_server.call import Call
from mock_server.octanist.operations import IDENTIFIERS
from mock_server.store import Lead

_SCHEMAS = openapi.read("octanist").document["components"]["schemas"]

UPDATE_FIELDS = tuple(_SCHEMAS["LeadUpdate"]["properties"])
NEW_FIELDS = tuple(_SCHEMAS["NewLead"]["properties"])
STATUSES: tuple[str, ...] = tuple(_SCHEMAS["LeadUpdate"]["properties"]["status"]["enum"])
"""What an update can make of a status."""

CONTACT = ("name", "email", "phone", "custom")
"""Of these a new lead needs one."""

LEAD_OPERATIONS = ("update_lead", "create_lead", "list_leads", "get_lead")

NOTHING: Mapping[str, Any] = {}

CLICK_IDS = (
    *("gclid", "dclid", "wbraid", "gbraid", "ga4cid", "ga4sid", "fbc", "fbp"),
    *("msclkid", "ttclid", "twclid", "rdt_cid", "sccid", "epik", "li_fat_id"),
)
UTM = ("utm_source", "utm_medium", "utm_campaign")
CONSENT = ("ad_storage", "ad_user_data", "ad_personalization", "analytics_storage")
ATTRIBUTION = ("website", "path", *CLICK_IDS, *UTM)


def given(call: Call) -> list[str]:
    """The names of the identifiers in the body of an update, in the order of priority."""
    return [name for name in IDENTIFIERS if isinstance(value := call.sent.get(name), str) and value.strip()]


def having(call: Call, name: str) -> Sequence[Lead]:
    """The leads that have the identifier of that name in the body, oldest first; none where it is not given."""
    value = call.sent.get(name)
    if call.organization is None or not isinstance(value, str) or not value.strip():
        return ()
    if name != "id":
        return call.organization.leads.find(name, value)
    lead = call.organization.leads.get(value)
    return () if lead is None else (lead,)


def names_anothers(call: Call) -> bool:
    """Another organization has a lead with an identifier of the call."""
    if call.organization is None:
        return False
    leads, sent = call.organization.leads, call.sent
    if leads.elsewhere(call.path.get("id", "")):
        return True
    return any(
        leads.elsewhere(sent[name]) if name == "id" else leads.found_elsewhere(name, sent[name]) for name in given(call)
    )


def meant(call: Call) -> Sequence[Lead]:
    """The leads that the given identifier of the highest priority names, as they are now."""
    names = given(call)
    return having(call, names[0]) if names else ()


def matched(call: Call) -> int:
    """How many leads a successful update was about; zero where the answer does not say."""
    data = call.content.get("data") if isinstance(call.content, dict) else None
    count = data.get("leadsUpdated") if isinstance(data, dict) else None
    return count if isinstance(count, int) else 0


def one_of(call: Call) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """One of the leads that an update was about, as it was and as it is."""
    if call.changes:
        was, is_now = call.changes[0]
        return was or NOTHING, is_now
    leads = meant(call)
    return (leads[0], leads[0]) if leads else (NOTHING, NOTHING)


def sent_status(call: Call) -> Any:
    """The status that an update asks for, in whichever field; None where it asks for none."""
    status = call.sent.get("status")
    return call.sent.get("changedTo") if status is None else status


def is_number(value: Any) -> TypeGuard[int | float]:
    """Whether a JSON value is one."""
    return isinstance(value, int | float) and not isinstance(value, bool)
