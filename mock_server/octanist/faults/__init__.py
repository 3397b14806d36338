"""Ways in which Octanist can be implemented slightly wrong, each of which breaks one requirement."""

from __future__ import annotations

from mock_server.faults import Fault
from mock_server.octanist.faults import (
    check_key,
    create_lead,
    every_operation,
    get_lead,
    list_leads,
    sequences,
    update_lead_matching,
    update_lead_refusals,
    update_lead_rest,
    update_lead_several,
    update_lead_status,
    update_lead_texts,
    update_lead_value,
)

FAULTS: tuple[Fault, ...] = (
    *every_operation.FAULTS,
    *update_lead_matching.FAULTS,
    *update_lead_refusals.FAULTS,
    *update_lead_several.FAULTS,
    *update_lead_status.FAULTS,
    *update_lead_value.FAULTS,
    *update_lead_texts.FAULTS,
    *update_lead_rest.FAULTS,
    *create_lead.FAULTS,
    *list_leads.FAULTS,
    *get_lead.FAULTS,
    *check_key.FAULTS,
    *sequences.FAULTS,
)
