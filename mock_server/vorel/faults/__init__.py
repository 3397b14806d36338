"""Ways in which Vorel can be implemented slightly wrong, each of which breaks one requirement."""

from mock_server.faults import Fault
from mock_server.vorel.faults import (
    create_conversation,
    create_lead,
    keys,
    list_leads,
    replies,
    sequences,
    update_attributes,
    update_fields,
    update_limits,
    update_needs,
    update_values,
    update_whom,
)

FAULTS: tuple[Fault, ...] = (
    *keys.FAULTS,
    *replies.FAULTS,
    *update_fields.FAULTS,
    *update_needs.FAULTS,
    *update_limits.FAULTS,
    *update_values.FAULTS,
    *update_attributes.FAULTS,
    *update_whom.FAULTS,
    *create_lead.FAULTS,
    *list_leads.FAULTS,
    *create_conversation.FAULTS,
    *sequences.FAULTS,
)
