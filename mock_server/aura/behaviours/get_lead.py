"""GET /v1/leads/{id} (seed 002)."""

from __future__ import annotations

from mock_server.aura.behaviours.facts import NOTHING, SHOWN_AS, lead_of
from mock_server.behaviours import found_anothers, found_nothing, on_success, refused_at, succeeded
from mock_server.call import Call

UNMEETABLE: dict[str, str] = {}

_CONTACT = ("full_name", "email", "phone", "company", "timezone")

replies_match_the_contract = succeeded
answers_with_the_lead_and_success_true = succeeded
the_id_selects_the_lead = succeeded


@on_success
def contact_fields_are_shown(call: Call) -> bool:
    lead = lead_of(call) or NOTHING
    return all(lead.get(name) is not None for name in _CONTACT)


@on_success
def status_and_notes_are_shown(call: Call) -> bool:
    return bool((lead_of(call) or NOTHING).get("notes"))


timestamps_are_shown = succeeded


@on_success
def metadata_is_shown(call: Call) -> bool:
    metadata = (lead_of(call) or NOTHING).get("metadata")
    return isinstance(metadata, dict) and not SHOWN_AS.keys().isdisjoint(metadata)


reading_changes_nothing = succeeded

unknown_lead_is_not_found = found_nothing
malformed_id_is_refused = refused_at("id")
a_lead_of_another_organization_is_not_shown = found_anothers
